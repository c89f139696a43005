#ifndef ENGINE_BASE_JSON_H
#define ENGINE_BASE_JSON_H

#include "engine/base/buf.h"
#include "engine/base/error.h"

/* JSON documents as trees in an arena.  Numbers keep the text they were written with, because
 * Terraform's are exact and a double is not.  YAML documents (yaml.h) become the same trees, so
 * that whoever reads Kubernetes objects need not know which of the two they came from. */
enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_kind kind;
    bool boolean;
    int line;           /* 1-based, of the document (of a map or list: its key's); 0: made by us */
    uint32_t at;        /* of JSON text: the byte where the value begins */
    struct str text;    /* JSON_STRING: the characters; JSON_NUMBER: as written */
    struct str *keys;   /* JSON_OBJECT: as many as items, in document order */
    struct json *items; /* JSON_ARRAY, JSON_OBJECT */
    size_t count;
    size_t capacity; /* room of keys and items; json_set and json_add keep it */
};

/* Parses one document.  Only white space may follow it; repeated keys, U+0000 and nesting deeper
 * than 256 are refused.  The error says what was found, and its line and column. */
MUST_CHECK struct error *json_parse(struct arena *a, struct str text, struct json *out);

/* A member by name, or a shared null value: chains of look-ups need no checks. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_get_str(const struct json *object, struct str key);
/* A member by a path of names: json_path(o, "spec", "template", NULL). */
const struct json *json_path(const struct json *object, ...) __attribute__((sentinel));
/* The characters of a string, else `otherwise`. */
struct str json_string_or(const struct json *j, struct str otherwise);
/* A whole number within int64 (1, -3, 2e3, 4.0), else false. */
bool json_to_int64(const struct json *j, int64_t *out);
bool json_bool_or(const struct json *j, bool otherwise);

/* Equal by meaning: object order and number notation (1, 1.0, 1e0) do not count, array order does.
 */
bool json_eq(const struct json *a, const struct json *b);

/* Compact text of a tree; with `sorted`, keys in byte order (for hashes and comparisons). */
void json_print(struct buf *out, const struct json *j, bool sorted);

/* Making trees.  The members array grows in the arena. */
struct json json_new_string(struct str s);
struct json json_new_int(struct arena *a, int64_t n);
struct json json_new_bool(bool b);
struct json json_new_object(void);
struct json json_new_array(void);
void json_set(struct arena *a, struct json *object, struct str key, struct json value);
void json_add(struct arena *a, struct json *array, struct json value);

/* A writer that places commas and escapes by construction.  Keys and values alternate inside
 * objects; a misuse (a value without its key, an unmatched end) is an assert. */
struct json_writer {
    struct buf *out;
    unsigned depth;
    bool after_key, first;
    char open[64]; /* '{' or '[' of each level */
};
struct json_writer json_writer_to(struct buf *out);
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_key(struct json_writer *w, struct str key);
void json_string(struct json_writer *w, struct str value); /* invalid UTF-8 becomes U+FFFD */
void json_int(struct json_writer *w, int64_t value);
void json_bool(struct json_writer *w, bool value);
void json_null(struct json_writer *w);
void json_raw(struct json_writer *w, struct str json_text); /* already JSON: a number, a document */
/* Key and value in one line, the common case. */
void json_member(struct json_writer *w, const char *key, struct str value);
void json_member_int(struct json_writer *w, const char *key, int64_t value);
void json_member_bool(struct json_writer *w, const char *key, bool value);

#endif
