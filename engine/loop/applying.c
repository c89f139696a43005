#include "engine/loop/applying.h"

#include "engine/base/memory.h"

struct applying {
    struct keyed key;
    int64_t until_ms;
    char bytes[];
};

void applying_note(struct state *s, struct str key, int64_t until_ms)
{
    free(map_remove(&s->applying, key));
    if (!until_ms)
        return;
    struct applying *x = must_have(calloc(1, sizeof(*x) + key.len + 1));
    memcpy(x->bytes, key.ptr, key.len);
    x->key.key = (struct str){x->bytes, key.len};
    x->until_ms = until_ms;
    map_add(&s->applying, &x->key);
}

static bool is_of(struct str key, struct str kind, struct str name)
{
    return str_eq(str_cut(&key, '/'), kind) && str_eq(str_cut(&key, '/'), name);
}

bool applying_is(const struct state *s, struct str kind, struct str name, int64_t now_ms)
{
    for (size_t i = 0; i < s->applying.count; i++) {
        const struct applying *x = (const struct applying *)s->applying.items[i];
        if (x->until_ms > now_ms && is_of(x->key.key, kind, name))
            return true;
    }
    return false;
}
