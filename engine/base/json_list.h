#ifndef ENGINE_BASE_JSON_LIST_H
#define ENGINE_BASE_JSON_LIST_H

#include "engine/base/json.h"

/* A document that is mostly one long list, such as a dump of a cluster: a tree takes ten times its
 * text, so the items of the list are looked at one by one, each as often as is needed, and none is
 * kept.
 *
 * Strings of such trees are slices of the text, which must live as long as they do; what had an
 * escape in it is in `strings`. */

struct json_item {
    struct str text;
    int line; /* of its first character, in the document */
};
struct json_items {
    struct json_item *items;
    size_t count, capacity;
};

/* As json_parse, and as thorough; but of the outermost object's list `items` the tree is empty, and
 * *items says where each of its members stands.  A document without such a list has none. */
MUST_CHECK struct error *json_parse_list(struct arena *trees, struct arena *strings,
                                         struct str text, struct json *out,
                                         struct json_items *items);
/* The tree of one, which json_parse_list has found to be sound. */
void json_parse_item(struct arena *trees, struct arena *strings, const struct json_item *item,
                     struct json *out);

#endif
