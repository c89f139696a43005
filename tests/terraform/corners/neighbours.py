"""aws_iam_openid_connect_provider, and aws_cloudwatch_event_bus."""
from corners.role import LIST_BUCKETS, TRUST
from record import Theme, aws

ISSUER, BUS = "aws_iam_openid_connect_provider", "aws_cloudwatch_event_bus"
ONE, TWO = (f'thumbprint_list = ["{c * 40}"]\n' for c in "ab")


def issuers():
    t = Theme("issuer")

    def issuer(label, *bodies):
        t.add(ISSUER, label, *[b and f'url = "https://PREFIX-{label}.example.com"\n' + b for b in bodies])

    issuer("plain", 'client_id_list = ["sts.amazonaws.com"]\n' + ONE)
    issuer("changed", 'client_id_list = ["a", "b"]\n' + ONE, 'client_id_list = ["b", "c"]\n' + ONE)
    issuer("reordered", 'client_id_list = ["a", "b"]\n' + ONE, 'client_id_list = ["b", "a"]\n' + ONE)
    issuer("printed", 'client_id_list = ["a"]\n' + ONE, 'client_id_list = ["a"]\n' + TWO)
    issuer("unprinted", 'client_id_list = ["a"]\n' + ONE, 'client_id_list = ["a"]\n')
    issuer("tagged", 'client_id_list = ["a"]\ntags = { a = "1" }\n' + ONE, 'client_id_list = ["a"]\ntags = { b = "2" }\n' + ONE)
    issuer("gone", 'client_id_list = ["a"]\n' + ONE, None)
    t.add(ISSUER, "pathed", 'url = "https://PREFIX-pathed.example.com/id/A"\nclient_id_list = ["a"]\n' + ONE)
    t.add(ISSUER, "moved", 'url = "https://PREFIX-m.example.com"\nclient_id_list = ["a"]\n' + ONE, 'url = "https://PREFIX-n.example.com"\nclient_id_list = ["a"]\n' + ONE)
    for label in ("reprinted", "deleted"):
        issuer(label, 'client_id_list = ["a"]\n' + ONE)

    def act(side):
        iam = aws("iam")
        arns = {arn.rpartition("/")[2].split(".")[0]: arn for arn in (p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"])}
        iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arns[side.name("reprinted")], ThumbprintList=["c" * 40])
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arns[side.name("deleted")])

    t.drift(2, act)
    return t


def bad_issuers():
    t = Theme("bad-issuer", bad=True)
    for label, url in {"http": "http://a.example.com", "none": "a.example.com", "empty": "", "query": "https://a.example.com/?x=1", "long": "https://" + "a" * 250}.items():
        t.add(ISSUER, f"url-{label}", f'url = "{url}"\nclient_id_list = ["a"]\n' + ONE)
    for label, value in {"empty": '[""]', "long": f'["{"a" * 256}"]', "none": "[]", "null": "null"}.items():
        t.add(ISSUER, f"client-{label}", f'url = "https://a.example.com"\nclient_id_list = {value}\n' + ONE)
    for label, value in {"short": '["abc"]', "empty": '[""]', "string": '"a"'}.items():
        t.add(ISSUER, f"print-{label}", f'url = "https://a.example.com"\nclient_id_list = ["a"]\nthumbprint_list = {value}')
    t.add(ISSUER, "nothing", "")
    return t


def buses():
    t = Theme("bus")

    def bus(label, *bodies):
        t.add(BUS, label, *[None if b is None else 'name = "NAME"\n' + b for b in bodies])

    letters = 'dead_letter_config {\n  arn = "arn:aws:sqs:us-east-1:123456789012:%s"\n}\n'
    bus("plain", "")
    bus("described", 'description = "one"\n', 'description = "two"\n', "")
    bus("empty-description", 'description = ""\n')
    bus("tagged", 'tags = { a = "1" }\n', 'tags = { b = "2" }\n', "")
    bus("letters", letters % "one", letters % "two", "")
    bus("keyed", 'kms_key_identifier = "alias/one"\n', 'kms_key_identifier = "alias/two"\n')
    t.add(BUS, "renamed", 'name = "NAME"\n', 'name = "PREFIX-another"\n')
    bus("gone", "", None)
    bus("redescribed", 'description = "one"\n')
    bus("deleted", "")

    def act(side):
        events = aws("events")
        events.update_event_bus(Name=side.name("redescribed"), Description="theirs")
        events.delete_event_bus(Name=side.name("deleted"))

    t.drift(2, act)
    return t


def bad_buses():
    t = Theme("bad-bus", bad=True)
    for label, body in {"default": 'name = "default"', "empty": 'name = ""', "long": f'name = "{"a" * 257}"', "colon": 'name = "a:b"',
                        "description": f'name = "a"\ndescription = "{"a" * 513}"', "source": 'name = "a"\nevent_source_name = "b"',
                        "letters": 'name = "a"\ndead_letter_config {\n  arn = "b"\n}', "nothing": ""}.items():
        t.add(BUS, label, body)
    return t


