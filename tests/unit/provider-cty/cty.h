/* What the tests of this room share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/cty/json.h"
#include "provider/cty/msgpack.h"

static inline struct cty_type type_of(struct arena *a, const char *text)
{
    struct cty_type t;
    struct error *e = cty_type_parse(a, str_of(text), &t);
    if (e)
        fail_msg("%s: " STR_FMT, text, STR_ARG(e->summary));
    return t;
}

static inline struct str json_of(struct arena *a, const struct cty_value *v,
                                 const struct cty_type *t)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    cty_to_json(&w, v, t);
    return buf_str(&out);
}

static inline struct cty_value value_of(struct arena *a, const char *json, const struct cty_type *t)
{
    struct json *tree = ARENA_NEW(a, struct json);
    struct cty_value v = {0};
    struct error *e = json_parse(a, str_of(json), tree);
    if (!e)
        e = cty_from_json(a, tree, t, &v);
    if (e)
        fail_msg("%s: " STR_FMT " " STR_FMT, json, STR_ARG(e->summary), STR_ARG(e->detail));
    return v;
}

/* "d4 00 00" as bytes. */
static inline struct str bytes_of(struct arena *a, const char *hex)
{
    struct buf out = buf_in(a);
    for (; *hex; hex += hex[2] ? 3 : 2)
        buf_add_char(&out, (char)strtol((char[]){hex[0], hex[1], 0}, NULL, 16));
    return buf_str(&out);
}

static inline void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}
