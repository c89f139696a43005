/* room: engine/kube
 * Whatever a credential plugin prints is refused, or gives a token or a certificate with its key.
 */
#include <assert.h>

#include "engine/kube/plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    ARENA_SECRET keep = {0};
    struct kube_credential got;
    struct error *e = kube_plugin_answer(&a, &keep, STR("client.authentication.k8s.io/v1"),
                                         (struct str){(const char *)data, size}, &got);

    if (e)
        assert(e->kind == ERROR_DENIED && e->summary.len);
    else
        assert((got.token.len || got.key.len) && !got.key.len == !got.certificate.len);
    return 0;
}
