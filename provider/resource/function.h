#ifndef PROVIDER_RESOURCE_FUNCTION_H
#define PROVIDER_RESOURCE_FUNCTION_H

#include "engine/base/json.h"
#include "provider/cty/type.h"

/* What a function of the provider is, to be called as provider::aws::NAME: texts in, a value out.
 * It asks nobody and knows no configuration, so Terraform may call it wherever an expression may
 * stand, and as often as it likes. */
struct function_parameter {
    const char *name, *describe; /* all are texts, and none may be null */
};
struct function {
    const char *name;
    const char *describe; /* what it gives, in a sentence or two */
    const char *notes;    /* further paragraphs of its page; NULL: none */
    const struct function_parameter *parameters;
    size_t parameter_count;
    const struct cty_type *returns;
    /* As many arguments as there are parameters.  An error's path is the parameter's name. */
    MUST_CHECK struct error *(*call)(struct arena *a, const struct str *arguments,
                                     struct cty_value *out);
};

#endif
