#include "engine/kube/identity.h"

#include "engine/aws/eks.h"
#include "engine/base/digest.h"
#include "engine/base/file.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/kube/eks_access.h"
#include "engine/kube/plugin.h"

enum {
    FILE_GOOD_MS = 60000, /* how often a token's file is looked at */
    AHEAD_MS = 30000,     /* what expires is renewed that much before, so that requests get there */
};

struct kube_identity {
    const struct kube_access *access;
    struct arena secret; /* of the proof */
    struct kube_proof proof;
    bool has_proof;
    int64_t renew_ms; /* the date from which on it is got anew */
};

struct kube_identity *kube_identity_new(const struct kube_access *access)
{
    struct kube_identity *i = must_have(calloc(1, sizeof(*i)));

    i->access = access;
    return i;
}

void kube_identity_free(struct kube_identity *i)
{
    if (!i)
        return;
    arena_wipe(&i->secret);
    free(i);
}

static void set_token(struct arena *secret, struct str token, struct kube_proof *out)
{
    out->authorization = arena_printf(secret, "Bearer " STR_FMT, STR_ARG(token));
}

/* Who is asked for the next proof; each of these sets until when it is good. */
struct asking {
    struct kube_identity *identity;
    struct arena *a, *secret;
    struct cancel *cancel;
    int64_t now_ms;
};

static struct error *from_file(const struct asking *q, struct kube_proof *out, int64_t *renew_ms)
{
    struct str path = q->identity->access->token_file, text;

    TRY(file_text(q->secret, path, &text));
    text = str_trim(text);
    if (!text.len)
        return error_new(q->a, ERROR_DENIED, "the token file " STR_FMT " is empty", STR_ARG(path));
    set_token(q->secret, text, out);
    *renew_ms = q->now_ms + FILE_GOOD_MS;
    return NULL;
}

static struct error *from_plugin(const struct asking *q, struct kube_proof *out, int64_t *renew_ms)
{
    struct kube_credential got;

    TRY(kube_plugin_run(q->a, q->secret, q->cancel, q->identity->access, &got));
    if (got.expires_ms <= q->now_ms)
        return error_new(q->a, ERROR_DENIED,
                         "the credential plugin " STR_FMT ": what it printed has expired",
                         STR_ARG(q->identity->access->plugin.command));
    if (got.token.len)
        set_token(q->secret, got.token, out);
    if (got.key.len) {
        out->certificate = got.certificate;
        out->key = got.key;
    }
    /* What is good for less than that is used to its end, not got anew for every request. */
    bool long_lived = got.expires_ms - AHEAD_MS > q->now_ms;
    *renew_ms = got.expires_ms == NEVER_MS ? NEVER_MS
                : long_lived               ? got.expires_ms - AHEAD_MS
                                           : got.expires_ms;
    return NULL;
}

static struct error *from_eks(const struct asking *q, struct kube_proof *out, int64_t *renew_ms)
{
    const struct kube_access *access = q->identity->access;
    struct aws_call call = {.client = access->aws, .arena = q->secret, .cancel = q->cancel};
    struct str token;
    struct error *e = eks_token(&call, access->eks_cluster, q->now_ms, &token);

    if (e)
        return error_copy(q->a, e);
    set_token(q->secret, token, out);
    *renew_ms = q->now_ms + EKS_TOKEN_MS;
    return NULL;
}

static struct error *ask(const struct asking *q, struct kube_proof *out, int64_t *renew_ms)
{
    const struct kube_access *access = q->identity->access;

    *renew_ms = NEVER_MS;
    switch (access->login) {
    case KUBE_LOGIN_NONE:
        return NULL;
    case KUBE_LOGIN_TOKEN:
        set_token(q->secret, access->token, out);
        return NULL;
    case KUBE_LOGIN_PASSWORD: {
        struct str pair = arena_printf(q->secret, STR_FMT ":" STR_FMT, STR_ARG(access->username),
                                       STR_ARG(access->password));
        out->authorization =
            arena_printf(q->secret, "Basic " STR_FMT, STR_ARG(base64_encode(q->secret, pair)));
        return NULL;
    }
    case KUBE_LOGIN_TOKEN_FILE:
        return from_file(q, out, renew_ms);
    case KUBE_LOGIN_PLUGIN:
        return from_plugin(q, out, renew_ms);
    case KUBE_LOGIN_EKS:
        return from_eks(q, out, renew_ms);
    }
    return NULL;
}

/* A proof that could not be got anew is tried to its end; a token that is replaced in time mostly
 * outlives its file by minutes. */
static struct error *keep_old(struct kube_identity *i, const struct error *e, int64_t now_ms)
{
    log_event(LOG_WARN, "cluster credentials are not renewed",
              LOG_STR("cluster", i->access->source), LOG_STR("error", e->summary));
    i->renew_ms = now_ms + FILE_GOOD_MS / 6;
    return NULL;
}

struct error *kube_identity_get(struct kube_identity *i, struct arena *a, struct cancel *cancel,
                                int64_t now_ms, struct kube_proof *out)
{
    struct arena secret = {0};
    struct asking q = {i, a, &secret, cancel, now_ms};
    struct kube_proof got = {.certificate = i->access->client_certificate,
                             .key = i->access->client_key};
    int64_t renew_ms;
    struct error *e = NULL;

    if (!i->has_proof || now_ms >= i->renew_ms) {
        e = ask(&q, &got, &renew_ms);
        if (!e) {
            arena_wipe(&i->secret);
            i->secret = secret;
            i->proof = got;
            i->renew_ms = renew_ms;
            i->has_proof = true;
        } else {
            e = i->has_proof && e->kind != ERROR_CANCELLED ? keep_old(i, e, now_ms)
                                                           : error_copy(a, e);
            arena_wipe(&secret);
        }
    }
    *out = i->proof;
    return e;
}

bool kube_identity_refused(struct kube_identity *i)
{
    enum kube_login login = i->access->login;

    i->has_proof = false;
    return login == KUBE_LOGIN_TOKEN_FILE || login == KUBE_LOGIN_PLUGIN || login == KUBE_LOGIN_EKS;
}
