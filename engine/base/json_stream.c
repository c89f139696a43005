#include "engine/base/json_stream.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What one byte means for strings and brackets.  True: it stands outside of strings. */
static bool step(struct json_stream *s, char c)
{
    if (s->in_string) {
        bool ends = c == '"' && !s->escaped;
        s->escaped = c == '\\' && !s->escaped;
        s->in_string = !ends;
        return false;
    }
    s->in_string = c == '"';
    s->depth += c == '{' || c == '[';
    s->depth -= c == '}' || c == ']';
    return !s->in_string;
}

static struct error *too_long(const struct json_stream *s, struct arena *a)
{
    return error_new(a, ERROR_INVALID, "an object of more than %zu bytes came", s->longest);
}

static struct error *not_an_object(struct arena *a, char found)
{
    return found >= ' ' && found <= '~'
               ? error_new(a, ERROR_INVALID, "an object was to come, not `%c`", found)
               : error_new(a, ERROR_INVALID, "an object was to come, not the byte %d",
                           (unsigned char)found);
}

static struct error *hand_on(struct json_stream *s, struct str object)
{
    s->is_open = false;
    s->depth = s->outer_depth;
    struct error *e = s->item(s->self, object);
    s->object.len = 0;
    return e;
}

/* Where a string may end or escape: most of a text is neither, and is not looked at twice. */
static size_t plain_end(struct str piece, size_t at)
{
    while (at < piece.len && piece.ptr[at] != '"' && piece.ptr[at] != '\\')
        at++;
    return at;
}

/* An object that came in one piece is not copied. */
static struct error *take_object(struct json_stream *s, struct arena *a, struct str piece,
                                 size_t *at)
{
    size_t from = *at, to = from;
    bool ends = false;

    while (to < piece.len && !ends) {
        if (s->in_string && !s->escaped)
            to = plain_end(piece, to);
        if (to < piece.len)
            ends = step(s, piece.ptr[to++]) && s->depth <= 0;
    }
    *at = to;
    struct str part = str_slice(piece, from, to);
    if (s->object.len + part.len > s->longest)
        return too_long(s, a);
    if (ends && s->object.len == 0)
        return hand_on(s, part);
    buf_add(&s->object, part);
    return ends ? hand_on(s, buf_str(&s->object)) : NULL;
}

/* The object begins with the byte at hand, which is looked at again as a part of it. */
static void open_object(struct json_stream *s)
{
    s->is_open = true;
    s->outer_depth = s->depth;
    s->depth = 0;
}

/* Between objects: white space, and in a list commas. */
static struct error *take_between(struct json_stream *s, struct arena *a, char c, size_t *at)
{
    if (c == '{') {
        open_object(s);
        return NULL;
    }
    ++*at;
    if (s->in_list && c == ']') {
        s->in_list = false;
        s->depth--;
        buf_add_char(&s->beside, c);
        return NULL;
    }
    return is_blank(c) || (s->in_list && c == ',') ? NULL : not_an_object(a, c);
}

/* The strings of the outermost object are remembered: in front of a list stands its name. */
static void note_key(struct json_stream *s, bool was_in_string)
{
    if (s->depth != 1 || was_in_string == s->in_string)
        return;
    if (s->in_string)
        s->key_start = s->beside.len;
    else
        s->key_len = s->beside.len - 1 - s->key_start;
}

static struct error *take_beside(struct json_stream *s, struct arena *a, char c)
{
    bool was_in_string = s->in_string, outside = step(s, c);

    if (s->beside.len >= s->longest)
        return too_long(s, a);
    if (s->beside.len == 0 && is_blank(c)) /* so that its first byte says what it is */
        return NULL;
    buf_add_char(&s->beside, c);
    note_key(s, was_in_string);
    if (!outside || c != '[' || s->depth != 2)
        return NULL;
    struct str key = {s->beside.ptr + s->key_start, s->key_len};
    s->in_list = s->beside.ptr[0] == '{' && str_eq(key, str_of(s->list));
    return NULL;
}

struct error *json_stream_take(struct json_stream *s, struct arena *a, struct str piece)
{
    if (!s->object.arena)
        json_stream_restart(s);
    for (size_t at = 0; at < piece.len;)
        if (s->is_open)
            TRY(take_object(s, a, piece, &at));
        else if (s->in_list || !s->list)
            TRY(take_between(s, a, piece.ptr[at], &at));
        else
            TRY(take_beside(s, a, piece.ptr[at++]));
    return NULL;
}

struct error *json_stream_end(struct json_stream *s, struct arena *a, struct str *beside)
{
    *beside = buf_str(&s->beside);
    return s->is_open || s->in_list || s->in_string || s->depth != 0
               ? error_new(a, ERROR_INVALID, "the text ends within an object")
               : NULL;
}

void json_stream_restart(struct json_stream *s)
{
    arena_free(&s->memory);
    s->object = buf_in(&s->memory);
    s->beside = buf_in(&s->memory);
    s->is_open = s->in_list = s->in_string = s->escaped = false;
    s->depth = s->outer_depth = 0;
    s->key_start = s->key_len = 0;
}

void json_stream_finish(struct json_stream *s)
{
    arena_free(&s->memory);
    s->object = s->beside = (struct buf){0};
}
