"""Random stacks that are valid by construction, made again by their seed: resources of all eight types that refer to
each other, and a second version of each stack in which some have changed and some are gone."""
import random

BUCKET = "arn:aws:s3:::%s/*"
ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "ec2:DescribeInstances", "logs:*"]
SERVICES = ["ec2.amazonaws.com", "lambda.amazonaws.com", "events.amazonaws.com", "ecs-tasks.amazonaws.com"]
MANAGED = ["ReadOnlyAccess", "SecurityAudit", "PowerUserAccess", "IAMFullAccess"]
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:elsewhere"
ROLE_ARN = "arn:aws:iam::123456789012:role/elsewhere"


class Stack:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.bodies = [{}, {}]  # of both versions, by (type, label)

    # --- chance ---

    def one(self, *choices):
        return self.random.choice(choices)

    def some(self, choices, least=0):
        return self.random.sample(choices, self.random.randint(least, len(choices)))

    def maybe(self, text, chance=0.5):
        return text if self.random.random() < chance else ""

    def number(self, low, high):
        return self.one(low, high, self.random.randint(low, high))

    # --- values ---

    def text(self, value):
        """A list of strings in HCL, as a list or as what IAM takes for one."""
        quoted = ", ".join(f'"{v}"' for v in value)
        return quoted if len(value) == 1 and self.random.random() < 0.5 else f"[{quoted}]"

    def tags(self):
        chosen = self.some(["team", "cost-center", "a b", "k:v/x=y+z@w", "empty"])
        return self.maybe("tags = {%s}\n" % ", ".join(f'"{k}" = "{"" if k == "empty" else self.random.randint(0, 9)}"' for k in chosen), 0.6)

    def document(self, principal=None, actions=ACTIONS):
        statements = []
        for i in range(self.random.randint(1, 3)):
            parts = [f'Effect = "{self.one("Allow", "Deny")}"', f"Action = {self.text(self.some(actions, 1))}"]
            parts += [f"Principal = {principal}"] if principal else [f'Resource = {self.text([BUCKET % "abc"[:n + 1] for n in range(self.random.randint(1, 3))])}']
            parts += [f'Sid = "s{i}"'] if self.random.random() < 0.3 else []
            parts += ['Condition = { Bool = { "aws:SecureTransport" = "true" } }'] if self.random.random() < 0.2 else []
            if principal:
                parts.append('Resource = "*"')
            self.random.shuffle(parts)
            statements.append("{ %s }" % ", ".join(parts))
        return 'jsonencode({ Version = "2012-10-17", Statement = [%s] })' % ", ".join(statements)

    def trust(self):
        service = self.text(self.some(SERVICES, 1))
        if self.random.random() < 0.3:
            return '<<EOF\n{\n  "Statement": [ { "Principal": { "Service": "%s" },\n      "Effect": "Allow", "Action": "sts:AssumeRole" } ],\n  "Version": "2012-10-17"\n}\nEOF' % SERVICES[0]
        return 'jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = %s } }] })' % service

    def description(self):
        return self.maybe(f'description = "{self.one("", "plain", "100% <text> & more", "x" * 200)}"\n')

    # --- types: what never changes, and what may ---

    def naming(self, label):
        return self.one(f'name = "PREFIX-{label}"\n', f'name_prefix = "PREFIX-{label}-"\n', f'name = "PREFIX-{label}"\n')

    def role(self, label, fixed):
        return fixed + f"assume_role_policy = {self.trust()}\n" + self.description() + self.maybe(f"max_session_duration = {self.number(3600, 43200)}\n") \
            + self.maybe(f"force_detach_policies = {self.one('true', 'false')}\n") + self.maybe('permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"\n', 0.2) + self.tags()

    def policy(self, label, fixed):
        return fixed + f"policy = {self.document()}\n" + self.tags()

    def profile(self, label, fixed):
        return fixed + self.maybe(f"role = aws_iam_role.{self.one('role0', 'role1')}.name\n", 0.7) + self.tags()

    def attachment(self, label, fixed):
        return fixed

    def queue(self, label, fixed):
        body = fixed
        for name, low, high in (("delay_seconds", 0, 900), ("max_message_size", 1024, 262144), ("message_retention_seconds", 60, 1209600),
                                ("receive_wait_time_seconds", 0, 20), ("visibility_timeout_seconds", 0, 43200)):
            body += self.maybe(f"{name} = {self.number(low, high)}\n", 0.4)
        body += self.one("", "sqs_managed_sse_enabled = true\n", 'kms_master_key_id = "alias/aws/sqs"\nkms_data_key_reuse_period_seconds = 600\n')
        if "fifo" in fixed:
            body += self.maybe(f"content_based_deduplication = {self.one('true', 'false')}\n")
            body += self.one("", 'deduplication_scope = "messageGroup"\nfifo_throughput_limit = "perMessageGroupId"\n')
        else:
            body += self.maybe(f"redrive_policy = jsonencode({{ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = {self.number(1, 1000)} }})\n", 0.4)
        return body + self.tags()

    def queue_policy(self, label, fixed):
        return fixed + "policy = " + self.document('{ AWS = "arn:aws:iam::123456789012:root" }', ["sqs:SendMessage", "sqs:ReceiveMessage"]).replace('"arn:aws:s3:::', '"arn:aws:sqs:::') + "\n"

    def rule(self, label, fixed):
        pattern = 'event_pattern = jsonencode({ source = [%s], detail = { state = [{ prefix = "x" }] } })\n' % ", ".join(f'"{s}"' for s in self.some(["aws.ec2", "aws.s3", "own"], 1))
        schedule = f'schedule_expression = "{self.one("rate(5 minutes)", "cron(0 20 * * ? *)")}"\n'
        return fixed + self.one(pattern, schedule, pattern + schedule) + self.description() + self.one("", 'state = "DISABLED"\n', 'state = "ENABLED"\n') \
            + self.maybe(f'role_arn = "{ROLE_ARN}"\n', 0.3) + self.tags()

    def target(self, label, fixed):
        body = fixed + f'arn = {self.one(f"{chr(34)}{QUEUE_ARN}{chr(34)}", "aws_sqs_queue.dead.arn")}\n' + self.maybe("role_arn = aws_iam_role.role0.arn\n", 0.3)
        body += self.one("", 'input = jsonencode({ a = [1, "b"] })\n', 'input_path = "$.detail"\n', 'input_transformer {\n  input_paths = { a = "$.x" }\n  input_template = "\\"<a>\\""\n}\n')
        body += self.maybe(f"retry_policy {{\n  maximum_event_age_in_seconds = {self.number(60, 86400)}\n  maximum_retry_attempts = {self.number(0, 185)}\n}}\n", 0.4)
        body += self.maybe("dead_letter_config {\n  arn = aws_sqs_queue.dead.arn\n}\n", 0.3)
        return body + self.one("", 'ecs_target {\n  task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/x"\n  launch_type = "FARGATE"\n  task_count = %d\n  network_configuration {\n    subnets = ["subnet-a", "subnet-b"]\n  }\n}\n' % self.number(1, 9),
                               'run_command_targets {\n  key = "tag:x"\n  values = ["a", "b"]\n}\n', 'http_target {\n  header_parameters = { h = "1" }\n  path_parameter_values = ["p"]\n}\n', 'kinesis_target {\n  partition_key_path = "$.k"\n}\n')

    # --- the whole ---

    def add(self, type_name, make, label, fixed, stays=False):
        first = make(label, fixed)
        self.bodies[0][type_name, label] = first
        fate = self.random.random()
        if stays or fate < 0.3:
            self.bodies[1][type_name, label] = first
        elif fate < 0.85:
            self.bodies[1][type_name, label] = make(label, fixed)

    def build(self, each=4):
        self.bodies[0]["aws_sqs_queue", "dead"] = self.bodies[1]["aws_sqs_queue", "dead"] = 'name = "PREFIX-dead"\n'
        for i in range(each):
            self.add("aws_iam_role", self.role, f"role{i}", self.naming(f"role{i}") + self.maybe('path = "/team/x/"\n', 0.3), stays=i < 2)
            self.add("aws_iam_policy", self.policy, f"policy{i}", self.naming(f"policy{i}") + self.description() + self.maybe('path = "/p/"\n', 0.3), stays=i < 2)
            self.add("aws_iam_instance_profile", self.profile, f"profile{i}", self.naming(f"profile{i}"))
            fifo = self.random.random() < 0.4
            self.add("aws_sqs_queue", self.queue, f"queue{i}", f'name = "PREFIX-queue{i}.fifo"\nfifo_queue = true\n' if fifo else self.naming(f"queue{i}"), stays=i < 2)
            self.add("aws_cloudwatch_event_rule", self.rule, f"rule{i}", self.naming(f"rule{i}"), stays=i < 2)
        for i, policy in enumerate(self.some(MANAGED, 2)):
            self.add("aws_iam_role_policy_attachment", self.attachment, f"managed{i}", f'role = aws_iam_role.role{i % 2}.name\npolicy_arn = "arn:aws:iam::aws:policy/{policy}"\n')
        for i in range(2):
            self.add("aws_iam_role_policy_attachment", self.attachment, f"own{i}", f"role = aws_iam_role.role{1 - i}.name\npolicy_arn = aws_iam_policy.policy{i}.arn\n")
            self.add("aws_sqs_queue_policy", self.queue_policy, f"access{i}", f"queue_url = aws_sqs_queue.queue{i}.id\n")
        for i in range(2 * each):
            self.add("aws_cloudwatch_event_target", self.target, f"target{i}", f"rule = aws_cloudwatch_event_rule.rule{i % 2}.name\n" + self.maybe(f'target_id = "t{i}"\n', 0.7))
        return self

    def source(self, version):
        return "\n".join(f'resource "{t}" "{label}" {{\n{body}}}' for (t, label), body in self.bodies[version - 1].items())
