/* A world that was kept is the world it was: member by member, and in what is decided from it. */
#include "engine/worlds/kept.h"
#include "engine/worlds/rows.h"
#include "tests/unit/engine-core/random_worlds.h"
#include "tests/unit/more.h"

/* ---- worlds with something in every member ---- */

struct filler {
    struct arena *arena;
    struct rng rng;
    struct kept *kept;
    const struct catalog *catalog; /* the last that was made */
    const void *made[TABLE_COUNT]; /* the last shared thing of each table */
};

static void fill_item(struct filler *f, enum table_name of, void *item);

static int64_t any_number(struct filler *f)
{
    static const int64_t odd[] = {0, 1, -1, NEVER_MS, INT64_MIN, 1700000000123};
    uint64_t n = rng_next(&f->rng);

    return n % 4 ? (int64_t)(n >> 20) : odd[n / 4 % 6];
}

static struct str any_text(struct filler *f)
{
    uint64_t n = rng_below(&f->rng, 40);

    if (n < 2)
        return n ? STR("") : (struct str){0};
    return arena_printf(f->arena, "%s-%llu\n", n % 2 ? "a/longer-text" : ".",
                        (unsigned long long)n * n);
}

static void *fill_items(struct filler *f, enum table_name of, size_t count)
{
    char *items = arena_array(f->arena, count, tables[of].size);

    for (size_t i = 0; i < count; i++)
        fill_item(f, of, items + i * tables[of].size);
    return items;
}

static const void *any_place(struct filler *f, enum table_name of)
{
    const struct world *w = &f->kept->world;

    if (rng_below(&f->rng, 4) == 0)
        return NULL;
    if (of == TABLE_POD)
        return &w->pods[rng_below(&f->rng, w->pod_count)];
    if (of == TABLE_CLAIM)
        return &w->claims[rng_below(&f->rng, w->claim_count)];
    return &w->pools[rng_below(&f->rng, w->pool_count)];
}

static const void *any_shared(struct filler *f, enum table_name of)
{
    if (of != TABLE_NAMES && rng_below(&f->rng, 3) == 0)
        return f->made[of];
    f->made[of] = fill_items(f, of, 1);
    if (of == TABLE_CATALOG)
        f->catalog = f->made[of];
    return f->made[of];
}

/* Of a catalog, or of a type that no pool has any more. */
static void fill_option(struct filler *f, struct launch_option *o)
{
    const struct catalog *c = f->catalog;

    o->type = c && rng_below(&f->rng, 3) ? &c->types[rng_below(&f->rng, c->count)]
                                         : fill_items(f, TABLE_INSTANCE_TYPE, 1);
    o->offering = &o->type->offerings[rng_below(&f->rng, o->type->offering_count)];
}

static void fill_list(struct filler *f, const struct row *r, char *item)
{
    size_t count = 1 + rng_below(&f->rng, 4);
    void *items = fill_items(f, r->table, count);

    memcpy(item + r->offset, &items, sizeof(items));
    memcpy(item + r->count, &count, sizeof(count));
}

static void fill_member(struct filler *f, const struct row *r, char *item)
{
    char *at = item + r->offset;
    const void *to = NULL;

    switch (r->kind) {
    case ROW_TEXT:
        *(struct str *)at = any_text(f);
        break;
    case ROW_INT:
        *(int64_t *)at = any_number(f);
        break;
    case ROW_BOOL:
        *(bool *)at = rng_below(&f->rng, 2);
        break;
    case ROW_ENUM:
        *(int *)at = (int)rng_below(&f->rng, (uint64_t)r->most + 1);
        break;
    case ROW_AMOUNTS:
        for (size_t i = 0; i < RESOURCES_MAX; i++)
            ((struct resources *)at)->amount[i] = any_number(f);
        break;
    case ROW_NAMES:
        *(struct resource_table *)at = resource_table_new();
        resource_table_add((struct resource_table *)at, STR("nvidia.com/gpu"));
        break;
    case ROW_PART:
        fill_item(f, r->table, at);
        break;
    case ROW_LIST:
    case ROW_SERIES:
        fill_list(f, r, item);
        break;
    case ROW_BY_POOL:
        to = fill_items(f, r->table, f->kept->world.pool_count);
        break;
    case ROW_SHARED:
        to = any_shared(f, r->table);
        break;
    case ROW_OPTION:
        fill_option(f, (struct launch_option *)at);
        break;
    case ROW_PLACE:
        to = any_place(f, r->table);
        break;
    case ROW_LEFT_OUT:
        break;
    }
    if (r->kind == ROW_BY_POOL || r->kind == ROW_SHARED || r->kind == ROW_PLACE)
        memcpy(at, &to, sizeof(to));
}

