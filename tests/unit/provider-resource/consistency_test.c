#include "tests/unit/more.h"
#include "tests/unit/provider-resource/consistency.h"
#include "tests/unit/provider-resource/made_up.h"

/* What was planned, with what FOLLOWS as it came out, and "" where the resource stores that for
 * nothing. */
static struct cty_value promised(struct turn *t, const struct model *m,
                                 const struct cty_value *planned, const struct cty_value *state)
{
    if (planned->kind != CTY_OBJECT || state->kind != CTY_OBJECT)
        return *planned;
    struct cty_value out = *planned;
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        struct str name = str_of(row->name);
        const struct cty_value *will = cty_get(planned, name), *is = cty_get(state, name);
        struct cty_value v = row->flags & FOLLOWS ? *is : *will;
        if (attr_is_single(row))
            v = promised(t, row->nested, will, is);
        if (row->kind == ATTR_BLOCKS && will->kind == CTY_LIST && is->kind == CTY_LIST) {
            v = cty_collection(&t->arena, CTY_LIST, will->count);
            for (size_t j = 0; j < v.count; j++)
                v.items[j] = j < is->count
                                 ? promised(t, row->nested, &will->items[j], &is->items[j])
                                 : will->items[j];
        }
        out = cty_with(&t->arena, &out, name, v);
    }
    return out;
}

/* After an apply the object is whole: it is of the schema, known, and as planned.  Only what
 * Terraform is told of may be otherwise. */
static void judge_applied(struct turn *t, const struct cty_value *state)
{
    bool forgiven = resource_departs(t->type, &t->planned, state);
    struct cty_value expected =
        forgiven ? promised(t, &t->type->model, &t->planned, state) : t->planned;
    if (forgiven)
        expected = store_empties(&t->arena, &t->type->model, &expected);
    const char *why = broken_promise(&expected, state);
    crosses_the_wire(t, state);
    if (!cty_is_wholly_known(state))
        broken(t, "apply", "something is unknown after it");
    if (why)
        broken(t, "apply", why);
}

/* The same configuration over what was applied is an empty plan. */
static void judge_settled(struct turn *t, const struct cty_value *state)
{
    t->prior = *state;
    if (plans(t, "plan after apply") && !cty_eq(&t->prior, &t->planned))
        broken(t, "plan after apply", "it is not empty");
}

/* A failure at some step: what is stored must be whole all the same, and never lose the id. */
static void judge_failure(struct turn *t, int step)
{
    struct call c = call_of(t);
    struct cty_value state;
    remote = (struct remote){.fails_at = step, .exists = t->prior.kind != CTY_NULL};
    struct error *e = resource_apply(&c, &thing_type, &t->prior, &t->planned, &state);
    if (!e)
        broken(t, "apply", "a failed step was passed over");
    bool existed = t->prior.kind != CTY_NULL || step > 1;
    if ((state.kind != CTY_NULL) != existed && t->prior.kind == CTY_NULL)
        broken(t, "failed apply", "state does not say whether the object exists");
    crosses_the_wire(t, &state);
    if (!cty_is_wholly_known(&state))
        broken(t, "failed apply", "something is unknown after it");
}

static void one_turn(uint64_t seed)
{
    struct turn t;
    struct cty_value state;
    begin_turn(&t, &thing_type, seed, true);
    if (plans_twice(&t)) {
        struct call c = call_of(&t);
        judge_failure(&t, 1 + (int)rng_below(&t.rng, 3));
        remote = (struct remote){0};
        struct error *e = resource_apply(&c, &thing_type, &t.prior, &t.planned, &state);
        if (e)
            broken(&t, "apply", "it failed");
        judge_applied(&t, &state);
        judge_settled(&t, &state);
    }
    arena_free(&t.arena);
}

static void every_plan_and_apply_keeps_terraforms_rules(void **state)
{
    uint64_t turns = worlds_asked(800), first = number_from("TENON_SEED", 1);
    (void)state;
    if (getenv("TENON_SEED"))
        turns = 1;
    for (uint64_t i = 0; i < turns; i++)
        one_turn(first + i);
}

/* The oracle itself must be able to say no. */
static void the_rules_refuse_what_terraform_refuses(void **state)
{
    ARENA_AUTO a = {0};
    const struct model *m = &inner_model;
    struct cty_value config = cty_collection(&a, CTY_OBJECT, 2), none = cty_null();
    struct cty_value planned;
    (void)state;
    config.keys[0] = STR("size");
    config.keys[1] = STR("on");
    config.items[0] = cty_string(STR("1h"));
    planned = cty_with(&a, &config, STR("on"), cty_bool(true));
    assert_null(broken_object(m, &none, &config, &planned));
    planned = cty_with(&a, &config, STR("size"), cty_string(STR("60m")));
    assert_non_null(broken_object(m, &none, &config, &planned));
    assert_null(broken_object(m, &planned, &config, &planned));
    planned = cty_with(&a, &config, STR("size"), cty_unknown());
    assert_non_null(broken_object(m, &none, &config, &planned));
    struct cty_value silent = cty_with(&a, &config, STR("size"), cty_null());
    assert_non_null(broken_object(m, &none, &silent, &config));
    assert_non_null(broken_promise(&config, &silent));
    assert_null(broken_promise(&planned, &config));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_refuse_what_terraform_refuses),
        cmocka_unit_test(every_plan_and_apply_keeps_terraforms_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
