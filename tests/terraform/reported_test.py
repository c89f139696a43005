#!/usr/bin/env python3
"""Faults of whole kinds that users of the aws_* types ran into, each held where it could come again."""
import json
import time
import unittest

from harness import ACCOUNT, TestCase, main, moto

TRUST = 'jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })'
DENY = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "s3:%s", Resource = "*" }] })'
TAGGED = {
    "aws_iam_role": f'name = "PREFIX-r"\n  assume_role_policy = {TRUST}',
    "aws_iam_policy": 'name = "PREFIX-p"\n  policy = ' + DENY % "*",
    "aws_iam_instance_profile": 'name = "PREFIX-i"',
    "aws_sqs_queue": 'name = "PREFIX-q"',
    "aws_cloudwatch_event_rule": 'name = "PREFIX-e"\n  schedule_expression = "rate(1 day)"',
}


def block(type_name, body, label="x"):
    return f'resource "{type_name}" "{label}" {{\n  {body}\n}}\n'


def tagged(tags):
    return "".join(block(name, f"{body}\n  tags = {tags}") for name, body in TAGGED.items())


class NullElements(TestCase):
    def test_a_null_in_tags_is_no_tag_in_plan_state_and_outputs(self):
        outputs = "".join(f'output "{name}" {{ value = {name}.x.tags }}\n' for name in TAGGED)
        s = self.stack(tagged('{ a = null, b = "x" }') + outputs)
        self.applies_and_settles(s)
        for name in TAGGED:
            self.assertEqual(s.state()[f"{name}.x"]["tags"], {"b": "x"})
        told = json.loads(s.run("output", "-json").out)
        self.assertEqual({name: told[name]["value"] for name in TAGGED}, {name: {"b": "x"} for name in TAGGED})
        s.write("main.tf", tagged("{ a = null }"))
        self.applies_and_settles(s)
        s.write("main.tf", tagged(""'{ a = "1", b = null }'))
        self.applies_and_settles(s)
        self.assertEqual([s.state()[f"{name}.x"]["tags"] for name in TAGGED], [{"a": "1"}] * len(TAGGED))

    def test_a_map_of_nothing_but_nulls_is_none(self):
        s = self.stack(tagged("{ a = null }"))
        self.applies_and_settles(s)
        self.assertEqual([s.state()[f"{name}.x"]["tags"] for name in TAGGED], [None] * len(TAGGED))

    def test_a_null_in_the_maps_of_a_target_s_blocks_is_left_out(self):
        rule = block("aws_cloudwatch_event_rule", 'name = "PREFIX-e"\n  schedule_expression = "rate(1 day)"')
        target = 'rule = aws_cloudwatch_event_rule.x.name\n  arn = "arn:aws:%s"\n'
        s = self.stack(rule + block("aws_cloudwatch_event_target", target % f"sqs:us-east-1:{ACCOUNT}:q" + """
  input_transformer {
    input_paths    = { a = null, b = "$.detail" }
    input_template = "\\"<b>\\""
  }""", "paths") + block("aws_cloudwatch_event_target", target % f"execute-api:us-east-1:{ACCOUNT}:abc/stage/GET/path" + """
  http_target {
    header_parameters       = { a = null, b = "x" }
    query_string_parameters = { a = null, c = "y" }
  }""", "http") + block("aws_cloudwatch_event_target", target % f"ecs:us-east-1:{ACCOUNT}:cluster/c" + f"""
  role_arn = "arn:aws:iam::{ACCOUNT}:role/r"
  ecs_target {{
    task_definition_arn = "arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/t:1"
    tags = {{ a = null, b = "x" }}
  }}""", "ecs"))
        self.applies_and_settles(s)
        state = s.state()
        self.assertEqual(state["aws_cloudwatch_event_target.paths"]["input_transformer"][0]["input_paths"], {"b": "$.detail"})
        http = state["aws_cloudwatch_event_target.http"]["http_target"][0]
        self.assertEqual((http["header_parameters"], http["query_string_parameters"]), ({"b": "x"}, {"c": "y"}))
        self.assertEqual(state["aws_cloudwatch_event_target.ecs"]["ecs_target"][0]["tags"], {"b": "x"})


