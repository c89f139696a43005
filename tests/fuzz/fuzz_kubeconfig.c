/* room: engine/kube
 * Any bytes as a kubeconfig are refused with a file named, or give accesses whose server is a URL
 * and whose shell command and question to a plugin can be made. */
#include <assert.h>

#include "engine/kube/kubeconfig.h"
#include "engine/kube/plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_access(struct arena *a, const struct kube_access *k)
{
    struct json question;

    struct error *e = kube_server_check(a, k->server);
    assert(!e && !str_ends_with(k->server, STR("/")));
    assert(!k->client_key.len == !k->client_certificate.len);
    if (k->login != KUBE_LOGIN_PLUGIN)
        return;
    assert(kube_plugin_command(a, k).len);
    e = json_parse(a, kube_plugin_question(a, k), &question);
    assert(!e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct kubeconfig c = {.files = STR("/k/f")};
    struct error *e = kubeconfig_read(&a, STR("/k/f"), (struct str){(const char *)data, size}, &c);

    if (e)
        assert(str_find_str(e->summary, STR("/k/f")) < e->summary.len);
    for (size_t i = 0; !e && i < c.parts[KUBECONFIG_CONTEXTS].count; i++) {
        struct kube_access k;
        struct error *bad =
            kubeconfig_access(&a, &c, c.parts[KUBECONFIG_CONTEXTS].items[i].name, &k);
        if (bad)
            assert(bad->path.len && bad->summary.len);
        else
            check_access(&a, &k);
    }
    return 0;
}
