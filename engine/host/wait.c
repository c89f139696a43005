#include "engine/base/rng.h"
#include "engine/base/time.h"
#include "engine/host/inside.h"
#include "engine/loop/claim_record.h"

/* Waiting until the engine, here or elsewhere, has made a specification true or has removed it. */

enum { LOOK_MS = 100, NO_HOLDER_MS = 5 * 1000 };

struct wait {
    struct host *host;
    struct arena *arena;
    struct store_door *store;
    struct cancel *cancel;
    int64_t deadline_ms;
    struct spec spec;
    int64_t version; /* of the store when last read */
    int64_t held_ms; /* daemon mode: when some engine was last seen to hold the lease */
    struct str mark; /* key of its apply record */
    bool cancelled, no_holder;
};

static struct wait wait_begin(struct host *h, struct arena *a, struct store_door *store,
                              struct cancel *cancel, const struct spec *spec, int64_t deadline_ms)
{
    return (struct wait){
        .host = h,
        .arena = a,
        .store = store,
        .cancel = cancel,
        .deadline_ms = deadline_ms,
        .spec = *spec,
        .version = -1,
        .held_ms = time_monotonic_ms(),
    };
}

/* Has anybody written since the last question?  The first answer is yes. */
static bool wait_has_news(struct wait *w)
{
    int64_t version = store_door_version(w->store);
    bool news = version != w->version;
    w->version = version;
    return news;
}

/* A moment's sleep; false when waiting is over: cancelled, out of time, or nobody is there to do
 * it. */
static bool wait_more(struct wait *w)
{
    int64_t now_ms = time_monotonic_ms();
    w->cancelled = cancel_is_raised(w->cancel);
    if (w->cancelled || now_ms >= w->deadline_ms)
        return false;
    bool daemon = w->host->settings.daemon;
    if (!daemon)
        host_keep_running(w->host);
    else if (store_door_lease_is_held(w->store))
        w->held_ms = now_ms;
    w->no_holder = daemon && now_ms - w->held_ms >= NO_HOLDER_MS;
    if (w->no_holder)
        return false;
    cancel_wait_ms(w->cancel, LOOK_MS);
    return true;
}

static void read_status(struct wait *w, struct json *out)
{
    if (spec_status(w->arena, w->store, &w->spec, out)) /* busy: the next look sees it */
        *out = json_new_object();
}

static bool is_converged(struct wait *w)
{
    struct json status;
    read_status(w, &status);
    return json_bool_or(json_get(&status, "converged"), false);
}

static void read_notices(struct wait *w, struct convergence *out)
{
    struct json status;
    read_status(w, &status);
    const struct json *list = json_get(&status, "notices");
    for (size_t i = 0; list->kind == JSON_ARRAY && i < list->count; i++) {
        const struct json *n = &list->items[i];
        notice_add(w->arena, out, json_bool_or(json_get(n, "is_error"), false),
                   json_string_or(json_get(n, "path"), STR("")),
                   json_string_or(json_get(n, "summary"), STR("")),
                   json_string_or(json_get(n, "detail"), STR("")));
    }
    struct str problem = host_run_problem(w->host, w->arena);
    if (problem.len)
        notice_add(w->arena, out, false, STR(""), STR("the engine stopped"), problem);
    if (w->no_holder)
        notice_add(w->arena, out, false, STR("engine.mode"), STR("no engine is running"),
                   STR("With engine.mode = \"daemon\" this provider only writes and waits, and for "
                       "five seconds nobody has held the store's lease. Start tenon engine, or "
                       "remove engine.mode."));
}

/* Has the engine said of this very specification what waiting does not mend? */
static bool is_hopeless(struct wait *w)
{
    struct json status;
    read_status(w, &status);
    const struct json *list = json_get(&status, "notices");
    for (size_t i = 0; list->kind == JSON_ARRAY && i < list->count; i++)
        if (json_bool_or(json_get(&list->items[i], "is_error"), false))
            return true;
    return false;
}

/* Records of waiters that were killed, for whoever comes next: the engine writes none of a door's.
 */
static struct error *expired_applies(struct wait *w, struct store_record **list, size_t *count)
{
    struct record_list all;
    TRY(store_door_list(w->store, w->arena, STR("apply"), &all));
    *list = ARENA_ARRAY(w->arena, struct store_record, all.count + 1);
    *count = 0;
    for (size_t i = 0; i < all.count; i++) {
        struct json body;
        int64_t until_ms = 0;
        if (!json_parse(w->arena, all.items[i].body, &body) &&
            json_to_int64(json_get(&body, "until_ms"), &until_ms) && until_ms > time_now_ms())
            continue;
        (*list)[(*count)++] = (struct store_record){STR("apply"), all.items[i].key, {0}};
    }
    return NULL;
}

