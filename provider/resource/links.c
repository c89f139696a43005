#include "provider/resource/links.h"

#include <pthread.h>

#include "engine/base/arena.h"
#include "engine/base/memory.h"

enum { BUCKETS = 64 };

struct link {
    struct link *next;
    struct str key;
};

struct links {
    pthread_mutex_t lock; /* guards all the rest */
    struct arena arena;
    struct link *buckets[BUCKETS];
};

struct links *links_new(void)
{
    struct links *l = must_have(calloc(1, sizeof(*l)));
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void links_free(struct links *l)
{
    if (!l)
        return;
    arena_free(&l->arena);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static struct link **bucket_of(struct links *l, struct str key)
{
    return &l->buckets[str_hash(key) % BUCKETS];
}

void links_note(struct links *l, struct str key)
{
    pthread_mutex_lock(&l->lock);
    struct link **bucket = bucket_of(l, key), *made = arena_alloc(&l->arena, sizeof(*made));
    *made = (struct link){.next = *bucket, .key = arena_str(&l->arena, key)};
    *bucket = made;
    pthread_mutex_unlock(&l->lock);
}

bool links_has(struct links *l, struct str key)
{
    pthread_mutex_lock(&l->lock);
    const struct link *at = *bucket_of(l, key);
    while (at && !str_eq(at->key, key))
        at = at->next;
    pthread_mutex_unlock(&l->lock);
    return at != NULL;
}
