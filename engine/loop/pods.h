#ifndef ENGINE_LOOP_PODS_H
#define ENGINE_LOOP_PODS_H

#include "engine/base/index.h"
#include "engine/loop/shared_specs.h"

/* The pods of the cluster as they were last heard of, by namespace/name.
 *
 * They come, change and go by the thousands in a second, and there may be 100,000 of them.  So a
 * change costs what it changes: what decisions see (pods_show) is kept from one to the next, and
 * only places of pods that were touched are written anew. */

struct tally {
    size_t count;
    uint64_t who; /* a digest of their names, in whatever order */
};

/* Where pods count: a claim of ours, or a node of somebody else. */
struct home {
    size_t count;        /* pods that are there ... */
    struct tally tally;  /* ... and those of them that take room */
    size_t first, shown; /* as of the last pods_show: pods.grouped[first ... first + shown) */
};

/* What was said last of a pod or node to those who read of it, and when (loop/remarks.h). */
struct remarked {
    uint64_t what; /* a digest; 0: nothing */
    int64_t at_ms;
};

struct binding_entry;
struct node_entry;

/* Where others bind, a pod without a node waits (loop/waiting.h) ... */
enum pod_waits {
    POD_WAITS_NOT,
    POD_WAITS_UNSEEN, /* ... and the scheduler has not said yet what it thinks of it, or ... */
    POD_WAITS_MARKED, /* ... it has found no place for it */
};

struct pod_entry {
    struct indexed name;
    struct pod pod; /* as decisions see it: where it runs and what follows from that is settled by
                       whoever knows nodes and claims (homes.h) */
    bool unready, never_serve, ending; /* as was said of it */
    struct shared_spec *spec;
    struct binding_entry *binding;   /* NULL: none */
    struct node_entry *node;         /* that it says it has; NULL: none */
    struct pod_entry *next, *before; /* of the pods of that node, or of the unseen of `spec` */
    enum pod_waits waits;
    struct home *home; /* NULL: it waits, or counts nowhere */
    bool evicting;     /* it is to leave its node (loop/steering.h) ... */
    int64_t retry_ms;  /* ... and is not to be told so before */
    struct remarked remarked;
    bool takes_room;    /* at its home */
    bool adrift;        /* it is bound to a claim that is not there */
    bool heard;         /* the whole list at hand has it */
    bool touched, gone; /* since the last pods_show */
    size_t place;       /* in `shown`; SIZE_MAX: it was never shown */
    char bytes[];
};

struct pods {
    struct index by_name;
    struct shared_specs specs;
    struct pod_entry **touched;
    size_t touched_count, touched_capacity;
    bool ungrouped; /* some pod has another home, or another place, than at the last pods_group */
    size_t adrift;  /* how many are */
    /* What the last pods_show showed. */
    struct pod_entry **order; /* by name */
    struct pod *shown;        /* at the same places */
    size_t shown_count, capacity;
    const struct pod **grouped; /* by home, each in order */
    size_t grouped_capacity;
};

struct pod_entry *pods_find(const struct pods *p, struct str name); /* NULL when absent */
/* One that is not there yet; its specification is the caller's, with one user for it. */
struct pod_entry *pods_add(struct pods *p, struct str name, struct shared_spec *spec);
/* Into a list that it is in by `next` and `before`, and out of it; one list at a time. */
void pod_link(struct pod_entry **list, struct pod_entry *e);
void pod_unlink(struct pod_entry **list, struct pod_entry *e);
/* Something of it is to be shown otherwise. */
void pods_touch(struct pods *p, struct pod_entry *e);
/* It is no more, and nowhere: the caller has seen to that. */
void pods_remove(struct pods *p, struct pod_entry *e);
/* Brings `shown` up to date: sorted by name.  Valid until the next time. */
void pods_show(struct pods *p);
/* Is what is shown grouped otherwise than at the last pods_group? */
bool pods_are_ungrouped(const struct pods *p);
/* Groups it by home, whose `first` and `shown` then hold.  `homes` are all there are. */
void pods_group(struct pods *p, struct home *const *homes, size_t count);
void pods_free(struct pods *p);

#endif
