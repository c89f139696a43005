#include "engine/adapters/ec2.h"

#include <pthread.h>

#include "engine/adapters/ec2_catalog.h"
#include "engine/adapters/ec2_instances.h"
#include "engine/adapters/ec2_launch.h"
#include "engine/adapters/ec2_profile.h"
#include "engine/adapters/ec2_request.h"
#include "engine/adapters/ec2_tags.h"
#include "engine/adapters/orders.h"
#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"

/* A class as its last catalog order found it; whoever prepares a launch reads it under the lock. */
struct known_class {
    struct known_class *next;
    struct arena arena; /* holds all but this struct */
    struct str name, document;
    struct ec2_class found;
};

struct ec2_cloud {
    struct ec2_options options;
    struct arena arena; /* the options' strings */
    struct event_sink sink;
    struct orders *orders;
    struct ec2_facts_cache *facts;
    struct ec2_templates *templates;
    pthread_mutex_t lock; /* guards the classes */
    struct known_class *classes;
};

enum { MAX_THREADS = 8 };

static struct labels copy_labels(struct arena *a, const struct labels *from)
{
    struct labels to = {0};
    for (size_t i = 0; i < from->count; i++)
        labels_set(a, &to, arena_str(a, from->items[i].key), arena_str(a, from->items[i].value));
    return to;
}

static void copy_options(struct ec2_cloud *c, const struct ec2_options *from)
{
    struct str *const strings[] = {&c->options.cluster,
                                   &c->options.region,
                                   &c->options.kubernetes_version,
                                   &c->options.api_server_endpoint,
                                   &c->options.certificate_authority,
                                   &c->options.service_cidr,
                                   &c->options.cluster_dns,
                                   &c->options.default_instance_profile};

    c->options = *from;
    for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
        *strings[i] = arena_str(&c->arena, *strings[i]);
    c->options.default_tags = copy_labels(&c->arena, &from->default_tags);
}

struct ec2_cloud *ec2_cloud_new(const struct ec2_options *options, struct event_sink sink)
{
    struct ec2_cloud *c = must_have(calloc(1, sizeof(*c)));
    copy_options(c, options);
    c->sink = sink;
    c->orders = orders_new(c, MAX_THREADS);
    c->facts = ec2_facts_cache_new(options->client, c->options.region);
    c->templates = ec2_templates_new();
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void ec2_cloud_stop(struct ec2_cloud *c)
{
    orders_stop(c->orders);
}

static void class_free(struct known_class *k)
{
    if (k)
        arena_free(&k->arena);
    free(k);
}

void ec2_cloud_free(struct ec2_cloud *c)
{
    if (!c)
        return;
    orders_free(c->orders);
    ec2_facts_cache_free(c->facts);
    ec2_templates_free(c->templates);
    while (c->classes) {
        struct known_class *first = c->classes;
        c->classes = first->next;
        class_free(first);
    }
    pthread_mutex_destroy(&c->lock);
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
    struct known_class *class;
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
    struct aws_call call = call_in(o->cloud, &o->class->arena, o->stop);
    struct json document;

    o->class_error = json_parse(&o->class->arena, o->class->document, &document);
    if (!o->class_error)
        o->class_error = ec2_class_resolve(&call, &o->cloud->options, &document, &o->class->found);
}

/* Takes the class over; one of the same name that was there before goes. */
static void keep_class(struct ec2_cloud *c, struct known_class *k)
{
    struct known_class *old = NULL;

    pthread_mutex_lock(&c->lock);
    for (struct known_class **at = &c->classes; *at; at = &(*at)->next)
        if (str_eq((*at)->name, k->name)) {
            old = *at;
            *at = old->next;
            break;
        }
    k->next = c->classes;
    c->classes = k;
    pthread_mutex_unlock(&c->lock);
    class_free(old);
}

static void list_images(struct arena *a, const struct ec2_class *c, struct event *out)
{
    struct str *ids = ARENA_ARRAY(a, struct str, c->images.count + 1);

    for (size_t i = 0; i < c->images.count; i++)
        ids[i] = arena_str(a, c->images.items[i].id);
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

    e->resources = resource_table_new();
    ec2_catalog_build(&e->arena, o->facts, &o->class->found, region, &e->resources, &e->catalog);
    list_images(&e->arena, &o->class->found, e);
    if (e->catalog.count == 0)
        e->error = catalog_is_empty(&e->arena, &o->class->found, region);
    log_event(LOG_DEBUG, "class resolved", LOG_STR("class", o->class->name),
              LOG_INT("types", (int64_t)e->catalog.count),
              LOG_INT("subnets", (int64_t)o->class->found.subnets.count),
              LOG_INT("images", (int64_t)o->class->found.images.count));
}

static void run_catalog(void *self, struct order *order, struct cancel *stop)
{
    struct catalog_order o = {.cloud = self, .stop = stop};
    struct event *e = answer(EVENT_CATALOG, order->name);

    e->class_document = arena_str(&e->arena, order->text);
    o.class = must_have(calloc(1, sizeof(*o.class)));
    o.class->name = arena_str(&o.class->arena, order->name);
    o.class->document = arena_str(&o.class->arena, order->text);
    parts_run((struct part[]){{get_facts, &o}, {resolve_class, &o}}, 2);

    struct error *wrong = o.class_error ? o.class_error : o.facts_error;
    if (wrong)
        e->error = error_copy(&e->arena, wrong);
    else
        fill_catalog(&o, e);
    if (o.facts)
        ec2_facts_give_back(o.cloud->facts, o.facts);
    arena_free(&o.facts_arena);
    if (e->error)
        class_free(o.class);
    else
        keep_class(o.cloud, o.class);
    post(o.cloud, e);
}

static void submit_catalog(void *self, struct str node_class, struct str document)
{
    struct ec2_cloud *c = self;
    orders_submit(c->orders, run_catalog, node_class, document);
}

static const struct known_class *find_class(const struct ec2_cloud *c,
                                            const struct launch_order *order)
{
    for (const struct known_class *k = c->classes; k; k = k->next)
        if (str_eq(k->name, order->node_class) && str_eq(k->document, order->class_document))
            return k;
    return NULL;
}

/* The text must outlive the class: what it borrows is written into it, nothing else remains. */
static struct error *prepare_launch(void *self, struct arena *a, const struct launch_order *order,
                                    struct str *request)
{
    struct ec2_cloud *c = self;
    ARENA_AUTO scratch = {0};
    struct str text = {0};

