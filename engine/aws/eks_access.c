#include "engine/aws/eks_call.h"

#include "engine/aws/sigv4.h"

static struct eks_request entry_request(const struct aws_call *c, const char *operation,
                                        const char *method, enum aws_effect effect,
                                        struct str cluster, struct str principal_arn)
{
    struct eks_request r = eks_begin(c->arena, operation, method, effect);

    eks_path(&r, "clusters", cluster);
    eks_path(&r, "access-entries", principal_arn);
    return r;
}

static struct error *read_entry(const struct aws_call *c, const char *operation,
                                const struct json *answer, struct eks_access_entry *out)
{
    const struct json *entry = json_get(answer, "accessEntry");

    *out = (struct eks_access_entry){
        .cluster = eks_text(entry, "clusterName"),
        .principal_arn = eks_text(entry, "principalArn"),
        .arn = eks_text(entry, "accessEntryArn"),
        .type = eks_text(entry, "type"),
        .user_name = eks_text(entry, "username"),
        .created = eks_date(c->arena, json_get(entry, "createdAt")),
        .modified = eks_date(c->arena, json_get(entry, "modifiedAt")),
    };
    eks_read_texts(c->arena, json_get(entry, "kubernetesGroups"), &out->groups);
    eks_read_tags(c->arena, json_get(entry, "tags"), &out->tags);
    return out->arn.len ? NULL
                        : error_new(c->arena, ERROR_UNREACHABLE,
                                    "calling EKS %s: the answer has no access entry", operation);
}

struct error *eks_create_access_entry(const struct aws_call *c,
                                      const struct eks_access_entry *entry, struct str token,
                                      struct eks_access_entry *out)
{
    struct eks_request r = eks_begin(c->arena, "CreateAccessEntry", "POST", AWS_CHANGES);
    struct json answer;

    eks_path(&r, "clusters", entry->cluster);
    buf_add(&r.path, STR("/access-entries"));
    struct json_writer *w = eks_body(&r);
    json_member(w, "principalArn", entry->principal_arn);
    json_member(w, "clientRequestToken", token);
    eks_member_if_set(w, "type", entry->type);
    eks_member_if_set(w, "username", entry->user_name);
    if (entry->groups.count)
        eks_write_texts(w, "kubernetesGroups", &entry->groups);
    eks_write_tags(w, &entry->tags);
    TRY(eks_send(c, &r, &answer));
    return read_entry(c, "CreateAccessEntry", &answer, out);
}

struct error *eks_get_access_entry(const struct aws_call *c, struct str cluster,
                                   struct str principal_arn, struct eks_access_entry *out)
{
    struct eks_request r =
        entry_request(c, "DescribeAccessEntry", "GET", AWS_READS, cluster, principal_arn);
    struct json answer;

    TRY(eks_send(c, &r, &answer));
    return read_entry(c, "DescribeAccessEntry", &answer, out);
}

struct error *eks_update_access_entry(const struct aws_call *c,
                                      const struct eks_access_entry *entry)
{
    struct eks_request r = entry_request(c, "UpdateAccessEntry", "POST", AWS_CHANGES,
                                         entry->cluster, entry->principal_arn);
    struct json_writer *w = eks_body(&r);
    struct json answer;

    eks_write_texts(w, "kubernetesGroups", &entry->groups);
    eks_member_if_set(w, "username", entry->user_name);
    return eks_send(c, &r, &answer);
}

struct error *eks_delete_access_entry(const struct aws_call *c, struct str cluster,
                                      struct str principal_arn)
{
    struct eks_request r =
        entry_request(c, "DeleteAccessEntry", "DELETE", AWS_CHANGES, cluster, principal_arn);
    struct json answer;

    return eks_send(c, &r, &answer);
}

static struct eks_access_policy policy_of(const struct aws_call *c, const struct json *said)
{
    const struct json *scope = json_get(said, "accessScope");
    struct eks_access_policy p = {
        .policy_arn = eks_text(said, "policyArn"),
        .scope = eks_text(scope, "type"),
        .associated = eks_date(c->arena, json_get(said, "associatedAt")),
        .modified = eks_date(c->arena, json_get(said, "modifiedAt")),
    };

