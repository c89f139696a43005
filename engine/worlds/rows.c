#include "engine/worlds/rows.h"

#include "engine/core/schedule.h"

/* The kind of a member that needs no more than its type to be written. */
#define KIND_OF(member)                   \
    _Generic((member), struct str         \
             : ROW_TEXT, int64_t          \
             : ROW_INT, bool              \
             : ROW_BOOL, struct resources \
             : ROW_AMOUNTS)
#define AT(type, member) offsetof(struct type, member)
#define ROW(type, member, its_kind, ...)                                 \
    {                                                                    \
        .name = #member, .kind = (its_kind), .offset = AT(type, member), \
        .size = sizeof(((struct type *)0)->member) __VA_ARGS__           \
    }
#define PLAIN(type, member)             ROW(type, member, KIND_OF(((struct type *)0)->member))
#define ENUM(type, member, last)        ROW(type, member, ROW_ENUM, , .most = (last))
#define PASSING(type, member)           ROW(type, member, ROW_INT, , .passes = true)
#define PART(type, member, of)          ROW(type, member, ROW_PART, , .table = (of))
#define POINTER(type, member, kind, of) ROW(type, member, kind, , .table = (of))
#define LEFT_OUT(type, member)          ROW(type, member, ROW_LEFT_OUT)
/* Two or three members: where the items are, how many, and how many there is room for. */
#define MANY(kind, type, member, of, number, room) \
    ROW(type, member, kind, , .table = (of), .count = AT(type, number), .capacity = (room))
#define LIST(type, member, number, of)   MANY(ROW_LIST, type, member, of, number, NO_MEMBER)
#define SERIES(type, member, number, of) MANY(ROW_SERIES, type, member, of, number, NO_MEMBER)
#define GROWN(type, member, number, room, of) \
    MANY(ROW_LIST, type, member, of, number, AT(type, room))
#define GROWN_SERIES(type, member, number, room, of) \
    MANY(ROW_SERIES, type, member, of, number, AT(type, room))

static const struct row of_world[] = {
    PASSING(world, now_ms),
    POINTER(world, resources, ROW_SHARED, TABLE_NAMES),
    SERIES(world, pools, pool_count, TABLE_POOL),
    SERIES(world, pods, pod_count, TABLE_POD),
    SERIES(world, daemons, daemon_count, TABLE_DAEMON),
    SERIES(world, namespaces, namespace_count, TABLE_NAMESPACE),
    SERIES(world, pod_budgets, pod_budget_count, TABLE_POD_BUDGET),
    SERIES(world, claims, claim_count, TABLE_CLAIM),
    PLAIN(world, date_unsure),
    PLAIN(world, only_add),
    PART(world, facts, TABLE_FACTS),
    PLAIN(world, max_staleness_ms),
    PART(world, max_disrupted, TABLE_SHARE),
    PART(world, max_unready, TABLE_SHARE),
    PLAIN(world, engine_binds),
    PLAIN(world, no_preferences),
    LEFT_OUT(world, proposal), /* each decision makes its own */
    PLAIN(world, effort),
    PLAIN(world, batch_idle_ms),
    PLAIN(world, pool_deleted_ms),
    LEFT_OUT(world, rest_until_ms), /* holds of this very world: who reads it may change it */
    LEFT_OUT(world, names_held),    /* a wish of who asks */
};

static const struct row of_facts[] = {
    PASSING(facts, pods_age_ms),
    PASSING(facts, instances_age_ms),
    PLAIN(facts, pods_doubt),
    PLAIN(facts, instances_doubt),
};

