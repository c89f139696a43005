#!/usr/bin/env python3
"""aws_* resources under real terraform against moto."""
import json
import os
import signal
import subprocess
import unittest

from harness import ACCOUNT, HANG_S, TestCase, main, moto

TRUST = 'jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })'
STRAY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}'
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "PREFIX-q"\n%s\n}\n'
ROLE = 'resource "aws_iam_role" "r" {\n  name = "PREFIX-role"\n  assume_role_policy = ' + TRUST + "\n%s\n}\n"


class Queue(TestCase):
    def test_a_queue_with_defaults_plans_empty_afterwards_and_goes_without_trace(self):
        s = self.stack(QUEUE % "")
        self.applies_and_settles(s)
        queue = s.state()["aws_sqs_queue.q"]
        self.assertEqual(queue["arn"], f"arn:aws:sqs:us-east-1:{ACCOUNT}:{s.prefix}-q")
        self.assertEqual((queue["message_retention_seconds"], queue["visibility_timeout_seconds"],
                          queue["max_message_size"], queue["sqs_managed_sse_enabled"]), (345600, 30, 262144, True))
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])

    def test_every_attribute_changes_in_place(self):
        s = self.stack(QUEUE % "  tags = { a = \"1\", b = \"2\" }")
        self.applies_and_settles(s)
        s.write("main.tf", QUEUE % """
  delay_seconds              = 5
  max_message_size           = 2048
  message_retention_seconds  = 600
  receive_wait_time_seconds  = 10
  visibility_timeout_seconds = 45
  sqs_managed_sse_enabled    = false
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = ["sqs:SendMessage"], Resource = "*" }] })
  tags = { b = "3", c = "4" }""")
        self.assertEqual(s.actions(), {"aws_sqs_queue.q": ["update"]})
        self.applies_and_settles(s)
        queue = s.state()["aws_sqs_queue.q"]
        self.assertEqual((queue["delay_seconds"], queue["max_message_size"], queue["tags"]), (5, 2048, {"b": "3", "c": "4"}))

    def test_a_policy_that_means_the_same_is_no_change(self):
        text = '  policy = jsonencode({ Version = "2012-10-17", Statement = [%s] })'
        s = self.stack(QUEUE % text % '{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }')
        self.applies_and_settles(s)
        s.write("main.tf", QUEUE % text % '{ Effect = "Allow", Principal = "*", Action = ["sqs:SendMessage"], Resource = ["*"] }')
        self.no_changes(s)

    def test_drift_is_seen_and_put_right(self):
        s = self.stack(QUEUE % "  message_retention_seconds = 300")
        self.applies_and_settles(s)
        url = s.state()["aws_sqs_queue.q"]["url"]
        moto().aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "900"})
        self.assertEqual(s.actions(), {"aws_sqs_queue.q": ["update"]})
        self.applies_and_settles(s)
        found = moto().aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(found["MessageRetentionPeriod"], "300")

    def test_a_queue_deleted_behind_terraforms_back_is_made_anew(self):
        s = self.stack(QUEUE % "")
        self.applies_and_settles(s)
        moto().aws("sqs").delete_queue(QueueUrl=s.state()["aws_sqs_queue.q"]["url"])
        self.assertEqual(s.actions(), {"aws_sqs_queue.q": ["create"]})
        self.applies_and_settles(s)

    def test_another_name_replaces_and_a_fifo_queue_has_its_attributes(self):
        s = self.stack(QUEUE % "")
        self.applies_and_settles(s)
        s.write("main.tf", 'resource "aws_sqs_queue" "q" {\n  name = "PREFIX-q.fifo"\n  fifo_queue = true\n  content_based_deduplication = true\n}\n')
        self.assertEqual(s.actions(), {"aws_sqs_queue.q": ["delete", "create"]})
        self.applies_and_settles(s)
        self.assertEqual(s.state()["aws_sqs_queue.q"]["deduplication_scope"], "queue")

    def test_import_then_plan_is_empty(self):
        s = self.stack(QUEUE % '  delay_seconds = 7\n  tags = { a = "1" }')
        self.applies_and_settles(s)
        url = s.state()["aws_sqs_queue.q"]["url"]
        self.ok(s.run("state", "rm", "aws_sqs_queue.q"))
        self.ok(s.run("import", "-input=false", "aws_sqs_queue.q", url))
        self.no_changes(s)

    def test_default_tags_reach_tags_all_only(self):
        s = self.stack(QUEUE % '  tags = { a = "1" }')
        s.write("_provider.tf", s.provider('default_tags { tags = { team = "x", a = "0" } }'))
        self.applies_and_settles(s)
        queue = s.state()["aws_sqs_queue.q"]
        self.assertEqual((queue["tags"], queue["tags_all"]), ({"a": "1"}, {"a": "1", "team": "x"}))

    def test_ctrl_c_during_a_slow_create_keeps_the_queue_in_state(self):
        s = self.stack(QUEUE % "")
        self.fault("sqs", "CreateQueue", held=True)
        process, before = s.start("apply", "-input=false", "-auto-approve"), self.calls("CreateQueue")
        self.wait_until(lambda: self.calls("CreateQueue") > before)
        os.killpg(process.pid, signal.SIGINT)
        self.wait_for_line(process, "Interrupt received")
        self.no_faults()
        out, err = process.communicate(timeout=HANG_S)
        self.assertIn("aws_sqs_queue.q", s.state(), out + err)
        self.no_changes(s)

    def test_ctrl_c_during_64_slow_creates_keeps_every_queue_that_was_made_in_state(self):
        s = self.stack('resource "aws_sqs_queue" "q" {\n  count = 64\n  name  = "PREFIX-${count.index}"\n}\n')
        self.fault("sqs", "CreateQueue", times=None, held=True)
        s.plan("-out=plan.bin")  # applying it prints no plan, which nobody here would read and its pipe not hold
        process, before = s.start("apply", "-input=false", "-parallelism=64", "plan.bin"), self.calls("CreateQueue")
        self.wait_until(lambda: self.calls("CreateQueue") >= before + 64)
        os.killpg(process.pid, signal.SIGINT)
        self.wait_for_line(process, "Interrupt received")
        self.no_faults()
        out, err = process.communicate(timeout=HANG_S)
        made = moto().aws("sqs").list_queues(QueueNamePrefix=s.prefix + "-")["QueueUrls"]
        self.assertEqual(len(made), 64, out + err)
        self.assertEqual(sorted(q["url"] for q in s.state().values()), sorted(made))
        self.no_changes(s)

    def test_a_second_ctrl_c_ends_terraform_at_once_and_the_provider_with_it(self):
        s = self.stack(QUEUE % "")
        self.fault("sqs", "CreateQueue", held=True)
        process, before = s.start("apply", "-input=false", "-auto-approve"), self.calls("CreateQueue")
        self.wait_until(lambda: self.calls("CreateQueue") > before)
        os.killpg(process.pid, signal.SIGINT)
        self.wait_for_line(process, "Interrupt received")
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=HANG_S)  # while the call goes on
        self.assertIn("Two interrupts received", out + err)
        in_session = lambda: subprocess.run(["pgrep", "-s", str(process.pid)], capture_output=True).returncode == 0
        self.wait_until(lambda: not in_session())
        self.no_faults()
        self.applies_and_settles(s)  # what Terraform forgot is found again by its name
        self.assertEqual(len(moto().aws("sqs").list_queues(QueueNamePrefix=s.prefix)["QueueUrls"]), 1)

    def test_a_queue_of_a_made_up_name_is_not_lost_with_its_answer(self):
        s = self.stack('resource "aws_sqs_queue" "q" {\n  name_prefix = "PREFIX-"\n}\n')
        s.write("_provider.tf", s.provider("max_retries = 1"))
        self.fault("sqs", "CreateQueue", times=None, cut="after")
        self.applies_and_settles(s)
        self.assertEqual(len(moto().aws("sqs").list_queues(QueueNamePrefix=s.prefix)["QueueUrls"]), 1)

    def test_a_create_whose_answer_is_lost_is_neither_lost_nor_doubled(self):
        s = self.stack(QUEUE % "")
        self.fault("sqs", "CreateQueue", cut="after")
        s.apply()
        self.no_faults()
        self.ok(s.apply())
        self.no_changes(s)
        self.assertEqual(len(moto().aws("sqs").list_queues(QueueNamePrefix=s.prefix)["QueueUrls"]), 1)

    def test_a_step_after_the_create_that_fails_leaves_the_queue_in_state(self):
        s = self.stack(QUEUE % "")
        self.fault("sqs", "GetQueueAttributes", times=None, status=403, code="AccessDenied", message="no")
        self.refused(s.apply(), "sqs:GetQueueAttributes")
        self.no_faults()
        self.assertIn("aws_sqs_queue.q", s.state())
        self.applies_and_settles(s)

    def test_throttling_is_waited_out(self):
        s = self.stack(QUEUE % "")
        self.fault("sqs", "CreateQueue", times=2, status=400, code="ThrottlingException", message="Rate exceeded")
        self.applies_and_settles(s)

    def test_what_is_wrong_is_said_at_its_attribute(self):
        for body, texts in [
            ("  delay_seconds = 901", ["delay_seconds", "901", "900"]),
            ("  message_retention_seconds = 59", ["message_retention_seconds", "59", "1209600"]),
            ('  deduplication_scope = "x"', ["deduplication_scope", "messageGroup"]),
            ('  policy = "{"', ["policy", "JSON"]),
            ("  content_based_deduplication = true", ["content_based_deduplication", "fifo_queue"]),
        ]:
            with self.subTest(body):
                self.refused(self.stack(QUEUE % body).plan(), *texts)

    def test_dead_letters_are_settled_apart_from_their_queues(self):
        s = self.stack('''
resource "aws_sqs_queue" "dead" {
  name = "PREFIX-dead"
}
resource "aws_sqs_queue" "q" {
  name = "PREFIX-q"
}
resource "aws_sqs_queue_redrive_policy" "r" {
  queue_url      = aws_sqs_queue.q.url
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = "4" })
}
resource "aws_sqs_queue_redrive_allow_policy" "a" {
  queue_url            = aws_sqs_queue.dead.url
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.q.arn] })
}
''')
        self.applies_and_settles(s)
        sqs, state = moto().aws("sqs"), s.state()
        url, dead = (state[f"aws_sqs_queue.{k}"]["url"] for k in ("q", "dead"))
        held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(json.loads(held["RedrivePolicy"])["maxReceiveCount"], 4)
        for address in ("aws_sqs_queue_redrive_policy.r", "aws_sqs_queue_redrive_allow_policy.a"):
            self.assertEqual(state[address]["id"], state[address]["queue_url"])
            self.ok(s.run("state", "rm", address))
            self.ok(s.run("import", "-input=false", address, state[address]["id"]))
        self.no_changes(s)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
        sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": '{"redrivePermission":"denyAll"}'})
        self.assertEqual(s.actions(), {"aws_sqs_queue_redrive_policy.r": ["create"], "aws_sqs_queue_redrive_allow_policy.a": ["update"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])


class Bus(TestCase):
    BODY = 'resource "aws_cloudwatch_event_bus" "b" {\n  name = "PREFIX-b"\n%s\n}\n'

    def test_a_bus_comes_changes_and_goes_and_what_others_change_is_seen(self):
        s = self.stack(self.BODY % """  description = "one"
  tags        = { a = "1" }
  log_config {
    include_detail = "FULL"
    level          = "ERROR"
  }
  dead_letter_config {
    arn = "arn:aws:sqs:us-east-1:123456789012:dead"
  }""")
        self.applies_and_settles(s)
        events, name = moto().aws("events"), s.prefix + "-b"
        self.assertEqual(events.describe_event_bus(Name=name)["Description"], "one")
        s.write("main.tf", self.BODY % '  tags = { b = "2" }')
        self.assertEqual(s.actions(), {"aws_cloudwatch_event_bus.b": ["update"]})
        self.applies_and_settles(s)
        held = events.describe_event_bus(Name=name)
        self.assertEqual((held.get("Description"), held.get("DeadLetterConfig")), (None, None))
        self.assertEqual(events.list_tags_for_resource(ResourceARN=held["Arn"])["Tags"], [{"Key": "b", "Value": "2"}])
        events.update_event_bus(Name=name, Description="others'")
        self.assertEqual(s.actions(), {"aws_cloudwatch_event_bus.b": ["update"]})
        self.applies_and_settles(s)
        self.ok(s.run("state", "rm", "aws_cloudwatch_event_bus.b"))
        self.ok(s.run("import", "-input=false", "aws_cloudwatch_event_bus.b", name))
        self.no_changes(s)
        events.delete_event_bus(Name=name)
        self.assertEqual(s.actions(), {"aws_cloudwatch_event_bus.b": ["create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())
        self.assertNotIn(name, [b["Name"] for b in events.list_event_buses()["EventBuses"]])

    def test_what_cannot_be_a_bus_is_refused_at_its_place(self):
        for body, text in (('  description = "${join("", [for i in range(513) : "a"])}"', "description"), ('  event_source_name = "x"', "event_source_name"),
                           ('  dead_letter_config {\n    arn = "x"\n  }', "not an ARN")):
            self.refused(self.stack(self.BODY % body).plan(), text)
        self.refused(self.stack('resource "aws_cloudwatch_event_bus" "b" {\n  name = "default"\n}\n').plan(), "name", "default")

    def test_a_name_that_is_taken_says_so_and_a_lost_answer_doubles_nothing(self):
        s = self.stack(self.BODY % "")
        moto().aws("events").create_event_bus(Name=s.prefix + "-b")
        self.refused(s.apply(), "already exists", "name")
        moto().aws("events").delete_event_bus(Name=s.prefix + "-b")
        self.fault("events", "CreateEventBus", cut="after")
        self.applies_and_settles(s)


class Permission(TestCase):
    BODY = """
resource "aws_cloudwatch_event_bus" "b" {
  name = "PREFIX-b"
}
resource "aws_cloudwatch_event_permission" "p" {
  event_bus_name = aws_cloudwatch_event_bus.b.name
  statement_id   = "PREFIX-p"
%s
}
"""
    ANY = """  principal = "*"
  condition {
    key   = "aws:PrincipalOrgID"
    type  = "StringEquals"
    value = "o-%s"
  }"""

    def test_a_statement_comes_changes_and_goes_and_what_others_change_is_seen(self):
        s, address = self.stack(self.BODY % '  principal = "111111111111"'), "aws_cloudwatch_event_permission.p"
        self.applies_and_settles(s)
        for body in (self.ANY % "one", self.ANY % "two", '  principal = "222222222222"'):
            s.write("main.tf", self.BODY % body)
            self.assertEqual(s.actions(), {address: ["update"]})
            self.applies_and_settles(s)
        self.ok(s.run("state", "rm", address))
        self.ok(s.run("import", "-input=false", address, f"{s.prefix}-b/{s.prefix}-p"))
        self.no_changes(s)
        moto().aws("events").remove_permission(EventBusName=s.prefix + "-b", StatementId=s.prefix + "-p")
        self.assertEqual(s.actions(), {address: ["create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())

    def test_what_others_add_to_a_statement_is_seen_and_put_right(self):
        s, address = self.stack(self.BODY % (self.ANY % "one")), "aws_cloudwatch_event_permission.p"
        self.applies_and_settles(s)
        for more in ({"Principal": {"AWS": ["arn:aws:iam::111111111111:root", "222222222222"]}},
                     {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-one", "aws:SourceAccount": "111111111111"}}},
                     {"Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-one", "o-two"]}}}):
            with self.subTest(more):
                statement = {"Sid": s.prefix + "-p", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-one"}},
                             "Resource": f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/{s.prefix}-b", **more}
                moto().aws("events").put_permission(EventBusName=s.prefix + "-b", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
                self.assertEqual(s.actions(), {address: ["update"]})
                self.applies_and_settles(s)
        self.ok(s.destroy())

    def test_many_at_once_lose_none(self):
        s = self.stack("".join(f'resource "aws_cloudwatch_event_permission" "p{i}" {{\n  statement_id = "PREFIX-{i}"\n  principal = "{i:012d}"\n}}\n' for i in range(20)))
        self.applies_and_settles(s)
        self.ok(s.destroy())


class Linked(TestCase):
    BODY = 'resource "aws_iam_service_linked_role" "r" {\n  aws_service_name = "PREFIX.amazonaws.com"\n%s\n}\n'

    def test_a_linked_role_comes_changes_and_goes(self):
        s, address = self.stack(self.BODY % '  description = "one"\n  tags = { a = "1" }'), "aws_iam_service_linked_role.r"
        self.applies_and_settles(s)
        arn = s.state()[address]["arn"]
        self.assertTrue(arn.startswith(f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{s.prefix}.amazonaws.com/AWSServiceRoleFor"), arn)
        s.write("main.tf", self.BODY % '  description = "two"\n  tags = { b = "2" }')
        self.assertEqual(s.actions(), {address: ["update"]})
        self.applies_and_settles(s)
        self.ok(s.run("state", "rm", address))
        self.refused(s.run("import", "-input=false", address, "nobody"), "ARN of a service-linked role")
        self.ok(s.run("import", "-input=false", address, arn))
        self.no_changes(s)
        self.ok(s.destroy())

    def test_one_that_is_there_says_how_to_have_it(self):
        s = self.stack(self.BODY % "")
        moto().aws("iam").create_service_linked_role(AWSServiceName=f"{s.prefix}.amazonaws.com")
        self.refused(s.apply(), "AWSServiceRoleFor")

    def test_one_that_was_deleted_behind_terraforms_back_is_made_anew(self):
        s, address = self.stack(self.BODY % ""), "aws_iam_service_linked_role.r"
        self.applies_and_settles(s)
        moto().aws("iam").delete_service_linked_role(RoleName=s.state()[address]["name"])
        self.assertEqual(s.actions(), {address: ["create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())

    def test_a_lost_answer_loses_and_doubles_nothing(self):
        both = self.BODY % "" + (self.BODY % '  custom_suffix = "b"').replace('"r"', '"b"')
        for cut in ("after", "before"):
            with self.subTest(cut):
                s = self.stack(self.BODY % '  tags = { a = "1" }')
                self.fault("iam", "CreateServiceLinkedRole", cut=cut)
                self.applies_and_settles(s)
                s.write("main.tf", both)
                self.fault("iam", "CreateServiceLinkedRole", cut=cut)
                self.applies_and_settles(s)
                names = [s.state()[f"aws_iam_service_linked_role.{label}"]["name"] for label in "rb"]
                self.assertEqual(names[1], names[0] + "_b")
                self.ok(s.destroy())

    def test_what_cannot_be_a_linked_role_is_refused_at_its_place(self):
        for more, said in (("  custom_suffix = \"a b\"", "custom_suffix"), ('  tags = { "aws:x" = "1" }', "tags"), (f'  description = "{"a" * 1001}"', "description")):
            with self.subTest(said):
                self.refused(self.stack(self.BODY % more).plan(), said)
        self.refused(self.stack(self.BODY.replace("PREFIX.amazonaws.com", "spot") % "").plan(), "aws_service_name", "spot.amazonaws.com")


class Exclusive(TestCase):
    ROLE = """
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "p" {
  name   = "one"
  role   = aws_iam_role.r.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "s3:*", Effect = "Allow", Resource = "*" }] })
}
resource "aws_iam_role_policies_exclusive" "x" {
  role_name    = aws_iam_role.r.name
  policy_names = [aws_iam_role_policy.p.name]
}
resource "aws_iam_role_policy_attachments_exclusive" "x" {
  role_name   = aws_iam_role.r.name
  policy_arns = [%s]
}
"""
    READ, SSM = ('"arn:aws:iam::aws:policy/%s"' % name for name in ("ReadOnlyAccess", "AmazonSSMManagedInstanceCore"))

    def held(self, s):
        iam, role = moto().aws("iam"), s.prefix + "-r"
        return (sorted(iam.list_role_policies(RoleName=role)["PolicyNames"]),
                sorted(p["PolicyName"] for p in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]))

    def test_a_role_has_what_is_named_and_no_more(self):
        s = self.stack(self.ROLE % self.READ)
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), (["one"], ["ReadOnlyAccess"]))
        s.write("main.tf", self.ROLE % self.SSM)
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), (["one"], ["AmazonSSMManagedInstanceCore"]))
        iam, role = moto().aws("iam"), s.prefix + "-r"
        iam.put_role_policy(RoleName=role, PolicyName="stray", PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}')
        iam.attach_role_policy(RoleName=role, PolicyArn=self.READ.strip('"'))
        self.assertEqual(s.actions(), {"aws_iam_role_policies_exclusive.x": ["update"], "aws_iam_role_policy_attachments_exclusive.x": ["update"]})
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), (["one"], ["AmazonSSMManagedInstanceCore"]))
        self.ok(s.run("state", "rm", "aws_iam_role_policy_attachments_exclusive.x"))
        self.ok(s.run("import", "-input=false", "aws_iam_role_policy_attachments_exclusive.x", role))
        self.no_changes(s)
        s.write("main.tf", self.ROLE % "")
        self.applies_and_settles(s)
        self.ok(s.destroy())


class PolicyAttachment(TestCase):
    ROLES = "".join(f'''resource "aws_iam_role" "{label}" {{
  name               = "PREFIX-{label}"
  assume_role_policy = {TRUST}
}}
''' for label in ("one", "two"))
    BODY = ROLES + '''
resource "aws_iam_policy" "p" {
  name   = "PREFIX-p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_policy_attachment" "x" {
  name       = "%s"
  policy_arn = aws_iam_policy.p.arn
%s
}
'''
    ADDRESS = "aws_iam_policy_attachment.x"

    def setUp(self):
        super().setUp()
        self.iam = moto().aws("iam")

    def held(self, s):
        found = self.iam.list_entities_for_policy(PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{s.prefix}-p")
        names = [e[key] for lists, key in (("PolicyRoles", "RoleName"), ("PolicyUsers", "UserName"), ("PolicyGroups", "GroupName")) for e in found[lists]]
        return sorted(name.removeprefix(s.prefix + "-") for name in names)

    def somebody(self, s):
        """Whom no type of ours makes."""
        for name in ("u1", "u2"):
            self.iam.create_user(UserName=f"{s.prefix}-{name}")
        self.iam.create_group(GroupName=f"{s.prefix}-g")

    def test_a_policy_has_whom_is_named_and_nobody_else(self):
        s = self.stack(self.BODY % ("a", '  roles = [aws_iam_role.one.name]\n  users = ["PREFIX-u1"]\n  groups = ["PREFIX-g"]'))
        self.somebody(s)
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), ["g", "one", "u1"])
        self.iam.attach_role_policy(RoleName=s.prefix + "-two", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{s.prefix}-p")
        self.iam.detach_user_policy(UserName=s.prefix + "-u1", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{s.prefix}-p")
        self.assertEqual(s.actions(), {self.ADDRESS: ["update"]})
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), ["g", "one", "u1"])
        s.write("main.tf", self.BODY % ("a", '  roles = [aws_iam_role.two.name]\n  users = ["PREFIX-u2"]'))
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), ["two", "u2"])
        self.ok(s.run("state", "rm", self.ADDRESS))
        self.refused(s.run("import", "-input=false", self.ADDRESS, "a"), "the policy's ARN")
        self.ok(s.run("import", "-input=false", self.ADDRESS, f"a/arn:aws:iam::{ACCOUNT}:policy/{s.prefix}-p"))
        self.no_changes(s)
        s.write("main.tf", self.BODY % ("a", "  roles = []"))
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), [])
        self.iam.attach_role_policy(RoleName=s.prefix + "-two", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{s.prefix}-p")
        self.assertEqual(s.actions(), {self.ADDRESS: ["update"]})
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), [])
        self.ok(s.destroy())

    def test_nobody_may_have_a_policy(self):
        s = self.stack(self.BODY % ("a", "  roles = []"))
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), [])
        self.ok(s.destroy())

    def test_who_moves_to_a_new_attachment_keeps_the_policy(self):
        one = "  roles = [aws_iam_role.one.name]\n  lifecycle {\n    create_before_destroy = true\n  }"
        s = self.stack(self.BODY % ("a", one))
        self.applies_and_settles(s)
        s.write("main.tf", self.BODY % ("b", one))
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), ["one"])
        s.write("main.tf", (self.BODY % ("b", one)).partition('resource "aws_iam_policy_attachment"')[0]
                + 'resource "aws_iam_role_policy_attachment" "x" {\n  role = aws_iam_role.one.name\n  policy_arn = aws_iam_policy.p.arn\n}\n')
        self.ok(s.apply())
        self.ok(s.destroy())

    def test_who_is_detached_by_others_is_attached_anew(self):
        s = self.stack(self.BODY % ("a", "  roles = [aws_iam_role.one.name]"))
        self.applies_and_settles(s)
        self.iam.detach_role_policy(RoleName=s.prefix + "-one", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{s.prefix}-p")
        self.assertEqual(s.actions(), {self.ADDRESS: ["create"]})
        self.applies_and_settles(s)
        self.assertEqual(self.held(s), ["one"])
        self.ok(s.destroy())

    def test_what_cannot_be_attached_is_refused_at_its_place(self):
        self.refused(self.stack(self.BODY % ("a", "")).plan(), "no roles, users or groups")
        self.refused(self.stack(self.BODY % ("a", '  users = ["a b"]')).plan(), "users")
        self.refused(self.stack(self.BODY % ("a", '  roles = ["arn:aws:iam::123456789012:role/r"]')).plan(), "not its ARN")
        s = self.stack(self.BODY % ("a", '  roles = [aws_iam_role.one.name]\n  groups = ["PREFIX-nobody"]'))
        self.refused(s.apply(), "PREFIX-nobody".replace("PREFIX", s.prefix))
        self.assertIn(self.ADDRESS, s.state())  # what was attached before is not lost
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])


