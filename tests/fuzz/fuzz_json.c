/* room: engine/base
 * Any bytes either are refused with an error that names line and column, or print as a document
 * that reads back equal to the first; and as a list whose items are read one by one they are the
 * same, or the same error. */
#include <assert.h>

#include "engine/base/json_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as_list(struct str text, const struct error *whole, const struct json *tree)
{
    ARENA_AUTO a = {0};
    struct json_items items;
    struct json listed, each;
    struct error *e = json_parse_list(&a, &a, text, &listed, &items);

    assert(!whole == !e && (!e || str_eq(whole->summary, e->summary)));
    if (e)
        return;
    if (!items.count) {
        assert(json_eq(tree, &listed));
        return;
    }
    const struct json *all = json_get(tree, "items");
    assert(all->count == items.count);
    for (size_t i = 0; i < items.count; i++) {
        json_parse_item(&a, &a, &items.items[i], &each);
        assert(json_eq(&all->items[i], &each));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct json first, again;
    struct buf out = buf_in(&a), sorted = buf_in(&a);
    struct error *e = json_parse(&a, (struct str){(const char *)data, size}, &first);

    read_as_list((struct str){(const char *)data, size}, e, &first);
    if (e) {
        assert(e->kind == ERROR_INVALID &&
               str_find_str(e->summary, STR(", column ")) < e->summary.len);
        return 0;
    }
    json_print(&out, &first, false);
    e = json_parse(&a, buf_str(&out), &again);
    if (e) /* two keys that differ in invalid bytes only become one */
        return 0;
    json_print(&sorted, &again, true);
    assert(sorted.len == out.len);
    assert(json_eq(&again, &again));
    return 0;
}