/* Who applies what is a record, because the engine may run in another process. */
static struct error *begin_apply(struct wait *w)
{
    struct store_record *changes;
    size_t count;
    struct buf body = buf_in(w->arena);
    struct json_writer j = json_writer_to(&body);
    int64_t left_ms = w->deadline_ms - time_monotonic_ms();
    uint64_t waiter;

    TRY(expired_applies(w, &changes, &count));
    rng_system(&waiter, sizeof(waiter));
    w->mark = arena_printf(w->arena, STR_FMT "/%016llx",
                           STR_ARG(spec_key(w->arena, w->spec.kind, w->spec.name)),
                           (unsigned long long)waiter);
    json_begin_object(&j);
    json_member_int(&j, "until_ms", time_add_ms(time_now_ms(), left_ms > 0 ? left_ms : 0));
    json_end_object(&j);
    changes[count++] = (struct store_record){STR("apply"), w->mark, buf_str(&body)};
    return store_door_write(w->store, w->arena, changes, count);
}

static struct error *end_apply(struct wait *w)
{
    const struct store_record gone = {STR("apply"), w->mark, {0}};
    return store_door_write(w->store, w->arena, &gone, 1);
}

struct error *host_converge(void *self, struct arena *a, struct cancel *cancel,
                            const struct spec *spec, int64_t deadline_ms, struct convergence *out)
{
    struct host *h = self;
    struct store_door *store;

    TRY(host_store(h, a, &store));
    struct wait w = wait_begin(h, a, store, cancel, spec, deadline_ms);
    TRY(begin_apply(&w));
    bool needed = !h->settings.daemon;
    if (needed)
        TRY(host_need(h, a, false, false));
    bool hopeless;
    do {
        bool news = wait_has_news(&w);
        out->converged = news && is_converged(&w);
        hopeless = news && !out->converged && is_hopeless(&w);
    } while (!out->converged && !hopeless && wait_more(&w));
    read_notices(&w, out);
    struct error *e = end_apply(&w);
    if (needed && !host_unneed(h, cancel, deadline_ms))
        notice_add(
            a, out, false, STR(""), STR("nodes of other pools are still starting"),
            STR("The time of this operation was over before they were ready, and no engine "
                "runs any more. tenon engine --once, or the next apply, goes on from here."));
    return e && !out->converged ? e : NULL; /* a stale mark of ours runs out by itself */
}

static bool is_gone(struct wait *w)
{
    struct spec spec;
    struct error *e = spec_read(w->arena, w->store, w->spec.kind, w->spec.name, &spec);
    return e ? e->kind == ERROR_NOT_FOUND : !str_eq(spec.uid, w->spec.uid);
}

/* The recorded claims of a pool, or those that were launched from a class. */
static struct error *name_instances(struct arena *a, struct store_door *store, enum spec_kind kind,
                                    struct str name, struct buf *out)
{
    struct record_list claims;
    TRY(store_door_list(store, a, STR("claim"), &claims));
    for (size_t i = 0; i < claims.count; i++) {
        struct json body;
        struct claim_id who;
        TRY(json_parse(a, claims.items[i].body, &body));
        struct str id = json_string_or(json_get(&body, "instance_id"), STR(""));
        struct str owner = json_string_or(json_get(&body, "class"), STR(""));
        if (kind == SPEC_POOL)
            owner = claim_id_parse(claims.items[i].key, &who) ? who.pool : STR("");
        if (str_eq(owner, name))
            buf_printf(out, "%sinstance " STR_FMT " of " STR_FMT, out->len ? ", " : "",
                       STR_ARG(id.len ? id : STR("on its way")), STR_ARG(claims.items[i].key));
    }
    return NULL;
}

static struct str blockers(struct wait *w)
{
    struct convergence c = {0};
    struct buf text = buf_in(w->arena);
    read_notices(w, &c);
    for (size_t i = 0; i < c.notice_count; i++)
        buf_printf(&text, "%s" STR_FMT "%s" STR_FMT, i ? "; " : "", STR_ARG(c.notices[i].summary),
                   c.notices[i].detail.len ? ": " : "", STR_ARG(c.notices[i].detail));
    if (text.len)
        return buf_str(&text);
    /* An engine that has said nothing yet: as the store has it. */
    struct error *e = name_instances(w->arena, w->store, w->spec.kind, w->spec.name, &text);
    return !e && text.len ? buf_str(&text) : STR("the engine has not said what is left");
}

