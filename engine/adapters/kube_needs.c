#include "engine/adapters/kube_needs.h"

#include "engine/adapters/custom_resources.h"

#define OF_LEASE "kube-system"

const struct kube_need kube_needs[] = {
    /* To see whatever decides where pods may go. */
    {"", "pods", "", "list watch", "", "", false},
    {"", "nodes", "", "list watch patch delete", "", "", false},
    {"", "namespaces", "", "list watch", "", "", false},
    {"", "persistentvolumes", "", "list watch", "", "", false},
    {"", "persistentvolumeclaims", "", "list watch", "", "", false},
    {"apps", "daemonsets", "", "list watch", "", "", false},
    {"policy", "poddisruptionbudgets", "", "list watch", "", "", false},
    {"scheduling.k8s.io", "priorityclasses", "", "list watch", "", "", false},
    {"storage.k8s.io", "storageclasses", "", "list watch", "", "", false},
    {"storage.k8s.io", "csinodes", "", "list watch", "", "", false},
    {"storage.k8s.io", "volumeattachments", "", "list watch", "", "", false},
    /* To take nodes out of use. */
    {"", "pods", "eviction", "create", "", "", false},
    /* To say beside pods and nodes what becomes of them. */
    {"", "events", "", "create patch", "", "", false},
    /* The store. */
    {"tenon.dev", "nodepools", "", "get list watch create update delete", "", "", true},
    {"tenon.dev", "nodepools", "status", "update", "", "", true},
    {"tenon.dev", "nodeclasses", "", "get list watch create update delete", "", "", true},
    {"tenon.dev", "nodeclasses", "status", "update", "", "", true},
    {"tenon.dev", "nodeclaims", "", "get list create patch delete", "", "", true},
    {"tenon.dev", "enginerecords", "", "get list watch create patch delete", "", "", true},
    {"apiextensions.k8s.io", "customresourcedefinitions", "", "get",
     "nodepools.tenon.dev nodeclasses.tenon.dev nodeclaims.tenon.dev enginerecords.tenon.dev", "",
     true},
    /* A name cannot be held against what is not there yet, so making one stands apart. */
    {"coordination.k8s.io", "leases", "", "create", "", OF_LEASE, true},
    {"coordination.k8s.io", "leases", "", "get patch", "tenon-engine", OF_LEASE, true},
};
const size_t kube_need_count = sizeof(kube_needs) / sizeof(*kube_needs);

static void write_words(struct json_writer *w, const char *key, struct str words)
{
    json_key(w, str_of(key));
    json_begin_array(w);
    if (!words.len)
        json_string(w, STR("")); /* the core's group */
    while (words.len)
        json_string(w, str_cut(&words, ' '));
    json_end_array(w);
}

static void write_rule(struct arena *a, struct json_writer *w, const struct kube_need *n)
{
    struct str resource =
        arena_printf(a, "%s%s%s", n->resource, n->subresource[0] ? "/" : "", n->subresource);

    json_begin_object(w);
    write_words(w, "apiGroups", str_of(n->group));
    write_words(w, "resources", resource);
    if (n->names[0])
        write_words(w, "resourceNames", str_of(n->names));
    write_words(w, "verbs", str_of(n->verbs));
    json_end_object(w);
}

static void write_role(struct arena *a, struct json_writer *w, struct str name,
                       const char *namespace)
{
    json_begin_object(w);
    json_member(w, "apiVersion", STR("rbac.authorization.k8s.io/v1"));
    json_member(w, "kind", namespace[0] ? STR("Role") : STR("ClusterRole"));
    json_key(w, STR("metadata"));
    json_begin_object(w);
    json_member(w, "name", name);
    if (namespace[0])
        json_member(w, "namespace", str_of(namespace));
    json_end_object(w);
    json_key(w, STR("rules"));
    json_begin_array(w);
    for (size_t i = 0; i < kube_need_count; i++)
        if (str_eq(str_of(kube_needs[i].namespace), str_of(namespace)))
            write_rule(a, w, &kube_needs[i]);
    json_end_array(w);
    json_end_object(w);
}

struct str kube_needs_roles(struct arena *a, struct str name)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("v1"));
    json_member(&w, "kind", STR("List"));
    json_key(&w, STR("items"));
    json_begin_array(&w);
    write_role(a, &w, name, "");
    write_role(a, &w, name, OF_LEASE);
    json_end_array(&w);
    json_end_object(&w);
    return buf_str(&out);
}
