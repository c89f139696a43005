#include "engine/cli/watched.h"

#include <stdlib.h>

#include "engine/adapters/store_door.h"
#include "engine/base/http_door.h"
#include "engine/base/memory.h"
#include "engine/cli/metrics.h"

struct watched {
    struct http_door *door;
    const struct host_settings *settings;
    struct store_door *store; /* opened when first asked for */
};

static struct error *read_picture(struct watched *w, struct arena *a, struct json *out)
{
    struct store_record r;

    if (!w->store)
        TRY(host_store_door(a, w->settings, &w->store));
    TRY(store_door_get(w->store, a, STR("snapshot"), STR("last"), &r));
    return json_parse(a, r.body, out);
}

static void answer(void *self, struct str path, struct http_answer *out)
{
    struct json picture;

    if (str_eq(path, STR("/healthz")) || str_eq(path, STR("/readyz"))) {
        buf_add(&out->body, STR("ok\n"));
        return;
    }
    if (!str_eq(path, STR("/metrics"))) {
        out->status = 404;
        return;
    }
    struct error *e = read_picture(self, out->body.arena, &picture);
    if (e && e->kind == ERROR_NOT_FOUND) /* nothing has been decided yet */
        picture = json_new_object();
    else if (e) {
        out->status = 503;
        buf_printf(&out->body, STR_FMT "\n", STR_ARG(e->summary));
        return;
    }
    out->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_print(&out->body, &picture);
}

struct error *watched_open(struct arena *a, struct str address,
                           const struct host_settings *settings, struct watched **out)
{
    struct watched *w = must_have(calloc(1, sizeof(*w)));

    w->settings = settings;
    struct error *e = http_door_open(a, address, answer, w, &w->door);
    *out = e ? NULL : w;
    if (e)
        free(w);
    return e;
}

void watched_close(struct watched *w)
{
    if (!w)
        return;
    http_door_close(w->door); /* after which nobody asks the store */
    store_door_close(w->store);
    free(w);
}
