#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine/adapters/ec2_user_data.h"
#include "engine/objects/user_data.h"

static const struct join_data joined = {.cluster = STR_INIT("dev"),
                                        .api_server_endpoint = STR_INIT("https://dev.example"),
                                        .certificate_authority = STR_INIT("Q0E="),
                                        .service_cidr = STR_INIT("10.100.0.0/16")};

struct made {
    struct arena arena;
    struct labels labels;
    struct taints taints, startup_taints;
    struct node_class node_class;
    struct join_data join;
};

static struct made made_new(enum ami_family family)
{
    return (struct made){.node_class = {.name = STR("default"),
                                        .family = family,
                                        .kubelet = {.eviction_max_pod_grace_period = -1,
                                                    .image_gc_high_threshold_percent = -1,
                                                    .image_gc_low_threshold_percent = -1}},
                         .join = joined};
}

static struct error *try_make(struct made *m, struct str *out)
{
    return ec2_user_data(&m->arena,
                         &(struct user_data){.node_class = &m->node_class,
                                             .join = &m->join,
                                             .labels = &m->labels,
                                             .taints = &m->taints,
                                             .startup_taints = &m->startup_taints},
                         out);
}

static void expect(struct made *m, const char *wanted)
{
    struct str out;
    assert_null(try_make(m, &out));
    assert_string_equal(arena_str(&m->arena, out).ptr, wanted);
    arena_free(&m->arena);
}

static void add_taint(struct made *m, struct taints *to, struct taint t)
{
    ARENA_PUSH(&m->arena, to->items, to->count, to->capacity, t);
}

static void al2023_joins_by_a_node_config(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_AL2023);

    labels_set(&m.arena, &m.labels, STR("workload-type"), STR("migration"));
    labels_set(&m.arena, &m.labels, STR("karpenter.sh/nodepool"), STR("workers"));
    add_taint(&m, &m.taints, (struct taint){STR("dedicated"), STR("gpu"), EFFECT_NO_SCHEDULE});
    add_taint(&m, &m.startup_taints, (struct taint){STR("cni"), STR(""), EFFECT_NO_EXECUTE});
    m.node_class.kubelet.max_pods = 110;
    labels_set(&m.arena, &m.node_class.kubelet.eviction_hard, STR("memory.available"), STR("5%"));
    expect(
        &m,
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n"
        "--//\nContent-Type: application/node.eks.aws\n\n"
        "{\"apiVersion\":\"node.eks.aws/v1alpha1\",\"kind\":\"NodeConfig\",\"spec\":{"
        "\"cluster\":{\"name\":\"dev\",\"apiServerEndpoint\":\"https://dev.example\","
        "\"certificateAuthority\":\"Q0E=\",\"cidr\":\"10.100.0.0/16\"},"
        "\"kubelet\":{\"config\":{\"maxPods\":110,\"registerWithTaints\":["
        "{\"key\":\"dedicated\",\"value\":\"gpu\",\"effect\":\"NoSchedule\"},"
        "{\"key\":\"cni\",\"effect\":\"NoExecute\"}],"
        "\"evictionHard\":{\"memory.available\":\"5%\"}},"
        "\"flags\":[\"--node-labels=karpenter.sh/nodepool=workers,workload-type=migration\"]}}}\n"
        "--//--\n");
}

static void al2_joins_by_its_bootstrap_script_after_the_users_own(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_AL2);

    labels_set(&m.arena, &m.labels, STR("team"), STR("data"));
    add_taint(&m, &m.taints, (struct taint){STR("dedicated"), STR("gpu"), EFFECT_NO_SCHEDULE});
    m.node_class.kubelet.max_pods = 110;
    m.node_class.user_data = STR("#!/bin/bash\necho own\n");
    expect(&m, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n"
               "--//\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n"
               "#!/bin/bash\necho own\n"
               "--//\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n"
               "#!/bin/bash -xe\n"
               "exec > >(tee /var/log/user-data.log | logger -t user-data -s) 2>&1\n"
               "/etc/eks/bootstrap.sh 'dev' \\\n"
               "    --apiserver-endpoint 'https://dev.example' \\\n"
               "    --b64-cluster-ca 'Q0E=' \\\n"
               "    --dns-cluster-ip '10.100.0.10' \\\n"
               "    --use-max-pods 'false' \\\n"
               "    --kubelet-extra-args '--node-labels=team=data "
               "--register-with-taints=dedicated=gpu:NoSchedule --max-pods=110'\n"
               "--//--\n");
}

