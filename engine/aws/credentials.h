#ifndef ENGINE_AWS_CREDENTIALS_H
#define ENGINE_AWS_CREDENTIALS_H

#include "engine/aws/profile.h"

/* Who signs.  There is no way to print this: it has no formatter, errors and logs name its source
 * only.  Every copy of ours is wiped when it is given back. */
struct credentials {
    struct str access_key, secret_key, token; /* token: empty for long-lived keys */
};

/* Where a client's credentials come from: a first source, then any number of roles, each assumed
 * with the credentials of the step before.  Thread-safe.  Credentials that expire are renewed five
 * minutes before, by one thread, while others go on with the old ones until those truly expire. */
struct credentials_chain;

/* Finds the first source that is there, in the order of the AWS SDKs: the configuration's keys, the
 * profile it names, the environment's keys, its web identity token, the profile of AWS_PROFILE or
 * "default" (roles, keys, web identity, SSO, credential_process), the container's endpoint,
 * the instance's metadata.  Nothing is sent or run yet.  ERROR_DENIED names every source that was
 * looked at, what it lacked, and what to do. */
MUST_CHECK struct error *credentials_find(struct arena *a, const struct aws_config *config,
                                          const struct shared_config *files,
                                          struct credentials_chain **out);
void credentials_free(struct credentials_chain *chain);

/* Credentials that are good at `now_ms`, asked for where that is due; the caller gives them back.
 * Errors name the step at fault. */
MUST_CHECK struct error *credentials_get(struct credentials_chain *chain, const struct aws_call *c,
                                         int64_t now_ms, const struct credentials **out);
void credentials_release(const struct credentials *held); /* NULL is fine */
/* A service said that these have expired.  True when others can be had: the next credentials_get
 * will. */
bool credentials_refused(struct credentials_chain *chain, const struct credentials *held);

/* The region of the instance this runs on, when that is where the credentials are from; empty
 * otherwise. */
MUST_CHECK struct error *credentials_region(struct credentials_chain *chain,
                                            const struct aws_call *c, struct str *out);

#endif
