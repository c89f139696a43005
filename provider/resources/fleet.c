#include "provider/resources/fleet.h"

#include "engine/base/rng.h"
#include "provider/cty/json.h"
#include "provider/cty/path.h"
#include "provider/cty/value.h"
#include "provider/resource/bind.h"
#include "provider/resource/provider.h"

/* From a model to its document. */

/* What a document lacks because it is not known yet. */
struct unknowns {
    struct str *paths;
    size_t count, capacity;
};

static struct json json_of(struct arena *a, const struct cty_value *v, const struct cty_path *at,
                           struct unknowns *unknowns);

static struct json json_of_members(struct arena *a, const struct cty_value *v,
                                   const struct cty_path *at, struct unknowns *unknowns)
{
    struct json object = json_new_object();

    for (size_t i = 0; i < v->count; i++) {
        struct cty_path inner =
            v->kind == CTY_MAP ? cty_path_key(at, v->keys[i]) : cty_path_attribute(at, v->keys[i]);
        struct json member = json_of(a, &v->items[i], &inner, unknowns);
        if (member.kind != JSON_NULL)
            json_set(a, &object, v->keys[i], member);
    }
    return object;
}

static struct json json_of_elements(struct arena *a, const struct cty_value *v,
                                    const struct cty_path *at, struct unknowns *unknowns)
{
    struct json array = json_new_array();

    for (size_t i = 0; i < v->count; i++) {
        struct cty_path inner = cty_path_index(at, i);
        json_add(a, &array, json_of(a, &v->items[i], &inner, unknowns));
    }
    return array;
}

static struct json json_of(struct arena *a, const struct cty_value *v, const struct cty_path *at,
                           struct unknowns *unknowns)
{
    switch (v->kind) {
    case CTY_UNKNOWN:
        ARENA_PUSH(a, unknowns->paths, unknowns->count, unknowns->capacity, cty_path_text(a, at));
        return (struct json){0};
    case CTY_STRING:
        return json_new_string(v->string);
    case CTY_BOOL:
        return json_new_bool(v->boolean);
    case CTY_NUMBER:
        return (struct json){.kind = JSON_NUMBER, .text = cty_number_text(a, v->number)};
    case CTY_MAP:
    case CTY_OBJECT:
        return json_of_members(a, v, at, unknowns);
    case CTY_LIST:
    case CTY_SET:
    case CTY_TUPLE:
        return json_of_elements(a, v, at, unknowns);
    case CTY_NULL:
    case CTY_DYNAMIC:
        break;
    }
    return (struct json){0};
}

/* The name is part of the document; what else stands in the head is Terraform's and the engine's.
 */
static bool is_in_document(const struct attr *row)
{
    return !(row->flags & COMPUTED) && !str_eq(str_of(row->name), STR("timeouts"));
}

static struct json document_of(struct call *c, const struct fleet_type *t, const void *model,
                               struct unknowns *unknowns)
{
    const struct model *table = &t->resource->model;
    struct cty_value all = bind_encode(c->arena, table, model);
    struct json document = json_new_object();

    for (size_t i = 0; i < table->count; i++) {
        const struct attr *row = &table->attrs[i];
        struct str name = str_of(row->name);
        struct cty_path at = cty_path_attribute(NULL, name);
        if (!is_in_document(row))
            continue;
        struct json member = json_of(c->arena, cty_get(&all, name), &at, unknowns);
        if (member.kind != JSON_NULL)
            json_set(c->arena, &document, name, member);
    }
    return document;
}

static struct str text_of(struct call *c, const struct json *document)
{
    struct buf text = buf_in(c->arena);
    json_print(&text, document, true);
    return buf_str(&text);
}

/* Takes a document into a model of the table: what it does not state is null. */
static struct error *model_from_document(struct arena *a, const struct model *table,
                                         const struct json *document, void *model)
{
    struct cty_type type = model_type(a, table);
    struct cty_value value;

    TRY(cty_from_json(a, document, &type, &value));
    memset(model, 0, table->bytes);
    return bind_decode(a, table, &value, model);
}

/* Validation. */

/* Is one of two paths at or under the other?  "taints[1]" and "taints[1].key" are, "taints[1]" and
 * "taints[10]" are not. */
