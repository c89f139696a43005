#include "provider/resources/shared.h"

#include <time.h>

#include "engine/base/rng.h"
#include "engine/base/time.h"

enum {
    SUFFIX_CHARS = 26,
    PAUSE_FIRST_MS = 200,
    PAUSE_MOST_MS = 5000,
    /* How long what was made may not be seen.  It is also spent where nothing was made. */
    LOST_LOOK_MS = 5000,
    /* How long what is named may be unknown: made just now, and not by us. */
    FRESH_MS = 30 * 1000,
    NAMED_MS = 4 * 1000,
    /* AWS refuses requests of a clock that is further off than this. */
    CLOCKS_APART_MS = 15 * 60 * 1000,
};

struct aws_tags tags_to_aws(struct call *c, const struct tf_map *tags)
{
    struct aws_tags out = {0};

    if (!TF_IS_KNOWN(*tags))
        return out;
    for (size_t i = 0; i < tags->count; i++)
        ARENA_PUSH(c->arena, out.items, out.count, out.capacity,
                   (struct aws_tag){tags->keys[i], tags->v[i]});
    return out;
}

struct aws_tags tags_of_new(struct call *c, const struct tf_map *own)
{
    struct tf_map all = call_tags_new(c, own);
    return tags_to_aws(c, &all);
}

struct error *tags_update(struct call *c, const struct tags_api *api, struct str target,
                          const struct tf_map *prior_all, const struct tf_map *planned_all)
{
    struct aws_call aws = aws_call_of(c);
    struct tag_change change = call_tags_change(c, prior_all, planned_all);

    if (change.drop.count)
        TRY(api->untag(&aws, target, change.drop.v, change.drop.count));
    if (change.put.count) {
        struct aws_tags put = tags_to_aws(c, &change.put);
        TRY(api->tag(&aws, target, &put));
    }
    return NULL;
}

struct str unique_suffix(struct arena *a)
{
    int64_t now_ms = time_now_ms();
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    char digits[16];
    uint32_t chance;

    gmtime_r(&seconds, &utc);
    strftime(digits, sizeof(digits), "%Y%m%d%H%M%S", &utc);
    rng_system(&chance, sizeof(chance));
    return arena_printf(a, "%s%04d%08x", digits, (int)(now_ms % 1000) * 10, (unsigned)chance);
}

void name_make(struct call *c, struct tf_string *name, struct tf_string *prefix, struct str ending)
{
    if (TF_IS_KNOWN(*name) && name->v.len) {
        if (!TF_IS_KNOWN(*prefix))
            *prefix = name_prefix_of(c, name->v, ending);
        return;
    }
    if (!TF_IS_KNOWN(*prefix) || !prefix->v.len)
        *prefix = tf_string_of(STR("terraform-"));
    struct str suffix = unique_suffix(c->arena);
    *name = tf_string_of(arena_printf(c->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(prefix->v),
                                      STR_ARG(suffix), STR_ARG(ending)));
}

static bool is_suffix(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
        bool hex = digit || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f');
        if (i < 18 ? !digit : !hex)
            return false;
    }
    return s.len == SUFFIX_CHARS;
}

struct tf_string name_prefix_of(struct call *c, struct str name, struct str ending)
{
    if (ending.len && str_ends_with(name, ending))
        name.len -= ending.len;
    if (name.len < SUFFIX_CHARS || !is_suffix(str_slice(name, name.len - SUFFIX_CHARS, name.len)))
        return (struct tf_string){0};
    return tf_string_or_null(arena_str(c->arena, str_slice(name, 0, name.len - SUFFIX_CHARS)));
}

struct error *keep_trying(struct call *c, int64_t limit_ms, attempt_fn *attempt,
                          bool (*passes)(const struct error *e), void *self)
{
    int64_t left_ms = call_left_ms(c);
    int64_t end_ms = time_monotonic_ms() + (limit_ms < left_ms ? limit_ms : left_ms);
    int64_t pause_ms = PAUSE_FIRST_MS;

    for (;;) {
        struct error *e = attempt(c, self);
        if (!e || !passes || !passes(e) || time_monotonic_ms() + pause_ms > end_ms)
            return e;
        if (cancel_wait_ms(c->cancel, pause_ms)) {
            struct error *stopped = error_new(c->arena, ERROR_CANCELLED, "stopped while waiting");
            stopped->detail = e->summary;
            return stopped;
        }
        pause_ms = pause_ms * 2 > PAUSE_MOST_MS ? PAUSE_MOST_MS : pause_ms * 2;
    }
}

int64_t fresh_ms(const struct call *c)
{
    return call_made_lately(c) ? FRESH_MS : NAMED_MS;
}

int64_t date_ms(struct str date)
{
    int64_t ms;
    return time_parse(date, &ms) ? ms : NEVER_MS;
}

bool is_made_just_now(int64_t made_ms)
{
    return made_ms > time_now_ms() - CLOCKS_APART_MS;
}

