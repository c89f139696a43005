#ifndef PROVIDER_DATASOURCES_FILTERS_H
#define PROVIDER_DATASOURCES_FILTERS_H

#include "engine/aws/ec2.h"
#include "provider/resource/call.h"

/* The block `filter` of data sources that ask EC2: a member `struct tf_blocks filter` and the row
 *     FILTER_ROW(zones),
 */
extern const struct model filter_model;
#define FILTER_ROW(model)                                                        \
    ATTR(model, filter, OPTIONAL, .nesting = BLOCK_SET, .nested = &filter_model, \
         .describe = "What has to hold, by EC2's own names; several have to hold together.")

/* Room for `more` filters is left behind those of the configuration. */
struct ec2_filter *filters_of(struct call *c, const struct tf_blocks *blocks, size_t more);

/* Those of the configuration, and of each tag one that asks for its value. */
struct ec2_filter *filters_with_tags(struct call *c, const struct tf_blocks *blocks,
                                     const struct tf_map *tags, size_t *count);

#endif
