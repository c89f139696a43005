/* room: engine/kube
 * Whatever comes as an event of a watch, as what stands beside a list, or as a refusal is an error
 * with a kind, or has all that its reader relies on. */
#include <assert.h>

#include "engine/kube/status.h"
#include "engine/kube/watch_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kube_resource pods = {STR_INIT(""), STR_INIT("v1"), STR_INIT("pods"), true};
    static const struct kube_target target = {&pods, STR_INIT(""), STR_INIT(""), STR_INIT("")};
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    struct kube_frame frame;
    struct kube_page page;
    struct error *e = kube_frame_read(&a, text, &target, &frame);

    if (!e && frame.kind == KUBE_FRAME_CHANGE)
        assert(frame.change.name.len && frame.change.version.len && frame.change.object &&
               (frame.change.kind == KUBE_CHANGED || frame.change.kind == KUBE_GONE));
    else if (!e)
        assert(frame.version.len);
    e = kube_page_read(&a, text, &page);
    assert(e || page.version.len);
    for (int status = 0; status < 600; status += 13) {
        struct kube_refusal refusal = {"list", &target, true, status, text};
        e = kube_refusal_error(&a, &refusal);
        assert(e && e->summary.len && e->kind != ERROR_BUG);
        assert(!kube_is_expired(e) || e->kind == ERROR_CONFLICT);
    }
    return 0;
}
