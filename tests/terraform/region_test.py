#!/usr/bin/env python3
"""`region` on what is in a region, as hashicorp/aws 6 has it, and state of hashicorp/aws 5, which has none."""
import json
import unittest

from harness import ACCOUNT, REGION, TestCase, knows_identities, main, moto

# Everything that is in a region, in one that is not the provider's.
STACK = '''
locals { region = %s }
resource "aws_sqs_queue" "q" {
  name   = "PREFIX-q"
  region = local.region
}
resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.url
  region    = local.region
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn }] })
}
resource "aws_cloudwatch_event_rule" "r" {
  name          = "PREFIX-r"
  region        = local.region
  event_pattern = jsonencode({ source = ["aws.ec2"] })
}
resource "aws_cloudwatch_event_target" "t" {
  rule      = aws_cloudwatch_event_rule.r.name
  region    = local.region
  target_id = "t"
  arn       = aws_sqs_queue.q.arn
}
'''
ADDRESSES = ["aws_cloudwatch_event_rule.r", "aws_cloudwatch_event_target.t", "aws_sqs_queue.q", "aws_sqs_queue_policy.q"]
ELSEWHERE = "eu-west-1"


def here(text):
    """The same stack without a word about regions."""
    return "\n".join(line for line in text.splitlines() if "region" not in line.split("=")[0] or "locals" in line) + "\n"


def queue_names(s, region):
    import boto3
    sqs = boto3.client("sqs", region_name=region, endpoint_url=moto().url, aws_access_key_id="test", aws_secret_access_key="test")
    return [url.rsplit("/", 1)[1] for url in sqs.list_queues(QueueNamePrefix=s.prefix).get("QueueUrls", [])]


class Region(TestCase):
    def test_a_stack_lives_in_another_region_than_the_providers_from_create_to_destroy(self):
        s = self.stack(STACK % json.dumps(ELSEWHERE))
        self.assertEqual(s.actions(), dict.fromkeys(ADDRESSES, ["create"]))
        shown = json.loads(s.run("show", "-json", "plan.bin").out)
        planned = {c["address"]: c["change"]["after"]["region"] for c in shown["resource_changes"]}
        self.assertEqual(planned, dict.fromkeys(ADDRESSES, ELSEWHERE))
        self.applies_and_settles(s)
        state = s.state()
        self.assertEqual(state["aws_sqs_queue.q"]["arn"], f"arn:aws:sqs:{ELSEWHERE}:{ACCOUNT}:{s.prefix}-q")
        self.assertEqual(state["aws_cloudwatch_event_rule.r"]["arn"], f"arn:aws:events:{ELSEWHERE}:{ACCOUNT}:rule/{s.prefix}-r")
        self.assertEqual((queue_names(s, ELSEWHERE), queue_names(s, REGION)), ([s.prefix + "-q"], []))
        self.ok(s.destroy())
        self.assertEqual(queue_names(s, ELSEWHERE), [])

    def test_silent_it_is_the_providers_and_taken_out_again_it_stays(self):
        s = self.stack(here(STACK % '""'))
        self.applies_and_settles(s)
        self.assertEqual({s.state()[a]["region"] for a in ADDRESSES}, {REGION})
        s.write("main.tf", STACK % json.dumps(REGION))
        self.no_changes(s)
        s.write("main.tf", here(STACK % '""'))
        self.no_changes(s)

    def test_another_region_replaces(self):
        s = self.stack(STACK % json.dumps(REGION))
        self.applies_and_settles(s)
        s.write("main.tf", STACK % json.dumps(ELSEWHERE))
        self.assertEqual(s.actions(), dict.fromkeys(ADDRESSES, ["delete", "create"]))
        self.applies_and_settles(s)
        self.assertEqual((queue_names(s, ELSEWHERE), queue_names(s, REGION)), ([s.prefix + "-q"], []))

    def test_what_is_there_stays_where_it_is_when_the_provider_moves(self):
        s = self.stack(here(STACK % '""'))
        self.applies_and_settles(s)
        s.write("_provider.tf", s.provider().replace(f'"{REGION}"', f'"{ELSEWHERE}"'))
        self.no_changes(s)
        self.ok(s.destroy())
        self.assertEqual(queue_names(s, REGION), [])

    def test_state_of_hashicorp_aws_5_is_adopted_without_a_plan(self):
        s = self.stack(here(STACK % '""'))
        self.applies_and_settles(s)
        path = s.dir / "terraform.tfstate"
        state = json.loads(path.read_text())
        for r in state["resources"]:
            for i in r["instances"]:
                del i["attributes"]["region"]
                i.pop("private", None)
        path.write_text(json.dumps(state))
        self.assertEqual(s.actions("-refresh=false"), {})
        self.no_changes(s)
        self.ok(s.apply("-refresh-only"))
        self.assertEqual({s.state()[a]["region"] for a in ADDRESSES}, {REGION})

    def test_imports_by_an_id_that_says_where(self):
        s = self.stack(STACK % json.dumps(ELSEWHERE))
        self.applies_and_settles(s)
        url = s.state()["aws_sqs_queue.q"]["url"]
        ids = {"aws_sqs_queue.q": url, "aws_sqs_queue_policy.q": url, "aws_cloudwatch_event_rule.r": f"{s.prefix}-r",
               "aws_cloudwatch_event_target.t": f"{s.prefix}-r/t"}
        for address, id in ids.items():
            self.ok(s.run("state", "rm", address))
            self.ok(s.run("import", address, f"{id}@{ELSEWHERE}"))
        self.no_changes(s)

    def test_a_region_of_another_partition_is_refused_at_plan(self):
        s = self.stack(STACK % '"cn-north-1"')
        result = s.run("plan", "-no-color")
        self.assertEqual(result.code, 1)
        self.assertIn("partition aws-cn", result.flat)


