#include "engine/adapters/ec2_class.h"

#include "engine/adapters/ec2_names.h"
#include "engine/adapters/ec2_profile.h"
#include "engine/aws/ssm.h"
#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/base/time.h"

struct finder {
    const struct aws_call *call;
    struct arena *arena;
    const struct ec2_options *options;
    struct ec2_class *out;
};

static const struct selector_term *term_of(const struct list *terms, size_t i)
{
    return (const struct selector_term *)terms->items + i;
}

static int by_subnet_id(const void *x, const void *y)
{
    return str_cmp(((const struct ec2_subnet *)x)->id, ((const struct ec2_subnet *)y)->id);
}

static int by_group_id(const void *x, const void *y)
{
    return str_cmp(((const struct ec2_security_group *)x)->id,
                   ((const struct ec2_security_group *)y)->id);
}

/* Sorts, and takes out what several terms found; returns the new count. */
static size_t sort_distinct(void *items, size_t count, size_t size,
                            int (*order)(const void *, const void *))
{
    char *base = items;
    size_t kept = count > 0;

    if (count)
        qsort(items, count, size, order);
    for (size_t i = 1; i < count; i++)
        if (order(base + (kept - 1) * size, base + i * size) != 0) {
            if (kept != i)
                memcpy(base + kept * size, base + i * size, size);
            kept++;
        }
    return kept;
}

struct candidates {
    struct candidate *items;
    size_t count;
};

static struct error *all_subnets(const struct finder *f, struct candidates *out)
{
    struct ec2_subnets all = {0};

    TRY(ec2_describe_subnets(f->call, &(struct ec2_query){0}, &all));
    out->items = ARENA_ARRAY(f->arena, struct candidate, all.count + 1);
    for (; out->count < all.count; out->count++)
        out->items[out->count] =
            (struct candidate){all.items[out->count].id, &all.items[out->count].tags};
    return NULL;
}

static struct error *all_groups(const struct finder *f, struct candidates *out)
{
    struct ec2_security_groups all = {0};

    TRY(ec2_describe_security_groups(f->call, &(struct ec2_query){0}, &all));
    out->items = ARENA_ARRAY(f->arena, struct candidate, all.count + 1);
    for (; out->count < all.count; out->count++)
        out->items[out->count] =
            (struct candidate){all.items[out->count].id, &all.items[out->count].tags};
    return NULL;
}

/* The error of terms that found nothing; `first` is one by id, or SIZE_MAX: all of them. */
static struct error *nothing_found(const struct finder *f, enum selected what,
                                   const struct list *terms, size_t first)
{
    struct candidates all = {0};

    TRY(what == SELECT_SUBNETS ? all_subnets(f, &all) : all_groups(f, &all));
    return first == SIZE_MAX
               ? selector_error(f->arena, what, terms, f->options->region, all.items, all.count)
               : selector_absent(f->arena, what, first, term_of(terms, first)->id,
                                 f->options->region, all.items, all.count);
}

static struct error *find_subnets(const struct finder *f)
{
    struct ec2_subnets *out = &f->out->subnets;

    for (size_t i = 0; i < f->out->spec.subnet_selector.count; i++) {
        struct ec2_query q =
            selector_query(f->arena, SELECT_SUBNETS, term_of(&f->out->spec.subnet_selector, i));
        struct ec2_subnets found = {0};
        TRY(ec2_describe_subnets(f->call, &q, &found));
        if (!found.count && term_of(&f->out->spec.subnet_selector, i)->id.len)
            return nothing_found(f, SELECT_SUBNETS, &f->out->spec.subnet_selector, i);
        for (size_t k = 0; k < found.count; k++)
            ARENA_PUSH(f->arena, out->items, out->count, out->capacity, found.items[k]);
    }
    out->count = sort_distinct(out->items, out->count, sizeof(*out->items), by_subnet_id);
    return out->count ? NULL
                      : nothing_found(f, SELECT_SUBNETS, &f->out->spec.subnet_selector, SIZE_MAX);
}

static struct error *find_groups(const struct finder *f)
{
    struct ec2_security_groups *out = &f->out->groups;

    for (size_t i = 0; i < f->out->spec.security_group_selector.count; i++) {
        struct ec2_query q = selector_query(f->arena, SELECT_SECURITY_GROUPS,
                                            term_of(&f->out->spec.security_group_selector, i));
        struct ec2_security_groups found = {0};
        TRY(ec2_describe_security_groups(f->call, &q, &found));
        if (!found.count && term_of(&f->out->spec.security_group_selector, i)->id.len)
            return nothing_found(f, SELECT_SECURITY_GROUPS, &f->out->spec.security_group_selector,
                                 i);
        for (size_t k = 0; k < found.count; k++)
            ARENA_PUSH(f->arena, out->items, out->count, out->capacity, found.items[k]);
    }
    out->count = sort_distinct(out->items, out->count, sizeof(*out->items), by_group_id);
    return out->count ? NULL
                      : nothing_found(f, SELECT_SECURITY_GROUPS,
                                      &f->out->spec.security_group_selector, SIZE_MAX);
}

