#!/usr/bin/env python3
"""Each AWS call of every create, update and delete of the aws_* types made to fail in turn, under real terraform.

A clean run records which calls a step of a type makes.  Every call times every kind of failure is then one copy of
the resource with that one fault planted on it, and all copies go through the same few terraform runs: apply with
faults, plan, apply without, plan.  What moto holds is read past its API and says what each plan must have said.
"""
import json
import re
import urllib.parse
import zipfile
import unittest
from collections import Counter
from functools import lru_cache

from harness import ACCOUNT, REGION, Stack, TestCase, main, moto

READS = ("Get", "List", "Describe")
# What one call can meet.  The provider tries each call once only (AWS_MAX_ATTEMPTS), so one failure is final.
ON_READS = {
    "refused": dict(status=403, code="AccessDenied", message="no"),
    "throttled": dict(status=400, code="Throttling", message="Rate exceeded"),
    "cut": dict(cut="before"),
    "garbage": dict(garbage=True),
}
ON_CHANGES = {
    **ON_READS,
    "cut after": dict(cut="after"),
    "garbage after": dict(garbage=True, after=True),
    "failed after": dict(status=500, code="InternalFailure", message="Oops", after=True),
    "silent after": dict(cut="after"),  # and nothing answers from then on
}


def document(*actions):
    return ('jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = %s, Resource = "*" }] })'
            % json.dumps(actions))


def trust(service):
    return ('jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", '
            'Principal = { Service = "%s.amazonaws.com" } }] })' % service)


def sends(action):
    return ('jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", '
            'Action = "sqs:%s", Resource = "*" }] })' % action)


MADE_UP = re.compile("terraform-[0-9]{18}[0-9a-f]{8}")
MANAGED = "arn:aws:iam::aws:policy/%s"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}


class Case:
    """A type, what is written in each step, what must be there before, and what moto holds of a copy."""

    def __init__(self, kind, type_, steps, base=None, before=None, held=lambda thing: thing):
        self.kind, self.type, self.steps = kind, type_, steps
        self.base, self.before, self.held_of = base, before or {}, held

    def body(self, step, keys):
        rows = self.steps[min(step, len(self.steps) - 1)]
        return (f'resource "{self.type}" "{self.kind}" {{\n  for_each = toset({json.dumps(keys)})\n{rows}\n}}\n')

    def address(self, key):
        return f'{self.type}.{self.kind}["{key}"]'

    def held(self, key, holdings):
        """Of each thing of that copy, its settings with the copy's name left out."""
        things = {name: self.held_of(thing) for name, thing in holdings.items() if name.partition("/")[2].startswith(key)}
        return [json.loads(MADE_UP.sub("made-up", json.dumps(thing).replace(name.partition("/")[2], "NAME").replace(key, "KEY")))
                for name, thing in sorted(things.items()) if thing]


def make_role(key):
    moto().aws("iam").create_role(RoleName=key, AssumeRolePolicyDocument=json.dumps(TRUST))


def make_queue(key):
    moto().aws("sqs").create_queue(QueueName=key)


def make_rule(key):
    moto().aws("events").put_rule(Name=key, ScheduleExpression="rate(5 minutes)")


def put_into_profile(key):
    moto().aws("iam").create_instance_profile(InstanceProfileName="of-" + key)
    moto().aws("iam").add_role_to_instance_profile(InstanceProfileName="of-" + key, RoleName=key)


def fill_versions(key):
    """IAM keeps five versions of a policy: the next one needs room."""
    iam, arn = moto().aws("iam"), f"arn:aws:iam::{ACCOUNT}:policy/{key}"
    for _ in range(5 - len(iam.list_policy_versions(PolicyArn=arn)["Versions"])):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}))


def queue_url(key):
    return f"ENDPOINT/{ACCOUNT}/{key}"


