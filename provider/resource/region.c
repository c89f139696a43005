#include "provider/resource/region.h"

#include "engine/aws/aws.h"
#include "provider/grammar/arn.h"
#include "provider/resource/provider.h"
#include "provider/resource/provider_check.h"

const struct attr *region_row(const struct model *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->attrs[i].flags & REGION)
            return &m->attrs[i];
    return NULL;
}

static struct str region_of(const struct model *m, const struct cty_value *object)
{
    const struct attr *row = region_row(m);
    const struct cty_value *v = row ? cty_get(object, str_of(row->name)) : NULL;

    return v && v->kind == CTY_STRING ? v->string : STR("");
}

static struct str own_region(const struct call *c)
{
    return c->provider ? provider_region(c->provider) : STR("");
}

struct error *region_go(struct call *c, struct str region)
{
    c->region = region;
    return region.len && c->aws ? provider_aws_in(c->provider, c->arena, region, &c->aws) : NULL;
}

struct error *region_enter(struct call *c, const struct model *m, const struct cty_value *object)
{
    return region_go(c, region_of(m, object));
}

/* Credentials are good in one partition only, and there are no calls from one to another. */
static struct error *other_partition(struct call *c, struct str region, struct str own)
{
    struct str its = aws_partition_of(region), ours = aws_partition_of(own);
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "region is \"" STR_FMT "\"", STR_ARG(region));

    e->detail = arena_printf(
        c->arena,
        "It is in partition " STR_FMT ", and the provider's credentials are of partition " STR_FMT
        " (its region is " STR_FMT "). Configure a provider of its own for it, with an alias.",
        STR_ARG(its), STR_ARG(ours), STR_ARG(own));
    return error_at(e, STR("region"));
}

struct error *region_check(struct call *c, const struct model *m, const struct cty_value *config)
{
    struct str region = region_of(m, config), own = own_region(c);

    if (!region.len || !own.len)
        return NULL;
    if (!provider_takes_region(c->provider, region))
        return error_at(not_a_region(c->arena, "region", region), STR("region"));
    if (str_eq(aws_partition_of(region), aws_partition_of(own)))
        return NULL;
    return other_partition(c, region, own);
}

/* What is silent and new is where the provider is.  What is there already stays as state has it,
 * even if that says nothing yet: a plan for that alone would be noise. */
struct error *region_plan(struct call *c, const struct model *m, const struct plan_request *request,
                          struct cty_value *planned)
{
    const struct attr *row = region_row(m);
    struct str own = own_region(c);

    if (!row)
        return NULL;
    TRY(region_check(c, m, request->config));
    struct cty_value *region = &planned->items[row - m->attrs];
    bool silent = cty_is_empty(cty_get(request->config, str_of(row->name)));
    if (silent && region->kind == CTY_UNKNOWN && own.len)
        *region = cty_string(own);
    return region_enter(c, m, planned);
}

struct cty_value region_told(const struct call *c, const struct model *m,
                             const struct cty_value *prior)
{
    const struct attr *row = region_row(m);
    struct str own = own_region(c);

    if (!row || !own.len || prior->kind != CTY_OBJECT || region_of(m, prior).len)
        return *prior;
    return cty_with(c->arena, prior, str_of(row->name), cty_string(own));
}

bool region_alone_changes(struct arena *a, const struct model *m, const struct cty_value *prior,
                          const struct cty_value *planned)
{
    const struct attr *row = region_row(m);

    if (!row)
        return false;
    struct str name = str_of(row->name);
    struct cty_value moved = cty_with(a, prior, name, *cty_get(planned, name));
    return cty_eq(&moved, planned);
}

void region_settle(const struct call *c, const struct model *m, void *model)
{
    const struct attr *row = region_row(m);
    struct tf_string *member = row ? (void *)((char *)model + row->offset) : NULL;
    struct str region = call_region(c);

    if (member && !TF_IS_KNOWN(*member) && region.len)
        *member = tf_string_of(region);
}

/* "https://sqs.eu-west-1.amazonaws.com/123456789012/orders".  What plays AWS, and VPC endpoints,
 * have other names, which say nothing. */
static struct str region_of_url(struct str url)
{
    const struct str scheme = STR("https://");
    struct str rest = str_starts_with(url, scheme) ? str_slice(url, scheme.len, url.len) : STR("");
    struct str host = str_cut(&rest, '/'), service = str_cut(&host, '.');
    struct str region = str_cut(&host, '.');
    bool aws = service.len && is_region_name(region) && str_eq(host, aws_dns_suffix_of(region));

    return aws ? region : STR("");
}

static struct str cut_tail(struct str *id)
{
    size_t at = id->len;

    while (at > 0 && id->ptr[at - 1] != '@')
        at--;
    struct str tail = str_slice(*id, at, id->len);
    if (at < 2 || !is_region_name(tail))
        return STR("");
    *id = str_slice(*id, 0, at - 1);
    return tail;
}

struct error *region_import(struct call *c, const struct model *m, struct str *id)
{
    if (!region_row(m))
        return NULL;
    struct str whole = *id, tail = cut_tail(id), said = region_of_url(*id);
    if (!tail.len || !said.len || str_eq(tail, said))
        return region_go(c, tail.len ? tail : said);
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(whole));
    e->detail = arena_printf(c->arena,
                             "Its end says region " STR_FMT ", and its URL is of " STR_FMT
                             ". Leave the end out.",
                             STR_ARG(tail), STR_ARG(said));
    return e;
}
