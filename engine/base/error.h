#ifndef ENGINE_BASE_ERROR_H
#define ENGINE_BASE_ERROR_H

#include "engine/base/arena.h"

#define MUST_CHECK __attribute__((warn_unused_result))

/* What the caller may do about it, not where it came from. */
enum error_kind {
    ERROR_INVALID,     /* the input is wrong: tell the user, never retry */
    ERROR_NOT_FOUND,   /* the thing is gone: a read removes it from state */
    ERROR_CONFLICT,    /* somebody else is changing it: retry after a pause */
    ERROR_EXISTS,      /* it is there already: adopt it or tell the user */
    ERROR_DENIED,      /* credentials or policy: tell the user */
    ERROR_THROTTLED,   /* retry, slower */
    ERROR_NO_CAPACITY, /* this offering is out: try the next one */
    ERROR_UNREACHABLE, /* network or server fault: retry */
    ERROR_CANCELLED,   /* the user asked us to stop */
    ERROR_TIMEOUT,     /* our own patience ran out; what was begun may still finish */
    ERROR_BUG,         /* we broke a promise to ourselves */
};

/* Fallible functions return struct error *; NULL is success.  It lives in the arena of the RPC
 * or tick at hand, so nobody frees it. */
struct error {
    enum error_kind kind;
    bool outcome_unknown;  /* a change was sent and its answer was lost: it may have taken effect */
    struct str code;       /* the service's own code, e.g. "NoSuchEntity"; empty when ours */
    struct str summary;    /* one line: what failed */
    struct str detail;     /* what was found, what is allowed, what the user can do */
    struct str path;       /* attribute at fault, e.g. requirements[1].values; empty: the whole */
    struct str request_id; /* AWS request id, when there is one */
    struct error *next;    /* further errors of the same kind of check, in order found */
};

MUST_CHECK struct error *error_new(struct arena *a, enum error_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Names the attribute at fault unless an inner function, which knew better, already did. */
struct error *error_at(struct error *e, struct str path);

/* Puts `outer` in front of the path that `e` (and those after it) carry: error_in(a, e,
 * "taints[2]") turns "key" into "taints[2].key" and "[0]" into "taints[2][0]".  NULL passes
 * through. */
struct error *error_in(struct arena *a, struct error *e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends to a list of errors that is reported as a whole; either side may be NULL. */
struct error *error_join(struct error *list, struct error *more);

/* A copy of one error (not of those after it) in another arena, for when its own dies first. */
struct error *error_copy(struct arena *a, const struct error *e);

#define TRY(call)                          \
    do {                                   \
        struct error *try_error_ = (call); \
        if (try_error_)                    \
            return try_error_;             \
    } while (0)

#endif
