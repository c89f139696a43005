#include "engine/aws/iam_call.h"

static void take_texts(struct arena *a, const struct xml *list, struct iam_names *out)
{
    for (const struct xml *m = NULL; (m = xml_next(list, "member", m));)
        ARENA_PUSH(a, out->items, out->count, out->capacity, m->text);
}

struct error *iam_create_oidc_provider(const struct aws_call *c,
                                       const struct iam_oidc_provider *provider, struct str *arn)
{
    struct xml result;
    struct query q =
        iam_query(c, "CreateOpenIDConnectProvider", PARAMETERS({"Url", provider->url}));

    query_add_list(&q, "ClientIDList.member", provider->client_ids.items,
                   provider->client_ids.count);
    query_add_list(&q, "ThumbprintList.member", provider->thumbprints.items,
                   provider->thumbprints.count);
    query_add_tags(&q, "Tags.member", &provider->tags);
    TRY(iam_send(c, "CreateOpenIDConnectProvider", AWS_CHANGES_ONCE, &q, &result));
    *arn = xml_text(&result, "OpenIDConnectProviderArn");
    return iam_require(c, "CreateOpenIDConnectProvider", *arn);
}

struct error *iam_get_oidc_provider(const struct aws_call *c, struct str arn,
                                    struct iam_oidc_provider *out)
{
    struct xml result;

    TRY(iam_get(c, "GetOpenIDConnectProvider", PARAMETERS({"OpenIDConnectProviderArn", arn}),
                &result));
    *out = (struct iam_oidc_provider){
        .arn = arn,
        .url = xml_text(&result, "Url"),
        .create_date = xml_text(&result, "CreateDate"),
    };
    take_texts(c->arena, xml_get(&result, "ClientIDList"), &out->client_ids);
    take_texts(c->arena, xml_get(&result, "ThumbprintList"), &out->thumbprints);
    iam_read_tags(c->arena, &result, &out->tags);
    return iam_require(c, "GetOpenIDConnectProvider", out->url);
}

/* The one list of IAM's that does not come in pages. */
struct error *iam_list_oidc_providers(const struct aws_call *c, struct iam_names *out)
{
    static const struct iam_parameter nothing;
    struct xml result;

    *out = (struct iam_names){0};
    TRY(iam_get(c, "ListOpenIDConnectProviders", &nothing, &result));
    const struct xml *list = xml_get(&result, "OpenIDConnectProviderList");
    for (const struct xml *m = NULL; (m = xml_next(list, "member", m));)
        ARENA_PUSH(c->arena, out->items, out->count, out->capacity, xml_text(m, "Arn"));
    return NULL;
}

struct error *iam_add_oidc_client(const struct aws_call *c, struct str arn, struct str client_id)
{
    return iam_act(c, "AddClientIDToOpenIDConnectProvider", AWS_CHANGES,
                   PARAMETERS({"OpenIDConnectProviderArn", arn}, {"ClientID", client_id}));
}

struct error *iam_remove_oidc_client(const struct aws_call *c, struct str arn, struct str client_id)
{
    return iam_act(c, "RemoveClientIDFromOpenIDConnectProvider", AWS_CHANGES,
                   PARAMETERS({"OpenIDConnectProviderArn", arn}, {"ClientID", client_id}));
}

struct error *iam_update_oidc_thumbprints(const struct aws_call *c, struct str arn,
                                          const struct str *items, size_t count)
{
    struct xml result;
    struct query q = iam_query(c, "UpdateOpenIDConnectProviderThumbprint",
                               PARAMETERS({"OpenIDConnectProviderArn", arn}));

    query_add_list(&q, "ThumbprintList.member", items, count);
    return iam_send(c, "UpdateOpenIDConnectProviderThumbprint", AWS_CHANGES, &q, &result);
}

struct error *iam_delete_oidc_provider(const struct aws_call *c, struct str arn)
{
    return iam_act(c, "DeleteOpenIDConnectProvider", AWS_CHANGES,
                   PARAMETERS({"OpenIDConnectProviderArn", arn}));
}

struct error *iam_tag_oidc_provider(const struct aws_call *c, struct str arn,
                                    const struct aws_tags *tags)
{
    return iam_tag_thing(c, "TagOpenIDConnectProvider", "OpenIDConnectProviderArn", arn, tags);
}

struct error *iam_untag_oidc_provider(const struct aws_call *c, struct str arn,
                                      const struct str *keys, size_t count)
{
    return iam_untag_thing(c, "UntagOpenIDConnectProvider", "OpenIDConnectProviderArn", arn, keys,
                           count);
}
