#!/usr/bin/env python3
"""Data sources under real terraform, against what hashicorp/aws 5.100.0 said (policy-documents.json: 52 documents of its
making)."""
import json
import pathlib

from harness import ACCOUNT, TestCase, main, moto

SAMPLES = json.loads((pathlib.Path(__file__).resolve().parent / "policy-documents.json").read_text())


def documents():
    return "".join(f'data "aws_iam_policy_document" "{s["name"]}" {{\n{s["hcl"]}\n}}\n' for s in SAMPLES)


class PolicyDocuments(TestCase):
    def test_every_text_is_as_hashicorp_aws_writes_it(self):
        s = self.stack(documents())
        before = len(moto().get("/tenon/requests"))
        self.ok(s.apply())
        state = s.state()
        for sample in SAMPLES:
            with self.subTest(sample["name"]):
                got = state[f'data.aws_iam_policy_document.{sample["name"]}']
                self.assertEqual([got[k] for k in ("json", "minified_json", "id")],
                                 [sample[k] for k in ("json", "minified_json", "id")])
        asked = {r["operation"] for r in moto().get("/tenon/requests")[before:]}
        self.assertLessEqual(asked, {"GetCallerIdentity"})

    def test_what_cannot_be_is_refused_at_its_place(self):
        for body, texts in [
            ('statement {\n    sid = "a"\n    actions = ["s3:*"]\n  }\n  statement {\n    sid = "a"\n  }', ["two statements have the Sid \"a\""]),
            ('statement {\n    effect = "allow"\n  }', ["effect", "Allow", "Deny"]),
            ('version = "2020-01-01"', ["version", "2012-10-17"]),
            ('version = "2008-10-17"\n  statement {\n    resources = ["arn:aws:s3:::&{aws:username}"]\n  }', ["resources", "2008-10-17"]),
            ('source_policy_documents = ["{"]', ["source_policy_documents", "JSON"]),
            ('source_policy_documents = ["[]"]', ["source_policy_documents", "object"]),
            ('source_policy_documents = [jsonencode({ Statement = {} })]', ["Statement", "list"]),
            ('source_policy_documents = [jsonencode({ Statement = [{ Sid = "x" }] }), jsonencode({ Statement = [{ Sid = "x" }] })]', ["\"x\"", "twice"]),
            ('source_json = "{}"', ["source_json", "source_policy_documents"]),
            ('statement {\n    principals {\n      type = "AWS"\n    }\n  }', ["identifiers"]),
        ]:
            with self.subTest(body):
                s = self.stack(f'data "aws_iam_policy_document" "x" {{\n  {body}\n}}\n')
                self.refused(s.plan(), *texts)

    def test_a_policy_made_of_it_settles(self):
        s = self.stack('''
data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id, "arn:aws:iam::210987654321:root"]
    }
  }
}
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "late" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.r.arn]
  }
}
resource "aws_iam_policy" "p" {
  name   = "PREFIX-p"
  policy = data.aws_iam_policy_document.late.json
}
''')
        self.applies_and_settles(s)


class Facts(TestCase):
    def test_who_where_and_in_which_world(self):
        s = self.stack('data "aws_caller_identity" "x" {}\ndata "aws_partition" "x" {}\ndata "aws_region" "x" {}\n')
        self.ok(s.apply())
        state = s.state()
        who, where, world = (state[f"data.aws_{name}.x"] for name in ("caller_identity", "region", "partition"))
        self.assertEqual((who["account_id"], who["id"]), (ACCOUNT, ACCOUNT))
        self.assertTrue(who["arn"].startswith("arn:aws:"))
        self.assertTrue(who["user_id"])
        self.assertEqual(where, {"description": "US East (N. Virginia)", "endpoint": "ec2.us-east-1.amazonaws.com", "id": "us-east-1",
                                 "name": "us-east-1", "region": "us-east-1"})
        self.assertEqual(world, {"dns_suffix": "amazonaws.com", "id": "aws", "partition": "aws", "reverse_dns_prefix": "com.amazonaws"})

    def test_a_region_is_asked_for_by_name_or_by_endpoint(self):
        s = self.stack('data "aws_region" "a" {\n  name = "eu-west-1"\n}\ndata "aws_region" "b" {\n  region = "cn-north-1"\n}\n'
                       'data "aws_region" "c" {\n  endpoint = "ec2.us-gov-west-1.amazonaws.com"\n}\n')
        self.ok(s.apply())
        state = s.state()
        self.assertEqual([state[f"data.aws_region.{k}"]["description"] for k in "abc"], ["Europe (Ireland)", "China (Beijing)", "AWS GovCloud (US-West)"])
        self.assertEqual(state["data.aws_region.b"]["endpoint"], "ec2.cn-north-1.amazonaws.com.cn")
        for body, text in (('name = "eu-west-9"', "eu-west-9"), ('name = "eu-west-1"\n  region = "eu-west-1"', "both set"),
                           ('name = "eu-west-1"\n  endpoint = "ec2.eu-west-2.amazonaws.com"', "ec2.eu-west-2"), ('endpoint = "x"', "no such region")):
            self.refused(self.stack(f'data "aws_region" "x" {{\n  {body}\n}}\n').plan(), text)

    def test_an_unknown_data_source_is_named(self):
        self.refused(self.stack('data "aws_nothing" "x" {}\n').plan(), "aws_nothing")


if __name__ == "__main__":
    main()
