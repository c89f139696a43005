#include "engine/objects/pool_document.h"
#include "engine/objects/pool_form.h"
#include "provider/resources/fleet.h"

/* The rules of each attribute (ranges, words, formats, what goes with what) are engine/objects' and
 * are checked there; these rows give Terraform the shape. */

struct requirement_model {
    struct tf_string key, operator;
    struct tf_strings values;
    struct tf_int min_values;
};
struct taint_model {
    struct tf_string key, value, effect;
};
struct consolidation_model {
    struct tf_bool enabled;
    struct tf_string policy;
    struct tf_int after_seconds, payback_seconds;
};
struct budget_model {
    struct tf_string nodes, schedule, duration, time_zone;
    struct tf_strings reasons;
};
struct headroom_model {
    struct tf_map resources;
    struct tf_int count;
};
struct node_pool {
    struct fleet_head head;
    struct tf_string node_class;
    struct tf_map labels, annotations, limits;
    struct tf_blocks requirements, taints, startup_taints, consolidation, budgets, headroom;
    struct tf_int weight, ttl_seconds_after_empty, ttl_seconds_until_expired;
    struct tf_int termination_grace_period_seconds, replicas, spread_limit;
};

/* clang-format off */
static const struct attr requirement_attrs[] = {
    ATTR(requirement_model, key,        REQUIRED, .describe = "Key of the label."),
    ATTR(requirement_model, operator,   REQUIRED, .describe = "How the label's value is compared."),
    ATTR(requirement_model, values,     OPTIONAL | UNORDERED, .describe = "Values of the label. `Gt`, `Lt`, `Gte` and `Lte` take one whole number, `Exists` and `DoesNotExist` none."),
    ATTR(requirement_model, min_values, OPTIONAL, .describe = "How many different values of the label a launch must be able to choose from."),
};
static const struct attr taint_attrs[] = {
    ATTR(taint_model, key,    REQUIRED, .describe = "Key of the taint."),
    ATTR(taint_model, value,  OPTIONAL, .describe = "Value of the taint."),
    ATTR(taint_model, effect, REQUIRED, .describe = "What becomes of pods that do not tolerate it."),
};
static const struct attr consolidation_attrs[] = {
    ATTR(consolidation_model, enabled,         OPTIONAL, .describe = "Whether it is done at all."),
    ATTR(consolidation_model, policy,          OPTIONAL, .describe = "Whether nodes in use are looked at, or empty ones alone."),
    ATTR(consolidation_model, after_seconds,   OPTIONAL, .describe = "Seconds that a node has been ready, and without a pod that came or went, before it is looked at. Empty nodes go by `ttl_seconds_after_empty` where that is set."),
    ATTR(consolidation_model, payback_seconds, OPTIONAL, .describe = "Seconds within which a move must have paid for itself: for evictions, and for new nodes that run beside the old ones. Default 3600; 0: nothing that costs anything is done."),
};
static const struct attr budget_attrs[] = {
    ATTR(budget_model, nodes,     OPTIONAL, .describe = "How many nodes may be disrupted at a time: a number or a percentage."),
    ATTR(budget_model, schedule,  OPTIONAL, .describe = "When the budget begins to hold: a cron expression. Unset: it always holds."),
    ATTR(budget_model, duration,  OPTIONAL, .describe = "How long it holds from then on."),
    ATTR(budget_model, reasons,   OPTIONAL | UNORDERED, .describe = "For which reasons: `Underutilized`, `Empty`, `Drifted`. Unset: for all."),
    ATTR(budget_model, time_zone, OPTIONAL, .describe = "Time zone of the schedule."),
};
static const struct attr headroom_attrs[] = {
    ATTR(headroom_model, resources, REQUIRED, .describe = "What one piece of room holds: a quantity by resource."),
    ATTR(headroom_model, count,     OPTIONAL, .describe = "How many such pieces."),
};
static const struct model requirement_model = MODEL(requirement_model, requirement_attrs);
static const struct model taint_model = MODEL(taint_model, taint_attrs);
static const struct model consolidation_model = MODEL(consolidation_model, consolidation_attrs);
static const struct model budget_model = MODEL(budget_model, budget_attrs);
static const struct model headroom_model = MODEL(headroom_model, headroom_attrs);

