/* The EC2 adapter against the AWS that tests/moto/start stands up; tests/live/run does both.
 * Without MOTO_URL (http://127.0.0.1:PORT) every test is skipped. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>

#include "engine/adapters/ec2.h"
#include "engine/aws/iam.h"
#include "engine/base/digest.h"
#include "engine/base/http.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/core/decide.h"

struct live {
    struct arena arena;
    struct str url;
    struct http_client *http;
    struct aws_client *aws;
    struct ec2_cloud *cloud;
    struct cloud_port port;
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct event *first, **last;
    struct event *catalog; /* of the class "default", once it is known */
};

static void take(void *self, struct event *e)
{
    struct live *l = self;

    pthread_mutex_lock(&l->lock);
    *l->last = e;
    l->last = &e->next;
    pthread_cond_signal(&l->came);
    pthread_mutex_unlock(&l->lock);
}

static struct event *next_event(struct live *l)
{
    pthread_mutex_lock(&l->lock);
    while (!l->first)
        pthread_cond_wait(&l->came, &l->lock);
    struct event *e = l->first;
    l->first = e->next;
    if (!l->first)
        l->last = &l->first;
    pthread_mutex_unlock(&l->lock);
    return e;
}

/* The stand-in's control surface; returns the answer's body. */
static struct str control(struct live *l, const char *method, const char *path, const char *body)
{
    struct http_request request = {
        .method = method,
        .url = arena_printf(&l->arena, STR_FMT "/tenon/%s", STR_ARG(l->url), path),
        .body = str_of(body)};
    struct http_response response;

    assert_null(http_send(l->http, &l->arena, NULL, &request, &response));
    assert_int_equal(response.status, 200);
    return response.body;
}

/* The profile and role that the class names. */
static void make_profile(struct live *l)
{
    struct aws_call call = {.client = l->aws, .arena = &l->arena};
    struct iam_role role;
    struct iam_instance_profile profile;
    struct iam_role_new new_role = {.name = STR("dev-node"),
                                    .path = STR("/"),
                                    .assume_role_policy = STR("{\"Version\":\"2012-10-17\"}")};

    assert_null(iam_create_role(&call, &new_role, &role));
    assert_null(iam_create_instance_profile(&call, STR("dev-node"), STR("/"), &(struct aws_tags){0},
                                            &profile));
    assert_null(iam_add_role_to_instance_profile(&call, STR("dev-node"), STR("dev-node")));
}

static void open_cloud(struct live *l, struct str cluster)
{
    struct ec2_options options = {.client = l->aws,
                                  .cluster = cluster,
                                  .region = STR("us-east-1"),
                                  .kubernetes_version = STR("1.31"),
                                  .api_server_endpoint = STR("https://dev.example"),
                                  .certificate_authority = STR("Q0E="),
                                  .service_cidr = STR("10.100.0.0/16")};
    labels_set(&l->arena, &options.default_tags, STR("Team"), STR("data"));
    l->cloud = ec2_cloud_new(&options, (struct event_sink){l, take});
    l->port = ec2_cloud_port(l->cloud);
}

static int set_up(void **state)
{
    const char *url = getenv("MOTO_URL");
    struct live *l = calloc(1, sizeof(*l));

    assert_non_null(l);
    *state = l;
    l->last = &l->first;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->came, NULL);
    if (!url || !*url)
        return 0;
    l->url = str_of(url);
    l->http = http_client_new(&(struct http_options){0});
    control(l, "POST", "reset", "");
    static const char *const services[] = {"ec2", "iam", "ssm", "pricing", "sts", "sqs"};
    struct aws_endpoint_override endpoints[6];
    for (size_t i = 0; i < 6; i++)
        endpoints[i] = (struct aws_endpoint_override){str_of(services[i]), l->url};
    struct aws_config config = {.region = STR("us-east-1"),
                                .access_key = STR("test"),
                                .secret_key = STR("test"),
                                .endpoints = endpoints,
                                .endpoint_count = 6};
    assert_null(aws_client_new(&l->arena, &config, &l->aws));
    make_profile(l);
    open_cloud(l, STR("dev"));
    return 0;
}

