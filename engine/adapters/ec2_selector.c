#include "engine/adapters/ec2_selector.h"

struct selected_row {
    const char *noun, *attribute, *id_filter, *name_filter;
};
static const struct selected_row rows[] = {
    [SELECT_SUBNETS] = {"subnet", "subnet_selector", "subnet-id", NULL},
    [SELECT_SECURITY_GROUPS] = {"security group", "security_group_selector", "group-id",
                                "group-name"},
    [SELECT_IMAGES] = {"image", "ami_selector", "image-id", "name"},
};

struct filters {
    struct ec2_filter *items;
    size_t count, capacity;
};

static void add_filter(struct arena *a, struct filters *f, struct str name, struct str value)
{
    struct str *values = ARENA_NEW(a, struct str);
    *values = value;
    ARENA_PUSH(a, f->items, f->count, f->capacity, (struct ec2_filter){name, values, 1});
}

/* Images that anybody may publish are only taken from those whom one may trust. */
static void add_owners(struct arena *a, const struct selector_term *term, struct ec2_query *q)
{
    struct str *owners = ARENA_ARRAY(a, struct str, 2);

    q->owners = owners;
    if (term->owner.len) {
        owners[q->owner_count++] = term->owner;
    } else if (term->name.len) {
        owners[q->owner_count++] = STR("self");
        owners[q->owner_count++] = STR("amazon");
    }
}

struct ec2_query selector_query(struct arena *a, enum selected what,
                                const struct selector_term *term)
{
    struct filters f = {0};
    struct ec2_query q = {0};

    if (term->id.len)
        add_filter(a, &f, str_of(rows[what].id_filter), term->id);
    if (term->name.len && rows[what].name_filter)
        add_filter(a, &f, str_of(rows[what].name_filter), term->name);
    for (size_t i = 0; i < term->tags.count; i++)
        add_filter(a, &f, arena_printf(a, "tag:" STR_FMT, STR_ARG(term->tags.items[i].key)),
                   term->tags.items[i].value);
    if (what == SELECT_IMAGES) {
        add_filter(a, &f, STR("state"), STR("available"));
        add_owners(a, term, &q);
    }
    q.filters = f.items;
    q.filter_count = f.count;
    return q;
}

struct str selector_term_text(struct arena *a, const struct selector_term *term)
{
    const struct {
        const char *name;
        struct str value;
    } texts[] = {{"alias", term->alias},
                 {"id", term->id},
                 {"name", term->name},
                 {"owner", term->owner},
                 {"ssm_parameter", term->ssm_parameter}};
    struct buf out = buf_in(a);

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (texts[i].value.len)
            buf_printf(&out, "%s%s = \"" STR_FMT "\"", out.len ? ", " : "", texts[i].name,
                       STR_ARG(texts[i].value));
    for (size_t i = 0; i < term->tags.count; i++)
        buf_printf(&out, "%s\"" STR_FMT "\" = \"" STR_FMT "\"",
                   i         ? ", "
                   : out.len ? ", tags { "
                             : "tags { ",
                   STR_ARG(term->tags.items[i].key), STR_ARG(term->tags.items[i].value));
    if (term->tags.count)
        buf_add(&out, STR(" }"));
    return buf_str(&out);
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* "prod, test and 3 more", sorted, each once. */
static struct str values_of_tag(struct arena *a, struct str key, const struct candidate *candidates,
                                size_t count)
{
    enum { SHOWN = 5 };
    struct str *values = ARENA_ARRAY(a, struct str, count + 1);
    struct buf out = buf_in(a);
    size_t n = 0, distinct = 0;

    for (size_t i = 0; i < count; i++) {
        struct str value = ec2_tag(candidates[i].tags, key);
        if (value.len)
            values[n++] = value;
    }
    if (n)
        qsort(values, n, sizeof(*values), by_text);
    for (size_t i = 0; i < n; i++) {
        if (i && str_eq(values[i], values[i - 1]))
            continue;
        if (distinct++ < SHOWN)
            buf_printf(&out, "%s" STR_FMT, out.len ? ", " : "", STR_ARG(values[i]));
    }
    if (distinct > SHOWN)
        buf_printf(&out, " and %zu more", distinct - SHOWN);
    return buf_str(&out);
}

static bool any_has_tag(const struct label *tag, const struct candidate *candidates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str value = ec2_tag(candidates[i].tags, tag->key);
        if (value.len && str_matches(tag->value, value))
            return true;
    }
    return false;
}

