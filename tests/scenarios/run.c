/* Scenarios: stories of an imagined cluster, told to the real engine in virtual time.
 *
 *     run STORY.scn...       (`make scenarios` runs all that lie here)
 *
 * A line is an instant, its statements stand between semicolons, `#` begins a comment.  `at 61s`
 * goes on until 61 s after the beginning; a line without it belongs to the instant before.  The
 * world is that of the loop's unit tests (scene.h): c5.large, m5.large and m5.xlarge in two zones,
 * 30 s to boot, 20 s to stop, every answer after 200 ms.
 *
 * What people do:
 *     class NAME [ATTRIBUTE=VALUE]...   puts a node class; again: a new generation of it
 *     pool NAME [ATTRIBUTE=VALUE]...    puts a node pool of class default; blanks stand in quotes
 *                                       only: budgets=[{'schedule':'0 9 * * *','duration':'8h'}]
 *     uid UID                           of what is put from now on; u1 in the beginning
 *     apply pool/NAME                   a command applies it from now on, so it may be disrupted
 *     destroy pool/NAME [DURATION]      (these two: class/NAME as well); for so long its nodes stay
 *                                       while their pods get a place elsewhere
 *     pods COUNT [MILLICORES]           that many: web-0, web-1, ...; as many MiB as millicores
 *     asks NUMBER MILLICORES            web-NUMBER, of the first 16, asks for so much
 *     over NUMBER                       web-NUMBER has ended
 *     holds NUMBER [no|DURATION]        web-NUMBER must not be disrupted (or may be again; or for
 *                                       so long after it began)
 *     holds NODE [no]                   likewise a node
 *     pdb NAME max=SHARE|min=SHARE [always] [NUMBER]...
 *                                       a PodDisruptionBudget of all pods, or of these of the first
 *                                       16; always: AlwaysAllow; `pdb NAME none` takes it away
 *     unready NUMBER [no]               web-NUMBER says that it is not ready
 *     slow DURATION                     pods are ready only so long after they have got a node
 *     price TYPE spot|on-demand MICROUSD   an hour of it, in all zones; the engine asks for prices
 *                                       every five minutes
 *     withdraw TYPE ZONE [no]           it is not offered there any more (or is again)
 *     runs NUMBER NODE                  web-NUMBER has that node: INSTANCE.sim, or what you like
 *     foreign NODE MILLICORES           a node that is not ours, which Kubernetes knows
 *     cluster binds [join=DURATION|never] [ready=DURATION] [taint=KEY for=DURATION] [end=DURATION]
 *                   [detach=DURATION] [less=MIB]
 *                                       from the beginning: it has a scheduler and an API server;
 *                                       again: instances join otherwise from now on.  They join so
 *                                       long after they run, are Ready so long after that, have the
 *                                       taint for so long after that; pods take so long to end,
 *                                       volumes to be let go of; nodes have so much less memory
 *                                       than their types say
 *     manifests broken|silent|fine      silent: nobody looks whether they are as they were
 *     boots in DURATION                 instances that are launched from now on; 30s in the
 *                                       beginning
 *     image AMI                         what launches start from
 *     engine heeds-rebalance|disrupts-all   another begins, with that option
 *
 * What happens to them:
 *     no-capacity TYPE DURATION         nowhere, however bought
 *     fail FAULT TIMES                  launch-lost launch-refused boot-dies boot-hangs terminate
 *                                       list list-misses catalog write forget notices acknowledge
 *     clock [-]DURATION                 the machine's date, this far ahead of the true one
 *     by-hand NODE                      somebody terminates its instance
 *     unregister NODE                   somebody removes its Node object; its kubelet makes no
 * other impair NODE [no]                  EC2's checks of it fail from now on (or no longer)
 *     condition NODE TYPE STATUS        its Node object has that condition from now on: Ready
 *                                       Unknown; NODE may be one of others
 *     notice KIND NODE... [in DURATION] a message comes into the interruption queue: spot
 *                                       reservation rebalance maintenance (begins then) stopped;
 *                                       other and broken name no node; what is no NODE is an
 *                                       instance of somebody else
 *     stranger ID CLAIM TYPE            somebody else's instance whose tag says CLAIM
 *     crash [when FACT=N]               the engine dies as soon as that is so, before it hears of
 *                                       it, and another begins
 *     lose-store [when FACT=N]          likewise, and the new one finds an empty store
 *
 * What must be true:
 *     expect EVENT                      since the last line that expected; several in a line: in
 *                                       this order
 *     expect no EVENT                   not since then
 *     always FACT=N..M                  from now on, at every instant
 *     expect FACT=N... or FACT<N        nodes launches refusals claims bound pools classes settled
 *                                       messages (in the queue) interrupted draining (nodes, by
 *                                       the store)
 *                                       joined (Node objects of ours) refused (evictions)
 *     says pool/NAME TEXT               its status record holds the text
 *     says picture TEXT                 what `tenon status` reads does
 *     says journal TEXT                 some entry of the journal does
 *     says preview TEXT                 `tenon preview` of the world that the engine kept last does
 *
 * A node is POOL/SERIAL: the first of pool web is web/1.  Events are `launch NODE TYPE CAPACITY
 * ZONE IMAGE`, `ready NODE`, `cordon NODE REASON`, `uncordon NODE`, `terminate NODE`, `bind POD
 * NODE` and `evict POD NODE`; what is expected may leave off words at the end and use `*`. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "engine/objects/node_conditions.h"
#include "engine/worlds/effect.h"
#include "engine/worlds/kept.h"
#include "tests/scenarios/witness.h"

enum { WORDS_MOST = 16 };

struct words {
    struct str word[WORDS_MOST]; /* beyond `count`: empty */
    size_t count;
};
struct spec { /* a pool or class as it was last put */
    struct str kind, name;
    const char *document;
    int generation;
};

