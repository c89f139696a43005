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

/* The access key found, or the error's summary and detail. */
static struct str found(struct home *h)
{
    struct profile profile;
    struct credentials *c = NULL;
    struct error *e = profile_load(&h->arena, &h->config, &profile);

    if (!e)
        e = credentials_find(&h->arena, &h->config, &profile, &c);
    if (e)
        return arena_printf(&h->arena, STR_FMT " | " STR_FMT, STR_ARG(e->summary),
                            STR_ARG(e->detail));
    struct str key =
        arena_printf(&h->arena, STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(c->access_key),
                     STR_ARG(c->secret_key), STR_ARG(c->token));
    credentials_free(c);
    profile_wipe(&profile);
    return key;
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
    assert_str(found(&h),
               "no AWS credentials were found | Tried: the configuration (access_key and "
               "secret_key are not set); the environment (AWS_ACCESS_KEY_ID and "
               "AWS_SECRET_ACCESS_KEY are not set); the shared config and credentials files (the "
               "profile default is in none of them). Set AWS_ACCESS_KEY_ID and "
               "AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws/credentials.");
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
    assert_contains(found(&h), "the named profile (the profile half has no access keys)");
    leave(&h);
}

static void nobody_else_is_acted_as(void **state)
{
    struct home h;
    (void)state;

    settle(&h, config_file, credentials_file);
    h.config.profile = STR("role");
    assert_contains(found(&h), "the profile role signs in by role_arn, which is not supported");
    h.config.profile = STR("sso");
    assert_contains(found(&h), "export-credentials --profile sso");
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
        struct profile p = {0};
        assert_fine(
            profile_read(&a, str_of(rows[i].text), str_of(rows[i].name), rows[i].prefixed, &p));
        assert_int_equal(p.found, rows[i].found);
        assert_str(profile_setting(&p, "region"), rows[i].region);
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
        cmocka_unit_test(nobody_else_is_acted_as),
        cmocka_unit_test(a_named_file_must_exist_and_a_standard_one_need_not),
        cmocka_unit_test(files_are_read_as_the_aws_tools_write_them),
        cmocka_unit_test(a_broken_section_is_told_with_its_line_and_file),
        cmocka_unit_test(the_region_comes_from_the_first_that_has_one),
        cmocka_unit_test(no_region_and_no_such_region_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
