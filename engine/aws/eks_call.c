#include "engine/aws/eks_call.h"

#include "engine/aws/sigv4.h"
#include "engine/base/time.h"

struct eks_request eks_begin(struct arena *a, const char *operation, const char *method,
                             enum aws_effect effect)
{
    return (struct eks_request){
        .operation = operation,
        .method = method,
        .effect = effect,
        .path = buf_in(a),
        .text = buf_in(a),
    };
}

void eks_path(struct eks_request *r, const char *fixed, struct str part)
{
    if (r->path.len)
        buf_add_char(&r->path, '/');
    buf_add(&r->path, str_of(fixed));
    buf_add_char(&r->path, '/');
    uri_encode(&r->path, part, false);
}

struct json_writer *eks_body(struct eks_request *r)
{
    r->writer = json_writer_to(&r->text);
    json_begin_object(&r->writer);
    return &r->writer;
}

struct error *eks_send(const struct aws_call *c, struct eks_request *r, struct json *answer)
{
    struct aws_answer got;

    if (r->text.len)
        json_end_object(&r->writer);
    struct aws_request request = {
        .service = &service_eks,
        .operation = r->operation,
        .effect = r->effect,
        .method = r->method,
        .path = buf_str(&r->path),
        .query = r->query,
        .body = buf_str(&r->text),
    };
    TRY(aws_send(c, c->arena, &request, &got));
    *answer = got.json;
    return NULL;
}

void eks_write_texts(struct json_writer *w, const char *key, const struct eks_texts *texts)
{
    json_key(w, str_of(key));
    json_begin_array(w);
    for (size_t i = 0; i < texts->count; i++)
        json_string(w, texts->items[i]);
    json_end_array(w);
}

void eks_write_tags(struct json_writer *w, const struct aws_tags *tags)
{
    json_key(w, STR("tags"));
    json_begin_object(w);
    for (size_t i = 0; i < tags->count; i++) {
        json_key(w, tags->items[i].key);
        json_string(w, tags->items[i].value);
    }
    json_end_object(w);
}

void eks_member_if_set(struct json_writer *w, const char *key, struct str value)
{
    if (value.len)
        json_member(w, key, value);
}

struct str eks_text(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

void eks_read_texts(struct arena *a, const struct json *list, struct eks_texts *out)
{
    *out = (struct eks_texts){0};
    for (size_t i = 0; list->kind == JSON_ARRAY && i < list->count; i++)
        ARENA_PUSH(a, out->items, out->count, out->capacity,
                   json_string_or(&list->items[i], STR("")));
}

void eks_read_tags(struct arena *a, const struct json *map, struct aws_tags *out)
{
    *out = (struct aws_tags){0};
    for (size_t i = 0; map->kind == JSON_OBJECT && i < map->count; i++)
        ARENA_PUSH(a, out->items, out->count, out->capacity,
                   (struct aws_tag){map->keys[i], json_string_or(&map->items[i], STR(""))});
}

struct str eks_date(struct arena *a, const struct json *seconds)
{
    struct str rest = seconds->text;
    struct str whole = str_cut(&rest, '.');
    int64_t n;

    if (seconds->kind != JSON_NUMBER || !str_to_int64(whole, &n) || n < 0 || n > INT64_MAX / 1000)
        return STR("");
    return time_format(a, n * 1000, false);
}