struct bounds { /* of a fact, at every instant */
    struct str name;
    int64_t least, most;
};

struct story {
    struct arena arena;
    struct scene *scene;
    const char *file;
    int line;
    bool failed;
    const char *uid; /* of what is put */
    struct spec *specs;
    size_t spec_count, spec_capacity;
    struct bounds *bounds;
    size_t bound_count, bound_capacity;
    struct witness witness;
    size_t told; /* what it had seen before belongs to earlier lines */
};

static void __attribute__((format(printf, 2, 3))) wrong(struct story *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vprintf(&s->arena, fmt, args);
    va_end(args);
    printf("%s:%d: " STR_FMT "\n", s->file, s->line, STR_ARG(text));
    s->failed = true;
}

/* Words are compared from the left, with `*`; the pattern may have fewer. */
static bool says_words(struct str pattern, struct str text)
{
    while (pattern.ptr && text.ptr)
        if (!str_matches(str_cut(&pattern, ' '), str_cut(&text, ' ')))
            return false;
    return !pattern.ptr;
}

/* Facts: what can be counted at any time. */

/* Pods that have a node, where the cluster binds. */
static int64_t on_nodes(struct story *s)
{
    int64_t count = 0;
    for (size_t i = 0; i < s->scene->pods; i++)
        count += sim_pod_node(s->scene->sim, arena_printf(&s->arena, "default/web-%zu", i)).len > 0;
    return count;
}

static bool fact(struct story *s, struct str name, int64_t *out)
{
    static const char *const kinds[][2] = {
        {"claims", "claim"}, {"bound", "binding"}, {"pools", "pool"}, {"classes", "class"}};
    if (str_eq(name, STR("bound")) && sim_binds_itself(s->scene->sim))
        return *out = on_nodes(s), true;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(name, str_of(kinds[i][0])))
            return *out = (int64_t)sim_record_count(s->scene->sim, str_of(kinds[i][1])), true;
    if (str_eq(name, STR("nodes")))
        return *out = (int64_t)sim_living(s->scene->sim), true;
    if (str_eq(name, STR("launches")))
        return *out = sim_launches(s->scene->sim), true;
    if (str_eq(name, STR("refusals")))
        return *out = sim_refusals(s->scene->sim), true;
    if (str_eq(name, STR("messages")))
        return *out = (int64_t)sim_message_count(s->scene->sim), true;
    if (str_eq(name, STR("interrupted")))
        return *out = (int64_t)witness_interrupted(&s->witness), true;
    if (str_eq(name, STR("draining")))
        return *out = (int64_t)witness_draining(&s->witness), true;
    if (str_eq(name, STR("joined")))
        return *out = (int64_t)sim_node_count(s->scene->sim), true;
    if (str_eq(name, STR("refused")))
        return *out = sim_refused_evictions(s->scene->sim), true;
    if (str_eq(name, STR("settled")))
        return *out = engine_is_settled(s->scene->engine), true;
    return false;
}

/* `FACT=N` or `FACT<N`: is it so? */
static bool holds(struct story *s, struct str equation, int64_t *found)
{
    int64_t wanted;
    bool less = str_find(equation, '<') < equation.len;
    struct str rest = equation, name = str_cut(&rest, less ? '<' : '=');
    if (!str_to_int64(rest, &wanted) || !fact(s, name, found)) {
        wrong(s, "\"" STR_FMT "\" is no FACT=N", STR_ARG(equation));
        return true;
    }
    return less ? *found < wanted : *found == wanted;
}

