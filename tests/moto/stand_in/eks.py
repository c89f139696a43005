"""What moto's EKS lacks: access entries with their policies, pod identities, and tags of both (rest-json)."""
import json
import re
import time
import uuid
from urllib.parse import parse_qs, unquote

from moto.eks.models import eks_backends

from . import faults, world

CLUSTER = r"clusters/([^/]+)"
ENTRY = CLUSTER + r"/access-entries/([^/]+)"
IDENTITY = CLUSTER + r"/pod-identity-associations/([^/]+)"
# What is not here is moto's.
OPERATIONS = [("GET", CLUSTER, "DescribeCluster"),
              ("POST", CLUSTER + "/access-entries", "CreateAccessEntry"), ("GET", ENTRY, "DescribeAccessEntry"),
              ("POST", ENTRY, "UpdateAccessEntry"), ("DELETE", ENTRY, "DeleteAccessEntry"),
              ("POST", ENTRY + "/access-policies", "AssociateAccessPolicy"),
              ("GET", ENTRY + "/access-policies", "ListAssociatedAccessPolicies"),
              ("DELETE", ENTRY + "/access-policies/([^/]+)", "DisassociateAccessPolicy"),
              ("POST", CLUSTER + "/pod-identity-associations", "CreatePodIdentityAssociation"),
              ("GET", IDENTITY, "DescribePodIdentityAssociation"), ("POST", IDENTITY, "UpdatePodIdentityAssociation"),
              ("DELETE", IDENTITY, "DeletePodIdentityAssociation"),
              ("POST", "tags/(.+)", "TagResource"), ("DELETE", "tags/(.+)", "UntagResource")]


class Refused(Exception):
    def __init__(self, status, code, message):
        self.status, self.code, self.message = status, code, message


def operation(method, path):
    """Its name and the parts of its path; None: none of ours."""
    for of, pattern, name in OPERATIONS:
        match = method == of and re.fullmatch(pattern, path)
        if match:
            return name, [unquote(part) for part in match.groups()]
    return None, []


def handle(call):
    """status line, headers, body; None: moto answers."""
    act = ACTIONS.get(call.operation)
    if not act:
        return None
    try:
        answer = act(call, *call.parts)
    except Refused as e:
        return faults.error(call, e.status, e.code, e.message)
    return "200 OK", [("Content-Type", "application/json"), ("x-amzn-RequestId", faults.REQUEST_ID)], json.dumps(answer).encode()


def cluster_of(call, name):
    if name not in eks_backends[world.ACCOUNT][call.region].clusters:
        raise Refused(404, "ResourceNotFoundException", f"No cluster found for name: {name}.")
    return call.region, name


def new(call, key, text, make):
    """What `make` makes, once a token; what is there already is refused."""
    said = json.loads(call.body)
    token = call.region, call.operation, said.get("clientRequestToken")
    if token not in world.tokens:
        if key in world.eks:
            raise Refused(409, "ResourceInUseException", text)
        world.eks[key] = make(said)
        world.tokens[token] = key
    return world.eks[world.tokens[token]]


def found(key, text):
    if key not in world.eks:
        raise Refused(404, "ResourceNotFoundException", text)
    return world.eks[key]


def check_role(arn, what):
    if not re.fullmatch(r"arn:[\w-]+:iam::\d{12}:(role|user)/.+", arn or ""):
        raise Refused(400, "InvalidParameterException", f"The specified {what} is invalid: invalid principal")


def create_entry(call, cluster):
    where, said = cluster_of(call, cluster), json.loads(call.body)
    principal = said["principalArn"]
    check_role(principal, "principalArn")

    def make(said):
        now = time.time()
        kind, _, name = principal.rpartition(":")[2].partition("/")
        arn = f"arn:aws:eks:{call.region}:{world.ACCOUNT}:access-entry/{cluster}/{kind}/{world.ACCOUNT}/{name}/{uuid.uuid4()}"
        return {"policies": {}, "entry": {
            "clusterName": cluster, "principalArn": principal, "kubernetesGroups": said.get("kubernetesGroups", []),
            "accessEntryArn": arn, "createdAt": now, "modifiedAt": now, "tags": said.get("tags", {}),
            "username": said.get("username", f"arn:aws:sts::{world.ACCOUNT}:assumed-role/{name}/{{{{SessionName}}}}"),
            "type": said.get("type", "STANDARD")}}

    text = "The specified access entry resource is already in use on this cluster."
    return {"accessEntry": new(call, (*where, "entry", principal), text, make)["entry"]}


def entry_of(call, cluster, principal):
    return found((*cluster_of(call, cluster), "entry", principal), f"The specified principalArn could not be found: {principal}")


def describe_entry(call, cluster, principal):
    return {"accessEntry": entry_of(call, cluster, principal)["entry"]}


def update_entry(call, cluster, principal):
    entry, said = entry_of(call, cluster, principal)["entry"], json.loads(call.body)
    entry.update({k: said[k] for k in ("kubernetesGroups", "username") if k in said}, modifiedAt=time.time())
    return {"accessEntry": entry}


