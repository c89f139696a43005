#include "engine/loop/nodes.h"

#include "engine/base/memory.h"
#include "engine/loop/homes.h"
#include "engine/worlds/clone.h"

struct node_entry *node_find(const struct state *s, struct str name)
{
    return name.len ? index_find(&s->nodes, name) : NULL;
}

struct node_entry *node_of(struct state *s, struct str name)
{
    struct node_entry *n = index_find(&s->nodes, name);

    if (n)
        return n;
    n = must_have(calloc(1, sizeof(*n) + name.len + 1));
    memcpy(n->bytes, name.ptr, name.len);
    n->name.key = (struct str){n->bytes, name.len};
    index_add(&s->nodes, &n->name);
    return n;
}

static void node_free(struct node_entry *n)
{
    free(n->said);
    free(n);
}

void node_forget(struct state *s, struct node_entry *n)
{
    if (n->said || n->namers || n->pods)
        return;
    index_remove(&s->nodes, n->name.key);
    node_free(n);
}

/* A Node that says whose it is has to be of ours: EC2 gives the name of an instance that is gone,
 * which is its address, to another. */
static struct claim_entry *claim_of(const struct state *s, const struct node_entry *n)
{
    if (!n->said || !n->said->instance_id.len)
        return n->named;
    return state_claim_of_instance(s, n->said->instance_id);
}

static bool is_of_our_pools(const struct state *s, const struct node_entry *n)
{
    return state_pool(s, labels_get(&n->said->labels, LABEL_NODE_POOL));
}

/* Should two Node objects say that they are a claim's instance, it is the one that is called as the
 * cloud says, else the first by name. */
static void note_known(struct claim_entry *c, struct node_entry *n)
{
    bool better = !c->known || n->named == c ||
                  (c->known->named != c && str_cmp(n->name.key, c->known->name.key) < 0);

    if (n->said && better)
        c->known = n;
}

static void judge(struct state *s, struct node_entry *n)
{
    struct claim_entry *c = claim_of(s, n), *before = n->claim;
    bool foreign = n->said && !c && !is_of_our_pools(s, n);

    if (before && before != c) {
        before->nodes--;
        if (before->known == n)
            before->known = NULL;
    }
    if (c && before != c)
        c->nodes++;
    n->claim = c;
    if (c)
        note_known(c, n);
    if (before == c && n->foreign == foreign)
        return;
    n->foreign = foreign;
    homes_settle_node(s, n);
}

bool node_hear(struct state *s, const struct claim *said, const struct resource_table *names,
               bool whole, int64_t now_ms)
{
    struct node_entry *n = node_of(s, said->id);
    struct resource_table kept = shared_specs_names(&s->pods.specs, names);
    bool same = n->said && parts_eq(TABLE_CLAIM, n->said, 1, said, 1) &&
                parts_eq(TABLE_NAMES, &n->names, 1, &kept, 1);

    n->heard = whole;
    if (same)
        return false;
    if (!n->said)
        n->heard_ms = now_ms;
    /* By the same name another may have come. */
    n->outlived &= n->said && str_eq(n->said->instance_id, said->instance_id);
    free(n->said);
    n->said = parts_clone(TABLE_CLAIM, said, 1);
    n->names = kept;
    judge(s, n);
    return true;
}

static void unsay(struct state *s, struct node_entry *n)
{
    if (n->claim && n->claim->known == n)
        n->claim->known = NULL;
    free(n->said);
    n->said = NULL;
    judge(s, n);
    s->nodes_doubted = true; /* another Node object may be the claim's now */
    node_forget(s, n);
}

bool node_gone(struct state *s, struct str name)
{
    struct node_entry *n = node_find(s, name);
    bool known = n && n->said;

    if (known)
        unsay(s, n);
    return known;
}

bool nodes_forget_unheard(struct state *s)
{
    struct index_walk w = {.of = &s->nodes};
    bool any = false;

    for (struct node_entry *n; (n = index_next(&w));) {
        bool heard = n->heard;
        n->heard = false;
        if (heard || !n->said)
            continue;
        unsay(s, n);
        any = true;
    }
    return any;
}

static void give_name_up(struct state *s, struct claim_entry *c)
{
    struct node_entry *n = c->node;

    if (!n)
        return;
    c->node = NULL;
    n->namers--;
    if (n->named == c)
        n->named = NULL;
    judge(s, n);
    node_forget(s, n);
}

/* Addresses, and names made of them, are used again: who is going makes way. */
static void take_name(struct state *s, struct claim_entry *c)
{
    const struct claim_entry *holder = c->node->named;

    if (holder == c || (holder && holder->claim.phase < CLAIM_TERMINATING))
        return;
    c->node->named = c;
    judge(s, c->node);
}

void claim_set_node(struct state *s, struct claim_entry *c, struct str name)
{
    if (!c->node || !str_eq(c->node->name.key, name)) {
        give_name_up(s, c);
        if (!name.len)
            return;
        c->node = node_of(s, name);
        c->node->namers++;
    }
    take_name(s, c);
}

void nodes_lose_claim(struct state *s, struct claim_entry *c)
{
    struct index_walk w = {.of = &s->nodes};

    claim_set_node(s, c, (struct str){0});
    for (struct node_entry *n; c->nodes && (n = index_next(&w));)
        if (n->claim == c) /* by its instance alone */
            judge(s, n);
}

void nodes_judge(struct state *s)
{
    struct index_walk w = {.of = &s->nodes};

    if (!s->nodes_doubted)
        return;
    s->nodes_doubted = false;
    for (struct node_entry *n; (n = index_next(&w));)
        judge(s, n);
}

void nodes_free(struct state *s)
{
    struct index_walk w = {.of = &s->nodes};

    for (struct node_entry *n; (n = index_next(&w));)
        node_free(n);
    index_free(&s->nodes);
}