    eks_read_texts(c->arena, json_get(scope, "namespaces"), &p.namespaces);
    return p;
}

struct error *eks_associate_access_policy(const struct aws_call *c,
                                          const struct eks_access_policy *policy,
                                          struct eks_access_policy *out)
{
    struct eks_request r = entry_request(c, "AssociateAccessPolicy", "POST", AWS_CHANGES,
                                         policy->cluster, policy->principal_arn);
    struct json_writer *w = eks_body(&r);
    struct json answer;

    buf_add(&r.path, STR("/access-policies"));
    json_member(w, "policyArn", policy->policy_arn);
    json_key(w, STR("accessScope"));
    json_begin_object(w);
    json_member(w, "type", policy->scope);
    if (policy->namespaces.count)
        eks_write_texts(w, "namespaces", &policy->namespaces);
    json_end_object(w);
    TRY(eks_send(c, &r, &answer));
    *out = policy_of(c, json_get(&answer, "associatedAccessPolicy"));
    return NULL;
}

/* A page of those that are associated; *found: the one that is looked for was on it. */
static struct error *look_through(const struct aws_call *c, struct eks_request *r,
                                  struct str policy_arn, struct eks_access_policy *out, bool *found,
                                  struct str *token)
{
    struct json answer;

    TRY(eks_send(c, r, &answer));
    const struct json *all = json_get(&answer, "associatedAccessPolicies");
    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count && !*found; i++) {
        *out = policy_of(c, &all->items[i]);
        *found = str_eq(out->policy_arn, policy_arn);
    }
    struct aws_request request = {.service = &service_eks, .operation = r->operation};
    return aws_next_page(c, &request, token, eks_text(&answer, "nextToken"));
}

struct error *eks_get_access_policy(const struct aws_call *c, struct str cluster,
                                    struct str principal_arn, struct str policy_arn,
                                    struct eks_access_policy *out)
{
    struct str token = {0};
    bool found = false;

    do {
        struct eks_request r = entry_request(c, "ListAssociatedAccessPolicies", "GET", AWS_READS,
                                             cluster, principal_arn);
        struct buf query = buf_in(c->arena);
        buf_add(&r.path, STR("/access-policies"));
        if (token.len) {
            buf_add(&query, STR("nextToken="));
            uri_encode(&query, token, false);
        }
        r.query = buf_str(&query);
        TRY(look_through(c, &r, policy_arn, out, &found, &token));
    } while (token.len && !found);
    out->cluster = cluster;
    out->principal_arn = principal_arn;
    return found ? NULL
                 : error_new(c->arena, ERROR_NOT_FOUND,
                             "cluster " STR_FMT " has not associated " STR_FMT " with " STR_FMT,
                             STR_ARG(cluster), STR_ARG(policy_arn), STR_ARG(principal_arn));
}

struct error *eks_disassociate_access_policy(const struct aws_call *c, struct str cluster,
                                             struct str principal_arn, struct str policy_arn)
{
    struct eks_request r =
        entry_request(c, "DisassociateAccessPolicy", "DELETE", AWS_CHANGES, cluster, principal_arn);
    struct json answer;

    eks_path(&r, "access-policies", policy_arn);
    return eks_send(c, &r, &answer);
}

struct error *eks_tag(const struct aws_call *c, struct str arn, const struct aws_tags *tags)
{
    struct eks_request r = eks_begin(c->arena, "TagResource", "POST", AWS_CHANGES);
    struct json answer;

    eks_path(&r, "tags", arn);
    eks_write_tags(eks_body(&r), tags);
    return eks_send(c, &r, &answer);
}

struct error *eks_untag(const struct aws_call *c, struct str arn, const struct str *keys,
                        size_t count)
{
    struct eks_request r = eks_begin(c->arena, "UntagResource", "DELETE", AWS_CHANGES);
    struct buf query = buf_in(c->arena);
    struct json answer;

    eks_path(&r, "tags", arn);
    for (size_t i = 0; i < count; i++) {
        buf_add(&query, i ? STR("&tagKeys=") : STR("tagKeys="));
        uri_encode(&query, keys[i], false);
    }
    r.query = buf_str(&query);
    return eks_send(c, &r, &answer);
}