static void check_bounds(struct story *s)
{
    for (size_t i = 0; i < s->bound_count && !s->failed; i++) {
        const struct bounds *b = &s->bounds[i];
        int64_t found = 0;
        if (!fact(s, b->name, &found) || found < b->least || found > b->most)
            wrong(s, "after %llds " STR_FMT "=%lld",
                  (long long)((sim_now_ms(s->scene->sim) - s->witness.start_ms) / SECOND),
                  STR_ARG(b->name), (long long)found);
    }
}

/* Until the instant, or until the equation (ptr NULL: none) holds. */
static bool run(struct story *s, int64_t until_ms, struct str equation)
{
    int64_t found;
    bool more = true;
    while (more) {
        more = scene_step(s->scene, until_ms);
        witness_look(&s->witness);
        check_bounds(s);
        if (equation.ptr && holds(s, equation, &found))
            return true;
    }
    return false;
}

/* Statements: each gets its words, itself first. */

static int64_t number(struct story *s, struct str text)
{
    int64_t n = 0;
    if (!str_to_int64(text, &n))
        wrong(s, "\"" STR_FMT "\" is no number", STR_ARG(text));
    return n;
}

static int64_t duration(struct story *s, struct str text)
{
    int64_t ms = 0;
    if (!duration_parse(text, &ms))
        wrong(s, "\"" STR_FMT "\" is no duration", STR_ARG(text));
    return ms;
}

static struct spec *find_spec(struct story *s, struct str kind, struct str name)
{
    for (size_t i = 0; i < s->spec_count; i++)
        if (str_eq(s->specs[i].kind, kind) && str_eq(s->specs[i].name, name))
            return &s->specs[i];
    return NULL;
}

static void put_spec(struct story *s, const struct spec *spec, int64_t within_ms, bool deleting)
{
    s->scene->drain_by_ms = within_ms ? scene_date_ms(s->scene) + within_ms : 0;
    scene_put(s->scene, arena_str(&s->arena, spec->kind).ptr, arena_str(&s->arena, spec->name).ptr,
              s->uid, spec->generation, deleting, spec->document);
}

static void do_spec(struct story *s, const struct words *w)
{
    struct spec *spec = find_spec(s, w->word[0], w->word[1]);
    struct buf out = buf_in(&s->arena);
    int64_t n;
    if (!spec) {
        struct spec new = {.kind = w->word[0], .name = w->word[1]};
        ARENA_PUSH(&s->arena, s->specs, s->spec_count, s->spec_capacity, new);
        spec = &s->specs[s->spec_count - 1];
    }
    buf_printf(&out, "{'name':'" STR_FMT "'%s", STR_ARG(spec->name),
               str_eq(spec->kind, STR("pool")) ? ",'node_class':'default'" : "");
    for (size_t i = 2; i < w->count; i++) {
        struct str value = w->word[i], key = str_cut(&value, '=');
        bool bare = str_to_int64(value, &n) || str_starts_with(value, STR("{")) ||
                    str_starts_with(value, STR("["));
        const char *quote = bare ? "" : "'";
        buf_printf(&out, ",'" STR_FMT "':%s" STR_FMT "%s", STR_ARG(key), quote, STR_ARG(value),
                   quote);
    }
    buf_add_char(&out, '}');
    spec->document = buf_str(&out).ptr;
    spec->generation++;
    put_spec(s, spec, 0, false);
}

static void do_uid(struct story *s, const struct words *w)
{
    s->uid = arena_str(&s->arena, w->word[1]).ptr;
}

static void do_apply(struct story *s, const struct words *w)
{
    scene_apply(s->scene, arena_str(&s->arena, w->word[1]).ptr);
}

static void do_destroy(struct story *s, const struct words *w)
{
    struct str name = w->word[1], kind = str_cut(&name, '/');
    struct spec *spec = find_spec(s, kind, name);
    if (spec)
        put_spec(s, spec, w->count > 2 ? duration(s, w->word[2]) : 0, true);
    else
        wrong(s, "there is no " STR_FMT, STR_ARG(w->word[1]));
}

static void do_pods(struct story *s, const struct words *w)
{
    if (w->count > 2)
        s->scene->pod_milli = number(s, w->word[2]);
    scene_set_pods(s->scene, (size_t)number(s, w->word[1]));
}

static struct scene_pod *pod_at(struct story *s, struct str text)
{
    size_t pod = (size_t)number(s, text);
    bool known = pod < COUNT(s->scene->pod_at);
    if (!known)
        wrong(s, "only of the first pods can something be said");
    return &s->scene->pod_at[known ? pod : 0];
}

