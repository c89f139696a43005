#ifndef ENGINE_AWS_CREDENTIALS_CHAIN_H
#define ENGINE_AWS_CREDENTIALS_CHAIN_H

#include "engine/aws/credentials_source.h"

/* A chain of at least one source.  It takes over `own`, where the settings lie; `tried` says which
 * sources were passed over before the first and why. */
struct credentials_chain *credentials_chain_new(const struct source *sources, size_t count,
                                                struct arena *own, struct str tried);

#endif