CASES = [
    Case("role", "aws_iam_role", [f"""
  name                = each.key
  assume_role_policy  = {trust("ec2")}
  description         = "one"
  managed_policy_arns = ["{MANAGED % "AmazonSSMManagedInstanceCore"}"]
  tags                = {{ a = "1", b = "2" }}
  inline_policy {{
    name   = "a"
    policy = {document("ec2:RunInstances")}
  }}""", f"""
  name                 = each.key
  assume_role_policy   = {trust("lambda")}
  description          = "two"
  max_session_duration = 7200
  permissions_boundary = "{MANAGED % "ReadOnlyAccess"}"
  managed_policy_arns  = ["{MANAGED % "AmazonEKS_CNI_Policy"}"]
  tags                 = {{ b = "3", c = "4" }}
  inline_policy {{
    name   = "b"
    policy = {document("ec2:CreateFleet")}
  }}""", f"""
  name                = each.key
  assume_role_policy  = {trust("lambda")}
  description         = "two"
  max_session_duration = 7200
  managed_policy_arns = ["{MANAGED % "AmazonEKS_CNI_Policy"}"]
  tags                = {{ b = "3", c = "4" }}
  inline_policy {{
    name   = "b"
    policy = {document("ec2:CreateFleet")}
  }}"""], before={"destroy": put_into_profile}),
    Case("policy", "aws_iam_policy", [f"""
  name   = each.key
  policy = {document("ec2:RunInstances")}
  tags   = {{ a = "1", b = "2" }}""", f"""
  name   = each.key
  policy = {document("ec2:CreateFleet")}
  tags   = {{ b = "3", c = "4" }}""", f"""
  name   = each.key
  policy = {document("ec2:TerminateInstances")}
  tags   = {{ b = "3", c = "4" }}"""], before={"second update": fill_versions}),
    Case("attachment", "aws_iam_role_policy_attachment", [f"""
  role       = each.key
  policy_arn = "{MANAGED % "ReadOnlyAccess"}\""""], base=make_role, held=lambda role: role["attached"]),
    Case("role_policy", "aws_iam_role_policy", [f"""
  role   = each.key
  name   = "one"
  policy = {document("ec2:RunInstances")}""", f"""
  role   = each.key
  name   = "one"
  policy = {document("ec2:CreateFleet")}"""], base=make_role, held=lambda role: role["inline"]),
    Case("profile", "aws_iam_instance_profile", ["""
  name = each.key
  role = "PREFIX-first"
  tags = { a = "1", b = "2" }""", """
  name = each.key
  role = "PREFIX-second"
  tags = { b = "3", c = "4" }""", """
  name = each.key
  tags = { b = "3", c = "4" }"""]),
    Case("queue", "aws_sqs_queue", [f"""
  name                       = each.key
  delay_seconds              = 5
  visibility_timeout_seconds = 45
  policy                     = {sends("SendMessage")}
  tags                       = {{ a = "1", b = "2" }}""", f"""
  name                       = each.key
  message_retention_seconds  = 600
  visibility_timeout_seconds = 46
  policy                     = {sends("ReceiveMessage")}
  sqs_managed_sse_enabled    = false
  tags                       = {{ b = "3", c = "4" }}"""]),
    Case("queue_policy", "aws_sqs_queue_policy", [f"""
  queue_url = "{queue_url("${each.key}")}"
  policy    = {sends("SendMessage")}""", f"""
  queue_url = "{queue_url("${each.key}")}"
  policy    = {sends("ReceiveMessage")}"""], base=make_queue, held=lambda queue: queue["policy"]),
    Case("redrive", "aws_sqs_queue_redrive_policy", [f"""
  queue_url      = "{queue_url("${each.key}")}"
  redrive_policy = jsonencode({{ deadLetterTargetArn = "arn:aws:sqs:{REGION}:{ACCOUNT}:${{each.key}}", maxReceiveCount = 4 }})""", f"""
  queue_url      = "{queue_url("${each.key}")}"
  redrive_policy = jsonencode({{ deadLetterTargetArn = "arn:aws:sqs:{REGION}:{ACCOUNT}:${{each.key}}", maxReceiveCount = 5 }})"""],
         base=make_queue, held=lambda queue: queue.get("RedrivePolicy")),
    Case("redrive_allow", "aws_sqs_queue_redrive_allow_policy", [f"""
  queue_url            = "{queue_url("${each.key}")}"
  redrive_allow_policy = jsonencode({{ redrivePermission = "denyAll" }})""", f"""
  queue_url            = "{queue_url("${each.key}")}"
  redrive_allow_policy = jsonencode({{ redrivePermission = "allowAll" }})"""], base=make_queue, held=lambda queue: queue.get("RedriveAllowPolicy")),
    Case("rule", "aws_cloudwatch_event_rule", ["""
  name                = each.key
  schedule_expression = "rate(5 minutes)"
  description         = "one"
  tags                = { a = "1", b = "2" }""", """
  name                = each.key
  schedule_expression = "rate(6 minutes)"
  description         = "two"
  state               = "DISABLED"
  tags                = { b = "3", c = "4" }"""]),
    Case("target", "aws_cloudwatch_event_target", [f"""
  rule      = each.key
  target_id = "one"
  arn       = "arn:aws:sqs:{REGION}:{ACCOUNT}:somewhere\"""", f"""
  rule      = each.key
  target_id = "one"
  arn       = "arn:aws:sqs:{REGION}:{ACCOUNT}:elsewhere"
  input     = "{{}}\""""], base=make_rule, held=lambda rule: rule["targets"]),
    # Of a made-up name each try makes another thing: what was lost would be doubled.
    Case("any_role", "aws_iam_role", [f"""
  name_prefix        = each.key
  assume_role_policy = {trust("ec2")}"""]),
    Case("any_policy", "aws_iam_policy", [f"""
  name_prefix = each.key
  policy      = {document("ec2:RunInstances")}"""]),
    Case("any_profile", "aws_iam_instance_profile", ["""
  name_prefix = each.key
  role        = "PREFIX-first\""""]),
    Case("any_queue", "aws_sqs_queue", ["""
  name_prefix = each.key"""]),
    Case("any_rule", "aws_cloudwatch_event_rule", ["""
  name_prefix         = each.key
  schedule_expression = "rate(5 minutes)\""""]),
    Case("any_target", "aws_cloudwatch_event_target", [f"""
  rule = each.key
  arn  = "arn:aws:sqs:{REGION}:{ACCOUNT}:somewhere\""""], base=make_rule, held=lambda rule: rule["targets"]),
]

