#ifndef ENGINE_KUBE_INFORMER_H
#define ENGINE_KUBE_INFORMER_H

#include "engine/kube/client.h"
#include "engine/kube/resource.h"

/* Follows all objects of a resource: lists them page by page, then watches what changes, for as
 * long as it lives.  A watch that ends is taken up where it ended; where the server has forgotten
 * that (410), all is listed anew.  What fails is tried again after a pause that grows (retry.h).
 *
 * Nothing is kept: each object is handed on as it comes, as a tree that lives during the call, so a
 * list of any length takes the memory of its longest object.  Whoever keeps what it needs marks it
 * with the number of LISTINGs so far; at WHOLE, what carries an older mark is gone.  Objects may be
 * told more than once. */

enum kube_change_kind {
    KUBE_LISTING, /* a list begins, or begins anew */
    KUBE_CHANGED, /* there is this object, as it is now */
    KUBE_GONE,    /* there was, as it was last */
    KUBE_WHOLE,   /* the list is at its end: what it did not name is gone */
    KUBE_LIVE,    /* the watch stands: what changes is told when it does */
    KUBE_LOST,    /* until LIVE nothing is told: `error` says why; comes again with each attempt */
};

struct kube_change {
    enum kube_change_kind kind;
    struct str namespace, name, uid, version; /* CHANGED, GONE */
    const struct json *object;                /* CHANGED, GONE */
    const struct error *error;                /* LOST */
};

struct kube_following {
    const struct kube_resource *resource; /* outlives the informer */
    struct str namespace;                 /* empty: all */
    struct str label_selector, field_selector;
    int64_t page_size; /* 0: 500 */
    /* Called on the client's thread, so it may not wait, nor call the client. */
    void (*take)(void *self, const struct kube_change *change);
    void *self;
};

struct kube_informer;
/* What the members point at is copied, but for the resource. */
struct kube_informer *kube_informer_new(struct kube_client *client,
                                        const struct kube_following *what);
/* When it returns, `take` is not called any more.  NULL is fine. */
void kube_informer_free(struct kube_informer *i);

#endif