class Tag(TestCase):
    def test_a_tag_comes_changes_and_goes_and_leaves_others_alone(self):
        ec2, address = moto().aws("ec2"), "aws_ec2_tag.t"
        vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "theirs", "Value": "1"}])
        held = lambda: {t["Key"]: t["Value"] for t in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]}
        body = 'resource "aws_ec2_tag" "t" {\n  resource_id = "%s"\n  key = "a*b"\n  value = "%s"\n}\n'
        s = self.stack(body % (vpc, "1"))
        self.applies_and_settles(s)
        self.assertEqual(held(), {"theirs": "1", "a*b": "1"})
        s.write("main.tf", body % (vpc, ""))
        self.assertEqual(s.actions(), {address: ["update"]})
        self.applies_and_settles(s)
        self.assertEqual(held()["a*b"], "")
        self.ok(s.run("state", "rm", address))
        self.refused(s.run("import", "-input=false", address, "x"), "a comma")
        self.ok(s.run("import", "-input=false", address, f"{vpc},a*b"))
        self.no_changes(s)
        ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a*b"}])
        self.assertEqual(s.actions(), {address: ["create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())
        self.assertEqual(held(), {"theirs": "1"})
        self.refused(self.stack(body.replace("a*b", "aws:x") % (vpc, "1")).plan(), "begins with aws:")
        self.refused(self.stack(body % ("vpc-nothing", "1")).apply(), "resource_id")


class Template(TestCase):
    BODY = 'resource "aws_launch_template" "t" {\n  name = "PREFIX-t"\n%s\n}\n'
    ADDRESS = "aws_launch_template.t"

    def versions(self, s):
        found = moto().aws("ec2").describe_launch_template_versions(LaunchTemplateName=s.prefix + "-t")["LaunchTemplateVersions"]
        return [v["LaunchTemplateData"].get("InstanceType") for v in found], [v["DefaultVersion"] for v in found].index(True) + 1

    def test_a_change_is_a_new_version_and_the_default_is_as_it_is_asked_for(self):
        typed = lambda kind, more="": self.BODY % f'  instance_type = "{kind}"\n{more}'
        s = self.stack(typed("m5.large"))
        self.applies_and_settles(s)
        self.assertEqual(self.versions(s), (["m5.large"], 1))
        s.write("main.tf", typed("m5.xlarge"))
        self.applies_and_settles(s)
        self.assertEqual(self.versions(s), (["m5.large", "m5.xlarge"], 1))
        s.write("main.tf", typed("m5.xlarge", "  update_default_version = true"))
        self.applies_and_settles(s)
        self.assertEqual(self.versions(s), (["m5.large", "m5.xlarge"], 2))
        s.write("main.tf", typed("c5.large", '  update_default_version = true\n  tags = { a = "1" }'))
        self.applies_and_settles(s)
        self.assertEqual(self.versions(s), (["m5.large", "m5.xlarge", "c5.large"], 3))
        s.write("main.tf", typed("c5.large", "  default_version = 1"))
        self.applies_and_settles(s)
        self.assertEqual(self.versions(s), (["m5.large", "m5.xlarge", "c5.large"], 1))
        state = s.state()[self.ADDRESS]
        self.assertEqual((state["latest_version"], state["default_version"], state["arn"]), (3, 1, f"arn:aws:ec2:us-east-1:{ACCOUNT}:launch-template/{state['id']}"))
        self.ok(s.run("state", "rm", self.ADDRESS))
        self.ok(s.run("import", "-input=false", self.ADDRESS, state["id"]))
        self.no_changes(s)
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])

    def test_what_others_change_is_seen_and_put_right(self):
        ec2, s = moto().aws("ec2"), self.stack(self.BODY % '  instance_type = "m5.large"\n  tags = { a = "1" }')
        self.applies_and_settles(s)
        identity = s.state()[self.ADDRESS]["id"]
        ec2.create_launch_template_version(LaunchTemplateId=identity, LaunchTemplateData={"InstanceType": "c5.large", "Monitoring": {"Enabled": True}})
        ec2.create_tags(Resources=[identity], Tags=[{"Key": "theirs", "Value": "1"}])
        self.assertEqual(s.actions(), {self.ADDRESS: ["update"]})
        self.applies_and_settles(s)
        self.assertEqual(self.versions(s)[0], ["m5.large", "c5.large", "m5.large"])
        ec2.delete_launch_template(LaunchTemplateId=identity)
        self.assertEqual(s.actions(), {self.ADDRESS: ["create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())

    def test_a_name_that_is_taken_says_so_and_a_lost_answer_loses_nothing(self):
        s, ec2 = self.stack(self.BODY % ""), moto().aws("ec2")
        self.fault("ec2", "CreateLaunchTemplate", cut="after")
        self.applies_and_settles(s)
        s.write("main.tf", self.BODY % '  instance_type = "m5.large"')
        self.fault("ec2", "CreateLaunchTemplateVersion", cut="after")
        self.applies_and_settles(s)
        self.assertEqual(self.versions(s)[0], [None, "m5.large"])
        self.ok(s.destroy())
        ec2.create_launch_template(LaunchTemplateName=s.prefix + "-t", LaunchTemplateData={"ImageId": "ami-1"})
        self.refused(s.apply(), "name")

    def test_credits_are_for_types_that_burst(self):
        credits = '  instance_type = "%s"\n  credit_specification {\n    cpu_credits = "standard"\n  }'
        s = self.stack(self.BODY % credits % "t3.large")
        self.applies_and_settles(s)
        data = lambda: moto().aws("ec2").describe_launch_template_versions(LaunchTemplateName=s.prefix + "-t", Versions=["$Latest"])["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        self.assertEqual(data()["CreditSpecification"], {"CpuCredits": "standard"})
        s.write("main.tf", self.BODY % credits % "m5.large")
        self.ok(s.apply())
        self.assertNotIn("CreditSpecification", data())
        self.ok(s.destroy())

    def test_what_is_wrong_is_said_at_its_attribute(self):
        for body, said in (('  user_data = "#!/bin/sh"', "base64encode"), ("  default_version = 2", "version 1 alone"),
                           ("  instance_market_options {\n    spot_options {\n      block_duration_minutes = 90\n    }\n  }", "multiple of 60"),
                           ('  metadata_options {\n    http_tokens = "maybe"\n  }', "http_tokens")):
            with self.subTest(said):
                self.refused(self.stack(self.BODY % body).plan(), said)


class Issuer(TestCase):
    BODY = 'resource "aws_iam_openid_connect_provider" "o" {\n  url = "https://PREFIX.example.com/id"\n%s\n}\n'

    def test_an_issuer_comes_changes_and_goes_and_what_others_change_is_seen(self):
        s = self.stack(self.BODY % f"""  client_id_list  = ["sts.amazonaws.com", "one"]
  thumbprint_list = ["{'a' * 40}"]
  tags            = {{ a = "1" }}""")
        self.applies_and_settles(s)
        iam, arn = moto().aws("iam"), f"arn:aws:iam::{ACCOUNT}:oidc-provider/{s.prefix}.example.com/id"
        address = "aws_iam_openid_connect_provider.o"
        self.assertEqual({k: s.state()[address][k] for k in ("arn", "id", "url")}, {"arn": arn, "id": arn, "url": f"{s.prefix}.example.com/id"})
        s.write("main.tf", self.BODY % f"""  client_id_list  = ["sts.amazonaws.com", "two"]
  thumbprint_list = ["{'b' * 40}", "{'c' * 40}"]
  tags            = {{ b = "2" }}""")
        self.assertEqual(s.actions(), {address: ["update"]})
        self.applies_and_settles(s)
        held = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.assertEqual((sorted(held["ClientIDList"]), held["ThumbprintList"], held["Tags"]),
                         (["sts.amazonaws.com", "two"], ["b" * 40, "c" * 40], [{"Key": "b", "Value": "2"}]))
        iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["d" * 40])
        self.assertEqual(s.actions(), {address: ["update"]})
        self.applies_and_settles(s)
        self.ok(s.run("state", "rm", address))
        self.ok(s.run("import", "-input=false", address, arn))
        self.no_changes(s)
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.assertEqual(s.actions(), {address: ["create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())
        self.assertNotIn(arn, [p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]])

    def test_what_cannot_be_an_issuer_is_refused_at_its_place(self):
        for url, more, text in (("http://a.example.com", "", "https://"), ("https://a.example.com/?x=1", "", "a path"), ("https://", "", "a path"),
                                ("https://a.example.com", '  thumbprint_list = ["abc"]', "thumbprint_list"),
                                ("https://a.example.com", f'  tags = {{ "" = "x" }}', "tags")):
            with self.subTest(url + more):
                body = f'resource "aws_iam_openid_connect_provider" "o" {{\n  url = "{url}"\n  client_id_list = ["a"]\n{more}\n}}\n'
                self.refused(self.stack(body).plan(), text)
        self.refused(self.stack(self.BODY % '  client_id_list = [""]').plan(), "client_id_list", "1 to 255")

    def test_a_url_that_is_taken_says_so_and_a_lost_answer_doubles_nothing(self):
        s = self.stack(self.BODY % '  client_id_list = ["a"]')
        iam = moto().aws("iam")
        arn = iam.create_open_id_connect_provider(Url=f"https://{s.prefix}.example.com/id", ClientIDList=["b"], ThumbprintList=["a" * 40])["OpenIDConnectProviderArn"]
        self.refused(s.apply(), "EntityAlreadyExists", "url", "terraform import")
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.fault("iam", "CreateOpenIDConnectProvider", cut="after")
        self.applies_and_settles(s)


class Cluster(TestCase):
    """Who is let into a cluster of EKS's."""
    COMMON = """
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = ["sts:AssumeRole", "sts:TagSession"], Effect = "Allow", Principal = { Service = "pods.eks.amazonaws.com" } }] })
}
"""
    ENTRY = COMMON + 'resource "aws_eks_access_entry" "e" {\n  cluster_name = "PREFIX-c"\n  principal_arn = aws_iam_role.r.arn\n%s\n}\n'
    POLICY = ENTRY % "" + """
resource "aws_eks_access_policy_association" "view" {
  cluster_name  = aws_eks_access_entry.e.cluster_name
  principal_arn = aws_eks_access_entry.e.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
  access_scope {
    type       = "namespace"
    namespaces = ["a", "b"]
  }
}
resource "aws_eks_access_policy_association" "admin" {
  cluster_name  = aws_eks_access_entry.e.cluster_name
  principal_arn = aws_eks_access_entry.e.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  access_scope {
    type = "cluster"
  }
}
"""
    IDENTITY = COMMON + 'resource "aws_eks_pod_identity_association" "p" {\n  cluster_name = "PREFIX-c"\n  namespace = "kube-system"\n  service_account = "%s"\n  role_arn = aws_iam_role.r.arn\n%s\n}\n'

    def stack(self, text, **more):
        s = super().stack(text, **more)
        moto().aws("eks").create_cluster(name=s.prefix + "-c", roleArn=f"arn:aws:iam::{ACCOUNT}:role/c", resourcesVpcConfig={})
        self.addCleanup(moto().aws("eks").delete_cluster, name=s.prefix + "-c")
        return s

    def entries(self, s, path=""):
        return f"/clusters/{s.prefix}-c/access-entries/arn%3Aaws%3Aiam%3A%3A{ACCOUNT}%3Arole%2F{s.prefix}-r{path}"

    def test_an_entry_comes_changes_and_goes_and_what_others_change_is_seen(self):
        s, address = self.stack(self.ENTRY % '  kubernetes_groups = ["b", "a"]\n  tags = { a = "1" }'), "aws_eks_access_entry.e"
        self.applies_and_settles(s)
        state = s.state()[address]
        self.assertEqual((state["id"], state["type"], state["kubernetes_groups"]), (f"{s.prefix}-c:{s.state()['aws_iam_role.r']['arn']}", "STANDARD", ["a", "b"]))
        self.assertTrue(state["user_name"].endswith("{{SessionName}}"))
        s.write("main.tf", self.ENTRY % '  kubernetes_groups = ["a", "c"]\n  user_name = "me"\n  tags = { b = "2" }')
        self.assertEqual(s.actions(), {address: ["update"]})
        self.applies_and_settles(s)
        self.ok(s.run("state", "rm", address))
        self.ok(s.run("import", "-input=false", address, state["id"]))
        self.no_changes(s)
        s.write("main.tf", self.ENTRY % '  type = "EC2_LINUX"')
        self.assertEqual(s.actions(), {address: ["delete", "create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())

    def test_policies_are_associated_with_an_entry_and_leave_it(self):
        s = self.stack(self.POLICY)
        self.applies_and_settles(s)
        state = s.state()["aws_eks_access_policy_association.view"]
        self.assertEqual(state["access_scope"], [{"type": "namespace", "namespaces": ["a", "b"]}])
        self.ok(s.run("state", "rm", "aws_eks_access_policy_association.view"))
        self.ok(s.run("import", "-input=false", "aws_eks_access_policy_association.view", state["id"]))
        self.no_changes(s)
        s.write("main.tf", self.POLICY.replace('["a", "b"]', '["a"]'))
        self.assertEqual(s.actions(), {"aws_eks_access_policy_association.view": ["delete", "create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())

    def test_a_pod_identity_comes_changes_and_goes(self):
        s, address = self.stack(self.IDENTITY % ("karpenter", '  tags = { a = "1" }')), "aws_eks_pod_identity_association.p"
        self.applies_and_settles(s)
        was = s.state()[address]
        s.write("main.tf", self.IDENTITY % ("karpenter", f'  target_role_arn = "arn:aws:iam::{ACCOUNT}:role/other"\n  disable_session_tags = true\n  tags = {{ b = "2" }}'))
        self.assertEqual(s.actions(), {address: ["update"]})
        self.applies_and_settles(s)
        self.ok(s.run("state", "rm", address))
        self.ok(s.run("import", "-input=false", address, f"{s.prefix}-c,{was['id']}"))
        self.no_changes(s)
        s.write("main.tf", self.IDENTITY % ("another", ""))
        self.assertEqual(s.actions(), {address: ["delete", "create"]})
        self.applies_and_settles(s)
        self.ok(s.destroy())

    def test_what_eks_refuses_is_said_at_its_place_and_a_lost_answer_doubles_nothing(self):
        for body, text in ((self.ENTRY % '  type = "ADMIN"', "STANDARD"), (self.ENTRY.replace("aws_iam_role.r.arn", '"nobody"') % "", "not an ARN"),
                           (self.ENTRY.replace("PREFIX-c", "-c") % "", "cluster_name"), (self.POLICY.replace('"cluster"', '"all"'), 'type is "all"')):
            self.refused(self.stack(body).plan(), text)
        self.refused(self.stack((self.ENTRY % "").replace("PREFIX-c", "PREFIX-none")).apply(), "No cluster found", "cluster_name")
        s = self.stack(self.ENTRY % "")
        self.fault("eks", "CreateAccessEntry", cut="after")
        self.applies_and_settles(s)
        other = self.stack(self.IDENTITY % ("a", ""))
        self.fault("eks", "CreatePodIdentityAssociation", cut="after")
        self.applies_and_settles(other)
        self.refused(other.run("import", "-input=false", "aws_eks_pod_identity_association.p", "x"), "a comma")


class Role(TestCase):
    def test_a_role_its_attachment_and_its_profile_come_and_go(self):
        s = self.stack(ROLE % '  description = "d1"\n  tags = { a = "1" }' + """
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
}
resource "aws_iam_instance_profile" "p" {
  name = "PREFIX-profile"
  role = aws_iam_role.r.name
}
""")
        self.applies_and_settles(s)
        state = s.state()
        self.assertEqual(state["aws_iam_role.r"]["arn"], f"arn:aws:iam::{ACCOUNT}:role/{s.prefix}-role")
        self.assertEqual(state["aws_iam_instance_profile.p"]["role"], f"{s.prefix}-role")
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])

    def test_what_may_change_changes_in_place_and_the_rest_replaces(self):
        s = self.stack(ROLE % '  description = "d1"\n  tags = { a = "1", b = "2" }')
        self.applies_and_settles(s)
        s.write("main.tf", ROLE % '  description = "d2"\n  max_session_duration = 7200\n  tags = { b = "3" }\n  permissions_boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"')
        self.assertEqual(s.actions(), {"aws_iam_role.r": ["update"]})
        self.applies_and_settles(s)
        role = moto().aws("iam").get_role(RoleName=f"{s.prefix}-role")["Role"]
        self.assertEqual((role["Description"], role["MaxSessionDuration"], role["Tags"]), ("d2", 7200, [{"Key": "b", "Value": "3"}]))
        s.write("main.tf", ROLE % '  path = "/app/"')
        self.assertEqual(s.actions(), {"aws_iam_role.r": ["delete", "create"]})
        self.applies_and_settles(s)

    def test_inline_policies_and_managed_arns_are_exclusive_when_stated(self):
        inline = '  inline_policy {\n    name = "%s"\n    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["%s"], Resource = "*" }] })\n  }\n'
        managed = '  managed_policy_arns = ["arn:aws:iam::aws:policy/%s"]\n'
        s = self.stack(ROLE % (inline % ("one", "ec2:RunInstances") + managed % "AmazonSSMManagedInstanceCore"))
        self.applies_and_settles(s)
        s.write("main.tf", ROLE % (inline % ("one", "ec2:CreateFleet") + inline % ("two", "ec2:RunInstances") + managed % "AmazonEKS_CNI_Policy"))
        self.applies_and_settles(s)
        iam = moto().aws("iam")
        self.assertEqual(iam.list_role_policies(RoleName=f"{s.prefix}-role")["PolicyNames"], ["one", "two"])
        iam.put_role_policy(RoleName=f"{s.prefix}-role", PolicyName="stray", PolicyDocument=STRAY)
        self.assertEqual(s.actions(), {"aws_iam_role.r": ["update"]})
        self.applies_and_settles(s)
        self.assertEqual(iam.list_role_policies(RoleName=f"{s.prefix}-role")["PolicyNames"], ["one", "two"])
        s.write("main.tf", ROLE % "  inline_policy {}\n  managed_policy_arns = []\n")
        self.ok(s.apply())
        self.assertEqual(iam.list_role_policies(RoleName=f"{s.prefix}-role")["PolicyNames"], [])
        self.no_changes(s)

    def test_an_empty_inline_policy_is_in_state_as_hashicorp_aws_reads_it_without_drift(self):
        s = self.stack(ROLE % "  inline_policy {}\n")
        self.applies_and_settles(s)
        self.assertEqual(s.state()["aws_iam_role.r"]["inline_policy"], [{"name": "", "policy": ""}])
        self.ok(s.run("apply", "-refresh-only", "-auto-approve"))
        self.assertEqual(s.state()["aws_iam_role.r"]["inline_policy"], [{"name": "", "policy": ""}])

    def test_a_made_up_name_begins_with_its_prefix(self):
        s = self.stack(f'resource "aws_iam_role" "r" {{\n  name_prefix = "PREFIX-"\n  assume_role_policy = {TRUST}\n}}\n')
        self.applies_and_settles(s)
        role = s.state()["aws_iam_role.r"]
        self.assertRegex(role["name"], f"^{s.prefix}-[0-9]{{18}}[0-9a-f]{{8}}$")
        self.assertEqual(role["name_prefix"], f"{s.prefix}-")

    def test_force_detach_lets_a_role_go_that_others_attached_to(self):
        s = self.stack(ROLE % "  force_detach_policies = true")
        self.applies_and_settles(s)
        iam, name = moto().aws("iam"), f"{s.prefix}-role"
        iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        iam.put_role_policy(RoleName=name, PolicyName="x", PolicyDocument=STRAY)
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])

    def test_a_role_that_others_attached_to_says_what_keeps_it(self):
        s = self.stack(ROLE % "")
        self.applies_and_settles(s)
        iam, name = moto().aws("iam"), f"{s.prefix}-role"
        iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        iam.put_role_policy(RoleName=name, PolicyName="stray", PolicyDocument=STRAY)
        self.refused(s.destroy("-refresh=false"), "DeleteConflict", "arn:aws:iam::aws:policy/ReadOnlyAccess", "stray", "force_detach_policies")
        self.assertIn("aws_iam_role.r", s.state())
        iam.detach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        iam.delete_role_policy(RoleName=name, PolicyName="stray")
        self.ok(s.destroy())

    def test_a_profile_changes_its_role_in_place(self):
        two = ROLE % "" + (ROLE % "").replace('"r"', '"r2"').replace("PREFIX-role", "PREFIX-role2")
        profile = '\nresource "aws_iam_instance_profile" "p" {\n  name = "PREFIX-p"\n%s\n}\n'
        s = self.stack(two + profile % "  role = aws_iam_role.r.name")
        self.applies_and_settles(s)
        s.write("main.tf", two + profile % '  role = aws_iam_role.r2.name\n  tags = { a = "1" }')
        self.assertEqual(s.actions(), {"aws_iam_instance_profile.p": ["update"]})
        self.applies_and_settles(s)
        s.write("main.tf", two + profile % "")
        self.applies_and_settles(s)
        self.assertEqual(moto().aws("iam").get_instance_profile(InstanceProfileName=f"{s.prefix}-p")["InstanceProfile"]["Roles"], [])

    def test_imports_plan_empty(self):
        s = self.stack(ROLE % '  description = "d"' + """
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_iam_instance_profile" "p" {
  name = "PREFIX-p"
  role = aws_iam_role.r.name
}
""")
        self.applies_and_settles(s)
        ids = {"aws_iam_role.r": f"{s.prefix}-role", "aws_iam_instance_profile.p": f"{s.prefix}-p",
               "aws_iam_role_policy_attachment.a": f"{s.prefix}-role/arn:aws:iam::aws:policy/ReadOnlyAccess"}
        for address in reversed(ids):
            self.ok(s.run("state", "rm", address))
        for address, identity in ids.items():
            self.ok(s.run("import", "-input=false", address, identity))
        self.no_changes(s)

    def test_an_attachment_to_a_role_that_is_not_there_says_so(self):
        s = self.stack('resource "aws_iam_role_policy_attachment" "a" {\n  role = "PREFIX-nobody"\n  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"\n}\n')
        self.refused(s.apply(), "AttachRolePolicy", "NoSuchEntity")

    def test_what_is_wrong_is_said_at_its_attribute(self):
        for body, texts in [
            (f'name = "bad name!"\nassume_role_policy = {TRUST}', ["name", "bad name!"]),
            ('name = "x"\nassume_role_policy = "{"', ["assume_role_policy", "JSON"]),
            (f'name = "x"\nassume_role_policy = {TRUST}\npermissions_boundary = "nope"', ["permissions_boundary", "arn"]),
            (f'name = "x"\nname_prefix = "y"\nassume_role_policy = {TRUST}', ["name_prefix"]),
        ]:
            with self.subTest(body):
                self.refused(self.stack('resource "aws_iam_role" "r" {\n%s\n}\n' % body).validate(), *texts)


class LostAnswer(TestCase):
    """What IAM does not let us repeat, cut off before it took effect or after."""

    PROFILE = 'resource "aws_iam_instance_profile" "p" {\n  name = "PREFIX-p"\n%s\n}\n'
    THINGS = {"aws_iam_role.r": (ROLE % "", "CreateRole", "GetRole"),
              "aws_iam_instance_profile.p": (PROFILE % "", "CreateInstanceProfile", "GetInstanceProfile")}

    def test_a_create_that_took_effect_is_found_again(self):
        for address, (source, create, _) in self.THINGS.items():
            with self.subTest(address):
                s, before = self.stack(source), self.calls(create)
                self.fault("iam", create, cut="after")
                self.applies_and_settles(s)
                self.assertEqual(self.calls(create), before + 1)

    def test_a_create_that_took_effect_and_cannot_be_found_is_tainted_in_state(self):
        for address, (source, create, look) in self.THINGS.items():
            with self.subTest(address):
                s = self.stack(source)
                self.fault("iam", create, cut="after")
                self.fault("iam", look, times=None, status=403, code="AccessDenied", message="no")
                self.refused(s.apply(), create, "tainted", "terraform untaint")
                self.no_faults()
                self.assertEqual(s.actions(), {address: ["delete", "create"]})
                self.ok(s.run("untaint", address))
                self.no_changes(s)

    def test_a_create_without_effect_is_made_anew(self):
        for address, (source, create, _) in self.THINGS.items():
            with self.subTest(address):
                s, before = self.stack(source), self.calls(create)
                self.fault("iam", create, cut="before")
                self.applies_and_settles(s)
                self.assertEqual(self.calls(create), before + 2)

    def test_a_create_without_effect_again_and_again_leaves_nothing_in_the_next_plan_but_itself(self):
        for address, (source, create, _) in self.THINGS.items():
            with self.subTest(address):
                s = self.stack(source)
                self.fault("iam", create, times=None, cut="before")
                self.refused(s.apply(), create, "tainted")
                self.no_faults()
                self.assertEqual(s.actions(), {address: ["create"]})
                self.applies_and_settles(s)

    def test_an_attachments_lost_answers_lose_nothing(self):
        s = self.stack(ROLE % "" + """
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
""")
        self.fault("iam", "AttachRolePolicy", cut="after")
        self.applies_and_settles(s)  # one loss is repeated
        self.ok(s.destroy())
        s.write("_provider.tf", s.provider("max_retries = 1"))
        self.fault("iam", "AttachRolePolicy", times=None, cut="after")
        self.fault("iam", "ListAttachedRolePolicies", times=None, status=403, code="AccessDenied", message="no")
        self.refused(s.apply(), "AttachRolePolicy", "tainted")
        self.no_faults()
        self.assertIn("aws_iam_role_policy_attachment.a", s.state())
        self.applies_and_settles(s)

    def test_a_role_taken_into_a_profile_with_a_lost_answer_is_in_it(self):
        s = self.stack(ROLE % "" + self.PROFILE % "  role = aws_iam_role.r.name")
        self.fault("iam", "AddRoleToInstanceProfile", cut="after")
        self.applies_and_settles(s)


class Provider(TestCase):
    def test_without_credentials_the_sources_tried_are_named(self):
        s = self.stack(QUEUE % "")
        s.write("_provider.tf", s.provider().replace('access_key = "test"', "").replace('secret_key = "test"', ""))
        self.refused(s.run("plan", "-input=false", HOME=str(s.dir)), "AWS_ACCESS_KEY_ID", "credentials")

    def test_an_endpoint_that_refuses_is_named_and_nothing_hangs(self):
        s = self.stack(QUEUE % "")
        s.write("_provider.tf", s.provider().replace(f'sqs     = "ENDPOINT"', 'sqs     = "http://127.0.0.1:1"'))
        self.refused(s.run("apply", "-input=false", "-auto-approve"), "127.0.0.1:1", "CreateQueue")

    def test_garbage_and_cut_answers_name_operation_and_endpoint(self):
        for fault in ({"garbage": True}, {"cut": "before"}):
            with self.subTest(fault):
                s = self.stack(QUEUE % "")
                s.write("_provider.tf", s.provider("max_retries = 2"))
                self.fault("sqs", "CreateQueue", times=None, **fault)
                self.refused(s.apply(), "CreateQueue", moto().url.removeprefix("http://"))
                self.no_faults()

    def test_wrong_credentials_are_an_error_of_the_first_call(self):
        s = self.stack(QUEUE % "")
        self.fault("sts", "GetCallerIdentity", times=None, status=403, code="InvalidClientTokenId", message="The security token included in the request is invalid.")
        self.refused(s.plan(), "InvalidClientTokenId", "credentials")

    def test_no_secret_is_in_a_log_or_in_state(self):
        s = self.stack(QUEUE % "")
        s.write("_provider.tf", s.provider().replace('"test"', '"PLANTEDSECRET"'))
        result = s.apply(TF_LOG="TRACE")
        self.ok(result)
        lines = [line for line in result.err.splitlines() if "terraform-provider-tenon" in line]
        self.assertFalse([line for line in lines if "PLANTEDSECRET" in line])
        self.assertNotIn("PLANTEDSECRET", (s.dir / "terraform.tfstate").read_text())


DOCUMENT = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "%s", Action = "*", Resource = "*" }] })'
POLICY = 'resource "aws_iam_policy" "p" {\n  name   = "PREFIX-p"\n  policy = ' + DOCUMENT + "\n}\n"


class Asking(TestCase):
    """What a plan need not ask, and what it must see all the same."""

    def asked(self, operation, command):
        before = self.calls(operation)
        command()
        return self.calls(operation) - before

    def test_one_list_serves_a_role_and_all_its_attachments(self):
        s = self.stack(ROLE % "" + """
resource "aws_iam_role_policy_attachment" "a" {
  for_each   = toset(["AmazonEC2ReadOnlyAccess", "AmazonSSMManagedInstanceCore", "AmazonSQSFullAccess"])
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}
""")
        self.applies_and_settles(s)
        self.assertEqual(self.asked("ListAttachedRolePolicies", lambda: self.no_changes(s)), 1)
        moto().aws("iam").detach_role_policy(RoleName=f"{s.prefix}-role",
                                             PolicyArn="arn:aws:iam::aws:policy/AmazonSQSFullAccess")
        self.assertEqual(s.actions(), {'aws_iam_role_policy_attachment.a["AmazonSQSFullAccess"]': ["create"]})
        self.applies_and_settles(s)

    def test_the_document_of_a_version_is_read_once(self):
        s = self.stack(POLICY % "Deny")
        self.assertEqual(self.asked("GetPolicyVersion", lambda: self.applies_and_settles(s)), 0)
        s.write("main.tf", POLICY % "Allow")
        self.assertEqual(s.actions(), {"aws_iam_policy.p": ["update"]})
        self.assertEqual(self.asked("GetPolicyVersion", lambda: self.applies_and_settles(s)), 0)

    def test_another_version_in_force_is_drift(self):
        s = self.stack(POLICY % "Deny")
        self.applies_and_settles(s)
        s.write("main.tf", POLICY % "Allow")
        self.applies_and_settles(s)
        arn = s.state()["aws_iam_policy.p"]["arn"]
        moto().aws("iam").set_default_policy_version(PolicyArn=arn, VersionId="v1")
        self.assertEqual(s.actions(), {"aws_iam_policy.p": ["update"]})
        self.applies_and_settles(s)

    def test_a_policy_that_others_made_anew_is_drift_though_its_version_is_called_the_same(self):
        s = self.stack(POLICY % "Deny")
        self.applies_and_settles(s)
        iam = moto().aws("iam")
        iam.delete_policy(PolicyArn=s.state()["aws_iam_policy.p"]["arn"])
        iam.create_policy(PolicyName=f"{s.prefix}-p", PolicyDocument=STRAY)
        self.assertEqual(s.actions(), {"aws_iam_policy.p": ["update"]})
        self.applies_and_settles(s)

    def test_a_document_that_state_was_given_by_others_is_not_taken_for_the_one_that_was_read(self):
        s = self.stack(POLICY % "Deny")
        self.applies_and_settles(s)
        state = s.dir / "terraform.tfstate"
        state.write_text(state.read_text().replace("Deny", "Allow"))
        s.write("main.tf", POLICY % "Allow")
        self.assertEqual(s.actions(), {"aws_iam_policy.p": ["update"]})
        self.applies_and_settles(s)


if __name__ == "__main__":
    main()
