#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/class_document.h"
#include "engine/objects/class_settings.h"

/* The example of the surface's page. */
static const char documented[] =
    "{'name': 'default', 'ami_family': 'AL2023',"
    " 'ami_selector': [{'alias': 'al2023@latest'}],"
    " 'subnet_selector': [{'tags': {'karpenter.sh/discovery': 'dev-eks'}}],"
    " 'security_group_selector': [{'tags': {'karpenter.sh/discovery': 'dev-eks'}}],"
    " 'instance_profile': 'dev-node', 'user_data': '#!/bin/bash\\n',"
    " 'block_device_mappings': [{'device_name': '/dev/xvda', 'root_volume': true, 'ebs': "
    "  {'volume_size': '50Gi', 'volume_type': 'gp3', 'encrypted': true, "
    "   'delete_on_termination': true}}],"
    " 'metadata_options': {'http_endpoint': 'enabled', 'http_protocol_ipv6': 'disabled', "
    "  'http_put_response_hop_limit': 2, 'http_tokens': 'required'},"
    " 'kubelet': {'max_pods': 110}, 'tags': {'Project': 'DataMigrate AI'}}";

static const char smallest[] = "{'name': 'default', 'subnet_selector': [{'id': 'subnet-1'}],"
                               " 'security_group_selector': [{'id': 'sg-1'}]}";

static struct node_class read_good(struct arena *a, const char *text)
{
    struct json j = quoted(a, text);
    struct node_class c;
    struct error *e = class_document_read(a, &j, &c);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->path), STR_ARG(e->summary));
    return c;
}

static void the_documented_class_is_read_whole(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct node_class c = read_good(&a, documented);
    const struct selector_term *image = c.ami_selector.items, *subnet = c.subnet_selector.items;
    const struct block_device *disk = c.block_device_mappings.items;

    assert_int_equal(c.family, FAMILY_AL2023);
    assert_true(str_eq(image->alias, STR("al2023@latest")));
    assert_true(str_eq(labels_get(&subnet->tags, STR("karpenter.sh/discovery")), STR("dev-eks")));
    assert_true(str_eq(c.instance_profile, STR("dev-node")));
    assert_true(disk->root_volume.on && disk->ebs.encrypted.on);
    assert_true(disk->ebs.volume_size_bytes == INT64_C(50) << 30);
    assert_true(c.metadata_options.http_put_response_hop_limit == 2);
    assert_true(c.kubelet.max_pods == 110);
    assert_true(str_eq(labels_get(&c.tags, STR("Project")), STR("DataMigrate AI")));
}

static void what_a_class_leaves_unsaid_has_documented_meanings(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct node_class c = read_good(&a, smallest);

    assert_int_equal(c.family, FAMILY_AL2023);
    assert_true(str_eq(c.metadata_options.http_tokens, STR("required")));
    assert_true(str_eq(c.metadata_options.http_endpoint, STR("enabled")));
    assert_true(c.metadata_options.http_put_response_hop_limit == 1);
    assert_true(c.kubelet.max_pods == 0);
    assert_true(c.kubelet.image_gc_high_threshold_percent == -1);
    assert_false(c.associate_public_ip_address.set);
    assert_int_equal(c.block_device_mappings.count, 0);
}

static void an_alias_gives_the_family_that_is_not_written(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct json j =
        changed(&a, quoted(&a, smallest), "{'ami_selector': [{'alias': 'bottlerocket@1.20.0'}]}");
    struct node_class c;

    assert_null(class_document_read(&a, &j, &c));
    assert_int_equal(c.family, FAMILY_BOTTLEROCKET);
}

