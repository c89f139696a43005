#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/credentials.h"
#include "tests/unit/engine-aws/fixture.h"

/* Files of a home of our own. */
struct home {
    struct arena arena;
    char folder[64];
    struct aws_config config;
    struct str paths[2];
};

static struct str write_file(struct home *h, const char *name, const char *text)
{
    struct str path = arena_printf(&h->arena, "%s/%s", h->folder, name);
    FILE *f = fopen(path.ptr, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

static void settle(struct home *h, const char *config_file, const char *credentials_file)
{
    *h = (struct home){.folder = "/tmp/tenon-test-XXXXXX"};
    forget_environment();
    assert_non_null(mkdtemp(h->folder));
    h->paths[0] = write_file(h, "config", config_file);
    h->paths[1] = write_file(h, "credentials", credentials_file);
    h->config = (struct aws_config){.config_files = &h->paths[0],
                                    .config_file_count = 1,
                                    .credentials_files = &h->paths[1],
                                    .credentials_file_count = 1};
}

static void leave(struct home *h)
{
    unlink(h->paths[0].ptr);
    unlink(h->paths[1].ptr);
    rmdir(h->folder);
    arena_free(&h->arena);
}

/* The keys found, or the error's summary and detail. */
static struct str found(struct home *h)
{
    ARENA_SECRET scratch = {0};
    struct shared_config files;
    struct credentials_chain *chain = NULL;
    const struct credentials *c = NULL;
    struct aws_call call = {.arena = &h->arena};
    struct str text;
    struct error *e = shared_config_load(&scratch, &h->config, &files);

    if (!e)
        e = credentials_find(&scratch, &h->config, &files, &chain);
    if (!e)
        e = credentials_get(chain, &call, 1, &c);
    if (e)
        text =
            arena_printf(&h->arena, STR_FMT " | " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail));
    else
        text = arena_printf(&h->arena, STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(c->access_key),
                            STR_ARG(c->secret_key), STR_ARG(c->token));
    credentials_release(c);
    credentials_free(chain);
    return text;
}

static const char config_file[] = "[default]\nregion = eu-west-1\n"
                                  "[profile dev]\nregion=us-west-2\n"
                                  "[profile role]\nrole_arn = arn:aws:iam::1:role/r\n"
                                  "source_profile = dev\n"
                                  "[profile sso]\nsso_session = s\n[sso-session s]\na = b\n";
static const char credentials_file[] =
    "[default]\naws_access_key_id = D\naws_secret_access_key=DS\n"
    "[dev]\naws_access_key_id = P # mine\n"
    "AWS_SECRET_ACCESS_KEY = PS/x+=\naws_session_token = PT\n"
    "[half]\naws_access_key_id = H\n";

static void sources_are_taken_in_order(void **state)
{
    struct home h;
    (void)state;

    settle(&h, config_file, credentials_file);
    assert_str(found(&h), "D/DS/");
    setenv("AWS_PROFILE", "dev", 1);
    assert_str(found(&h), "P/PS/x+=/PT");
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "ES", 1);
    assert_str(found(&h), "E/ES/");
    h.config.profile = STR("dev"); /* named by the configuration: before the environment */
    assert_str(found(&h), "P/PS/x+=/PT");
    h.config.access_key = STR("C");
    h.config.secret_key = STR("CS");
    assert_str(found(&h), "C/CS/");
    leave(&h);
}

static void every_source_that_was_tried_is_named(void **state)
{
    struct home h;
    (void)state;

    settle(&h, "", "");
    assert_str(
        found(&h),
        "no AWS credentials were found | Tried: the configuration (access_key and secret_key are "
        "not set); the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set); the "
        "environment's web identity (AWS_WEB_IDENTITY_TOKEN_FILE is not set); the shared config "
        "and credentials files (the profile default is in none of them); the container "
        "(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set); the instance's "
        "metadata (AWS_EC2_METADATA_DISABLED is set). Set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws/config or ~/.aws/credentials.");
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    assert_contains(found(&h), "the environment (AWS_SECRET_ACCESS_KEY is not set)");
    leave(&h);
}