static int tear_down(void **state)
{
    struct live *l = *state;

    ec2_cloud_free(l->cloud);
    event_free(l->catalog);
    while (l->first)
        event_free(next_event(l));
    aws_client_free(l->aws);
    http_client_free(l->http);
    arena_free(&l->arena);
    free(l);
    return 0;
}

static struct live *or_skip(void **state)
{
    struct live *l = *state;
    if (!l->cloud) {
        print_message("skipped: MOTO_URL is not set (see the head of this file)\n");
        skip();
    }
    return l;
}

#define DISCOVERY "[{\"tags\":{\"karpenter.sh/discovery\":\"dev\"}}]"
#define CLASS                                                                        \
    "{\"name\":\"default\",\"ami_family\":\"AL2023\",\"subnet_selector\":" DISCOVERY \
    ",\"security_group_selector\":" DISCOVERY ",\"instance_profile\":\"dev-node\"}"

static struct event *resolve(struct live *l, const char *document)
{
    l->port.submit_catalog(l->port.self, STR("default"), str_of(document));
    struct event *e = next_event(l);
    assert_int_equal(e->kind, EVENT_CATALOG);
    assert_true(str_eq(e->name, STR("default")));
    return e;
}

static const struct catalog *catalog(struct live *l)
{
    int64_t begun_ms = time_monotonic_ms();

    if (!l->catalog) {
        l->catalog = resolve(l, CLASS);
        if (l->catalog->error)
            fail_msg(STR_FMT ": " STR_FMT, STR_ARG(l->catalog->error->summary),
                     STR_ARG(l->catalog->error->detail));
        print_message("catalog of %zu types in %lld ms\n", l->catalog->catalog.count,
                      (long long)(time_monotonic_ms() - begun_ms));
    }
    return &l->catalog->catalog;
}

static const struct instance_type *find_type(const struct catalog *c, struct str name)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->types[i].name, name))
            return &c->types[i];
    fail_msg("no type " STR_FMT, STR_ARG(name));
    return NULL;
}

/* Up to `max` options of the types, in their order, of one capacity type. */
static size_t options_of(const struct catalog *c, const struct str *types, size_t count,
                         enum capacity_type capacity_type, struct launch_option *out, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const struct instance_type *t = find_type(c, types[i]);
        for (size_t k = 0; k < t->offering_count && n < max; k++)
            if (t->offerings[k].capacity_type == capacity_type)
                out[n++] = (struct launch_option){t, &t->offerings[k]};
    }
    return n;
}

static struct launch_text prepare(struct live *l, const char *claim,
                                  const struct launch_option *options, size_t count)
{
    struct launch_text text, again;
    struct launch_order order = {.claim = str_of(claim),
                                 .token = str_slice(sha256_hex(&l->arena, str_of(claim)), 0, 32),
                                 .pool = STR("workers"),
                                 .node_class = STR("default"),
                                 .hash = STR("h1"),
                                 .node_name = STR("workers-1"),
                                 .options = options,
                                 .option_count = count};

    labels_set(&l->arena, &order.labels, STR("workload-type"), STR("migration"));
    const struct launch_facts *facts = l->catalog->launch_facts;
    assert_null(ec2_launch_port.write(&l->arena, facts, &order, &text));
    assert_null(ec2_launch_port.write(&l->arena, facts, &order, &again));
    assert_true(str_eq(text.request, again.request));
    return text;
}

static struct event *send_launch(struct live *l, const char *claim, struct launch_text text,
                                 bool repeat)
{
    l->port.submit_launch(l->port.self, &(struct launch){.claim = str_of(claim),
                                                         .request = text.request,
                                                         .template = text.template,
                                                         .repeat = repeat});
    struct event *e = next_event(l);
    assert_int_equal(e->kind, EVENT_LAUNCH);
    assert_true(str_eq(e->name, str_of(claim)));
    if (e->error)
        print_message("%d " STR_FMT ": " STR_FMT "\n", e->outcome, STR_ARG(e->error->summary),
                      STR_ARG(e->error->detail));
    return e;
}

static struct event *launch(struct live *l, const char *claim, struct launch_text text)
{
    return send_launch(l, claim, text, false);
}

