"""`tenon estimate` and `tenon explain` as people and programs call them: files, pipes and folders in, an answer out, which
a verifier that shares no code with the engine judges."""
import itertools
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("TENON_BINARY", ROOT / "build/release/terraform-provider-tenon"))
EXAMPLE = ROOT / "examples/estimate"
TENON = BINARY.parent / "tenon"
PLACEMENT = ROOT / "tests/verify/placement"
CERTIFICATE = ROOT / "build/debug/tests/verify/certificate"
ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
HEADER = "instance_type,zone,capacity_type,hourly_usd,cpu_millicores,memory_bytes,pods,arch,os,labels"
TYPES = {"small": (2000, 4, 0.1), "large": (8000, 16, 0.4), "fat": (4000, 32, 0.26)}


def catalog():
    rows = [f"{name},{zone},{kind},{round(usd * share, 6)},{cpu},{gib << 30},20,amd64,linux,size={name}"
            for name, (cpu, gib, usd) in TYPES.items() for zone in "abc" for kind, share in (("on-demand", 1), ("spot", 0.4))]
    return "\n".join([HEADER, *rows]) + "\n"


def pool(name="default", **spec):
    template = {"metadata": {"labels": spec.pop("labels", {})},
                "spec": {"requirements": spec.pop("requirements", []), "taints": spec.pop("taints", [])}}
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name}, "spec": {"template": template, **spec}}


def pod(name, cpu="500m", memory="512Mi", labels=None, **spec):
    main = {"name": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "labels": labels or {}},
            "spec": {"containers": [main], **spec}}


def spread(app, key=ZONE, when="DoNotSchedule"):
    return {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": when,
                                           "labelSelector": {"matchLabels": {"app": app}}}]}


def apart(app, key=HOST):
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}}
    return {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}


def deployment(name, replicas, **more):
    template = pod(name, labels={"app": name}, **more)
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "default"},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                     "template": {"metadata": {"labels": {"app": name}}, "spec": template["spec"]}}}


def listed(items):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def setUpModule():
    if not CERTIFICATE.exists():
        subprocess.run(["make", CERTIFICATE.relative_to(ROOT)], cwd=ROOT, check=True, capture_output=True)


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text if isinstance(text, str) else listed(text))
        return self.folder / name

    def run_tenon(self, *words, stdin=None):
        return subprocess.run([TENON, *map(str, words)], input=stdin, capture_output=True, text=True, timeout=300)

    def world(self, pods, pools=None):
        return [self.write("pods.json", pods), "--pools", self.write("pools.json", pools or [pool()]),
                "--catalog", self.write("catalog.csv", catalog())]

    def answer(self, *words, stdin=None):
        done = self.run_tenon("estimate", *words, "--output", "json", stdin=stdin)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def holds(self, *words):
        judged = subprocess.run([*map(str, words)], capture_output=True, text=True)
        self.assertEqual(judged.stdout, "holds\n", judged.stderr)

    def judged_answer(self, *words, budget="5s"):
        """The answer, after its placing and the proof of its bound were judged."""
        proof = self.folder / "proof"
        answer = self.answer(*words, "--budget", budget, "--certificate", proof)
        self.holds(sys.executable, PLACEMENT, *words, "--answer", self.write("answer.json", json.dumps(answer)))
        self.holds(CERTIFICATE, proof)
        self.assertIn(f"\nbound {round(answer['bound_usd'] * 10**6)}\n", proof.read_text())
        return answer


