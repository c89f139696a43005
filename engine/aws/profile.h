#ifndef ENGINE_AWS_PROFILE_H
#define ENGINE_AWS_PROFILE_H

#include "engine/aws/aws.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

/* The shared files as the AWS tools write them: "[profile x]", "[sso-session x]" and "[services x]"
 * in the config file, "[x]" in the credentials file, "[default]" in both.  They may hold keys: what
 * is read belongs into an arena that is wiped. */
struct shared_config {
    /* Each an object of sections by name, a section an object of settings by lower-case name.  A
     * setting is a string, or an object of strings where indented lines follow it ("s3 ="). */
    struct json profiles, sso_sessions, services;
};

/* Reads the files; a missing standard file is as an empty one, a missing file that was named is an
 * error.  Later files go before earlier ones, the credentials file's keys before the config
 * file's. */
MUST_CHECK struct error *shared_config_load(struct arena *a, const struct aws_config *config,
                                            struct shared_config *out);
/* INI text, added to `out`; `prefixed` as in the config file. */
MUST_CHECK struct error *shared_config_read(struct arena *a, struct str text, bool prefixed,
                                            struct shared_config *out);

/* A profile by name: `found` may be false, and then it has no settings. */
struct profile {
    struct str name;
    bool found;
    const struct json *settings;
};
struct profile profile_of(const struct shared_config *files, struct str name);
/* The one in force: the configuration's, AWS_PROFILE, or "default". */
struct profile profile_in_force(const struct shared_config *files, const struct aws_config *config);
struct str profile_setting(const struct profile *p, const char *name); /* empty: not there */

#endif
