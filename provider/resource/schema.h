#ifndef PROVIDER_RESOURCE_SCHEMA_H
#define PROVIDER_RESOURCE_SCHEMA_H

#include "engine/base/json.h"

/* What a resource type is: a table of attributes and a few functions.  From the rows come the
 * schema, decoding, validation, defaults, planning, what a request carries and the documentation
 * page; the functions say what no table can.  A resource's file holds
 *
 *     struct sqs_queue { struct tf_string id, name; struct tf_int delay_seconds; ... };
 *     static const struct attr queue_attrs[] = {
 *         ATTR(sqs_queue, delay_seconds, OPTIONAL, .dflt = "0", .max = 900, .api = "DelaySeconds"),
 *         ...
 *     };
 *     const struct resource_type aws_sqs_queue = {.name = "aws_sqs_queue", .model =
 *         MODEL(sqs_queue, queue_attrs), .create = ..., .read = ..., ...};
 */

/* Members of a model.  Each may be null or not yet known, as in Terraform; the zero value is null.
 * A list or map with an unknown element counts as unknown as a whole; null elements of a map are
 * left out. */
enum tf_state { TF_NULL, TF_UNKNOWN, TF_KNOWN };

/* clang-format off */
struct tf_string  { enum tf_state state; struct str v; };
struct tf_int     { enum tf_state state; int64_t v; };
struct tf_bool    { enum tf_state state; bool v; };
struct tf_number  { enum tf_state state; struct str v; };                   /* decimal text, exact */
struct tf_strings { enum tf_state state; struct str *v; size_t count; };    /* list, or set with SET */
struct tf_map     { enum tf_state state; struct str *keys, *v; size_t count; };
struct tf_blocks  { enum tf_state state; void *v; size_t count; };          /* structs of row.nested */

enum attr_kind { ATTR_STRING, ATTR_INT, ATTR_BOOL, ATTR_NUMBER, ATTR_STRINGS, ATTR_MAP, ATTR_BLOCKS };

#define ATTR_KIND(m) _Generic((m), \
    struct tf_string:  ATTR_STRING,  \
    struct tf_int:     ATTR_INT,     \
    struct tf_bool:    ATTR_BOOL,    \
    struct tf_number:  ATTR_NUMBER,  \
    struct tf_strings: ATTR_STRINGS, \
    struct tf_map:     ATTR_MAP,     \
    struct tf_blocks:  ATTR_BLOCKS)
/* clang-format on */

static inline struct tf_string tf_string_of(struct str v)
{
    return (struct tf_string){TF_KNOWN, v};
}
/* AWS does not tell "absent" from "empty": the empty string becomes null. */
static inline struct tf_string tf_string_or_null(struct str v)
{
    return v.len ? tf_string_of(v) : (struct tf_string){0};
}
static inline struct tf_int tf_int_of(int64_t v)
{
    return (struct tf_int){TF_KNOWN, v};
}
static inline struct tf_bool tf_bool_of(bool v)
{
    return (struct tf_bool){TF_KNOWN, v};
}
/* Any member's state, and whether there is a value to look at. */
#define TF_IS_KNOWN(member)   ((member).state == TF_KNOWN)
#define TF_IS_NULL(member)    ((member).state == TF_NULL)
#define TF_IS_UNKNOWN(member) ((member).state == TF_UNKNOWN)
/* The i-th object of a blocks member: TF_BLOCK(pool->taints, struct taint, i)->key. */
#define TF_BLOCK(blocks, type, i) (&((type *)(blocks).v)[i])

