#include "engine/aws/ec2_list.h"
#include "engine/aws/query.h"
#include "engine/base/json.h"

/* Launch templates that users write.  Those of the engine are made as a whole and never edited
 * (ec2_act.c). */

/* EC2 takes a tree as flat names: members after a dot, elements by number. */
static void add_value(struct query *q, const char *name, const struct json *value)
{
    struct arena *a = q->body.arena;

    switch (value->kind) {
    case JSON_NULL:
        return;
    case JSON_BOOL:
        query_add(q, value->boolean ? STR("true") : STR("false"), "%s", name);
        return;
    case JSON_NUMBER:
    case JSON_STRING:
        query_add(q, value->text, "%s", name);
        return;
    case JSON_ARRAY:
        for (size_t i = 0; i < value->count; i++)
            add_value(q, arena_printf(a, "%s.%zu", name, i + 1).ptr, &value->items[i]);
        return;
    case JSON_OBJECT:
        for (size_t i = 0; i < value->count; i++)
            add_value(q, arena_printf(a, "%s." STR_FMT, name, STR_ARG(value->keys[i])).ptr,
                      &value->items[i]);
        return;
    }
}

static void add_version(struct query *q, const struct ec2_template_version *v)
{
    query_add(q, v->client_token, "ClientToken");
    if (v->description.len)
        query_add(q, v->description, "VersionDescription");
    add_value(q, "LaunchTemplateData", v->data);
}

/* The answer to a change that lacks what was made: it may have been made all the same. */
static struct error *without(const struct aws_call *c, const char *operation)
{
    struct error *e = error_new(c->arena, ERROR_UNREACHABLE,
                                "calling EC2 %s: the answer lacks what it is about", operation);
    e->outcome_unknown = true;
    return e;
}

struct error *ec2_create_template(const struct aws_call *c, struct str name,
                                  const struct ec2_template_version *first,
                                  const struct aws_tags *tags, struct ec2_launch_template *out)
{
    struct query q = query_new(c->arena, &service_ec2, "CreateLaunchTemplate");
    struct xml answer;

    query_add(&q, name, "LaunchTemplateName");
    add_version(&q, first);
    if (tags->count) {
        query_add(&q, STR("launch-template"), "TagSpecification.1.ResourceType");
        query_add_tags(&q, "TagSpecification.1.Tag", tags);
    }
    TRY(ec2_send(c, "CreateLaunchTemplate", AWS_CHANGES, buf_str(&q.body), &answer));
    *out = ec2_read_template(c->arena, xml_get(&answer, "launchTemplate"));
    return out->id.len ? NULL : without(c, "CreateLaunchTemplate");
}

struct error *ec2_create_template_version(const struct aws_call *c, struct str id,
                                          const struct ec2_template_version *next, int64_t *number)
{
    struct query q = query_new(c->arena, &service_ec2, "CreateLaunchTemplateVersion");
    struct xml answer;

    query_add(&q, id, "LaunchTemplateId");
    add_version(&q, next);
    TRY(ec2_send(c, "CreateLaunchTemplateVersion", AWS_CHANGES, buf_str(&q.body), &answer));
    *number = ec2_number(xml_get(&answer, "launchTemplateVersion"), "versionNumber");
    return *number ? NULL : without(c, "CreateLaunchTemplateVersion");
}

struct error *ec2_set_default_template_version(const struct aws_call *c, struct str id,
                                               int64_t number)
{
    struct query q = query_new(c->arena, &service_ec2, "ModifyLaunchTemplate");
    struct xml answer;

    query_add(&q, id, "LaunchTemplateId");
    query_add_int(&q, number, "SetDefaultVersion");
    return ec2_send(c, "ModifyLaunchTemplate", AWS_CHANGES, buf_str(&q.body), &answer);
}

struct error *ec2_describe_template_version(const struct aws_call *c, struct str id, int64_t number,
                                            struct str *description, const struct xml **data)
{
    struct query q = query_new(c->arena, &service_ec2, "DescribeLaunchTemplateVersions");
    struct xml *answer = ARENA_NEW(c->arena, struct xml);

    query_add(&q, id, "LaunchTemplateId");
    query_add_int(&q, number, "LaunchTemplateVersion.1");
    TRY(ec2_send(c, "DescribeLaunchTemplateVersions", AWS_READS, buf_str(&q.body), answer));
    const struct xml *version = xml_next(xml_get(answer, "launchTemplateVersionSet"), "item", NULL);
    if (!version)
        return error_new(c->arena, ERROR_NOT_FOUND,
                         "launch template " STR_FMT " has no version %lld", STR_ARG(id),
                         (long long)number);
    *description = xml_text(version, "versionDescription");
    *data = xml_get(version, "launchTemplateData");
    return NULL;
}

struct error *ec2_delete_template(const struct aws_call *c, struct str id)
{
    struct query q = query_new(c->arena, &service_ec2, "DeleteLaunchTemplate");
    struct xml answer;

    query_add(&q, id, "LaunchTemplateId");
    return ec2_send(c, "DeleteLaunchTemplate", AWS_CHANGES, buf_str(&q.body), &answer);
}
