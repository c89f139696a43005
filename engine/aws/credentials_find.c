#include <stdlib.h>

#include "engine/aws/credentials_chain.h"
#include "engine/aws/credentials_search.h"
#include "engine/aws/service.h"

struct source *search_add(struct search *s, struct str name, fetch_function *fetch,
                          const void *settings)
{
    struct source step = {.name = name, .fetch = fetch, .settings = settings};

    ARENA_PUSH(s->own, s->steps, s->count, s->capacity, step);
    return &s->steps[s->count - 1];
}

static bool complete(const struct credentials *c)
{
    return c->access_key.len && c->secret_key.len;
}

static void add_keys(struct search *s, const char *name, const struct credentials *keys)
{
    struct credentials *copy = ARENA_NEW(s->own, struct credentials);

    *copy =
        (struct credentials){arena_str(s->own, keys->access_key),
                             arena_str(s->own, keys->secret_key), arena_str(s->own, keys->token)};
    search_add(s, str_of(name), fetch_keys, copy);
}

static struct str variable(struct search *s, const char *name)
{
    return arena_str(s->own, str_of(getenv(name)));
}

static struct str *copies(struct arena *own, const struct str *from, size_t count)
{
    struct str *to = ARENA_ARRAY(own, struct str, count);

    for (size_t i = 0; i < count; i++)
        to[i] = arena_str(own, from[i]);
    return to;
}

static const struct aws_role *role_copy(struct arena *own, const struct aws_role *from)
{
    struct aws_role *to = ARENA_NEW(own, struct aws_role);

    *to = *from;
    struct str *const texts[] = {
        &to->arn,   &to->session_name, &to->external_id, &to->policy, &to->source_identity,
        &to->token, &to->token_file,   &to->path};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        *texts[i] = arena_str(own, *texts[i]);
    to->policy_arns = copies(own, from->policy_arns, from->policy_arn_count);
    to->transitive_tag_keys =
        copies(own, from->transitive_tag_keys, from->transitive_tag_key_count);
    to->tags.items = ARENA_ARRAY(own, struct aws_tag, from->tags.count);
    for (size_t i = 0; i < from->tags.count; i++)
        to->tags.items[i] = (struct aws_tag){arena_str(own, from->tags.items[i].key),
                                             arena_str(own, from->tags.items[i].value)};
    return to;
}

static struct error *from_web_identity_block(struct search *s, bool *found)
{
    if (!s->config->web_identity)
        return NULL;
    *found = true;
    search_add(s, STR("assume_role_with_web_identity"), fetch_role,
               role_copy(s->own, s->config->web_identity))
        ->path = STR("assume_role_with_web_identity");
    return NULL;
}

static struct error *from_configuration(struct search *s, bool *found)
{
    struct credentials keys = {s->config->access_key, s->config->secret_key, s->config->token};

    *found = complete(&keys);
    if (*found)
        add_keys(s, "the configuration", &keys);
    s->lacks = STR("access_key and secret_key are not set");
    if (*found || (!keys.access_key.len && !keys.secret_key.len))
        return NULL;
    struct error *e =
        error_new(s->arena, ERROR_INVALID, "of access_key and secret_key only %s is set",
                  keys.access_key.len ? "access_key" : "secret_key");
    e->detail = STR("Set both, or neither and let the environment or a profile supply them.");
    return error_at(e, keys.access_key.len ? STR("secret_key") : STR("access_key"));
}

/* Variables that older tools set count where the usual ones are missing. */
struct error *search_environment(struct search *s, bool *found)
{
    struct credentials keys = {str_of(getenv("AWS_ACCESS_KEY_ID")),
                               str_of(getenv("AWS_SECRET_ACCESS_KEY")),
                               str_of(getenv("AWS_SESSION_TOKEN"))};

    if (!keys.access_key.len)
        keys.access_key = str_of(getenv("AWS_ACCESS_KEY"));
    if (!keys.secret_key.len)
        keys.secret_key = str_of(getenv("AWS_SECRET_KEY"));
    *found = complete(&keys);
    if (*found)
        add_keys(s, "the environment", &keys);
    s->lacks = keys.access_key.len   ? STR("AWS_SECRET_ACCESS_KEY is not set")
               : keys.secret_key.len ? STR("AWS_ACCESS_KEY_ID is not set")
                                     : STR("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not "
                                           "set");
    return NULL;
}

