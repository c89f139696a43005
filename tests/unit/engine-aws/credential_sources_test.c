#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "engine/aws/credentials_source.h"
#include "engine/base/digest.h"
#include "engine/base/time.h"
#include "tests/unit/engine-aws/fixture.h"

/* Each source against a scripted server, at a time of our own choosing. */
#define NOW_MS INT64_C(1800000000000) /* 2027-01-15T08:00:00Z */

/* A home folder, a server, and a client that knows no other. */
struct stage {
    struct fixture f;
    char home[64];
    struct str url;
    struct aws_config config;
    struct aws_endpoint_override sts;
    struct credentials_chain *chain;
};

static void open_stage(struct stage *s, const struct loopback_step *steps, size_t count)
{
    *s = (struct stage){.home = "/tmp/tenon-test-XXXXXX"};
    begin_tries(&s->f, steps, count, 2);
    assert_non_null(mkdtemp(s->home));
    setenv("HOME", s->home, 1);
    unsetenv("AWS_EC2_METADATA_DISABLED");
    s->url = arena_printf(&s->f.arena, "http://127.0.0.1:%d", s->f.server.port);
    s->sts = (struct aws_endpoint_override){STR("sts"), s->url};
    s->config = (struct aws_config){.region = STR("us-east-1"),
                                    .endpoints = &s->sts,
                                    .endpoint_count = 1,
                                    .metadata_endpoint = s->url};
}

