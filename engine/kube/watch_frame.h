#ifndef ENGINE_KUBE_WATCH_FRAME_H
#define ENGINE_KUBE_WATCH_FRAME_H

#include "engine/kube/informer.h"

/* What an API server writes into a list or a watch, read: private to the informer. */

/* The object of a list, or of an event, as a change of that kind. */
MUST_CHECK struct error *kube_object_read(struct arena *a, const struct json *object,
                                          enum kube_change_kind kind, struct kube_change *out);

enum kube_frame_kind { KUBE_FRAME_CHANGE, KUBE_FRAME_BOOKMARK };
struct kube_frame {
    enum kube_frame_kind kind;
    struct kube_change change; /* CHANGE */
    struct str version;        /* where a watch goes on after it */
};
/* One event of a watch.  An ERROR event is the error that its Status says. */
MUST_CHECK struct error *kube_frame_read(struct arena *a, struct str text,
                                         const struct kube_target *target, struct kube_frame *out);

/* What a page says beside its objects. */
struct kube_page {
    struct str token;   /* of the next page; empty: this was the last */
    struct str version; /* where a watch begins */
};
MUST_CHECK struct error *kube_page_read(struct arena *a, struct str text, struct kube_page *out);

#endif
