#ifndef ENGINE_ADAPTERS_STORE_KUBE_INSIDE_H
#define ENGINE_ADAPTERS_STORE_KUBE_INSIDE_H

#include <stdatomic.h>

#include "engine/adapters/kube_records.h"
#include "engine/adapters/lease_kube.h"
#include "engine/adapters/store_kube.h"
#include "engine/kube/informer.h"
#include "engine/kube/verbs.h"

/* What reading (store_kube.c) and writing (store_kube_write.c) share. */

/* A record that may wait: the newest body of it, and when it may be written. */
struct late_record {
    struct late_record *next;
    struct arena arena;
    struct store_record record;
    bool is_new; /* it differs from what was written last */
    int64_t due_ms;
};

enum { FOLLOWED = 3 };

/* The kind of the record that says whose the store is, and which records are the doors'. */
#define STORE_KUBE_FLEET STR("fleet")
#define STORE_KUBE_DOORS STR("tenon.dev/record in (apply,settings)")

struct store_kube {
    struct store store;
    struct kube_client *client;
    void (*end)(void *self); /* NULL: nothing ends with it */
    void *end_self;

    /* An engine's. */
    struct lease_kube *lease; /* NULL: a door */
    struct kube_informer *followed[FOLLOWED];
    atomic_int_fast64_t news; /* counts what the informers tell */
    int64_t told, told_ms;    /* what it was when it was last looked at, and when */
    struct late_record *late;

    /* A door's: who holds the lease is seen by looking again. */
    struct lease_sight sight;
};

static inline struct store_kube *store_kube_of(struct store *s)
{
    return (struct store_kube *)s;
}

/* A call that ends in time for somebody who waits. */
struct kube_call store_kube_call(const struct store_kube *k, struct arena *a);
/* May this engine act?  A door always may. */
bool store_kube_may_write(const struct store_kube *k, int64_t epoch);

/* store_kube.c */
extern const struct store_ops store_kube_ops;

/* store_kube_specs.c */
struct error *store_kube_unless_gone(struct error *e);
MUST_CHECK struct error *store_kube_read(const struct kube_call *c, const struct kube_target *t,
                                         struct json *out, bool *there);
MUST_CHECK struct error *store_kube_change_spec(const struct kube_call *c,
                                                const struct store_record *r);

/* store_kube_write.c */
MUST_CHECK struct error *store_kube_change(const struct kube_call *c, const struct store_record *r);
struct error *store_kube_write(struct arena *a, struct store *s, int64_t epoch,
                               const struct store_record *changes, size_t count);
struct error *store_kube_swap(struct arena *a, struct store *s, const struct record_list *seen,
                              const struct store_record *changes, size_t count, bool *done);
void store_kube_settle(struct store *s);
/* Writes all that waits, whether it is due or not. */
void store_kube_settle_all(struct store_kube *k);
void store_kube_drop_late(struct store_kube *k);
/* What the engine owes to an object that people write: our finalizer, and conditions. */
MUST_CHECK struct error *store_kube_tend(struct store_kube *k, struct arena *a,
                                         enum custom_kind kind, struct json *object,
                                         struct str status);

#endif