static const struct row of_pool[] = {
    PLAIN(pool, name),
    PLAIN(pool, node_class),
    PLAIN(pool, uid),
    PLAIN(pool, generation),
    PART(pool, labels, TABLE_LABELS),
    PART(pool, requirements, TABLE_REQUIREMENTS),
    PART(pool, taints, TABLE_TAINTS),
    PART(pool, startup_taints, TABLE_TAINTS),
    PART(pool, limits, TABLE_LIMITS),
    LIST(pool, headroom, headroom_count, TABLE_HEADROOM),
    PLAIN(pool, weight),
    PLAIN(pool, replicas),
    PLAIN(pool, spread_limit),
    PLAIN(pool, empty_after_ms),
    PLAIN(pool, expire_after_ms),
    PART(pool, consolidation, TABLE_CONSOLIDATION),
    PLAIN(pool, has_grace),
    PLAIN(pool, grace_ms),
    PLAIN(pool, do_not_disrupt),
    LIST(pool, budgets, budget_count, TABLE_BUDGET),
    PLAIN(pool, hash),
    PLAIN(pool, deleting),
    PLAIN(pool, drain_by_ms),
    PLAIN(pool, failed),
    PLAIN(pool, may_disrupt),
    PLAIN(pool, scarce),
    POINTER(pool, catalog, ROW_SHARED, TABLE_CATALOG),
    PLAIN(pool, closed),
    PASSING(pool, catalog_age_ms),
};

static const struct row of_consolidation[] = {
    PLAIN(consolidation, enabled),
    PLAIN(consolidation, only_empty),
    PLAIN(consolidation, after_ms),
    PLAIN(consolidation, payback_ms),
};
static const struct row of_share[] = {
    PLAIN(share, set),
    PLAIN(share, percent),
    PLAIN(share, value),
};
static const struct row of_budget[] = {
    PART(budget, nodes, TABLE_SHARE),
    PLAIN(budget, reasons),
    POINTER(budget, schedule, ROW_SHARED, TABLE_SCHEDULE),
};
static const struct row of_schedule[] = {
    PART(schedule, cron, TABLE_CRON),
    PART(schedule, zone, TABLE_TIME_ZONE),
    PLAIN(schedule, duration_ms),
};
static const struct row of_cron[] = {
    PLAIN(cron, minutes),         PLAIN(cron, hours),        PLAIN(cron, days_of_month),
    PLAIN(cron, months),          PLAIN(cron, days_of_week), PLAIN(cron, any_day_of_month),
    PLAIN(cron, any_day_of_week),
};
static const struct row of_time_zone[] = {
    PLAIN(time_zone, offset_seconds),
    PLAIN(time_zone, has_summer),
    PLAIN(time_zone, summer_offset_seconds),
    PART(time_zone, summer, TABLE_CLOCK_CHANGE),
    PART(time_zone, winter, TABLE_CLOCK_CHANGE),
};
static const struct row of_clock_change[] = {
    PLAIN(clock_change, month),
    PLAIN(clock_change, week),
    PLAIN(clock_change, day_of_week),
    PLAIN(clock_change, seconds),
};

static const struct row of_pod[] = {
    PLAIN(pod, name),
    POINTER(pod, spec, ROW_SHARED, TABLE_POD_SPEC),
    PLAIN(pod, created_ms),
    PLAIN(pod, claim),
    PLAIN(pod, node),
    PLAIN(pod, undisturbed_ms),
    PLAIN(pod, started_ms),
    PLAIN(pod, unready),
    PLAIN(pod, never_serve),
    PLAIN(pod, deletion_cost),
    LEFT_OUT(pod, unschedulable), /* never_serve says what follows from it */
    PLAIN(pod, ending),
};

static const struct row of_claim[] = {
    PLAIN(claim, id),
    PLAIN(claim, foreign),
    PLAIN(claim, pool),
    ENUM(claim, phase, CLAIM_TERMINATING),
    PLAIN(claim, instance_id),
    PLAIN(claim, instance_type),
    PLAIN(claim, zone),
    ENUM(claim, capacity_type, CAPACITY_SPOT),
    PLAIN(claim, price_microusd_per_hour),
    PLAIN(claim, premium_microusd_per_hour),
    PLAIN(claim, capacity),
    PLAIN(claim, allocatable),
    PART(claim, labels, TABLE_LABELS),
    LIST(claim, options, option_count, TABLE_LAUNCH_OPTION),
    LIST(claim, planned_pods, planned_pod_count, TABLE_TEXT),
    LIST(claim, replaces, replace_count, TABLE_TEXT),
    PART(claim, taints, TABLE_TAINTS),
    PLAIN(claim, created_ms),
    PLAIN(claim, changed_ms),
    PLAIN(claim, ready_ms),
    PLAIN(claim, unhealthy),
    PLAIN(claim, repair_ms),
    PLAIN(claim, empty_since_ms),
    PLAIN(claim, unoffered_ms),
    PLAIN(claim, lacks),
    PLAIN(claim, hash),
    PLAIN(claim, reason),
    PLAIN(claim, draining_ms),
    PLAIN(claim, do_not_disrupt),
    PLAIN(claim, attached),
    LEFT_OUT(claim, pods), /* those that say they are on it */
    LEFT_OUT(claim, pod_count),
    PLAIN(claim, pods_unknown),
    ENUM(claim, interruption, INTERRUPTION_SPOT),
    PLAIN(claim, leave_by_ms),
};

