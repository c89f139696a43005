#include "engine/loop/trail.h"

#include <stdlib.h>

#include "engine/base/memory.h"
#include "engine/loop/state.h"

struct left {
    struct keyed key;
    size_t bytes; /* of its record */
    char text[];
};

struct str trail_next_key(struct arena *a, const struct trail *t, int64_t date_ms)
{
    struct str key = arena_printf(a, "%015lld-0000", (long long)date_ms);

    for (unsigned n = 1; map_find(&t->records, key); n++)
        key = arena_printf(a, "%015lld-%04u", (long long)date_ms, n);
    return key;
}

void trail_fold(struct trail *t, struct str key, size_t bytes)
{
    if (map_find(&t->records, key))
        return;
    struct left *l = must_have(calloc(1, sizeof(*l) + key.len));
    memcpy(l->text, key.ptr, key.len);
    l->key.key = (struct str){l->text, key.len};
    l->bytes = bytes;
    t->bytes += bytes;
    map_add(&t->records, &l->key);
}

void trail_write(struct state *s, struct trail *t, struct str kind, struct str key, struct str body,
                 size_t most_bytes)
{
    state_write_record(s, kind, key, body);
    trail_fold(t, key, body.len);
    while (t->bytes > most_bytes && t->records.count > 1) {
        struct left *oldest = (struct left *)t->records.items[0];
        t->bytes -= oldest->bytes;
        state_delete_record(s, kind, oldest->key.key);
        free(map_remove(&t->records, oldest->key.key));
    }
}

void trail_finish(struct trail *t)
{
    for (size_t i = 0; i < t->records.count; i++)
        free(t->records.items[i]);
    map_free(&t->records);
}
