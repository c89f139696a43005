#!/usr/bin/env python3
"""Terraform's own ways with resources, over all eight types in one stack: lifecycle, moves, imports, the plan's modes."""
import json
import re

from harness import TestCase, main, moto

TRUST = 'jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })'
ALL = """
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = TRUST
  description        = "d"
  LIFE
}
resource "aws_iam_policy" "p" {
  name   = "PREFIX-p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
  LIFE
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
  LIFE
}
resource "aws_iam_instance_profile" "i" {
  name = "PREFIX-i"
  role = aws_iam_role.r.name
  LIFE
}
resource "aws_sqs_queue" "q" {
  name          = "PREFIX-q"
  delay_seconds = 5
  LIFE
}
resource "aws_sqs_queue_policy" "qp" {
  queue_url = aws_sqs_queue.q.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }] })
  LIFE
}
resource "aws_cloudwatch_event_rule" "e" {
  name                = "PREFIX-e"
  schedule_expression = "rate(5 minutes)"
  LIFE
}
resource "aws_cloudwatch_event_target" "t" {
  rule      = aws_cloudwatch_event_rule.e.name
  target_id = "t"
  arn       = aws_sqs_queue.q.arn
  LIFE
}
""".replace("TRUST", TRUST)
ADDRESSES = ["aws_iam_role.r", "aws_iam_policy.p", "aws_iam_role_policy_attachment.a", "aws_iam_instance_profile.i", "aws_sqs_queue.q",
             "aws_sqs_queue_policy.qp", "aws_cloudwatch_event_rule.e", "aws_cloudwatch_event_target.t"]


def all_types(life=""):
    return ALL.replace("  LIFE\n", f"  {life}\n" if life else "")


