#include "engine/base/json.h"

#include <assert.h>

static void add_ascii(struct buf *out, char c)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *hit = c ? strchr(named, c) : NULL;

    if (hit)
        buf_printf(out, "\\%c", letters[hit - named]);
    else if ((unsigned char)c < 0x20)
        buf_printf(out, "\\u%04x", (unsigned)c);
    else
        buf_add_char(out, c);
}

/* How many of its first bytes stand for themselves: most strings are nothing else. */
static size_t plain_length(struct str s)
{
    size_t n = 0;

    while (n < s.len && s.ptr[n] >= 0x20 && s.ptr[n] < 0x7f && s.ptr[n] != '"' && s.ptr[n] != '\\')
        n++;
    return n;
}

static void add_string(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    while (s.len) {
        size_t plain = plain_length(s);
        buf_add(out, str_slice(s, 0, plain));
        s = str_slice(s, plain, s.len);
        if (!s.len)
            break;
        size_t len = str_utf8_length(s);
        if (len == 1)
            add_ascii(out, s.ptr[0]);
        else
            buf_add(out, len ? str_slice(s, 0, len) : STR("\xEF\xBF\xBD"));
        s = str_slice(s, len ? len : 1, s.len);
    }
    buf_add_char(out, '"');
}

struct member {
    struct str key;
    const struct json *value;
};

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* The object's members in byte order of their keys. */
static const struct member *in_order(struct arena *scratch, const struct json *object)
{
    struct member *members = ARENA_ARRAY(scratch, struct member, object->count + 1);

    for (size_t i = 0; i < object->count; i++)
        members[i] = (struct member){.key = object->keys[i], .value = &object->items[i]};
    qsort(members, object->count, sizeof(*members), by_key);
    return members;
}

static void add_object(struct buf *out, const struct json *j, bool sorted)
{
    ARENA_AUTO scratch = {0};
    const struct member *ordered = sorted ? in_order(&scratch, j) : NULL;

    buf_add_char(out, '{');
    for (size_t i = 0; i < j->count; i++) {
        if (i)
            buf_add_char(out, ',');
        add_string(out, ordered ? ordered[i].key : j->keys[i]);
        buf_add_char(out, ':');
        json_print(out, ordered ? ordered[i].value : &j->items[i], sorted);
    }
    buf_add_char(out, '}');
}

static void add_array(struct buf *out, const struct json *j, bool sorted)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < j->count; i++) {
        if (i)
            buf_add_char(out, ',');
        json_print(out, &j->items[i], sorted);
    }
    buf_add_char(out, ']');
}

void json_print(struct buf *out, const struct json *j, bool sorted)
{
    switch (j->kind) {
    case JSON_NULL:
        buf_add(out, STR("null"));
        return;
    case JSON_BOOL:
        buf_add(out, j->boolean ? STR("true") : STR("false"));
        return;
    case JSON_NUMBER:
        buf_add(out, j->text);
        return;
    case JSON_STRING:
        add_string(out, j->text);
        return;
    case JSON_ARRAY:
        add_array(out, j, sorted);
        return;
    case JSON_OBJECT:
        add_object(out, j, sorted);
        return;
    }
}

struct json_writer json_writer_to(struct buf *out)
{
    return (struct json_writer){.out = out, .first = true};
}

static bool inside(const struct json_writer *w, char bracket)
{
    return w->depth > 0 && w->open[w->depth - 1] == bracket;
}

/* What every value needs before it: its key in an object, a comma in an array. */
static void before_value(struct json_writer *w)
{
    assert(w->after_key || !inside(w, '{'));
    assert(w->depth > 0 || w->first);
    if (!w->after_key && !w->first)
        buf_add_char(w->out, ',');
    w->after_key = w->first = false;
}

static void begin(struct json_writer *w, char bracket)
{
    before_value(w);
    assert(w->depth < sizeof(w->open));
    buf_add_char(w->out, bracket);
    w->open[w->depth++] = bracket;
    w->first = true;
}

static void end(struct json_writer *w, char bracket, char closing)
{
    assert(inside(w, bracket) && !w->after_key);
    w->depth--;
    w->first = false;
    buf_add_char(w->out, closing);
}

void json_begin_object(struct json_writer *w)
{
    begin(w, '{');
}

void json_end_object(struct json_writer *w)
{
    end(w, '{', '}');
}

void json_begin_array(struct json_writer *w)
{
    begin(w, '[');
}

void json_end_array(struct json_writer *w)
{
    end(w, '[', ']');
}

void json_key(struct json_writer *w, struct str key)
{
    assert(inside(w, '{') && !w->after_key);
    if (!w->first)
        buf_add_char(w->out, ',');
    add_string(w->out, key);
    buf_add_char(w->out, ':');
    w->after_key = true;
    w->first = false;
}

void json_string(struct json_writer *w, struct str value)
{
    before_value(w);
    add_string(w->out, value);
}

void json_int(struct json_writer *w, int64_t value)
{
    before_value(w);
    buf_printf(w->out, "%lld", (long long)value);
}

void json_raw(struct json_writer *w, struct str json_text)
{
    before_value(w);
    buf_add(w->out, json_text);
}

void json_bool(struct json_writer *w, bool value)
{
    json_raw(w, value ? STR("true") : STR("false"));
}

void json_null(struct json_writer *w)
{
    json_raw(w, STR("null"));
}

void json_member(struct json_writer *w, const char *key, struct str value)
{
    json_key(w, str_of(key));
    json_string(w, value);
}

void json_member_int(struct json_writer *w, const char *key, int64_t value)
{
    json_key(w, str_of(key));
    json_int(w, value);
}

void json_member_bool(struct json_writer *w, const char *key, bool value)
{
    json_key(w, str_of(key));
    json_bool(w, value);
}
