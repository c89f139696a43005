#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/core/decide.h"
#include "engine/sim/inside.h"

/* The cloud: launches are idempotent by their token, as EC2's are; instances boot, run, stop and
 * are gone as time passes. */

enum { GONE_SHOWN_MS = 60 * 60 * 1000 }; /* EC2 lists a terminated instance for about an hour */

enum instance_state sim_state_of(const struct sim *s, const struct sim_machine *m)
{
    if (s->now_ms >= m->gone_ms)
        return INSTANCE_GONE;
    if (s->now_ms >= m->stopped_ms)
        return INSTANCE_STOPPING;
    return s->now_ms >= m->running_ms ? INSTANCE_RUNNING : INSTANCE_PENDING;
}

static bool lives(const struct sim *s, const struct sim_machine *m)
{
    return sim_state_of(s, m) <= INSTANCE_RUNNING;
}

static struct cloud_instance instance_copy(struct arena *a, const struct sim *s,
                                           const struct sim_machine *m)
{
    struct cloud_instance i = m->tags;
    i.id = arena_str(a, i.id);
    i.claim = arena_str(a, i.claim);
    i.pool = arena_str(a, i.pool);
    i.hash = arena_str(a, i.hash);
    i.instance_type = arena_str(a, i.instance_type);
    i.zone = arena_str(a, i.zone);
    i.image_id = arena_str(a, i.image_id);
    i.node_name = arena_printf(a, STR_FMT ".sim", STR_ARG(i.id));
    i.state = sim_state_of(s, m);
    return i;
}

static struct sim_machine *find(struct sim *s, struct str instance_id)
{
    for (size_t i = 0; i < s->machine_count; i++)
        if (str_eq(s->machines[i].tags.id, instance_id))
            return &s->machines[i];
    return NULL;
}

/* Everything that decides what a node is, and does not come with the order. */
struct launch_facts {
    struct str image, document;
};

static const struct launch_facts *make_facts(struct arena *a, struct str image, struct str document)
{
    struct launch_facts *f = ARENA_NEW(a, struct launch_facts);
    *f = (struct launch_facts){image, document};
    return f;
}

static void submit_catalog(void *self, struct str node_class, struct str document)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    struct event *e = event_new(EVENT_CATALOG);
    e->name = arena_str(&e->arena, node_class);
    e->class_document = arena_str(&e->arena, document);
    if (sim_fails(s, SIM_CATALOG_FAILS)) {
        e->error = error_new(&e->arena, ERROR_UNREACHABLE, "the types cannot be listed");
    } else {
        struct str *image = ARENA_NEW(&e->arena, struct str);
        *image = arena_str(&e->arena, s->options.image);
        e->images = image;
        e->image_count = 1;
        e->launch_facts = make_facts(&e->arena, *image, e->class_document);
        s->options.fill_catalog(s->options.self, e);
    }
    sim_answer(s, e);
    pthread_mutex_unlock(&s->lock);
}

static void write_option(struct json_writer *w, const struct launch_option *o)
{
    json_begin_object(w);
    json_member(w, "type", o->type->name);
    json_member(w, "zone", o->offering->zone);
    json_member_int(w, "capacity_type", o->offering->capacity_type);
    json_end_object(w);
}

static struct str write_template(struct arena *a, const struct launch_facts *facts,
                                 const struct launch_order *order)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    json_begin_object(&w);
    json_member(&w, "pool", order->pool);
    json_member(&w, "class", order->node_class);
    json_member(&w, "image", facts->image);
    json_member(&w, "document", facts->document);
    json_end_object(&w);
    return buf_str(&out);
}

static struct error *write_launch(struct arena *a, const struct launch_facts *facts,
                                  const struct launch_order *order, struct launch_text *out)
{
    struct buf request = buf_in(a);
    struct json_writer w = json_writer_to(&request);
    out->template = write_template(a, facts, order);
    out->template_name =
        arena_printf(a, "sim/" STR_FMT, STR_ARG(str_slice(sha256_hex(a, out->template), 0, 16)));
    json_begin_object(&w);
    json_member(&w, "token", order->token);
    json_member(&w, "pool", order->pool);
    json_member(&w, "hash", order->hash);
    json_member(&w, "template", out->template_name);
    json_key(&w, STR("options"));
    json_begin_array(&w);
    for (size_t i = 0; i < order->option_count; i++)
        write_option(&w, &order->options[i]);
    json_end_array(&w);
    json_end_object(&w);
    out->request = buf_str(&request);
    return NULL;
}

const struct launch_port sim_launch_port = {write_launch};