static struct event *repeat(struct live *l, const char *claim, struct launch_text text)
{
    return send_launch(l, claim, text, true);
}

static struct str launch_one(struct live *l, const char *claim)
{
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge"), STR("m5.xlarge")};
    size_t n = options_of(catalog(l), types, 2, CAPACITY_SPOT, options, 8);
    struct event *e = launch(l, claim, prepare(l, claim, options, n));

    assert_int_equal(e->outcome, LAUNCH_DONE);
    struct str id = arena_str(&l->arena, e->instance.id);
    event_free(e);
    return id;
}

static struct event *terminate(struct live *l, const char *claim, struct str id)
{
    const struct termination t = {str_of(claim), id};
    l->port.submit_terminate(l->port.self, &t, 1);
    struct event *e = next_event(l);
    assert_int_equal(e->kind, EVENT_TERMINATE);
    return e;
}

static struct event *list(struct live *l)
{
    l->port.submit_list(l->port.self);
    struct event *e = next_event(l);
    assert_int_equal(e->kind, EVENT_INSTANCES);
    assert_null(e->error);
    return e;
}

static void forget(struct live *l, const char *kind, const char *name)
{
    l->port.submit_forget(l->port.self, str_of(kind), str_of(name), NULL, 0);
    struct event *e = next_event(l);
    assert_int_equal(e->kind, EVENT_FORGET);
    assert_true(str_eq(e->name, arena_printf(&l->arena, "%s/%s", kind, name)));
    assert_null(e->error);
    event_free(e);
}

static void a_class_finds_types_with_prices_images_and_zones(void **state)
{
    struct live *l = or_skip(state);
    const struct catalog *c = catalog(l);
    const struct instance_type *t = find_type(c, STR("t3.medium"));
    size_t spot = 0, on_demand = 0;

    assert_true(c->count > 500);
    assert_int_equal(t->allocatable.amount[RESOURCE_CPU], 1930);
    assert_int_equal(t->allocatable.amount[RESOURCE_MEMORY], 3246ll << 20);
    assert_int_equal(t->allocatable.amount[RESOURCE_PODS], 17);
    for (size_t i = 0; i < t->offering_count; i++) {
        const struct offering *o = &t->offerings[i];
        spot += o->capacity_type == CAPACITY_SPOT;
        on_demand += o->capacity_type == CAPACITY_ON_DEMAND;
        assert_true(o->capacity_type == CAPACITY_SPOT ? o->price_microusd_per_hour < 41600
                                                      : o->price_microusd_per_hour == 41600);
    }
    assert_true(spot > 3 && on_demand > 3);
    assert_true(l->catalog->image_count >= 2);
    for (size_t i = 1; i < c->count; i++)
        assert_true(str_cmp(c->types[i - 1].name, c->types[i].name) < 0);
}

static void a_second_class_needs_no_second_fetch(void **state)
{
    struct live *l = or_skip(state);

    catalog(l);
    control(l, "DELETE", "requests", "");
    event_free(resolve(l, CLASS));
    assert_int_equal(str_find_str(control(l, "GET", "requests", ""), STR("InstanceTypes")),
                     control(l, "GET", "requests", "").len);
}

static void a_selector_without_a_match_says_what_is_there(void **state)
{
    struct live *l = or_skip(state);
    struct event *e = resolve(l, "{\"name\":\"default\",\"subnet_selector\":[{\"tags\":"
                                 "{\"karpenter.sh/discovery\":\"prod\"}}],"
                                 "\"security_group_selector\":" DISCOVERY "}");

    assert_non_null(e->error);
    assert_int_equal(e->error->kind, ERROR_INVALID);
    assert_true(str_eq(e->error->path, STR("subnet_selector")));
    assert_true(
        str_find_str(e->error->detail, STR("the tag karpenter.sh/discovery is there with: dev")) <
        e->error->detail.len);
    event_free(e);
}

