#!/usr/bin/env python3
"""Node pools and classes under real terraform: the embedded engine against moto's EC2."""
import json
import os
import re
import signal
import subprocess
import time
import unittest
from functools import lru_cache

from harness import ACCOUNT, BINARY, CLUSTER, HANG_S, REGION, TestCase, main, moto

CLASS = """
resource "tenon_node_class" "c" {
  provider                = aws
  name                    = "PREFIX-class"
  ami_selector            = [{ id = "AMI" }]
  subnet_selector         = [{ tags = { "karpenter.sh/discovery" = "test-eks" } }]
  security_group_selector = [{ tags = { "karpenter.sh/discovery" = "test-eks" } }]
}
"""
POOL = """
resource "tenon_node_pool" "p" {
  provider   = aws
  name       = "PREFIX-pool"
  node_class = tenon_node_class.c.name
  requirements = [
    { key = "karpenter.sh/capacity-type", operator = "In", values = ["on-demand"] },
    { key = "karpenter.k8s.aws/instance-category", operator = "In", values = ["c", "m"] },
    { key = "karpenter.k8s.aws/instance-generation", operator = "Gt", values = ["4"] },
  ]
%s
}
"""
WORKER = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
spec:
  replicas: %d
  template:
    metadata:
      labels: {app: worker}
    spec:
      containers:
        - name: main
          image: worker
          resources:
            requests: {cpu: %s, memory: 4Gi}
