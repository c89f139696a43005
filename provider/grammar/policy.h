#ifndef PROVIDER_GRAMMAR_POLICY_H
#define PROVIDER_GRAMMAR_POLICY_H

#include "engine/base/error.h"

/* The language of policies, as each kind of them speaks it: what AWS refuses for certain is found
 * here, before anything is made.  Sources are IAM's own documentation (its grammar, its reference
 * of elements, the errors of Access Analyzer's reference) and what IAM was seen to answer.  Where
 * these are silent, a document passes: that an action exists, that a principal does, what a
 * condition key is of, is AWS's to say. */
enum policy_kind {
    POLICY_MANAGED, /* of identities, with an ARN of its own */
    POLICY_INLINE,  /* of identities, within a role */
    POLICY_TRUST,   /* who may take a role */
    POLICY_QUEUE,   /* who may do what with a queue */
    POLICY_BUS,     /* who may do what with an event bus */
};

/* Every fault, each with its JSON pointer and position; NULL: none. */
MUST_CHECK struct error *policy_check(struct arena *a, enum policy_kind kind, struct str text);

/* For `.check` (provider/resource/schema.h).  Of a queue, "" passes: no policy. */
MUST_CHECK struct error *check_managed_policy(struct arena *a, struct str value);
MUST_CHECK struct error *check_inline_policy(struct arena *a, struct str value);
MUST_CHECK struct error *check_trust_policy(struct arena *a, struct str value);
MUST_CHECK struct error *check_queue_policy(struct arena *a, struct str value);
MUST_CHECK struct error *check_bus_policy(struct arena *a, struct str value);

/* For `.advise`: a trust policy that is longer than the quota that every account begins with, and
 * that AWS takes only where it was raised. */
MUST_CHECK struct error *advise_trust_policy(struct arena *a, struct str value);

/* Characters of a document as IAM counts them for its quotas: without white space.  0: no JSON. */
size_t policy_characters(struct arena *a, struct str text);
enum {
    MOST_MANAGED_CHARACTERS = 6144,
    TRUST_CHARACTERS = 2048,        /* unless the account's quota was raised */
    MOST_INLINE_CHARACTERS = 10240, /* of all inline policies of a role together */
};

#endif
