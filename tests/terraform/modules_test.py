#!/usr/bin/env python3
"""`tenon modules`: modules as others publish them, which ask for hashicorp/aws >= 6.28, run unchanged on this provider.

The modules here are ours, and use what the public ones for Karpenter, queues, roles and service accounts use."""
import json
import subprocess

from harness import ACCOUNT, BINARY, REGION, TestCase, main, moto

VERSIONS = """
terraform {
  required_version = ">= 1.5.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28"
    }
  }
}
"""
QUEUE = VERSIONS + """
variable "name" { type = string }
variable "create" { default = true }
variable "create_dlq" { default = false }
variable "region" { default = null }
variable "fifo" { default = false }
variable "statements" {
  type    = any
  default = {}
}
variable "tags" { default = {} }

data "aws_caller_identity" "current" { count = var.create ? 1 : 0 }
data "aws_partition" "current" { count = var.create ? 1 : 0 }
data "aws_region" "current" {
  count  = var.create ? 1 : 0
  region = var.region
}

locals {
  name = try(trimsuffix(var.name, ".fifo"), "")
}

resource "aws_sqs_queue" "this" {
  count                       = var.create ? 1 : 0
  region                      = var.region
  name                        = var.fifo ? "${local.name}.fifo" : local.name
  fifo_queue                  = var.fifo ? true : null
  content_based_deduplication = var.fifo ? true : null
  kms_master_key_id           = null
  max_message_size            = 1048576
  message_retention_seconds   = 1209600
  sqs_managed_sse_enabled     = true
  tags                        = merge({ Module = "queue" }, var.tags)

  lifecycle {
    ignore_changes = [redrive_policy]
  }
}

data "aws_iam_policy_document" "this" {
  count = var.create && length(var.statements) > 0 ? 1 : 0

  dynamic "statement" {
    for_each = var.statements
    content {
      sid       = try(statement.value.sid, statement.key)
      actions   = try(statement.value.actions, null)
      effect    = try(statement.value.effect, null)
      resources = [try(aws_sqs_queue.this[0].arn, null)]

      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.conditions, [])
        content {
          test     = condition.value.test
          values   = condition.value.values
          variable = condition.value.variable
        }
      }
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  count     = var.create && length(var.statements) > 0 ? 1 : 0
  region    = var.region
  queue_url = aws_sqs_queue.this[0].url
  policy    = data.aws_iam_policy_document.this[0].json
}

resource "aws_sqs_queue" "dlq" {
  count      = var.create && var.create_dlq ? 1 : 0
  region     = var.region
  name       = var.fifo ? "${local.name}-dlq.fifo" : "${local.name}-dlq"
  fifo_queue = var.fifo ? true : null
}

resource "aws_sqs_queue_redrive_policy" "this" {
  count     = var.create && var.create_dlq ? 1 : 0
  region    = var.region
  queue_url = aws_sqs_queue.this[0].url
  redrive_policy = jsonencode(merge({
    deadLetterTargetArn = aws_sqs_queue.dlq[0].arn
    maxReceiveCount     = 5
  }, {}))
}

resource "aws_sqs_queue_redrive_allow_policy" "dlq" {
  count     = var.create && var.create_dlq ? 1 : 0
  region    = var.region
  queue_url = aws_sqs_queue.dlq[0].url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[0].arn]
  })
}

output "arn" { value = try(aws_sqs_queue.this[0].arn, null) }
output "url" { value = try(aws_sqs_queue.this[0].url, null) }
output "where" { value = try("${data.aws_partition.current[0].id}/${data.aws_caller_identity.current[0].account_id}/${data.aws_region.current[0].region}", null) }
"""
NODES = VERSIONS + """
variable "cluster_name" { type = string }
variable "namespace" { default = "kube-system" }
variable "service_account" { default = "karpenter" }
variable "region" { default = null }
variable "queue_arn" { type = string }
variable "queue_name" { type = string }
variable "policies" {
  type    = map(string)
  default = {}
}
variable "create_profile" { default = true }
variable "tags" { default = {} }

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" { region = var.region }
data "aws_service_principal" "ec2" { service_name = "ec2" }

locals {
  events = {
    health = {
      name          = "HealthEvent"
      description   = "AWS health event"
      event_pattern = { source = ["aws.health"], detail-type = ["AWS Health Event"] }
    }
    spot = {
      name          = "SpotInterrupt"
      description   = "EC2 spot instance interruption warning"
      event_pattern = { source = ["aws.ec2"], detail-type = ["EC2 Spot Instance Interruption Warning"] }
    }
  }
}

data "aws_iam_policy_document" "pods" {
  statement {
    sid     = "PodIdentity"
    effect  = "Allow"
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "controller" {
  name_prefix           = "${var.cluster_name}-ctl-"
  description           = "Controller of ${var.cluster_name}"
  assume_role_policy    = data.aws_iam_policy_document.pods.json
  force_detach_policies = true
  tags                  = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "controller" {
  source_policy_documents = [jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Pricing", Effect = "Allow", Action = "pricing:GetProducts", Resource = "*" }]
  })]
  statement {
    sid       = "Interruption"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = [var.queue_arn]
  }
  statement {
    sid       = "PassRole"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.node.arn]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = distinct([data.aws_service_principal.ec2.name, "ec2.amazonaws.com"])
    }
  }
}

resource "aws_iam_policy" "controller" {
  name_prefix = "${var.cluster_name}-ctl-"
  path        = "/"
  policy      = data.aws_iam_policy_document.controller.json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "controller" {
  role       = aws_iam_role.controller.name
  policy_arn = aws_iam_policy.controller.arn
}

resource "aws_iam_role_policy" "controller" {
  name   = "more"
  role   = aws_iam_role.controller.name
  policy = data.aws_iam_policy_document.controller.json
}

resource "aws_eks_pod_identity_association" "controller" {
  region          = var.region
  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.controller.arn
  tags            = var.tags
}

data "aws_iam_policy_document" "node" {
  statement {
    sid     = "EKSNodeAssumeRole"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.ec2.name]
    }
  }
}

resource "aws_iam_role" "node" {
  name               = "${var.cluster_name}-node"
  assume_role_policy = data.aws_iam_policy_document.node.json
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = merge({
    for k, v in {
      AmazonEKSWorkerNodePolicy          = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonEKSWorkerNodePolicy"
      AmazonEC2ContainerRegistryReadOnly = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
    } : k => v if v != null
  }, var.policies)
  policy_arn = each.value
  role       = aws_iam_role.node.name
}

resource "aws_eks_access_entry" "node" {
  region        = var.region
  cluster_name  = var.cluster_name
  principal_arn = aws_iam_role.node.arn
  type          = "EC2_LINUX"
  depends_on    = [aws_iam_role_policy_attachment.node]
}

resource "aws_iam_instance_profile" "this" {
  count = var.create_profile ? 1 : 0
  name  = "${var.cluster_name}-node"
  path  = "/"
  role  = aws_iam_role.node.name
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each      = { for k, v in local.events : k => v if true }
  region        = var.region
  name_prefix   = "Karp${each.value.name}-"
  description   = each.value.description
  event_pattern = jsonencode(each.value.event_pattern)
  tags          = merge({ ClusterName = var.cluster_name }, var.tags)
}

resource "aws_cloudwatch_event_target" "this" {
  for_each  = { for k, v in local.events : k => v if true }
  region    = var.region
  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "KarpenterInterruptionQueueTarget"
  arn       = var.queue_arn
}

output "role" { value = aws_iam_role.node.arn }
output "where" { value = "${data.aws_region.current.region}/${data.aws_caller_identity.current.account_id}" }
"""
IDENTITIES = VERSIONS + """
variable "url" { type = string }
variable "name" { type = string }
variable "service_accounts" { default = ["default:app"] }

resource "aws_iam_openid_connect_provider" "this" {
  url             = var.url
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["1234567890123456789012345678901234567890"]
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = toset([aws_iam_openid_connect_provider.this.arn])
    content {
      effect  = "Allow"
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [statement.value]
      }
      condition {
        test     = "StringEquals"
        variable = "${replace(statement.value, "/^(.*provider/)/", "")}:sub"
        values   = [for sa in var.service_accounts : "system:serviceaccount:${sa}"]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 7200
  permissions_boundary = null
}

output "arn" { value = aws_iam_role.this.arn }
"""
BALANCERS = VERSIONS + """
data "aws_elb_service_account" "main" {}
resource "aws_lb" "x" {
  name = "x"
}
"""
ROOT = """
module "queue" {
  source     = "./modules/queue"
  name       = "PREFIX-q"
  create_dlq = DLQ
  statements = {
    events = {
      actions    = ["sqs:SendMessage"]
      principals = [{ type = "Service", identifiers = ["events.amazonaws.com", "sqs.amazonaws.com"] }]
    }
    tls = {
      effect     = "Deny"
      actions    = ["sqs:*"]
      principals = [{ type = "AWS", identifiers = ["*"] }]
      conditions = [{ test = "Bool", variable = "aws:SecureTransport", values = ["false"] }]
    }
  }
}
module "nodes" {
  source       = "./modules/nodes"
  cluster_name = "PREFIX-c"
  queue_arn    = module.queue.arn
  queue_name   = "PREFIX-q"
}
module "identities" {
  source = "./modules/identities"
  url    = "https://PREFIX.example.com/id"
  name   = "PREFIX-app"
}
output "where" { value = "${module.queue.where} ${module.nodes.where}" }
"""