static void every_rule_refuses_at_its_attribute(void **state)
{
    (void)state;
    static const struct {
        const char *with, *path, *says;
    } rows[] = {
        {"{'name': 'a.b'}", "name", "is \"a.b\""},
        {"{'name': null}", "name", "missing"},
        {"{'ami_family': 'Debian'}", "ami_family", "is \"Debian\""},
        {"{'ami_family': 'AL2', 'ami_selector': [{'alias': 'al2023@latest'}]}", "ami_family",
         "is \"AL2\""},
        {"{'ami_family': 'Custom'}", "ami_selector", "missing"},
        {"{'ami_selector': []}", "ami_selector", "0 entries"},
        {"{'ami_selector': [{}]}", "ami_selector[0]", "selects nothing"},
        {"{'ami_selector': [{'owner': 'self'}]}", "ami_selector[0]", "selects nothing"},
        {"{'ami_selector': [{'alias': 'al2023'}]}", "ami_selector[0].alias", "is \"al2023\""},
        {"{'ami_selector': [{'alias': 'debian@latest'}]}", "ami_selector[0].alias", "debian"},
        {"{'ami_selector': [{'alias': 'windows2022@1.2'}]}", "ami_selector[0].alias", "windows"},
        {"{'ami_selector': [{'alias': 'al2023@latest'}, {'id': 'ami-1'}]}", "ami_selector[0].alias",
         "beside other terms"},
        {"{'ami_selector': [{'alias': 'al2023@latest', 'owner': 'self'}]}", "ami_selector[0].alias",
         "not stand alone"},
        {"{'ami_selector': [{'id': 'ami-1', 'name': 'x'}]}", "ami_selector[0].id",
         "not stand alone"},
        {"{'ami_selector': [{'id': 'x'}]}", "ami_selector[0].id", "is \"x\""},
        {"{'ami_selector': [{'name': ''}]}", "ami_selector[0].name", "is \"\""},
        {"{'ami_selector': [{'tags': {'a': ''}}]}", "ami_selector[0].tags[\"a\"]", "empty tag"},
        {"{'subnet_selector': null}", "subnet_selector", "missing"},
        {"{'subnet_selector': []}", "subnet_selector", "0 entries"},
        {"{'subnet_selector': [{'id': 'subnet-1', 'tags': {'a': 'b'}}]}", "subnet_selector[0].id",
         "not stand alone"},
        {"{'subnet_selector': [{'id': 'vpc-1'}]}", "subnet_selector[0].id", "is \"vpc-1\""},
        {"{'subnet_selector': [{}]}", "subnet_selector[0]", "selects nothing"},
        {"{'security_group_selector': null}", "security_group_selector", "missing"},
        {"{'security_group_selector': [{'id': 'sg-'}]}", "security_group_selector[0].id", "sg-"},
        {"{'security_group_selector': [{'tags': {}}]}", "security_group_selector[0]",
         "selects nothing"},
        {"{'role': 'r', 'instance_profile': 'p'}", "role", "beside instance_profile"},
        {"{'instance_profile': 'arn:aws:iam::123456789012:role/x'}", "instance_profile", ":role/x"},
        {"{'instance_profile': 'my:profile'}", "instance_profile", "is \"my:profile\""},
        {"{'instance_profile': 'team/'}", "instance_profile", "is \"team/\""},
        {"{'role': 'arn:aws:iam::123456789012:instance-profile/x'}", "role", ":instance-profile/x"},
        {"{'role': 'node role'}", "role", "is \"node role\""},
        {"{'user_data': 'MIME-Version: 1.0\\n\\nhello'}", "user_data", "without a boundary"},
        {"{'user_data': 'Content-Type: multipart/mixed; boundary=B\\n\\nhello'}", "user_data",
         "boundary \"B\" stands nowhere"},
        {"{'user_data': 'Content-Type: multipart/mixed; boundary=B\\n\\n--B\\nContent-Type: "
         "text/x-shellscript\\n--B--\\n'}",
         "user_data", "part 1 of the MIME message has no blank line"},
        {"{'user_data': 'Content-Type: multipart/mixed; boundary=B\\n\\n--B\\nContent-Type: "
         "text/x-shellscript\\n\\n#!/bin/sh\\n--B\\n#!/bin/sh\\n\\necho hi\\n--B--\\n'}",
         "user_data", "part 2 of the MIME message has `#!/bin/sh` among its headers"},
        {"{'user_data': 'Content-Type: multipart/mixed; boundary=B\\n\\n--B\\nContent-Type: "
         "application/node.eks.aws\\n\\nkind: [\\n--B--\\n'}",
         "user_data", "the NodeConfig of part 1"},
        {"{'user_data': 'apiVersion: node.eks.aws/v1alpha1\\nkind: Node\\n'}", "user_data",
         "kind is \"Node\""},
        {"{'block_device_mappings': [{'ebs': {'volume_size': '50Gi'}}]}",
         "block_device_mappings[0].device_name", "missing"},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda'}]}",
         "block_device_mappings[0].ebs", "missing"},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {}}]}",
         "block_device_mappings[0].ebs.volume_size", "missing"},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {'volume_size': "
         "'50 GB'}}]}",
         "block_device_mappings[0].ebs.volume_size", "50 GB"},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {'volume_size': "
         "'65Ti'}}]}",
         "block_device_mappings[0].ebs.volume_size", "65Ti"},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {'volume_size': "
         "'50'}}]}",
         "block_device_mappings[0].ebs.volume_size", "is \"50\""},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {'volume_size': '5Gi', "
         "'volume_type': 'gp9'}}]}",
         "block_device_mappings[0].ebs.volume_type", "gp9"},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {'volume_size': '5Gi', "
         "'volume_type': 'gp2', 'throughput': 125}}]}",
         "block_device_mappings[0].ebs.throughput", "is 125"},
        {"{'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {'volume_size': '5Gi', "
         "'volume_type': 'st1', 'iops': 3000}}]}",
         "block_device_mappings[0].ebs.iops", "is 3000"},
        {"{'block_device_mappings': [{'device_name': 'a', 'root_volume': true, 'ebs': "
         "{'volume_size': '5Gi'}}, {'device_name': 'b', 'root_volume': true, 'ebs': "
         "{'volume_size': '5Gi'}}]}",
         "block_device_mappings[1].root_volume", "second time"},
        {"{'block_device_mappings': [{'device_name': 'a', 'ebs': {'volume_size': '5Gi'}}, "
         "{'device_name': 'a', 'ebs': {'volume_size': '5Gi'}}]}",
         "block_device_mappings[1].device_name", "is \"a\""},
        {"{'metadata_options': {'http_tokens': 'maybe'}}", "metadata_options.http_tokens", "maybe"},
        {"{'metadata_options': {'http_put_response_hop_limit': 65}}",
         "metadata_options.http_put_response_hop_limit", "is 65"},
        {"{'kubelet': {'max_pods': 0}}", "kubelet.max_pods", "is 0"},
        {"{'kubelet': {'max_pods': '110'}}", "kubelet.max_pods", "is \"110\""},
        {"{'kubelet': {'kube_reserved': {'gpu': '1'}}}", "kubelet.kube_reserved[\"gpu\"]",
         "cannot be reserved"},
        {"{'kubelet': {'system_reserved': {'cpu': 'x'}}}", "kubelet.system_reserved[\"cpu\"]",
         "is \"x\""},
        {"{'kubelet': {'eviction_hard': {'memory': '1Gi'}}}", "kubelet.eviction_hard[\"memory\"]",
         "no eviction signal"},
        {"{'kubelet': {'eviction_hard': {'memory.available': '101%'}}}",
         "kubelet.eviction_hard[\"memory.available\"]", "101%"},
        {"{'kubelet': {'eviction_soft': {'memory.available': '5%'}}}",
         "kubelet.eviction_soft_grace_period[\"memory.available\"]", "missing"},
        {"{'kubelet': {'eviction_soft_grace_period': {'memory.available': '1m'}}}",
         "kubelet.eviction_soft[\"memory.available\"]", "missing"},
        {"{'kubelet': {'image_gc_high_threshold_percent': 70, 'image_gc_low_threshold_percent': "
         "80}}",
         "kubelet.image_gc_high_threshold_percent", "is 70"},
        {"{'kubelet': {'cluster_dns': ['ten']}}", "kubelet.cluster_dns[0]", "is \"ten\""},
        {"{'tags': {'kubernetes.io/cluster/x': 'owned'}}", "tags[\"kubernetes.io/cluster/x\"]",
         "may not set"},
        {"{'tags': {'karpenter.sh/nodepool': 'x'}}", "tags[\"karpenter.sh/nodepool\"]",
         "may not set"},
        {"{'tags': {'tenon.dev/claim': 'x'}}", "tags[\"tenon.dev/claim\"]", "may not set"},
        {"{'detailed_monitoring': 'yes'}", "detailed_monitoring", "is \"yes\""},
        {"{'instance_store_policy': 'RAID1'}", "instance_store_policy", "is \"RAID1\""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json j = changed(&a, quoted(&a, smallest), rows[i].with);
        const struct error *all = class_document_check(&a, &j);
        const struct error *e = error_about(all, rows[i].path);
        if (!e)
            fail_msg("%s: no error at %s, but at " STR_FMT, rows[i].with, rows[i].path,
                     STR_ARG(all ? all->path : STR("nowhere")));
        assert_holds(e->summary, rows[i].says);
        assert_true(e->detail.len > 0);
        if (all->next)
            fail_msg("%s: a second error at " STR_FMT, rows[i].with, STR_ARG(all->next->path));
    }
}

