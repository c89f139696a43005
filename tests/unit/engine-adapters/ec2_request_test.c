#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <ctype.h>

#include "engine/adapters/ec2_catalog.h"
#include "engine/adapters/ec2_names.h"
#include "engine/adapters/ec2_request.h"
#include "engine/adapters/ec2_template.h"
#include "engine/base/json.h"
#include "engine/core/decide.h"

/* A region of three types and three zones, of which the class has subnets in two; c9 has no quote
 * in zone b, p9 carries GPUs, and g9 is arm64. */
struct fixture {
    struct arena arena;
    struct ec2_facts facts;
    struct ec2_class node_class;
    struct ec2_options options;
    struct resource_table resources;
    struct catalog catalog;
    struct launch_option options_of[64];
    struct launch_order order;
};

static void add_type(struct fixture *f, const char *name, bool arm64, bool gpu)
{
    static const char *const zones[] = {"us-east-1a", "us-east-1b", "us-east-1c"};
    struct arena *a = &f->arena;
    struct ec2_instance_type t = {.name = str_of(name),
                                  .x86_64 = !arm64,
                                  .arm64 = arm64,
                                  .hvm = true,
                                  .spot = true,
                                  .on_demand = true,
                                  .hypervisor = STR("nitro"),
                                  .vcpus = 4,
                                  .memory_mib = 8192,
                                  .network_interfaces = 4,
                                  .ipv4_per_interface = 15};
    if (gpu)
        t.gpu = (struct ec2_gpu){STR("T4"), STR("NVIDIA"), 1, 16384};
    ARENA_PUSH(a, f->facts.types.items, f->facts.types.count, f->facts.types.capacity, t);
    for (size_t i = 0; i < 3; i++) {
        struct str zone = str_of(zones[i]);
        ARENA_PUSH(a, f->facts.offerings.items, f->facts.offerings.count,
                   f->facts.offerings.capacity, (struct ec2_offering){t.name, zone});
        if (i != 1)
            ARENA_PUSH(a, f->facts.spot.items, f->facts.spot.count, f->facts.spot.capacity,
                       (struct ec2_spot_price){t.name, zone, 40000 + (int64_t)i, 1});
    }
    ARENA_PUSH(a, f->facts.on_demand.items, f->facts.on_demand.count, f->facts.on_demand.capacity,
               (struct pricing_row){t.name, 100000});
}

static void add_subnet(struct fixture *f, const char *id, const char *zone, int64_t free_addresses)
{
    ARENA_PUSH(&f->arena, f->node_class.subnets.items, f->node_class.subnets.count,
               f->node_class.subnets.capacity,
               (struct ec2_subnet){
                   .id = str_of(id), .zone = str_of(zone), .free_addresses = free_addresses});
}

static void add_image(struct fixture *f, const char *id, bool arm64, unsigned serves)
{
    ARENA_PUSH(&f->arena, f->node_class.images.items, f->node_class.images.count,
               f->node_class.images.capacity, (struct class_image){str_of(id), arm64, serves});
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    add_type(f, "c9.xlarge", false, false);
    add_type(f, "g9.xlarge", true, false);
    add_type(f, "p9.xlarge", false, true);
    ec2_facts_sort(&f->facts);
    f->node_class.spec = (struct node_class){.name = STR("default"), .family = FAMILY_AL2023};
    f->node_class.instance_profile = STR("dev-node");
    add_subnet(f, "subnet-a1", "us-east-1a", 10);
    add_subnet(f, "subnet-a2", "us-east-1a", 200);
    add_subnet(f, "subnet-b", "us-east-1b", 5);
    add_image(f, "ami-x86", false, SERVES_PLAIN);
    add_image(f, "ami-arm", true, SERVES_PLAIN);
    ARENA_PUSH(&f->arena, f->node_class.groups.items, f->node_class.groups.count,
               f->node_class.groups.capacity, (struct ec2_security_group){.id = STR("sg-1")});
    f->options = (struct ec2_options){.cluster = STR("dev"), .region = STR("us-east-1")};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_free(&f->arena);
    free(f);
    return 0;
}

static void build_catalog(struct fixture *f)
{
    f->resources = resource_table_new();
    ec2_catalog_build(&f->arena, &f->facts, &f->node_class, f->options.region, &f->resources,
                      &f->catalog);
}

