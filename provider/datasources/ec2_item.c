#include "provider/datasources/ec2_item.h"

/* Absent values of these rows ask for nothing. */
static struct ec2_filter *search_filters(struct call *c, const struct item_search *s, size_t *count)
{
    struct ec2_filter *given = filters_with_tags(c, s->filter, s->tags, count);
    struct ec2_filter *all = ARENA_ARRAY(c->arena, struct ec2_filter, *count + s->row_count);

    if (*count)
        memcpy(all, given, *count * sizeof(*all));
    for (size_t i = 0; i < s->row_count; i++)
        if (s->rows[i].value.len)
            all[(*count)++] = (struct ec2_filter){str_of(s->rows[i].name), &s->rows[i].value, 1};
    return all;
}

static struct error *not_one(struct call *c, const struct item_search *s, size_t count)
{
    struct error *e;

    if (count) {
        e = error_new(c->arena, ERROR_INVALID, "%zu %ss fit, and one is wanted", count, s->what);
        e->detail = STR("More arguments or filters make it one.");
        return e;
    }
    e = error_new(c->arena, ERROR_NOT_FOUND, "no %s fits", s->what);
    e->detail = arena_printf(c->arena,
                             "It is looked for in " STR_FMT ", and all that is said has "
                             "to hold together.",
                             STR_ARG(call_region(c)));
    return e;
}

struct error *item_find(struct call *c, const struct item_search *search, const struct xml **out)
{
    struct aws_call aws = aws_call_of(c);
    struct ec2_query query = {0};
    struct ec2_items found;

    query.filters = search_filters(c, search, &query.filter_count);
    if (TF_IS_KNOWN(*search->id) && search->id->v.len) {
        query.ids = &search->id->v;
        query.id_count = 1;
    }
    TRY(ec2_describe(&aws, search->kind, &query, &found));
    if (found.count != 1)
        return not_one(c, search, found.count);
    *out = found.items[0];
    return NULL;
}

struct error *item_take(struct call *c, const struct model *m, const struct xml *item, void *model)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        if (!row->api)
            continue;
        struct str text = xml_text(item, row->api);
        if (!text.len && row->kind == ATTR_BOOL)
            text = STR("false");
        if (!text.len && row->kind == ATTR_INT)
            text = STR("0");
        TRY(attr_set_text(c->arena, row, model, text));
    }
    return NULL;
}

struct tf_strings items_texts(struct call *c, const struct ec2_items *items, const char *path)
{
    struct tf_strings out = {.state = TF_KNOWN,
                             .v = ARENA_ARRAY(c->arena, struct str, items->count)};

    for (size_t i = 0; i < items->count; i++) {
        struct str text = xml_text(items->items[i], path);
        if (text.len)
            out.v[out.count++] = text;
    }
    return out;
}

struct tf_map item_tags(struct call *c, const struct xml *item)
{
    struct aws_tags tags = ec2_item_tags(c->arena, item);

    return tags_shown(c, &tags);
}