"""


@lru_cache
def two_images():
    found = moto().aws("ec2").describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])["Images"]
    return sorted(i["ImageId"] for i in found)[:2]


class PoolCase(TestCase):
    """One cluster name a test: fleets of different tests must not meet."""

    def pool_stack(self, body="", replicas=2, cpu="2", extra="", more=""):
        s = self.stack("")
        s.amis = two_images()
        s.cluster = "eks-" + s.prefix
        moto().call("POST", "/tenon/seed", {"cluster": s.cluster, "region": REGION})
        s.write("_provider.tf", s.provider(
            f'cluster = {{ name = "{s.cluster}", manifests = ["k8s"] }}\n  engine = {{ store = "sqlite:STORE" {extra} }}'))
        s.write("k8s/worker.yaml", WORKER % (replicas, cpu))
        self.write_pool(s, body, more=more)
        return s

    def write_pool(self, s, body="", ami=0, more=""):
        s.write("main.tf", (CLASS + POOL % body + more).replace("AMI", s.amis[ami]).replace("test-eks", s.cluster))

    def instances(self, s):
        return moto().instances(cluster=s.cluster)

    def tenon(self, s, *arguments):
        return self.tenon_plain(s, *arguments, "--store", f"sqlite:{s.store}")

    def tenon_plain(self, s, *arguments):
        return subprocess.run([BINARY.parent / "tenon", *arguments], cwd=s.dir, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG_S,
                              env=dict(s.env, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"))

    def start_daemon(self, s):
        daemon = subprocess.Popen([BINARY.parent / "tenon", "engine", "--store", f"sqlite:{s.store}"], cwd=s.dir,
                                  env=dict(s.env, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_until(lambda: daemon.poll() is not None or self.heeds_sigterm(daemon))
        return daemon

    def heeds_sigterm(self, process):
        """Before that a signal would end it as it ends any program."""
        with open(f"/proc/{process.pid}/status") as status:
            masks = dict(line.split(":\t") for line in status if line.startswith("Sig"))
        return any(int(masks[of], 16) >> (signal.SIGTERM - 1) & 1 for of in ("SigCgt", "SigBlk"))

    def stop_daemon(self, daemon):
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(HANG_S), 0)

    def status(self, s):
        result = self.tenon(s, "status", "--output", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def leftovers(self, s):
        return moto().get(f"/tenon/leftovers?cluster={s.cluster}")


class Life(PoolCase):
    def test_waiting_pods_get_the_cheapest_nodes_and_destroy_leaves_nothing(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        status = self.status(s)
        self.assertEqual(status["waiting"], [])
        pods = sorted(p for n in status["nodes"] for p in n["pods"])
        self.assertEqual(pods, ["default/worker-0", "default/worker-1"])
        # A core is reserved on every node, so two pods of two cores need more than four.
        self.assertTrue(all(not n["instance_type"].endswith(".large") for n in status["nodes"]))
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, {n["instance_id"] for n in status["nodes"]})
        self.assertGreaterEqual(status["hourly_usd"], status["bound_usd"])
        pool = s.state()["tenon_node_pool.p"]
        self.assertEqual((pool["id"], pool["converged"], pool["cluster"], pool["region"]),
                         (f"{s.prefix}-pool", True, s.cluster, REGION))
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def test_room_is_kept_free_and_a_pod_takes_it(self):
        s = self.pool_stack('  headroom = [{ resources = { cpu = "2", memory = "4Gi" } }]', replicas=0)
        self.applies_and_settles(s)
        before = self.status(s)
        (pool,) = before["pools"]
        self.assertEqual((pool["nodes"], pool["headroom"], pool["headroom_ready"]), (1, 1, 1))
        s.write("k8s/worker.yaml", WORKER % (1, "2"))
        once = self.tenon(s, "engine", "--once")  # (no attribute has changed, so there is nothing to apply)
        self.assertEqual(once.returncode, 0, once.stderr)
        after = self.status(s)
        (pool,) = after["pools"]
        self.assertEqual(after["waiting"], [])
        self.assertEqual((pool["headroom"], pool["headroom_ready"]), (1, 1))
        (node,) = [n for n in after["nodes"] if n["pods"]]
        self.assertEqual(node["claim"], before["nodes"][0]["claim"])
        self.assertIn("1 of 1", self.tenon(s, "status").stdout)
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def test_no_type_in_a_zone_has_more_than_its_share(self):
        s = self.pool_stack("  spread_limit = 50", replicas=4, cpu="3")
        self.applies_and_settles(s)
        nodes = self.status(s)["nodes"]
        kinds = [(n["instance_type"], n["zone"]) for n in nodes]
        self.assertGreater(len(nodes), 1)
        self.assertTrue(all(kinds.count(k) <= max(1, len(nodes) // 2) for k in kinds), kinds)
        self.write_pool(s, "  spread_limit = 101")
        self.refused(s.plan(), "spread_limit")
        self.write_pool(s, "  spread_limit = 1")
        self.applies_and_settles(s)
        self.assertEqual([n["claim"] for n in self.status(s)["nodes"]], [n["claim"] for n in nodes])
        self.ok(s.destroy())

    def test_explain_says_where_a_pod_of_the_store_is_and_what_pools_say_of_it(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        (node,) = [n for n in self.status(s)["nodes"] if "default/worker-0" in n["pods"]]
        told = self.tenon(s, "explain", "pod", "default/worker-0", "--output", "json")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        said = json.loads(told.stdout)
        self.assertEqual(said["node"], node)
        (pool,) = said["pools"]
        self.assertEqual((pool["pool"], pool["takes"]), (f"{s.prefix}-pool", True))
        self.assertGreater(pool["cheapest"]["hourly_usd"], 0)
        (s.dir / "k8s/worker.yaml").rename(s.dir / "worker.yaml")  # it is the world that the engine saw that counts
        table = self.tenon(s, "explain", "pod", "worker-0").stdout
        self.assertIn(f"worker-0 is on {node['name']}", table)
        self.assertRegex(table, r"with the pods, types and prices that the engine saw \S+ ago:")
        gone = self.tenon(s, "explain", "pod", "default/worker-9")
        self.assertEqual((gone.returncode, gone.stdout), (1, ""))
        self.assertRegex(gone.stderr, r"There is default/worker-0.*The engine saw the pods \S+ ago\.")
        wrong = self.tenon(s, "explain", "pod", "worker-0", "--region", "eu-west-1")
        self.assertEqual(wrong.returncode, 64)
        self.assertIn("--region is about files", wrong.stderr)
        for subject, near in ((("node", node["name"][:-1] + "99"), node["name"]), (("pool", f"{s.prefix}-poll"), f"{s.prefix}-pool")):
            missed = self.tenon(s, "explain", *subject)
            self.assertEqual((missed.returncode, missed.stdout), (1, ""))
            self.assertIn(f"There is {near}", missed.stderr)
        (s.dir / "worker.yaml").rename(s.dir / "k8s/worker.yaml")
        self.ok(s.destroy())

    def test_instances_carry_our_tags_and_the_templates_settings(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        for instance in self.instances(s):
            tags = {t["Key"]: t["Value"] for t in instance["Tags"]}
            self.assertEqual(tags[f"kubernetes.io/cluster/{s.cluster}"], "owned")
            self.assertEqual(tags["tenon.dev/pool"], f"{s.prefix}-pool")
            self.assertTrue(tags["tenon.dev/claim"].startswith(f"{s.cluster}/{s.prefix}-pool/"))
            self.assertFalse([k for k in tags if k.startswith("karpenter")])
            self.assertEqual(instance["ImageId"], s.amis[0])

    def test_an_interrupted_apply_leaves_state_and_the_next_converges(self):
        s = self.pool_stack()
        self.fault("ec2", "CreateFleet", held=True)
        before = self.calls("CreateFleet")
        process = s.start("apply", "-input=false", "-auto-approve")
        self.wait_until(lambda: self.calls("CreateFleet") > before)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=HANG_S)
        self.assertIn("tenon_node_pool.p", s.state(), out + err)
        self.no_faults()
        self.assertEqual(s.actions(), {"tenon_node_pool.p": ["update"]})
        self.applies_and_settles(s)
        self.assertEqual(self.status(s)["waiting"], [])
        self.assertEqual(len(self.instances(s)), len(self.status(s)["nodes"]))

    def test_engine_once_removes_an_empty_node_after_its_ttl(self):
        s = self.pool_stack("  ttl_seconds_after_empty = 2")
        self.applies_and_settles(s)
        self.assertTrue(self.instances(s))
        s.write("k8s/worker.yaml", WORKER % (0, "2"))

        def none_are_left():
            once = self.tenon(s, "engine", "--once")
            self.assertEqual(once.returncode, 0, once.stderr)
            return not self.instances(s)

        self.wait_until(none_are_left)
        self.no_changes(s)

    def test_a_lost_store_loses_nothing(self):
        s = self.pool_stack("  consolidation = { enabled = false }")  # four pods may run for less on other nodes
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        for path in s.dir.glob("store.db*"):
            path.unlink()
        self.ok(s.apply())
        self.no_changes(s)
        s.write("k8s/worker.yaml", WORKER % (4, "2"))
        result = self.tenon(s, "engine", "--once")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(before <= {i["InstanceId"] for i in self.instances(s)})
        for path in s.dir.glob("store.db*"):
            path.unlink()
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def test_what_a_killed_create_launched_serves_the_next_and_goes_with_it(self):
        s = self.pool_stack()
        moto().call("POST", "/tenon/settings", {"pending_ms": 15000})  # it is killed before it is done
        self.addCleanup(lambda: moto().call("POST", "/tenon/settings", {"pending_ms": 0}))
        process = s.start("apply", "-input=false", "-auto-approve")
        self.wait_until(lambda: s.store.exists() and self.has_launched_all(s))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        before = {i["InstanceId"] for i in self.instances(s)}
        for path in [*s.dir.glob("store.db*"), *s.dir.glob("terraform.tfstate*"), *s.dir.glob(".terraform.tfstate*")]:
            path.unlink()
        time.sleep(2)
        self.applies_and_settles(s)
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)
        self.assertEqual({n["instance_id"] for n in self.status(s)["nodes"]}, before)
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def has_launched_all(self, s):
        """Every pod has a node, every node an instance."""
        status = json.loads(self.tenon(s, "status", "--output", "json").stdout or "{}")
        nodes = status.get("nodes", [])
        return not status.get("waiting") and nodes and all(n.get("instance_id") for n in nodes)

    def test_another_image_of_the_class_rolls_the_nodes(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        self.write_pool(s, ami=1)
        self.assertEqual(list(s.actions()), ["tenon_node_class.c"])
        self.applies_and_settles(s)
        after = self.instances(s)
        self.assertFalse(before & {i["InstanceId"] for i in after})
        self.assertEqual({i["ImageId"] for i in after}, {s.amis[1]})
        self.assertEqual(self.status(s)["waiting"], [])

    def templates(self, s):
        return [found["name"] for found in self.leftovers(s) if found["kind"] == "launch-template"]

    def test_a_launch_template_goes_with_the_last_node_that_started_from_it(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        for ami, lose_store in (1, False), (0, True), (1, False):
            before = self.templates(s)
            self.assertEqual(len(before), 1)
            if lose_store:
                for path in s.dir.glob("store.db*"):
                    path.unlink()
            self.write_pool(s, ami=ami)
            self.applies_and_settles(s)
            self.assertEqual(len(self.templates(s)), 1)
            self.assertNotEqual(self.templates(s), before)

    def test_without_the_service_linked_role_of_spot_nodes_are_on_demand(self):
        s = self.pool_stack()
        main = (s.dir / "main.tf").read_text()
        s.write("main.tf", main.replace('values = ["on-demand"]', 'values = ["spot", "on-demand"]'))
        self.fault("ec2", "CreateFleet", match="DefaultTargetCapacityType=spot", times=None, status=403,
                   code="AuthFailure.ServiceLinkedRoleCreationNotPermitted")
        self.applies_and_settles(s)
        self.no_faults()
        self.assertEqual({i.get("InstanceLifecycle", "on-demand") for i in self.instances(s)}, {"on-demand"})

    def test_two_provider_processes_share_one_store(self):
        other = """
