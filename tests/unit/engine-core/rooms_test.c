/* Rooms give back what was tried on them. */
#include "engine/core/rooms.h"
#include "tests/unit/engine-core/worlds.h"

enum { NODES = 12, PODS = 40 };

static void random_town(struct town *t, struct arena *a, struct rng *r)
{
    town_init(t, a);
    town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    town_type(t, "c5.xlarge", 3920, 7000, 170000, 60000, 2);
    struct pool *pool = town_pool(t, "default");
    for (int i = 0; i < NODES; i++)
        town_claim(t, arena_printf(a, "c%02d", i).ptr, pool, &t->types[rng_below(r, 2)]);
    for (int i = 0; i < PODS; i++)
        town_pod(t, arena_printf(a, "p%02d", i).ptr, 100 + 100 * (int64_t)rng_below(r, 15), 256);
    town_bind(t);
}

static struct seeker *seekers_of(const struct town *t, const struct market *m)
{
    struct seeker *s = ARENA_ARRAY(t->arena, struct seeker, PODS);

    for (size_t i = 0; i < PODS; i++)
        s[i] = (struct seeker){.pod = &t->pods[i], .shape = m->shape_of_pod[i]};
    return s;
}

static size_t settled(const struct seeker *s)
{
    size_t n = 0;

    for (size_t i = 0; i < PODS; i++)
        n += s[i].room != NULL;
    return n;
}

static struct room *copy(const struct town *t, const struct rooms *r)
{
    struct room *out = ARENA_ARRAY(t->arena, struct room, r->count);

    memcpy(out, r->items, r->count * sizeof(*out));
    return out;
}

static void assert_as_before(const struct rooms *r, const struct room *before)
{
    assert_int_equal(r->count, NODES);
    for (size_t i = 0; i < NODES; i++) {
        assert_memory_equal(&r->items[i].rest, &before[i].rest, sizeof(before[i].rest));
        assert_int_equal(r->items[i].guests, before[i].guests);
        assert_int_equal(r->items[i].leaving, before[i].leaving);
    }
}

static void what_was_tried_on_rooms_is_taken_back_to_the_last_milli(void **state)
{
    (void)state;

    for (uint64_t seed = 1; seed <= 50; seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct market m;
        struct rooms rooms;
        struct rng r = {seed};
        random_town(&t, &a, &r);
        market_open(&a, &t.world, &m);
        rooms_make(&m, &rooms);
        const struct room *fresh = copy(&t, &rooms);
        rooms_set_leaving(&m, &rooms, rng_below(&r, NODES), true);
        struct seeker *outer = seekers_of(&t, &m), *inner = seekers_of(&t, &m);
        rooms_seek(&m, &rooms, outer, PODS / 2, SEEK_LASTING);
        assert_true(settled(outer) > 0);
        size_t changes = rooms.change_count;
        const struct room *kept = copy(&t, &rooms); /* a trial within the trial */
        rooms_seek(&m, &rooms, inner, PODS, SEEK_LASTING);
        rooms_seek(&m, &rooms, inner, PODS, SEEK_LEAVING);
        rooms_add(&m, &rooms, &t.claims[0], 0);
        rooms_set_leaving(&m, &rooms, rng_below(&r, NODES), true);
        rooms_undo(&m, &rooms, NODES, changes);
        assert_as_before(&rooms, kept);
        rooms_undo(&m, &rooms, NODES, 0);
        assert_as_before(&rooms, fresh);
    }
}

static void nothing_is_placed_on_a_node_that_leaves_while_another_has_room(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct market m;
    struct rooms rooms;
    struct rng r = {1};

    random_town(&t, &a, &r);
    market_open(&a, &t.world, &m);
    rooms_make(&m, &rooms);
    for (size_t i = 0; i < NODES - 1; i++)
        rooms_set_leaving(&m, &rooms, i, true);
    struct seeker *s = seekers_of(&t, &m);
    rooms_seek(&m, &rooms, s, PODS, SEEK_LASTING);
    for (size_t i = 0; i < PODS; i++)
        assert_true(!s[i].room || s[i].room == &rooms.items[NODES - 1]);
    rooms_seek(&m, &rooms, s, PODS, SEEK_DUE); /* none is due */
    size_t before = settled(s);
    rooms_seek(&m, &rooms, s, PODS, SEEK_LEAVING);
    assert_true(settled(s) > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_tried_on_rooms_is_taken_back_to_the_last_milli),
        cmocka_unit_test(nothing_is_placed_on_a_node_that_leaves_while_another_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
