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

enum { SHOWN_CHARS = 80 };

static void say_attribute(struct arena *a, const struct resource_type *t, const void *model,
                          struct str name, struct error *e)
{
    const struct attr *row = model_row(&t->model, name);
    struct buf out = buf_in(a);
    struct str value;

    buf_printf(&out, STR_FMT "%sIt is about " STR_FMT, STR_ARG(e->detail), e->detail.len ? " " : "",
               STR_ARG(name));
    if (row && !(row->flags & SENSITIVE) && row->kind <= ATTR_NUMBER &&
        attr_text(a, row, model, &value))
        buf_printf(&out, ", which is \"" STR_FMT "%s\"", STR_ARG(str_slice(value, 0, SHOWN_CHARS)),
                   value.len > SHOWN_CHARS ? "..." : "");
    buf_add_char(&out, '.');
    e->detail = buf_str(&out);
}

/* What `terraform import` would be given, by the page's "{role}/{policy_arn}"; empty where an
 * attribute of it is only known to AWS. */
static struct str import_id_of(struct arena *a, const struct resource_type *t, const void *model)
{
    struct str rest = str_of(t->import_id), value;
    struct buf id = buf_in(a);

    while (rest.len) {
        buf_add(&id, str_cut(&rest, '{'));
        if (!rest.ptr)
            break;
        const struct attr *row = model_row(&t->model, str_cut(&rest, '}'));
        if (!row || !attr_text(a, row, model, &value))
            return STR("");
        buf_add(&id, value);
    }
    return buf_str(&id);
}

/* Whose name is taken is mostly there from another configuration, or by hand. */
static void say_import(struct arena *a, const struct resource_type *t, const void *model,
                       struct error *e)
{
    struct str id = t->import_id ? import_id_of(a, t, model) : STR("");

    if (id.len)
        e->detail = arena_printf(
            a, STR_FMT " To manage what is there: terraform import %s.NAME '" STR_FMT "'.",
            STR_ARG(e->detail), t->name, STR_ARG(id));
    else if (t->import_says)
        e->detail = arena_printf(
            a, STR_FMT " To manage what is there: terraform import %s.NAME ID, where ID is %s.",
            STR_ARG(e->detail), t->name, t->import_says);
}

struct error *find_blame(struct arena *a, const struct resource_type *t, const void *model,
                         struct error *errors)
{
    for (struct error *e = t->blame ? errors : NULL; e; e = e->next) {
        struct str name = e->path.len || !e->code.len ? e->path : attribute_of(t, e);
        if (name.len)
            say_attribute(a, t, model, name, e);
        if (e->kind == ERROR_EXISTS)
            say_import(a, t, model, e);
        e->path = STR("");
    }
    return errors;
}
