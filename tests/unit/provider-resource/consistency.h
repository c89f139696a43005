/* One turn of the consistency test: a random prior state and configuration of a table are planned,
 * planned again with everything known, and judged by Terraform's rules. */
#ifndef TESTS_CONSISTENCY_H
#define TESTS_CONSISTENCY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/cty/json.h"
#include "provider/cty/msgpack.h"
#include "provider/cty/path.h"
#include "provider/resource/resource.h"
#include "tests/unit/provider-resource/random_values.h"
#include "tests/unit/provider-resource/terraform_rules.h"

struct turn {
    struct arena arena;
    struct rng rng;
    uint64_t seed;
    const struct resource_type *type;
    struct cty_value prior, config, planned;
};

static inline struct str shown(struct turn *t, const struct cty_value *v,
                               const struct cty_type *type)
{
    struct buf out = buf_in(&t->arena);
    struct json_writer w = json_writer_to(&out);
    cty_to_json(&w, v, type);
    return buf_str(&out);
}

static inline void broken(struct turn *t, const char *when, const char *why)
{
    const struct model *m = &t->type->model;
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        const struct cty_value *p = cty_get(&t->prior, name), *c = cty_get(&t->config, name),
                               *w = cty_get(&t->planned, name);
        struct cty_type type = attr_type(&t->arena, &m->attrs[i]);
        print_message("%s%-12s prior " STR_FMT "  config%s " STR_FMT "  planned%s " STR_FMT "\n",
                      broken_attr(&m->attrs[i], p, c, w) ? "> " : "  ", m->attrs[i].name,
                      STR_ARG(shown(t, p, &type)), c->kind == CTY_UNKNOWN ? "?" : "",
                      STR_ARG(shown(t, c, &type)), w->kind == CTY_UNKNOWN ? "?" : "",
                      STR_ARG(shown(t, w, &type)));
    }
    fail_msg("seed %llu, %s, %s: %s", (unsigned long long)t->seed, t->type->name, when, why);
}

static inline struct call call_of(struct turn *t)
{
    return (struct call){.arena = &t->arena};
}

/* Through the wire and back: what is planned must be what Terraform can read. */
static inline void crosses_the_wire(struct turn *t, const struct cty_value *v)
{
    struct cty_type type = model_type(&t->arena, &t->type->model);
    struct cty_value again;
    if (!cty_conforms(v, &type))
        broken(t, "wire", "the value does not conform to the schema");
    struct error *e =
        cty_from_msgpack(&t->arena, cty_to_msgpack(&t->arena, v, &type), &type, &again);
    if (e || !cty_eq(v, &again))
        broken(t, "wire", "the value does not survive the wire");
}

static inline void replacements_name_attributes(struct turn *t, const struct plan_result *plan)
{
    for (size_t i = 0; i < plan->replace_count; i++) {
        struct cty_steps steps = cty_path_parse(&t->arena, plan->replace[i]);
        if (steps.count == 0 || !model_row(&t->type->model, steps.items[0].name))
            broken(t, "plan", "a replacement names no attribute");
    }
}

/* Where Terraform is told that a plan departs from the configuration, it looks at those attributes
 * no more. */
static inline struct cty_value forgiven(struct turn *t, const struct plan_result *plan)
{
    const struct model *m = &t->type->model;
    struct cty_value config =
        plan->departs ? without_null_elements(&t->arena, m, &t->config) : t->config;
    for (size_t i = 0; plan->departs && i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        if ((m->attrs[i].flags & FOLLOWS) || m->attrs[i].nesting == BLOCK_SET_COMPUTED ||
            str_eq(name, STR("timeouts")))
            config = cty_with(&t->arena, &config, name, *cty_get(&plan->planned, name));
        const struct cty_value *wrote = cty_get(&config, name);
        if (m->attrs[i].normal && wrote->kind == CTY_STRING &&
            str_eq(m->attrs[i].normal(&t->arena, wrote->string),
                   cty_get(&plan->planned, name)->string))
            config = cty_with(&t->arena, &config, name, *cty_get(&plan->planned, name));
    }
    return config;
}

/* Plans t->config; false when the resource refused it, which it may. */
static inline bool plans(struct turn *t, const char *when)
{
    const struct model *m = &t->type->model;
    struct call c = call_of(t);
    struct cty_value proposed = proposed_object(&t->arena, m, &t->prior, &t->config);
    struct plan_request request = {&t->prior, &proposed, &t->config};
    struct plan_result plan, again;

    if (resource_plan(&c, t->type, &request, &plan))
        return false;
    t->planned = plan.planned;
    struct cty_value config = forgiven(t, &plan);
    const char *why = broken_object(m, &t->prior, &config, &plan.planned);
    if (why)
        broken(t, when, why);
    crosses_the_wire(t, &plan.planned);
    replacements_name_attributes(t, &plan);
    c = call_of(t);
    struct error *e = resource_plan(&c, t->type, &request, &again);
    if (e || !cty_eq(&plan.planned, &again.planned))
        broken(t, when, "the same question has two answers");
    return true;
}

static inline void begin_turn(struct turn *t, const struct resource_type *type, uint64_t seed,
                              bool unknown_inside)
{
    *t = (struct turn){.type = type, .seed = seed, .rng = {seed}};
    struct random_values state = {&t->arena, &t->rng, false, false, false};
    struct random_values config = {&t->arena, &t->rng, true, true, unknown_inside};
    t->prior = rng_below(&t->rng, 3) ? random_object(&state, &type->model) : cty_null();
    t->config = random_object(&config, &type->model);
}

/* Members inside a collection that comes from configuration in part can turn out to mean what state
 * had; then its writing changes between the two plans.  random_values.h makes no such collections.
 */
static inline bool plans_twice(struct turn *t)
{
    struct random_values r = {&t->arena, &t->rng, true, true, true};
    if (!plans(t, "plan"))
        return false;
    struct cty_value first = t->planned;
    t->config = random_resolved(&r, &t->type->model, &t->config);
    if (!plans(t, "plan at apply"))
        return false;
    const char *why = broken_promise(&first, &t->planned);
    if (why) {
        t->config = first; /* for the report */
        broken(t, "plan at apply (config shows the first plan)", why);
    }
    return true;
}

/* TENON_SEED repeats one turn. */
static inline uint64_t number_from(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    int64_t n;
    return text && str_to_int64(str_of(text), &n) ? (uint64_t)n : otherwise;
}

#endif
