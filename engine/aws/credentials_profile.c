#include "engine/aws/credentials_search.h"

#include <stdlib.h>

#include "engine/aws/service.h"
#include "engine/base/digest.h"

/* What a profile of the shared files says about credentials.
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html */

enum { PROCESS_TIMEOUT_MS = 60 * 1000 };

/* One profile of a line of them, each the source_profile of the one before. */
struct level {
    const struct profile *profile;
    const struct level *above;
};

static struct error *at_fault(struct search *s, const struct profile *p, struct str summary,
                              struct str detail)
{
    struct error *e = error_new(s->arena, ERROR_DENIED, "the profile " STR_FMT " " STR_FMT,
                                STR_ARG(p->name), STR_ARG(summary));

    e->detail = detail;
    return s->config->profile.len ? error_at(e, STR("profile")) : e;
}

static struct str source_name(struct search *s, const struct profile *p, const char *what)
{
    return arena_printf(s->own, "the profile " STR_FMT "'s %s", STR_ARG(p->name), what);
}

static struct str kept(struct search *s, const struct profile *p, const char *setting)
{
    return arena_str(s->own, profile_setting(p, setting));
}

static bool has(const struct profile *p, const char *setting)
{
    return profile_setting(p, setting).len > 0;
}

static struct error *duration_of(struct search *s, const struct profile *p, int64_t *out)
{
    struct str text = profile_setting(p, "duration_seconds");

    *out = 0;
    if (!text.len || (str_to_int64(text, out) && *out >= 900 && *out <= 43200))
        return NULL;
    return at_fault(s, p, arena_printf(s->arena, "has duration_seconds = " STR_FMT, STR_ARG(text)),
                    STR("Allowed are 900 to 43200 seconds."));
}

static struct error *take_role(struct search *s, const struct profile *p)
{
    struct aws_role *role = ARENA_NEW(s->own, struct aws_role);

    if (has(p, "mfa_serial"))
        return at_fault(s, p, STR("wants an MFA code (mfa_serial)"),
                        STR("Nobody is there to type it. Get a session first and give its keys: "
                            "aws sts get-session-token, or a credential_process that asks."));
    *role = (struct aws_role){
        .arn = kept(s, p, "role_arn"),
        .session_name = kept(s, p, "role_session_name"),
        .external_id = kept(s, p, "external_id"),
    };
    TRY(duration_of(s, p, &role->duration_seconds));
    search_add(s, source_name(s, p, "role_arn"), fetch_role, role);
    return NULL;
}

static struct error *take_web_identity(struct search *s, const struct profile *p)
{
    struct aws_role *role = ARENA_NEW(s->own, struct aws_role);

    if (!has(p, "role_arn"))
        return at_fault(s, p, STR("has web_identity_token_file and no role_arn"),
                        STR("A web identity acts as a role: name it."));
    *role = (struct aws_role){
        .arn = kept(s, p, "role_arn"),
        .session_name = kept(s, p, "role_session_name"),
        .token_file = kept(s, p, "web_identity_token_file"),
    };
    TRY(duration_of(s, p, &role->duration_seconds));
    search_add(s, source_name(s, p, "web_identity_token_file"), fetch_role, role);
    return NULL;
}

static struct error *take_keys(struct search *s, const struct profile *p)
{
    struct credentials *keys = ARENA_NEW(s->own, struct credentials);

    *keys =
        (struct credentials){kept(s, p, "aws_access_key_id"), kept(s, p, "aws_secret_access_key"),
                             kept(s, p, "aws_session_token")};
    search_add(s, source_name(s, p, "keys"), fetch_keys, keys);
    return NULL;
}

static struct error *take_process(struct search *s, const struct profile *p)
{
    struct process_source *process = ARENA_NEW(s->own, struct process_source);

    *process = (struct process_source){kept(s, p, "credential_process"), PROCESS_TIMEOUT_MS};
    search_add(s, source_name(s, p, "credential_process"), fetch_process, process);
    return NULL;
}