struct error *name_taken(struct call *c, struct str name, int64_t made_ms)
{
    struct error *e =
        error_new(c->arena, ERROR_EXISTS, "the name " STR_FMT " is taken", STR_ARG(name));
    e->detail = arena_printf(c->arena,
                             "What has it was made at " STR_FMT ", before this apply. Import it, "
                             "or choose another name.",
                             STR_ARG(time_format(c->arena, made_ms, false)));
    return error_at(e, STR("name"));
}

static const char doubt_mark[] = "in-doubt-since-ms";

struct error *in_doubt(struct call *c, struct error *lost)
{
    lost->detail = arena_printf(
        c->arena,
        STR_FMT "%sState holds it as tainted: if it was made, the next apply replaces it "
                "(`terraform untaint` keeps it); if it was not, the next apply makes it.",
        STR_ARG(lost->detail), lost->detail.len ? " " : "");
    call_set_private(c, doubt_mark, arena_printf(c->arena, "%lld", (long long)time_now_ms()));
    return lost;
}

struct error *no_stranger(struct call *c, struct str name, int64_t made_ms)
{
    int64_t since_ms;

    if (!str_to_int64(call_private(c, doubt_mark), &since_ms))
        return NULL;
    if (made_ms > since_ms - CLOCKS_APART_MS) {
        call_set_private(c, doubt_mark, STR(""));
        return NULL;
    }
    call_warn(
        c, STR(""),
        arena_printf(c->arena, STR_FMT " was there before and leaves state", STR_ARG(name)),
        arena_printf(c->arena,
                     "State held it since a create whose answer was lost. It was made at " STR_FMT
                     ", so that create did not make it. Import it, or choose "
                     "another name.",
                     STR_ARG(time_format(c->arena, made_ms, false))));
    return error_new(c->arena, ERROR_NOT_FOUND, STR_FMT " is another's", STR_ARG(name));
}

struct error *look_for_lost(struct call *c, attempt_fn *look, void *self)
{
    return keep_trying(c, LOST_LOOK_MS, look, is_missing_or_not_yet, self);
}

static struct error *unrecorded(struct call *c, struct str name, struct error *lost)
{
    lost->detail = arena_printf(c->arena,
                                STR_FMT "%sState does not hold it. Look whether " STR_FMT
                                        " is there before the next apply, and import it if so.",
                                STR_ARG(lost->detail), lost->detail.len ? " " : "", STR_ARG(name));
    return lost;
}

static struct error *create_once(struct call *c, const struct named_create *how)
{
    return keep_trying(c, how->limit_ms, how->create, how->passes, how->self);
}

/* NULL: it is there, and ours. */
static struct error *look_whose(struct call *c, const struct named_create *how)
{
    TRY(look_for_lost(c, how->look, how->self));
    int64_t made_ms = date_ms(*how->create_date);
    return is_made_just_now(made_ms) ? NULL : name_taken(c, how->name, made_ms);
}

struct error *create_named(struct call *c, const struct named_create *how, struct tf_string *id)
{
    struct error *lost = create_once(c, how);

    if (lost && !lost->outcome_unknown)
        return lost;
    struct error *e = lost ? look_whose(c, how) : NULL;
    if (e && e->kind == ERROR_NOT_FOUND) { /* AWS answers again, and nothing was made */
        e = create_once(c, how);
        if (e && (e->outcome_unknown || e->kind == ERROR_EXISTS)) /* ... or was late to be seen */
            e = look_whose(c, how);
    }
    if (e && e->kind == ERROR_EXISTS)
        return e;
    struct str known_as = how->id ? how->id(c, how->self) : how->name;
    if (!known_as.len)
        return unrecorded(c, how->name, lost);
    *id = tf_string_of(known_as);
    call_note_made(c);
    return e ? in_doubt(c, lost) : NULL;
}

struct error *not_yet(struct call *c, const char *what)
{
    struct error *e = error_new(c->arena, ERROR_TIMEOUT, "AWS does not show %s yet", what);
    e->detail = STR("The change was accepted, but reading it back still gives the old picture. "
                    "The next plan shows what holds then.");
    return e;
}

bool is_not_yet(const struct error *e)
{
    return e->kind == ERROR_TIMEOUT;
}

bool is_missing(const struct error *e)
{
    return e->kind == ERROR_NOT_FOUND;
}

bool is_missing_or_not_yet(const struct error *e)
{
    return e->kind == ERROR_NOT_FOUND || e->kind == ERROR_TIMEOUT;
}

bool is_conflict(const struct error *e)
{
    return e->kind == ERROR_CONFLICT;
}

bool is_missing_or_conflict(const struct error *e)
{
    return e->kind == ERROR_NOT_FOUND || e->kind == ERROR_CONFLICT;
}

bool is_unknown_to_sqs(const struct error *e)
{
    return e->kind == ERROR_INVALID &&
           (str_find_str(e->summary, STR("parameter Policy")) < e->summary.len ||
            str_find_str(e->summary, STR("Dead letter target does not exist")) < e->summary.len);
}
