#ifndef ENGINE_BASE_JSON_PARSER_H
#define ENGINE_BASE_JSON_PARSER_H

#include "engine/base/json.h"
#include "engine/base/json_list.h"

/* Private to the parser: what its files share.  One pass over the text makes the tree: each
 * character is looked at once, and an error knows its line and column.  Strings and numbers are
 * copied, or are slices of a text that lives as long as they do; then only what has an escape in it
 * is made anew. */

enum { JSON_KEYS_REMEMBERED = 256 };

struct json_parser {
    struct arena *trees;   /* objects and lists */
    struct arena *strings; /* and errors */
    bool borrows;          /* strings are slices of the text where they can be */
    struct str text;
    size_t at, line_start;
    int line, depth;
    struct arena *scratch; /* members of objects and lists that have not ended yet: */
    struct json *values;
    size_t value_count, value_capacity;
    struct str *keys; /* one for each value; empty in a list */
    size_t key_capacity;
    struct str *known;        /* keys that were met before, by a hash: most come again and again */
    struct json_items *items; /* of the outermost object, which are not kept; NULL: all is */
};

struct json_parser json_parser_of(struct arena *trees, struct arena *scratch, struct str text);

static inline char json_peek(const struct json_parser *p)
{
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

/* Says where. */
struct error *json_broken(const struct json_parser *p, const char *what);
/* Something else stands where that belongs. */
struct error *json_unexpected(const struct json_parser *p, const char *belongs);
void json_skip_blanks(struct json_parser *p);
MUST_CHECK struct error *json_scan_number(struct json_parser *p, struct json *out);
MUST_CHECK struct error *json_scan_string(struct json_parser *p, struct str *out);
/* With the colon behind it. */
MUST_CHECK struct error *json_scan_key(struct json_parser *p, struct str *out);
/* Any value, which begins where the parser is. */
MUST_CHECK struct error *json_parse_value(struct json_parser *p, struct json *out);
/* The list that is not kept: notes where its members stand. */
MUST_CHECK struct error *json_list_items(struct json_parser *p, struct json *out);
/* Nothing but white space may be left. */
MUST_CHECK struct error *json_parse_end(struct json_parser *p);

#endif