static struct error *from_environments_token(struct search *s, bool *found)
{
    struct aws_role *role = ARENA_NEW(s->own, struct aws_role);

    role->token_file = variable(s, "AWS_WEB_IDENTITY_TOKEN_FILE");
    role->arn = variable(s, "AWS_ROLE_ARN");
    role->session_name = variable(s, "AWS_ROLE_SESSION_NAME");
    s->lacks = STR("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    *found = role->token_file.len > 0;
    if (!*found)
        return NULL;
    search_add(s, STR("AWS_WEB_IDENTITY_TOKEN_FILE"), fetch_role, role);
    if (role->arn.len)
        return NULL;
    struct error *e = error_new(s->arena, ERROR_DENIED,
                                "AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not");
    e->detail = STR("A web identity acts as a role: name it in AWS_ROLE_ARN.");
    return e;
}

/* A profile that the configuration names goes before the environment, one that the environment
 * names, or the default, after it. */
static struct error *from_named_profile(struct search *s, bool *found)
{
    if (!s->config->profile.len)
        return NULL;
    if (s->profile.found)
        return search_profile(s, &s->profile, found);
    struct error *e = error_new(s->arena, ERROR_INVALID, "there is no profile " STR_FMT,
                                STR_ARG(s->config->profile));
    e->detail = STR("It is sought in the shared config and credentials files (~/.aws/config, "
                    "~/.aws/credentials, or those that are set).");
    return error_at(e, STR("profile"));
}

/* Whoever names a profile wants that one and not what this machine happens to be. */
static struct error *from_profile(struct search *s, bool *found)
{
    bool named = str_of(getenv("AWS_PROFILE")).len > 0;

    if (s->config->profile.len)
        return NULL;
    if (s->profile.found || !named)
        return search_profile(s, &s->profile, found);
    struct error *e =
        error_new(s->arena, ERROR_DENIED, "there is no profile " STR_FMT, STR_ARG(s->profile.name));
    e->detail = STR("AWS_PROFILE names it. It is sought in the shared config and credentials files "
                    "(~/.aws/config, ~/.aws/credentials, or those that are set).");
    return e;
}

struct error *search_container(struct search *s, bool *found)
{
    struct container_source *c = ARENA_NEW(s->own, struct container_source);
    struct str path = str_of(getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));