provider "aws" {
  alias      = "other"
  region     = "us-east-1"
  access_key = "test"
  secret_key = "test"
  endpoints {
    sts     = "ENDPOINT"
    ec2     = "ENDPOINT"
    ssm     = "ENDPOINT"
    pricing = "ENDPOINT"
  }
  cluster = { name = "CLUSTER", manifests = ["k8s"] }
  engine  = { store = "sqlite:STORE" }
}
resource "tenon_node_pool" "q" {
  provider   = aws.other
  name       = "PREFIX-other"
  node_class = tenon_node_class.c.name
  replicas   = 1
  taints     = [{ key = "other", effect = "NoSchedule" }]
}
"""
        s = self.pool_stack()
        self.write_pool(s, more=other.replace("CLUSTER", s.cluster))
        self.applies_and_settles(s)
        self.assertEqual({p["name"] for p in self.status(s)["pools"]}, {f"{s.prefix}-pool", f"{s.prefix}-other"})
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def test_a_static_pool_keeps_its_replicas(self):
        s = self.pool_stack("  replicas = 3", replicas=0)
        self.applies_and_settles(s)
        self.assertEqual(len(self.instances(s)), 3)
        self.write_pool(s, "  replicas = 1")
        self.applies_and_settles(s)
        self.assertEqual(len(self.instances(s)), 1)

    def test_a_static_pool_at_its_own_limit_is_replaced_one_by_one(self):
        body = '  replicas = 2\n  limits   = { nodes = "2" }'
        s = self.pool_stack(body, replicas=0)
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        self.write_pool(s, body, ami=1)
        self.applies_and_settles(s)
        after = {i["InstanceId"] for i in self.instances(s)}
        self.assertEqual(len(after), 2)
        self.assertFalse(before & after)

    def test_a_type_without_capacity_is_passed_over(self):
        s = self.pool_stack()
        moto().call("POST", "/tenon/ice", [{"instance_type": "c*", "zone": "*", "capacity_type": "*"}])  # what it would take
        self.addCleanup(lambda: moto().call("DELETE", "/tenon/ice"))
        self.applies_and_settles(s)
        self.assertEqual({n["instance_type"][0] for n in self.status(s)["nodes"]}, {"m"})
        moto().call("DELETE", "/tenon/ice")
        self.ok(s.destroy())
        self.applies_and_settles(s)
        self.assertEqual({n["instance_type"][0] for n in self.status(s)["nodes"]}, {"c"})

    def test_a_lost_launch_answer_launches_once(self):
        s = self.pool_stack()
        self.fault("ec2", "CreateFleet", cut="after")
        self.applies_and_settles(s)
        self.assertEqual(len(self.instances(s)), len(self.status(s)["nodes"]))

    def test_a_daemon_follows_the_manifests(self):
        s = self.pool_stack("  ttl_seconds_after_empty = 1")
        self.applies_and_settles(s)
        daemon = self.start_daemon(s)
        try:
            s.write("k8s/worker.yaml", WORKER % (6, "2"))
            self.wait_until(lambda: sum(len(n["pods"]) for n in self.status(s)["nodes"]) == 6)
            s.write("k8s/worker.yaml", WORKER % (0, "2"))
            self.wait_until(lambda: not self.instances(s))
        finally:
            self.stop_daemon(daemon)

    def test_an_emptied_manifest_takes_no_node_away_before_it_says_that_there_are_no_pods(self):
        # Five pods may run for less on other nodes than three and two did, and that is not what this is about.
        s = self.pool_stack("  ttl_seconds_after_empty = 0\n  consolidation = { enabled = false }")
        self.applies_and_settles(s)
        pods = lambda: sum(len(n["pods"]) for n in self.status(s)["nodes"])
        daemon = self.start_daemon(s)
        try:
            s.write("k8s/worker.yaml", WORKER % (3, "2"))
            self.wait_until(lambda: pods() == 3)
            before = {i["InstanceId"] for i in self.instances(s)}
            s.write("k8s/worker.yaml", "")
            s.write("k8s/extra.yaml", WORKER.replace("name: worker", "name: extra", 1) % (2, "2"))
            self.wait_until(lambda: pods() == 5)
            self.assertLessEqual(before, {i["InstanceId"] for i in self.instances(s)})
        finally:
            self.stop_daemon(daemon)
        # A process that does not know what was there does not take it for an answer either.
        result = self.tenon(s, "engine", "--once")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("worker.yaml is empty", result.stderr + result.stdout)
        self.assertLessEqual(before, {i["InstanceId"] for i in self.instances(s)})
        s.write("k8s/worker.yaml", "# none\n")
        self.assertEqual(self.tenon(s, "engine", "--once").returncode, 0)
        self.assertEqual(pods(), 2)

    def test_state_that_was_set_back_does_not_converge_by_what_is_said_of_another_document(self):
        s = self.pool_stack("  replicas = 1", replicas=0)
        self.applies_and_settles(s)
        kept = (s.dir / "terraform.tfstate").read_text()
        for days in (1, 2, 3):
            self.write_pool(s, f"  replicas = 1\n  ttl_seconds_until_expired = {days * 86400}")
            self.applies_and_settles(s)
        daemon = self.start_daemon(s)
        try:
            (s.dir / "terraform.tfstate").write_text(kept)
            self.write_pool(s, "  replicas = 4")  # the second generation again
            self.ok(s.apply())
            self.assertTrue(s.state()["tenon_node_pool.p"]["converged"])
            self.assertEqual([n["phase"] for n in self.status(s)["nodes"]], ["ready"] * 4)
            self.assertEqual(len(self.instances(s)), 4)
        finally:
            self.stop_daemon(daemon)

    def test_state_of_before_a_destroy_brings_nothing_back(self):
        s = self.pool_stack("  replicas = 1", replicas=0)
        self.applies_and_settles(s)
        kept = (s.dir / "terraform.tfstate").read_text()
        self.ok(s.destroy())
        (s.dir / "terraform.tfstate").write_text(kept)
        self.write_pool(s, "  replicas = 2")
        self.refused(s.apply("-refresh=false"), "was destroyed", "Plan again")
        self.assertEqual(s.actions(), {"tenon_node_class.c": ["create"], "tenon_node_pool.p": ["create"]})
        self.assertEqual(self.tenon(s, "engine", "--once").returncode, 0)
        self.assertEqual(self.instances(s), [])

    def test_a_plan_makes_nothing_and_an_apply_fills_a_lost_store(self):
        s = self.pool_stack("  replicas = 1", replicas=0)
        before = set(s.dir.iterdir())
        self.assertEqual(s.plan().code, 2)
        self.assertEqual(set(s.dir.iterdir()), before)
        self.applies_and_settles(s)
        self.assertEqual(s.store.stat().st_mode & 0o777, 0o600)
        for path in s.dir.glob("store.db*"):
            path.unlink()
        self.assertEqual(s.actions(), {"tenon_node_class.c": ["update"], "tenon_node_pool.p": ["update"]})
        self.assertEqual(list(s.dir.glob("store.db*")), [])
        self.applies_and_settles(s)
        self.assertEqual(len(self.instances(s)), 1)

    def test_a_store_that_others_may_read_is_refused_with_what_to_type(self):
        s = self.pool_stack("  replicas = 1", replicas=0)
        self.applies_and_settles(s)
        s.store.chmod(0o644)
        self.write_pool(s, "  replicas = 2")
        self.refused(s.apply(), "open to others", f"chmod 600 {s.store}")
        self.assertIn("chmod 600", self.tenon(s, "status").stderr)
        s.store.chmod(0o600)
        self.applies_and_settles(s)

    def test_import_by_name(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        self.ok(s.run("state", "rm", "tenon_node_pool.p"))
        self.ok(s.run("import", "-input=false", "tenon_node_pool.p", f"{s.prefix}-pool"))
        self.no_changes(s)

    def test_equal_quantities_and_reordered_lists_are_no_change(self):
        s = self.pool_stack('  limits = { cpu = "100", memory = "64Gi" }')
        self.applies_and_settles(s)
        self.write_pool(s, '  limits = { cpu = "100000m", memory = "65536Mi" }')
        self.no_changes(s)

    def test_limits_are_never_exceeded(self):
        s = self.pool_stack('  limits = { cpu = "4" }', replicas=3)
        result = self.ok(s.apply())
        self.assertIn("waits: Limit", result.flat)
        types = [i["InstanceType"] for i in self.instances(s)]
        known = moto().aws("ec2").describe_instance_types(InstanceTypes=types)["InstanceTypes"]
        self.assertEqual(sum(t["VCpuInfo"]["DefaultVCpus"] for t in known), 4)
        self.assertEqual([w["reason"] for w in self.status(s)["waiting"]], ["Limit", "Limit"])
        self.no_changes(s)


class Trouble(PoolCase):
    """What goes wrong around an apply, and what changes while it runs."""

    def no_capacity(self):
        moto().call("POST", "/tenon/ice", [{}])
        self.addCleanup(lambda: moto().call("DELETE", "/tenon/ice"))

    def test_pools_of_one_apply_are_decided_together(self):
        second = POOL.replace('"p"', '"heavy"').replace("PREFIX-pool", "PREFIX-heavy") % "  weight = 10"
        s = self.pool_stack(more=second)
        self.applies_and_settles(s)
        self.assertEqual({n["pool"] for n in self.status(s)["nodes"]}, {f"{s.prefix}-heavy"})

    def test_engine_once_says_by_its_exit_code_whether_it_is_done(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        self.assertEqual(self.tenon(s, "engine", "--once").returncode, 0)
        self.assertEqual(self.tenon(s, "engine", "--once", "--timeout", "soon").returncode, 64)
        self.no_capacity()
        s.write("k8s/worker.yaml", WORKER % (12, "2"))
        unfinished = self.tenon(s, "engine", "--once", "--timeout", "3s")
        self.assertEqual(unfinished.returncode, 1)
        self.assertIn("not converged", unfinished.stderr)
        s.write("k8s/worker.yaml", WORKER % (12, "1000"))  # fits nothing: a reason that lasts
        self.assertEqual(self.tenon(s, "engine", "--once").returncode, 0)

    def test_a_provider_that_is_killed_while_it_launches_loses_and_doubles_nothing(self):
        s = self.pool_stack()
        self.fault("ec2", "CreateFleet", times=None, held=True)
        before = self.calls("CreateFleet")
        process = s.start("apply", "-input=false", "-auto-approve")
        self.wait_until(lambda: self.calls("CreateFleet") > before)
        (pid,) = subprocess.run(["pgrep", "-s", str(process.pid), "-f", BINARY.name], capture_output=True, text=True).stdout.split()
        os.kill(int(pid), signal.SIGKILL)
        process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 1)
        self.no_faults()
        # Terraform had no answer, so the pool is in the store and not in state; the way back is said.
        self.assertNotIn("tenon_node_pool.p", s.state())
        self.refused(s.apply(), "exists already", "terraform import", f"{s.prefix}-pool")
        self.refused(s.destroy(), f"{s.prefix}-class is in use", "terraform import")
        self.ok(s.run("import", "-input=false", "tenon_node_pool.p", f"{s.prefix}-pool"))
        self.applies_and_settles(s)
        self.assertEqual(self.status(s)["waiting"], [])
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, {n["instance_id"] for n in self.status(s)["nodes"]})

    def test_an_interrupt_while_pods_wait_for_capacity_ends_within_two_seconds(self):
        s = self.pool_stack()
        self.no_capacity()
        process = s.start("apply", "-input=false", "-auto-approve")
        self.wait_until(lambda: s.store.exists() and "NoCapacity" in self.tenon(s, "status", "--output", "json").stdout)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.soon(began, 4)  # ours are two, terraform has its own
        self.assertIn("NoCapacity", out + err)
        self.assertFalse(s.state()["tenon_node_pool.p"]["converged"])
        self.assertEqual(s.actions(), {"tenon_node_pool.p": ["update"]})

    def test_a_destroy_out_of_time_names_what_is_left_and_goes_on_later(self):
        s = self.pool_stack('  timeouts { delete = "10s" }')
        self.applies_and_settles(s)
        self.fault("ec2", "TerminateInstances", times=None, code="UnauthorizedOperation", status=403)
        ids = [i["InstanceId"] for i in self.instances(s)]
        self.refused(s.destroy(), f"{s.prefix}-pool", *ids)
        self.assertIn("tenon_node_pool.p", s.state())
        self.no_faults()
        self.wait_until(lambda: s.destroy().code == 0)  # each goes on where the one before ended
        self.assertEqual(self.leftovers(s), [])

    def test_without_a_daemon_a_waiting_provider_says_so_after_five_seconds(self):
        s = self.pool_stack(extra=', mode = "daemon"')
        began = time.monotonic()
        result = self.ok(s.run("apply", "-input=false", "-auto-approve", timeout=120))
        self.soon(began, 20)
        self.assertIn("no engine is running", result.flat)
        self.assertIn("tenon engine", result.flat)
        self.assertFalse(s.state()["tenon_node_pool.p"]["converged"])
        self.assertEqual(self.instances(s), [])
        s.write("_provider.tf", (s.dir / "_provider.tf").read_text().replace(', mode = "daemon"', ""))

    def test_a_store_that_goes_between_plan_and_apply_costs_another_plan_and_no_node(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        self.write_pool(s, "  weight = 3")
        self.assertEqual(s.plan("-out=plan.bin").code, 2)
        for path in s.dir.glob("store.db*"):
            path.unlink()
        # A plan file does not read the class again, so the store does not know it.
        self.refused(s.run("apply", "-input=false", "plan.bin"), f"{s.prefix}-class", "plan and apply again")
        self.applies_and_settles(s)
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)

    def test_an_apply_and_a_destroy_that_take_long_are_waited_for(self):
        s = self.pool_stack()
        self.fault("ec2", "CreateFleet", times=None, delay_ms=8000)
        result = self.ok(s.apply())
        self.assertNotIn("Warning: no engine", result.text)
        self.no_changes(s)
        self.assertEqual(self.status(s)["waiting"], [])
        self.no_faults()
        self.fault("ec2", "TerminateInstances", times=None, delay_ms=8000)
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def test_throttled_launches_are_all_made_once(self):
        s = self.pool_stack("  replicas = 4", replicas=0)
        self.fault("ec2", "CreateFleet", times=3, code="RequestLimitExceeded", status=503)
        self.applies_and_settles(s)
        self.assertEqual(len(self.instances(s)), 4)

    def test_a_class_in_use_refuses_to_go(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        self.ok(s.run("state", "rm", "tenon_node_pool.p"))
        self.refused(s.destroy(), f"{s.prefix}-class", f"pool {s.prefix}-pool", "Destroy the pools first")
        self.ok(s.run("import", "-input=false", "tenon_node_pool.p", f"{s.prefix}-pool"))
        self.ok(s.destroy())
        self.assertEqual(self.leftovers(s), [])

    def test_destroy_acts_where_state_says_the_fleet_is(self):
        moves = {
            "region": lambda s, text: text.replace('region     = "us-east-1"', 'region = "us-west-2"'),
            "cluster": lambda s, text: text.replace(s.cluster, "elsewhere"),
            "no cluster": lambda s, text: re.sub("cluster = {.*}", "", text),
        }
        for name, move in moves.items():
            with self.subTest(name):
                s = self.pool_stack()
                text = (s.dir / "_provider.tf").read_text()
                own_store = re.sub(r"\n *engine = {.*}", "", text)  # a store for each place
                s.write("_provider.tf", own_store)
                self.ok(s.apply())
                self.assertTrue(self.instances(s))
                s.write("_provider.tf", move(s, own_store))
                s.write("main.tf", "")  # what is not configured any more is not planned by us
                self.ok(s.apply())
                self.assertEqual(self.leftovers(s), [])

    def test_a_class_is_renamed_by_making_the_new_one_first(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        renamed = (s.dir / "main.tf").read_text().replace("-class\"", "-other\"")
        s.write("main.tf", renamed)
        self.refused(s.apply(), "is in use", "create_before_destroy")
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)
        s.write("main.tf", renamed.replace('-other"', '-other"\n  lifecycle {\n    create_before_destroy = true\n  }', 1))
        self.applies_and_settles(s)
        self.assertFalse(before & {i["InstanceId"] for i in self.instances(s)})  # made by the new class
        self.assertEqual(self.status(s)["waiting"], [])

    def test_a_pool_is_renamed_by_making_the_new_one_first(self):
        first = "  lifecycle {\n    create_before_destroy = true\n  }"
        s = self.pool_stack(first)
        self.applies_and_settles(s)
        before = self.instances(s)
        seen = len(moto().get("/tenon/requests"))
        s.write("main.tf", (s.dir / "main.tf").read_text().replace('-pool"', '-renamed"'))
        self.applies_and_settles(s)
        status = self.status(s)
        self.assertEqual({n["pool"] for n in status["nodes"]}, {f"{s.prefix}-renamed"})
        self.assertEqual(sorted(p for n in status["nodes"] for p in n["pods"]), ["default/worker-0", "default/worker-1"])
        self.assertFalse({i["InstanceId"] for i in before} & {i["InstanceId"] for i in self.instances(s)})
        # The old nodes were told to go only when the new ones had been launched.
        calls = [r["operation"] for r in moto().get("/tenon/requests")[seen:]
                 if r["operation"] in ("CreateFleet", "TerminateInstances")]
        self.assertIn("TerminateInstances", calls)
        self.assertEqual(sorted(calls), calls)

    def test_default_tags_are_on_instances_and_no_reason_to_replace_them(self):
        s = self.pool_stack()
        block = s.provider(f'cluster = {{ name = "{s.cluster}", manifests = ["k8s"] }}\n  engine = {{ store = "sqlite:STORE" }}\n'
                           '  default_tags {\n    tags = { Team = "VALUE" }\n  }')
        s.write("_provider.tf", block.replace("VALUE", "blue"))
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        for instance in self.instances(s):
            self.assertIn({"Key": "Team", "Value": "blue"}, instance["Tags"])
        s.write("_provider.tf", block.replace("VALUE", "red"))
        self.write_pool(s, "  weight = 3")
        self.applies_and_settles(s)
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)
        self.assertEqual(self.tenon(s, "engine", "--once").returncode, 0)
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)

    def test_pods_that_ask_for_more_move_where_there_is_room(self):
        s = self.pool_stack(replicas=3, cpu="1")
        self.applies_and_settles(s)
        s.write("k8s/worker.yaml", WORKER % (3, "3"))
        self.assertEqual(self.tenon(s, "engine", "--once").returncode, 0)
        status = self.status(s)
        self.assertEqual(status["waiting"], [])
        self.assertEqual(sorted(p for n in status["nodes"] for p in n["pods"]), [f"default/worker-{i}" for i in range(3)])
        for node in status["nodes"]:
            milli = node["allocatable"]["cpu"]
            milli = int(milli[:-1]) if milli.endswith("m") else 1000 * int(milli)
            self.assertLessEqual(3000 * len(node["pods"]), milli, node)

    def test_pods_that_go_while_their_node_is_launched_leave_nothing_behind(self):
        s = self.pool_stack("  ttl_seconds_after_empty = 0")
        self.fault("ec2", "CreateFleet", delay_ms=2500)
        before = self.calls("CreateFleet")
        process = s.start("apply", "-input=false", "-auto-approve")
        self.wait_until(lambda: self.calls("CreateFleet") > before)
        s.write("k8s/worker.yaml", WORKER % (0, "2"))
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 0, out + err)
        self.wait_until(lambda: self.tenon(s, "engine", "--once").returncode == 0 and not self.instances(s))


class Fallback(PoolCase):
    def test_an_apply_ends_when_the_pool_that_the_pods_fall_to_has_its_nodes(self):
        """The heavy pool has no capacity; the light one had nothing to do and has returned by then."""
        s = self.pool_stack()
        pool = (CLASS + POOL % "  weight = %d").replace("AMI", s.amis[0]).replace("test-eks", s.cluster)
        heavy = (pool % 100).replace('"on-demand"', '"spot"')
        light = (POOL % "  weight = 10").replace('"p"', '"light"', 1).replace("PREFIX-pool", "PREFIX-light")
        s.write("main.tf", heavy + light)
        moto().call("POST", "/tenon/ice", [{"capacity_type": "spot"}])
        self.addCleanup(lambda: moto().call("DELETE", "/tenon/ice"))
        self.ok(s.apply())
        status = self.status(s)
        self.assertEqual({(n["pool"], n["phase"]) for n in status["nodes"]}, {(f"{s.prefix}-light", "ready")})
        self.assertEqual(status["waiting"], [])
        self.assertEqual(len(self.instances(s)), len(status["nodes"]))
        self.assertEqual([s.state()[f"tenon_node_pool.{p}"]["converged"] for p in ("p", "light")], [True, True])
        self.no_changes(s)


class Account(PoolCase):
    """Whose credentials an engine has that starts from the store alone."""
    ROLE = "arn:aws:iam::%s:role/engine"

    def test_an_engine_with_credentials_of_another_account_does_nothing_and_names_both(self):
        s = self.pool_stack("  ttl_seconds_after_empty = 1")
        self.applies_and_settles(s)
        before = self.status(s)
        moto().call("DELETE", "/tenon/requests")
        result = self.tenon(s, "engine", "--once", "--assume-role-arn", self.ROLE % "222222222222")
        self.assertEqual(result.returncode, 1)
        said = " ".join(result.stderr.split())
        self.assertIn(f"is of account {ACCOUNT}, these credentials are of 222222222222 (arn:aws:sts::222222222222:", said)
        self.assertIn("--profile", said)
        self.assertEqual({r["operation"] for r in moto().get("/tenon/requests")}, {"AssumeRole", "GetCallerIdentity"})
        self.assertEqual(self.status(s)["nodes"], before["nodes"])
        result = self.tenon(s, "engine", "--once")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(self.instances(s)), len(before["nodes"]))

    def test_an_engine_assumes_the_roles_of_the_provider_block_and_no_store_holds_its_keys(self):
        s = self.pool_stack()
        block = (s.dir / "_provider.tf").read_text().replace('provider "aws" {', f"""provider "aws" {{
  secret_key = "hidden-secret"
  assume_role {{
    role_arn    = "{self.ROLE % ACCOUNT}"
    external_id = "ours"
  }}
""", 1)
        s.write("_provider.tf", re.sub(r'secret_key *= "test"\n', "", block))
        self.applies_and_settles(s)
        stored = b"".join(p.read_bytes() for p in s.store.parent.glob(s.store.name + "*"))
        self.assertIn(b"role/engine", stored)
        self.assertNotIn(b"hidden-secret", stored)
        moto().call("DELETE", "/tenon/requests")
        result = self.tenon(s, "engine", "--once")
        self.assertEqual(result.returncode, 0, result.stderr)
        operations = [r["operation"] for r in moto().get("/tenon/requests")]
        self.assertEqual(operations[:2], ["AssumeRole", "GetCallerIdentity"])
        self.assertEqual(operations.count("GetCallerIdentity"), 1)


class BadInput(PoolCase):
    def refusals(self, rows):
        for body, texts in rows:
            with self.subTest(body):
                self.refused(self.pool_stack(body).validate(), *texts)

    def test_validate_names_the_attribute_what_was_found_and_what_is_allowed(self):
        self.refusals([
            ('  limits = { cpu = "a lot" }', ["limits", "a lot", "quantity"]),
            ('  limits = { cpu = "-1" }', ["limits", "-1"]),
            ("  ttl_seconds_after_empty = -1", ["ttl_seconds_after_empty", "-1"]),
            ("  replicas = 1\n  weight = 5", ["replicas", "weight"]),
            ('  budgets = [{ nodes = "10%", schedule = "0 9 * * *", duration = "soon" }]', ["budgets", "soon"]),
            ('  taints = [{ key = "a", effect = "Never" }]', ["taints", "Never", "NoSchedule"]),
        ])

    def with_requirement(self, *entries):
        s = self.pool_stack()
        lines = "\n".join(f"    {e}," for e in entries)
        text = (s.dir / "main.tf").read_text()
        start, end = text.index("  requirements = ["), text.index("  ]\n", text.index("  requirements = ["))
        s.write("main.tf", text[:start] + "  requirements = [\n" + lines + "\n" + text[end:])
        return s

    def test_contradictory_requirements_are_refused_at_validate(self):
        s = self.with_requirement('{ key = "kubernetes.io/arch", operator = "In", values = ["amd64"] }',
                                  '{ key = "kubernetes.io/arch", operator = "In", values = ["arm64"] }')
        self.refused(s.validate(), "requirements[1]", "kubernetes.io/arch In [arm64]", "contradicts kubernetes.io/arch In [amd64]",
                     "leave at least one value", 'operator = "In", values = ["arm64"] }')  # the line of the source

    def test_an_unknown_operator_is_refused_at_validate(self):
        s = self.with_requirement('{ key = "kubernetes.io/arch", operator = "Is", values = ["amd64"] }')
        self.refused(s.validate(), 'requirements[0].operator is "Is"', "NotIn", 'operator = "Is"')

    def test_what_no_known_type_can_serve_is_warned_about_at_plan_and_refused_at_apply(self):
        s = self.with_requirement('{ key = "karpenter.k8s.aws/instance-cpu", operator = "Gt", values = ["5000"] }')
        plan = s.plan()
        self.assertEqual(plan.code, 2, plan.text)
        self.assertIn("Warning: no known instance type can serve this pool", plan.flat)
        self.assertIn("karpenter.k8s.aws/instance-cpu Gt 5000", plan.flat)
        self.refused(s.apply(), "no instance type can serve pool", "karpenter.k8s.aws/instance-cpu Gt 5000", "There it is",
                     'operator = "Gt", values = ["5000"]')
        self.assertNotIn("tenon_node_pool.p", s.state())
        self.assertEqual((self.instances(s), self.status(s)["pools"]), ([], []))

    def test_what_has_no_effect_yet_is_warned_about_at_plan_and_only_when_something_changes(self):
        s = self.pool_stack('  consolidation = { enabled = true }\n  annotations = { a = "b" }')
        plan = s.plan()
        self.assertNotIn("Warning: consolidation", plan.flat)
        self.assertIn("Warning: annotations has no effect yet", plan.flat)
        self.ok(s.apply())
        self.assertNotIn("no effect", self.no_changes(s).flat)

    def test_a_broken_manifest_is_an_error_at_plan_with_file_and_line(self):
        s = self.pool_stack()
        s.write("k8s/broken.yaml", "apiVersion: v1\nkind: Pod\n  metadata: [\n")
        self.refused(s.plan(), "manifests", "broken.yaml", "line 3")

    def test_a_path_is_said_without_steps_that_lead_nowhere(self):
        s = self.pool_stack()
        text = (s.dir / "_provider.tf").read_text()
        s.write("_provider.tf", text.replace('["k8s"]', '["${path.module}/k8s/.//"]'))
        s.write("k8s/worker.yaml", "kind: Deployment\n  x: [\n")
        self.refused(s.plan(), f"{s.dir.resolve()}/k8s/worker.yaml")

    def test_a_manifest_that_breaks_later_keeps_the_last_good_pods(self):
        s = self.pool_stack("  ttl_seconds_after_empty = 0")
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        s.write("k8s/worker.yaml", "kind: [\n")
        result = self.tenon(s, "engine", "--once")
        self.assertIn("worker.yaml", result.stderr + result.stdout)
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)

    def test_a_pod_that_no_pool_can_serve_is_named_with_its_nearest_miss(self):
        s = self.pool_stack(replicas=1, cpu="1000")
        result = self.ok(s.apply())
        self.assertIn("default/worker-0", result.flat)
        self.assertIn(f"{s.prefix}-pool", result.flat)
        self.no_changes(s)

    def test_a_class_that_matches_no_subnet_says_what_there_is(self):
        s = self.pool_stack()
        text = (s.dir / "main.tf").read_text().replace(
            f'subnet_selector         = [{{ tags = {{ "karpenter.sh/discovery" = "{s.cluster}" }} }}]',
            'subnet_selector         = [{ tags = { nobody = "has" } }]')
        s.write("main.tf", text)
        self.refused(s.apply(), "subnet_selector", "nobody")

    def test_ec2_that_cannot_be_asked_is_named_and_the_next_apply_goes_on(self):
        s = self.pool_stack()
        text = (s.dir / "_provider.tf").read_text()
        s.write("_provider.tf", text.replace(f'ec2     = "{moto().url}"', 'ec2     = "http://127.0.0.1:1"'))
        self.refused(s.apply(), "EC2 DescribeSubnets", "127.0.0.1:1")
        s.write("_provider.tf", text)  # the store that was made meanwhile keeps nobody out
        endpoint = moto().url.removeprefix("http://")
        for operation, fault, texts in [
            ("DescribeInstanceTypes", {"garbage": True}, ["cannot be read", endpoint]),
            ("DescribeSubnets", {"code": "UnauthorizedOperation", "status": 403}, ["the permission ec2:DescribeSubnets"]),
            ("DescribeSecurityGroups", {"cut": "before"}, ["no answer", endpoint]),
        ]:
            with self.subTest(operation):
                self.fault("ec2", operation, times=None, **fault)
                self.refused(s.apply(), f"EC2 {operation}", *texts)
                self.no_faults()
        self.assertEqual(s.state(), {})
        self.applies_and_settles(s)

    def test_a_launch_that_is_refused_names_call_and_permission_and_is_no_error(self):
        s = self.pool_stack('  timeouts {\n    create = "20s"\n  }')
        self.fault("ec2", "CreateFleet", times=None, code="UnauthorizedOperation", status=403)
        result = self.ok(s.apply())
        self.assertIn("CreateFleet", result.flat)
        self.assertIn("the permission ec2:CreateFleet", result.flat)
        self.assertFalse(s.state()["tenon_node_pool.p"]["converged"])
        self.no_faults()
        self.assertEqual(s.actions(), {"tenon_node_pool.p": ["update"]})
        self.applies_and_settles(s)

    def test_another_cluster_is_refused_at_plan(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        s.write("_provider.tf", (s.dir / "_provider.tf").read_text().replace(s.cluster, "elsewhere"))
        self.refused(s.plan(), s.cluster, "elsewhere")
        s.write("_provider.tf", (s.dir / "_provider.tf").read_text().replace("elsewhere", s.cluster))


if __name__ == "__main__":
    main(2 * os.cpu_count())  # which mostly wait
