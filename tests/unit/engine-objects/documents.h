#ifndef TESTS_UNIT_ENGINE_OBJECTS_DOCUMENTS_H
#define TESTS_UNIT_ENGINE_OBJECTS_DOCUMENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/json.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* JSON with ' for ", so that rows of tables can be read. */
static inline struct json quoted(struct arena *a, const char *text)
{
    struct str copy = arena_str(a, str_of(text));
    struct json j = {0};

    for (size_t i = 0; i < copy.len; i++)
        if (copy.ptr[i] == '\'')
            ((char *)copy.ptr)[i] = '"';
    struct error *e = json_parse(a, copy, &j);
    if (e)
        fail_msg("%s: %s", text, e->summary.ptr);
    return j;
}

/* The document with members replaced or added: `with` is an object. */
static inline struct json changed(struct arena *a, struct json document, const char *with)
{
    struct json changes = quoted(a, with);
    for (size_t i = 0; i < changes.count; i++)
        json_set(a, &document, changes.keys[i], changes.items[i]);
    return document;
}

static inline const struct error *error_about(const struct error *e, const char *path)
{
    for (; e; e = e->next)
        if (str_eq(e->path, str_of(path)))
            return e;
    return NULL;
}

static inline void assert_holds(struct str text, const char *part)
{
    if (str_find_str(text, str_of(part)) == text.len)
        fail_msg("\"" STR_FMT "\" does not hold \"%s\"", STR_ARG(text), part);
}

#endif
