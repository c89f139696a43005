#ifndef PROVIDER_RESOURCE_RESOURCE_H
#define PROVIDER_RESOURCE_RESOURCE_H

#include "provider/resource/call.h"
#include "provider/resource/table.h"

/* What Terraform asks of a resource, once for all types.  Values are objects of the type's table
 * (model_type).  Warnings gather in the call.  Nothing here knows protobuf. */

/* Every error in the configuration, each with its attribute path; deprecated attributes that are
 * set draw warnings.  Unknown values are passed over. */
MUST_CHECK struct error *resource_validate(struct call *c, const struct resource_type *t,
                                           const struct cty_value *config);
/* The same for any table, without a type's own check. */
MUST_CHECK struct error *model_validate(struct call *c, const struct model *m,
                                        const struct cty_value *config);

struct plan_request {
    const struct cty_value *prior; /* null: create */
    const struct cty_value
        *proposed; /* Terraform's merge of configuration and prior; null: destroy */
    const struct cty_value *config;
};
struct plan_result {
    struct cty_value planned;
    struct str *replace; /* paths whose change needs a new object */
    size_t replace_count, replace_capacity;
    bool departs; /* planned otherwise than configured, which Terraform accepts only together with
                     the mark of a legacy type system: FOLLOWS attributes, and see plan.c */
};
MUST_CHECK struct error *resource_plan(struct call *c, const struct resource_type *t,
                                       const struct plan_request *request, struct plan_result *out);

/* Creates (prior null), destroys (planned null) or updates.  `state` is what holds afterwards and
 * is to be stored even when there is an error too. */
MUST_CHECK struct error *resource_apply(struct call *c, const struct resource_type *t,
                                        const struct cty_value *prior,
                                        const struct cty_value *planned, struct cty_value *state);
/* Whether a FOLLOWS attribute became something else than the plan had it, or a text "" that the
 * plan had as null, which Terraform accepts only together with the mark of a legacy type system.
 * All else is as planned (apply.c). */
bool resource_departs(const struct resource_type *t, const struct cty_value *planned,
                      const struct cty_value *state);

/* The null state when the object is gone.  With a provider that is not wholly configured yet, state
 * stays as it is and a warning says why. */
MUST_CHECK struct error *resource_read(struct call *c, const struct resource_type *t,
                                       const struct cty_value *current, struct cty_value *state);

/* A data source: what it says of what the configuration asks. */
MUST_CHECK struct error *data_source_read(struct call *c, const struct resource_type *t,
                                          const struct cty_value *config, struct cty_value *state);

MUST_CHECK struct error *resource_import(struct call *c, const struct resource_type *t,
                                         struct str id, struct cty_value *state);
/* The same, where calls go already. */
MUST_CHECK struct error *resource_import_here(struct call *c, const struct resource_type *t,
                                              struct str id, struct cty_value *state);

/* State as stored, perhaps by an older version or by hashicorp/aws, to the current table. */
MUST_CHECK struct error *resource_upgrade(struct call *c, const struct resource_type *t,
                                          int64_t version, struct str json,
                                          struct cty_value *state);

/* Between the passes. */

enum operation { OPERATION_CREATE, OPERATION_READ, OPERATION_UPDATE, OPERATION_DELETE };
/* The word for it in a `timeouts` block, and how long it may take when nobody wrote one. */
const char *operation_word(enum operation operation);
int64_t operation_limit_ms(const struct resource_type *t, enum operation operation);
/* Starts the clock of an operation: the user's `timeouts` in `value`, else the type's default. */
void call_begin(struct call *c, const struct resource_type *t, enum operation operation,
                const struct cty_value *value);
/* Takes in and gives out the private bytes that Terraform keeps. */
void call_load_private(struct call *c, struct str bytes);
struct str call_save_private(const struct call *c);
/* Marks state as written by us, see read.c. */
void call_sign(struct call *c);
bool call_is_signed(const struct call *c);
/* Between an import and the read that follows it, when all but the id is null in state and what is
 * remote is taken as it is. */
void call_mark_import(struct call *c);
bool call_take_import(struct call *c);

/* Sets planned `tags_all` from `tags` and the provider's default_tags; a table without them is left
 * alone. */
void plan_tags(struct call *c, const struct model *m, const struct plan_request *request,
               struct cty_value *planned);

/* Sets what a new object's ARN will be, where that can be told and is asked for (known.c). */
void plan_known(struct call *c, const struct model *m, struct cty_value *planned);

/* Gives a `tags_all` that planning left open its value, before a function sees the model. */
void settle_tags(struct call *c, const struct model *m, void *model);

/* Has errors of the remote side say which attribute they are about and what it is: the one that a
 * function named, else by the type's blame and, where the text speaks of a "parameter" or
 * "attribute" of the wire, by its rows.  It is said in words: the diagnostic stays at the resource,
 * where hashicorp/aws has what AWS says.  Only for types with `blame`. */
struct error *find_blame(struct arena *a, const struct resource_type *t, const void *model,
                         struct error *errors);

/* Without the null elements of maps, wherever these are; a map of nothing but nulls is null. */
struct cty_value without_null_elements(struct arena *a, const struct model *m,
                                       const struct cty_value *object);

/* With "" where state has it for nothing (attr_stores_empty); elements of sets stay as they are. */
struct cty_value store_empties(struct arena *a, const struct model *m,
                               const struct cty_value *state);

/* Values that `remote` only writes otherwise than `kept` are taken from `kept`. */
struct cty_value keep_writing(struct arena *a, const struct model *m, const struct cty_value *kept,
                              const struct cty_value *remote);

#endif