enum attr_flag {
    REQUIRED = 1 << 0,
    OPTIONAL = 1 << 1,
    COMPUTED = 1 << 2,  /* we may fill it in; kept from prior when the configuration is silent */
    FORCE_NEW = 1 << 3, /* a change replaces the resource */
    SENSITIVE = 1 << 4,
    SET = 1 << 5,       /* tf_strings: a set in Terraform */
    UNORDERED = 1 << 6, /* a list whose order says nothing: a reordered one is planned as it was */
    VOLATILE = 1 << 7,  /* computed, and unknown in any plan that changes the rest */
    EMPTY_OK = 1 << 8,  /* "", {}, [], and in blocks 0 and false, are as good as null where the
                           configuration is silent, as in hashicorp/aws's states; announced as
                           computed.  Texts are then stored as "" (attr_stores_empty) */
    FOLLOWS = 1 << 9,   /* computed, and what comes of it is stored whatever the plan had.
                           hashicorp/aws does this where Terraform forgives the old SDK, so a
                           drop-in must too; Terraform is told when it happens (resource_departs,
                           plan_result.departs) */
    REGION = 1 << 10,   /* where the object is, and calls go: see ATTR_REGION */
};

/* As what a policy document is put to Access Analyzer (review.h). */
enum review {
    REVIEW_NOTHING,
    REVIEW_IDENTITY_POLICY,
    REVIEW_RESOURCE_POLICY,
    REVIEW_TRUST_POLICY, /* a role's, which is one of a resource, too */
};

/* How the objects of a tf_blocks member are written. */
enum nesting {
    NESTED_LIST,   /* attribute: name = [{ ... }] */
    NESTED_SET,    /* attribute, unordered */
    NESTED_SINGLE, /* attribute: name = { ... }; count is 1 when known */
    BLOCK_LIST,    /* block: name { ... }, any number; null does not exist, absent is empty */
    BLOCK_SET,
    BLOCK_SINGLE, /* block, at most one: absent is null */
    /* hashicorp/aws has blocks that are optional and computed, which the protocol has not.  Written
     * as blocks, announced as an attribute (a set of objects), which Terraform lets users write so;
     * absent is null.  Rows inside are OPTIONAL. */
    BLOCK_SET_COMPUTED,
    /* The same as a list, and only to be read: what hashicorp/aws's data sources have of objects.
     */
    BLOCK_LIST_COMPUTED,
};

struct model {
    size_t bytes;
    const struct attr *attrs;
    size_t count;
};

struct attr {
    const char *name;
    enum attr_kind kind;
    size_t offset; /* of the tf_* member in the model */
    unsigned flags;
    /* Numbers: the range; strings: length in characters; lists, maps, blocks: how many.  Both 0:
     * any; max 0 with a min: no upper end. */
    int64_t min, max;
    /* As written in HCL without quotes; NULL: none.  Such an attribute is announced as computed
     * too, because a strict provider may fill in no other. */
    const char *dflt;
    const char *const *one_of; /* allowed values, see VALUES; for strings, elements, map values */
    const char *pattern;      /* POSIX extended, must match the whole string (element, map value) */
    const char *pattern_says; /* the pattern in words: "letters, digits and +=,.@-_" */
    /* A check of one known string (element, map value); its errors need no path. */
    MUST_CHECK struct error *(*check)(struct arena *a, struct str value);
    /* What is doubtful about a known string (element, map value) that passes: warnings. */
    MUST_CHECK struct error *(*advise)(struct arena *a, struct str value);
    enum review review;
    /* A check of a known map as a whole: of its keys, and how they go together. */
    MUST_CHECK struct error *(*check_map)(struct arena *a, const struct str *keys,
                                          const struct str *values, size_t count);
    const char *conflicts;      /* names, comma-separated, that may not be set together with this */
    const char *exactly_one_of; /* names, comma-separated: this or exactly one of them is set */
    /* Whether two unequal strings (elements, map values) mean the same: then what state holds is
     * planned, and kept by a read.  NULL: only equal is equal. */
    bool (*equal)(struct arena *scratch, struct str a, struct str b);
    /* The writing in which a drop-in plans and stores what the user wrote otherwise, as
     * hashicorp/aws does; NULL: as it is written. */
    struct str (*normal)(struct arena *a, struct str value);
    const char *api;        /* name on the wire, where it is a plain attribute there */
    const char *arn;        /* what it will be, with parts in braces (known.c); NULL: who knows */
    const char *deprecated; /* what to do instead; the attribute then draws a warning */
    /* A sentence or two for the documentation page.  NULL: the attribute is taken for
     * hashicorp/aws's sake alone and has no effect, which its page says. */
    const char *describe;
    const struct model *nested; /* ATTR_BLOCKS: what one of them looks like */
    enum nesting nesting;
};

