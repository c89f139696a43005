#include "engine/core/decide.h"
#include "engine/objects/cron.h"
#include "engine/objects/pool_form.h"
#include "engine/objects/time_zone.h"
#include "engine/objects/values.h"

/* Disruption budgets of a pool: what may be written, and what it means. */

/* "3" or "10%". */
static void check_budget_nodes(struct reader *r, const struct place *at, const struct json *j,
                               const void *filled)
{
    struct share share;

    if (!share_parse(*(const struct str *)filled, &share))
        reader_refuse(r, at, j,
                      "A number of nodes such as \"2\" or a share from \"0%%\" to \"100%%\" is "
                      "expected.");
}

static void check_schedule(struct reader *r, const struct place *at, const struct json *j,
                           const void *filled)
{
    struct cron cron;
    struct str fault = cron_read(r->keep, *(const struct str *)filled, &cron);
    if (fault.len)
        reader_refuse(r, at, j,
                      STR_FMT
                      " Five cron fields are expected (minute, hour, day of month, "
                      "month, day of week: \"0 9 * * mon-fri\"), or one of @annually, @yearly, "
                      "@monthly, @weekly, @daily, @midnight and @hourly.",
                      STR_ARG(fault));
}

static void check_time_zone(struct reader *r, const struct place *at, const struct json *j,
                            const void *filled)
{
    struct time_zone zone;

    if (!time_zone_find(*(const struct str *)filled, &zone))
        reader_refuse(r, at, j,
                      "A place of the tz database is expected, such as UTC or Europe/Berlin; "
                      "capitals count.");
}

static void check_reasons(struct reader *r, const struct place *at, const struct json *j,
                          const void *filled)
{
    size_t word;
    (void)filled;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(at, i);
        read_choice(r, &each, &j->items[i], WORDS("Underutilized", "Empty", "Drifted"), &word);
    }
}

static const struct field budget_fields[] = {
    FIELD(STRING, budget_spec, nodes, .dflt = "\"10%\"", .check = check_budget_nodes),
    FIELD(STRING, budget_spec, schedule, .check = check_schedule),
    FIELD(DURATION, budget_spec, duration),
    FIELD(STRINGS, budget_spec, reasons, .dflt = "[]", .max = 3, .check = check_reasons),
    FIELD(STRING, budget_spec, time_zone, .dflt = "\"UTC\"", .check = check_time_zone),
};

static void check_budget(struct reader *r, const struct place *at, const struct json *j,
                         const void *filled)
{
    struct place schedule = place_member(at, "schedule"), duration = place_member(at, "duration");
    bool begins = json_get(j, "schedule")->kind != JSON_NULL;
    bool lasts = json_get(j, "duration")->kind != JSON_NULL;

    (void)filled;
    if (begins && !lasts)
        reader_missing(r, &duration, j,
                       "A schedule says when the budget begins, duration (\"8h\") how long it "
                       "holds: set both or neither.");
    if (!begins && lasts)
        reader_missing(r, &schedule, j,
                       "A duration needs the schedule at which it begins (\"0 9 * * mon-fri\"): "
                       "set both or neither.");
}
const struct form budget_form = FORM(budget_spec, budget_fields, .check = check_budget);

static int64_t reasons_of_spec(const struct strings *codes)
{
    static const enum reason reasons[] = {REASON_UNDERUTILIZED, REASON_EMPTY, REASON_DRIFTED};
    int64_t bits = 0;

    for (size_t i = 0; i < codes->count; i++)
        for (size_t r = 0; r < sizeof(reasons) / sizeof(*reasons); r++)
            if (str_eq(codes->items[i], str_of(reason_row(reasons[r])->code)))
                bits |= INT64_C(1) << reasons[r];
    return bits;
}

static const struct schedule *schedule_of_spec(struct arena *keep, const struct budget_spec *spec)
{
    struct schedule *s = ARENA_NEW(keep, struct schedule);

    if (!spec->schedule.len)
        return NULL;
    s->duration_ms = spec->duration;
    cron_read(keep, spec->schedule, &s->cron);
    time_zone_find(spec->time_zone, &s->zone);
    return s;
}

void pool_budgets_read(struct arena *keep, const struct list *specs, struct pool *out)
{
    struct budget *budgets = ARENA_ARRAY(keep, struct budget, specs->count);

    for (size_t i = 0; i < specs->count; i++) {
        const struct budget_spec *spec = &((const struct budget_spec *)specs->items)[i];
        budgets[i].reasons = reasons_of_spec(&spec->reasons);
        budgets[i].schedule = schedule_of_spec(keep, spec);
        share_parse(spec->nodes, &budgets[i].nodes);
    }
    out->budgets = budgets;
    out->budget_count = specs->count;
}
