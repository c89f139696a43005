"""aws_sqs_queue and aws_sqs_queue_policy."""
from record import Theme, aws

ACCOUNT = "123456789012"


def access(principal='"*"', action='"sqs:SendMessage"', more="", resource='"*"'):
    return 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = %s, Action = %s, Resource = %s%s }] })' % (principal, action, resource, more)


def queues():
    t = Theme("queue")
    named = 'name = "NAME"\n'
    fifo = 'name = "NAME.fifo"\nfifo_queue = true\n'

    def queue(label, *bodies):
        t.add("aws_sqs_queue", label, *bodies)

    queue("plain", named)
    queue("nameless", "")
    queue("prefixed", 'name_prefix = "PREFIX-pre-"')
    queue("nameless-fifo", "fifo_queue = true")
    queue("prefixed-fifo", 'fifo_queue = true\nname_prefix = "PREFIX-pre-"')
    queue("renamed", named, 'name = "PREFIX-other-queue"')
    queue("numbers", named + "delay_seconds = 5\nmax_message_size = 2048\nmessage_retention_seconds = 600\nreceive_wait_time_seconds = 10\nvisibility_timeout_seconds = 45",
          named + "delay_seconds = 0\nmax_message_size = 1024\nmessage_retention_seconds = 60\nreceive_wait_time_seconds = 20\nvisibility_timeout_seconds = 0", named)
    queue("number-texts", named + 'delay_seconds = "5"\nvisibility_timeout_seconds = "60"', named + "delay_seconds = 5\nvisibility_timeout_seconds = 60.0")
    queue("sse-off", named + "sqs_managed_sse_enabled = false", named + "sqs_managed_sse_enabled = true", named)
    queue("sse-on", named + "sqs_managed_sse_enabled = true", named, named + "sqs_managed_sse_enabled = false")
    queue("sse-unset", named, named + "sqs_managed_sse_enabled = false", named)
    queue("kms", named + 'kms_master_key_id = "alias/aws/sqs"', named + 'kms_master_key_id = "alias/other"\nkms_data_key_reuse_period_seconds = 600', named)
    queue("kms-reuse", named + 'kms_master_key_id = "alias/aws/sqs"\nkms_data_key_reuse_period_seconds = 60', named + 'kms_master_key_id = "alias/aws/sqs"', named + 'kms_master_key_id = ""')
    queue("kms-to-sse", named + 'kms_master_key_id = "alias/aws/sqs"', named + "sqs_managed_sse_enabled = true", named + 'kms_master_key_id = "alias/aws/sqs"')
    queue("kms-empty", named + 'kms_master_key_id = ""', named)
    queue("reuse-alone", named + "kms_data_key_reuse_period_seconds = 400", named)
    queue("fifo", fifo, fifo + "content_based_deduplication = true", fifo)
    queue("fifo-high", fifo + 'deduplication_scope = "messageGroup"\nfifo_throughput_limit = "perMessageGroupId"', fifo, fifo + 'deduplication_scope = "queue"\nfifo_throughput_limit = "perQueue"')
    queue("fifo-content", fifo + "content_based_deduplication = true", fifo + "content_based_deduplication = false")
    queue("standard-to-fifo", named, fifo)
    queue("fifo-false", named + "fifo_queue = false\ncontent_based_deduplication = false", named)
    queue("tags", named + 'tags = { a = "1", b = "2" }', named + 'tags = { b = "", c = "4" }', named)
    queue("timeouts", named + 'timeouts {\n  create = "5m"\n}', named + 'timeouts {\n  create = "6m"\n  delete = "7m"\n}', named)
    queue("timeouts-empty", named + "timeouts {\n}", named)
    queue("gone", named, None)
    queue("policy", named + "policy = " + access(), named + "policy = " + access(action='["sqs:SendMessage"]'), named + "policy = " + access(action='"sqs:ReceiveMessage"'))
    queue("policy-gone", named + "policy = " + access(), named, named + 'policy = ""')
    queue("policy-empty", named + 'policy = ""', named + "policy = " + access(), named + 'policy = ""')
    queue("policy-everybody", named + "policy = " + access('"*"'), named + "policy = " + access('{ AWS = "*" }'), named + "policy = " + access('{ AWS = ["*"] }'))
    queue("policy-account", named + "policy = " + access(f'{{ AWS = "{ACCOUNT}" }}'), named + "policy = " + access(f'{{ AWS = "arn:aws:iam::{ACCOUNT}:root" }}'))
    queue("policy-escapes", named + 'policy = "{ \\"Version\\": \\"2012-10-17\\", \\"Statement\\": [ { \\"Effect\\": \\"Allow\\", \\"Principal\\": \\"\\\\u002a\\", \\"Action\\": \\"sqs:SendMessage\\", \\"Resource\\": \\"*\\" } ] }"', named + "policy = " + access())
    t.common = 'resource "aws_sqs_queue" "dead" {\n  name = "PREFIX-dead"\n}\nresource "aws_sqs_queue" "dead-fifo" {\n  name = "PREFIX-dead.fifo"\n  fifo_queue = true\n}\n'
    redrive = "redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = %s })\n"
    queue("redrive", named + redrive % 3, named + redrive % 5, named)
    queue("redrive-order", named + "redrive_policy = jsonencode({ maxReceiveCount = 3, deadLetterTargetArn = aws_sqs_queue.dead.arn })",
          named + 'redrive_policy = "{ \\"maxReceiveCount\\": 3, \\"deadLetterTargetArn\\": \\"${aws_sqs_queue.dead.arn}\\" }"')
    queue("redrive-empty", named + 'redrive_policy = ""', named + redrive % 3, named + 'redrive_policy = ""')
    queue("allow", named + 'redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })', named + 'redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.dead.arn] })', named)
    queue("allow-order", named + 'redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = ["arn:aws:sqs:us-east-1:123456789012:b", "arn:aws:sqs:us-east-1:123456789012:a"] })',
          named + 'redrive_allow_policy = jsonencode({ sourceQueueArns = ["arn:aws:sqs:us-east-1:123456789012:a", "arn:aws:sqs:us-east-1:123456789012:b"], redrivePermission = "byQueue" })')
    queue("unknown-name", 'name = "x-${aws_iam_policy.id.policy_id}"')
    queue("unknown-key", named + "kms_master_key_id = aws_iam_policy.id.policy_id")
    queue("unknown-tags", named + "tags = { id = aws_iam_policy.id.policy_id }")
    t.common += f'resource "aws_iam_policy" "id" {{\n  name = "PREFIX-id"\n  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Deny", Action = "*", Resource = "*" }}] }})\n}}\n'

    def policy(label, *documents):
        t.common += f'resource "aws_sqs_queue" "for-{label}" {{\n  name = "PREFIX-for-{label}"\n}}\n'
        t.add("aws_sqs_queue_policy", label, *[None if d is None else f"queue_url = aws_sqs_queue.for-{label}.id\npolicy = {d}" for d in documents])

    policy("same", access(), access(action='["sqs:SendMessage"]'), access(action='["sqs:SendMessage", "sqs:ReceiveMessage"]'))
    policy("everybody", access('{ AWS = "*" }'), access('"*"'))
    policy("removed", access(), None)
    policy("self", access(resource="aws_sqs_queue.for-self.arn"))
    policy("effect", access(), access().replace("Allow", "Deny"))
    t.add("aws_sqs_queue_policy", "by-url", "queue_url = aws_sqs_queue.plain.url\npolicy = " + access(), "queue_url = aws_sqs_queue.nameless.url\npolicy = " + access())
    return t