static void put_file(struct stage *s, const char *name, const char *text)
{
    struct str path = arena_printf(&s->f.arena, "%s/%s", s->home, name);
    for (size_t i = strlen(s->home) + 1; i < path.len; i++)
        if (path.ptr[i] == '/')
            mkdir(arena_str(&s->f.arena, str_slice(path, 0, i)).ptr, 0700);
    FILE *f = fopen(path.ptr, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static struct str get_file(struct stage *s, const char *name)
{
    struct str text;
    assert_fine(file_text(&s->f.arena, arena_printf(&s->f.arena, "%s/%s", s->home, name), &text));
    return text;
}

static void close_stage(struct stage *s)
{
    credentials_free(s->chain);
    struct str remove = arena_printf(&s->f.arena, "rm -r '%s'", s->home);
    assert_int_equal(system(remove.ptr), 0);
    end(&s->f);
    forget_environment();
}

/* The chain as the configuration, the files and the environment have it now. */
static struct error *find(struct stage *s)
{
    ARENA_SECRET scratch = {0};
    struct shared_config files;
    struct error *e = shared_config_load(&scratch, &s->config, &files);
    credentials_free(s->chain);
    s->chain = NULL;
    if (!e)
        e = credentials_find(&scratch, &s->config, &files, &s->chain);
    return e ? error_copy(&s->f.arena, e) : NULL;
}

/* "key/secret/token", or "summary | detail" of the error. */
static struct str get_at(struct stage *s, int64_t now_ms)
{
    const struct credentials *c;
    struct error *e = s->chain ? NULL : find(s);
    if (!e)
        e = credentials_get(s->chain, &s->f.call, now_ms, &c);
    if (e)
        return arena_printf(&s->f.arena, STR_FMT " | " STR_FMT, STR_ARG(e->summary),
                            STR_ARG(e->detail));
    struct str text =
        arena_printf(&s->f.arena, STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(c->access_key),
                     STR_ARG(c->secret_key), STR_ARG(c->token));
    credentials_release(c);
    return text;
}

static struct str get(struct stage *s)
{
    return get_at(s, NOW_MS);
}

static size_t asked(struct stage *s)
{
    return atomic_load(&s->f.server.request_count);
}

static void assert_lacks(struct str s, const char *part)
{
    if (str_find_str(s, str_of(part)) < s.len)
        fail_msg("`" STR_FMT "` has `%s`", STR_ARG(s), part);
}

#define KEYS(n, expires)                                                         \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"K" n "\",\"SecretAccessKey\":\"S" n \
    "\",\"Token\":\"T" n "\",\"Expiration\":\"" expires "\"}"

/* --- container */

static void a_container_is_asked_with_its_token(void **state)
{
    struct stage s;
    (void)state;
    open_stage(&s, STEPS({.body = KEYS("1", "2027-01-15T09:00:00Z")}), 1);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI",
           arena_printf(&s.f.arena, STR_FMT "/v1/creds?id=7", STR_ARG(s.url)).ptr, 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer of-environment", 1);
    assert_str(get(&s), "K1/S1/T1");
    assert_true(str_starts_with(s.f.server.requests[0], STR("GET /v1/creds?id=7 HTTP/1.1\r\n")));
    assert_contains(s.f.server.requests[0], "Authorization: Bearer of-environment\r\n");
    /* A file goes before the variable, and is read each time. */
    put_file(&s, "token", "of-file\n");
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
           arena_printf(&s.f.arena, "%s/token", s.home).ptr, 1);
    assert_fine(find(&s));
    assert_str(get(&s), "K1/S1/T1");
    put_file(&s, "token", "of-file-2\n");
    assert_str(get_at(&s, NOW_MS + 56 * 60000), "K1/S1/T1");
    assert_contains(s.f.server.requests[1], "Authorization: of-file\r\n");
    assert_contains(s.f.server.requests[2], "Authorization: of-file-2\r\n");
    put_file(&s, "token", "two\r\nX-Evil: lines\r\n");
    assert_contains(get_at(&s, NOW_MS + 9 * 3600000), "has several lines");
    close_stage(&s);
}

static void a_container_that_stumbles_is_asked_again_and_one_that_refuses_is_not(void **state)
{
    struct stage s;
    (void)state;
    open_stage(&s,
               STEPS({.status = 500}, {.body = KEYS("1", "2027-01-15T09:00:00Z")},
                     {.status = 403, .body = "{\"code\":\"no\",\"message\":\"no role for you\"}"}),
               3);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", s.url.ptr, 1);
    assert_str(get(&s), "K1/S1/T1");
    assert_fine(find(&s));
    struct str text = get(&s);
    assert_contains(text, "AWS_CONTAINER_CREDENTIALS_FULL_URI gave no credentials: the container's "
                          "endpoint answered with HTTP status 403 | no role for you Looked at "
                          "before: the configuration (access_key");
    assert_int_equal(asked(&s), 3);
    close_stage(&s);
}

static void answers_that_are_none_are_told_without_their_text(void **state)
{
    static const struct {
        const char *body, *text;
    } rows[] = {
        {"PLANTED", "is not a JSON object"},
        {"[\"PLANTED\"]", "is not a JSON object"},
        {"{\"SecretAccessKey\":\"PLANTED\"}", "has no AccessKeyId"},
        {"{\"AccessKeyId\":\"PLANTED\"}", "has no SecretAccessKey"},
        {"{\"AccessKeyId\":\"PLANTED\",\"SecretAccessKey\":\"PLANTED\",\"Expiration\":\"PLANTED\"}",
         "Expiration of the answer is not a time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stage s;
        open_stage(&s, STEPS({.body = rows[i].body}), 1);
        setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", s.url.ptr, 1);
        struct str text = get(&s);
        assert_contains(text, rows[i].text);
        assert_lacks(text, "PLANTED");
        close_stage(&s);
    }
}

static void credentials_are_asked_of_near_hosts_and_over_tls_only(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        {"http://127.0.0.1:80/x", true},
        {"http://127.9.9.9/x", true},
        {"http://localhost/x", true},
        {"http://[::1]:8080/x", true},
        {"http://169.254.170.2/x", true},
        {"http://169.254.170.23/v1/credentials", true},
        {"http://[fd00:ec2::23]/v1/credentials", true},
        {"https://anywhere.example/x", true},
        {"http://169.254.169.254/x", false},
        {"http://anywhere.example/x", false},
        {"http://localhost.example/x", false},
        {"http://127.0.0.1@evil.example/x", false},
        {"http://evil.example#@localhost/", false},
        {"http://128.0.0.1/", false},
        {"https://", false},
        {"ftp://localhost/", false},
        {"localhost", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct error *e = container_check_url(&a, str_of(rows[i].url));
        if (!e != rows[i].good)
            fail_msg("%s", rows[i].url);
        if (e)
            assert_contains(e->detail, "169.254.170.23");
    }
}

/* --- instance metadata */

static void an_instance_is_asked_with_a_session_token(void **state)
{
    struct stage s;
    (void)state;
    open_stage(&s,
               STEPS({.body = "session-token"}, {.body = "the-role\n"},
                     {.body = KEYS("1", "2027-01-15T14:00:00Z")}),
               3);
    assert_str(get(&s), "K1/S1/T1");
    assert_true(str_starts_with(s.f.server.requests[0], STR("PUT /latest/api/token ")));
    assert_contains(s.f.server.requests[0], "X-aws-ec2-metadata-token-ttl-seconds: 300\r\n");
    assert_true(str_starts_with(s.f.server.requests[1],
                                STR("GET /latest/meta-data/iam/security-credentials/ HTTP")));
    assert_true(
        str_starts_with(s.f.server.requests[2],
                        STR("GET /latest/meta-data/iam/security-credentials/the-role HTTP")));
    assert_contains(s.f.server.requests[2], "X-aws-ec2-metadata-token: session-token\r\n");
    close_stage(&s);
}

static void version_1_serves_where_there_is_no_session_unless_it_is_forbidden(void **state)
{
    struct stage s;
    (void)state;
    open_stage(&s,
               STEPS({.status = 404}, {.body = "r"}, {.body = KEYS("1", "2027-01-15T14:00:00Z")},
                     {.status = 404}),
               4);
    assert_str(get(&s), "K1/S1/T1");
    assert_lacks(s.f.server.requests[1], "X-aws-ec2-metadata-token");
    setenv("AWS_EC2_METADATA_V1_DISABLED", "true", 1);
    assert_fine(find(&s));
    assert_contains(get(&s), "answered HTTP status 404 to a session token");
    close_stage(&s);
}

static void without_an_instance_every_source_that_was_tried_is_named(void **state)
{
    struct stage s;
    (void)state;
    open_stage(&s, STEPS({.act = LOOPBACK_CUT}), 1);
    struct str text = get(&s);
    assert_contains(text, "no AWS credentials were found | Tried: the configuration");
    assert_contains(text, "the container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    assert_contains(text, "the instance's metadata (no answer from 127.0.0.1");
    assert_int_equal(asked(&s), 2);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    assert_non_null(find(&s));
    s.config.metadata = AWS_ON; /* skip_metadata_api_check = "false" is stronger */
    assert_fine(find(&s));
    s.config.metadata = AWS_OFF;
    struct error *e = find(&s);
    assert_non_null(e);
    assert_contains(e->detail, "the instance's metadata (skip_metadata_api_check is set)");
    close_stage(&s);
}

static void expired_keys_of_an_instance_are_used_and_soon_asked_for_again(void **state)
{
    struct stage s;
    (void)state;
    open_stage(&s,
               STEPS({.body = "t"}, {.body = "r"}, {.body = KEYS("1", "2027-01-15T07:00:00Z")},
                     {.body = "t"}, {.body = "r"}, {.body = KEYS("2", "2027-01-15T14:00:00Z")}),
               6);
    assert_str(get(&s), "K1/S1/T1");
    assert_str(get_at(&s, NOW_MS + 30000), "K1/S1/T1");
    assert_str(get_at(&s, NOW_MS + 6 * 60000), "K2/S2/T2");
    close_stage(&s);
}

static void the_region_comes_from_the_instance_only_with_its_keys(void **state)
{
    struct stage s;
    struct aws_client *client;
    (void)state;
    open_stage(
        &s, STEPS({.body = "t"}, {.body = "{\"region\":\"eu-north-1\",\"accountId\":\"1\"}"}), 2);
    s.config.region = STR("");
    assert_fine(aws_client_new(&s.f.arena, &s.config, &client));
    assert_str(aws_client_region(client), "eu-north-1");
    aws_client_free(client);
    s.config.access_key = s.config.secret_key = STR("k");
    struct error *e = aws_client_new(&s.f.arena, &s.config, &client);
    assert_non_null(e);
    assert_str(e->summary, "no region is set");
    assert_int_equal(asked(&s), 2);
    s.config.access_key = s.config.secret_key = STR("");
    s.config.metadata_endpoint =
        arena_printf(&s.f.arena, "http://127.0.0.1:%d", loopback_dead_port());
    e = aws_client_new(&s.f.arena, &s.config, &client);
    assert_non_null(e);
    assert_contains(e->detail, "the instance's metadata (no answer from 127.0.0.1");
    close_stage(&s);
}

/* --- credential_process */

static struct str process_says(const char *script)
{
    struct stage s;
    open_stage(&s, STEPS({.status = 500}), 1);
    put_file(&s, "script", script);
    put_file(&s, ".aws/config",
             arena_printf(&s.f.arena,
                          "[profile p]\ncredential_process = sh %s/script \"two words\"\n", s.home)
                 .ptr);
    s.config.profile = STR("p");
    struct str text = get(&s);
    static char kept[1024];
    snprintf(kept, sizeof(kept), STR_FMT, STR_ARG(text));
    close_stage(&s);
    return str_of(kept);
}

static void a_process_prints_credentials(void **state)
{
    static const struct {
        const char *script, *text;
    } rows[] = {
        {"echo '{\"Version\":1,\"AccessKeyId\":\"K\",\"SecretAccessKey\":\"'$1'\"}'",
         "K/two words/"},
        {"echo '{\"Version\":1,\"AccessKeyId\":\"K\",\"SecretAccessKey\":\"S\",\"SessionToken\":"
         "\"T\",\"Expiration\":\"2027-01-15T09:00:00+01:00\"}'",
         "what the command printed has expired"},
        {"echo '{\"Version\":1,\"AccessKeyId\":\"K\",\"SecretAccessKey\":\"S\",\"SessionToken\":"
         "\"T\",\"Expiration\":\"2027-01-15T08:00:01Z\"}'",
         "K/S/T"},
        {"echo '{\"Version\":2,\"AccessKeyId\":\"PLANTED\",\"SecretAccessKey\":\"PLANTED\"}'",
         "is not of Version 1 | It must print"},
        {"echo PLANTED", "is not a JSON object"},
        {"echo PLANTED; echo the card is locked >&2; exit 4",
         "the profile p's credential_process gave no credentials: the command ended with status 4 "
         "| It says: the card is locked"},
        {"kill -9 $$", "status 137"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str text = process_says(rows[i].script);
        assert_contains(text, rows[i].text);
        assert_lacks(text, "PLANTED");
    }
}

static void a_process_that_hangs_is_ended_at_its_limit(void **state)
{
    ARENA_AUTO a = {0};
    struct aws_call call = {.arena = &a};
    struct fetch f = {.call = &call, .secret = &a, .now_ms = NOW_MS};
    struct process_source source = {STR("sleep 1000"), 100};
    struct issued out;
    (void)state;
    struct error *e = fetch_process(&f, &source, &out);
    assert_non_null(e);
    assert_str(e->summary, "the command was not done after 100ms");
}

/* --- IAM Identity Center */

static const char sso_config[] =
    "[profile new]\nsso_session = corp\nsso_account_id = 123456789012\n"
    "sso_role_name = Admin Role\n"
    "[sso-session corp]\nsso_region = eu-west-1\n"
    "sso_start_url = https://corp.awsapps.com/start\n"
    "[profile old]\nsso_start_url = https://corp.awsapps.com/start\n"
    "sso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = R\n";

static const char sso_answer[] =
    "{\"roleCredentials\":{\"accessKeyId\":\"K\",\"secretAccessKey\":\"S\",\"sessionToken\":\"T\","
    "\"expiration\":1800003600000}}";

static void open_sso(struct stage *s, const struct loopback_step *steps, size_t count,
                     const char *profile)
{
    open_stage(s, steps, count);
    put_file(s, ".aws/config", sso_config);
    setenv("AWS_ENDPOINT_URL_SSO", s->url.ptr, 1);
    setenv("AWS_ENDPOINT_URL_SSO_OIDC", s->url.ptr, 1);
    s->config.profile = str_of(profile);
}

static const char *cache_of(struct stage *s, const char *key)
{
    return arena_printf(&s->f.arena, ".aws/sso/cache/" STR_FMT ".json",
                        STR_ARG(sha1_hex(&s->f.arena, str_of(key))))
        .ptr;
}

static void a_cached_sign_in_buys_a_roles_credentials(void **state)
{
    struct stage s;
    (void)state;
    open_sso(&s, STEPS({.body = sso_answer}), 1, "new");
    assert_str(sha1_hex(&s.f.arena, STR("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    put_file(&s, cache_of(&s, "corp"),
             "{\"accessToken\":\"AT\",\"expiresAt\":\"2027-01-15T09:00:00Z\"}");
    assert_str(get(&s), "K/S/T");
    assert_true(str_starts_with(
        s.f.server.requests[0],
        STR("GET /federation/credentials?role_name=Admin%20Role&account_id=123456789012 HTTP")));
    assert_contains(s.f.server.requests[0], "x-amz-sso_bearer_token: AT\r\n");
    close_stage(&s);

    open_sso(&s, STEPS({.body = sso_answer}), 1, "old");
    put_file(&s, cache_of(&s, "https://corp.awsapps.com/start"),
             "{\"accessToken\":\"AT\",\"expiresAt\":\"2027-01-15T09:00:00UTC\"}");
    assert_str(get(&s), "K/S/T");
    close_stage(&s);
}

static void an_old_token_is_renewed_and_kept(void **state)
{
    struct stage s;
    (void)state;
    open_sso(&s,
             STEPS({.body = "{\"accessToken\":\"AT2\",\"expiresIn\":28800,\"refreshToken\":\"RT2\","
                            "\"tokenType\":\"Bearer\"}"},
                   {.body = sso_answer}),
             2, "new");
    put_file(&s, cache_of(&s, "corp"),
             "{\"accessToken\":\"AT\",\"expiresAt\":\"2027-01-15T07:00:00Z\",\"clientId\":\"CI\","
             "\"clientSecret\":\"CS\",\"refreshToken\":\"RT\",\"region\":\"eu-west-1\"}");
    assert_str(get(&s), "K/S/T");
    assert_true(str_starts_with(s.f.server.requests[0], STR("POST /token HTTP")));
    assert_str(sent_body(&s.f, 0), "{\"clientId\":\"CI\",\"clientSecret\":\"CS\",\"grantType\":"
                                   "\"refresh_token\",\"refreshToken\":\"RT\"}");
    assert_contains(s.f.server.requests[1], "x-amz-sso_bearer_token: AT2\r\n");
    assert_str(get_file(&s, cache_of(&s, "corp")),
               "{\"accessToken\":\"AT2\",\"expiresAt\":\"2027-01-15T16:00:00Z\",\"clientId\":"
               "\"CI\",\"clientSecret\":\"CS\",\"refreshToken\":\"RT2\",\"region\":\"eu-west-1\"}");
    struct stat file;
    assert_int_equal(
        stat(arena_printf(&s.f.arena, "%s/%s", s.home, cache_of(&s, "corp")).ptr, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    close_stage(&s);
}

static void a_sign_in_that_is_over_says_how_to_sign_in_again(void **state)
{
    static const struct {
        const char *profile, *cache, *text;
        int status;
    } rows[] = {
        {"new", NULL, "nobody has signed in yet | Sign in: aws sso login --sso-session corp", 200},
        {"new", "PLANTED", "the token's file cannot be read", 200},
        {"new", "{\"accessToken\":\"PLANTED\"}", "lacks accessToken or expiresAt", 200},
        {"new", "{\"accessToken\":\"PLANTED\",\"expiresAt\":\"2027-01-15T07:00:00Z\"}",
         "the sign-in has expired | Sign in: aws sso login --sso-session corp", 200},
        {"old",
         "{\"accessToken\":\"PLANTED\",\"expiresAt\":\"2027-01-15T07:00:00Z\",\"clientId\":\"i\","
         "\"clientSecret\":\"s\",\"refreshToken\":\"r\"}",
         "the sign-in has expired | Sign in: aws sso login --profile old", 200},
        {"new",
         "{\"accessToken\":\"PLANTED\",\"expiresAt\":\"2027-01-15T07:00:00Z\",\"clientId\":\"i\","
         "\"clientSecret\":\"s\",\"refreshToken\":\"r\"}",
         "Renewing it failed: IAM Identity Center's token endpoint answered with HTTP status 400",
         400},
        {"new", "{\"accessToken\":\"PLANTED\",\"expiresAt\":\"2027-01-15T09:00:00Z\"}",
         "does not take the token any more | Sign in: aws sso login", 401},
        {"new", "{\"accessToken\":\"PLANTED\",\"expiresAt\":\"2027-01-15T09:00:00Z\"}",
         "HTTP status 403 | No access The role is Admin Role of account 123456789012.", 403},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stage s;
        open_sso(&s, STEPS({.status = rows[i].status, .body = "{\"message\":\"No access\"}"}), 1,
                 rows[i].profile);
        if (rows[i].cache)
            put_file(&s,
                     cache_of(&s, strcmp(rows[i].profile, "new") == 0
                                      ? "corp"
                                      : "https://corp.awsapps.com/start"),
                     rows[i].cache);
        struct str text = get(&s);
        assert_contains(text, rows[i].text);
        assert_lacks(text, "PLANTED");
        close_stage(&s);
    }
}

static void a_token_that_cannot_be_renewed_serves_while_it_is_good(void **state)
{
    struct stage s;
    (void)state;
    open_sso(&s, STEPS({.status = 400, .body = "{}"}, {.body = sso_answer}), 2, "new");
    put_file(&s, cache_of(&s, "corp"),
             "{\"accessToken\":\"AT\",\"expiresAt\":\"2027-01-15T08:02:00Z\",\"clientId\":\"i\","
             "\"clientSecret\":\"s\",\"refreshToken\":\"r\"}");
    assert_str(get(&s), "K/S/T");
    close_stage(&s);
}

/* --- roles */

#define ASSUMED(operation, n, expires)                                              \
    "<" operation "Response><" operation "Result><Credentials><AccessKeyId>K" n     \
    "</AccessKeyId><SecretAccessKey>S" n "</SecretAccessKey><SessionToken>T" n      \
    "</SessionToken><Expiration>" expires "</Expiration></Credentials></" operation \
    "Result></" operation "Response>"
#define ROLE(n) ASSUMED("AssumeRole", n, "2027-01-15T09:00:00Z")
#define DENIED                                                                     \
    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>" \
    "<RequestId>rid</RequestId></ErrorResponse>"

/* The access key that the n-th request was signed with. */
static struct str signer(struct stage *s, size_t n)
{
    struct str r = s->f.server.requests[n];
    r = str_slice(r, str_find_str(r, STR("Credential=")), r.len);
    r = str_cut(&r, '/');
    return str_slice(r, 11, r.len);
}

static void each_role_of_a_chain_signs_for_the_next(void **state)
{
    struct stage s;
    struct str policies[] = {STR("arn:p1"), STR("arn:p2")}, keys[] = {STR("k")};
    struct aws_tag tag = {STR("k"), STR("v 1")};
    struct aws_role roles[] = {
        {.arn = STR("arn:aws:iam::1:role/c"), .session_name = STR("me")},
        {.arn = STR("arn:aws:iam::2:role/d"),
         .session_name = STR("me"),
         .external_id = STR("e&x"),
         .policy = STR("{}"),
         .source_identity = STR("alice"),
         .duration_seconds = 900,
         .policy_arns = policies,
         .policy_arn_count = 2,
         .transitive_tag_keys = keys,
         .transitive_tag_key_count = 1,
         .tags = {&tag, 1, 1}},
    };
    (void)state;
    open_stage(
        &s,
        STEPS({.body = ROLE("1")}, {.body = ROLE("2")}, {.body = ROLE("3")}, {.body = ROLE("4")}),
        4);
    put_file(&s, ".aws/config",
             "[profile a]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = b\n"
             "role_session_name = nm\nexternal_id = xx\nduration_seconds = 1800\n"
             "[profile b]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = base\n");
    put_file(&s, ".aws/credentials",
             "[base]\naws_access_key_id = K0\naws_secret_access_key = S0\n");
    s.config.profile = STR("a");
    s.config.roles = roles;
    s.config.role_count = 2;
    assert_str(get(&s), "K4/S4/T4");
    assert_str(signer(&s, 0), "K0");
    assert_contains(sent_body(&s.f, 0), "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa&"
                                        "RoleSessionName=tenon-1800000000000");
    assert_lacks(sent_body(&s.f, 0), "DurationSeconds");
    assert_str(signer(&s, 1), "K1");
    assert_contains(sent_body(&s.f, 1), "RoleSessionName=nm&DurationSeconds=1800&ExternalId=xx");
    assert_contains(s.f.server.requests[1], "X-Amz-Security-Token: T1\r\n");
    assert_str(signer(&s, 2), "K2");
    assert_str(signer(&s, 3), "K3");
    assert_str(sent_body(&s.f, 3),
               "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A2%3Arole%2Fd&"
               "RoleSessionName=me&DurationSeconds=900&Policy=%7B%7D&PolicyArns.member.1.arn=arn"
               "%3Ap1&PolicyArns.member.2.arn=arn%3Ap2&ExternalId=e%26x&SourceIdentity=alice&"
               "Tags.member.1.Key=k&Tags.member.1.Value=v%201&TransitiveTagKeys.member.1=k");
    close_stage(&s);
}

static void a_role_that_is_refused_names_its_hop_and_what_to_do(void **state)
{
    struct stage s;
    struct aws_role roles[] = {
        {.arn = STR("arn:aws:iam::1:role/c"), .path = STR("assume_role[0]")},
        {.arn = STR("arn:aws:iam::2:role/d"), .path = STR("assume_role[2]")}};
    (void)state;
    open_stage(&s, STEPS({.body = ROLE("1")}, {.status = 403, .body = DENIED}), 2);
    s.config.access_key = s.config.secret_key = STR("k");
    s.config.roles = roles;
    s.config.role_count = 2;
    struct str text = get(&s);
    assert_contains(text, "assume_role[2] (arn:aws:iam::2:role/d) gave no credentials: calling STS "
                          "AssumeRole: AccessDenied: no | HTTP status 403, request id rid");
    assert_contains(text, "sts:AssumeRole. The role's trust policy must allow it.");
    close_stage(&s);
}

static void a_web_identity_needs_no_signature(void **state)
{
    static const char answer[] = ASSUMED("AssumeRoleWithWebIdentity", "w", "2027-01-15T09:00:00Z");
    struct stage s;
    (void)state;
    open_stage(&s, STEPS({.body = answer}), 1);
    put_file(&s, "token", "PLANTED.jwt\n");
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", arena_printf(&s.f.arena, "%s/token", s.home).ptr, 1);
    struct error *e = find(&s);
    assert_non_null(e);
    assert_str(e->summary, "AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not");
    setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/w", 1);
    setenv("AWS_ROLE_SESSION_NAME", "pod", 1);
    assert_str(get(&s), "Kw/Sw/Tw");
    assert_lacks(s.f.server.requests[0], "Authorization");
    assert_str(sent_body(&s.f, 0),
               "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1"
               "%3Arole%2Fw&RoleSessionName=pod&WebIdentityToken=PLANTED.jwt");
    put_file(&s, "token", "\n");
    assert_contains(get_at(&s, NOW_MS + 9 * 3600000), "the web identity token is empty");
    close_stage(&s);
}

static void the_configurations_web_identity_goes_before_all_and_roles_follow(void **state)
{
    static const char answer[] = ASSUMED("AssumeRoleWithWebIdentity", "w", "2027-01-15T09:00:00Z");
    struct stage s;
    struct aws_role web = {.arn = STR("arn:aws:iam::1:role/w"), .token = STR("jwt")};
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/x")};
    (void)state;
    open_stage(&s, STEPS({.body = answer}, {.body = ROLE("1")}), 2);
    s.config.access_key = s.config.secret_key = STR("k");
    s.config.web_identity = &web;
    s.config.roles = &role;
    s.config.role_count = 1;
    assert_str(get(&s), "K1/S1/T1");
    assert_str(signer(&s, 1), "Kw");
    close_stage(&s);
}

static void a_profile_may_take_its_roles_keys_from_elsewhere(void **state)
{
    struct stage s;
    (void)state;
    open_stage(&s, STEPS({.body = ROLE("1")}), 1);
    put_file(&s, ".aws/config", "[default]\nrole_arn = arn:r\ncredential_source = Environment\n");
    setenv("AWS_ACCESS_KEY_ID", "KE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "SE", 1);
    s.config.profile = STR("default"); /* else the environment itself goes first */
    assert_str(get(&s), "K1/S1/T1");
    assert_str(signer(&s, 0), "KE");
    close_stage(&s);
}

/* --- renewal */

static void credentials_are_renewed_five_minutes_ahead(void **state)
{
    struct stage s;
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/c")};
    (void)state;
    open_stage(
        &s,
        STEPS({.body = ROLE("1")}, {.body = ASSUMED("AssumeRole", "2", "2027-01-15T10:00:00Z")}),
        2);
    s.config.access_key = s.config.secret_key = STR("k");
    s.config.roles = &role;
    s.config.role_count = 1;
    assert_str(get(&s), "K1/S1/T1");
    assert_str(get_at(&s, NOW_MS + 55 * 60000 - 1), "K1/S1/T1");
    assert_int_equal(asked(&s), 1);
    assert_str(get_at(&s, NOW_MS + 55 * 60000), "K2/S2/T2");
    assert_int_equal(asked(&s), 2);
    close_stage(&s);
}

static void what_cannot_be_renewed_serves_until_it_expires(void **state)
{
    struct stage s;
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/c")};
    (void)state;
    open_stage(&s, STEPS({.body = ROLE("1")}, {.status = 403, .body = DENIED}), 2);
    s.config.access_key = s.config.secret_key = STR("k");
    s.config.roles = &role;
    s.config.role_count = 1;
    assert_str(get(&s), "K1/S1/T1");
    assert_str(get_at(&s, NOW_MS + 56 * 60000), "K1/S1/T1");
    assert_int_equal(asked(&s), 2);
    assert_str(get_at(&s, NOW_MS + 56 * 60000 + 59999), "K1/S1/T1");
    assert_int_equal(asked(&s), 2); /* not tried again within a minute */
    assert_contains(get_at(&s, NOW_MS + 60 * 60000), "AccessDenied");
    assert_int_equal(asked(&s), 3);
    close_stage(&s);
}

struct crowd {
    struct stage *stage;
    int64_t now_ms;
    atomic_int good;
};

static void *one_of_many(void *self)
{
    struct crowd *crowd = self;
    ARENA_AUTO a = {0};
    struct aws_call call = {.client = crowd->stage->f.client, .arena = &a};
    const struct credentials *c;
    if (!credentials_get(crowd->stage->chain, &call, crowd->now_ms, &c)) {
        atomic_fetch_add(&crowd->good, str_eq(c->access_key, STR("K1")));
        credentials_release(c);
    }
    return NULL;
}

static int ask_at_once(struct stage *s, int64_t now_ms)
{
    struct crowd crowd = {.stage = s, .now_ms = now_ms};
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, one_of_many, &crowd), 0);
    for (size_t i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&crowd.good);
}

static void many_threads_sign_in_once(void **state)
{
    struct stage s;
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/c")};
    (void)state;
    open_stage(&s, STEPS({.body = ROLE("1")}), 1);
    s.config.access_key = s.config.secret_key = STR("k");
    s.config.roles = &role;
    s.config.role_count = 1;
    assert_fine(find(&s));
    assert_int_equal(ask_at_once(&s, NOW_MS), 8);
    assert_int_equal(asked(&s), 1);
    close_stage(&s);
}

/* The server never answers the renewal: whoever else comes is given the old ones at once. */
struct renewer {
    struct stage *stage;
    struct cancel *cancel;
};

static void *renew_until_cancelled(void *self)
{
    struct renewer *r = self;
    ARENA_AUTO a = {0};
    struct aws_call call = {.client = r->stage->f.client, .arena = &a, .cancel = r->cancel};
    const struct credentials *c = NULL;
    struct error *e = credentials_get(r->stage->chain, &call, NOW_MS + 56 * 60000, &c);
    credentials_release(c);
    return e ? NULL : self;
}

static void others_go_on_with_the_old_ones_while_one_renews(void **state)
{
    struct stage s;
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/c")};
    struct renewer renewer = {&s, cancel_new(NULL)};
    pthread_t thread;
    (void)state;
    open_stage(&s, STEPS({.body = ROLE("1")}, {.act = LOOPBACK_HANG}), 2);
    s.config.access_key = s.config.secret_key = STR("k");
    s.config.roles = &role;
    s.config.role_count = 1;
    assert_str(get(&s), "K1/S1/T1");
    assert_int_equal(pthread_create(&thread, NULL, renew_until_cancelled, &renewer), 0);
    while (asked(&s) < 2)
        sched_yield();
    assert_int_equal(ask_at_once(&s, NOW_MS + 57 * 60000), 8);
    assert_int_equal(asked(&s), 2);
    cancel_raise(renewer.cancel);
    pthread_join(thread, NULL);
    cancel_free(renewer.cancel);
    close_stage(&s);
}

static void keys_that_a_service_calls_expired_are_asked_for_anew(void **state)
{
    struct stage s;
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/c")};
    const struct credentials *c;
    (void)state;
    open_stage(&s, STEPS({.body = ROLE("1")}, {.body = ROLE("2")}), 2);
    s.config.access_key = s.config.secret_key = STR("k");
    assert_str(get(&s), "k/k/");
    assert_fine(credentials_get(s.chain, &s.f.call, NOW_MS, &c));
    assert_false(credentials_refused(s.chain, c)); /* nobody has others */
    credentials_release(c);
    s.config.roles = &role;
    s.config.role_count = 1;
    assert_fine(find(&s));
    assert_fine(credentials_get(s.chain, &s.f.call, NOW_MS, &c));
    assert_true(credentials_refused(s.chain, c));
    assert_str(get(&s), "K2/S2/T2");
    assert_true(credentials_refused(s.chain, c)); /* others are there already */
    assert_int_equal(asked(&s), 2);
    credentials_release(c);
    close_stage(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_container_is_asked_with_its_token),
        cmocka_unit_test(a_container_that_stumbles_is_asked_again_and_one_that_refuses_is_not),
        cmocka_unit_test(answers_that_are_none_are_told_without_their_text),
        cmocka_unit_test(credentials_are_asked_of_near_hosts_and_over_tls_only),
        cmocka_unit_test(an_instance_is_asked_with_a_session_token),
        cmocka_unit_test(version_1_serves_where_there_is_no_session_unless_it_is_forbidden),
        cmocka_unit_test(without_an_instance_every_source_that_was_tried_is_named),
        cmocka_unit_test(expired_keys_of_an_instance_are_used_and_soon_asked_for_again),
        cmocka_unit_test(the_region_comes_from_the_instance_only_with_its_keys),
        cmocka_unit_test(a_process_prints_credentials),
        cmocka_unit_test(a_process_that_hangs_is_ended_at_its_limit),
        cmocka_unit_test(a_cached_sign_in_buys_a_roles_credentials),
        cmocka_unit_test(an_old_token_is_renewed_and_kept),
        cmocka_unit_test(a_sign_in_that_is_over_says_how_to_sign_in_again),
        cmocka_unit_test(a_token_that_cannot_be_renewed_serves_while_it_is_good),
        cmocka_unit_test(each_role_of_a_chain_signs_for_the_next),
        cmocka_unit_test(a_role_that_is_refused_names_its_hop_and_what_to_do),
        cmocka_unit_test(a_web_identity_needs_no_signature),
        cmocka_unit_test(the_configurations_web_identity_goes_before_all_and_roles_follow),
        cmocka_unit_test(a_profile_may_take_its_roles_keys_from_elsewhere),
        cmocka_unit_test(credentials_are_renewed_five_minutes_ahead),
        cmocka_unit_test(what_cannot_be_renewed_serves_until_it_expires),
        cmocka_unit_test(many_threads_sign_in_once),
        cmocka_unit_test(others_go_on_with_the_old_ones_while_one_renews),
        cmocka_unit_test(keys_that_a_service_calls_expired_are_asked_for_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
