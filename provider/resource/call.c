#include "provider/resource/call.h"

#include "engine/aws/aws.h"
#include "engine/base/time.h"
#include "provider/cty/json.h"
#include "provider/resource/bind.h"
#include "provider/resource/links.h"
#include "provider/resource/provider.h"
#include "provider/resource/recall.h"
#include "provider/resource/resource.h"

void call_warn(struct call *c, struct str path, struct str summary, struct str detail)
{
    struct error *w = error_new(c->arena, ERROR_INVALID, STR_FMT, STR_ARG(summary));
    w->detail = arena_str(c->arena, detail);
    w->path = arena_str(c->arena, path);
    c->warnings = error_join(c->warnings, w);
}

void call_applied(struct call *c, const char *attribute)
{
    struct applied_list *item = ARENA_NEW(c->arena, struct applied_list);
    *item = (struct applied_list){attribute, c->applied};
    c->applied = item;
}

/* Private state: a JSON object of strings.  What hashicorp/aws left there stays. */

void call_load_private(struct call *c, struct str bytes)
{
    struct error *unreadable = json_parse(c->arena, bytes, &c->private_state);
    /* Foreign bytes of a form that we cannot add to: ours replace them, nobody else reads them. */
    if (unreadable || c->private_state.kind != JSON_OBJECT)
        c->private_state = json_new_object();
}

struct str call_save_private(const struct call *c)
{
    struct buf out = buf_in(c->arena);
    if (c->private_state.count)
        json_print(&out, &c->private_state, true);
    return buf_str(&out);
}

struct str call_private(const struct call *c, const char *key)
{
    return json_string_or(json_get(&c->private_state, key), STR(""));
}

void call_set_private(struct call *c, const char *key, struct str value)
{
    if (c->private_state.kind != JSON_OBJECT)
        c->private_state = json_new_object();
    json_set(c->arena, &c->private_state, str_of(key), json_new_string(value));
}

static const char signature[] = "tenon";

void call_sign(struct call *c)
{
    call_set_private(c, signature, STR("1"));
}

static const char import_mark[] = "imported";

void call_mark_import(struct call *c)
{
    call_set_private(c, import_mark, STR("1"));
}

bool call_take_import(struct call *c)
{
    bool marked = call_private(c, import_mark).len > 0;
    if (marked)
        call_set_private(c, import_mark, STR(""));
    return marked;
}

bool call_is_signed(const struct call *c)
{
    return call_private(c, signature).len > 0;
}

/* Time. */

enum { DEFAULT_TIMEOUT_MS = 20 * 60 * 1000 };

int64_t operation_limit_ms(const struct resource_type *t, enum operation operation)
{
    const int64_t by_operation[] = {
        [OPERATION_CREATE] = t->timeouts.create_ms,
        [OPERATION_READ] = t->timeouts.read_ms,
        [OPERATION_UPDATE] = t->timeouts.update_ms,
        [OPERATION_DELETE] = t->timeouts.delete_ms,
    };
    return by_operation[operation] ? by_operation[operation] : DEFAULT_TIMEOUT_MS;
}

const char *operation_word(enum operation operation)
{
    static const char *const words[] = {"create", "read", "update", "delete"};
    return words[operation];
}

void call_begin(struct call *c, const struct resource_type *t, enum operation operation,
                const struct cty_value *value)
{
    const struct cty_value *timeouts = cty_get(value, STR("timeouts"));
    const struct cty_value *wanted = cty_get(timeouts, str_of(operation_word(operation)));
    int64_t ms;

    if (wanted->kind != CTY_STRING || !duration_parse(wanted->string, &ms))
        ms = operation_limit_ms(t, operation);
    c->deadline_ms = time_add_ms(time_monotonic_ms(), ms);
}

int64_t call_left_ms(const struct call *c)
{
    int64_t left = c->deadline_ms - time_monotonic_ms();
    return left > 0 ? left : 0;
}

/* clang-format off */
static const struct attr cd_rows[] = {
    ATTR(timeouts, create, OPTIONAL, .check = check_duration, .describe = "How long a create may take."),
    ATTR(timeouts, delete, OPTIONAL, .check = check_duration, .describe = "How long a destroy may take."),
};
static const struct attr cud_rows[] = {
    ATTR(timeouts, create, OPTIONAL, .check = check_duration, .describe = "How long a create may take."),
    ATTR(timeouts, update, OPTIONAL, .check = check_duration, .describe = "How long an update may take."),
    ATTR(timeouts, delete, OPTIONAL, .check = check_duration, .describe = "How long a destroy may take."),
};
static const struct attr r_rows[] = {
    ATTR(timeouts, read,   OPTIONAL, .check = check_duration, .describe = "How long a read may take."),
};
/* clang-format on */

const struct model timeouts_r = MODEL(timeouts, r_rows);
const struct model timeouts_cud = MODEL(timeouts, cud_rows);
const struct model timeouts_cd = MODEL(timeouts, cd_rows);
const struct model timeouts_ud = {sizeof(struct timeouts), cud_rows + 1, 2};
const struct model timeouts_u = {sizeof(struct timeouts), cud_rows + 1, 1};

/* The configured provider. */

void call_note_made(struct call *c)
{
    if (c->provider)
        provider_note_made(c->provider);
}

bool call_made_lately(const struct call *c)
{
    return c->provider && provider_made_lately(c->provider);
}

/* What is named in one region says nothing of another. */
static struct str regional(const struct call *c, struct str key)
{
    return arena_printf(c->arena, STR_FMT "/" STR_FMT, STR_ARG(call_region(c)), STR_ARG(key));
}

void call_note_link(struct call *c, struct str key)
{
    if (c->provider)
        links_note(provider_links(c->provider), regional(c, key));
}

bool call_has_link(const struct call *c, struct str key)
{
    return c->provider && links_has(provider_links(c->provider), regional(c, key));
}

bool call_recall(struct call *c, struct str key, struct str *answer)
{
    return c->provider && recall_get(provider_recall(c->provider), c->arena, regional(c, key),
                                     time_monotonic_ms(), answer);
}

void call_remember(struct call *c, struct str key, struct str answer)
{
    if (c->provider)
        recall_put(provider_recall(c->provider), regional(c, key), time_monotonic_ms(), answer);
}

struct str call_region(const struct call *c)
{
    if (c->region.len)
        return c->region;
    return c->provider ? provider_region(c->provider) : STR("");
}

struct str call_partition(const struct call *c)
{
    return aws_partition_of(call_region(c));
}

struct error *call_account_id(struct call *c, struct str *out)
{
    *out = STR("");
    return c->provider ? provider_account_id(c->provider, c->arena, c->cancel, out) : NULL;
}

struct error *call_pools(struct call *c, const struct pools **out)
{
    if (c->provider)
        return provider_pools(c->provider, c->arena, out);
    *out = NULL;
    return error_new(c->arena, ERROR_BUG,
                     "the engine was asked for before the provider was set up");
}