static void do_asks(struct story *s, const struct words *w)
{
    pod_at(s, w->word[1])->milli = number(s, w->word[2]);
    sim_workload_changed(s->scene->sim);
}

static void do_over(struct story *s, const struct words *w)
{
    pod_at(s, w->word[1])->over = true;
    sim_workload_changed(s->scene->sim);
}

/* Empty: there is no such node. */
static struct str instance_of(struct story *s, struct str node)
{
    for (size_t i = 0; i < s->witness.node_count; i++)
        if (str_eq(s->witness.nodes[i].name, node))
            return s->witness.nodes[i].instance;
    return (struct str){0};
}

/* The Node of one of ours, or of somebody else's by its name. */
static struct claim *node_at(struct story *s, struct str name)
{
    static struct claim none;
    struct str instance = instance_of(s, name);
    struct claim *node = scene_node(
        s->scene, instance.len ? arena_printf(&s->arena, STR_FMT ".sim", STR_ARG(instance)) : name);
    if (!node)
        wrong(s, "there is no room for so many Nodes");
    return node ? node : &none;
}

static void do_holds(struct story *s, const struct words *w)
{
    bool no = str_eq(w->word[2], STR("no"));
    if (str_find(w->word[1], '/') < w->word[1].len) {
        node_at(s, w->word[1])->do_not_disrupt = !no;
    } else {
        struct scene_pod *one = pod_at(s, w->word[1]);
        one->holds = !no;
        one->holds_ms = w->count > 2 && !no ? duration(s, w->word[2]) : 0;
    }
    sim_workload_changed(s->scene->sim);
}

static void do_unready(struct story *s, const struct words *w)
{
    pod_at(s, w->word[1])->unready = !str_eq(w->word[2], STR("no"));
    sim_workload_changed(s->scene->sim);
}

static void do_slow(struct story *s, const struct words *w)
{
    s->scene->ready_after_ms = duration(s, w->word[1]);
}

static struct share share(struct story *s, struct str text)
{
    bool percent = str_ends_with(text, STR("%"));
    return (struct share){true, percent,
                          number(s, str_slice(text, 0, text.len - (percent ? 1 : 0)))};
}

/* The one of that name, or where it is to stand: they are sorted. */
static struct scene_budget *budget_at(struct story *s, struct str name)
{
    struct scene *scene = s->scene;
    size_t at = 0;
    while (at < scene->budget_count && str_cmp(scene->budgets[at].name, name) < 0)
        at++;
    struct scene_budget *b = &scene->budgets[at];
    if (at < scene->budget_count && str_eq(b->name, name))
        return b;
    if (scene->budget_count == COUNT(scene->budgets)) {
        wrong(s, "there is no room for so many PodDisruptionBudgets");
        return b;
    }
    memmove(b + 1, b, (scene->budget_count++ - at) * sizeof(*b));
    b->name = arena_str(&s->arena, name);
    return b;
}

static void do_pdb(struct story *s, const struct words *w)
{
    struct scene *scene = s->scene;
    struct scene_budget *b = budget_at(s, w->word[1]);
    struct str value = w->word[2], which = str_cut(&value, '=');
    *b = (struct scene_budget){.name = b->name};
    if (str_eq(which, STR("max")))
        b->most = share(s, value);
    else if (str_eq(which, STR("min")))
        b->least = share(s, value);
    else
        memmove(b, b + 1, (size_t)(&scene->budgets[scene->budget_count--] - b - 1) * sizeof(*b));
    for (size_t i = 3; i < w->count; i++) {
        b->always |= str_eq(w->word[i], STR("always"));
        if (!str_eq(w->word[i], STR("always")))
            b->numbers[b->count++] = arena_str(&s->arena, w->word[i]);
    }
    sim_workload_changed(scene->sim);
}

static void do_price(struct story *s, const struct words *w)
{
    for (size_t i = 0; i < COUNT(scene_types); i++)
        if (str_eq(w->word[1], str_of(scene_types[i].name))) {
            s->scene->prices[i][str_eq(w->word[2], STR("spot"))] = number(s, w->word[3]);
            return;
        }
    wrong(s, "there is no type " STR_FMT, STR_ARG(w->word[1]));
}

static void do_withdraw(struct story *s, const struct words *w)
{
    size_t type = 0, zone = 0;
    while (type < COUNT(scene_types) && !str_eq(w->word[1], str_of(scene_types[type].name)))
        type++;
    while (zone < COUNT(scene_zones) && !str_eq(w->word[2], str_of(scene_zones[zone])))
        zone++;
    if (type < COUNT(scene_types) && zone < COUNT(scene_zones))
        s->scene->withdrawn[type][zone] = !str_eq(w->word[3], STR("no"));
    else
        wrong(s, "there is no such type or zone");
}

