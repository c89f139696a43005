#include "engine/core/schedule.h"

enum { SECOND_MS = 1000, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400, HOURS = 24, MINUTES = 60 };

/* The longest that a cron expression can wait: from one 29 February over a year without to the
 * next. */
enum { LOOK_AHEAD_DAYS = 9 * 366 };

/* Windows that follow one another without a gap are looked through so far. */
enum { CHAIN_MOST = 64 };

/* A day of the Gregorian calendar, and its number from 1970-01-01. */
struct date {
    int64_t year, month, day;
};

static int64_t floor_div(int64_t x, int64_t by)
{
    return x / by - (x % by < 0);
}

/* Years that begin in March have their odd day at their end. */
static int64_t day_number(struct date d)
{
    int64_t year = d.year - (d.month <= 2), era = floor_div(year, 400), of_era = year - era * 400;
    int64_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_of(int64_t number)
{
    int64_t days = number + 719468, era = floor_div(days, 146097), of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100),
            month = (5 * of_year + 2) / 153;
    struct date d = {.day = of_year - (153 * month + 2) / 5 + 1,
                     .month = month < 10 ? month + 3 : month - 9};

    d.year = years + era * 400 + (d.month <= 2);
    return d;
}

static int64_t day_of_week(int64_t number)
{
    return number + 4 - 7 * floor_div(number + 4, 7); /* the first was a Thursday */
}

/* Seconds from 1970 by clocks that are so far ahead. */
static int64_t change_seconds(const struct clock_change *c, int64_t year, int64_t offset_seconds)
{
    int64_t first = day_number((struct date){year, c->month, 1});
    int64_t next =
        day_number((struct date){year + (c->month == 12), c->month == 12 ? 1 : c->month + 1, 1});
    int64_t day = first + (c->day_of_week - day_of_week(first) + 7) % 7 + 7 * (c->week - 1);

    while (day >= next)
        day -= 7;
    return day * DAY_S + c->seconds - offset_seconds;
}

int64_t time_zone_offset_seconds(const struct time_zone *zone, int64_t at_ms)
{
    int64_t at = floor_div(at_ms, SECOND_MS);

    if (!zone->has_summer)
        return zone->offset_seconds;
    int64_t year = date_of(floor_div(at + zone->offset_seconds, DAY_S)).year;
    int64_t summer = change_seconds(&zone->summer, year, zone->offset_seconds);
    int64_t winter = change_seconds(&zone->winter, year, zone->summer_offset_seconds);
    bool is_summer = summer < winter ? at >= summer && at < winter : at >= summer || at < winter;
    return is_summer ? zone->summer_offset_seconds : zone->offset_seconds;
}

static bool day_matches(const struct cron *c, int64_t number)
{
    struct date d = date_of(number);
    bool by_month = c->days_of_month >> d.day & 1,
         by_week = c->days_of_week >> day_of_week(number) & 1;

    if (!(c->months >> d.month & 1))
        return false;
    return c->any_day_of_month || c->any_day_of_week ? by_month && by_week : by_month || by_week;
}

/* The first instant of that day later than `after`, of those when clocks so far ahead show what the
 * expression names and are the ones that hold. */
static int64_t first_of_day(const struct schedule *s, int64_t number, int64_t offset_seconds,
                            int64_t after_ms)
{
    for (int hour = 0; hour < HOURS; hour++)
        for (int minute = 0; (s->cron.hours >> hour & 1) && minute < MINUTES; minute++) {
            int64_t clock = number * DAY_S + hour * HOUR_S + minute * MINUTE_S;
            int64_t at_ms = (clock - offset_seconds) * SECOND_MS;
            if ((s->cron.minutes >> minute & 1) && at_ms > after_ms &&
                time_zone_offset_seconds(&s->zone, at_ms) == offset_seconds)
                return at_ms;
        }
    return NEVER_MS;
}

static int64_t begins_after_ms(const struct schedule *s, int64_t after_ms)
{
    int64_t offset = time_zone_offset_seconds(&s->zone, after_ms);
    int64_t first = floor_div(floor_div(after_ms, SECOND_MS) + offset, DAY_S);

    for (int64_t day = first; day < first + LOOK_AHEAD_DAYS; day++) {
        if (!day_matches(&s->cron, day))
            continue;
        int64_t at_ms = first_of_day(s, day, s->zone.offset_seconds, after_ms);
        int64_t summer_ms = s->zone.has_summer
                                ? first_of_day(s, day, s->zone.summer_offset_seconds, after_ms)
                                : NEVER_MS;
        if (at_ms != NEVER_MS || summer_ms != NEVER_MS)
            return at_ms < summer_ms ? at_ms : summer_ms;
    }
    return NEVER_MS;
}

struct window schedule_window(const struct schedule *s, int64_t now_ms)
{
    int64_t begin_ms = begins_after_ms(s, now_ms - s->duration_ms);

    if (begin_ms > now_ms)
        return (struct window){false, begin_ms};
    int64_t end_ms = time_add_ms(begin_ms, s->duration_ms);
    for (int i = 0; i < CHAIN_MOST; i++) {
        begin_ms = begins_after_ms(s, begin_ms);
        if (begin_ms > end_ms)
            break;
        end_ms = time_add_ms(begin_ms, s->duration_ms);
    }
    return (struct window){true, end_ms};
}