/* One row declares the name, the Terraform type (from the member's C type) and the place. */
#define ATTR(model, member, ...)                                         \
    {                                                                    \
        .name = #member, .kind = ATTR_KIND(((struct model *)0)->member), \
        .offset = offsetof(struct model, member), .flags = __VA_ARGS__   \
    }
/* Where the attribute's name is no member name in C (a keyword): ATTR_AS("default", model, dflt_,
 * ...). */
#define ATTR_AS(text, model, member, ...)                              \
    {                                                                  \
        .name = text, .kind = ATTR_KIND(((struct model *)0)->member),  \
        .offset = offsetof(struct model, member), .flags = __VA_ARGS__ \
    }
/* Where an object is, and where a data source looks: with a member `struct tf_string region`, all
 * that a type has to say about it (region.h). */
#define ATTR_REGION(model)                                        \
    ATTR(model, region, OPTIONAL | COMPUTED | FORCE_NEW | REGION, \
         .describe = "Region that it is in. Unset: the provider's.")
#define ATTR_REGION_READ(model)                       \
    ATTR(model, region, OPTIONAL | COMPUTED | REGION, \
         .describe = "Region that is looked into. Unset: the provider's.")
#define MODEL(type, rows)                                                                      \
    {                                                                                          \
        .bytes = sizeof(struct type), .attrs = (rows), .count = sizeof(rows) / sizeof(*(rows)) \
    }
/* .one_of = VALUES("a", "b") */
#define VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Meanings for `.equal`.  Text that cannot be read as what it should be is equal to itself only. */
bool equal_json(struct arena *scratch, struct str a, struct str b);
/* IAM policy documents: JSON where a list of one is its element, and the order of statements' lists
 * (Action, Resource, Principal, condition values) says nothing. */
bool equal_iam_policy(struct arena *scratch, struct str a, struct str b);
bool equal_duration(struct arena *scratch, struct str a, struct str b); /* "60m" and "1h" */
bool equal_ignoring_case(struct arena *scratch, struct str a, struct str b);
/* Writings for `.normal`: JSON compact and with sorted keys.  What is no JSON stays as it is. */
struct str normal_json(struct arena *a, struct str text);
struct str normal_inline_policy(struct arena *a, struct str text); /* the Version comes first */
struct str normal_event_pattern(struct arena *a, struct str text); /* <, > and & unescaped */
/* Checks for `.check`. */
/* "" passes: it is a way to say "none". */
MUST_CHECK struct error *check_json(struct arena *a, struct str value);
/* Of a role or a policy: the characters that IAM keeps. */
MUST_CHECK struct error *check_iam_description(struct arena *a, struct str value);
/* "" passes: hashicorp/aws takes it for none. */
MUST_CHECK struct error *check_arn(struct arena *a, struct str value);
/* The six parts of an ARN, whatever they are. */
MUST_CHECK struct error *check_arn_parts(struct arena *a, struct str value);
MUST_CHECK struct error *check_duration(struct arena *a, struct str value);

/* The block `timeouts`: a member `struct tf_blocks timeouts` and a row
 *     ATTR(sqs_queue, timeouts, OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_cud)
 * with the table that has the wanted words.  What the user wrote there becomes the call's
 * deadline; the resource need not look at it. */
struct timeouts {
    struct tf_string create, read, update, delete; /* Go durations: "10m", "1h30m" */
};
extern const struct model timeouts_cud, timeouts_cd, timeouts_ud, timeouts_u;
extern const struct model timeouts_r; /* of data sources */

struct call; /* what one RPC carries: see call.h */

/* Which attribute an error of the remote side is about, told by its code (a pattern as for
 * str_matches; NULL: any) and words of its text (NULL: any).  The first row that fits counts. */
