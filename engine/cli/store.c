#include "engine/cli/store.h"

#include <glob.h>

#include "engine/adapters/store_door.h"
#include "engine/base/buf.h"
#include "engine/host/ahead.h"

static struct str state_folder(struct arena *a)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (state && *state)
        return arena_printf(a, "%s/tenon", state);
    return arena_printf(a, "%s/.local/state/tenon", home ? home : "");
}

static struct error *choose(struct arena *a, struct str folder, const glob_t *found,
                            struct str *store)
{
    if (found->gl_pathc == 1) {
        *store = arena_printf(a, "sqlite:%s", found->gl_pathv[0]);
        return NULL;
    }
    struct error *e =
        found->gl_pathc == 0
            ? error_new(a, ERROR_NOT_FOUND, "there is no store under " STR_FMT, STR_ARG(folder))
            : error_new(a, ERROR_INVALID, "there are %zu stores under " STR_FMT, found->gl_pathc,
                        STR_ARG(folder));
    struct buf detail = buf_in(a);
    buf_add(&detail,
            found->gl_pathc
                ? STR("Say which by --store:")
                : STR("Name it by --store sqlite:PATH; terraform apply of a node pool makes one."));
    for (size_t i = 0; i < found->gl_pathc; i++)
        buf_printf(&detail, "\n    sqlite:%s", found->gl_pathv[i]);
    e->detail = buf_str(&detail);
    return e;
}

struct error *cli_find_store(struct arena *a, struct str option, struct str *store)
{
    struct str folder = state_folder(a);
    glob_t found = {0};

    *store = option;
    bool is_store = str_starts_with(option, STR("sqlite:")) || str_eq(option, STR("kubernetes"));
    if (option.len && !is_store) {
        struct error *e =
            error_new(a, ERROR_INVALID, "--store is \"" STR_FMT "\"", STR_ARG(option));
        e->detail = STR("Allowed are sqlite:PATH and kubernetes.");
        return e;
    }
    if (option.len)
        return NULL;
    glob(arena_printf(a, STR_FMT "/*.db", STR_ARG(folder)).ptr, 0, NULL, &found);
    struct error *e = choose(a, folder, &found, store);
    globfree(&found);
    return e;
}

struct error *cli_settings_of_store(struct arena *a, struct str store, struct host_settings *out)
{
    const struct host_settings known = {.store = store, .in_pod = true, .as_kubectl = true};

    return host_settings_of_store(a, &known, out);
}

struct error *cli_read_picture(struct arena *a, struct str *name, struct host_settings *settings,
                               struct str *picture)
{
    struct store_door *store;
    struct store_record record = {0};

    TRY(cli_find_store(a, *name, name));
    TRY(cli_settings_of_store(a, *name, settings));
    TRY(host_store_door(a, settings, &store));
    struct error *e = store_door_get(store, a, STR("snapshot"), STR("last"), &record);
    store_door_close(store);
    if (e && e->kind == ERROR_NOT_FOUND) {
        e->summary = STR("no engine has decided anything for this store yet");
        e->detail = STR("terraform apply of a node pool or tenon engine --once does.");
    }
    *picture = record.body;
    return e;
}

struct error *cli_read_ahead(struct arena *a, struct str *name, struct ahead *out)
{
    struct host_settings settings;
    struct store_door *store;

    TRY(cli_find_store(a, *name, name));
    TRY(cli_settings_of_store(a, *name, &settings));
    TRY(host_store_door(a, &settings, &store));
    struct error *e = ahead_read(a, store, &settings, NULL, 0, out);
    store_door_close(store);
    return e;
}