class Answers(Case):
    def test_the_example_holds_and_costs_less_than_today(self):
        words = [EXAMPLE / "cluster.yaml", "--pools", EXAMPLE / "pools.yaml", "--catalog", EXAMPLE / "catalog.csv"]
        answer = self.judged_answer(*words)
        self.assertLessEqual(answer["bound_usd"], answer["hourly_usd"])
        self.assertLess(answer["hourly_usd"], answer["today_usd"])
        self.assertEqual(answer["today_usd"], 1.152)
        self.assertEqual([u["pod"] for u in answer["unplaced"]], ["jobs/train-0"])

    def test_a_program_finds_the_fields_it_knows(self):
        answer = self.answer(*self.world([pod("a"), pod("whale", cpu="64")]))
        self.assertLessEqual({"hourly_usd", "bound_usd", "today_usd", "elapsed_ms", "nodes", "unplaced", "relaxed"}, answer.keys())
        (node,) = answer["nodes"]
        self.assertEqual({k: node[k] for k in ("name", "instance_type", "zone", "capacity_type", "pool", "phase", "hourly_usd", "pods")},
                         {"name": "default-1", "instance_type": "small", "zone": "a", "capacity_type": "spot", "pool": "default",
                          "phase": "planned", "hourly_usd": 0.04, "pods": ["default/a"]})
        self.assertEqual(node["allocatable"], {"cpu": "2", "memory": "4Gi", "pods": "20"})
        self.assertEqual(node["labels"]["size"], "small")
        self.assertEqual(node["taints"], [])
        (waits,) = answer["unplaced"]
        self.assertEqual((waits["pod"], waits["reason"]), ("default/whale", "NoTypeFits"))
        self.assertIn("64", waits["message"])

    def test_what_the_choice_of_a_launch_may_cost_is_said_of_each_node_and_in_all(self):
        rows = [f"t{i},a,on-demand,{usd},2000,{4 << 30},20,amd64,linux," for i, usd in enumerate((0.1, 0.104, 0.106, 0.12))]
        words = [self.write("pods.json", [pod("a", cpu="1500m"), pod("b", cpu="1500m")]), "--pools", self.write("pools.json", [pool()]),
                 "--catalog", self.write("catalog.csv", "\n".join([HEADER, *rows]) + "\n")]
        answer = self.answer(*words)
        premium = lambda where: [where[k] for k in ("hourly_usd", "premium_usd", "premium_mean_usd", "premium_percent")]
        self.assertEqual([premium(n) + [n["options"]] for n in answer["nodes"]], [[0.1, 0.006, 0.003333, 6.0, 3]] * 2)
        self.assertEqual(premium(answer), [0.2, 0.012, 0.006666, 6.0])
        printed = self.run_tenon("estimate", *words).stdout
        self.assertIn("most         0.2120 $/h", printed)
        self.assertIn("the dearest comes: 6.0 % more, 3.3 % on average", printed)
        self.assertIn("The premium: up to <b>0.0120</b> $/h", self.run_tenon("estimate", *words, "--output", "html").stdout)
        words[-1] = self.write("catalog.csv", "\n".join([HEADER, rows[0]]) + "\n")
        self.assertEqual(premium(self.answer(*words)), [0.2, 0, 0, 0])
        self.assertNotIn("most ", self.run_tenon("estimate", *words).stdout)

    def test_files_pipes_and_folders_say_the_same(self):
        words = self.world([pod(f"p{i}") for i in range(9)])
        settled = lambda a: {k: v for k, v in a.items() if not k.endswith("_ms")}
        expected = settled(self.answer(*words))
        self.assertEqual(settled(self.answer("-", *words[1:], stdin=words[0].read_text())), expected)
        halves = self.folder / "halves"
        halves.mkdir()
        for i in range(2):
            (halves / f"{i}.json").write_text(listed([pod(f"p{k}") for k in range(i, 9, 2)]))
        self.assertEqual(settled(self.answer(halves, *words[1:])), expected)

    def test_the_order_of_the_input_changes_nothing(self):
        pods = [pod(f"p{i}", cpu=f"{300 + 70 * (i % 7)}m", labels={"app": "web"}, **spread("web")) for i in range(20)]
        fleets = []
        for seed in range(3):
            random.Random(seed).shuffle(pods)
            fleets.append(self.answer(*self.world(pods))["nodes"])
        self.assertEqual(fleets[0], fleets[1])
        self.assertEqual(fleets[0], fleets[2])

    def test_nodes_of_static_pools_are_bought_and_take_pods(self):
        words = self.world([pod(f"p{i}", cpu="1500m") for i in range(3)], [pool("fixed", replicas=2), pool("grows")])
        answer = self.judged_answer(*words)
        self.assertEqual([(n["name"], len(n["pods"])) for n in answer["nodes"]], [("fixed-1", 1), ("fixed-2", 1), ("grows-1", 1)])

    def test_what_cannot_be_preferred_is_given_up_and_listed(self):
        prefers = {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 1, "preference": {"matchExpressions": [{"key": ZONE, "operator": "In", "values": ["mars"]}]}}]}}}
        answer = self.answer(*self.world([pod("a", **prefers), pod("b")]))
        self.assertEqual([r["pod"] for r in answer["relaxed"]], ["default/a"])
        self.assertIn("mars", answer["relaxed"][0]["dropped"])

    def test_a_pod_that_no_pool_would_take_hears_that_before_it_hears_of_its_spread(self):
        taint = {"key": "dedicated", "value": "x", "effect": "NoSchedule"}
        words = self.world([pod("a", labels={"app": "web"}, **spread("web"))], [pool(taints=[taint])])
        (waits,) = self.answer(*words)["unplaced"]
        self.assertEqual(waits["reason"], "NotTolerated")
        self.assertIn("dedicated=x:NoSchedule", waits["message"])

    def test_what_no_node_can_be_hears_what_is_wrong_with_it(self):
        asks = lambda *expressions: {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchExpressions": [dict(zip(("key", "operator", "values"), e)) for e in expressions]}]}}}}
        near = lambda app: {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": ZONE, "labelSelector": {"matchLabels": {"app": app}}}]}}}
        rows = [
            ("whale", pod("whale", cpu="64"), "NoTypeFits", "64"),
            ("unknown", pod("unknown", nodeSelector={"team": "x"}), "Requirements", "team In [x], which none of its nodes has"),
            ("contrary", pod("contrary", **asks(("size", "In", ["small"]), ("size", "NotIn", ["small"]))), "Impossible", "size contradicts itself"),
            ("row", pod("row", labels={"app": "r"}, **spread("r", "example.com/row")), "Topology", "example.com/row leaves it no place: no node has that label"),
            ("alone", pod("alone", **near("nobody")), "Topology", "leaves it no place: its selector means no pod at all"),
            ("behind", pod("behind", **near("lost")), "Topology", "leaves it no place: none of the pods that it wants near has a place"),
            ("lost", pod("lost", labels={"app": "lost"}, cpu="64"), "NoTypeFits", "64"),
        ]
        answer = self.answer(*self.world([pod("good")] + [made for _, made, _, _ in rows]))
        said = {u["pod"]: u for u in answer["unplaced"]}
        self.assertEqual(len(said), len(rows))
        for name, _, reason, message in rows:
            self.assertEqual(said[f"default/{name}"]["reason"], reason)
            self.assertIn(message, said[f"default/{name}"]["message"])

    def test_pools_that_no_node_satisfies_say_so(self):
        both = [{"key": "size", "operator": "In", "values": [v]} for v in ("small", "large")]
        words = self.world([pod("a")], [pool(requirements=both)])
        printed = self.run_tenon("estimate", *words).stdout
        self.assertIn("its requirements of size contradict each other", printed)
        self.assertIn("its requirements leave no instance type", printed)

    def test_a_node_without_a_price_makes_todays_sum_unknown_and_is_named(self):
        node = lambda name, kind: {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {
            "node.kubernetes.io/instance-type": kind, ZONE: "a", "karpenter.sh/capacity-type": "on-demand"}}}
        words = self.world([pod("a"), node("n1", "large")])
        self.assertEqual(self.answer(*words)["today_usd"], 0.4)
        words = self.world([pod("a"), node("n1", "large"), node("n2", "x1.strange")])
        answer = self.answer(*words)
        self.assertIsNone(answer["today_usd"])
        self.assertEqual(answer["today"]["without_price"], ["n2"])


class RandomWorlds(Case):
    """Fixed seeds; one that fails is named."""

    def constraints(self, r, app):
        return r.choice([{}, {}, spread(app), spread(app, HOST), apart(app), spread(app, "karpenter.sh/capacity-type"),
                         {"nodeSelector": {ZONE: r.choice("abc")}}, {"nodeSelector": {"size": r.choice(list(TYPES))}},
                         {"tolerations": [{"key": "dedicated", "operator": "Exists"}]},
                         {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
                             {"topologyKey": ZONE, "labelSelector": {"matchLabels": {"app": app}}}]}}}])

    def pods(self, r):
        for k in range(r.randint(1, 6)):
            app = f"app{k}"
            shape = {"cpu": f"{r.randint(1, 30) * 100}m", "memory": f"{r.randint(1, 60) * 128}Mi"}
            more = self.constraints(r, app)
            for i in range(r.randint(1, 12)):
                yield pod(f"{app}-{i}", labels={"app": app}, **shape, **more)

    def pools(self, r):
        yield pool("all")
        if r.random() < 0.5:
            yield pool("kept", weight=10, taints=[{"key": "dedicated", "value": "x", "effect": "NoSchedule"}],
                       limits={"cpu": str(r.randint(4, 40))})

    def test_no_answer_breaks_a_constraint_and_every_proof_holds(self):
        for seed in range(40):
            with self.subTest(seed=seed):
                r = random.Random(seed)
                self.judged_answer(*self.world(list(self.pods(r)), list(self.pools(r))), budget="1s")


