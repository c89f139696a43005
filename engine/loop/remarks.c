#include "engine/loop/remarks.h"

#include "engine/loop/nodes.h"

enum { AGAIN_MS = 30 * 60 * 1000 };

/* Nobody reads them where there is no API server. */
static bool somebody_reads(const struct state *s, const struct cluster_port *cluster)
{
    return cluster->submit_remark && !s->engine_binds && state_knows_cluster(s);
}

static void say(const struct cluster_port *cluster, const struct remark *r)
{
    cluster->submit_remark(cluster->self, r);
}

static bool is_news(struct remarked *before, uint64_t what, int64_t now_ms)
{
    bool news = before->what != what || now_ms - before->at_ms >= AGAIN_MS;

    if (news)
        *before = (struct remarked){what, now_ms};
    return news;
}

/* Empty: nobody knows its name yet. */
static struct str node_name(const struct claim_entry *c)
{
    const struct node_entry *n = c->known ? c->known : c->node;

    return n ? n->name.key : (struct str){0};
}

static struct str what_it_is(struct arena *a, const struct claim *c)
{
    return arena_printf(a, STR_FMT " (" STR_FMT ") in " STR_FMT, STR_ARG(c->instance_type),
                        STR_ARG(capacity_type_text(c->capacity_type)), STR_ARG(c->zone));
}

/* How nodes come and go, a stage a row.  A node may be at one without having been at those before:
 * it is told to go while it boots. */

static struct str of_launched(struct arena *a, const struct claim_entry *c)
{
    return arena_printf(a, "instance " STR_FMT ", " STR_FMT ", was launched for pool " STR_FMT,
                        STR_ARG(c->claim.instance_id), STR_ARG(what_it_is(a, &c->claim)),
                        STR_ARG(c->claim.pool));
}

static struct str of_joined(struct arena *a, const struct claim_entry *c)
{
    (void)a, (void)c;
    return STR("it has joined the cluster");
}

static struct str of_ready(struct arena *a, const struct claim_entry *c)
{
    (void)a, (void)c;
    return STR("it lacks nothing any more, and takes pods");
}

static struct str meaning_of(struct str code)
{
    for (int r = 0; r < REASON_COUNT; r++)
        if (str_eq(str_of(reason_row((enum reason)r)->code), code))
            return str_of(reason_row((enum reason)r)->meaning);
    return STR("its instance ends");
}

static struct str of_leaving(struct arena *a, const struct claim_entry *c)
{
    struct str code = c->claim.reason.len ? c->claim.reason : STR("Ended");

    return arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(code), STR_ARG(meaning_of(code)));
}

static const struct stage_row {
    const char *reason;
    struct str (*message)(struct arena *a, const struct claim_entry *c);
} stages[] = {
    [STAGE_LAUNCHED] = {"Launched", of_launched},
    [STAGE_JOINED] = {"Registered", of_joined},
    [STAGE_READY] = {"Initialized", of_ready},
    [STAGE_LEAVING] = {"Disrupted", of_leaving},
};

enum claim_stage remarks_stage(const struct claim_entry *c)
{
    switch (c->claim.phase) {
    case CLAIM_RECORDED:
    case CLAIM_LAUNCHED:
        return c->known ? STAGE_JOINED : c->claim.instance_id.len ? STAGE_LAUNCHED : STAGE_NONE;
    case CLAIM_READY:
        return STAGE_READY;
    case CLAIM_DRAINING:
    case CLAIM_TERMINATING:
        return STAGE_LEAVING;
    }
    return STAGE_NONE;
}

static void say_stage(const struct cluster_port *cluster, const struct claim_entry *c,
                      enum claim_stage stage)
{
    ARENA_AUTO a = {0};

    say(cluster, &(struct remark){.of_node = true,
                                  .name = node_name(c),
                                  .reason = stages[stage].reason,
                                  .message = stages[stage].message(&a, c)});
}

static void say_it_stays(const struct cluster_port *cluster, const struct claim_entry *c)
{
    say(cluster, &(struct remark){.of_node = true,
                                  .name = node_name(c),
                                  .reason = "Kept",
                                  .message = STR("it stays after all, and takes pods again")});
}

