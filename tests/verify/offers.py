"""What can be bought: pools, the catalog, and the nodes that both allow."""
import csv
import itertools
from fractions import Fraction

from objects import (ARCH, CAPACITY_TYPE, HOST, INSTANCE_TYPE, OS, POOL, ZONE, all_hold, holds, quantity, today, tolerated)

CORE_LABELS = (HOST, POOL)
# What a pool that does not say is taken to require: a NodePool; a Provisioner of v1alpha5.
DEFAULTS = {OS: "linux"}
OLD_DEFAULTS = {OS: "linux", ARCH: "amd64", CAPACITY_TYPE: "on-demand"}


class Pool:
    def __init__(self, o):
        self.name, spec = o["metadata"]["name"], o["spec"]
        old = o["apiVersion"].endswith("v1alpha5")
        template = {"metadata": {"labels": spec.get("labels")}, "spec": spec} if old else spec["template"]
        self.replicas = spec.get("replicas")
        self.labels = {today(k): str(v) for k, v in ((template.get("metadata") or {}).get("labels") or {}).items()}
        self.taints = template["spec"].get("taints") or []
        self.requirements = [dict(r, key=today(r["key"])) for r in template["spec"].get("requirements") or []]
        stated = {r["key"] for r in self.requirements} | set(self.labels)
        self.requirements += [{"key": k, "operator": "In", "values": [v]}
                              for k, v in (OLD_DEFAULTS if old else DEFAULTS).items() if k not in stated]
        limits = (spec.get("limits") or {}).get("resources") if old else spec.get("limits")
        self.limits = {k: quantity(str(v)) for k, v in (limits or {}).items()}
        self.deleting = bool(o["metadata"].get("deletionTimestamp"))

    def buys(self):
        """Can it open a domain: is it more than its living nodes?"""
        return not self.deleting and self.replicas is None and all(self.limits.values())


class Row:
    """An offering of the catalog; `room` is allocatable."""

    def __init__(self, fields):
        self.name = tuple(fields[k] for k in ("instance_type", "zone", "capacity_type"))
        self.usd = Fraction(fields["hourly_usd"])
        self.room = {"cpu": Fraction(int(fields["cpu_millicores"]), 1000), "memory": Fraction(int(fields["memory_bytes"])),
                     "pods": Fraction(int(fields["pods"]))}
        stated = dict(x.split("=", 1) for x in fields["labels"].split(";") if x)
        self.labels = dict(stated, **{INSTANCE_TYPE: self.name[0], ZONE: self.name[1], CAPACITY_TYPE: self.name[2],
                                      ARCH: fields["arch"], OS: fields["os"]})

    def capacity(self):
        """What limits count: the instance's own amounts where labels state them."""
        cpu, memory = (self.labels.get(f"karpenter.k8s.aws/instance-{r}") for r in ("cpu", "memory"))
        return {"cpu": Fraction(cpu) if cpu else self.room["cpu"], "pods": self.room["pods"], "nodes": Fraction(1),
                "memory": Fraction(memory) * 2**20 if memory else self.room["memory"], "tenon.dev/hourly-usd": self.usd}


class Market:
    def __init__(self, pools, rows):
        self.pools, self.rows = {p.name: p for p in pools}, rows
        self.by_name = {}
        for r in rows:
            self.by_name.setdefault(r.name, []).append(r)
        self.stated = {k for r in rows for k in r.labels}
        self._daemons = {}

    def open_keys(self, pool):
        """Keys that the pool leaves to the pods: it requires them, and neither it nor any type states them."""
        return sorted({r["key"] for r in pool.requirements} - self.stated - set(pool.labels) - set(CORE_LABELS))

    def labels_of(self, pool, row, said):
        """The labels of such a node, or None: the pool cannot launch it.  `said`: the values of open keys, where the
        answer states them; a key with one allowed value needs no saying."""
        if any(row.labels.get(k, v) != v for k, v in pool.labels.items()):
            return None
        labels = {**row.labels, **pool.labels, POOL: pool.name}
        for key in self.open_keys(pool):
            only = [r["values"] for r in pool.requirements if r["key"] == key and r["operator"] == "In" and len(r["values"]) == 1]
            value = said.get(key, only[0][0] if only else None)
            if value is not None:
                labels[key] = str(value)
        open_and_absent = set(self.open_keys(pool)) - set(labels)  # it asks for one, no pod did: any will do
        return labels if all_hold([r for r in pool.requirements if r["key"] not in open_and_absent], labels) else None

    def launchable(self):
        """(pool, row, labels) of every node that a pool could yet launch."""
        for pool in self.pools.values():
            choices = [[(r["key"], str(v)) for v in r["values"]] for r in pool.requirements
                       if r["key"] in self.open_keys(pool) and r["operator"] == "In"]
            for chosen, row in itertools.product(itertools.product(*choices), self.rows if pool.buys() else []):
                labels = self.labels_of(pool, row, dict(chosen))
                if labels:
                    yield pool, row, labels

    def daemons_on(self, cluster, pool, row, labels):
        """(what they leave of the row's room, their host ports)."""
        key = (pool.name, id(row), tuple(labels.get(k) for k in self.open_keys(pool)))
        if key not in self._daemons:
            there = [d for d in cluster.daemons if not d.impossible and tolerated(pool.taints, d.tolerations) and d.fits(labels)]
            room = {k: v - sum(d.requests.get(k, 0) for d in there) for k, v in row.room.items()}
            room["pods"] -= len(there)
            self._daemons[key] = room, [d.ports for d in there]
        return self._daemons[key]


def read_catalog(path):
    with open(path, encoding="utf-8", newline="") as f:
        return [Row(fields) for fields in csv.DictReader(f) if fields["hourly_usd"]]  # what has no price nobody buys


def lacking_values(market, cluster, pool, demands, need):
    """The first requirement of the pool whose min_values the node's options do not keep: (key, found, wanted)."""
    asked = [r for r in pool.requirements if r.get("minValues")]
    found = {r["key"]: set() for r in asked}
    for row in market.rows if asked else []:
        said = {}
        labels = market.labels_of(pool, row, said)
        if not labels or not all(d.fits(labels) for d in demands):
            continue
        room, _ = market.daemons_on(cluster, pool, row, labels)
        if all(amount <= room.get(k, amount) for k, amount in need.items()):
            for key in found:
                found[key] |= {labels[key]} if key in labels else {
                    str(v) for r in asked if r["key"] == key and r["operator"] == "In" for v in r["values"]
                    if holds(r, {key: str(v)})}
    return next(((r["key"], len(found[r["key"]]), r["minValues"]) for r in asked if len(found[r["key"]]) < r["minValues"]), None)
