#include <stdio.h>

#include "engine/aws/client_private.h"
#include "engine/aws/sts.h"
#include "engine/base/time.h"

/* Whose credentials a client has, and that they stay those of one account. */

static bool same(const char *kept, struct str text)
{
    return str_eq(str_of(kept), text);
}

static void note(struct identity *i, struct str key, const struct sts_identity *who)
{
    pthread_mutex_lock(&i->lock);
    snprintf(i->key, sizeof(i->key), STR_FMT, STR_ARG(key));
    snprintf(i->account, sizeof(i->account), STR_FMT, STR_ARG(who->account));
    snprintf(i->arn, sizeof(i->arn), STR_FMT, STR_ARG(who->arn));
    pthread_mutex_unlock(&i->lock);
}

static struct error *ask(const struct aws_call *c, const struct credentials *signer,
                         struct sts_identity *out)
{
    TRY(sts_get_caller_identity_of(c, signer, out));
    note(c->client->identity, signer->access_key, out);
    return NULL;
}

struct error *sts_identify(const struct aws_call *c, struct sts_identity *out)
{
    struct credentials_chain *chain = c->client->credentials;
    const struct credentials *held;
    struct error *e;
    bool again = true;

    for (;; again = false) {
        TRY(credentials_get(chain, c, time_now_ms(), &held));
        e = ask(c, held, out);
        /* The session ended before we thought: another is asked for, once. */
        again = again && e && str_starts_with(e->code, STR("ExpiredToken")) &&
                credentials_refused(chain, held);
        credentials_release(held);
        if (!again)
            return e;
    }
}

static struct error *of_another(struct arena *a, const struct sts_identity *who, struct str held_to)
{
    struct error *e =
        error_new(a, ERROR_CONFLICT,
                  "these credentials are of account " STR_FMT " (" STR_FMT "), not of " STR_FMT,
                  STR_ARG(who->account), STR_ARG(who->arn), STR_ARG(held_to));
    e->code = STR("AnotherAccount");
    e->detail =
        arena_printf(a,
                     "Nothing was sent. They were of " STR_FMT
                     " when this began: let the profile, role or environment that they come "
                     "from give those again.",
                     STR_ARG(held_to));
    return e;
}

struct error *identity_check(const struct aws_call *c, const struct credentials *held)
{
    struct identity *i = c->client->identity;
    struct sts_identity who = {0};
    struct str held_to = {0};

    pthread_mutex_lock(&i->lock);
    bool known = same(i->key, held->access_key);
    bool fine = !i->held_to[0] || (known && strcmp(i->account, i->held_to) == 0);
    if (!fine) {
        held_to = arena_str(c->arena, str_of(i->held_to));
        who.account = arena_str(c->arena, str_of(i->account));
        who.arn = arena_str(c->arena, str_of(i->arn));
    }
    pthread_mutex_unlock(&i->lock);
    if (!fine && !known)
        TRY(ask(c, held, &who));
    return fine || str_eq(who.account, held_to) ? NULL : of_another(c->arena, &who, held_to);
}

void aws_client_hold_to(struct aws_client *c, struct str account)
{
    struct identity *i = c->identity;

    pthread_mutex_lock(&i->lock);
    snprintf(i->held_to, sizeof(i->held_to), STR_FMT, STR_ARG(account));
    pthread_mutex_unlock(&i->lock);
}
