#include "engine/adapters/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/adapters/lease_file.h"
#include "engine/adapters/private_file.h"
#include "engine/adapters/store_fleet.h"
#include "engine/base/memory.h"

enum {
    BUSY_MS = 5000,
    SCHEMA_VERSION = 1,
    APPLICATION_ID = 0x54454e4f, /* "TENO": what the file says of itself to file(1) and to us */
};

struct store_file {
    sqlite3 *db;
    dev_t device;
    ino_t inode;
    char path[];
};

/* Errors: SQLite's codes go no further than this. */

static const char *way_out(int code)
{
    switch (code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return "It is not a store, or it is damaged. Move it away: claims are found again by the "
               "instances' tags, pools by the next plan and apply. Or name another file with "
               "engine.store.";
    case SQLITE_FULL:
        return "The disk is full.";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "Another process has kept it locked for too long.";
    default:
        return "It must be a file that this user may read and write, in a folder where files can "
               "be made; name another with engine.store = \"sqlite:PATH\".";
    }
}

static enum error_kind kind_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return ERROR_UNREACHABLE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return ERROR_DENIED;
    default:
        return ERROR_INVALID;
    }
}

static struct error *failed(struct arena *a, const struct store_file *f, const char *what)
{
    int code = sqlite3_extended_errcode(f->db);
    struct error *e = error_new(a, kind_of(code), "cannot %s the store %s", what, f->path);
    e->detail = arena_printf(a, "SQLite says: %s. %s", sqlite3_errmsg(f->db), way_out(code));
    return error_at(e, STR("engine.store"));
}

static struct error *run(struct arena *a, struct store_file *f, const char *what, const char *sql)
{
    return sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK ? NULL : failed(a, f, what);
}

static struct error *prepare(struct arena *a, struct store_file *f, const char *sql,
                             sqlite3_stmt **out)
{
    return sqlite3_prepare_v2(f->db, sql, -1, out, NULL) == SQLITE_OK ? NULL : failed(a, f, "read");
}

static void finalize(sqlite3_stmt **s)
{
    sqlite3_finalize(*s);
}
#define STMT_AUTO __attribute__((cleanup(finalize))) sqlite3_stmt

static void bind_text(sqlite3_stmt *s, int place, struct str text)
{
    sqlite3_bind_text64(s, place, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC, SQLITE_UTF8);
}

static struct str column_text(struct arena *a, sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    return arena_str(a, (struct str){text, (size_t)sqlite3_column_bytes(s, column)});
}

static struct error *meta_get(struct arena *a, struct store_file *f, const char *key,
                              struct str *value)
{
    STMT_AUTO *s = NULL;
    TRY(prepare(a, f, "SELECT value FROM meta WHERE key = ?", &s));
    bind_text(s, 1, str_of(key));
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        *value = column_text(a, s, 0);
    return code == SQLITE_ROW || code == SQLITE_DONE ? NULL : failed(a, f, "read");
}

