"""IAM Access Analyzer's ValidatePolicy, which moto lacks, with a few of its checks: actions that a service does not have (as
botocore knows its operations), roles passed anywhere, principals of trust policies, and statements without an id."""
import json
from functools import lru_cache
from urllib.parse import parse_qs

import botocore.session

from . import faults

REFERENCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
SERVICES = {"sqs": "sqs", "iam": "iam", "ec2": "ec2", "sts": "sts"}


def parse(environ):
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
    path, _, query = raw.partition("?")
    named = environ["REQUEST_METHOD"] == "POST" and path.strip("/") == "policy/validation"
    return "ValidatePolicy" if named else None, [], parse_qs(query or environ.get("QUERY_STRING", ""))


@lru_cache
def operations(service):
    return set(botocore.session.get_session().get_service_model(SERVICES[service]).operation_names)


def listed(value):
    """Each of one or several, and the way to it from the element."""
    return [(v, [{"index": i}]) for i, v in enumerate(value)] if isinstance(value, list) else [(value, [])]


def finding(kind, code, details, path):
    place = {"path": path, "span": {end: {"line": 1, "column": 0, "offset": 0} for end in ("start", "end")}}
    return {"findingType": kind, "issueCode": code, "findingDetails": details, "locations": [place],
            "learnMoreLink": f"{REFERENCE}#access-analyzer-reference-policy-checks-{kind.lower()}-{code.lower().replace('_', '-')}"}


def of_statement(said, statement, at):
    for action, more in listed(statement.get("Action", [])):
        service, _, name = action.partition(":")
        if service in SERVICES and "*" not in name and "?" not in name and name != "PassRole" and name not in operations(service):
            yield finding("ERROR", "INVALID_ACTION", f"The action {action} does not exist.", [*at, {"value": "Action"}, *more])
        if action == "iam:PassRole" and statement.get("Resource") == "*":
            yield finding("SECURITY_WARNING", "PASS_ROLE_WITH_STAR_IN_RESOURCE",
                          "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive.",
                          [*at, {"value": "Resource"}])
    if said.get("validatePolicyResourceType") == "AWS::IAM::AssumeRolePolicyDocument" and "Resource" in statement:
        yield finding("ERROR", "UNSUPPORTED_ELEMENT_IN_TRUST", "A trust policy has no Resource.", [*at, {"key": "Resource"}])
    if "Sid" not in statement:
        yield finding("SUGGESTION", "MISSING_SID", "Add a Sid.", at)


def handle(call):
    """status line, headers, body"""
    said = json.loads(call.body)
    if said.get("policyType") not in ("IDENTITY_POLICY", "RESOURCE_POLICY"):
        return faults.error(call, 400, "ValidationException", "policyType must be one of the policy types")
    try:
        statements = listed(json.loads(said["policyDocument"]).get("Statement", []))
    except ValueError:
        return faults.error(call, 400, "ValidationException", "The policy is not in the JSON format")
    found = [f for s, more in statements for f in of_statement(said, s, [{"value": "Statement"}, *more])]
    at = int(call.query.get("nextToken", ["0"])[0])
    page = {"findings": found[at:at + 1]}  # one a page, so that whoever reads them has to turn it
    if at + 1 < len(found):
        page["nextToken"] = str(at + 1)
    return "200 OK", [("Content-Type", "application/json"), ("x-amzn-RequestId", faults.REQUEST_ID)], json.dumps(page).encode()