struct blame {
    const char *code, *words, *attribute;
};
/* .blame = BLAME({"EntityAlreadyExists", NULL, "name"}, ...) */
#define BLAME(...) ((const struct blame[]){__VA_ARGS__, {0}})

/* A data source is such a type, too: the configuration is all that it is given, so it has
 * `validate` and `read` alone, and version, import, timeouts and blame do not concern it.  It
 * stands in a registry of its own.
 *
 * Models given to functions are zeroed structs of `model.bytes`, filled from the table; strings in
 * them may be borrowed from the call's arena.  A function that is NULL has nothing to do, except
 * that create and read must exist. */
struct resource_type {
    const char *name;        /* with its prefix: "aws_sqs_queue" */
    const char *describe;    /* what it is, in a sentence or two */
    const char *notes;       /* further paragraphs of its page, in Markdown; NULL: none */
    const char *subcategory; /* where the registry lists it: "SQS" */
    /* The import id with attributes in braces, "{role}/{policy_arn}", and the end of a sentence
     * about it: "the role's name, a slash and ...".  NULL: the page says nothing of imports. */
    const char *import_id, *import_says;
    /* For its page: a row whose rules another room keeps, with those rules filled in.  `path` says
     * where the row is: "budgets.nodes".  NULL: the rows say all themselves. */
    struct attr (*with_rules)(struct arena *a, const struct attr *row, struct str path);
    int64_t schema_version;
    struct model model;
    /* What Terraform knows an object by (identity.h): names with commas between, of which an import
     * by identity needs the `required` ones.  NULL: it has none. */
    struct {
        int64_t version;
        const char *required, *optional;
    } identity;
    bool uses_engine; /* a read also needs the provider's `cluster` and `engine` to be known */
    bool plan_asks;   /* whose the credentials are, once: not on the thread that polls */
    bool asks_nobody; /* a data source that needs nothing of the provider */
    /* How long each may take when `timeouts` does not say; 0: 20 minutes. */
    struct {
        int64_t create_ms, read_ms, update_ms, delete_ms;
    } timeouts;
    const struct blame *blame; /* ends in a row without attribute; NULL: none */

    /* Checks of the whole that the rows cannot make: every error found, joined (error_join), each
     * with its path.  Must pass over unknown members; Terraform asks again when they are known. */
    MUST_CHECK struct error *(*validate)(struct call *c, const void *model);

    /* Adjusts a plan after the table's rules.  `prior` is NULL on create; `config` is what the user
     * wrote.  May set computed members to what is known already (id = name) or to unknown, and
     * warn.  Must give the same answer at apply for equal input: no clock, no chance, nothing
     * remote that moves.  Not called for a destroy. */
    MUST_CHECK struct error *(*plan)(struct call *c, const void *prior, const void *config,
                                     void *planned);

    /* `model` is what was planned, computed members unknown; `id` is unknown even if the plan knew
     * it.  The id goes in the moment the remote object exists, for that is how a failure after it
     * is told from one before: with an id, the error and the object both reach state. */
    MUST_CHECK struct error *(*create)(struct call *c, void *model);

    /* `model` is what state holds (after an import, what `import` filled in): overwrite what the
     * remote side says, leave the rest.  ERROR_NOT_FOUND removes it from state. */
    MUST_CHECK struct error *(*read)(struct call *c, void *model);

    /* `model` is what was planned.  If this fails, nobody need tidy up: state is what `read` then
     * finds; where even that fails, prior with the attributes that call_applied named. */
    MUST_CHECK struct error *(*update)(struct call *c, const void *prior, void *model);

    /* ERROR_NOT_FOUND counts as success. */
    MUST_CHECK struct error *(*destroy)(struct call *c, const void *prior);

    /* From the import id to enough of a model for `read`; NULL: the id becomes `id`. */
    MUST_CHECK struct error *(*import)(struct call *c, struct str id, void *model);

    /* Brings state of an older schema version to the current one, in place.  Attributes that are
     * missing become null and unknown ones are dropped without it. */
    MUST_CHECK struct error *(*upgrade)(struct call *c, int64_t from_version, struct json *state);
};

#endif
