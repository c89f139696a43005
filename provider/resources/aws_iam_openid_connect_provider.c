#include "engine/aws/iam.h"
#include "provider/grammar/names.h"
#include "provider/resources/shared.h"

struct issuer {
    struct tf_string arn, id, url;
    struct tf_strings client_id_list, thumbprint_list;
    struct tf_map tags, tags_all;
};

/* IAM tells URLs without their scheme, and so state of hashicorp/aws has them. */
static struct str normal_issuer(struct arena *a, struct str url)
{
    (void)a;
    return issuer_of(url);
}

static bool equal_issuer(struct arena *scratch, struct str x, struct str y)
{
    (void)scratch;
    return str_eq(issuer_of(x), issuer_of(y));
}

/* By IAM's reference of CreateOpenIDConnectProvider. */
static struct error *check_issuer(struct arena *a, struct str value)
{
    struct str host = issuer_of(value);

    if (host.len == value.len)
        return error_new(a, ERROR_INVALID, "\"" STR_FMT "\" does not begin with https://",
                         STR_ARG(value));
    if (!host.len || str_find(host, '?') < host.len || str_find(host, '#') < host.len)
        return error_new(a, ERROR_INVALID,
                         "\"" STR_FMT "\" is not https://, a host and at most a path",
                         STR_ARG(value));
    return NULL;
}

static struct error *check_client_id(struct arena *a, struct str value)
{
    if (value.len >= 1 && value.len <= 255)
        return NULL;
    return error_new(a, ERROR_INVALID, "a client id of %zu characters; it has 1 to 255", value.len);
}

/* clang-format off */
static const struct attr issuer_attrs[] = {
    ATTR(issuer, arn,             COMPUTED, .describe = "ARN of the provider."),
    ATTR(issuer, client_id_list,  REQUIRED | SET, .check = check_client_id, .describe = "For whom tokens are made out that AWS accepts: their audiences, such as sts.amazonaws.com."),
    ATTR(issuer, id,              COMPUTED, .describe = "The ARN again."),
    ATTR(issuer, tags,            OPTIONAL | EMPTY_OK, .check_map = check_iam_tags, .describe = "Tags of the provider."),
    ATTR(issuer, tags_all,        OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(issuer, thumbprint_list, OPTIONAL | COMPUTED, .pattern = "[0-9A-Fa-f]{40}", .pattern_says = "40 hexadecimal digits", .max = 5,
         .describe = "SHA-1 of certificates that the issuer's may be signed with. Unset: IAM sees to it."),
    ATTR(issuer, url,             REQUIRED | FORCE_NEW, .min = 1, .max = 255, .check = check_issuer, .equal = equal_issuer, .normal = normal_issuer,
         .describe = "Of the issuer: https://, a host and perhaps a path. State has it without https://, as IAM tells it."),
};
/* clang-format on */

/* A provider made a moment ago may not be known everywhere in IAM. */
static const int64_t consistency_ms = 30 * 1000;
static const struct tags_api issuer_tags = {iam_tag_oidc_provider, iam_untag_oidc_provider};

struct creation {
    struct iam_oidc_provider wanted;
    struct str arn, create_date;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return iam_create_oidc_provider(&aws, &creation->wanted, &creation->arn);
}

/* It goes by its ARN, which can be told beforehand when the account is known. */
static struct str arn_of(struct call *c, void *self)
{
    const struct creation *creation = self;
    struct str url = issuer_of(creation->wanted.url), account;

    if (creation->arn.len)
        return creation->arn;
    if (call_account_id(c, &account) || !account.len)
        return STR("");
    return arena_printf(c->arena, "arn:" STR_FMT ":iam::" STR_FMT ":oidc-provider/" STR_FMT,
                        STR_ARG(call_partition(c)), STR_ARG(account), STR_ARG(url));
}

static struct error *look(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    struct str arn = arn_of(c, self);
    struct iam_oidc_provider found;

    if (!arn.len)
        return error_new(c->arena, ERROR_INVALID, "the account is not known");
    TRY(iam_get_oidc_provider(&aws, arn, &found));
    creation->arn = arn;
    creation->create_date = found.create_date;
    return NULL;
}

static struct iam_names names_of(const struct tf_strings *all)
{
    return (struct iam_names){.items = all->v, .count = TF_IS_KNOWN(*all) ? all->count : 0};
}

static struct error *issuer_create(struct call *c, void *model)
{
    struct issuer *m = model;
    struct str host = issuer_of(m->url.v);
    struct creation creation = {
        .wanted =
            {
                .url = arena_printf(c->arena, "https://" STR_FMT, STR_ARG(host)),
                .client_ids = names_of(&m->client_id_list),
                .thumbprints = names_of(&m->thumbprint_list),
                .tags = tags_of_new(c, &m->tags),
            },
    };
    struct named_create how = {
        .create = create_attempt,
        .look = look,
        .limit_ms = consistency_ms,
        .create_date = &creation.create_date,
        .self = &creation,
        .name = m->url.v,
        .id = arn_of,
    };

    TRY(create_named(c, &how, &m->id));
    m->arn = m->id;
    return keep_trying(c, consistency_ms, look, is_missing, &creation);
}

static struct tf_strings texts_of(const struct iam_names *names)
{
    return (struct tf_strings){TF_KNOWN, names->items, names->count};
}

static struct error *issuer_read(struct call *c, void *model)
{
    struct issuer *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_oidc_provider found;

    TRY(iam_get_oidc_provider(&aws, m->id.v, &found));
    TRY(no_stranger(c, found.url, date_ms(found.create_date)));
    struct tf_map tags = tags_from_aws(c, &found.tags);
    m->arn = m->id;
    m->url = tf_string_of(found.url);
    m->client_id_list = texts_of(&found.client_ids);
    m->thumbprint_list = texts_of(&found.thumbprints);
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
    return NULL;
}

static bool has(const struct tf_strings *all, struct str one)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(all->v[i], one))
            return true;
    return false;
}

