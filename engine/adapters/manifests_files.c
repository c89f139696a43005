#include "engine/adapters/manifests_files.h"

#include <errno.h>

#include "engine/adapters/manifests_change.h"
#include "engine/adapters/manifests_disk.h"
#include "engine/base/time.h"

enum {
    AGREE_MS = 1,         /* until the next look */
    SHRINK_MS = 3 * 1000, /* editors, small scripts */
    MANY_MS = 10 * 1000,  /* generators that have to ask somebody else first */
    FIRST_MS = 1000,
    READ_AGAIN_MS = 1000, /* two changes within so short a time may leave the same date */
};

/* One look on its way. */
struct look {
    struct arena *keep;
    struct look_time at;
    const struct manifest_files *before; /* NULL: there was none */
    bool first;                          /* there has been no whole reading in this process */
    struct manifest_files *out;
};

static struct error *empty_at_first(struct arena *keep, struct str name)
{
    struct error *e =
        error_new(keep, ERROR_INVALID, "manifest " STR_FMT " is empty", STR_ARG(name));
    e->detail = STR("An empty file may be one that is still being written, or whose generator has "
                    "failed. If there are to be no pods, say so in it by a comment (# none) or a "
                    "List without items, or delete the file.");
    return e;
}

static void judge_first(const struct look *l, struct manifest_file *f, int64_t changed_date_ms,
                        const struct manifest_change *c)
{
    int64_t age_ms = l->at.date_ms - changed_date_ms;
    bool recent = age_ms < FIRST_MS && age_ms > -FIRST_MS;

    f->still_ms = !l->first ? AGREE_MS : recent ? FIRST_MS : 0;
    if (l->first && c->is_empty)
        f->wrong = empty_at_first(l->keep, f->name);
}

static void judge_change(const struct look *l, struct manifest_file *f,
                         const struct manifest_change *c)
{
    if (c->lost && c->is_empty) {
        f->still_ms = NEVER_MS;
        f->note =
            arena_printf(l->keep,
                         "is empty, and its %zu pods stay: if there are to be none, say so in "
                         "it by a comment (# none) or a List without items, or delete it",
                         c->had);
    } else if (c->lost) {
        f->still_ms = 2 * c->lost >= c->had ? MANY_MS : SHRINK_MS;
        f->note = arena_printf(l->keep,
                               "%zu of its %zu pods are not in it any more: they go when it has "
                               "stayed like this for %d s",
                               c->lost, c->had, (int)(f->still_ms / 1000));
    } else {
        f->still_ms = f->seen.len < f->text.len ? SHRINK_MS : AGREE_MS;
    }
}

/* What is to be thought of what lies there, if that is not what counts already. */
static void judge(const struct look *l, struct manifest_file *f, int64_t changed_date_ms)
{
    struct manifest_change c = {.wrong = f->wrong};

    f->still_ms = AGREE_MS; /* errors, too, may be those of a moment */
    if (f->text.ptr && f->seen.ptr && str_eq(f->text, f->seen))
        return;
    if (!f->wrong)
        c = manifest_change(l->keep, f->name, f->text, f->seen);
    f->wrong = c.wrong;
    if (!f->text.ptr)
        judge_first(l, f, changed_date_ms, &c);
    else if (!f->wrong)
        judge_change(l, f, &c);
}

static struct error *copy_errors(struct arena *keep, const struct error *e)
{
    struct error *list = NULL;
    for (; e; e = e->next)
        list = error_join(list, error_copy(keep, e));
    return list;
}

static struct str copy_text(struct arena *keep, struct str text)
{
    return text.ptr ? arena_str(keep, text) : text;
}

static struct manifest_file copy_file(struct arena *keep, const struct manifest_file *old)
{
    struct manifest_file f = *old;

    f.name = arena_str(keep, old->name);
    f.text = copy_text(keep, old->text);
    f.seen = copy_text(keep, old->seen);
    f.note = copy_text(keep, old->note);
    f.wrong = copy_errors(keep, old->wrong);
    return f;
}

static bool looks_the_same(const struct manifest_file *old, const struct manifest_file *f)
{
    if (old->seen.ptr && f->seen.ptr)
        return str_eq(old->seen, f->seen);
    if (old->seen.ptr || f->seen.ptr || !old->wrong != !f->wrong)
        return false;
    return !f->wrong || str_eq(old->wrong->summary, f->wrong->summary);
}

static const struct manifest_file *find(const struct manifest_files *f, size_t listed,
                                        struct str name)
{
    for (size_t i = 0; f && i < f->count; i++)
        if (f->items[i].listed == listed && str_eq(f->items[i].name, name))
            return &f->items[i];
    return NULL;
}

