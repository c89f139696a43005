#include "provider/resource/recall.h"

#include <pthread.h>

#include "engine/base/memory.h"

enum { BUCKETS = 256, COUNTS_MS = 10 * 1000 };

struct recalled {
    struct recalled *next;
    struct str key, answer;
    int64_t read_ms;
};

struct recall {
    pthread_mutex_t lock; /* guards all the rest */
    struct arena arena;
    struct recalled *buckets[BUCKETS];
    bool ended;
};

struct recall *recall_new(void)
{
    struct recall *r = must_have(calloc(1, sizeof(*r)));
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void recall_free(struct recall *r)
{
    if (!r)
        return;
    arena_free(&r->arena);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static struct recalled *find(struct recall *r, struct str key)
{
    struct recalled *found = r->buckets[str_hash(key) % BUCKETS];

    while (found && !str_eq(found->key, key))
        found = found->next;
    return found;
}

bool recall_get(struct recall *r, struct arena *a, struct str key, int64_t now_ms,
                struct str *answer)
{
    pthread_mutex_lock(&r->lock);
    const struct recalled *found = r->ended ? NULL : find(r, key);
    bool counts = found && now_ms - found->read_ms < COUNTS_MS;
    if (counts)
        *answer = arena_str(a, found->answer);
    pthread_mutex_unlock(&r->lock);
    return counts;
}

void recall_put(struct recall *r, struct str key, int64_t now_ms, struct str answer)
{
    pthread_mutex_lock(&r->lock);
    if (!r->ended) {
        struct recalled *at = find(r, key);
        if (!at) {
            struct recalled **bucket = &r->buckets[str_hash(key) % BUCKETS];
            at = arena_alloc(&r->arena, sizeof(*at));
            *at = (struct recalled){.next = *bucket, .key = arena_str(&r->arena, key)};
            *bucket = at;
        }
        at->answer = arena_str(&r->arena, answer);
        at->read_ms = now_ms;
    }
    pthread_mutex_unlock(&r->lock);
}

void recall_end(struct recall *r)
{
    pthread_mutex_lock(&r->lock);
    r->ended = true;
    pthread_mutex_unlock(&r->lock);
}
