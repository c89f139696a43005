#ifndef PROVIDER_RESOURCE_TABLE_H
#define PROVIDER_RESOURCE_TABLE_H

#include "provider/cty/type.h"
#include "provider/resource/schema.h"

/* What every pass asks of a row. */

/* The Terraform type of a table's objects and of one row, members in the order of the rows. */
struct cty_type model_type(struct arena *a, const struct model *m);
struct cty_type attr_type(struct arena *a, const struct attr *row);

bool attr_is_block(const struct attr *row);    /* a block in the schema, not an attribute */
bool attr_is_whole(const struct attr *row);    /* objects that are one value to Terraform */
bool attr_is_single(const struct attr *row);   /* an object, not a collection of them */
bool attr_is_set(const struct attr *row);      /* elements have no address and no order */
bool attr_is_computed(const struct attr *row); /* may be filled in by us: COMPUTED or a default */
/* Null, or what EMPTY_OK puts beside it for the row's kind. */
bool attr_is_nothing(const struct attr *row, const struct cty_value *v);
/* Whether state has "" where nothing is set: texts that hashicorp/aws reads back as such.  Those
 * that also FOLLOW come as the resource leaves them. */
bool attr_stores_empty(const struct attr *row);
/* The default as a value; only for rows that have one. */
struct cty_value attr_default(const struct attr *row);
/* What absence is: empty for blocks that come as collections, else null. */
struct cty_value attr_absent(struct arena *a, const struct attr *row);

/* Whether two values mean the same, read as the rows say (`equal`, UNORDERED). */
bool attr_means_same(struct arena *scratch, const struct attr *row, const struct cty_value *a,
                     const struct cty_value *b);
/* Whether state already holds what the configuration says: as above, and members inside that the
 * configuration leaves to us may be anything, or their default. */
bool attr_config_holds(struct arena *scratch, const struct attr *row,
                       const struct cty_value *config, const struct cty_value *prior);

/* Iterates over the words of a comma-separated list: while (next_name(&rest, &name)). */
bool next_name(struct str *rest, struct str *name);

#endif
