#ifndef ENGINE_BASE_PROCESS_H
#define ENGINE_BASE_PROCESS_H

#include "engine/base/cancel.h"
#include "engine/base/error.h"

/* A program of the user's, run by the shell, with what it says on standard output and standard
 * error.  It gets our environment and no input; it and what it starts are ended at the time limit
 * and at a cancellation. */
struct process_options {
    struct str command; /* for `sh -c` */
    int64_t timeout_ms;
    size_t output_max; /* more than that on standard output is an error */
};

struct process_result {
    int status;        /* exit status; 128 + the signal that ended it */
    struct str output; /* standard output, in `keep` */
    struct str errors; /* the first 4 KiB of standard error, in `keep` */
};

/* ERROR_INVALID: it could not be started or said too much; ERROR_TIMEOUT; ERROR_CANCELLED.  An exit
 * status is no error here.  Errors go into `a` and quote nothing of what was said. */
MUST_CHECK struct error *process_run(struct arena *a, struct arena *keep, struct cancel *cancel,
                                     const struct process_options *options,
                                     struct process_result *out);

#endif
