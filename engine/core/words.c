#include "engine/core/decide.h"

struct str capacity_type_text(enum capacity_type t)
{
    return t == CAPACITY_SPOT ? STR("spot") : STR("on-demand");
}

struct str claim_phase_text(enum claim_phase p)
{
    static const struct str text[] = {
        [CLAIM_RECORDED] = STR_INIT("recorded"),
        [CLAIM_LAUNCHED] = STR_INIT("launched"),
        [CLAIM_READY] = STR_INIT("ready"),
        [CLAIM_DRAINING] = STR_INIT("draining"),
        [CLAIM_TERMINATING] = STR_INIT("terminating"),
    };
    return text[p];
}

struct str interruption_text(enum interruption i)
{
    static const struct str text[] = {
        [INTERRUPTION_NONE] = STR_INIT(""),
        [INTERRUPTION_REBALANCE] = STR_INIT("rebalance"),
        [INTERRUPTION_MAINTENANCE] = STR_INIT("maintenance"),
        [INTERRUPTION_RESERVATION] = STR_INIT("reservation"),
        [INTERRUPTION_SPOT] = STR_INIT("spot"),
    };
    return text[i];
}

bool interruption_parse(struct str text, enum interruption *out)
{
    for (int i = INTERRUPTION_NONE; i <= INTERRUPTION_SPOT; i++)
        if (str_eq(text, interruption_text((enum interruption)i))) {
            *out = (enum interruption)i;
            return true;
        }
    return false;
}

const struct reason_row *reason_row(enum reason r)
{
    static const struct reason_row rows[REASON_COUNT] = {
        [REASON_NONE] = {"None", "nothing is to be said", true},
        [REASON_PENDING_PODS] = {"PendingPods", "pods wait that no node has room for", false},
        [REASON_REPLICAS] = {"Replicas", "a static pool keeps as many nodes as it states", false},
        [REASON_HEADROOM] = {"Headroom", "its pool keeps room free for pods to come", false},
        [REASON_EMPTY] = {"Empty", "no pod has run on it for as long as its pool says", false},
        [REASON_EXPIRED] = {"Expired", "it is older than ttl_seconds_until_expired", false},
        [REASON_DRIFTED] =
            {"Drifted",
             "its pool or class has changed since it was made, or its type is no longer offered",
             false},
        [REASON_POOL_DELETED] = {"PoolDeleted", "its pool is being destroyed", false},
        [REASON_UNDERUTILIZED] = {"Underutilized",
                                  "its pods run for less on other nodes, there or new", false},
        [REASON_SURPLUS] = {"Surplus", "a static pool states fewer nodes than it has", false},
        [REASON_UNHEALTHY] =
            {"Unhealthy",
             "it was ready, and has not been for too long, as Kubernetes or EC2's checks of it say",
             false},
        [REASON_NOT_READY] = {"NotReady", "it was launched and did not become ready in time",
                              false},
        [REASON_SPOT_INTERRUPTED] = {"SpotInterrupted", "EC2 takes the spot instance back", false},
        [REASON_RESERVATION_TAKEN] = {"ReservationTaken",
                                      "EC2 takes back the capacity reservation that it runs on",
                                      false},
        [REASON_MAINTENANCE] = {"Maintenance", "AWS has appointed a time to retire or stop it",
                                false},
        [REASON_REBALANCE] = {"Rebalance", "EC2 expects to take the spot instance back before long",
                              false},
        [REASON_ON_ITS_WAY] = {"OnItsWay", "a node that will take it is starting or has room",
                               false},
        [REASON_NO_POOL] = {"NoPool", "there is no pool that could launch a node for it", true},
        [REASON_NOT_TOLERATED] = {"NotTolerated", "it does not tolerate the nearest pool's taint",
                                  true},
        [REASON_REQUIREMENTS] = {"Requirements",
                                 "its node selector or affinity matches no node a pool can launch",
                                 true},
        [REASON_NO_PRICE] = {"NoPrice", "what would take it has no price, so it is not launched",
                             true},
        [REASON_NO_TYPE_FITS] = {"NoTypeFits", "it asks for more than the largest type offers",
                                 true},
        [REASON_UNSERVED_RESOURCE] = {"UnservedResource",
                                      "it asks for a resource that no type offers", true},
        [REASON_LIMIT] = {"Limit", "the pool's limits leave no room for a node that it fits on",
                          true},
        [REASON_NO_CAPACITY] = {"NoCapacity",
                                "the cloud has no capacity for the types it fits on; tried again",
                                false},
        [REASON_NO_CATALOG] = {"NoCatalog", "the cloud has not yet said which types there are",
                               false},
        [REASON_CANNOT_LAUNCH] = {"CannotLaunch",
                                  "its pool can launch nothing now; it is tried again", false},
        [REASON_TOPOLOGY] =
            {"Topology",
             "its spread, affinity or anti-affinity leaves it no place, given where "
             "other pods are",
             true},
        [REASON_IMPOSSIBLE] = {"Impossible", "it could start on no node, whichever", true},
        [REASON_SPREAD_LIMIT] = {"SpreadLimit",
                                 "the pool's spread_limit leaves it no type in any zone", true},
        [REASON_DO_NOT_DISRUPT] = {"DoNotDisrupt", "karpenter.sh/do-not-disrupt says so", true},
        [REASON_POD_BUDGET] = {"PodDisruptionBudget",
                               "a PodDisruptionBudget keeps a pod on it where it is", false},
        [REASON_BUDGET] = {"Budget", "a disruption budget of its pool", false},
        [REASON_MAX_DISRUPTED] = {"MaxDisrupted", "max_disrupted of the engine block", false},
        [REASON_MAX_UNREADY] = {"MaxUnready",
                                "max_unready of the engine block: so much of the fleet is not "
                                "ready, or would not be",
                                false},
        [REASON_MANY_UNHEALTHY] =
            {"ManyUnhealthy",
             "more than a fifth of its pool is unhealthy at once, so it is hardly the nodes that "
             "something is wrong with",
             false},
        [REASON_STALE] = {"Stale",
                          "what is known of pods, instances or types is older than max_staleness "
                          "of the engine block, or goes against what was known before",
                          false},
        [REASON_PAYBACK] = {"Payback",
                            "what its going would save does not pay for it within payback_seconds",
                            true},
        [REASON_MIN_VALUES] = {"MinValues", "fewer values are left than the pool's min_values asks",
                               true},
    };
    return &rows[r < REASON_COUNT ? r : REASON_NONE];
}