static bool paths_touch(struct str x, struct str y)
{
    struct str shorter = x.len < y.len ? x : y, longer = x.len < y.len ? y : x;

    return str_starts_with(longer, shorter) &&
           (longer.len == shorter.len || !shorter.len || longer.ptr[shorter.len] == '.' ||
            longer.ptr[shorter.len] == '[');
}

static bool is_about_unknown(struct str path, const struct unknowns *unknowns)
{
    for (size_t i = 0; i < unknowns->count; i++)
        if (paths_touch(path, unknowns->paths[i]))
            return true;
    return false;
}

struct error *fleet_validate(struct call *c, const struct fleet_type *t, const void *model)
{
    struct unknowns unknowns = {0};
    struct json document = document_of(c, t, model, &unknowns);
    struct error *kept = NULL, *next;

    for (struct error *e = t->check(c->arena, &document); e; e = next) {
        next = e->next;
        e->next = NULL;
        if (!is_about_unknown(e->path, &unknowns))
            kept = error_join(kept, e);
    }
    return kept;
}

/* Planning. */

static size_t member_bytes(const struct attr *row)
{
    static const size_t bytes[] = {
        [ATTR_STRING] = sizeof(struct tf_string),   [ATTR_INT] = sizeof(struct tf_int),
        [ATTR_BOOL] = sizeof(struct tf_bool),       [ATTR_NUMBER] = sizeof(struct tf_number),
        [ATTR_STRINGS] = sizeof(struct tf_strings), [ATTR_MAP] = sizeof(struct tf_map),
        [ATTR_BLOCKS] = sizeof(struct tf_blocks),
    };
    return bytes[row->kind];
}

/* A reordered list or a quantity in other units is planned as the prior value, the whole attribute.
 * Each attribute is judged alone: what is unknown elsewhere now will be known when the plan is made
 * again at apply, and both must agree. Returns whether anything is left that differs. */
static bool differs_in_meaning(struct call *c, const struct fleet_type *t, const void *prior,
                               void *planned)
{
    const struct model *table = &t->resource->model;
    struct unknowns unknowns = {0};
    struct json was = document_of(c, t, prior, &unknowns);
    struct json is = document_of(c, t, planned, &unknowns);
    bool differs = unknowns.count > 0;

    for (size_t i = 0; i < table->count; i++) {
        const struct attr *row = &table->attrs[i];
        struct str name = str_of(row->name);
        const struct json *old = json_get_str(&was, name), *new = json_get_str(&is, name);
        if (!is_in_document(row) || attr_eq(row, prior, planned))
            continue;
        if (!is_about_unknown(name, &unknowns) && t->equal(name, old, new))
            memcpy((char *)planned + row->offset, (const char *)prior + row->offset,
                   member_bytes(row));
        else
            differs = true;
    }
    return differs;
}

static struct tf_string cluster_of(const struct call *c)
{
    const struct provider_config *config = provider_config_of(c->provider);
    const struct tf_blocks *blocks = &config->cluster;

    if (TF_IS_UNKNOWN(*blocks))
        return (struct tf_string){.state = TF_UNKNOWN};
    return blocks->count ? TF_BLOCK(*blocks, struct cluster_config, 0)->name
                         : (struct tf_string){0};
}

static struct error *check_same_fleet(struct call *c, const char *what, struct str state,
                                      struct str provider)
{
    if (!state.len || !provider.len || str_eq(state, provider))
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "state is of %s " STR_FMT ", the provider of " STR_FMT,
                  what, STR_ARG(state), STR_ARG(provider));
    e->detail = arena_printf(
        c->arena,
        "A fleet does not move. To go back, set the provider's %s to " STR_FMT
        "; to have it in the other place as well, declare it anew under another resource name "
        "with a provider of its own, and destroy this one first if it is to go.",
        str_eq(str_of(what), STR("cluster")) ? "cluster.name" : "region", STR_ARG(state));
    return e;
}

