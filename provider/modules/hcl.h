#ifndef PROVIDER_MODULES_HCL_H
#define PROVIDER_MODULES_HCL_H

#include "engine/base/error.h"

/* Words of a Terraform file, as far as it takes to tell blocks from one another: no expression is
 * understood.  https://github.com/hashicorp/hcl, its spec.md, is where the rules are from. */
enum hcl_kind {
    HCL_END,
    HCL_NEWLINE,
    HCL_NAME,
    HCL_TEXT,  /* a quoted string or a heredoc; `text` is what stands between its ends */
    HCL_OTHER, /* one byte: a bracket, an operator, a digit */
};

struct hcl_word {
    enum hcl_kind kind;
    struct str text;
    size_t begin, end; /* in the file */
};

struct hcl {
    struct str text;
    size_t at;
};

/* The next word; comments are passed over.  The error says the line: a string, a comment or a
 * heredoc that does not end. */
MUST_CHECK struct error *hcl_next(struct arena *a, struct hcl *h, struct hcl_word *out);
bool hcl_is(const struct hcl_word *w, char c);
/* The error that at this place of the file something else was expected. */
struct error *hcl_error(struct arena *a, const struct hcl *h, size_t at, const char *what);

#endif