IAM = tuple(case for case in CASES if "iam" in case.type)
OTHERS = tuple(case for case in CASES if "iam" not in case.type)


class Planted:
    """What is to go wrong with one copy in one step: faults of the stand-in that its name sets off."""

    def __init__(self, case, operation, name, rows):
        self.case, self.key, self.operation, self.name, self.rows = case, None, operation, name, rows
        self.code = rows[0].get("code")

    def of(self, key):
        self.key, self.rows = key, [dict(row, match=key) for row in self.rows]
        return self

    def __str__(self):
        return f"{self.key} ({self.operation} {self.name})"


def each_call_once(case, sequence, names=ON_CHANGES):
    """Of the calls that a step makes each one, in each way that it can fail."""
    for index, operation in enumerate(sequence):
        ways = ON_READS if operation.startswith(READS) else ON_CHANGES
        for name in [name for name in ways if name in names]:
            rows = [dict(operation=operation, skip=sequence[:index].count(operation), times=1, **ways[name])]
            if name == "silent after":
                rows.append(dict(skip=index, cut="before"))
            yield Planted(case, operation, name, rows)


class Said:
    def __init__(self, diagnostic):
        self.address = diagnostic.get("address")
        self.text = diagnostic["summary"] + "\n" + diagnostic.get("detail", "")

    def is_about(self, planted):
        return planted.key in self.text if self.address is None else self.address == planted.case.address(planted.key)

    def __repr__(self):
        return f"{self.address}: {self.text}"