static const struct attr node_pool_attrs[] = {
    FLEET_HEAD_ROWS(node_pool, timeouts_cud),
    ATTR(node_pool, node_class,     REQUIRED, .describe = "Name of the `tenon_node_class` that its nodes are made by."),
    ATTR(node_pool, labels,         OPTIONAL, .describe = "Labels of its nodes, which pods may select."),
    ATTR(node_pool, annotations,    OPTIONAL, .describe = "Annotations of its nodes."),
    ATTR(node_pool, requirements,   OPTIONAL, .nesting = NESTED_LIST, .nested = &requirement_model, .describe = "What its nodes must be. All hold together."),
    ATTR(node_pool, taints,         OPTIONAL, .nesting = NESTED_LIST, .nested = &taint_model, .describe = "Taints of its nodes. Pods that do not tolerate one are not placed there; of effect PreferNoSchedule, only where no other pool can take them."),
    ATTR(node_pool, startup_taints, OPTIONAL, .nesting = NESTED_LIST, .nested = &taint_model, .describe = "Taints that nodes start with and that something else takes off. Placing passes over them."),
    ATTR(node_pool, limits,         OPTIONAL, .describe = "What all its nodes together never exceed: a quantity by resource (`cpu`, `memory`, `nvidia.com/gpu`), and `nodes` and `hourly_usd`."),
    ATTR(node_pool, weight,         OPTIONAL, .describe = "Pods go to the heaviest pool that can take them; price decides within that pool. Conflicts with `replicas`."),
    ATTR(node_pool, ttl_seconds_after_empty,   OPTIONAL, .describe = "Seconds after which a node goes that has no pods. Unset: as `consolidation` says."),
    ATTR(node_pool, ttl_seconds_until_expired, OPTIONAL, .describe = "Age in seconds at which a node is replaced at the latest, the new one first; each is due up to a tenth of that earlier, so that nodes which came together do not go together. Unset: never. A node takes about a minute to start and serves for another, so less would only replace nodes that have just come."),
    ATTR(node_pool, consolidation,  OPTIONAL, .nesting = NESTED_SINGLE, .nested = &consolidation_model, .describe = "Whether and when idle and dear nodes are replaced by cheaper ones."),
    ATTR(node_pool, budgets,        OPTIONAL, .nesting = NESTED_LIST, .nested = &budget_model, .describe = "How many nodes may be disrupted when. The strictest that holds counts. Unset: no bound."),
    ATTR(node_pool, termination_grace_period_seconds, OPTIONAL, .describe = "The longest that a node may take to drain, in seconds: then it goes, whatever PodDisruptionBudgets and do-not-disrupt say. Unset: as long as its pods need."),
    ATTR(node_pool, replicas,       OPTIONAL, .describe = "A static pool: this many nodes, whatever the pods. Conflicts with `weight` and `consolidation`."),
    ATTR(node_pool, spread_limit,   OPTIONAL, .describe = "The largest share, in percent, of one type in one zone among the pool's nodes, those to be launched included: rounded down, but at least one node. Only where nothing else that would do is on sale it is rounded up, so that a pool of few types can still grow. Price decides within it. A node that stands is never replaced for it."),
    ATTR(node_pool, headroom,       OPTIONAL, .nesting = NESTED_LIST, .nested = &headroom_model, .describe = "Spare room that is kept free in the pool's nodes for pods to come. Pods that wait take it first, and then it is filled again by a new node. A node that holds some is not empty. It yields to `limits`, and a static pool launches nothing for it: what cannot be kept is said, and an apply does not wait for it."),
};
/* clang-format on */

extern const struct resource_type tenon_node_pool;

static const struct fleet_type pool_type = {
    .resource = &tenon_node_pool,
    .kind = SPEC_POOL,
    .check = pool_document_check,
    .equal = pool_document_equal,
    .unheeded = pool_document_unheeded,
};

static struct error *pool_validate(struct call *c, const void *model)
{
    return fleet_validate(c, &pool_type, model);
}

static struct error *pool_plan(struct call *c, const void *prior, const void *config, void *planned)
{
    return fleet_plan(c, &pool_type, prior, config, planned);
}

static struct error *pool_create(struct call *c, void *model)
{
    return fleet_create(c, &pool_type, model);
}

static struct error *pool_read(struct call *c, void *model)
{
    return fleet_read(c, &pool_type, model);
}

static struct error *pool_update(struct call *c, const void *prior, void *model)
{
    return fleet_update(c, &pool_type, prior, model);
}

static struct error *pool_destroy(struct call *c, const void *prior)
{
    return fleet_destroy(c, &pool_type, prior);
}

static struct attr pool_row(struct arena *a, const struct attr *row, struct str path)
{
    return fleet_row(a, &pool_form, row, path);
}

const struct resource_type tenon_node_pool = {
    .name = "tenon_node_pool",
    .describe =
        "A pool of EC2 nodes for the cluster's pods: what its nodes may be, and when they go.",
    .notes =
        "Waiting pods become nodes of the cheapest offerings that fit them and that the pool "
        "allows. An apply\n"
        "stores the pool and runs the engine within the provider until the pool has converged: "
        "every pod that\n"
        "it should serve runs on a node or is named with the reason why it cannot. An apply whose "
        "time is up\n"
        "before that, or that is interrupted, is no error: state then says `converged = false`, "
        "and the next\n"
        "plan shows an update that runs the engine again.\n"
        "\n"
        "Between applies only `tenon engine` acts, as a daemon or with `--once` from cron or CI. A "
        "changed\n"
        "manifest or a TTL that has passed makes no diff in Terraform. `tenon status` shows nodes, "
        "pods and\n"
        "prices.\n"
        "\n"
        "A destroy drains and terminates the pool's nodes and returns when nothing of it is left.\n"
        "\n"
        "Label keys are Karpenter's, so that pods and habits move over unchanged:\n"
        "`karpenter.sh/capacity-type`, `karpenter.k8s.aws/instance-category`, `-family`, `-size`,\n"
        "`-generation`, `-cpu`, `-memory`, `node.kubernetes.io/instance-type`, "
        "`kubernetes.io/arch`,\n"
        "`topology.kubernetes.io/zone` and their like. Where the pool says nothing, nodes are "
        "amd64 Linux,\n"
        "spot or on-demand.",
    .subcategory = "Nodes",
    .import_id = "{name}",
    .import_says = "the pool's name",
    .with_rules = pool_row,
    .model = MODEL(node_pool, node_pool_attrs),
    .uses_engine = true,
    .timeouts = {.create_ms = 10 * 60000, .update_ms = 10 * 60000, .delete_ms = 20 * 60000},
    .validate = pool_validate,
    .plan = pool_plan,
    .create = pool_create,
    .read = pool_read,
    .update = pool_update,
    .destroy = pool_destroy,
};
