#ifndef ENGINE_AWS_CREDENTIALS_SEARCH_H
#define ENGINE_AWS_CREDENTIALS_SEARCH_H

#include "engine/aws/credentials_source.h"

/* One search through the places where credentials can be.  Each either adds the steps of its chain,
 * or says in a few words what it lacks, or fails because it was asked for and is broken. */
struct search {
    struct arena *arena; /* errors and what is needed only now */
    struct arena *own;   /* the chain's: settings of the sources */
    const struct aws_config *config;
    const struct shared_config *files;
    const struct endpoint_rules *rules;
    struct profile profile; /* the one in force */

    struct source *steps;
    size_t count, capacity;
    struct str lacks;
};

struct source *search_add(struct search *s, struct str name, fetch_function *fetch,
                          const void *settings);

MUST_CHECK struct error *search_environment(struct search *s, bool *found);
MUST_CHECK struct error *search_container(struct search *s, bool *found);
MUST_CHECK struct error *search_metadata(struct search *s, bool last_resort, bool *found);
MUST_CHECK struct error *search_profile(struct search *s, const struct profile *profile,
                                        bool *found);

#endif
