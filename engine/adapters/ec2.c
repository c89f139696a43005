#include "engine/adapters/ec2.h"

#include "engine/adapters/ec2_catalog.h"
#include "engine/adapters/ec2_health.h"
#include "engine/adapters/ec2_instances.h"
#include "engine/adapters/ec2_launch.h"
#include "engine/adapters/ec2_profile.h"
#include "engine/adapters/ec2_request.h"
#include "engine/adapters/ec2_tags.h"
#include "engine/adapters/orders.h"
#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"

/* Each kind of order has a lane of its own, so that lists and terminations never wait behind a
 * burst of launches. */
enum lane { LANE_CATALOG, LANE_LAUNCH, LANE_TERMINATE, LANE_LIST, LANE_FORGET, LANE_COUNT };
static const size_t lane_threads[LANE_COUNT] = {
    [LANE_CATALOG] = 4, [LANE_LAUNCH] = 8, [LANE_TERMINATE] = 2, [LANE_LIST] = 1, [LANE_FORGET] = 1,
};

struct ec2_cloud {
    struct ec2_options options;
    struct arena arena; /* the options' strings */
    struct event_sink sink;
    struct orders *lanes[LANE_COUNT];
    struct ec2_facts_cache *facts;
    struct ec2_templates *templates;
    struct ec2_health health; /* the list lane's */
};

/* So many instances go with one call; if one of them is refused, the others are told singly. */
enum { TERMINATIONS_MOST = 100 };

static struct labels copy_labels(struct arena *a, const struct labels *from)
{
    struct labels to = {0};
    for (size_t i = 0; i < from->count; i++)
        labels_set(a, &to, arena_str(a, from->items[i].key), arena_str(a, from->items[i].value));
    return to;
}

static struct ec2_options copy_options(struct arena *a, const struct ec2_options *from)
{
    struct ec2_options to = *from;
    struct str *const strings[] = {&to.cluster,
                                   &to.region,
                                   &to.kubernetes_version,
                                   &to.api_server_endpoint,
                                   &to.certificate_authority,
                                   &to.service_cidr,
                                   &to.cluster_dns,
                                   &to.default_instance_profile};

    for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
        *strings[i] = arena_str(a, *strings[i]);
    to.default_tags = copy_labels(a, &from->default_tags);
    return to;
}

struct ec2_cloud *ec2_cloud_new(const struct ec2_options *options, struct event_sink sink)
{
    struct ec2_cloud *c = must_have(calloc(1, sizeof(*c)));
    c->options = copy_options(&c->arena, options);
    c->sink = sink;
    for (size_t i = 0; i < LANE_COUNT; i++)
        c->lanes[i] = orders_new(c, lane_threads[i]);
    c->facts = ec2_facts_cache_new(options->client, c->options.region);
    c->templates = ec2_templates_new();
    return c;
}

void ec2_cloud_stop(struct ec2_cloud *c)
{
    for (size_t i = 0; i < LANE_COUNT; i++)
        orders_stop(c->lanes[i]);
}

void ec2_cloud_free(struct ec2_cloud *c)
{
    if (!c)
        return;
    ec2_cloud_stop(c); /* all of them, before the end of the first is awaited */
    for (size_t i = 0; i < LANE_COUNT; i++)
        orders_free(c->lanes[i]);
    ec2_facts_cache_free(c->facts);
    ec2_templates_free(c->templates);
    ec2_health_finish(&c->health);
    arena_free(&c->arena);
    free(c);
}

static struct event *answer(enum event_kind kind, struct str name)
{
    struct event *e = event_new(kind);
    e->name = arena_str(&e->arena, name);
    return e;
}

static struct aws_call call_in(const struct ec2_cloud *c, struct arena *a, struct cancel *stop)
{
    return (struct aws_call){.client = c->options.client, .arena = a, .cancel = stop};
}

static void post(struct ec2_cloud *c, struct event *e)
{
    c->sink.post(c->sink.self, e);
}

static struct error *stopped(struct arena *a, struct cancel *stop)
{
    return cancel_is_raised(stop) ? error_new(a, ERROR_CANCELLED, "the engine is stopping") : NULL;
}

/* The two halves of a catalog are fetched side by side: what the region sells and what the class
 * selects. */
struct catalog_order {
    struct ec2_cloud *cloud;
    struct cancel *stop;
    struct arena facts_arena; /* of the error, if any */
    const struct ec2_facts *facts;
    struct error *facts_error;
    struct event *event; /* the class is found into its arena, to live on in it */
    struct launch_facts *launch_facts;
    struct error *class_error;
};

static void get_facts(void *arg)
{
    struct catalog_order *o = arg;
    o->facts_error = ec2_facts_get(o->cloud->facts, &o->facts_arena, o->stop, &o->facts);
}

