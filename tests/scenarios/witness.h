#ifndef TESTS_SCENARIOS_WITNESS_H
#define TESTS_SCENARIOS_WITNESS_H

#include "tests/unit/engine-loop/scene.h"

/* Sees a scene from outside, instant by instant: what becomes of instances and of pods, in words.
 * Nodes are named POOL/SERIAL, after the claims in their tags. */

/* What a record said, and the body in which it was read: at most instants no record is another, and
 * those that are the same need not be read. */
struct reading {
    const char *body;
    struct str text;
};
struct node {
    struct str instance, name, claim;
    enum instance_state state;
    struct reading reason;
    bool ready; /* its claim's record says so */
    bool cordoned;
};
struct home {
    struct reading claim;
    struct str node; /* as last seen; empty: none */
};
struct sighting {
    int64_t at_ms; /* from the beginning */
    struct str text;
};
struct witness {
    struct arena arena;
    struct scene *scene;
    int64_t start_ms;
    struct node *nodes;
    size_t node_count, node_capacity;
    struct home *homes; /* of each pod */
    size_t home_count, home_capacity;
    struct sighting *seen;
    size_t seen_count, seen_capacity;
};

static inline void __attribute__((format(printf, 2, 3)))
see(struct witness *w, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct sighting e = {sim_now_ms(w->scene->sim) - w->start_ms,
                         arena_vprintf(&w->arena, fmt, args)};
    va_end(args);
    ARENA_PUSH(&w->arena, w->seen, w->seen_count, w->seen_capacity, e);
}

/* moon/web/u1/2 is web/2. */
static inline struct str node_name(struct witness *w, struct str claim)
{
    str_cut(&claim, '/');
    struct str pool = str_cut(&claim, '/');
    str_cut(&claim, '/');
    return arena_printf(&w->arena, STR_FMT "/" STR_FMT, STR_ARG(pool), STR_ARG(claim));
}

static inline struct node *node_of(struct witness *w, const struct cloud_instance *i)
{
    for (size_t n = 0; n < w->node_count; n++)
        if (str_eq(w->nodes[n].instance, i->id))
            return &w->nodes[n];
    struct node node = {.instance = arena_str(&w->arena, i->id),
                        .name = node_name(w, i->claim),
                        .claim = arena_str(&w->arena, i->claim)};
    see(w, "launch " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(node.name),
        STR_ARG(i->instance_type), STR_ARG(capacity_type_text(i->capacity_type)), STR_ARG(i->zone),
        STR_ARG(i->image_id));
    ARENA_PUSH(&w->arena, w->nodes, w->node_count, w->node_capacity, node);
    return &w->nodes[w->node_count - 1];
}

static inline struct str record_text(struct witness *w, struct str body, const char *member)
{
    ARENA_AUTO a = {0};
    struct json j;
    if (!body.ptr || json_parse(&a, body, &j))
        return (struct str){0};
    return arena_str(&w->arena, json_string_or(json_get(&j, member), (struct str){0}));
}

static inline struct str read_again(struct witness *w, struct reading *r, struct str body,
                                    const char *member)
{
    if (r->body != body.ptr)
        *r = (struct reading){body.ptr, record_text(w, body, member)};
    return r->text;
}

/* Where the cluster binds, an instance that runs is no node yet: its claim says when it is. */
static inline bool takes_pods(struct witness *w, const struct node *n,
                              const struct cloud_instance *i)
{
    struct json j;
    struct str body = sim_record(w->scene->sim, STR("claim"), n->claim);
    int64_t phase = CLAIM_RECORDED;

    if (!sim_binds_itself(w->scene->sim))
        return i->state == INSTANCE_RUNNING;
    return body.ptr && !json_parse(&w->arena, body, &j) &&
           json_to_int64(json_get(&j, "phase"), &phase) && phase == CLAIM_READY;
}

static inline void watch_nodes(struct witness *w)
{
    struct cloud_instance i;
    for (size_t at = 0; sim_instance(w->scene->sim, at, &i); at++) {
        struct node *n = node_of(w, &i);
        struct str claim = sim_record(w->scene->sim, STR("claim"), n->claim);
        struct str reason = read_again(w, &n->reason, claim, "reason");
        if (reason.len && !n->cordoned)
            see(w, "cordon " STR_FMT " " STR_FMT, STR_ARG(n->name), STR_ARG(reason));
        if (!reason.len && n->cordoned && i.state == INSTANCE_RUNNING)
            see(w, "uncordon " STR_FMT, STR_ARG(n->name));
        n->cordoned = reason.len;
        bool ready = takes_pods(w, n, &i);
        if (ready && !n->ready)
            see(w, "ready " STR_FMT, STR_ARG(n->name));
        n->ready = ready || n->ready;
        if (i.state != n->state && i.state == INSTANCE_STOPPING)
            see(w, "terminate " STR_FMT, STR_ARG(n->name));
        n->state = i.state;
    }
}

/* Nodes that are told to leave. */
static inline size_t witness_draining(struct witness *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->node_count; i++)
        count += w->nodes[i].cordoned && w->nodes[i].state == INSTANCE_RUNNING;
    return count;
}

/* Nodes of whom an announcement is in the store. */
static inline size_t witness_interrupted(struct witness *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->node_count; i++)
        count += record_text(w, sim_record(w->scene->sim, STR("claim"), w->nodes[i].claim),
                             "interruption")
                     .len > 0;
    return count;
}

/* Where the cluster binds: on which node its scheduler has put it. */
static inline struct str node_in_cluster(struct witness *w, struct str pod)
{
    struct str node = sim_pod_node(w->scene->sim, pod), instance = str_cut(&node, '.');

    for (size_t n = 0; instance.len && n < w->node_count; n++)
        if (str_eq(w->nodes[n].instance, instance))
            return w->nodes[n].name;
    return (struct str){0};
}

/* Else: which the engine has bound it to, in the store. */
static inline struct str node_in_store(struct witness *w, struct home *home, struct str pod)
{
    struct str body = sim_record(w->scene->sim, STR("binding"), pod);
    if (home->claim.body == body.ptr)
        return home->node;
    struct str claim = read_again(w, &home->claim, body, "claim");
    return claim.len ? node_name(w, claim) : claim;
}

static inline void watch_pod(struct witness *w, size_t i)
{
    ARENA_AUTO a = {0};
    struct home *home = &w->homes[i];
    struct str pod = arena_printf(&a, "default/web-%zu", i), was = home->node;
    home->node =
        sim_binds_itself(w->scene->sim) ? node_in_cluster(w, pod) : node_in_store(w, home, pod);
    /* One that has ended is not evicted: it is gone by itself. */
    bool over = i < COUNT(w->scene->pod_at) && w->scene->pod_at[i].over;
    bool moved = !str_eq(was, home->node);
    if (was.len && moved && !over)
        see(w, "evict web-%zu " STR_FMT, i, STR_ARG(was));
    if (home->node.len && moved)
        see(w, "bind web-%zu " STR_FMT, i, STR_ARG(home->node));
}

static inline void watch_pods(struct witness *w)
{
    for (size_t i = 0; i < w->scene->pods; i++) {
        if (i == w->home_count)
            ARENA_PUSH(&w->arena, w->homes, w->home_count, w->home_capacity, (struct home){0});
        watch_pod(w, i);
    }
}

static inline void witness_look(struct witness *w)
{
    watch_nodes(w);
    watch_pods(w);
}

#endif
