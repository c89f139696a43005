"""What EC2 offers: types, where they are, what spot costs, zones.  Moto answers everything on one page, takes
seconds for it, and every spot price is 0.00001 of the year 2006."""
import datetime
from fnmatch import fnmatchcase
from functools import lru_cache

from moto.ec2.models.availability_zones_and_regions import Zone
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.spot_instances import SpotInstances

from . import prices, wire

TYPES_A_PAGE = 100     # AWS's limits, and what a call without MaxResults gets
OFFERINGS_A_PAGE = 1000
PRICES_A_PAGE = 1000
STARTED = datetime.datetime.now(datetime.timezone.utc)


def mend():
    InstanceResponse.describe_instance_types = describe_instance_types
    InstanceResponse.describe_instance_type_offerings = describe_instance_type_offerings
    SpotInstances.describe_spot_price_history = describe_spot_price_history
    # DescribeAvailabilityZones says whether a zone is opted into; moto does not.
    Zone.opt_in_status = "opt-in-not-required"
    Zone.group_name = Zone.network_border_group = property(lambda zone: zone.region_name)


@wire.remembered
def describe_instance_types(self):
    """Only what the region offers, 100 a page."""
    wanted = self.ec2_backend.describe_instance_types(self._get_param("InstanceTypes", []),
                                                      self._filters_from_querystring())
    here = offered_types(self.region)
    rows, token = wire.page(self, [t for t in wanted if t["InstanceType"] in here], TYPES_A_PAGE)
    return wire.answer("DescribeInstanceTypes", {"InstanceTypes": rows, "NextToken": token})


@wire.remembered
def describe_instance_type_offerings(self):
    location_type = self._get_param("LocationType") or "region"
    filters = self._filters_from_querystring()
    rows = [o for o in INSTANCE_TYPE_OFFERINGS[location_type].get(self.region, [])
            if passes(filters, {"location": o["Location"], "instance-type": o["InstanceType"]})]
    rows, token = wire.page(self, rows, OFFERINGS_A_PAGE)
    return wire.answer("DescribeInstanceTypeOfferings", {"InstanceTypeOfferings": rows, "NextToken": token})


@wire.remembered
def describe_spot_price_history(self):
    """One quote a type and zone: the present one.  The last page has an empty token, as AWS's has."""
    filters = self._filters_from_querystring()
    for name, parameter in (("instance-type", "InstanceTypes"), ("product-description", "ProductDescriptions")):
        if self._get_param(parameter):
            filters.setdefault(name, self._get_param(parameter))
    if self._get_param("AvailabilityZone"):
        filters["availability-zone"] = [self._get_param("AvailabilityZone")]
    rows = [quote for quote in quotes(self.region)
            if passes(filters, {"instance-type": quote["InstanceType"], "availability-zone": quote["AvailabilityZone"],
                                "product-description": quote["ProductDescription"]})]
    rows, token = wire.page(self, rows, PRICES_A_PAGE)
    return wire.answer("DescribeSpotPriceHistory", {"SpotPriceHistory": rows, "NextToken": token or ""})


def passes(filters, row):
    """EC2's filters: all must hold, any of the values will do, with * and ?.  Unknown ones hold."""
    return all(any(fnmatchcase(row[name], value) for value in values)
               for name, values in filters.items() if name in row)


@lru_cache(maxsize=None)
def offered_types(region):
    return frozenset(o["InstanceType"] for o in INSTANCE_TYPE_OFFERINGS["region"].get(region, []))


@lru_cache(maxsize=None)
def offered_pools(region):
    return frozenset((o["InstanceType"], o["Location"])
                     for o in INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, []))


def any_zone(region, instance_type):
    """Where EC2 puts an instance that asks for no place: the first zone that has its type."""
    return min((zone for name, zone in offered_pools(region) if name == instance_type), default=region + "a")


def can_be_spot(instance_type):
    return "spot" in INSTANCE_TYPES.get(instance_type, {}).get("SupportedUsageClasses", [])


@lru_cache(maxsize=None)
def quotes(region):
    rows = []
    for instance_type, zone in sorted(offered_pools(region)):
        price = prices.spot_microusd(region, zone, instance_type)
        if price is not None and can_be_spot(instance_type):
            age = datetime.timedelta(minutes=prices.draw(f"{zone} {instance_type}", 360))
            rows.append({"InstanceType": instance_type, "AvailabilityZone": zone, "ProductDescription": "Linux/UNIX",
                         "SpotPrice": prices.dollars(price), "Timestamp": f"{STARTED - age:%Y-%m-%dT%H:%M:%S}.000Z"})
    return rows
