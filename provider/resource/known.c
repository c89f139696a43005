#include "engine/aws/aws.h"
#include "provider/resource/provider.h"
#include "provider/resource/resource.h"

/* ARNs that can be told before the object exists: account, region and names make them.  Only where
 * the provider block says `known_ids = true`, for it changes what a plan does: a data source that
 * looks for the object by such a value is read in the plan, in which there is no object yet, where
 * hashicorp/aws, whose value comes with the apply, reads it afterwards. */

/* Credentials of AWS say nothing about a stand-in for one service, nor the other way round. */
static bool asks_one_side(const struct aws_client *aws)
{
    bool real = aws_client_asks_aws(aws, AWS_STS);

    return aws_client_asks_aws(aws, AWS_IAM) == real && aws_client_asks_aws(aws, AWS_SQS) == real &&
           aws_client_asks_aws(aws, AWS_EVENTS) == real;
}

/* A part in braces: of the provider, or an attribute that is known and plain.  With "?" it is left
 * out where it is the row's default. */
static bool part_of(struct call *c, const struct model *m, const struct cty_value *planned,
                    struct str name, struct str account, struct str *out)
{
    bool may_go = str_ends_with(name, STR("?"));
    const struct attr *row;

    *out = str_eq(name, STR("partition")) ? call_partition(c)
           : str_eq(name, STR("region"))  ? call_region(c)
           : str_eq(name, STR("account")) ? account
                                          : STR("");
    if (out->len)
        return true;
    name.len -= may_go;
    row = model_row(m, name);
    const struct cty_value *v = cty_get(planned, name);
    if (!row || v->kind != CTY_STRING || str_find(v->string, ':') < v->string.len)
        return false;
    *out = may_go && row->dflt && str_eq(v->string, str_of(row->dflt)) ? STR("") : v->string;
    return out->len > 0 || may_go;
}

static struct cty_value arn_of(struct call *c, const struct model *m,
                               const struct cty_value *planned, struct str account, struct str rest)
{
    struct buf out = buf_in(c->arena);

    while (rest.len) {
        buf_add(&out, str_cut(&rest, '{'));
        if (!rest.ptr)
            break;
        struct str part;
        if (!part_of(c, m, planned, str_cut(&rest, '}'), account, &part))
            return cty_unknown();
        buf_add(&out, part);
        if (!part.len && rest.len) /* and what divides it from the next */
            rest = str_slice(rest, 1, rest.len);
    }
    return cty_string(buf_str(&out));
}

void plan_known(struct call *c, const struct model *m, struct cty_value *planned)
{
    struct str account;

    if (!c->provider || !c->aws || !provider_config_of(c->provider)->known_ids.v ||
        !provider_told_account(c->provider, &account) || !asks_one_side(c->aws))
        return;
    for (size_t i = 0; i < m->count; i++)
        if (m->attrs[i].arn && planned->items[i].kind == CTY_UNKNOWN)
            planned->items[i] = arn_of(c, m, planned, account, str_of(m->attrs[i].arn));
}
