#ifndef ENGINE_AWS_CREDENTIALS_H
#define ENGINE_AWS_CREDENTIALS_H

#include "engine/aws/aws.h"
#include "engine/base/json.h"

/* Who signs.  There is no way to print this: it has no formatter, errors and logs name its source
 * only.  One block, wiped when freed. */
struct credentials {
    struct str access_key, secret_key, token; /* token: empty for long-lived keys */
};

/* A section of the shared files as the AWS tools write them: "[profile x]" in the config file,
 * "[x]" in the credentials file, and "[default]" in both. */
struct profile {
    struct str name;
    bool found;
    struct json settings; /* an object of strings; the credentials file's win */
};
/* Reads the files (a missing default file is as an empty one; a missing file that was named is an
 * error). */
MUST_CHECK struct error *profile_load(struct arena *a, const struct aws_config *config,
                                      struct profile *out);
struct str profile_setting(const struct profile *p, const char *name);
void profile_wipe(struct profile *p); /* it may hold keys */
/* The section `name` of INI text, added to `settings`; `prefixed` as in the config file.  Nested
 * settings ("s3 =" with indented lines) are passed over. */
MUST_CHECK struct error *profile_read(struct arena *a, struct str text, struct str name,
                                      bool prefixed, struct profile *out);

/* The first source that has any.  ERROR_DENIED names every source that was looked at, what it
 * lacked, and what to do. */
MUST_CHECK struct error *credentials_find(struct arena *a, const struct aws_config *config,
                                          const struct profile *profile, struct credentials **out);
void credentials_free(struct credentials *c);

#endif
