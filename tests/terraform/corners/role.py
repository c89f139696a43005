"""aws_iam_role."""
from record import Theme, aws

TRUST = 'assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })\n'
DOCUMENT = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = %s, Resource = "*" }] })'
LIST_BUCKETS = DOCUMENT % '"s3:ListAllMyBuckets"'
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"


def trust(text):
    return f"name = \"NAME\"\nassume_role_policy = {text}\n"


def role(t, label, *bodies, **more):
    return t.add("aws_iam_role", label, *[None if b is None else TRUST + b for b in bodies], **more)


def attributes():
    t = Theme("role")
    named = 'name = "NAME"\n'
    role(t, "plain", named)
    role(t, "nameless", "")
    role(t, "prefixed", 'name_prefix = "PREFIX-pre-"')
    role(t, "null-name", "name = null\nname_prefix = null")
    role(t, "renamed", named, 'name = "PREFIX-other"')
    role(t, "name-to-prefix", named, 'name_prefix = "PREFIX-np-"')
    role(t, "prefix-to-name", 'name_prefix = "PREFIX-pn-"', named)
    role(t, "other-prefix", 'name_prefix = "PREFIX-p1-"', 'name_prefix = "PREFIX-p2-"')
    role(t, "prefix-gone", 'name_prefix = "PREFIX-p3-"', "")
    role(t, "path", named + 'path = "/a/b/"', named + 'path = "/a/b/"\ndescription = "d"', named + 'path = "/"', named)
    role(t, "path-to-none", named + 'path = "/x/"', named)
    role(t, "description", named + 'description = "one"', named + 'description = "two"', named, named + 'description = ""')
    role(t, "description-empty", named + 'description = ""', named, named + 'description = "d"', named + 'description = ""')
    role(t, "session", named + "max_session_duration = 7200", named + "max_session_duration = 43200", named)
    role(t, "session-explicit", named + "max_session_duration = 3600", named, named + 'max_session_duration = "3700"')
    role(t, "force", named + "force_detach_policies = true", named + "force_detach_policies = false", named, named + 'force_detach_policies = "true"')
    role(t, "boundary", named + f'permissions_boundary = "{BOUNDARY}"', named + f'permissions_boundary = "{READ}"', named, named + f'permissions_boundary = "{READ}"')
    role(t, "boundary-empty", named + 'permissions_boundary = ""', named, named + f'permissions_boundary = "{READ}"', named + 'permissions_boundary = ""')
    role(t, "tags", named + 'tags = { a = "1", b = "2" }', named + 'tags = { b = "3", c = "" }', named + "tags = {}", named)
    role(t, "tags-empty", named + "tags = {}", named, named + "tags = {}", named + 'tags = { a = "" }')
    role(t, "tags-null", named + 'tags = { a = null, b = "1" }', named + "tags = null")
    role(t, "inline", named + f'inline_policy {{\n name = "a"\n policy = {LIST_BUCKETS}\n}}\ninline_policy {{\n name = "b"\n policy = {LIST_BUCKETS}\n}}',
         named + f'inline_policy {{\n name = "a"\n policy = {DOCUMENT % (chr(34) + "s3:GetObject" + chr(34))}\n}}',
         named + "inline_policy {}", named)
    role(t, "inline-empty", named + "inline_policy {}", named, named + f'inline_policy {{\n name = "a"\n policy = {LIST_BUCKETS}\n}}', named)
    role(t, "inline-same", named + f'inline_policy {{\n name = "a"\n policy = {LIST_BUCKETS}\n}}',
         named + f'inline_policy {{\n name = "a"\n policy = {DOCUMENT % (chr(91) + chr(34) + "s3:ListAllMyBuckets" + chr(34) + chr(93))}\n}}')
    role(t, "managed", named + f'managed_policy_arns = ["{READ}", "{AUDIT}"]', named + f'managed_policy_arns = ["{AUDIT}"]',
         named + "managed_policy_arns = []", named)
    role(t, "managed-empty", named + "managed_policy_arns = []", named, named + f'managed_policy_arns = ["{READ}"]', named)
    role(t, "managed-and-forced", named + f'force_detach_policies = true\nmanaged_policy_arns = ["{READ}"]', named + 'description = "x"')
    role(t, "unknown-boundary", named + "permissions_boundary = aws_iam_policy.bound.arn", named + "permissions_boundary = aws_iam_policy.bound.arn\ndescription = aws_iam_policy.bound.policy_id")
    role(t, "unknown-all", named + "description = aws_iam_policy.bound.policy_id\ntags = { id = aws_iam_policy.bound.policy_id }\nmanaged_policy_arns = [aws_iam_policy.bound.arn]\ninline_policy {\n name = aws_iam_policy.bound.policy_id\n policy = " + LIST_BUCKETS + "\n}")
    role(t, "gone", named, None)
    role(t, "late", None, named)
    t.common = f'resource "aws_iam_policy" "bound" {{\n  name = "PREFIX-bound"\n  policy = {LIST_BUCKETS}\n}}\n'
    return t


