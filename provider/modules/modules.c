#include "provider/modules/modules.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/file.h"

/* The first line of what we write, by which it is known for ours. */
#define MARK "# Written by `tenon modules`; `tenon modules --remove` takes it away.\n"

enum { MOST_DEEP = 32 };

static struct str joined(struct arena *a, struct str folder, const char *name)
{
    if (str_eq(folder, STR(".")))
        return arena_str(a, str_of(name));
    return arena_printf(a, STR_FMT "/%s", STR_ARG(folder), name);
}

static struct str path_of(struct arena *a, struct str root, struct str folder)
{
    return str_eq(folder, STR("."))
               ? arena_str(a, root)
               : arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(root), STR_ARG(folder));
}

static struct error *cannot(struct arena *a, const char *what, struct str path)
{
    struct error *e = error_new(a, ERROR_INVALID, "cannot %s " STR_FMT, what, STR_ARG(path));
    e->detail = arena_str(a, str_of(strerror(errno)));
    return e;
}

/* One module as it is read. */
struct reading {
    struct arena *arena;
    struct str root, folder;
    struct outline outline;
    struct str problem;
    bool has_files;
};

static bool is_configuration(struct str name, bool *json)
{
    *json = str_ends_with(name, STR(".tf.json")) || str_ends_with(name, STR(".tofu.json"));
    return *json || str_ends_with(name, STR(".tf")) || str_ends_with(name, STR(".tofu"));
}

static void read_file(struct reading *r, const char *name)
{
    struct arena *a = r->arena;
    struct str folder = path_of(a, r->root, r->folder), text;
    bool json;

    if (!is_configuration(str_of(name), &json) || !strcmp(name, MODULES_FILE))
        return;
    r->has_files = true;
    struct error *e = file_text(a, joined(a, folder, name), &text);
    if (!e)
        e = json ? outline_read_json(a, text, &r->outline) : outline_read_hcl(a, text, &r->outline);
    if (e && !r->problem.len)
        r->problem = arena_printf(a, "%s: " STR_FMT, name, STR_ARG(e->summary));
}

static bool is_theirs(struct str source)
{
    return str_eq(source, STR("hashicorp/aws")) ||
           str_eq(source, STR("registry.terraform.io/hashicorp/aws")) ||
           str_eq(source, STR("registry.opentofu.org/hashicorp/aws"));
}

static bool is_ours(struct str source)
{
    return str_ends_with(source, STR("oko-investments/tenon")) ||
           str_ends_with(source, STR("oko-investments/aws"));
}

static bool any_starts(const struct outline_names *names, struct str prefix)
{
    bool any = false;

    for (size_t i = 0; i < names->count; i++)
        any |= str_starts_with(names->items[i], prefix);
    return any;
}

static const struct outline_entry *entry_named(const struct outline *o, struct str local)
{
    for (size_t i = 0; i < o->entry_count; i++)
        if (str_eq(o->entries[i].local, local))
            return &o->entries[i];
    return NULL;
}

/* Terraform takes "aws" for hashicorp/aws where nothing else is said of it. */
static bool is_implied(const struct outline *o)
{
    const struct outline_entry *aws = entry_named(o, STR("aws"));
    bool used = any_starts(&o->resources, STR("aws_")) ||
                any_starts(&o->data_sources, STR("aws_")) || any_starts(&o->configured, STR("aws"));

    return aws ? !aws->source.len : used;
}

static void take_entries(struct reading *r, struct module *m)
{
    const struct outline *o = &r->outline;
    const struct outline_entry *aws = entry_named(o, STR("aws"));
    struct outline_entry implied = {.local = STR("aws"), .aliases = aws ? aws->aliases : STR("")};

    for (size_t i = 0; i < o->entry_count; i++)
        if (is_theirs(o->entries[i].source))
            ARENA_PUSH(r->arena, m->entries, m->entry_count, m->entry_capacity, o->entries[i]);
    if (is_implied(o))
        ARENA_PUSH(r->arena, m->entries, m->entry_count, m->entry_capacity, implied);
}

