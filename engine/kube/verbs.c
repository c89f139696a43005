#include "engine/kube/verbs.h"

#include "engine/aws/sigv4.h"
#include "engine/kube/calling.h"

enum { PAGE_SIZE = 500 };

static const struct kube_resource pods = {
    .version = STR_INIT("v1"), .plural = STR_INIT("pods"), .namespaced = true};

struct error *kube_get(const struct kube_call *c, const struct kube_target *t, struct json *out)
{
    struct kube_calling g = {.call = c,
                             .target = t,
                             .verb = "get",
                             .ask = {.method = "GET", .path = kube_path(c->arena, t)},
                             .idempotent = true};
    return kube_calling_run(&g, out);
}

static struct str page_path(struct arena *a, const struct kube_target *t, struct str selector,
                            struct str token)
{
    struct buf path = buf_in(a);

    buf_add(&path, kube_path(a, t));
    buf_printf(&path, "?limit=%d", PAGE_SIZE);
    if (selector.len) {
        buf_add(&path, STR("&labelSelector="));
        uri_encode(&path, selector, false);
    }
    if (token.len) {
        buf_add(&path, STR("&continue="));
        uri_encode(&path, token, false);
    }
    return buf_str(&path);
}

/* *token: of the page to be asked for, then of the next one; it lives in `keep`. */
static struct error *list_page(const struct kube_call *c, struct arena *keep,
                               const struct kube_target *t, const struct kube_listing *what,
                               struct str *token)
{
    struct json page;
    struct kube_calling g = {
        .call = c,
        .target = t,
        .verb = "list",
        .ask = {.method = "GET", .path = page_path(c->arena, t, what->label_selector, *token)},
        .idempotent = true};

    TRY(kube_calling_run(&g, &page));
    const struct json *items = json_get(&page, "items");
    for (size_t i = 0; items->kind == JSON_ARRAY && i < items->count; i++)
        TRY(what->take(what->self, &items->items[i]));
    *token =
        arena_str(keep, json_string_or(json_path(&page, "metadata", "continue", NULL), STR("")));
    return NULL;
}

struct error *kube_list(const struct kube_call *c, const struct kube_target *t,
                        const struct kube_listing *what)
{
    struct str token = {0};

    do {
        ARENA_AUTO page = {0};
        struct kube_call of_page = *c;
        of_page.arena = &page;
        struct error *e = list_page(&of_page, c->arena, t, what, &token);
        if (e)
            return error_copy(c->arena, e);
    } while (token.len);
    return NULL;
}

struct error *kube_get_path(const struct kube_call *c, struct str path, struct json *out)
{
    const struct kube_resource named = {.plural = path};
    const struct kube_target target = {.resource = &named};
    struct kube_calling g = {.call = c,
                             .target = &target,
                             .verb = "get",
                             .ask = {.method = "GET", .path = path},
                             .idempotent = true};
    return kube_calling_run(&g, out);
}

/* Twice is not the same as once, unless its name says which it is: then the second time it exists,
 * and the caller has to look anyhow. */
struct error *kube_create(const struct kube_call *c, const struct kube_target *t, struct str body,
                          struct json *out)
{
    struct kube_calling g = {.call = c,
                             .target = t,
                             .verb = "create",
                             .ask = {.method = "POST",
                                     .path = kube_path(c->arena, t),
                                     .content_type = STR("application/json"),
                                     .body = body,
                                     .changes = true}};
    return kube_calling_run(&g, out);
}

/* It names a version, so a second time it is refused. */
struct error *kube_update(const struct kube_call *c, const struct kube_target *t, struct str body,
                          struct json *out)
{
    struct kube_calling g = {.call = c,
                             .target = t,
                             .verb = "update",
                             .ask = {.method = "PUT",
                                     .path = kube_path(c->arena, t),
                                     .content_type = STR("application/json"),
                                     .body = body,
                                     .changes = true},
                             .idempotent = true};
    return kube_calling_run(&g, out);
}

static struct str patch_path(struct arena *a, const struct kube_target *t,
                             const struct kube_patch *patch)
{
    struct buf path = buf_in(a);

    buf_add(&path, kube_path(a, t));
    if (patch->manager.len) {
        buf_add(&path, STR("?fieldManager="));
        uri_encode(&path, patch->manager, false);
        buf_add(&path, patch->force ? STR("&force=true") : STR(""));
    }
    return buf_str(&path);
}

struct error *kube_patch(const struct kube_call *c, const struct kube_target *t,
                         const struct kube_patch *patch, struct json *out)
{
    static const char *const types[] = {
        [KUBE_PATCH_MERGE] = "application/merge-patch+json",
        [KUBE_PATCH_STRATEGIC] = "application/strategic-merge-patch+json",
        [KUBE_PATCH_APPLY] = "application/apply-patch+yaml", /* of which JSON is a part */
    };
    struct kube_calling g = {.call = c,
                             .target = t,
                             .verb = "patch",
                             .ask = {.method = "PATCH",
                                     .path = patch_path(c->arena, t, patch),
                                     .content_type = str_of(types[patch->kind]),
                                     .body = patch->body,
                                     .changes = true},
                             .idempotent = true};
    return kube_calling_run(&g, out);
}

static void write_delete(struct json_writer *w, const struct kube_delete *how)
{
    if (how->has_grace)
        json_member_int(w, "gracePeriodSeconds", how->grace_seconds);
    if (!how->uid.len && !how->resource_version.len)
        return;
    json_key(w, STR("preconditions"));
    json_begin_object(w);
    if (how->uid.len)
        json_member(w, "uid", how->uid);
    if (how->resource_version.len)
        json_member(w, "resourceVersion", how->resource_version);
    json_end_object(w);
}

static struct str delete_body(struct arena *a, const struct kube_delete *how)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("v1"));
    json_member(&w, "kind", STR("DeleteOptions"));
    write_delete(&w, how);
    json_end_object(&w);
    return buf_str(&out);
}

struct error *kube_delete(const struct kube_call *c, const struct kube_target *t,
                          const struct kube_delete *how)
{
    struct kube_calling g = {.call = c,
                             .target = t,
                             .verb = "delete",
                             .ask = {.method = "DELETE",
                                     .path = kube_path(c->arena, t),
                                     .content_type = STR("application/json"),
                                     .body = delete_body(c->arena, how),
                                     .changes = true},
                             /* Another of that name may have been made since; its uid tells. */
                             .idempotent = how->uid.len > 0};
    return kube_calling_run(&g, NULL);
}

static struct str eviction_body(struct arena *a, struct str namespace, struct str pod,
                                const struct kube_delete *how)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("policy/v1"));
    json_member(&w, "kind", STR("Eviction"));
    json_key(&w, STR("metadata"));
    json_begin_object(&w);
    json_member(&w, "name", pod);
    json_member(&w, "namespace", namespace);
    json_end_object(&w);
    json_key(&w, STR("deleteOptions"));
    json_begin_object(&w);
    write_delete(&w, how);
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&out);
}

struct error *kube_evict(const struct kube_call *c, struct str namespace, struct str pod,
                         const struct kube_delete *how)
{
    const struct kube_target target = {&pods, namespace, pod, STR("eviction")};
    struct kube_calling g = {.call = c,
                             .target = &target,
                             .verb = "create",
                             .ask = {.method = "POST",
                                     .path = kube_path(c->arena, &target),
                                     .content_type = STR("application/json"),
                                     .body = eviction_body(c->arena, namespace, pod, how),
                                     .changes = true},
                             .idempotent = how->uid.len > 0};
    return kube_calling_run(&g, NULL);
}
