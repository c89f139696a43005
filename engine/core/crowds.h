#ifndef ENGINE_CORE_CROWDS_H
#define ENGINE_CORE_CROWDS_H

#include "engine/core/market.h"

/* Private to topology: how terms become crowds (crowds.c), profiles (profiles.c) and the profiles
 * of teams (team_profile.c). */

/* The crowd that a term of the specification looks at, as it is described; its index, or NO_DOMAIN;
 * and the same, made if it is new. */
struct crowd crowd_meant(struct market *m, const struct pod_spec *s,
                         const struct topology_term *term);
uint32_t crowd_find(const struct topology *t, struct crowd c);
uint32_t crowd_of(struct market *m, struct crowd c);
/* Is the term to be heeded?  Of pods that run only what they hold against others is. */
bool crowd_matters(const struct spec_entry *e, const struct topology_term *term,
                   const struct world *w);
/* By selector: does it mean the pod?  Good until the next is asked. */
const bool *crowd_who_mean(struct market *m, const struct pod_spec *s);

/* The profile's entry of a crowd by hostname, made if it is new. */
struct company *profile_company(struct market *m, struct profile *p, uint32_t crowd);
uint32_t profile_intern(struct market *m, struct profile *p);
bool stance_eq(const struct stance *x, const struct stance *y);

#endif
