#ifndef ENGINE_LOOP_NODES_H
#define ENGINE_LOOP_NODES_H

#include "engine/loop/state.h"

/* The nodes of the cluster by name, and which of them are ours.
 *
 * A node is known while somebody speaks of it: Kubernetes (a Node object), a claim of ours whose
 * instance is called so, or a pod that runs there.  It is ours by the instance of one of our
 * claims or, where it does not say its instance, by the name.  One that says it is of a pool of
 * ours, and is no claim's, was ours: a dump outlives the nodes in it.  All others that Kubernetes
 * knows are somebody else's (foreign.h). */
struct node_entry {
    struct indexed name;
    struct claim *said;          /* as Kubernetes has it, in one block; NULL: it does not */
    struct resource_table names; /* of its amounts */
    size_t namers;               /* claims of ours whose instances are called so ... */
    struct claim_entry *named;   /* ... and the one that it is then; NULL: none */
    struct claim_entry *claim;   /* of ours, whose node it is; NULL: none's */
    int64_t heard_ms;            /* when that was first heard of */
    int64_t retry_ms;            /* no order is given before (steering.h) */
    bool foreign;                /* somebody else's */
    bool outlived;               /* its claim has ended, for its instance is gone */
    bool heard;                  /* the whole list at hand has it */
    struct pod_entry *pods;      /* that say they run there */
    struct home home;            /* of a foreign one */
    char bytes[];
};

struct node_entry *node_find(const struct state *s, struct str name); /* NULL when absent */
/* Made if it is not there: the caller has something to say of it ... */
struct node_entry *node_of(struct state *s, struct str name);
/* ... and nothing any more: it is forgotten unless somebody else has. */
void node_forget(struct state *s, struct node_entry *n);

/* What Kubernetes says of a node, with amounts named by that table, as one of a whole list or by
 * itself; nothing any more; and of those that the whole list does not have.  All tell whether that
 * is news. */
bool node_hear(struct state *s, const struct claim *said, const struct resource_table *names,
               bool whole, int64_t now_ms);
bool node_gone(struct state *s, struct str name);
bool nodes_forget_unheard(struct state *s);

/* How the claim's node is called; copied. */
void claim_set_node(struct state *s, struct claim_entry *c, struct str name);
/* It is found by nothing any more, and has no node. */
void nodes_lose_claim(struct state *s, struct claim_entry *c);
/* Whose nodes are may have changed (state.nodes_doubted): looks at each. */
void nodes_judge(struct state *s);

void nodes_free(struct state *s);

#endif