static void remark_on_node(const struct cluster_port *cluster, struct claim_entry *c)
{
    enum claim_stage now = remarks_stage(c);

    if (now == c->said_stage || !node_name(c).len)
        return;
    if (now == STAGE_READY && c->said_stage == STAGE_LEAVING)
        say_it_stays(cluster, c);
    else if (now == STAGE_LEAVING)
        say_stage(cluster, c, now);
    else
        for (int stage = c->said_stage + 1; stage <= (int)now; stage++)
            say_stage(cluster, c, (enum claim_stage)stage);
    c->said_stage = now;
}

void remarks_on_nodes(struct state *s, const struct cluster_port *cluster)
{
    for (size_t i = 0; somebody_reads(s, cluster) && i < s->claims.count; i++)
        remark_on_node(cluster, CLAIM_AT(s, i));
}

/* Of a node whose name is not known there is nothing to say that helps. */
static void say_where(const struct cluster_port *cluster, const struct waiting *x,
                      const struct claim_entry *c)
{
    ARENA_AUTO a = {0};
    struct str message = arena_printf(
        &a, "it is to run on node " STR_FMT ", " STR_FMT ", of pool " STR_FMT,
        STR_ARG(node_name(c)), STR_ARG(what_it_is(&a, &c->claim)), STR_ARG(c->claim.pool));

    say(cluster, &(struct remark){.name = x->pod->name, .reason = "Nominated", .message = message});
}

static void say_why_not(const struct cluster_port *cluster, const struct waiting *x)
{
    const struct reason_row *row = reason_row(x->reason);
    ARENA_AUTO a = {0};
    struct str message = arena_printf(&a, "%s: " STR_FMT, row->code,
                                      STR_ARG(x->message.len ? x->message : str_of(row->meaning)));

    say(cluster,
        &(struct remark){
            .name = x->pod->name, .reason = "FailedScheduling", .message = message, .warns = true});
}

static void remark_on_pod(struct state *s, const struct cluster_port *cluster,
                          const struct waiting *x, int64_t now_ms)
{
    struct pod_entry *e = pods_find(&s->pods, x->pod->name);
    const struct claim_entry *c = x->claim ? state_claim(s, x->claim->id) : NULL;
    struct str of = c ? c->id.key : x->pool ? x->pool->name : STR("");
    bool is_coming = x->reason == REASON_ON_ITS_WAY;

    /* A scheduler that has yet to look at it may well know a place. */
    if (!e || e->waits != POD_WAITS_MARKED || (is_coming && (!c || !node_name(c).len)) ||
        !is_news(&e->remarked, str_hash(of) + (uint64_t)x->reason, now_ms))
        return;
    if (is_coming)
        say_where(cluster, x, c);
    else
        say_why_not(cluster, x);
}

/* What a pod on it keeps there waits for people; budgets of pools and the like pass by themselves.
 */
static void remark_on_held(struct state *s, const struct cluster_port *cluster,
                           const struct held *x, int64_t now_ms)
{
    struct claim_entry *c = state_claim(s, x->claim->id);
    bool kept = x->by == REASON_POD_BUDGET || x->by == REASON_DO_NOT_DISRUPT;

    if (!c || !kept || !node_name(c).len ||
        !is_news(&c->remarked, str_hash(x->message) + (uint64_t)x->due, now_ms))
        return;
    ARENA_AUTO a = {0};
    struct str message = arena_printf(&a, "%s, and %s: " STR_FMT, reason_row(x->due)->code,
                                      reason_row(x->by)->code, STR_ARG(x->message));
    say(cluster, &(struct remark){.of_node = true,
                                  .name = node_name(c),
                                  .reason = "DisruptionBlocked",
                                  .message = message});
}

void remarks_on_decision(struct state *s, const struct cluster_port *cluster,
                         const struct decision *d, int64_t now_ms)
{
    if (!somebody_reads(s, cluster))
        return;
    for (size_t i = 0; i < d->waiting_count; i++)
        remark_on_pod(s, cluster, &d->waiting[i], now_ms);
    for (size_t i = 0; i < d->held_count; i++)
        remark_on_held(s, cluster, &d->held[i], now_ms);
}
