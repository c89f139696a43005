#include "engine/base/yaml.h"

#include <yaml.h>

#include "engine/base/yaml_scalar.h"

enum { DEPTH_MAX = 256, EXPANDED_MAX = 1000000 };

#define EVENT_AUTO __attribute__((cleanup(yaml_event_delete))) yaml_event_t

/* A value and how many levels it has; an alias to it costs its size and height again. */
struct node {
    struct json value;
    int height;
};

struct anchor {
    struct str name;
    struct node node;
    size_t size;
};

struct reader {
    struct arena *keep, *scratch;
    struct str name;
    yaml_parser_t parser;
    struct anchor *anchors; /* of the document at hand */
    size_t anchor_count, anchor_capacity;
    size_t nodes;    /* of the document at hand, with every alias expanded */
    size_t expanded; /* of these, what aliases brought */
    int depth;
};

/* The members of a mapping while it is read. */
struct member {
    struct str key;
    int line;
    size_t order;
    struct json value;
};
struct members {
    struct member *items;
    size_t count, capacity;
};

static struct error *broken(const struct reader *r, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static struct error *broken(const struct reader *r, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    struct str what = arena_vprintf(r->keep, fmt, args);
    va_end(args);
    return error_new(r->keep, ERROR_INVALID, STR_FMT ": invalid YAML in line %d: " STR_FMT,
                     STR_ARG(r->name), line, STR_ARG(what));
}

/* libyaml says where it stood, counting from 0. */
static struct error *broken_syntax(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const yaml_mark_t *at =
        p->problem_mark.line || p->problem_mark.column ? &p->problem_mark : &p->mark;
    struct str what = arena_printf(r->keep, "%s%s%s", p->problem ? p->problem : "it cannot be read",
                                   p->context ? " " : "", p->context ? p->context : "");

    return error_new(r->keep, ERROR_INVALID,
                     STR_FMT ": invalid YAML in line %d, column %d: " STR_FMT, STR_ARG(r->name),
                     (int)at->line + 1, (int)at->column + 1, STR_ARG(what));
}

static int line_of(const yaml_event_t *event)
{
    return (int)event->start_mark.line + 1;
}

static struct str str_of_bytes(const yaml_char_t *s)
{
    return str_of((const char *)s);
}

static struct error *next_event(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? NULL : broken_syntax(r);
}

static struct error *check_depth(struct reader *r, int line, int height)
{
    if (r->depth + height <= DEPTH_MAX)
        return NULL;
    return broken(r, line, "it is nested deeper than 256 levels");
}

/* The tag's own name, e.g. "str"; empty without a tag; the whole for tags of others. */
static struct str short_tag(const yaml_char_t *tag)
{
    struct str s = str_of_bytes(tag), standard = STR("tag:yaml.org,2002:");
    return str_starts_with(s, standard) ? str_slice(s, standard.len, s.len)
           : str_eq(s, STR("!"))        ? STR("str")
                                        : s;
}

static bool tag_allows(struct str tag, enum json_kind kind)
{
    static const struct {
        struct str tag;
        enum json_kind kind;
    } rows[] = {
        {STR_INIT("null"), JSON_NULL},  {STR_INIT("bool"), JSON_BOOL},
        {STR_INIT("int"), JSON_NUMBER}, {STR_INIT("float"), JSON_NUMBER},
        {STR_INIT("seq"), JSON_ARRAY},  {STR_INIT("map"), JSON_OBJECT},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (str_eq(tag, rows[i].tag))
            return kind == rows[i].kind;
    return tag.len == 0;
}

static struct error *read_scalar(struct reader *r, const yaml_event_t *event, struct json *out)
{
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    struct str tag = short_tag(event->data.scalar.tag);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    int line = line_of(event);

    if (str_find(text, '\0') < text.len)
        return broken(r, line, "a string has the character U+0000, which is refused");
    if (str_eq(tag, STR("str")) || (tag.len == 0 && !plain)) {
        *out = json_new_string(arena_str(r->keep, text));
    } else if (!yaml_resolve(r->keep, arena_str(r->keep, text), out)) {
        return broken(r, line, "`" STR_FMT "` is a number that has no JSON form", STR_ARG(text));
    } else if (!tag_allows(tag, out->kind)) {
        return broken(r, line, "the value is not what its tag says: " STR_FMT, STR_ARG(tag));
    }
    out->line = line;
    return NULL;
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
           : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
                                                      : event->data.mapping_start.anchor;
}

static void remember(struct reader *r, const yaml_event_t *event, const struct node *node,
                     size_t size)
{
    struct str name = str_of_bytes(anchor_of(event));

    if (name.len)
        ARENA_PUSH(r->scratch, r->anchors, r->anchor_count, r->anchor_capacity,
                   (struct anchor){arena_str(r->scratch, name), *node, size});
}

static const struct anchor *find_anchor(const struct reader *r, struct str name)
{
    for (size_t i = r->anchor_count; i-- > 0;)
        if (str_eq(r->anchors[i].name, name))
            return &r->anchors[i];
    return NULL;
}

static struct error *read_alias(struct reader *r, const yaml_event_t *event, struct node *out)
{
    struct str name = str_of_bytes(event->data.alias.anchor);
    const struct anchor *anchor = find_anchor(r, name);

    if (!anchor)
        return broken(r, line_of(event), "the alias *" STR_FMT " has no anchor before it",
                      STR_ARG(name));
    *out = anchor->node;
    r->nodes += anchor->size;
    r->expanded += anchor->size;
    if (r->expanded > EXPANDED_MAX)
        return broken(r, line_of(event), "its aliases stand for more than 1,000,000 values");
    return check_depth(r, line_of(event), anchor->node.height);
}

static struct error *read_node(struct reader *r, const yaml_event_t *event, struct node *out);

static struct error *read_sequence(struct reader *r, struct node *out)
{
    struct json *items = NULL;
    size_t count = 0, capacity = 0;

    for (;;) {
        EVENT_AUTO event = {0};
        struct node item = {0};
        TRY(next_event(r, &event));
        if (event.type == YAML_SEQUENCE_END_EVENT)
            break;
        TRY(read_node(r, &event, &item));
        ARENA_PUSH(r->keep, items, count, capacity, item.value);
        if (item.height >= out->height)
            out->height = item.height + 1;
    }
    out->value.items = items;
    out->value.count = count;
    out->value.capacity = capacity;
    return NULL;
}

/* JSON has string keys only: 1, true and yes become "1", "true" and "true". */
static struct error *read_key(struct reader *r, const yaml_event_t *event, struct str *key)
{
    struct node node = {0};
    const struct json *value = &node.value;

    if (event->type != YAML_SCALAR_EVENT)
        return broken(r, line_of(event), "a key must be a string");
    TRY(read_scalar(r, event, &node.value));
    remember(r, event, &node, 1);
    if (value->kind == JSON_NULL)
        return broken(r, line_of(event), "a key is empty");
    *key = value->kind != JSON_BOOL ? value->text : value->boolean ? STR("true") : STR("false");
    r->nodes++;
    return NULL;
}

static bool is_merge_key(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           str_eq(str_of_bytes(event->data.scalar.value), STR("<<"));
}

static struct error *add_merged(struct reader *r, struct members *merged, int line,
                                const struct json *source)
{
    if (source->kind != JSON_OBJECT)
        return broken(r, line, "<< merges mappings, or a list of them, and nothing else");
    for (size_t i = 0; i < source->count; i++)
        ARENA_PUSH(r->scratch, merged->items, merged->count, merged->capacity,
                   (struct member){.key = source->keys[i], .value = source->items[i]});
    return NULL;
}

static struct error *add_merge(struct reader *r, struct members *merged, int line,
                               const struct json *value)
{
    if (value->kind != JSON_ARRAY)
        return add_merged(r, merged, line, value);
    for (size_t i = 0; i < value->count; i++)
        TRY(add_merged(r, merged, line, &value->items[i]));
    return NULL;
}

static int by_key(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = str_cmp(x->key, y->key);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Keeps the first of each key: what the mapping says itself comes before what it merges, and an
 * earlier source before a later one.  Only the mapping's own `own` keys may not repeat. */
static struct error *settle(struct reader *r, struct members *m, size_t own)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->count; i++)
        m->items[i].order = i;
    if (m->count)
        qsort(m->items, m->count, sizeof(*m->items), by_key);
    for (size_t i = 0; i < m->count; i++) {
        bool repeated = kept && str_eq(m->items[kept - 1].key, m->items[i].key);
        if (repeated && m->items[i].order < own)
            return broken(r, m->items[i].line, "the key \"" STR_FMT "\" stands twice",
                          STR_ARG(m->items[i].key));
        if (!repeated)
            m->items[kept++] = m->items[i];
    }
    m->count = kept;
    if (kept)
        qsort(m->items, kept, sizeof(*m->items), by_order);
    return NULL;
}

static void store_members(struct arena *keep, const struct members *m, struct json *out)
{
    out->count = out->capacity = m->count;
    if (!m->count)
        return;
    out->keys = ARENA_ARRAY(keep, struct str, m->count);
    out->items = ARENA_ARRAY(keep, struct json, m->count);
    for (size_t i = 0; i < m->count; i++) {
        out->keys[i] = m->items[i].key;
        out->items[i] = m->items[i].value;
    }
}

static struct error *read_member(struct reader *r, const yaml_event_t *key_event,
                                 struct members *own, struct members *merged, int *height)
{
    EVENT_AUTO event = {0};
    struct member member = {.line = line_of(key_event)};
    struct node value = {0};
    bool merge = is_merge_key(key_event);

    if (!merge)
        TRY(read_key(r, key_event, &member.key));
    TRY(next_event(r, &event));
    TRY(read_node(r, &event, &value));
    if (value.height >= *height)
        *height = value.height + 1;
    if (merge)
        return add_merge(r, merged, member.line, &value.value);
    member.value = value.value;
    ARENA_PUSH(r->scratch, own->items, own->count, own->capacity, member);
    return NULL;
}

static struct error *read_mapping(struct reader *r, struct node *out)
{
    struct members all = {0}, merged = {0};

    for (;;) {
        EVENT_AUTO event = {0};
        TRY(next_event(r, &event));
        if (event.type == YAML_MAPPING_END_EVENT)
            break;
        TRY(read_member(r, &event, &all, &merged, &out->height));
    }
    size_t own = all.count;
    for (size_t i = 0; i < merged.count; i++)
        ARENA_PUSH(r->scratch, all.items, all.count, all.capacity, merged.items[i]);
    TRY(settle(r, &all, own));
    store_members(r->keep, &all, &out->value);
    return NULL;
}

static struct error *read_collection(struct reader *r, const yaml_event_t *event, struct node *out)
{
    bool is_map = event->type == YAML_MAPPING_START_EVENT;
    struct str tag =
        short_tag(is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag);

    out->value = (struct json){.kind = is_map ? JSON_OBJECT : JSON_ARRAY, .line = line_of(event)};
    out->height = 1;
    if (!tag_allows(tag, out->value.kind))
        return broken(r, line_of(event), "the tag " STR_FMT " is not known", STR_ARG(tag));
    r->depth++;
    TRY(is_map ? read_mapping(r, out) : read_sequence(r, out));
    r->depth--;
    return NULL;
}

static struct error *read_node(struct reader *r, const yaml_event_t *event, struct node *out)
{
    size_t before = r->nodes;

    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(r, event, out);
    r->nodes++;
    TRY(check_depth(r, line_of(event), event->type == YAML_SCALAR_EVENT ? 0 : 1));
    if (event->type == YAML_SCALAR_EVENT)
        TRY(read_scalar(r, event, &out->value));
    else
        TRY(read_collection(r, event, out));
    /* Only now, so that a value cannot hold an alias to itself. */
    remember(r, event, out, r->nodes - before);
    return NULL;
}

static struct error *read_stream(struct reader *r, struct yaml_documents *out)
{
    size_t capacity = 0;

    for (;;) {
        EVENT_AUTO event = {0};
        struct node root = {0};
        TRY(next_event(r, &event));
        if (event.type == YAML_STREAM_END_EVENT)
            return NULL;
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            r->anchor_count = r->nodes = r->expanded = 0;
        } else if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_END_EVENT) {
            TRY(read_node(r, &event, &root));
            if (root.value.kind != JSON_NULL)
                ARENA_PUSH(r->keep, out->items, out->count, capacity, root.value);
        }
    }
}

struct error *yaml_parse(struct arena *a, struct str name, struct str text,
                         struct yaml_documents *out)
{
    ARENA_AUTO scratch = {0};
    struct reader r = {.keep = a, .scratch = &scratch, .name = name};

    *out = (struct yaml_documents){0};
    if (!yaml_parser_initialize(&r.parser))
        return error_new(a, ERROR_BUG, "libyaml did not start");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""),
                                 text.len);
    struct error *e = read_stream(&r, out);
    yaml_parser_delete(&r.parser);
    return e;
}
