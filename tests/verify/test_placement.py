"""The verifier of placements: what holds passes, and each way to break a constraint is refused and named."""
import copy
import importlib.machinery
import importlib.util
import pathlib
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, str(HERE / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


placement = load("placement")
from objects import Cluster  # noqa: E402
from offers import Market, Pool, Row  # noqa: E402

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
TYPES = {"small": (2000, 4, "0.1"), "large": (8000, 16, "0.4")}


def catalog():
    fields = lambda name, zone, kind: {
        "instance_type": name, "zone": zone, "capacity_type": kind, "hourly_usd": TYPES[name][2], "arch": "amd64",
        "cpu_millicores": str(TYPES[name][0]), "memory_bytes": str(TYPES[name][1] << 30), "pods": "10", "os": "linux",
        "labels": f"size={name};karpenter.k8s.aws/instance-cpu={TYPES[name][0] // 1000}"}
    return [Row(fields(n, z, k)) for n in TYPES for z in "abc" for k in ("spot", "on-demand")]


def pool(name="default", **spec):
    requirements, taints = spec.pop("requirements", []), spec.pop("taints", [])
    template = {"metadata": {"labels": spec.pop("labels", {})}, "spec": {"requirements": requirements, "taints": taints}}
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name}, "spec": {"template": template, **spec}}


def pod(name, labels=None, cpu="500m", **spec):
    main = {"name": "main", "resources": {"requests": {"cpu": cpu, "memory": "512Mi"}}}
    return {"kind": "Pod", "metadata": {"name": name, "labels": labels or {}}, "spec": {"containers": [main], **spec}}


def node(name, pods, kind="small", zone="a", pool="default", **more):
    return {"name": name, "instance_type": kind, "zone": zone, "capacity_type": "on-demand", "pool": pool,
            "hourly_usd": float(TYPES[kind][2]), "pods": [f"default/{p}" for p in pods], **more}


def selecting(**labels):
    return {"matchLabels": labels}


def spread(key=ZONE, app="web", **more):
    return {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule",
                                           "labelSelector": selecting(app=app), **more}]}


def affinity(kind, key=ZONE, app="web", **more):
    return {"affinity": {kind: {REQUIRED: [{"topologyKey": key, "labelSelector": selecting(app=app), **more}]}}}


def node_affinity(*terms):
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": list(t)} for t in terms]}}}}


def claim(name, **spec):
    return {"kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def uses(name):
    return {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]}


