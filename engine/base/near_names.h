#ifndef ENGINE_BASE_NEAR_NAMES_H
#define ENGINE_BASE_NEAR_NAMES_H

#include "engine/base/arena.h"

/* What somebody may have meant who wrote a name that is not there: names that one is the beginning
 * of, for who asks for the pod of a Deployment writes the Deployment's name, and names that differ
 * by a slip or two.  Of NAMESPACE/NAME only NAME counts, for the namespace is what is forgotten.
 *
 * "shop/web-0, shop/web-1 and 3 more", the nearest first; empty: there are none. */
struct str near_names(struct arena *a, struct str wanted, const struct str *names, size_t count);

#endif
