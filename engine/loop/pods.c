#include "engine/loop/pods.h"

#include "engine/base/memory.h"

struct pod_entry *pods_find(const struct pods *p, struct str name)
{
    return index_find(&p->by_name, name);
}

struct pod_entry *pods_add(struct pods *p, struct str name, struct shared_spec *spec)
{
    struct pod_entry *e = must_have(calloc(1, sizeof(*e) + name.len + 1));

    memcpy(e->bytes, name.ptr, name.len);
    e->name.key = e->pod.name = (struct str){e->bytes, name.len};
    e->spec = spec;
    e->place = SIZE_MAX;
    index_add(&p->by_name, &e->name);
    pods_touch(p, e);
    return e;
}

void pod_link(struct pod_entry **list, struct pod_entry *e)
{
    e->before = NULL;
    e->next = *list;
    if (e->next)
        e->next->before = e;
    *list = e;
}

void pod_unlink(struct pod_entry **list, struct pod_entry *e)
{
    *(e->before ? &e->before->next : list) = e->next;
    if (e->next)
        e->next->before = e->before;
    e->next = e->before = NULL;
}

void pods_touch(struct pods *p, struct pod_entry *e)
{
    if (e->touched)
        return;
    e->touched = true;
    if (p->touched_count == p->touched_capacity) {
        p->touched_capacity = p->touched_capacity ? 2 * p->touched_capacity : 64;
        p->touched =
            must_have(realloc(p->touched, p->touched_capacity * sizeof(struct pod_entry *)));
    }
    p->touched[p->touched_count++] = e;
}

/* The memory stays until the next pods_show: its place has to be closed first. */
void pods_remove(struct pods *p, struct pod_entry *e)
{
    index_remove(&p->by_name, e->name.key);
    shared_specs_drop(&p->specs, e->spec);
    e->spec = NULL;
    e->gone = true;
    pods_touch(p, e);
}

static int by_name(const void *x, const void *y)
{
    return str_cmp((*(const struct pod_entry *const *)x)->name.key,
                   (*(const struct pod_entry *const *)y)->name.key);
}

static void show(struct pods *p, struct pod_entry *e, size_t place)
{
    e->place = place;
    p->order[place] = e;
    p->shown[place] = e->pod;
    p->shown[place].spec = &e->spec->shown;
}

/* Those that stay move together over the places of those that are gone. */
static void close_places(struct pods *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->shown_count; i++) {
        struct pod_entry *e = p->order[i];
        if (e->gone)
            continue;
        if (kept < i) {
            p->order[kept] = e;
            p->shown[kept] = p->shown[i];
            e->place = kept;
        }
        kept++;
    }
    p->shown_count = kept;
}

static void make_room(struct pods *p, size_t more)
{
    if (p->shown_count + more <= p->capacity)
        return;
    p->capacity = p->shown_count + more + p->capacity / 2;
    p->order = must_have(realloc(p->order, p->capacity * sizeof(struct pod_entry *)));
    p->shown = must_have(realloc(p->shown, p->capacity * sizeof(*p->shown)));
}

/* From the end, so that nothing is moved twice. */
static void open_places(struct pods *p, struct pod_entry **fresh, size_t count)
{
    size_t from = p->shown_count, to = p->shown_count + count;

    make_room(p, count);
    p->shown_count = to;
    while (count) {
        bool new = !from || by_name(&fresh[count - 1], &p->order[from - 1]) > 0;
        if (new) {
            show(p, fresh[--count], --to);
        } else {
            p->order[--to] = p->order[--from];
            p->shown[to] = p->shown[from];
            p->order[to]->place = to;
        }
    }
}

/* Writes what has a place and leaves, at the front of the list, those that have none yet; tells
 * whether there is one whose place is to be closed. */
static bool show_touched(struct pods *p, size_t *fresh)
{
    bool closes = false;

    *fresh = 0;
    for (size_t i = 0; i < p->touched_count; i++) {
        struct pod_entry *e = p->touched[i];
        e->touched = false;
        if (e->gone)
            closes |= e->place != SIZE_MAX;
        else if (e->place == SIZE_MAX)
            p->touched[(*fresh)++] = e;
        else
            show(p, e, e->place);
    }
    return closes;
}

static struct pod_entry **take_gone(struct pods *p, size_t *count)
{
    struct pod_entry **gone = must_have(malloc((p->touched_count + 1) * sizeof(*gone)));

    *count = 0;
    for (size_t i = 0; i < p->touched_count; i++)
        if (p->touched[i]->gone)
            gone[(*count)++] = p->touched[i];
    return gone;
}

void pods_show(struct pods *p)
{
    size_t gone_count, fresh;
    struct pod_entry **gone = take_gone(p, &gone_count);
    bool closes = show_touched(p, &fresh);

    if (closes)
        close_places(p);
    if (fresh) {
        qsort(p->touched, fresh, sizeof(struct pod_entry *), by_name);
        open_places(p, p->touched, fresh);
    }
    p->ungrouped |= closes || fresh;
    p->touched_count = 0;
    for (size_t i = 0; i < gone_count; i++)
        free(gone[i]);
    free(gone);
}

bool pods_are_ungrouped(const struct pods *p)
{
    return p->ungrouped;
}

void pods_group(struct pods *p, struct home *const *homes, size_t count)
{
    size_t first = 0;

    for (size_t i = 0; i < count; i++) {
        homes[i]->first = first;
        homes[i]->shown = 0;
        first += homes[i]->count;
    }
    if (p->grouped_capacity < first) {
        p->grouped_capacity = first + first / 2;
        p->grouped = must_have(realloc(p->grouped, p->grouped_capacity * sizeof(struct pod *)));
    }
    for (size_t i = 0; i < p->shown_count; i++) {
        struct home *h = p->order[i]->home;
        if (h)
            p->grouped[h->first + h->shown++] = &p->shown[i];
    }
    p->ungrouped = false;
}

static void free_entries(struct pods *p)
{
    struct index_walk w = {.of = &p->by_name};

    for (size_t i = 0; i < p->touched_count; i++)
        if (p->touched[i]->gone)
            free(p->touched[i]);
    for (struct pod_entry *e; (e = index_next(&w));)
        free(e);
}

void pods_free(struct pods *p)
{
    free_entries(p);
    index_free(&p->by_name);
    shared_specs_free(&p->specs);
    free(p->touched);
    free(p->order);
    free(p->shown);
    free(p->grouped);
    *p = (struct pods){0};
}
