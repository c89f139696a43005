#include "engine/adapters/ec2_request.h"
#include "engine/base/json.h"
#include "engine/base/time.h"

static struct str text_of(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

static void read_places(struct arena *a, const struct json *list, struct ec2_request *out)
{
    out->places = ARENA_ARRAY(a, struct ec2_place, list->count + 1);
    for (size_t i = 0; list->kind == JSON_ARRAY && i < list->count; i++) {
        const struct json *place = &list->items[i];
        if (place->kind == JSON_ARRAY && place->count == 3)
            out->places[out->place_count++] =
                (struct ec2_place){json_string_or(&place->items[0], STR("")),
                                   json_string_or(&place->items[1], STR("")),
                                   json_string_or(&place->items[2], STR(""))};
    }
}

struct error *ec2_request_read(struct arena *a, struct str text, struct ec2_request *out)
{
    struct json j = {0};
    struct error *e = json_parse(a, text, &j);
    struct str name = text_of(&j, "template_name"), fleet = text_of(&j, "fleet");

    if (e || name.len == 0 || fleet.len == 0)
        return error_new(a, ERROR_BUG, "the recorded request of a launch cannot be read");
    *out = (struct ec2_request){.pool = text_of(&j, "pool"),
                                .hash = text_of(&j, "hash"),
                                .capacity_type = str_eq(text_of(&j, "capacity_type"), STR("spot"))
                                                     ? CAPACITY_SPOT
                                                     : CAPACITY_ON_DEMAND,
                                .template_name = name,
                                .image_id = text_of(&j, "image_id"),
                                .fleet = fleet};
    read_places(a, json_get(&j, "places"), out);
    return NULL;
}

/* What an error says about offerings, whether EC2 says it of one place, inside a fleet's answer, or
 * of the whole call.  All of them mean: not by this way, though perhaps by another. */
enum scope { SCOPE_OFFERING, SCOPE_ZONE, SCOPE_ALL };
static const struct {
    const char *code;
    enum scope scope;
} capacity_codes[] = {
    {"InsufficientInstanceCapacity", SCOPE_OFFERING},
    {"InsufficientHostCapacity", SCOPE_OFFERING},
    {"InsufficientCapacity", SCOPE_OFFERING},
    {"ReservationCapacityExceeded", SCOPE_OFFERING},
    {"UnfulfillableCapacity", SCOPE_OFFERING},
    {"Unsupported", SCOPE_OFFERING},
    {"UnsupportedOperation", SCOPE_OFFERING},
    {"SpotMaxPriceTooLow", SCOPE_OFFERING},
    {"VcpuLimitExceeded", SCOPE_OFFERING}, /* a quota of some families */
    {"InsufficientFreeAddressesInSubnet", SCOPE_ZONE},
    {"InvalidSubnetID.NotFound", SCOPE_ZONE},
    {"InvalidSubnet", SCOPE_ZONE},
    {"MaxSpotInstanceCountExceeded", SCOPE_ALL},
    {"InstanceLimitExceeded", SCOPE_ALL},
    {"MaxFleetCountExceeded", SCOPE_ALL},
    {"AuthFailure.ServiceLinkedRoleCreationNotPermitted", SCOPE_ALL},
    /* Of a place: "type is not supported in your zone". Of the call: it is wrong. */
    {"InvalidFleetConfiguration", SCOPE_OFFERING},
};

static bool scope_of(const struct ec2_launch_error *e, enum scope *out)
{
    for (size_t i = 0; i < sizeof(capacity_codes) / sizeof(*capacity_codes); i++)
        if (str_eq(e->code, str_of(capacity_codes[i].code))) {
            bool told = e->instance_type.len > 0;
            *out = capacity_codes[i].scope == SCOPE_OFFERING && !told ? SCOPE_ALL
                                                                      : capacity_codes[i].scope;
            return true;
        }
    return false;
}

static bool concerns(const struct ec2_launch_error *e, enum scope scope,
                     const struct ec2_place *place)
{
    bool here = e->subnet_id.len ? str_eq(e->subnet_id, place->subnet_id)
                                 : e->zone.len == 0 || str_eq(e->zone, place->zone);
    switch (scope) {
    case SCOPE_OFFERING:
        return here && str_eq(e->instance_type, place->instance_type);
    case SCOPE_ZONE:
        return here;
    case SCOPE_ALL:
        return true;
    }
    return false;
}

static bool is_unavailable(const struct ec2_launch_error *errors, size_t count,
                           const struct ec2_place *place)
{
    enum scope scope;

    for (size_t i = 0; i < count; i++)
        if (scope_of(&errors[i], &scope) && concerns(&errors[i], scope, place))
            return true;
    return false;
}

static void list_unavailable(const struct ec2_request *r, const struct ec2_launch_error *errors,
                             size_t count, struct event *out)
{
    struct unavailable *list = ARENA_ARRAY(&out->arena, struct unavailable, r->place_count + 1);

    for (size_t i = 0; i < r->place_count; i++)
        if (is_unavailable(errors, count, &r->places[i]))
            list[out->unavailable_count++] = (struct unavailable){
                r->places[i].instance_type, r->places[i].zone, r->capacity_type};
    out->unavailable = list;
}

/* The subnet that a text speaks of, if it is one of the request's. */
static struct str subnet_in(const struct ec2_request *r, struct str text)
{
    for (size_t i = 0; i < r->place_count; i++)
        if (str_find_str(text, r->places[i].subnet_id) < text.len)
            return r->places[i].subnet_id;
    return STR("");
}

/* A refusal of the whole call in the words of one inside an answer: no place is told. */
static void list_refused(const struct ec2_request *r, const struct error *e, struct event *out)
{
    const struct ec2_launch_error refusal = {.code = e->code,
                                             .subnet_id = subnet_in(r, e->summary)};

    if (!str_eq(e->code, STR("InvalidFleetConfiguration")))
        list_unavailable(r, &refusal, 1, out);
}

/* A profile that IAM has just made is unknown to EC2 for some seconds.  EC2 has no code for that,
 * only this text. */
static bool is_about_profile(const struct ec2_launch_error *e)
{
    return str_eq(e->code, STR("InvalidParameterValue")) &&
           str_find_str(e->message, STR("iamInstanceProfile")) < e->message.len;
}

/* An answer is an answer: whatever passes is waited for and then asked with another token, because
 * this one would bring the same answer again. */
static enum error_kind kind_of(const struct ec2_launch_error *e)
{
    enum scope scope;

    if (scope_of(e, &scope))
        return ERROR_NO_CAPACITY;
    bool passes = e->kind == ERROR_THROTTLED || e->kind == ERROR_UNREACHABLE || is_about_profile(e);
    return passes ? ERROR_CONFLICT : e->kind;
}

/* Nothing was launched: the first error that is not about capacity says why, else capacity does. */
static struct error *why_not(struct arena *a, const struct ec2_launched *launched)
{
    const struct ec2_launch_error *why = NULL;
    enum scope scope;

    for (size_t i = 0; i < launched->error_count; i++)
        if (!why || (scope_of(why, &scope) && !scope_of(&launched->errors[i], &scope)))
            why = &launched->errors[i];
    if (!why)
        return error_new(a, ERROR_NO_CAPACITY, "EC2 launched nothing and did not say why");
    struct error *e =
        error_new(a, kind_of(why), "EC2 launched nothing: " STR_FMT, STR_ARG(why->code));
    e->code = why->code;
    e->detail = why->message;
    return e;
}

static enum launch_outcome outcome_of(const struct error *e)
{
    if (str_eq(e->code, STR("IdempotentParameterMismatch")) ||
        str_eq(e->code, STR("IdempotentInstanceTerminated")))
        return LAUNCH_SPENT;
    if (e->outcome_unknown)
        return LAUNCH_UNKNOWN;
    switch (e->kind) {
    case ERROR_INVALID:
    case ERROR_DENIED:
    case ERROR_NO_CAPACITY:
    case ERROR_NOT_FOUND:
    case ERROR_EXISTS:
    case ERROR_BUG:
        return LAUNCH_REFUSED;
    case ERROR_CONFLICT: /* nothing happened, or we do not know: the same request again */
    case ERROR_THROTTLED:
    case ERROR_UNREACHABLE:
    case ERROR_CANCELLED:
    case ERROR_TIMEOUT:
        return LAUNCH_UNKNOWN;
    }
    return LAUNCH_UNKNOWN;
}

static struct str zone_of(const struct ec2_request *r, const struct ec2_instance *i)
{
    for (size_t k = 0; i->zone.len == 0 && k < r->place_count; k++)
        if (str_eq(r->places[k].subnet_id, i->subnet_id))
            return r->places[k].zone;
    return i->zone;
}

static void fill_instance(const struct ec2_request *r, struct str claim,
                          const struct ec2_instance *i, struct cloud_instance *out)
{
    *out = (struct cloud_instance){.id = i->id,
                                   .claim = claim,
                                   .pool = r->pool,
                                   .hash = r->hash,
                                   .instance_type = i->instance_type,
                                   .zone = zone_of(r, i),
                                   .image_id = i->image_id.len ? i->image_id : r->image_id,
                                   .capacity_type = r->capacity_type,
                                   .state = str_eq(i->state, STR("running")) ? INSTANCE_RUNNING
                                                                             : INSTANCE_PENDING,
                                   .launched_ms = i->launched_ms ? i->launched_ms : time_now_ms()};
}

static bool is_dead(const struct ec2_instance *i)
{
    return str_eq(i->state, STR("terminated")) || str_eq(i->state, STR("shutting-down"));
}

void ec2_request_outcome(const struct ec2_request *r, struct str claim, struct error *e,
                         const struct ec2_launched *launched, struct event *out)
{
    out->error = e;
    if (e) {
        out->outcome = outcome_of(e);
        if (out->outcome == LAUNCH_REFUSED)
            list_refused(r, e, out);
        return;
    }
    list_unavailable(r, launched->errors, launched->error_count, out);
    for (size_t i = 0; i < launched->instances.count; i++)
        if (!is_dead(&launched->instances.items[i])) {
            out->outcome = LAUNCH_DONE;
            fill_instance(r, claim, &launched->instances.items[i], &out->instance);
            return;
        }
    if (launched->instances.count) { /* the token's instance has come and gone */
        out->outcome = LAUNCH_SPENT;
        return;
    }
    out->outcome = LAUNCH_REFUSED;
    out->error = why_not(&out->arena, launched);
}
