#include "engine/adapters/ec2_launch.h"

#include <pthread.h>

#include "engine/adapters/ec2_request.h"
#include "engine/adapters/ec2_tags.h"
#include "engine/adapters/ec2_template.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"

struct ec2_templates {
    pthread_mutex_t making; /* held while one is made: who needs the same waits for it */
    pthread_mutex_t lock;   /* guards all below */
    struct arena arena;
    struct str *names;
    size_t count, capacity;
};

struct ec2_templates *ec2_templates_new(void)
{
    struct ec2_templates *t = must_have(calloc(1, sizeof(*t)));
    pthread_mutex_init(&t->making, NULL);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void ec2_templates_free(struct ec2_templates *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->making);
    pthread_mutex_destroy(&t->lock);
    arena_free(&t->arena);
    free(t);
}

static bool is_among(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

static bool is_known(struct ec2_templates *t, struct str name)
{
    pthread_mutex_lock(&t->lock);
    bool found = is_among(t->names, t->count, name);
    pthread_mutex_unlock(&t->lock);
    return found;
}

static void remember(struct ec2_templates *t, struct str name)
{
    pthread_mutex_lock(&t->lock);
    ARENA_PUSH(&t->arena, t->names, t->count, t->capacity, arena_str(&t->arena, name));
    pthread_mutex_unlock(&t->lock);
}

static void forget(struct ec2_templates *t, struct str name)
{
    pthread_mutex_lock(&t->lock);
    for (size_t i = t->count; i-- > 0;)
        if (str_eq(t->names[i], name))
            t->names[i] = t->names[--t->count];
    pthread_mutex_unlock(&t->lock);
}

static struct error *make(const struct aws_call *call, struct ec2_templates *templates,
                          const struct ec2_request *r, struct str text)
{
    struct ec2_launch_template_new t;
    struct str id;

    if (is_known(templates, r->template_name))
        return NULL;
    TRY(ec2_template_read(call->arena, text, &t));
    t.name = r->template_name;
    struct error *e = ec2_create_launch_template(call, &t, &id);
    if (e && e->kind != ERROR_EXISTS) /* the name is its content's: what is there is what we mean */
        return e;
    remember(templates, t.name);
    return NULL;
}

/* Without its text it has to be there. */
static struct error *ensure(const struct aws_call *call, struct ec2_templates *templates,
                            const struct ec2_request *r, struct str text)
{
    if (!text.len || is_known(templates, r->template_name))
        return NULL;
    pthread_mutex_lock(&templates->making);
    struct error *e = make(call, templates, r, text);
    pthread_mutex_unlock(&templates->making);
    return e;
}

struct error *ec2_templates_forget(const struct aws_call *call, struct ec2_templates *templates,
                                   const struct ec2_template_filter *which)
{
    const struct ec2_filter filters[] = {
        {arena_printf(call->arena, "tag:" STR_FMT, STR_ARG(TAG_CLUSTER)), &which->cluster, 1},
        {arena_printf(call->arena, "tag:" STR_FMT, STR_ARG(which->tag_key)), &which->tag_value, 1},
    };
    struct ec2_launch_templates found = {0};

    TRY(ec2_describe_launch_templates(
        call, &(struct ec2_query){.filters = filters, .filter_count = 2}, &found));
    for (size_t i = 0; i < found.count; i++) {
        if (is_among(which->keep, which->keep_count, found.items[i].name))
            continue;
        forget(templates, found.items[i].name);
        struct error *e = ec2_delete_launch_template(call, found.items[i].name);
        if (e && e->kind != ERROR_NOT_FOUND)
            return e;
        log_event(LOG_INFO, "launch template removed", LOG_STR("name", found.items[i].name));
    }
    return NULL;
}

static bool misses_template(struct str code)
{
    return str_starts_with(code, STR("InvalidLaunchTemplate")) &&
           str_find_str(code, STR("NotFound")) < code.len;
}

/* A template that we remember may have been deleted by somebody, and one just made is not visible
 * everywhere at once: CreateFleet then fails without having done anything. */
static struct error *create_fleet(const struct aws_call *call, struct ec2_templates *templates,
                                  const struct ec2_request *r, struct str template,
                                  struct ec2_launched *out)
{
    struct error *e = ec2_create_fleet(call, r->fleet, out);

    if (!e || !misses_template(e->code) || !template.len)
        return e;
    forget(templates, r->template_name);
    TRY(ensure(call, templates, r, template));
    *out = (struct ec2_launched){0};
    return ec2_create_fleet(call, r->fleet, out);
}

/* Said inside an answer it has used up the token: the next launch makes the template again. */
static void believe(struct ec2_templates *templates, const struct ec2_request *r,
                    const struct ec2_launched *launched)
{
    for (size_t i = 0; i < launched->error_count; i++)
        if (misses_template(launched->errors[i].code))
            forget(templates, r->template_name);
}

/* CreateFleet answers a repeat with the instance of the first time, dead or alive, and does not say
 * which; what was never sent before has brought a new one.  When EC2 does not tell yet, it is new.
 */
static void look_at(const struct aws_call *call, struct ec2_instance *instance)
{
    const struct ec2_filter by_id = {STR("instance-id"), &instance->id, 1};
    struct ec2_instances found = {0};
    struct error *e = ec2_describe_instances(
        call, &(struct ec2_query){.filters = &by_id, .filter_count = 1}, &found);

    if (e)
        log_event(LOG_DEBUG, "a new instance cannot be looked at yet",
                  LOG_STR("instance", instance->id), LOG_STR("error", e->summary));
    else if (found.count)
        *instance = found.items[0];
}

static struct error *send(const struct aws_call *call, struct ec2_templates *templates,
                          const struct ec2_request *r, const struct launch *launch,
                          struct ec2_launched *out)
{
    if (cancel_is_raised(call->cancel))
        return error_new(call->arena, ERROR_CANCELLED, "stopped before the launch was sent");
    TRY(ensure(call, templates, r, launch->template));
    TRY(create_fleet(call, templates, r, launch->template, out));
    believe(templates, r, out);
    for (size_t i = 0; launch->repeat && i < out->instances.count; i++)
        look_at(call, &out->instances.items[i]);
    return NULL;
}

static void report(struct str claim, const struct event *e)
{
    static const char *const words[] = {[LAUNCH_DONE] = "launched",
                                        [LAUNCH_REFUSED] = "launch refused",
                                        [LAUNCH_UNKNOWN] = "launch outcome unknown",
                                        [LAUNCH_SPENT] = "launch token spent"};

    if (e->outcome == LAUNCH_DONE)
        log_event(LOG_INFO, words[e->outcome], LOG_STR("claim", claim),
                  LOG_STR("instance", e->instance.id), LOG_STR("type", e->instance.instance_type),
                  LOG_STR("zone", e->instance.zone),
                  LOG_STR("capacity_type", capacity_type_text(e->instance.capacity_type)));
    else
        log_event(LOG_WARN, words[e->outcome], LOG_STR("claim", claim),
                  LOG_STR("error", e->error ? e->error->summary : STR("")),
                  LOG_STR("detail", e->error ? e->error->detail : STR("")));
}

void ec2_launch_send(const struct aws_call *call, struct ec2_templates *templates,
                     const struct launch *launch, struct event *out)
{
    struct ec2_launched launched = {0};
    struct ec2_request r = {0};
    struct error *e = ec2_request_read(call->arena, launch->request, &r);

    if (!e)
        e = send(call, templates, &r, launch, &launched);
    ec2_request_outcome(&r, launch->claim, e, &launched, out);
    report(launch->claim, out);
}
