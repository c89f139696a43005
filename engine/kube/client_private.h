#ifndef ENGINE_KUBE_CLIENT_PRIVATE_H
#define ENGINE_KUBE_CLIENT_PRIVATE_H

#include "engine/base/buf.h"
#include "engine/base/curl.h"
#include "engine/base/monitor.h"
#include "engine/kube/exchange.h"
#include "engine/kube/identity.h"
#include "engine/kube/limit.h"

/* What client.c runs, and client_curl.c sets up for libcurl. */

/* Where requests go, as libcurl is told it. */
struct kube_place {
    struct str base;       /* of URLs; its host is the one that the certificate is for */
    struct str host;       /* for errors, and the Host header where base has another */
    struct str connect_to; /* where base has another host: where it really is; else empty */
};

enum exchange_state { EXCHANGE_DUE, EXCHANGE_RUNS, EXCHANGE_OVER };

/* The client's thread owns it, but for what the monitor guards. */
struct kube_exchange {
    struct kube_exchange *next; /* monitor */
    bool leaves, has_left;      /* monitor */
    struct kube_client *client;
    const struct kube_exchange_ops *ops;
    void *self;
    enum exchange_state state;
    int64_t due_ms; /* by the steady clock */

    struct arena arena; /* of one request and its answer */
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    char why[CURL_ERROR_SIZE];
    bool changes;
    bool was_sent; /* from here on the other side may act on it */
    bool lost;     /* the connection died under a change */
    bool proved_again;
    int status;
    int64_t retry_after_ms;
    struct error *broken; /* what `take` said */
    struct buf refusal;
};

struct kube_client {
    const struct kube_access *access;
    struct arena own;
    struct kube_place place;
    struct kube_identity *identity;
    struct kube_limit limit;
    struct cancel *cancel; /* of plugins and of calls to AWS */
    CURLM *multi;
    pthread_t thread;
    struct monitor monitor;
    struct kube_exchange *exchanges; /* monitor */
    struct kube_exchange *proving;   /* monitor; that we find out who we are for; NULL: none */
    bool ends;                       /* monitor */
};

MUST_CHECK struct error *kube_place_of(struct arena *a, const struct kube_access *access,
                                       struct kube_place *out);
/* Makes x->easy ready to run.  The error says what libcurl cannot do on this machine. */
MUST_CHECK struct error *kube_exchange_set_up(struct kube_exchange *x, const struct kube_ask *ask,
                                              const struct kube_proof *proof);
/* Why there is no whole answer. */
struct error *kube_exchange_error(struct kube_exchange *x, CURLcode code);

#endif