static const struct row of_pod_spec[] = {
    PLAIN(pod_spec, namespace),
    PART(pod_spec, labels, TABLE_LABELS),
    PLAIN(pod_spec, requests),
    PLAIN(pod_spec, unserved_resource),
    PLAIN(pod_spec, impossible),
    LIST(pod_spec, terms, term_count, TABLE_REQUIREMENTS),
    LIST(pod_spec, own_terms, own_term_count, TABLE_REQUIREMENTS),
    PART(pod_spec, tolerations, TABLE_TOLERATIONS),
    LIST(pod_spec, topology, topology_count, TABLE_TOPOLOGY_TERM),
    LIST(pod_spec, preferences, preference_count, TABLE_PREFERENCE),
    LIST(pod_spec, ports, port_count, TABLE_HOST_PORT),
    LIST(pod_spec, volumes, volume_count, TABLE_HELD_VOLUME),
    PLAIN(pod_spec, priority),
};

static const struct row of_catalog[] = {
    PLAIN(catalog, node_class),
    SERIES(catalog, types, count, TABLE_INSTANCE_TYPE),
};
static const struct row of_instance_type[] = {
    PLAIN(instance_type, name),
    PLAIN(instance_type, capacity),
    PLAIN(instance_type, allocatable),
    PART(instance_type, labels, TABLE_LABELS),
    LIST(instance_type, offerings, offering_count, TABLE_OFFERING),
};
static const struct row of_offering[] = {
    PLAIN(offering, zone),
    ENUM(offering, capacity_type, CAPACITY_SPOT),
    PLAIN(offering, price_microusd_per_hour),
    PLAIN(offering, unavailable_until_ms),
};

static const struct row of_text[] = {{.name = "", .kind = ROW_TEXT}};
static const struct row of_names[] = {{.name = "", .kind = ROW_NAMES}};
static const struct row of_launch_option[] = {{.name = "", .kind = ROW_OPTION}};
static const struct row of_place_of_pod[] = {{.name = "", .kind = ROW_PLACE, .table = TABLE_POD}};
static const struct row of_place_of_claim[] = {
    {.name = "", .kind = ROW_PLACE, .table = TABLE_CLAIM}};

static const struct row of_label[] = {PLAIN(label, key), PLAIN(label, value)};
static const struct row of_labels[] = {GROWN(labels, items, count, capacity, TABLE_LABEL)};
static const struct row of_taint[] = {
    PLAIN(taint, key),
    PLAIN(taint, value),
    ENUM(taint, effect, EFFECT_NO_EXECUTE),
};
static const struct row of_taints[] = {GROWN(taints, items, count, capacity, TABLE_TAINT)};
static const struct row of_toleration[] = {
    PLAIN(toleration, key),
    PLAIN(toleration, exists),
    PLAIN(toleration, value),
    PLAIN(toleration, any_effect),
    ENUM(toleration, effect, EFFECT_NO_EXECUTE),
};
static const struct row of_tolerations[] = {
    GROWN(tolerations, items, count, capacity, TABLE_TOLERATION)};
static const struct row of_requirement[] = {
    PLAIN(requirement, key),
    PLAIN(requirement, complement),
    LIST(requirement, values, count, TABLE_TEXT),
    PLAIN(requirement, at_least),
    PLAIN(requirement, at_most),
    PLAIN(requirement, min_values),
    PLAIN(requirement, present),
    PLAIN(requirement, above),
    PLAIN(requirement, below),
};
static const struct row of_requirements[] = {
    GROWN(requirements, items, count, capacity, TABLE_REQUIREMENT)};
