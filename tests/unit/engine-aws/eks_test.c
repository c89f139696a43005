#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/eks.h"
#include "tests/unit/engine-aws/fixture.h"

static void a_cluster_is_asked_for_by_its_encoded_name(void **state)
{
    struct fixture f;
    struct eks_cluster cluster;
    (void)state;

    begin(&f,
          STEPS({.body = "{\"cluster\":{\"name\":\"my dev/1\",\"version\":\"1.33\","
                         "\"endpoint\":\"https://x.eks\",\"certificateAuthority\":{\"data\":"
                         "\"Q0E=\"},\"kubernetesNetworkConfig\":{\"serviceIpv4Cidr\":"
                         "\"172.20.0.0/16\",\"ipFamily\":\"ipv4\"}}}"}),
          1);
    assert_fine(eks_describe_cluster(&f.call, STR("my dev/1"), &cluster));
    assert_true(str_starts_with(f.server.requests[0], STR("GET /clusters/my%20dev%2F1 HTTP/1.1")));
    assert_str(sent_body(&f, 0), "");
    assert_str(cluster.version, "1.33");
    assert_str(cluster.endpoint, "https://x.eks");
    assert_str(cluster.certificate_authority, "Q0E=");
    assert_str(cluster.service_cidr, "172.20.0.0/16");
    end(&f);
}

static void an_ipv6_cluster_has_the_cidr_of_its_family(void **state)
{
    struct fixture f;
    struct eks_cluster cluster;
    (void)state;

    begin(&f,
          STEPS({.body = "{\"cluster\":{\"name\":\"dev\",\"kubernetesNetworkConfig\":{"
                         "\"serviceIpv4Cidr\":null,\"serviceIpv6Cidr\":\"fd30::/108\","
                         "\"ipFamily\":\"ipv6\"}}}"}),
          1);
    assert_fine(eks_describe_cluster(&f.call, STR("dev"), &cluster));
    assert_str(cluster.service_cidr, "fd30::/108");
    assert_str(cluster.endpoint, "");
    end(&f);
}

static void an_absent_cluster_and_a_refusal_are_told_apart(void **state)
{
    struct fixture f;
    struct eks_cluster cluster;
    (void)state;

    begin(&f,
          STEPS({.status = 404,
                 .headers = "x-amzn-ErrorType: ResourceNotFoundException:http://x/\r\n",
                 .body = "{\"message\":\"No cluster found for name: dev.\"}"},
                {.status = 403,
                 .headers = "x-amzn-ErrorType: AccessDeniedException\r\n",
                 .body = "{\"Message\":\"User: arn:aws:iam::1:user/u is not authorized to perform: "
                         "eks:DescribeCluster on resource: arn:aws:eks:r:1:cluster/dev\"}"},
                {.body = "[]"}),
          3);
    struct error *absent = eks_describe_cluster(&f.call, STR("dev"), &cluster);
    assert_int_equal(absent->kind, ERROR_NOT_FOUND);
    assert_contains(absent->summary, "No cluster found for name: dev.");
    struct error *refused = eks_describe_cluster(&f.call, STR("dev"), &cluster);
    assert_int_equal(refused->kind, ERROR_DENIED);
    assert_contains(refused->detail, "eks:DescribeCluster on arn:aws:eks:r:1:cluster/dev");
    struct error *garbage = eks_describe_cluster(&f.call, STR("dev"), &cluster);
    assert_int_equal(garbage->kind, ERROR_UNREACHABLE);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_is_asked_for_by_its_encoded_name),
        cmocka_unit_test(an_ipv6_cluster_has_the_cidr_of_its_family),
        cmocka_unit_test(an_absent_cluster_and_a_refusal_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