static void fill_item(struct filler *f, enum table_name of, void *item)
{
    for (size_t i = 0; i < tables[of].count; i++)
        fill_member(f, &tables[of].rows[i], item);
}

static void fill(struct kept *k, struct arena *a, uint64_t seed)
{
    struct filler f = {.arena = a, .rng = {seed}, .kept = k};

    *k = (struct kept){.decided = true};
    fill_item(&f, TABLE_WORLD, &k->world);
    fill_item(&f, TABLE_DECISION, &k->decision);
}

/* ---- comparing ---- */

struct pair {
    const struct kept *x, *y;
};

static bool same_item(const struct pair *p, enum table_name of, const void *x, const void *y);

static bool same_items(const struct pair *p, enum table_name of, const void *x, const void *y,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!same_item(p, of, (const char *)x + i * tables[of].size,
                       (const char *)y + i * tables[of].size))
            return false;
    return true;
}

static bool same_place(const struct pair *p, enum table_name of, const void *x, const void *y)
{
    if (!x || !y)
        return x == y;
    if (of == TABLE_POD)
        return (const struct pod *)x - p->x->world.pods == (const struct pod *)y - p->y->world.pods;
    if (of == TABLE_CLAIM)
        return (const struct claim *)x - p->x->world.claims ==
               (const struct claim *)y - p->y->world.claims;
    return (const struct pool *)x - p->x->world.pools == (const struct pool *)y - p->y->world.pools;
}

static bool same_option(const struct pair *p, const struct launch_option *x,
                        const struct launch_option *y)
{
    return x->offering - x->type->offerings == y->offering - y->type->offerings &&
           same_item(p, TABLE_INSTANCE_TYPE, x->type, y->type);
}

static bool same_names(const struct resource_table *x, const struct resource_table *y)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->count != y->count || !str_eq(x->name[i], y->name[i]))
            return false;
    return true;
}

static const void *pointer_at(const char *at)
{
    const void *to;

    memcpy(&to, at, sizeof(to));
    return to;
}

static bool same_pointer(const struct pair *p, const struct row *r, const char *x, const char *y)
{
    const void *a = pointer_at(x + r->offset), *b = pointer_at(y + r->offset);
    size_t count, other;

    if (r->kind == ROW_PLACE)
        return same_place(p, r->table, a, b);
    if (r->kind == ROW_SHARED)
        return !a == !b && (!a || same_item(p, r->table, a, b));
    if (r->kind == ROW_BY_POOL)
        return same_items(p, r->table, a, b, p->x->world.pool_count);
    memcpy(&count, x + r->count, sizeof(count));
    memcpy(&other, y + r->count, sizeof(other));
    return count == other && same_items(p, r->table, a, b, count);
}

