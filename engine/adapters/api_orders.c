#include "engine/adapters/api_orders.h"

#include "engine/adapters/api_kinds.h"
#include "engine/kube/verbs.h"

/* What an order is about, in its arena. */
struct api_order {
    enum event_kind answer;
    struct str name; /* in the answer */
    struct kube_target target;
    struct str uid;
    struct str patch; /* of a node that is to change */
    struct error *(*carry_out)(const struct kube_call *c, const struct api_order *o);
};

static struct error *patch_node(const struct kube_call *c, const struct api_order *o)
{
    const struct kube_patch patch = {.kind = KUBE_PATCH_STRATEGIC, .body = o->patch};
    struct json node;

    return kube_patch(c, &o->target, &patch, &node);
}

static struct error *gone_is_fine(struct error *e)
{
    return e && e->kind == ERROR_NOT_FOUND ? NULL : e; /* that is what was wanted */
}

static struct error *delete_node(const struct kube_call *c, const struct api_order *o)
{
    return gone_is_fine(kube_delete(c, &o->target, &(struct kube_delete){.uid = o->uid}));
}

static struct error *evict(const struct kube_call *c, const struct api_order *o)
{
    return gone_is_fine(
        kube_evict(c, o->target.namespace, o->target.name, &(struct kube_delete){.uid = o->uid}));
}

static struct error *nobody_there(struct arena *a, const struct api_order *o)
{
    return error_new(a, ERROR_NOT_FOUND, "there is no " STR_FMT " " STR_FMT " any more",
                     STR_ARG(kube_resource_name(a, &o->target)), STR_ARG(o->name));
}

static void run(void *self, struct order *order, struct cancel *stop)
{
    const struct api_hands *hands = self;
    const struct api_order *o = order->what;
    const struct kube_call call = {.client = hands->client, .arena = &order->arena, .cancel = stop};
    struct error *e = o->uid.len ? o->carry_out(&call, o) : nobody_there(&order->arena, o);
    struct event *answer = event_new(o->answer);

    answer->name = arena_str(&answer->arena, o->name);
    answer->error = e ? error_copy(&answer->arena, e) : NULL;
    hands->sink.post(hands->sink.self, answer);
}

static void submit(struct orders *queue, const struct api_order *o)
{
    struct order *order = order_new(run);
    struct api_order *kept = ARENA_NEW(&order->arena, struct api_order);

    *kept = *o;
    kept->name = arena_str(&order->arena, o->name);
    kept->uid = arena_str(&order->arena, o->uid);
    kept->patch = arena_str(&order->arena, o->patch);
    kept->target.name = arena_str(&order->arena, o->target.name);
    kept->target.namespace = arena_str(&order->arena, o->target.namespace);
    order->what = kept;
    orders_submit(queue, order);
}

static void write_labels(struct json_writer *w, const struct node_order *o)
{
    if (!o->label_count && !o->unlabel.len)
        return;
    json_key(w, STR("labels"));
    json_begin_object(w);
    for (size_t i = 0; i < o->label_count; i++) {
        json_key(w, o->labels[i].key);
        json_string(w, o->labels[i].value);
    }
    if (o->unlabel.len) {
        json_key(w, o->unlabel);
        json_null(w);
    }
    json_end_object(w);
}

static void write_taint(struct json_writer *w, const struct taint *t)
{
    json_begin_object(w);
    json_member(w, "key", t->key);
    if (t->value.len)
        json_member(w, "value", t->value);
    json_member(w, "effect", taint_effect_text(t->effect));
    json_end_object(w);
}

/* Taints are merged by their keys, so those of others stay, whoever adds some at the same time. */
static void write_taints(struct json_writer *w, const struct node_order *o)
{
    if (!o->taint_count && !o->untaint.len)
        return;
    json_key(w, STR("spec"));
    json_begin_object(w);
    json_key(w, STR("taints"));
    json_begin_array(w);
    for (size_t i = 0; i < o->taint_count; i++)
        write_taint(w, &o->taints[i]);
    if (o->untaint.len) {
        json_begin_object(w);
        json_member(w, "$patch", STR("delete"));
        json_member(w, "key", o->untaint);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

/* With the uid, which cannot be changed: a node of that name that came since refuses the patch. */
static struct str patch_of(struct arena *a, struct str uid, const struct node_order *o)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_key(&w, STR("metadata"));
    json_begin_object(&w);
    json_member(&w, "uid", uid);
    write_labels(&w, o);
    json_end_object(&w);
    write_taints(&w, o);
    json_end_object(&w);
    return buf_str(&out);
}

static struct kube_target node_target(struct str node)
{
    return (struct kube_target){.resource = &api_rows[API_NODES].resource, .name = node};
}

void api_order_node(struct orders *queue, struct str uid, const struct node_order *o)
{
    ARENA_AUTO a = {0};

    submit(queue, &(struct api_order){.answer = EVENT_NODE,
                                      .name = o->node,
                                      .target = node_target(o->node),
                                      .uid = uid,
                                      .patch = patch_of(&a, uid, o),
                                      .carry_out = patch_node});
}

void api_order_delete_node(struct orders *queue, struct str uid, struct str node)
{
    submit(queue, &(struct api_order){.answer = EVENT_NODE,
                                      .name = node,
                                      .target = node_target(node),
                                      .uid = uid,
                                      .carry_out = delete_node});
}

void api_order_evict(struct orders *queue, struct str uid, struct str pod)
{
    struct str name = pod, namespace = str_cut(&name, '/');

    submit(queue,
           &(struct api_order){.answer = EVENT_EVICT,
                               .name = pod,
                               .target = {&api_rows[API_PODS].resource, namespace, name, {0}},
                               .uid = uid,
                               .carry_out = evict});
}
