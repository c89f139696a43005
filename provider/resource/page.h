#ifndef PROVIDER_RESOURCE_PAGE_H
#define PROVIDER_RESOURCE_PAGE_H

#include "provider/resource/function.h"
#include "provider/resource/schema.h"

/* Documentation, printed from the tables: pages for people, in Markdown and in the Terraform
 * registry's layout, and the tables themselves for programs. */

/* The page docs/resources/NAME.md of a type, docs/data-sources/NAME.md of a data source,
 * docs/functions/NAME.md of a function, docs/index.md of the provider.  `example` is HCL;
 * empty: the page has none. */
void page_of_type(struct buf *out, const struct resource_type *t, struct str example);
void page_of_data_source(struct buf *out, const struct resource_type *t, struct str example);
void page_of_function(struct buf *out, const struct function *f, struct str example);
void page_of_provider(struct buf *out, struct str example);

/* One object each: what it is, then `attributes`, an object a row, nested ones inside.  Members
 * that say nothing about a row are left out. */
void tables_of_type(struct json_writer *w, const struct resource_type *t);
/* Its parameters and what it returns, by Terraform's types. */
void tables_of_function(struct json_writer *w, const struct function *f);
void tables_of_provider(struct json_writer *w);

/* What the provider is, in a sentence: there is no record that could say it. */
extern const char *const provider_describe;
/* Paragraphs of its page. */
extern const char *const provider_notes;

/* Between the files. */

/* A row in words, for a line of a page: "(Number) Seconds ... Default: `30`.  From 0 to 900." */
void row_in_words(struct buf *out, const struct attr *row);
/* The row with every rule that is known of it; `t` is NULL for the provider. */
struct attr row_with_rules(struct arena *a, const struct resource_type *t, const struct attr *row,
                           struct str path);
/* Where the rows nested in `row` are: "ecs_target.network_configuration". */
struct str row_path(struct arena *a, struct str outer, const struct attr *row);

#endif
