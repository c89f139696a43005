#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/page.h"

/* clang-format off */
struct wheel { struct tf_string size, hub, rim, tyre; };
struct cart {
    struct tf_string id, name, owner, letter, pin, colour, old;
    struct tf_int load, speed;
    struct tf_strings stops;
    struct tf_blocks wheels, brake, timeouts;
};

static const struct attr wheel_rows[] = {
    ATTR(wheel, size, REQUIRED, .check = check_duration, .describe = "Turns in."),
    ATTR(wheel, hub,  COMPUTED, .describe = "Found."),
    ATTR(wheel, rim,  OPTIONAL),
    ATTR(wheel, tyre, OPTIONAL),
};
static const struct model wheel_model = MODEL(wheel, wheel_rows);
static const struct attr cart_rows[] = {
    ATTR(cart, id,       COMPUTED, .describe = "Its id."),
    ATTR(cart, name,     REQUIRED | FORCE_NEW, .min = 1, .max = 8, .pattern = "[a-z_]+", .pattern_says = "letters and _", .describe = "Its name."),
    ATTR(cart, owner,    OPTIONAL, .check = check_arn, .conflicts = "pin,old", .describe = "Whose."),
    ATTR(cart, letter,   OPTIONAL, .check = check_json, .equal = equal_json, .describe = "A letter."),
    ATTR(cart, pin,      OPTIONAL | SENSITIVE, .exactly_one_of = "old", .describe = "Secret."),
    ATTR(cart, colour,   OPTIONAL, .dflt = "red", .one_of = VALUES("red", "green", ""), .describe = "Paint."),
    ATTR(cart, old,      OPTIONAL, .deprecated = "Use colour.", .describe = "Was."),
    ATTR(cart, load,     OPTIONAL, .dflt = "0", .max = 900, .describe = "Weight."),
    ATTR(cart, speed,    OPTIONAL, .min = 3, .describe = "Pace."),
    ATTR(cart, stops,    OPTIONAL | SET | UNORDERED, .max = 5, .describe = "Where."),
    ATTR(cart, wheels,   OPTIONAL, .max = 4, .nesting = BLOCK_LIST, .nested = &wheel_model, .describe = "Rolls."),
    ATTR(cart, brake,    OPTIONAL, .nesting = NESTED_SINGLE, .nested = &wheel_model, .describe = "Stops."),
    ATTR(cart, timeouts, OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_cd),
};
/* clang-format on */

static const struct resource_type cart_type = {
    .name = "made_cart",
    .describe = "A cart: \"rolls\".",
    .notes = "It is made of wood.",
    .subcategory = "Things",
    .import_id = "{owner}/{name}",
    .import_says = "the owner, a slash and the name",
    .schema_version = 3,
    .model = MODEL(cart, cart_rows),
    .timeouts = {.create_ms = 90000},
};

static const char page[] =
    "---\n"
    "page_title: \"made_cart Resource - tenon\"\n"
    "subcategory: \"Things\"\n"
    "description: \"A cart: \\\"rolls\\\".\"\n"
    "---\n"
    "\n"
    "# made_cart (Resource)\n"
    "\n"
    "A cart: \"rolls\".\n"
    "\n"
    "It is made of wood.\n"
    "\n"
    "## Example Usage\n"
    "\n"
    "```terraform\n"
    "resource \"made_cart\" \"example\" {}\n"
    "```\n"
    "\n"
    "## Arguments\n"
    "\n"
    "### Required\n"
    "\n"
    "- `name` (String) Its name. From 1 to 8 characters. Allowed: letters and \\_. A change "
    "replaces "
    "the resource.\n"
    "\n"
    "### Optional\n"
    "\n"
    "- `owner` (String, ARN) Whose. Conflicts with `pin` and `old`.\n"
    "- `letter` (String, JSON) A letter. Another writing of the same document is no change.\n"
    "- `pin` (String, sensitive) Secret. Exactly one of this and `old` is set.\n"
    "- `colour` (String) Paint. Default: `\"red\"`. Allowed: `red`, `green`, `\"\"`.\n"
    "- `old` (String, deprecated) Was. Deprecated: Use colour.\n"
    "- `load` (Number) Weight. Default: `0`. From 0 to 900.\n"
    "- `speed` (Number) Pace. At least 3.\n"
    "- `stops` (Set of String) Where. At most 5 elements. Their order says nothing.\n"
    "- `wheels` (Blocks) Rolls. At most 4 elements. See [below](#wheels).\n"
    "- `brake` (Object) Stops. See [below](#brake).\n"
    "\n"
    "<a id=\"wheels\"></a>\n"
    "### `wheels`\n"
    "\n"
    "Required:\n"
    "\n"
    "- `size` (String, duration) Turns in.\n"
    "\n"
    "Optional:\n"
    "\n"
    "- Taken for hashicorp/aws's sake, without effect: `rim`, `tyre`.\n"
    "\n"
    "Read-only:\n"
    "\n"
    "- `hub` (String) Found.\n"
    "\n"
    "<a id=\"brake\"></a>\n"
    "### `brake`\n"
    "\n"
    "Required:\n"
    "\n"
    "- `size` (String, duration) Turns in.\n"
    "\n"
    "Optional:\n"
    "\n"
    "- Taken for hashicorp/aws's sake, without effect: `rim`, `tyre`.\n"
    "\n"
    "Read-only:\n"
    "\n"
    "- `hub` (String) Found.\n"
    "\n"
    "## Attributes\n"
    "\n"
    "- `id` (String) Its id.\n"
    "\n"
    "## Timeouts\n"
    "\n"
    "The block `timeouts` takes durations, such as `90s` or `1h30m`:\n"
    "\n"
    "- `create` How long a create may take. Default: `\"1m30s\"`.\n"
    "- `delete` How long a destroy may take. Default: `\"20m\"`.\n"
    "\n"
    "## Import\n"
    "\n"
    "The import id is the owner, a slash and the name:\n"
    "\n"
    "```shell\n"
    "terraform import made_cart.example OWNER/NAME\n"
    "```\n";