static void note_missing(struct arena *a, struct module *m, const char *before, struct str name)
{
    outline_name(a, &m->missing, arena_printf(a, "%s" STR_FMT, before, STR_ARG(name)));
}

static bool calls_entry(const struct module *m, struct str call, struct str *name)
{
    for (size_t i = 0; i < m->entry_count; i++) {
        struct str begin = m->entries[i].local;
        *name = str_slice(call, begin.len + 2, call.len);
        if (str_starts_with(call, begin) &&
            str_starts_with(str_slice(call, begin.len, call.len), STR("::")))
            return true;
    }
    return false;
}

static void find_missing(struct reading *r, const struct modules_known *known, struct module *m)
{
    const struct outline *o = &r->outline;
    const struct str ours = STR("aws_");
    struct str name;

    for (size_t i = 0; i < o->resources.count; i++)
        if (str_starts_with(o->resources.items[i], ours) && !known->resource(o->resources.items[i]))
            note_missing(r->arena, m, "", o->resources.items[i]);
    for (size_t i = 0; i < o->data_sources.count; i++)
        if (str_starts_with(o->data_sources.items[i], ours) &&
            !known->data_source(o->data_sources.items[i]))
            note_missing(r->arena, m, "data.", o->data_sources.items[i]);
    for (size_t i = 0; i < o->functions.count; i++)
        if (calls_entry(m, o->functions.items[i], &name) && !known->function(name))
            note_missing(r->arena, m, "provider::", o->functions.items[i]);
}

/* *ours: it is there, and we wrote it; *foreign: somebody else did. */
static struct error *look_at_override(struct arena *a, struct str path, struct str *text,
                                      bool *ours, bool *foreign)
{
    bool there;

    TRY(file_text_if_there(a, path, text, &there));
    *ours = there && str_starts_with(*text, STR(MARK));
    *foreign = there && !*ours;
    return NULL;
}

static struct error *judge(struct reading *r, const struct modules_known *known,
                           struct modules *out)
{
    struct arena *a = r->arena;
    struct module m = {.folder = r->folder};
    struct str text;
    bool ours, foreign, asks_us = false;

    for (size_t i = 0; i < r->outline.entry_count; i++)
        asks_us |= is_ours(r->outline.entries[i].source);
    take_entries(r, &m);
    find_missing(r, known, &m);
    TRY(look_at_override(a, joined(a, path_of(a, r->root, r->folder), MODULES_FILE), &text, &ours,
                         &foreign));
    out->names_nodes |= any_starts(&r->outline.resources, STR("tenon_"));
    if (r->problem.len || (foreign && m.entry_count)) {
        m.state = MODULE_BROKEN;
        m.why = r->problem.len ? r->problem : STR(MODULES_FILE " is there, and not from here");
    } else if (!m.entry_count && !asks_us) {
        return NULL;
    } else {
        m.state = !m.entry_count    ? MODULE_OURS
                  : m.missing.count ? MODULE_KEEPS
                  : ours            ? MODULE_TAKEN
                                    : MODULE_READY;
    }
    ARENA_PUSH(a, out->items, out->count, out->capacity, m);
    return NULL;
}

/* Of hidden folders only the one in which Terraform keeps others' modules. */
static bool is_looked_into(struct str folder, const char *name)
{
    bool kept = str_ends_with(folder, STR(".terraform")) && !strcmp(name, "modules");

    if (str_ends_with(folder, STR(".terraform")))
        return kept;
    return name[0] != '.' || !strcmp(name, ".terraform");
}

static struct error *walk(struct arena *a, struct str root, struct str folder, size_t deep,
                          const struct modules_known *known, struct modules *out);