static const struct row of_limits[] = {
    PLAIN(limits, amount),
    PLAIN(limits, nodes),
    PLAIN(limits, microusd_per_hour),
};
static const struct row of_headroom[] = {
    POINTER(headroom, spec, ROW_SHARED, TABLE_POD_SPEC),
    PLAIN(headroom, count),
};
static const struct row of_label_selector[] = {
    PLAIN(label_selector, present),
    GROWN(label_selector, items, count, capacity, TABLE_REQUIREMENT),
};
static const struct row of_pod_selector[] = {
    PART(pod_selector, labels, TABLE_LABEL_SELECTOR),
    LIST(pod_selector, namespaces, namespace_count, TABLE_TEXT),
    PART(pod_selector, namespace_labels, TABLE_LABEL_SELECTOR),
};
static const struct row of_topology_term[] = {
    ENUM(topology_term, kind, TOPOLOGY_ANTI_AFFINITY),
    PLAIN(topology_term, key),
    PART(topology_term, who, TABLE_POD_SELECTOR),
    PLAIN(topology_term, required),
    PLAIN(topology_term, weight),
    PLAIN(topology_term, max_skew),
    PLAIN(topology_term, min_domains),
    PLAIN(topology_term, heeds_affinity),
    PLAIN(topology_term, heeds_taints),
};
static const struct row of_preference[] = {
    PLAIN(preference, weight),
    PART(preference, node, TABLE_REQUIREMENTS),
};
static const struct row of_host_port[] = {
    PLAIN(host_port, ip),
    PLAIN(host_port, port),
    PLAIN(host_port, protocol),
};
static const struct row of_held_volume[] = {
    PLAIN(held_volume, claim),
    PLAIN(held_volume, by_one_pod),
};
static const struct row of_daemon[] = {
    PLAIN(daemon, name),
    POINTER(daemon, spec, ROW_SHARED, TABLE_POD_SPEC),
};
static const struct row of_pod_budget[] = {
    PLAIN(pod_budget, name),
    PLAIN(pod_budget, namespace),
    PART(pod_budget, selector, TABLE_LABEL_SELECTOR),
    PART(pod_budget, min_available, TABLE_SHARE),
    PART(pod_budget, max_unavailable, TABLE_SHARE),
    PLAIN(pod_budget, evicts_unhealthy),
};
static const struct row of_namespace[] = {
    PLAIN(namespace, name),
    PART(namespace, labels, TABLE_LABELS),
};

static const struct row of_action[] = {
    ENUM(action, kind, ACTION_TERMINATE),
    ENUM(action, reason, REASON_COUNT - 1),
    POINTER(action, pool, ROW_PLACE, TABLE_POOL),
    POINTER(action, claim, ROW_PLACE, TABLE_CLAIM),
    POINTER(action, pod, ROW_PLACE, TABLE_POD),
    LIST(action, options, option_count, TABLE_LAUNCH_OPTION),
    LIST(action, pods, pod_count, TABLE_PLACE_OF_POD),
    LIST(action, replaces, replace_count, TABLE_PLACE_OF_CLAIM),
    PART(action, labels, TABLE_LABELS),
};
static const struct row of_waiting[] = {
    POINTER(waiting, pod, ROW_PLACE, TABLE_POD),
    ENUM(waiting, reason, REASON_COUNT - 1),
    POINTER(waiting, pool, ROW_PLACE, TABLE_POOL),
    POINTER(waiting, claim, ROW_PLACE, TABLE_CLAIM),
    PLAIN(waiting, message),
};
static const struct row of_relaxed[] = {
    POINTER(relaxed, pod, ROW_PLACE, TABLE_POD),
    PLAIN(relaxed, dropped),
};
static const struct row of_held[] = {
    POINTER(held, claim, ROW_PLACE, TABLE_CLAIM),
    ENUM(held, due, REASON_COUNT - 1),
    ENUM(held, by, REASON_COUNT - 1),
    PLAIN(held, message),
    PLAIN(held, saves_microusd_per_hour),
    PLAIN(held, costs_microusd),
};
static const struct row of_never_met[] = {
    PLAIN(never_met, budget),
    PLAIN(never_met, pods),
    PLAIN(never_met, wanted),
};
static const struct row of_pool_verdict[] = {
    POINTER(pool_verdict, pool, ROW_PLACE, TABLE_POOL),
    PLAIN(pool_verdict, settled),
    ENUM(pool_verdict, reason, REASON_COUNT - 1),
    PLAIN(pool_verdict, message),
    PLAIN(pool_verdict, headroom),
    PLAIN(pool_verdict, headroom_ready),
};
static const struct row of_decision[] = {
    GROWN_SERIES(decision, actions, action_count, action_capacity, TABLE_ACTION),
    GROWN_SERIES(decision, waiting, waiting_count, waiting_capacity, TABLE_WAITING),
    GROWN_SERIES(decision, relaxed, relaxed_count, relaxed_capacity, TABLE_RELAXED),
    GROWN_SERIES(decision, held, held_count, held_capacity, TABLE_HELD),
    GROWN_SERIES(decision, never_met, never_met_count, never_met_capacity, TABLE_NEVER_MET),
    POINTER(decision, pools, ROW_BY_POOL, TABLE_POOL_VERDICT),
    PLAIN(decision, stale),
    PLAIN(decision, wake_at_ms),
    LEFT_OUT(decision, rest_until_ms), /* the next decision's business */
};

