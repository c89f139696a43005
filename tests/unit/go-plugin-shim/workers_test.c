#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "go-plugin-shim/workers.h"

/* A gate that jobs stand before until the test opens it. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int waiting, done;
    bool open;
};

#define GATE_CLOSED                                                          \
    {                                                                        \
        .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER \
    }

static void pass_gate(void *self)
{
    struct gate *g = self;

    pthread_mutex_lock(&g->lock);
    g->waiting++;
    pthread_cond_broadcast(&g->moved);
    while (!g->open)
        pthread_cond_wait(&g->moved, &g->lock);
    g->waiting--;
    g->done++;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

static void await(struct gate *g, const int *count, int wanted)
{
    pthread_mutex_lock(&g->lock);
    while (*count < wanted)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static void open_gate(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

static void the_65th_job_runs_while_64_are_blocked(void **state)
{
    (void)state;
    struct gate gate = GATE_CLOSED, free_way = GATE_CLOSED;
    struct workers *w = workers_new();
    struct worker_job jobs[64], last = {.run = pass_gate, .self = &free_way};

    free_way.open = true;
    for (int i = 0; i < 64; i++) {
        jobs[i] = (struct worker_job){.run = pass_gate, .self = &gate};
        assert_true(workers_submit(w, &jobs[i]));
    }
    await(&gate, &gate.waiting, 64);
    assert_true(workers_submit(w, &last));
    await(&free_way, &free_way.done, 1);
    assert_int_equal(gate.done, 0);
    open_gate(&gate);
    workers_free(w);
    assert_int_equal(gate.done, 64);
}

static void two_jobs_at_once_do_not_share_one_idle_thread(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        struct gate first = GATE_CLOSED, both = GATE_CLOSED;
        struct workers *w = workers_new();
        struct worker_job warm = {.run = pass_gate, .self = &first};
        struct worker_job jobs[2] = {{.run = pass_gate, .self = &both},
                                     {.run = pass_gate, .self = &both}};

        first.open = true;
        workers_submit(w, &warm);
        await(&first, &first.done, 1); /* its thread is idle now, or about to be */
        workers_submit(w, &jobs[0]);
        workers_submit(w, &jobs[1]);
        await(&both, &both.waiting, 2);
        open_gate(&both);
        workers_free(w);
    }
}

static void jobs_submitted_are_done_before_the_pool_is_gone(void **state)
{
    (void)state;
    struct gate gate = GATE_CLOSED;
    struct workers *w = workers_new();
    struct worker_job jobs[500];

    gate.open = true;
    for (int i = 0; i < 500; i++) {
        jobs[i] = (struct worker_job){.run = pass_gate, .self = &gate};
        assert_true(workers_submit(w, &jobs[i]));
    }
    workers_free(w);
    assert_int_equal(gate.done, 500);
}

static void a_pool_without_jobs_ends_at_once(void **state)
{
    (void)state;
    workers_free(workers_new());
    workers_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_65th_job_runs_while_64_are_blocked),
        cmocka_unit_test(two_jobs_at_once_do_not_share_one_idle_thread),
        cmocka_unit_test(jobs_submitted_are_done_before_the_pool_is_gone),
        cmocka_unit_test(a_pool_without_jobs_ends_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
