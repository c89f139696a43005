#ifndef TESTS_BENCH_FILES_H
#define TESTS_BENCH_FILES_H

#include "engine/core/decide.h"

/* Writes a world without nodes and what was decided about it into a folder that exists, in the
 * forms that people have: pods.json (a List of Pods), pools.json (a List of Karpenter's NodePools),
 * catalog.csv, and answer.json as `tenon estimate --output json` prints it.  So a benchmark's world
 * can be put to the command too, and one verifier checks the answers of both.  Ends the process if
 * a file cannot be written. */
void bench_write_files(const struct world *w, const struct decision *d, int64_t bound_microusd,
                       const char *folder);

#endif
