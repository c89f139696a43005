#include "engine/aws/pricing.h"

#include "engine/aws/client.h"
#include "engine/aws/money.h"

/* terms.OnDemand.<offer>.priceDimensions.<rate>: {"unit": "Hrs", "pricePerUnit": {"USD": "..."}} */
static bool read_terms(const struct json *on_demand, int64_t *microusd)
{
    for (size_t i = 0; i < on_demand->count; i++) {
        const struct json *dimensions = json_get(&on_demand->items[i], "priceDimensions");
        for (size_t k = 0; k < dimensions->count; k++) {
            const struct json *d = &dimensions->items[k];
            struct str usd = json_string_or(json_path(d, "pricePerUnit", "USD", NULL), STR(""));
            if (str_eq(json_string_or(json_get(d, "unit"), STR("")), STR("Hrs")) &&
                hourly_price_parse(usd, microusd))
                return true;
        }
    }
    return false;
}

bool pricing_read_product(struct arena *a, struct str json_text, struct pricing_row *out)
{
    ARENA_AUTO scratch = {0};
    struct json product;

    if (json_parse(&scratch, json_text, &product))
        return false;
    struct str type =
        json_string_or(json_path(&product, "product", "attributes", "instanceType", NULL), STR(""));
    int64_t microusd = 0;
    if (!type.len || !read_terms(json_path(&product, "terms", "OnDemand", NULL), &microusd) ||
        microusd == 0) /* a row of 0 is a capacity reservation's, not a price */
        return false;
    *out = (struct pricing_row){arena_str(a, type), microusd};
    return true;
}

struct filter {
    const char *field, *value;
};

static const struct filter shared_filters[] = {
    {"operatingSystem", "Linux"},
    {"preInstalledSw", "NA"},
    {"capacitystatus", "Used"},
    {"marketoption", "OnDemand"},
    {"tenancy", "Shared"},
    {"productFamily", "Compute Instance"},
    {0},
};
static const struct filter bare_metal_filters[] = {
    {"operatingSystem", "Linux"},
    {"preInstalledSw", "NA"},
    {"capacitystatus", "Used"},
    {"marketoption", "OnDemand"},
    {"tenancy", "Dedicated"},
    {"productFamily", "Compute Instance (bare metal)"},
    {0},
};

static void write_filter(struct json_writer *w, const char *field, struct str value)
{
    json_begin_object(w);
    json_member(w, "Type", STR("TERM_MATCH"));
    json_member(w, "Field", str_of(field));
    json_member(w, "Value", value);
    json_end_object(w);
}

static struct str page_request(struct arena *a, const struct filter *filters, struct str region,
                               struct str token)
{
    struct buf body = buf_in(a);
    struct json_writer w = json_writer_to(&body);

    json_begin_object(&w);
    json_member(&w, "ServiceCode", STR("AmazonEC2"));
    json_member(&w, "FormatVersion", STR("aws_v1"));
    json_key(&w, STR("Filters"));
    json_begin_array(&w);
    write_filter(&w, "regionCode", region);
    for (; filters->field; filters++)
        write_filter(&w, filters->field, str_of(filters->value));
    json_end_array(&w);
    json_member_int(&w, "MaxResults", 100);
    if (token.len)
        json_member(&w, "NextToken", token);
    json_end_object(&w);
    return buf_str(&body);
}

static void take_page(struct arena *keep, const struct json *list, struct pricing_rows *out)
{
    struct pricing_row row;

    for (size_t i = 0; i < list->count; i++)
        if (pricing_read_product(keep, json_string_or(&list->items[i], STR("")), &row))
            ARENA_PUSH(keep, out->items, out->count, out->capacity, row);
}

static struct error *get_products(const struct aws_call *c, const struct filter *filters,
                                  struct str region, struct pricing_rows *out)
{
    struct str token = {0};

    do {
        ARENA_AUTO page = {0};
        struct aws_answer answer;
        struct aws_request request = {
            .service = &service_pricing,
            .operation = "GetProducts",
            .body = page_request(&page, filters, region, token),
        };
        TRY(aws_send(c, &page, &request, &answer));
        take_page(c->arena, json_get(&answer.json, "PriceList"), out);
        TRY(aws_next_page(c, &request, &token,
                          json_string_or(json_get(&answer.json, "NextToken"), STR(""))));
    } while (token.len);
    return NULL;
}

struct error *pricing_on_demand(const struct aws_call *c, struct str region,
                                struct pricing_rows *out)
{
    *out = (struct pricing_rows){0};
    TRY(get_products(c, shared_filters, region, out));
    return get_products(c, bare_metal_filters, region, out);
}