static void user_data_beyond_what_ec2_takes_is_refused(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    char *text = arena_alloc(&a, 16386);
    memset(text, '#', 16385);
    for (size_t length = 16384; length <= 16385; length++) {
        struct json j = quoted(&a, smallest);
        json_set(&a, &j, STR("user_data"), json_new_string((struct str){text, length}));
        assert_true((class_document_check(&a, &j) != NULL) == (length > 16384));
    }
}

static void values_that_mean_the_same_are_equal(void **state)
{
    (void)state;
    static const struct {
        const char *attribute, *x, *y;
        bool equal;
    } rows[] = {
        {"block_device_mappings", "[{'device_name': 'a', 'ebs': {'volume_size': '50Gi'}}]",
         "[{'ebs': {'volume_size': '51200Mi', 'delete_on_termination': true}, 'device_name': "
         "'a', 'root_volume': false}]",
         true},
        {"block_device_mappings", "[{'device_name': 'a', 'ebs': {'volume_size': '50Gi'}}]",
         "[{'device_name': 'a', 'ebs': {'volume_size': '50G'}}]", false},
        {"subnet_selector", "[{'id': 'subnet-1'}, {'tags': {'a': 'b'}}]",
         "[{'tags': {'a': 'b'}}, {'id': 'subnet-1', 'tags': null}]", true},
        {"kubelet", "{'kube_reserved': {'cpu': '1'}}", "{'kube_reserved': {'cpu': '1000m'}}", true},
        {"kubelet", "{'cluster_dns': ['10.0.0.1', '10.0.0.2']}",
         "{'cluster_dns': ['10.0.0.2', '10.0.0.1']}", false},
        {"metadata_options", "{}", "{'http_tokens': 'required'}", true},
        {"user_data", "'a'", "'a '", false},
        {"instance_profile", "'p'", "'arn:aws:iam::123456789012:instance-profile/team/p'", true},
        {"instance_profile", "'p'", "'arn:aws:iam::123456789012:instance-profile/p2'", false},
        {"role", "'team/r'", "'r'", true},
        {"detailed_monitoring", "null", "false", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json x = quoted(&a, rows[i].x), y = quoted(&a, rows[i].y);
        if (class_document_equal(str_of(rows[i].attribute), &x, &y) != rows[i].equal)
            fail_msg("%s: %s and %s", rows[i].attribute, rows[i].x, rows[i].y);
    }
}

static void nodes_drift_by_what_they_are_made_of_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *with;
        bool drifts;
    } rows[] = {
        {"{'ami_selector': [{'id': 'ami-1'}]}", false},
        {"{'subnet_selector': [{'id': 'subnet-2'}]}", false},
        {"{'ami_family': 'AL2023', 'metadata_options': {}, 'tags': {}}", false},
        {"{'ami_selector': [{'alias': 'al2@latest'}]}", true}, /* another family */
        {"{'ami_family': 'AL2'}", true},
        {"{'security_group_selector': [{'id': 'sg-2'}]}", true},
        {"{'user_data': 'x'}", true},
        {"{'instance_profile': 'x'}", true},
        {"{'tags': {'a': 'b'}}", true},
        {"{'kubelet': {'max_pods': 30}}", true},
        {"{'metadata_options': {'http_put_response_hop_limit': 2}}", true},
        {"{'block_device_mappings': [{'device_name': 'a', 'ebs': {'volume_size': '5Gi'}}]}", true},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json before = quoted(&a, smallest), after = quoted(&a, smallest);
        after = changed(&a, after, rows[i].with);
        bool drifts =
            !str_eq(class_document_canonical(&a, &before), class_document_canonical(&a, &after));
        if (drifts != rows[i].drifts)
            fail_msg("%s", rows[i].with);
    }
}

