#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/schema.h"
#include "provider/resources/launch_template_blocks.h"
#include "provider/resources/launch_template_data.h"

extern const struct resource_type aws_launch_template;

static void read(struct arena *a, const char *xml, struct launch_template *m)
{
    struct xml data;

    *m = (struct launch_template){0};
    assert_null(xml_parse(a, str_of(xml), &data));
    assert_null(launch_template_take(a, &aws_launch_template.model, &data, m));
}

/* What EC2 tells of a version, and what it is told to make one that is the same. */
static void a_version_is_told_as_it_was_read(void **state)
{
    static const struct {
        const char *told, *asked;
    } rows[] = {
        {"<imageId>ami-1</imageId><userData>YQ==</userData>",
         "{\"ImageId\":\"ami-1\",\"UserData\":\"YQ==\"}"},
        {"<securityGroupIdSet><item>sg-1</item><item>sg-2</item></securityGroupIdSet>",
         "{\"SecurityGroupId\":[\"sg-1\",\"sg-2\"]}"},
        {"<blockDeviceMappingSet><item><deviceName>/dev/xvda</deviceName><ebs><encrypted>true"
         "</encrypted><volumeSize>10</volumeSize></ebs></item></blockDeviceMappingSet>",
         "{\"BlockDeviceMapping\":[{\"DeviceName\":\"/dev/xvda\",\"Ebs\":{\"Encrypted\":\"true\","
         "\"VolumeSize\":10}}]}"},
        {"<networkInterfaceSet><item><deviceIndex>1</deviceIndex><networkCardIndex>0"
         "</networkCardIndex><groupSet><groupId>sg-1</groupId></groupSet><privateIpAddress>10.0.0.1"
         "</privateIpAddress><privateIpAddressesSet><item><primary>true</primary><privateIpAddress>"
         "10.0.0.1</privateIpAddress></item><item><primary>false</primary><privateIpAddress>"
         "10.0.0.2</privateIpAddress></item></privateIpAddressesSet><ipv6AddressesSet><item>"
         "<ipv6Address>::1</ipv6Address></item></ipv6AddressesSet></item></networkInterfaceSet>",
         "{\"NetworkInterface\":[{\"DeviceIndex\":1,\"NetworkCardIndex\":0,\"PrivateIpAddress\":"
         "\"10.0.0.1\",\"SecurityGroupId\":[\"sg-1\"],\"PrivateIpAddresses\":[{"
         "\"PrivateIpAddress\":"
         "\"10.0.0.1\",\"Primary\":true},{\"PrivateIpAddress\":\"10.0.0.2\",\"Primary\":false}],"
         "\"Ipv6Addresses\":[{\"Ipv6Address\":\"::1\"}]}]}"},
        {"<licenseSet><item><licenseConfigurationArn>arn:x</licenseConfigurationArn></item>"
         "</licenseSet>",
         "{\"LicenseSpecification\":[{\"LicenseConfigurationArn\":\"arn:x\"}]}"},
        {"<tagSpecificationSet><item><resourceType>volume</resourceType><tagSet><item><key>a</key>"
         "<value>1</value></item></tagSet></item></tagSpecificationSet>",
         "{\"TagSpecification\":[{\"ResourceType\":\"volume\",\"Tag\":[{\"Key\":\"a\",\"Value\":"
         "\"1\"}]}]}"},
        {"<elasticInferenceAcceleratorSet><item><type>eia1</type></item>"
         "</elasticInferenceAcceleratorSet>",
         "{\"ElasticInferenceAccelerator\":[{\"Type\":\"eia1\"}]}"},
        /* No upper end is none, and none at all is one. */
        {"<instanceRequirements><memoryMiB><min>1</min></memoryMiB><acceleratorCount><min>0</min>"
         "<max>0</max></acceleratorCount></instanceRequirements>",
         "{\"InstanceRequirements\":{\"AcceleratorCount\":{\"Max\":0,\"Min\":0},\"MemoryMiB\":{"
         "\"Max\":null,\"Min\":1},\"RequireHibernateSupport\":false}}"},
        {"<secondaryInterfaceSet><item><deviceIndex>2</deviceIndex><privateIpAddressesSet><item>"
         "<privateIpAddress>10.0.0.9</privateIpAddress></item></privateIpAddressesSet></item>"
         "</secondaryInterfaceSet>",
         "{\"SecondaryInterface\":[{\"DeleteOnTermination\":false,\"DeviceIndex\":2,"
         "\"NetworkCardIndex\":0,\"PrivateIpAddress\":[{\"PrivateIpAddress\":\"10.0.0.9\"}]}]}"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct launch_template m;
        struct json want;
        read(&a, arena_printf(&a, "<data>%s</data>", rows[i].told).ptr, &m);
        struct json got = launch_template_data(&a, &aws_launch_template.model, &m);
        assert_null(json_parse(&a, str_of(rows[i].asked), &want));
        /* Said of every version, whatever else it says. */
        json_set(&a, &want, STR("DisableApiStop"), json_new_bool(false));
        json_set(&a, &want, STR("DisableApiTermination"), json_new_bool(false));
        if (!m.user_data.v.len)
            json_set(&a, &want, STR("UserData"), json_new_string(STR("")));
        if (!json_eq(&got, &want))
            fail_msg("%s", rows[i].told);
    }
}

static void numbers_that_nobody_gave_are_0_as_in_states_of_hashicorp_aws(void **state)
{
    ARENA_AUTO a = {0};
    struct launch_template m;
    (void)state;

    read(&a,
         "<d><networkInterfaceSet><item><subnetId>s</subnetId></item></networkInterfaceSet></d>",
         &m);
    const struct network_interface *n = TF_BLOCK(m.network_interfaces, struct network_interface, 0);
    assert_true(TF_IS_KNOWN(n->ipv4_address_count) && n->ipv4_address_count.v == 0);
    assert_true(TF_IS_KNOWN(n->device_index) && n->device_index.v == 0);
}

static void what_is_no_number_is_an_error_and_no_state(void **state)
{
    ARENA_AUTO a = {0};
    struct launch_template m = {0};
    struct xml data;
    (void)state;

    assert_null(xml_parse(&a,
                          STR("<d><metadataOptions><httpPutResponseHopLimit>two"
                              "</httpPutResponseHopLimit></metadataOptions></d>"),
                          &data));
    assert_non_null(launch_template_take(&a, &aws_launch_template.model, &data, &m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_told_as_it_was_read),
        cmocka_unit_test(numbers_that_nobody_gave_are_0_as_in_states_of_hashicorp_aws),
        cmocka_unit_test(what_is_no_number_is_an_error_and_no_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