static void a_page_says_what_the_rows_say(void **state)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);

    (void)state;
    page_of_type(&out, &cart_type, STR("resource \"made_cart\" \"example\" {}\n"));
    assert_string_equal(arena_str(&a, buf_str(&out)).ptr, page);
}

static void a_page_without_an_example_has_no_heading_for_it(void **state)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);

    (void)state;
    page_of_type(&out, &cart_type, (struct str){0});
    assert_int_equal(str_find_str(buf_str(&out), STR("Example")), out.len);
}

static void nested_blocks_are_named_by_their_path(void **state)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);

    (void)state;
    page_of_provider(&out, STR("x"));
    assert_true(str_find_str(buf_str(&out), STR("\n### `default_tags`\n")) < out.len);
    assert_true(str_starts_with(buf_str(&out), STR("---\npage_title: \"")));
    assert_true(str_find_str(buf_str(&out), STR("`secret_key` (String, sensitive)")) < out.len);
}

static struct json tables(struct arena *a)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    struct json parsed;

    tables_of_type(&w, &cart_type);
    assert_null(json_parse(a, buf_str(&out), &parsed));
    return parsed;
}

static const struct json *row_named(const struct json *table, const char *name)
{
    const struct json *rows = json_get(table, "attributes");

    for (size_t i = 0; i < rows->count; i++)
        if (str_eq(json_get(&rows->items[i], "name")->text, str_of(name)))
            return &rows->items[i];
    fail_msg("no row %s", name);
    return NULL;
}

static void assert_row(struct arena *a, const struct json *table, const char *name,
                       const char *expected)
{
    struct json wanted;

    assert_null(json_parse(a, str_of(expected), &wanted));
    if (json_eq(row_named(table, name), &wanted))
        return;
    struct buf out = buf_in(a);
    json_print(&out, row_named(table, name), false);
    fail_msg("%s", arena_str(a, buf_str(&out)).ptr);
}

static void tables_hold_every_fact_of_a_row(void **state)
{
    ARENA_AUTO a = {0};
    struct json t = tables(&a);

    (void)state;
    assert_row(&a, &t, "name",
               "{\"name\":\"name\",\"type\":\"string\",\"required\":true,\"replaces\":true,"
               "\"min\":1,\"max\":8,\"pattern\":\"[a-z_]+\",\"pattern_in_words\":\"letters and _\","
               "\"description\":\"Its name.\"}");
    assert_row(
        &a, &t, "colour",
        "{\"name\":\"colour\",\"type\":\"string\",\"optional\":true,\"computed\":true,"
        "\"default\":\"red\",\"one_of\":[\"red\",\"green\",\"\"],\"description\":\"Paint.\"}");
    assert_row(&a, &t, "load",
               "{\"name\":\"load\",\"type\":\"number\",\"optional\":true,\"computed\":true,"
               "\"default\":0,\"min\":0,\"max\":900,\"description\":\"Weight.\"}");
    assert_row(&a, &t, "owner",
               "{\"name\":\"owner\",\"type\":\"string\",\"optional\":true,"
               "\"conflicts\":[\"pin\",\"old\"],\"description\":\"Whose.\"}");
    assert_row(&a, &t, "pin",
               "{\"name\":\"pin\",\"type\":\"string\",\"optional\":true,\"sensitive\":true,"
               "\"exactly_one_of\":[\"old\"],\"description\":\"Secret.\"}");
    assert_row(&a, &t, "stops",
               "{\"name\":\"stops\",\"type\":[\"set\",\"string\"],\"optional\":true,"
               "\"unordered\":true,\"min\":0,\"max\":5,\"description\":\"Where.\"}");
}

static void tables_nest_as_the_rows_do(void **state)
{
    ARENA_AUTO a = {0};
    struct json t = tables(&a);
    const struct json *wheels = row_named(&t, "wheels");

    (void)state;
    assert_true(str_eq(json_get(wheels, "nesting")->text, STR("block-list")));
    assert_row(&a, wheels, "hub",
               "{\"name\":\"hub\",\"type\":\"string\",\"computed\":true,"
               "\"description\":\"Found.\"}");
}

static void tables_say_what_holds_for_the_whole_type(void **state)
{
    ARENA_AUTO a = {0};
    struct json t = tables(&a), wanted;

    (void)state;
    assert_null(json_parse(&a, STR("{\"create\":90,\"read\":1200,\"update\":1200,\"delete\":1200}"),
                           &wanted));
    assert_true(json_eq(json_get(&t, "timeout_seconds"), &wanted));
    assert_true(str_eq(json_get(&t, "import_id")->text, STR("{owner}/{name}")));
    assert_true(str_eq(json_get(&t, "subcategory")->text, STR("Things")));
    assert_true(str_eq(json_get(&t, "schema_version")->text, STR("3")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_says_what_the_rows_say),
        cmocka_unit_test(a_page_without_an_example_has_no_heading_for_it),
        cmocka_unit_test(nested_blocks_are_named_by_their_path),
        cmocka_unit_test(tables_hold_every_fact_of_a_row),
        cmocka_unit_test(tables_nest_as_the_rows_do),
        cmocka_unit_test(tables_say_what_holds_for_the_whole_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
