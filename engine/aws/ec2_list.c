#include "engine/aws/ec2_list.h"

#include "engine/aws/query.h"
#include "engine/base/time.h"

struct error *ec2_send(const struct aws_call *c, const char *operation, enum aws_effect effect,
                       struct str body, struct xml *out)
{
    struct aws_answer answer;
    struct aws_request request = {
        .service = &service_ec2,
        .operation = operation,
        .effect = effect,
        .body = body,
    };

    TRY(aws_send(c, c->arena, &request, &answer));
    *out = answer.xml;
    return NULL;
}

static void add_filters(struct query *q, const struct ec2_query *query)
{
    for (size_t i = 0; i < query->filter_count; i++) {
        const struct ec2_filter *f = &query->filters[i];
        query_add(q, f->name, "Filter.%zu.Name", i + 1);
        query_add_list(q, arena_printf(q->body.arena, "Filter.%zu.Value", i + 1).ptr, f->values,
                       f->count);
    }
}

static struct str page_request(struct arena *a, const struct ec2_listing *l,
                               const struct ec2_query *query, const struct ec2_parameter *more,
                               struct str token)
{
    struct query q = query_new(a, &service_ec2, l->operation);

    add_filters(&q, query);
    if (l->id)
        query_add_list(&q, l->id, query->ids, query->id_count);
    if (l->owner)
        query_add_list(&q, l->owner, query->owners, query->owner_count);
    for (; more && more->name; more++)
        query_add(&q, more->value, "%s", more->name);
    if (l->page_size && !query->id_count) /* EC2 refuses ids and a page size together */
        query_add_int(&q, l->page_size, "MaxResults");
    if (token.len)
        query_add(&q, token, "NextToken");
    return buf_str(&q.body);
}

/* A page of 100 instance types is a megabyte of XML, so each page has an arena of its own and only
 * what `take` copies lives on, unless it takes items whole. */
struct error *ec2_list(const struct aws_call *c, const struct ec2_listing *l,
                       const struct ec2_query *query, const struct ec2_parameter *more, void *out)
{
    struct str token = {0};

    do {
        ARENA_AUTO page = {0};
        struct aws_answer answer;
        struct aws_request request = {
            .service = &service_ec2,
            .operation = l->operation,
            .body = page_request(&page, l, query, more, token),
        };
        TRY(aws_send(c, l->whole ? c->arena : &page, &request, &answer));
        const struct xml *items = xml_get(&answer.xml, l->list);
        for (const struct xml *item = NULL; (item = xml_next(items, "item", item));)
            l->take(c->arena, item, out);
        TRY(aws_next_page(c, &request, &token, xml_text(&answer.xml, "nextToken")));
    } while (token.len);
    return NULL;
}

struct str ec2_kept(struct arena *keep, const struct xml *e, const char *path)
{
    return arena_str(keep, xml_text(e, path));
}

int64_t ec2_count(const struct xml *e, const char *path, int64_t most)
{
    int64_t n = 0;
    return str_to_int64(xml_text(e, path), &n) && n > 0 && n <= most ? n : 0;
}

int64_t ec2_number(const struct xml *e, const char *path)
{
    return ec2_count(e, path, EC2_NUMBER_MOST);
}

bool ec2_is(const struct xml *e, const char *path, const char *text)
{
    return str_eq(xml_text(e, path), str_of(text));
}

bool ec2_has(const struct xml *e, const char *path, const char *text)
{
    const struct xml *list = xml_at(e, path);
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].text, str_of(text)))
            return true;
    return false;
}

int64_t ec2_instant(const struct xml *e, const char *path)
{
    int64_t ms = 0;
    return time_parse(xml_text(e, path), &ms) ? ms : 0;
}

struct aws_tags ec2_tags(struct arena *keep, const struct xml *e)
{
    struct aws_tags out = {0};
    const struct xml *set = xml_get(e, "tagSet");

    for (const struct xml *t = NULL; (t = xml_next(set, "item", t));)
        ARENA_PUSH(keep, out.items, out.count, out.capacity,
                   (struct aws_tag){ec2_kept(keep, t, "key"), ec2_kept(keep, t, "value")});
    return out;
}