static struct error *check_place(struct call *c, const struct fleet_head *was,
                                 struct tf_string cluster)
{
    if (TF_IS_NULL(cluster) || (TF_IS_KNOWN(cluster) && !cluster.v.len)) {
        struct error *e = error_new(c->arena, ERROR_INVALID, "the provider names no cluster");
        e->detail =
            STR("Node pools and classes belong to a cluster: set cluster = { name = \"...\" } "
                "in the provider block.");
        return e;
    }
    if (!was)
        return NULL;
    return error_join(check_same_fleet(c, "cluster", was->cluster.v, cluster.v),
                      check_same_fleet(c, "region", was->region.v, call_region(c)));
}

static void warn_of_notices(struct call *c, const struct convergence *report)
{
    for (size_t i = 0; i < report->notice_count; i++) {
        const struct notice *n = &report->notices[i];
        call_warn(c, n->path, n->summary, n->detail);
    }
}

/* Each under a summary of its own: Terraform shows the first alone of those that share one. */
static void warn_of_unheeded(struct call *c, const struct fleet_type *t,
                             const struct json *document)
{
    struct unheeded_list list = {0};

    t->unheeded(c->arena, document, &list);
    for (size_t i = 0; i < list.count; i++)
        call_warn(c, list.items[i].path,
                  arena_printf(c->arena, STR_FMT " has no effect yet", STR_ARG(list.items[i].path)),
                  list.items[i].sentence);
}

/* What the engine's host can say beforehand: manifests that do not parse are errors, a subnet id
 * that does not exist is one. */
static struct error *ask_preview(struct call *c, const struct fleet_type *t,
                                 const struct fleet_head *head, const struct json *document,
                                 const struct unknowns *unknowns)
{
    const struct pools *pools;
    struct convergence report = {0};
    struct error *errors = NULL;
    struct spec spec = {
        .kind = t->kind,
        .name = head->name.v,
        .uid = head->uid.v,
        .generation = head->generation.v,
        .document = text_of(c, document),
    };

    TRY(call_pools(c, &pools));
    pools->preview(pools->self, c->arena, &spec, unknowns->paths, unknowns->count, &report);
    for (size_t i = 0; i < report.notice_count; i++) {
        const struct notice *n = &report.notices[i];
        if (!n->is_error) {
            call_warn(c, n->path, n->summary, n->detail);
            continue;
        }
        struct error *e = error_new(c->arena, ERROR_INVALID, STR_FMT, STR_ARG(n->summary));
        e->detail = n->detail;
        e->path = n->path;
        errors = error_join(errors, e);
    }
    return errors;
}

struct error *fleet_plan(struct call *c, const struct fleet_type *t, const void *prior,
                         const void *config, void *planned)
{
    const struct fleet_head *was = prior;
    struct fleet_head *m = planned;
    struct unknowns unknowns = {0};
    bool changed = !was || differs_in_meaning(c, t, prior, planned);

    (void)config;
    m->id = m->name;
    if (!c->provider || provider_unknown(c->provider, true).len)
        return NULL;
    struct tf_string cluster = cluster_of(c);
    TRY(check_place(c, was, cluster));
    if (!was) {
        m->cluster = cluster;
        m->region = tf_string_of(call_region(c));
    }
    bool to_converge = changed || !was->converged.v;
    m->generation = changed ? (struct tf_int){.state = TF_UNKNOWN} : was->generation;
    m->converged = to_converge ? (struct tf_bool){.state = TF_UNKNOWN} : was->converged;
    if (!changed)
        return NULL;
    struct json document = document_of(c, t, planned, &unknowns);
    warn_of_unheeded(c, t, &document);
    /* What is new and not whole yet has no effect to speak of. */
    return unknowns.count && !was ? NULL : ask_preview(c, t, m, &document, &unknowns);
}

/* Making it so. */

static struct spec spec_of(struct call *c, const struct fleet_type *t, const void *model)
{
    const struct fleet_head *head = model;
    struct unknowns unknowns = {0};
    struct json document = document_of(c, t, model, &unknowns);

    return (struct spec){
        .kind = t->kind,
        .name = head->name.v,
        .uid = head->uid.v,
        .generation = head->generation.v,
        .document = text_of(c, &document),
    };
}

/* Once it is stored, not in time is not failed: what is left is said, and the next plan shows an
 * update that only runs the engine. */
