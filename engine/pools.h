#ifndef ENGINE_POOLS_H
#define ENGINE_POOLS_H

#include "engine/base/cancel.h"
#include "engine/base/error.h"

/* The door by which the provider and the CLI put pools and node classes, and have the engine make
 * them true.  Documents are JSON of the Terraform attributes (surface.md); engine/objects knows
 * their rules.  All functions may be called from many threads at once and block their caller only.
 */
enum spec_kind { SPEC_POOL, SPEC_CLASS };

/* One is told from another by its uid and by what its document says (spec_content).  Generations
 * are for people: state that was set back counts them again. */
struct spec {
    enum spec_kind kind;
    struct str name, uid;
    int64_t generation;  /* counts changes of the document, from 1 */
    struct str document; /* JSON */
    bool deleting;
    int64_t drain_by_ms; /* of a pool that is deleting: a date; until then its nodes stay for pods
                            that get a place elsewhere */
    bool converged; /* get: this very specification is true, as of the engine's last decision */
};

/* A document in one writing: keys in order, no blanks.  Empty for what is no object. */
struct str spec_document(struct arena *a, struct str document);
/* 32 hex digits of SHA-256 of that writing: equal for equal documents, in store, engine and
 * provider alike. */
struct str spec_content(struct arena *a, struct str document);

/* Who this fleet is; a store refuses another identity. */
struct fleet_identity {
    struct str account, region, cluster, endpoint;
};

struct notice {
    bool is_error;   /* waiting does not mend it: a convergence ends with it at once */
    struct str path; /* attribute, may be empty */
    struct str summary, detail;
};

struct convergence {
    bool converged;
    struct notice *notices; /* waiting pods with their nearest miss, files that do not parse, ... */
    size_t notice_count, notice_capacity;
};

struct pools {
    void *self;
    MUST_CHECK struct error *(*fleet)(void *self, struct arena *a, struct fleet_identity *out);
    /* ERROR_NOT_FOUND when the store does not hold it. */
    MUST_CHECK struct error *(*get)(void *self, struct arena *a, enum spec_kind kind,
                                    struct str name, struct spec *out);
    /* Stores a new or changed specification.  Refuses, before storing anything: what the live
     * catalog cannot serve (path "requirements"), a class that does not exist, manifests that
     * cannot be read and have no snapshot, another fleet's store, a name that another uid holds, a
     * uid that was destroyed. */
    MUST_CHECK struct error *(*put)(void *self, struct arena *a, struct cancel *cancel,
                                    const struct spec *spec);
    /* What Read does: writes the row only if the store lacks it or holds an older generation.  It
     * makes no store, and one that cannot be used is passed over.  ERROR_NOT_FOUND: it was
     * destroyed.
     * `*converged` is as state has it, and becomes as the engine says of a pool, if any engine has
     * said so of this very specification; while one is at work, what moves just now does not count.
     * Where there is no store, or state was set back and the store holds another document, it
     * becomes false: an apply then tells the engine of it again. */
    MUST_CHECK struct error *(*restore)(void *self, struct arena *a, const struct spec *spec,
                                        bool *converged);
    /* Runs the engine here, or waits for whoever holds the lease, until this very specification has
     * converged, the deadline (time_monotonic_ms) has passed or `cancel` is raised: neither is an
     * error.  What the engine says of another uid or document is not believed. */
    MUST_CHECK struct error *(*converge)(void *self, struct arena *a, struct cancel *cancel,
                                         const struct spec *spec, int64_t deadline_ms,
                                         struct convergence *out);
    /* Drains, terminates and forgets; returns when nothing tagged is left.  Past the deadline:
     * ERROR_TIMEOUT that names the blocking pods or instances. */
    MUST_CHECK struct error *(*remove)(void *self, struct arena *a, struct cancel *cancel,
                                       enum spec_kind kind, struct str name, struct str uid,
                                       int64_t deadline_ms);
    /* The door of the fleet in that region and cluster of the same account: destroy acts where its
     * state says the pool is, wherever the provider has gone meanwhile.  Empty means this one's. It
     * lives as long as this door. */
    MUST_CHECK struct error *(*elsewhere)(void *self, struct arena *a, struct str region,
                                          struct str cluster, const struct pools **out);
    /* What can be said at plan: of a pool by the built-in tables and the manifests, of a class by
     * asking AWS, which reads only and takes ten seconds at most; and of both, in one notice, what
     * comes of them for nodes, pods and cost, by the world that the store's engine saw last.  Of a
     * document that lacks what is `unknown` yet only that is said. */
    void (*preview)(void *self, struct arena *a, const struct spec *spec, const struct str *unknown,
                    size_t unknown_count, struct convergence *out);
};

#endif
