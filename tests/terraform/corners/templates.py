"""aws_launch_template."""
from record import Theme, aws

TYPE = "aws_launch_template"
ARN = "arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-%s"


def block(name, *lines):
    return f"{name} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def ebs(*lines, device="/dev/xvda"):
    return block("block_device_mappings", f'device_name = "{device}"', block("ebs", *lines))


def templates():
    t = Theme("template")

    def template(label, *bodies):
        t.add(TYPE, label, *[None if b is None else 'name = "NAME"\n' + b for b in bodies])

    template("plain", "")
    template("typed", 'instance_type = "m5.large"\n', 'instance_type = "c5.large"\n', "")
    template("imaged", 'image_id = "ami-1"\nkey_name = "k"\nkernel_id = "aki-1"\nram_disk_id = "ari-1"\n', 'image_id = "ami-2"\n')
    template("tagged", 'tags = { a = "1" }\n', 'tags = { b = "2" }\n', "")
    template("told", 'user_data = "YQ=="\n', 'user_data = "Yg=="\n', "")
    template("grouped", 'vpc_security_group_ids = ["sg-1", "sg-2"]\n', 'vpc_security_group_ids = ["sg-2", "sg-1"]\n', "")
    template("named-groups", 'security_group_names = ["a", "b"]\n', 'security_group_names = ["b"]\n')
    template("protected", "disable_api_stop = true\ndisable_api_termination = true\n", "")
    template("optimized", 'ebs_optimized = "true"\n', 'ebs_optimized = "false"\n', "")
    template("optimized-truth", "ebs_optimized = true\n")
    template("shutdown", 'instance_initiated_shutdown_behavior = "terminate"\n', "")
    template("follows", 'update_default_version = true\ninstance_type = "m5.large"\n', 'update_default_version = true\ninstance_type = "c5.large"\n')
    template("follows-later", 'instance_type = "m5.large"\n', 'instance_type = "c5.large"\n', 'update_default_version = true\ninstance_type = "c5.large"\n')
    template("chosen", 'instance_type = "m5.large"\n', 'instance_type = "c5.large"\n', 'default_version = 2\ninstance_type = "c5.large"\n')
    template("volume", ebs("volume_size = 10", 'volume_type = "gp3"'), ebs("volume_size = 20", 'volume_type = "gp3"', 'encrypted = "true"', "iops = 3000", "throughput = 125"), ebs("volume_size = 20"))
    template("volume-bare", ebs('delete_on_termination = "false"', 'snapshot_id = "snap-1"'), "")
    template("volumes", ebs("volume_size = 1") + ebs("volume_size = 2", device="/dev/xvdb"), ebs("volume_size = 2", device="/dev/xvdb"))
    template("no-device", block("block_device_mappings", 'device_name = "/dev/xvdc"', 'no_device = "true"') + block("block_device_mappings", 'device_name = "/dev/xvdd"', 'virtual_name = "ephemeral0"'))
    template("reserved", block("capacity_reservation_specification", 'capacity_reservation_preference = "open"'),
             block("capacity_reservation_specification", block("capacity_reservation_target", 'capacity_reservation_id = "cr-1"')))
    template("cpu", block("cpu_options", "core_count = 2", "threads_per_core = 1"), block("cpu_options", "core_count = 4", "threads_per_core = 2"), "")
    template("cpu-sev", block("cpu_options", 'amd_sev_snp = "enabled"'))
    template("credits", 'instance_type = "t3.large"\n' + block("credit_specification", 'cpu_credits = "standard"'), 'instance_type = "t3.large"\n' + block("credit_specification", 'cpu_credits = "unlimited"'))
    template("enclave", block("enclave_options", "enabled = true"), block("enclave_options", "enabled = false"))
    template("hibernates", block("hibernation_options", "configured = true"), block("hibernation_options", "configured = false"))
    template("profile", block("iam_instance_profile", 'name = "p"'), block("iam_instance_profile", 'arn = "arn:aws:iam::123456789012:instance-profile/p"'), "")
    template("spot", block("instance_market_options", 'market_type = "spot"'), block("instance_market_options", 'market_type = "spot"', block("spot_options", 'max_price = "0.05"', 'spot_instance_type = "one-time"', 'instance_interruption_behavior = "terminate"')))
    template("spot-until", block("instance_market_options", 'market_type = "spot"', block("spot_options", 'spot_instance_type = "persistent"', 'valid_until = "2040-01-01T00:00:00Z"', "block_duration_minutes = 120")))
    needs = lambda *more: block("instance_requirements", block("memory_mib", "min = 1024"), block("vcpu_count", "min = 2", "max = 4"), *more)
    template("needs", needs(), needs(block("memory_gib_per_vcpu", "min = 0.5", "max = 8"), 'cpu_manufacturers = ["intel", "amd"]', 'burstable_performance = "included"'), needs())
    template("needs-none", needs(block("accelerator_count", "max = 0")), needs(block("accelerator_count", "min = 1"), 'accelerator_types = ["gpu"]', 'accelerator_manufacturers = ["nvidia"]', 'accelerator_names = ["t4"]', block("accelerator_total_memory_mib", "min = 1024")))
    template("needs-more", needs('allowed_instance_types = ["m5.*"]', 'bare_metal = "excluded"', block("baseline_ebs_bandwidth_mbps", "min = 100", "max = 200"), 'instance_generations = ["current"]', 'local_storage = "required"', 'local_storage_types = ["ssd"]',
                                block("network_bandwidth_gbps", "min = 1"), block("network_interface_count", "min = 1", "max = 4"), "on_demand_max_price_percentage_over_lowest_price = 20", "require_hibernate_support = true", "spot_max_price_percentage_over_lowest_price = 50", block("total_local_storage_gb", "min = 10.5")))
    template("needs-max", needs('excluded_instance_types = ["t*"]', "max_spot_price_as_percentage_of_optimal_on_demand_price = 60"))
    template("licensed", "".join(block("license_specification", f'license_configuration_arn = "{ARN % x}"') for x in "ab"), block("license_specification", f'license_configuration_arn = "{ARN % "b"}"'))
    template("maintained", block("maintenance_options", 'auto_recovery = "disabled"'), block("maintenance_options", 'auto_recovery = "default"'))
    template("metadata", block("metadata_options", 'http_endpoint = "enabled"', 'http_tokens = "required"', "http_put_response_hop_limit = 2"), block("metadata_options", 'http_endpoint = "enabled"', 'http_tokens = "optional"', 'instance_metadata_tags = "enabled"'))
    template("metadata-off", block("metadata_options", 'http_endpoint = "disabled"'))
    template("metadata-tokens", block("metadata_options", 'http_tokens = "required"'))
    template("monitored", block("monitoring", "enabled = true"), block("monitoring", "enabled = false"), "")
    template("interface", block("network_interfaces", 'associate_public_ip_address = "true"', 'security_groups = ["sg-1"]'), block("network_interfaces", 'associate_public_ip_address = "false"', 'security_groups = ["sg-1", "sg-2"]', 'delete_on_termination = "true"'), "")
    template("interfaces", block("network_interfaces", "device_index = 0", 'subnet_id = "subnet-1"', 'description = "first"') + block("network_interfaces", "device_index = 1", "network_card_index = 1", 'interface_type = "efa"', "ipv4_address_count = 2", "ipv6_address_count = 1"))
    template("addresses", block("network_interfaces", 'private_ip_address = "10.0.0.1"', 'ipv4_addresses = ["10.0.0.1", "10.0.0.2"]', 'ipv6_addresses = ["::1"]'), block("network_interfaces", 'ipv4_prefixes = ["10.0.0.0/28"]', 'ipv6_prefixes = ["2001:db8::/80"]', 'primary_ipv6 = "true"'))
    template("tracked", block("network_interfaces", block("connection_tracking_specification", "tcp_established_timeout = 60", "udp_timeout = 30"), block("ena_srd_specification", "ena_srd_enabled = true", block("ena_srd_udp_specification", "ena_srd_udp_enabled = true"))))
    template("placed", block("placement", 'availability_zone = "us-east-1a"', 'tenancy = "default"'), block("placement", 'group_name = "g"', "partition_number = 2"), "")
    template("named", block("private_dns_name_options", 'hostname_type = "resource-name"', "enable_resource_name_dns_a_record = true"), block("private_dns_name_options", 'hostname_type = "ip-name"'))
    specification = lambda kind, tags: block("tag_specifications", f'resource_type = "{kind}"', f"tags = {{ {tags} }}")
    template("tags", specification("instance", 'a = "1"'), specification("instance", 'a = "2"') + specification("volume", 'b = "1"'), "")
    t.add(TYPE, "renamed", 'name = "NAME"\n', 'name = "PREFIX-another"\n')
    t.add(TYPE, "prefixed", 'name_prefix = "NAME-"\n')
    template("gone", "", None)
    for label in ("edited", "deleted", "retagged", "defaulted"):
        template(label, 'instance_type = "m5.large"\n')

    def act(side):
        ec2 = aws("ec2")
        ec2.create_launch_template_version(LaunchTemplateName=side.name("edited"), LaunchTemplateData={"InstanceType": "c5.large"})
        ec2.delete_launch_template(LaunchTemplateName=side.name("deleted"))
        ec2.create_launch_template_version(LaunchTemplateName=side.name("defaulted"), LaunchTemplateData={"InstanceType": "m5.large"})
        ec2.modify_launch_template(LaunchTemplateName=side.name("defaulted"), DefaultVersion="2")
        found = ec2.describe_launch_templates(LaunchTemplateNames=[side.name("retagged")])["LaunchTemplates"][0]
        ec2.create_tags(Resources=[found["LaunchTemplateId"]], Tags=[{"Key": "theirs", "Value": "1"}])

    t.drift(2, act)
    return t