static void a_quote_in_a_name_stays_inside_its_word(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_AL2);
    struct str out;

    m.join.cluster = STR("it's; rm -rf /");
    assert_null(try_make(&m, &out));
    assert_true(str_find_str(out, STR("bootstrap.sh 'it'\\''s; rm -rf /' ")) < out.len);
    arena_free(&m.arena);
}

static void custom_user_data_is_untouched(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_CUSTOM);

    m.node_class.user_data = STR("#!/bin/sh\n/etc/eks/bootstrap.sh mine\n");
    expect(&m, "#!/bin/sh\n/etc/eks/bootstrap.sh mine\n");
}

static void without_join_data_only_the_users_own_is_there(void **state)
{
    (void)state;
    static const enum ami_family families[] = {FAMILY_AL2, FAMILY_AL2023};

    for (size_t i = 0; i < 2; i++) {
        struct made m = made_new(families[i]);
        m.join.api_server_endpoint = STR("");
        m.node_class.user_data = STR("#!/bin/sh\n");
        expect(&m, "#!/bin/sh\n");
    }
}

static void a_cidr_that_we_do_not_know_is_left_to_the_users_own_node_config(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_AL2023);
    struct str out;

    m.join.service_cidr = STR("");
    m.node_class.user_data = STR("apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n"
                                 "spec: {cluster: {cidr: 10.9.0.0/16}}\n");
    assert_null(try_make(&m, &out));
    assert_true(str_find_str(out, STR("cidr: 10.9.0.0/16")) <
                str_find_str(out, STR("\"apiServerEndpoint\":\"https://dev.example\"")));
    assert_int_equal(str_find_str(out, STR("\"cidr\"")), out.len);
    assert_true(user_data_states_cidr(&m.arena, &m.node_class));
    m.node_class.user_data = STR("#!/bin/sh\necho cidr: 10.9.0.0/16\n");
    assert_false(user_data_states_cidr(&m.arena, &m.node_class));
    arena_free(&m.arena);
}

/* bootstrap.sh takes the tenth address of the service network, but knows the network only where it
 * asks EKS. */
static void al2_is_told_the_address_of_dns_by_the_service_cidr(void **state)
{
    (void)state;
    static const struct {
        const char *cidr, *own, *wanted, *unwanted;
    } rows[] = {
        {"10.100.0.0/16", NULL, "--dns-cluster-ip '10.100.0.10'", "--ip-family"},
        {"192.168.32.0/20", "10.0.0.2", "--dns-cluster-ip '10.0.0.2'", "192.168.32.10"},
        {"fd30:1c53:5f8a::/108", NULL,
         "--ip-family 'ipv6' \\\n    --service-ipv6-cidr 'fd30:1c53:5f8a::/108'",
         "--dns-cluster-ip"},
        {"", NULL, "bootstrap.sh", "--dns-cluster-ip"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct made m = made_new(FAMILY_AL2);
        struct str out, own = str_of(rows[i].own);
        m.join.service_cidr = str_of(rows[i].cidr);
        if (own.len)
            m.node_class.kubelet.cluster_dns = (struct strings){&own, 1};
        assert_null(try_make(&m, &out));
        assert_true(str_find_str(out, str_of(rows[i].wanted)) < out.len);
        assert_int_equal(str_find_str(out, str_of(rows[i].unwanted)), out.len);
        arena_free(&m.arena);
    }
}

/* The user's first line, and the content type that it gets. */
static void the_users_part_is_recognised_by_how_it_begins(void **state)
{
    (void)state;
    static const struct {
        const char *own, *type;
    } rows[] = {
        {"#!/bin/bash\n", "Content-Type: text/x-shellscript; charset=\"us-ascii\"\n\n#!/bin/bash"},
        {"echo hi\n", "Content-Type: text/x-shellscript; charset=\"us-ascii\"\n\necho hi"},
        {"#cloud-config\na: 1\n",
         "Content-Type: text/cloud-config; charset=\"us-ascii\"\n\n#cloud"},
        {"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n",
         "Content-Type: application/node.eks.aws\n\napiVersion: node"},
        {"#!/bin/sh\necho node.eks.aws/v1\n",
         "Content-Type: text/x-shellscript; charset=\"us-ascii\"\n\n#!/bin/sh"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct made m = made_new(FAMILY_AL2023);
        struct str out;
        m.node_class.user_data = str_of(rows[i].own);
        assert_null(try_make(&m, &out));
        assert_true(str_find_str(out, str_of(rows[i].type)) < out.len);
        arena_free(&m.arena);
    }
}

static void the_users_own_multipart_is_taken_apart(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_AL2);
    struct str out;

    m.node_class.user_data = STR("MIME-Version: 1.0\r\n"
                                 "Content-Type: multipart/mixed; boundary=\"==B==\"\r\n\r\n"
                                 "preamble\r\n--==B==\r\n"
                                 "Content-Type: text/x-shellscript\r\n\r\necho one\r\n"
                                 "--==B==\r\nContent-Type: text/cloud-config\r\n\r\na: 1\r\n"
                                 "--==B==--\r\nepilogue\r\n");
    assert_null(try_make(&m, &out));
    assert_true(str_find_str(out, STR("--//\nContent-Type: text/x-shellscript\r\n\r\necho one")) <
                out.len);
    assert_true(str_find_str(out, STR("--//\nContent-Type: text/cloud-config\r\n\r\na: 1")) <
                out.len);
    assert_true(str_find_str(out, STR("bootstrap.sh")) < out.len);
    assert_int_equal(str_find_str(out, STR("epilogue")), out.len);
    assert_int_equal(str_find_str(out, STR("==B==")), out.len);
    arena_free(&m.arena);
}

static void mime_without_a_boundary_is_refused(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_AL2);
    struct str out;

    m.node_class.user_data = STR("MIME-Version: 1.0\nContent-Type: text/plain\n\nhello");
    struct error *e = try_make(&m, &out);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_INVALID);
    assert_true(str_eq(e->path, STR("user_data")));
    arena_free(&m.arena);
}