#define TABLE(name, of) \
    [name] = {#of, of_##of, sizeof(of_##of) / sizeof(*of_##of), sizeof(struct of)}
/* Of what is no struct of its own. */
#define SINGLE(name, of, type) [name] = {#of, of_##of, 1, sizeof(type)}

const struct table tables[TABLE_COUNT] = {
    TABLE(TABLE_WORLD, world),
    TABLE(TABLE_FACTS, facts),
    TABLE(TABLE_POOL, pool),
    TABLE(TABLE_CONSOLIDATION, consolidation),
    TABLE(TABLE_SHARE, share),
    TABLE(TABLE_BUDGET, budget),
    TABLE(TABLE_SCHEDULE, schedule),
    TABLE(TABLE_CRON, cron),
    TABLE(TABLE_TIME_ZONE, time_zone),
    TABLE(TABLE_CLOCK_CHANGE, clock_change),
    TABLE(TABLE_POD, pod),
    TABLE(TABLE_CLAIM, claim),
    TABLE(TABLE_POD_SPEC, pod_spec),
    TABLE(TABLE_CATALOG, catalog),
    TABLE(TABLE_INSTANCE_TYPE, instance_type),
    TABLE(TABLE_OFFERING, offering),
    SINGLE(TABLE_TEXT, text, struct str),
    SINGLE(TABLE_NAMES, names, struct resource_table),
    TABLE(TABLE_LABEL, label),
    TABLE(TABLE_LABELS, labels),
    TABLE(TABLE_TAINT, taint),
    TABLE(TABLE_TAINTS, taints),
    TABLE(TABLE_TOLERATION, toleration),
    TABLE(TABLE_TOLERATIONS, tolerations),
    TABLE(TABLE_REQUIREMENT, requirement),
    TABLE(TABLE_REQUIREMENTS, requirements),
    TABLE(TABLE_LIMITS, limits),
    TABLE(TABLE_HEADROOM, headroom),
    TABLE(TABLE_LABEL_SELECTOR, label_selector),
    TABLE(TABLE_POD_SELECTOR, pod_selector),
    TABLE(TABLE_TOPOLOGY_TERM, topology_term),
    TABLE(TABLE_PREFERENCE, preference),
    TABLE(TABLE_HOST_PORT, host_port),
    TABLE(TABLE_HELD_VOLUME, held_volume),
    TABLE(TABLE_DAEMON, daemon),
    TABLE(TABLE_POD_BUDGET, pod_budget),
    TABLE(TABLE_NAMESPACE, namespace),
    TABLE(TABLE_LAUNCH_OPTION, launch_option),
    SINGLE(TABLE_PLACE_OF_POD, place_of_pod, struct pod *),
    SINGLE(TABLE_PLACE_OF_CLAIM, place_of_claim, struct claim *),
    TABLE(TABLE_ACTION, action),
    TABLE(TABLE_WAITING, waiting),
    TABLE(TABLE_RELAXED, relaxed),
    TABLE(TABLE_HELD, held),
    TABLE(TABLE_NEVER_MET, never_met),
    TABLE(TABLE_POOL_VERDICT, pool_verdict),
    TABLE(TABLE_DECISION, decision),
};