static void make_order(struct fixture *f, enum capacity_type capacity_type)
{
    size_t n = 0;

    build_catalog(f);
    for (size_t i = 0; i < f->catalog.count; i++)
        for (size_t k = 0; k < f->catalog.types[i].offering_count && n < 64; k++)
            if (f->catalog.types[i].offerings[k].capacity_type == capacity_type)
                f->options_of[n++] =
                    (struct launch_option){&f->catalog.types[i], &f->catalog.types[i].offerings[k]};
    f->order = (struct launch_order){.claim = STR("dev/workers/u/1"),
                                     .token = STR("0123456789abcdef0123456789abcdef"),
                                     .pool = STR("workers"),
                                     .node_class = STR("default"),
                                     .hash = STR("h1"),
                                     .node_name = STR("workers-1"),
                                     .options = f->options_of,
                                     .option_count = n};
}

static struct launch_text write_launch(struct fixture *f)
{
    struct launch_text text;
    assert_null(ec2_request_write(&f->arena, &f->options, &f->node_class, &f->order, &text));
    return text;
}

static struct ec2_request read_request(struct fixture *f)
{
    struct ec2_request r;
    assert_null(ec2_request_read(&f->arena, write_launch(f).request, &r));
    return r;
}

static struct ec2_launch_template_new read_template(struct fixture *f)
{
    struct ec2_launch_template_new t;
    assert_null(ec2_template_read(&f->arena, write_launch(f).template, &t));
    return t;
}

static bool has(struct str text, const char *piece)
{
    return str_find_str(text, str_of(piece)) < text.len;
}

static void a_catalog_has_priced_offerings_where_the_class_has_subnets_and_images(void **state)
{
    struct fixture *f = *state;

    build_catalog(f);
    assert_int_equal(f->catalog.count, 2); /* p9 needs an image with drivers */
    const struct instance_type *c9 = &f->catalog.types[0];
    assert_true(str_eq(c9->name, STR("c9.xlarge")));
    assert_int_equal(c9->offering_count, 3); /* a: both, b: no quote, c: no subnet */
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(c9->offerings[i].price_microusd_per_hour,
                         c9->offerings[i].capacity_type == CAPACITY_SPOT ? 40000 : 100000);
    assert_int_equal(c9->allocatable.amount[RESOURCE_CPU], 3920);
    assert_true(str_eq(labels_get(&c9->labels, LABEL_ARCH), STR("amd64")));
}

/* What needs it is told that it lacks a price; what left it out would say that no such type is. */
static void a_type_without_any_price_is_in_the_catalog_without_an_offering(void **state)
{
    struct fixture *f = *state;

    f->facts.on_demand.count = f->facts.spot.count = 0;
    build_catalog(f);
    assert_int_equal(f->catalog.count, 2);
    assert_true(str_eq(f->catalog.types[0].name, STR("c9.xlarge")));
    for (size_t i = 0; i < f->catalog.count; i++)
        assert_int_equal(f->catalog.types[i].offering_count, 0);
}

static void a_type_that_no_subnet_s_zone_offers_is_not_in_the_catalog(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < f->facts.offerings.count; i++)
        if (str_eq(f->facts.offerings.items[i].instance_type, STR("c9.xlarge")))
            f->facts.offerings.items[i].zone = STR("us-east-1c");
    build_catalog(f);
    assert_int_equal(f->catalog.count, 1);
    assert_true(str_eq(f->catalog.types[0].name, STR("g9.xlarge")));
}

static void gpu_types_come_with_an_image_that_serves_them(void **state)
{
    struct fixture *f = *state;

    add_image(f, "ami-nvidia", false, SERVES_NVIDIA);
    build_catalog(f);
    assert_int_equal(f->catalog.count, 3);
    assert_true(str_eq(ec2_class_image(&f->node_class, &f->catalog.types[2].labels)->id,
                       STR("ami-nvidia")));
    assert_true(
        str_eq(ec2_class_image(&f->node_class, &f->catalog.types[0].labels)->id, STR("ami-x86")));
}

static void what_price_list_does_not_know_has_the_built_in_price(void **state)
{
    struct fixture *f = *state;
    int64_t price = 0;

    assert_true(ec2_facts_on_demand(&f->facts, STR("us-east-1"), STR("c9.xlarge"), &price));
    assert_int_equal(price, 100000);
    assert_true(ec2_facts_on_demand(&f->facts, STR("us-east-1"), STR("t3.medium"), &price));
    assert_int_equal(price, 41600);
    assert_false(ec2_facts_on_demand(&f->facts, STR("us-east-1"), STR("x99.huge"), &price));
}