# Everything that has an identity, and what it is: in order of what needs what.
ALL = STACK % json.dumps(ELSEWHERE) + '''
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_policy" "p" {
  name   = "PREFIX-p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "s3:*", Effect = "Deny", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_iam_instance_profile" "i" {
  name = "PREFIX-i"
  role = aws_iam_role.r.name
}
resource "aws_iam_openid_connect_provider" "o" {
  url             = "https://PREFIX.example.com"
  client_id_list  = ["a"]
  thumbprint_list = ["%s"]
}
resource "aws_iam_service_linked_role" "l" {
  aws_service_name = "PREFIX.amazonaws.com"
}
resource "aws_cloudwatch_event_bus" "b" {
  name   = "PREFIX-b"
  region = local.region
}
resource "aws_cloudwatch_event_permission" "p" {
  statement_id = "PREFIX-s"
  principal    = "111111111111"
  region       = local.region
}
resource "aws_sqs_queue" "d" {
  name   = "PREFIX-d"
  region = local.region
}
resource "aws_sqs_queue_redrive_policy" "q" {
  queue_url      = aws_sqs_queue.q.url
  region         = local.region
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.d.arn, maxReceiveCount = 3 })
}
resource "aws_sqs_queue_redrive_allow_policy" "d" {
  queue_url            = aws_sqs_queue.d.url
  region               = local.region
  redrive_allow_policy = jsonencode({ redrivePermission = "allowAll" })
}
''' % ("a" * 40)


def identities(prefix, state):
    url, arn, here = state["aws_sqs_queue.q"]["url"], state["aws_iam_policy.p"]["arn"], {"account_id": ACCOUNT}
    there = dict(here, region=ELSEWHERE)
    return {
        "aws_sqs_queue.q": {"url": url},
        "aws_sqs_queue_policy.q": {"queue_url": url},
        "aws_cloudwatch_event_rule.r": dict(there, name=f"{prefix}-r"),
        "aws_cloudwatch_event_target.t": dict(there, event_bus_name="default", rule=f"{prefix}-r", target_id="t"),
        "aws_iam_role.r": dict(here, name=f"{prefix}-r"),
        "aws_iam_policy.p": {"arn": arn},
        "aws_iam_role_policy_attachment.a": dict(here, role=f"{prefix}-r", policy_arn=arn),
        "aws_iam_instance_profile.i": dict(here, name=f"{prefix}-i"),
        "aws_iam_openid_connect_provider.o": {"arn": state["aws_iam_openid_connect_provider.o"]["arn"]},
        "aws_iam_service_linked_role.l": {"arn": state["aws_iam_service_linked_role.l"]["arn"]},
        "aws_cloudwatch_event_bus.b": dict(there, name=f"{prefix}-b"),
        "aws_cloudwatch_event_permission.p": dict(there, statement_id=f"{prefix}-s"),
        "aws_sqs_queue.d": {"url": state["aws_sqs_queue.d"]["url"]},
        "aws_sqs_queue_redrive_policy.q": {"queue_url": url},
        "aws_sqs_queue_redrive_allow_policy.d": {"queue_url": state["aws_sqs_queue.d"]["url"]},
    }


