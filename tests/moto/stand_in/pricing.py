"""The Pricing API's GetProducts (json 1.1), which moto has not: EC2 on-demand products for Linux."""
import json
from functools import lru_cache
from hashlib import sha256

from moto.ec2.models.instance_types import INSTANCE_TYPES

from . import faults, prices, wire

PRODUCTS_A_PAGE = 100
OFFER_TERM, RATE = "JRTCKXETXF", "6YS6EN2CT7"   # AWS's codes for on demand and for by the hour


def handle(call):
    """status line, headers, body"""
    if call.operation != "GetProducts":
        return faults.error(call, 400, "UnknownOperationException", f"{call.operation} is not here.")
    request = json.loads(call.body or "{}")
    if request.get("ServiceCode") != "AmazonEC2":
        return faults.error(call, 400, "NotFoundException", f"No products of {request.get('ServiceCode')}.")
    found = select(request.get("Filters", []))
    start = wire.token_offset(request["NextToken"]) if request.get("NextToken") else 0
    end = start + min(int(request.get("MaxResults", PRODUCTS_A_PAGE)), PRODUCTS_A_PAGE)
    result = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(p, separators=(",", ":")) for p in found[start:end]]}
    if end < len(found):
        result["NextToken"] = wire.offset_token(end)
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", faults.REQUEST_ID)]
    return "200 OK", headers, json.dumps(result).encode()


def select(filters):
    """All filters must hold exactly; a field that a product lacks never does."""
    wanted = [(f["Field"], f["Value"]) for f in filters]
    regions = [value for field, value in wanted if field == "regionCode"] or prices.PRICED_REGIONS
    return [p for region in regions for p in products(region) if all(field_of(p, f) == v for f, v in wanted)]


def field_of(product, field):
    if field == "productFamily":
        return product["product"]["productFamily"]
    return product["product"]["attributes"].get(field)


@lru_cache(maxsize=None)
def products(region):
    home = region if region in prices.PRICED_REGIONS else prices.HOME_REGION
    return [product(region, instance_type, microusd)
            for (r, instance_type), microusd in sorted(prices.ON_DEMAND.items()) if r == home]


def product(region, instance_type, microusd):
    sku = sha256(f"{region} {instance_type}".encode()).hexdigest()[:16].upper()
    term, rate = f"{sku}.{OFFER_TERM}", f"{sku}.{OFFER_TERM}.{RATE}"
    usd = prices.dollars(microusd) + "0000"
    family = "Compute Instance (bare metal)" if is_metal(instance_type) else "Compute Instance"
    return {
        "product": {"productFamily": family, "attributes": attributes(region, instance_type), "sku": sku},
        "serviceCode": "AmazonEC2",
        "terms": {"OnDemand": {term: {
            "priceDimensions": {rate: {
                "unit": "Hrs", "endRange": "Inf", "beginRange": "0", "rateCode": rate, "appliesTo": [],
                "description": f"${usd} per On Demand Linux {instance_type} Instance Hour",
                "pricePerUnit": {"USD": usd}}},
            "sku": sku, "effectiveDate": "2026-07-01T00:00:00Z", "offerTermCode": OFFER_TERM, "termAttributes": {}}}},
        "version": "20260701000000", "publicationDate": "2026-07-01T00:00:00Z",
    }


def attributes(region, instance_type):
    result = {
        "regionCode": region, "location": region, "locationType": "AWS Region", "instanceType": instance_type,
        "servicecode": "AmazonEC2", "servicename": "Amazon Elastic Compute Cloud", "operation": "RunInstances",
        "operatingSystem": "Linux", "preInstalledSw": "NA", "capacitystatus": "Used", "marketoption": "OnDemand",
        "tenancy": "Dedicated" if is_metal(instance_type) else "Shared", "licenseModel": "No License required",
        "usagetype": f"BoxUsage:{instance_type}", "instanceFamily": "General purpose",
    }
    described = INSTANCE_TYPES.get(instance_type)
    if described:
        result["vcpu"] = str(described["VCpuInfo"]["DefaultVCpus"])
        result["memory"] = f"{described['MemoryInfo']['SizeInMiB'] / 1024:g} GiB"
    return result


def is_metal(instance_type):
    return ".metal" in instance_type