static void equal_orders_give_equal_texts(void **state)
{
    struct fixture *f = *state;

    make_order(f, CAPACITY_SPOT);
    struct launch_text first = write_launch(f), second = write_launch(f);
    assert_true(str_eq(first.request, second.request));
    assert_true(str_eq(first.template, second.template));
    assert_true(str_eq(first.template_name, second.template_name));
}

static void a_request_reads_back_as_what_was_ordered(void **state)
{
    struct fixture *f = *state;

    make_order(f, CAPACITY_ON_DEMAND);
    struct ec2_request r = read_request(f);
    struct ec2_launch_template_new t = read_template(f);
    assert_true(str_eq(r.pool, STR("workers")));
    assert_true(str_eq(r.hash, STR("h1")));
    assert_int_equal(r.capacity_type, CAPACITY_ON_DEMAND);
    assert_true(str_starts_with(r.template_name, STR("tenon/dev/")));
    assert_int_equal(r.template_name.len, strlen("tenon/dev/") + 16);
    assert_true(str_eq(r.image_id, STR("ami-x86")));
    assert_true(str_eq(t.image_id, STR("ami-x86")));
    assert_true(str_eq(t.instance_profile, STR("dev-node")));
    assert_int_equal(t.security_group_count, 1);
    assert_true(str_eq(t.security_group_ids[0], STR("sg-1")));
    assert_true(str_eq(t.metadata.http_tokens, STR("required")));
    assert_int_equal(t.block_device_count, 1);
    assert_int_equal(t.block_devices[0].volume_gib, 20);
    assert_true(t.block_devices[0].encrypted);
    assert_int_equal(r.place_count, 4);                           /* c9 and g9 in a and b */
    assert_true(str_eq(r.places[0].subnet_id, STR("subnet-a2"))); /* the one with most room */
    assert_true(has(r.fleet, "ClientToken=0123456789abcdef0123456789abcdef"));
    assert_true(has(r.fleet, "lowest-price"));
    assert_true(has(r.fleet, "ImageId=ami-arm")); /* only where it is not the template's */
    assert_false(has(r.fleet, "ImageId=ami-x86"));
}

static void instances_carry_our_tags_and_the_users_and_none_of_karpenters(void **state)
{
    struct fixture *f = *state;
    static const char *const tags[] = {"tenon.dev%2Fcluster",
                                       "tenon.dev%2Fpool",
                                       "tenon.dev%2Fclaim",
                                       "tenon.dev%2Fhash",
                                       "kubernetes.io%2Fcluster%2Fdev",
                                       "Project",
                                       "Team"};

    labels_set(&f->arena, &f->options.default_tags, STR("Team"), STR("platform"));
    labels_set(&f->arena, &f->options.default_tags, STR("tenon.dev/cluster"), STR("other"));
    labels_set(&f->arena, &f->node_class.spec.tags, STR("Project"), STR("DataMigrate AI"));
    labels_set(&f->arena, &f->node_class.spec.tags, STR("Team"), STR("data"));
    make_order(f, CAPACITY_SPOT);
    struct ec2_request r = read_request(f);
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
        assert_true(has(r.fleet, tags[i]));
    assert_true(has(r.fleet, "workers-1"));
    assert_true(has(r.fleet, "=data"));
    assert_false(has(r.fleet, "platform"));
    assert_false(has(r.fleet, "=other"));
    assert_false(has(r.fleet, "karpenter"));
    assert_true(has(r.fleet, "price-capacity-optimized"));
}

static void a_template_is_named_by_its_content(void **state)
{
    struct fixture *f = *state;

    make_order(f, CAPACITY_SPOT);
    struct str first = read_request(f).template_name;
    f->order.claim = STR("dev/workers/u/2");
    f->order.token = STR("fedcba9876543210fedcba9876543210");
    f->order.hash = STR("h2");
    assert_true(str_eq(first, read_request(f).template_name));
    f->node_class.images.items[0].id = STR("ami-new");
    assert_false(str_eq(first, read_request(f).template_name));
}

