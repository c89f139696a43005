/* room: engine/base
 * Any bytes, in any pieces, are cut into the same objects, or refused in the same way; and a sound
 * document has just those objects in its list. */
#include <assert.h>

#include "engine/base/json.h"
#include "engine/base/json_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct error *take(void *self, struct str object)
{
    struct buf *all = self;
    buf_add(all, object);
    buf_add_char(all, '\0');
    return NULL;
}

static bool cut(struct arena *a, const char *list, struct str text, size_t piece, struct buf *all,
                struct str *beside)
{
    struct json_stream s = {.list = list, .longest = 1000, .item = take, .self = all};
    struct error *e = NULL;
    struct str rest = {0};

    for (size_t at = 0; !e && at < text.len; at += piece)
        e = json_stream_take(&s, a, str_slice(text, at, at + piece));
    if (!e)
        e = json_stream_end(&s, a, &rest);
    *beside = arena_str(a, rest);
    json_stream_finish(&s);
    return e == NULL;
}

static void check_document(struct arena *a, struct str text, const struct buf *all,
                           struct str beside)
{
    struct json whole, rest;
    const struct json *list;

    if (json_parse(a, text, &whole) || whole.kind != JSON_OBJECT)
        return;
    list = json_get(&whole, "items");
    struct error *e = json_parse(a, beside, &rest);
    assert(!e && rest.kind == JSON_OBJECT && rest.count == whole.count);
    struct str objects = buf_str(all);
    for (size_t i = 0; i < list->count && objects.len; i++) {
        struct json item;
        e = json_parse(a, str_cut(&objects, '\0'), &item);
        assert(!e && json_eq(&item, &list->items[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    static const char *const lists[] = {NULL, "items"};

    for (size_t i = 0; i < 2; i++) {
        struct buf whole = buf_in(&a), pieces = buf_in(&a);
        struct str beside, other;
        bool fine = cut(&a, lists[i], text, size ? size : 1, &whole, &beside);
        bool same = cut(&a, lists[i], text, size ? 1 + data[0] % 7 : 1, &pieces, &other);
        assert(fine == same && str_eq(buf_str(&whole), buf_str(&pieces)));
        assert(!fine || str_eq(beside, other));
        if (fine && lists[i])
            check_document(&a, text, &whole, beside);
    }
    return 0;
}