static bool is_short(const struct sim *s, struct str type)
{
    for (size_t i = 0; i < s->shortage_count; i++)
        if (str_eq(s->shortages[i].instance_type, type) && s->now_ms < s->shortages[i].until_ms)
            return true;
    return false;
}

static struct str text(const struct json *j, const char *key)
{
    return json_string_or(json_get(j, key), STR(""));
}

static enum capacity_type capacity_of(const struct json *option)
{
    int64_t n = CAPACITY_ON_DEMAND;
    return json_to_int64(json_get(option, "capacity_type"), &n) && n == CAPACITY_SPOT
               ? CAPACITY_SPOT
               : CAPACITY_ON_DEMAND;
}

/* The first option with capacity; those passed over are named in the event. */
static const struct json *choose(struct sim *s, struct event *e, const struct json *options)
{
    struct unavailable *out = ARENA_ARRAY(&e->arena, struct unavailable, options->count);
    e->unavailable = out;
    for (size_t i = 0; i < options->count; i++) {
        const struct json *o = &options->items[i];
        if (!is_short(s, text(o, "type")))
            return o;
        out[e->unavailable_count++] =
            (struct unavailable){arena_str(&e->arena, text(o, "type")),
                                 arena_str(&e->arena, text(o, "zone")), capacity_of(o)};
    }
    return NULL;
}

static const struct sim_template *find_template(const struct sim *s, struct str name)
{
    for (size_t i = 0; i < s->template_count; i++)
        if (str_eq(s->templates[i].name, name))
            return &s->templates[i];
    return NULL;
}

/* A launch brings its template along, which is made unless it is there; an engine may die between
 * that and the launch. */
static void make_template(struct sim *s, struct str request, struct str template)
{
    ARENA_AUTO a = {0};
    struct json r, t;
    if (json_parse(&a, request, &r) || json_parse(&a, template, &t) ||
        find_template(s, text(&r, "template")) || !sim_order(s))
        return;
    ARENA_PUSH(&s->arena, s->templates, s->template_count, s->template_capacity,
               (struct sim_template){arena_str(&s->arena, text(&r, "template")),
                                     arena_str(&s->arena, text(&t, "pool")),
                                     arena_str(&s->arena, text(&t, "class")),
                                     arena_str(&s->arena, text(&t, "image"))});
}

static struct sim_machine *boot(struct sim *s, struct str claim, struct str request,
                                const struct json *r, const struct json *option)
{
    struct arena *a = &s->arena;
    const char *prefix = s->options.cluster_id ? s->options.cluster_id : "i-";
    struct sim_machine m = {
        .tags = {.id = arena_printf(a, "%s%08x", prefix, ++s->launches),
                 .claim = arena_str(a, claim),
                 .pool = arena_str(a, text(r, "pool")),
                 .hash = arena_str(a, text(r, "hash")),
                 .instance_type = arena_str(a, text(option, "type")),
                 .zone = arena_str(a, text(option, "zone")),
                 .image_id = find_template(s, text(r, "template"))->image,
                 .capacity_type = capacity_of(option),
                 .launched_ms = sim_date_ms(s)},
        .token = arena_str(a, text(r, "token")),
        .request = arena_str(a, request),
        .running_ms = s->now_ms + s->options.boot_ms,
        .stopped_ms = NEVER_MS,
        .gone_ms = NEVER_MS,
    };
    if (sim_fails(s, SIM_BOOT_DIES)) {
        m.stopped_ms = s->now_ms + s->options.boot_ms / 2;
        m.gone_ms = m.stopped_ms + s->options.stop_ms;
    }
    if (sim_fails(s, SIM_BOOT_HANGS))
        m.running_ms = NEVER_MS;
    ARENA_PUSH(a, s->machines, s->machine_count, s->machine_capacity, m);
    return &s->machines[s->machine_count - 1];
}

static const struct sim_machine *by_token(const struct sim *s, struct str token)
{
    for (size_t i = 0; i < s->machine_count; i++)
        if (str_eq(s->machines[i].token, token))
            return &s->machines[i];
    return NULL;
}

