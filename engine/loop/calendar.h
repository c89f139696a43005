#ifndef ENGINE_LOOP_CALENDAR_H
#define ENGINE_LOOP_CALENDAR_H

#include "engine/base/time.h"

/* What date it is.  The engine runs by a steady clock that says nothing of the date; TTLs are
 * dates: when a node was made, since when it is empty.  A machine's date may be wrong by a month
 * when the engine begins and may be set at any time, and one minute of that would replace a fleet.
 *
 * So a date is sure only while two agree, the machine and the cloud, whose answers carry it: to
 * within five minutes, which is also how far AWS lets a signature be off.  Between answers the date
 * goes on by the steady clock.  A jump of the machine's is noticed at the next step, and from then
 * on nothing is due by date until the cloud has told it again. */
struct calendar {
    int64_t ahead_ms;   /* of dates before the steady clock's instants */
    int64_t machine_ms; /* the same by the machine, as last looked at */
    bool looked, sure;
    bool told;        /* the cloud has said some date at least once */
    int64_t apart_ms; /* machine minus cloud when they last disagreed; 0: they agree */
};

/* The machine's date at a steady instant.  False: it has jumped since the last look. */
bool calendar_look(struct calendar *c, int64_t now_ms, int64_t machine_date_ms);
/* The cloud's, as it came with an answer (0: it told none).  True: whether the date is sure, or why
 * it is not, has changed. */
bool calendar_hear(struct calendar *c, int64_t now_ms, int64_t cloud_date_ms);

/* The date at an instant and the instant of a date; NEVER_MS stays what it is. */
int64_t calendar_date_ms(const struct calendar *c, int64_t instant_ms);
int64_t calendar_instant_ms(const struct calendar *c, int64_t date_ms);

#endif
