#ifndef PROVIDER_DATASOURCES_POLICY_TEXT_H
#define PROVIDER_DATASOURCES_POLICY_TEXT_H

#include "engine/base/json.h"

/* Policy documents as hashicorp/aws writes them, to the byte: people compare the texts, and its
 * states hold them.  A document is a version, an id and statements, each an object whose members
 * stand in the order in which they are written. */
struct policy {
    struct str version, id;
    struct json *statements;
    size_t count, capacity;
};

/* Strings that were a set: duplicates collapse, one stands alone, more are in descending order. */
struct json policy_strings(struct arena *a, const struct str *strings, size_t count);

/* A principals block: who, by a kind ("AWS", "Service", "*"). */
struct principal {
    struct str type;
    struct json identifiers; /* a string, or an array in any order */
};
/* JSON_NULL where there are none. */
struct json policy_principals(struct arena *a, const struct principal *all, size_t count);

struct condition {
    struct str test, variable;
    struct json values; /* a string or an array */
};
struct json policy_conditions(struct arena *a, const struct condition *all, size_t count);

/* Sets a member unless it is null. */
void policy_member(struct arena *a, struct json *statement, const char *key, struct json value);

/* Indented by two spaces, or compact. */
struct str policy_text(struct arena *a, const struct policy *p, bool indented);

/* In the order in which hashicorp/aws's SDK goes through a set: by the decimal text of the CRC-32
 * of how it writes an element down.  Gives places of `written`. */
size_t *policy_set_order(struct arena *a, const struct str *written, size_t count);

/* Adds the documents that a configuration names, one text after the other; "" is none.  A statement
 * takes the place of an earlier one of its Sid.  `unique`: that is an error, which names `from`,
 * the attribute that they come from. */
MUST_CHECK struct error *policy_add_texts(struct arena *a, struct policy *p,
                                          const struct str *texts, size_t count, const char *from,
                                          bool unique);
/* The last id that is one counts, and the greatest version. */
void policy_add(struct arena *a, struct policy *p, const struct policy *more);

#endif
