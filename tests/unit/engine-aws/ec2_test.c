#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/ec2.h"
#include "engine/aws/pricing.h"
#include "engine/aws/ssm.h"
#include "tests/unit/engine-aws/fixture.h"

static const char first_types[] =
    "<DescribeInstanceTypesResponse><instanceTypeSet><item>"
    "<instanceType>g5.12xlarge</instanceType><currentGeneration>true</currentGeneration>"
    "<supportedUsageClasses><item>on-demand</item><item>spot</item></supportedUsageClasses>"
    "<supportedVirtualizationTypes><item>hvm</item></supportedVirtualizationTypes>"
    "<bareMetal>false</bareMetal><hypervisor>nitro</hypervisor><processorInfo>"
    "<supportedArchitectures><item>x86_64</item></supportedArchitectures>"
    "<sustainedClockSpeedInGhz>3.3</sustainedClockSpeedInGhz><manufacturer>AMD</manufacturer>"
    "</processorInfo><vCpuInfo><defaultVCpus>48</defaultVCpus></vCpuInfo>"
    "<memoryInfo><sizeInMiB>196608</sizeInMiB></memoryInfo>"
    "<instanceStorageInfo><totalSizeInGB>3800</totalSizeInGB><nvmeSupport>required</nvmeSupport>"
    "</instanceStorageInfo><ebsInfo><ebsOptimizedInfo><baselineBandwidthInMbps>16000"
    "</baselineBandwidthInMbps></ebsOptimizedInfo></ebsInfo><networkInfo>"
    "<maximumNetworkInterfaces>15</maximumNetworkInterfaces>"
    "<defaultNetworkCardIndex>1</defaultNetworkCardIndex><networkCards><item>"
    "<networkCardIndex>0</networkCardIndex><maximumNetworkInterfaces>8"
    "</maximumNetworkInterfaces></item><item><networkCardIndex>1</networkCardIndex>"
    "<maximumNetworkInterfaces>7</maximumNetworkInterfaces></item></networkCards>"
    "<ipv4AddressesPerInterface>50</ipv4AddressesPerInterface><efaSupported>true</efaSupported>"
    "<efaInfo><maximumEfaInterfaces>1</maximumEfaInterfaces></efaInfo>"
    "<encryptionInTransitSupported>true</encryptionInTransitSupported></networkInfo>"
    "<gpuInfo><gpus><item><name>A10G</name><manufacturer>NVIDIA</manufacturer><count>4</count>"
    "<memoryInfo><sizeInMiB>24576</sizeInMiB></memoryInfo></item></gpus></gpuInfo>"
    "</item></instanceTypeSet><nextToken>next+1</nextToken></DescribeInstanceTypesResponse>";
static const char last_types[] =
    "<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>inf1.xlarge"
    "</instanceType><instanceStorageInfo><totalSizeInGB>80</totalSizeInGB><nvmeSupport>"
    "unsupported</nvmeSupport></instanceStorageInfo><inferenceAcceleratorInfo><accelerators>"
    "<item><name>Inferentia</name><manufacturer>AWS</manufacturer><count>1</count></item>"
    "</accelerators></inferenceAcceleratorInfo></item></instanceTypeSet>"
    "</DescribeInstanceTypesResponse>";

static void instance_types_are_read_over_all_pages(void **state)
{
    struct fixture f;
    struct ec2_instance_types types;
    struct str hvm[] = {STR("hvm")};
    struct ec2_filter filter = {STR("supported-virtualization-type"), hvm, 1};
    (void)state;

    begin(&f, STEPS({.body = first_types}, {.body = last_types}), 2);
    assert_fine(ec2_describe_instance_types(
        &f.call, &(struct ec2_query){.filters = &filter, .filter_count = 1}, &types));
    assert_int_equal(types.count, 2);
    const struct ec2_instance_type *g5 = &types.items[0], *inf1 = &types.items[1];
    assert_str(g5->name, "g5.12xlarge");
    assert_true(g5->current_generation && g5->x86_64 && !g5->arm64 && g5->hvm && g5->spot &&
                g5->on_demand && g5->efa && g5->encryption_in_transit && !g5->bare_metal);
    assert_int_equal(g5->cpu_clock_mhz, 3300);
    assert_int_equal(g5->vcpus, 48);
    assert_int_equal(g5->memory_mib, 196608);
    assert_int_equal(g5->nvme_gb, 3800);
    assert_int_equal(g5->ebs_baseline_mbps, 16000);
    assert_int_equal(g5->network_interfaces, 7); /* of the default card, not of all */
    assert_int_equal(g5->ipv4_per_interface, 50);
    assert_int_equal(g5->gpu.count, 4);
    assert_int_equal(g5->gpu.memory_mib, 24576);
    assert_str(g5->gpu.name, "A10G");
    assert_int_equal(inf1->nvme_gb, 0);
    assert_str(inf1->accelerator.name, "Inferentia");
    assert_str(sent_body(&f, 1),
               "Action=DescribeInstanceTypes&Version=2016-11-15&Filter.1.Name=supported-"
               "virtualization-type&Filter.1.Value.1=hvm&MaxResults=100&NextToken=next%2B1");
    end(&f);
}

