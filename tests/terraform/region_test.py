#!/usr/bin/env python3
"""`region` on what is in a region, as hashicorp/aws 6 has it, and state of hashicorp/aws 5, which has none."""
import json

from harness import ACCOUNT, REGION, TestCase, main, moto

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


if __name__ == "__main__":
    main()
