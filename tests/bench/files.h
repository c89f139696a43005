#ifndef TESTS_BENCH_FILES_H
#define TESTS_BENCH_FILES_H

#include "engine/optimize/certificate.h"

/* Writes a world without nodes and what was decided about it into a folder that exists, in the
 * forms that people have: pods.json (a List of Pods), pools.json (a List of Karpenter's NodePools),
 * catalog.csv, answer.json as `tenon estimate --output json` prints it, and bound.proof.  So a
 * benchmark's world can be put to the command too, and one verifier checks the answers of both.
 * Ends the process if a file cannot be written. */
void bench_write_files(const struct world *w, const struct decision *d,
                       const struct certificate *proof, const char *folder);
/* The proof alone. */
void bench_write_proof(const struct world *w, const struct certificate *proof, const char *folder,
                       const char *name);

#endif
