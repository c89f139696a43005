"""What AWS holds, thing by thing and without times and ids, read past its API: what a plan must agree with."""
import datetime
import json

from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.sqs.models import sqs_backends

from . import world


def find(prefix):
    """{"role/NAME": {...}, ...} of what was given a name with that prefix."""
    return {key: value for key, value in everything() if key.partition("/")[2].startswith(prefix)}


def everything():
    for backend in iam_backends[world.ACCOUNT].values():
        for role in backend.roles.values():
            yield f"role/{role.name}", of_role(role)
        for profile in backend.instance_profiles.values():
            yield f"profile/{profile.name}", {"path": profile.path, "roles": [role.name for role in profile.roles],
                                              "tags": tags_of(profile.tags)}
        for arn, policy in backend.managed_policies.items():
            if ":aws:policy/" not in arn:
                yield f"policy/{policy.name}", of_policy(policy)
    for backend in sqs_backends[world.ACCOUNT].values():
        for queue in backend.queues.values():
            yield f"queue/{queue.name}", of_queue(queue)
    for backend in events_backends[world.ACCOUNT].values():
        for bus in backend.event_buses.values():
            for rule in bus.rules.values():
                yield f"rule/{rule.name}", of_rule(backend, rule)


def age(body):
    """{"name": "role/NAME", "seconds": N}: what is given there was made that much earlier than it was."""
    kind, _, name = body["name"].partition("/")
    earlier = datetime.timedelta(seconds=body["seconds"])
    if kind == "queue":
        found = [q for backend in sqs_backends[world.ACCOUNT].values() for q in backend.queues.values() if q.name == name]
        for queue in found:
            queue.created_timestamp -= int(body["seconds"])
    else:
        found = [thing for backend in iam_backends[world.ACCOUNT].values() for thing in things_of(backend, kind)
                 if thing.name == name]
        for thing in found:
            thing.create_date -= earlier
    if not found:
        raise LookupError(f"no {body['name']}")
    return {}


def things_of(backend, kind):
    return {"role": backend.roles, "profile": backend.instance_profiles, "policy": backend.managed_policies}[kind].values()


def of_role(role):
    return {"trust": json.loads(role.assume_role_policy_document), "description": role.description or "",
            "path": role.path, "max_session": int(role.max_session_duration or 3600),
            "boundary": role.permissions_boundary_arn or "", "tags": tags_of(role.tags),
            "inline": {name: json.loads(text) for name, text in role.policies.items()},
            "attached": sorted(role.managed_policies)}


def of_policy(policy):
    in_force = [v for v in policy.versions if v.version_id == policy.default_version_id]
    return {"document": json.loads(in_force[0].document), "description": policy.description, "path": policy.path,
            "tags": tags_of(policy.tags)}


def of_queue(queue):
    counted = ("ApproximateNumber", "CreatedTimestamp", "LastModifiedTimestamp")
    held = {name: str(value) for name, value in queue.attributes.items() if not name.startswith(counted)}
    policy = json.loads(held.pop("Policy", None) or "null")
    return {**held, "policy": policy, "tags": dict(queue.tags or {})}


def of_rule(backend, rule):
    return {"description": rule.description or "", "schedule": rule.scheduled_expression or "",
            "pattern": rule.event_pattern.dump() or "", "role": rule.role_arn or "", "state": rule.state,
            "targets": sorted(rule.targets, key=lambda target: target["Id"]),
            "tags": tags_of(backend.list_tags_for_resource(rule.arn).get("Tags", []))}


def tags_of(tags):
    """IAM keeps tags as a mapping of small mappings, or as a list of them."""
    rows = tags.values() if isinstance(tags, dict) else tags or []
    return {row["Key"]: row["Value"] for row in rows}
