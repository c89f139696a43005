"""aws_iam_policy, aws_iam_instance_profile and aws_iam_role_policy_attachment."""
from corners.role import LIST_BUCKETS, READ, AUDIT, TRUST
from record import Theme, aws

BUCKETS = "policy = " + LIST_BUCKETS + "\n"


def document(statement, head='Version = "2012-10-17", '):
    return "jsonencode({ %sStatement = [%s] })" % (head, statement)


def policies():
    t = Theme("policy")
    named = 'name = "NAME"\n'

    def policy(label, *bodies):
        t.add("aws_iam_policy", label, *bodies)

    def texts(label, *documents):
        policy(label, *[f"{named}policy = {d}" for d in documents])

    policy("plain", named + BUCKETS)
    policy("nameless", BUCKETS)
    policy("prefixed", 'name_prefix = "PREFIX-pre-"\n' + BUCKETS)
    policy("renamed", named + BUCKETS, 'name = "PREFIX-other-policy"\n' + BUCKETS)
    policy("path", named + 'path = "/a/"\n' + BUCKETS, named + 'path = "/b/"\n' + BUCKETS, named + BUCKETS)
    policy("description", named + 'description = "one"\n' + BUCKETS, named + 'description = "two"\n' + BUCKETS, named + BUCKETS)
    policy("description-added", named + BUCKETS, named + 'description = "one"\n' + BUCKETS)
    policy("description-empty", named + 'description = ""\n' + BUCKETS, named + BUCKETS, named + 'description = ""\n' + BUCKETS)
    policy("tags", named + 'tags = { a = "1", b = "2" }\n' + BUCKETS, named + 'tags = { b = "3" }\n' + BUCKETS, named + BUCKETS)
    policy("gone", named + BUCKETS, None)
    policy("unknown", named + "policy = " + document('{ Effect = "Allow", Action = "s3:*", Resource = aws_iam_policy.plain.arn }'))
    policy("unknown-name", 'name = "PREFIX-${aws_iam_policy.plain.policy_id}"\n' + BUCKETS)
    statement = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "%s" }'
    texts("list", document('{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'), document('{ Effect = "Allow", Action = ["s3:GetObject"], Resource = ["*"] }'))
    texts("sid", document('{ Sid = "a", Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'), document('{ Sid = "b", Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'))
    texts("sid-empty", document('{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'), document('{ Sid = "", Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'))
    texts("not-action", document('{ Effect = "Deny", NotAction = "s3:GetObject", NotResource = "*" }'), document('{ Effect = "Deny", NotAction = ["s3:GetObject"], NotResource = ["*"] }'))
    condition = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "*", Condition = %s }'
    texts("bool", document(condition % '{ Bool = { "aws:SecureTransport" = true } }'), document(condition % '{ Bool = { "aws:SecureTransport" = "true" } }'), document(condition % '{ Bool = { "aws:SecureTransport" = ["true"] } }'))
    texts("number", document(condition % '{ NumericLessThan = { "s3:max-keys" = 10 } }'), document(condition % '{ NumericLessThan = { "s3:max-keys" = "10" } }'), document(condition % '{ NumericLessThan = { "s3:max-keys" = "10.0" } }'))
    texts("values", document(condition % '{ StringEquals = { "s3:prefix" = ["a", "b"] } }'), document(condition % '{ StringEquals = { "s3:prefix" = ["b", "a"] } }'), document(condition % '{ StringEquals = { "s3:prefix" = ["a", "b", "b"] } }'))
    texts("key-case", document(condition % '{ StringEquals = { "s3:prefix" = "a" } }'), document(condition % '{ StringEquals = { "S3:Prefix" = "a" } }'))
    texts("empty-condition", document(statement % "*"), document(condition % "{}"))
    texts("heredoc", "<<EOF\n{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [ { \"Resource\": \"*\", \"Action\": \"s3:GetObject\", \"Effect\": \"Allow\" } ]\n}\nEOF", document('{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'))
    texts("id", document(statement % "*"), document(statement % "*", 'Version = "2012-10-17", Id = "x", '))
    return t


