#include "engine/adapters/ec2_facts.h"

#include <pthread.h>

#include "engine/adapters/orders.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/objects/builtin.h"

enum { FRESH_MS = 5 * 60 * 1000, PRICE_PATIENCE_MS = 30 * 1000 };

struct ec2_facts_cache {
    struct aws_client *client;
    struct arena arena;
    struct str region;
    pthread_mutex_t fetching; /* held while one fetches: the others wait for it */
    pthread_mutex_t lock;     /* guards `current` and the references */
    struct ec2_facts *current;
};

struct ec2_facts_cache *ec2_facts_cache_new(struct aws_client *client, struct str region)
{
    struct ec2_facts_cache *c = must_have(calloc(1, sizeof(*c)));
    c->client = client;
    c->region = arena_str(&c->arena, region);
    pthread_mutex_init(&c->fetching, NULL);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static void facts_free(struct ec2_facts *f)
{
    for (size_t i = 0; i < 4; i++)
        arena_free(&f->arenas[i]);
    free(f);
}

void ec2_facts_give_back(struct ec2_facts_cache *c, const struct ec2_facts *facts)
{
    struct ec2_facts *f = (struct ec2_facts *)facts;
    pthread_mutex_lock(&c->lock);
    bool last = --f->references == 0;
    pthread_mutex_unlock(&c->lock);
    if (last)
        facts_free(f);
}

void ec2_facts_cache_free(struct ec2_facts_cache *c)
{
    if (!c)
        return;
    if (c->current)
        ec2_facts_give_back(c, c->current);
    pthread_mutex_destroy(&c->fetching);
    pthread_mutex_destroy(&c->lock);
    arena_free(&c->arena);
    free(c);
}

struct fetch {
    struct ec2_facts *facts;
    struct aws_call call;
    struct str region;
    int64_t now_ms;
    struct error *error; /* in the call's arena */
};

static void fetch_types(void *arg)
{
    struct fetch *f = arg;
    const struct str hvm = STR("hvm"), archs[] = {STR("x86_64"), STR("arm64")};
    const struct ec2_filter filters[] = {
        {STR("supported-virtualization-type"), &hvm, 1},
        {STR("processor-info.supported-architecture"), archs, 2},
    };
    f->error = ec2_describe_instance_types(
        &f->call, &(struct ec2_query){.filters = filters, .filter_count = 2}, &f->facts->types);
}

static void fetch_offerings(void *arg)
{
    struct fetch *f = arg;
    f->error = ec2_describe_instance_type_offerings(&f->call, &(struct ec2_query){0},
                                                    &f->facts->offerings);
}

static void fetch_spot(void *arg)
{
    struct fetch *f = arg;
    f->error = ec2_describe_spot_prices(&f->call, f->now_ms, &f->facts->spot);
}

/* Prices are public: where they cannot be had, the table that was built in serves. */
static void fetch_on_demand(void *arg)
{
    struct fetch *f = arg;
    struct error *e = NULL;

    if (aws_client_asks_aws(f->call.client, AWS_EC2) ==
        aws_client_asks_aws(f->call.client, AWS_PRICING))
        e = pricing_on_demand(&f->call, f->region, &f->facts->on_demand);
    if (!e && f->facts->on_demand.count)
        return;
    f->facts->on_demand = (struct pricing_rows){0};
    log_event(LOG_INFO, "built-in prices in use", LOG_STR("region", f->region),
              LOG_STR("because", e ? e->summary : STR("the endpoint has no Price List")));
}

static int by_type(const void *x, const void *y)
{
    return str_cmp(((const struct ec2_instance_type *)x)->name,
                   ((const struct ec2_instance_type *)y)->name);
}

static int by_offering(const void *x, const void *y)
{
    const struct ec2_offering *a = x, *b = y;
    int order = str_cmp(a->instance_type, b->instance_type);
    return order ? order : str_cmp(a->zone, b->zone);
}

static int by_quote(const void *x, const void *y)
{
    const struct ec2_spot_price *a = x, *b = y;
    int order = str_cmp(a->instance_type, b->instance_type);
    return order ? order : str_cmp(a->zone, b->zone);
}

static int by_price_row(const void *x, const void *y)
{
    return str_cmp(((const struct pricing_row *)x)->instance_type,
                   ((const struct pricing_row *)y)->instance_type);
}

static void sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *))
{
    if (count)
        qsort(items, count, size, order);
}