/* EC2 launches into a subnet with groups of the subnet's VPC only. */
static struct error *check_vpc(const struct finder *f)
{
    const struct ec2_subnet *first = &f->out->subnets.items[0];
    struct error *e;

    for (size_t i = 1; i < f->out->subnets.count; i++) {
        const struct ec2_subnet *s = &f->out->subnets.items[i];
        if (str_eq(s->vpc_id, first->vpc_id))
            continue;
        e = error_new(f->arena, ERROR_INVALID, "the subnets are of two VPCs");
        e->detail = arena_printf(
            f->arena,
            STR_FMT " is of " STR_FMT ", " STR_FMT " of " STR_FMT ": select those of one VPC.",
            STR_ARG(first->id), STR_ARG(first->vpc_id), STR_ARG(s->id), STR_ARG(s->vpc_id));
        return error_at(e, STR("subnet_selector"));
    }
    for (size_t i = 0; i < f->out->groups.count; i++) {
        const struct ec2_security_group *g = &f->out->groups.items[i];
        if (str_eq(g->vpc_id, first->vpc_id))
            continue;
        e = error_new(f->arena, ERROR_INVALID,
                      "security group " STR_FMT " is not of the subnets' VPC", STR_ARG(g->id));
        e->detail = arena_printf(f->arena,
                                 "It is \"" STR_FMT "\" of " STR_FMT ", and subnet " STR_FMT
                                 " is of " STR_FMT ": select groups and subnets of one VPC.",
                                 STR_ARG(g->name), STR_ARG(g->vpc_id), STR_ARG(first->id),
                                 STR_ARG(first->vpc_id));
        return error_at(e, STR("security_group_selector"));
    }
    return NULL;
}

static struct error *no_parameter(const struct finder *f, struct str alias)
{
    struct error *e =
        error_new(f->arena, ERROR_INVALID, "EKS has no image " STR_FMT " for Kubernetes " STR_FMT,
                  STR_ARG(alias), STR_ARG(f->out->join.kubernetes_version));
    e->detail =
        STR("No SSM parameter under /aws/service/eks/optimized-ami names one. al2 ends with "
            "Kubernetes 1.32; versions are written like al2023@v20240807, or latest. Check "
            "cluster.version and the alias.");
    return error_at(e, STR("ami_selector[0].alias"));
}

static struct error *find_by_alias(const struct finder *f, struct str alias)
{
    struct class_images *out = &f->out->images;
    struct alias_images wanted = {0};

    TRY(alias_parameters(f->arena, alias, f->out->spec.family, f->out->join.kubernetes_version,
                         &wanted));
    for (size_t i = 0; i < wanted.count; i++) {
        struct ssm_parameter found;
        struct error *e = ssm_get_parameter(f->call, wanted.items[i].parameter, false, &found);
        if (e && e->kind == ERROR_NOT_FOUND)
            continue; /* not every variant exists for every version and region */
        TRY(e);
        struct class_image image = {
            .id = found.value, .arm64 = wanted.items[i].arm64, .serves = wanted.items[i].serves};
        ARENA_PUSH(f->arena, out->items, out->count, out->capacity, image);
    }
    return out->count ? NULL : no_parameter(f, alias);
}

static struct error *find_term(const struct finder *f, const struct selector_term *term,
                               struct str path, struct ec2_images *found)
{
    struct selector_term by_id = {0};
    struct ec2_images some = {0};

    if (term->ssm_parameter.len) {
        struct ssm_parameter named;
        struct error *e = ssm_get_parameter(f->call, term->ssm_parameter, false, &named);
        if (e)
            return error_at(e, path);
        by_id.id = named.value;
        term = &by_id;
    }
    struct ec2_query q = selector_query(f->arena, SELECT_IMAGES, term);
    TRY(ec2_describe_images(f->call, &q, time_now_ms(), &some));
    for (size_t i = 0; i < some.count; i++)
        ARENA_PUSH(f->arena, found->items, found->count, found->capacity, some.items[i]);
    return NULL;
}

static struct error *find_images(const struct finder *f)
{
    const struct list *terms = &f->out->spec.ami_selector;
    struct ec2_images found = {0};

    if (terms->count == 0)
        return find_by_alias(f, f->out->spec.family == FAMILY_AL2 ? STR("al2@latest")
                                                                  : STR("al2023@latest"));
    if (term_of(terms, 0)->alias.len)
        return find_by_alias(f, term_of(terms, 0)->alias);
    for (size_t i = 0; i < terms->count; i++)
        TRY(find_term(f, term_of(terms, i), arena_printf(f->arena, "ami_selector[%zu]", i),
                      &found));
    f->out->images = select_newest(f->arena, &found);
    return f->out->images.count
               ? NULL
               : selector_error(f->arena, SELECT_IMAGES, terms, f->options->region, NULL, 0);
}