#define PRICE(type, zone, price, at)                                     \
    "<item><instanceType>" type "</instanceType><availabilityZone>" zone \
    "</availabilityZone><spotPrice>" price "</spotPrice><timestamp>" at "</timestamp></item>"

static void the_newest_spot_price_of_each_type_and_zone_counts(void **state)
{
    struct fixture f;
    struct ec2_spot_prices prices;
    (void)state;

    begin(&f,
          STEPS({.body = "<DescribeSpotPriceHistoryResponse><spotPriceHistorySet>" PRICE(
                     "m5.large", "a", "0.0400000", "2024-01-01T00:00:00.000Z")
                     PRICE("m5.large", "a", "0.0416001", "2024-01-02T00:00:00.000Z")
                         PRICE("m5.large", "b", "0.05", "2024-01-01T00:00:00.000Z") PRICE(
                             "c5.large", "a", "none",
                             "2024-01-01T00:00:00.000Z") "</spotPriceHistorySet></"
                                                         "DescribeSpotPriceHistoryResponse>"}),
          1);
    assert_fine(ec2_describe_spot_prices(&f.call, 1704153600000, &prices));
    assert_int_equal(prices.count, 2);
    assert_int_equal(prices.items[0].microusd_per_hour, 41601);
    assert_int_equal(prices.items[1].microusd_per_hour, 50000);
    assert_contains(sent_body(&f, 0), "&StartTime=2024-01-02T00%3A00%3A00Z&");
    end(&f);
}

static void instances_are_taken_out_of_their_reservations(void **state)
{
    struct fixture f;
    struct ec2_instances instances;
    struct str ids[] = {STR("i-1"), STR("i-2")};
    (void)state;

    begin(&f,
          STEPS({.body =
                     "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>"
                     "<instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceState><code>16"
                     "</code><name>running</name></instanceState><instanceType>m5.large"
                     "</instanceType><launchTime>2024-01-02T00:00:00.000Z</launchTime><placement>"
                     "<availabilityZone>us-east-1a</availabilityZone></placement><clientToken>t"
                     "</clientToken><instanceLifecycle>spot</instanceLifecycle><tagSet><item>"
                     "<key>tenon.dev/claim</key><value>c-1</value></item></tagSet></item>"
                     "</instancesSet></item><item><instancesSet><item><instanceId>i-2</instanceId>"
                     "<stateReason><code>Server.SpotInstanceTermination</code></stateReason></item>"
                     "</instancesSet></item></reservationSet></DescribeInstancesResponse>"}),
          1);
    assert_fine(ec2_describe_instances(&f.call, &(struct ec2_query){.ids = ids, .id_count = 2},
                                       &instances));
    assert_int_equal(instances.count, 2);
    assert_true(instances.items[0].spot);
    assert_str(instances.items[0].state, "running");
    assert_str(instances.items[0].zone, "us-east-1a");
    assert_int_equal(instances.items[0].launched_ms, 1704153600000);
    assert_str(ec2_tag(&instances.items[0].tags, STR("tenon.dev/claim")), "c-1");
    assert_str(instances.items[1].state_reason, "Server.SpotInstanceTermination");
    assert_str(sent_body(&f, 0), "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&"
                                 "InstanceId.2=i-2"); /* no page size beside ids */
    end(&f);
}

static void a_deprecated_image_is_marked(void **state)
{
    struct fixture f;
    struct ec2_images images;
    (void)state;

    begin(&f,
          STEPS({.body = "<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId>"
                         "<deprecationTime>2024-01-02T00:00:00.000Z</deprecationTime></item>"
                         "<item><imageId>ami-2</imageId><deprecationTime>2024-01-02T00:00:01.000Z"
                         "</deprecationTime></item><item><imageId>ami-3</imageId></item>"
                         "</imagesSet></DescribeImagesResponse>"}),
          1);
    assert_fine(ec2_describe_images(&f.call, &(struct ec2_query){0}, 1704153600000, &images));
    assert_true(images.items[0].deprecated);
    assert_false(images.items[1].deprecated);
    assert_false(images.items[2].deprecated);
    end(&f);
}