static void no_more_places_than_a_fleet_takes(void **state)
{
    struct fixture *f = *state;
    char names[70][16];

    for (size_t i = 0; i < 70; i++) {
        snprintf(names[i], sizeof(names[i]), "c9.%zuxlarge", i + 10);
        add_type(f, names[i], false, false);
    }
    ec2_facts_sort(&f->facts);
    build_catalog(f);
    struct launch_option options[200];
    size_t n = 0;
    for (size_t i = 0; i < f->catalog.count; i++)
        options[n++] = (struct launch_option){&f->catalog.types[i], f->catalog.types[i].offerings};
    make_order(f, CAPACITY_ON_DEMAND);
    f->order.options = options;
    f->order.option_count = n;
    assert_int_equal(read_request(f).place_count, OVERRIDES_MAX);
}

static void a_class_that_lost_its_zones_launches_nothing(void **state)
{
    struct fixture *f = *state;
    struct launch_text text;

    make_order(f, CAPACITY_SPOT);
    f->node_class.subnets.count = 0;
    struct error *e = ec2_request_write(&f->arena, &f->options, &f->node_class, &f->order, &text);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_CONFLICT);
}

static void a_text_that_is_no_request_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const texts[] = {
        "", "{", "[]", "{}", "{\"template_name\":\"x\"}", "{\"template_name\":1,\"fleet\":[]}"};
    struct ec2_request r;
    struct ec2_launch_template_new t;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_non_null(ec2_request_read(&f->arena, str_of(texts[i]), &r));
        assert_non_null(ec2_template_read(&f->arena, str_of(texts[i]), &t));
    }
}

static void a_request_has_nothing_of_what_its_template_says(void **state)
{
    struct fixture *f = *state;

    f->node_class.spec.user_data = STR("#!/bin/sh\necho a-long-script\n");
    make_order(f, CAPACITY_SPOT);
    struct launch_text text = write_launch(f);
    assert_true(has(text.template, "a-long-script"));
    assert_false(has(text.request, "a-long-script"));
    assert_true(str_find_str(text.request, text.template_name) < text.request.len);
}

/* EC2: letters, digits and ()./_-, 3 to 128 of them. */
static bool ec2_takes(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.ptr[i]) && !strchr("()./_-", name.ptr[i]))
            return false;
    return name.len >= 3 && name.len <= 128;
}

static bool iam_takes(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.ptr[i]) && !strchr("_+=,.@-", name.ptr[i]))
            return false;
    return name.len >= 1 && name.len <= 128;
}

static struct str profile_of(struct fixture *f, const char *cluster, const char *node_class)
{
    return ec2_profile_name(&f->arena, str_of(cluster), str_of(node_class), STR("us-east-1"));
}

static void whatever_a_cluster_is_called_its_names_are_fit_and_its_own(void **state)
{
    struct fixture *f = *state;
    char longest[400];
    const char *const clusters[] = {"dev",
                                    "aws:123456789012:eu-central-1:kube-2",
                                    "aws-123456789012-eu-central-1-kube-2",
                                    "my cluster",
                                    "my-cluster",
                                    "my/cluster",
                                    "k8s.example.com",
                                    "\xc3\xa9t\xc3\xa9",
                                    "*",
                                    longest};
    enum { COUNT = sizeof(clusters) / sizeof(*clusters) };
    struct str templates[COUNT], profiles[COUNT];

    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = 0;
    for (size_t i = 0; i < COUNT; i++) {
        f->options.cluster = str_of(clusters[i]);
        make_order(f, CAPACITY_SPOT);
        templates[i] = write_launch(f).template_name;
        profiles[i] = profile_of(f, clusters[i], "default");
        assert_true(ec2_takes(templates[i]));
        assert_true(iam_takes(profiles[i]));
        for (size_t k = 0; k < i; k++) {
            assert_false(str_eq(templates[i], templates[k]));
            assert_false(str_eq(profiles[i], profiles[k]));
        }
    }
    assert_true(str_eq(profiles[0], STR("tenon-dev.default.us-east-1")));
    assert_true(str_starts_with(templates[1], STR("tenon/aws-123456789012-eu-central-1-kube-2/")));
}

static struct event *outcome(struct fixture *f, struct error *e, const struct ec2_launched *l)
{
    struct event *out = event_new(EVENT_LAUNCH);
    struct ec2_request r = read_request(f);
    ec2_request_outcome(&r, STR("dev/workers/u/1"), e, l, out);
    return out;
}

