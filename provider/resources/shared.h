#ifndef PROVIDER_RESOURCES_SHARED_H
#define PROVIDER_RESOURCES_SHARED_H

#include "provider/resource/of_aws.h"

/* What the aws_* resources have in common beyond the attribute table. */

struct aws_tags tags_to_aws(struct call *c, const struct tf_map *tags);
/* What a new object is tagged with: the provider's default_tags under its own. */
struct aws_tags tags_of_new(struct call *c, const struct tf_map *own);
/* Applies the difference of two tags_all through a service's pair of calls on `target`. */
struct tags_api {
    MUST_CHECK struct error *(*tag)(const struct aws_call *c, struct str target,
                                    const struct aws_tags *tags);
    MUST_CHECK struct error *(*untag)(const struct aws_call *c, struct str target,
                                      const struct str *keys, size_t count);
};
MUST_CHECK struct error *tags_update(struct call *c, const struct tags_api *api, struct str target,
                                     const struct tf_map *prior_all,
                                     const struct tf_map *planned_all);

/* The name to create with: as configured, else prefix (or "terraform-") and a suffix of 18 digits
 * and 8 hex digits, unique within and between processes, then `ending` (".fifo" or empty).  Fills
 * in both members. */
void name_make(struct call *c, struct tf_string *name, struct tf_string *prefix, struct str ending);
/* The prefix that a name was made from, or null: what read and import put into name_prefix. */
struct tf_string name_prefix_of(struct call *c, struct str name, struct str ending);
/* 18 digits of UTC time and 8 hex digits. */
struct str unique_suffix(struct arena *a);

/* Eventual consistency is met by looking again, never by waiting a fixed time: `attempt` is made
 * with growing pauses until it succeeds, fails with an error that `passes` does not name as
 * passing (NULL: none does), or `limit_ms` (or the call's own deadline) is up; then its last error
 * is returned. */
typedef struct error *attempt_fn(struct call *c, void *self);
MUST_CHECK struct error *keep_trying(struct call *c, int64_t limit_ms, attempt_fn *attempt,
                                     bool (*passes)(const struct error *e), void *self);
/* After a create whose answer was lost: `look`, with patience for what is not seen at once. */
MUST_CHECK struct error *look_for_lost(struct call *c, attempt_fn *look, void *self);
/* The lost create's error, when looking settled nothing: set the id beside it, so that state holds
 * the object as tainted and the next refresh finds out.  Reads of what has a date then ask
 * no_stranger, lest the next apply replaces what was there before and was never ours. */
MUST_CHECK struct error *in_doubt(struct call *c, struct error *lost);
MUST_CHECK struct error *no_stranger(struct call *c, struct str name, int64_t made_ms);
/* A creation date; NEVER_MS when it cannot be read. */
int64_t date_ms(struct str date);
bool is_made_just_now(int64_t made_ms);
MUST_CHECK struct error *name_taken(struct call *c, struct str name, int64_t made_ms);

/* A create that may not be repeated, because its name may be taken by its own first effect, and
 * whose answer can be lost.  Then what has the name now is looked at: made just now, it is ours and
 * the create has succeeded; there for longer, the name was taken; not there, it is created once
 * more.  If nobody can be asked, it is in_doubt. */
struct named_create {
    attempt_fn *create, *look;             /* both leave the creation date in `create_date` */
    bool (*passes)(const struct error *e); /* of create's errors, as in keep_trying; NULL: none */
    int64_t limit_ms;
    const struct str *create_date;
    void *self;
    struct str name;
    /* Without an answer, as far as it can be told; NULL: the name. */
    struct str (*id)(struct call *c, void *self);
};
MUST_CHECK struct error *create_named(struct call *c, const struct named_create *how,
                                      struct tf_string *id);
/* For `attempt` to say "not what was written yet". */
MUST_CHECK struct error *not_yet(struct call *c, const char *what);
/* Passing kinds: the last two of IAM's own and those of not_yet. */
bool is_not_yet(const struct error *e);
bool is_missing(const struct error *e);
bool is_missing_or_not_yet(const struct error *e);
bool is_conflict(const struct error *e);
bool is_missing_or_conflict(const struct error *e);
/* SQS's way to say that it knows a policy's principal or a dead-letter queue not yet, or never. */
bool is_unknown_to_sqs(const struct error *e);

/* How long what is named may be unknown to the part of AWS that is told to use it: long when this
 * provider made something a moment ago, else no longer than a misspelt name should cost the user;
 * another provider may have made it. */
int64_t fresh_ms(const struct call *c);

/* ERROR_NOT_FOUND as success. */
static inline struct error *gone_is_fine(struct error *e)
{
    return e && e->kind == ERROR_NOT_FOUND ? NULL : e;
}

#endif