class Policies(TestCase):
    def test_of_many_changes_the_newest_versions_remain(self):
        text = block("aws_iam_policy", 'name = "PREFIX-p"\n  policy = ' + DENY)
        s = self.stack(text % "A")
        for action in "ABCDEFGH":
            s.write("main.tf", text % action)
            self.ok(s.apply())
        arn = s.state()["aws_iam_policy.x"]["arn"]
        versions = moto().aws("iam").list_policy_versions(PolicyArn=arn)["Versions"]
        self.assertEqual(sorted(v["VersionId"] for v in versions), ["v4", "v5", "v6", "v7", "v8"])
        self.assertEqual([v["VersionId"] for v in versions if v["IsDefaultVersion"]], ["v8"])

    def test_a_version_may_wait_before_it_comes_into_force(self):
        text = block("aws_iam_policy", 'name = "PREFIX-p"\n  %s\n  policy = ' + DENY)
        s = self.stack(text % ("", "A"))
        self.applies_and_settles(s)
        s.write("main.tf", text % ("delay_after_policy_creation_in_ms = 5", "A"))
        before = [self.calls(o) for o in ("CreatePolicyVersion", "SetDefaultPolicyVersion")]
        self.applies_and_settles(s)
        self.assertEqual([self.calls(o) for o in ("CreatePolicyVersion", "SetDefaultPolicyVersion")], before)
        s.write("main.tf", text % ("delay_after_policy_creation_in_ms = 5", "B"))
        self.applies_and_settles(s)
        self.assertEqual([self.calls(o) for o in ("CreatePolicyVersion", "SetDefaultPolicyVersion")], [n + 1 for n in before])
        versions = moto().aws("iam").list_policy_versions(PolicyArn=s.state()["aws_iam_policy.x"]["arn"])["Versions"]
        self.assertEqual([v["VersionId"] for v in versions if v["IsDefaultVersion"]], ["v2"])

    def test_a_description_that_iam_would_garble_is_refused_at_plan(self):
        for body in TAGGED["aws_iam_role"], TAGGED["aws_iam_policy"]:
            kind = "aws_iam_role" if "assume" in body else "aws_iam_policy"
            for text, code in (("runs \u2013 daily", "U+2013"), ("\u201cquoted\u201d", "U+201C"), ("\U0001f680", "U+1F680")):
                s = self.stack(block(kind, f'{body}\n  description = "{text}"'))
                self.refused(s.plan(), "description", code)
            s = self.stack(block(kind, f'{body}\n  description = "Gr\u00fc\u00dfe,\\ttabs & \\"quotes\\""'))
            self.assertEqual(s.plan().code, 2)


    def test_a_document_of_which_a_part_is_known_late_is_planned_and_settles(self):
        """Of such a text Terraform knows the beginning, as it is written."""
        heredoc = '<<EOT\n{\n  "Statement": [{ "Effect": "Deny", "Action": "s3:*", "Resource": "${aws_iam_role.x.arn}" }],\n  "Version": "2012-10-17"\n}\nEOT\n'
        s = self.stack(block("aws_iam_role", TAGGED["aws_iam_role"]) +
                       block("aws_iam_policy", f'name = "PREFIX-p"\n  policy = {heredoc}') +
                       block("aws_iam_role", f'name = "PREFIX-in"\n  assume_role_policy = {TRUST}\n  inline_policy {{\n    name = "in"\n    policy = {heredoc}}}', "in") +
                       block("aws_sqs_queue", 'name = "PREFIX-q"') +
                       block("aws_sqs_queue_policy", 'queue_url = aws_sqs_queue.x.id\n  policy = ' + heredoc.replace('"Action": "s3:*"', '"Principal": "*", "Action": "sqs:*"').replace("aws_iam_role", "aws_sqs_queue")) +
                       block("aws_cloudwatch_event_rule", 'name = "PREFIX-e"\n  event_pattern = <<EOT\n{\n  "source": ["a"],\n  "resources": ["${aws_iam_role.x.arn}"]\n}\nEOT\n'))
        self.applies_and_settles(s)


class Queues(TestCase):
    def test_a_receive_count_written_as_text_is_the_number(self):
        s = self.stack(block("aws_sqs_queue", 'name = "PREFIX-dead"', "dead") + block("aws_sqs_queue", """name = "PREFIX-q"
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = "4" })"""))
        began = time.monotonic()
        self.applies_and_settles(s)
        self.soon(began, 60)

    def test_a_key_and_its_period_come_in_one_step_to_a_queue_that_sqs_encrypts(self):
        s = self.stack(block("aws_sqs_queue", 'name = "PREFIX-q"'))
        self.applies_and_settles(s)
        s.write("main.tf", block("aws_sqs_queue", 'name = "PREFIX-q"\n  kms_master_key_id = "alias/aws/sqs"\n  kms_data_key_reuse_period_seconds = 600'))
        self.applies_and_settles(s)
        url = s.state()["aws_sqs_queue.x"]["url"]
        shown = moto().aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual((shown["KmsMasterKeyId"], shown["KmsDataKeyReusePeriodSeconds"]), ("alias/aws/sqs", "600"))

    def test_so_they_do_when_the_key_is_made_in_the_same_apply(self):
        s = self.stack(block("aws_sqs_queue", 'name = "PREFIX-q"'))
        self.applies_and_settles(s)
        s.write("main.tf", 'resource "terraform_data" "key" {\n  input = "alias/aws/sqs"\n}\n' + block(
            "aws_sqs_queue", 'name = "PREFIX-q"\n  kms_master_key_id = terraform_data.key.output\n  kms_data_key_reuse_period_seconds = 600'))
        self.applies_and_settles(s)
        self.assertEqual(s.state()["aws_sqs_queue.x"]["kms_data_key_reuse_period_seconds"], 600)