PERMISSION = "aws_cloudwatch_event_permission"


def permissions():
    t = Theme("permission")
    t.common = 'resource "aws_cloudwatch_event_bus" "b" {\n  name = "PREFIX-b"\n}\n'
    org = 'principal = "*"\ncondition {\n  key = "aws:PrincipalOrgID"\n  type = "StringEquals"\n  value = "%s"\n}\n'
    named = 'statement_id = "NAME"\nevent_bus_name = aws_cloudwatch_event_bus.b.name\n'
    t.add(PERMISSION, "plain", 'statement_id = "NAME"\nprincipal = "111111111111"\n')
    t.add(PERMISSION, "changed", named + 'principal = "111111111111"\n', named + 'principal = "222222222222"\n')
    t.add(PERMISSION, "org", named + org % "o-one", named + org % "o-two", named + 'principal = "333333333333"\n')
    t.add(PERMISSION, "renamed", named + 'principal = "*"\n', named.replace("NAME", "PREFIX-another") + 'principal = "*"\n')
    t.add(PERMISSION, "moved", named + 'principal = "*"\n', 'statement_id = "NAME"\nprincipal = "*"\n')
    t.add(PERMISSION, "acts", named + 'action = "events:PutEvents"\nprincipal = "111111111111"\n')
    t.add(PERMISSION, "gone", named + 'principal = "111111111111"\n', None)
    t.add(PERMISSION, "taken", named + 'principal = "111111111111"\n')

    def act(side):
        aws("events").remove_permission(EventBusName=side.name("b"), StatementId=side.name("taken"))

    t.drift(2, act)
    return t


def bad_permissions():
    t = Theme("bad-permission", bad=True)
    good = 'statement_id = "a"\nprincipal = "111111111111"\n'
    for label, body in {"principal-short": 'statement_id = "a"\nprincipal = "123"', "principal-arn": 'statement_id = "a"\nprincipal = "arn:aws:iam::111111111111:root"',
                        "statement-empty": 'statement_id = ""\nprincipal = "*"', "statement-long": f'statement_id = "{"a" * 65}"\nprincipal = "*"',
                        "statement-blank": 'statement_id = "a b"\nprincipal = "*"', "action": good + 'action = "PutEvents"', "key": good + 'condition {\n  key = "x"\n  type = "StringEquals"\n  value = "y"\n}',
                        "type": good + 'condition {\n  key = "aws:PrincipalOrgID"\n  type = "StringLike"\n  value = "y"\n}', "bus-empty": good + 'event_bus_name = ""', "nothing": ""}.items():
        t.add(PERMISSION, label, body)
    return t


LINKED = "aws_iam_service_linked_role"


def linked():
    t = Theme("linked")
    t.add(LINKED, "plain", 'aws_service_name = "PREFIX-a.amazonaws.com"\n')
    t.add(LINKED, "described", 'aws_service_name = "PREFIX-b.amazonaws.com"\ndescription = "one"\n', 'aws_service_name = "PREFIX-b.amazonaws.com"\ndescription = "two"\n',
          'aws_service_name = "PREFIX-b.amazonaws.com"\n')
    t.add(LINKED, "suffixed", 'aws_service_name = "PREFIX-c.amazonaws.com"\ncustom_suffix = "one"\n', 'aws_service_name = "PREFIX-c.amazonaws.com"\ncustom_suffix = "two"\n')
    t.add(LINKED, "tagged", 'aws_service_name = "PREFIX-d.amazonaws.com"\ntags = { a = "1" }\n', 'aws_service_name = "PREFIX-d.amazonaws.com"\ntags = { b = "2" }\n')
    t.add(LINKED, "gone", 'aws_service_name = "PREFIX-e.amazonaws.com"\n', None)
    return t


def bad_linked():
    t = Theme("bad-linked", bad=True)
    for label, body in {"empty": 'aws_service_name = ""', "plain": 'aws_service_name = "spot"', "blank": 'aws_service_name = "a b.amazonaws.com"',
                        "suffix": 'aws_service_name = "spot.amazonaws.com"\ncustom_suffix = "a b"', "nothing": ""}.items():
        t.add(LINKED, label, body)
    return t


