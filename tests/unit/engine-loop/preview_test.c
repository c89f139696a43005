/* What preview says is what happens: on random small worlds in which something changes, the engine
 * then takes every step that was foretold from the world of its first decision, and no other. */
#include <stdlib.h>

#include "engine/base/rng.h"
#include "engine/worlds/kept.h"
#include "engine/worlds/preview.h"
#include "tests/unit/engine-loop/scene.h"
#include "tests/unit/more.h"

enum { WORLDS = 40, STEPS_MOST = 64 };

/* ---- stories ---- */

struct tale {
    struct scene *scene;
    struct rng rng;
    int generation;
};

static void put_pool(struct tale *t, const char *flavour)
{
    struct arena *a = &t->scene->arena;
    struct rng *r = &t->rng;
    struct str text = arena_printf(
        a,
        "{'name':'default','node_class':'default','labels':{'flavour':'%s'},"
        "'ttl_seconds_after_empty':%d%s%s}",
        flavour, 30 + (int)rng_below(r, 120), rng_below(r, 4) ? "" : ",'limits':{'cpu':'6'}",
        rng_below(r, 3) ? ""
                        : ",'requirements':[{'key':'karpenter.sh/capacity-type','operator':'In',"
                          "'values':['on-demand']}]");

    scene_put(t->scene, "pool", "default", "u1", ++t->generation, false, text.ptr);
}

static void something_changes(struct tale *t)
{
    switch (rng_below(&t->rng, 4)) {
    case 0:
    case 1:
        scene_set_pods(t->scene, (size_t)rng_below(&t->rng, 13));
        break;
    case 2:
        put_pool(t, "new");
        break;
    case 3:
        scene_put(t->scene, "class", "default", "c1", 2, false,
                  "{'name':'default','instance_profile':'node','tags':{'a':'b'}}");
        break;
    }
}

static void begin(struct tale *t, uint64_t seed)
{
    *t = (struct tale){.rng = {seed}};
    t->scene = scene_new((size_t)rng_below(&t->rng, 10));
    t->scene->pod_milli = 200 + 100 * (int64_t)rng_below(&t->rng, 16);
    scene_put_class(t->scene);
    put_pool(t, "old");
    scene_apply(t->scene, "pool/default");
    scene_run(t->scene, 10 * MINUTE);
}

/* ---- what was foretold, and what happened ---- */

struct steps {
    struct str text[STEPS_MOST];
    size_t count;
};

static void add_step(struct steps *s, struct str text)
{
    assert_true(s->count < STEPS_MOST);
    s->text[s->count++] = text;
}

static struct str launch_text(struct arena *a, enum reason why, struct str pool, struct str type,
                              struct str zone, enum capacity_type capacity, size_t pods)
{
    return arena_printf(a, "launch %s " STR_FMT " " STR_FMT " " STR_FMT " %s for %zu",
                        reason_row(why)->code, STR_ARG(pool), STR_ARG(type), STR_ARG(zone),
                        capacity == CAPACITY_SPOT ? "spot" : "on-demand", pods);
}

/* A node that is only imagined has no name yet. */
static struct str leave_text(struct arena *a, enum reason why, struct str type, struct str zone)
{
    return arena_printf(a, "leave %s " STR_FMT " " STR_FMT, reason_row(why)->code, STR_ARG(type),
                        STR_ARG(zone));
}

static void foretold(struct arena *a, const struct preview *p, struct steps *out)
{
    for (size_t i = 0; i < p->coming_count; i++) {
        const struct coming *c = &p->coming[i];
        add_step(out, c->kind == ACTION_LAUNCH
                          ? launch_text(a, c->reason, c->pool, c->instance_type, c->zone,
                                        c->capacity_type, c->pod_count)
                          : leave_text(a, c->reason, c->instance_type, c->zone));
    }
}

static void happened(struct arena *a, const struct decision *d, struct steps *out)
{
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *x = &d->actions[i];
        if (x->kind == ACTION_LAUNCH)
            add_step(out, launch_text(a, x->reason, x->pool->name, x->options[0].type->name,
                                      x->options[0].offering->zone,
                                      x->options[0].offering->capacity_type, x->pod_count));
        else if (x->kind == ACTION_CORDON)
            add_step(out, leave_text(a, x->reason, x->claim->instance_type, x->claim->zone));
    }
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Which of two that are due in the same minute comes first is told by how long each boots. */
static bool same_steps(struct steps *x, struct steps *y)
{
    if (x->count != y->count)
        return false;
    qsort(x->text, x->count, sizeof(*x->text), by_text);
    qsort(y->text, y->count, sizeof(*y->text), by_text);
    for (size_t i = 0; i < x->count; i++)
        if (!str_eq(x->text[i], y->text[i]))
            return false;
    return true;
}

static void show(const char *whose, const struct steps *s)
{
    for (size_t i = 0; i < s->count; i++)
        print_message("%s: " STR_FMT "\n", whose, STR_ARG(s->text[i]));
}

/* The first decision that did something is where the preview begins. */
static bool follow(struct tale *t, size_t from, struct steps *said, struct steps *done,
                   struct preview *p)
{
    struct arena *a = &t->scene->arena;
    bool acted = false;
    struct str text;

    for (size_t i = from; (text = sim_record_at(t->scene->sim, STR("world"), i)).ptr; i++) {
        struct kept *k = ARENA_NEW(a, struct kept);
        assert_null(kept_read(a, text, k));
        if (!acted) {
            preview_make(a, &k->world, false, p);
            foretold(a, p, said);
            assert_true(preview_acts(p));
            struct preview plan;
            preview_make(a, &k->world, true, &plan);
            assert_int_equal(preview_cost(&k->world), plan.after_microusd_per_hour);
            assert_true(
                str_eq(kept_write(a, &k->world, &p->now), kept_write(a, &k->world, &k->decision)));
        }
        acted = true;
        happened(a, &k->decision, done);
    }
    return acted;
}

static void compare(struct tale *t, const struct preview *p, struct steps *said, struct steps *done,
                    uint64_t seed)
{
    struct kept last;
    struct str text = sim_record(t->scene->sim, STR("world"), STR("last"));

    if (!same_steps(said, done)) {
        show("foretold", said);
        show("happened", done);
        fail_msg("seed %llu: something else happened than was foretold", (unsigned long long)seed);
    }
    assert_null(kept_read(&t->scene->arena, text, &last));
    assert_true(p->at_rest);
    assert_int_equal(p->kept + p->launched, last.world.claim_count);
    assert_int_equal(p->end.world.claim_count, last.world.claim_count);
    int64_t cost = 0;
    for (size_t i = 0; i < last.world.claim_count; i++)
        cost += last.world.claims[i].price_microusd_per_hour;
    assert_int_equal(p->after_microusd_per_hour, cost);
}

static void what_preview_says_of_a_world_is_what_happens_in_it(void **state)
{
    uint64_t told = 0, worlds = worlds_asked(WORLDS);

    (void)state;
    for (uint64_t seed = 1; seed <= worlds; seed++) {
        struct tale t;
        struct steps said = {0}, done = {0};
        struct preview p;
        begin(&t, seed);
        size_t before = sim_record_count(t.scene->sim, STR("world"));
        something_changes(&t);
        scene_run(t.scene, 30 * MINUTE);
        if (follow(&t, before, &said, &done, &p)) {
            compare(&t, &p, &said, &done, seed);
            told++;
        }
        scene_free(t.scene);
    }
    print_message("%llu of %llu worlds had something to tell\n", (unsigned long long)told,
                  (unsigned long long)worlds);
    assert_true(told > worlds / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_preview_says_of_a_world_is_what_happens_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
