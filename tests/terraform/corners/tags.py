"""default_tags and ignore_tags of the provider, over all types that have tags."""
from record import Theme, aws

TYPES = {
    "aws_iam_role": 'name = "NAME"\nassume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })\n',
    "aws_iam_policy": 'name = "NAME"\npolicy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })\n',
    "aws_iam_instance_profile": 'name = "NAME"\n',
    "aws_cloudwatch_event_rule": 'name = "NAME"\nevent_pattern = jsonencode({ source = ["aws.ec2"] })\n',
}
QUEUE = 'name = "NAME"\n'


def cases(t, *, queue_too=True):
    for i, (name, body) in enumerate({**TYPES, **({"aws_sqs_queue": QUEUE} if queue_too else {})}.items()):
        for label, tags in CASES.items():
            if i and label in ("none-later", "empty-value-later"):
                continue
            t.add(name, f"{label}-{i}", *[body + tag for tag in tags])


CASES = {
    "none": [""],
    "own": ['tags = { a = "1" }'],
    "same": ['tags = { team = "x" }'],
    "over": ['tags = { team = "y" }', 'tags = { team = "x" }', ""],
    "empty": ["tags = {}"],
    "empty-value": ['tags = { e = "" }'],
    "empty-value-later": ['tags = { e = "1" }', 'tags = { e = "" }', 'tags = { e = "1" }'],
    "none-later": ['tags = { a = "1" }', ""],
    "ignored": ['tags = { skip = "1", a = "1" }'],
    "prefixed": ['tags = { "pre/x" = "1" }'],
}


def defaults():
    t = Theme("default-tags", provider=['default_tags {\n    tags = { team = "x", cost = "1" }\n  }', 'default_tags {\n    tags = { team = "x", cost = "2", more = "3" }\n  }', ""])
    cases(t)
    return t


def ignored():
    t = Theme("ignore-tags", provider=['ignore_tags {\n    keys = ["skip"]\n    key_prefixes = ["pre/"]\n  }\n  default_tags {\n    tags = { team = "x", skip = "d", "pre/d" = "d" }\n  }'] * 2 + ['default_tags {\n    tags = { team = "x" }\n  }'])
    cases(t, queue_too=False)

    def act(side):
        for label in ("none-0", "own-0"):
            aws("iam").tag_role(RoleName=side.name(label), Tags=[{"Key": k, "Value": "9"} for k in ("skip", "pre/x", "stray")])
        for label in ("none-1", "own-1"):
            aws("iam").tag_policy(PolicyArn=f"arn:aws:iam::123456789012:policy/{side.name(label)}", Tags=[{"Key": k, "Value": "9"} for k in ("skip", "pre/x")])
        aws("iam").untag_role(RoleName=side.name("over-0"), TagKeys=["team"])

    t.drift(2, act)
    return t


def empty_default():
    t = Theme("empty-default-tags", provider=['default_tags {\n    tags = { team = "" }\n  }', "default_tags {\n    tags = {}\n  }", "default_tags {\n  }"])
    cases(t, queue_too=False)
    return t


THEMES = [defaults(), ignored(), empty_default()]