class World(Stack):
    """All copies of all cases in one configuration."""

    def __init__(self, cases):
        super().__init__("")
        self.cases, self.keys = cases, {}
        iam = moto().aws("iam")
        for name in ("first", "second"):
            iam.create_role(RoleName=f"{self.prefix}-{name}", AssumeRolePolicyDocument=json.dumps(TRUST))

    def make(self, counts):
        for case in self.cases:
            self.keys[case.kind] = [f"{self.prefix}-{case.kind}-{n:03d}-" for n in range(counts[case.kind])]
            for key in self.keys[case.kind] if case.base else ():
                case.base(key)

    def copies(self):
        return [(case, key) for case in self.cases for key in self.keys[case.kind]]

    def write_step(self, step):
        self.write("main.tf", "".join(case.body(step, self.keys[case.kind]) for case in self.cases))

    def planned(self, *flags):
        """Action by address; the plan is kept for apply_plan."""
        result = self.run("plan", "-input=false", "-parallelism=20", "-out=plan.bin", *flags)
        assert result.code == 0, result.text
        shown = json.loads(self.run("show", "-json", "plan.bin").out)
        return {c["address"]: c["change"]["actions"] for c in shown.get("resource_changes", [])}

    def apply_plan(self, **env):
        """Exit code, and errors; Terraform gives those of a destroy no address, so that their texts must name it."""
        result = self.run("apply", "-json", "-input=false", "-parallelism=20", "plan.bin", **env)
        lines = [json.loads(line) for line in result.out.splitlines() if line.startswith("{")]
        found = [line["diagnostic"] for line in lines if "diagnostic" in line]
        return result.code, [Said(d) for d in found if d["severity"] == "error"]


ONCE = {"AWS_MAX_ATTEMPTS": "1"}
STEPS = ("create", "update", "second update", "destroy")
REQUEST_ID = "00000000-0000-4000-8000-00000000fa17"


def nothing(_):
    pass


@lru_cache
def record(cases):
    """Which calls each step makes of one copy of each case: {kind: {step: [operation, ...]}}."""
    world = World(cases)
    world.make(Counter({case.kind: 1 for case in cases}))
    made = {case.kind: {} for case in cases}
    for step in STEPS:
        for case, key in world.copies():
            case.before.get(step, nothing)(key)
        if step != "destroy":
            world.write_step(STEPS.index(step))
        world.planned("-refresh=false", *(["-destroy"] if step == "destroy" else []))
        seen = {key: len(moto().get(f"/tenon/requests?match={key}")) for _, key in world.copies()}
        code, errors = world.apply_plan(**ONCE)
        assert code == 0, errors
        for case, key in world.copies():
            made[case.kind][step] = [r["operation"] for r in moto().get(f"/tenon/requests?match={key}")[seen[key]:]]
    world.remove()
    return made


class Chain(TestCase):
    """All copies go through the steps; those with a number above 0 meet what is planted on them."""

    def chain(self, cases, table):
        self.problems = []
        world = World(cases)
        self.addCleanup(world.remove)
        world.make({case.kind: 1 + max(len(table[case.kind, step]) for step in STEPS) for case in cases})
        for step in STEPS:
            planted = [fault.of(key) for case in cases for key, fault in zip(world.keys[case.kind][1:], table[case.kind, step])]
            if planted:
                self.step(world, step, planted)
        left = moto().get(f"/tenon/holdings?prefix={world.prefix}-")
        for case, key in world.copies():
            self.check(not case.held(key, left), f"{key} is left behind")
        if self.problems:
            self.fail("\n".join(["", *self.problems]))

    def holdings(self, world):
        found = moto().get(f"/tenon/holdings?prefix={world.prefix}-")
        return {key: case.held(key, found) for case, key in world.copies()}

    def apply_planted(self, world, step, planted, **env):
        """Errors of the step."""
        for case, key in world.copies():
            case.before.get(step, nothing)(key)
        if step != "destroy":
            world.write_step(STEPS.index(step))
        world.planned("-refresh=false", *(["-destroy"] if step == "destroy" else []))
        moto().call("POST", "/tenon/faults", [row for p in planted for row in p.rows])
        _, errors = world.apply_plan(**env)
        unmet = [f for f in moto().get("/tenon/faults") if f.get("times")]
        self.no_faults()
        self.check(not unmet, f"{step}: these faults were never met: {unmet}")
        return errors

    def settles(self, world, step):
        held = self.holdings(world)
        for case, key in world.copies():
            wanted = held[world.keys[case.kind][0]]
            self.check(len(held[key]) == 1, f"{step} of {key}: in the end there are {len(held[key])}")
            self.check(held[key] == wanted, f"{step} of {key}: in the end it is {held[key]}, not {wanted}")
        for address, actions in world.planned().items():
            self.check(actions == ["no-op"], f"{step}: in the end {address} is planned to {actions}")

    def check(self, holds, text):
        if not holds:
            self.problems.append(text)