FIRST = "\n  lifecycle {\n    create_before_destroy = true\n  }"


class MadeBeforeDestroyed(TestCase):
    """What AWS knows by a name alone is not taken away by the old one's destroy."""

    def test_an_attachment_whose_policy_becomes_known_late_stays(self):
        text = (block("aws_iam_role", TAGGED["aws_iam_role"]) +
                block("aws_iam_policy", TAGGED["aws_iam_policy"]) +
                'resource "terraform_data" "late" {\n  input = "${aws_iam_policy.x.arn}%s"\n}\n' +
                block("aws_iam_role_policy_attachment", 'role = aws_iam_role.x.name\n  policy_arn = trimsuffix(terraform_data.late.output, "-changed")' + FIRST))
        s = self.stack(text.replace("%s", ""))
        self.applies_and_settles(s)
        s.write("main.tf", text.replace("%s", "-changed"))
        self.assertEqual(s.actions()["aws_iam_role_policy_attachment.x"], ["create", "delete"])
        self.applies_and_settles(s)
        attached = moto().aws("iam").list_attached_role_policies(RoleName=f"{s.prefix}-r")["AttachedPolicies"]
        self.assertEqual(len(attached), 1)

    def test_a_bus_that_is_written_by_its_arn_is_the_same_bus(self):
        moto().aws("events").create_event_bus(Name="orders")
        self.addCleanup(moto().aws("events").delete_event_bus, Name="orders")
        text = (block("aws_cloudwatch_event_rule", 'name = "PREFIX-e"\n  event_bus_name = "BUS"\n  event_pattern = jsonencode({ source = ["a"] })' + FIRST) +
                block("aws_cloudwatch_event_target", f'rule = aws_cloudwatch_event_rule.x.name\n  event_bus_name = "BUS"\n  target_id = "t"\n  arn = "arn:aws:sqs:us-east-1:{ACCOUNT}:q"' + FIRST))
        s = self.stack(text.replace("BUS", "orders"))
        self.applies_and_settles(s)
        s.write("main.tf", text.replace("BUS", f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/orders"))
        self.no_changes(s)
        s.write("main.tf", text.replace("BUS", f"arn:aws:events:us-east-1:210987654321:event-bus/orders"))
        self.assertEqual(s.actions()["aws_cloudwatch_event_rule.x"], ["create", "delete"])

    def test_a_rule_and_target_that_are_made_anew_under_their_names_stay(self):
        moto().aws("events").create_event_bus(Name="late")
        self.addCleanup(moto().aws("events").delete_event_bus, Name="late")
        text = ('resource "terraform_data" "late" {\n  input = "late%s"\n}\n' +
                block("aws_cloudwatch_event_rule", 'name = "PREFIX-e"\n  event_bus_name = trimsuffix(terraform_data.late.output, "-changed")\n  event_pattern = jsonencode({ source = ["a"] })' + FIRST) +
                block("aws_cloudwatch_event_target", f'rule = aws_cloudwatch_event_rule.x.name\n  event_bus_name = aws_cloudwatch_event_rule.x.event_bus_name\n  target_id = "t"\n  arn = "arn:aws:sqs:us-east-1:{ACCOUNT}:q"' + FIRST))
        s = self.stack(text.replace("%s", ""))
        self.applies_and_settles(s)
        s.write("main.tf", text.replace("%s", "-changed"))
        self.applies_and_settles(s)
        self.assertEqual(len(moto().aws("events").list_targets_by_rule(Rule=f"{s.prefix}-e", EventBusName="late")["Targets"]), 1)


class Words(TestCase):
    def test_a_rule_with_targets_of_others_names_them_at_once(self):
        s = self.stack(block("aws_cloudwatch_event_rule", TAGGED["aws_cloudwatch_event_rule"]))
        self.applies_and_settles(s)
        name = f"{s.prefix}-e"
        moto().aws("events").put_targets(Rule=name, Targets=[{"Id": "by-hand", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"}])
        began = time.monotonic()
        self.refused(s.destroy(), "by-hand", f"arn:aws:sqs:us-east-1:{ACCOUNT}:q")
        self.soon(began, 15)
        moto().aws("events").remove_targets(Rule=name, Ids=["by-hand"])
        self.ok(s.destroy())

    def test_a_name_that_is_taken_says_how_to_import(self):
        moto().aws("iam").create_role(RoleName="taken-for-long", AssumeRolePolicyDocument="{}")
        self.addCleanup(moto().aws("iam").delete_role, RoleName="taken-for-long")
        s = self.stack(block("aws_iam_role", f'name = "taken-for-long"\n  assume_role_policy = {TRUST}'))
        self.refused(s.apply(), "EntityAlreadyExists", "terraform import aws_iam_role.NAME 'taken-for-long'")


if __name__ == "__main__":
    main()
