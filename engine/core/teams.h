#ifndef ENGINE_CORE_TEAMS_H
#define ENGINE_CORE_TEAMS_H

#include "engine/core/rooms.h"

/* Pods that have to share a node (required affinity by hostname, ReadWriteOnce volumes): where none
 * of whom they want runs already, they are placed as one, with the sum of their requests, admitted
 * where all of them are.
 *
 * Of those that all want each other, kube-scheduler lets only one lot begin, while there is none of
 * them yet: as many as a node can hold.  The others have to be beside pods of the kind that want
 * nobody themselves, or wait. */

/* Seekers that lead a team stay, with their mates; those that are mates go; who wants company that
 * it cannot have is marked `nowhere`.  Returns how many are left, in their order. */
size_t teams_form(struct market *m, struct rooms *rooms, struct seeker *seekers, size_t count);

/* The last of the mates goes, for the team as it was has no place: *out is that one, lonely. False:
 * it is no team. */
bool teams_shrink(struct market *m, struct rooms *rooms, struct seeker *s, struct seeker *out);

#endif