class EachCallFails(Chain):
    """For good, as far as one apply is concerned: afterwards plan tells the truth and the next apply converges."""

    def step(self, world, step, planted):
        errors = self.apply_planted(world, step, planted, **ONCE)
        self.speaks(step, planted, errors)
        held = self.holdings(world)
        plan = world.planned(*(["-destroy"] if step == "destroy" else []))
        self.tells_the_truth(world, step, planted, held, plan)
        code, errors = world.apply_plan(**ONCE)
        self.check(code == 0, f"{step}: the next apply fails: {errors}")
        if step != "destroy":
            self.settles(world, step)

    def speaks(self, step, planted, errors):
        """What went wrong is said of the copy it happened to: the call, AWS's code and request id."""
        strays = [e for e in errors if not any(e.is_about(p) for p in planted)]
        self.check(not strays, f"{step}: stray errors {strays}")
        for p in planted:
            error = next((e for e in errors if e.is_about(p)), None)
            self.check(error or p.name not in ("refused", "throttled"), f"{step} of {p}: no error")
            if not error:
                continue
            text = error.text
            service = "IAM" if "iam" in p.case.type else "SQS" if "sqs" in p.case.type else "EventBridge"
            for part in [f"{service} {p.operation}", p.code, p.code and REQUEST_ID]:
                self.check(not part or part in text, f"{step} of {p}: {part} is not in: {text}")
            if p.name == "refused":
                permission = f"{service.lower().replace('eventbridge', 'events')}:{p.operation}"
                self.check(permission in text, f"{step} of {p}: {permission} is not in: {text}")

    def tells_the_truth(self, world, step, planted, held, plan):
        for p in planted:
            address = p.case.address(p.key)
            actions, things = plan.get(address), held[p.key]
            wanted = held[world.keys[p.case.kind][0]]
            told = f"{step} of {p}: moto holds {things}, the plan says {actions}"
            self.check(len(things) <= 1, told)
            if step == "destroy":
                self.check((actions == ["delete"]) == bool(things), told)
            elif not things:
                self.check(actions == ["create"], told)
            else:
                self.check(actions in (["no-op"], ["update"], ["delete", "create"]), told)
                self.check(actions != ["no-op"] or things == wanted, told)
                self.check(actions != ["update"] or things != wanted, told)
                if step != "create":
                    self.check(actions != ["delete", "create"], told)

    def fail_each(self, cases):
        calls = record(cases)
        self.chain(cases, {(case.kind, step): list(each_call_once(case, calls[case.kind][step]))
                           for case in cases for step in STEPS})

    def test_iam(self):
        self.fail_each(IAM)

    def test_sqs_and_eventbridge(self):
        self.fail_each(OTHERS)


def says(code, message="What was made is not known yet.", status=400, **more):
    return dict(status=status, code=code, message=message, **more)


