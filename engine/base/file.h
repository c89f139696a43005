#ifndef ENGINE_BASE_FILE_H
#define ENGINE_BASE_FILE_H

#include "engine/base/error.h"

/* Small files that others write, read whole.  They may hold keys: what was read on the way is
 * wiped, and the text belongs into an arena that is, too. */

/* "~/" at the front is the home folder. */
struct str path_expanded(struct arena *a, struct str path);
/* A file that must exist; the error names it. */
MUST_CHECK struct error *file_text(struct arena *a, struct str path, struct str *out);
/* As file_text, but a file that does not exist is no error. */
MUST_CHECK struct error *file_text_if_there(struct arena *a, struct str path, struct str *out,
                                            bool *there);

#endif
