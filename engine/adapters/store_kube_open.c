#include "engine/adapters/store_kube.h"

#include <stdlib.h>

#include "engine/adapters/store_fleet.h"
#include "engine/adapters/store_kube_inside.h"
#include "engine/base/memory.h"

/* Opening: whose the store is, and what an engine follows of it. */

static const struct store_record fleet_record = {STR_INIT("fleet"), STR_INIT("this"), {0}};

static struct error *read_fleet(struct arena *a, struct store *s, struct fleet_identity *out)
{
    struct store_record r;
    struct json body;

    *out = (struct fleet_identity){0};
    TRY(s->ops->get(a, s, fleet_record.kind, fleet_record.key, &r));
    TRY(json_parse(a, r.body, &body));
    for (size_t i = 0; i < FLEET_MEMBERS; i++)
        *fleet_member(out, i) = json_string_or(json_get(&body, fleet_keys[i]), STR(""));
    return NULL;
}

static struct error *write_fleet(struct arena *a, struct store *s, struct fleet_identity *fleet)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    struct store_record r = fleet_record;

    json_begin_object(&w);
    for (size_t i = 0; i < FLEET_MEMBERS; i++)
        json_member(&w, fleet_keys[i], *fleet_member(fleet, i));
    json_end_object(&w);
    r.body = buf_str(&out);
    return store_kube_write(a, s, 0, &r, 1);
}

static struct error *is_nobodys(struct arena *a, struct store *s, bool *nobodys)
{
    static const char *const kinds[] = {"pool", "class", "claim"};

    *nobodys = !s->ops->lease_is_taken(s);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && *nobodys; i++) {
        struct record_list found;
        TRY(s->ops->list(a, s, str_of(kinds[i]), &found));
        *nobodys = !found.count;
    }
    return NULL;
}

static struct error *check_fleet(struct arena *a, struct store *s,
                                 const struct fleet_identity *ours, bool makes)
{
    struct fleet_identity theirs;
    struct error *e = read_fleet(a, s, &theirs);
    bool nobodys = false;

    if (e && (e->kind != ERROR_NOT_FOUND || !makes))
        return e;
    if (fleet_differs(*ours, theirs)) {
        TRY(is_nobodys(a, s, &nobodys));
        if (!nobodys)
            return fleet_is_another(a, STR("kubernetes"), ours, &theirs);
    }
    return makes && fleet_fill(*ours, &theirs) ? write_fleet(a, s, &theirs) : NULL;
}

static struct error *open_it(struct arena *a, struct kube_client *client,
                             const struct fleet_identity *fleet, bool makes, struct store **out)
{
    static const struct fleet_identity anybody;
    struct store_kube *k = must_have(calloc(1, sizeof(*k)));
    struct error *e = NULL;

    k->store.ops = &store_kube_ops;
    k->client = client;
    *out = &k->store;
    if (makes)
        e = k->store.ops->prepare(a, &k->store);
    if (!e)
        e = check_fleet(a, &k->store, fleet ? fleet : &anybody, makes);
    if (!e)
        return NULL;
    store_kube_ops.close(&k->store);
    *out = NULL;
    return error_at(e, STR("engine.store"));
}

struct error *store_kube_open(struct arena *a, struct kube_client *client,
                              const struct fleet_identity *fleet, struct store **out)
{
    return open_it(a, client, fleet, false, out);
}

struct error *store_kube_make(struct arena *a, struct kube_client *client,
                              const struct fleet_identity *fleet, struct store **out)
{
    return open_it(a, client, fleet, true, out);
}

static void hear(void *self, const struct kube_change *change)
{
    struct store_kube *k = self;

    if (change->kind == KUBE_CHANGED || change->kind == KUBE_GONE || change->kind == KUBE_WHOLE)
        atomic_fetch_add(&k->news, 1);
}

static void follow(struct store_kube *k)
{
    static const enum custom_kind kinds[FOLLOWED] = {CUSTOM_POOL, CUSTOM_CLASS, CUSTOM_RECORD};

    for (size_t i = 0; i < FOLLOWED; i++)
        k->followed[i] = kube_informer_new(
            k->client, &(struct kube_following){
                           .resource = &custom_resources[kinds[i]].resource,
                           .label_selector = kinds[i] == CUSTOM_RECORD ? STORE_KUBE_DOORS : STR(""),
                           .take = hear,
                           .self = k});
}

struct error *store_kube_follow(struct arena *a, struct kube_client *client,
                                const struct fleet_identity *fleet, struct store **out)
{
    TRY(open_it(a, client, fleet, true, out));
    store_kube_of(*out)->lease = lease_kube_new(client);
    follow(store_kube_of(*out));
    return NULL;
}

void store_kube_end_with(struct store *s, void (*end)(void *self), void *self)
{
    store_kube_of(s)->end = end;
    store_kube_of(s)->end_self = self;
}
