"""aws_sqs_queue_redrive_policy and aws_sqs_queue_redrive_allow_policy."""
from corners.bad import jsons
from record import Theme, aws

LABELS = ("plain", "changed", "heredoc", "rewritten", "taken", "gone")


def queues():
    names = ["dead", *(f"q-{label}" for label in LABELS), *(f"a-{label}" for label in LABELS)]
    return "".join(f'resource "aws_sqs_queue" "{name}" {{\n  name = "PREFIX-{name}"\n}}\n' for name in names)


def attributes():
    t = Theme("redrive")
    t.common = queues()

    def redrive(label, *documents):
        t.add("aws_sqs_queue_redrive_policy", label, *[None if d is None else f"queue_url = aws_sqs_queue.q-{label}.url\nredrive_policy = {d}" for d in documents])

    def allow(label, *documents):
        t.add("aws_sqs_queue_redrive_allow_policy", label, *[None if d is None else f"queue_url = aws_sqs_queue.a-{label}.id\nredrive_allow_policy = {d}" for d in documents])

    document = "jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = %s })"
    redrive("plain", document % 4)
    redrive("changed", document % 4, document % 5)
    redrive("heredoc", '<<EOF\n{ "maxReceiveCount": 4,\n  "deadLetterTargetArn": "${aws_sqs_queue.dead.arn}" }\nEOF', document % 4)
    redrive("rewritten", document % 4)
    redrive("taken", document % 4)
    redrive("gone", document % 4, None)
    allow("plain", 'jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.q-plain.arn] })')
    allow("changed", 'jsonencode({ redrivePermission = "denyAll" })', 'jsonencode({ redrivePermission = "allowAll" })')
    allow("heredoc", '<<EOF\n{ "redrivePermission": "denyAll" }\nEOF', 'jsonencode({ redrivePermission = "denyAll" })')
    allow("rewritten", 'jsonencode({ redrivePermission = "denyAll" })')
    allow("taken", 'jsonencode({ redrivePermission = "denyAll" })')
    allow("gone", 'jsonencode({ redrivePermission = "denyAll" })', None)

    def act(side):
        def put(label, **attributes):
            sqs = aws("sqs")
            sqs.set_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=side.name(label))["QueueUrl"], Attributes=attributes)

        dead = f"arn:aws:sqs:us-east-1:123456789012:{side.name('dead')}"
        put("q-rewritten", RedrivePolicy=f'{{"deadLetterTargetArn": "{dead}", "maxReceiveCount": 9}}')
        put("a-rewritten", RedriveAllowPolicy='{"redrivePermission": "allowAll"}')
        put("q-taken", RedrivePolicy="")
        put("a-taken", RedriveAllowPolicy="")

    t.drift(2, act)
    return t


def bad():
    t = Theme("bad-redrive", bad=True)
    jsons(t, "aws_sqs_queue_redrive_policy", "redrive", 'queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"\nredrive_policy = VALUE')
    jsons(t, "aws_sqs_queue_redrive_allow_policy", "allow", 'queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"\nredrive_allow_policy = VALUE')
    t.add("aws_sqs_queue_redrive_policy", "nothing", "")
    t.add("aws_sqs_queue_redrive_allow_policy", "nothing", "")
    return t


THEMES = [attributes(), bad()]