    pthread_mutex_lock(&c->lock);
    const struct known_class *k = find_class(c, order);
    struct error *e =
        k ? ec2_request_write(&scratch, &c->options, &k->found, order, &text)
          : error_new(&scratch, ERROR_CONFLICT, "class " STR_FMT " is not known as it is now",
                      STR_ARG(order->node_class));
    pthread_mutex_unlock(&c->lock);
    *request = arena_str(a, text);
    return e ? error_copy(a, e) : NULL;
}

static void run_launch(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    struct event *e = answer(EVENT_LAUNCH, order->name);
    struct aws_call call = call_in(c, &e->arena, stop);

    ec2_launch_send(&call, c->templates, e->name, arena_str(&e->arena, order->text), e);
    post(c, e);
}

static void submit_launch(void *self, struct str claim, struct str request)
{
    struct ec2_cloud *c = self;
    orders_submit(c->orders, run_launch, claim, request);
}

static void run_terminate(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    struct event *e = answer(EVENT_TERMINATE, order->name);
    struct aws_call call = call_in(c, &e->arena, stop);

    e->error = stopped(&e->arena, stop);
    if (!e->error)
        e->error = ec2_terminate_instances(&call, &order->text, 1);
    if (e->error && e->error->kind == ERROR_NOT_FOUND)
        e->error = NULL; /* already gone is what we wanted */
    log_event(e->error ? LOG_WARN : LOG_INFO,
              e->error ? "instance cannot be terminated" : "terminated",
              LOG_STR("claim", order->name), LOG_STR("instance", order->text),
              LOG_STR("error", e->error ? e->error->summary : STR("")));
    post(c, e);
}

static void submit_terminate(void *self, struct str claim, struct str instance_id)
{
    struct ec2_cloud *c = self;
    orders_submit(c->orders, run_terminate, claim, instance_id);
}

static void run_list(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    struct event *e = answer(EVENT_INSTANCES, order->name);
    struct aws_call call = call_in(c, &e->arena, stop);

    e->error = ec2_list_instances(&call, c->options.cluster, e);
    e->cloud_date_ms = aws_client_date_ms(c->options.client);
    post(c, e);
}

static void submit_list(void *self)
{
    struct ec2_cloud *c = self;
    orders_submit(c->orders, run_list, STR(""), STR(""));
}

static struct error *forget(struct ec2_cloud *c, const struct aws_call *call, struct str kind,
                            struct str name)
{
    bool pool = str_eq(kind, STR("pool"));

    TRY(stopped(call->arena, call->cancel));
    TRY(ec2_templates_forget(call, c->templates, c->options.cluster, pool ? TAG_POOL : TAG_CLASS,
                             name));
    return pool ? NULL : ec2_profile_forget(call, &c->options, name);
}

static void run_forget(void *self, struct order *order, struct cancel *stop)
{
    struct ec2_cloud *c = self;
    struct event *e = event_new(EVENT_FORGET);
    struct aws_call call = call_in(c, &e->arena, stop);

    e->name =
        arena_printf(&e->arena, STR_FMT "/" STR_FMT, STR_ARG(order->name), STR_ARG(order->text));
    e->error = forget(c, &call, order->name, order->text);
    post(c, e);
}

static void submit_forget(void *self, struct str kind, struct str name)
{
    struct ec2_cloud *c = self;
    orders_submit(c->orders, run_forget, kind, name);
}

struct cloud_port ec2_cloud_port(struct ec2_cloud *c)
{
    return (struct cloud_port){.self = c,
                               .submit_catalog = submit_catalog,
                               .prepare_launch = prepare_launch,
                               .submit_launch = submit_launch,
                               .submit_terminate = submit_terminate,
                               .submit_list = submit_list,
                               .submit_forget = submit_forget};
}
