#ifndef ENGINE_AWS_CREDENTIALS_SOURCE_H
#define ENGINE_AWS_CREDENTIALS_SOURCE_H

#include "engine/aws/credentials.h"
#include "engine/aws/endpoint.h"

/* One way to come by credentials: what each credentials_X.c supplies to the chain. */

/* What a source gave.  The texts lie in the fetch's secret arena. */
struct issued {
    struct credentials keys;
    int64_t expires_ms; /* NEVER_MS: they do not */
};

struct fetch {
    const struct aws_call *call;      /* whose client, where errors go, what ends the wait */
    struct arena *secret;             /* all that may hold a secret lies here; wiped afterwards */
    const struct credentials *signer; /* of the step before; NULL at the first */
    int64_t now_ms;
};

typedef struct error *fetch_function(const struct fetch *f, const void *settings,
                                     struct issued *out);

struct source {
    struct str name; /* "the profile dev's credential_process": never with a secret in it */
    fetch_function *fetch;
    const void *settings; /* of the source's own type, in the chain's arena */
    struct str path;      /* the attribute that asked for it; empty: none did */
    bool last_resort; /* it was not asked for: its failure means that there are no credentials */
};

/* Settings of the sources, made by credentials_find.c. */
MUST_CHECK struct error *fetch_keys(const struct fetch *f, const void *settings,
                                    struct issued *out); /* struct credentials */

struct process_source {
    struct str command;
    int64_t timeout_ms;
};
MUST_CHECK struct error *fetch_process(const struct fetch *f, const void *settings,
                                       struct issued *out);

struct sso_source {
    struct str cache_file, account_id, role_name;
    struct str login; /* how the user signs in again */
    struct endpoint portal, oidc;
    bool renewable; /* of an sso-session: tokens can be renewed */
};
MUST_CHECK struct error *fetch_sso(const struct fetch *f, const void *settings, struct issued *out);

struct container_source {
    struct str url, token, token_file; /* token_file is read each time */
};
/* ERROR_DENIED unless the URL's host is one that credentials may be asked of. */
MUST_CHECK struct error *container_check_url(struct arena *a, struct str url);
MUST_CHECK struct error *fetch_container(const struct fetch *f, const void *settings,
                                         struct issued *out);

struct metadata_source {
    struct str endpoint; /* "http://169.254.169.254" */
    bool version_1_too;  /* where the session token is not to be had */
};
MUST_CHECK struct error *fetch_metadata(const struct fetch *f, const void *settings,
                                        struct issued *out);
MUST_CHECK struct error *metadata_region(const struct fetch *f,
                                         const struct metadata_source *settings, struct str *out);

/* With `token` or `token_file` of the role AssumeRoleWithWebIdentity, else AssumeRole. */
MUST_CHECK struct error *fetch_role(const struct fetch *f, const void *settings,
                                    struct issued *out); /* struct aws_role */

/* Credentials as processes, containers and instances write them in JSON: AccessKeyId,
 * SecretAccessKey, `token_name`, Expiration.  Errors say what is missing and quote nothing. */
MUST_CHECK struct error *issued_read(struct arena *a, const struct json *document,
                                     const char *token_name, struct issued *out);

#endif
