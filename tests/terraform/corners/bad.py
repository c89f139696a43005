"""What is refused before anything is asked of AWS: by `validate` for literals, by `plan` for what is known only then.
«text» marks the value that the second pass hides from `validate`."""
from record import Theme

GOOD = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })'
TRUST = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "sts:AssumeRole", Principal = "*" }] })'
ACCESS = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "sqs:*", Resource = "*", Principal = "*" }] })'
ARN = "arn:aws:iam::123456789012:role/x"
POLICY_ARN = "arn:aws:iam::123456789012:policy/x"
SERVICE_ARN = "arn:aws:sqs:us-east-1:123456789012:x"
BAD_ARNS = {"text": "nope", "short": "arn:aws:iam", "partition": "arn:azure:iam::123456789012:role/x",
            "no-partition": "arn::iam::123456789012:role/x", "no-resource": "arn:aws:iam::123456789012:", "account": "arn:aws:iam::12345:role/x",
            "region": "arn:aws:iam:somewhere:123456789012:role/x", "no-service": "arn:aws:::123456789012:role/x", "empty": "",
            "blank": " ", "space": " arn:aws:iam::123456789012:role/x", "upper": "ARN:aws:iam::123456789012:role/x",
            "managed": "arn:aws:iam::aws:policy/x", "gov": "arn:aws-us-gov:iam::123456789012:role/x", "iso": "arn:aws-iso-b:iam::123456789012:role/x",
            "part-digit": "arn:aws-2:iam::123456789012:role/x", "region-two-digits": "arn:aws:sqs:us-east-11:123456789012:x",
            "region-three-digits": "arn:aws:sqs:us-east-111:123456789012:x", "cloudwatch-account": "arn:aws:iam::cw1234567890:role/x",
            "third": "arn:aws:iam::third-party:x", "colons": "arn:aws:iam::123456789012:a:b:c"}
BAD_JSON = {"brace": "{", "text": "nope", "empty": "", "blank": " ", "list": "[]", "list-of-object": "[{}]", "number": "5", "string": '\\"x\\"',
            "null": "null", "true": "true", "object": "{}", "trailing-comma": '{\\"a\\":1,}', "leading-blank": ' {\\"Version\\":\\"x\\"}',
            "trailing": '{\\"a\\":1} x', "duplicate-key": '{\\"a\\":1,\\"a\\":2}', "single-quotes": "{'a':1}", "newline-first": '\\n{\\"a\\":1}',
            "deep": '{\\"a\\":{\\"b\\":[1,2,{\\"c\\":null}]}}', "nan": '{\\"a\\":NaN}', "bom": '\\ufeff{\\"a\\":1}', "zero-number": '{\\"a\\":01}',
            "control": '{\\"a\\":\\"\\t\\"}', "two": '{\\"a\\":1}{\\"b\\":2}'}


def quoted(s):
    return f'«"{s}"»'


def many(char, n):
    return f'«join("", [for i in range({n}) : "{char}"])»'