def drift():
    t = Theme("queue-drift")
    queue = lambda label, body="": t.add("aws_sqs_queue", label, 'name = "NAME"\n' + body)
    queue("numbers", "delay_seconds = 5\nmax_message_size = 2048\nmessage_retention_seconds = 600\nreceive_wait_time_seconds = 10\nvisibility_timeout_seconds = 45")
    queue("bare")
    queue("kms", 'kms_master_key_id = "alias/aws/sqs"')
    queue("sse", "sqs_managed_sse_enabled = true")
    queue("tags", 'tags = { a = "1", b = "2" }')
    queue("policy", "policy = " + access())
    queue("policy-unset")
    queue("redrive", f'redrive_policy = jsonencode({{ deadLetterTargetArn = "arn:aws:sqs:us-east-1:{ACCOUNT}:PREFIX-bare", maxReceiveCount = 3 }})\ndepends_on = [aws_sqs_queue.bare]')
    queue("redrive-gone", f'redrive_policy = jsonencode({{ deadLetterTargetArn = "arn:aws:sqs:us-east-1:{ACCOUNT}:PREFIX-bare", maxReceiveCount = 3 }})\ndepends_on = [aws_sqs_queue.bare]')
    queue("deleted")
    t.add("aws_sqs_queue", "fifo", 'name = "NAME.fifo"\nfifo_queue = true\ncontent_based_deduplication = true')
    for label in ("changed", "dropped", "queue-gone"):
        queue("for-" + label)
        t.add("aws_sqs_queue_policy", label, f"queue_url = aws_sqs_queue.for-{label}.id\npolicy = {access()}")

    def act(side):
        sqs = aws("sqs")
        other = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"}]}'

        def put(label, tail="", **attributes):
            sqs.set_queue_attributes(QueueUrl=side.value(f"aws_sqs_queue.{label}", "id"), Attributes=attributes)

        for label in ("numbers", "bare"):
            put(label, DelaySeconds="7", MaximumMessageSize="4096", MessageRetentionPeriod="700", ReceiveMessageWaitTimeSeconds="3", VisibilityTimeout="99")
        put("kms", KmsMasterKeyId="alias/other", KmsDataKeyReusePeriodSeconds="700")
        put("sse", SqsManagedSseEnabled="false")
        put("policy", Policy=other)
        put("policy-unset", Policy=other)
        put("redrive", RedrivePolicy='{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:%s:%s-bare","maxReceiveCount":9}' % (ACCOUNT, side.prefix))
        put("redrive-gone", RedrivePolicy="")
        put("fifo", ContentBasedDeduplication="false")
        put("for-changed", Policy=other)
        put("for-dropped", Policy="")
        sqs.tag_queue(QueueUrl=side.value("aws_sqs_queue.tags", "id"), Tags={"a": "9", "z": "9"})
        for label in ("deleted", "for-queue-gone"):
            sqs.delete_queue(QueueUrl=side.value(f"aws_sqs_queue.{label}", "id"))

    t.drift(2, act)
    return t


THEMES = [queues(), drift()]
