"""CreateFleet type=instant as AWS documents it; the other types stay moto's.

Moto uses the first override only, ignores strategies, client tokens and half of the launch template, and never
fills Errors.  Here a fleet is planned first, pool by pool, and then launched.  What a fleet leaves out: it is not
listed by DescribeFleets, and InstanceRequirements, MaxPrice and the Single* options are not looked at.
"""
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses.fleets import Fleets
from moto.ec2.utils import convert_tag_spec, random_fleet_id

from . import catalog, prices, shortage, world

LAST = float("inf")


def mend():
    create = Fleets.create_fleet

    def create_fleet(self):
        if self._get_param("Type", "maintain") != "instant":
            return create(self)
        self.error_on_dryrun()
        return world.once_per_token(self, "CreateFleet", lambda: ActionResult(Instant(self).launch()))

    Fleets.create_fleet = create_fleet


class Pool:
    """One override of one launch template: a place to launch."""

    def __init__(self, backend, template, override):
        specification, self.data = template
        self.override = override
        self.specification = specification
        self.instance_type = override.get("InstanceType") or self.data.get("InstanceType")
        self.subnet = override.get("SubnetId")
        self.zone = self.find_zone(backend)
        self.weight = float(override.get("WeightedCapacity") or 1)
        self.priority = float(override.get("Priority", LAST))

    def find_zone(self, backend):
        """Unknown subnets have no zone; without any wish EC2 chooses."""
        if self.subnet:
            found = backend.describe_subnets(filters={"subnet-id": [self.subnet]})
            return found[0].availability_zone if found else None
        placement = self.override.get("Placement") or self.data.get("Placement") or {}
        return (self.override.get("AvailabilityZone") or placement.get("AvailabilityZone")
                or catalog.any_zone(backend.region_name, self.instance_type))

    def fault(self, region, lifecycle):
        """Why this pool can never serve, as (code, message), or None."""
        if self.zone is None:
            return "InvalidSubnetID.NotFound", f"The subnet ID '{self.subnet}' does not exist"
        if self.instance_type not in INSTANCE_TYPES:
            return "InvalidParameterValue", f"Invalid value '{self.instance_type}' for InstanceType."
        try:
            shortage.must_be_offered(region, self.instance_type, self.zone)
        except EC2ClientError as e:
            return "InvalidFleetConfiguration", e.message
        if lifecycle == "spot" and not catalog.can_be_spot(self.instance_type):
            return "InvalidFleetConfiguration", f"{self.instance_type} cannot be requested as spot."
        return None

    def price(self, region, lifecycle):
        if lifecycle == "spot":
            price = prices.spot_microusd(region, self.zone, self.instance_type)
        else:
            price = prices.on_demand_microusd(region, self.instance_type)
        return LAST if price is None else price / self.weight

    def described(self):
        return {"LaunchTemplateSpecification": self.specification, "Overrides": self.override}


