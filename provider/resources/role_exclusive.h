#ifndef PROVIDER_RESOURCES_ROLE_EXCLUSIVE_H
#define PROVIDER_RESOURCES_ROLE_EXCLUSIVE_H

#include "engine/aws/iam.h"
#include "provider/grammar/names.h"
#include "provider/resource/of_aws.h"

/* All that a role has of something, and no more: what it has besides is taken away.  The object is
 * the claim itself, so there is no id, and it leaves no trace when it goes. */
struct role_exclusive {
    struct tf_string role_name;
    struct tf_strings wanted;
};
#define ROLE_EXCLUSIVE_ROW                                                                    \
    ATTR(role_exclusive, role_name, REQUIRED | FORCE_NEW, .min = 1, .check = check_role_name, \
         .describe = "Name of the role.")

struct role_exclusive_kind {
    MUST_CHECK struct error *(*list)(const struct aws_call *c, struct str role,
                                     struct iam_names *out);
    /* NULL: what is wanted and not there is made by others. */
    MUST_CHECK struct error *(*add)(const struct aws_call *c, struct str role, struct str one);
    MUST_CHECK struct error *(*remove)(const struct aws_call *c, struct str role, struct str one);
};

MUST_CHECK struct error *role_exclusive_make_so(struct call *c,
                                                const struct role_exclusive_kind *kind,
                                                struct role_exclusive *m);
MUST_CHECK struct error *role_exclusive_read(struct call *c, const struct role_exclusive_kind *kind,
                                             struct role_exclusive *m);
MUST_CHECK struct error *role_exclusive_import(struct call *c, struct str id, void *model);

#endif