static void an_image_by_name_is_the_newest_of_each_architecture(void **state)
{
    struct live *l = or_skip(state);
    struct event *e =
        resolve(l, "{\"name\":\"default\",\"ami_family\":\"AL2023\",\"ami_selector\":[{\"name\":"
                   "\"amazon-eks-node-al2023-*-standard-1.31-v*\"}],\"subnet_selector\":" DISCOVERY
                   ",\"security_group_selector\":" DISCOVERY "}");

    assert_null(e->error);
    assert_int_equal(e->image_count, 2);
    /* The alias means the same: the newest of 1.31. */
    catalog(l);
    for (size_t i = 0; i < 2; i++) {
        bool found = false;
        for (size_t k = 0; k < l->catalog->image_count; k++)
            found |= str_eq(e->images[i], l->catalog->images[k]);
        assert_true(found);
    }
    event_free(e);
}

static void a_launch_is_done_once_however_often_it_is_sent(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge")};
    size_t n = options_of(catalog(l), types, 1, CAPACITY_ON_DEMAND, options, 8);
    struct launch_text request = prepare(l, "dev/workers/u/1", options, n);
    struct event *first = launch(l, "dev/workers/u/1", request);
    struct event *second = repeat(l, "dev/workers/u/1", request);
    struct event *all = list(l);

    assert_int_equal(first->outcome, LAUNCH_DONE);
    assert_int_equal(second->outcome, LAUNCH_DONE);
    assert_true(str_eq(first->instance.id, second->instance.id));
    assert_true(str_eq(first->instance.instance_type, STR("c5.xlarge")));
    assert_true(str_starts_with(first->instance.zone, STR("us-east-1")));
    assert_int_equal(first->instance.capacity_type, CAPACITY_ON_DEMAND);
    assert_int_equal(all->instance_count, 1);
    assert_true(str_eq(all->instances[0].id, first->instance.id));
    assert_true(str_eq(all->instances[0].claim, STR("dev/workers/u/1")));
    assert_true(str_eq(all->instances[0].pool, STR("workers")));
    assert_true(str_eq(all->instances[0].hash, STR("h1")));
    assert_true(str_eq(all->instances[0].zone, first->instance.zone));
    event_free(first);
    event_free(second);
    event_free(all);
}

static void a_spot_launch_is_a_spot_instance(void **state)
{
    struct live *l = or_skip(state);

    launch_one(l, "dev/workers/u/1");
    struct event *all = list(l);
    assert_int_equal(all->instance_count, 1);
    assert_int_equal(all->instances[0].capacity_type, CAPACITY_SPOT);
    event_free(all);
}

static void a_terminated_instance_is_gone_and_terminating_again_is_fine(void **state)
{
    struct live *l = or_skip(state);
    struct str id = launch_one(l, "dev/workers/u/1");

    for (int i = 0; i < 2; i++) {
        struct event *e = terminate(l, "dev/workers/u/1", id);
        assert_null(e->error);
        event_free(e);
    }
    struct event *unknown = terminate(l, "dev/workers/u/9", STR("i-0123456789abcdef0"));
    assert_null(unknown->error);
    event_free(unknown);
    struct event *all = list(l);
    for (size_t i = 0; i < all->instance_count; i++)
        assert_int_equal(all->instances[i].state, INSTANCE_GONE);
    event_free(all);
}

/* Within a minute the answer of before counts, so each question has a cloud of its own. */
static int64_t impaired_ms(struct live *l, struct str id)
{
    ec2_cloud_free(l->cloud);
    open_cloud(l, STR("dev"));
    struct event *all = list(l);
    int64_t ms = -1;
    for (size_t i = 0; i < all->instance_count; i++)
        ms = str_eq(all->instances[i].id, id) ? all->instances[i].impaired_ms : ms;
    event_free(all);
    return ms;
}