static void do_runs(struct story *s, const struct words *w)
{
    size_t pod = (size_t)number(s, w->word[1]);
    if (pod >= COUNT(s->scene->pod_nodes))
        wrong(s, "only the first pods can be told to run");
    else
        s->scene->pod_nodes[pod] = arena_str(&s->arena, w->word[2]);
    sim_workload_changed(s->scene->sim);
}

static void do_foreign(struct story *s, const struct words *w)
{
    int64_t milli = number(s, w->word[2]);
    node_at(s, w->word[1])->allocatable = (struct resources){
        {[RESOURCE_CPU] = milli, [RESOURCE_MEMORY] = milli * MEBI, [RESOURCE_PODS] = 110}};
    sim_workload_changed(s->scene->sim);
}

static void do_manifests(struct story *s, const struct words *w)
{
    s->scene->workload_broken = str_eq(w->word[1], STR("broken"));
    if (str_eq(w->word[1], STR("silent")))
        sim_silence_cluster(s->scene->sim);
    else
        sim_workload_changed(s->scene->sim);
}

static void do_cluster(struct story *s, const struct words *w)
{
    struct sim_joining j = {.ready_ms = SECOND};
    bool first = !sim_binds_itself(s->scene->sim);

    for (size_t i = 2; i < w->count; i++) {
        struct str value = w->word[i], name = str_cut(&value, '=');
        if (str_eq(name, STR("join")))
            j.join_ms = str_eq(value, STR("never")) ? NEVER_MS : duration(s, value);
        else if (str_eq(name, STR("ready")))
            j.ready_ms = duration(s, value);
        else if (str_eq(name, STR("taint")))
            j.taint = (struct taint){.key = arena_str(&s->arena, value)};
        else if (str_eq(name, STR("for")))
            j.taint_ms = duration(s, value);
        else if (str_eq(name, STR("end")))
            j.end_ms = duration(s, value);
        else if (str_eq(name, STR("detach")))
            j.detach_ms = duration(s, value);
        else if (str_eq(name, STR("less")))
            j.less_memory = number(s, value) << 20;
        else
            wrong(s, "a cluster has no \"" STR_FMT "\"", STR_ARG(name));
    }
    sim_bind_itself(s->scene->sim, &j);
    if (first)
        scene_restart(s->scene);
}

static void do_image(struct story *s, const struct words *w)
{
    sim_set_image(s->scene->sim, w->word[1]);
}

static void do_boots(struct story *s, const struct words *w)
{
    sim_set_boot(s->scene->sim, duration(s, w->word[2]));
}

static void do_no_capacity(struct story *s, const struct words *w)
{
    sim_no_capacity(s->scene->sim, w->word[1], sim_now_ms(s->scene->sim) + duration(s, w->word[2]));
}

static void do_fail(struct story *s, const struct words *w)
{
    static const char *const names[SIM_FAULT_COUNT] = {
        [SIM_LAUNCH_LOST] = "launch-lost",   [SIM_LAUNCH_REFUSED] = "launch-refused",
        [SIM_TERMINATE_FAILS] = "terminate", [SIM_LIST_FAILS] = "list",
        [SIM_LIST_MISSES] = "list-misses",   [SIM_CATALOG_FAILS] = "catalog",
        [SIM_WRITE_FAILS] = "write",         [SIM_FORGET_FAILS] = "forget",
        [SIM_BOOT_DIES] = "boot-dies",       [SIM_BOOT_HANGS] = "boot-hangs",
        [SIM_NOTICES_FAIL] = "notices",      [SIM_ACKNOWLEDGE_FAILS] = "acknowledge"};
    for (int f = 0; f < SIM_FAULT_COUNT; f++)
        if (str_eq(w->word[1], str_of(names[f]))) {
            sim_fail(s->scene->sim, (enum sim_fault)f, (unsigned)number(s, w->word[2]));
            return;
        }
    wrong(s, "there is no fault \"" STR_FMT "\"", STR_ARG(w->word[1]));
}

static void do_clock(struct story *s, const struct words *w)
{
    bool behind = str_starts_with(w->word[1], STR("-"));
    int64_t ms = duration(s, str_slice(w->word[1], behind, w->word[1].len));
    sim_set_clock_ahead(s->scene->sim, behind ? -ms : ms);
}

