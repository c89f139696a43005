/* Rooms give back what was tried on them, and who is full is known however it came to be. */
#include "engine/core/rooms.h"
#include "tests/unit/engine-core/worlds.h"

enum { NODES = 80, PODS = 40 }; /* more than are remembered (OPEN_MOST) */

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

static size_t first_by_looking(struct market *m, struct rooms *r, uint32_t shape, size_t from)
{
    for (size_t i = from; i < r->count; i++)
        if (!r->items[i].leaving && room_takes(m, &r->items[i], shape))
            return i;
    return SIZE_MAX;
}

/* One of the things that happen to rooms. */
static void happen(const struct town *t, struct market *m, struct rooms *r, struct rng *rng)
{
    uint32_t shape = m->shape_of_pod[rng_below(rng, PODS)];
    size_t at = rooms_next(m, r, shape, 0), what = rng_below(rng, 20);

    if (what == 0)
        rooms_undo(m, r, NODES, r->change_count ? rng_below(rng, r->change_count) : 0);
    else if (what == 1)
        rooms_add(m, r, &t->claims[rng_below(rng, NODES)], 0);
    else if (what < 5)
        rooms_set_leaving(m, r, rng_below(rng, NODES), rng_below(rng, 2));
    else if (at != SIZE_MAX)
        rooms_hold(m, r, at, shape);
}

static void the_next_room_is_the_one_that_looking_at_all_finds(void **state)
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
        for (int i = 0; i < 200; i++) {
            happen(&t, &m, &rooms, &r);
            uint32_t shape = m.shape_of_pod[rng_below(&r, PODS)];
            size_t from = rng_below(&r, 3) ? 0 : rng_below(&r, NODES);
            assert_int_equal(rooms_next(&m, &rooms, shape, from),
                             first_by_looking(&m, &rooms, shape, from));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_tried_on_rooms_is_taken_back_to_the_last_milli),
        cmocka_unit_test(nothing_is_placed_on_a_node_that_leaves_while_another_has_room),
        cmocka_unit_test(the_next_room_is_the_one_that_looking_at_all_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
