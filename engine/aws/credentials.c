#include <stdatomic.h>
#include <stddef.h>

#include "engine/aws/credentials_chain.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"

enum {
    RENEW_AHEAD_MS = 5 * 60 * 1000,
    PAUSE_MS = 60 * 1000, /* between two attempts while the old ones are still good */
    LOOK_EVERY_MS = 100,  /* how late a cancellation may be seen */
};

/* Counted, because a thread may sign with what another has just replaced.  One block with its
 * texts. */
struct held {
    atomic_int holders;
    size_t size;
    struct credentials keys;
};

struct step {
    struct source source;
    struct held *current; /* NULL: none yet */
    int64_t expires_ms, renew_at_ms;
};

struct credentials_chain {
    struct arena own;
    struct monitor monitor;
    struct step *steps; /* their `current` and times: inside */
    size_t count;
    struct str tried;      /* sources before the first step, and what they lacked */
    bool renewing;         /* inside: one thread is at it */
    struct arena failures; /* inside: why the last renewal failed */
    struct error *failure;
};

static struct held *held_copy(const struct credentials *from)
{
    size_t size =
        sizeof(struct held) + from->access_key.len + from->secret_key.len + from->token.len + 1;
    struct held *h = must_have(calloc(1, size));
    char *at = (char *)(h + 1);
    const struct str *parts[] = {&from->access_key, &from->secret_key, &from->token};
    struct str *copies[] = {&h->keys.access_key, &h->keys.secret_key, &h->keys.token};

    for (size_t i = 0; i < 3; i++) {
        if (parts[i]->len)
            memcpy(at, parts[i]->ptr, parts[i]->len);
        *copies[i] = (struct str){at, parts[i]->len};
        at += parts[i]->len;
    }
    atomic_init(&h->holders, 1);
    h->size = size;
    return h;
}

static void held_release(struct held *h)
{
    if (!h || atomic_fetch_sub(&h->holders, 1) > 1)
        return;
    explicit_bzero(h, h->size);
    free(h);
}

void credentials_release(const struct credentials *held)
{
    if (held)
        held_release((struct held *)((char *)held - offsetof(struct held, keys)));
}

static const struct credentials *hold(struct held *h)
{
    atomic_fetch_add(&h->holders, 1);
    return &h->keys;
}

struct credentials_chain *credentials_chain_new(const struct source *sources, size_t count,
                                                struct arena *own, struct str tried)
{
    struct credentials_chain *chain = must_have(calloc(1, sizeof(*chain)));

    chain->own = *own;
    *own = (struct arena){0};
    chain->tried = arena_str(&chain->own, tried);
    chain->count = count;
    chain->steps = ARENA_ARRAY(&chain->own, struct step, count);
    for (size_t i = 0; i < count; i++)
        chain->steps[i].source = sources[i];
    monitor_init(&chain->monitor);
    return chain;
}

void credentials_free(struct credentials_chain *chain)
{
    if (!chain)
        return;
    for (size_t i = 0; i < chain->count; i++)
        held_release(chain->steps[i].current);
    monitor_finish(&chain->monitor);
    arena_free(&chain->failures);
    arena_wipe(&chain->own);
    free(chain);
}

/* Renewing: only the thread that has set `renewing` comes here, and goes inside to show what it
 * has. */

static bool is_good(const struct step *s, int64_t now_ms)
{
    return s->current && now_ms < s->expires_ms;
}

static bool is_due(const struct step *s, int64_t now_ms)
{
    return !s->current || now_ms >= s->renew_at_ms;
}

/* As above, for who is not inside. */
static bool asked(struct credentials_chain *chain, bool (*ask)(const struct step *, int64_t),
                  const struct step *s, int64_t now_ms)
{
    monitor_enter(&chain->monitor);
    bool answer = ask(s, now_ms);
    monitor_leave(&chain->monitor);
    return answer;
}

static int64_t renewal_of(const struct issued *issued, int64_t now_ms)
{
    int64_t at_ms = issued->expires_ms == NEVER_MS ? NEVER_MS : issued->expires_ms - RENEW_AHEAD_MS;
    return at_ms > now_ms + PAUSE_MS ? at_ms : now_ms + PAUSE_MS;
}

static void show(struct credentials_chain *chain, struct step *s, const struct issued *issued,
                 int64_t now_ms)
{
    struct held *fresh = held_copy(&issued->keys), *stale;

    monitor_enter(&chain->monitor);
    stale = s->current;
    s->current = fresh;
    s->expires_ms = issued->expires_ms;
    s->renew_at_ms = renewal_of(issued, now_ms);
    monitor_leave(&chain->monitor);
    held_release(stale);
}

/* What the user is told when the step `s` gave nothing. */
static struct error *explained(const struct credentials_chain *chain, const struct step *s,
                               struct arena *a, struct error *e)
{
    bool first = s == chain->steps;