def profiles():
    t = Theme("profile")
    named = 'name = "NAME"\n'
    t.common = "".join(f'resource "aws_iam_role" "{r}" {{\n  name = "PREFIX-{r}"\n{TRUST}}}\n' for r in ("one", "two"))
    t.common += f'resource "aws_iam_policy" "own" {{\n  name = "PREFIX-own"\n{BUCKETS}}}\n'

    def profile(label, *bodies):
        t.add("aws_iam_instance_profile", label, *bodies)

    profile("plain", named)
    profile("nameless", "")
    profile("prefixed", 'name_prefix = "PREFIX-pre-"')
    profile("renamed", named, 'name = "PREFIX-other-profile"')
    profile("path", named + 'path = "/a/"', named + 'path = "/b/"')
    profile("role", named + "role = aws_iam_role.one.name", named + "role = aws_iam_role.two.name", named)
    profile("role-later", named, named + "role = aws_iam_role.one.id")
    profile("role-empty", named + 'role = ""', named + "role = aws_iam_role.one.name", named + 'role = ""')
    profile("tags", named + 'tags = { a = "1" }', named + 'tags = { a = "", b = "2" }', named)
    profile("unknown-name", 'name = "x-${aws_iam_role.one.unique_id}"')
    profile("gone", named + "role = aws_iam_role.two.name", None)

    def attach(label, *bodies):
        t.add("aws_iam_role_policy_attachment", label, *bodies)

    attach("by-name", f'role = "PREFIX-one"\npolicy_arn = "{READ}"\ndepends_on = [aws_iam_role.one]')
    attach("by-id", f'role = aws_iam_role.one.id\npolicy_arn = "{AUDIT}"')
    attach("own", "role = aws_iam_role.one.name\npolicy_arn = aws_iam_policy.own.arn")
    attach("moves", f'role = aws_iam_role.one.name\npolicy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"', f'role = aws_iam_role.two.name\npolicy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"')
    attach("other-policy", f'role = aws_iam_role.two.name\npolicy_arn = "{READ}"', f'role = aws_iam_role.two.name\npolicy_arn = "{AUDIT}"')
    attach("gone", 'role = aws_iam_role.two.name\npolicy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"', None)
    return t


def drift():
    t = Theme("iam-drift")
    t.common = "".join(f'resource "aws_iam_role" "{r}" {{\n  name = "PREFIX-{r}"\n{TRUST}}}\n' for r in ("one", "two"))
    add = t.add
    add("aws_iam_policy", "doc", 'name = "NAME"\n' + BUCKETS)
    add("aws_iam_policy", "tags", 'name = "NAME"\ntags = { a = "1" }\n' + BUCKETS)
    add("aws_iam_policy", "deleted", 'name = "NAME"\n' + BUCKETS)
    add("aws_iam_instance_profile", "swapped", 'name = "NAME"\nrole = aws_iam_role.one.name')
    add("aws_iam_instance_profile", "emptied", 'name = "NAME"\nrole = aws_iam_role.one.name')
    add("aws_iam_instance_profile", "filled", 'name = "NAME"')
    add("aws_iam_instance_profile", "tags", 'name = "NAME"\ntags = { a = "1" }')
    add("aws_iam_instance_profile", "deleted", 'name = "NAME"')
    add("aws_iam_role_policy_attachment", "detached", f'role = aws_iam_role.one.name\npolicy_arn = "{READ}"')
    add("aws_iam_role_policy_attachment", "stays", f'role = aws_iam_role.one.name\npolicy_arn = "{AUDIT}"')

    def act(side):
        iam = aws("iam")
        arn = f"arn:aws:iam::123456789012:policy/{side.prefix}-%s"
        iam.create_policy_version(PolicyArn=arn % "doc", SetAsDefault=True, PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}')
        iam.tag_policy(PolicyArn=arn % "tags", Tags=[{"Key": "a", "Value": "9"}, {"Key": "b", "Value": "9"}])
        iam.delete_policy(PolicyArn=arn % "deleted")
        for label, old, new in (("swapped", "one", "two"), ("emptied", "one", None), ("filled", None, "two")):
            if old:
                iam.remove_role_from_instance_profile(InstanceProfileName=side.name(label), RoleName=side.name(old))
            if new:
                iam.add_role_to_instance_profile(InstanceProfileName=side.name(label), RoleName=side.name(new))
        iam.tag_instance_profile(InstanceProfileName=side.name("tags"), Tags=[{"Key": "a", "Value": "9"}, {"Key": "b", "Value": "9"}])
        iam.delete_instance_profile(InstanceProfileName=side.name("deleted"))
        iam.detach_role_policy(RoleName=side.name("one"), PolicyArn=READ)

    t.drift(2, act)
    return t


THEMES = [policies(), profiles(), drift()]