static void do_by_hand(struct story *s, const struct words *w)
{
    struct str instance = instance_of(s, w->word[1]);
    if (instance.len)
        sim_stop_instance(s->scene->sim, instance);
    else
        wrong(s, "there is no node " STR_FMT, STR_ARG(w->word[1]));
}

static void do_unregister(struct story *s, const struct words *w)
{
    struct str instance = instance_of(s, w->word[1]);
    if (!instance.len || !sim_remove_node(s->scene->sim, instance))
        wrong(s, STR_FMT " has no Node object", STR_ARG(w->word[1]));
}

static void do_impair(struct story *s, const struct words *w)
{
    struct str instance = instance_of(s, w->word[1]);
    if (instance.len)
        sim_impair_instance(s->scene->sim, instance, !str_eq(w->word[2], STR("no")));
    else
        wrong(s, "there is no node " STR_FMT, STR_ARG(w->word[1]));
}

/* One condition a node is enough for a story: the last that is said counts. */
static void do_condition(struct story *s, const struct words *w)
{
    struct claim *node = node_at(s, w->word[1]);
    int64_t tolerated_ms = 0;
    node->unhealthy = node_condition_is_bad(w->word[2], w->word[3], &tolerated_ms);
    node->repair_ms = node->unhealthy ? scene_date_ms(s->scene) + tolerated_ms : 0;
    sim_workload_changed(s->scene->sim);
}

static bool notice_kind(struct str word, enum notice_kind *out)
{
    static const char *const words[] = {
        [NOTICE_BROKEN] = "broken",       [NOTICE_OTHER] = "other",
        [NOTICE_REBALANCE] = "rebalance", [NOTICE_MAINTENANCE] = "maintenance",
        [NOTICE_SPOT] = "spot",           [NOTICE_RESERVATION] = "reservation",
        [NOTICE_STOPPED] = "stopped"};
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (str_eq(word, str_of(words[k]))) {
            *out = (enum notice_kind)k;
            return true;
        }
    return false;
}

static void do_notice(struct story *s, const struct words *w)
{
    struct str instances[WORDS_MOST];
    struct cloud_notice n = {.what = w->word[1],
                             .region = STR("us-east-1"),
                             .instances = instances,
                             .starts_ms = NEVER_MS};

    if (!notice_kind(w->word[1], &n.kind))
        wrong(s, "there is no notice \"" STR_FMT "\"", STR_ARG(w->word[1]));
    for (size_t i = 2; i < w->count && !str_eq(w->word[i], STR("in")); i++) {
        struct str instance = instance_of(s, w->word[i]);
        instances[n.instance_count++] = instance.len ? instance : w->word[i];
    }
    if (w->count > 3 && str_eq(w->word[w->count - 2], STR("in")))
        n.starts_ms = scene_date_ms(s->scene) + duration(s, w->word[w->count - 1]);
    sim_send_notice(s->scene->sim, &n);
}

/* Options of the engine take effect with the next one. */
static void do_engine(struct story *s, const struct words *w)
{
    if (str_eq(w->word[1], STR("heeds-rebalance")))
        s->scene->heeds_rebalance = true;
    else if (str_eq(w->word[1], STR("disrupts-all")))
        s->scene->disrupts_all = true;
    else
        wrong(s, "an engine has no option \"" STR_FMT "\"", STR_ARG(w->word[1]));
    scene_restart(s->scene);
}

static void do_stranger(struct story *s, const struct words *w)
{
    struct str rest = w->word[2];
    str_cut(&rest, '/');
    const struct cloud_instance i = {.id = w->word[1],
                                     .claim = w->word[2],
                                     .pool = str_cut(&rest, '/'),
                                     .instance_type = w->word[3],
                                     .zone = STR("us-east-1a")};
    sim_add_instance(s->scene->sim, &i);
}

/* `when FACT=N`: goes on until it is so. */
static void reach(struct story *s, const struct words *w)
{
    if (w->count > 2 && !run(s, sim_now_ms(s->scene->sim) + MINUTE, w->word[2]))
        wrong(s, STR_FMT " did not come true within a minute", STR_ARG(w->word[2]));
}

static void do_crash(struct story *s, const struct words *w)
{
    reach(s, w);
    scene_restart(s->scene);
}

static void do_lose_store(struct story *s, const struct words *w)
{
    reach(s, w);
    sim_drop_store(s->scene->sim);
    scene_restart(s->scene);
}

static struct str rest_of(struct story *s, const struct words *w, size_t from)
{
    struct buf out = buf_in(&s->arena);
    for (size_t i = from; i < w->count; i++)
        buf_printf(&out, "%s" STR_FMT, i > from ? " " : "", STR_ARG(w->word[i]));
    return buf_str(&out);
}

