#!/usr/bin/env python3
"""The schema we announce for hashicorp/aws's types against its own, of which aws-5.100.0.json has the facts."""
import json
import pathlib

from harness import PROVIDER, TestCase, main

FACTS = json.loads((pathlib.Path(__file__).resolve().parent / "aws-5.100.0.json").read_text())
FUNCTIONS = json.loads((pathlib.Path(__file__).resolve().parent / "aws-5.100.0-functions.json").read_text())
DATA = json.loads((pathlib.Path(__file__).resolve().parent / "aws-5.100.0-data.json").read_text())
# A strict provider may only plan a value where the configuration is silent if the attribute is announced as computed,
# so ours are where hashicorp/aws's have a default; Terraform treats the two alike in every other way.
MAY_ADD = {"computed"}
# Of hashicorp/aws's provider block and not of ours: settings of services that we do not call.
ELSEWHERE = {"s3_us_east_1_regional_endpoint", "s3_use_path_style"}
ENDPOINTS = {"iam", "sts", "sqs", "events", "eventbridge", "cloudwatchevents", "ec2", "ssm"}
# `id` may be written in hashicorp/aws's resources, to no effect but a plan that never settles.  Ours refuse it.
NOT_OURS = {"id": "optional"}
# What hashicorp/aws 6.69 has besides, which is all.
NEWER = {name: {"region": "string optional computed"} for name in
         ("aws_ec2_tag", "aws_launch_template", "aws_cloudwatch_event_permission", "aws_eks_access_entry", "aws_eks_access_policy_association", "aws_eks_pod_identity_association", "aws_cloudwatch_event_bus", "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target", "aws_sqs_queue", "aws_sqs_queue_policy",
          "aws_sqs_queue_redrive_allow_policy", "aws_sqs_queue_redrive_policy")}
NEWER["aws_cloudwatch_event_bus"]["log_config"] = {"": "block list max 1", "include_detail": "string optional", "level": "string optional"}
NEWER["aws_eks_pod_identity_association"].update({"disable_session_tags": "bool optional computed", "external_id": "string computed", "policy": "string optional", "target_role_arn": "string optional"})
NEWER["aws_launch_template"].update({
    "network_performance_options": {"": "block list max 1", "bandwidth_weighting": "string optional"},
    "secondary_interfaces": {"": "block list", "delete_on_termination": "bool optional", "device_index": "number optional", "interface_type": "string optional", "network_card_index": "number optional",
                             "private_ip_address_count": "number optional", "private_ip_addresses": "set of string optional", "secondary_subnet_id": "string optional"}})
# Within blocks.
NEWER["aws_launch_template.cpu_options"] = {"nested_virtualization": "string optional"}
NEWER["aws_launch_template.network_interfaces"] = {"ena_queue_count": "number optional"}
NEWER["aws_launch_template.placement"] = {"group_id": "string optional"}
NEWER["aws_iam_policy"] = {"delay_after_policy_creation_in_ms": "number optional"}


def type_of(t):
    return t if isinstance(t, str) else f"{t[0]} of {t[1]}"


def attribute(a):
    if "nested_type" in a:
        return "nested"
    return " ".join([type_of(a["type"])] + [k for k in ("required", "optional", "computed", "deprecated", "sensitive") if a.get(k)])


def block(b):
    out = {name: attribute(a) for name, a in b.get("attributes", {}).items()}
    for name, nested in b.get("block_types", {}).items():
        limits = [f"{k} {nested[k + '_items']}" for k in ("min", "max") if nested.get(k + "_items")]
        out[name] = {"": " ".join(["block", nested["nesting_mode"], *limits]), **block(nested["block"])}
    return out


class Schema(TestCase):
    @classmethod
    def setUpClass(cls):
        from harness import Stack
        s = Stack("")
        try:
            shown = json.loads(s.run("providers", "schema", "-json").out)["provider_schemas"][PROVIDER]
        finally:
            s.remove()
        cls.provider = block(shown["provider"]["block"])
        cls.functions = shown["functions"]
        cls.data = {name: {"": f'version {t["version"]}', **block(t["block"])} for name, t in shown["data_source_schemas"].items()}
        cls.types = {name: {"": f'version {t["version"]}', **block(t["block"])} for name, t in shown["resource_schemas"].items()}

    def check_block(self, where, theirs, ours, closed=True):
        if closed:
            self.assertEqual(set(ours) - set(theirs), set(), f"{where}: only ours")
        for name, want in theirs.items():
            if where == "provider" and name in ELSEWHERE or where == "provider.endpoints" and name and name not in ENDPOINTS:
                continue
            self.assertIn(name, ours, where)
            with self.subTest(f"{where}.{name}"):
                self.check_one(f"{where}.{name}", name, want, ours[name])

    def check_one(self, where, name, want, got):
        if where == "aws_iam_role.inline_policy":
            # The protocol has no computed blocks; an attribute that is a set of objects is written the same way.
            self.assertEqual(got, "set of ['object', {'name': 'string', 'policy': 'string'}] optional computed deprecated")
        elif isinstance(want, dict):
            self.check_block(where, dict(want, **NEWER.get(where, {})), got, closed=not where.startswith("provider"))
        elif name == "":
            # Of one block at the most, provider blocks of hashicorp/aws leave the limit to a check of their own.
            self.assertEqual(got if not where.startswith("provider") else got.split()[:2], want if not where.startswith("provider") else want.split()[:2])
        else:
            want, got = set(want.split()), set(got.split())
            if where.count(".") == 1:
                want -= {NOT_OURS.get(name)}
            self.assertEqual(want - got, set())
            # Secrets of the provider block are marked as such, which hashicorp/aws does not do.
            self.assertLessEqual(got - want, MAY_ADD if not where.startswith("provider") else {"sensitive"})

    def test_every_type_has_the_attributes_of_hashicorps(self):
        for name, theirs in FACTS.items():
            if name != "provider":
                self.check_block(name, dict(theirs, **NEWER.get(name, {})), self.types[name])

    def test_every_data_source_has_the_attributes_of_hashicorps(self):
        # Of hashicorp/aws 6.
        newer = {name: {"region"} for name in ("aws_region", "aws_availability_zones", "aws_cloudwatch_event_bus", "aws_sqs_queue", "aws_sqs_queues", "aws_subnets", "aws_security_groups", "aws_vpc",
                                              "aws_subnet", "aws_security_group", "aws_instances", "aws_ec2_instance_types",
                                              "aws_ec2_instance_type_offerings", "aws_ssm_parameter",
                                              "aws_eks_cluster_auth")}
        newer["aws_eks_cluster"] = {"region", "control_plane_scaling_config", "deletion_protection"}
        self.assertEqual(sorted(DATA), sorted(self.data))
        for name, theirs in DATA.items():
            ours = {k: v for k, v in self.data[name].items() if k not in newer.get(name, ())}
            self.assertEqual(ours, theirs, name)

    def test_every_function_is_called_as_hashicorps(self):
        ours = {name: {"return_type": f["return_type"], "parameters": [{k: p[k] for k in ("name", "type")} for p in f["parameters"]]}
                for name, f in self.functions.items()}
        self.assertEqual(ours, FUNCTIONS)

    def test_the_provider_block_takes_what_hashicorps_takes(self):
        self.check_block("provider", FACTS["provider"], self.provider, closed=False)


if __name__ == "__main__":
    main()
