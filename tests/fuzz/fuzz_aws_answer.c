/* room: engine/aws
 * Whatever IAM, SQS, EventBridge, SSM, STS, EKS or Price List answer, each reader returns, and what
 * it returns can be looked at to the last byte; the first byte chooses the call. */
#include <assert.h>

#include "engine/aws/access_analyzer.h"
#include "engine/aws/eks.h"
#include "engine/aws/events.h"
#include "engine/aws/iam.h"
#include "engine/aws/pricing.h"
#include "engine/aws/sqs.h"
#include "engine/aws/ssm.h"
#include "engine/aws/sts.h"
#include "tests/fuzz/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t seen; /* so that no look is optimised away */

static void look(struct str s)
{
    seen += str_hash(s);
}

static void look_at_tags(const struct aws_tags *tags)
{
    for (size_t i = 0; i < tags->count; i++)
        look(tags->items[i].key), look(tags->items[i].value);
}

static void look_at_names(const struct iam_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        look(names->items[i]);
}

static struct error *role(const struct aws_call *c)
{
    struct iam_role r;
    TRY(iam_get_role(c, STR("r"), &r));
    look(r.arn), look(r.assume_role_policy), look(r.permissions_boundary);
    look_at_tags(&r.tags);
    return NULL;
}

static struct error *role_policies(const struct aws_call *c)
{
    struct iam_names names;
    struct str document;
    TRY(iam_list_role_policies(c, STR("r"), &names));
    look_at_names(&names);
    TRY(iam_list_attached_role_policies(c, STR("r"), &names));
    look_at_names(&names);
    TRY(iam_get_role_policy(c, STR("r"), STR("p"), &document));
    look(document);
    return NULL;
}

static struct error *policy(const struct aws_call *c)
{
    struct iam_policy p;
    struct iam_policy_version v;
    struct iam_policy_versions versions;
    TRY(iam_get_policy(c, STR("arn"), &p));
    look(p.arn), look(p.default_version);
    look_at_tags(&p.tags);
    TRY(iam_get_policy_version(c, STR("arn"), STR("v1"), &v));
    look(v.document);
    TRY(iam_list_policy_versions(c, STR("arn"), &versions));
    for (size_t i = 0; i < versions.count; i++)
        look(versions.items[i].id);
    return NULL;
}

static struct error *profile(const struct aws_call *c)
{
    struct iam_instance_profile p;
    struct iam_instance_profiles profiles;
    TRY(iam_get_instance_profile(c, STR("p"), &p));
    look(p.arn), look(p.role);
    look_at_tags(&p.tags);
    TRY(iam_list_instance_profiles_for_role(c, STR("r"), &profiles));
    for (size_t i = 0; i < profiles.count; i++)
        look(profiles.items[i].name);
    return NULL;
}

static struct error *queue(const struct aws_call *c)
{
    struct sqs_attributes attributes = {0};
    struct aws_tags tags = {0};
    struct str url;
    TRY(sqs_get_queue_url(c, STR("q"), &url));
    look(url);
    TRY(sqs_get_queue_attributes(c, STR("u"), &attributes));
    for (size_t i = 0; i < attributes.count; i++)
        look(attributes.items[i].name), look(attributes.items[i].value);
    TRY(sqs_list_queue_tags(c, STR("u"), &tags));
    look_at_tags(&tags);
    return NULL;
}

static struct error *rule(const struct aws_call *c)
{
    struct events_rule r;
    struct aws_tags tags = {0};
    struct json targets;
    TRY(events_describe_rule(c, STR("b"), STR("r"), &r));
    look(r.arn), look(r.pattern), look(r.state);
    TRY(events_list_tags(c, STR("arn"), &tags));
    look_at_tags(&tags);
    return events_list_targets(c, STR("b"), STR("r"), &targets);
}

static struct error *target(const struct aws_call *c)
{
    struct json wanted = {0};
    TRY(events_put_target(c, STR("b"), STR("r"), &wanted));
    return events_remove_target(c, STR("b"), STR("r"), STR("t"), false);
}

static struct error *parameter(const struct aws_call *c)
{
    struct ssm_parameter p;
    TRY(ssm_get_parameter(c, STR("/p"), true, &p));
    look(p.name), look(p.arn), look(p.type), look(p.value);
    return NULL;
}

static struct error *identity(const struct aws_call *c)
{
    struct sts_identity who;
    TRY(sts_get_caller_identity(c, &who));
    look(who.account), look(who.arn);
    return NULL;
}

static struct error *prices(const struct aws_call *c)
{
    struct pricing_rows rows = {0};
    TRY(pricing_on_demand(c, STR("us-east-1"), &rows));
    for (size_t i = 0; i < rows.count; i++) {
        look(rows.items[i].instance_type);
        assert(rows.items[i].microusd_per_hour >= 0);
    }
    return NULL;
}

static struct error *cluster(const struct aws_call *c)
{
    struct eks_cluster found;
    TRY(eks_describe_cluster(c, STR("dev"), &found));
    look(found.version), look(found.endpoint);
    look(found.certificate_authority), look(found.service_cidr);
    return NULL;
}

static struct error *findings(const struct aws_call *c)
{
    struct policy_question question = {.document = STR("{}"), .policy_type = "IDENTITY_POLICY"};
    struct policy_findings found;
    TRY(access_analyzer_validate_policy(c, &question, &found));
    for (size_t i = 0; i < found.count; i++) {
        look(found.items[i].details), look(found.items[i].code);
        for (size_t j = 0; j < found.items[i].step_count; j++)
            look(found.items[i].steps[j]);
    }
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct error *(*const calls[])(const struct aws_call *) = {
        role,   role_policies, policy,   profile, queue,   rule,
        target, parameter,     identity, prices,  cluster, findings,
    };
    enum { CALLS = sizeof(calls) / sizeof(*calls) };
    ARENA_AUTO a = {0};
    struct aws_call c = {.arena = &a};

    if (!size)
        return 0;
    answer_bytes = (struct str){(const char *)data + 1, size - 1};
    struct error *e = calls[data[0] % CALLS](&c);
    assert(!e || e->summary.len);
    return 0;
}
