"""aws_cloudwatch_event_rule and aws_cloudwatch_event_target."""
from record import Theme, aws

PATTERN = 'event_pattern = jsonencode({ source = ["aws.ec2"] })\n'
RATE = 'schedule_expression = "rate(5 minutes)"\n'
ROLE = "arn:aws:iam::123456789012:role/x"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:x"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/PREFIX-bus"


def make_bus(side):
    aws("events").create_event_bus(Name=side.name("bus"))


def drop_bus(side):
    aws("events").delete_event_bus(Name=side.name("bus"))


def rules():
    t = Theme("rule")
    named = 'name = "NAME"\n'

    def rule(label, *bodies):
        t.add("aws_cloudwatch_event_rule", label, *bodies)

    rule("pattern", named + PATTERN)
    rule("schedule", named + RATE)
    rule("both", named + PATTERN + RATE)
    rule("nameless", PATTERN)
    rule("prefixed", 'name_prefix = "PREFIX-pre-"\n' + PATTERN)
    rule("renamed", named + PATTERN, 'name = "PREFIX-other-rule"\n' + PATTERN)
    rule("pattern-to-schedule", named + PATTERN, named + RATE, named + PATTERN + RATE)
    rule("schedule-to-pattern", named + RATE, named + PATTERN)
    rule("pattern-changed", named + PATTERN, named + 'event_pattern = jsonencode({ source = ["aws.s3"] })', named + 'event_pattern = jsonencode({ source = ["aws.s3"], detail-type = ["x"] })')
    rule("pattern-same", named + 'event_pattern = jsonencode({ source = ["a", "b"], detail = { x = [{ prefix = "p" }] } })', named + 'event_pattern = "{ \\"detail\\": { \\"x\\": [ {\\"prefix\\": \\"p\\"} ] }, \\"source\\": [ \\"a\\", \\"b\\" ] }"',
         named + 'event_pattern = jsonencode({ source = ["b", "a"], detail = { x = [{ prefix = "p" }] } })')
    rule("pattern-heredoc", named + 'event_pattern = <<EOF\n{\n  "source": ["aws.ec2"]\n}\nEOF', named + PATTERN)
    rule("pattern-escapes", named + 'event_pattern = "{\\"source\\":[\\"\\\\u0061ws.ec2<>&\\"]}"', named + 'event_pattern = jsonencode({ source = ["aws.ec2<>&"] })')
    rule("description", named + PATTERN + 'description = "one"', named + PATTERN + 'description = "two"', named + PATTERN)
    rule("description-empty", named + PATTERN + 'description = ""', named + PATTERN, named + PATTERN + 'description = "d"')
    rule("role", named + PATTERN + f'role_arn = "{ROLE}"', named + PATTERN + f'role_arn = "{ROLE}2"', named + PATTERN)
    rule("role-empty", named + PATTERN + 'role_arn = ""', named + PATTERN)
    rule("disabled", named + PATTERN + "is_enabled = false", named + PATTERN, named + PATTERN + "is_enabled = true")
    rule("enabled", named + PATTERN + "is_enabled = true", named + PATTERN + "is_enabled = false", named + PATTERN + 'state = "ENABLED"')
    rule("state", named + PATTERN + 'state = "DISABLED"', named + PATTERN, named + PATTERN + 'state = "ENABLED"')
    rule("state-trail", named + PATTERN + 'state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"', named + PATTERN + 'state = "ENABLED"', named + PATTERN + "is_enabled = false")
    rule("state-later", named + PATTERN, named + PATTERN + 'state = "DISABLED"', named + PATTERN + "is_enabled = true")
    rule("state-enabled", named + PATTERN + 'state = "ENABLED"', named + PATTERN + 'state = "DISABLED"', named + PATTERN)
    rule("force", named + PATTERN + "force_destroy = true", named + PATTERN + "force_destroy = false", named + PATTERN)
    rule("tags", named + PATTERN + 'tags = { a = "1", b = "2" }', named + PATTERN + 'tags = { b = "", c = "3" }', named + PATTERN)
    rule("bus", named + PATTERN + 'event_bus_name = "PREFIX-bus"', named + PATTERN + 'event_bus_name = "PREFIX-bus"\ndescription = "d"')
    rule("bus-arn", named + PATTERN + f'event_bus_name = "{BUS}"', named + PATTERN + f'event_bus_name = "{BUS}"\ndescription = "d"')
    rule("bus-default", named + PATTERN + 'event_bus_name = "default"', named + PATTERN)
    rule("bus-moves", named + PATTERN, named + PATTERN + 'event_bus_name = "PREFIX-bus"', named + PATTERN + f'event_bus_name = "{BUS}"')
    rule("bus-null", named + PATTERN + "event_bus_name = null")
    rule("gone", named + PATTERN, None)
    rule("unknown-pattern", named + "event_pattern = jsonencode({ source = [aws_iam_policy.id.policy_id] })")
    rule("unknown-description", named + PATTERN + "description = aws_iam_policy.id.policy_id")
    rule("unknown-name", 'name = "x-${aws_iam_policy.id.policy_id}"\n' + PATTERN)
    t.common = f'resource "aws_iam_policy" "id" {{\n  name = "PREFIX-id"\n  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Deny", Action = "*", Resource = "*" }}] }})\n}}\n'
    t.drift(1, make_bus)
    t.after = drop_bus
    return t