static struct ec2_launch launch(void)
{
    static const struct ec2_override overrides[] = {
        {STR_INIT("m5.large"), STR_INIT("subnet-1"), STR_INIT(""), STR_INIT(""), -1},
        {STR_INIT("c5.large"), STR_INIT("subnet-2"), STR_INIT("us-east-1b"), STR_INIT("ami-2"), 1},
    };
    static struct aws_tag tags[] = {{STR_INIT("Name"), STR_INIT("n 1")}};
    return (struct ec2_launch){.client_token = STR("0123"),
                               .launch_template_name = STR("tenon-x"),
                               .spot = true,
                               .allocation_strategy = STR("price-capacity-optimized"),
                               .overrides = overrides,
                               .override_count = 2,
                               .count = 1,
                               .tags = {tags, 1, 1}};
}

static void a_launch_has_one_text_and_goes_out_as_that_text(void **state)
{
    struct fixture f;
    struct ec2_launched launched;
    struct ec2_launch l = launch();
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_CUT}, {.body = "<CreateFleetResponse/>"}), 2);
    struct str request = ec2_create_fleet_request(&f.arena, &l);
    assert_str(request,
               "Action=CreateFleet&Version=2016-11-15&ClientToken=0123&Type=instant&"
               "TargetCapacitySpecification.TotalTargetCapacity=1&"
               "TargetCapacitySpecification.DefaultTargetCapacityType=spot&"
               "SpotOptions.AllocationStrategy=price-capacity-optimized&"
               "LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateName=tenon-x&"
               "LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version=1&"
               "LaunchTemplateConfigs.1.Overrides.1.InstanceType=m5.large&"
               "LaunchTemplateConfigs.1.Overrides.1.SubnetId=subnet-1&"
               "LaunchTemplateConfigs.1.Overrides.2.InstanceType=c5.large&"
               "LaunchTemplateConfigs.1.Overrides.2.SubnetId=subnet-2&"
               "LaunchTemplateConfigs.1.Overrides.2.AvailabilityZone=us-east-1b&"
               "LaunchTemplateConfigs.1.Overrides.2.ImageId=ami-2&"
               "LaunchTemplateConfigs.1.Overrides.2.Priority=1&"
               "TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name&"
               "TagSpecification.1.Tag.1.Value=n%201&TagSpecification.2.ResourceType=volume&"
               "TagSpecification.2.Tag.1.Key=Name&TagSpecification.2.Tag.1.Value=n%201");
    assert_fine(ec2_create_fleet(&f.call, request, &launched));
    assert_true(str_eq(sent_body(&f, 0), request));
    assert_true(str_eq(sent_body(&f, 1), request)); /* the repeat is byte-equal */
    end(&f);
}

static void a_fleet_tells_what_came_and_what_did_not(void **state)
{
    struct fixture f;
    struct ec2_launched l;
    (void)state;

    begin(&f,
          STEPS({.body =
                     "<CreateFleetResponse><fleetId>fleet-1</fleetId><errorSet><item>"
                     "<launchTemplateAndOverrides><overrides><instanceType>c5.large</instanceType>"
                     "<subnetId>subnet-2</subnetId><availabilityZone>us-east-1b</availabilityZone>"
                     "</overrides></launchTemplateAndOverrides><lifecycle>spot</lifecycle>"
                     "<errorCode>InsufficientInstanceCapacity</errorCode><errorMessage>none left"
                     "</errorMessage></item><item><errorCode>UnauthorizedOperation</errorCode>"
                     "</item></errorSet><fleetInstanceSet><item><launchTemplateAndOverrides>"
                     "<overrides><subnetId>subnet-1</subnetId><availabilityZone>us-east-1a"
                     "</availabilityZone></overrides></launchTemplateAndOverrides><lifecycle>spot"
                     "</lifecycle><instanceIds><item>i-1</item><item>i-2</item></instanceIds>"
                     "<instanceType>m5.large</instanceType></item></fleetInstanceSet>"
                     "</CreateFleetResponse>"}),
          1);
    assert_fine(ec2_create_fleet(&f.call, STR("Action=CreateFleet"), &l));
    assert_int_equal(l.instances.count, 2);
    assert_str(l.instances.items[1].id, "i-2");
    assert_str(l.instances.items[1].zone, "us-east-1a");
    assert_true(l.instances.items[1].spot);
    assert_int_equal(l.error_count, 2);
    assert_int_equal(l.errors[0].kind, ERROR_NO_CAPACITY);
    assert_str(l.errors[0].zone, "us-east-1b");
    assert_str(l.errors[0].message, "none left");
    assert_int_equal(l.errors[1].kind, ERROR_DENIED);
    end(&f);
}

