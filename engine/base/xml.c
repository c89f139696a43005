#include "engine/base/xml.h"

#include <expat.h>

#include "engine/base/buf.h"

enum { DEPTH_MAX = 64 };

/* An element that has begun and not yet ended: where its own begins on the two stacks. */
struct open_element {
    struct str name;
    size_t text_start, items_start;
};

/* Text and children are gathered on stacks and copied when their element ends, so that the tree
 * holds nothing but itself: DescribeInstanceTypes answers with 100,000 elements. */
struct reader {
    struct arena *keep, *scratch;
    XML_Parser expat;
    struct open_element open[DEPTH_MAX + 1]; /* the first is the document, the root's parent */
    size_t depth;
    struct buf text;
    struct xml *items;
    size_t count, capacity;
    const char *refused; /* why we stopped, if it was not expat that did */
};

static void refuse(struct reader *r, const char *why)
{
    if (!r->refused)
        r->refused = why;
    XML_StopParser(r->expat, XML_FALSE);
}

/* expat may still call us after a stop. */
static void XMLCALL element_begins(void *self, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *r = self;

    (void)attributes;
    if (r->refused)
        return;
    if (r->depth == DEPTH_MAX) {
        refuse(r, "it is nested deeper than 64 levels");
        return;
    }
    r->open[++r->depth] = (struct open_element){
        .name = arena_str(r->keep, str_of(name)),
        .text_start = r->text.len,
        .items_start = r->count,
    };
}

static void XMLCALL element_ends(void *self, const XML_Char *name)
{
    struct reader *r = self;

    (void)name;
    if (r->refused)
        return;
    const struct open_element *ended = &r->open[r->depth--];
    struct str text = str_slice(buf_str(&r->text), ended->text_start, r->text.len);
    struct xml e = {.name = ended->name, .text = text.len ? arena_str(r->keep, text) : STR("")};
    e.count = e.capacity = r->count - ended->items_start;
    if (e.count) {
        e.items = ARENA_ARRAY(r->keep, struct xml, e.count);
        memcpy(e.items, r->items + ended->items_start, e.count * sizeof(*e.items));
    }
    r->text.len = ended->text_start;
    r->count = ended->items_start;
    ARENA_PUSH(r->scratch, r->items, r->count, r->capacity, e);
}

static bool is_indentation(const struct reader *r, struct str s)
{
    const struct open_element *now = &r->open[r->depth];
    return r->count > now->items_start && r->text.len == now->text_start && str_trim(s).len == 0;
}

static void XMLCALL text_comes(void *self, const XML_Char *text, int len)
{
    struct reader *r = self;
    struct str s = {text, (size_t)len};

    if (!r->refused && !is_indentation(r, s))
        buf_add(&r->text, s);
}

/* Entities of a document's own can grow without bound; AWS sends none. */
static void XMLCALL doctype_begins(void *self, const XML_Char *name, const XML_Char *system_id,
                                   const XML_Char *public_id, int has_internal_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    refuse(self, "it declares a document type");
}

/* expat 2.9 calls the one deprecated, and those before it do not have the other. */
static unsigned long current_line(XML_Parser expat)
{
#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
    return (unsigned long)XML_GetCurrentLineNumber64(expat);
#else
    return (unsigned long)XML_GetCurrentLineNumber(expat);
#endif
}

static struct error *feed(struct reader *r, struct str text)
{
    enum { PIECE = 1 << 20 }; /* XML_Parse takes an int */
    do {
        struct str piece = str_slice(text, 0, PIECE);
        text = str_slice(text, piece.len, text.len);
        if (XML_Parse(r->expat, piece.ptr, (int)piece.len, text.len == 0) == XML_STATUS_ERROR)
            return error_new(r->keep, ERROR_INVALID, "invalid XML in line %lu: %s",
                             current_line(r->expat),
                             r->refused ? r->refused : XML_ErrorString(XML_GetErrorCode(r->expat)));
    } while (text.len);
    return NULL;
}

struct error *xml_parse(struct arena *a, struct str text, struct xml *out)
{
    ARENA_AUTO scratch = {0};
    struct reader *r = ARENA_NEW(&scratch, struct reader);

    *out = (struct xml){0};
    *r = (struct reader){
        .keep = a,
        .scratch = &scratch,
        .expat = XML_ParserCreate("UTF-8"),
        .text = buf_in(&scratch),
    };
    XML_SetUserData(r->expat, r);
    XML_SetElementHandler(r->expat, element_begins, element_ends);
    XML_SetCharacterDataHandler(r->expat, text_comes);
    XML_SetStartDoctypeDeclHandler(r->expat, doctype_begins);
    struct error *e = feed(r, text.ptr ? text : STR(""));
    XML_ParserFree(r->expat);
    if (!e)
        *out = r->items[0];
    return e;
}

static const struct xml nothing;

static const struct xml *child(const struct xml *e, struct str name, const struct xml *previous)
{
    for (size_t i = previous ? (size_t)(previous - e->items) + 1 : 0; i < e->count; i++)
        if (str_eq(e->items[i].name, name))
            return &e->items[i];
    return NULL;
}

const struct xml *xml_next(const struct xml *e, const char *name, const struct xml *previous)
{
    return child(e, str_of(name), previous);
}

const struct xml *xml_get(const struct xml *e, const char *name)
{
    const struct xml *found = child(e, str_of(name), NULL);
    return found ? found : &nothing;
}

const struct xml *xml_at(const struct xml *e, const char *path)
{
    struct str rest = str_of(path);
    while (rest.ptr && e)
        e = child(e, str_cut(&rest, '/'), NULL);
    return e ? e : &nothing;
}

struct str xml_text(const struct xml *e, const char *path)
{
    return xml_at(e, path)->text;
}
