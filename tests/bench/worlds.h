#ifndef TESTS_BENCH_WORLDS_H
#define TESTS_BENCH_WORLDS_H

#include "engine/core/world.h"

/* The worlds that placing is measured on: what is for sale, and which pods wait.
 *
 * The mix is that of Karpenter's own scheduling benchmark: in equal parts plain pods, pods spread
 * over zones, pods spread over hosts, pods that join their like in a zone, and pods that bear none
 * of their like on their host; cpu and memory of each drawn apart.  Karpenter draws from Go's
 * math/rand with seed 42.  Our own generator draws from the same distributions, so another world
 * comes out, of the same kind: sums of cpu and memory differ by a per cent or so.  Where the very
 * draws are wanted, bench_read_mix takes them from a file. */
struct bench {
    struct arena *arena;
    struct resource_table table;
    struct catalog catalog;
    struct pool pool;
    struct pod *pods;
    size_t capacity;
    struct claim *claims;
    struct arena_mark before; /* the specification at hand was made: it goes if it is known */
    bool shared; /* pods with equal constraints and amounts share a specification, as pods of one
                    workload do; else each has its own, as in a dump */
    struct spec_slot *specs;
    struct world world;
};

/* An empty world with one pool that may launch anything, and room for so many pods. */
void bench_begin(struct bench *b, struct arena *a, size_t pods);
void bench_make_room(struct bench *b, size_t pods); /* anew, for a world without pods */

/* A plain pod's specification, and a pod of one; names sort in the order of adding. */
struct pod_spec *bench_spec_new(struct bench *b, int64_t cpu_milli, int64_t memory_mib);
void bench_add_pod(struct bench *b, const struct pod_spec *s);

/* What is for sale.  Karpenter's benchmark has 400 types of 1 to 400 cores with 2 GiB each, in five
 * offerings of one price: three zones on demand, two of them as spot too. */
void bench_sell_fakes(struct bench *b);
/* Every priced type of EC2 in three zones, on demand and as spot.  Spot prices, which no table has,
 * are drawn: 25 to 69 % of on-demand. */
void bench_sell_ec2(struct bench *b);
/* The priced amd64 types, on demand, in the zones that have them. */
void bench_sell_on_demand(struct bench *b);

void bench_draw_mix(struct bench *b, size_t pods);
/* A file with the header index,kind,label,selector,cpu_m,memory_mib; at most as many rows as there
 * is room.  False: it cannot be read, or holds something else. */
bool bench_read_mix(struct bench *b, const char *path);
/* Pods alike that would rather be in one zone, apart from each other in it, and apart on hosts. */
void bench_draw_preferences(struct bench *b, size_t pods);

/* Plain pods of a kind of work:
 *   web      12 shapes from 100m/128Mi to 4/8Gi, small ones most frequent
 *   bimodal  half with 2, half with 8 GiB a core
 *   batch    1.75 to 15.5 cores, sizes that leave odd remainders on every node
 *   random   24 shapes, log-normal, drawn anew for each seed */
enum family { FAMILY_WEB, FAMILY_BIMODAL, FAMILY_BATCH, FAMILY_RANDOM, FAMILIES };
const char *family_text(enum family f);
void bench_draw_family(struct bench *b, enum family f, uint64_t seed, size_t pods);

/* Deals the pods out to so many nodes of the fakes, where they run from now on: each node is of the
 * smallest type that holds what it was dealt.  What may stand on one host once only (the mix's
 * anti-affinity) is left out of the world beyond the first of a node. */
void bench_run_on(struct bench *b, size_t nodes);

#endif
