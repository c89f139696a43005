#include "engine/loop/tombstones.h"

#include <stdlib.h>

#include "engine/base/memory.h"

enum { TOMBSTONES_MOST = 1000 };

struct tombstone {
    struct keyed spec; /* kind/uid */
    int64_t at_ms;     /* a date */
    char bytes[];
};
#define TOMBSTONE_AT(s, i) ((struct tombstone *)(s)->tombstones.items[i])

static void keep(struct state *s, struct str key, int64_t at_ms)
{
    if (map_find(&s->tombstones, key))
        return;
    struct tombstone *t = must_have(calloc(1, sizeof(*t) + key.len));
    memcpy(t->bytes, key.ptr, key.len);
    t->spec.key = (struct str){t->bytes, key.len};
    t->at_ms = at_ms;
    map_add(&s->tombstones, &t->spec);
}

static struct tombstone *oldest(const struct state *s)
{
    struct tombstone *found = TOMBSTONE_AT(s, 0);
    for (size_t i = 1; i < s->tombstones.count; i++)
        if (TOMBSTONE_AT(s, i)->at_ms < found->at_ms)
            found = TOMBSTONE_AT(s, i);
    return found;
}

void tombstone_fold(struct state *s, struct str key, const struct json *body)
{
    int64_t at_ms;
    if (json_to_int64(json_get(body, "at_ms"), &at_ms))
        keep(s, key, at_ms);
}

void tombstone_add(struct state *s, struct str kind, struct str name, struct str uid,
                   int64_t now_ms)
{
    ARENA_AUTO a = {0};
    struct str key = arena_printf(&a, STR_FMT "/" STR_FMT, STR_ARG(kind), STR_ARG(uid));
    int64_t at_ms = calendar_date_ms(&s->calendar, now_ms);
    struct buf body = buf_in(&a);
    struct json_writer w = json_writer_to(&body);
    json_begin_object(&w);
    json_member(&w, "name", name);
    json_member_int(&w, "at_ms", at_ms);
    json_end_object(&w);
    state_write_record(s, STR("tombstone"), key, buf_str(&body));
    keep(s, key, at_ms);
    while (s->tombstones.count > TOMBSTONES_MOST) {
        struct tombstone *t = oldest(s);
        state_delete_record(s, STR("tombstone"), t->spec.key);
        free(map_remove(&s->tombstones, t->spec.key));
    }
}
