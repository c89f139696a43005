#include "engine/objects/pool_document.h"

#include "engine/objects/pool_form.h"
#include "engine/objects/values.h"

static int64_t ms_of_seconds(int64_t seconds)
{
    return seconds < 0 ? NEVER_MS : seconds * 1000;
}

static struct error *read_pool_requirements(struct arena *keep, const struct pool_spec *spec,
                                            struct requirements *out)
{
    const struct requirement_spec *specs = spec->requirements.items;

    for (size_t i = 0; i < spec->requirements.count; i++) {
        struct requirement one;
        TRY(requirement_of_spec(keep, &specs[i], &one));
        requirements_add(keep, out, &one);
    }
    return NULL;
}

/* What a pool means that does not say: Karpenter's versions differ here. */
static struct error *add_defaults(struct arena *keep, const struct labels *labels,
                                  struct requirements *set)
{
    const struct {
        struct str key;
        struct str values[2];
        size_t count;
    } rows[] = {
        {LABEL_ARCH, {STR("amd64")}, 1},
        {LABEL_OS, {STR("linux")}, 1},
        {LABEL_CAPACITY_TYPE, {STR("on-demand"), STR("spot")}, 2},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct requirement one;
        if (labels_get(labels, rows[i].key).ptr || requirements_get(set, rows[i].key))
            continue;
        TRY(requirement_new(keep, rows[i].key, OPERATOR_IN, rows[i].values, rows[i].count, 0,
                            &one));
        requirements_add(keep, set, &one);
    }
    return NULL;
}

static void read_limits(struct reader *r, const struct labels *limits, struct resource_table *table,
                        struct limits *out)
{
    out->nodes = out->microusd_per_hour = INT64_MAX;
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        out->amount.amount[i] = INT64_MAX;
    for (size_t i = 0; i < limits->count; i++) {
        const struct label *l = &limits->items[i];
        struct json text = json_new_string(l->value);
        struct place at = place_key(NULL, l->key);
        if (str_eq(l->key, LIMIT_NODES)) {
            str_to_int64(l->value, &out->nodes);
        } else if (str_eq(l->key, LIMIT_HOURLY_USD)) {
            usd_parse_micro(l->value, &out->microusd_per_hour);
        } else {
            /* A name that finds no room in the table is offered by nobody. */
            size_t n = resource_table_add(table, l->key);
            if (n < RESOURCES_MAX)
                read_amount(r, &at, l->key, &text, &out->amount.amount[n]);
        }
    }
}

/* Pieces of room, each as a pod that takes one place. */
static struct headroom *read_headroom(struct reader *r, const struct list *list,
                                      struct resource_table *table)
{
    const struct headroom_spec *specs = list->items;
    struct headroom *out = ARENA_ARRAY(r->keep, struct headroom, list->count);

    for (size_t i = 0; i < list->count; i++) {
        struct pod_spec *spec = ARENA_NEW(r->keep, struct pod_spec);
        spec->requests.amount[RESOURCE_PODS] = 1;
        for (size_t k = 0; k < specs[i].resources.count; k++) {
            const struct label *l = &specs[i].resources.items[k];
            struct json text = json_new_string(l->value);
            struct place at = place_key(NULL, l->key);
            size_t n = resource_table_add(table, l->key);
            if (n < RESOURCES_MAX)
                read_amount(r, &at, l->key, &text, &spec->requests.amount[n]);
            else
                spec->unserved_resource = l->key;
        }
        out[i] = (struct headroom){spec, specs[i].count};
    }
    return out;
}

static void read_spec_taints(struct arena *keep, const struct list *list, struct taints *out)
{
    const struct taint_spec *specs = list->items;

    for (size_t i = 0; i < list->count; i++) {
        struct taint t = {.key = specs[i].key, .value = specs[i].value};
        if (taint_effect_parse(specs[i].effect, &t.effect))
            ARENA_PUSH(keep, out->items, out->count, out->capacity, t);
    }
}

static struct error *read_spec(struct arena *keep, const struct json *document,
                               struct pool_spec *spec)
{
    struct reader r = {.keep = keep};

    if (document->kind == JSON_NULL)
        reader_refuse(&r, NULL, document, "A pool's attributes are expected.");
    form_read(&r, NULL, &pool_form, document, spec);
    return r.errors;
}

struct error *pool_document_check(struct arena *a, const struct json *document)
{
    struct pool_spec spec = {0};
    return read_spec(a, document, &spec);
}

static struct consolidation read_consolidation(const struct consolidation_spec *spec)
{
    return (struct consolidation){
        .enabled = spec->enabled.on,
        .only_empty = str_eq(spec->policy, STR("WhenEmpty")),
        .after_ms = spec->after_seconds * 1000,
        .payback_ms = spec->payback_seconds < 0 ? PAYBACK_MS : spec->payback_seconds * 1000,
    };
}

struct error *pool_document_read(struct arena *keep, const struct json *document,
                                 struct resource_table *resources, struct pool *out)
{
    struct pool_spec spec = {0};
    struct reader r = {.keep = keep};

    TRY(read_spec(keep, document, &spec));
    *out = (struct pool){
        .name = spec.name,
        .node_class = spec.node_class,
        .labels = spec.labels,
        .weight = spec.weight,
        .replicas = spec.replicas,
        .spread_limit = spec.spread_limit,
        .empty_after_ms = ms_of_seconds(spec.ttl_seconds_after_empty),
        .has_grace = spec.termination_grace_period_seconds >= 0,
        .grace_ms = ms_of_seconds(spec.termination_grace_period_seconds),
        .do_not_disrupt =
            str_eq(labels_get(&spec.annotations, STR("karpenter.sh/do-not-disrupt")), STR("true")),
        .expire_after_ms = ms_of_seconds(spec.ttl_seconds_until_expired),
        .consolidation = read_consolidation(&spec.consolidation),
    };
    read_spec_taints(keep, &spec.taints, &out->taints);
    read_spec_taints(keep, &spec.startup_taints, &out->startup_taints);
    pool_budgets_read(keep, &spec.budgets, out);
    read_limits(&r, &spec.limits, resources, &out->limits);
    out->headroom = read_headroom(&r, &spec.headroom, resources);
    out->headroom_count = spec.headroom.count;
    TRY(read_pool_requirements(keep, &spec, &out->requirements));
    return add_defaults(keep, &out->labels, &out->requirements);
}

bool pool_document_equal(struct str attribute, const struct json *a, const struct json *b)
{
    return form_equal(&pool_form, attribute, a, b);
}

struct str pool_document_canonical(struct arena *a, const struct json *document)
{
    return form_canonical(a, &pool_form, document);
}

void pool_document_unheeded(struct arena *a, const struct json *document, struct unheeded_list *out)
{
    form_unheeded(a, &pool_form, document, out);
}
