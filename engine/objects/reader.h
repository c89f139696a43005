#ifndef ENGINE_OBJECTS_READER_H
#define ENGINE_OBJECTS_READER_H

#include "engine/base/error.h"
#include "engine/base/json.h"

/* Reading a document to the end and collecting everything that is wrong with it.
 *
 * Documents come in two dialects: Terraform attributes, whose errors carry an attribute path
 * (limits["cpu"]), and Kubernetes manifests, whose errors carry file, line, object and field.  Both
 * say in the summary what was found and in the detail what is allowed. */

/* Where in the document we are: a chain on the stack, written out only when something is wrong. */
struct place {
    const struct place *outer; /* NULL: the document itself */
    enum { PLACE_MEMBER, PLACE_KEY, PLACE_INDEX } kind;
    struct str name; /* PLACE_MEMBER: an attribute; PLACE_KEY: a key of a map the user made up */
    size_t index;
};

struct place place_member(const struct place *outer, const char *name);
struct place place_key(const struct place *outer, struct str key);
struct place place_index(const struct place *outer, size_t index);

struct reader {
    struct arena *keep; /* what is read and what is wrong live here */
    struct str file;    /* of a manifest; empty: Terraform attributes */
    struct str object;  /* "Deployment default/web", once it is known */
    int line;           /* of the object, for what has no line of its own */
    struct error *errors, *last;
};

/* Where `at` is, as this reader's dialect writes it: spec.replicas, limits["cpu"]. */
struct str reader_path(const struct reader *r, const struct place *at);

/* "PATH is FOUND", with the sentence that says what is allowed. */
void reader_refuse(struct reader *r, const struct place *at, const struct json *found,
                   const char *allowed, ...) __attribute__((format(printf, 4, 5)));
/* "PATH is missing"; `owner` is the map that should have held it. */
void reader_missing(struct reader *r, const struct place *at, const struct json *owner,
                    const char *allowed);
/* Any other fault: `problem` follows the path ("limits excludes ..."), `way_out` is a sentence. */
void reader_fault(struct reader *r, const struct place *at, const struct json *found,
                  struct str problem, struct str way_out);
/* An error as it stands, behind those found so far. */
void reader_keep(struct reader *r, struct error *e);
/* An error that another module found; its path is taken as standing under `at`. */
void reader_adopt(struct reader *r, const struct place *at, const struct json *found,
                  struct error *e);
/* file:line, for notes. */
struct str reader_where(const struct reader *r, const struct json *found);

/* Each returns whether there is a good value: false for null (absent) and for a value that was
 * refused, which is then among the errors; *out is untouched. */
bool read_string(struct reader *r, const struct place *at, const struct json *j, struct str *out);
bool read_bool(struct reader *r, const struct place *at, const struct json *j, bool *out);
bool read_int(struct reader *r, const struct place *at, const struct json *j, int64_t min,
              int64_t max, int64_t *out);
/* One of `words` (ending in NULL), as its place among them. */
bool read_choice(struct reader *r, const struct place *at, const struct json *j,
                 const char *const *words, size_t *out);
/* The words as a sentence has them: "In, NotIn or Exists". */
struct str words_text(struct arena *a, const char *const *words);
/* A Kubernetes quantity of zero or more, in thousandths or in whole units. */
bool read_quantity_milli(struct reader *r, const struct place *at, const struct json *j,
                         int64_t *out);
bool read_quantity(struct reader *r, const struct place *at, const struct json *j, int64_t *out);
/* A Go duration longer than nothing. */
bool read_duration(struct reader *r, const struct place *at, const struct json *j, int64_t *ms);
/* A list or map: false also when it is null. */
bool read_list(struct reader *r, const struct place *at, const struct json *j);
bool read_map(struct reader *r, const struct place *at, const struct json *j);
/* A list of strings; a null list is empty. */
bool read_strings(struct reader *r, const struct place *at, const struct json *j,
                  struct str **items, size_t *count);

#endif
