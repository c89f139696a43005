#ifndef ENGINE_ADAPTERS_LEASE_FILE_H
#define ENGINE_ADAPTERS_LEASE_FILE_H

#include "engine/base/error.h"

/* Who may act, among the processes of one machine: an open-file-description lock on a file beside
 * the store.  The kernel frees it when its holder dies, however it dies, and it is no database
 * transaction, so others go on writing their pools meanwhile. */
struct lease_file {
    char *path; /* malloc'd */
    int fd;     /* -1: not held */
};

void lease_file_init(struct lease_file *l, struct str store_path); /* PATH.lease */
void lease_file_finish(struct lease_file *l);                      /* frees the lease, too */

/* Takes it if nobody has it; *held says whether it is ours now. */
MUST_CHECK struct error *lease_file_try(struct arena *a, struct lease_file *l, bool *held);
void lease_file_release(struct lease_file *l);
/* Is it still ours?  A lock on a file that was removed or replaced keeps nobody out. */
bool lease_file_is_sound(const struct lease_file *l);
/* Does anybody, in this process or another, hold it?  Takes nothing. */
bool lease_file_is_taken(const struct lease_file *l);

#endif
