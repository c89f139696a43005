#ifndef PROVIDER_RESOURCE_REGION_H
#define PROVIDER_RESOURCE_REGION_H

#include "provider/resource/resource.h"

/* Where an object is: `region`, as hashicorp/aws 6 has it, for every type with a row ATTR_REGION.
 *
 *   - Unset, it is the provider's, known at plan; state says which, and keeps to it when the
 *     provider comes to be configured for another.
 *   - A change replaces.  State without one (of hashicorp/aws 5) is of the provider's region; the
 *     first refresh writes that down, and no plan shows it.
 *   - An import id may end in "@REGION".  A URL of AWS says itself where it is.
 *
 * A function of a type need not know: calls go there, and call_region says where that is. */

/* The row, or NULL: such objects are in no region, or in whatever the provider's is. */
const struct attr *region_row(const struct model *m);

/* From here on calls go where `object` is: its region, else the provider's. */
MUST_CHECK struct error *region_enter(struct call *c, const struct model *m,
                                      const struct cty_value *object);
/* What the configuration asks for, if it can be: a region of the provider's partition. */
MUST_CHECK struct error *region_check(struct call *c, const struct model *m,
                                      const struct cty_value *config);
/* Sets the planned region of what is new, and goes there. */
MUST_CHECK struct error *region_plan(struct call *c, const struct model *m,
                                     const struct plan_request *request, struct cty_value *planned);
/* `prior` with the region that it is in where nobody wrote that down yet: what changes are held
 * against, lest the first mention of the provider's own region replaces everything. */
struct cty_value region_told(const struct call *c, const struct model *m,
                             const struct cty_value *prior);
/* Whether nothing changes but where state says that it is. */
bool region_alone_changes(struct arena *a, const struct model *m, const struct cty_value *prior,
                          const struct cty_value *planned);
/* Says in a model where calls went, if it does not say. */
void region_settle(const struct call *c, const struct model *m, void *model);

/* From here on calls go there; empty: to the provider's. */
MUST_CHECK struct error *region_go(struct call *c, struct str region);
/* Cuts "@REGION" off an import id and goes there, or where the id's URL says. */
MUST_CHECK struct error *region_import(struct call *c, const struct model *m, struct str *id);

#endif
