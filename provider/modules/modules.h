#ifndef PROVIDER_MODULES_MODULES_H
#define PROVIDER_MODULES_MODULES_H

#include "provider/modules/outline.h"

/* Modules in a folder and below it that hashicorp/aws serves, and which of them this provider can:
 * those that use nothing of it which is not here.
 *
 * Such a module runs unchanged when a file beside its own, tenon_override.tf, says another source;
 * https://developer.hashicorp.com/terraform/language/files/override: an entry of required_providers
 * in it takes the place of the module's own. */
#define MODULES_FILE "tenon_override.tf"

enum module_state {
    MODULE_TAKEN,  /* its file says so now */
    MODULE_READY,  /* it could, and has no such file yet */
    MODULE_OURS,   /* it asks for this provider by itself */
    MODULE_KEEPS,  /* hashicorp/aws, for what is missing here */
    MODULE_BROKEN, /* a file of it cannot be read, or the override is somebody else's */
};

struct module {
    struct str folder; /* from the one that was named; "." is that itself */
    enum module_state state;
    struct outline_names missing;  /* "aws_lb", "data.aws_ami", "provider::aws::user_agent" */
    struct str why;                /* MODULE_BROKEN */
    struct outline_entry *entries; /* of hashicorp/aws: what the override has to say anew */
    size_t entry_count, entry_capacity;
};

struct modules {
    struct module *items; /* by folder; without those that have nothing of AWS */
    size_t count, capacity;
    bool names_nodes; /* some module uses a tenon_* type, which the address of that name serves */
};

/* What is here, by kind. */
struct modules_known {
    bool (*resource)(struct str type);
    bool (*data_source)(struct str type);
    bool (*function)(struct str name);
};

/* .terraform/modules is looked into, for that is where others' modules lie after `terraform get`;
 * links are not followed.  The error: the folder cannot be read. */
MUST_CHECK struct error *modules_find(struct arena *a, struct str root,
                                      const struct modules_known *known, struct modules *out);
/* Writes the override of each that is ready or taken, with this source; what is right already stays
 * untouched.  Those that were ready are taken then. */
MUST_CHECK struct error *modules_take(struct arena *a, struct str root, struct str source,
                                      struct modules *m);
/* Takes our overrides away; how many. */
MUST_CHECK struct error *modules_let_go(struct arena *a, struct str root, struct modules *m,
                                        size_t *count);

#endif
