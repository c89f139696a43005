"""What AWS refuses in an apply, and import ids that lead nowhere."""
from corners.role import LIST_BUCKETS, READ, TRUST
from record import Theme, aws

PATTERN = 'event_pattern = jsonencode({ source = ["aws.ec2"] })\n'
QUEUE = "arn:aws:sqs:us-east-1:123456789012:x"
# A number there is refused by moto, though not by IAM: what IAM surely refuses does not get as far as an apply.
REFUSED = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*", Condition = { NumericLessThan = { "s3:max-keys" = 10 } } }] })'
ACCESS = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "sqs:*", Resource = "*", Principal = "*" }] })'
NOBODY = "arn:aws:iam::123456789012:policy/nobody"


def applies():
    t = Theme("refused", handover=False, imports=False)
    add = t.add
    t.common = f'resource "aws_iam_role" "there" {{\n  name = "PREFIX-there"\n{TRUST}}}\nresource "aws_sqs_queue" "there" {{\n  name = "PREFIX-there"\n}}\n'
    add("aws_iam_role", "taken", 'name = "NAME"\n' + TRUST)
    add("aws_iam_role", "no-such-policy", 'name = "NAME"\n' + TRUST + f'managed_policy_arns = ["{NOBODY}"]')
    add("aws_iam_role", "no-such-boundary", 'name = "NAME"\n' + TRUST + f'permissions_boundary = "{NOBODY}"')
    add("aws_iam_role", "bad-inline", 'name = "NAME"\n' + TRUST + f'inline_policy {{\n  name = "a"\n  policy = {REFUSED}\n}}')
    add("aws_iam_policy", "taken", f'name = "NAME"\npolicy = {LIST_BUCKETS}')
    add("aws_iam_policy", "bad", f'name = "NAME"\npolicy = {REFUSED}')
    add("aws_iam_instance_profile", "taken", 'name = "NAME"')
    add("aws_iam_role_policy_attachment", "no-policy", f'role = aws_iam_role.there.name\npolicy_arn = "{NOBODY}"')
    add("aws_iam_role_policy_attachment", "no-role", f'role = "PREFIX-nobody"\npolicy_arn = "{READ}"')
    add("aws_sqs_queue", "taken", 'name = "NAME"\ndelay_seconds = 9')
    add("aws_cloudwatch_event_rule", "no-bus", 'name = "NAME"\nevent_bus_name = "PREFIX-nowhere"\n' + PATTERN)
    add("aws_cloudwatch_event_target", "no-rule", f'rule = "PREFIX-nowhere"\narn = "{QUEUE}"\ntarget_id = "x"')
    add("aws_cloudwatch_event_target", "no-bus", f'rule = "PREFIX-nowhere"\nevent_bus_name = "PREFIX-nobus"\narn = "{QUEUE}"\ntarget_id = "x"')

    def prepare(side):
        document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}'
        aws("iam").create_role(RoleName=side.name("taken"), AssumeRolePolicyDocument=document)
        aws("iam").create_policy(PolicyName=side.name("taken"), PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}')
        aws("iam").create_instance_profile(InstanceProfileName=side.name("taken"))
        aws("sqs").create_queue(QueueName=side.name("taken"), Attributes={"DelaySeconds": "3"})

    def clean(side):
        aws("iam").delete_role(RoleName=side.name("taken"))
        aws("iam").delete_policy(PolicyArn=f"arn:aws:iam::123456789012:policy/{side.name('taken')}")
        aws("iam").delete_instance_profile(InstanceProfileName=side.name("taken"))
        aws("sqs").delete_queue(QueueUrl=aws("sqs").get_queue_url(QueueName=side.name("taken"))["QueueUrl"])

    t.drift(1, prepare)
    t.after = clean
    return t


def imports():
    t = Theme("refused-imports", bad="import")
    bodies = {
        "aws_iam_role": 'name = "NAME"\n' + TRUST, "aws_iam_policy": f'name = "NAME"\npolicy = {LIST_BUCKETS}', "aws_iam_instance_profile": 'name = "NAME"',
        "aws_iam_role_policy_attachment": f'role = "NAME"\npolicy_arn = "{READ}"', "aws_sqs_queue": 'name = "NAME"',
        "aws_sqs_queue_policy": f'queue_url = "http://x/1/y"\npolicy = {ACCESS}', "aws_cloudwatch_event_rule": 'name = "NAME"\n' + PATTERN,
        "aws_cloudwatch_event_target": f'rule = "NAME"\narn = "{QUEUE}"'}
    queue = "ENDPOINT/123456789012/PREFIX-nowhere"
    ids = {
        "aws_iam_role": ["PREFIX-nobody", "a b", "arn:aws:iam::123456789012:role/x"], "aws_iam_policy": ["arn:aws:iam::123456789012:policy/PREFIX-nobody", "PREFIX-nobody", "arn:aws:iam::123456789012:role/x"],
        "aws_iam_instance_profile": ["PREFIX-nobody"], "aws_iam_role_policy_attachment": ["PREFIX-nobody", f"PREFIX-nobody/{READ}", "/", "a/b", f"/{READ}", "a/"],
        "aws_sqs_queue": [queue, "nonsense", "http://x"], "aws_sqs_queue_policy": [queue, "nonsense"],
        "aws_cloudwatch_event_rule": ["PREFIX-nobody", "a/b/c", "/x", "x/", "PREFIX-nobus/PREFIX-nobody", "arn:aws:events:us-east-1:123456789012:event-bus/x/y"],
        "aws_cloudwatch_event_target": ["nonsense", "PREFIX-nobody/x", "a/b/c/d", "/x", "PREFIX-nobus/PREFIX-nobody/x"]}
    for type_name, list_of_ids in ids.items():
        for i, identity in enumerate(list_of_ids):
            t.add(type_name, f"i{i}", bodies[type_name], import_id=identity)
    return t


THEMES = [applies(), imports()]