static bool same_member(const struct pair *p, const struct row *r, const char *x, const char *y)
{
    const char *a = x + r->offset, *b = y + r->offset;

    switch (r->kind) {
    case ROW_TEXT:
        return !((const struct str *)a)->ptr == !((const struct str *)b)->ptr &&
               str_eq(*(const struct str *)a, *(const struct str *)b);
    case ROW_INT:
    case ROW_BOOL:
    case ROW_ENUM:
    case ROW_AMOUNTS:
        return memcmp(a, b, r->size) == 0;
    case ROW_NAMES:
        return same_names((const void *)a, (const void *)b);
    case ROW_PART:
        return same_item(p, r->table, a, b);
    case ROW_OPTION:
        return same_option(p, (const void *)a, (const void *)b);
    case ROW_LIST:
    case ROW_SERIES:
    case ROW_BY_POOL:
    case ROW_SHARED:
    case ROW_PLACE:
        return same_pointer(p, r, x, y);
    case ROW_LEFT_OUT:
        return true;
    }
    return false;
}

static bool same_item(const struct pair *p, enum table_name of, const void *x, const void *y)
{
    for (size_t i = 0; i < tables[of].count; i++)
        if (!same_member(p, &tables[of].rows[i], x, y)) {
            print_message("%s.%s differs\n", tables[of].name, tables[of].rows[i].name);
            return false;
        }
    return true;
}

/* ---- what holds ---- */

static void every_member_of_a_world_and_of_its_decision_comes_back(void **state)
{
    (void)state;

    for (uint64_t seed = 1; seed <= 100; seed++) {
        ARENA_AUTO a = {0};
        struct kept was, is;
        fill(&was, &a, seed);
        struct str text = kept_write(&a, &was.world, &was.decision);
        assert_null(kept_read(&a, text, &is));
        const struct pair pair = {&was, &is};
        assert_true(is.decided);
        if (!same_item(&pair, TABLE_WORLD, &was.world, &is.world) ||
            !same_item(&pair, TABLE_DECISION, &was.decision, &is.decision))
            fail_msg("seed %llu", (unsigned long long)seed);
        assert_true(str_eq(text, kept_write(&a, &is.world, &is.decision)));
    }
}

static void what_was_kept_is_decided_as_it_was(void **state)
{
    (void)state;

    for (uint64_t seed = 1; seed <= worlds_asked(15); seed++) {
        ARENA_AUTO a = {0};
        struct town town;
        struct kept kept;
        struct decision again;
        random_town(&town, &a, seed, WITH_ALL, seed % 4 == 0);
        struct decision d = town_decide(&town);
        struct str text = kept_write(&a, &town.world, &d);
        assert_null(kept_read(&a, text, &kept));
        decide(&a, &kept.world, &again);
        if (!str_eq(text, kept_write(&a, &kept.world, &again)))
            fail_msg("seed %llu: the kept world is decided otherwise", (unsigned long long)seed);
    }
}

static void pods_lie_on_their_claims_again_and_share_their_specifications(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct kept kept;

    (void)state;
    town_init(&t, &a);
    struct instance_type *type = town_type(&t, "large", 4000, 8192, 100, 0, 1);
    town_claim(&t, "c1", town_pool(&t, "default"), type);
    for (int i = 0; i < 3; i++)
        town_pod(&t, arena_printf(&a, "p%d", i).ptr, 100, 100)->spec = t.pods[0].spec;
    t.pods[0].claim = t.pods[2].claim = STR("c1");
    town_bind(&t);
    assert_null(kept_read(&a, kept_write(&a, &t.world, NULL), &kept));
    assert_false(kept.decided);
    assert_int_equal(kept.world.claims[0].pod_count, 2);
    assert_ptr_equal(kept.world.claims[0].pods[1], &kept.world.pods[2]);
    assert_ptr_equal(kept.world.pods[0].spec, kept.world.pods[2].spec);
}