void ec2_facts_sort(struct ec2_facts *f)
{
    sort(f->types.items, f->types.count, sizeof(*f->types.items), by_type);
    sort(f->offerings.items, f->offerings.count, sizeof(*f->offerings.items), by_offering);
    sort(f->spot.items, f->spot.count, sizeof(*f->spot.items), by_quote);
    sort(f->on_demand.items, f->on_demand.count, sizeof(*f->on_demand.items), by_price_row);
}

static struct error *fetch_all(struct ec2_facts_cache *c, struct arena *a, struct cancel *cancel,
                               struct ec2_facts **out)
{
    static void (*const fetches[4])(void *) = {fetch_types, fetch_offerings, fetch_spot,
                                               fetch_on_demand};
    int64_t begun_ms = time_monotonic_ms();
    struct ec2_facts *facts = must_have(calloc(1, sizeof(*facts)));
    struct fetch fetch[4];
    struct errand parts[4];

    for (size_t i = 0; i < 4; i++) {
        fetch[i] = (struct fetch){
            .facts = facts,
            .region = c->region,
            .now_ms = time_now_ms(),
            .call = {.client = c->client, .arena = &facts->arenas[i], .cancel = cancel}};
        parts[i] = (struct errand){fetches[i], &fetch[i]};
    }
    fetch[3].call.deadline_ms = begun_ms + PRICE_PATIENCE_MS;
    errands_run(parts, 4);
    for (size_t i = 0; i < 4; i++)
        if (fetch[i].error) {
            struct error *e = error_copy(a, fetch[i].error);
            facts_free(facts);
            return e;
        }
    ec2_facts_sort(facts);
    facts->loaded_ms = time_monotonic_ms();
    facts->references = 1;
    log_event(LOG_DEBUG, "instance types fetched", LOG_STR("region", c->region),
              LOG_INT("types", (int64_t)facts->types.count),
              LOG_INT("offerings", (int64_t)facts->offerings.count),
              LOG_INT("spot_quotes", (int64_t)facts->spot.count),
              LOG_INT("ms", facts->loaded_ms - begun_ms));
    *out = facts;
    return NULL;
}

/* The cached facts with a reference for the caller, or NULL when there are no fresh ones. */
static struct ec2_facts *take_current(struct ec2_facts_cache *c)
{
    pthread_mutex_lock(&c->lock);
    struct ec2_facts *f = c->current;
    if (f && time_monotonic_ms() - f->loaded_ms > FRESH_MS)
        f = NULL;
    if (f)
        f->references++;
    pthread_mutex_unlock(&c->lock);
    return f;
}

static void replace_current(struct ec2_facts_cache *c, struct ec2_facts *f)
{
    pthread_mutex_lock(&c->lock);
    struct ec2_facts *old = c->current;
    c->current = f;
    pthread_mutex_unlock(&c->lock);
    if (old)
        ec2_facts_give_back(c, old);
}

struct error *ec2_facts_get(struct ec2_facts_cache *c, struct arena *a, struct cancel *cancel,
                            const struct ec2_facts **out)
{
    struct ec2_facts *fetched = NULL;
    struct error *e = NULL;

    pthread_mutex_lock(&c->fetching);
    *out = take_current(c);
    if (!*out)
        e = fetch_all(c, a, cancel, &fetched);
    if (fetched) {
        replace_current(c, fetched);
        *out = take_current(c);
    }
    pthread_mutex_unlock(&c->fetching);
    return e;
}

static const void *find(const void *key, const void *items, size_t count, size_t size,
                        int (*order)(const void *, const void *))
{
    return count ? bsearch(key, items, count, size, order) : NULL;
}

bool ec2_facts_on_demand(const struct ec2_facts *f, struct str region, struct str instance_type,
                         int64_t *microusd_per_hour)
{
    const struct pricing_row *row =
        find(&(struct pricing_row){.instance_type = instance_type}, f->on_demand.items,
             f->on_demand.count, sizeof(*row), by_price_row);

    if (!row)
        return builtin_price_find(region, instance_type, microusd_per_hour);
    *microusd_per_hour = row->microusd_per_hour;
    return true;
}

bool ec2_facts_spot(const struct ec2_facts *f, struct str instance_type, struct str zone,
                    int64_t *microusd_per_hour)
{
    const struct ec2_spot_price *quote =
        find(&(struct ec2_spot_price){.instance_type = instance_type, .zone = zone}, f->spot.items,
             f->spot.count, sizeof(*quote), by_quote);

    if (quote)
        *microusd_per_hour = quote->microusd_per_hour;
    return quote != NULL;
}
