#!/usr/bin/env python3
"""Interruptions under real terraform: the daemon and an apply against a queue that EventBridge's rules fill."""
import json

from harness import main, moto
from pools_test import PoolCase

# As the module that people bring has it: one rule with three detail types.
QUEUE = """
resource "aws_sqs_queue" "q" {
  name                      = "PREFIX-notices"
  message_retention_seconds = 300
}
resource "aws_cloudwatch_event_rule" "r" {
  name = "PREFIX-notices"
  event_pattern = jsonencode({
    source      = ["aws.ec2"]
    detail-type = [
      "EC2 Spot Instance Interruption Warning",
      "EC2 Instance Rebalance Recommendation",
      "EC2 Instance State-change Notification",
    ]
  })
}
resource "aws_cloudwatch_event_target" "t" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = aws_sqs_queue.q.arn
}
"""


class Interruptions(PoolCase):
    def spot_stack(self, queue="PREFIX-notices", engine="", more=QUEUE):
        s = self.pool_stack(extra=f', interruption_queue = "{queue}" {engine}', more=more)
        s.write("main.tf", (s.dir / "main.tf").read_text().replace('"on-demand"', '"spot"'))
        return s

    def nodes(self, s):
        return {n["instance_id"]: n for n in self.status(s)["nodes"] if n["instance_id"]}

    def messages(self, s):
        sqs = moto().aws("sqs")
        url = sqs.get_queue_url(QueueName=f"{s.prefix}-notices")["QueueUrl"]
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])

    def calls_of(self, s, operation):
        return [r for r in moto().get(f"/tenon/requests?match={s.cluster}") if r["operation"] == operation]

    def test_a_daemon_replaces_a_node_that_is_warned_before_it_goes(self):
        s = self.spot_stack()
        self.applies_and_settles(s)
        before = set(self.nodes(s))
        old = sorted(before)[0]
        pods = set(self.nodes(s)[old]["pods"])
        moved = lambda: {p for i, n in self.nodes(s).items() if i not in before for p in n["pods"]} >= pods
        daemon = self.start_daemon(s)
        try:
            launches = len(self.calls_of(s, "CreateFleet"))
            moto().call("POST", "/tenon/interrupt", {"instance_id": old, "after_seconds": 120})
            self.wait_until(lambda: old not in self.nodes(s) and moved())
            self.wait_until(lambda: self.messages(s) == 0)
        finally:
            self.stop_daemon(daemon)
        self.assertEqual(len(self.calls_of(s, "CreateFleet")), launches + 1)
        gone = [r for r in moto().get(f"/tenon/requests?match={old}") if r["operation"] == "TerminateInstances"]
        self.assertLess(self.calls_of(s, "CreateFleet")[-1]["time_ms"], gone[0]["time_ms"])
        self.assertGreaterEqual(self.status(s)["notices"]["ours"], 1)
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def test_what_cannot_be_read_is_deleted_and_a_neighbour_s_notice_is_left(self):
        s = self.spot_stack()
        self.applies_and_settles(s)
        sqs = moto().aws("sqs")
        url = sqs.get_queue_url(QueueName=f"{s.prefix}-notices")["QueueUrl"]
        self.wait_until(lambda: self.messages(s) == 0)
        neighbour = {"version": "0", "source": "aws.ec2", "detail-type": "EC2 Spot Instance Interruption Warning",
                     "account": "123456789012", "region": "us-east-1", "detail": {"instance-id": "i-0neighbour"}}
        for body in ("hello", "x" * 250_000, json.dumps({"source": "my.app", "detail-type": "Deployed"}),
                     json.dumps(neighbour)):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        daemon = self.start_daemon(s)
        try:
            self.wait_until(lambda: self.messages(s) == 1)
        finally:
            self.stop_daemon(daemon)
        self.assertEqual(self.messages(s), 1)

    def test_a_queue_that_is_missing_or_elsewhere_is_said_and_keeps_nothing_from_running(self):
        for queue, said in (("PREFIX-nowhere", "does not exist"),
                            ("https://sqs.eu-west-1.amazonaws.com/123456789012/q", "is in eu-west-1, the fleet in us-east-1")):
            s = self.spot_stack(queue=queue, more="")
            self.applies_and_settles(s)
            daemon = self.start_daemon(s)
            try:
                self.wait_until(lambda: said in self.status(s)["notices"]["problem"])
            finally:
                self.stop_daemon(daemon)

    def test_a_recommendation_moves_a_node_only_where_that_is_asked_for(self):
        s = self.spot_stack(engine=', rebalance_recommendation = "replace"')
        self.applies_and_settles(s)
        before = set(self.nodes(s))
        daemon = self.start_daemon(s)
        try:
            moto().call("POST", "/tenon/interrupt", {"instance_id": sorted(before)[0], "kind": "rebalance"})
            self.wait_until(lambda: sorted(before)[0] not in self.nodes(s))
        finally:
            self.stop_daemon(daemon)
        bad = self.spot_stack(engine=', rebalance_recommendation = "drain"')
        self.refused(bad.plan(), "rebalance_recommendation", "ignore", "replace")
        worse = self.spot_stack(queue="no such queue")
        self.refused(worse.plan(), "interruption_queue", "the name of a queue or its URL")


if __name__ == "__main__":
    main()