/* What kept the term from matching. */
static struct str clue(struct arena *a, const struct selector_term *term,
                       const struct candidate *candidates, size_t count)
{
    for (size_t i = 0; i < term->tags.count; i++) {
        const struct label *tag = &term->tags.items[i];
        if (any_has_tag(tag, candidates, count))
            continue;
        struct str values = values_of_tag(a, tag->key, candidates, count);
        return values.len ? arena_printf(a, "the tag " STR_FMT " is there with: " STR_FMT,
                                         STR_ARG(tag->key), STR_ARG(values))
                          : arena_printf(a, "none has the tag " STR_FMT, STR_ARG(tag->key));
    }
    return term->tags.count ? STR("none has all these tags") : STR("none of them is it");
}

struct error *selector_error(struct arena *a, enum selected what, const struct list *terms,
                             struct str region, const struct candidate *candidates, size_t count)
{
    const struct selected_row *row = &rows[what];
    const struct selector_term *term = terms->items;
    struct error *e = error_new(a, ERROR_INVALID, "no %s matches %s in " STR_FMT, row->noun,
                                row->attribute, STR_ARG(region));
    struct buf detail = buf_in(a);

    if (what != SELECT_IMAGES)
        buf_printf(&detail, "The account has %zu %s%s there. ", count, row->noun,
                   count == 1 ? "" : "s");
    for (size_t i = 0; i < terms->count; i++) {
        buf_printf(&detail, "%s[%zu] asks for " STR_FMT, row->attribute, i,
                   STR_ARG(selector_term_text(a, &term[i])));
        if (what == SELECT_IMAGES && term[i].name.len && !term[i].owner.len)
            buf_add(&detail, STR(" of the owners self and amazon (set owner for others)"));
        if (count && what != SELECT_IMAGES)
            buf_printf(&detail, ": " STR_FMT, STR_ARG(clue(a, &term[i], candidates, count)));
        buf_add(&detail, STR(". "));
    }
    buf_add(&detail, STR("Check the region and account, or change the selector."));
    e->detail = buf_str(&detail);
    return error_at(e, str_of(row->attribute));
}

/* "a, b and 3 more" */
static struct str ids_of(struct arena *a, const struct candidate *candidates, size_t count)
{
    enum { SHOWN = 5 };
    struct buf out = buf_in(a);

    for (size_t i = 0; i < count && i < SHOWN; i++)
        buf_printf(&out, "%s" STR_FMT, i ? ", " : "", STR_ARG(candidates[i].id));
    if (count > SHOWN)
        buf_printf(&out, " and %zu more", count - SHOWN);
    return buf_str(&out);
}

struct error *selector_absent(struct arena *a, enum selected what, size_t term, struct str id,
                              struct str region, const struct candidate *found, size_t count)
{
    const struct selected_row *row = &rows[what];
    struct error *e = error_new(a, ERROR_INVALID, "there is no %s " STR_FMT " in " STR_FMT,
                                row->noun, STR_ARG(id), STR_ARG(region));

    e->detail = arena_printf(a,
                             "The credentials' account has %zu there%s" STR_FMT
                             ". Correct the id, or remove the term.",
                             count, count ? ": " : "", STR_ARG(ids_of(a, found, count)));
    return error_at(e, arena_printf(a, "%s[%zu].id", row->attribute, term));
}

static bool is_better(const struct ec2_image *x, const struct ec2_image *y)
{
    if (x->deprecated != y->deprecated)
        return y->deprecated;
    if (x->created_ms != y->created_ms)
        return x->created_ms > y->created_ms;
    return str_cmp(x->id, y->id) > 0;
}

