"""Subnets and a security group that a cluster finds by the tag karpenter.sh/discovery."""
from moto.ec2.models import ec2_backends

from . import world

TAG = "karpenter.sh/discovery"


def cluster(name, region):
    """The first cluster of a region gets the default VPC's subnets.  A tag has one value, so each further one gets
    a VPC of its own with a subnet a zone.  Seeding twice changes nothing."""
    if (name, region) not in world.seeds:
        world.seeds.append((name, region))
    backend = ec2_backends[world.ACCOUNT][region]
    subnets = backend.describe_subnets()
    if any(tag_of(subnet) == name for subnet in subnets):
        return
    default = [s for s in subnets if s.vpc_id == backend.default_vpc.id]
    free = default if not any(tag_of(s) for s in default) else own_subnets(backend, len(backend.vpcs))
    for subnet in free:
        subnet.add_tags({TAG: name})
    group = backend.create_security_group(f"{name}-nodes", f"nodes of {name}", vpc_id=free[0].vpc_id)
    group.add_tags({TAG: name})


def tag_of(resource):
    return next((tag["value"] for tag in resource.get_tags() if tag["key"] == TAG), None)


def own_subnets(backend, number):
    vpc = backend.create_vpc(f"10.{number}.0.0/16")
    zones = sorted(zone.name for zone in backend.describe_availability_zones())
    return [backend.create_subnet(vpc.id, f"10.{number}.{16 * i}.0/20", availability_zone=zone)
            for i, zone in enumerate(zones)]


def again():
    for name, region in list(world.seeds):
        cluster(name, region)