@unittest.skipUnless(knows_identities(), "Terraform knows identities from 1.12 on")
class Identity(TestCase):
    def stored(self, s):
        state = json.loads((s.dir / "terraform.tfstate").read_text())
        return {f'{r["type"]}.{r["name"]}': r["instances"][0].get("identity") for r in state["resources"]}

    def strip(self, s, change):
        path = s.dir / "terraform.tfstate"
        state = json.loads(path.read_text())
        for r in state["resources"]:
            change(r["instances"][0])
        path.write_text(json.dumps(state))

    def test_each_is_told_at_create_and_stays_through_refresh_update_and_replacement(self):
        s = self.stack(ALL)
        self.applies_and_settles(s)
        want = identities(s.prefix, s.state())
        self.assertEqual(self.stored(s), want)
        self.ok(s.apply("-refresh-only"))
        self.assertEqual(self.stored(s), want)
        s.write("main.tf", ALL.replace('"PREFIX-p"\n', '"PREFIX-p"\n  tags = { a = "1" }\n').replace('"PREFIX-i"', '"PREFIX-other"'))
        self.applies_and_settles(s)
        want["aws_iam_instance_profile.i"]["name"] = f"{s.prefix}-other"
        self.assertEqual(self.stored(s), want)

    def test_state_without_any_gets_them_with_the_next_refresh(self):
        s = self.stack(ALL)
        self.applies_and_settles(s)
        want = self.stored(s)

        def forget(instance):
            instance.pop("identity", None)
            instance.pop("identity_schema_version", None)
        self.strip(s, forget)
        self.no_changes(s)
        self.ok(s.apply("-refresh-only"))
        self.assertEqual(self.stored(s), want)

    def test_a_queue_of_the_first_version_keeps_its_url_alone(self):
        s = self.stack(ALL)
        self.applies_and_settles(s)
        want = self.stored(s)

        def age(instance):
            if instance["identity_schema_version"] == 1:
                instance["identity_schema_version"] = 0
                instance["identity"].update(account_id=ACCOUNT, region=ELSEWHERE)
        self.strip(s, age)
        self.no_changes(s)
        self.ok(s.apply("-refresh-only"))
        self.assertEqual(self.stored(s), want)

    def test_import_blocks_by_identity_plan_empty(self):
        # A queue's URL says where it is, but for that of a stand-in.
        s = self.stack(ALL.replace(json.dumps(ELSEWHERE), json.dumps(REGION)))
        self.applies_and_settles(s)
        want = self.stored(s)
        blocks = ""
        for address, identity in want.items():
            self.ok(s.run("state", "rm", address))
            blocks += f"import {{\n  to = {address}\n  identity = {json.dumps({k: v for k, v in identity.items() if k != 'account_id'})}\n}}\n"
        s.write("imports.tf", blocks)
        self.assertEqual(s.actions(), {})
        self.ok(s.apply())
        self.assertEqual(self.stored(s), want)
        s.write("imports.tf", "")
        self.no_changes(s)

    def test_an_identity_of_another_account_is_refused(self):
        s = self.stack(ALL.split('resource "aws_iam_policy"')[0].split("\'\'\'")[-1])
        s.write("imports.tf", 'import {\n  to = aws_iam_role.r\n  identity = { name = "x", account_id = "999999999999" }\n}\n')
        self.refused(s.plan(), "999999999999", ACCOUNT)


if __name__ == "__main__":
    main()
