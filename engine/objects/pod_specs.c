#include "engine/objects/pod_specs.h"

#include "engine/core/pod_spec.h"

/* Where it is, or the free slot where it belongs. */
static struct spec_slot *slot_of(const struct pod_specs *set, uint64_t h,
                                 const struct pod_spec *spec)
{
    size_t at = h & (set->capacity - 1);

    while (set->slots[at].spec &&
           (set->slots[at].hash != h || !pod_spec_eq(set->slots[at].spec, spec)))
        at = (at + 1) & (set->capacity - 1);
    return &set->slots[at];
}

static void grow(struct arena *keep, struct pod_specs *set)
{
    struct pod_specs larger = {.capacity = set->capacity ? 2 * set->capacity : 64};

    larger.slots = ARENA_ARRAY(keep, struct spec_slot, larger.capacity);
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].spec)
            *slot_of(&larger, set->slots[i].hash, set->slots[i].spec) = set->slots[i];
    larger.count = set->count;
    *set = larger;
}

const struct pod_spec *pod_specs_intern(struct arena *keep, struct pod_specs *set,
                                        const struct pod_spec *spec)
{
    uint64_t h = pod_spec_hash(spec);
    const struct pod_spec *found = set->capacity ? slot_of(set, h, spec)->spec : NULL;

    if (found)
        return found;
    if (4 * (set->count + 1) > 3 * set->capacity)
        grow(keep, set);
    *slot_of(set, h, spec) = (struct spec_slot){h, spec};
    set->count++;
    return spec;
}
