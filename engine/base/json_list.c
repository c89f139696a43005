#include "engine/base/json_list.h"

#include <assert.h>

#include "engine/base/json_parser.h"

/* It is parsed as if it were kept, for what is broken in it has to be said; then its memory is that
 * of the next one. */
static struct error *note_item(struct json_parser *p)
{
    struct arena_mark trees = arena_mark(p->trees), strings = arena_mark(p->strings);
    struct json_item item = {.line = p->line};
    size_t start = p->at;
    struct json value;

    TRY(json_parse_value(p, &value));
    item.text = str_slice(p->text, start, p->at);
    arena_rewind(p->trees, trees);
    arena_rewind(p->strings, strings);
    ARENA_PUSH(p->scratch, p->items->items, p->items->count, p->items->capacity, item);
    return NULL;
}

struct error *json_list_items(struct json_parser *p, struct json *out)
{
    *out = (struct json){.kind = JSON_ARRAY, .line = p->line};
    p->depth++;
    p->at++;
    json_skip_blanks(p);
    for (bool first = true; json_peek(p) != ']'; first = false) {
        if (!first && json_peek(p) != ',')
            return json_unexpected(p, "a comma or `]`");
        p->at += !first;
        json_skip_blanks(p);
        TRY(note_item(p));
        json_skip_blanks(p);
    }
    p->at++;
    p->depth--;
    return NULL;
}

struct error *json_parse_list(struct arena *trees, struct arena *strings, struct str text,
                              struct json *out, struct json_items *items)
{
    ARENA_AUTO scratch = {0};
    struct json_parser p = json_parser_of(trees, &scratch, text);

    *out = (struct json){0};
    *items = (struct json_items){0};
    p.strings = strings;
    p.borrows = true;
    p.items = items;
    struct error *e = json_parse_value(&p, out);
    if (!e)
        e = json_parse_end(&p);
    struct json_item *kept = ARENA_ARRAY(strings, struct json_item, e ? 0 : items->count);
    if (!e && items->count)
        memcpy(kept, items->items, items->count * sizeof(*kept));
    *items = (struct json_items){kept, e ? 0 : items->count, e ? 0 : items->count};
    return e;
}

void json_parse_item(struct arena *trees, struct arena *strings, const struct json_item *item,
                     struct json *out)
{
    ARENA_AUTO scratch = {0};
    struct json_parser p = {.trees = trees,
                            .strings = strings,
                            .borrows = true,
                            .text = item->text,
                            .line = item->line,
                            .scratch = &scratch};
    struct error *e = json_parse_value(&p, out);

    assert(!e && p.at == item->text.len);
}
