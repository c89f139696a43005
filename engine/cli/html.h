#ifndef ENGINE_CLI_HTML_H
#define ENGINE_CLI_HTML_H

#include "engine/base/buf.h"

/* Pages for people.  Text from outside goes through html_text, markup of our own through buf_add.
 */
void html_text(struct buf *out, struct str text);

/* The beginning of a page that needs nothing but itself, up to and with <body>, and its end.
 * Readable in light and dark and without scripts; the style has what reports are made of: tables
 * (table.sums), bars (.bar with <i> as wide as their share) in the colours .c0 to .c23. */
void html_begin(struct buf *out, struct str title);
void html_end(struct buf *out);

enum { HTML_COLOURS = 24 };

#endif
