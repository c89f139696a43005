"""aws_iam_role_policy."""
from corners.bad import ARN, GOOD, jsons, names, quoted
from corners.role import DOCUMENT, LIST_BUCKETS, TRUST
from record import Theme, aws

BUCKETS = f"policy = {LIST_BUCKETS}\n"
OTHER = "policy = " + DOCUMENT % '"s3:GetObject"' + "\n"
TYPE = "aws_iam_role_policy"
IN_ONE = "role = aws_iam_role.one.name\n"


def roles():
    return "".join(f'resource "aws_iam_role" "{r}" {{\n  name = "PREFIX-{r}"\n{TRUST}}}\n' for r in ("one", "two"))


def attributes():
    t = Theme("role-policy")
    t.common = roles()

    def policy(label, *bodies):
        t.add(TYPE, label, *bodies)

    policy("plain", IN_ONE + 'name = "NAME"\n' + BUCKETS)
    policy("by-id", 'role = aws_iam_role.one.id\nname = "NAME"\n' + BUCKETS)
    policy("by-text", 'role = "PREFIX-one"\nname = "NAME"\ndepends_on = [aws_iam_role.one]\n' + BUCKETS)
    policy("nameless", IN_ONE + BUCKETS)
    policy("prefixed", IN_ONE + 'name_prefix = "PREFIX-pre-"\n' + BUCKETS)
    policy("empty-name", IN_ONE + 'name = null\nname_prefix = null\n' + BUCKETS)
    policy("renamed", IN_ONE + 'name = "NAME"\n' + BUCKETS, IN_ONE + 'name = "PREFIX-other"\n' + BUCKETS)
    policy("name-to-prefix", IN_ONE + 'name = "NAME"\n' + BUCKETS, IN_ONE + 'name_prefix = "PREFIX-np-"\n' + BUCKETS)
    policy("moved", IN_ONE + 'name = "NAME"\n' + BUCKETS, 'role = aws_iam_role.two.name\nname = "NAME"\n' + BUCKETS)
    policy("changed", IN_ONE + 'name = "NAME"\n' + BUCKETS, IN_ONE + 'name = "NAME"\n' + OTHER, IN_ONE + 'name = "NAME"\n' + OTHER)
    policy("heredoc", IN_ONE + 'name = "NAME"\npolicy = <<EOF\n{ "Statement": [ { "Resource": "*", "Action": ["s3:ListAllMyBuckets"], "Effect": "Allow" } ],\n  "Version": "2012-10-17" }\nEOF\n',
           IN_ONE + 'name = "NAME"\n' + BUCKETS)
    policy("unknown", IN_ONE + 'name = "NAME"\npolicy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.two.arn }] })')
    policy("unknown-name", IN_ONE + 'name = "PREFIX-${aws_iam_role.two.unique_id}"\n' + BUCKETS)
    policy("specials", IN_ONE + 'name = "NAME"\npolicy = ' + LIST_BUCKETS.replace('"*"', '"arn:aws:s3:::a+b c%20<>&"'))
    policy("gone", IN_ONE + 'name = "NAME"\n' + BUCKETS, None)
    drift(t)
    return t


def drift(t):
    for label in ("rewritten", "denied", "deleted"):
        t.add(TYPE, label, IN_ONE + 'name = "NAME"\n' + BUCKETS)

    def act(side):
        iam, role = aws("iam"), side.name("one")
        same = '{"Statement":{"Resource":["*"],"Effect":"Allow","Action":["s3:ListAllMyBuckets"]},"Version":"2012-10-17"}'
        iam.put_role_policy(RoleName=role, PolicyName=side.name("rewritten"), PolicyDocument=same)
        iam.put_role_policy(RoleName=role, PolicyName=side.name("denied"), PolicyDocument=same.replace("Allow", "Deny"))
        iam.delete_role_policy(RoleName=role, PolicyName=side.name("deleted"))

    t.drift(2, act)


def bad():
    t = Theme("bad-role-policy", bad=True)
    rest = f'role = "a"\npolicy = {GOOD}\n'
    names(t, TYPE, rest, "name", 128)
    names(t, TYPE, rest, "name_prefix", 102)
    jsons(t, TYPE, "policy", 'role = "a"\npolicy = VALUE')
    for label, value in {"empty": "", "blank": "a b", "arn": ARN, "slash": "a/b"}.items():
        t.add(TYPE, f"role-{label}", f"policy = {GOOD}\nrole = {quoted(value)}")
    t.add(TYPE, "both-names", rest + 'name = «"a"»\nname_prefix = "b"')
    t.add(TYPE, "nothing", "")
    return t


def bad_imports():
    t = Theme("bad-role-policy-imports", bad="import")
    for i, identity in enumerate(["PREFIX-nobody", "PREFIX-nobody:x", ":", "a:", ":b", "a:b:c"]):
        t.add(TYPE, f"i{i}", f'role = "a"\nname = "b"\n{BUCKETS}', import_id=identity)
    return t


THEMES = [attributes(), bad(), bad_imports()]