static const struct ec2_image *best_of(const struct ec2_images *found, struct str architecture)
{
    const struct ec2_image *best = NULL;

    for (size_t i = 0; i < found->count; i++)
        if (str_eq(found->items[i].architecture, architecture) &&
            (!best || is_better(&found->items[i], best)))
            best = &found->items[i];
    return best;
}

struct class_images select_newest(struct arena *a, const struct ec2_images *found)
{
    const struct str architectures[] = {STR("x86_64"), STR("arm64")};
    struct class_images out = {0};

    for (size_t i = 0; i < 2; i++) {
        const struct ec2_image *best = best_of(found, architectures[i]);
        if (best)
            ARENA_PUSH(a, out.items, out.count, out.capacity,
                       (struct class_image){.id = best->id, .arm64 = i == 1, .serves = SERVES_ALL});
    }
    return out;
}

/* EKS's parameters: FOLDER/recommended, or FOLDER/STEM-VERSION. */
struct eks_image {
    enum ami_family family;
    bool arm64;
    unsigned serves;
    const char *folder, *stem;
};
static const struct eks_image eks_images[] = {
    {FAMILY_AL2, false, SERVES_PLAIN, "amazon-linux-2", "amazon-eks-node"},
    {FAMILY_AL2, true, SERVES_PLAIN, "amazon-linux-2-arm64", "amazon-eks-arm64-node"},
    {FAMILY_AL2, false, SERVES_NVIDIA | SERVES_NEURON, "amazon-linux-2-gpu", "amazon-eks-gpu-node"},
    {FAMILY_AL2023, false, SERVES_PLAIN, "amazon-linux-2023/x86_64/standard",
     "amazon-eks-node-al2023-x86_64-standard"},
    {FAMILY_AL2023, true, SERVES_PLAIN, "amazon-linux-2023/arm64/standard",
     "amazon-eks-node-al2023-arm64-standard"},
    {FAMILY_AL2023, false, SERVES_NVIDIA, "amazon-linux-2023/x86_64/nvidia",
     "amazon-eks-node-al2023-x86_64-nvidia"},
    {FAMILY_AL2023, true, SERVES_NVIDIA, "amazon-linux-2023/arm64/nvidia",
     "amazon-eks-node-al2023-arm64-nvidia"},
    {FAMILY_AL2023, false, SERVES_NEURON, "amazon-linux-2023/x86_64/neuron",
     "amazon-eks-node-al2023-x86_64-neuron"},
};

static struct str eks_parameter(struct arena *a, const struct eks_image *row, struct str k,
                                struct str version)
{
    struct str leaf = STR("recommended");

    if (!str_eq(version, STR("latest")))
        leaf = arena_printf(a, "%s-" STR_FMT "-" STR_FMT, row->stem, STR_ARG(k), STR_ARG(version));
    return arena_printf(a, "/aws/service/eks/optimized-ami/" STR_FMT "/%s/" STR_FMT "/image_id",
                        STR_ARG(k), row->folder, STR_ARG(leaf));
}

struct error *alias_parameters(struct arena *a, struct str alias, enum ami_family family,
                               struct str kubernetes_version, struct alias_images *out)
{
    struct str version = alias;

    str_cut(&version, '@');
    if (kubernetes_version.len == 0) {
        struct error *e = error_new(a, ERROR_INVALID,
                                    "the image " STR_FMT " needs the cluster's Kubernetes version",
                                    STR_ARG(alias));
        e->detail = STR("EKS publishes one image for each Kubernetes version. Set cluster.version "
                        "(\"1.33\") on the provider, or choose images in ami_selector by id, by "
                        "name or by ssm_parameter.");
        return error_at(e, STR("ami_selector[0].alias"));
    }
    for (size_t i = 0; i < sizeof(eks_images) / sizeof(*eks_images); i++)
        if (eks_images[i].family == family) {
            struct alias_image image = {
                .parameter = eks_parameter(a, &eks_images[i], kubernetes_version, version),
                .arm64 = eks_images[i].arm64,
                .serves = eks_images[i].serves};
            ARENA_PUSH(a, out->items, out->count, out->capacity, image);
        }
    return NULL;
}
