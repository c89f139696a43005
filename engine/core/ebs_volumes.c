#include "engine/core/allocatable.h"

enum { SHARED_ATTACHMENTS = 28, ROOT_VOLUMES = 1, DISKS_MOST = 8, SMALLEST_DISK_GB = 900 };

static const struct str dedicated_families[] = {
    STR_INIT("c7a"),  STR_INIT("c7i"),      STR_INIT("c7i-flex"), STR_INIT("c8g"), STR_INIT("m7a"),
    STR_INIT("m7i"),  STR_INIT("m7i-flex"), STR_INIT("m8g"),      STR_INIT("r7a"), STR_INIT("r7i"),
    STR_INIT("r7iz"), STR_INIT("r8g"),      STR_INIT("x8g"),
};

/* Sizes that are not listed have what the small ones have. */
static const struct {
    struct str size;
    int64_t volumes;
} dedicated_sizes[] = {
    {STR_INIT("16xlarge"), 48},   {STR_INIT("24xlarge"), 64},   {STR_INIT("32xlarge"), 88},
    {STR_INIT("48xlarge"), 128},  {STR_INIT("metal-16xl"), 39}, {STR_INIT("metal-24xl"), 39},
    {STR_INIT("metal-32xl"), 79}, {STR_INIT("metal-48xl"), 79},
};
enum { DEDICATED_LEAST = 32 };

static bool is_dedicated(struct str family)
{
    for (size_t i = 0; i < sizeof(dedicated_families) / sizeof(*dedicated_families); i++)
        if (str_eq(family, dedicated_families[i]))
            return true;
    return false;
}

static int64_t dedicated(struct str size)
{
    for (size_t i = 0; i < sizeof(dedicated_sizes) / sizeof(*dedicated_sizes); i++)
        if (str_eq(size, dedicated_sizes[i].size))
            return dedicated_sizes[i].volumes;
    return DEDICATED_LEAST;
}

static int64_t shared(const struct instance_facts *f)
{
    int64_t disks = (f->local_nvme_gb + SMALLEST_DISK_GB - 1) / SMALLEST_DISK_GB;

    return SHARED_ATTACHMENTS - f->eni_count - (disks < DISKS_MOST ? disks : DISKS_MOST);
}

int64_t ebs_volumes_of_type(const struct instance_facts *f)
{
    struct str size = f->name, family = str_cut(&size, '.');
    bool nitro = f->bare_metal || str_eq(f->hypervisor, STR("nitro"));

    if (!nitro)
        return 0;
    int64_t all = is_dedicated(family) ? dedicated(size) : shared(f);
    return all > ROOT_VOLUMES ? all - ROOT_VOLUMES : 1;
}
