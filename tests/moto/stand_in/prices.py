"""What an instance costs here.  On demand: the product's own table; spot: made up, but the same every time."""
import csv
import hashlib
import pathlib

HOME_REGION = "us-east-1"
TABLE = pathlib.Path(__file__).resolve().parents[3] / "data" / "ec2_prices.csv"


def read_table():
    with open(TABLE, newline="") as f:
        return {(row["region"], row["instance_type"]): int(row["microusd_per_hour"]) for row in csv.DictReader(f)}


ON_DEMAND = read_table()
PRICED_REGIONS = sorted({region for region, _ in ON_DEMAND})


def on_demand_microusd(region, instance_type):
    """None if unknown.  A region without a table costs what us-east-1 does: a stand-in, not a fact."""
    if region not in PRICED_REGIONS:
        region = HOME_REGION
    return ON_DEMAND.get((region, instance_type))


def spot_microusd(region, zone, instance_type):
    """25 to 60 % of on demand: the type decides on 30 to 55, the zone moves that by 5 either way."""
    full = on_demand_microusd(region, instance_type)
    if full is None:
        return None
    percent = 30 + draw(instance_type, 26) + draw(f"{instance_type} {zone}", 11) - 5
    return max(1, full * percent // 100)


def draw(text, below):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % below


def dollars(microusd):
    return f"{microusd // 1_000_000}.{microusd % 1_000_000:06d}"
