/* A resource with every kind of attribute, over a remote side that is one value in memory. */
#ifndef TESTS_MADE_UP_H
#define TESTS_MADE_UP_H

#include "provider/resource/call.h"
#include "provider/resource/resource.h"

/* clang-format off */
struct thing_part  { struct tf_string key, mode, serial; struct tf_int tries; struct tf_strings words; struct tf_map sizes; };
struct thing_inner { struct tf_string size; struct tf_bool on; };
struct thing {
    struct tf_string id, arn, name, name_prefix, policy, wait, colour, shadow, old, secret;
    struct tf_int size, count, generation;
    struct tf_number ratio;
    struct tf_bool flag, deep;
    struct tf_strings list, set, waits, names;
    struct tf_map tags, tags_all, limits;
    struct tf_blocks parts, part_set, single, block, block_set, rules, one, timeouts;
};

static const struct attr part_rows[] = {
    ATTR(thing_part, key,    REQUIRED),
    ATTR(thing_part, mode,   OPTIONAL, .dflt = "a"),
    ATTR(thing_part, serial, COMPUTED),
    ATTR(thing_part, tries,  OPTIONAL | EMPTY_OK | FOLLOWS),
    ATTR(thing_part, words,  OPTIONAL | UNORDERED),
    ATTR(thing_part, sizes,  OPTIONAL, .equal = equal_ignoring_case),
};
static const struct model part_model = MODEL(thing_part, part_rows);

static const struct attr inner_rows[] = {
    ATTR(thing_inner, size, OPTIONAL, .equal = equal_duration),
    ATTR(thing_inner, on,   OPTIONAL, .dflt = "true"),
};
static const struct model inner_model = MODEL(thing_inner, inner_rows);

static const struct attr thing_rows[] = {
    ATTR(thing, id,          COMPUTED),
    ATTR(thing, arn,         COMPUTED),
    ATTR(thing, name,        OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 8, .pattern = "[a-z]+", .pattern_says = "lower-case letters", .conflicts = "name_prefix"),
    ATTR(thing, name_prefix, OPTIONAL | COMPUTED | FORCE_NEW, .conflicts = "name"),
    ATTR(thing, policy,      OPTIONAL | COMPUTED, .equal = equal_json, .check = check_json),
    ATTR(thing, wait,        OPTIONAL, .dflt = "1h", .equal = equal_duration, .check = check_duration),
    ATTR(thing, colour,      OPTIONAL, .one_of = VALUES("red", "green"), .exactly_one_of = "size"),
    ATTR(thing, shadow,      OPTIONAL | COMPUTED | FOLLOWS),
    ATTR(thing, old,         OPTIONAL, .deprecated = "Use colour."),
    ATTR(thing, secret,      OPTIONAL | SENSITIVE, .max = 3),
    ATTR(thing, size,        OPTIONAL, .max = 900),
    ATTR(thing, count,       OPTIONAL | FORCE_NEW, .dflt = "1", .min = 1, .max = 10),
    ATTR(thing, generation,  COMPUTED | VOLATILE),
    ATTR(thing, ratio,       OPTIONAL),
    ATTR(thing, flag,        OPTIONAL, .dflt = "false"),
    ATTR(thing, deep,        OPTIONAL | COMPUTED),
    ATTR(thing, list,        OPTIONAL, .max = 4),
    ATTR(thing, set,         OPTIONAL | COMPUTED | SET),
    ATTR(thing, waits,       OPTIONAL | UNORDERED, .equal = equal_duration),
    ATTR(thing, names,       OPTIONAL | FORCE_NEW),
    ATTR(thing, tags,        OPTIONAL),
    ATTR(thing, tags_all,    OPTIONAL | COMPUTED),
    ATTR(thing, limits,      OPTIONAL, .equal = equal_ignoring_case),
    ATTR(thing, parts,       OPTIONAL | UNORDERED, .nesting = NESTED_LIST, .nested = &part_model),
    ATTR(thing, part_set,    OPTIONAL, .nesting = NESTED_SET, .nested = &inner_model),
    ATTR(thing, single,      OPTIONAL, .nesting = NESTED_SINGLE, .nested = &part_model),
    ATTR(thing, block,       OPTIONAL, .max = 3, .nesting = BLOCK_LIST, .nested = &part_model),
    ATTR(thing, block_set,   OPTIONAL, .nesting = BLOCK_SET, .nested = &inner_model),
    ATTR(thing, rules,       OPTIONAL | COMPUTED, .nesting = BLOCK_SET_COMPUTED, .nested = &inner_model),
    ATTR(thing, one,         OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &inner_model),
    ATTR(thing, timeouts,    OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_cud),
};
/* clang-format on */