static void an_error_of_the_call_decides_by_its_kind(void **state)
{
    struct fixture *f = *state;
    static const struct {
        enum error_kind kind;
        const char *code;
        bool unknown;
        enum launch_outcome wanted;
    } rows[] = {
        {ERROR_INVALID, "InvalidParameterValue", false, LAUNCH_REFUSED},
        {ERROR_INVALID, "IdempotentParameterMismatch", false, LAUNCH_SPENT},
        {ERROR_DENIED, "UnauthorizedOperation", false, LAUNCH_REFUSED},
        {ERROR_NO_CAPACITY, "InsufficientInstanceCapacity", false, LAUNCH_REFUSED},
        {ERROR_NOT_FOUND, "InvalidLaunchTemplateName.NotFoundException", false, LAUNCH_REFUSED},
        {ERROR_THROTTLED, "RequestLimitExceeded", false, LAUNCH_UNKNOWN},
        {ERROR_UNREACHABLE, "", true, LAUNCH_UNKNOWN},
        {ERROR_INVALID, "", true, LAUNCH_UNKNOWN},
        {ERROR_TIMEOUT, "", true, LAUNCH_UNKNOWN},
        {ERROR_CANCELLED, "", false, LAUNCH_UNKNOWN},
    };
    make_order(f, CAPACITY_SPOT);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct error *e = error_new(&f->arena, rows[i].kind, "no");
        e->code = str_of(rows[i].code);
        e->outcome_unknown = rows[i].unknown;
        struct event *out = outcome(f, e, &(struct ec2_launched){0});
        assert_int_equal(out->outcome, rows[i].wanted);
        assert_ptr_equal(out->error, e);
        event_free(out);
    }
}

static void what_a_refused_call_says_of_offerings_is_heard_as_inside_an_answer(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *code, *message;
        enum error_kind kind;
        size_t wanted;
    } rows[] = {
        {"AuthFailure.ServiceLinkedRoleCreationNotPermitted",
         "The provided credentials do not "
         "have permission to create the service-linked role for EC2 Spot Instances.",
         ERROR_DENIED, 2},
        {"MaxSpotInstanceCountExceeded", "Max spot instance count exceeded", ERROR_NO_CAPACITY, 2},
        {"InsufficientInstanceCapacity", "There is no Spot capacity.", ERROR_NO_CAPACITY, 2},
        {"UnfulfillableCapacity", "", ERROR_NO_CAPACITY, 2},
        {"VcpuLimitExceeded", "", ERROR_NO_CAPACITY, 2},
        {"Unsupported", "Your requested instance type is not supported.", ERROR_NO_CAPACITY, 2},
        {"InvalidSubnetID.NotFound", "The subnet ID 'subnet-a2' does not exist", ERROR_NOT_FOUND,
         2},
        {"InvalidFleetConfiguration", "it holds duplicate pools", ERROR_INVALID, 0},
        {"UnauthorizedOperation", "You are not authorized.", ERROR_DENIED, 0},
        {"RequestLimitExceeded", "", ERROR_THROTTLED, 0},
    };
    make_order(f, CAPACITY_SPOT); /* c9 and g9 in zone a */
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct error *e = error_new(&f->arena, rows[i].kind, "%s", rows[i].message);
        e->code = str_of(rows[i].code);
        struct event *out = outcome(f, e, &(struct ec2_launched){0});
        assert_int_equal(out->unavailable_count, rows[i].wanted);
        assert_int_equal(out->outcome,
                         rows[i].kind == ERROR_THROTTLED ? LAUNCH_UNKNOWN : LAUNCH_REFUSED);
        event_free(out);
    }
}

