#include "engine/cli/table.h"

static size_t width_of(struct str s)
{
    size_t width = 0;
    for (size_t i = 0; i < s.len; i++)
        width += ((unsigned char)s.ptr[i] & 0xC0) != 0x80; /* not a UTF-8 continuation */
    return width;
}

static void print_cell(struct buf *out, struct str text, size_t width, bool to_the_right, bool last)
{
    size_t pad = width - width_of(text);

    if (to_the_right)
        buf_printf(out, "%*s", (int)pad, "");
    buf_add(out, text);
    if (!last)
        buf_printf(out, "%*s", (int)(to_the_right ? 2 : pad + 2), "");
}

void table_print(struct buf *out, const struct table_column *columns, size_t column_count,
                 const struct str *cells, size_t row_count)
{
    size_t *widths = ARENA_ARRAY(out->arena, size_t, column_count);

    for (size_t c = 0; c < column_count; c++) {
        widths[c] = width_of(str_of(columns[c].title));
        for (size_t r = 0; r < row_count; r++) {
            size_t width = width_of(cells[r * column_count + c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (size_t r = 0; r <= row_count; r++) {
        for (size_t c = 0; c < column_count; c++) {
            struct str text = r == 0 ? str_of(columns[c].title) : cells[(r - 1) * column_count + c];
            print_cell(out, text, widths[c], columns[c].to_the_right, c + 1 == column_count);
        }
        buf_add_char(out, '\n');
    }
}

struct str percent_text(struct arena *a, int64_t part, int64_t whole)
{
    long double tenths = 1000.0L * (long double)part / (long double)whole;

    return arena_printf(a, "%.1Lf", tenths / 10);
}
