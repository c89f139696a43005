#include "engine/adapters/manifests_change.h"

#include "engine/objects/kubernetes_objects.h"

/* Pods that are over anyway are no loss. */
static bool counts(const struct pod *p)
{
    return !p->never_serve;
}

static size_t count_pods(const struct kubernetes_objects *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->pod_count; i++)
        n += counts(&o->pods[i]);
    return n;
}

/* Both are sorted by name. */
static size_t count_lost(const struct kubernetes_objects *before,
                         const struct kubernetes_objects *now)
{
    size_t lost = 0, k = 0;

    for (size_t i = 0; i < before->pod_count; i++) {
        const struct pod *p = &before->pods[i];
        while (k < now->pod_count && str_cmp(now->pods[k].name, p->name) < 0)
            k++;
        bool stays =
            k < now->pod_count && str_eq(now->pods[k].name, p->name) && counts(&now->pods[k]);
        lost += counts(p) && !stays;
    }
    return lost;
}

bool manifest_is_empty(struct str text)
{
    struct str rest = text;

    while (rest.ptr && rest.len) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (line.len && !str_eq(line, STR("---")) && !str_eq(line, STR("...")))
            return false;
    }
    return true;
}

static struct error *read_alone(struct arena *a, struct str name, struct str text,
                                struct kubernetes_objects *out)
{
    struct resource_table resources = resource_table_new();
    struct manifest_text one = {name, text};

    *out = (struct kubernetes_objects){0};
    return text.ptr ? kubernetes_objects_read(a, &one, 1, &resources, out) : NULL;
}

struct manifest_change manifest_change(struct arena *keep, struct str name, struct str before,
                                       struct str now)
{
    ARENA_AUTO scratch = {0};
    struct manifest_change c = {.is_empty = now.ptr && manifest_is_empty(now)};
    struct kubernetes_objects was, is;

    /* An empty file is good YAML and no JSON; either way it is empty. */
    struct error *wrong = c.is_empty ? read_alone(&scratch, name, (struct str){0}, &is)
                                     : read_alone(&scratch, name, now, &is);
    for (; wrong; wrong = wrong->next) /* copied, because the trees are large */
        c.wrong = error_join(c.wrong, error_copy(keep, wrong));
    if (c.wrong || read_alone(&scratch, name, before, &was))
        return c;
    c.had = count_pods(&was);
    c.lost = count_lost(&was, &is);
    return c;
}
