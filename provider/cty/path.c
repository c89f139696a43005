#include "provider/cty/path.h"

#include "engine/base/buf.h"

/* The outermost frame that an address may not go beyond: the set around p, or p itself. */
static const struct cty_path *addressable(const struct cty_path *p)
{
    const struct cty_path *end = p;
    for (; p; p = p->outer)
        if (p->in_set)
            end = p->outer;
    return end;
}

static void add_key(struct buf *out, struct str key)
{
    buf_add(out, STR("[\""));
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '"' || key.ptr[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, key.ptr[i]);
    }
    buf_add(out, STR("\"]"));
}

static void add_frame(struct buf *out, const struct cty_path *p)
{
    if (p->outer)
        add_frame(out, p->outer);
    switch (p->kind) {
    case CTY_STEP_ATTRIBUTE:
        if (out->len)
            buf_add_char(out, '.');
        buf_add(out, p->name);
        break;
    case CTY_STEP_INDEX:
        buf_printf(out, "[%lld]", (long long)p->index);
        break;
    case CTY_STEP_KEY:
        add_key(out, p->name);
        break;
    }
}

struct str cty_path_text(struct arena *a, const struct cty_path *p)
{
    struct buf out = buf_in(a);
    p = addressable(p);
    if (p)
        add_frame(&out, p);
    return buf_str(&out);
}

static bool parse_attribute(struct str *rest, struct cty_step *out)
{
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '.' && rest->ptr[end] != '[')
        end++;
    *out = (struct cty_step){.kind = CTY_STEP_ATTRIBUTE, .name = str_slice(*rest, 0, end)};
    *rest = str_slice(*rest, end, rest->len);
    return end > 0;
}

static bool parse_index(struct str *rest, struct cty_step *out)
{
    size_t end = str_find(*rest, ']');
    *out = (struct cty_step){.kind = CTY_STEP_INDEX};
    if (end == rest->len || !str_to_int64(str_slice(*rest, 1, end), &out->index))
        return false;
    *rest = str_slice(*rest, end + 1, rest->len);
    return out->index >= 0;
}

/* rest starts with [" */
static bool parse_key(struct arena *a, struct str *rest, struct cty_step *out)
{
    struct buf key = buf_in(a);
    size_t i = 2;
    for (; i < rest->len && rest->ptr[i] != '"'; i++) {
        i += rest->ptr[i] == '\\' && i + 1 < rest->len;
        buf_add_char(&key, rest->ptr[i]);
    }
    bool closed = i + 1 < rest->len && rest->ptr[i + 1] == ']';
    *out = (struct cty_step){.kind = CTY_STEP_KEY, .name = buf_str(&key)};
    *rest = str_slice(*rest, i + 2, rest->len);
    return closed;
}

struct cty_steps cty_path_parse(struct arena *a, struct str text)
{
    struct cty_steps steps = {0};
    struct str rest = text;
    bool good = true;

    while (good && rest.len) {
        struct cty_step step;
        if (str_starts_with(rest, STR("[\"")))
            good = parse_key(a, &rest, &step);
        else if (rest.ptr[0] == '[')
            good = parse_index(&rest, &step);
        else
            good = parse_attribute(&rest, &step);
        if (good)
            ARENA_PUSH(a, steps.items, steps.count, steps.capacity, step);
        if (rest.len && rest.ptr[0] == '.')
            rest = str_slice(rest, 1, rest.len);
    }
    return steps;
}
