#include "provider/modules/outline.h"
#include "provider/modules/hcl.h"

void outline_name(struct arena *a, struct outline_names *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_eq(names->items[i], name))
            return;
    ARENA_PUSH(a, names->items, names->count, names->capacity, name);
}

static bool is_of_call(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || char_is_digit(c) || c == '_' ||
           c == '-' || c == ':';
}

/* They also stand in templates within strings, which no word shows. */
void outline_calls(struct arena *a, struct str text, struct outline *out)
{
    const struct str begin = STR("provider::");

    for (size_t at; (at = str_find_str(text, begin)) < text.len;) {
        size_t end = at + begin.len;
        while (end < text.len && is_of_call(text.ptr[end]))
            end++;
        struct str name = str_slice(text, at + begin.len, end);
        if (str_find_str(name, STR("::")) < name.len)
            outline_name(a, &out->functions, name);
        text = str_slice(text, end, text.len);
    }
}

/* Where in a file a body stands, as far as that matters. */
enum place { AT_TOP, IN_TERRAFORM, IN_REQUIRED_PROVIDERS, ELSEWHERE };
enum { MOST_NESTED = 200 };

struct reader {
    struct arena *arena;
    struct hcl hcl;
    struct hcl_word word; /* that is looked at */
    struct outline *out;
    size_t depth;
};

static struct error *step(struct reader *r)
{
    return hcl_next(r->arena, &r->hcl, &r->word);
}

static struct error *fault(const struct reader *r, const char *what)
{
    return hcl_error(r->arena, &r->hcl, r->word.begin, what);
}

static bool opens(const struct hcl_word *w)
{
    return hcl_is(w, '(') || hcl_is(w, '[') || hcl_is(w, '{');
}

static bool closes(const struct hcl_word *w)
{
    return hcl_is(w, ')') || hcl_is(w, ']') || hcl_is(w, '}');
}

/* Over an expression, to what ends it: the line, or in one line a comma or the bracket around. */
static struct error *skip_expression(struct reader *r)
{
    size_t open = 0;

    for (;;) {
        const struct hcl_word *w = &r->word;
        bool end = w->kind == HCL_END;
        if (open == 0 && (end || w->kind == HCL_NEWLINE || hcl_is(w, ',') || closes(w)))
            return NULL;
        if (end)
            return fault(r, "a bracket is not closed before the file ends");
        open += opens(w);
        open -= closes(w);
        TRY(step(r));
    }
}

/* A member of an entry of required_providers, whose `=` was read. */
static struct error *read_member(struct reader *r, struct str key, struct outline_entry *entry)
{
    size_t begin = r->word.begin;
    struct hcl_word first = r->word;

    TRY(skip_expression(r));
    if (str_eq(key, STR("source")) && first.kind == HCL_TEXT)
        entry->source = first.text;
    if (str_eq(key, STR("configuration_aliases")))
        entry->aliases = str_trim(str_slice(r->hcl.text, begin, r->word.begin));
    return NULL;
}

static bool is_key(const struct hcl_word *w)
{
    return w->kind == HCL_NAME || w->kind == HCL_TEXT;
}

/* { source = "...", version = "..." } */
static struct error *read_entry(struct reader *r, struct outline_entry *entry)
{
    TRY(step(r));
    while (!hcl_is(&r->word, '}')) {
        struct str key = r->word.text;
        bool member = is_key(&r->word);
        if (r->word.kind == HCL_END)
            return fault(r, "a bracket is not closed before the file ends");
        TRY(step(r));
        if (!member)
            continue; /* a line's end, or a comma */
        if (!hcl_is(&r->word, '=') && !hcl_is(&r->word, ':'))
            return fault(r, "an entry of required_providers has NAME = VALUE here");
        TRY(step(r));
        TRY(read_member(r, key, entry));
    }
    return step(r);
}

/* NAME = ..., whose `=` is at hand. */
static struct error *read_attribute(struct reader *r, enum place place, struct str name)
{
    struct outline *out = r->out;
    struct outline_entry entry = {.local = name};

    TRY(step(r));
    if (place != IN_REQUIRED_PROVIDERS)
        return skip_expression(r);
    if (hcl_is(&r->word, '{'))
        TRY(read_entry(r, &entry));
    else
        TRY(skip_expression(r)); /* the form of Terraform 0.12: its version alone */
    ARENA_PUSH(r->arena, out->entries, out->entry_count, out->entry_capacity, entry);
    return NULL;
}

static enum place note_block(struct reader *r, enum place place, struct str type, struct str label)
{
    struct outline *out = r->out;

    if (place == IN_TERRAFORM && str_eq(type, STR("required_providers")))
        return IN_REQUIRED_PROVIDERS;
    if (place != AT_TOP)
        return ELSEWHERE;
    if (str_eq(type, STR("terraform")))
        return IN_TERRAFORM;
    if (str_eq(type, STR("resource")) || str_eq(type, STR("ephemeral")))
        outline_name(r->arena, &out->resources, label);
    else if (str_eq(type, STR("data")))
        outline_name(r->arena, &out->data_sources, label);
    else if (str_eq(type, STR("provider")))
        outline_name(r->arena, &out->configured, label);
    return ELSEWHERE;
}

static struct error *read_body(struct reader *r, enum place place);

/* A name was read: an attribute, or a block with its labels. */
static struct error *read_item(struct reader *r, enum place place)
{
    struct str type = r->word.text, label = {0};

    TRY(step(r));
    if (hcl_is(&r->word, '='))
        return read_attribute(r, place, type);
    while (is_key(&r->word)) {
        if (!label.ptr)
            label = r->word.text;
        TRY(step(r));
    }
    if (!hcl_is(&r->word, '{'))
        return fault(r, "an attribute (NAME = VALUE) or a block (NAME { ... }) was expected");
    if (++r->depth > MOST_NESTED)
        return fault(r, "blocks stand within blocks too deep");
    TRY(step(r));
    TRY(read_body(r, note_block(r, place, type, label)));
    r->depth--;
    if (!hcl_is(&r->word, '}'))
        return fault(r, "a block is not closed before the file ends");
    return step(r);
}

/* To the bracket that closes it, or the end of the file. */
static struct error *read_body(struct reader *r, enum place place)
{
    while (r->word.kind != HCL_END && !hcl_is(&r->word, '}')) {
        if (r->word.kind == HCL_NEWLINE)
            TRY(step(r));
        else if (is_key(&r->word))
            TRY(read_item(r, place));
        else
            return fault(r, "the name of an attribute or a block was expected");
    }
    return NULL;
}

struct error *outline_read_hcl(struct arena *a, struct str text, struct outline *out)
{
    struct reader r = {.arena = a, .hcl = {.text = text}, .out = out};

    if (str_starts_with(text, STR("\xef\xbb\xbf")))
        r.hcl.at = 3;
    TRY(step(&r));
    TRY(read_body(&r, AT_TOP));
    if (r.word.kind != HCL_END)
        return fault(&r, "a bracket closes what is not open");
    outline_calls(a, text, out);
    return NULL;
}
