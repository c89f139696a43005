#include "engine/adapters/ec2_kubelet.h"

/* kubernetes.io and k8s.io, and all below them, belong to Kubernetes; of these the kubelet sets
 * some itself and lets itself be given others. */
static bool may_set(struct str key)
{
    struct str name = key, domain = str_cut(&name, '/');

    if (!name.ptr) /* no domain */
        return true;
    if (str_eq(domain, STR("node.kubernetes.io")) || str_eq(domain, STR("kubelet.kubernetes.io")) ||
        str_ends_with(domain, STR(".node.kubernetes.io")) ||
        str_ends_with(domain, STR(".kubelet.kubernetes.io")))
        return !str_eq(key, LABEL_INSTANCE_TYPE); /* the cloud provider's */
    return !str_eq(domain, STR("kubernetes.io")) && !str_ends_with(domain, STR(".kubernetes.io")) &&
           !str_eq(domain, STR("k8s.io")) && !str_ends_with(domain, STR(".k8s.io"));
}

struct str kubelet_labels(struct arena *a, const struct labels *labels)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < labels->count; i++)
        if (may_set(labels->items[i].key))
            buf_printf(&out, "%s" STR_FMT "=" STR_FMT, out.len ? "," : "",
                       STR_ARG(labels->items[i].key), STR_ARG(labels->items[i].value));
    return buf_str(&out);
}

static void add_map(struct buf *out, const char *flag, const struct labels *map, char between)
{
    for (size_t i = 0; i < map->count; i++) {
        buf_printf(out, i ? "," : " %s=", flag);
        buf_printf(out, STR_FMT "%c" STR_FMT, STR_ARG(map->items[i].key), between,
                   STR_ARG(map->items[i].value));
    }
}

static void add_taints(struct arena *a, struct buf *out, const struct user_data *u)
{
    const struct taints *const both[] = {u->taints, u->startup_taints};
    const char *before = " --register-with-taints=";

    for (size_t list = 0; list < 2; list++)
        for (size_t i = 0; i < both[list]->count; i++, before = ",")
            buf_printf(out, "%s" STR_FMT, before, STR_ARG(taint_text(a, &both[list]->items[i])));
}

static void add_number(struct buf *out, const char *flag, int64_t n, int64_t unset)
{
    if (n != unset)
        buf_printf(out, " %s=%lld", flag, (long long)n);
}

struct str kubelet_flags(struct arena *a, const struct user_data *u)
{
    const struct kubelet_settings *k = &u->node_class->kubelet;
    struct buf out = buf_in(a);

    buf_printf(&out, "--node-labels=" STR_FMT, STR_ARG(kubelet_labels(a, u->labels)));
    add_taints(a, &out, u);
    add_number(&out, "--max-pods", k->max_pods, 0);
    add_number(&out, "--pods-per-core", k->pods_per_core, 0);
    add_map(&out, "--system-reserved", &k->system_reserved, '=');
    add_map(&out, "--kube-reserved", &k->kube_reserved, '=');
    add_map(&out, "--eviction-hard", &k->eviction_hard, '<');
    add_map(&out, "--eviction-soft", &k->eviction_soft, '<');
    add_map(&out, "--eviction-soft-grace-period", &k->eviction_soft_grace_period, '=');
    add_number(&out, "--eviction-max-pod-grace-period", k->eviction_max_pod_grace_period, -1);
    add_number(&out, "--image-gc-high-threshold", k->image_gc_high_threshold_percent, -1);
    add_number(&out, "--image-gc-low-threshold", k->image_gc_low_threshold_percent, -1);
    if (k->cpu_cfs_quota.set)
        buf_printf(&out, " --cpu-cfs-quota=%s", k->cpu_cfs_quota.on ? "true" : "false");
    return buf_str(&out);
}

static void put_map(struct json_writer *w, const char *key, const struct labels *map)
{
    if (map->count == 0)
        return;
    json_key(w, str_of(key));
    json_begin_object(w);
    for (size_t i = 0; i < map->count; i++) {
        json_key(w, map->items[i].key);
        json_string(w, map->items[i].value);
    }
    json_end_object(w);
}

static void put_number(struct json_writer *w, const char *key, int64_t n, int64_t unset)
{
    if (n != unset)
        json_member_int(w, key, n);
}

static void put_dns(struct json_writer *w, const struct user_data *u)
{
    const struct strings *own = &u->node_class->kubelet.cluster_dns;

    if (own->count == 0 && u->join->cluster_dns.len == 0)
        return; /* nodeadm reckons it from the CIDR */
    json_key(w, STR("clusterDNS"));
    json_begin_array(w);
    for (size_t i = 0; i < own->count; i++)
        json_string(w, own->items[i]);
    if (own->count == 0)
        json_string(w, u->join->cluster_dns);
    json_end_array(w);
}

static void put_taints(struct json_writer *w, const struct user_data *u)
{
    const struct taints *const both[] = {u->taints, u->startup_taints};

    if (both[0]->count + both[1]->count == 0)
        return;
    json_key(w, STR("registerWithTaints"));
    json_begin_array(w);
    for (size_t list = 0; list < 2; list++)
        for (size_t i = 0; i < both[list]->count; i++) {
            const struct taint *t = &both[list]->items[i];
            json_begin_object(w);
            json_member(w, "key", t->key);
            if (t->value.len)
                json_member(w, "value", t->value);
            json_member(w, "effect", taint_effect_text(t->effect));
            json_end_object(w);
        }
    json_end_array(w);
}

void kubelet_config(struct json_writer *w, const struct user_data *u)
{
    const struct kubelet_settings *k = &u->node_class->kubelet;

    json_begin_object(w);
    put_number(w, "maxPods", k->max_pods, 0);
    put_number(w, "podsPerCore", k->pods_per_core, 0);
    put_dns(w, u);
    put_taints(w, u);
    put_map(w, "systemReserved", &k->system_reserved);
    put_map(w, "kubeReserved", &k->kube_reserved);
    put_map(w, "evictionHard", &k->eviction_hard);
    put_map(w, "evictionSoft", &k->eviction_soft);
    put_map(w, "evictionSoftGracePeriod", &k->eviction_soft_grace_period);
    put_number(w, "evictionMaxPodGracePeriod", k->eviction_max_pod_grace_period, -1);
    put_number(w, "imageGCHighThresholdPercent", k->image_gc_high_threshold_percent, -1);
    put_number(w, "imageGCLowThresholdPercent", k->image_gc_low_threshold_percent, -1);
    if (k->cpu_cfs_quota.set)
        json_member_bool(w, "cpuCFSQuota", k->cpu_cfs_quota.on);
    json_end_object(w);
}