static struct error *look_at(struct reading *r, const struct dirent *entry, size_t deep,
                             const struct modules_known *known, struct modules *out)
{
    struct arena *a = r->arena;
    struct str path = joined(a, path_of(a, r->root, r->folder), entry->d_name);
    struct stat s;

    if (lstat(path.ptr, &s) != 0)
        return errno == ENOENT ? NULL : cannot(a, "look at", path);
    if (S_ISREG(s.st_mode))
        read_file(r, entry->d_name);
    if (S_ISDIR(s.st_mode) && deep < MOST_DEEP && is_looked_into(r->folder, entry->d_name))
        return walk(a, r->root, joined(a, r->folder, entry->d_name), deep + 1, known, out);
    return NULL;
}

static struct error *walk(struct arena *a, struct str root, struct str folder, size_t deep,
                          const struct modules_known *known, struct modules *out)
{
    struct reading r = {.arena = a, .root = root, .folder = folder};
    struct str path = path_of(a, root, folder);
    struct dirent **entries;
    int count = scandir(path.ptr, &entries, NULL, alphasort);
    struct error *e = count < 0 ? cannot(a, "read", path) : NULL;

    for (int i = 0; i < count; i++) {
        bool self = !strcmp(entries[i]->d_name, ".") || !strcmp(entries[i]->d_name, "..");
        if (!e && !self)
            e = look_at(&r, entries[i], deep, known, out);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return e || !r.has_files ? e : judge(&r, known, out);
}

static int by_folder(const void *x, const void *y)
{
    return str_cmp(((const struct module *)x)->folder, ((const struct module *)y)->folder);
}

struct error *modules_find(struct arena *a, struct str root, const struct modules_known *known,
                           struct modules *out)
{
    *out = (struct modules){0};
    TRY(walk(a, root, STR("."), 0, known, out));
    if (out->count)
        qsort(out->items, out->count, sizeof(*out->items), by_folder);
    return NULL;
}

static struct str override_text(struct arena *a, const struct module *m, struct str source)
{
    struct buf text = buf_in(a);

    buf_add(&text, STR(MARK "terraform {\n  required_providers {\n"));
    for (size_t i = 0; i < m->entry_count; i++) {
        const struct outline_entry *e = &m->entries[i];
        bool aliased = e->aliases.len > 0;
        buf_printf(&text, "    " STR_FMT " = {\n", STR_ARG(e->local));
        buf_printf(&text, "      source%s = \"" STR_FMT "\"\n", aliased ? "               " : "",
                   STR_ARG(source));
        if (aliased)
            buf_printf(&text, "      configuration_aliases = " STR_FMT "\n", STR_ARG(e->aliases));
        buf_add(&text, STR("    }\n"));
    }
    buf_add(&text, STR("  }\n}\n"));
    return buf_str(&text);
}

static struct error *write_file(struct arena *a, struct str path, struct str text)
{
    FILE *f = fopen(path.ptr, "we");

    if (!f)
        return cannot(a, "write", path);
    size_t written = fwrite(text.ptr, 1, text.len, f);
    return fclose(f) == 0 && written == text.len ? NULL : cannot(a, "write", path);
}

struct error *modules_take(struct arena *a, struct str root, struct str source, struct modules *all)
{
    for (size_t i = 0; i < all->count; i++) {
        struct module *m = &all->items[i];
        struct str path = joined(a, path_of(a, root, m->folder), MODULES_FILE), there;
        bool ours, foreign;
        if (m->state != MODULE_READY && m->state != MODULE_TAKEN)
            continue;
        TRY(look_at_override(a, path, &there, &ours, &foreign));
        struct str text = override_text(a, m, source);
        if (!ours || !str_eq(text, there))
            TRY(write_file(a, path, text));
        m->state = MODULE_TAKEN;
    }
    return NULL;
}

struct error *modules_let_go(struct arena *a, struct str root, struct modules *all, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct module *m = &all->items[i];
        struct str path = joined(a, path_of(a, root, m->folder), MODULES_FILE), there;
        bool ours, foreign;
        TRY(look_at_override(a, path, &there, &ours, &foreign));
        if (!ours)
            continue;
        if (unlink(path.ptr) != 0)
            return cannot(a, "remove", path);
        ++*count;
        m->state = m->state == MODULE_TAKEN ? MODULE_READY : m->state;
    }
    return NULL;
}
