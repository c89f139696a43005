#include "engine/loop/keeping.h"

#include <stdlib.h>

#include "engine/base/memory.h"
#include "engine/worlds/kept.h"

#define WORLD STR("world")

static void remember(struct keeping *k, struct str text)
{
    free((char *)(uintptr_t)k->last.ptr);
    char *copy = must_have(malloc(text.len + 1));
    memcpy(copy, text.ptr, text.len);
    k->last = (struct str){copy, text.len};
}

static bool is_due(const struct keeping *k, bool acted, int64_t now_ms)
{
    int64_t age_ms = k->last.ptr ? now_ms - k->last_ms : NEVER_MS;

    return !acted || age_ms >= WORLD_BUSY_MS;
}

static void keep_last(struct state *s, struct str text, bool acted, int64_t now_ms)
{
    struct keeping *k = &s->keeping;

    if (!is_due(k, acted, now_ms) ||
        (k->last.ptr && now_ms - k->last_ms < WORLD_AGE_MS && kept_is_same(k->last, text)))
        return;
    state_write_record(s, WORLD, STR("last"), text);
    remember(k, text);
    k->last_ms = now_ms;
}

static void keep_for_replay(struct state *s, struct str text, struct str entry, int64_t now_ms)
{
    struct keeping *k = &s->keeping;

    if (text.len > WORLD_LARGE_BYTES && k->trail.records.count &&
        now_ms - k->replay_ms < WORLD_LARGE_PAUSE_MS)
        return;
    trail_write(s, &k->trail, WORLD, entry, text, WORLDS_BYTES);
    k->replay_ms = now_ms;
}

void keep_world(struct state *s, struct str text, struct str entry, int64_t now_ms)
{
    if (entry.len)
        keep_for_replay(s, text, entry, now_ms);
    keep_last(s, text, entry.len > 0, now_ms);
}