static void converge(struct call *c, const struct pools *pools, const struct spec *spec,
                     struct fleet_head *m)
{
    struct convergence report = {0};
    struct error *e =
        pools->converge(pools->self, c->arena, c->cancel, spec, c->deadline_ms, &report);

    m->converged = tf_bool_of(!e && report.converged);
    warn_of_notices(c, &report);
    for (; e; e = e->next)
        call_warn(c, e->path, e->summary, e->detail);
    if (!m->converged.v && !report.notice_count)
        call_warn(c, (struct str){0},
                  arena_printf(c->arena, STR_FMT " is stored and has not converged yet",
                               STR_ARG(m->name.v)),
                  STR("The next apply goes on from here; so does tenon engine."));
}

static struct str uid_new(struct arena *a)
{
    unsigned char bytes[8];
    struct buf text = buf_in(a);

    rng_system(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        buf_printf(&text, "%02x", bytes[i]);
    return buf_str(&text);
}

struct error *fleet_create(struct call *c, const struct fleet_type *t, void *model)
{
    struct fleet_head *m = model;
    const struct pools *pools;

    m->uid = tf_string_of(uid_new(c->arena));
    m->generation = tf_int_of(1);
    m->cluster = cluster_of(c);
    m->region = tf_string_of(call_region(c));
    TRY(call_pools(c, &pools));
    struct spec spec = spec_of(c, t, model);
    TRY(pools->put(pools->self, c->arena, c->cancel, &spec));
    m->id = m->name;
    converge(c, pools, &spec, m);
    return NULL;
}

/* State is the truth and the store a cache, which is filled again where it lacks something; only
 * what it knows to have been destroyed is gone.  A plan makes no store: where that is lost, nothing
 * counts as converged, so that an apply fills it. */
struct error *fleet_read(struct call *c, const struct fleet_type *t, void *model)
{
    struct fleet_head *m = model;
    const struct pools *pools;

    TRY(call_pools(c, &pools));
    if (TF_IS_KNOWN(m->uid)) {
        struct tf_string cluster = cluster_of(c);
        if (str_eq(m->cluster.v, cluster.v) && str_eq(m->region.v, call_region(c))) {
            struct spec spec = spec_of(c, t, model);
            bool converged = m->converged.v;
            TRY(pools->restore(pools->self, c->arena, &spec, &converged));
            m->converged = tf_bool_of(converged);
        }
        return NULL;
    }
    /* Imported: all we have is the name. */
    struct spec found;
    struct json document;
    TRY(check_place(c, NULL, cluster_of(c)));
    TRY(pools->get(pools->self, c->arena, t->kind, m->id.v, &found));
    TRY(json_parse(c->arena, found.document, &document));
    TRY(model_from_document(c->arena, &t->resource->model, &document, model));
    m->id = tf_string_of(found.name);
    m->uid = tf_string_of(found.uid);
    m->cluster = cluster_of(c);
    m->region = tf_string_of(call_region(c));
    m->generation = tf_int_of(found.generation);
    m->converged = tf_bool_of(found.converged);
    return NULL;
}

struct error *fleet_update(struct call *c, const struct fleet_type *t, const void *prior,
                           void *model)
{
    const struct fleet_head *was = prior;
    struct fleet_head *m = model;
    const struct pools *pools;

    if (TF_IS_UNKNOWN(m->generation))
        m->generation = tf_int_of(was->generation.v + 1);
    TRY(call_pools(c, &pools));
    struct spec spec = spec_of(c, t, model);
    TRY(pools->put(pools->self, c->arena, c->cancel, &spec));
    converge(c, pools, &spec, m);
    return NULL;
}

struct error *fleet_destroy(struct call *c, const struct fleet_type *t, const void *prior)
{
    const struct fleet_head *m = prior;
    const struct pools *pools;

    TRY(call_pools(c, &pools));
    /* A resource that is no longer in the configuration is destroyed without a plan of ours, so
     * nothing has compared its place with the provider's. */
    TRY(pools->elsewhere(pools->self, c->arena, m->region.v, m->cluster.v, &pools));
    return pools->remove(pools->self, c->arena, c->cancel, t->kind, m->name.v, m->uid.v,
                         c->deadline_ms);
}
