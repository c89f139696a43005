#include "engine/aws/credentials.h"

#include <stdlib.h>

/* One search through the sources, in order.  A source either has credentials, or says in a few
 * words what it lacks, or fails because it was asked for and is broken. */
struct search {
    struct arena *arena;
    const struct aws_config *config;
    const struct profile *profile;
    struct credentials found; /* borrowed texts */
    struct str lacks;
};

static bool complete(const struct credentials *c)
{
    return c->access_key.len && c->secret_key.len;
}

static struct error *from_configuration(struct search *s)
{
    s->found = (struct credentials){s->config->access_key, s->config->secret_key, s->config->token};
    if (!complete(&s->found) && (s->found.access_key.len || s->found.secret_key.len)) {
        struct error *e =
            error_new(s->arena, ERROR_INVALID, "of access_key and secret_key only %s is set",
                      s->found.access_key.len ? "access_key" : "secret_key");
        e->detail = STR("Set both, or neither and let the environment or a profile supply them.");
        return error_at(e, s->found.access_key.len ? STR("secret_key") : STR("access_key"));
    }
    s->lacks = STR("access_key and secret_key are not set");
    return NULL;
}

static struct error *from_environment(struct search *s)
{
    s->found = (struct credentials){str_of(getenv("AWS_ACCESS_KEY_ID")),
                                    str_of(getenv("AWS_SECRET_ACCESS_KEY")),
                                    str_of(getenv("AWS_SESSION_TOKEN"))};
    s->lacks = s->found.access_key.len   ? STR("AWS_SECRET_ACCESS_KEY is not set")
               : s->found.secret_key.len ? STR("AWS_ACCESS_KEY_ID is not set")
                                         : STR("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are "
                                               "not set");
    return NULL;
}

/* Settings that name another identity than the section's own keys.  To act as somebody else than
 * was meant is worse than to stop. */
static const char *other_identity(const struct profile *p)
{
    static const char *const always[] = {"role_arn", "web_identity_token_file"};
    static const char *const without_keys[] = {"sso_session", "sso_start_url",
                                               "credential_process"};

    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        if (profile_setting(p, always[i]).len)
            return always[i];
    for (size_t i = 0; i < sizeof(without_keys) / sizeof(without_keys[0]); i++)
        if (profile_setting(p, without_keys[i]).len && !profile_setting(p, "aws_access_key_id").len)
            return without_keys[i];
    return NULL;
}

static struct error *from_profile(struct search *s)
{
    const struct profile *p = s->profile;
    const char *other = other_identity(p);

    if (other) {
        struct error *e = error_new(s->arena, ERROR_DENIED,
                                    "the profile " STR_FMT " signs in by %s, which is not "
                                    "supported",
                                    STR_ARG(p->name), other);
        e->detail =
            arena_printf(s->arena,
                         "Supported are access keys. Export this profile's: eval \"$(aws "
                         "configure export-credentials --profile " STR_FMT " --format env)\"",
                         STR_ARG(p->name));
        return e;
    }
    s->found = (struct credentials){profile_setting(p, "aws_access_key_id"),
                                    profile_setting(p, "aws_secret_access_key"),
                                    profile_setting(p, "aws_session_token")};
    s->lacks = arena_printf(s->arena, "the profile " STR_FMT " %s", STR_ARG(p->name),
                            p->found ? "has no access keys" : "is in none of them");
    return NULL;
}

/* A profile that the configuration names goes before the environment, one that the environment
 * names, or the default, after it. */
static struct error *from_named_profile(struct search *s)
{
    if (!s->config->profile.len)
        return NULL;
    if (!s->profile->found) {
        struct error *e = error_new(s->arena, ERROR_INVALID, "there is no profile " STR_FMT,
                                    STR_ARG(s->config->profile));
        e->detail = STR("It is sought in the shared config and credentials files (~/.aws/config, "
                        "~/.aws/credentials, or those that are set).");
        return error_at(e, STR("profile"));
    }
    return from_profile(s);
}

static const struct source {
    const char *name;
    struct error *(*find)(struct search *s);
} sources[] = {
    {"the configuration", from_configuration},
    {"the named profile", from_named_profile},
    {"the environment", from_environment},
    {"the shared config and credentials files", from_profile},
};

static struct error *none_found(struct arena *a, struct str tried)
{
    struct error *e = error_new(a, ERROR_DENIED, "no AWS credentials were found");

    e->code = STR("NoCredentials");
    e->detail = arena_printf(a,
                             "Tried: " STR_FMT ". Set AWS_ACCESS_KEY_ID and "
                             "AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws/credentials.",
                             STR_ARG(tried));
    return e;
}

/* One block: the struct and its three strings. */
static struct credentials *credentials_copy(const struct credentials *from)
{
    size_t len = from->access_key.len + from->secret_key.len + from->token.len;
    struct credentials *c = calloc(1, sizeof(*c) + len + 1);
    if (!c) {
        fputs("panic: tenon: out of memory\n", stderr);
        abort();
    }
    char *at = (char *)(c + 1);
    const struct str *parts[] = {&from->access_key, &from->secret_key, &from->token};
    struct str *copies[] = {&c->access_key, &c->secret_key, &c->token};
    for (size_t i = 0; i < 3; i++) {
        if (parts[i]->len)
            memcpy(at, parts[i]->ptr, parts[i]->len);
        *copies[i] = (struct str){at, parts[i]->len};
        at += parts[i]->len;
    }
    return c;
}

void credentials_free(struct credentials *c)
{
    if (!c)
        return;
    size_t size = sizeof(*c) + c->access_key.len + c->secret_key.len + c->token.len;
    explicit_bzero(c, size);
    free(c);
}

struct error *credentials_find(struct arena *a, const struct aws_config *config,
                               const struct profile *profile, struct credentials **out)
{
    struct buf tried = buf_in(a);

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        struct search s = {.arena = a, .config = config, .profile = profile};
        TRY(sources[i].find(&s));
        if (complete(&s.found)) {
            *out = credentials_copy(&s.found);
            return NULL;
        }
        if (s.lacks.len)
            buf_printf(&tried, "%s%s (" STR_FMT ")", tried.len ? "; " : "", sources[i].name,
                       STR_ARG(s.lacks));
    }
    return none_found(a, buf_str(&tried));
}