static void wrong_expectation(struct story *s, const struct words *w, size_t from)
{
    wrong(s, "expected `" STR_FMT "`; what happened was%s", STR_ARG(rest_of(s, w, 1)),
          from < s->witness.seen_count ? "" : " nothing");
    for (size_t i = from; i < s->witness.seen_count; i++)
        printf("    at %.1fs " STR_FMT "\n", (double)s->witness.seen[i].at_ms / SECOND,
               STR_ARG(s->witness.seen[i].text));
}

static bool is_equation(struct str word)
{
    return str_find(word, '=') < word.len || str_find(word, '<') < word.len;
}

/* `after` is where the line's last expected event stood: what is expected next comes later. */
static void do_expect(struct story *s, const struct words *w, size_t *after)
{
    int64_t found;
    bool none = str_eq(w->word[1], STR("no"));
    if (is_equation(w->word[1])) {
        for (size_t i = 1; i < w->count; i++)
            if (!holds(s, w->word[i], &found))
                wrong(s, "expected " STR_FMT ", found %lld", STR_ARG(w->word[i]), (long long)found);
        return;
    }
    struct str pattern = rest_of(s, w, none ? 2 : 1);
    size_t i = none ? s->told : *after;
    while (i < s->witness.seen_count && !says_words(pattern, s->witness.seen[i].text))
        i++;
    if (none != (i == s->witness.seen_count))
        wrong_expectation(s, w, s->told);
    else if (!none)
        *after = i + 1;
}

static void do_always(struct story *s, const struct words *w)
{
    struct str range = w->word[1], name = str_cut(&range, '='), most = range;
    for (size_t i = 0; i + 1 < range.len; i++)
        if (range.ptr[i] == '.' && range.ptr[i + 1] == '.') {
            most = str_slice(range, i + 2, range.len);
            range = str_slice(range, 0, i);
        }
    struct bounds b = {name, number(s, range), number(s, most)};
    ARENA_PUSH(&s->arena, s->bounds, s->bound_count, s->bound_capacity, b);
}

static struct str previewed(struct story *s)
{
    ARENA_AUTO a = {0};
    struct str text = sim_record(s->scene->sim, STR("world"), STR("last"));
    struct buf out = buf_in(&s->arena);
    struct preview preview;
    struct kept last;
    struct error *e = kept_read(&a, text, &last);

    if (e)
        return arena_str(&s->arena, e->summary);
    preview_make(&a, &last.world, false, &preview);
    struct effect effect = effect_of(&last.world, &preview);
    effect_lines(&out, &effect);
    return buf_str(&out);
}

static struct str journalled(struct story *s)
{
    struct buf all = buf_in(&s->arena);
    struct str body;

    for (size_t i = 0; (body = sim_record_at(s->scene->sim, STR("journal"), i)).ptr; i++)
        buf_printf(&all, STR_FMT "\n", STR_ARG(body));
    return buf_str(&all);
}

static void do_says(struct story *s, const struct words *w)
{
    struct str body = str_eq(w->word[1], STR("preview")) ? previewed(s)
                      : str_eq(w->word[1], STR("picture"))
                          ? sim_record(s->scene->sim, STR("snapshot"), STR("last"))
                      : str_eq(w->word[1], STR("journal"))
                          ? journalled(s)
                          : sim_record(s->scene->sim, STR("status"), w->word[1]);
    struct str text = rest_of(s, w, 2);

    if (str_find_str(body, text) == body.len)
        wrong(s, STR_FMT " does not say \"" STR_FMT "\": " STR_FMT, STR_ARG(w->word[1]),
              STR_ARG(text), STR_ARG(body));
}

static const struct statement {
    const char *name;
    size_t least; /* words, its own included */
    void (*tell)(struct story *s, const struct words *w);
} statements[] = {
    {"class", 2, do_spec},      {"pool", 2, do_spec},
    {"apply", 2, do_apply},     {"destroy", 2, do_destroy},
    {"pods", 2, do_pods},       {"manifests", 2, do_manifests},
    {"image", 2, do_image},     {"no-capacity", 3, do_no_capacity},
    {"fail", 3, do_fail},       {"stranger", 4, do_stranger},
    {"crash", 1, do_crash},     {"lose-store", 1, do_lose_store},
    {"says", 3, do_says},       {"clock", 2, do_clock},
    {"by-hand", 2, do_by_hand}, {"uid", 2, do_uid},
    {"runs", 3, do_runs},       {"always", 2, do_always},
    {"foreign", 3, do_foreign}, {"notice", 2, do_notice},
    {"engine", 2, do_engine},   {"asks", 3, do_asks},
    {"over", 2, do_over},       {"holds", 2, do_holds},
    {"price", 4, do_price},     {"impair", 2, do_impair},
    {"pdb", 3, do_pdb},         {"unready", 2, do_unready},
    {"slow", 2, do_slow},       {"condition", 4, do_condition},
    {"boots", 3, do_boots},     {"withdraw", 3, do_withdraw},
    {"cluster", 2, do_cluster}, {"unregister", 2, do_unregister},
};

