#include "engine/worlds/replay.h"
#include "engine/adapters/store_door.h"
#include "engine/cli/commands.h"
#include "engine/cli/input.h"
#include "engine/cli/store.h"

/* Takes each decision of a journal again, from the world that it was taken from: does this build of
 * Tenon decide as that one did?  A journal is a store's, or a file that --save made of one. */

struct playing {
    struct arena *a;
    struct str journal, save;
    struct buf saved;
    size_t same, other, unreadable;
};

static void play(struct playing *p, struct str name, struct str text)
{
    ARENA_AUTO a = {0};
    struct replayed r;
    struct error *e = replay(&a, text, &r);

    if (p->save.len)
        journal_file_add(&p->saved, name, text);
    if (e) {
        printf(STR_FMT "  cannot be read: " STR_FMT "\n", STR_ARG(name), STR_ARG(e->summary));
        p->unreadable++;
    } else if (r.same) {
        p->same++;
    } else {
        printf(STR_FMT "  differs\n  was: " STR_FMT "\n  is:  " STR_FMT "\n", STR_ARG(name),
               STR_ARG(r.was), STR_ARG(r.is));
        p->other++;
    }
}

static struct error *play_store(struct playing *p)
{
    struct host_settings settings;
    struct store_door *store;
    struct record_list worlds;

    TRY(cli_find_store(p->a, p->journal, &p->journal));
    TRY(cli_settings_of_store(p->a, p->journal, &settings));
    TRY(host_store_door(p->a, &settings, &store));
    struct error *e = store_door_list(store, p->a, STR("world"), &worlds);
    store_door_close(store);
    for (size_t i = 0; !e && i < worlds.count; i++)
        play(p, worlds.items[i].key, worlds.items[i].body);
    return e;
}

static struct error *play_file(struct playing *p)
{
    struct input files;
    struct journal_file file;
    struct str name, text;
    bool found = true;

    TRY(input_read(p->a, &p->journal, 1, &files));
    TRY(journal_file_open(p->a, files.items[0].text, &file));
    while (found) {
        TRY(journal_file_next(p->a, &file, &name, &text, &found));
        if (found)
            play(p, name, text);
    }
    return NULL;
}

static struct error *save(struct playing *p)
{
    if (!p->save.len)
        return NULL;
    FILE *f = fopen(arena_str(p->a, p->save).ptr, "we");
    bool written = f && fwrite(p->saved.ptr, 1, p->saved.len, f) == p->saved.len;
    if (f && fclose(f) == 0 && written)
        return NULL;
    return error_new(p->a, ERROR_INVALID, "cannot write " STR_FMT, STR_ARG(p->save));
}

static int ends(const struct playing *p)
{
    printf("%zu decisions taken again: %zu as they were, %zu otherwise", p->same + p->other,
           p->same, p->other);
    if (p->unreadable)
        printf("; %zu worlds cannot be read", p->unreadable);
    puts("");
    return p->other || p->unreadable ? CLI_ERROR : CLI_DONE;
}

int run_replay(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct playing p = {.a = &a, .saved = buf_in(&a)};
    struct str store = {0};
    const struct cli_option options[] = {
        {"store", "STORE", CLI_STORE_HELP, .text = &store},
        {"save", "FILE", "writes the journal that was played to a file, to be played elsewhere",
         .text = &p.save},
    };
    const struct cli_usage usage = {
        .command = "replay",
        .operands = "[JOURNAL]",
        .summary = "Takes each decision of a journal again, from the world that it was taken from, "
                   "and names those that come out otherwise, with the first difference. JOURNAL is "
                   "a file of --save, or sqlite:PATH; without, the store's.",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    if (operands > 1 || (operands && store.len)) {
        fputs("tenon replay: write one JOURNAL, or --store, or neither\n", stderr);
        return CLI_USAGE;
    }
    p.journal = operands ? str_of(argv[0]) : store;
    journal_file_begin(&p.saved);
    bool is_store = !operands || str_starts_with(p.journal, STR("sqlite:"));
    struct error *e = is_store ? play_store(&p) : play_file(&p);
    if (!e)
        e = save(&p);
    return e ? cli_fail("replay", e) : ends(&p);
}
