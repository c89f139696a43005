"""Data sources."""
from corners.role import LIST_BUCKETS, TRUST
from record import Theme

COMMON = f'''resource "aws_iam_role" "there" {{
  name        = "PREFIX-there"
  path        = "/a/"
  description = "one"
  tags        = {{ a = "1" }}
{TRUST}}}
resource "aws_iam_policy" "there" {{
  name   = "PREFIX-there"
  path   = "/PREFIX/"
  tags   = {{ a = "1" }}
  policy = {LIST_BUCKETS}
}}
resource "aws_sqs_queue" "there" {{
  name = "PREFIX-there"
  tags = {{ a = "1" }}
}}
'''


def facts():
    t = Theme("data", handover=False, imports=False, provider=['default_tags {\n    tags = { b = "2", c = "3" }\n  }\n  ignore_tags {\n    keys = ["c"]\n  }'])
    t.common = COMMON

    def read(kind, label, body=""):
        t.add("data.aws_" + kind, label, body)

    read("iam_role", "d", "name = aws_iam_role.there.name")
    read("iam_policy", "by-arn", "arn = aws_iam_policy.there.arn")
    read("iam_policy", "by-name", "name = aws_iam_policy.there.name")
    read("iam_policy", "by-path", "path_prefix = aws_iam_policy.there.path")
    read("iam_policy", "of-aws", 'name = "AmazonSSMManagedInstanceCore"')
    read("sqs_queue", "d", "name = aws_sqs_queue.there.name")
    read("sqs_queues", "d", "queue_name_prefix = aws_sqs_queue.there.name")
    read("sqs_queues", "none", 'queue_name_prefix = "PREFIX-nothing"')
    read("cloudwatch_event_bus", "d", 'name = "default"')
    for label, arn in {"role": "arn:aws:sts::123456789012:assumed-role/${aws_iam_role.there.name}/me", "user": "arn:aws:iam::123456789012:user/x",
                       "root": "arn:aws:iam::123456789012:root", "other-role": "arn:aws:iam::123456789012:role/x/y",
                       "federated": "arn:aws:sts::123456789012:federated-user/x"}.items():
        read("iam_session_context", label, f'arn = "{arn}"')
    for label, arn in {"iam": "arn:aws:iam::aws:policy/x/y", "colons": "arn:aws:logs:us-east-1:1:log-group:x:*", "empty": "arn:::::"}.items():
        read("arn", label, f'arn = "{arn}"')
    read("default_tags", "d")
    for i, (service, region) in enumerate([("ec2", ""), ("logs", "cn-north-1"), ("s3", "cn-north-1"), ("codedeploy", "cn-northwest-1"), ("logs", "us-iso-east-1"),
                                           ("dms", "us-isob-east-1"), ("eks", "us-gov-west-1"), ("made-up", "eu-west-1")]):
        read("service_principal", f"p{i}", f'service_name = "{service}"\n' + (f'region = "{region}"' if region else ""))
    read("availability_zones", "all")
    read("availability_zones", "state", 'state = "available"\nall_availability_zones = true')
    read("availability_zones", "without", 'exclude_names = ["us-east-1a"]\nexclude_zone_ids = ["use1-az1"]')
    read("availability_zones", "filtered", 'filter {\n  name   = "zone-name"\n  values = ["us-east-1b", "us-east-1c"]\n}')
    read("regions", "all")
    read("regions", "filtered", 'all_regions = true\nfilter {\n  name   = "region-name"\n  values = ["eu-west-1"]\n}')
    return t


THEMES = [facts()]