static void only_the_subnet_that_a_refused_call_names_is_out(void **state)
{
    struct fixture *f = *state;
    struct error *e = error_new(&f->arena, ERROR_NOT_FOUND, "The subnet ID 'subnet-b' is unknown");

    e->code = STR("InvalidSubnetID.NotFound");
    make_order(f, CAPACITY_ON_DEMAND); /* both types in zones a and b */
    struct event *out = outcome(f, e, &(struct ec2_launched){0});
    assert_int_equal(out->unavailable_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(str_eq(out->unavailable[i].zone, STR("us-east-1b")));
    event_free(out);
}

static void a_fleets_errors_say_which_offerings_are_out(void **state)
{
    struct fixture *f = *state;
    /* Spot places: c9 and g9 in zone a; on demand both in a and b. */
    static const struct {
        const char *code, *type, *subnet;
        size_t wanted;
        enum error_kind kind;
    } rows[] = {
        {"InsufficientInstanceCapacity", "c9.xlarge", "subnet-a2", 1, ERROR_NO_CAPACITY},
        {"UnfulfillableCapacity", "c9.xlarge", "", 2, ERROR_NO_CAPACITY},
        {"InsufficientFreeAddressesInSubnet", "c9.xlarge", "subnet-b", 2, ERROR_NO_CAPACITY},
        {"MaxSpotInstanceCountExceeded", "c9.xlarge", "subnet-a2", 4, ERROR_NO_CAPACITY},
        {"VcpuLimitExceeded", "", "", 4, ERROR_NO_CAPACITY},
        {"UnauthorizedOperation", "c9.xlarge", "subnet-a2", 0, ERROR_DENIED},
        {"RequestLimitExceeded", "c9.xlarge", "subnet-a2", 0, ERROR_CONFLICT},
    };
    make_order(f, CAPACITY_ON_DEMAND);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct ec2_launch_error error = {.code = str_of(rows[i].code),
                                         .message = STR("why"),
                                         .instance_type = str_of(rows[i].type),
                                         .subnet_id = str_of(rows[i].subnet),
                                         .kind = aws_error_kind(str_of(rows[i].code))};
        struct event *out =
            outcome(f, NULL, &(struct ec2_launched){.errors = &error, .error_count = 1});
        assert_int_equal(out->outcome, LAUNCH_REFUSED);
        assert_int_equal(out->error->kind, rows[i].kind);
        assert_int_equal(out->unavailable_count, rows[i].wanted);
        event_free(out);
    }
}

static void an_instance_is_done_and_a_dead_one_is_a_spent_token(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *state;
        enum launch_outcome wanted;
    } rows[] = {{"", LAUNCH_DONE},
                {"pending", LAUNCH_DONE},
                {"running", LAUNCH_DONE},
                {"shutting-down", LAUNCH_SPENT},
                {"terminated", LAUNCH_SPENT}};
    make_order(f, CAPACITY_SPOT);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct ec2_instance instance = {.id = STR("i-1"),
                                        .instance_type = STR("c9.xlarge"),
                                        .subnet_id = STR("subnet-a2"),
                                        .state = str_of(rows[i].state)};
        struct event *out =
            outcome(f, NULL, &(struct ec2_launched){.instances = {.items = &instance, .count = 1}});
        assert_int_equal(out->outcome, rows[i].wanted);
        assert_null(out->error);
        if (rows[i].wanted == LAUNCH_DONE) {
            assert_true(str_eq(out->instance.zone, STR("us-east-1a")));
            assert_true(str_eq(out->instance.pool, STR("workers")));
            assert_int_equal(out->instance.capacity_type, CAPACITY_SPOT);
        }
        event_free(out);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_catalog_has_priced_offerings_where_the_class_has_subnets_and_images),
        TEST(a_type_without_any_price_is_in_the_catalog_without_an_offering),
        TEST(a_type_that_no_subnet_s_zone_offers_is_not_in_the_catalog),
        TEST(gpu_types_come_with_an_image_that_serves_them),
        TEST(what_price_list_does_not_know_has_the_built_in_price),
        TEST(equal_orders_give_equal_texts),
        TEST(a_request_reads_back_as_what_was_ordered),
        TEST(instances_carry_our_tags_and_the_users_and_none_of_karpenters),
        TEST(a_template_is_named_by_its_content),
        TEST(no_more_places_than_a_fleet_takes),
        TEST(a_class_that_lost_its_zones_launches_nothing),
        TEST(a_text_that_is_no_request_is_refused),
        TEST(a_request_has_nothing_of_what_its_template_says),
        TEST(whatever_a_cluster_is_called_its_names_are_fit_and_its_own),
        TEST(an_error_of_the_call_decides_by_its_kind),
        TEST(what_a_refused_call_says_of_offerings_is_heard_as_inside_an_answer),
        TEST(only_the_subnet_that_a_refused_call_names_is_out),
        TEST(a_fleets_errors_say_which_offerings_are_out),
        TEST(an_instance_is_done_and_a_dead_one_is_a_spent_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
