#include "engine/loop/facts.h"

enum {
    STEP_MS = 10 * 1000,
    LOSS_LEAST = 20, /* pods: of fewer, half are soon gone by right */
};

int64_t facts_age_ms(int64_t since_ms, int64_t now_ms, int64_t step_ms)
{
    return now_ms > since_ms ? (now_ms - since_ms + step_ms - 1) / step_ms * step_ms : 0;
}

int64_t facts_sure_ms(const struct state *s, int64_t now_ms)
{
    int64_t at_ms = time_add_ms(s->pods_lost_ms, s->max_staleness_ms);

    return s->pods_lost_ms && at_ms > now_ms ? at_ms : NEVER_MS;
}

void facts_note_pods(struct state *s, size_t before, bool whole, int64_t now_ms)
{
    bool doubted = facts_sure_ms(s, now_ms) != NEVER_MS;
    size_t believed = doubted ? s->pods_before : before, count = s->pods.by_name.count;
    /* Of an API server that has just come back the first list may be empty, however few there are.
     */
    bool most = count < believed / 2 && believed - count >= LOSS_LEAST, all = believed && !count;
    bool lost = (whole || doubted) && (most || all);

    if (!lost || !doubted)
        s->pods_lost_ms = lost ? now_ms : 0;
    s->pods_before = believed;
}

static struct str pods_doubt(struct arena *a, const struct state *s, int64_t now_ms)
{
    if (facts_sure_ms(s, now_ms) == NEVER_MS)
        return STR("");
    return arena_printf(a, "there are %zu pods where there were %zu just now",
                        s->pods.by_name.count, s->pods_before);
}

/* What is going may go at any time, and of what was never listed nothing is contradicted. */
static bool is_in_doubt(const struct claim_entry *c)
{
    return c->listed && c->missed_ms && c->claim.instance_id.len &&
           c->claim.phase < CLAIM_TERMINATING;
}

static struct str instances_doubt(struct arena *a, const struct state *s)
{
    const struct claim_entry *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < s->claims.count; i++)
        if (is_in_doubt(CLAIM_AT(s, i))) {
            first = first ? first : CLAIM_AT(s, i);
            count++;
        }
    if (!count)
        return STR("");
    return arena_printf(a, "the last list of instances lacks " STR_FMT "%s, which was there before",
                        STR_ARG(first->claim.instance_id),
                        count > 1 ? arena_printf(a, " and %zu more", count - 1).ptr : "");
}

struct facts facts_of(struct arena *a, const struct state *s, int64_t pods_age_ms, int64_t now_ms)
{
    return (struct facts){
        .pods_age_ms = pods_age_ms == NEVER_MS ? NEVER_MS : facts_age_ms(0, pods_age_ms, STEP_MS),
        .instances_age_ms = facts_age_ms(s->list_answered_ms, now_ms, STEP_MS),
        .pods_doubt = pods_doubt(a, s, now_ms),
        .instances_doubt = instances_doubt(a, s),
    };
}
