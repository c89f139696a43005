#include "engine/core/world.h"

/* Karpenter's well-known labels (sorted by their bytes). */
static const struct str well_known[] = {
    STR_INIT("karpenter.k8s.aws/capacity-reservation-id"),
    STR_INIT("karpenter.k8s.aws/capacity-reservation-interruptible"),
    STR_INIT("karpenter.k8s.aws/capacity-reservation-type"),
    STR_INIT("karpenter.k8s.aws/ec2nodeclass"),
    STR_INIT("karpenter.k8s.aws/instance-accelerator-count"),
    STR_INIT("karpenter.k8s.aws/instance-accelerator-manufacturer"),
    STR_INIT("karpenter.k8s.aws/instance-accelerator-name"),
    STR_INIT("karpenter.k8s.aws/instance-capability-flex"),
    STR_INIT("karpenter.k8s.aws/instance-category"),
    STR_INIT("karpenter.k8s.aws/instance-cpu"),
    STR_INIT("karpenter.k8s.aws/instance-cpu-manufacturer"),
    STR_INIT("karpenter.k8s.aws/instance-cpu-sustained-clock-speed-mhz"),
    STR_INIT("karpenter.k8s.aws/instance-ebs-bandwidth"),
    STR_INIT("karpenter.k8s.aws/instance-encryption-in-transit-supported"),
    STR_INIT("karpenter.k8s.aws/instance-family"),
    STR_INIT("karpenter.k8s.aws/instance-generation"),
    STR_INIT("karpenter.k8s.aws/instance-gpu-count"),
    STR_INIT("karpenter.k8s.aws/instance-gpu-manufacturer"),
    STR_INIT("karpenter.k8s.aws/instance-gpu-memory"),
    STR_INIT("karpenter.k8s.aws/instance-gpu-name"),
    STR_INIT("karpenter.k8s.aws/instance-hypervisor"),
    STR_INIT("karpenter.k8s.aws/instance-local-nvme"),
    STR_INIT("karpenter.k8s.aws/instance-memory"),
    STR_INIT("karpenter.k8s.aws/instance-network-bandwidth"),
    STR_INIT("karpenter.k8s.aws/instance-size"),
    STR_INIT("karpenter.k8s.aws/instance-tenancy"),
    STR_INIT("karpenter.k8s.aws/nitro-sandbox"),
    STR_INIT("karpenter.k8s.aws/placement-group-id"),
    STR_INIT("karpenter.k8s.aws/placement-group-partition"),
    STR_INIT("karpenter.sh/capacity-type"),
    STR_INIT("karpenter.sh/nodepool"),
    STR_INIT("kubernetes.io/arch"),
    STR_INIT("kubernetes.io/os"),
    STR_INIT("node.kubernetes.io/instance-type"),
    STR_INIT("node.kubernetes.io/windows-build"),
    STR_INIT("topology.k8s.aws/zone-id"),
    STR_INIT("topology.kubernetes.io/region"),
    STR_INIT("topology.kubernetes.io/zone"),
};

static const struct {
    struct str legacy, key;
} renamed[] = {
    {STR_INIT("beta.kubernetes.io/arch"), STR_INIT("kubernetes.io/arch")},
    {STR_INIT("beta.kubernetes.io/instance-type"), STR_INIT("node.kubernetes.io/instance-type")},
    {STR_INIT("beta.kubernetes.io/os"), STR_INIT("kubernetes.io/os")},
    {STR_INIT("failure-domain.beta.kubernetes.io/region"),
     STR_INIT("topology.kubernetes.io/region")},
    {STR_INIT("topology.ebs.csi.aws.com/zone"), STR_INIT("topology.kubernetes.io/zone")},
    {STR_INIT("failure-domain.beta.kubernetes.io/zone"), STR_INIT("topology.kubernetes.io/zone")},
};

bool label_is_well_known(struct str key)
{
    return str_is_among(key, well_known, sizeof(well_known) / sizeof(*well_known));
}

