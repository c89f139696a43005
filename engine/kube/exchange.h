#ifndef ENGINE_KUBE_EXCHANGE_H
#define ENGINE_KUBE_EXCHANGE_H

#include "engine/kube/client.h"

/* What runs on a client's thread: a request and its answer, and then perhaps the next, for as long
 * as its owner says.  Private to the room.
 *
 * The owner's functions are called on that thread, never two at a time, and may not wait.  Memory
 * of the arena that they are given lasts until the exchange has ended. */
struct kube_exchange;

struct kube_ask {
    const char *method;
    struct str path;         /* with its query */
    struct str content_type; /* of the body */
    struct str body;
    int64_t timeout_ms; /* the whole exchange; 0: 30 s */
    bool changes;
};

struct kube_end {
    int status;          /* 0: none came */
    struct error *error; /* no answer came, or not all of it; or `take` has refused it.  NULL beside
                            any status */
    struct str refusal;  /* the body of a status that is none of 2xx */
    int64_t retry_after_ms; /* what the server asks for; 0: nothing */
};

enum { KUBE_OVER = -1 };

struct kube_exchange_ops {
    void (*ask)(void *self, struct arena *a, struct kube_ask *out);
    /* The body of a status of 2xx as it comes; first nothing, when its head has come.  An error
     * ends the exchange. */
    struct error *(*take)(void *self, struct arena *a, struct str piece);
    /* Returns in how many milliseconds to ask again, or KUBE_OVER. */
    int64_t (*ended)(void *self, struct arena *a, const struct kube_end *end);
};

/* From any thread. */
struct kube_exchange *kube_exchange_begin(struct kube_client *c,
                                          const struct kube_exchange_ops *ops, void *self);
/* From any thread but the client's: cuts off what is under way; when it returns, none of the
 * owner's functions runs or will. */
void kube_exchange_finish(struct kube_client *c, struct kube_exchange *x);

#endif
