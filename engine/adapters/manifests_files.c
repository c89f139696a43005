#include "engine/adapters/manifests_files.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "engine/base/time.h"

enum { FILE_LIMIT_BYTES = 64 * 1024 * 1024, SETTLE_MS = 1000 };

struct names {
    struct str *items;
    size_t count, capacity;
};

static bool is_manifest_name(struct str name)
{
    return name.len && name.ptr[0] != '.' &&
           (str_ends_with(name, STR(".yaml")) || str_ends_with(name, STR(".yml")) ||
            str_ends_with(name, STR(".json")));
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static bool is_regular(struct str path)
{
    struct stat s;
    return stat(path.ptr, &s) == 0 && S_ISREG(s.st_mode);
}

/* The manifests of a folder, sorted; false when it cannot be listed (errno). */
static bool list_folder(struct arena *a, struct str folder, struct names *out)
{
    DIR *d = opendir(folder.ptr);

    if (!d)
        return false;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (!is_manifest_name(str_of(entry->d_name)))
            continue;
        struct str path = arena_printf(a, STR_FMT "/%s", STR_ARG(folder), entry->d_name);
        if (is_regular(path))
            ARENA_PUSH(a, out->items, out->count, out->capacity, path);
    }
    closedir(d);
    if (out->count)
        qsort(out->items, out->count, sizeof(*out->items), by_text);
    return true;
}

/* The files that a listed path stands for; false when there is nothing of that name (errno). */
static bool files_of(struct arena *a, struct str path, struct names *out)
{
    struct stat s;

    path = arena_str(a, path); /* ends in NUL */
    if (stat(path.ptr, &s))
        return false;
    if (S_ISDIR(s.st_mode))
        return list_folder(a, path, out);
    ARENA_PUSH(a, out->items, out->count, out->capacity, path);
    return true;
}

static uint64_t mix(uint64_t mark, const void *bytes, size_t count)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < count; i++)
        mark = (mark ^ p[i]) * 1099511628211u;
    return mark;
}

static uint64_t mark_file(uint64_t mark, struct str path, int64_t now_ms, bool *settled)
{
    struct stat s;

    mark = mix(mark, path.ptr, path.len);
    if (stat(path.ptr, &s))
        return mix(mark, &(int){errno}, sizeof(int));
    int64_t changed_ms = (int64_t)s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1000000;
    const int64_t facts[] = {(int64_t)s.st_ino, s.st_size, (int64_t)s.st_mtim.tv_sec,
                             s.st_mtim.tv_nsec};
    if (changed_ms > now_ms - SETTLE_MS)
        *settled = false;
    return mix(mark, facts, sizeof(facts));
}

uint64_t manifest_files_mark(const struct str *paths, size_t count, int64_t now_ms, bool *settled)
{
    ARENA_AUTO scratch = {0};
    uint64_t mark = 14695981039346656037u;

    *settled = true;
    for (size_t i = 0; i < count; i++) {
        struct names files = {0};
        errno = 0;
        if (!files_of(&scratch, paths[i], &files))
            mark = mix(mark, &(int){errno}, sizeof(int));
        mark = mix(mark, &i, sizeof(i));
        for (size_t k = 0; k < files.count; k++)
            mark = mark_file(mark, files.items[k], now_ms, settled);
    }
    return mark;
}

static struct error *cannot(struct arena *a, const char *what, struct str path, int why)
{
    struct error *e = error_new(a, ERROR_INVALID, "manifest " STR_FMT " %s: %s", STR_ARG(path),
                                what, strerror(why));
    e->detail = STR("cluster.manifests lists YAML or JSON files, or folders of them. Correct the "
                    "path, or put the file back. What was read from it before stays as it was.");
    return e;
}

static struct error *read_text(struct arena *keep, struct str path, struct str *out)
{
    struct stat s;
    FILE *f = fopen(path.ptr, "re");

