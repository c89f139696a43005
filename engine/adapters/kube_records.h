#ifndef ENGINE_ADAPTERS_KUBE_RECORDS_H
#define ENGINE_ADAPTERS_KUBE_RECORDS_H

#include "engine/adapters/kube_specs.h"

/* Records of the store (ports.h) as objects of a cluster, and back.  Pure.
 *
 *   pool, class  a NodePool or NodeClass of that name.  Uid and generation of Terraform stand in
 *                annotations; an object that kubectl made has Kubernetes' own.  `deleting` is a
 *                deletion that our finalizer holds until the engine is done.
 *   status       status.engine of that object, beside its conditions
 *   claim        a NodeClaim: the record is its status
 *   all others   an EngineRecord each, the body as one text
 *
 * An object of etcd has at most 1.5 MB, and each write of one is a transaction for the whole
 * cluster, so not all is kept there (kube_record_is_kept): no journal and no worlds for replay,
 * which a SQLite store has, and of the world that was seen last only one below a megabyte. */

enum { RECORD_BODY_MOST = 1000 * 1000 };

enum custom_kind kube_record_kind(struct str kind);
bool kube_record_is_kept(const struct store_record *r);
/* What is told to whoever looks, and lost without harm: written at most once a second, the newest
 * alone. */
bool kube_record_may_wait(struct str kind);

/* Where it is.  Names that Kubernetes does not take are a digest; the key stands in the object. */
struct kube_target kube_record_target(struct arena *a, struct str kind, struct str key);

/* A claim or another record of the engine's own, for server-side apply. */
struct str kube_record_object(struct arena *a, const struct store_record *r);

/* The record that an object is; strings live in the arena.  For pools and classes see
 * kube_spec_of (kube_specs.h); *faults is NULL of all others. */
MUST_CHECK struct error *kube_record_of(struct arena *a, enum custom_kind kind,
                                        const struct json *object, struct store_record *out,
                                        struct error **faults);

#endif