static void tell(struct story *s, const struct words *w, size_t *after)
{
    if (str_eq(w->word[0], STR("expect")) && w->count > 1) {
        do_expect(s, w, after);
        return;
    }
    for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
        if (str_eq(w->word[0], str_of(statements[i].name)) && w->count >= statements[i].least) {
            statements[i].tell(s, w);
            return;
        }
    wrong(s, "\"" STR_FMT "\" is no statement", STR_ARG(rest_of(s, w, 0)));
}

/* The next word: up to a blank that stands in no quotes. */
static struct str take_word(struct str *text)
{
    bool quoted = false;
    size_t n = 0;
    for (; n < text->len && (quoted || text->ptr[n] != ' '); n++)
        quoted ^= text->ptr[n] == '\'';
    struct str word = str_slice(*text, 0, n);
    *text = n < text->len ? str_slice(*text, n + 1, text->len) : (struct str){0};
    return word;
}

static struct words split(struct str text)
{
    struct words w = {0};
    while (text.ptr && w.count < WORDS_MOST) {
        struct str next = str_trim(take_word(&text));
        if (next.len)
            w.word[w.count++] = next;
    }
    return w;
}

static void tell_line(struct story *s, struct str line)
{
    size_t after = s->told, seen = s->witness.seen_count;
    bool expects = false;
    struct words first = split(line);
    if (str_eq(first.word[0], STR("at"))) {
        run(s, s->witness.start_ms + duration(s, first.word[1]), (struct str){0});
        seen = s->witness.seen_count;
        const char *rest = first.word[1].ptr + first.word[1].len;
        line = (struct str){rest, (size_t)(line.ptr + line.len - rest)};
    }
    while (line.ptr) {
        struct words w = split(str_cut(&line, ';'));
        expects = expects || str_eq(w.word[0], STR("expect"));
        if (w.count)
            tell(s, &w, &after);
    }
    if (expects)
        s->told = seen;
}

static struct str read_all(struct arena *a, const char *path)
{
    struct buf text = buf_in(a);
    char part[4096];
    FILE *f = fopen(path, "re");
    for (size_t n; f && (n = fread(part, 1, sizeof(part), f)) > 0;)
        buf_add(&text, (struct str){part, n});
    if (f)
        fclose(f);
    return buf_str(&text);
}

static bool tell_story(const char *path)
{
    struct story s = {.file = path, .uid = "u1", .scene = scene_new(0)};
    struct str rest = read_all(&s.arena, path);
    s.witness.scene = s.scene;
    s.witness.start_ms = sim_now_ms(s.scene->sim);
    if (!rest.len)
        wrong(&s, "there is nothing to read");
    while (rest.ptr && !s.failed) {
        struct str line = str_cut(&rest, '\n');
        s.line++;
        tell_line(&s, str_trim(str_cut(&line, '#')));
    }
    scene_free(s.scene);
    arena_free(&s.witness.arena);
    arena_free(&s.arena);
    return !s.failed;
}

/* Every so-manieth of them; how many fail. */
static int tell_some(char **paths, int count, int first, int step)
{
    int failed = 0;
    for (int i = first; i < count; i += step)
        failed += !tell_story(paths[i]);
    return failed;
}

/* One process a core: stories know nothing of each other. */
static int tell_all(char **paths, int count)
{
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN), failed = 0, how;
    if (cores < 2 || count < cores)
        return tell_some(paths, count, 0, 1);
    for (int i = 0; i < cores; i++)
        if (!fork())
            exit(tell_some(paths, count, i, cores));
    while (wait(&how) > 0)
        failed +=
            WIFEXITED(how) ? WEXITSTATUS(how) : 1; /* one that died did so in one of its own */
    return failed;
}

int main(int argc, char **argv)
{
    setenv("TENON_LOG", "off", 0);
    setvbuf(stdout, NULL, _IOLBF, 0); /* lines of several processes stay whole */
    log_init(LOG_PLAIN);
    int failed = tell_all(argv + 1, argc - 1);
    printf("%d passed, %d failed\n", argc - 1 - failed, failed);
    return failed || argc < 2;
}
