#include "engine/loop/offered.h"

#include "engine/base/log.h"

static bool is_offered(const struct catalog *catalog, const struct claim *c)
{
    const struct instance_type *t = catalog_type(catalog, c->instance_type);

    for (size_t i = 0; t && i < t->offering_count; i++)
        if (t->offerings[i].capacity_type == c->capacity_type &&
            str_eq(t->offerings[i].zone, c->zone))
            return true;
    return false;
}

/* A date to come was written by a clock that was wrong: it begins anew. */
static void note_one(struct claim_entry *c, bool offered, int64_t date_ms)
{
    bool known = c->claim.unoffered_ms && c->claim.unoffered_ms <= date_ms;

    if (offered ? !c->claim.unoffered_ms : known)
        return;
    c->claim.unoffered_ms = offered ? 0 : date_ms;
    c->dirty = true;
    log_event(LOG_INFO, offered ? "claim_offered_again" : "claim_no_longer_offered",
              LOG_STR("claim", c->id.key), LOG_STR("instance_type", c->claim.instance_type),
              LOG_STR("zone", c->claim.zone));
}

void offered_note(struct state *s, const struct class_entry *class, int64_t now_ms)
{
    int64_t date_ms = calendar_date_ms(&s->calendar, now_ms);

    for (size_t i = 0; s->calendar.sure && i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (str_eq(c->node_class, class->name.key) && c->claim.instance_type.len)
            note_one(c, is_offered(&class->catalog, &c->claim), date_ms);
    }
}