static void launch(struct sim *s, struct event *e, struct str claim, struct str request)
{
    struct json r;
    const struct sim_machine *m = NULL;
    e->error = json_parse(&e->arena, request, &r);
    if (!e->error && sim_fails(s, SIM_LAUNCH_REFUSED))
        e->error = error_new(&e->arena, ERROR_INVALID, "the launch template is refused");
    e->outcome = LAUNCH_REFUSED;
    if (e->error)
        return;
    m = by_token(s, text(&r, "token"));
    if (m && (!lives(s, m) || !str_eq(m->request, request))) {
        e->outcome = LAUNCH_SPENT;
        return;
    }
    if (!m && !find_template(s, text(&r, "template"))) {
        e->error = error_new(&e->arena, ERROR_NOT_FOUND, "there is no such launch template");
        return;
    }
    const struct json *option = m ? NULL : choose(s, e, json_get(&r, "options"));
    if (option)
        m = boot(s, claim, request, &r, option);
    if (!m) {
        s->refusals++;
        e->error = error_new(&e->arena, ERROR_NO_CAPACITY, "there is no capacity");
        return;
    }
    e->outcome = LAUNCH_DONE;
    e->instance = instance_copy(&e->arena, s, m);
    if (sim_fails(s, SIM_LAUNCH_LOST)) {
        e->outcome = LAUNCH_UNKNOWN;
        e->error = error_new(&e->arena, ERROR_UNREACHABLE, "the connection was reset");
    }
}

static void submit_launch(void *self, const struct launch *l)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    make_template(s, l->request, l->template);
    if (sim_order(s)) {
        struct event *e = event_new(EVENT_LAUNCH);
        e->name = arena_str(&e->arena, l->claim);
        launch(s, e, l->claim, l->request);
        sim_answer(s, e);
    }
    pthread_mutex_unlock(&s->lock);
}

static void stop_at(struct sim *s, struct sim_machine *m, int64_t at_ms)
{
    if (!lives(s, m) || m->stopped_ms <= at_ms)
        return;
    m->stopped_ms = at_ms;
    m->gone_ms = at_ms + s->options.stop_ms;
}

static void stop(struct sim *s, struct sim_machine *m)
{
    stop_at(s, m, s->now_ms);
}

void sim_stop_at(struct sim *s, struct str instance_id, int64_t at_ms)
{
    struct sim_machine *m = find(s, instance_id);
    if (m)
        stop_at(s, m, at_ms);
}

static void terminate(struct sim *s, const struct termination *t, bool fails)
{
    struct event *e = event_new(EVENT_TERMINATE);
    struct sim_machine *m = find(s, t->instance_id);
    e->name = arena_str(&e->arena, t->claim);
    if (fails)
        e->error = error_new(&e->arena, ERROR_THROTTLED, "terminate was throttled");
    else if (m)
        stop(s, m);
    sim_answer(s, e);
}

static void submit_terminate(void *self, const struct termination *all, size_t count)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (sim_order(s)) {
        bool fails = sim_fails(s, SIM_TERMINATE_FAILS);
        for (size_t i = 0; i < count; i++)
            terminate(s, &all[i], fails);
    }
    pthread_mutex_unlock(&s->lock);
}

static void submit_list(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    struct event *e = event_new(EVENT_INSTANCES);
    struct cloud_instance *all = ARENA_ARRAY(&e->arena, struct cloud_instance, s->machine_count);
    e->instances = all;
    e->cloud_date_ms = s->date_hidden ? 0 : sim_date_ms(s);
    if (sim_fails(s, SIM_LIST_FAILS))
        e->error = error_new(&e->arena, ERROR_UNREACHABLE, "the instances cannot be listed");
    e->complete = !e->error;
    bool blind = !e->error && sim_fails(s, SIM_LIST_MISSES);
    for (size_t i = 0; i < s->machine_count && !e->error && !blind; i++) {
        const struct sim_machine *m = &s->machines[i];
        bool late = sim_date_ms(s) < m->tags.launched_ms + s->options.visible_ms;
        bool forgotten = m->gone_ms != NEVER_MS && s->now_ms >= m->gone_ms + GONE_SHOWN_MS;
        if (!late && !forgotten)
            all[e->instance_count++] = instance_copy(&e->arena, s, m);
    }
    sim_answer(s, e);
    pthread_mutex_unlock(&s->lock);
}

static void forget_templates(struct sim *s, struct str kind, struct str name,
                             const struct str *keep, size_t keep_count)
{
    size_t left = 0;
    for (size_t i = 0; i < s->template_count; i++) {
        const struct sim_template *t = &s->templates[i];
        bool stays = !str_eq(str_eq(kind, STR("pool")) ? t->pool : t->node_class, name);
        for (size_t k = 0; k < keep_count; k++)
            stays = stays || str_eq(keep[k], t->name);
        if (stays)
            s->templates[left++] = *t;
    }
    s->template_count = left;
}

