#ifndef PROVIDER_RESOURCE_WIRE_H
#define PROVIDER_RESOURCE_WIRE_H

#include "provider/resource/call.h"

/* Between state and what AWS says. */

/* A model as the JSON object that a service takes, and back, by the rows with `.api`: the member's
 * name there, or its path ("RunCommandParameters/RunCommandTargets").  Blocks of which there may be
 * one are objects, others arrays.  To a service nothing is absence: null, unknown and empty
 * members are left out, as is a 0 below the row's range, which is our word for "not set".  Coming
 * back, an absent member is the row's default, else null, or with EMPTY_OK its kind's nothing. */
struct json wire_of(struct arena *a, const struct model *m, const void *model);
MUST_CHECK struct error *wire_take(struct arena *a, const struct model *m, const struct json *wire,
                                   void *model);

/* EC2 takes flat parameters and answers in XML, where the same names begin small and lists end in
 * "Set".  This is such an answer as the object that wire_take reads, by the rows of `m`. */
struct xml;
struct json wire_of_xml(struct arena *a, const struct model *m, const struct xml *answer);

#endif