class Instant:
    """One instant fleet."""

    def __init__(self, response):
        self.backend, self.region = response.ec2_backend, response.region
        self.ask = response._get_param
        self.fleet_id = random_fleet_id()
        self.errors, self.instances = [], []

    def launch(self):
        pools = [Pool(self.backend, self.template(config["LaunchTemplateSpecification"]), override)
                 for config in self.ask("LaunchTemplateConfigs", [])
                 for override in config.get("Overrides") or [{}]]
        for lifecycle, target, options in self.targets():
            plan = self.plan(pools, lifecycle, target, options.get("AllocationStrategy") or "lowest-price")
            planned = sum(pool.weight * count for pool, count in plan)
            # Below MinTargetCapacity the fleet launches nothing at all.
            if planned >= int(options.get("MinTargetCapacity") or 0):
                for pool, count in plan:
                    self.run(pool, lifecycle, count)
        return {"FleetId": self.fleet_id, "Instances": self.instances, "Errors": self.errors}

    def template(self, specification):
        """The specification as answered (id and version resolved) and the data of that version."""
        if "LaunchTemplateId" in specification:
            template = self.backend.get_launch_template(specification["LaunchTemplateId"])
        else:
            template = self.backend.get_launch_template_by_name(specification["LaunchTemplateName"])
        version = template.get_version(specification.get("Version") or "$Default")
        return {"LaunchTemplateId": template.id, "Version": str(version.number)}, version.data

    def targets(self):
        """(lifecycle, units, options); what neither target names goes to the default, which is on-demand."""
        wanted = self.ask("TargetCapacitySpecification", {})
        units = {"on-demand": int(wanted.get("OnDemandTargetCapacity") or 0),
                 "spot": int(wanted.get("SpotTargetCapacity") or 0)}
        rest = int(wanted.get("TotalTargetCapacity") or 0) - sum(units.values())
        units[wanted.get("DefaultTargetCapacityType") or "on-demand"] += max(0, rest)
        options = {"on-demand": self.ask("OnDemandOptions", {}), "spot": self.ask("SpotOptions", {})}
        return [(lifecycle, n, options[lifecycle]) for lifecycle, n in units.items() if n > 0]

    def plan(self, pools, lifecycle, target, strategy):
        """[(pool, instances)], best pools first until the target is met; what cannot serve goes into Errors."""
        usable = []
        for pool in pools:
            fault = pool.fault(self.region, lifecycle)
            if fault:
                self.report(pool, lifecycle, *fault)
            else:
                usable.append(pool)
        usable.sort(key=lambda pool: self.rank(pool, lifecycle, strategy))
        if strategy == "diversified":
            return self.spread(usable, lifecycle, target)
        return self.fill(usable, lifecycle, target)

    def rank(self, pool, lifecycle, strategy):
        """Priorities count only where the strategy says so; the price decides the rest, then the order given."""
        price = pool.price(self.region, lifecycle)
        return (pool.priority, price) if "prioritized" in strategy else (price,)

    def fill(self, pools, lifecycle, target):
        plan = []
        for pool in pools:
            if target <= 0:
                break
            wanted = -int(-target // pool.weight)
            available = shortage.left(pool.instance_type, pool.zone, lifecycle)
            count = wanted if available is None else min(wanted, available)
            if count < wanted:
                self.report_shortage(pool, lifecycle)
            if count > 0:
                plan.append((pool, count))
                target -= count * pool.weight
        return plan

    def spread(self, pools, lifecycle, target):
        """One instance to each pool in turn."""
        counts = dict.fromkeys(pools, 0)
        open_pools = list(pools)
        while target > 0 and open_pools:
            for pool in list(open_pools):
                available = shortage.left(pool.instance_type, pool.zone, lifecycle)
                if available is not None and counts[pool] >= available:
                    self.report_shortage(pool, lifecycle)
                    open_pools.remove(pool)
                elif target > 0:
                    counts[pool] += 1
                    target -= pool.weight
        return [(pool, count) for pool, count in counts.items() if count]

    def run(self, pool, lifecycle, count):
        try:
            reservation = self.backend.run_instances(**self.arguments(pool, lifecycle, count))
        except ServiceException as e:
            return self.report(pool, lifecycle, e.code, e.message)
        self.instances.append({
            "LaunchTemplateAndOverrides": pool.described(), "Lifecycle": lifecycle,
            "InstanceIds": [i.id for i in reservation.instances], "InstanceType": pool.instance_type})

    def arguments(self, pool, lifecycle, count):
        tags = convert_tag_spec([t for t in self.ask("TagSpecifications", []) if t.get("Tags")])
        tags.setdefault("instance", {})["aws:ec2:fleet-id"] = self.fleet_id
        return {
            "image_id": pool.override.get("ImageId") or pool.data.get("ImageId"), "count": count,
            "user_data": pool.data.get("UserData"), "security_group_names": pool.data.get("SecurityGroups", []),
            "instance_type": pool.instance_type, "is_instance_type_default": False, "region_name": self.region,
            "subnet_id": pool.subnet, "placement": None if pool.subnet else pool.zone, "tags": tags,
            "launch_template": pool.specification, "client_token": self.ask("ClientToken"),
            "instance_market_options": "spot" if lifecycle == "spot" else None,
            "lifecycle": "spot" if lifecycle == "spot" else None,
        }

    def report_shortage(self, pool, lifecycle):
        e = shortage.OutOfCapacity(pool.instance_type, pool.zone)
        self.report(pool, lifecycle, e.code, e.message)

    def report(self, pool, lifecycle, code, message):
        self.errors.append({"LaunchTemplateAndOverrides": pool.described(), "Lifecycle": lifecycle,
                            "ErrorCode": code, "ErrorMessage": message})