static void submit_forget(void *self, struct str kind, struct str name, const struct str *keep,
                          size_t keep_count)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (sim_order(s)) {
        struct event *e = event_new(EVENT_FORGET);
        struct str both =
            arena_printf(&s->arena, STR_FMT "/" STR_FMT, STR_ARG(kind), STR_ARG(name));
        ARENA_PUSH(&s->arena, s->forgotten, s->forgotten_count, s->forgotten_capacity, both);
        e->name = arena_str(&e->arena, both);
        if (sim_fails(s, SIM_FORGET_FAILS))
            e->error = error_new(&e->arena, ERROR_THROTTLED, "the templates cannot be listed");
        else
            forget_templates(s, kind, name, keep, keep_count);
        sim_answer(s, e);
    }
    pthread_mutex_unlock(&s->lock);
}

struct cloud_port sim_cloud(struct sim *s)
{
    return (struct cloud_port){
        .self = s,
        .submit_catalog = submit_catalog,
        .submit_launch = submit_launch,
        .submit_terminate = submit_terminate,
        .submit_list = submit_list,
        .submit_forget = submit_forget,
    };
}

void sim_set_boot(struct sim *s, int64_t boot_ms)
{
    pthread_mutex_lock(&s->lock);
    s->options.boot_ms = boot_ms;
    pthread_mutex_unlock(&s->lock);
}

void sim_set_image(struct sim *s, struct str image)
{
    pthread_mutex_lock(&s->lock);
    s->options.image = arena_str(&s->arena, image);
    pthread_mutex_unlock(&s->lock);
}

void sim_no_capacity(struct sim *s, struct str instance_type, int64_t until_ms)
{
    pthread_mutex_lock(&s->lock);
    struct sim_shortage shortage = {arena_str(&s->arena, instance_type), until_ms};
    ARENA_PUSH(&s->arena, s->shortages, s->shortage_count, s->shortage_capacity, shortage);
    pthread_mutex_unlock(&s->lock);
}

void sim_add_instance(struct sim *s, const struct cloud_instance *i)
{
    pthread_mutex_lock(&s->lock);
    struct sim_machine m = {
        .tags = *i, .running_ms = s->now_ms, .stopped_ms = NEVER_MS, .gone_ms = NEVER_MS};
    m.tags = instance_copy(&s->arena, s, &m);
    ARENA_PUSH(&s->arena, s->machines, s->machine_count, s->machine_capacity, m);
    pthread_mutex_unlock(&s->lock);
}

void sim_impair_instance(struct sim *s, struct str instance_id, bool impaired)
{
    pthread_mutex_lock(&s->lock);
    struct sim_machine *m = find(s, instance_id);
    if (m)
        m->tags.impaired_ms = impaired ? sim_date_ms(s) : 0;
    pthread_mutex_unlock(&s->lock);
}

void sim_stop_instance(struct sim *s, struct str instance_id)
{
    pthread_mutex_lock(&s->lock);
    struct sim_machine *m = find(s, instance_id);
    if (m)
        stop(s, m);
    pthread_mutex_unlock(&s->lock);
}

size_t sim_living(struct sim *s)
{
    size_t count = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->machine_count; i++)
        count += lives(s, &s->machines[i]);
    pthread_mutex_unlock(&s->lock);
    return count;
}

unsigned sim_refusals(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned refusals = s->refusals;
    pthread_mutex_unlock(&s->lock);
    return refusals;
}

unsigned sim_launches(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned launches = s->launches;
    pthread_mutex_unlock(&s->lock);
    return launches;
}

bool sim_instance(struct sim *s, size_t at, struct cloud_instance *out)
{
    bool found = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->machine_count && !found; i++)
        if (sim_state_of(s, &s->machines[i]) != INSTANCE_GONE && at-- == 0) {
            *out = s->machines[i].tags;
            out->state = sim_state_of(s, &s->machines[i]);
            found = true;
        }
    pthread_mutex_unlock(&s->lock);
    return found;
}

size_t sim_template_count(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    size_t count = s->template_count;
    pthread_mutex_unlock(&s->lock);
    return count;
}

bool sim_forgot(struct sim *s, struct str kind, struct str name)
{
    ARENA_AUTO a = {0};
    bool found = false;
    pthread_mutex_lock(&s->lock);
    struct str both = arena_printf(&a, STR_FMT "/" STR_FMT, STR_ARG(kind), STR_ARG(name));
    for (size_t i = 0; i < s->forgotten_count; i++)
        found = found || str_eq(s->forgotten[i], both);
    pthread_mutex_unlock(&s->lock);
    return found;
}