static struct error *not_removed(struct wait *w)
{
    enum error_kind kind = w->cancelled ? ERROR_CANCELLED : ERROR_TIMEOUT;
    struct error *e =
        error_new(w->arena, kind, STR_FMT " " STR_FMT " is not removed yet",
                  STR_ARG(w->spec.kind == SPEC_POOL ? STR("node pool") : STR("node class")),
                  STR_ARG(w->spec.name));
    struct str left = blockers(w);
    e->detail = arena_printf(w->arena, "%s: " STR_FMT "%s Destroying it again goes on from here.",
                             w->cancelled ? "It was told to stop while this was left"
                                          : "In the time it had this was left",
                             STR_ARG(left), str_ends_with(left, STR(".")) ? "" : ".");
    return e;
}

/* Pools that still name the class, and claims that were launched from it. */
static struct error *check_unused(struct arena *a, struct store_door *store, struct str class)
{
    struct record_list pools;
    struct buf users = buf_in(a);
    TRY(store_door_list(store, a, STR("pool"), &pools));
    for (size_t i = 0; i < pools.count; i++) {
        struct json body;
        TRY(json_parse(a, pools.items[i].body, &body));
        if (str_eq(json_string_or(json_path(&body, "document", "node_class", NULL), STR("")),
                   class))
            buf_printf(&users, "%spool " STR_FMT, users.len ? ", " : "",
                       STR_ARG(pools.items[i].key));
    }
    TRY(name_instances(a, store, SPEC_CLASS, class, &users));
    if (!users.len)
        return NULL;
    struct error *e =
        error_new(a, ERROR_CONFLICT, "node class " STR_FMT " is in use", STR_ARG(class));
    e->detail = arena_printf(a,
                             "By " STR_FMT ". Destroy the pools first: terraform import takes in "
                             "one that no state has. To rename a class, give it lifecycle { "
                             "create_before_destroy = true }.",
                             STR_ARG(buf_str(&users)));
    return e;
}

static struct error *another_now(struct arena *a, const struct spec *held, struct str uid)
{
    struct error *e = error_new(a, ERROR_CONFLICT, STR_FMT " " STR_FMT " is another one now",
                                STR_ARG(spec_record_kind(held->kind)), STR_ARG(held->name));
    e->detail = arena_printf(a,
                             "The store holds uid " STR_FMT ", this state has " STR_FMT
                             ". Remove it from this state with terraform state rm.",
                             STR_ARG(held->uid), STR_ARG(uid));
    return e;
}

/* Another holds the name.  That is well if ours was destroyed before. */
static struct error *check_destroyed(struct arena *a, struct store_door *store, struct str uid,
                                     struct spec *held)
{
    struct record_list seen = {0};
    struct spec ours = *held;
    ours.uid = uid;
    struct error *e = spec_check_alive(a, store, &ours, &seen);
    if (!e)
        return another_now(a, held, uid);
    *held = ours;
    return e->kind == ERROR_NOT_FOUND ? NULL : e;
}

/* The date half way to a deadline: so long may pods take to find a place elsewhere, and as long
 * their nodes to go. */
static int64_t half_way_ms(int64_t deadline_ms)
{
    int64_t left_ms = deadline_ms - time_monotonic_ms();
    return time_add_ms(time_now_ms(), left_ms > 0 ? left_ms / 2 : 0);
}

/* Marks the record as deleting; where the store has lost it, makes one by name and uid, so that
 * what carries its tags is found and goes. */
static struct error *mark_deleting(struct arena *a, struct store_door *store, enum spec_kind kind,
                                   struct str name, struct str uid, int64_t deadline_ms,
                                   struct spec *out)
{
    for (bool found, done = false; !done;) {
        struct record_list seen = {0};
        TRY(spec_see(a, store, kind, name, &seen, out, &found));
        if (found && !str_eq(out->uid, uid))
            return check_destroyed(a, store, uid, out);
        out->uid = uid;
        out->deleting = true;
        out->drain_by_ms = kind == SPEC_POOL ? half_way_ms(deadline_ms) : 0;
        struct store_record r = spec_write(a, out);
        TRY(store_door_swap(store, a, &seen, &r, 1, &done));
    }
    return NULL;
}

struct error *host_remove(void *self, struct arena *a, struct cancel *cancel, enum spec_kind kind,
                          struct str name, struct str uid, int64_t deadline_ms)
{
    struct host *h = self;
    struct store_door *store;
    struct spec spec;

    TRY(host_store(h, a, &store));
    if (kind == SPEC_CLASS)
        TRY(check_unused(a, store, name));
    TRY(mark_deleting(a, store, kind, name, uid, deadline_ms, &spec));
    struct wait w = wait_begin(h, a, store, cancel, &spec, deadline_ms);
    bool needed = !h->settings.daemon;
    if (needed)
        TRY(host_need(h, a, false, false));
    bool gone;
    do
        gone = wait_has_news(&w) && is_gone(&w);
    while (!gone && wait_more(&w));
    struct error *e = gone ? NULL : not_removed(&w);
    if (needed)
        host_unneed(h, cancel, deadline_ms);
    return e;
}