def bad_templates():
    t = Theme("bad-template", bad=True)
    for label, body in {
            "name-short": 'name = "ab"', "name-blank": 'name = "a b c"', "name-long": f'name = "{"a" * 129}"', "both-names": 'name = "abc"\nname_prefix = "abc"', "description": f'description = "{"a" * 256}"',
            "default-zero": "default_version = 0", "default-both": "default_version = 1\nupdate_default_version = true", "optimized": 'ebs_optimized = "yes"', "shutdown": 'instance_initiated_shutdown_behavior = "sleep"',
            "groups": 'vpc_security_group_ids = ["sg-1"]\nsecurity_group_names = ["a"]', "both-kinds": 'instance_type = "m5.large"\n' + block("instance_requirements", block("memory_mib", "min = 1"), block("vcpu_count", "min = 1")),
            "throughput": ebs("throughput = 100"), "rate": ebs("volume_initialization_rate = 50"), "volume-type": ebs('volume_type = "ssd"'), "encrypted": ebs('encrypted = "maybe"'),
            "preference": block("capacity_reservation_specification", 'capacity_reservation_preference = "closed"'), "group-arn": block("capacity_reservation_specification", block("capacity_reservation_target", 'capacity_reservation_resource_group_arn = "x"')),
            "sev": block("cpu_options", 'amd_sev_snp = "on"'), "hibernation": block("hibernation_options"), "two-monitors": block("monitoring") + block("monitoring"),
            "profile-arn": block("iam_instance_profile", 'arn = "x"'), "profile-both": block("iam_instance_profile", 'arn = "arn:aws:iam::123456789012:instance-profile/p"', 'name = "p"'),
            "market": block("instance_market_options", 'market_type = "auction"'), "minutes": block("instance_market_options", block("spot_options", "block_duration_minutes = 90")), "until": block("instance_market_options", block("spot_options", 'valid_until = "tomorrow"')),
            "behaviour": block("instance_market_options", block("spot_options", 'instance_interruption_behavior = "cry"')), "no-memory": block("instance_requirements", block("vcpu_count", "min = 1")), "manufacturer": block("instance_requirements", block("memory_mib", "min = 1"), block("vcpu_count", "min = 1"), 'cpu_manufacturers = ["acme"]'),
            "license": block("license_specification", 'license_configuration_arn = "x"'), "recovery": block("maintenance_options", 'auto_recovery = "never"'), "hops": block("metadata_options", "http_put_response_hop_limit = 65"), "tokens": block("metadata_options", 'http_tokens = "maybe"'),
            "udp": block("network_interfaces", block("connection_tracking_specification", "udp_timeout = 29")), "public": block("network_interfaces", 'associate_public_ip_address = "perhaps"'), "tenancy": block("placement", 'tenancy = "shared"'), "hostname": block("private_dns_name_options", 'hostname_type = "fancy"'),
            "plain-data": 'user_data = "#!/bin/sh"', "good": 'name = "a(b).c/d_e-f"\nuser_data = ""\nebs_optimized = ""'}.items():
        t.add(TYPE, label, body)
    return t


THEMES = [templates(), bad_templates()]