class Modules(TestCase):
    def stack(self):
        s = super().stack(ROOT.replace("DLQ", "true"))
        for name, text in {"queue": QUEUE, "nodes": NODES, "identities": IDENTITIES}.items():
            s.write(f"modules/{name}/main.tf", text)
        # As a user writes it who never heard of us.
        s.write("_provider.tf", (s.dir / "_provider.tf").read_text().replace("oko-investments/tenon", "hashicorp/aws"))
        moto().aws("eks").create_cluster(name=s.prefix + "-c", roleArn=f"arn:aws:iam::{ACCOUNT}:role/c", resourcesVpcConfig={})
        self.addCleanup(moto().aws("eks").delete_cluster, name=s.prefix + "-c")
        return s

    def modules(self, s, *words):
        return subprocess.run([BINARY.parent / "tenon", "modules", *words, str(s.dir)], capture_output=True, text=True)

    def test_modules_run_unchanged_through_their_life(self):
        s = self.stack()
        done = self.modules(s)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.ok(s.run("get"))
        self.ok(s.validate())
        self.applies_and_settles(s)
        outputs = json.loads(s.run("output", "-json").out)
        self.assertEqual(outputs["where"]["value"], f"aws/{ACCOUNT}/{REGION} {REGION}/{ACCOUNT}")
        s.write("main.tf", ROOT.replace("DLQ", "false"))
        self.assertEqual(sorted(set(map(tuple, s.actions().values()))), [("delete",)])
        self.applies_and_settles(s)
        self.ok(s.destroy())
        self.assertEqual(moto().get(f"/tenon/leftovers?prefix={s.prefix}"), [])

    def test_what_is_missing_is_named_and_nothing_is_written_over(self):
        s = self.stack()
        s.write("modules/balancers/main.tf", BALANCERS)
        s.write("modules/theirs/main.tf", VERSIONS)
        foreign = s.write("modules/theirs/tenon_override.tf", "# mine\n")
        s.write("modules/open/main.tf", 'resource "x" {\n')
        found = self.modules(s, "--check", "--output", "json")
        self.assertEqual(found.returncode, 1)  # there are some that cannot be read
        states = {m["folder"]: (m["state"], m["missing"]) for m in json.loads(found.stdout)["modules"]}
        self.assertEqual(states, {".": ("ready", []), "modules/balancers": ("keeps", ["aws_lb", "data.aws_elb_service_account"]),
                                  "modules/identities": ("ready", []), "modules/nodes": ("ready", []), "modules/open": ("broken", []),
                                  "modules/queue": ("ready", []), "modules/theirs": ("broken", [])})
        self.assertEqual(list(s.dir.rglob("tenon_override.tf")), [foreign])
        self.assertIn("data.aws_elb_service_account", self.modules(s).stdout)
        self.assertEqual(foreign.read_text(), "# mine\n")
        written = set(s.dir.rglob("tenon_override.tf")) - {foreign}
        self.assertEqual({str(p.parent.relative_to(s.dir)) for p in written}, {".", "modules/identities", "modules/nodes", "modules/queue"})
        self.assertIn('source = "oko-investments/aws"', (s.dir / "tenon_override.tf").read_text())
        s.write("modules/queue/pool.tf", 'resource "tenon_node_pool" "p" {}\n')
        self.modules(s)
        self.assertIn('source = "oko-investments/tenon"', (s.dir / "tenon_override.tf").read_text())
        self.modules(s, "--remove")
        self.assertEqual(list(s.dir.rglob("tenon_override.tf")), [foreign])

    def test_wrong_usage_says_what_is_allowed(self):
        tenon = BINARY.parent / "tenon"
        for words, text in (([], "one FOLDER"), (["a", "b"], "one FOLDER"), (["--check", "--remove", "."], "not both")):
            done = subprocess.run([tenon, "modules", *words], capture_output=True, text=True)
            self.assertEqual(done.returncode, 64)
            self.assertIn(text, done.stderr)
        done = subprocess.run([tenon, "modules", "/nowhere"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot read /nowhere", done.stderr)


if __name__ == "__main__":
    main()
