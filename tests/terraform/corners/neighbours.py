"""aws_iam_openid_connect_provider, and aws_cloudwatch_event_bus."""
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


THEMES = [issuers(), bad_issuers(), buses(), bad_buses()]
