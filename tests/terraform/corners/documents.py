"""JSON documents in every writing that means the same: what plan, state and imports hold of them."""
from record import Theme

TRUST = '{ "Statement" : [ {"Principal":{"Service":"ec2.amazonaws.com"}, "Effect":"Allow","Action":"sts:AssumeRole"%s } ], "Version":"2012-10-17" }'
IDENTITY = '{ "Statement" : [ {"Resource":"*", "Effect":"Allow","Action":["s3:B","s3:A"]%s } ], "Version":"2012-10-17" }'
QUEUE = '{ "Statement" : [ {"Principal":"*", "Resource":"*", "Effect":"Allow","Action":"sqs:SendMessage"%s } ], "Version":"2012-10-17" }'
WRITINGS = {
    "order": "",
    "html": ', "Condition": {"StringLike": {"k": "a<b>&c"}}',
    "escapes": ', "Condition": {"StringLike": {"k": "\\u00e9 \\u2028 \\" \\\\ \\/ \\t é ’"}}',
    "numbers": ', "Condition": {"NumericLessThan": {"k": ["1.50", "1e3"]}}',
}
PATTERNS = {
    "order": '{ "source" : ["b", "a"], "detail-type" : ["x"] }',
    "html": '{ "source" : ["<>&", "\\u003e"] }',
    "escapes": '{ "detail": { "a": ["\\u00e9 \\u2028 \\" \\\\ \\/ é ’"] } }',
    "numbers": '{ "detail": { "n": [ {"numeric": [ ">", 0.50, "<=", 1e2] }, {"numeric": [ "=", 1.0e-7] } ] } }',
}
DEAD = "arn:aws:sqs:us-east-1:123456789012:PREFIX-dead"


def heredoc(text):
    return f"<<EOT\n{text}\nEOT\n"


# IAM takes the characters of Latin-1 alone.
LATIN = {"\\u2028": "\\u00ad", "’": "»"}


def latin(text):
    for there, instead in LATIN.items():
        text = text.replace(there, instead)
    return text


def documents():
    t = Theme("documents", exact=True)
    t.common = 'resource "aws_sqs_queue" "dead" {\n  name = "PREFIX-dead"\n}\n'
    for label, more in WRITINGS.items():
        t.add("aws_iam_role", label, f'name = "NAME"\nassume_role_policy = {heredoc(latin(TRUST % more))}inline_policy {{\n  name = "in"\n  policy = {heredoc(latin(IDENTITY % more))}}}')
        t.add("aws_iam_policy", label, f'name = "NAME"\npolicy = {heredoc(latin(IDENTITY % more))}')
        t.add("aws_sqs_queue", label, f'name = "NAME"\npolicy = {heredoc(QUEUE % more)}')
        t.add("aws_sqs_queue", f"own-{label}", 'name = "NAME"')
        t.add("aws_sqs_queue_policy", label, f'queue_url = aws_sqs_queue.own-{label}.id\npolicy = {heredoc(QUEUE % more)}')
    for label, pattern in PATTERNS.items():
        t.add("aws_cloudwatch_event_rule", label, f'name = "NAME"\nevent_pattern = {heredoc(pattern)}')
        t.add("aws_cloudwatch_event_target", label, f'rule = aws_cloudwatch_event_rule.{label}.name\narn = "arn:aws:sqs:us-east-1:123456789012:q"\ntarget_id = "t"\ninput = {heredoc(pattern)}')
    redrive = '{ "maxReceiveCount" : 4, "deadLetterTargetArn": "%s" }' % DEAD
    t.add("aws_sqs_queue", "redrive", f'name = "NAME"\nredrive_policy = {heredoc(redrive)}depends_on = [aws_sqs_queue.dead]')
    return t


THEMES = [documents()]
