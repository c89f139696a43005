#ifndef PROVIDER_DATASOURCES_EC2_ITEM_H
#define PROVIDER_DATASOURCES_EC2_ITEM_H

#include "engine/base/xml.h"
#include "provider/datasources/filters.h"
#include "provider/resource/of_aws.h"

/* Data sources that show one thing of EC2's: how it is looked for and what is taken of the answer,
 * by rows. */

/* What is asked for: the blocks `filter`, the tags, the id where it is known, and each of `rows`
 * (filter name, member's value) that has one. */
struct item_search {
    enum ec2_kind kind;
    const char *what; /* in errors: "VPC" */
    const struct tf_blocks *filter;
    const struct tf_map *tags;
    const struct tf_string *id;
    const struct item_filter {
        const char *name;
        struct str value; /* empty: not asked for */
    } * rows;
    size_t row_count;
};

/* None that fits, or several, is an error. */
MUST_CHECK struct error *item_find(struct call *c, const struct item_search *search,
                                   const struct xml **out);

/* Each row that has an `api` name, which is the member's path in the item: as hashicorp/aws has
 * it, "", false or 0 where EC2 says nothing. */
MUST_CHECK struct error *item_take(struct call *c, const struct model *m, const struct xml *item,
                                   void *model);
/* Of each item the text at a path, of those that have one. */
struct tf_strings items_texts(struct call *c, const struct ec2_items *items, const char *path);
struct tf_map item_tags(struct call *c, const struct xml *item);

#endif
