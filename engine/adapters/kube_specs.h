#ifndef ENGINE_ADAPTERS_KUBE_SPECS_H
#define ENGINE_ADAPTERS_KUBE_SPECS_H

#include "engine/adapters/custom_resources.h"
#include "engine/ports.h"

/* Records of pools and classes as objects that people write too, and back.  Pure. */

/* A pool or class, which takes the place of `there` (NULL: of nothing).  The error says what of the
 * record cannot be read. */
MUST_CHECK struct error *kube_spec_object(struct arena *a, enum custom_kind kind,
                                          const struct store_record *r, struct json *there,
                                          struct str *out);
/* The record of an object; strings live in the arena.  A document that is nonsense is not handed
 * on: *out then holds the one that was accepted last, if any was, and *faults says what is wrong.
 */
MUST_CHECK struct error *kube_spec_of(struct arena *a, enum custom_kind kind,
                                      const struct json *object, struct store_record *out,
                                      struct error **faults);
/* The record "status" beside a pool or class; false: it has none. */
bool kube_status_of(struct arena *a, enum custom_kind kind, const struct json *object,
                    struct store_record *out);

/* What the engine does of itself with an object that people write: our finalizer, where it lacks
 * it.  The body replaces it; false: there is nothing to do. */
bool kube_spec_to_hold(struct arena *a, struct json *object, struct str *out);
/* The object without our finalizer. */
struct str kube_spec_let_go(struct arena *a, struct json *object);

/* The document that an object states, with its name, and what is wrong with one. */
struct json kube_spec_document(struct arena *a, const struct json *object);
MUST_CHECK struct error *kube_spec_check(struct arena *a, enum custom_kind kind,
                                         const struct json *document);

/* kube_status.c: the object with its status as it should be: `engine` is the body of the status
 * record (empty: what stands there), conditions change their date only with what they say.  False:
 * it is so. */
bool kube_with_status(struct arena *a, enum custom_kind kind, struct json *object,
                      struct str engine, int64_t date_ms, struct str *out);

/* An object as text, keys in order; and a text member of a member, empty where there is none. */
struct str kube_object_text(struct arena *a, const struct json *object);
struct str kube_object_member(const struct json *object, const char *outer, const char *key);

#endif
