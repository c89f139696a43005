"""A null in a map: `tags = { a = null }`, which hashicorp/aws drops."""
from corners.tags import QUEUE, TYPES
from record import Theme

BODIES = {
    "one": ['tags = { a = null, b = "x" }'],
    "all": ["tags = { a = null }"],
    "becomes": ['tags = { a = "1", b = "x" }', 'tags = { a = null, b = "x" }', "tags = { a = null }"],
    "was": ["tags = { a = null }", 'tags = { a = "1" }', ""],
    "over-default": ['tags = { team = null, a = "1" }'],
}
TARGET = 'rule = aws_cloudwatch_event_rule.shared.name\ntarget_id = "NAME"\narn = "arn:aws:%s"\n'
ECS = TARGET % "ecs:us-east-1:123456789012:cluster/c" + '''role_arn = "arn:aws:iam::123456789012:role/r"
  ecs_target {
    task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/t:1"
    tags = { a = null, b = "x" }
  }'''
PATHS = TARGET % "sqs:us-east-1:123456789012:q" + '''input_transformer {
    input_paths = { a = null, b = "$.detail" }
    input_template = "\\"<b>\\""
  }'''
HTTP = TARGET % "execute-api:us-east-1:123456789012:abc/stage/GET/path" + '''http_target {
    header_parameters = { a = null, b = "x" }
    query_string_parameters = { a = null }
  }'''


def nulls():
    t = Theme("nulls", exact=True, provider=['default_tags {\n    tags = { team = "x" }\n  }'])
    t.common = 'resource "aws_cloudwatch_event_rule" "shared" {\n  name = "PREFIX-shared"\n  schedule_expression = "rate(1 day)"\n}\n'
    for i, (name, body) in enumerate({**TYPES, "aws_sqs_queue": QUEUE}.items()):
        for label, tags in BODIES.items():
            t.add(name, f"{label}-{i}", *[body + tag for tag in tags])
    for label, body in (("ecs", ECS), ("paths", PATHS), ("http", HTTP)):
        t.add("aws_cloudwatch_event_target", label, body)
    return t


THEMES = [nulls()]