/* New ones first: whoever uses the provider is never without. */
static struct error *update_clients(struct call *c, const struct issuer *was,
                                    const struct issuer *m)
{
    struct aws_call aws = aws_call_of(c);
    const struct tf_strings *before = &was->client_id_list, *now = &m->client_id_list;

    for (size_t i = 0; i < now->count; i++)
        if (!has(before, now->v[i]))
            TRY(iam_add_oidc_client(&aws, m->id.v, now->v[i]));
    for (size_t i = 0; i < before->count; i++)
        if (!has(now, before->v[i]))
            TRY(gone_is_fine(iam_remove_oidc_client(&aws, m->id.v, before->v[i])));
    return NULL;
}

static bool same_list(const struct tf_strings *x, const struct tf_strings *y)
{
    bool same = x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++)
        same = str_eq(x->v[i], y->v[i]);
    return same;
}

static struct error *issuer_update(struct call *c, const void *prior, void *model)
{
    const struct issuer *was = prior;
    struct issuer *m = model;
    struct aws_call aws = aws_call_of(c);

    TRY(error_at(update_clients(c, was, m), STR("client_id_list")));
    call_applied(c, "client_id_list");
    if (TF_IS_KNOWN(m->thumbprint_list) && !same_list(&was->thumbprint_list, &m->thumbprint_list))
        TRY(iam_update_oidc_thumbprints(&aws, m->id.v, m->thumbprint_list.v,
                                        m->thumbprint_list.count));
    call_applied(c, "thumbprint_list");
    return tags_update(c, &issuer_tags, m->id.v, &was->tags_all, &m->tags_all);
}

static struct error *issuer_destroy(struct call *c, const void *prior)
{
    const struct issuer *m = prior;
    struct aws_call aws = aws_call_of(c);
    return iam_delete_oidc_provider(&aws, m->id.v);
}

extern const struct resource_type aws_iam_openid_connect_provider;
const struct resource_type aws_iam_openid_connect_provider = {
    .name = "aws_iam_openid_connect_provider",
    .describe = "An issuer of identities outside of AWS, such as that of a Kubernetes cluster, "
                "whose tokens roles may trust.",
    .subcategory = "IAM",
    .import_id = "{arn}",
    .import_says = "the provider's ARN",
    .model = MODEL(issuer, issuer_attrs),
    .identity = {.required = "arn"},
    .blame = BLAME({"EntityAlreadyExists*", NULL, "url"}, {NULL, "humbprint", "thumbprint_list"},
                   {NULL, "lient", "client_id_list"}, {NULL, "OpenIDConnectUrl*", "url"},
                   {NULL, "URL", "url"}, {NULL, "Url", "url"}),
    .create = issuer_create,
    .read = issuer_read,
    .update = issuer_update,
    .destroy = issuer_destroy,
};
