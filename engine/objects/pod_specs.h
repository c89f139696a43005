#ifndef ENGINE_OBJECTS_POD_SPECS_H
#define ENGINE_OBJECTS_POD_SPECS_H

#include "engine/core/world.h"

/* Specifications by what they say: pods that ask for the same share one, whoever made them. */
struct pod_specs {
    struct spec_slot {
        uint64_t hash;
        const struct pod_spec *spec; /* NULL: free */
    } * slots;                       /* a power of two; never full */
    size_t capacity, count;
};

/* The one that says the same, and then nothing was taken from the arena; or `spec` itself, which
 * is the first. */
const struct pod_spec *pod_specs_intern(struct arena *keep, struct pod_specs *set,
                                        const struct pod_spec *spec);

#endif
