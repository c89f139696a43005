#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "engine/base/arena.h"
#include "engine/base/log.h"
#include "engine/base/time.h"

/* What `say` writes to stderr, caught in a file of its own. */
static struct str caught(struct arena *a, void (*say)(void *), void *with)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    int file = fileno(stream), real = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    say(with);
    dup2(real, STDERR_FILENO);
    close(real);

    off_t size = lseek(file, 0, SEEK_END);
    struct str text = {arena_alloc(a, (size_t)size + 1), (size_t)size};
    assert_int_equal(pread(file, (char *)text.ptr, text.len, 0), size);
    fclose(stream);
    return text;
}

static void use(enum log_form form, const char *level)
{
    unsetenv("TF_LOG_PROVIDER");
    unsetenv("TENON_LOG");
    if (level)
        setenv("TF_LOG", level, 1);
    else
        unsetenv("TF_LOG");
    log_init(form);
}

static void say_launched(void *type)
{
    log_event(LOG_WARN, "launched", LOG_STR("type", *(struct str *)type), LOG_INT("count", 3));
}

static void say_bare(void *unused)
{
    (void)unused;
    log_event(LOG_ERROR, "stopped");
}

static const char *string_member(const cJSON *object, const char *key)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsString(member)); /* Terraform panics on anything else */
    return member->valuestring;
}

static cJSON *parsed_line(struct str line)
{
    assert_true(line.len > 0 && line.len < 64 * 1024);
    assert_int_equal(str_find(line, '\n'), line.len - 1);
    cJSON *object = cJSON_ParseWithLength(line.ptr, line.len);
    assert_non_null(object);
    return object;
}

static void hclog_lines_have_string_level_message_and_timestamp(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct str type = STR("m5.large");
    use(LOG_HCLOG, "TRACE");
    cJSON *line = parsed_line(caught(&a, say_launched, &type));

    assert_string_equal(string_member(line, "@level"), "warn");
    assert_string_equal(string_member(line, "@message"), "launched");
    assert_string_equal(string_member(line, "type"), "m5.large");
    assert_int_equal(cJSON_GetObjectItem(line, "count")->valueint, 3);
    struct str at = str_of(string_member(line, "@timestamp"));
    int64_t ms;
    assert_true(time_parse(at, &ms));
    assert_int_equal(at.len, strlen("2026-11-24T03:16:00.000000Z"));
    cJSON_Delete(line);
}

static void any_bytes_make_a_valid_line(void **state)
{
    (void)state;
    static const struct {
        struct str value;
        const char *read_back;
    } rows[] = {
        {STR_INIT("quote \" and \\ back"), "quote \" and \\ back"},
        {STR_INIT("two\nlines\tand \x01"), "two\nlines\tand \x01"},
        {STR_INIT("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x8c\x8d"), "grüß € 🌍"},
        {STR_INIT("cut \xe2\x82"), "cut \xef\xbf\xbd\xef\xbf\xbd"},
        {STR_INIT("\xff\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {STR_INIT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {STR_INIT(""), ""},
    };
    use(LOG_HCLOG, "trace");

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct str value = rows[i].value;
        cJSON *line = parsed_line(caught(&a, say_launched, &value));
        assert_string_equal(string_member(line, "type"), rows[i].read_back);
        cJSON_Delete(line);
    }
}

static void a_long_value_is_cut_and_its_line_stays_below_64_kib(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct str value = {arena_alloc(&a, 1 << 20), 1 << 20};
    memset((char *)value.ptr, '\x01', value.len); /* six characters each when escaped */
    use(LOG_HCLOG, "trace");
    cJSON *line = parsed_line(caught(&a, say_launched, &value));

    assert_true(str_ends_with(str_of(string_member(line, "type")), STR("\xe2\x80\xa6")));
    assert_int_equal(cJSON_GetObjectItem(line, "count")->valueint, 3);
    cJSON_Delete(line);
}

static void say_many_long_fields(void *unused)
{
    (void)unused;
    static char text[20000];
    memset(text, 'x', sizeof(text));
    struct str v = {text, sizeof(text)};
    log_event(LOG_INFO, "long", LOG_STR("a", v), LOG_STR("b", v), LOG_STR("c", v), LOG_STR("d", v),
              LOG_STR("e", v), LOG_STR("f", v));
}

static void many_long_values_stay_below_64_kib_together(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    use(LOG_HCLOG, "trace");
    cJSON_Delete(parsed_line(caught(&a, say_many_long_fields, NULL)));
}

static void people_get_one_readable_line(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct str type = STR("two words");
    use(LOG_PLAIN, NULL);

    struct str line = caught(&a, say_launched, &type);
    assert_true(str_matches(STR("20*Z warn  launched type=\"two words\" count=3\n"), line));
    assert_true(str_ends_with(caught(&a, say_bare, NULL), STR(" error stopped\n")));
}

static void the_level_comes_from_the_environment(void **state)
{
    (void)state;
    static const struct {
        enum log_form form;
        const char *provider, *tf, *tenon;
        enum log_level least; /* the lowest that is written */
    } rows[] = {
        {LOG_HCLOG, NULL, NULL, NULL, LOG_OFF},       {LOG_PLAIN, NULL, NULL, NULL, LOG_INFO},
        {LOG_HCLOG, NULL, "DEBUG", NULL, LOG_DEBUG},  {LOG_HCLOG, "WARN", "TRACE", NULL, LOG_WARN},
        {LOG_HCLOG, NULL, "JSON", NULL, LOG_TRACE},   {LOG_HCLOG, NULL, "off", "TRACE", LOG_OFF},
        {LOG_PLAIN, NULL, NULL, "error", LOG_ERROR},  {LOG_HCLOG, "", "", "info", LOG_INFO},
        {LOG_HCLOG, NULL, "sesame", NULL, LOG_TRACE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *const names[] = {"TF_LOG_PROVIDER", "TF_LOG", "TENON_LOG"};
        const char *const values[] = {rows[i].provider, rows[i].tf, rows[i].tenon};
        for (int v = 0; v < 3; v++)
            values[v] ? setenv(names[v], values[v], 1) : unsetenv(names[v]);
        log_init(rows[i].form);
        for (enum log_level level = LOG_TRACE; level < LOG_OFF; level++)
            assert_int_equal(log_wants(level), level >= rows[i].least);
    }
}

static void a_level_below_the_wanted_one_writes_nothing(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct str type = STR("x");
    use(LOG_HCLOG, "ERROR");
    assert_int_equal(caught(&a, say_launched, &type).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hclog_lines_have_string_level_message_and_timestamp),
        cmocka_unit_test(any_bytes_make_a_valid_line),
        cmocka_unit_test(a_long_value_is_cut_and_its_line_stays_below_64_kib),
        cmocka_unit_test(many_long_values_stay_below_64_kib_together),
        cmocka_unit_test(people_get_one_readable_line),
        cmocka_unit_test(the_level_comes_from_the_environment),
        cmocka_unit_test(a_level_below_the_wanted_one_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
