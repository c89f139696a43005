#include "engine/aws/iam.h"
#include "provider/grammar/names.h"
#include "provider/resource/of_aws.h"

struct issuer {
    struct tf_string arn, id, url;
    struct tf_strings client_id_list, thumbprint_list;
    struct tf_map tags;
};

/* clang-format off */
static const struct attr issuer_attrs[] = {
    ATTR(issuer, arn,             OPTIONAL | COMPUTED, .exactly_one_of = "url", .describe = "ARN of the provider."),
    ATTR(issuer, client_id_list,  COMPUTED, .describe = "For whom tokens are made out that AWS accepts."),
    ATTR(issuer, id,              OPTIONAL | COMPUTED, .describe = "The ARN again."),
    ATTR(issuer, tags,            OPTIONAL | COMPUTED, .describe = "Tags of the provider."),
    ATTR(issuer, thumbprint_list, COMPUTED, .describe = "SHA-1 of certificates that the issuer's may be signed with."),
    ATTR(issuer, url,             OPTIONAL | COMPUTED, .describe = "Of the issuer, with or without https://; IAM tells it without."),
};
/* clang-format on */

/* The ARN ends in the URL. */
static struct error *find_arn(struct call *c, struct str url, struct str *arn)
{
    struct aws_call aws = aws_call_of(c);
    struct str host = issuer_of(url);
    struct str end = arena_printf(c->arena, ":oidc-provider/" STR_FMT, STR_ARG(host));
    struct iam_names all;

    TRY(iam_list_oidc_providers(&aws, &all));
    for (size_t i = 0; i < all.count; i++)
        if (str_ends_with(all.items[i], end)) {
            *arn = all.items[i];
            return NULL;
        }
    return error_new(c->arena, ERROR_NOT_FOUND,
                     "the account has no OpenID Connect provider for " STR_FMT, STR_ARG(url));
}

static struct error *issuer_read(struct call *c, void *model)
{
    struct issuer *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_oidc_provider found;
    struct str arn = m->arn.v;
    struct str asked = TF_IS_KNOWN(m->arn) ? STR("arn") : STR("url");

    if (!TF_IS_KNOWN(m->arn))
        TRY(error_at(find_arn(c, m->url.v, &arn), asked));
    TRY(error_at(iam_get_oidc_provider(&aws, arn, &found), asked));
    m->arn = m->id = tf_string_of(arn);
    m->url = tf_string_of(found.url);
    m->client_id_list =
        (struct tf_strings){TF_KNOWN, found.client_ids.items, found.client_ids.count};
    m->thumbprint_list =
        (struct tf_strings){TF_KNOWN, found.thumbprints.items, found.thumbprints.count};
    m->tags = tags_shown(c, &found.tags);
    return NULL;
}

extern const struct resource_type data_aws_iam_openid_connect_provider;
const struct resource_type data_aws_iam_openid_connect_provider = {
    .name = "aws_iam_openid_connect_provider",
    .describe = "An issuer of identities outside of AWS that the account knows already.",
    .subcategory = "IAM",
    .model = MODEL(issuer, issuer_attrs),
    .read = issuer_read,
};