    c->url = path.len ? arena_printf(s->own, "http://169.254.170.2" STR_FMT, STR_ARG(path))
                      : variable(s, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    c->token = variable(s, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    c->token_file = variable(s, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    s->lacks = STR("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set");
    *found = c->url.len > 0;
    if (!*found)
        return NULL;
    TRY(container_check_url(s->arena, c->url));
    search_add(s,
               path.len ? STR("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                        : STR("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
               fetch_container, c);
    return NULL;
}

static struct str first_of(struct str a, struct str b, struct str c)
{
    return a.len ? a : b.len ? b : c;
}

static struct error *metadata_url(struct search *s, struct str *out)
{
    struct str given =
        first_of(s->config->metadata_endpoint, str_of(getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT")),
                 profile_setting(&s->profile, "ec2_metadata_service_endpoint"));
    struct str mode =
        first_of(s->config->metadata_mode, str_of(getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")),
                 profile_setting(&s->profile, "ec2_metadata_service_endpoint_mode"));
    struct endpoint parts;

    if (given.len) {
        TRY(endpoint_of_url(s->arena, given, STR("ec2_metadata_service_endpoint"), &parts));
        *out = arena_str(s->own, str_slice(parts.url, 0, parts.url.len - 1));
        return NULL;
    }
    bool v6 = str_eq(mode, STR("IPv6")) || str_eq(mode, STR("ipv6"));
    *out = v6 ? STR("http://[fd00:ec2::254]") : STR("http://169.254.169.254");
    if (v6 || !mode.len || str_eq(mode, STR("IPv4")) || str_eq(mode, STR("ipv4")))
        return NULL;
    struct error *e =
        error_new(s->arena, ERROR_INVALID, "ec2_metadata_service_endpoint_mode is `" STR_FMT "`",
                  STR_ARG(mode));
    e->detail = STR("Allowed are IPv4 and IPv6.");
    return error_at(e, STR("ec2_metadata_service_endpoint_mode"));
}

struct error *search_metadata(struct search *s, bool last_resort, bool *found)
{
    struct metadata_source *m = ARENA_NEW(s->own, struct metadata_source);
    bool off = s->config->metadata == AWS_OFF, no_version_1;
    struct str disabled = str_of(getenv("AWS_EC2_METADATA_DISABLED"));

    s->lacks = STR("skip_metadata_api_check is set");
    if (s->config->metadata == AWS_UNSET && disabled.len == 4 &&
        (str_eq(disabled, STR("true")) || str_eq(disabled, STR("TRUE")) ||
         str_eq(disabled, STR("True")))) {
        s->lacks = STR("AWS_EC2_METADATA_DISABLED is set");
        off = true;
    }
    *found = !off;
    if (off)
        return NULL;
    TRY(metadata_url(s, &m->endpoint));
    TRY(switch_of(s->arena, AWS_UNSET, "AWS_EC2_METADATA_V1_DISABLED", &s->profile,
                  "ec2_metadata_v1_disabled", &no_version_1));
    m->version_1_too = !no_version_1;
    search_add(s, STR("the instance's metadata"), fetch_metadata, m)->last_resort = last_resort;
    return NULL;
}

static struct error *from_metadata(struct search *s, bool *found)
{
    return search_metadata(s, true, found);
}

static const struct place {
    const char *name;
    struct error *(*find)(struct search *s, bool *found);
} places[] = {
    {"assume_role_with_web_identity", from_web_identity_block},
    {"the configuration", from_configuration},
    {"the named profile", from_named_profile},
    {"the environment", search_environment},
    {"the environment's web identity", from_environments_token},
    {"the shared config and credentials files", from_profile},
    {"the container", search_container},
    {"the instance's metadata", from_metadata},
};

static struct error *none_found(struct arena *a, struct str tried)
{
    struct error *e = error_new(a, ERROR_DENIED, "no AWS credentials were found");

    e->code = STR("NoCredentials");
    e->detail = arena_printf(a,
                             "Tried: " STR_FMT ". Set AWS_ACCESS_KEY_ID and "
                             "AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws/config or "
                             "~/.aws/credentials.",
                             STR_ARG(tried));
    return e;
}

static struct error *find_first(struct search *s, struct buf *tried)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        bool found = false;
        s->lacks = STR("");
        TRY(places[i].find(s, &found));
        if (found)
            return NULL;
        if (s->lacks.len)
            buf_printf(tried, "%s%s (" STR_FMT ")", tried->len ? "; " : "", places[i].name,
                       STR_ARG(s->lacks));
    }
    return none_found(s->arena, buf_str(tried));
}

static void add_roles(struct search *s)
{
    for (size_t i = 0; i < s->config->role_count; i++) {
        const struct aws_role *role = role_copy(s->own, &s->config->roles[i]);
        struct str name = arena_printf(s->own, STR_FMT "%s(" STR_FMT ")", STR_ARG(role->path),
                                       role->path.len ? " " : "the role ", STR_ARG(role->arn));
        search_add(s, name, fetch_role, role)->path = role->path;
    }
}

struct error *credentials_find(struct arena *a, const struct aws_config *config,
                               const struct shared_config *files, struct credentials_chain **out)
{
    struct arena own = {0};
    struct buf tried = buf_in(a);
    struct endpoint_rules rules;
    struct search s = {.arena = a, .own = &own, .config = config, .files = files, .rules = &rules};

    *out = NULL;
    s.profile = profile_in_force(files, config);
    struct error *e = endpoint_rules_of(a, config, files, &rules);
    if (!e)
        e = find_first(&s, &tried);
    if (e) {
        arena_wipe(&own);
        return e;
    }
    add_roles(&s);
    *out = credentials_chain_new(s.steps, s.count, &own, buf_str(&tried));
    return NULL;
}
