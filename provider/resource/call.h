#ifndef PROVIDER_RESOURCE_CALL_H
#define PROVIDER_RESOURCE_CALL_H

#include "engine/base/cancel.h"
#include "provider/resource/schema.h"

/* What one RPC carries, handed to every function of a resource.  Nothing else is global: two
 * configurations of the provider (aliases) and many worker threads run side by side. */

struct aws_client; /* engine/aws */
struct pools;      /* engine/pools.h: the engine's door; here it is only carried */
struct provider;   /* provider.h: one configured provider */

struct call {
    struct arena *arena;       /* dies with the RPC */
    struct cancel *cancel;     /* raised by StopProvider and by a cancelled call */
    int64_t deadline_ms;       /* time_monotonic_ms at which this operation's timeout is up */
    struct provider *provider; /* as configured; NULL while validating */
    struct aws_client *aws;    /* of that provider, in the region of the object at hand; NULL while
                                  validating and when unknown */
    struct str agent;          /* that the module at hand is to be named by (agent.h) */
    struct str region;         /* that the object at hand is in; empty: the provider's (region.h) */

    struct error *warnings;       /* through call_warn */
    struct applied_list *applied; /* through call_applied */
    struct json private_state;    /* through call_private */
};

struct applied_list {
    const char *attribute;
    struct applied_list *next;
};

/* A warning for the user.  `path` as in struct error ("requirements[1]"), empty for the whole.
 * Terraform shows them from validate, plan and apply; in a plan, warn only when planned differs
 * from prior, or CI logs fill with noise. */
void call_warn(struct call *c, struct str path, struct str summary, struct str detail);

/* In `update`: the remote side now has the planned value of this attribute.  Only matters when a
 * later step of the same update fails and reading back fails as well. */
void call_applied(struct call *c, const char *attribute);

/* What Terraform keeps for us beside the state, by key; empty when there is none. */
struct str call_private(const struct call *c, const char *key);
void call_set_private(struct call *c, const char *key, struct str value);

/* Milliseconds until the deadline, at least 0. */
int64_t call_left_ms(const struct call *c);

/* That an object was made, and whether this provider made one in the last minutes: what AWS then
 * does not know may only be too new for it, what it does not know otherwise is misspelt. */
void call_note_made(struct call *c);
bool call_made_lately(const struct call *c);

/* That what AWS knows by this name was put in place by this provider, and whether it was: then what
 * an earlier resource calls its own is that very thing, and is not to be taken away (links.h). */
void call_note_link(struct call *c, struct str key);
bool call_has_link(const struct call *c, struct str key);

/* Answers that resources of one plan share (recall.h).  Only for reads. */
bool call_recall(struct call *c, struct str key, struct str *answer);
void call_remember(struct call *c, struct str key, struct str answer);

/* Facts about the configured provider; the region is that of the object at hand. */
struct str call_region(const struct call *c);
struct str call_partition(const struct call *c); /* "aws", "aws-cn", "aws-us-gov" by region */
/* Asked of STS once and then remembered; empty with skip_requesting_account_id. */
MUST_CHECK struct error *call_account_id(struct call *c, struct str *out);

/* The door to the engine inside this provider, opened at first use with the provider's `cluster`
 * and `engine` settings and shared by all its resources. */
MUST_CHECK struct error *call_pools(struct call *c, const struct pools **out);

/* Tags.  A resource has members `struct tf_map tags, tags_all` (rows OPTIONAL and OPTIONAL |
 * COMPUTED); planning fills in tags_all = default_tags + tags.  So a create sends
 * call_tags_new(model->tags), in which ignore_tags hides nothing, as in hashicorp/aws; an update
 * the difference of the two tags_all, and a read calls call_tags_read with what the remote side
 * has: ignore_tags and "aws:" keys are left out, tags_all gets the rest, tags the rest less those
 * that only the defaults brought. */
struct tf_map call_tags_new(struct call *c, const struct tf_map *own);
struct tag_change {
    struct tf_map put;      /* new or changed */
    struct tf_strings drop; /* keys to take away */
};
struct tag_change call_tags_change(struct call *c, const struct tf_map *prior_all,
                                   const struct tf_map *planned_all);
void call_tags_read(struct call *c, const struct tf_map *remote, struct tf_map *tags,
                    struct tf_map *tags_all);

/* Texts of a member as a wire value ("900", "true", "text"), by row: what lets one loop over the
 * rows with `.api` build a request or take in an answer.  Only scalar kinds.  attr_text is false
 * unless the member is known; attr_set_text of a text that does not fit is an error. */
bool attr_text(struct arena *a, const struct attr *row, const void *model, struct str *out);
MUST_CHECK struct error *attr_set_text(struct arena *a, const struct attr *row, void *model,
                                       struct str text);
/* Equal members of two models of the same table, sets and maps without regard to order. */
bool attr_eq(const struct attr *row, const void *model_a, const void *model_b);
/* The row of that name, or NULL. */
const struct attr *model_row(const struct model *m, struct str name);

#endif
