#ifndef ENGINE_AWS_IAM_CALL_H
#define ENGINE_AWS_IAM_CALL_H

#include "engine/aws/client.h"
#include "engine/aws/iam.h"
#include "engine/aws/query.h"

/* What IAM's calls share.  Most of them are a name, an effect and a handful of parameters; a call
 * is one table of them. */
struct iam_parameter {
    const char *name;
    struct str value; /* ptr NULL: left out */
};
#define PARAMETERS(...) ((const struct iam_parameter[]){__VA_ARGS__, {0}})

struct query iam_query(const struct aws_call *c, const char *operation,
                       const struct iam_parameter *parameters);
/* `result` is the element called after the operation. */
MUST_CHECK struct error *iam_send(const struct aws_call *c, const char *operation,
                                  enum aws_effect effect, const struct query *q,
                                  struct xml *result);
/* A change without an answer worth reading. */
MUST_CHECK struct error *iam_act(const struct aws_call *c, const char *operation,
                                 enum aws_effect effect, const struct iam_parameter *parameters);
MUST_CHECK struct error *iam_get(const struct aws_call *c, const char *operation,
                                 const struct iam_parameter *parameters, struct xml *result);
/* `parameter` is the one that names the thing. */
MUST_CHECK struct error *iam_tag_thing(const struct aws_call *c, const char *operation,
                                       const char *parameter, struct str name,
                                       const struct aws_tags *tags);
MUST_CHECK struct error *iam_untag_thing(const struct aws_call *c, const char *operation,
                                         const char *parameter, struct str name,
                                         const struct str *keys, size_t count);

/* Walks a list that comes in pages: `take` is given each member of `list`, or each page as a whole
 * where `list` is NULL, for pages of several lists. */
struct iam_listing {
    const char *operation, *parameter, *list;
    void (*take)(struct arena *a, const struct xml *member, void *out);
};
MUST_CHECK struct error *iam_list(const struct aws_call *c, const struct iam_listing *l,
                                  struct str of, void *out);

void iam_read_tags(struct arena *a, const struct xml *of, struct aws_tags *out);
int64_t iam_number(const struct xml *of, const char *name);
struct str iam_document(struct arena *a, struct str encoded);
/* An error when the answer lacks the thing that was asked for, whose id is then empty; a create may
 * have happened all the same. */
MUST_CHECK struct error *iam_require(const struct aws_call *c, const char *operation,
                                     struct str id);

#endif
