#ifndef TESTS_BENCH_WEEK_H
#define TESTS_BENCH_WEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A week of a web's load: services whose pods follow the day, less of them on the weekend, and some
 * noise.  Pods that are too many go as they come, so nodes become empty in parts.  Decisions are
 * carried out at once, one a minute as long as there is something to do. */
struct week_rule {
    int64_t payback_ms;
    bool one_at_a_time; /* each decision moves one node more */
    int64_t effort;     /* of the world */
};

struct week_figures {
    double usd;
    size_t evictions, moves, launches, decisions;
    size_t nodes_most, pods_most;
};

/* The same pods come and go whatever the rule, and the same seed. */
struct week_figures week_run(const struct week_rule *rule, size_t pods, size_t days);

#endif
