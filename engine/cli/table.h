#ifndef ENGINE_CLI_TABLE_H
#define ENGINE_CLI_TABLE_H

#include "engine/base/buf.h"
#include "engine/base/dollars.h"

/* Tables for people: columns as wide as their widest cell, two blanks apart, numbers to the right.
 */
struct table_column {
    const char *title;
    bool to_the_right;
};

/* `cells` holds row after row, `column_count` each.  Widths count characters, not bytes. */
void table_print(struct buf *out, const struct table_column *columns, size_t column_count,
                 const struct str *cells, size_t row_count);

/* How many hundredths of the whole the part is, to a tenth: "97.3". */
struct str percent_text(struct arena *a, int64_t part, int64_t whole);

#endif
