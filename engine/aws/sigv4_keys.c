#include "engine/aws/sigv4_keys.h"

#include <pthread.h>

#include "engine/base/memory.h"

/* As many as one client signs with at a time: its services, and the next day's at midnight. */
enum { KEYS_KEPT = 16 };

struct kept_key {
    char *origin; /* what it was derived from, the secret included */
    size_t origin_len;
    unsigned char key[SHA256_BYTES];
};

struct sigv4_keys {
    pthread_mutex_t lock;
    struct kept_key kept[KEYS_KEPT]; /* under lock */
    size_t next;                     /* under lock; the oldest, or the first free one */
};

struct sigv4_keys *sigv4_keys_new(void)
{
    struct sigv4_keys *k = must_have(calloc(1, sizeof(*k)));
    pthread_mutex_init(&k->lock, NULL);
    return k;
}

static void forget(struct kept_key *k)
{
    if (k->origin)
        explicit_bzero(k->origin, k->origin_len);
    free(k->origin);
    explicit_bzero(k, sizeof(*k));
}

void sigv4_keys_free(struct sigv4_keys *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < KEYS_KEPT; i++)
        forget(&k->kept[i]);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

static bool recall(struct sigv4_keys *k, struct str origin, unsigned char key[SHA256_BYTES])
{
    bool found = false;

    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < KEYS_KEPT && !found; i++) {
        found = str_eq((struct str){k->kept[i].origin, k->kept[i].origin_len}, origin);
        if (found)
            memcpy(key, k->kept[i].key, SHA256_BYTES);
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

static void keep(struct sigv4_keys *k, struct str origin, const unsigned char key[SHA256_BYTES])
{
    char *copy = must_have(malloc(origin.len));

    memcpy(copy, origin.ptr, origin.len);
    pthread_mutex_lock(&k->lock);
    struct kept_key *place = &k->kept[k->next++ % KEYS_KEPT];
    forget(place);
    *place = (struct kept_key){.origin = copy, .origin_len = origin.len};
    memcpy(place->key, key, SHA256_BYTES);
    pthread_mutex_unlock(&k->lock);
}

static void derive(const struct sigv4_options *o, struct str secret, struct str date,
                   unsigned char key[SHA256_BYTES])
{
    const struct str steps[] = {date, o->region, o->service, STR("aws4_request")};

    hmac_sha256(secret, steps[0], key);
    for (size_t i = 1; i < sizeof(steps) / sizeof(steps[0]); i++)
        hmac_sha256((struct str){(const char *)key, SHA256_BYTES}, steps[i], key);
}

void sigv4_signing_key(const struct sigv4_options *o, struct str date,
                       unsigned char key[SHA256_BYTES])
{
    ARENA_AUTO scratch = {0};
    struct str origin =
        arena_printf(&scratch, STR_FMT "/" STR_FMT "/" STR_FMT "/AWS4" STR_FMT, STR_ARG(date),
                     STR_ARG(o->region), STR_ARG(o->service), STR_ARG(o->credentials->secret_key));
    size_t secret_at = origin.len - o->credentials->secret_key.len - 4;

    if (!o->keys || !recall(o->keys, origin, key)) {
        derive(o, str_slice(origin, secret_at, origin.len), date, key);
        if (o->keys)
            keep(o->keys, origin, key);
    }
    explicit_bzero((char *)origin.ptr, origin.len);
}
