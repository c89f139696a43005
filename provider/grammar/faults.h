#ifndef PROVIDER_GRAMMAR_FAULTS_H
#define PROVIDER_GRAMMAR_FAULTS_H

#include "engine/base/json.h"

/* What is wrong with a document of JSON, all of it and each with its place: people mend a document
 * once.  A place is said as a JSON pointer, which is what one looks for in jsonencode's argument,
 * and as line and column, which is where an editor goes in a heredoc. */

struct faults {
    struct arena *arena;
    struct str text; /* the document as it was written */
    struct error *errors;
    size_t count; /* after some, no more are gathered */
};

/* The tree of a document, or the error that says where it is none. */
MUST_CHECK struct error *faults_begin(struct faults *f, struct json *document);

/* A value of the document and the way to it.  Lives on the stack of whoever descends. */
struct spot {
    const struct spot *of; /* NULL: the whole */
    struct str key;        /* in an object */
    size_t index;          /* in a list, where there is no key */
    const struct json *value;
};

static inline struct spot spot_of(const struct json *whole)
{
    return (struct spot){.value = whole};
}
struct spot spot_member(const struct spot *object, size_t i);
struct spot spot_item(const struct spot *list, size_t i);

/* "/Statement/0/Action (line 1, column 41): WHAT", and what is allowed. */
void fault(struct faults *f, const struct spot *at, struct str what, struct str allowed);

/* How a text that was found is shown: in quotes, and not all of a long one. */
struct str quoted(struct arena *a, struct str text);
/* A value of JSON likewise. */
struct str shown(struct arena *a, const struct json *value);
/* "a", "b" or "c" */
struct str one_of(struct arena *a, const char *const *words);
bool is_one_of(struct str text, const char *const *words);

#endif
