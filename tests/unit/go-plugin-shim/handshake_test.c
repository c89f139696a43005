#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "go-plugin-shim/endpoint.h"
#include "go-plugin-shim/handshake.h"
#include "go-plugin-shim/reattach.h"
#include "go-plugin-shim/shim.h"

static void a_version_is_offered_when_the_list_names_it(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool offers_6;
    } rows[] = {
        {"5,6", true},  {"6,5", true}, {"6", true},   {" 6 , 5", true},
        {"7", false},   {"", false},   {NULL, false}, {"66", false},
        {"5,,6", true}, {"x,6", true}, {"-6", false}, {"6.0", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(handshake_offers(str_of(rows[i].list), 6), rows[i].offers_6);
}

static void the_line_has_six_fields_and_a_seventh_when_asked(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct handshake h = {0};

    assert_string_equal(handshake_line(&a, &h, 6, STR("/tmp/p"), STR("MIIB")).ptr,
                        "1|6|unix|/tmp/p|grpc|MIIB\n");
    assert_string_equal(handshake_line(&a, &h, 6, STR("/tmp/p"), STR("")).ptr,
                        "1|6|unix|/tmp/p|grpc|\n");
    h.asks_multiplex = true;
    assert_string_equal(handshake_line(&a, &h, 6, STR("/tmp/p"), STR("MIIB")).ptr,
                        "1|6|unix|/tmp/p|grpc|MIIB|false\n");
}

static void only_the_right_cookie_makes_a_host(void **state)
{
    (void)state;
    unsetenv("TF_PLUGIN_MAGIC_COOKIE");
    assert_false(shim_started_by_terraform());
    setenv("TF_PLUGIN_MAGIC_COOKIE", "d602", 1);
    assert_false(shim_started_by_terraform());
    setenv("TF_PLUGIN_MAGIC_COOKIE",
           "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", 1);
    assert_true(shim_started_by_terraform());
}

static struct str long_name(struct arena *a, size_t count)
{
    char *text = arena_alloc(a, count + 1);
    memset(text, 'x', count);
    text[0] = '/';
    return (struct str){text, count};
}

static void the_socket_lies_in_tmpdir_unless_that_is_too_long(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct handshake h = {.temporary = STR("/var/tmp")};
    struct str path;

    assert_null(endpoint_choose(&a, &h, &path));
    assert_true(str_matches(STR("/var/tmp/plugin??????"), path));
    assert_int_equal(access(path.ptr, F_OK), -1); /* gRPC makes the socket itself */
    h.temporary = long_name(&a, 96);
    assert_null(endpoint_choose(&a, &h, &path));
    assert_true(str_matches(STR("/tmp/plugin??????"), path));
}

static void a_directory_by_order_of_the_host_is_used_or_refused(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct handshake h = {.temporary = STR("/tmp"), .directory = STR("/var/tmp")};
    struct str path;

    assert_null(endpoint_choose(&a, &h, &path));
    assert_true(str_starts_with(path, STR("/var/tmp/")));
    h.directory = long_name(&a, 96);
    struct error *e = endpoint_choose(&a, &h, &path);
    assert_non_null(e);
    assert_string_equal(e->summary.ptr, "PLUGIN_UNIX_SOCKET_DIR is too long");
    h.directory = STR("/nowhere/at/all");
    e = endpoint_choose(&a, &h, &path);
    assert_non_null(e);
    assert_true(str_starts_with(e->detail, STR("No such file or directory.")));
}

static void the_socket_is_shared_with_a_group_that_exists(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct handshake h = {.temporary = STR("/tmp")};
    struct str path = arena_str(&a, STR("/tmp/shared-socket-XXXXXX"));
    struct stat found;

    close(mkstemp((char *)path.ptr));
    assert_null(endpoint_share(&a, &h, path));
    h.group = arena_printf(&a, "%u", (unsigned)getgid());
    assert_null(endpoint_share(&a, &h, path));
    assert_int_equal(stat(path.ptr, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0660);
    chmod(path.ptr, 0600);
    struct group *ours = getgrgid(getgid());
    if (ours) { /* a container's number need not have a name */
        h.group = str_of(ours->gr_name);
        assert_null(endpoint_share(&a, &h, path));
        assert_int_equal(stat(path.ptr, &found), 0);
        assert_int_equal(found.st_mode & 0777, 0660);
    }
    h.group = STR("no-such-group");
    struct error *e = endpoint_share(&a, &h, path);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_DENIED);
    unlink(path.ptr);
}

static void reattach_json_is_what_terraform_reads(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};

    assert_string_equal(reattach_json(&a, "registry.terraform.io/n/t", 6, 42, STR("/tmp/p")).ptr,
                        "{\"registry.terraform.io/n/t\":{\"Protocol\":\"grpc\","
                        "\"ProtocolVersion\":6,\"Pid\":42,\"Test\":true,"
                        "\"Addr\":{\"Network\":\"unix\",\"String\":\"/tmp/p\"}}}");
}

static void reattach_text_survives_a_shell(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct str text = reattach_text(&a, STR("{\"it's\":1}"));

    assert_true(str_find_str(text, STR("\tTF_REATTACH_PROVIDERS='{\"it'\\''s\":1}'\n")) < text.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_offered_when_the_list_names_it),
        cmocka_unit_test(the_line_has_six_fields_and_a_seventh_when_asked),
        cmocka_unit_test(only_the_right_cookie_makes_a_host),
        cmocka_unit_test(the_socket_lies_in_tmpdir_unless_that_is_too_long),
        cmocka_unit_test(a_directory_by_order_of_the_host_is_used_or_refused),
        cmocka_unit_test(the_socket_is_shared_with_a_group_that_exists),
        cmocka_unit_test(reattach_json_is_what_terraform_reads),
        cmocka_unit_test(reattach_text_survives_a_shell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