static void resolve_class(void *arg)
{
    struct catalog_order *o = arg;
    struct arena *a = &o->event->arena;
    struct aws_call call = call_in(o->cloud, a, o->stop);
    struct json *document = ARENA_NEW(a, struct json);

    o->launch_facts = ARENA_NEW(a, struct launch_facts);
    o->launch_facts->options = copy_options(a, &o->cloud->options);
    o->launch_facts->options.client = NULL; /* whoever reads them sends nothing */
    o->class_error = json_parse(a, o->event->class_document, document);
    if (!o->class_error)
        o->class_error =
            ec2_class_resolve(&call, &o->cloud->options, document, &o->launch_facts->node_class);
}

static void list_images(struct arena *a, const struct ec2_class *c, struct event *out)
{
    struct str *ids = ARENA_ARRAY(a, struct str, c->images.count + 1);

    for (size_t i = 0; i < c->images.count; i++)
        ids[i] = c->images.items[i].id;
    out->images = ids;
    out->image_count = c->images.count;
}

static struct error *catalog_is_empty(struct arena *a, const struct ec2_class *c, struct str region)
{
    struct error *e =
        error_new(a, ERROR_INVALID, "class " STR_FMT " can launch nothing", STR_ARG(c->spec.name));
    e->detail = arena_printf(a,
                             "In " STR_FMT " no instance type that its images run on is offered in "
                             "the zones of its %zu subnets at a price that is known.",
                             STR_ARG(region), c->subnets.count);
    return e;
}

static void fill_catalog(const struct catalog_order *o, struct event *e)
{
    const struct str region = o->cloud->options.region;
    const struct ec2_class *c = &o->launch_facts->node_class;

    e->launch_facts = o->launch_facts;
    e->resources = resource_table_new();
    ec2_catalog_build(&e->arena, o->facts, c, region, &e->resources, &e->catalog);
    list_images(&e->arena, c, e);
    if (c->join.gap)
        e->warning = error_copy(&e->arena, c->join.gap);
    if (e->catalog.count == 0)
        e->error = catalog_is_empty(&e->arena, c, region);
    log_event(LOG_DEBUG, "class resolved", LOG_STR("class", e->name),
              LOG_INT("types", (int64_t)e->catalog.count),
              LOG_INT("subnets", (int64_t)c->subnets.count),
              LOG_INT("images", (int64_t)c->images.count));
}

struct class_asked {
    struct str node_class, document;
};

static void run_catalog(void *self, struct order *order, struct cancel *stop)
{
    const struct class_asked *asked = order->what;
    struct event *e = answer(EVENT_CATALOG, asked->node_class);
    struct catalog_order o = {.cloud = self, .stop = stop, .event = e};

    e->class_document = arena_str(&e->arena, asked->document);
    errands_run((struct errand[]){{get_facts, &o}, {resolve_class, &o}}, 2);
    if (o.class_error)
        e->error = o.class_error;
    else if (o.facts_error)
        e->error = error_copy(&e->arena, o.facts_error);
    else
        fill_catalog(&o, e);
    if (o.facts)
        ec2_facts_give_back(o.cloud->facts, o.facts);
    arena_free(&o.facts_arena);
    post(o.cloud, e);
}

static void submit_catalog(void *self, struct str node_class, struct str document)
{
    struct ec2_cloud *c = self;
    struct order *o = order_new(run_catalog);
    struct class_asked *asked = ARENA_NEW(&o->arena, struct class_asked);

    *asked = (struct class_asked){arena_str(&o->arena, node_class), arena_str(&o->arena, document)};
    o->what = asked;
    orders_submit(c->lanes[LANE_CATALOG], o);
}

static void run_launch(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    struct launch launch = *(const struct launch *)order->what;
    struct event *e = answer(EVENT_LAUNCH, launch.claim);
    struct aws_call call = call_in(c, &e->arena, stop);

    launch.claim = e->name; /* the event outlives the order */
    launch.request = arena_str(&e->arena, launch.request);
    launch.template = arena_str(&e->arena, launch.template);
    ec2_launch_send(&call, c->templates, &launch, e);
    post(c, e);
}

static void submit_launch(void *self, const struct launch *launch)
{
    struct ec2_cloud *c = self;
    struct order *o = order_new(run_launch);
    struct launch *copy = ARENA_NEW(&o->arena, struct launch);

    *copy = (struct launch){.claim = arena_str(&o->arena, launch->claim),
                            .request = arena_str(&o->arena, launch->request),
                            .template = arena_str(&o->arena, launch->template),
                            .repeat = launch->repeat};
    o->what = copy;
    orders_submit(c->lanes[LANE_LAUNCH], o);
}

struct termination_list {
    struct termination items[TERMINATIONS_MOST];
    size_t count;
};

static struct error *terminate(const struct aws_call *call, const struct termination *t,
                               size_t count)
{
    struct str *ids = ARENA_ARRAY(call->arena, struct str, count);

    TRY(stopped(call->arena, call->cancel));
    for (size_t i = 0; i < count; i++)
        ids[i] = t[i].instance_id;
    struct error *e = ec2_terminate_instances(call, ids, count);
    bool gone = count == 1 && e && e->kind == ERROR_NOT_FOUND;
    return gone ? NULL : e; /* already gone is what we wanted */
}