def exclusives():
    t = Theme("exclusive")
    managed = "arn:aws:iam::aws:policy/%s"
    labels = ("kept", "more", "fewer", "none", "strays", "gone")
    t.common = "".join(f'''resource "aws_iam_role" "{kind}-{label}" {{
  name = "PREFIX-{kind}-{label}"
{TRUST}}}
''' for kind in "ai" for label in labels) + "".join(f'''resource "aws_iam_role_policy" "{label}-{name}" {{
  name = "{name}"
  role = aws_iam_role.i-{label}.name
  policy = {LIST_BUCKETS}
}}
''' for label in labels for name in ("one", "two"))
    one, two = (f'"{managed % name}"' for name in ("ReadOnlyAccess", "AmazonSSMManagedInstanceCore"))

    def attached(label, *lists):
        t.add("aws_iam_role_policy_attachments_exclusive", label, *[None if x is None else f"role_name = aws_iam_role.a-{label}.name\npolicy_arns = [{x}]\n" for x in lists], import_id=f"PREFIX-a-{label}")

    def within(label, *lists):
        t.add("aws_iam_role_policies_exclusive", label, *[None if x is None else f"role_name = aws_iam_role.i-{label}.name\npolicy_names = [{x}]\ndepends_on = [aws_iam_role_policy.{label}-one, aws_iam_role_policy.{label}-two]\n" for x in lists], import_id=f"PREFIX-i-{label}")

    both = '"one", "two"'
    attached("kept", f"{one}, {two}", f"{two}, {one}")
    attached("more", one, f"{one}, {two}")
    attached("fewer", f"{one}, {two}", two)
    attached("none", one, "")
    attached("strays", one)
    attached("gone", one, None)
    within("kept", both)
    within("strays", both)
    within("gone", both, None)

    def act(side):
        iam = aws("iam")
        iam.attach_role_policy(RoleName=side.name("a-strays"), PolicyArn=managed % "AmazonEKS_CNI_Policy")
        iam.put_role_policy(RoleName=side.name("i-strays"), PolicyName="three", PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}')

    t.drift(2, act)
    return t


def bad_exclusives():
    t = Theme("bad-exclusive", bad=True)
    for label, body in {"arn": 'role_name = "a"\npolicy_arns = ["b"]', "role": 'role_name = ""\npolicy_arns = []', "nothing": "", "string": 'role_name = "a"\npolicy_arns = "arn:aws:iam::aws:policy/a"'}.items():
        t.add("aws_iam_role_policy_attachments_exclusive", label, body)
    for label, body in {"role-empty": 'role_name = ""\npolicy_names = []', "none": ""}.items():
        t.add("aws_iam_role_policies_exclusive", label, body)
    return t


ATTACHMENT = "aws_iam_policy_attachment"


def attachments():
    t = Theme("attachment", imports=False)  # hashicorp/aws has none
    labels = ("plain", "grown", "swapped", "several", "renamed", "gone", "strays", "left", "deleted")
    t.common = f"""resource "aws_iam_role" "one" {{
  name = "PREFIX-one"
{TRUST}}}
resource "aws_iam_role" "two" {{
  name = "PREFIX-two"
{TRUST}}}
""" + "".join(f"""resource "aws_iam_policy" "{label}" {{
  name = "PREFIX-{label}"
  policy = {LIST_BUCKETS}
}}
""" for label in labels)

    def attachment(label, *bodies):
        t.add(ATTACHMENT, label, *[None if b is None else f'name = "NAME"\npolicy_arn = aws_iam_policy.{label}.arn\n' + b for b in bodies])

    one, two = "roles = [aws_iam_role.one.name]\n", "roles = [aws_iam_role.two.name]\n"
    both = "roles = [aws_iam_role.one.name, aws_iam_role.two.name]\n"
    attachment("plain", one, one + "users = []\n", one)
    attachment("grown", one, both, two)
    attachment("swapped", one, two, one)
    attachment("several", both + "users = []\ngroups = []\n", both)
    t.add(ATTACHMENT, "renamed", 'name = "a"\npolicy_arn = aws_iam_policy.renamed.arn\n' + one, 'name = "b"\npolicy_arn = aws_iam_policy.renamed.arn\n' + one)
    attachment("gone", one, None)
    attachment("strays", one)
    attachment("left", one)
    attachment("deleted", one)

    def act(side):
        iam = aws("iam")
        arn = lambda label: f"arn:aws:iam::123456789012:policy/{side.name(label)}"
        iam.attach_role_policy(RoleName=side.name("two"), PolicyArn=arn("strays"))
        iam.detach_role_policy(RoleName=side.name("one"), PolicyArn=arn("left"))
        iam.detach_role_policy(RoleName=side.name("one"), PolicyArn=arn("deleted"))
        iam.delete_policy(PolicyArn=arn("deleted"))

    t.drift(2, act)
    return t


def bad_attachments():
    t = Theme("bad-attachment", bad=True)
    named = 'name = "a"\npolicy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"\n'
    for label, body in {"nobody": named, "name-empty": named.replace('"a"', '""') + 'roles = ["a"]', "arn": 'name = "a"\npolicy_arn = "b"\nroles = ["a"]', "nothing": "", "string": named + 'roles = "a"',
                        "role-arn": named + 'roles = ["arn:aws:iam::123456789012:role/a"]', "user-blank": named + 'users = ["a b"]', "group-empty": named + 'groups = [""]',
                        "good": named + 'roles = ["a"]\nusers = ["a@b"]\ngroups = ["a"]'}.items():
        t.add(ATTACHMENT, label, body)
    return t


THEMES = [issuers(), bad_issuers(), buses(), bad_buses(), permissions(), bad_permissions(), linked(), bad_linked(), exclusives(), bad_exclusives(), attachments(), bad_attachments()]
