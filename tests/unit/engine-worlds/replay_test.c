/* Decisions taken again: the same, or the first difference by name; and journals as files. */
#include "engine/worlds/replay.h"
#include "tests/unit/engine-core/random_worlds.h"
#include "tests/unit/more.h"

static void a_decision_is_the_same_when_it_is_taken_again(void **state)
{
    (void)state;

    for (uint64_t seed = 1; seed <= worlds_asked(10); seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct replayed r;
        random_town(&t, &a, seed, WITH_ALL, seed % 5 == 0);
        struct decision d = town_decide(&t);
        assert_null(replay(&a, kept_write(&a, &t.world, &d), &r));
        if (!r.same)
            fail_msg("seed %llu: was " STR_FMT ", is " STR_FMT, (unsigned long long)seed,
                     STR_ARG(r.was), STR_ARG(r.is));
    }
}

static void the_first_difference_is_named(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct replayed r;

    (void)state;
    town_init(&t, &a);
    town_pool(&t, "default");
    town_type(&t, "large", 4000, 8192, 100, 0, 1);
    town_pod(&t, "web-1", 500, 512);
    struct decision d = town_decide(&t);
    d.actions[0].reason = REASON_DRIFTED;
    assert_null(replay(&a, kept_write(&a, &t.world, &d), &r));
    assert_false(r.same);
    assert_true(says(r.was, "launch (Drifted) of pool default as large/a/on-demand at 100"));
    assert_true(says(r.is, "launch (PendingPods) of pool default"));

    d.actions[0].reason = REASON_PENDING_PODS;
    d.action_count = 0;
    assert_null(replay(&a, kept_write(&a, &t.world, &d), &r));
    assert_false(r.same);
    assert_true(says(r.is, "launch (PendingPods)"));
}

static void a_world_without_its_decision_cannot_be_replayed(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct replayed r;

    (void)state;
    random_town(&t, &a, 3, WITH_ALL, false);
    struct error *e = replay(&a, kept_write(&a, &t.world, NULL), &r);
    assert_non_null(e);
    assert_true(says(e->summary, "without its decision"));
}

static void a_journal_file_gives_back_what_was_put_in(void **state)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct journal_file f;
    struct str name, text;
    bool found;

    (void)state;
    journal_file_begin(&out);
    journal_file_add(&out, STR("one"), STR("first\nworld two 3\n"));
    journal_file_add(&out, STR("two"), STR(""));
    assert_null(journal_file_open(&a, buf_str(&out), &f));
    assert_null(journal_file_next(&a, &f, &name, &text, &found));
    assert_true(found && str_eq(name, STR("one")) && str_eq(text, STR("first\nworld two 3\n")));
    assert_null(journal_file_next(&a, &f, &name, &text, &found));
    assert_true(found && str_eq(name, STR("two")) && text.len == 0);
    assert_null(journal_file_next(&a, &f, &name, &text, &found));
    assert_false(found);
}

static void what_is_no_journal_or_is_cut_short_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct journal_file f;
    struct str name, text;
    bool found;

    (void)state;
    assert_non_null(journal_file_open(&a, STR("tenon-journal 2\n"), &f));
    assert_non_null(journal_file_open(&a, STR(""), &f));
    journal_file_begin(&out);
    journal_file_add(&out, STR("one"), STR("first"));
    assert_null(journal_file_open(&a, str_slice(buf_str(&out), 0, out.len - 1), &f));
    struct error *e = journal_file_next(&a, &f, &name, &text, &found);
    assert_non_null(e);
    assert_true(says(e->summary, "damaged behind its world 0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_is_the_same_when_it_is_taken_again),
        cmocka_unit_test(the_first_difference_is_named),
        cmocka_unit_test(a_world_without_its_decision_cannot_be_replayed),
        cmocka_unit_test(a_journal_file_gives_back_what_was_put_in),
        cmocka_unit_test(what_is_no_journal_or_is_cut_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