    if (!f)
        return cannot(keep, "cannot be opened", path, errno);
    if (fstat(fileno(f), &s) || !S_ISREG(s.st_mode) || s.st_size > FILE_LIMIT_BYTES) {
        fclose(f);
        return cannot(keep, "cannot be read", path, S_ISREG(s.st_mode) ? EFBIG : EINVAL);
    }
    char *bytes = arena_alloc(keep, (size_t)s.st_size + 1);
    *out = (struct str){bytes, fread(bytes, 1, (size_t)s.st_size, f)};
    int failed = ferror(f) ? errno : 0;
    fclose(f);
    return failed ? cannot(keep, "cannot be read", path, failed) : NULL;
}

/* What is wrong with the text by itself; copied, because the trees are large. */
static struct error *try_text(struct arena *keep, struct str name, struct str text)
{
    ARENA_AUTO scratch = {0};
    struct resource_table resources = resource_table_new();
    struct kubernetes_objects ignored = {0};
    struct manifest_text one = {name, text};
    struct error *list = NULL;

    struct error *wrong = kubernetes_objects_read(&scratch, &one, 1, &resources, &ignored);
    for (struct error *e = wrong; e; e = e->next)
        list = error_join(list, error_copy(keep, e));
    return list;
}

static const struct manifest_file *find(const struct manifest_files *f, size_t listed,
                                        struct str name)
{
    for (size_t i = 0; f && i < f->count; i++)
        if (f->items[i].listed == listed && str_eq(f->items[i].name, name))
            return &f->items[i];
    return NULL;
}

static void add_file(struct arena *keep, struct manifest_files *out, const struct manifest_file *f)
{
    ARENA_PUSH(keep, out->items, out->count, out->capacity, *f);
}

static void keep_as_before(struct arena *keep, const struct manifest_file *old,
                           struct manifest_files *out)
{
    struct manifest_file f = *old;

    f.name = arena_str(keep, old->name);
    f.text = arena_str(keep, old->text);
    add_file(keep, out, &f);
}

/* Now, if it can be read and parses, else what it was before. */
static void take_file(struct arena *keep, struct str name, size_t listed,
                      const struct manifest_files *before, struct manifest_files *out)
{
    const struct manifest_file *old = find(before, listed, name);
    struct manifest_file f = {.name = arena_str(keep, name), .listed = listed};
    struct error *e = read_text(keep, f.name, &f.text);

    if (!e && !(old && str_eq(old->text, f.text)))
        e = try_text(keep, f.name, f.text);
    out->wrong = error_join(out->wrong, e);
    if (!e)
        add_file(keep, out, &f);
    else if (old)
        keep_as_before(keep, old, out);
    else if (!before || !before->whole)
        out->whole = false; /* a file that was never good adds nothing to a whole that was */
}

static void take_path(struct arena *keep, struct str path, size_t listed,
                      const struct manifest_files *before, struct manifest_files *out)
{
    ARENA_AUTO scratch = {0};
    struct names files = {0};

    if (files_of(&scratch, path, &files)) {
        for (size_t i = 0; i < files.count; i++)
            take_file(keep, files.items[i], listed, before, out);
        return;
    }
    out->wrong = error_join(out->wrong, cannot(keep, "is not there", path, errno));
    out->whole &= before && before->whole;
    for (size_t i = 0; before && i < before->count; i++)
        if (before->items[i].listed == listed)
            keep_as_before(keep, &before->items[i], out);
}

void manifest_files_read(struct arena *keep, const struct str *paths, size_t count,
                         const struct manifest_files *before, struct manifest_files *out)
{
    *out = (struct manifest_files){.whole = true};
    for (size_t i = 0; i < count; i++)
        take_path(keep, paths[i], i, before, out);
}

struct error *manifest_files_parse(struct arena *keep, const struct manifest_files *f,
                                   struct resource_table *resources, struct kubernetes_objects *out)
{
    struct manifest_text *texts = ARENA_ARRAY(keep, struct manifest_text, f->count + 1);

    for (size_t i = 0; i < f->count; i++)
        texts[i] = (struct manifest_text){arena_str(keep, f->items[i].name),
                                          arena_str(keep, f->items[i].text)};
    *out = (struct kubernetes_objects){0};
    return kubernetes_objects_read(keep, texts, f->count, resources, out);
}
