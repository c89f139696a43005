#include "engine/base/index.h"

#include "engine/base/memory.h"

enum { BUCKETS_LEAST = 64 };

static struct indexed **bucket_of(const struct index *x, struct str key)
{
    return &x->buckets[str_hash(key) & (x->bucket_count - 1)];
}

/* The link that leads to the entry, or the end of its bucket. */
static struct indexed **link_to(const struct index *x, struct str key)
{
    struct indexed **at = bucket_of(x, key);

    while (*at && !str_eq((*at)->key, key))
        at = &(*at)->next;
    return at;
}

void *index_find(const struct index *x, struct str key)
{
    return x->bucket_count ? *link_to(x, key) : NULL;
}

static void push(struct index *x, struct indexed *entry)
{
    struct indexed **first = bucket_of(x, entry->key);

    entry->next = *first;
    *first = entry;
}

/* Twice as many buckets, so that one holds an entry or two however many there are. */
static void grow(struct index *x)
{
    struct index larger = {.bucket_count = x->bucket_count ? 2 * x->bucket_count : BUCKETS_LEAST,
                           .count = x->count};

    larger.buckets = must_have(calloc(larger.bucket_count, sizeof(*larger.buckets)));
    for (size_t i = 0; i < x->bucket_count; i++)
        for (struct indexed *next, *e = x->buckets[i]; e; e = next) {
            next = e->next;
            push(&larger, e);
        }
    free(x->buckets);
    *x = larger;
}

void index_add(struct index *x, struct indexed *entry)
{
    if (x->count >= x->bucket_count)
        grow(x);
    push(x, entry);
    x->count++;
}

void *index_remove(struct index *x, struct str key)
{
    struct indexed **at = x->bucket_count ? link_to(x, key) : NULL, *entry = at ? *at : NULL;

    if (!entry)
        return NULL;
    *at = entry->next;
    x->count--;
    return entry;
}

void *index_next(struct index_walk *w)
{
    struct indexed *entry;

    while (!w->next && w->bucket < w->of->bucket_count)
        w->next = w->of->buckets[w->bucket++];
    entry = w->next;
    w->next = entry ? entry->next : NULL;
    return entry;
}

void index_free(struct index *x)
{
    free(x->buckets);
    *x = (struct index){0};
}