def documents():
    t = Theme("role-documents")
    one = '{ Action = "sts:AssumeRole", Effect = "Allow", Principal = %s }'

    def doc(label, *texts):
        t.add("aws_iam_role", label, *[trust(x) for x in texts])

    def js(principal, more="", head='Version = "2012-10-17", '):
        return "jsonencode({ %sStatement = [{ Action = \"sts:AssumeRole\", Effect = \"Allow\", Principal = %s%s }] })" % (head, principal, more)

    service = '{ Service = "ec2.amazonaws.com" }'
    doc("list-of-one", js(service), js('{ Service = ["ec2.amazonaws.com"] }'))
    doc("statement-object", js(service), 'jsonencode({ Version = "2012-10-17", Statement = { Action = "sts:AssumeRole", Effect = "Allow", Principal = %s } })' % service)
    doc("everybody", js('"*"'), js('{ AWS = "*" }'), js('{ AWS = ["*"] }'))
    doc("account", js('{ AWS = "123456789012" }'), js('{ AWS = "arn:aws:iam::123456789012:root" }'), js('{ AWS = ["123456789012"] }'))
    doc("root-to-account", js('{ AWS = "arn:aws:iam::123456789012:root" }'), js('{ AWS = "123456789012" }'))
    doc("two-services", js('{ Service = ["ec2.amazonaws.com", "lambda.amazonaws.com"] }'), js('{ Service = ["lambda.amazonaws.com", "ec2.amazonaws.com"] }'))
    doc("action-list", js(service), 'jsonencode({ Version = "2012-10-17", Statement = [{ Action = ["sts:AssumeRole"], Effect = "Allow", Principal = %s }] })' % service)
    doc("sid", js(service), js(service, ', Sid = ""'), js(service, ', Sid = "a"'))
    doc("bool-condition", js(service, ', Condition = { Bool = { "aws:x" = true } }'), js(service, ', Condition = { Bool = { "aws:x" = "true" } }'))
    doc("number-condition", js(service, ', Condition = { NumericLessThan = { "aws:x" = 5 } }'), js(service, ', Condition = { NumericLessThan = { "aws:x" = "5" } }'))
    doc("condition-list", js(service, ', Condition = { StringEquals = { "aws:x" = ["a", "b"] } }'), js(service, ', Condition = { StringEquals = { "aws:x" = ["b", "a"] } }'),
        js(service, ', Condition = { StringEquals = { "aws:x" = ["b"] } }'), js(service, ', Condition = { StringEquals = { "aws:x" = "b" } }'))
    doc("condition-case", js(service, ', Condition = { StringEquals = { "aws:X" = "a" } }'), js(service, ', Condition = { StringEquals = { "aws:x" = "a" } }'))
    doc("heredoc", '<<EOF\n{\n  "Version": "2012-10-17",\n  "Statement": [\n    { "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }\n  ]\n}\nEOF', js(service))
    doc("escapes", '"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":{\\"Service\\":\\"ec2.amazonaws\\\\u002ecom\\"},\\"Action\\":\\"sts:AssumeRole\\"}]}"', js(service))
    doc("statements-swapped", 'jsonencode({ Version = "2012-10-17", Statement = [%s, %s] })' % (one % service, one % '{ AWS = "*" }'),
        'jsonencode({ Version = "2012-10-17", Statement = [%s, %s] })' % (one % '{ AWS = "*" }', one % service))
    doc("id", js(service), js(service, head='Version = "2012-10-17", Id = "x", '))
    doc("duplicate", js('{ Service = ["ec2.amazonaws.com"] }'), js('{ Service = ["ec2.amazonaws.com", "ec2.amazonaws.com"] }'))
    return t


def drift():
    t = Theme("role-drift", handover=True)
    named = 'name = "NAME"\n'
    role(t, "attributes", named + f'description = "d"\nmax_session_duration = 7200\npermissions_boundary = "{READ}"\ntags = {{ a = "1" }}')
    role(t, "bare", named)
    role(t, "trust", named)
    role(t, "deleted", named)
    role(t, "inline-managed", named + f'inline_policy {{\n name = "a"\n policy = {LIST_BUCKETS}\n}}')
    role(t, "inline-none", named + "inline_policy {}")
    role(t, "inline-free", named)
    role(t, "inline-taken-away", named + f'inline_policy {{\n name = "a"\n policy = {LIST_BUCKETS}\n}}')
    role(t, "arns-managed", named + f'managed_policy_arns = ["{READ}"]')
    role(t, "arns-none", named + "managed_policy_arns = []")
    role(t, "arns-taken-away", named + f'managed_policy_arns = ["{READ}"]')
    role(t, "boundary-gone", named + f'permissions_boundary = "{READ}"')
    role(t, "tags-gone", named + 'tags = { a = "1", b = "2" }')

    def act(side):
        iam, stray = aws("iam"), '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}'
        other = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}'
        for label in ("attributes", "bare"):
            name = side.name(label)
            iam.update_role(RoleName=name, Description="drifted", MaxSessionDuration=10000)
            iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=AUDIT)
            iam.tag_role(RoleName=name, Tags=[{"Key": "a", "Value": "9"}, {"Key": "z", "Value": "9"}])
        iam.update_assume_role_policy(RoleName=side.name("trust"), PolicyDocument=other)
        iam.delete_role(RoleName=side.name("deleted"))
        for label in ("inline-managed", "inline-none", "inline-free"):
            iam.put_role_policy(RoleName=side.name(label), PolicyName="stray", PolicyDocument=stray)
        iam.delete_role_policy(RoleName=side.name("inline-taken-away"), PolicyName="a")
        for label in ("arns-managed", "arns-none"):
            iam.attach_role_policy(RoleName=side.name(label), PolicyArn=AUDIT)
        iam.detach_role_policy(RoleName=side.name("arns-taken-away"), PolicyArn=READ)
        iam.delete_role_permissions_boundary(RoleName=side.name("boundary-gone"))
        iam.untag_role(RoleName=side.name("tags-gone"), TagKeys=["a", "b"])

    def clean(side):
        aws("iam").delete_role_policy(RoleName=side.name("inline-free"), PolicyName="stray")

    t.drift(2, act).drift(3, clean)
    return t


THEMES = [attributes(), documents(), drift()]
