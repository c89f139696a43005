#ifndef ENGINE_HOST_RECORD_H
#define ENGINE_HOST_RECORD_H

#include "engine/base/json.h"

/* Reads members of a record that lies in a store, where anybody may have written anything.  What is
 * missing is empty; what is of another kind than it must be is ERROR_INVALID, which says what was
 * found and what is allowed.  Texts are borrowed from the record's
 * tree. */
MUST_CHECK struct error *record_object(struct arena *a, const struct json *record, const char *key,
                                       const struct json **out);
MUST_CHECK struct error *record_list(struct arena *a, const struct json *record, const char *key,
                                     const struct json **out);
MUST_CHECK struct error *record_text(struct arena *a, const struct json *record, const char *key,
                                     struct str *out);
/* A whole number from 0 to `most`. */
MUST_CHECK struct error *record_number(struct arena *a, const struct json *record, const char *key,
                                       int64_t most, int64_t *out);
MUST_CHECK struct error *record_flag(struct arena *a, const struct json *record, const char *key,
                                     bool *out);
/* A list of texts, and an object of them with its keys. */
MUST_CHECK struct error *record_texts(struct arena *a, const struct json *record, const char *key,
                                      const struct str **out, size_t *count);
MUST_CHECK struct error *record_named_texts(struct arena *a, const struct json *record,
                                            const char *key, const struct str **names,
                                            struct str **out, size_t *count);

void record_write_texts(struct json_writer *w, const char *key, const struct str *texts,
                        size_t count);

#endif
