/* What the tests' own checker of placements refuses: two pods where they stand, with one constraint
 * that this breaks, and one step aside which mends it. */
#include "tests/unit/engine-core/placing.h"

enum { NODE_A, NODE_A_TOO, NODE_B };

struct scene {
    const char *name;
    void (*set)(struct town *t, struct pod *p, struct pod *q);
    int p, q;           /* where they stand */
    const char *broken; /* what is to be said; NULL: it holds */
};

static void set_nothing(struct town *t, struct pod *p, struct pod *q)
{
    (void)t, (void)p, (void)q;
}
static void set_size(struct town *t, struct pod *p, struct pod *q)
{
    (void)t, (void)q;
    spec_of(p)->requests = amounts(3501, 100, 1);
}
static void set_daemon(struct town *t, struct pod *p, struct pod *q)
{
    (void)p, (void)q;
    town_daemon(t, ARENA_NEW(t->arena, struct requirements), 3001, 100);
}
static void set_selector(struct town *t, struct pod *p, struct pod *q)
{
    (void)q;
    pod_selects(t, p, "topology.kubernetes.io/zone", "b");
}
static void set_taint(struct town *t, struct pod *p, struct pod *q)
{
    static struct taint taint = {STR_INIT("k"), STR_INIT("v"), EFFECT_NO_SCHEDULE};
    static struct toleration toleration = {.key = STR_INIT("k"), .exists = true};
    (void)q;
    t->pools[0].taints = (struct taints){&taint, 1, 1};
    toleration.effect = EFFECT_NO_SCHEDULE;
    pods_tolerate(p, &toleration);
}
static void set_ports(struct town *t, struct pod *p, struct pod *q)
{
    pod_takes_port(t, p, "10.0.0.1", 80);
    pod_takes_port(t, q, "0.0.0.0", 80);
}
static void set_other_ports(struct town *t, struct pod *p, struct pod *q)
{
    pod_takes_port(t, p, "10.0.0.1", 80);
    pod_takes_port(t, q, "10.0.0.2", 80);
}
static void set_volume(struct town *t, struct pod *p, struct pod *q)
{
    pod_holds_volume(t, p, "default/v", false);
    pod_holds_volume(t, q, "default/v", false);
}
static void set_volume_of_one(struct town *t, struct pod *p, struct pod *q)
{
    pod_holds_volume(t, p, "default/v", true);
    pod_holds_volume(t, q, "default/v", true);
}
static void set_zone_spread(struct town *t, struct pod *p, struct pod *q)
{
    pod_term(t, p, TOPOLOGY_SPREAD, LABEL_ZONE, "app", NULL);
    pod_term(t, q, TOPOLOGY_SPREAD, LABEL_ZONE, "app", NULL);
}
static void set_host_spread(struct town *t, struct pod *p, struct pod *q)
{
    (void)q;
    pod_term(t, p, TOPOLOGY_SPREAD, LABEL_HOSTNAME, "app", NULL);
}
static void set_shy(struct town *t, struct pod *p, struct pod *q)
{
    (void)q;
    pod_term(t, p, TOPOLOGY_ANTI_AFFINITY, LABEL_ZONE, "app", "y");
}
static void set_join(struct town *t, struct pod *p, struct pod *q)
{
    (void)q;
    pod_term(t, p, TOPOLOGY_AFFINITY, LABEL_ZONE, "app", "y");
}
static void set_circle(struct town *t, struct pod *p, struct pod *q)
{
    pod_term(t, p, TOPOLOGY_AFFINITY, LABEL_ZONE, "app", "y");
    pod_term(t, q, TOPOLOGY_AFFINITY, LABEL_ZONE, "app", "x");
}
static void set_join_own(struct town *t, struct pod *p, struct pod *q)
{
    pod_label(t, q, "app", "x");
    pod_term(t, p, TOPOLOGY_AFFINITY, LABEL_ZONE, "app", "x");
    pod_term(t, q, TOPOLOGY_AFFINITY, LABEL_ZONE, "app", "x");
}

static const struct scene scenes[] = {
    {"plain pods share a node", set_nothing, NODE_A, NODE_A, NULL},
    {"a node is too small", set_size, NODE_A, NODE_A, "too small"},
    {"two nodes are not", set_size, NODE_A, NODE_B, NULL},
    {"a daemon takes its room", set_daemon, NODE_A, NODE_A, "too small"},
    {"and leaves the rest", set_daemon, NODE_A, NODE_A_TOO, NULL},
    {"a selector", set_selector, NODE_A, NODE_B, "does not match"},
    {"a selector that is heeded", set_selector, NODE_B, NODE_B, NULL},
    {"a taint keeps one away", set_taint, NODE_A, NODE_A, "q: does not match"},
    {"and takes the other", set_taint, NODE_A, NOWHERE, NULL},
    {"ports meet", set_ports, NODE_A, NODE_A, "port is taken"},
    {"ports on two nodes", set_ports, NODE_A, NODE_A_TOO, NULL},
    {"ports of two addresses", set_other_ports, NODE_A, NODE_A, NULL},
    {"a volume on two nodes", set_volume, NODE_A, NODE_A_TOO, "in use"},
    {"a volume on one", set_volume, NODE_A, NODE_A, NULL},
    {"a volume of one pod", set_volume_of_one, NODE_A, NODE_A, "in use"},
    {"a skew of two", set_zone_spread, NODE_A, NODE_A_TOO, "does not hold in the end"},
    {"a skew of none", set_zone_spread, NODE_A, NODE_B, NULL},
    {"a host has an empty one beside it", set_host_spread, NODE_A, NODE_A, "does not hold"},
    {"a zone may have two hosts", set_host_spread, NODE_A, NODE_A_TOO, NULL},
    {"who is shy is alone", set_shy, NODE_A, NODE_A_TOO, "does not hold in the end"},
    {"in its zone", set_shy, NODE_A, NODE_B, NULL},
    {"who joins nobody", set_join, NODE_A, NODE_B, "does not hold in the end"},
    {"who joins another", set_join, NODE_A, NODE_A_TOO, NULL},
    {"who wait for each other", set_circle, NODE_A, NODE_A, "in no order"},
    {"the first of its like may go anywhere", set_join_own, NODE_A, NODE_A_TOO, NULL},
    {"the second may not", set_join_own, NODE_A, NODE_B, "in no order"},
};

static void the_checker_refuses_what_breaks_a_constraint(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
        const struct scene *s = &scenes[i];
        ARENA_AUTO a = {0};
        struct town t;
        struct placing p;
        town_init(&t, &a);
        struct instance_type *type = town_type(&t, "m", 4000, 8192, 100, 0, 2);
        struct pool *pool = town_pool(&t, "default");
        struct pod *one = town_pod(&t, "p", 500, 512), *two = town_pod(&t, "q", 500, 512);
        pod_label(&t, one, "app", "x");
        pod_label(&t, two, "app", "y");
        s->set(&t, one, two);
        placing_begin(&p, &t);
        for (int n = NODE_A; n <= NODE_B; n++)
            placing_open(&p, (struct node){.pool = pool,
                                           .type = type,
                                           .offering = &type->offerings[n == NODE_B]});
        p.at[0] = s->p;
        p.at[1] = s->q;
        bool holds = placing_holds(&p);
        if (holds != !s->broken || (!holds && !says(str_of(p.broken), s->broken)))
            fail_msg("%s: %s", s->name, holds ? "holds" : p.broken);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checker_refuses_what_breaks_a_constraint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