# What AWS says for some seconds of what was made or taken away a moment ago, and of two changes at once.
CHANGING = says("ConcurrentModification", status=409, times=1)
SPREADING = [
    ("role", "create", "CreateRole", says("MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"x\"", times=2)),
    ("role", "create", "CreateRole", says("NoSuchEntity", "Scope ARN: x does not exist or is not attachable.", 404, times=2)),
    ("role", "create", "PutRolePolicy", says("NoSuchEntity", status=404, times=2)),
    ("role", "create", "AttachRolePolicy", says("NoSuchEntity", status=404, times=2)),
    ("role", "create", "AttachRolePolicy", CHANGING),
    ("role", "update", "UpdateAssumeRolePolicy", says("MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"x\"", times=2)),
    ("role", "update", "UpdateRole", CHANGING),
    ("role", "update", "PutRolePermissionsBoundary", says("NoSuchEntity", status=404, times=2)),
    ("role", "update", "AttachRolePolicy", says("NoSuchEntity", status=404, times=2)),
    ("role", "update", "TagRole", CHANGING),
    ("role", "destroy", "DetachRolePolicy", CHANGING),
    ("role", "destroy", "DeleteRole", says("DeleteConflict", status=409, times=2)),
    ("policy", "create", "GetPolicy", says("NoSuchEntity", status=404, times=2)),
    ("policy", "update", "CreatePolicyVersion", CHANGING),
    ("policy", "destroy", "DeletePolicyVersion", CHANGING),
    ("policy", "destroy", "DeletePolicy", says("DeleteConflict", status=409, times=2)),
    ("attachment", "create", "AttachRolePolicy", says("NoSuchEntity", status=404, times=2)),
    ("attachment", "create", "AttachRolePolicy", CHANGING),
    ("attachment", "destroy", "DetachRolePolicy", CHANGING),
    ("role_policy", "create", "PutRolePolicy", says("NoSuchEntity", status=404, times=2)),
    ("role_policy", "update", "PutRolePolicy", CHANGING),
    ("role_policy", "destroy", "DeleteRolePolicy", CHANGING),
    ("profile", "create", "GetInstanceProfile", says("NoSuchEntity", status=404, times=2)),
    ("profile", "create", "AddRoleToInstanceProfile", says("NoSuchEntity", status=404, times=2)),
    ("profile", "update", "AddRoleToInstanceProfile", says("NoSuchEntity", status=404, times=2)),
    ("profile", "destroy", "DeleteInstanceProfile", says("DeleteConflict", status=409, times=2)),
    ("queue", "create", "CreateQueue", says("AWS.SimpleQueueService.QueueDeletedRecently", times=2)),
    ("queue", "create", "CreateQueue", says("InvalidAttributeValue", "Invalid value for the parameter Policy.", times=2)),
    ("queue", "create", "CreateQueue", says("InvalidParameterValue", "Value x for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.", times=2)),
    ("queue", "create", "GetQueueAttributes", says("AWS.SimpleQueueService.NonExistentQueue", times=2)),
    ("queue", "update", "SetQueueAttributes", says("InvalidAttributeValue", "Invalid value for the parameter Policy.", times=2)),
    ("queue_policy", "create", "SetQueueAttributes", says("AWS.SimpleQueueService.NonExistentQueue", times=2)),
    ("queue_policy", "create", "SetQueueAttributes", says("InvalidAttributeValue", "Invalid value for the parameter Policy.", times=2)),
    ("queue_policy", "update", "SetQueueAttributes", says("InvalidAttributeValue", "Invalid value for the parameter Policy.", times=2)),
    ("rule", "create", "PutRule", says("ValidationException", "Provided role 'x' cannot be assumed by principal 'events.amazonaws.com'.", times=2)),
    ("rule", "create", "PutRule", says("ConcurrentModificationException", times=1)),
    ("rule", "create", "DescribeRule", says("ResourceNotFoundException", times=2)),
    ("rule", "destroy", "DeleteRule", says("ValidationException", "Rule can't be deleted since it has targets.", times=2)),
    ("target", "create", "PutTargets", says("ResourceNotFoundException", "Rule x does not exist on EventBus default.", times=2)),
    ("target", "create", "PutTargets", says("ValidationException", "Provided role 'x' cannot be assumed by principal 'events.amazonaws.com'.", times=2)),
    ("target", "create", "PutTargets", says("ConcurrentModificationException", times=1)),
    ("target", "update", "PutTargets", says("ConcurrentModificationException", times=1)),
    ("target", "destroy", "RemoveTargets", says("ConcurrentModificationException", times=1)),
]
# A create that took effect, was lost, is not seen for long, and is then refused by its own first effect.
LATE = [(kind, "create", create, [dict(operation=create, cut="after", times=1),
                                  dict(operation=look, **says("NoSuchEntity", status=404, times=5))])
        for kind, create, look in (("any_role", "CreateRole", "GetRole"), ("any_policy", "CreatePolicy", "GetPolicy"),
                                   ("any_profile", "CreateInstanceProfile", "GetInstanceProfile"))]


