#ifndef ENGINE_OBJECTS_FORM_H
#define ENGINE_OBJECTS_FORM_H

#include "engine/core/world.h"
#include "engine/objects/reader.h"

/* What a document of Terraform attributes looks like: one row an attribute, nested objects as forms
 * of their own.  From the rows come checking, the filled-in C struct, recognising equal values, the
 * canonical text that hashes are made of, and the warnings about what this build does not act on.
 */

/* What a row's place in the struct holds. */
struct setting {
    bool set, on;
};
struct strings {
    struct str *items;
    size_t count;
};
struct list {
    void *items; /* structs of the row's form */
    size_t count;
};

enum field_kind {
    FIELD_STRING,   /* struct str */
    FIELD_BOOL,     /* struct setting */
    FIELD_INT,      /* int64_t */
    FIELD_QUANTITY, /* int64_t, whole units (bytes) */
    FIELD_DURATION, /* int64_t, milliseconds */
    FIELD_STRINGS,  /* struct strings */
    FIELD_MAP,      /* struct labels: sorted by key, values as written */
    FIELD_OBJECT,   /* the form's struct itself */
    FIELD_LIST,     /* struct list of the form's structs */
};

enum field_flag {
    FIELD_REQUIRED = 1 << 0,
    FIELD_ORDERED = 1 << 1,      /* a list whose order says something; elsewhere it says nothing */
    FIELD_SHAPES_NODES = 1 << 2, /* nodes made before it changed have drifted */
    /* The map's values are quantities; a row with a check of its own looks at them itself. */
    FIELD_QUANTITIES = 1 << 3,
    FIELD_IAM_NAME = 1 << 4, /* a path or an ARN in front of the name says nothing more */
};

struct form;
struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    unsigned flags;
    int64_t min, max; /* INT: the range; lists and maps: how many; max 0: no upper end */
    int64_t unset;    /* INT, QUANTITY, DURATION: what unset is filled in as, without dflt */
    const char *const *words; /* STRING: the allowed ones, ending in NULL */
    const char *dflt;         /* JSON of what unset means; NULL: nothing */
    const struct form *form;  /* OBJECT, LIST */
    /* Rules beyond the kind, for a value that is of the right kind; `filled` is the row's place in
     * the struct. */
    void (*check)(struct reader *r, const struct place *at, const struct json *j,
                  const void *filled);
    /* What this build accepts but does not act on, as a sentence; `heeded` says for which values it
     * does (NULL: none). */
    const char *unheeded;
    bool (*heeded)(const struct json *j);
};

struct form {
    size_t bytes;
    const struct field *fields;
    size_t count;
    /* Rules between fields; `filled` is the struct, in which refused fields are zero. */
    void (*check)(struct reader *r, const struct place *at, const struct json *j,
                  const void *filled);
};

#define FIELD(kind_, model, member, ...) FIELD_AS(kind_, #member, model, member, __VA_ARGS__)
/* Where the attribute's name does not suit the member: a word of other languages, a missing unit.
 */
#define FIELD_AS(kind_, text, model, member, ...)                                                  \
    {                                                                                              \
        .name = text, .kind = FIELD_##kind_, .offset = offsetof(struct model, member), __VA_ARGS__ \
    }
#define FORM(model, rows, ...)                                                                    \
    {                                                                                             \
        .bytes = sizeof(struct model), .fields = (rows), .count = sizeof(rows) / sizeof(*(rows)), \
        __VA_ARGS__                                                                               \
    }
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Checks the object and fills in the struct at `into` (zeroed memory of form->bytes); what was
 * refused stays zero.  Members that the form does not know are passed over. */
void form_read(struct reader *r, const struct place *at, const struct form *form,
               const struct json *object, void *into);

/* Do two values of an attribute mean the same?  A reordered list, "50Gi" and "51200Mi", 60m and 1h
 * do.  Unset is equal to unset only, because Terraform tells it from the default. */
bool form_equal(const struct form *form, struct str attribute, const struct json *a,
                const struct json *b);

/* The text whose hash nodes carry: rows that shape nodes, keys sorted, equal values written alike,
 * unset as what it means. */
struct str form_canonical(struct arena *a, const struct form *form, const struct json *object);

/* What is set and not acted on. */
struct unheeded {
    struct str path, sentence;
};
struct unheeded_list {
    struct unheeded *items;
    size_t count, capacity;
};
void form_unheeded(struct arena *a, const struct form *form, const struct json *object,
                   struct unheeded_list *out);

#endif