static void a_boundary_never_stands_in_a_part(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_AL2);
    struct str out;

    m.node_class.user_data = STR("#!/bin/sh\ncat <<E\n--//\n--tenon-1\nE\n");
    assert_null(try_make(&m, &out));
    assert_true(str_find_str(out, STR("boundary=\"tenon-2\"")) < out.len);
    arena_free(&m.arena);
}

static void labels_that_a_kubelet_may_not_set_are_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        bool stays;
    } rows[] = {
        {"team", true},
        {"example.com/team", true},
        {"karpenter.sh/capacity-type", true},
        {"karpenter.k8s.aws/ec2nodeclass", true},
        {"node.kubernetes.io/role", true},
        {"a.kubelet.kubernetes.io/x", true},
        {"node.kubernetes.io/instance-type", false},
        {"topology.kubernetes.io/zone", false},
        {"kubernetes.io/arch", false},
        {"node-role.kubernetes.io/worker", false},
        {"kops.k8s.io/x", false},
        {"k8s.io/x", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct made m = made_new(FAMILY_AL2);
        struct str out, text;
        labels_set(&m.arena, &m.labels, str_of(rows[i].key), STR("v"));
        assert_null(try_make(&m, &out));
        text = arena_printf(&m.arena, "--node-labels=%s=v", rows[i].key);
        assert_int_equal(str_find_str(out, text) < out.len, rows[i].stays);
        arena_free(&m.arena);
    }
}

static void sixteen_kibibytes_are_the_end(void **state)
{
    (void)state;
    struct made m = made_new(FAMILY_CUSTOM);
    char *bytes = arena_alloc(&m.arena, 16385);
    struct str out;

    memset(bytes, 'x', 16385);
    m.node_class.user_data = (struct str){bytes, 16384};
    assert_null(try_make(&m, &out));
    m.node_class.user_data.len = 16385;
    struct error *e = try_make(&m, &out);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_INVALID);
    m.node_class.family = FAMILY_AL2; /* ours comes on top */
    m.node_class.user_data.len = 16300;
    assert_non_null(try_make(&m, &out));
    arena_free(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(al2023_joins_by_a_node_config),
        cmocka_unit_test(al2_joins_by_its_bootstrap_script_after_the_users_own),
        cmocka_unit_test(a_quote_in_a_name_stays_inside_its_word),
        cmocka_unit_test(custom_user_data_is_untouched),
        cmocka_unit_test(without_join_data_only_the_users_own_is_there),
        cmocka_unit_test(a_cidr_that_we_do_not_know_is_left_to_the_users_own_node_config),
        cmocka_unit_test(al2_is_told_the_address_of_dns_by_the_service_cidr),
        cmocka_unit_test(the_users_part_is_recognised_by_how_it_begins),
        cmocka_unit_test(the_users_own_multipart_is_taken_apart),
        cmocka_unit_test(mime_without_a_boundary_is_refused),
        cmocka_unit_test(a_boundary_never_stands_in_a_part),
        cmocka_unit_test(labels_that_a_kubelet_may_not_set_are_left_out),
        cmocka_unit_test(sixteen_kibibytes_are_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