class WhatPasses(Chain):
    """One failure of a call, and what AWS says until a change has spread, are not even seen."""

    PASSING = ("throttled", "cut", "cut after", "garbage after", "failed after")

    def step(self, world, step, planted):
        errors = self.apply_planted(world, step, planted)
        self.check(not errors, f"{step}: {errors}")
        if step != "destroy":
            self.settles(world, step)

    def pass_each(self, cases):
        calls = record(cases)
        table = {(case.kind, step): list(each_call_once(case, calls[case.kind][step], self.PASSING))
                 for case in cases for step in STEPS}
        for case in cases:
            for kind, step, operation, fault in SPREADING + LATE:
                rows = fault if isinstance(fault, list) else [dict(operation=operation, **fault)]
                if kind == case.kind:
                    table[kind, step].append(Planted(case, operation, rows[0].get("code"), rows))
        self.chain(cases, table)

    def test_iam(self):
        self.pass_each(IAM)

    def test_sqs_and_eventbridge(self):
        self.pass_each(OTHERS)


class Stranger(TestCase):
    """What has the name but is older than the create whose answer was lost is not taken for its work."""

    THINGS = {
        "aws_iam_role": ("role", f'assume_role_policy = {trust("ec2")}', "CreateRole", "GetRole"),
        "aws_iam_policy": ("policy", f'policy = {document("ec2:RunInstances")}', "CreatePolicy", "GetPolicy"),
        "aws_iam_instance_profile": ("profile", "", "CreateInstanceProfile", "GetInstanceProfile"),
        "aws_sqs_queue": ("queue", "delay_seconds = 5", "CreateQueue", "GetQueueUrl"),
    }

    def make_stranger(self, kind, name):
        iam = moto().aws("iam")
        if kind == "role":
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        if kind == "policy":
            iam.create_policy(PolicyName=name, PolicyDocument=json.dumps({
                "Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}))
        if kind == "profile":
            iam.create_instance_profile(InstanceProfileName=name)
        if kind == "queue":
            make_queue(name)
        moto().call("POST", "/tenon/age", {"name": f"{kind}/{name}", "seconds": 86400})

    def each(self, story):
        for type_, (kind, body, create, look) in self.THINGS.items():
            with self.subTest(type_):
                s = self.stack(f'resource "{type_}" "x" {{\n  name = "PREFIX"\n  {body}\n}}\n')
                self.make_stranger(kind, s.prefix)
                before = moto().get(f"/tenon/holdings?prefix={s.prefix}")
                story(s, f"{type_}.x", create, look)
                self.ok(s.destroy())
                self.assertEqual(moto().get(f"/tenon/holdings?prefix={s.prefix}"), before)

    def test_a_lost_create_that_finds_a_stranger_says_that_the_name_is_taken(self):
        def story(s, address, create, _):
            self.fault(None, create, times=None, match=s.prefix, cut="before")
            self.refused(s.apply(), "is taken", "Import it")
            self.no_faults()
            self.assertNotIn(address, s.state())

        self.each(story)

    def test_a_stranger_that_could_not_be_looked_at_leaves_state_when_it_can(self):
        def story(s, address, create, look):
            self.fault(None, create, times=None, match=s.prefix, cut="before")
            self.fault(None, look, times=None, match=s.prefix, status=403, code="AccessDenied", message="no")
            self.refused(s.apply(), create, "tainted")
            self.no_faults()
            self.assertIn(address, s.state())
            self.assertEqual(s.actions(), {address: ["create"]})

        self.each(story)


class Secrets(TestCase):
    """Whatever happens, credentials are in no log, no diagnostic, no state and no plan."""

    PLANTED = {"access_key": "AKIAPLANTEDPLANTED01", "secret_key": "PLANTED/secret+key/0123456789abcdefghijk",
               "token": "PLANTED+session/token=="}
    ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "access_key", "AWS_SECRET_ACCESS_KEY": "secret_key", "AWS_SESSION_TOKEN": "token"}
    # AWS repeats the request, its token in it, when it does not like the signature.
    ECHO = dict(status=403, code="SignatureDoesNotMatch", message=(
        "The request signature we calculated does not match the signature you provided. The Canonical String for this "
        "request should have been 'POST\n/\n\nhost:x\nx-amz-security-token:" + PLANTED["token"] + "\n'"))

    def everything(self):
        """A stack with all types, and the text of all that runs with it, well and badly, at TRACE."""
        cases = [case for case in CASES if not case.base and not case.kind.startswith("any")]
        s = self.stack("".join(case.body(0, ["PREFIX-" + case.kind]) for case in cases) + """
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.role["PREFIX-role"].name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_sqs_queue_policy" "p" {
  queue_url = aws_sqs_queue.queue["PREFIX-queue"].url
  policy    = %s
}
resource "aws_cloudwatch_event_target" "t" {
  rule = aws_cloudwatch_event_rule.rule["PREFIX-rule"].name
  arn  = aws_sqs_queue.queue["PREFIX-queue"].arn
}
""" % sends("SendMessage"))
        make_role(s.prefix + "-first")
        return s

    def run_all(self, s, **env):
        runs = []
        for fault in (dict(self.ECHO), dict(garbage=True), dict(cut="before"), dict(ON_READS["refused"])):
            self.fault(None, None, match=s.prefix, **fault, times=None)
            runs.append(s.run("apply", "-input=false", "-auto-approve", TF_LOG="TRACE", AWS_MAX_ATTEMPTS="2", **env))
            self.no_faults()
            self.assertEqual(runs[-1].code, 1, runs[-1].text)
        runs += [s.run("plan", "-input=false", "-out=plan.bin", TF_LOG="TRACE", **env),
                 s.run("apply", "-input=false", "plan.bin", TF_LOG="TRACE", **env),
                 s.run("show", "-json", TF_LOG="TRACE", **env),
                 s.run("destroy", "-input=false", "-auto-approve", TF_LOG="TRACE", **env)]
        for run in runs[4:]:
            self.ok(run)
        return runs

    def assert_no_secret(self, where, data):
        for name, secret in self.PLANTED.items():
            for form in {secret, urllib.parse.quote(secret, safe=""), json.dumps(secret)[1:-1]}:
                at = data.find(form.encode())
                self.assertEqual(at, -1, f"{name} is in {where}: ...{data[max(0, at - 300):at]!r}")

    def assert_files_are_clean(self, s):
        for path in [path for path in s.dir.rglob("*") if path.is_file() and path.name != "_provider.tf"]:
            self.assert_no_secret(path.name, path.read_bytes())
        with zipfile.ZipFile(s.dir / "plan.bin") as plan:
            for name in [name for name in plan.namelist() if not name.endswith("_provider.tf")]:
                self.assert_no_secret(f"plan: {name}", plan.read(name))

    def test_of_the_environment(self):
        s = self.everything()
        s.write("_provider.tf", s.provider().replace('access_key = "test"', "").replace('secret_key = "test"', ""))
        for run in self.run_all(s, **{name: self.PLANTED[key] for name, key in self.ENVIRONMENT.items()}):
            self.assert_no_secret("output", (run.out + run.err).encode())
        self.assert_files_are_clean(s)

    def test_of_the_provider_block(self):
        s = self.everything()
        block = "\n".join(f'{name} = "{secret}"' for name, secret in self.PLANTED.items())
        s.write("_provider.tf", s.provider(block).replace('access_key = "test"', "").replace('secret_key = "test"', ""))
        logged = ""
        for run in self.run_all(s):
            # What Terraform itself logs of the configuration is not ours.
            lines = [line for line in run.err.splitlines()
                     if "terraform-provider-tenon" in line or not re.match("[0-9T:.-]+Z? \\[[A-Z]+\\]", line)]
            logged += "\n".join(lines)
            self.assert_no_secret("output", run.out.encode())
        self.assertIn("aws call", logged)
        self.assertIn("SignatureDoesNotMatch", logged)
        self.assert_no_secret("log and diagnostics", logged.encode())
        self.assert_files_are_clean(s)


if __name__ == "__main__":
    main()