static void an_instance_whose_checks_fail_is_listed_with_since_when(void **state)
{
    static const char *const checks[] = {"system", "instance"};
    struct live *l = or_skip(state);
    struct str id = launch_one(l, "dev/workers/u/1");

    assert_int_equal(impaired_ms(l, id), 0);
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        const char *body =
            arena_printf(&l->arena,
                         "{\"instance_id\":\"" STR_FMT "\",\"seconds\":300,\"check\":\"%s\"}",
                         STR_ARG(id), checks[i])
                .ptr;
        control(l, "POST", "impair", body);
        int64_t ago_ms = time_now_ms() - impaired_ms(l, id);
        assert_true(ago_ms >= 299 * 1000 && ago_ms < 330 * 1000);
    }
    control(l, "POST", "faults",
            "[{\"operation\":\"DescribeInstanceStatus\",\"status\":403,"
            "\"code\":\"UnauthorizedOperation\",\"message\":\"no\"}]");
    assert_int_equal(impaired_ms(l, id), 0); /* what may not be asked is not known */
    control(l, "DELETE", "faults", "");
}

static void a_token_whose_instance_has_died_is_spent(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge")};
    size_t n = options_of(catalog(l), types, 1, CAPACITY_SPOT, options, 8);
    struct launch_text request = prepare(l, "dev/workers/u/1", options, n);
    struct event *first = launch(l, "dev/workers/u/1", request);

    event_free(terminate(l, "dev/workers/u/1", first->instance.id));
    struct event *second = repeat(l, "dev/workers/u/1", request);
    assert_int_equal(second->outcome, LAUNCH_SPENT);
    event_free(first);
    event_free(second);
}