def names(t, type_name, rest, attribute, longest, tail=""):
    for label, value in {"empty": quoted(""), "blank": quoted("a b"), "slash": quoted("a/b"), "colon": quoted("a:b"), "umlaut": quoted("ä"), "star": quoted("a*"),
                         "plus": quoted("a+=,.@-_b"), "dot": quoted("a.b"), "longest": many("a", longest), "too-long": many("a", longest + 1), "newline": quoted("a\\n"),
                         "wide": many("é", longest // 2 + 1)}.items():
        t.add(type_name, f"{attribute}-{label}".replace("_", "-"), f"{attribute} = {value}\n{rest}")


def arns(t, type_name, label, body):
    for kind, value in BAD_ARNS.items():
        t.add(type_name, f"{label}-{kind}", body.replace("VALUE", quoted(value)))


def jsons(t, type_name, label, body):
    for kind, value in BAD_JSON.items():
        t.add(type_name, f"{label}-{kind}", body.replace("VALUE", quoted(value)))


def numbers(t, type_name, label, body, *values):
    for value in values:
        t.add(type_name, f"{label}-{value}".replace(".", "-dot-").replace("--", "-minus-"), body.replace("VALUE", f"«{value}»"))


def words(t, type_name, label, body, *values):
    for i, value in enumerate(values):
        t.add(type_name, f"{label}-{i}", body.replace("VALUE", quoted(value)))


def role():
    t, r = Theme("bad-role", bad=True), "aws_iam_role"
    trust = f"assume_role_policy = {TRUST}\n"
    names(t, r, trust, "name", 64)
    names(t, r, trust, "name_prefix", 38)
    arns(t, r, "boundary", trust + "permissions_boundary = VALUE")
    arns(t, r, "managed", trust + f'managed_policy_arns = ["{POLICY_ARN}", VALUE]')
    jsons(t, r, "trust", "assume_role_policy = VALUE")
    jsons(t, r, "inline", trust + 'inline_policy {\n  name = "a"\n  policy = VALUE\n}')
    numbers(t, r, "session", trust + "max_session_duration = VALUE", 3599, 3600, 43200, 43201, 0, -1, 3600.5)
    words(t, r, "description", trust + "description = VALUE", "ä", "日本", "a\\nb", "a\\tb", "\\u0001", "€", "~", "\\u007f", "\\u00a1", "\\u00ff", "\\u0100")
    t.add(r, "description-longest", trust + "description = " + many("a", 1000))
    t.add(r, "description-too-long", trust + "description = " + many("a", 1001))
    t.add(r, "description-wide", trust + "description = " + many("é", 600))
    words(t, r, "path", trust + "path = VALUE", "", "a", "/a", "a/", "//", "/a b/", "/ä/", "/a//b/")
    t.add(r, "path-long", trust + 'path = «"/${join("", [for i in range(511) : "a"])}/"»')
    for i, value in enumerate(["", "a b", "a/b", "a", "ä", "a:b"]):
        t.add(r, f"inline-name-{i}", trust + f"inline_policy {{\n  name = {quoted(value)}\n  policy = {GOOD}\n}}")
    t.add(r, "inline-name-long", trust + f'inline_policy {{\n  name = {many("a", 129)}\n  policy = {GOOD}\n}}')
    t.add(r, "inline-no-name", trust + f"inline_policy {{\n  policy = {GOOD}\n}}")
    t.add(r, "inline-no-policy", trust + 'inline_policy {\n  name = "a"\n}')
    t.add(r, "inline-twice", trust + f'inline_policy {{\n  name = "a"\n  policy = {GOOD}\n}}\ninline_policy {{\n  name = "a"\n  policy = {GOOD}\n}}')
    t.add(r, "both-names", trust + 'name = «"a"»\nname_prefix = "b"')
    t.add(r, "both-names-empty", trust + 'name = «""»\nname_prefix = "b"')
    t.add(r, "nothing", "")
    t.add(r, "null-trust", "assume_role_policy = null")
    t.add(r, "unknown-argument", trust + 'nme = "x"')
    t.add(r, "wrong-type", trust + 'max_session_duration = «"x"»')
    t.add(r, "wrong-bool", trust + 'force_detach_policies = «"perhaps"»')
    t.add(r, "computed", trust + 'arn = "x"')
    t.add(r, "tags-wrong", trust + 'tags = "x"')
    t.add(r, "tags-list", trust + 'tags = ["x"]')
    t.add(r, "tags-number", trust + "tags = { a = 1, b = true }")
    t.add(r, "tags-aws", trust + 'tags = { "aws:x" = "1" }')
    return t


def policy():
    t, r = Theme("bad-policy", bad=True), "aws_iam_policy"
    document = f"policy = {GOOD}\n"
    names(t, r, document, "name", 128)
    names(t, r, document, "name_prefix", 102)
    jsons(t, r, "policy", "policy = VALUE")
    words(t, r, "path", document + "path = VALUE", "", "a", "/a", "/a b/", "//")
    words(t, r, "description", document + "description = VALUE", "ä", "a\\nb", "")
    t.add(r, "description-longest", document + "description = " + many("a", 1000))
    t.add(r, "description-too-long", document + "description = " + many("a", 1001))
    t.add(r, "both-names", document + 'name = «"a"»\nname_prefix = "b"')
    t.add(r, "nothing", 'name = "a"')
    t.add(r, "long", 'policy = «jsonencode({ Version = "2012-10-17", Statement = [for i in range(200) : { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::bucket-${i}/*" }] })»')
    t.add(r, "too-many-tags", document + 'tags = «{ for i in range(51) : "k${i}" => "v" }»')
    t.add(r, "long-tag", document + 'tags = { a = ' + many("v", 257) + " }")
    return t


def profile_and_attachment():
    t = Theme("bad-profile", bad=True)
    names(t, "aws_iam_instance_profile", "", "name", 128)
    names(t, "aws_iam_instance_profile", "", "name_prefix", 102)
    words(t, "aws_iam_instance_profile", "path", "path = VALUE", "", "a", "/a b/")
    words(t, "aws_iam_instance_profile", "role", "role = VALUE", "", "a b", "a/b", "ä")
    t.add("aws_iam_instance_profile", "both-names", 'name = «"a"»\nname_prefix = "b"')
    t.add("aws_iam_instance_profile", "roles", 'roles = ["a"]')
    arns(t, "aws_iam_role_policy_attachment", "policy", 'role = "a"\npolicy_arn = VALUE')
    words(t, "aws_iam_role_policy_attachment", "role", f'policy_arn = "{POLICY_ARN}"\nrole = VALUE', "", "a b", "a/b")
    t.add("aws_iam_role_policy_attachment", "nothing", "")
    return t


def queue():
    t, r = Theme("bad-queue", bad=True), "aws_sqs_queue"
    words(t, r, "name", "name = VALUE", "", "a b", "a.b", "a.fifo", "ä", "a_-B9", ".fifo", "a/b")
    words(t, r, "fifo-name", "fifo_queue = true\nname = VALUE", "", "a", "a.fifo", ".fifo", "a.b.fifo", "a.FIFO", "a b.fifo")
    words(t, r, "prefix", "name_prefix = VALUE", "", "a b", "a.b", "ä", "a.fifo")
    words(t, r, "fifo-prefix", "fifo_queue = true\nname_prefix = VALUE", "", "a.b", "a-", "a.fifo")
    for n in (80, 81):
        t.add(r, f"name-{n}", "name = " + many("a", n))
    for n in (54, 55):
        t.add(r, f"prefix-{n}", "name_prefix = " + many("a", n))
        t.add(r, f"fifo-prefix-{n - 5}", "fifo_queue = true\nname_prefix = " + many("a", n - 5))
    t.add(r, "fifo-name-80", 'fifo_queue = true\nname = «"${join("", [for i in range(75) : "a"])}.fifo"»')
    t.add(r, "fifo-name-81", 'fifo_queue = true\nname = «"${join("", [for i in range(76) : "a"])}.fifo"»')
    for attribute, low, high in (("delay_seconds", 0, 900), ("kms_data_key_reuse_period_seconds", 60, 86400), ("max_message_size", 1024, 262144),
                                 ("message_retention_seconds", 60, 1209600), ("receive_wait_time_seconds", 0, 20), ("visibility_timeout_seconds", 0, 43200)):
        numbers(t, r, attribute.replace("_", "-"), f"{attribute} = VALUE", low - 1, low, high, high + 1, low + 0.5)
    for attribute in ("policy", "redrive_policy", "redrive_allow_policy"):
        jsons(t, r, attribute.replace("_", "-"), f"{attribute} = VALUE")
    words(t, r, "scope", "deduplication_scope = VALUE", "queue", "messageGroup", "messagegroup", "", "x")
    words(t, r, "limit", "fifo_throughput_limit = VALUE", "perQueue", "perMessageGroupId", "", "x")
    words(t, r, "fifo-scope", "fifo_queue = true\nname = \"a.fifo\"\ndeduplication_scope = VALUE", "queue", "messageGroup", "", "x")
    words(t, r, "kms", "kms_master_key_id = VALUE", "", "alias/x", "ä")
    t.add(r, "kms-and-sse", 'kms_master_key_id = «"alias/x"»\nsqs_managed_sse_enabled = true')
    t.add(r, "kms-and-sse-false", 'kms_master_key_id = «"alias/x"»\nsqs_managed_sse_enabled = false')
    t.add(r, "kms-empty-and-sse", 'kms_master_key_id = «""»\nsqs_managed_sse_enabled = true')
    t.add(r, "kms-reuse-and-sse", "kms_data_key_reuse_period_seconds = «300»\nsqs_managed_sse_enabled = true")
    t.add(r, "content-standard", "content_based_deduplication = «true»")
    t.add(r, "content-standard-false", "content_based_deduplication = «false»")
    t.add(r, "scope-standard", 'fifo_queue = false\ndeduplication_scope = «"queue"»')
    t.add(r, "both-names", 'name = «"a"»\nname_prefix = "b"')
    words(t, r, "timeout", "timeouts {\n  create = VALUE\n}", "1", "x", "10m", "", "-1m", "1h30m", "1d")
    t.add(r, "timeout-read", 'timeouts {\n  read = "1m"\n}')
    t.add(r, "url", 'url = "x"')
    jsons(t, "aws_sqs_queue_policy", "policy", 'queue_url = "http://x/1/y"\npolicy = VALUE')
    words(t, "aws_sqs_queue_policy", "url", f"policy = {ACCESS}\nqueue_url = VALUE", "", "x", "arn:aws:sqs:us-east-1:123456789012:x")
    t.add("aws_sqs_queue_policy", "nothing", "")
    return t


def rule():
    t, r = Theme("bad-rule", bad=True), "aws_cloudwatch_event_rule"
    pattern = 'event_pattern = jsonencode({ source = ["aws.ec2"] })\n'
    names(t, r, pattern, "name", 64)
    names(t, r, pattern, "name_prefix", 38)
    jsons(t, r, "pattern", "event_pattern = VALUE")
    words(t, r, "bus", pattern + "event_bus_name = VALUE", "", "default", "a b", "a/b", "a.b-_", "ä", "arn:aws:events:us-east-1:123456789012:event-bus/x", "arn:aws:sqs:us-east-1:123456789012:x",
          "arn:x", "aws.partner/x.com/y", "arn:aws:events:us-east-1:123456789012:event-bus/", "arn:aws:events:::x", "a:b", "#")
    t.add(r, "bus-256", pattern + "event_bus_name = " + many("a", 256))
    t.add(r, "bus-257", pattern + "event_bus_name = " + many("a", 257))
    words(t, r, "schedule", "schedule_expression = VALUE", "", "x", "rate(5 minutes)", "rate(0 minutes)", "cron(x)")
    t.add(r, "schedule-256", "schedule_expression = " + many("a", 256))
    t.add(r, "schedule-257", "schedule_expression = " + many("a", 257))
    t.add(r, "description-512", pattern + "description = " + many("a", 512))
    t.add(r, "description-513", pattern + "description = " + many("a", 513))
    t.add(r, "description-empty", pattern + "description = " + quoted(""))
    arns(t, r, "role", pattern + "role_arn = VALUE")
    words(t, r, "state", pattern + "state = VALUE", "ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "enabled", "", "x")
    t.add(r, "state-and-enabled", pattern + 'state = «"ENABLED"»\nis_enabled = true')
    t.add(r, "state-and-disabled", pattern + 'state = «"ENABLED"»\nis_enabled = false')
    t.add(r, "both-names", pattern + 'name = «"a"»\nname_prefix = "b"')
    t.add(r, "nothing", "")
    t.add(r, "neither", 'name = "a"')
    t.add(r, "empty-both", 'event_pattern = «""»\nschedule_expression = «""»')
    t.add(r, "null-both", "event_pattern = null\nschedule_expression = null")
    t.add(r, "pattern-4096", 'event_pattern = «jsonencode({ source = [join("", [for i in range(4081) : "a"])] })»')
    t.add(r, "pattern-4097", 'event_pattern = «jsonencode({ source = [join("", [for i in range(4082) : "a"])] })»')
    t.add(r, "pattern-blanks", 'event_pattern = «"{ ${join("", [for i in range(5000) : " "])} \\"source\\": [\\"a\\"] }"»')
    t.add(r, "pattern-wide", 'event_pattern = «jsonencode({ source = [join("", [for i in range(3000) : "é"])] })»')
    return t


def target():
    t, r = Theme("bad-target", bad=True), "aws_cloudwatch_event_target"
    base = f'rule = "x"\narn = "{SERVICE_ARN}"\n'
    for label, value in {"empty": quoted(""), "blank": quoted("a b"), "dot": quoted("a.b-_"), "slash": quoted("a/b"), "umlaut": quoted("ä"), "64": many("a", 64), "65": many("a", 65)}.items():
        t.add(r, f"id-{label}", base + f"target_id = {value}")
        t.add(r, f"rule-{label}", f'arn = "{SERVICE_ARN}"\nrule = {value}')
    arns(t, r, "arn", 'rule = "x"\narn = VALUE')
    arns(t, r, "role", base + "role_arn = VALUE")
    arns(t, r, "dead", base + "dead_letter_config {\n  arn = VALUE\n}")
    arns(t, r, "task", base + "ecs_target {\n  task_definition_arn = VALUE\n}")
    arns(t, r, "secret", base + 'redshift_target {\n  database = "d"\n  secrets_manager_arn = VALUE\n}')
    words(t, r, "bus", base + "event_bus_name = VALUE", "", "default", "a b", "arn:x", "arn:aws:sqs:us-east-1:123456789012:x")
    jsons(t, r, "input", base + "input = VALUE")
    words(t, r, "path", base + "input_path = VALUE", "", "x", "$.detail")
    for attribute, n in (("input", 8192), ("input_path", 256)):
        t.add(r, f"{attribute}-{n}".replace("_", "-"), base + f"{attribute} = {many('1', n)}")
        t.add(r, f"{attribute}-{n + 1}".replace("_", "-"), base + f"{attribute} = {many('1', n + 1)}")
    transformer = 'input_transformer {\n  input_template = "x"\n}\n'
    t.add(r, "input-and-path", base + 'input = «"{}"»\ninput_path = "$.x"')
    t.add(r, "input-and-transformer", base + 'input = «"{}"»\n' + transformer)
    t.add(r, "path-and-transformer", base + 'input_path = «"$.x"»\n' + transformer)
    t.add(r, "all-three", base + 'input = "{}"\ninput_path = "$.x"\n' + transformer)
    t.add(r, "empty-input-and-path", base + 'input = «""»\ninput_path = "$.x"')
    words(t, r, "template", base + "input_transformer {\n  input_template = VALUE\n}", "", "x", "{")
    for n in (8192, 8193):
        t.add(r, f"template-{n}", base + f"input_transformer {{\n  input_template = {many('a', n)}\n}}")
    for n in (100, 101):
        t.add(r, f"paths-{n}", base + f'input_transformer {{\n  input_template = "x"\n  input_paths = «{{ for i in range({n}) : "k${{i}}" => "$.x" }}»\n}}')
    words(t, r, "paths-value", base + 'input_transformer {\n  input_template = "x"\n  input_paths = { a = VALUE }\n}', "", "x", "$.x")
    for i, key in enumerate(("AWS.x", "aws.x", "AWSx", "a b", "a-b", "a.b", "")):
        t.add(r, f"paths-key-{i}", base + f'input_transformer {{\n  input_template = "x"\n  input_paths = {{ "{key}" = "$.x" }}\n}}')
    t.add(r, "transformer-none", base + "input_transformer {\n}")
    t.add(r, "transformer-twice", base + transformer + transformer)

    def ecs(label, more, *values):
        words(t, r, label, base + 'ecs_target {\n  task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/x"\n' + more + "\n}", *values)

    ecs("launch", "launch_type = VALUE", "EC2", "FARGATE", "EXTERNAL", "", "x", "ec2")
    ecs("propagate", "propagate_tags = VALUE", "TASK_DEFINITION", "", "x", "SERVICE")
    ecs("group", "group = VALUE", "", "a")
    ecs("platform", "platform_version = VALUE", "", "1.4.0", "LATEST")
    ecs("strategy-type", "ordered_placement_strategy {\n  type = VALUE\n}", "random", "spread", "binpack", "", "x")
    ecs("strategy-field", "ordered_placement_strategy {\n  type = \"random\"\n  field = VALUE\n}", "", "cpu")
    ecs("constraint-type", "placement_constraint {\n  type = VALUE\n}", "distinctInstance", "memberOf", "", "x")
    ecs("provider", "capacity_provider_strategy {\n  capacity_provider = VALUE\n}", "", "a")
    ecs("provider-and-launch", 'launch_type = "EC2"\ncapacity_provider_strategy {\n  capacity_provider = VALUE\n}', "a")
    ecs("subnets", "network_configuration {\n  subnets = [VALUE]\n}", "", "a")
    for name, values in (("task_count", (0, 1, -1, 100000)),):
        for v in values:
            t.add(r, f"ecs-{name}-{v}".replace("_", "-").replace("--", "-minus-"), base + f'ecs_target {{\n  task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/x"\n  {name} = «{v}»\n}}')
    for name, values in (("base", (-1, 0, 100000, 100001)), ("weight", (-1, 0, 1000, 1001))):
        for v in values:
            t.add(r, f"provider-{name}-{v}".replace("--", "-minus-"), base + f'ecs_target {{\n  task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/x"\n  capacity_provider_strategy {{\n    capacity_provider = "a"\n    {name} = «{v}»\n  }}\n}}')
    for n in (255, 256):
        ecs_body = base + 'ecs_target {\n  task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/x"\n  %s\n}'
        t.add(r, f"ecs-group-{n}", ecs_body % f"group = {many('a', n)}")
        t.add(r, f"ecs-field-{n}", ecs_body % f'ordered_placement_strategy {{\n    type = "random"\n    field = {many("a", n)}\n  }}')
        t.add(r, f"ecs-provider-{n}", ecs_body % f'capacity_provider_strategy {{\n    capacity_provider = {many("a", n)}\n  }}')
    for n in (1600, 1601):
        t.add(r, f"ecs-platform-{n}", ecs_body % f"platform_version = {many('a', n)}")
    for n in (2000, 2001):
        t.add(r, f"ecs-expression-{n}", ecs_body % f'placement_constraint {{\n    type = "memberOf"\n    expression = {many("a", n)}\n  }}')
    t.add(r, "ecs-none", base + "ecs_target {\n}")
    t.add(r, "ecs-no-subnets", ecs_body % "network_configuration {\n  }")
    t.add(r, "ecs-empty-subnets", ecs_body % "network_configuration {\n    subnets = []\n  }")
    t.add(r, "ecs-six-strategies", ecs_body % ('ordered_placement_strategy {\n    type = "random"\n  }\n' * 6))
    t.add(r, "ecs-eleven-constraints", ecs_body % "".join(f'placement_constraint {{\n    type = "memberOf"\n    expression = "{i}"\n  }}\n' for i in range(11)))
    t.add(r, "ecs-tags", ecs_body % 'tags = { "aws:x" = "1" }')
    for name, low, high in (("maximum_event_age_in_seconds", 60, 86400), ("maximum_retry_attempts", 0, 185)):
        for v in sorted({-1, 0, 1, low - 1, low, high, high + 1}):
            t.add(r, f"retry-{name}-{v}".replace("_", "-").replace("--", "-minus-"), base + f"retry_policy {{\n  {name} = «{v}»\n}}")
    t.add(r, "retry-none", base + "retry_policy {\n}")
    t.add(r, "retry-twice", base + "retry_policy {\n}\nretry_policy {\n}")
    t.add(r, "dead-none", base + "dead_letter_config {\n}")
    t.add(r, "dead-twice", base + "dead_letter_config {\n}\ndead_letter_config {\n}")
    for name, values in (("array_size", (0, 1, 2, 10000, 10001)), ("job_attempts", (0, 1, 10, 11))):
        for v in values:
            t.add(r, f"batch-{name}-{v}".replace("_", "-"), base + f'batch_target {{\n  job_definition = "a"\n  job_name = "b"\n  {name} = «{v}»\n}}')
    t.add(r, "batch-none", base + "batch_target {\n}")
    t.add(r, "batch-empty", base + 'batch_target {\n  job_definition = «""»\n  job_name = «""»\n}')
    for attribute, n in (("database", 64), ("db_user", 128), ("sql", 100000), ("statement_name", 500)):
        other = "" if attribute == "database" else '  database = "d"\n'
        for m in (0, n, n + 1):
            t.add(r, f"redshift-{attribute}-{m}".replace("_", "-"), base + f"redshift_target {{\n{other}  {attribute} = {many('a', m)}\n}}")
    t.add(r, "redshift-none", base + "redshift_target {\n}")
    for n in (0, 1, 128, 129):
        t.add(r, f"command-key-{n}", base + f"run_command_targets {{\n  key = {many('a', n)}\n  values = [\"x\"]\n}}")
    for n in (0, 1, 256, 257):
        t.add(r, f"command-value-{n}", base + f"run_command_targets {{\n  key = \"a\"\n  values = [{many('a', n)}]\n}}")
        t.add(r, f"kinesis-{n}", base + f"kinesis_target {{\n  partition_key_path = {many('a', n)}\n}}")
    t.add(r, "command-no-values", base + 'run_command_targets {\n  key = "a"\n  values = []\n}')
    t.add(r, "command-six", base + 'run_command_targets {\n  key = "a"\n  values = ["x"]\n}\n' * 6)
    t.add(r, "kinesis-none", base + "kinesis_target {\n}")
    t.add(r, "sqs-none", base + "sqs_target {\n}")
    t.add(r, "sqs-empty", base + 'sqs_target {\n  message_group_id = «""»\n}')
    t.add(r, "http-none", base + "http_target {\n}")
    t.add(r, "http-twice", base + "http_target {\n}\nhttp_target {\n}")
    t.add(r, "appsync-none", base + "appsync_target {\n}")
    for n in (0, 1):
        t.add(r, f"appsync-{n}", base + f"appsync_target {{\n  graphql_operation = {many('a', n)}\n}}")
    for label, value in {"empty": quoted(""), "dash": quoted("-a"), "dashes": quoted("a--b"), "end": quoted("a-"), "under": quoted("a_b"), "256": many("a", 256), "257": many("a", 257)}.items():
        t.add(r, f"pipeline-name-{label}", base + f'sagemaker_pipeline_target {{\n  pipeline_parameter_list {{\n    name = {value}\n    value = "x"\n  }}\n}}')
    for n in (0, 1024, 1025):
        t.add(r, f"pipeline-value-{n}", base + f'sagemaker_pipeline_target {{\n  pipeline_parameter_list {{\n    name = "a"\n    value = {many("a", n)}\n  }}\n}}')
    t.add(r, "pipeline-none", base + "sagemaker_pipeline_target {\n}")
    t.add(r, "nothing", "")
    return t


THEMES = [role(), policy(), profile_and_attachment(), queue(), rule(), target()]
