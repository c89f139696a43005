#include "provider/resource/resource.h"

static bool has_words(const struct error *e, struct str words)
{
    return str_find_str(e->summary, words) < e->summary.len;
}

static bool fits(const struct blame *row, const struct error *e)
{
    return (!row->code || str_matches(str_of(row->code), e->code)) &&
           (!row->words || has_words(e, str_of(row->words)));
}

/* "Invalid value for the parameter DelaySeconds.", "Unknown Attribute DelaySeconds." */
static bool speaks_of(const struct error *e, const struct attr *row)
{
    static const struct str leads[] = {STR_INIT("arameter "), STR_INIT("arameter(s) "),
                                       STR_INIT("ttribute ")};
    struct str rest = e->summary, name = str_of(row->api ? row->api : "");

    for (size_t i = 0; name.len && i < sizeof(leads) / sizeof(*leads); i++) {
        size_t at = str_find_str(rest, leads[i]);
        struct str after = str_slice(rest, at < rest.len ? at + leads[i].len : rest.len, rest.len);
        bool whole = after.len <= name.len || strchr(" .,:;'\"", after.ptr[name.len]);
        if (str_starts_with(after, name) && whole)
            return true;
    }
    return false;
}

static struct str attribute_of(const struct resource_type *t, const struct error *e)
{
    for (const struct blame *row = t->blame; row && row->attribute; row++)
        if (fits(row, e))
            return str_of(row->attribute);
    for (size_t i = 0; i < t->model.count; i++)
        if (speaks_of(e, &t->model.attrs[i]))
            return str_of(t->model.attrs[i].name);
    return STR("");
}

struct error *find_blame(const struct resource_type *t, struct error *errors)
{
    for (struct error *e = errors; e; e = e->next)
        if (!e->path.len && e->code.len)
            e->path = attribute_of(t, e);
    return errors;
}