static const struct aws_service service_sso = {
    .slot = AWS_SERVICE_COUNT, .id = "sso", .label = "portal.sso", .environment = "SSO"};
static const struct aws_service service_oidc = {
    .slot = AWS_SERVICE_COUNT, .id = "ssooidc", .label = "oidc", .environment = "SSO_OIDC"};

static struct str cache_file(struct search *s, struct str key)
{
    struct str path =
        arena_printf(s->own, "~/.aws/sso/cache/" STR_FMT ".json", STR_ARG(sha1_hex(s->arena, key)));
    return path_expanded(s->own, path);
}

static struct endpoint kept_endpoint(struct search *s, const struct endpoint *e)
{
    return (struct endpoint){.url = arena_str(s->own, e->url), .custom = e->custom};
}

/* Where session and profile say something about the same, they must agree. */
static struct error *contradiction(struct search *s, const struct profile *p,
                                   const struct profile *session)
{
    static const char *const both[] = {"sso_region", "sso_start_url"};

    for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
        if (has(p, both[i]) && has(session, both[i]) &&
            !str_eq(profile_setting(p, both[i]), profile_setting(session, both[i])))
            return at_fault(s, p,
                            arena_printf(s->arena, "and its sso_session differ in %s", both[i]),
                            STR("Leave it out of the profile: the session's counts."));
    return NULL;
}

static struct error *take_sso(struct search *s, const struct profile *p)
{
    static const char *const of_profile[] = {"sso_account_id", "sso_role_name"};
    static const char *const of_session[] = {"sso_region", "sso_start_url"};
    struct str session_name = profile_setting(p, "sso_session");
    struct profile session = *p;
    struct endpoint portal, oidc;

    if (session_name.len) {
        session.name = session_name;
        session.settings = json_get_str(&s->files->sso_sessions, session_name);
        if (session.settings->kind != JSON_OBJECT)
            return at_fault(
                s, p,
                arena_printf(s->arena, "names sso_session " STR_FMT ", which is in no config file",
                             STR_ARG(session_name)),
                STR("It is a section [sso-session NAME] of ~/.aws/config."));
        TRY(contradiction(s, p, &session));
    }
    for (size_t i = 0; i < 2; i++) {
        if (!has(p, of_profile[i]))
            return at_fault(s, p, arena_printf(s->arena, "has no %s", of_profile[i]),
                            STR("Signing in by IAM Identity Center needs sso_account_id and "
                                "sso_role_name."));
        if (!has(&session, of_session[i]))
            return at_fault(s, p, arena_printf(s->arena, "has no %s", of_session[i]),
                            STR("It belongs into its sso-session section."));
    }
    struct str region = profile_setting(&session, "sso_region");
    TRY(endpoint_resolve(s->arena, &service_sso, region, s->rules, &portal));
    TRY(endpoint_resolve(s->arena, &service_oidc, region, s->rules, &oidc));
    struct sso_source *sso = ARENA_NEW(s->own, struct sso_source);
    *sso = (struct sso_source){
        .cache_file =
            cache_file(s, session_name.len ? session_name : profile_setting(p, "sso_start_url")),
        .account_id = kept(s, p, "sso_account_id"),
        .role_name = kept(s, p, "sso_role_name"),
        .login = session_name.len
                     ? arena_printf(s->own, "aws sso login --sso-session " STR_FMT,
                                    STR_ARG(session_name))
                     : arena_printf(s->own, "aws sso login --profile " STR_FMT, STR_ARG(p->name)),
        .portal = kept_endpoint(s, &portal),
        .oidc = kept_endpoint(s, &oidc),
        .renewable = session_name.len > 0,
    };
    search_add(s, source_name(s, p, session_name.len ? "sso_session" : "sso_start_url"), fetch_sso,
               sso);
    return NULL;
}

static struct error *take_named_source(struct search *s, const struct profile *p)
{
    struct str name = profile_setting(p, "credential_source");
    bool found = false;

