"""DescribeInstanceStatus by the outcome of the status checks.  Moto knows no such filter, and its instances are always well.

POST /tenon/impair takes {"instance_id", "seconds": N, "check": "system" or "instance"}: the check has failed for so long;
"seconds": null mends it.
"""
import datetime

from moto.ec2.responses.instances import InstanceResponse

from . import wire, world

CHECKS = {"system": "SystemStatus", "instance": "InstanceStatus"}


def mend():
    InstanceResponse.describe_instance_status = describe_instance_status


def impair(body, _):
    check = CHECKS[body.get("check", "system")]
    world.impaired.pop(body["instance_id"], None)
    if body.get("seconds") is not None:
        since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=body["seconds"])
        world.impaired[body["instance_id"]] = check, since.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {}


def status(instance, check):
    failed = world.impaired.get(instance.id, (None, None))
    if failed[0] != check:
        return {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    return {"Status": "impaired", "Details": [{"Name": "reachability", "Status": "failed", "ImpairedSince": failed[1]}]}


def describe_instance_status(self):
    """Of those that run; both checks are filtered by."""
    filters = self._filters_from_querystring()
    rows = []
    for instance in self.ec2_backend.all_running_instances():
        row = {"InstanceId": instance.id, "AvailabilityZone": instance.placement,
               "InstanceState": {"Code": instance._state.code, "Name": instance._state.name}}
        row.update({check: status(instance, check) for check in CHECKS.values()})
        wanted = {"SystemStatus": filters.get("system-status.status"), "InstanceStatus": filters.get("instance-status.status")}
        if all(not values or row[check]["Status"] in values for check, values in wanted.items()):
            rows.append(row)
    return wire.answer("DescribeInstanceStatus", {"InstanceStatuses": rows})