def targets():
    t = Theme("target")
    base = f'rule = aws_cloudwatch_event_rule.r.name\narn = "{QUEUE}"\n'
    t.common = f'resource "aws_cloudwatch_event_rule" "r" {{\n  name = "PREFIX-r"\n{PATTERN}}}\nresource "aws_cloudwatch_event_rule" "s" {{\n  name = "PREFIX-s"\n{PATTERN}}}\nresource "aws_cloudwatch_event_rule" "b" {{\n  name = "PREFIX-b"\n  event_bus_name = "PREFIX-bus"\n{PATTERN}}}\n'

    def target(label, *bodies):
        t.add("aws_cloudwatch_event_target", label, *[None if b is None else base + b for b in bodies])

    named = 'target_id = "NAME"\n'
    task = 'task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/x"\n'
    target("plain", named)
    target("nameless", "")
    target("other-id", named, 'target_id = "PREFIX-oi2"', "")
    t.add("aws_cloudwatch_event_target", "moves", f'rule = aws_cloudwatch_event_rule.r.name\narn = "{QUEUE}"\ntarget_id = "NAME"', f'rule = aws_cloudwatch_event_rule.s.name\narn = "{QUEUE}"\ntarget_id = "NAME"')
    t.add("aws_cloudwatch_event_target", "arn", base + named, f'rule = aws_cloudwatch_event_rule.r.name\narn = "{QUEUE}2"\ntarget_id = "NAME"')
    t.add("aws_cloudwatch_event_target", "on-bus", f'rule = aws_cloudwatch_event_rule.b.name\nevent_bus_name = "PREFIX-bus"\narn = "{QUEUE}"\ntarget_id = "NAME"')
    t.add("aws_cloudwatch_event_target", "on-bus-arn", f'rule = aws_cloudwatch_event_rule.b.name\nevent_bus_name = "{BUS}"\narn = "{QUEUE}"\ntarget_id = "NAME"')
    target("role", named + f'role_arn = "{ROLE}"', named + f'role_arn = "{ROLE}2"', named)
    target("role-empty", named + 'role_arn = ""', named)
    target("input", named + 'input = jsonencode({ a = 1 })', named + 'input = "{ \\"a\\": 1 }"', named)
    target("input-text", named + 'input = "\\"x\\""', named + 'input_path = "$.x"', named + 'input_transformer {\n  input_template = "\\"<a>\\""\n  input_paths = { a = "$.a" }\n}')
    target("input-empty", named + 'input = ""', named + 'input_path = ""')
    target("transformer", named + 'input_transformer {\n  input_template = "\\"x\\""\n}', named + 'input_transformer {\n  input_template = "\\"y\\""\n  input_paths = {}\n}', named)
    target("transformer-paths", named + 'input_transformer {\n  input_template = "\\"<a> <b>\\""\n  input_paths = { a = "$.a", b = "$.b" }\n}', named + 'input_transformer {\n  input_template = "\\"<a>\\""\n  input_paths = { a = "$.c" }\n}')
    target("dead", named + f'dead_letter_config {{\n  arn = "{QUEUE}"\n}}', named + f'dead_letter_config {{\n  arn = "{QUEUE}2"\n}}', named)
    target("dead-empty", named + "dead_letter_config {\n}", named + f'dead_letter_config {{\n  arn = "{QUEUE}"\n}}', named + "dead_letter_config {\n}")
    target("retry", named + "retry_policy {\n  maximum_event_age_in_seconds = 60\n  maximum_retry_attempts = 5\n}", named + "retry_policy {\n  maximum_retry_attempts = 0\n}", named)
    target("retry-age", named + "retry_policy {\n  maximum_event_age_in_seconds = 100\n}", named + "retry_policy {\n  maximum_event_age_in_seconds = 100\n  maximum_retry_attempts = 185\n}")
    target("retry-empty", named + "retry_policy {\n}", named)
    target("sqs", named + 'sqs_target {\n  message_group_id = "g"\n}', named + 'sqs_target {\n  message_group_id = "h"\n}', named)
    target("sqs-empty", named + "sqs_target {\n}", named)
    target("batch", named + 'batch_target {\n  job_definition = "d"\n  job_name = "n"\n}', named + 'batch_target {\n  job_definition = "d"\n  job_name = "n"\n  array_size = 3\n  job_attempts = 4\n}', named + 'batch_target {\n  job_definition = "d"\n  job_name = "n"\n  array_size = 3\n}')
    target("kinesis", named + 'kinesis_target {\n  partition_key_path = "$.a"\n}', named + 'kinesis_target {\n  partition_key_path = "$.b"\n}', named)
    target("kinesis-empty", named + "kinesis_target {\n}", named)
    target("appsync", named + 'appsync_target {\n  graphql_operation = "a"\n}', named + 'appsync_target {\n  graphql_operation = "b"\n}', named)
    target("command", named + 'run_command_targets {\n  key = "InstanceIds"\n  values = ["i-1", "i-2"]\n}', named + 'run_command_targets {\n  key = "tag:a"\n  values = ["b"]\n}\nrun_command_targets {\n  key = "tag:b"\n  values = ["b"]\n}', named)
    target("redshift", named + 'redshift_target {\n  database = "d"\n  sql = "s"\n}', named + 'redshift_target {\n  database = "d"\n  db_user = "u"\n  secrets_manager_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"\n  sql = "s"\n  statement_name = "n"\n  with_event = true\n}', named)
    target("pipeline", named + 'sagemaker_pipeline_target {\n  pipeline_parameter_list {\n    name = "a"\n    value = "1"\n  }\n}', named + 'sagemaker_pipeline_target {\n  pipeline_parameter_list {\n    name = "b"\n    value = "1"\n  }\n  pipeline_parameter_list {\n    name = "a"\n    value = "2"\n  }\n}', named)
    target("pipeline-empty", named + "sagemaker_pipeline_target {\n}")
    target("http", named + 'http_target {\n  header_parameters = { a = "1" }\n  path_parameter_values = ["x", "y"]\n  query_string_parameters = { q = "1" }\n}', named + 'http_target {\n  header_parameters = { a = "2", b = "3" }\n  path_parameter_values = ["y"]\n}', named)
    target("ecs", named + f"ecs_target {{\n{task}}}", named + f"ecs_target {{\n{task}  task_count = 2\n  launch_type = \"EC2\"\n}}", named)
    full = task + '''  task_count = 3
  launch_type = "FARGATE"
  platform_version = "1.4.0"
  group = "g"
  propagate_tags = "TASK_DEFINITION"
  enable_ecs_managed_tags = true
  enable_execute_command = true
  tags = { a = "1", b = "" }
  network_configuration {
    subnets = ["subnet-b", "subnet-a"]
    security_groups = ["sg-1"]
    assign_public_ip = true
  }
  ordered_placement_strategy {
    type = "spread"
    field = "attribute:ecs.availability-zone"
  }
  ordered_placement_strategy {
    type = "binpack"
    field = "memory"
  }
  placement_constraint {
    type = "distinctInstance"
  }
  placement_constraint {
    type = "memberOf"
    expression = "attribute:x == y"
  }
'''
    target("ecs-full", named + f"ecs_target {{\n{full}}}", named + f"ecs_target {{\n{full.replace('FARGATE', 'EC2').replace('= 3', '= 4')}}}", named + f"ecs_target {{\n{task}}}")
    target("ecs-provider", named + f'ecs_target {{\n{task}  capacity_provider_strategy {{\n    capacity_provider = "FARGATE"\n    base = 1\n    weight = 2\n  }}\n}}', named + f'ecs_target {{\n{task}  capacity_provider_strategy {{\n    capacity_provider = "FARGATE"\n  }}\n  capacity_provider_strategy {{\n    capacity_provider = "FARGATE_SPOT"\n    weight = 1\n  }}\n}}')
    target("ecs-network", named + f'ecs_target {{\n{task}  network_configuration {{\n    subnets = ["subnet-a"]\n  }}\n}}', named + f'ecs_target {{\n{task}  network_configuration {{\n    subnets = ["subnet-a"]\n    security_groups = []\n    assign_public_ip = false\n  }}\n}}')
    target("force", named + "force_destroy = true", named + "force_destroy = false", named)
    target("gone", named, None)
    target("unknown", named + f"input = jsonencode({{ a = aws_cloudwatch_event_rule.s.arn }})\nrole_arn = \"arn:aws:iam::123456789012:role/${{aws_cloudwatch_event_rule.s.id}}\"")
    target("unknown-transformer", named + 'input_transformer {\n  input_template = aws_cloudwatch_event_rule.s.arn\n  input_paths = { a = "$.${aws_cloudwatch_event_rule.s.id}" }\n}')
    target("unknown-command", named + 'run_command_targets {\n  key = "a"\n  values = [aws_cloudwatch_event_rule.s.arn, "b"]\n}')
    target("unknown-ecs", named + "ecs_target {\n  task_definition_arn = aws_cloudwatch_event_rule.s.arn\n  network_configuration {\n    subnets = [aws_cloudwatch_event_rule.s.arn]\n  }\n}")
    t.drift(1, make_bus)
    t.after = drop_bus
    return t


