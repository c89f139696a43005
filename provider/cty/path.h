#ifndef PROVIDER_CTY_PATH_H
#define PROVIDER_CTY_PATH_H

#include "engine/base/arena.h"

/* Where in a value one stands.  Walkers keep a chain of frames on the C stack; errors carry its
 * text, "requirements[1].values[0]" or "limits[\"cpu\"]". */
enum cty_step_kind { CTY_STEP_ATTRIBUTE, CTY_STEP_INDEX, CTY_STEP_KEY };

struct cty_path {
    const struct cty_path *outer; /* NULL: the whole */
    enum cty_step_kind kind;
    struct str name; /* attribute or key */
    int64_t index;
    bool in_set; /* an element of a set has no address: the path ends at the set */
};

static inline struct cty_path cty_path_attribute(const struct cty_path *outer, struct str name)
{
    return (struct cty_path){.outer = outer, .kind = CTY_STEP_ATTRIBUTE, .name = name};
}
static inline struct cty_path cty_path_index(const struct cty_path *outer, size_t index)
{
    return (struct cty_path){.outer = outer, .kind = CTY_STEP_INDEX, .index = (int64_t)index};
}
static inline struct cty_path cty_path_key(const struct cty_path *outer, struct str key)
{
    return (struct cty_path){.outer = outer, .kind = CTY_STEP_KEY, .name = key};
}
static inline struct cty_path cty_path_set_element(const struct cty_path *outer)
{
    return (struct cty_path){.outer = outer, .kind = CTY_STEP_INDEX, .in_set = true};
}

struct str cty_path_text(struct arena *a, const struct cty_path *p);

struct cty_step {
    enum cty_step_kind kind;
    struct str name;
    int64_t index;
};
struct cty_steps {
    struct cty_step *items;
    size_t count, capacity;
};
/* The steps of a path's text.  Text that is no path gives the steps before the fault. */
struct cty_steps cty_path_parse(struct arena *a, struct str text);

#endif
