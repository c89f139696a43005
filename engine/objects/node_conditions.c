#include "engine/objects/node_conditions.h"

enum {
    MINUTE_MS = 60 * 1000,
    /* A kubelet makes its Node as not Ready, and where it then falls silent the node controller
     * says Unknown within a minute: neither has ever been Ready. */
    JOINING_MS = MINUTE_MS,
};

/* Karpenter's repair policies for EKS.  A device that has failed does not come back by itself, so
 * it is waited for less long. */
static const struct {
    struct str type, status;
    int64_t tolerated_ms;
} policies[] = {
    {STR_INIT("Ready"), STR_INIT("False"), 30 * MINUTE_MS},
    {STR_INIT("Ready"), STR_INIT("Unknown"), 30 * MINUTE_MS},
    {STR_INIT("AcceleratedHardwareReady"), STR_INIT("False"), 10 * MINUTE_MS},
    {STR_INIT("ContainerRuntimeReady"), STR_INIT("False"), 30 * MINUTE_MS},
    {STR_INIT("KernelReady"), STR_INIT("False"), 30 * MINUTE_MS},
    {STR_INIT("NetworkingReady"), STR_INIT("False"), 30 * MINUTE_MS},
    {STR_INIT("StorageReady"), STR_INIT("False"), 30 * MINUTE_MS},
};

bool node_condition_is_bad(struct str type, struct str status, int64_t *tolerated_ms)
{
    for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++)
        if (str_eq(type, policies[i].type) && str_eq(status, policies[i].status)) {
            *tolerated_ms = policies[i].tolerated_ms;
            return true;
        }
    return false;
}

/* 0: it does not say since when. */
static int64_t read_since(struct reader *r, const struct place *at, const struct json *condition)
{
    struct place since_at = place_member(at, "lastTransitionTime");
    const struct json *since = json_get(condition, "lastTransitionTime");
    struct str text;
    int64_t ms = 0;

    if (read_string(r, &since_at, since, &text) && !time_parse(text, &ms))
        reader_refuse(r, &since_at, since, "An instant such as 2026-12-01T08:30:00Z is allowed.");
    return ms;
}

/* The condition that is first borne no longer counts.  One of unknown age makes the node no better
 * than the others do, and is never a reason to replace it. */
static void take_bad(struct claim *out, struct str type, int64_t since_ms, int64_t tolerated_ms)
{
    int64_t repair_ms = since_ms ? since_ms + tolerated_ms : 0;

    if (str_eq(type, STR("Ready")) && since_ms && since_ms <= out->created_ms + JOINING_MS)
        out->ready_ms = NEVER_MS;
    if (repair_ms && (!out->repair_ms || repair_ms < out->repair_ms))
        out->repair_ms = repair_ms;
    out->unhealthy = true;
}

static void read_condition(struct reader *r, const struct place *at, const struct json *condition,
                           struct claim *out)
{
    struct place type_at = place_member(at, "type"), status_at = place_member(at, "status");
    struct str type = {0}, status = {0};
    int64_t tolerated_ms;

    if (!read_map(r, at, condition))
        return;
    read_string(r, &type_at, json_get(condition, "type"), &type);
    read_string(r, &status_at, json_get(condition, "status"), &status);
    if (node_condition_is_bad(type, status, &tolerated_ms))
        take_bad(out, type, read_since(r, at, condition), tolerated_ms);
}

void node_conditions_read(struct reader *r, const struct place *at, const struct json *conditions,
                          struct claim *out)
{
    if (!read_list(r, at, conditions))
        return;
    for (size_t i = 0; i < conditions->count; i++) {
        struct place each = place_index(at, i);
        read_condition(r, &each, &conditions->items[i], out);
    }
    /* What has yet to start is for those to judge who know since when it should have. */
    if (out->ready_ms == NEVER_MS) {
        out->unhealthy = false;
        out->repair_ms = 0;
    }
}