    if (str_eq(name, STR("Environment")))
        TRY(search_environment(s, &found));
    else if (str_eq(name, STR("EcsContainer")))
        TRY(search_container(s, &found));
    else if (str_eq(name, STR("Ec2InstanceMetadata")))
        TRY(search_metadata(s, false, &found));
    else
        return at_fault(s, p,
                        arena_printf(s->arena, "has credential_source = " STR_FMT, STR_ARG(name)),
                        STR("Allowed are Environment, EcsContainer and Ec2InstanceMetadata."));
    if (found)
        return NULL;
    return at_fault(s, p,
                    arena_printf(s->arena, "takes its keys from %s, where there are none",
                                 arena_str(s->arena, name).ptr),
                    s->lacks);
}

static struct error *take_profile(struct search *s, const struct level *level, bool *found);

static struct error *take_source_profile(struct search *s, const struct level *level)
{
    struct str name = profile_setting(level->profile, "source_profile");
    struct profile source = profile_of(s->files, name);
    struct level below = {&source, level};
    bool found = false;

    if (!source.found)
        return at_fault(s, level->profile,
                        arena_printf(s->arena,
                                     "names source_profile " STR_FMT
                                     ", which is in none of the shared files",
                                     STR_ARG(name)),
                        STR(""));
    for (const struct level *l = level->above; l; l = l->above)
        if (str_eq(l->profile->name, name))
            return at_fault(s, level->profile,
                            arena_printf(s->arena,
                                         "names source_profile " STR_FMT
                                         ", which leads back to itself",
                                         STR_ARG(name)),
                            STR("Break the circle: one of them needs keys of its own."));
    TRY(take_profile(s, &below, &found));
    if (found)
        return NULL;
    return at_fault(s, &source, STR("has no credentials"),
                    arena_printf(s->arena, "It is the source_profile of " STR_FMT ".",
                                 STR_ARG(level->profile->name)));
}

/* Without the role that may come on top.  A profile that is its own source means its own keys. */
static struct error *take_base(struct search *s, const struct level *level, bool *found)
{
    const struct profile *p = level->profile;
    struct str source = profile_setting(p, "source_profile");

    *found = true;
    if (has(p, "role_arn") && source.len && has(p, "credential_source"))
        return at_fault(s, p, STR("has source_profile and credential_source"),
                        STR("Only one of them may be set."));
    if (has(p, "role_arn") && source.len && !str_eq(source, p->name))
        return take_source_profile(s, level);
    if (has(p, "aws_access_key_id") && has(p, "aws_secret_access_key"))
        return take_keys(s, p);
    if (has(p, "role_arn") && has(p, "credential_source"))
        return take_named_source(s, p);
    if (has(p, "sso_session") || has(p, "sso_start_url"))
        return take_sso(s, p);
    if (has(p, "credential_process"))
        return take_process(s, p);
    *found = false;
    if (has(p, "role_arn"))
        return at_fault(s, p, STR("has a role_arn and nothing to assume it with"),
                        STR("Set source_profile, credential_source or web_identity_token_file "
                            "beside it."));
    return NULL;
}

static struct error *take_profile(struct search *s, const struct level *level, bool *found)
{
    const struct profile *p = level->profile;

    if (has(p, "web_identity_token_file") && !has(p, "source_profile") &&
        !has(p, "credential_source") && !has(p, "aws_access_key_id")) {
        *found = true;
        return take_web_identity(s, p);
    }
    TRY(take_base(s, level, found));
    return *found && has(p, "role_arn") ? take_role(s, p) : NULL;
}

struct error *search_profile(struct search *s, const struct profile *profile, bool *found)
{
    struct level level = {profile, NULL};

    s->lacks = arena_printf(s->arena, "the profile " STR_FMT " %s", STR_ARG(profile->name),
                            profile->found ? "has no credentials" : "is in none of them");
    return take_profile(s, &level, found);
}