static void a_launch_template_is_made_by_exactly_this_request(void **state)
{
    ARENA_AUTO a = {0};
    struct str groups[] = {STR("sg-1")};
    struct ec2_block_device root = {.device_name = STR("/dev/xvda"),
                                    .volume_type = STR("gp3"),
                                    .volume_gib = 50,
                                    .encrypted = true};
    struct ec2_launch_template_new t = {
        .name = STR("tenon-x"),
        .image_id = STR("ami-1"),
        .instance_profile = STR("p"),
        .user_data = STR("#!"),
        .security_group_ids = groups,
        .security_group_count = 1,
        .block_devices = &root,
        .block_device_count = 1,
        .metadata = {.http_tokens = STR("required"), .http_put_response_hop_limit = 2},
        .detailed_monitoring = true,
    };
    (void)state;

    assert_str(ec2_create_launch_template_request(&a, &t),
               "Action=CreateLaunchTemplate&Version=2016-11-15&LaunchTemplateName=tenon-x&"
               "LaunchTemplateData.ImageId=ami-1&LaunchTemplateData.IamInstanceProfile.Name=p&"
               "LaunchTemplateData.UserData=IyE%3D&LaunchTemplateData.SecurityGroupId.1=sg-1&"
               "LaunchTemplateData.BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda&"
               "LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeType=gp3&"
               "LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeSize=50&"
               "LaunchTemplateData.BlockDeviceMapping.1.Ebs.Encrypted=true&"
               "LaunchTemplateData.BlockDeviceMapping.1.Ebs.DeleteOnTermination=true&"
               "LaunchTemplateData.MetadataOptions.HttpTokens=required&"
               "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit=2&"
               "LaunchTemplateData.Monitoring.Enabled=true");
    t.public_ip = PUBLIC_IP_NO;
    struct str with_interface = ec2_create_launch_template_request(&a, &t);
    assert_contains(with_interface, "NetworkInterface.1.AssociatePublicIpAddress=false");
    assert_contains(with_interface, "NetworkInterface.1.SecurityGroupId.1=sg-1");
    assert_int_equal(str_find_str(with_interface, STR("LaunchTemplateData.SecurityGroupId")),
                     with_interface.len);
}

#define PRODUCT(type, unit, usd)                                                              \
    "{\"product\":{\"attributes\":{\"instanceType\":\"" type "\"}},\"terms\":{\"OnDemand\":{" \
    "\"X.1\":{\"priceDimensions\":{\"X.1.2\":{\"unit\":\"" unit                               \
    "\",\"pricePerUnit\":{\"USD\":\"" usd "\"}}}}}}}"