/* What the remote side holds, and the step of a change at which it fails (0: never). */
struct remote {
    struct arena arena;
    bool exists;
    struct thing thing;
    int fails_at, step;
    bool unreachable;
};
static struct remote remote;

static inline struct error *remote_step(struct call *c)
{
    if (++remote.step != remote.fails_at)
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE, "step %d failed", remote.step);
}

static inline void number_parts(struct call *c, struct tf_blocks *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        struct thing_part *part = TF_BLOCK(*parts, struct thing_part, i);
        if (!TF_IS_KNOWN(part->serial))
            part->serial = tf_string_of(arena_printf(c->arena, "s%zu", i));
        if (!TF_IS_KNOWN(part->tries))
            part->tries = tf_int_of(0);
    }
}

static inline void fill_in(struct call *c, struct thing *t)
{
    if (!TF_IS_KNOWN(t->arn))
        t->arn = tf_string_of(STR("arn:thing"));
    if (TF_IS_UNKNOWN(t->name))
        t->name = tf_string_of(STR("made"));
    if (TF_IS_UNKNOWN(t->policy))
        t->policy = tf_string_of(STR("{\"remote\":true}"));
    if (!TF_IS_KNOWN(t->shadow))
        t->shadow = tf_string_of(STR("came of it"));
    if (TF_IS_UNKNOWN(t->generation))
        t->generation = tf_int_of(7);
    number_parts(c, &t->parts);
    number_parts(c, &t->single);
    number_parts(c, &t->block);
}

static inline struct error *thing_create(struct call *c, void *model)
{
    struct thing *t = model;
    TRY(remote_step(c));
    t->id = TF_IS_KNOWN(t->name) ? t->name : tf_string_of(STR("made"));
    TRY(remote_step(c));
    fill_in(c, t);
    return remote_step(c);
}

static inline struct error *thing_read(struct call *c, void *model)
{
    struct thing *t = model;
    if (remote.unreachable)
        return error_new(c->arena, ERROR_UNREACHABLE, "nobody answers");
    if (!remote.exists)
        return error_new(c->arena, ERROR_NOT_FOUND, "gone");
    t->wait = remote.thing.wait;
    t->size = remote.thing.size;
    t->policy = remote.thing.policy;
    return NULL;
}

static inline struct error *thing_update(struct call *c, const void *prior, void *model)
{
    struct thing *t = model;
    (void)prior;
    TRY(remote_step(c));
    call_applied(c, "size");
    remote.thing.size = t->size;
    TRY(remote_step(c));
    fill_in(c, t);
    return remote_step(c);
}

static inline struct error *thing_destroy(struct call *c, const void *prior)
{
    (void)prior;
    return remote.exists ? remote_step(c) : error_new(c->arena, ERROR_NOT_FOUND, "gone");
}

static inline struct error *thing_validate(struct call *c, const void *model)
{
    const struct thing *t = model;
    if (TF_IS_KNOWN(t->size) && t->size.v == 13)
        return error_at(error_new(c->arena, ERROR_INVALID, "size is 13"), STR("size"));
    return NULL;
}

static inline struct error *thing_plan(struct call *c, const void *prior, const void *config,
                                       void *planned)
{
    const struct thing *was = prior, *wrote = config;
    struct thing *t = planned;
    (void)c;
    if (!was && TF_IS_NULL(wrote->shadow))
        t->shadow = wrote->shadow;
    if (!was && TF_IS_KNOWN(t->name))
        t->id = t->name; /* known before it exists */
    return NULL;
}

static const struct resource_type thing_type = {
    .name = "made_up_thing",
    .schema_version = 2,
    .model = MODEL(thing, thing_rows),
    .timeouts = {.create_ms = 600000},
    .validate = thing_validate,
    .plan = thing_plan,
    .create = thing_create,
    .read = thing_read,
    .update = thing_update,
    .destroy = thing_destroy,
};

#endif