/* As large as a plan is promised to be quick for: 1,000 nodes, 20,000 pods of 400 templates. */
static void a_large_world_takes_little_room(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;

    (void)state;
    town_init(&t, &a);
    struct instance_type *type = town_type(&t, "c5.4xlarge", 16000, 32768, 680000, 0, 3);
    struct pool *pool = town_pool(&t, "default");
    t.pods = ARENA_ARRAY(&a, struct pod, 20000);
    t.claims = ARENA_ARRAY(&a, struct claim, 1000);
    t.world.pods = t.pods;
    t.world.claims = t.claims;
    for (size_t i = 0; i < 1000; i++)
        town_claim(&t, arena_printf(&a, "prod/default/0123456789abcdef/%04zu", i).ptr, pool, type);
    for (size_t i = 0; i < 20000; i++) {
        struct str name = arena_printf(&a, "team-%02zu/service-%03zu-5d4f9c7b6-%05zx", i / 1000,
                                       i / 50, i * 7919 % 1048576);
        struct pod *p = town_pod(&t, name.ptr, 250, 512);
        if (i % 50)
            p->spec = t.pods[i / 50 * 50].spec;
        p->claim = p->node = t.claims[i * 31 % 1000].id;
    }
    struct str text = kept_write(&a, &t.world, NULL);
    print_message("%zu bytes\n", text.len);
    assert_true(text.len < 620 * 1000);
}

static void refuses(struct arena *a, struct str text, const char *why)
{
    struct kept kept;
    struct error *e = kept_read(a, text, &kept);

    assert_non_null(e);
    if (str_find_str(e->summary, str_of(why)) == e->summary.len)
        fail_msg("\"" STR_FMT "\" instead of \"%s\"", STR_ARG(e->summary), why);
}

static void what_is_no_kept_world_or_another_versions_or_damaged_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct kept was;

    (void)state;
    fill(&was, &a, 7);
    struct str text = kept_write(&a, &was.world, NULL);
    struct str version = arena_str(&a, text), last = arena_str(&a, text);
    ((char *)version.ptr)[strlen("tenon-world ")] = '9';
    ((char *)last.ptr)[text.len - 2] ^= 1;
    refuses(&a, STR(""), "no kept world");
    refuses(&a, STR("{\"cluster\":\"moon\"}"), "no kept world");
    refuses(&a, version, "another version");
    refuses(&a, last, "damaged");
    refuses(&a, str_slice(text, 0, text.len / 2), "damaged");
}

static void a_body_that_promises_more_than_it_holds_is_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "5 ",
        "5 +4 \"0:900:cpu",     /* a text longer than all */
        "5 +0 99999999999999 ", /* more pools than bytes */
        "5 +0 -3 ",             /* fewer than none */
        "5 +17 ",               /* more resources than there is room for */
        "5 7 ",                 /* names that were never there */
        "5 -..........",        /* no names at all */
        "5 +0 .........."
        ".."
        "!", /* neither with nor without a decision */
        "5 +0 .........."
        ".."
        "-more", /* something behind the end */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        ARENA_AUTO a = {0};
        struct str body = str_of(bodies[i]);
        refuses(&a, arena_printf(&a, STR_FMT STR_FMT, STR_ARG(kept_head(&a, body)), STR_ARG(body)),
                "damaged: ");
    }
}

static void worlds_of_different_instants_are_the_same_if_nothing_else_changed(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;

    (void)state;
    random_town(&t, &a, 5, WITH_ALL, true);
    struct str first = kept_write(&a, &t.world, NULL);
    t.world.now_ms += 1000;
    struct str later = kept_write(&a, &t.world, NULL);
    assert_false(str_eq(first, later));
    assert_true(kept_is_same(first, later));
    t.pods[0].undisturbed_ms = NEVER_MS;
    assert_false(kept_is_same(first, kept_write(&a, &t.world, NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_of_a_world_and_of_its_decision_comes_back),
        cmocka_unit_test(what_was_kept_is_decided_as_it_was),
        cmocka_unit_test(pods_lie_on_their_claims_again_and_share_their_specifications),
        cmocka_unit_test(a_large_world_takes_little_room),
        cmocka_unit_test(what_is_no_kept_world_or_another_versions_or_damaged_is_refused),
        cmocka_unit_test(a_body_that_promises_more_than_it_holds_is_refused),
        cmocka_unit_test(worlds_of_different_instants_are_the_same_if_nothing_else_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
