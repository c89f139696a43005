/* room: engine/adapters
 * Whatever EC2 answers, of types, prices, subnets, images, instances, fleets, it becomes a catalog
 * whose amounts and prices a decision can add up, and an outcome of a launch; what the store holds
 * of a launch is read or refused.  The first byte, a digit, chooses which. */
#include <assert.h>

#include "engine/adapters/ec2_catalog.h"
#include "engine/adapters/ec2_instances.h"
#include "engine/adapters/ec2_request.h"
#include "engine/adapters/ec2_template.h"
#include "tests/fuzz/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A fleet of so many nodes still adds up. */
enum { NODES_MOST = 100000 };

static void check_type(const struct instance_type *t)
{
    for (size_t r = 0; r < RESOURCES_MAX; r++) {
        assert(t->capacity.amount[r] >= 0 && t->capacity.amount[r] <= INT64_MAX / NODES_MOST);
        assert(t->allocatable.amount[r] <= t->capacity.amount[r]);
    }
    for (size_t i = 0; i < t->offering_count; i++)
        assert(t->offerings[i].price_microusd_per_hour >= 0 &&
               t->offerings[i].price_microusd_per_hour <= INT64_MAX / NODES_MOST);
}

static struct error *class_of(const struct aws_call *c, struct ec2_class *out)
{
    struct ec2_images images;
    TRY(ec2_describe_subnets(c, &(struct ec2_query){0}, &out->subnets));
    TRY(ec2_describe_security_groups(c, &(struct ec2_query){0}, &out->groups));
    TRY(ec2_describe_images(c, &(struct ec2_query){0}, 1, &images));
    out->images = select_newest(c->arena, &images);
    return NULL;
}

static struct error *catalog(const struct aws_call *c)
{
    struct ec2_facts facts = {0};
    struct ec2_class class = {0};
    struct resource_table table = resource_table_new();
    struct catalog found = {0};

    TRY(ec2_describe_instance_types(c, &(struct ec2_query){0}, &facts.types));
    TRY(ec2_describe_instance_type_offerings(c, &(struct ec2_query){0}, &facts.offerings));
    TRY(ec2_describe_spot_prices(c, 1, &facts.spot));
    TRY(class_of(c, &class));
    ec2_facts_sort(&facts);
    ec2_catalog_build(c->arena, &facts, &class, STR("us-east-1"), &table, &found);
    for (size_t i = 0; i < found.count; i++)
        check_type(&found.types[i]);
    return NULL;
}

static struct error *instances(const struct aws_call *c)
{
    struct event out = {0};
    TRY(ec2_list_instances(c, STR("dev"), &out));
    for (size_t i = 0; i < out.instance_count; i++)
        assert(out.instances[i].state <= INSTANCE_GONE);
    return NULL;
}

static struct error *impaired(const struct aws_call *c)
{
    struct ec2_impaired_list found;
    TRY(ec2_describe_impaired(c, &found));
    for (size_t i = 0; i < found.count; i++)
        assert(found.items[i].since_ms >= 0);
    return NULL;
}

static struct error *templates(const struct aws_call *c)
{
    struct ec2_launch_templates found;
    return ec2_describe_launch_templates(c, &(struct ec2_query){0}, &found);
}

static struct error *fleet(const struct aws_call *c)
{
    struct ec2_place places[] = {{STR("c5.large"), STR("us-east-1a"), STR("subnet-1")}};
    struct ec2_request r = {.places = places, .place_count = 1};
    struct ec2_launched launched;

    TRY(ec2_create_fleet(c, STR("request"), &launched));
    struct event *out = event_new(EVENT_LAUNCH);
    ec2_request_outcome(&r, STR("dev/p/u/1"), NULL, &launched, out);
    assert(out->outcome != LAUNCH_REFUSED || out->error);
    assert(out->unavailable_count <= 2);
    event_free(out);
    return NULL;
}

static struct error *recorded_request(const struct aws_call *c)
{
    struct ec2_request r;
    TRY(ec2_request_read(c->arena, answer_bytes, &r));
    assert(r.fleet.len && r.template_name.len);
    return NULL;
}

static struct error *recorded_template(const struct aws_call *c)
{
    struct ec2_launch_template_new t;
    TRY(ec2_template_read(c->arena, answer_bytes, &t));
    assert(ec2_create_launch_template_request(c->arena, &t).len);
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct error *(*const readers[])(const struct aws_call *) = {
        catalog, instances, templates, fleet, recorded_request, recorded_template, impaired,
    };
    enum { READERS = sizeof(readers) / sizeof(*readers) };
    ARENA_AUTO a = {0};
    struct aws_call c = {.arena = &a};

    if (!size)
        return 0;
    answer_bytes = (struct str){(const char *)data + 1, size - 1};
    struct error *e = readers[(uint8_t)(data[0] - '0') % READERS](&c);
    assert(!e || e->summary.len);
    return 0;
}