class Lifecycle(TestCase):
    def everything(self, source=None):
        s = self.stack(source or all_types())
        s.write("_provider.tf", s.provider())
        self.applies_and_settles(s)
        return s

    def identities(self, s):
        state = s.state()
        name = lambda a: state[a]["id"]
        return {a: {"aws_iam_role_policy_attachment.a": f'{s.prefix}-r/{name("aws_iam_policy.p")}',
                    "aws_cloudwatch_event_target.t": f"{s.prefix}-e/t"}.get(a, name(a)) for a in ADDRESSES}

    def test_replace_and_taint_make_each_type_anew(self):
        s = self.everything()
        for address in ("aws_iam_role_policy_attachment.a", "aws_cloudwatch_event_target.t", "aws_sqs_queue_policy.qp"):
            self.ok(s.run("taint", address))
        self.ok(s.apply("-replace=aws_iam_instance_profile.i"))
        self.no_changes(s)
        self.ok(s.apply(*[f"-replace={a}" for a in ADDRESSES if a != "aws_sqs_queue.q"]))
        self.no_changes(s)
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])

    def test_the_new_may_come_before_the_old_goes(self):
        life = "lifecycle {\n    create_before_destroy = true\n  }"
        source = all_types(life).replace('name               = "PREFIX-r"', 'name_prefix        = "PREFIX-one-"').replace('name   = "PREFIX-p"', 'name_prefix = "PREFIX-one-"')
        s = self.everything(source)
        before = s.state()
        s.write("main.tf", source.replace("PREFIX-one-", "PREFIX-two-"))
        self.assertEqual(s.actions()["aws_iam_role.r"], ["create", "delete"])
        self.applies_and_settles(s)
        after = s.state()
        self.assertNotEqual(before["aws_iam_role.r"]["id"], after["aws_iam_role.r"]["id"])
        self.assertEqual(moto().aws("iam").get_instance_profile(InstanceProfileName=f"{s.prefix}-i")["InstanceProfile"]["Roles"][0]["RoleName"], after["aws_iam_role.r"]["id"])

    def test_what_is_protected_or_ignored_stays(self):
        s = self.everything(all_types("lifecycle {\n    prevent_destroy = true\n  }"))
        self.refused(s.destroy(), "prevent_destroy")
        s.write("main.tf", all_types("lifecycle {\n    ignore_changes = all\n  }"))
        queue = s.state()["aws_sqs_queue.q"]["id"]
        moto().aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "9"})
        moto().aws("events").put_rule(Name=f"{s.prefix}-e", ScheduleExpression="rate(1 day)")
        self.no_changes(s)

    def test_moved_and_removed_blocks_touch_nothing_remote(self):
        s = self.everything()
        moved = all_types()
        for address in ADDRESSES:
            type_name, label = address.split(".")
            moved = moved.replace(f'"{type_name}" "{label}"', f'"{type_name}" "new_{label}"').replace(f"{type_name}.{label}.", f"{type_name}.new_{label}.")
        blocks = "".join(f"moved {{\n  from = {a}\n  to = {a.replace('.', '.new_')}\n}}\n" for a in ADDRESSES)
        s.write("main.tf", moved + blocks)
        self.assertEqual(s.actions(), {})
        self.ok(s.apply())
        self.assertEqual(sorted(s.state()), sorted(a.replace(".", ".new_") for a in ADDRESSES))
        s.write("main.tf", "".join(f"removed {{\n  from = {a.replace('.', '.new_')}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n" for a in ADDRESSES))
        self.ok(s.apply())
        self.assertEqual(s.state(), {})
        self.assertNotEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])
        # Back they come, by import blocks, and go.
        s.write("main.tf", all_types())
        queue = moto().aws("sqs").get_queue_url(QueueName=f"{s.prefix}-q")["QueueUrl"]
        ids = {"aws_iam_role.r": "PREFIX-r", "aws_iam_policy.p": "arn:aws:iam::123456789012:policy/PREFIX-p", "aws_iam_role_policy_attachment.a": "PREFIX-r/arn:aws:iam::123456789012:policy/PREFIX-p",
               "aws_iam_instance_profile.i": "PREFIX-i", "aws_sqs_queue.q": queue, "aws_sqs_queue_policy.qp": queue, "aws_cloudwatch_event_rule.e": "PREFIX-e", "aws_cloudwatch_event_target.t": "PREFIX-e/t"}
        s.write("imports.tf", "".join(f'import {{\n  to = {a}\n  id = "{i}"\n}}\n' for a, i in ids.items()))
        self.assertEqual(s.actions(), {})
        self.applies_and_settles(s)

    def test_terraform_writes_the_configuration_of_what_it_imports(self):
        s = self.everything()
        ids = self.identities(s)
        new = self.stack("")
        new.write("_provider.tf", s.provider())
        new.write("imports.tf", "".join(f'import {{\n  to = {a}\n  id = "{i}"\n}}\n' for a, i in ids.items()))
        result = new.plan("-generate-config-out=made.tf")
        made = (new.dir / "made.tf").read_text()
        # A rule's state and is_enabled say the same and may not both be written; hashicorp/aws has that fault too.
        self.assertIn("is_enabled", result.flat)
        # Terraform writes the last part of the provider's address where its local name belongs.
        new.write("made.tf", re.sub(r"\n\s+(is_enabled\s+= true|provider\s+= tenon)", "", made))
        again = new.plan("-out=plan.bin")
        self.assertIn(again.code, (0, 2), again.text)
        shown = json.loads(new.run("show", "-json", "plan.bin").out)
        self.assertEqual([c["address"] for c in shown["resource_changes"] if c["change"]["actions"] != ["no-op"]], [])

    def test_under_the_address_that_ends_in_aws_it_names_no_other_provider(self):
        s = self.everything()
        ids = self.identities(s)
        del ids["aws_cloudwatch_event_rule.e"]  # state and is_enabled, as above
        new = self.stack("")
        new.write("_provider.tf", s.provider().replace("oko-investments/tenon", "oko-investments/aws"))
        new.write("imports.tf", "".join(f'import {{\n  to = {a}\n  id = "{i}"\n}}\n' for a, i in ids.items()))
        self.ok(new.run("plan", "-input=false", "-generate-config-out=made.tf"))
        self.assertEqual(new.actions(), {})

    def test_texts_that_nobody_set_are_empty_in_state_as_hashicorp_aws_has_them(self):
        empty = {"aws_iam_role.r": ["name_prefix", "permissions_boundary"],
                 "aws_iam_policy.p": ["description", "name_prefix"],
                 "aws_iam_instance_profile.i": ["name_prefix"],
                 "aws_sqs_queue.q": ["deduplication_scope", "fifo_throughput_limit", "kms_master_key_id", "name_prefix",
                                     "policy", "redrive_allow_policy", "redrive_policy"],
                 "aws_cloudwatch_event_rule.e": ["description", "name_prefix", "role_arn"],
                 "aws_cloudwatch_event_target.t": ["input", "input_path", "role_arn"]}
        found = lambda state: {a: sorted(k for k, v in values.items() if v == "") for a, values in state.items() if a in empty}
        # In a template null would be an error.
        s = self.stack(all_types() + 'output "prefix" {\n  value = "<${aws_iam_policy.p.name_prefix}>"\n}\n')
        self.applies_and_settles(s)
        self.assertEqual(found(s.state()), empty)
        ids = self.identities(s)
        for address in empty:
            self.ok(s.run("state", "rm", address))
        s.write("import.tf", "".join(f'import {{\n  to = {a}\n  id = "{ids[a]}"\n}}\n' for a in empty))
        self.applies_and_settles(s)
        empty["aws_sqs_queue.q"].remove("policy")  # aws_sqs_queue_policy has set one meanwhile
        self.assertEqual(found(s.state()), empty)

    def test_what_a_block_leaves_out_and_an_empty_map_are_stored_as_hashicorp_aws_stores_them(self):
        s = self.stack("""
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = TRUST
  tags               = {}
}
resource "aws_cloudwatch_event_rule" "e" {
  name                = "PREFIX-e"
  schedule_expression = "rate(5 minutes)"
}
resource "aws_cloudwatch_event_target" "t" {
  rule     = aws_cloudwatch_event_rule.e.name
  arn      = "arn:aws:redshift:us-east-1:123456789012:cluster:c"
  role_arn = aws_iam_role.r.arn
  redshift_target {
    database = "db"
    sql      = "SELECT 1"
  }
}
""".replace("TRUST", TRUST))
        self.applies_and_settles(s)
        self.assertIsNone(s.state()["aws_iam_role.r"]["tags"])
        self.assertEqual(s.state()["aws_cloudwatch_event_target.t"]["redshift_target"],
                         [{"database": "db", "db_user": "", "secrets_manager_arn": "", "sql": "SELECT 1", "statement_name": "",
                           "with_event": False}])
        self.ok(s.apply("-refresh-only"))
        self.no_changes(s)

    def test_the_modes_of_a_plan(self):
        s = self.everything()
        queue = s.state()["aws_sqs_queue.q"]["id"]
        moto().aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "9"})
        self.assertEqual(s.plan("-refresh=false").code, 0)
        refreshed = s.plan("-refresh-only")
        self.assertEqual(refreshed.code, 2, refreshed.text)
        self.assertIn("delay_seconds", refreshed.text)
        self.ok(s.apply("-refresh-only"))
        self.assertEqual(s.state()["aws_sqs_queue.q"]["delay_seconds"], 9)
        self.assertEqual(s.actions(), {"aws_sqs_queue.q": ["update"]})
        self.applies_and_settles(s)
        settled = s.plan("-refresh-only")
        self.assertIn("No changes.", settled.text)
        gone = s.plan("-destroy", "-out=plan.bin")
        self.assertEqual(gone.code, 2, gone.text)
        shown = json.loads(s.run("show", "-json", "plan.bin").out)
        self.assertEqual({c["address"]: c["change"]["actions"] for c in shown["resource_changes"]}, {a: ["delete"] for a in ADDRESSES})
        self.ok(s.run("apply", "-input=false", "plan.bin"))
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])

    def test_all_that_is_made_is_of_unknown_name_and_settles(self):
        source = all_types().replace('name   = "PREFIX-p"', 'name   = "PREFIX-${aws_iam_role.r.unique_id}"').replace('name          = "PREFIX-q"', 'name          = "PREFIX-${aws_iam_policy.p.policy_id}"') \
            .replace('name                = "PREFIX-e"', 'name                = "PREFIX-${aws_iam_policy.p.policy_id}"\n  description = aws_sqs_queue.q.arn\n  tags = { queue = aws_sqs_queue.q.url }') \
            .replace('target_id = "t"', 'target_id = aws_iam_policy.p.policy_id\n  input = jsonencode({ queue = aws_sqs_queue.q.arn })\n  dead_letter_config {\n    arn = aws_sqs_queue.q.arn\n  }')
        s = self.everything(source)
        rule = s.state()["aws_cloudwatch_event_rule.e"]
        self.assertEqual((rule["tags"], rule["tags_all"]), ({"queue": s.state()["aws_sqs_queue.q"]["url"]},) * 2)


if __name__ == "__main__":
    main()
