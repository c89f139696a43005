"""What people have complained of in autoscalers, each as the world in which it was, with what is right there."""
import collections
import unittest

from test_estimate import HEADER, HOST, ZONE, Case, pod

GIB = 1 << 30
SIZES = {"n1.small": (1900, 3, 0.1), "n1.medium": (3900, 7, 0.2), "n1.large": (7900, 15, 0.4)}
BY_REVISION = {"matchLabelKeys": ["controller-revision-hash"], "labelSelector": {"matchLabels": {"app": "es"}}}


def row(name, zone, usd, cpu, gib):
    return f"{name},{zone},on-demand,{usd},{cpu},{gib * GIB},29,amd64,linux,"


def catalog(*more):
    rows = [row(name, f"zone-{z}", usd, cpu, gib) for name, (cpu, gib, usd) in SIZES.items() for z in "abc"]
    return "\n".join([HEADER, *rows, *more]) + "\n"


def pool(*zones):
    zones = [{"key": ZONE, "operator": "In", "values": list(zones)}] if zones else []
    spec = {"requirements": [{"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]}, *zones]}
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "main"}, "spec": {"template": {"spec": spec}}}


def copies(name, count, labels=None, **more):
    return [pod(f"{name}-{n}", labels=labels or {"app": name}, **more) for n in range(count)]


def port(name, **more):
    made = pod(name, cpu="400m", memory="256Mi")
    made["spec"]["containers"][0]["ports"] = [{"containerPort": 80, "hostPort": 8080, **more}]
    return made


def volume_in(zone, key, number):
    """A pod with its claim and its volume, as a dump of a cluster has them."""
    within = {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": key, "operator": "In", "values": [zone]}]}]}}
    return [{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"pv-{number}"},
             "spec": {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": f"vol-{number}"}, "nodeAffinity": within}},
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": f"data-db-{number}", "namespace": "default"},
             "spec": {"accessModes": ["ReadWriteOnce"], "volumeName": f"pv-{number}"}, "status": {"phase": "Bound"}},
            pod(f"db-{number}", cpu="800m", memory="1Gi", volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": f"data-db-{number}"}}])]


def revision(name, revision):
    spreads = [{"maxSkew": 1, "minDomains": 2, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", **BY_REVISION},
               {"maxSkew": 1, "topologyKey": HOST, "whenUnsatisfiable": "DoNotSchedule", **BY_REVISION}]
    return copies(name, 3, {"app": "es", "controller-revision-hash": revision}, cpu="1500m", memory="2Gi", topologySpreadConstraints=spreads)


class Stories(Case):
    def told(self, objects, pools=None, rows=()):
        words = [self.write("pods.json", objects), "--pools", self.write("pools.json", [pools or pool()]),
                 "--catalog", self.write("catalog.csv", catalog(*rows))]
        return self.judged_answer(*words)

    def home(self, answer, name):
        return next(n for n in answer["nodes"] if f"default/{name}" in n["pods"])

    def test_a_type_without_a_price_is_neither_free_nor_forgotten(self):
        needs_new = pod("only-new", nodeSelector={"node.kubernetes.io/instance-type": "n9.new"})
        answer = self.told([*copies("web", 2, cpu="1500m"), needs_new], rows=[row("n9.new", "zone-a", "", 1900, 3)])
        self.assertEqual(answer["hourly_usd"], 0.2)
        self.assertLessEqual(answer["bound_usd"], 0.2)
        self.assertNotIn("n9.new", {n["instance_type"] for n in answer["nodes"]})
        (waits,) = answer["unplaced"]
        self.assertEqual((waits["pod"], waits["reason"]), ("default/only-new", "NoPrice"))
        self.assertRegex(waits["message"], "n9.new .*price")

    def test_a_type_that_has_a_price_in_one_zone_is_launched_there(self):
        needs_new = pod("only-new", nodeSelector={"node.kubernetes.io/instance-type": "n9.new"})
        answer = self.told([needs_new], rows=[row("n9.new", "zone-a", "", 1900, 3), row("n9.new", "zone-b", 0.3, 1900, 3)])
        self.assertEqual([(n["instance_type"], n["zone"]) for n in answer["nodes"]], [("n9.new", "zone-b")])

    def test_a_volume_decides_the_zone_of_its_node_by_whichever_key(self):
        answer = self.told(volume_in("zone-a", ZONE, 0) + volume_in("zone-c", "topology.ebs.csi.aws.com/zone", 1))
        self.assertEqual([self.home(answer, f"db-{n}")["zone"] for n in (0, 1)], ["zone-a", "zone-c"])
        self.assertEqual((answer["hourly_usd"], answer["unplaced"]), (0.2, []))

    def test_host_ports_clash_by_protocol_and_address(self):
        answer = self.told([port("tcp-one"), port("tcp-two", protocol="TCP"), port("udp", protocol="UDP"),
                            port("loopback", hostIP="127.0.0.1"), port("other-address", hostIP="127.0.0.2")])
        self.assertEqual((len(answer["nodes"]), answer["hourly_usd"], answer["unplaced"]), (3, 0.3, []))
        self.assertEqual(len({self.home(answer, name)["name"] for name in ("tcp-one", "tcp-two", "loopback")}), 3)

    def test_min_domains_with_two_zones_holds_for_each_revision_by_itself(self):
        alone = self.told(revision("old", "r7"), pool("zone-a", "zone-b"))
        self.assertEqual((len(alone["nodes"]), alone["hourly_usd"], alone["unplaced"]), (3, 0.3, []))
        both = self.told(revision("old", "r7") + revision("new", "r8"), pool("zone-a", "zone-b"))
        self.assertEqual(both["unplaced"], [])
        for name in ("old", "new"):
            homes = [n for n in both["nodes"] for p in n["pods"] if p.startswith(f"default/{name}-")]
            self.assertEqual(sorted(collections.Counter(n["zone"] for n in homes).values()), [1, 2])
            self.assertEqual(len({n["name"] for n in homes}), 3)

    def test_a_node_without_a_zone_is_no_domain_of_a_spread(self):
        unlabelled = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "unlabelled", "labels": {"kubernetes.io/os": "linux"}},
                      "status": {"allocatable": {"cpu": "100m", "memory": "128Mi", "pods": "1"}}}
        term = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "web"}}}
        answer = self.told([unlabelled, *copies("web", 5, cpu="1500m", topologySpreadConstraints=[term])])
        self.assertEqual(sorted(collections.Counter(n["zone"] for n in answer["nodes"]).values()), [1, 2, 2])
        self.assertEqual((len(answer["nodes"]), answer["hourly_usd"], answer["unplaced"]), (5, 0.5, []))

    def test_a_preference_that_some_fleet_can_hold_is_held(self):
        term = {"topologyKey": HOST, "labelSelector": {"matchLabels": {"app": "web"}}}
        prefers = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]}}
        answer = self.told(copies("web", 3, cpu="1", affinity=prefers))
        self.assertEqual((len(answer["nodes"]), answer["hourly_usd"], answer["relaxed"]), (3, 0.3, []))


if __name__ == "__main__":
    unittest.main()
