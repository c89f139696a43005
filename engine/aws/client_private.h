#ifndef ENGINE_AWS_CLIENT_PRIVATE_H
#define ENGINE_AWS_CLIENT_PRIVATE_H

#include <pthread.h>

#include "engine/aws/client.h"
#include "engine/aws/rate.h"

/* What client_new.c makes and client.c sends with. */

/* Whose credentials these are: the last access key that STS was asked about, and the account that
 * calls are held to.  Clients that share credentials share it. */
struct identity {
    pthread_mutex_t lock;
    char held_to[32]; /* empty: to none */
    char key[136], account[32], arn[2048];
};

/* Before a call is signed with `held`; asks STS where that is needed. */
MUST_CHECK struct error *identity_check(const struct aws_call *c, const struct credentials *held);

/* Constant once made, but for what the lock guards. */
struct aws_client {
    struct arena own;
    struct str region, user_agent;
    int max_attempts; /* 0: by what failed */
    bool adaptive, fips, dualstack;
    struct credentials_chain *credentials;
    struct http_client *http;
    struct identity *identity;
    bool borrows; /* credentials, http and identity are another client's */
    struct sigv4_keys *keys;
    struct endpoint endpoints[AWS_SERVICE_COUNT];

    pthread_mutex_t lock;
    bool has_date;                        /* under lock */
    int64_t date_ahead_ms;                /* under lock; AWS's date before the steady clock */
    struct retry_quota quota;             /* under lock */
    struct pace paces[AWS_SERVICE_COUNT]; /* under lock; of mode "adaptive" */
};

#endif