/* Has it lain there for long enough?  Then it counts, or its fault does. */
static void conclude(const struct look *l, struct manifest_file *f)
{
    int64_t stood_ms = l->at.now_ms - f->since_ms;
    bool stands = f->still_ms != NEVER_MS && stood_ms >= f->still_ms;

    l->out->settled &= stood_ms >= READ_AGAIN_MS && (stands || f->still_ms == NEVER_MS);
    l->out->unread |= l->first && !f->text.ptr && !stands;
    if (stands && f->wrong)
        l->out->wrong = error_join(l->out->wrong, copy_errors(l->keep, f->wrong));
    if (stands && !f->wrong) {
        f->text = f->seen;
        f->note = (struct str){0};
    }
    bool is_known = f->text.ptr || f->seen.ptr || f->wrong; /* else it is gone for good */
    l->out->whole &= f->text.ptr || !is_known || !l->first; /* to a whole a new file only adds */
    if (is_known)
        ARENA_PUSH(l->keep, l->out->items, l->out->count, l->out->capacity, *f);
}

/* `f` has its name and what was seen of it. */
static void add(const struct look *l, struct manifest_file *f, int64_t changed_date_ms)
{
    const struct manifest_file *old = find(l->before, f->listed, f->name);
    bool same = old && looks_the_same(old, f);

    if (same)
        *f = copy_file(l->keep, old);
    else
        f->since_ms = l->at.now_ms;
    if (old && !same)
        f->text = copy_text(l->keep, old->text);
    if (!same)
        judge(l, f, changed_date_ms);
    conclude(l, f);
}

/* Files of a listed folder that have gone from it since. */
static void add_gone(const struct look *l, size_t listed, const struct file_names *there)
{
    for (size_t i = 0; l->before && i < l->before->count; i++) {
        const struct manifest_file *old = &l->before->items[i];
        struct manifest_file f = {.name = arena_str(l->keep, old->name), .listed = listed};
        if (old->listed == listed && old->text.ptr &&
            !str_is_among(old->name, there->items, there->count))
            add(l, &f, 0);
    }
}

/* A listed path that is not there: a mistake, which takes nothing away. */
static void keep_as_before(const struct look *l, struct str path, size_t listed, int why)
{
    l->out->wrong = error_join(l->out->wrong, manifests_cannot(l->keep, "is not there", path, why));
    l->out->whole &= !l->first;
    for (size_t i = 0; l->before && i < l->before->count; i++)
        if (l->before->items[i].listed == listed) {
            struct manifest_file f = copy_file(l->keep, &l->before->items[i]);
            ARENA_PUSH(l->keep, l->out->items, l->out->count, l->out->capacity, f);
        }
}

static void look_at(const struct look *l, struct str path, size_t listed)
{
    ARENA_AUTO scratch = {0};
    struct file_names files = {0};

    if (!manifests_list(&scratch, path, &files)) {
        keep_as_before(l, path, listed, errno);
        return;
    }
    for (size_t i = 0; i < files.count; i++) {
        struct manifest_file f = {.name = arena_str(l->keep, files.items[i]), .listed = listed};
        int64_t changed_date_ms = 0;
        f.wrong = manifests_read(l->keep, f.name, &f.seen, &changed_date_ms);
        add(l, &f, changed_date_ms);
    }
    add_gone(l, listed, &files);
}

void manifest_files_look(struct arena *keep, const struct str *paths, size_t count,
                         struct look_time at, const struct manifest_files *before,
                         struct manifest_files *out)
{
    struct look l = {keep, at, before, .first = !before || !before->whole, .out = out};

    *out = (struct manifest_files){.whole = true, .settled = true};
    for (size_t i = 0; i < count; i++)
        look_at(&l, paths[i], i);
}

static void add_notes(struct arena *keep, const struct manifest_files *f, struct notes *out)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].note.len) {
            struct note n = {.where = arena_str(keep, f->items[i].name),
                             .text = arena_str(keep, f->items[i].note)};
            ARENA_PUSH(keep, out->items, out->count, out->capacity, n);
        }
}

/* In front, because only the first of many are shown. */
static struct notes notes_together(struct arena *keep, struct notes first, const struct notes *then)
{
    for (size_t i = 0; i < then->count; i++)
        ARENA_PUSH(keep, first.items, first.count, first.capacity, then->items[i]);
    return first;
}

struct error *manifest_files_parse(struct arena *keep, const struct manifest_files *f,
                                   struct resource_table *resources, struct kubernetes_objects *out)
{
    struct manifest_text *texts = ARENA_ARRAY(keep, struct manifest_text, f->count + 1);
    struct notes held = {0};
    size_t count = 0;

    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].text.ptr && !manifest_is_empty(f->items[i].text))
            texts[count++] = (struct manifest_text){arena_str(keep, f->items[i].name),
                                                    arena_str(keep, f->items[i].text)};
    *out = (struct kubernetes_objects){0};
    struct error *e = kubernetes_objects_read(keep, texts, count, resources, out);
    add_notes(keep, f, &held);
    out->notes = notes_together(keep, held, &out->notes);
    return e;
}