struct str label_normalize(struct str key)
{
    for (size_t i = 0; i < sizeof(renamed) / sizeof(*renamed); i++)
        if (str_eq(key, renamed[i].legacy))
            return renamed[i].key;
    return key;
}

/* The domain itself or one below it. */
static bool in_domain(struct str key, struct str domain)
{
    struct str of = str_slice(key, 0, str_find(key, '/'));

    if (of.len == key.len) /* no slash: no domain */
        return false;
    return str_eq(of, domain) || (str_ends_with(of, domain) && of.len > domain.len &&
                                  of.ptr[of.len - domain.len - 1] == '.');
}

const char *label_restriction(struct str key)
{
    key = label_normalize(key);
    if (str_eq(key, LABEL_NODE_POOL) || str_eq(key, LABEL_PROVISIONER_NAME))
        return "the engine writes it: the pool's name is its value";
    if (str_eq(key, LABEL_HOSTNAME))
        return "it differs on every node";
    if (label_is_well_known(key))
        return NULL;
    if (in_domain(key, STR("karpenter.sh")))
        return "of the domain karpenter.sh only capacity-type may be stated";
    if (in_domain(key, STR("karpenter.k8s.aws")))
        return "the domain karpenter.k8s.aws holds facts of instances, and this is none of them";
    if (in_domain(key, STR("node.kubernetes.io")) ||
        in_domain(key, STR("node-restriction.kubernetes.io")) || in_domain(key, STR("kops.k8s.io")))
        return NULL;
    if (in_domain(key, STR("kubernetes.io")) || in_domain(key, STR("k8s.io")))
        return "the domains kubernetes.io and k8s.io belong to Kubernetes";
    return NULL;
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Letters and digits, and between them what `inner` holds. */
static bool is_name(struct str s, size_t most, struct str inner)
{
    for (size_t i = 0; i < s.len; i++) {
        bool edge = i == 0 || i + 1 == s.len;
        if (!is_alphanumeric(s.ptr[i]) && (edge || str_find(inner, s.ptr[i]) == inner.len))
            return false;
    }
    return s.len >= 1 && s.len <= most;
}

bool label_key_is_valid(struct str key)
{
    size_t slash = str_find(key, '/');

    if (slash == key.len)
        return is_name(key, 63, STR("-_."));
    return is_name(str_slice(key, 0, slash), 253, STR("-.")) &&
           is_name(str_slice(key, slash + 1, key.len), 63, STR("-_."));
}

bool label_value_is_valid(struct str value)
{
    return value.len == 0 || is_name(value, 63, STR("-_."));
}

static size_t place_of(const struct labels *l, struct str key)
{
    size_t low = 0, high = l->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(l->items[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct str labels_get(const struct labels *l, struct str key)
{
    size_t at = place_of(l, key);
    bool found = at < l->count && str_eq(l->items[at].key, key);

    if (!found)
        return (struct str){0};
    /* An empty value is a value: only absence has no pointer. */
    return l->items[at].value.ptr ? l->items[at].value : STR("");
}

void labels_set(struct arena *a, struct labels *l, struct str key, struct str value)
{
    struct label label = {key, value};
    size_t at = place_of(l, key);

    if (at < l->count && str_eq(l->items[at].key, key)) {
        l->items[at] = label;
        return;
    }
    ARENA_PUSH(a, l->items, l->count, l->capacity, label);
    memmove(&l->items[at + 1], &l->items[at], (l->count - 1 - at) * sizeof(*l->items));
    l->items[at] = label;
}

bool label_selector_matches(const struct label_selector *s, const struct labels *labels)
{
    for (size_t i = 0; i < s->count; i++) {
        struct str value = labels_get(labels, s->items[i].key);
        if (!(value.ptr ? requirement_has(&s->items[i], value)
                        : requirement_allows_absence(&s->items[i])))
            return false;
    }
    return s->present;
}