static void missing_capacity_ends_the_claim_and_names_the_offerings(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[16];
    const struct str types[] = {STR("c5.xlarge"), STR("m5.xlarge")};
    size_t n = options_of(catalog(l), types, 2, CAPACITY_SPOT, options, 16);

    control(l, "POST", "ice", "[{\"capacity_type\":\"spot\"}]");
    struct event *e = launch(l, "dev/workers/u/1", prepare(l, "dev/workers/u/1", options, n));
    control(l, "DELETE", "ice", "");
    assert_int_equal(e->outcome, LAUNCH_REFUSED);
    assert_int_equal(e->error->kind, ERROR_NO_CAPACITY);
    assert_int_equal(e->unavailable_count, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(e->unavailable[i].capacity_type, CAPACITY_SPOT);
    event_free(e);
}

static void when_one_type_is_short_the_next_is_launched(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[16];
    const struct str types[] = {STR("c5.xlarge"), STR("m5.xlarge")};
    size_t n = options_of(catalog(l), types, 2, CAPACITY_ON_DEMAND, options, 16);

    control(l, "POST", "ice", "[{\"instance_type\":\"c5.xlarge\"}]");
    struct event *e = launch(l, "dev/workers/u/1", prepare(l, "dev/workers/u/1", options, n));
    control(l, "DELETE", "ice", "");
    assert_int_equal(e->outcome, LAUNCH_DONE);
    assert_true(str_eq(e->instance.instance_type, STR("m5.xlarge")));
    assert_true(e->unavailable_count > 0);
    for (size_t i = 0; i < e->unavailable_count; i++)
        assert_true(str_eq(e->unavailable[i].instance_type, STR("c5.xlarge")));
    event_free(e);
}

static void a_lost_answer_is_met_by_the_same_request_again(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge")};
    size_t n = options_of(catalog(l), types, 1, CAPACITY_SPOT, options, 8);
    struct launch_text request = prepare(l, "dev/workers/u/1", options, n);

    control(l, "POST", "faults", "[{\"operation\":\"CreateFleet\",\"cut\":\"after\"}]");
    struct event *lost = launch(l, "dev/workers/u/1", request);
    control(l, "DELETE", "faults", "");
    assert_int_equal(lost->outcome, LAUNCH_UNKNOWN);
    struct event *again = repeat(l, "dev/workers/u/1", request);
    assert_int_equal(again->outcome, LAUNCH_DONE);
    struct event *all = list(l);
    assert_int_equal(all->instance_count, 1);
    event_free(lost);
    event_free(again);
    event_free(all);
}

static void a_missing_permission_is_a_refusal_that_names_it(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge")};
    size_t n = options_of(catalog(l), types, 1, CAPACITY_SPOT, options, 8);

    control(l, "POST", "faults",
            "[{\"operation\":\"CreateFleet\",\"status\":403,\"code\":\"UnauthorizedOperation\","
            "\"message\":\"You are not authorized to perform this operation.\"}]");
    struct event *e = launch(l, "dev/workers/u/1", prepare(l, "dev/workers/u/1", options, n));
    control(l, "DELETE", "faults", "");
    assert_int_equal(e->outcome, LAUNCH_REFUSED);
    assert_int_equal(e->error->kind, ERROR_DENIED);
    struct str text = arena_printf(&l->arena, STR_FMT STR_FMT, STR_ARG(e->error->summary),
                                   STR_ARG(e->error->detail));
    assert_true(str_find_str(text, STR("CreateFleet")) < text.len);
    event_free(e);
}

static void a_template_that_somebody_deleted_is_made_again(void **state)
{
    struct live *l = or_skip(state);

    launch_one(l, "dev/workers/u/1");
    control(l, "POST", "faults",
            "[{\"operation\":\"CreateFleet\",\"times\":1,\"status\":400,\"code\":"
            "\"InvalidLaunchTemplateName.NotFoundException\",\"message\":\"gone\"}]");
    launch_one(l, "dev/workers/u/2");
}

/* How often the stand-in was asked for the operation since its list was emptied. */
static size_t calls(struct live *l, const char *operation)
{
    struct json requests;
    size_t count = 0;

    assert_null(json_parse(&l->arena, control(l, "GET", "requests", ""), &requests));
    for (size_t i = 0; i < requests.count; i++) {
        struct str word = json_string_or(json_get(&requests.items[i], "operation"), STR(""));
        count += str_matches(str_of(operation), word);
    }
    return count;
}

static void a_launch_of_a_known_template_is_one_call(void **state)
{
    struct live *l = or_skip(state);

    launch_one(l, "dev/workers/u/1");
    control(l, "DELETE", "requests", "");
    launch_one(l, "dev/workers/u/2");
    assert_int_equal(calls(l, "CreateFleet"), 1);
    assert_int_equal(calls(l, "*"), 1);
}

enum { LAUNCHES = 8 };

static void submit_launches(struct live *l)
{
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge")};
    size_t n = options_of(catalog(l), types, 1, CAPACITY_SPOT, options, 8);

    for (int i = 1; i <= LAUNCHES; i++) {
        struct str claim = arena_printf(&l->arena, "dev/workers/u/%d", i);
        struct launch_text text = prepare(l, claim.ptr, options, n);
        l->port.submit_launch(
            l->port.self,
            &(struct launch){.claim = claim, .request = text.request, .template = text.template});
    }
}

static void await_launches(struct live *l, struct termination *out)
{
    for (int i = 0; i < LAUNCHES; i++) {
        struct event *e = next_event(l);
        assert_int_equal(e->kind, EVENT_LAUNCH);
        assert_int_equal(e->outcome, LAUNCH_DONE);
        out[i] = (struct termination){arena_str(&l->arena, e->name),
                                      arena_str(&l->arena, e->instance.id)};
        event_free(e);
    }
}

static void launches_at_the_same_time_make_their_template_once(void **state)
{
    struct live *l = or_skip(state);
    struct termination launched[LAUNCHES];

    submit_launches(l);
    await_launches(l, launched);
    assert_int_equal(calls(l, "CreateLaunchTemplate"), 1);
    assert_int_equal(calls(l, "CreateFleet"), LAUNCHES);
}

static void a_list_does_not_wait_behind_launches(void **state)
{
    struct live *l = or_skip(state);
    struct termination launched[LAUNCHES];

    catalog(l);
    control(l, "POST", "faults", "[{\"operation\":\"CreateFleet\",\"delay_ms\":3000}]");
    submit_launches(l);
    event_free(list(l)); /* the next event, though it was ordered last */
    await_launches(l, launched);
    control(l, "DELETE", "faults", "");
}

static void terminate_all(struct live *l, const struct termination *all, size_t count)
{
    l->port.submit_terminate(l->port.self, all, count);
    for (size_t i = 0; i < count; i++) {
        struct event *e = next_event(l);
        assert_int_equal(e->kind, EVENT_TERMINATE);
        assert_null(e->error);
        event_free(e);
    }
}

static void what_is_terminated_together_is_one_call(void **state)
{
    struct live *l = or_skip(state);
    struct termination launched[LAUNCHES];

    submit_launches(l);
    await_launches(l, launched);
    terminate_all(l, launched, LAUNCHES);
    assert_int_equal(calls(l, "TerminateInstances"), 1);
    struct event *all = list(l);
    for (size_t i = 0; i < all->instance_count; i++)
        assert_int_equal(all->instances[i].state, INSTANCE_GONE);
    event_free(all);
}

static void an_instance_that_is_gone_keeps_no_other_from_going(void **state)
{
    struct live *l = or_skip(state);
    struct termination launched[LAUNCHES + 1];

    submit_launches(l);
    await_launches(l, launched);
    launched[LAUNCHES] = (struct termination){STR("dev/workers/u/99"), STR("i-0123456789abcdef0")};
    terminate_all(l, launched, LAUNCHES + 1);
    struct event *all = list(l);
    assert_int_equal(all->instance_count, LAUNCHES);
    for (size_t i = 0; i < all->instance_count; i++)
        assert_int_equal(all->instances[i].state, INSTANCE_GONE);
    event_free(all);
}

static bool is_left(struct live *l, const char *word)
{
    struct str left = control(l, "GET", "leftovers?cluster=dev", "");
    return str_find_str(left, str_of(word)) < left.len;
}

static void forgetting_leaves_nothing(void **state)
{
    struct live *l = or_skip(state);
    struct str id = launch_one(l, "dev/workers/u/1");

    event_free(terminate(l, "dev/workers/u/1", id));
    assert_true(is_left(l, "launch-template"));
    forget(l, "pool", "workers");
    assert_false(is_left(l, "launch-template"));
    forget(l, "pool", "workers");
}

static void a_template_that_is_to_be_kept_stays(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge"), STR("m5.xlarge")};
    size_t n = options_of(catalog(l), types, 2, CAPACITY_ON_DEMAND, options, 8);
    struct launch_text kept = prepare(l, "dev/workers/u/2", options, n);

    launch_one(l, "dev/workers/u/1"); /* spot: another label, so another template */
    event_free(launch(l, "dev/workers/u/2", kept));
    l->port.submit_forget(l->port.self, STR("pool"), STR("workers"), &kept.template_name, 1);
    event_free(next_event(l));
    struct str left = control(l, "GET", "leftovers?cluster=dev", "");
    assert_true(str_find_str(left, kept.template_name) < left.len);
    control(l, "DELETE", "requests", "");
    event_free(launch(l, "dev/workers/u/3", prepare(l, "dev/workers/u/3", options, n)));
    assert_int_equal(calls(l, "*"), 1); /* it is still known */
    launch_one(l, "dev/workers/u/4");
    assert_int_equal(calls(l, "CreateLaunchTemplate"), 1); /* the other is made again */
}

static void whatever_the_cluster_is_called_ec2_takes_it(void **state)
{
    struct live *l = or_skip(state);

    ec2_cloud_free(l->cloud);
    open_cloud(l, STR("aws:123456789012:eu-central-1:my kube/2"));
    launch_one(l, "aws:123456789012:eu-central-1:my kube/2/workers/u/1");
    event_free(l->catalog);
    l->catalog = NULL;
    struct event *e =
        resolve(l, "{\"name\":\"default\",\"ami_family\":\"AL2023\",\"subnet_selector\":" DISCOVERY
                   ",\"security_group_selector\":" DISCOVERY ",\"role\":\"dev-node\"}");
    assert_null(e->error);
    event_free(e);
}

static void the_profile_of_a_role_is_made_and_forgotten_with_the_class(void **state)
{
    struct live *l = or_skip(state);
    const char *with_role =
        "{\"name\":\"default\",\"ami_family\":\"AL2023\",\"subnet_selector\":" DISCOVERY
        ",\"security_group_selector\":" DISCOVERY ",\"role\":\"dev-node\"}";

    for (int i = 0; i < 2; i++) { /* the second finds it made */
        struct event *e = resolve(l, with_role);
        assert_null(e->error);
        event_free(e);
        assert_true(is_left(l, "tenon-dev.default.us-east-1"));
    }
    forget(l, "class", "default");
    assert_false(is_left(l, "tenon-dev.default.us-east-1"));
    forget(l, "class", "default");
}

static void a_role_that_is_not_there_is_an_error_at_the_role(void **state)
{
    struct live *l = or_skip(state);
    struct event *e =
        resolve(l, "{\"name\":\"default\",\"ami_family\":\"AL2023\",\"subnet_selector\":" DISCOVERY
                   ",\"security_group_selector\":" DISCOVERY ",\"role\":\"nobody\"}");

    assert_non_null(e->error);
    assert_true(str_eq(e->error->path, STR("role")));
    event_free(e);
}

static void a_profile_that_is_not_there_yet_does_not_last(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge")};
    size_t n = options_of(catalog(l), types, 1, CAPACITY_SPOT, options, 8);
    struct aws_call call = {.client = l->aws, .arena = &l->arena};

    assert_null(iam_remove_role_from_instance_profile(&call, STR("dev-node"), STR("dev-node")));
    assert_null(iam_delete_instance_profile(&call, STR("dev-node")));
    struct event *e = launch(l, "dev/workers/u/1", prepare(l, "dev/workers/u/1", options, n));
    assert_int_equal(e->outcome, LAUNCH_REFUSED);
    assert_int_equal(e->error->kind, ERROR_CONFLICT);
    assert_int_equal(e->unavailable_count, 0);
    event_free(e);
}

static void a_stopped_adapter_answers_and_sends_no_change(void **state)
{
    struct live *l = or_skip(state);
    struct launch_option options[8];
    const struct str types[] = {STR("c5.xlarge")};
    size_t n = options_of(catalog(l), types, 1, CAPACITY_SPOT, options, 8);
    struct launch_text request = prepare(l, "dev/workers/u/1", options, n);

    ec2_cloud_stop(l->cloud);
    struct event *e = launch(l, "dev/workers/u/1", request);
    assert_int_equal(e->outcome, LAUNCH_UNKNOWN);
    assert_int_equal(e->error->kind, ERROR_CANCELLED);
    event_free(e);
    e = terminate(l, "dev/workers/u/1", STR("i-0123456789abcdef0"));
    assert_int_equal(e->error->kind, ERROR_CANCELLED);
    event_free(e);
    struct str requests = control(l, "GET", "requests", "");
    assert_true(str_find_str(requests, STR("CreateFleet")) == requests.len);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_class_finds_types_with_prices_images_and_zones),
        TEST(a_second_class_needs_no_second_fetch),
        TEST(a_selector_without_a_match_says_what_is_there),
        TEST(an_image_by_name_is_the_newest_of_each_architecture),
        TEST(a_launch_is_done_once_however_often_it_is_sent),
        TEST(a_spot_launch_is_a_spot_instance),
        TEST(a_terminated_instance_is_gone_and_terminating_again_is_fine),
        TEST(an_instance_whose_checks_fail_is_listed_with_since_when),
        TEST(a_token_whose_instance_has_died_is_spent),
        TEST(missing_capacity_ends_the_claim_and_names_the_offerings),
        TEST(when_one_type_is_short_the_next_is_launched),
        TEST(a_lost_answer_is_met_by_the_same_request_again),
        TEST(a_missing_permission_is_a_refusal_that_names_it),
        TEST(a_template_that_somebody_deleted_is_made_again),
        TEST(a_launch_of_a_known_template_is_one_call),
        TEST(launches_at_the_same_time_make_their_template_once),
        TEST(a_list_does_not_wait_behind_launches),
        TEST(what_is_terminated_together_is_one_call),
        TEST(an_instance_that_is_gone_keeps_no_other_from_going),
        TEST(forgetting_leaves_nothing),
        TEST(a_template_that_is_to_be_kept_stays),
        TEST(whatever_the_cluster_is_called_ec2_takes_it),
        TEST(the_profile_of_a_role_is_made_and_forgotten_with_the_class),
        TEST(a_role_that_is_not_there_is_an_error_at_the_role),
        TEST(a_profile_that_is_not_there_yet_does_not_last),
        TEST(a_stopped_adapter_answers_and_sends_no_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