class BadInput(Case):
    def refused(self, *words, stdin=None):
        done = self.run_tenon("estimate", *words, stdin=stdin)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        return done.stderr

    def test_wrong_usage_is_told_from_an_error(self):
        pods = self.write("pods.json", [pod("a")])
        for words in ([], ["--bogus", pods], [pods, "--budget", "soon"], [pods, "--spot-discount", "lots"],
                      [pods, "--output", "xml"], [pods, "--pools"]):
            with self.subTest(words=words):
                done = self.run_tenon("estimate", *words)
                self.assertEqual((done.returncode, done.stdout), (64, ""))
                self.assertIn("tenon estimate: ", done.stderr)
        self.assertEqual(self.run_tenon("estimate", "--help").returncode, 0)

    def test_a_dump_cut_off_in_the_middle_names_file_and_line(self):
        whole = json.dumps({"kind": "List", "apiVersion": "v1", "items": [pod(f"p{i}") for i in range(5)]}, indent=1)
        cut = self.write("cut.json", whole[:len(whole) // 2])
        self.assertRegex(self.refused(cut), r"cut\.json: .* line \d+")
        self.assertIn("standard input", self.refused("-", stdin=whole[:len(whole) // 2]))

    def test_a_catalog_row_with_a_price_that_is_none_is_named_with_its_column(self):
        said = self.refused(self.write("p.json", [pod("a")]), "--catalog", self.write("c.csv", HEADER + "\nsmall,a,spot,dear,1,1,1,amd64,linux,\n"))
        self.assertIn('c.csv:2:14: hourly_usd is "dear"', said)

    def test_nothing_at_all_is_no_fleet(self):
        self.assertIn("standard input is empty", self.refused("-", stdin=""))
        self.assertIn("cannot be read", self.refused(self.folder / "missing.json"))

    def test_every_error_of_every_file_is_listed(self):
        wrong = pod("bad", cpu="many")
        said = self.refused(self.write("one.json", [wrong]), self.write("two.json", "{"), self.folder / "three.json")
        self.assertIn("three.json", said)
        said = self.refused(self.write("one.json", [wrong]), self.write("two.json", "{"),
                            "--catalog", self.write("c.csv", HEADER + "\nsmall,a,spot,cheap,1,1,1,amd64,linux,\n"))
        for name in ("one.json", "two.json", "c.csv:2:"):
            self.assertIn(name, said)

    def test_pools_that_contradict_themselves_are_errors_with_their_place(self):
        requirement = {"key": "size", "operator": "Within", "values": ["small"]}
        said = self.refused(self.write("p.json", [pod("a")]), "--pools", self.write("pools.json", [pool(requirements=[requirement])]))
        self.assertIn("pools.json", said)
        self.assertIn("Within", said)


def dump(out, count, padding):
    """What kubectl prints of pods, a line each, without making it in memory."""
    one = json.dumps(pod("pNAME", labels={"app": "web"}, cpu="100m", memory="128Mi"))[:-1]
    out.write('{"apiVersion": "v1", "items": [\n')
    for i in range(count):
        out.write(f'{"," if i else ""}{one.replace("pNAME", f"p{i}")}, "status": {{"conditions": [{padding}]}}}}\n')
    out.write('], "kind": "List"}\n')


class Large(Case):
    """Dumps that would be the end of a process which kept them whole as trees."""
    def setUp(self):
        super().setUp()
        if b"__asan_init" in BINARY.read_bytes():
            self.skipTest("AddressSanitizer reserves all addresses, so they cannot be limited")

    def estimate(self, megabytes, count, padding="", cut=None, pipe=False):
        name = self.folder / "dump.json"
        with open(name, "w") as out:
            dump(out, count, padding)
        if cut:
            os.truncate(name, int(name.stat().st_size * cut))
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        with open(name) as text:
            return subprocess.run([TENON, "estimate", "-" if pipe else name, "--budget", "0s"], stdin=text, capture_output=True,
                                  text=True, timeout=300, preexec_fn=limit)

    def test_fat_pods_are_read_one_by_one(self):
        condition = ", ".join(json.dumps({"type": f"t{i}", "status": "True", "on": []}) for i in range(200))
        done = self.estimate(500, 15000, condition)  # 150 MB of text; as trees they were more than a gigabyte
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("for 15000 pods", done.stdout)

    def test_more_pods_than_a_cluster_has_are_served(self):
        done = self.estimate(1000, 200_000)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("for 200000 pods", done.stdout)

    def test_too_many_are_refused_by_a_limit_that_is_said(self):
        done = self.estimate(1000, 1_000_001)
        self.assertEqual(done.returncode, 1)
        self.assertIn("dump.json:1: holds 1000001 pods\n  Up to 1000000 pods are read", done.stderr)

    def test_one_that_is_cut_off_names_line_and_column(self):
        done = self.estimate(500, 50_000, cut=0.5)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"dump\.json: invalid JSON in line 25\d\d\d, column \d+: the document ends")


class Pages(Case):
    def test_a_page_needs_nothing_but_itself(self):
        done = self.run_tenon("estimate", *self.world([pod("a"), pod("whale", cpu="64")]), "--output", "html")
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith("<!DOCTYPE html>") and done.stdout.endswith("</html>\n"))
        for word in ("http", "<script", "src=", "@import", "url("):
            self.assertNotIn(word, done.stdout)
        for word in ("default/whale", "NoTypeFits", "small", "prefers-color-scheme:dark"):
            self.assertIn(word, done.stdout)

    def test_a_fleet_of_thousands_makes_a_small_page(self):
        names = itertools.count()
        pods = [pod(f"p{next(names)}", cpu=f"{900 + 7 * (i % 150)}m") for i in range(6000)]
        done = self.run_tenon("estimate", *self.world(pods), "--budget", "0s", "--output", "html")
        self.assertEqual(done.returncode, 0)
        self.assertLess(len(done.stdout), 100_000)

    def test_a_person_sees_cost_bound_nodes_and_reasons(self):
        done = self.run_tenon("estimate", *self.world([pod("a"), pod("whale", cpu="64")]))
        for line in (r"cost +0\.0400 \$/h +29 \$/month +1 node for 1 pod\n", r"bound +0\.0400", r"default +small +spot +1 +1",
                     r"default/whale +NoTypeFits"):
            self.assertRegex(done.stdout, line)


class Explained(Case):
    def explain(self, name, *words):
        done = self.run_tenon("explain", "pod", name, *words, "--output", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def test_a_spread_costs_what_the_fleet_is_cheaper_without_it(self):
        words = self.world([deployment("web", 5, cpu="300m", **apart("web"))])
        said = self.explain("default/web-0", *words)
        self.assertEqual(said["hourly_usd"], 0.2)
        self.assertIn("default/web-0", said["node"]["pods"])
        (without,) = said["without"]
        self.assertEqual((without["constraint"], without["hourly_usd"]), ("its anti-affinity within " + HOST, 0.04))

    def test_a_pod_that_waits_hears_every_pool_and_what_keeps_it_out(self):
        words = self.world([pod("a", nodeSelector={ZONE: "mars"}), pod("b")],
                           [pool("plain"), pool("kept", taints=[{"key": "k", "value": "v", "effect": "NoSchedule"}])])
        said = self.explain("a", *words)
        self.assertEqual(said["reason"], "Requirements")
        self.assertEqual({p["pool"]: (p["takes"], p["reason"]) for p in said["pools"]},
                         {"plain": (False, "Requirements"), "kept": (False, "Requirements")})
        (without,) = said["without"]
        self.assertTrue(without["places"])
        self.assertEqual(without["pods_placed"], said["pods_placed"] + 1)

    def test_who_names_the_deployment_or_no_namespace_hears_which_pods_there_are(self):
        words = self.world([deployment("web", 7, cpu="300m")])
        done = self.run_tenon("explain", "pod", "shop/web", *words)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("There is default/web-0, default/web-1, default/web-2, default/web-3, default/web-4 and 2 more.",
                      " ".join(done.stderr.split()))

    def test_a_pod_that_is_not_there_is_an_error_and_a_wrong_question_wrong_usage(self):
        words = self.world([pod("a")])
        done = self.run_tenon("explain", "pod", "default/z", *words)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("there is no pod default/z", done.stderr)
        self.assertIn("NAMESPACE/NAME", done.stderr)
        for question in (["weather", "x"], ["node"], ["pod"], []):
            self.assertEqual(self.run_tenon("explain", *question).returncode, 64)


if __name__ == "__main__":
    unittest.main()
