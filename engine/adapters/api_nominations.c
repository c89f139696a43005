#include "engine/adapters/api_nominations.h"

#include "engine/adapters/api_kinds.h"
#include "engine/adapters/api_orders.h"
#include "engine/base/log.h"
#include "engine/kube/verbs.h"

enum { HEEDS_MAJOR = 1, HEEDS_MINOR = 35, PART_MOST = 50 };

struct batch {
    struct api_nomination *items;
    size_t count;
};

/* "35+": providers mark a minor version that they have changed. */
static int64_t number_of(const struct json *version, const char *key)
{
    struct str text = json_string_or(json_get(version, key), STR(""));
    int64_t number = 0;

    for (size_t i = 0; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && i < 6; i++)
        number = number * 10 + (text.ptr[i] - '0');
    return number;
}

bool api_heeds_nominations(const struct json *version)
{
    int64_t major = number_of(version, "major");

    return major > HEEDS_MAJOR ||
           (major == HEEDS_MAJOR && number_of(version, "minor") >= HEEDS_MINOR);
}

/* With the uid, which cannot be changed: another pod by that name refuses the patch. */
static struct str patch_of(struct arena *a, const struct api_nomination *n)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_key(&w, STR("metadata"));
    json_begin_object(&w);
    json_member(&w, "uid", n->uid);
    json_end_object(&w);
    json_key(&w, STR("status"));
    json_begin_object(&w);
    json_member(&w, "nominatedNodeName", n->what.node);
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&out);
}

/* One that has been bound or removed meanwhile needs none, so that a refusal is no fault. */
static void nominate(const struct api_hands *hands, const struct api_nomination *n,
                     struct cancel *stop)
{
    ARENA_AUTO a = {0};
    struct str name = n->what.pod, namespace = str_cut(&name, '/');
    const struct kube_target target = {&api_rows[API_PODS].resource, namespace, name,
                                       STR("status")};
    const struct kube_call call = {.client = hands->client, .arena = &a, .cancel = stop};
    const struct kube_patch patch = {.kind = KUBE_PATCH_MERGE, .body = patch_of(&a, n)};
    struct json pod;
    struct error *e = kube_patch(&call, &target, &patch, &pod);

    if (e)
        log_event(LOG_DEBUG, "pod_not_nominated", LOG_STR("pod", n->what.pod),
                  LOG_STR("error", e->summary));
}

static void run(void *self, struct order *order, struct cancel *stop)
{
    const struct batch *b = order->what;

    for (size_t i = 0; i < b->count && !cancel_is_raised(stop); i++)
        if (b->items[i].uid.len)
            nominate(self, &b->items[i], stop);
}

/* In parts, which the queue's threads share: a node may boot in twenty seconds. */
static void submit(struct orders *queue, const struct api_nomination *all, size_t count)
{
    struct order *order = order_new(run);
    struct arena *keep = &order->arena;
    struct batch *b = ARENA_NEW(keep, struct batch);

    *b = (struct batch){ARENA_ARRAY(keep, struct api_nomination, count), count};
    for (size_t i = 0; i < count; i++)
        b->items[i] = (struct api_nomination){
            {arena_str(keep, all[i].what.pod), arena_str(keep, all[i].what.node)},
            arena_str(keep, all[i].uid)};
    order->what = b;
    orders_submit(queue, order);
}

void api_nominate(struct orders *queue, const struct api_nomination *all, size_t count)
{
    for (size_t at = 0; at < count; at += PART_MOST)
        submit(queue, all + at, count - at < PART_MOST ? count - at : PART_MOST);
}
