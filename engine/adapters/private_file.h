#ifndef ENGINE_ADAPTERS_PRIVATE_FILE_H
#define ENGINE_ADAPTERS_PRIVATE_FILE_H

#include <sys/stat.h>

#include "engine/base/error.h"

/* Files that are this user's alone.  What the engine keeps says what it may do to a fleet, and
 * holds user data, so nobody else may read it, write it, or put something in its place.  Errors are
 * ERROR_DENIED and say what to type. */

/* Refuses what is no file (a symbolic link, too), what is another user's, and what others may read
 * or write. */
MUST_CHECK struct error *private_file_check(struct arena *a, const char *path,
                                            const struct stat *found);
/* The same of what lies there, without opening it; nothing there is fine. */
MUST_CHECK struct error *private_file_look(struct arena *a, const char *path);
/* Refuses a file's folder in which anybody could swap the file while it is opened: writable for all
 * and not sticky. */
MUST_CHECK struct error *private_file_check_folder(struct arena *a, const char *path);

#endif
