#ifndef ENGINE_ADAPTERS_STORE_FILE_H
#define ENGINE_ADAPTERS_STORE_FILE_H

#include "engine/adapters/store.h"

/* A store as one SQLite file; this is one connection to it, for one thread at a time.  In WAL mode
 * readers and the one writer do not wait for each other; a commit is on the disk when it returns.
 * SQLite is known here alone. */
struct store_file;

/* Opens the file, which must be there (else ERROR_NOT_FOUND), and checks that it is this fleet's.
 * Members of `fleet` that are empty are not compared; those the file lacks are filled in.  A file
 * without pools, classes and claims that no engine works on becomes this fleet's.  `fleet` NULL:
 * whoever's it is.  The file and what lies beside it must be this user's alone (private_file.h):
 * there is user data in it. */
MUST_CHECK struct error *store_file_open(struct arena *a, struct str path,
                                         const struct fleet_identity *fleet,
                                         struct store_file **out);
/* As store_file_open, and makes the file (0600) and its folders (0700) where there are none.  For
 * applies only: whoever just reads makes nothing. */
MUST_CHECK struct error *store_file_make(struct arena *a, struct str path,
                                         const struct fleet_identity *fleet,
                                         struct store_file **out);
void store_file_close(struct store_file *f); /* NULL is fine */

MUST_CHECK struct error *store_file_fleet(struct arena *a, struct store_file *f,
                                          struct fleet_identity *out);

/* ERROR_NOT_FOUND when there is none. */
MUST_CHECK struct error *store_file_get(struct arena *a, struct store_file *f, struct str kind,
                                        struct str key, struct store_record *out);
/* All of one kind, or with an empty kind all of them. */
MUST_CHECK struct error *store_file_list(struct arena *a, struct store_file *f, struct str kind,
                                         struct record_list *out);
/* All that doors write (ports.h): a few, beside an engine's many. */
MUST_CHECK struct error *store_file_list_doors(struct arena *a, struct store_file *f,
                                               struct record_list *out);

/* All or nothing. With `epoch` > 0 only while that is the lease's: else ERROR_CONFLICT. */
MUST_CHECK struct error *store_file_write(struct arena *a, struct store_file *f, int64_t epoch,
                                          const struct store_record *changes, size_t count);
/* Writes only if the store still holds all of `seen` as they were read (no body: was not there):
 * *done says whether it did.  Looking and writing are one transaction. */
MUST_CHECK struct error *store_file_swap(struct arena *a, struct store_file *f,
                                         const struct record_list *seen,
                                         const struct store_record *changes, size_t count,
                                         bool *done);

/* The lease's epoch; next: one higher than ever before. */
MUST_CHECK struct error *store_file_epoch(struct arena *a, struct store_file *f, int64_t *epoch);
MUST_CHECK struct error *store_file_next_epoch(struct arena *a, struct store_file *f,
                                               int64_t *epoch);

/* A number that changes when another connection has committed something. */
int64_t store_file_version(struct store_file *f);
/* Is the open file still the one that its path names? */
bool store_file_is_sound(const struct store_file *f);

#endif