static void half_a_setting_is_an_error(void **state)
{
    struct home h;
    (void)state;

    settle(&h, config_file, credentials_file);
    h.config.access_key = STR("C");
    assert_contains(found(&h), "of access_key and secret_key only access_key is set");
    h.config.access_key = STR("");
    h.config.profile = STR("nobody");
    assert_contains(found(&h), "there is no profile nobody");
    h.config.profile = STR("half");
    assert_contains(found(&h), "the named profile (the profile half has no credentials)");
    leave(&h);
}

static void a_named_file_must_exist_and_a_standard_one_need_not(void **state)
{
    struct home h;
    (void)state;

    settle(&h, "", "");
    struct str missing = STR("/nonexistent/config");
    h.config.config_files = &missing;
    assert_contains(found(&h), "the file /nonexistent/config does not exist");
    h.config.config_file_count = h.config.credentials_file_count = 0;
    assert_contains(found(&h), "no AWS credentials were found");
    leave(&h);
}

static void files_are_read_as_the_aws_tools_write_them(void **state)
{
    static const struct {
        const char *text, *name;
        bool prefixed, found;
        const char *region;
    } rows[] = {
        {"[profile dev]\nregion = a\n", "dev", true, true, "a"},
        {"[profile \"dev x\"]\nregion = a\n", "dev x", true, true, "a"},
        {"[dev]\nregion = a\n", "dev", true, false, ""},
        {"[dev]\nregion = a\n", "dev", false, true, "a"},
        {"[default]\nregion=a\n", "default", true, true, "a"},
        {"[profile default]\nregion=a\n", "default", true, true, "a"},
        {"[ default ]\r\nRegion = a\r\n", "default", true, true, "a"},
        {"[default]\nregion = a#b\n", "default", true, true, "a#b"},
        {"[default]\nregion = a ; c\n", "default", true, true, "a"},
        {"[default]\n# region = b\n;x\n\nregion = a", "default", true, true, "a"},
        {"[default]\ns3 =\n  region = b\nregion = a", "default", true, true, "a"},
        {"[default]\nregion = b\nregion = a", "default", true, true, "a"},
        {"region = b\n[default]\n", "default", true, true, ""},
        {"[sso-session default]\nregion = b\n", "default", true, false, ""},
        {"[default]\nregion\n= x\n", "default", true, true, ""},
        {"", "default", true, false, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct shared_config files = {0};
        assert_fine(shared_config_read(&a, str_of(rows[i].text), rows[i].prefixed, &files));
        struct profile p = profile_of(&files, str_of(rows[i].name));
        assert_int_equal(p.found, rows[i].found);
        assert_str(profile_setting(&p, "region"), rows[i].region);
    }
}

static void key_secret_and_token_are_taken_from_one_file(void **state)
{
    struct home h;
    (void)state;

    settle(&h, "[default]\naws_access_key_id=A\naws_secret_access_key=B\naws_session_token=C\n",
           "[default]\naws_access_key_id=D\naws_secret_access_key=E\n");
    assert_str(found(&h), "D/E/");
    leave(&h);
}

static void a_profile_of_the_environment_that_is_nowhere_is_an_error(void **state)
{
    struct home h;
    (void)state;

    settle(&h, config_file, credentials_file);
    setenv("AWS_PROFILE", "gone", 1);
    assert_contains(found(&h), "there is no profile gone | AWS_PROFILE names it");
    leave(&h);
}

/* Every way in which a profile can be wrong about its credentials. */
static void a_wrong_profile_says_what_is_wrong(void **state)
{
    static const struct {
        const char *config, *text;
    } rows[] = {
        {"role_arn = r", "has a role_arn and nothing to assume it with"},
        {"role_arn = r\nsource_profile = gone", "names source_profile gone, which is in none"},
        {"role_arn = r\nsource_profile = empty", "the profile empty has no credentials"},
        {"role_arn = r\nsource_profile = circle", "names source_profile p, which leads back"},
        {"role_arn = r\nsource_profile = keys\ncredential_source = Environment",
         "has source_profile and credential_source"},
        {"role_arn = r\ncredential_source = Moon", "has credential_source = Moon | Allowed are"},
        {"role_arn = r\ncredential_source = Environment",
         "takes its keys from Environment, where there are none | AWS_ACCESS_KEY_ID"},
        {"role_arn = r\ncredential_source = EcsContainer", "from EcsContainer, where there"},
        {"role_arn = r\ncredential_source = Ec2InstanceMetadata",
         "there are none | AWS_EC2_METADATA_DISABLED"},
        {"role_arn = r\nsource_profile = keys\nmfa_serial = m", "wants an MFA code (mfa_serial)"},
        {"role_arn = r\nsource_profile = keys\nduration_seconds = 60",
         "has duration_seconds = 60 | Allowed are 900 to 43200"},
        {"web_identity_token_file = /t", "has web_identity_token_file and no role_arn"},
        {"sso_session = gone", "names sso_session gone, which is in no config file"},
        {"sso_session = s\nsso_role_name = r", "has no sso_account_id"},
        {"sso_session = s\nsso_role_name = r\nsso_account_id = 1\nsso_region = x",
         "and its sso_session differ in sso_region"},
        {"sso_session = half\nsso_role_name = r\nsso_account_id = 1", "has no sso_start_url"},
        {"sso_start_url = u\nsso_region = x", "has no sso_account_id"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct home h;
        char text[1024];
        snprintf(text, sizeof(text),
                 "[profile p]\n%s\n[profile empty]\n[profile circle]\nrole_arn=q\n"
                 "source_profile = p\n[profile keys]\naws_access_key_id=PLANTED\n"
                 "aws_secret_access_key=PLANTED\n[sso-session s]\nsso_region = e\n"
                 "sso_start_url = u\n[sso-session half]\nsso_region = e\n",
                 rows[i].config);
        settle(&h, text, "");
        h.config.profile = STR("p");
        struct str said = found(&h);
        assert_contains(said, rows[i].text);
        assert_int_equal(str_find_str(said, STR("PLANTED")), said.len);
        leave(&h);
    }
}

static void a_broken_section_is_told_with_its_line_and_file(void **state)
{
    struct home h;
    (void)state;

    settle(&h, "[default]\n[profile dev\n", "");
    struct str text = found(&h);
    assert_contains(text, h.paths[0].ptr);
    assert_contains(text, "line 2 begins a section and lacks its ]");
    leave(&h);
}

static void the_region_comes_from_the_first_that_has_one(void **state)
{
    static const struct {
        const char *config, *region, *default_region, *profile, *result;
    } rows[] = {
        {"eu-west-3", "us-east-1", "us-east-2", "dev", "eu-west-3"},
        {"", "us-east-1", "us-east-2", "dev", "us-east-1"},
        {"", "", "us-east-2", "dev", "us-east-2"},
        {"", "", "", "dev", "us-west-2"},
        {"", "", "", "", "eu-west-1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct home h;
        struct aws_client *client = NULL;
        settle(&h, config_file, credentials_file);
        h.config.region = str_of(rows[i].config);
        h.config.profile = str_of(rows[i].profile);
        setenv("AWS_REGION", rows[i].region, 1);
        setenv("AWS_DEFAULT_REGION", rows[i].default_region, 1);
        assert_fine(aws_client_new(&h.arena, &h.config, &client));
        assert_str(aws_client_region(client), rows[i].result);
        aws_client_free(client);
        leave(&h);
    }
}

static void no_region_and_no_such_region_are_errors(void **state)
{
    struct home h;
    struct aws_client *client = NULL;
    (void)state;

    settle(&h, "", credentials_file);
    struct error *e = aws_client_new(&h.arena, &h.config, &client);
    assert_non_null(e);
    assert_str(e->summary, "no region is set");
    assert_str(e->path, "region");
    assert_null(client);
    h.config.region = STR("evil.example.com/");
    e = aws_client_new(&h.arena, &h.config, &client);
    assert_non_null(e);
    assert_contains(e->summary, "is not a region");
    leave(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_taken_in_order),
        cmocka_unit_test(every_source_that_was_tried_is_named),
        cmocka_unit_test(half_a_setting_is_an_error),
        cmocka_unit_test(a_named_file_must_exist_and_a_standard_one_need_not),
        cmocka_unit_test(files_are_read_as_the_aws_tools_write_them),
        cmocka_unit_test(key_secret_and_token_are_taken_from_one_file),
        cmocka_unit_test(a_profile_of_the_environment_that_is_nowhere_is_an_error),
        cmocka_unit_test(a_wrong_profile_says_what_is_wrong),
        cmocka_unit_test(a_broken_section_is_told_with_its_line_and_file),
        cmocka_unit_test(the_region_comes_from_the_first_that_has_one),
        cmocka_unit_test(no_region_and_no_such_region_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