static struct error *meta_set(struct arena *a, struct store_file *f, const char *key,
                              struct str value)
{
    STMT_AUTO *s = NULL;
    TRY(prepare(a, f, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", &s));
    bind_text(s, 1, str_of(key));
    bind_text(s, 2, value);
    return sqlite3_step(s) == SQLITE_DONE ? NULL : failed(a, f, "write");
}

/* A transaction that may write: `body` within, all or nothing. */
static struct error *transact(struct arena *a, struct store_file *f,
                              struct error *(*body)(struct arena *, struct store_file *, void *),
                              void *argument)
{
    TRY(run(a, f, "write", "BEGIN IMMEDIATE"));
    struct error *e = body(a, f, argument);
    if (!e)
        e = run(a, f, "write", "COMMIT");
    if (e)
        sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
    return e;
}

struct error *store_file_fleet(struct arena *a, struct store_file *f, struct fleet_identity *out)
{
    *out = (struct fleet_identity){0};
    for (size_t i = 0; i < FLEET_MEMBERS; i++)
        TRY(meta_get(a, f, fleet_keys[i], fleet_member(out, i)));
    return NULL;
}

static int64_t one_number(struct store_file *f, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t n = 0;
    if (sqlite3_prepare_v2(f->db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* With no pool, class or claim in it and no engine at work on it, a store is nobody's: a first
 * apply that went to a wrong endpoint must not keep the next one out. */
static bool is_nobodys(struct store_file *f)
{
    struct lease_file lease;
    lease_file_init(&lease, str_of(f->path));
    bool free = !lease_file_is_taken(&lease);
    lease_file_finish(&lease);
    return free && one_number(f, "SELECT count(*) FROM records"
                                 " WHERE kind IN ('pool', 'class', 'claim')") == 0;
}

static struct error *check_fleet(struct arena *a, struct store_file *f, void *argument)
{
    const struct fleet_identity *ours = argument;
    struct fleet_identity theirs;
    TRY(store_file_fleet(a, f, &theirs));
    if (fleet_differs(*ours, theirs) && !is_nobodys(f))
        return fleet_is_another(a, str_of(f->path), ours, &theirs);
    if (!fleet_fill(*ours, &theirs))
        return NULL;
    for (size_t i = 0; i < FLEET_MEMBERS; i++)
        TRY(meta_set(a, f, fleet_keys[i], *fleet_member(&theirs, i)));
    return NULL;
}

static void make_folders(const char *path)
{
    char folder[4096];
    size_t len = strlen(path);
    for (size_t i = 1; i < len && i < sizeof(folder); i++)
        if (path[i] == '/') {
            memcpy(folder, path, i);
            folder[i] = 0;
            (void)mkdir(folder, 0700); /* what is missing in the end shows when the file is made */
        }
}

static struct error *cannot_open(struct arena *a, const struct store_file *f)
{
    struct error *e = error_new(a, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_DENIED,
                                "cannot open the store %s", f->path);
    e->detail = arena_printf(a, "%s. %s", strerror(errno), way_out(SQLITE_CANTOPEN));
    return error_at(e, STR("engine.store"));
}

/* SQLite makes files as umask has it; ours are nobody else's business. */
static struct error *make_file(struct arena *a, const struct store_file *f)
{
    make_folders(f->path);
    int fd = open(f->path, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || errno == EEXIST ? NULL : cannot_open(a, f);
}

/* The file, what SQLite keeps beside it, and the lease.  None is opened here: closing the file
 * would drop the POSIX locks that another connection of this process has on it, and then the next
 * process to leave would delete the write-ahead log under it. */
static struct error *check_files(struct arena *a, struct store_file *f)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", ".lease"};
    struct error *e = private_file_check_folder(a, f->path);
    for (size_t i = 0; !e && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        e = private_file_look(a, arena_printf(a, "%s%s", f->path, suffixes[i]).ptr);
    if (e)
        return error_at(e, STR("engine.store"));
    struct stat there;
    if (access(f->path, R_OK | W_OK) || lstat(f->path, &there))
        return cannot_open(a, f);
    f->device = there.st_dev;
    f->inode = there.st_ino;
    return NULL;
}

/* The path with its folder's links followed: SQLite is told to follow none, and means all of it. */
static const char *real_path(struct arena *a, const struct store_file *f)
{
    char folder[PATH_MAX];
    const char *end = strrchr(f->path, '/');
    struct str given = end ? (struct str){f->path, (size_t)(end - f->path) + 1} : STR("./");
    if (!realpath(arena_str(a, given).ptr, folder))
        return f->path;
    return arena_printf(a, "%s/%s", folder, end ? end + 1 : f->path).ptr;
}

static struct error *make_schema(struct arena *a, struct store_file *f, void *argument)
{
    (void)argument;
    int64_t version = one_number(f, "PRAGMA user_version");
    if (version == SCHEMA_VERSION)
        return NULL; /* another process was faster */
    bool foreign = one_number(f, "SELECT count(*) FROM sqlite_master") > 0;
    if (version > SCHEMA_VERSION || foreign) {
        struct error *e = error_new(a, ERROR_INVALID, "cannot use the store %s", f->path);
        e->detail = foreign && !version
                        ? STR("It is a database of something else. Name another file with "
                              "engine.store.")
                        : STR("A newer version of Tenon has written it. Use that version, or name "
                              "another file with engine.store.");
        return error_at(e, STR("engine.store"));
    }
    TRY(run(a, f, "set up",
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE records (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,"
            " PRIMARY KEY (kind, key)) WITHOUT ROWID"));
    struct str sql = arena_printf(a, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                                  APPLICATION_ID, SCHEMA_VERSION);
    return run(a, f, "set up", sql.ptr);
}

static struct error *set_up(struct arena *a, struct store_file *f,
                            const struct fleet_identity *fleet)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    TRY(check_files(a, f));
    if (sqlite3_open_v2(real_path(a, f), &f->db, flags, NULL) != SQLITE_OK)
        return failed(a, f, "open");
    sqlite3_busy_timeout(f->db, BUSY_MS);
    TRY(run(a, f, "open", "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
    if (one_number(f, "PRAGMA user_version") != SCHEMA_VERSION)
        TRY(transact(a, f, make_schema, NULL));
    if (!fleet)
        return NULL;
    struct fleet_identity copy = *fleet;
    return transact(a, f, check_fleet, &copy);
}

static struct error *open_or_make(struct arena *a, struct str path,
                                  const struct fleet_identity *fleet, bool make,
                                  struct store_file **out)
{
    struct store_file *f = must_have(calloc(1, sizeof(*f) + path.len + 1));
    memcpy(f->path, path.ptr, path.len);
    struct error *e = make ? make_file(a, f) : NULL;
    if (!e)
        e = set_up(a, f, fleet);
    if (e) {
        store_file_close(f);
        f = NULL;
    }
    *out = f;
    return e;
}

struct error *store_file_open(struct arena *a, struct str path, const struct fleet_identity *fleet,
                              struct store_file **out)
{
    return open_or_make(a, path, fleet, false, out);
}

struct error *store_file_make(struct arena *a, struct str path, const struct fleet_identity *fleet,
                              struct store_file **out)
{
    return open_or_make(a, path, fleet, true, out);
}

void store_file_close(struct store_file *f)
{
    if (!f)
        return;
    sqlite3_close(f->db);
    free(f);
}

struct error *store_file_get(struct arena *a, struct store_file *f, struct str kind, struct str key,
                             struct store_record *out)
{
    STMT_AUTO *s = NULL;
    TRY(prepare(a, f, "SELECT body FROM records WHERE kind = ? AND key = ?", &s));
    bind_text(s, 1, kind);
    bind_text(s, 2, key);
    int code = sqlite3_step(s);
    if (code == SQLITE_DONE)
        return error_new(a, ERROR_NOT_FOUND, "the store %s holds no " STR_FMT " " STR_FMT, f->path,
                         STR_ARG(kind), STR_ARG(key));
    if (code != SQLITE_ROW)
        return failed(a, f, "read");
    *out = (struct store_record){kind, key, column_text(a, s, 0)};
    return NULL;
}

static struct error *take_rows(struct arena *a, struct store_file *f, sqlite3_stmt *s,
                               struct record_list *out)
{
    int code;
    *out = (struct record_list){0};
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct store_record r = {column_text(a, s, 0), column_text(a, s, 1), column_text(a, s, 2)};
        ARENA_PUSH(a, out->items, out->count, out->capacity, r);
    }
    return code == SQLITE_DONE ? NULL : failed(a, f, "read");
}

struct error *store_file_list(struct arena *a, struct store_file *f, struct str kind,
                              struct record_list *out)
{
    STMT_AUTO *s = NULL;
    TRY(prepare(a, f,
                kind.len ? "SELECT kind, key, body FROM records WHERE kind = ? ORDER BY kind, key"
                         : "SELECT kind, key, body FROM records ORDER BY kind, key",
                &s));
    if (kind.len)
        bind_text(s, 1, kind);
    return take_rows(a, f, s, out);
}

struct error *store_file_list_doors(struct arena *a, struct store_file *f, struct record_list *out)
{
    STMT_AUTO *s = NULL;
    TRY(prepare(a, f,
                "SELECT kind, key, body FROM records"
                " WHERE kind IN ('apply', 'class', 'pool', 'settings') ORDER BY kind, key",
                &s));
    return take_rows(a, f, s, out);
}

static struct error *write_one(struct arena *a, struct store_file *f, const struct store_record *r)
{
    STMT_AUTO *s = NULL;
    TRY(prepare(a, f,
                r->body.ptr ? "INSERT OR REPLACE INTO records (kind, key, body) VALUES (?, ?, ?)"
                            : "DELETE FROM records WHERE kind = ? AND key = ?",
                &s));
    bind_text(s, 1, r->kind);
    bind_text(s, 2, r->key);
    if (r->body.ptr)
        bind_text(s, 3, r->body);
    return sqlite3_step(s) == SQLITE_DONE ? NULL : failed(a, f, "write");
}

struct batch {
    int64_t epoch;
    const struct record_list *seen;
    const struct store_record *changes;
    size_t count;
    bool done;
};

static struct error *check_epoch(struct arena *a, struct store_file *f, int64_t epoch)
{
    int64_t current;
    TRY(store_file_epoch(a, f, &current));
    return epoch == current
               ? NULL
               : error_new(a, ERROR_CONFLICT,
                           "the lease of the store %s has gone to another engine", f->path);
}

static struct error *is_as_seen(struct arena *a, struct store_file *f,
                                const struct store_record *seen, bool *same)
{
    struct store_record now = {0};
    struct error *e = store_file_get(a, f, seen->kind, seen->key, &now);
    *same = !now.body.ptr == !seen->body.ptr && str_eq(now.body, seen->body);
    return e && e->kind != ERROR_NOT_FOUND ? e : NULL;
}

static struct error *write_batch(struct arena *a, struct store_file *f, void *argument)
{
    struct batch *b = argument;
    if (b->epoch)
        TRY(check_epoch(a, f, b->epoch));
    b->done = true;
    for (size_t i = 0; b->seen && i < b->seen->count && b->done; i++)
        TRY(is_as_seen(a, f, &b->seen->items[i], &b->done));
    for (size_t i = 0; i < b->count && b->done; i++)
        TRY(write_one(a, f, &b->changes[i]));
    return NULL;
}

struct error *store_file_write(struct arena *a, struct store_file *f, int64_t epoch,
                               const struct store_record *changes, size_t count)
{
    struct batch b = {.epoch = epoch, .changes = changes, .count = count};
    return transact(a, f, write_batch, &b);
}

struct error *store_file_swap(struct arena *a, struct store_file *f, const struct record_list *seen,
                              const struct store_record *changes, size_t count, bool *done)
{
    struct batch b = {.seen = seen, .changes = changes, .count = count};
    struct error *e = transact(a, f, write_batch, &b);
    *done = !e && b.done;
    return e;
}

struct error *store_file_epoch(struct arena *a, struct store_file *f, int64_t *epoch)
{
    struct str text = {0};
    *epoch = 0;
    TRY(meta_get(a, f, "epoch", &text));
    if (text.len && !str_to_int64(text, epoch))
        return error_new(a, ERROR_INVALID, "the store %s is damaged: its epoch is no number",
                         f->path);
    return NULL;
}

static struct error *raise_epoch(struct arena *a, struct store_file *f, void *argument)
{
    int64_t *epoch = argument;
    TRY(store_file_epoch(a, f, epoch));
    ++*epoch;
    return meta_set(a, f, "epoch", arena_printf(a, "%lld", (long long)*epoch));
}

struct error *store_file_next_epoch(struct arena *a, struct store_file *f, int64_t *epoch)
{
    return transact(a, f, raise_epoch, epoch);
}

int64_t store_file_version(struct store_file *f)
{
    return one_number(f, "PRAGMA data_version");
}

bool store_file_is_sound(const struct store_file *f)
{
    struct stat there;
    return !lstat(f->path, &there) && there.st_dev == f->device && there.st_ino == f->inode;
}
