#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/modules/outline.h"

static void assert_str(struct str got, const char *wanted)
{
    if (!str_eq(got, str_of(wanted)))
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(got), wanted);
}

static void assert_fine(const struct error *e)
{
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
}

static void assert_names(const struct outline_names *names, const char *const *wanted)
{
    size_t count = 0;

    for (; wanted[count]; count++) {
        assert_true(count < names->count);
        assert_str(names->items[count], wanted[count]);
    }
    assert_int_equal(names->count, count);
}
#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void what_a_file_requires_and_uses_is_told(void **state)
{
    ARENA_AUTO a = {0};
    struct outline o = {0};
    (void)state;

    assert_fine(
        outline_read_hcl(&a,
                         STR("terraform {\n"
                             "  required_version = \">= 1.5\"\n"
                             "  required_providers {\n"
                             "    aws = {\n"
                             "      source                = \"hashicorp/aws\" # as it was\n"
                             "      version               = \">= 6.28\"\n"
                             "      configuration_aliases = [aws.one,\n aws.two]\n"
                             "    }\n"
                             "    tls = { source = \"hashicorp/tls\", version = \"4\" }\n"
                             "    old = \"~> 2\"\n"
                             "  }\n"
                             "}\n"
                             "provider \"aws\" { region = \"x\" }\n"
                             "resource \"aws_sqs_queue\" \"a\" {\n"
                             "  lifecycle { ignore_changes = [tags] }\n"
                             "  dynamic \"x\" {\n    content { resource = \"aws_no\" }\n  }\n"
                             "}\n"
                             "resource aws_sqs_queue b {}\n"
                             "data \"aws_region\" \"r\" {}\n"),
                         &o));
    assert_names(&o.resources, NAMES("aws_sqs_queue"));
    assert_names(&o.data_sources, NAMES("aws_region"));
    assert_names(&o.configured, NAMES("aws"));
    assert_int_equal(o.entry_count, 3);
    assert_str(o.entries[0].local, "aws");
    assert_str(o.entries[0].source, "hashicorp/aws");
    assert_str(o.entries[0].aliases, "[aws.one,\n aws.two]");
    assert_str(o.entries[1].source, "hashicorp/tls");
    assert_str(o.entries[2].local, "old");
    assert_str(o.entries[2].source, "");
}

static void what_looks_like_a_block_within_text_is_none(void **state)
{
    ARENA_AUTO a = {0};
    struct outline o = {0};
    (void)state;

    assert_fine(outline_read_hcl(
        &a,
        STR("# resource \"aws_a\" \"x\" {\n// data \"aws_b\" \"x\" {\n/* provider \"aws\" {\n */\n"
            "locals {\n"
            "  text = \"}\\\" resource \\\"aws_c\\\" {\"\n"
            "  deep = \"${jsonencode({ a = \"}${\"}\"}\", b = { c = 1 } })}\"\n"
            "  kept = \"$${ %%{\"\n"
            "  doc  = <<-EOT\n    resource \"aws_d\" \"x\" {\n      EOT is not alone\n  EOT\n"
            "  more = [for x in var.a : {\n    y = x\n  } if x != null]\n"
            "  tern = var.a ? 1 << 2 : provider::aws::arn_parse(\"x\").region\n"
            "  in   = \"${provider::aws::trim_iam_role_path(\"x\")}\"\n"
            "}\n"),
        &o));
    assert_int_equal(o.resources.count, 0);
    assert_int_equal(o.data_sources.count, 0);
    assert_int_equal(o.configured.count, 0);
    assert_names(&o.functions, NAMES("aws::arn_parse", "aws::trim_iam_role_path"));
}

static void what_does_not_end_is_said_with_its_line(void **state)
{
    static const struct {
        const char *text, *line;
    } rows[] = {
        {"a = 1\nb = \"x", "line 2: a string"},
        {"a = \"x\n\"", "line 1: a string"},
        {"a = \"${b\"", "line 1: a string"},
        {"\n\n/* x", "line 3: a comment"},
        {"a = <<EOT\nEO\n", "line 1: a heredoc"},
        {"resource \"a\" \"b\" {\n", "line 2: a block"},
        {"a = [1,\n", "line 2: a bracket"},
        {"}\n", "line 1: a bracket"},
        {"a b = 1", "line 1: an attribute"},
        {"terraform {\nrequired_providers {\naws = { source }\n}\n}", "line 3: an entry"},
        {"(", "line 1: the name"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct outline o = {0};
        struct error *e = outline_read_hcl(&a, str_of(rows[i].text), &o);
        assert_non_null(e);
        if (!str_starts_with(e->summary, str_of(rows[i].line)))
            fail_msg("%s: " STR_FMT, rows[i].text, STR_ARG(e->summary));
    }
}

static void json_says_the_same(void **state)
{
    ARENA_AUTO a = {0};
    struct outline o = {0};
    (void)state;

    assert_fine(outline_read_json(
        &a,
        STR("{\"terraform\":[{\"required_providers\":{\"aws\":{\"source\":\"hashicorp/aws\","
            "\"configuration_aliases\":[\"aws.one\",\"aws.two\"]}}}],"
            "\"resource\":{\"aws_sqs_queue\":{\"a\":{\"name\":\"${provider::aws::arn_build(1)}\"}}}"
            ","
            "\"data\":[{\"aws_region\":{\"r\":{}}},{\"aws_arn\":{}}],\"provider\":{\"aws\":[]}}"),
        &o));
    assert_names(&o.resources, NAMES("aws_sqs_queue"));
    assert_names(&o.data_sources, NAMES("aws_region", "aws_arn"));
    assert_names(&o.configured, NAMES("aws"));
    assert_names(&o.functions, NAMES("aws::arn_build"));
    assert_str(o.entries[0].aliases, "[aws.one, aws.two]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_file_requires_and_uses_is_told),
        cmocka_unit_test(what_looks_like_a_block_within_text_is_none),
        cmocka_unit_test(what_does_not_end_is_said_with_its_line),
        cmocka_unit_test(json_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