static void post_terminated(struct ec2_cloud *c, const struct termination *t, struct error *e)
{
    struct event *out = answer(EVENT_TERMINATE, t->claim);

    out->error = e ? error_copy(&out->arena, e) : NULL;
    log_event(e ? LOG_WARN : LOG_INFO, e ? "instance cannot be terminated" : "terminated",
              LOG_STR("claim", t->claim), LOG_STR("instance", t->instance_id),
              LOG_STR("error", e ? e->summary : STR("")));
    post(c, out);
}

/* EC2 terminates none of them for the sake of one: unknown, protected, or somebody else's. */
static bool concerns_one(const struct error *e)
{
    return e->kind == ERROR_NOT_FOUND || e->kind == ERROR_INVALID || e->kind == ERROR_DENIED;
}

static void run_terminate(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    const struct termination_list *l = order->what;
    struct aws_call call = call_in(c, &order->arena, stop);
    struct error *e = terminate(&call, l->items, l->count);
    bool singly = e && l->count > 1 && concerns_one(e);

    for (size_t i = 0; i < l->count; i++)
        post_terminated(c, &l->items[i], singly ? terminate(&call, &l->items[i], 1) : e);
}

static void submit_terminate(void *self, const struct termination *all, size_t count)
{
    struct ec2_cloud *c = self;

    for (size_t begin = 0; begin < count; begin += TERMINATIONS_MOST) {
        struct order *o = order_new(run_terminate);
        struct termination_list *l = ARENA_NEW(&o->arena, struct termination_list);
        for (size_t i = begin; i < count && l->count < TERMINATIONS_MOST; i++)
            l->items[l->count++] = (struct termination){arena_str(&o->arena, all[i].claim),
                                                        arena_str(&o->arena, all[i].instance_id)};
        o->what = l;
        orders_submit(c->lanes[LANE_TERMINATE], o);
    }
}

static void run_list(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    struct event *e = event_new(EVENT_INSTANCES);
    struct aws_call call = call_in(c, &e->arena, stop);

    (void)order;
    e->error = ec2_list_instances(&call, c->options.cluster, e);
    if (!e->error)
        ec2_health_note(&c->health, &call, e);
    e->cloud_date_ms = aws_client_date_ms(c->options.client);
    post(c, e);
}

static void submit_list(void *self)
{
    struct ec2_cloud *c = self;
    orders_submit(c->lanes[LANE_LIST], order_new(run_list));
}

/* What is told to go: of a pool or of a class. */
struct forgotten {
    struct str kind, name;
    struct str *keep;
    size_t keep_count;
};

static struct error *forget(struct ec2_cloud *c, const struct aws_call *call,
                            const struct forgotten *f)
{
    bool pool = str_eq(f->kind, STR("pool"));
    const struct ec2_template_filter which = {.cluster = c->options.cluster,
                                              .tag_key = pool ? TAG_POOL : TAG_CLASS,
                                              .tag_value = f->name,
                                              .keep = f->keep,
                                              .keep_count = f->keep_count};

    TRY(stopped(call->arena, call->cancel));
    TRY(ec2_templates_forget(call, c->templates, &which));
    return pool ? NULL : ec2_profile_forget(call, &c->options, f->name);
}

static void run_forget(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    const struct forgotten *f = order->what;
    struct event *e = event_new(EVENT_FORGET);
    struct aws_call call = call_in(c, &e->arena, stop);

    e->name = arena_printf(&e->arena, STR_FMT "/" STR_FMT, STR_ARG(f->kind), STR_ARG(f->name));
    e->error = forget(c, &call, f);
    post(c, e);
}

static void submit_forget(void *self, struct str kind, struct str name, const struct str *keep,
                          size_t keep_count)
{
    struct ec2_cloud *c = self;
    struct order *o = order_new(run_forget);
    struct forgotten *f = ARENA_NEW(&o->arena, struct forgotten);

    *f = (struct forgotten){arena_str(&o->arena, kind), arena_str(&o->arena, name),
                            ARENA_ARRAY(&o->arena, struct str, keep_count + 1), keep_count};
    for (size_t i = 0; i < keep_count; i++)
        f->keep[i] = arena_str(&o->arena, keep[i]);
    o->what = f;
    orders_submit(c->lanes[LANE_FORGET], o);
}

struct cloud_port ec2_cloud_port(struct ec2_cloud *c)
{
    return (struct cloud_port){.self = c,
                               .submit_catalog = submit_catalog,
                               .submit_launch = submit_launch,
                               .submit_terminate = submit_terminate,
                               .submit_list = submit_list,
                               .submit_forget = submit_forget};
}

static struct error *write_launch(struct arena *a, const struct launch_facts *facts,
                                  const struct launch_order *order, struct launch_text *out)
{
    return ec2_request_write(a, &facts->options, &facts->node_class, order, out);
}

const struct launch_port ec2_launch_port = {write_launch};