static void a_product_of_the_price_list_is_read_exactly(void **state)
{
    static const struct {
        const char *json;
        bool fine;
        int64_t micro;
    } rows[] = {
        {PRODUCT("m5.large", "Hrs", "0.0960000000"), true, 96000},
        {PRODUCT("t4g.nano", "Hrs", "0.0042000000"), true, 4200},
        {PRODUCT("m5.large", "Hrs", "0.0000000000"), false, 0},
        {PRODUCT("m5.large", "Quantity", "10"), false, 0},
        {PRODUCT("m5.large", "Hrs", "N/A"), false, 0},
        {PRODUCT("", "Hrs", "1"), false, 0},
        {"{}", false, 0},
        {"garbage", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct pricing_row row = {0};
        assert_int_equal(pricing_read_product(&a, str_of(rows[i].json), &row), rows[i].fine);
        assert_int_equal(row.microusd_per_hour, rows[i].micro);
    }
}

static void prices_come_in_pages_and_bare_metal_beside_them(void **state)
{
    struct fixture f;
    struct pricing_rows rows;
    (void)state;

    begin(&f,
          STEPS({.body = "{\"PriceList\":[\"{\\\"product\\\":{\\\"attributes\\\":{"
                         "\\\"instanceType\\\":\\\"m5.large\\\"}},\\\"terms\\\":{\\\"OnDemand\\\":"
                         "{\\\"a\\\":{\\\"priceDimensions\\\":{\\\"b\\\":{\\\"unit\\\":\\\"Hrs\\\","
                         "\\\"pricePerUnit\\\":{\\\"USD\\\":\\\"0.096\\\"}}}}}}}\",\"junk\"],"
                         "\"NextToken\":\"n\"}"},
                {.body = "{\"PriceList\":[]}"}, {.body = "{\"PriceList\":[]}"}),
          3);
    assert_fine(pricing_on_demand(&f.call, STR("eu-west-1"), &rows));
    assert_int_equal(rows.count, 1);
    assert_str(rows.items[0].instance_type, "m5.large");
    assert_int_equal(rows.items[0].microusd_per_hour, 96000);
    assert_contains(sent_body(&f, 0), "\"Field\":\"regionCode\",\"Value\":\"eu-west-1\"");
    assert_contains(sent_body(&f, 1), "\"NextToken\":\"n\"");
    assert_contains(sent_body(&f, 2), "\"Value\":\"Compute Instance (bare metal)\"");
    end(&f);
}

static void a_parameter_has_a_value_or_is_not_there(void **state)
{
    struct fixture f;
    struct ssm_parameter p;
    (void)state;

    begin(
        &f,
        STEPS(
            {.body =
                 "{\"Parameter\":{\"Name\":\"/p\",\"ARN\":\"arn:aws:ssm:::p\",\"Type\":\"String\","
                 "\"Value\":\"ami-1\",\"Version\":3}}"},
            {.status = 400, .body = "{\"__type\":\"ParameterNotFound\"}"},
            {.body = "{\"Parameter\":{\"Name\":\"/p\",\"Version\":3}}"}),
        3);
    assert_fine(ssm_get_parameter(&f.call, STR("/p:3"), false, &p));
    assert_str(sent_body(&f, 0), "{\"Name\":\"/p:3\"}");
    assert_str(p.name, "/p");
    assert_str(p.value, "ami-1");
    assert_str(p.type, "String");
    assert_int_equal(p.version, 3);
    struct error *e = ssm_get_parameter(&f.call, STR("/q"), true, &p);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    assert_contains(sent_body(&f, 1), "\"WithDecryption\":true");
    e = ssm_get_parameter(&f.call, STR("/p"), true, &p);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    end(&f);
}

static void instances_that_fail_either_check_are_read_with_since_when(void **state)
{
    static const char below[] =
        "<DescribeInstanceStatusResponse><instanceStatusSet><item><instanceId>i-1</instanceId>"
        "<instanceStatus><status>ok</status></instanceStatus><systemStatus><status>impaired"
        "</status><details><item><name>reachability</name><status>failed</status>"
        "<impairedSince>2026-11-30T20:00:00.000Z</impairedSince></item></details></systemStatus>"
        "</item></instanceStatusSet></DescribeInstanceStatusResponse>";
    static const char within[] =
        "<DescribeInstanceStatusResponse><instanceStatusSet><item><instanceId>i-2</instanceId>"
        "<instanceStatus><status>impaired</status><details/></instanceStatus><systemStatus>"
        "<status>ok</status></systemStatus></item></instanceStatusSet>"
        "</DescribeInstanceStatusResponse>";
    struct fixture f;
    struct ec2_impaired_list found;
    (void)state;

    begin(&f, STEPS({.body = below}, {.body = within}), 2);
    assert_fine(ec2_describe_impaired(&f.call, &found));
    assert_int_equal(found.count, 2);
    assert_str(found.items[0].id, "i-1");
    assert_int_equal(found.items[0].since_ms, 1796068800000);
    assert_str(found.items[1].id, "i-2");
    assert_int_equal(found.items[1].since_ms, 0);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances_that_fail_either_check_are_read_with_since_when),
        cmocka_unit_test(instance_types_are_read_over_all_pages),
        cmocka_unit_test(the_newest_spot_price_of_each_type_and_zone_counts),
        cmocka_unit_test(instances_are_taken_out_of_their_reservations),
        cmocka_unit_test(a_deprecated_image_is_marked),
        cmocka_unit_test(a_launch_has_one_text_and_goes_out_as_that_text),
        cmocka_unit_test(a_fleet_tells_what_came_and_what_did_not),
        cmocka_unit_test(a_launch_template_is_made_by_exactly_this_request),
        cmocka_unit_test(a_product_of_the_price_list_is_read_exactly),
        cmocka_unit_test(prices_come_in_pages_and_bare_metal_beside_them),
        cmocka_unit_test(a_parameter_has_a_value_or_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