static struct error *family_is_launchable(struct arena *a, const struct node_class *c)
{
    if (c->family == FAMILY_AL2 || c->family == FAMILY_AL2023 || c->family == FAMILY_CUSTOM)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "ami_family " STR_FMT " cannot be launched",
                                STR_ARG(ami_family_text(c->family)));
    e->detail = STR("This version launches AL2, AL2023 and Custom. With Custom, ami_selector names "
                    "the image and user_data is used as it is.");
    return error_at(e, STR("ami_family"));
}

static struct error *find_profile(const struct finder *f)
{
    const struct node_class *c = &f->out->spec;

    f->out->instance_profile =
        c->instance_profile.len ? c->instance_profile : f->options->default_instance_profile;
    if (c->instance_profile.len)
        return ec2_profile_check(f->call, c->instance_profile);
    if (c->role.len == 0)
        return NULL; /* the provider's default need not exist yet: launches are tried again */
    f->out->instance_profile =
        ec2_profile_name(f->arena, f->options->cluster, c->name, f->options->region);
    return ec2_profile_ensure(f->call, f->options, c);
}

/* With the labels and taints of no pool, which come on top. */
static struct error *check_user_data(const struct finder *f)
{
    const struct labels labels = {0};
    const struct taints taints = {0};
    struct str ignored;

    return ec2_user_data(f->arena,
                         &(struct user_data){.node_class = &f->out->spec,
                                             .join = &f->out->join.data,
                                             .labels = &labels,
                                             .taints = &taints,
                                             .startup_taints = &taints},
                         &ignored);
}

/* All that can be asked for without the images and without making anything. */
static struct error *find_places(const struct finder *f, const struct json *document)
{
    struct ec2_class *out = f->out;

    *out = (struct ec2_class){0};
    TRY(class_document_read(f->arena, document, &out->spec));
    TRY(family_is_launchable(f->arena, &out->spec));
    TRY(ec2_join_find(f->call, f->options, &out->spec, &out->join));
    TRY(check_user_data(f));
    TRY(find_subnets(f));
    return find_groups(f);
}

struct error *ec2_class_resolve(const struct aws_call *call, const struct ec2_options *options,
                                const struct json *document, struct ec2_class *out)
{
    struct finder f = {call, call->arena, options, out};

    TRY(find_places(&f, document));
    TRY(check_vpc(&f));
    TRY(find_images(&f));
    return find_profile(&f);
}

/* What is selected by tags may be made or tagged by the same apply. */
static bool may_come(const struct error *e)
{
    return str_eq(e->path, STR("subnet_selector")) ||
           str_eq(e->path, STR("security_group_selector"));
}

struct error *ec2_class_inspect(const struct aws_call *call, const struct ec2_options *options,
                                const struct json *document, struct error **warnings)
{
    struct ec2_class found;
    struct finder f = {call, call->arena, options, &found};
    struct error *e = find_places(&f, document);

    *warnings = found.join.gap;
    if (!e)
        return check_vpc(&f);
    if (e->kind != ERROR_INVALID) { /* AWS does not say: apply will ask again */
        log_event(LOG_DEBUG, "class not inspected", LOG_STR("error", e->summary));
        return NULL;
    }
    if (!may_come(e))
        return e;
    *warnings = error_join(*warnings, e);
    return NULL;
}

const struct class_image *ec2_class_image(const struct ec2_class *c, const struct labels *type)
{
    struct str gpu = labels_get(type, STR("karpenter.k8s.aws/instance-gpu-manufacturer"));
    struct str accelerator =
        labels_get(type, STR("karpenter.k8s.aws/instance-accelerator-manufacturer"));
    bool arm64 = str_eq(labels_get(type, LABEL_ARCH), STR("arm64"));
    unsigned needs = str_eq(gpu, STR("nvidia"))        ? SERVES_NVIDIA
                     : str_eq(accelerator, STR("aws")) ? SERVES_NEURON
                                                       : SERVES_PLAIN;

    for (size_t i = 0; i < c->images.count; i++)
        if (c->images.items[i].arm64 == arm64 && c->images.items[i].serves & needs)
            return &c->images.items[i];
    return NULL;
}

const struct ec2_subnet *ec2_class_subnet(const struct ec2_class *c, struct str zone)
{
    const struct ec2_subnet *best = NULL;

    for (size_t i = 0; i < c->subnets.count; i++)
        if (str_eq(c->subnets.items[i].zone, zone) &&
            (!best || c->subnets.items[i].free_addresses > best->free_addresses))
            best = &c->subnets.items[i];
    return best;
}