def delete_entry(call, cluster, principal):
    entry_of(call, cluster, principal)
    del world.eks[(call.region, cluster, "entry", principal)]
    return {}


def associate(call, cluster, principal):
    policies, said, now = entry_of(call, cluster, principal)["policies"], json.loads(call.body), time.time()
    if ":eks::aws:cluster-access-policy/" not in said["policyArn"]:
        raise Refused(400, "InvalidParameterException", f"The policyArn parameter format is not valid: {said['policyArn']}")
    before = policies.get(said["policyArn"], {"associatedAt": now})
    policies[said["policyArn"]] = {"policyArn": said["policyArn"], "accessScope": {"namespaces": [], **said["accessScope"]},
                                   "associatedAt": before["associatedAt"], "modifiedAt": now}
    return {"clusterName": cluster, "principalArn": principal, "associatedAccessPolicy": policies[said["policyArn"]]}


def list_policies(call, cluster, principal):
    """One a page, so that whoever reads them has to turn it."""
    policies = list(entry_of(call, cluster, principal)["policies"].values())
    at = int(call.query.get("nextToken", ["0"])[0])
    more = {"nextToken": str(at + 1)} if at + 1 < len(policies) else {}
    return {"clusterName": cluster, "principalArn": principal, "associatedAccessPolicies": policies[at:at + 1], **more}


def disassociate(call, cluster, principal, policy):
    if not entry_of(call, cluster, principal)["policies"].pop(policy, None):
        raise Refused(404, "ResourceNotFoundException", f"The policy {policy} is not associated.")
    return {}


def create_identity(call, cluster):
    where, said = cluster_of(call, cluster), json.loads(call.body)
    check_role(said["roleArn"], "roleArn")
    name = f"a-{uuid.uuid4().hex[:17]}"
    taken = [i for k, i in world.eks.items() if k[:3] == (*where, "identity")
             and (i["namespace"], i["serviceAccount"]) == (said["namespace"], said["serviceAccount"])]
    token = (call.region, call.operation, said.get("clientRequestToken"))
    if taken and token not in world.tokens:
        raise Refused(409, "ResourceInUseException", f"Association already exists: {taken[0]['associationId']}")

    def make(said):
        now = time.time()
        return {"clusterName": cluster, "namespace": said["namespace"], "serviceAccount": said["serviceAccount"], "roleArn": said["roleArn"],
                "associationArn": f"arn:aws:eks:{call.region}:{world.ACCOUNT}:podidentityassociation/{cluster}/{name}", "associationId": name,
                "tags": said.get("tags", {}), "createdAt": now, "modifiedAt": now, "disableSessionTags": said.get("disableSessionTags", False),
                **{k: said[k] for k in ("targetRoleArn", "policy") if k in said}}

    return {"association": new(call, (*where, "identity", name), "", make)}


def identity_of(call, cluster, name):
    return found((*cluster_of(call, cluster), "identity", name), f"No association found for id: {name}.")


def update_identity(call, cluster, name):
    identity, said = identity_of(call, cluster, name), json.loads(call.body)
    for key in ("targetRoleArn", "policy"):
        identity.pop(key, None)
    identity.update({k: said[k] for k in ("roleArn", "targetRoleArn", "policy", "disableSessionTags") if k in said}, modifiedAt=time.time())
    return {"association": identity}


def delete_identity(call, cluster, name):
    identity = identity_of(call, cluster, name)
    del world.eks[(call.region, cluster, "identity", name)]
    return {"association": identity}


def tags_of(arn):
    for thing in world.eks.values():
        thing = thing.get("entry", thing)
        if arn in (thing.get("accessEntryArn"), thing.get("associationArn")):
            return thing["tags"]
    raise Refused(404, "NotFoundException", f"Resource was not found: {arn}")


def tag(call, arn):
    tags_of(arn).update(json.loads(call.body)["tags"])
    return {}


def untag(call, arn):
    for key in call.query.get("tagKeys", []):
        tags_of(arn).pop(key, None)
    return {}


ACTIONS = {
    "CreateAccessEntry": create_entry, "DescribeAccessEntry": describe_entry, "UpdateAccessEntry": update_entry,
    "DeleteAccessEntry": delete_entry, "AssociateAccessPolicy": associate, "ListAssociatedAccessPolicies": list_policies,
    "DisassociateAccessPolicy": disassociate, "CreatePodIdentityAssociation": create_identity,
    "DescribePodIdentityAssociation": lambda call, *which: {"association": identity_of(call, *which)},
    "UpdatePodIdentityAssociation": update_identity, "DeletePodIdentityAssociation": delete_identity,
    "TagResource": tag, "UntagResource": untag,
}


def parse(environ):
    """Operation, parts of the path and query of a request.  The path as it was sent: slashes of an ARN are encoded in it."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
    path, _, query = raw.partition("?")
    name, parts = operation(environ["REQUEST_METHOD"], path.strip("/"))
    return name, parts, parse_qs(query or environ.get("QUERY_STRING", ""))