class Placement(unittest.TestCase):
    def verify(self, objects, nodes, pools=None, unplaced=(), bound=0.0):
        answer = {"nodes": nodes, "hourly_usd": sum(n["hourly_usd"] for n in nodes), "bound_usd": bound,
                  "unplaced": [{"pod": f"default/{p}", "reason": "Limit"} for p in unplaced]}
        market = Market([Pool(p) for p in pools or [pool()]], catalog())
        return placement.faults(Cluster(copy.deepcopy(objects)), market, answer)

    def holds(self, *arguments, **named):
        self.assertEqual(self.verify(*arguments, **named), [])

    def refuses(self, words, *arguments, **named):
        found = self.verify(*arguments, **named)
        self.assertTrue(any(words in line for line in found), f"{words!r} is not in {found}")

    def test_every_pod_is_placed_or_unplaced_once(self):
        pods = [pod("p"), pod("q")]
        self.holds(pods, [node("n", ["p"])], unplaced=["q"])
        self.refuses("default/q is placed 0 times", pods, [node("n", ["p"])])
        self.refuses("default/p is placed 2 times", pods, [node("n", ["p", "q"]), node("m", ["p"])])
        self.refuses("default/p is placed 1 times and unplaced 1", pods, [node("n", ["p", "q"])], unplaced=["p"])
        self.refuses("no pod of the input", pods, [node("n", ["p", "q", "stranger"])])
        self.refuses("2 nodes are named n", pods, [node("n", ["p"]), node("n", ["q"])])

    def test_pods_that_do_not_count_are_not_in_the_answer(self):
        done = dict(pod("done"), status={"phase": "Succeeded"})
        self.holds([pod("p"), done], [node("n", ["p"])])
        self.refuses("does not count: finished", [pod("p"), done], [node("n", ["p", "done"])])

    def test_amounts_hold_to_the_millicore(self):
        self.holds([pod(f"p{i}") for i in range(4)], [node("n", ["p0", "p1", "p2", "p3"])])
        self.refuses("2.001 cpu asked", [pod("p", cpu="1501m"), pod("q")], [node("n", ["p", "q"])])
        many = [pod(f"p{i}", cpu="1m") for i in range(11)]
        self.refuses("11 pods asked", many, [node("n", [f"p{i}" for i in range(11)], "large")])

    def test_init_containers_and_sidecars_count_as_the_scheduler_has_it(self):
        asks = lambda cpu, **more: dict({"name": "c", "resources": {"requests": {"cpu": cpu}}}, **more)
        early = pod("p", cpu="1", initContainers=[asks("500m", restartPolicy="Always"), asks("1")])
        self.holds([early, pod("q")], [node("n", ["p", "q"])])
        self.refuses("2.001 cpu", [early, pod("q", cpu="501m")], [node("n", ["p", "q"])])

    def test_daemons_take_their_room(self):
        daemon = {"kind": "DaemonSet", "metadata": {"name": "d"}, "spec": {"template": pod("d", cpu="600m")}}
        self.holds([daemon, pod("p", cpu="1400m")], [node("n", ["p"])])
        self.refuses("1.401 cpu asked, 1.4 there", [daemon, pod("p", cpu="1401m")], [node("n", ["p"])])
        elsewhere = copy.deepcopy(daemon)
        elsewhere["spec"]["template"]["spec"]["nodeSelector"] = {"size": "large"}
        self.holds([elsewhere, pod("p", cpu="2")], [node("n", ["p"])])

    def test_selectors_and_affinity_are_heeded(self):
        wants_b = pod("p", nodeSelector={ZONE: "b"})
        self.holds([wants_b], [node("n", ["p"], zone="b")])
        self.refuses("does not want such a node", [wants_b], [node("n", ["p"], zone="a")])
        either = pod("p", **node_affinity([{"key": ZONE, "operator": "In", "values": ["c"]}],
                                          [{"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["2"]}]))
        self.holds([either], [node("n", ["p"], zone="c")])
        self.holds([either], [node("n", ["p"], "large")])
        self.refuses("does not want", [either], [node("n", ["p"])])
        self.refuses("does not want", [pod("p", **node_affinity([]))], [node("n", ["p"])])

    def test_labels_that_a_pool_leaves_open_are_those_that_the_answer_states(self):
        pools = [pool(requirements=[{"key": "team", "operator": "In", "values": ["x", "y"]}])]
        wants_y = pod("p", nodeSelector={"team": "y"})
        self.holds([wants_y], [node("n", ["p"], labels={"team": "y"})], pools)
        self.refuses("does not want", [wants_y], [node("n", ["p"], labels={"team": "x"})], pools)
        self.refuses("cannot launch it", [wants_y], [node("n", ["p"], labels={"team": "z"})], pools)

    def test_taints_are_tolerated(self):
        pools = [pool(taints=[{"key": "dedicated", "value": "x", "effect": "NoSchedule"}])]
        self.refuses("does not tolerate", [pod("p")], [node("n", ["p"])], pools)
        self.holds([pod("p", tolerations=[{"key": "dedicated", "operator": "Exists"}])], [node("n", ["p"])], pools)
        soft = [pool(taints=[{"key": "dedicated", "value": "x", "effect": "PreferNoSchedule"}])]
        self.holds([pod("p")], [node("n", ["p"])], soft)

    def test_prices_sums_and_offerings_are_the_catalogs(self):
        self.refuses("there is no such offering", [pod("p")], [node("n", ["p"], zone="z")])
        self.refuses("costs 0.09", [pod("p")], [dict(node("n", ["p"]), hourly_usd=0.09)])
        self.refuses("cannot launch it", [pod("p")], [node("n", ["p"])],
                     [pool(requirements=[{"key": ZONE, "operator": "NotIn", "values": ["a"]}])])
        self.refuses("the bound 0.11 is above", [pod("p")], [node("n", ["p"])], bound=0.11)

    def test_host_ports_do_not_meet(self):
        def with_port(name, ip):
            p = pod(name)
            p["spec"]["containers"][0]["ports"] = [{"hostPort": 80, "hostIP": ip}]
            return p
        apart = [with_port("p", "10.0.0.1"), with_port("q", "10.0.0.2")]
        self.holds(apart, [node("n", ["p", "q"])])
        meet = [with_port("p", "10.0.0.1"), with_port("q", "")]
        self.holds(meet, [node("n", ["p"]), node("m", ["q"])])
        self.refuses("host port of", meet, [node("n", ["p", "q"])])

    def test_volumes_bind_places_and_users(self):
        volume = {"kind": "PersistentVolume", "metadata": {"name": "v"}, "spec": {"nodeAffinity": {"required": {
            "nodeSelectorTerms": [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": ["b"]}]}]}}}}
        bound = claim("c", volumeName="v", accessModes=["ReadWriteMany"])
        bound["metadata"]["annotations"] = {"pv.kubernetes.io/bind-completed": "yes"}
        self.holds([volume, bound, pod("p", **uses("c"))], [node("n", ["p"], zone="b")])
        self.refuses("does not want", [volume, bound, pod("p", **uses("c"))], [node("n", ["p"], zone="a")])
        told = dict(claim("c", volumeName="v", accessModes=["ReadWriteMany"]), status={"phase": "Bound"})
        self.holds([volume, told, pod("p", **uses("c"))], [node("n", ["p"], zone="b")])
        self.refuses("does not want", [volume, told, pod("p", **uses("c"))], [node("n", ["p"], zone="a")])
        lost = dict(claim("c", volumeName="v"), status={"phase": "Lost"})
        self.refuses("its claim is lost", [volume, lost, pod("p", **uses("c"))], [node("n", ["p"], zone="b")])
        late = {"kind": "StorageClass", "metadata": {"name": "s"}, "volumeBindingMode": "WaitForFirstConsumer"}
        users = [pod("p", **uses("c")), pod("q", **uses("c"))]
        once = claim("c", storageClassName="s", accessModes=["ReadWriteOnce"])
        self.holds([late, once, *users], [node("n", ["p", "q"])])
        self.refuses("attaches to one", [late, once, *users], [node("n", ["p"]), node("m", ["q"])])
        single = claim("c", storageClassName="s", accessModes=["ReadWriteOncePod"])
        self.refuses("which is for one", [late, single, *users], [node("n", ["p", "q"])])

    def test_limits_count_capacity_and_static_pools_their_number(self):
        pods, nodes = [pod("p"), pod("q")], [node("n", ["p"]), node("m", ["q"])]
        self.holds(pods, nodes, [pool(limits={"cpu": "4", "nodes": "2", "tenon.dev/hourly-usd": "0.2"})])
        self.refuses("4 cpu, its limit is 3", pods, nodes, [pool(limits={"cpu": "3"})])
        self.refuses("2 nodes, its limit is 1", pods, nodes, [pool(limits={"nodes": "1"})])
        self.refuses("0.2 tenon.dev/hourly-usd", pods, nodes, [pool(limits={"tenon.dev/hourly-usd": "0.15"})])
        self.refuses("is to have 1", pods, nodes, [pool(replicas=1)])

    def test_min_values_are_kept_by_the_options(self):
        two = [pool(requirements=[{"key": "size", "operator": "Exists", "minValues": 2}])]
        self.holds([pod("p")], [node("n", ["p"])], two)
        self.refuses("1 values of size", [pod("p", cpu="3")], [node("n", ["p"], "large")], two)

    def web(self, zones, **spec):
        return ([pod(f"p{i}", {"app": "web"}, **spec) for i in range(len(zones))],
                [node(f"n{i}", [f"p{i}"], zone=z) for i, z in enumerate(zones)])

    def test_spread_holds_over_the_zones_that_can_be_bought(self):
        self.holds(*self.web("abcab", **spread()))
        self.refuses("skew of at most 1, but a has 2 and another 0", *self.web("aab", **spread()))
        in_two = [pool(requirements=[{"key": ZONE, "operator": "In", "values": ["a", "b"]}])]
        self.holds(*self.web("aab", **spread()), pools=in_two)
        self.refuses("another 0", *self.web("aab", **spread(minDomains=3)), pools=in_two)

    def test_spread_counts_nodes_by_the_pods_own_affinity(self):
        not_in_c = node_affinity([{"key": ZONE, "operator": "NotIn", "values": ["c"]}])
        self.holds(*self.web("aab", **spread(), **not_in_c))
        self.refuses("another 0", *self.web("aab", **spread(nodeAffinityPolicy="Ignore"), **not_in_c))

    def test_spread_over_hosts_has_an_empty_host_to_compare_with(self):
        pods = [pod(f"p{i}", {"app": "web"}, **spread(HOST)) for i in range(2)]
        self.holds(pods, [node("n", ["p0"]), node("m", ["p1"])])
        self.refuses("n has 2 and another 0", pods, [node("n", ["p0", "p1"])])

    def test_match_label_keys_part_one_revision_from_another(self):
        pods = [pod(f"p{i}", {"app": "web", "rev": str(i)}, **spread(HOST, matchLabelKeys=["rev"])) for i in range(2)]
        self.holds(pods, [node("n", ["p0", "p1"])])

    def test_affinity_joins_and_anti_affinity_parts_both_ways(self):
        self.holds(*self.web("aaa", **affinity("podAffinity")))
        self.refuses("in no order", *self.web("ab", **affinity("podAffinity")))
        self.refuses("it is to join", [pod("p", **affinity("podAffinity"))], [node("n", ["p"])])
        self.holds(*self.web("abc", **affinity("podAntiAffinity")))
        self.refuses("to be apart from", *self.web("aa", **affinity("podAntiAffinity")))
        shy, other = pod("shy", {"app": "db"}, **affinity("podAntiAffinity")), pod("p", {"app": "web"})
        self.refuses("to be apart from", [shy, other], [node("n", ["shy"]), node("m", ["p"])])
        self.holds([shy, other], [node("n", ["shy"]), node("m", ["p"], zone="b")])

    def test_namespaces_bound_whom_a_term_counts(self):
        far = pod("far", {"app": "web"})
        far["metadata"]["namespace"] = "far"
        shy = pod("shy", {}, **affinity("podAntiAffinity"))
        all_over = pod("shy", {}, **affinity("podAntiAffinity", namespaceSelector={}))
        nodes = [dict(node("n", ["shy"]), pods=["default/shy", "far/far"])]
        self.holds([far, shy], nodes)
        self.refuses("to be apart from", [far, all_over], nodes)

    def test_an_order_of_placing_is_found_where_there_is_one(self):
        leader, follower = pod("p", {"app": "web"}), pod("q", {"app": "db"}, **affinity("podAffinity", HOST))
        self.holds([follower, leader], [node("n", ["p", "q"])])
        circle = [pod("p", {"app": "web"}, **affinity("podAffinity", app="db")),
                  pod("q", {"app": "db"}, **affinity("podAffinity", app="web"))]
        self.refuses("in no order", circle, [node("n", ["p", "q"])])

    def test_a_great_placement_is_checked_in_seconds(self):
        zones = "abc" * 1000
        self.holds(*self.web(zones, **spread()))


if __name__ == "__main__":
    unittest.main()
