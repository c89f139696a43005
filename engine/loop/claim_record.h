#ifndef ENGINE_LOOP_CLAIM_RECORD_H
#define ENGINE_LOOP_CLAIM_RECORD_H

#include "engine/loop/record.h"
#include "engine/loop/state.h"

/* A claim as its record in the store and as its tag on the instance. */

/* The body of the record: JSON. */
struct str claim_record_write(struct arena *a, const struct state *s, const struct claim_entry *c);
/* Makes the claim of a record.  A body that no engine wrote is an error, and makes nothing. */
MUST_CHECK struct error *claim_record_read(struct arena *a, struct state *s, struct str id,
                                           const struct record *r);

/* The identity in the tag tenon.dev/claim: cluster/pool/uid/serial. */
struct claim_id {
    struct str cluster, pool, uid;
    int64_t serial;
};
bool claim_id_parse(struct str text, struct claim_id *out);
struct str claim_id_text(struct arena *a, const struct claim_id *id);
/* The client token of its launch: 32 hex digits of SHA-256 over all four. */
struct str claim_token(struct arena *a, struct str id);

#endif
