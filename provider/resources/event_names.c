#include "provider/resources/event_names.h"

bool is_default_bus(struct str bus)
{
    return !bus.len || str_eq(bus, STR("default"));
}

static bool is_bus_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           memchr("_./-", c, 4);
}

static bool is_bus_arn(struct str rest)
{
    struct str prefix = str_cut(&rest, ':'), partition = str_cut(&rest, ':');
    struct str service = str_cut(&rest, ':'), region = str_cut(&rest, ':');
    struct str account = str_cut(&rest, ':');

    (void)prefix;
    (void)partition; /* seen by check_arn */
    return str_eq(service, STR("events")) && region.len && account.len == 12 &&
           str_starts_with(rest, STR("event-bus/")) && rest.len > STR("event-bus/").len;
}

static struct error *check_bus_arn(struct arena *a, struct str value)
{
    TRY(check_arn(a, value));
    if (is_bus_arn(value))
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "not an event bus's ARN: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("It reads arn:aws:events:REGION:ACCOUNT:event-bus/NAME.");
    return e;
}

struct error *check_bus(struct arena *a, struct str value)
{
    bool legal = value.len >= 1 && value.len <= 256;

    if (str_starts_with(value, STR("arn:")))
        return check_bus_arn(a, value);
    for (size_t i = 0; i < value.len; i++)
        legal = legal && is_bus_character(value.ptr[i]);
    if (legal)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not an event bus: \"" STR_FMT "\"",
                                STR_ARG(str_slice(value, 0, 80)));
    e->detail = STR("It must be the bus's ARN, or its name: 1 to 256 letters, digits and _./-.");
    return e;
}

struct str plain_bus(struct call *c, struct str bus)
{
    struct str account, own, rest = bus;

    if (!str_starts_with(bus, STR("arn:")) || call_account_id(c, &account) || !account.len)
        return is_default_bus(bus) ? STR("default") : bus;
    own = arena_printf(c->arena, "arn:" STR_FMT ":events:" STR_FMT ":" STR_FMT ":event-bus/",
                       STR_ARG(call_partition(c)), STR_ARG(call_region(c)), STR_ARG(account));
    return str_starts_with(rest, own) ? str_slice(rest, own.len, rest.len) : bus;
}

void keep_bus(struct call *c, const struct tf_string *prior, struct tf_string *planned)
{
    if (prior && TF_IS_KNOWN(*prior) && TF_IS_KNOWN(*planned) && !str_eq(prior->v, planned->v) &&
        str_eq(plain_bus(c, prior->v), plain_bus(c, planned->v)))
        *planned = *prior;
}

struct str rule_id(struct arena *a, struct str bus, struct str rule)
{
    if (is_default_bus(bus))
        return rule;
    return arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(bus), STR_ARG(rule));
}

struct str target_id_of(struct arena *a, struct str bus, struct str rule, struct str target)
{
    if (is_default_bus(bus))
        return arena_printf(a, STR_FMT "-" STR_FMT, STR_ARG(rule), STR_ARG(target));
    return arena_printf(a, STR_FMT "-" STR_FMT "-" STR_FMT, STR_ARG(bus), STR_ARG(rule),
                        STR_ARG(target));
}

struct str target_link(struct call *c, struct str bus, struct str rule, struct str target)
{
    struct str name = plain_bus(c, bus);

    return arena_printf(c->arena, "target/" STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(name),
                        STR_ARG(rule), STR_ARG(target));
}

struct str removed_link(struct arena *a, struct str link)
{
    return arena_printf(a, "removed/" STR_FMT, STR_ARG(link));
}

struct str cut_last(struct str *id)
{
    size_t end = id->len, from = end;

    while (from > 0 && id->ptr[from - 1] != '/')
        from--;
    struct str last = str_slice(*id, from, end);
    *id = str_slice(*id, 0, from ? from - 1 : 0);
    return last;
}