def drift():
    t = Theme("events-drift")
    rule = lambda label, body: t.add("aws_cloudwatch_event_rule", label, 'name = "NAME"\n' + body)
    rule("attributes", PATTERN + f'description = "d"\nrole_arn = "{ROLE}"\ntags = {{ a = "1" }}')
    rule("bare", PATTERN)
    rule("disabled", PATTERN)
    rule("disabled-state", PATTERN + 'state = "ENABLED"')
    rule("disabled-flag", PATTERN + "is_enabled = true")
    rule("pattern", PATTERN)
    rule("scheduled", PATTERN)
    rule("rate", RATE)
    rule("deleted", PATTERN)
    rule("r", PATTERN)
    target = lambda label, body="": t.add("aws_cloudwatch_event_target", label, f'rule = aws_cloudwatch_event_rule.r.name\narn = "{QUEUE}"\ntarget_id = "NAME"\n' + body)
    target("changed", 'input = "{}"')
    target("t-bare")
    target("removed")
    target("blocks", f'role_arn = "{ROLE}"\nretry_policy {{\n  maximum_retry_attempts = 3\n}}\ndead_letter_config {{\n  arn = "{QUEUE}"\n}}')
    t.add("aws_cloudwatch_event_target", "rule-gone", f'rule = aws_cloudwatch_event_rule.deleted.name\narn = "{QUEUE}"\ntarget_id = "x"')

    def act(side):
        events = aws("events")
        pattern = '{"source":["aws.ec2"]}'
        for label in ("attributes", "bare"):
            events.put_rule(Name=side.name(label), EventPattern=pattern, Description="drifted", RoleArn=ROLE + "9")
            events.tag_resource(ResourceARN=side.value(f"aws_cloudwatch_event_rule.{label}", "arn"), Tags=[{"Key": "a", "Value": "9"}, {"Key": "z", "Value": "9"}])
        for label in ("disabled", "disabled-state", "disabled-flag"):
            events.disable_rule(Name=side.name(label))
        events.put_rule(Name=side.name("pattern"), EventPattern='{"source":["aws.s3"]}')
        events.put_rule(Name=side.name("scheduled"), EventPattern=pattern, ScheduleExpression="rate(1 day)")
        events.put_rule(Name=side.name("rate"), ScheduleExpression="rate(1 day)")
        events.remove_targets(Rule=side.name("deleted"), Ids=["x"])
        events.delete_rule(Name=side.name("deleted"))
        events.put_targets(Rule=side.name("r"), Targets=[{"Id": side.name("changed"), "Arn": QUEUE + "9", "Input": '{"x":1}'}, {"Id": side.name("t-bare"), "Arn": QUEUE, "InputPath": "$.x"}, {"Id": side.name("blocks"), "Arn": QUEUE}])
        events.remove_targets(Rule=side.name("r"), Ids=[side.name("removed")])

    t.drift(2, act)
    return t


THEMES = [rules(), targets(), drift()]