    if (e->kind == ERROR_CANCELLED)
        return e;
    e->path = arena_str(a, s->source.path);
    e->outcome_unknown = false;
    if (e->kind == ERROR_UNREACHABLE || e->kind == ERROR_THROTTLED)
        e->kind = ERROR_DENIED; /* it was repeated already: not once more for each call */
    if (s->source.last_resort) {
        struct error *none = error_new(a, ERROR_DENIED, "no AWS credentials were found");
        none->code = STR("NoCredentials");
        none->detail = arena_printf(
            a,
            "Tried: " STR_FMT "; " STR_FMT " (" STR_FMT "). Set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws/config or ~/.aws/credentials.",
            STR_ARG(chain->tried), STR_ARG(s->source.name), STR_ARG(e->summary));
        return none;
    }
    e->summary = arena_printf(a, STR_FMT " gave no credentials: " STR_FMT, STR_ARG(s->source.name),
                              STR_ARG(e->summary));
    if (first && chain->tried.len)
        e->detail = arena_printf(a, STR_FMT "%sLooked at before: " STR_FMT ".", STR_ARG(e->detail),
                                 e->detail.len ? " " : "", STR_ARG(chain->tried));
    return e;
}

static struct error *ensure(struct credentials_chain *chain, size_t i, const struct aws_call *c,
                            int64_t now_ms)
{
    ARENA_SECRET secret = {0};
    struct step *s = &chain->steps[i];
    struct fetch f = {.call = c, .secret = &secret, .now_ms = now_ms};
    struct issued issued = {.expires_ms = NEVER_MS};

    if (!asked(chain, is_due, s, now_ms))
        return NULL;
    struct error *e = i ? ensure(chain, i - 1, c, now_ms) : NULL;
    if (!e) {
        f.signer = i ? &chain->steps[i - 1].current->keys : NULL;
        e = s->source.fetch(&f, s->source.settings, &issued);
        if (e)
            e = explained(chain, s, c->arena, e);
    }
    if (!e) {
        show(chain, s, &issued, now_ms);
        return NULL;
    }
    if (!asked(chain, is_good, s, now_ms))
        return e;
    log_event(LOG_WARN, "credentials not renewed", LOG_STR("source", s->source.name),
              LOG_STR("error", e->summary));
    monitor_enter(&chain->monitor);
    s->renew_at_ms = now_ms + PAUSE_MS;
    monitor_leave(&chain->monitor);
    return NULL;
}

/* Inside: waits a little for the thread that renews. */
static struct error *wait_for_renewal(struct credentials_chain *chain, const struct aws_call *c)
{
    monitor_wait(&chain->monitor, time_monotonic_ms() + LOOK_EVERY_MS);
    if (cancel_is_raised(c->cancel))
        return error_new(c->arena, ERROR_CANCELLED, "cancelled while waiting for credentials");
    if (!chain->renewing && chain->failure)
        return error_copy(c->arena, chain->failure);
    return NULL;
}

static void end_renewal(struct credentials_chain *chain, const struct error *e)
{
    arena_free(&chain->failures);
    /* That one caller was cancelled is no reason for the others. */
    bool tell = e && e->kind != ERROR_CANCELLED;
    chain->failure = tell ? error_copy(&chain->failures, e) : NULL;
    chain->renewing = false;
    monitor_wake(&chain->monitor);
}

struct error *credentials_get(struct credentials_chain *chain, const struct aws_call *c,
                              int64_t now_ms, const struct credentials **out)
{
    struct step *last = &chain->steps[chain->count - 1];
    struct error *e = NULL;

    *out = NULL;
    monitor_enter(&chain->monitor);
    while (!e && chain->renewing && !is_good(last, now_ms))
        e = wait_for_renewal(chain, c);
    if (!e && !chain->renewing && is_due(last, now_ms)) {
        chain->renewing = true;
        monitor_leave(&chain->monitor);
        e = ensure(chain, chain->count - 1, c, now_ms);
        monitor_enter(&chain->monitor);
        end_renewal(chain, e);
    }
    if (!e)
        *out = hold(last->current);
    monitor_leave(&chain->monitor);
    return e;
}

bool credentials_refused(struct credentials_chain *chain, const struct credentials *held)
{
    struct step *last = &chain->steps[chain->count - 1];
    bool can = false;

    monitor_enter(&chain->monitor);
    bool replaced = !last->current || &last->current->keys != held;
    for (size_t i = 0; i < chain->count && !replaced; i++) {
        struct step *s = &chain->steps[i];
        if (s->source.fetch == fetch_keys)
            continue;
        s->expires_ms = s->renew_at_ms = 0;
        can = true;
    }
    monitor_leave(&chain->monitor);
    return can || replaced;
}

struct error *credentials_region(struct credentials_chain *chain, const struct aws_call *c,
                                 struct str *out)
{
    ARENA_SECRET secret = {0};
    struct fetch f = {.call = c, .secret = &secret};

    *out = STR("");
    if (chain->steps[0].source.fetch != fetch_metadata)
        return NULL;
    return metadata_region(&f, chain->steps[0].source.settings, out);
}
