#include "engine/core/allocatable.h"

#define INSTANCE "karpenter.k8s.aws/instance-"

static size_t skip_letters(struct str s, size_t i)
{
    while (i < s.len && s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
        i++;
    return i;
}

static size_t skip_digits(struct str s, size_t i)
{
    while (i < s.len && char_is_digit(s.ptr[i]))
        i++;
    return i;
}

/* What a name says: letters, perhaps "-6tb", digits, anything, a point, the size.  "m5.large" is
 * category m, generation 5, family m5, size large; "u-6tb1.56xlarge" is category u, generation 1.
 */
static void put_name(struct arena *a, struct labels *l, struct str name)
{
    size_t point = str_find(name, '.'), letters = skip_letters(name, 0), from = letters;
    size_t dashed = from < name.len && name.ptr[from] == '-' ? skip_digits(name, from + 1) : from;

    if (dashed > from + 1 && str_starts_with(str_slice(name, dashed, name.len), STR("tb")))
        from = dashed + 2;
    size_t to = skip_digits(name, from);
    if (point == name.len)
        return;
    labels_set(a, l, STR(INSTANCE "family"), str_slice(name, 0, point));
    labels_set(a, l, STR(INSTANCE "size"), str_slice(name, point + 1, name.len));
    if (letters == 0 || to == from || to > point)
        return;
    labels_set(a, l, STR(INSTANCE "category"), str_slice(name, 0, letters));
    labels_set(a, l, STR(INSTANCE "generation"), str_slice(name, from, to));
}

static void put_number(struct arena *a, struct labels *l, struct str key, int64_t number)
{
    if (number > 0)
        labels_set(a, l, key, arena_printf(a, "%lld", (long long)number));
}

/* "Radeon Pro V520" becomes "radeon-pro-v520". */
static struct str kebab(struct arena *a, struct str s)
{
    struct str copy = arena_str(a, s);
    char *bytes = (char *)(uintptr_t)copy.ptr;

    for (size_t i = 0; i < copy.len; i++) {
        bool upper = bytes[i] >= 'A' && bytes[i] <= 'Z';
        bytes[i] = (char)(upper ? bytes[i] + ('a' - 'A') : bytes[i] == ' ' ? '-' : bytes[i]);
    }
    return copy;
}

static void put_word(struct arena *a, struct labels *l, struct str key, struct str word)
{
    if (word.len)
        labels_set(a, l, key, kebab(a, word));
}

static void put_devices(struct arena *a, struct labels *l, const struct instance_facts *f)
{
    if (f->gpu_count) {
        put_number(a, l, STR(INSTANCE "gpu-count"), f->gpu_count);
        put_number(a, l, STR(INSTANCE "gpu-memory"), f->gpu_memory_mib);
        put_word(a, l, STR(INSTANCE "gpu-manufacturer"), f->gpu_manufacturer);
        put_word(a, l, STR(INSTANCE "gpu-name"), f->gpu_name);
    }
    if (f->accelerator_count) {
        put_number(a, l, STR(INSTANCE "accelerator-count"), f->accelerator_count);
        put_word(a, l, STR(INSTANCE "accelerator-manufacturer"), f->accelerator_manufacturer);
        put_word(a, l, STR(INSTANCE "accelerator-name"), f->accelerator_name);
    }
}

static struct str truth(bool b)
{
    return b ? STR("true") : STR("false");
}

struct labels labels_of_type(struct arena *a, const struct instance_facts *f,
                             const struct node_settings *s)
{
    struct labels l = {0};
    bool flex = str_find_str(f->name, STR("-flex.")) < f->name.len;

    labels_set(a, &l, LABEL_INSTANCE_TYPE, f->name);
    labels_set(a, &l, LABEL_ARCH, f->arch);
    labels_set(a, &l, LABEL_OS, s->windows ? STR("windows") : STR("linux"));
    if (s->region.len)
        labels_set(a, &l, LABEL_REGION, s->region);
    if (s->node_class.len)
        labels_set(a, &l, LABEL_NODE_CLASS, s->node_class);
    put_name(a, &l, f->name);
    put_number(a, &l, STR(INSTANCE "cpu"), f->vcpu_count);
    put_number(a, &l, STR(INSTANCE "memory"), f->memory_mib);
    put_number(a, &l, STR(INSTANCE "network-bandwidth"), f->network_mbps);
    put_number(a, &l, STR(INSTANCE "ebs-bandwidth"), f->ebs_mbps);
    put_number(a, &l, STR(INSTANCE "local-nvme"), f->local_nvme_gb);
    put_number(a, &l, STR(INSTANCE "cpu-sustained-clock-speed-mhz"), f->clock_mhz);
    put_word(a, &l, STR(INSTANCE "cpu-manufacturer"), f->cpu_manufacturer);
    put_devices(a, &l, f);
    labels_set(a, &l, STR(INSTANCE "hypervisor"), f->bare_metal ? STR("") : f->hypervisor);
    labels_set(a, &l, STR(INSTANCE "encryption-in-transit-supported"),
               truth(f->encryption_in_transit));
    labels_set(a, &l, STR(INSTANCE "capability-flex"), truth(flex));
    labels_set(a, &l, STR(INSTANCE "tenancy"), STR("default"));
    return l;
}
