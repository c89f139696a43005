"""Capacity: which pool of a type, a zone and spot or on-demand has nothing to give.

POST /tenon/ice takes a list of {"instance_type", "zone", "capacity_type", "available": N}; the first three with
* and ?, and absent is *; N, 0 if absent, is how many may still be launched before the shortage begins.
"""
from fnmatch import fnmatchcase

from moto.ec2.exceptions import EC2ClientError

from . import catalog, world


WORDS = {"instance_type", "zone", "capacity_type", "available"}


def add(rows):
    for shortage in rows:
        if not WORDS.issuperset(shortage):
            raise ValueError(f"no shortage: {shortage}; the words are {sorted(WORDS)}")
    world.shortages.extend(rows)


class OutOfCapacity(EC2ClientError):
    def __init__(self, instance_type, zone):
        super().__init__("InsufficientInstanceCapacity",
                         f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you "
                         f"requested ({zone}). Our system will be working on provisioning additional capacity.")


def left(instance_type, zone, capacity_type):
    """How many can be had, or None for as many as you like."""
    limits = [s.get("available", 0) for s in matching(instance_type, zone, capacity_type)]
    return min(limits, default=None)


def take(instance_type, zone, capacity_type, count):
    """All or nothing, as RunInstances with MinCount = MaxCount."""
    available = left(instance_type, zone, capacity_type)
    if available is not None and available < count:
        raise OutOfCapacity(instance_type, zone)
    for shortage in matching(instance_type, zone, capacity_type):
        shortage["available"] = shortage.get("available", 0) - count


def matching(instance_type, zone, capacity_type):
    actual = {"instance_type": instance_type, "zone": zone, "capacity_type": capacity_type}
    return [s for s in world.shortages if all(fnmatchcase(v, s.get(k) or "*") for k, v in actual.items())]


def must_be_offered(region, instance_type, zone):
    """Regions that moto has no offerings of offer everything."""
    pools = catalog.offered_pools(region)
    if pools and (instance_type, zone) not in pools:
        raise EC2ClientError("Unsupported", f"Your requested instance type ({instance_type}) is not supported in your "
                             f"requested Availability Zone ({zone}).")
