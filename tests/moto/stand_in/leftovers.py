"""What is alive: by a cluster's tags, by a prefix of the name, or, asked for neither, all of it."""
from moto.ec2.models import ec2_backends
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.sqs.models import sqs_backends

from . import world


def find(cluster=None, prefix=None):
    return [thing for thing, tags in everything()
            if (not cluster and not prefix) or (cluster and belongs(tags, cluster))
            or (prefix and thing["name"].startswith(prefix))]


def belongs(tags, cluster):
    """Every instance of a cluster has kubernetes.io/cluster/NAME; what else Tenon makes has tenon.dev/cluster."""
    return (f"kubernetes.io/cluster/{cluster}" in tags or tags.get("tenon.dev/cluster") == cluster
            or tags.get("tenon.dev/claim", "").startswith(cluster + "/"))


def everything():
    """({"kind", "name", ...}, tags) of whatever a user may have made."""
    for region, backend in ec2_backends[world.ACCOUNT].items():
        yield from of_ec2(region, backend)
    for region, backend in sqs_backends[world.ACCOUNT].items():
        for queue in backend.queues.values():
            yield thing("queue", queue.name, region), dict(queue.tags or {})
    for region, backend in events_backends[world.ACCOUNT].items():
        for bus in backend.event_buses.values():
            for rule in bus.rules.values():
                yield thing("rule", rule.name, region), tags_of_rule(backend, rule)
    for backend in iam_backends[world.ACCOUNT].values():
        yield from of_iam(backend)


def of_ec2(region, backend):
    for reservation in backend.reservations.values():
        for i in reservation.instances:
            if i.state != "terminated":
                more = {"instance_type": i.instance_type, "zone": i.placement.zone, "state": i.state,
                        "lifecycle": i.lifecycle or "on-demand"}
                yield {**thing("instance", i.id, region), **more}, tags_of(i)
    for template in backend.launch_templates.values():
        yield thing("launch-template", template.name, region), tags_of(template)
    for volume in backend.volumes.values():
        yield thing("volume", volume.id, region), tags_of(volume)


def of_iam(backend):
    for role in backend.roles.values():
        yield thing("role", role.name), dict_of(role.tags)
    for profile in backend.instance_profiles.values():
        yield thing("instance-profile", profile.name), dict_of(profile.tags)
    for arn, policy in backend.managed_policies.items():
        if ":aws:policy/" not in arn:
            yield thing("policy", policy.name), dict_of(policy.tags)


def thing(kind, name, region=None):
    return {"kind": kind, "name": name, **({"region": region} if region else {})}


def tags_of(resource):
    return {tag["key"]: tag["value"] for tag in resource.get_tags()}


def tags_of_rule(backend, rule):
    return dict_of(backend.list_tags_for_resource(rule.arn).get("Tags", []))


def dict_of(tags):
    """IAM keeps tags as a mapping of small mappings, or as a list of them."""
    rows = tags.values() if isinstance(tags, dict) else tags or []
    return {row["Key"]: row["Value"] for row in rows if isinstance(row, dict)}