static void what_has_no_effect_yet_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *with, *path;
    } rows[] = {
        {"{}", NULL},
        {"{'ami_family': 'AL2'}", NULL},
        {"{'ami_family': 'Windows2022'}", "ami_family"},
        {"{'ami_selector': [{'alias': 'bottlerocket@latest'}]}", "ami_family"},
        {"{'instance_store_policy': 'RAID0'}", "instance_store_policy"},
        {"{'context': 'c'}", "context"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json j = changed(&a, quoted(&a, smallest), rows[i].with);
        struct unheeded_list list = {0};
        class_document_unheeded(&a, &j, &list);
        assert_int_equal(list.count, rows[i].path ? 1 : 0);
        if (rows[i].path)
            assert_true(str_eq(list.items[0].path, str_of(rows[i].path)));
    }
}

static void kubelet_settings_become_amounts(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct json j = changed(&a, quoted(&a, documented),
                            "{'kubelet': {'max_pods': 30, 'pods_per_core': 4, 'kube_reserved': "
                            "{'cpu': '250m', 'memory': '1Gi'}, 'system_reserved': "
                            "{'ephemeral-storage': '2Gi'}, 'eviction_hard': {'memory.available': "
                            "'7.5%', 'nodefs.available': '1Gi'}}}");
    struct node_class c;

    assert_null(class_document_read(&a, &j, &c));
    struct node_settings s = node_settings_of_class(&c, STR("us-east-1"));
    assert_true(s.max_pods == 30 && s.pods_per_core == 4 && !s.windows);
    assert_true(s.kube_reserved_cpu.set && s.kube_reserved_cpu.amount == 250);
    assert_true(s.kube_reserved_memory.amount == 1 << 30 && !s.kube_reserved_storage.set);
    assert_true(s.system_reserved_storage.amount == INT64_C(2) << 30);
    assert_true(s.eviction_memory.percent == 8 && s.eviction_storage.amount == 1 << 30);
    assert_true(s.root_volume_bytes == INT64_C(50) << 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_class_is_read_whole),
        cmocka_unit_test(what_a_class_leaves_unsaid_has_documented_meanings),
        cmocka_unit_test(an_alias_gives_the_family_that_is_not_written),
        cmocka_unit_test(every_rule_refuses_at_its_attribute),
        cmocka_unit_test(user_data_beyond_what_ec2_takes_is_refused),
        cmocka_unit_test(values_that_mean_the_same_are_equal),
        cmocka_unit_test(nodes_drift_by_what_they_are_made_of_and_nothing_else),
        cmocka_unit_test(what_has_no_effect_yet_is_named),
        cmocka_unit_test(kubelet_settings_become_amounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
