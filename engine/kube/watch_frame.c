#include "engine/kube/watch_frame.h"

#include "engine/kube/status.h"

static struct str text_of(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

static struct error *broken(struct arena *a, const char *what)
{
    return error_new(a, ERROR_UNREACHABLE, "the API server's answer is broken: %s", what);
}

static struct error *parse(struct arena *a, struct str text, struct json *out)
{
    struct error *e = json_parse(a, text, out);

    return e ? broken(a, e->summary.ptr) : NULL;
}

struct error *kube_object_read(struct arena *a, const struct json *object,
                               enum kube_change_kind kind, struct kube_change *out)
{
    const struct json *meta = json_get(object, "metadata");

    *out = (struct kube_change){
        .kind = kind,
        .namespace = text_of(meta, "namespace"),
        .name = text_of(meta, "name"),
        .uid = text_of(meta, "uid"),
        .version = text_of(meta, "resourceVersion"),
        .object = object,
    };
    return out->name.len && out->version.len ? NULL
                                             : broken(a, "an object without a name or a version");
}

static struct error *refused(struct arena *a, const struct json *status,
                             const struct kube_target *target)
{
    struct buf text = buf_in(a);

    json_print(&text, status, false);
    const struct kube_refusal refusal = {"watch", target, false, 0, buf_str(&text)};
    return kube_refusal_error(a, &refusal);
}

struct error *kube_frame_read(struct arena *a, struct str text, const struct kube_target *target,
                              struct kube_frame *out)
{
    struct json *frame = ARENA_NEW(a, struct json);

    TRY(parse(a, text, frame));
    struct str type = text_of(frame, "type");
    const struct json *object = json_get(frame, "object");
    *out = (struct kube_frame){.version = text_of(json_get(object, "metadata"), "resourceVersion")};
    if (str_eq(type, STR("ERROR")))
        return refused(a, object, target);
    if (str_eq(type, STR("BOOKMARK"))) {
        out->kind = KUBE_FRAME_BOOKMARK;
        return out->version.len ? NULL : broken(a, "a bookmark without a version");
    }
    if (str_eq(type, STR("DELETED")))
        return kube_object_read(a, object, KUBE_GONE, &out->change);
    if (str_eq(type, STR("ADDED")) || str_eq(type, STR("MODIFIED")))
        return kube_object_read(a, object, KUBE_CHANGED, &out->change);
    return broken(a, "an event of no known type");
}

struct error *kube_page_read(struct arena *a, struct str text, struct kube_page *out)
{
    struct json *page = ARENA_NEW(a, struct json);

    TRY(parse(a, text, page));
    const struct json *meta = json_get(page, "metadata");
    *out = (struct kube_page){text_of(meta, "continue"), text_of(meta, "resourceVersion")};
    return out->version.len ? NULL : broken(a, "a list without a version");
}
