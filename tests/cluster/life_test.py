#!/usr/bin/env python3
"""The life of nodes in a real cluster: API server, scheduler and controllers are real, EC2 is the stand-in, kubelets are
played (kubelets.py).  Terraform writes what is wanted, and `tenon engine` does it."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "terraform")]
os.environ.setdefault("TENON_BINARY", str(HERE.parents[1] / os.environ.get("OUT", "build/debug") / "terraform-provider-tenon"))
import control_plane  # noqa: E402
from control_plane import ControlPlane, Refused  # noqa: E402
from harness import BINARY, HANG_S, REGION, moto  # noqa: E402
from kubelets import Kubelets  # noqa: E402
from notices_test import QUEUE  # noqa: E402
from pools_test import PoolCase as Fleets, two_images  # noqa: E402

PLANE = None


def setUpModule():
    global PLANE, FOLDER
    if why := control_plane.missing():
        raise unittest.SkipTest(why)
    FOLDER = tempfile.TemporaryDirectory(prefix="tenon-cluster-")
    PLANE = ControlPlane(FOLDER.name, ("controller-manager", "scheduler", "kwok"))


def tearDownModule():
    if PLANE:
        PLANE.stop()
        FOLDER.cleanup()


class LifeCase(Fleets):
    def setUp(self):
        self.namespace = None

    store = "sqlite:STORE"

    def live_stack(self, body="", engine="", kubelets=None, follow=True, more=""):
        """A class and a pool, applied; kubelets for its instances; an engine that runs until the test is over."""
        s = self.stack("")
        s.amis, s.cluster, self.namespace = two_images(), "eks-" + s.prefix, s.prefix
        PLANE.ask("POST", "/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        moto().call("POST", "/tenon/seed", {"cluster": s.cluster, "region": REGION})
        s.write("_provider.tf", s.provider(f'''
  cluster = {{ name = "{s.cluster}", kubeconfig = "{PLANE.kubeconfig()}" }}
  engine = {{ store = "{self.store}" {engine} }}'''))
        self.write_pool(s, body, more=more)
        s.kubelets = Kubelets(PLANE, moto(), s.cluster, **(kubelets or {}))
        self.addCleanup(s.kubelets.stop)
        self.addCleanup(self.clear, s)
        self.ok(s.apply())
        if follow:
            self.start_engine(s)
        return s

    def start_engine(self, s):
        self.engine_log = s.dir / "engine.log"
        log = open(self.engine_log, "ab")
        s.engine = subprocess.Popen([BINARY.parent / "tenon", "engine", "--store", f"sqlite:{s.store}"], cwd=s.dir,
                                    env=dict(s.env, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", TENON_LOG="debug"),
                                    stdout=log, stderr=log)
        log.close()
        self.addCleanup(self.stop_engine, s)

    def stop_engine(self, s):
        if s.engine.poll() is None:
            s.engine.terminate()
        self.assertEqual(s.engine.wait(HANG_S), 0, (s.dir / "engine.log").read_text()[-6000:])

    def clear(self, s):
        """No test sees the pods and nodes of another."""
        for kind in ("apis/apps/v1", "deployments"), ("apis/apps/v1", "statefulsets"), ("apis/apps/v1", "daemonsets"), \
                ("apis/policy/v1", "poddisruptionbudgets"):
            PLANE.ask("DELETE", f"/{kind[0]}/namespaces/{self.namespace}/{kind[1]}")
        PLANE.ask("DELETE", f"/api/v1/namespaces/{self.namespace}/pods?gracePeriodSeconds=0")
        for node in self.nodes(s):
            self.delete_node(node)

    # What is in the cluster.

    def deploy(self, name="web", replicas=1, cpu="500m", memory="512Mi", kind="Deployment", volumes_of=None, **spec):
        labels = {"app": name}
        body = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {
            "selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [
                    {"name": "main", "image": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}], **spec}}}}
        if kind != "DaemonSet":
            body["spec"]["replicas"] = replicas
        if kind == "StatefulSet":
            body["spec"].update(podManagementPolicy="Parallel", volumeClaimTemplates=[self.claim(volumes_of)])
        path = f"/apis/apps/v1/namespaces/{self.namespace}/{kind.lower()}s"
        PLANE.ask("POST", path, body)

    def scale(self, name, replicas, kind="deployments"):
        PLANE.ask("PATCH", f"/apis/apps/v1/namespaces/{self.namespace}/{kind}/{name}", {"spec": {"replicas": replicas}},
                  kind="application/merge-patch+json")

    def claim(self, name):
        return {"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "zonal",
                                                     "resources": {"requests": {"storage": "1Gi"}}}}

    def volume(self, name, zone, claim):
        """One that is there already, for that claim."""
        PLANE.ask("POST", "/api/v1/persistentvolumes", {"metadata": {"name": name}, "spec": {
            "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "zonal",
            "claimRef": {"namespace": self.namespace, "name": claim, "kind": "PersistentVolumeClaim", "apiVersion": "v1"},
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": name}, "nodeAffinity": {"required": {"nodeSelectorTerms": [
                {"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}]}]}}}})
        self.addCleanup(PLANE.ask, "DELETE", f"/api/v1/persistentvolumes/{name}")

    def budget(self, name, least):
        PLANE.ask("POST", f"/apis/policy/v1/namespaces/{self.namespace}/poddisruptionbudgets", {
            "metadata": {"name": name}, "spec": {"minAvailable": least, "selector": {"matchLabels": {"app": name}}}})

    def delete(self, group, kind, name):
        PLANE.ask("DELETE", f"/{group}/namespaces/{self.namespace}/{kind}/{name}")

    def remarks(self, name):
        """What the engine's Events say of a pod or a node, by reason: the message, and how often it was said."""
        items = PLANE.ask("GET", f"/api/v1/events?fieldSelector=involvedObject.name={name}")["items"]
        return {e["reason"]: (e["message"], e["count"]) for e in items if e["source"].get("component") == "tenon"}

    def calls_of(self, s, operation):
        return sum(r["operation"] == operation for r in moto().get(f"/tenon/requests?match={s.cluster}"))

    def pods(self, phase=None):
        items = PLANE.ask("GET", f"/api/v1/namespaces/{self.namespace}/pods")["items"]
        return [p for p in items if not phase or p["status"].get("phase") == phase and "deletionTimestamp" not in p["metadata"]]

    def nodes(self, s):
        """Those of our instances."""
        ours = set(s.kubelets.joined)
        return [n for n in PLANE.ask("GET", "/api/v1/nodes")["items"] if n["spec"]["providerID"].split("/")[-1] in ours]

    def delete_node(self, node):
        try:
            PLANE.ask("DELETE", f"/api/v1/nodes/{node['metadata']['name']}")
        except Refused as e:
            self.assertEqual(e.status, 404)

    def all_run(self, count):
        """On nodes that are there: a pod is said to run for a while after its node has gone."""
        there = lambda: {n["metadata"]["name"] for n in PLANE.ask("GET", "/api/v1/nodes")["items"]}
        self.wait_for(lambda: len([p for p in self.pods("Running") if p["spec"]["nodeName"] in there()]) == count, f"{count} pods run")

    def wait_for(self, what, words, seconds=120):
        try:
            self.wait_until(what, seconds)
        except AssertionError:
            self.fail(f"never: {words}\npods: {[(p['metadata']['name'], p['status'].get('phase'), p['spec'].get('nodeName')) for p in self.pods()]}\n"
                      f"engine: {self.engine_log.read_text()[-6000:]}")


class Growing(LifeCase):
    def test_pods_that_the_scheduler_cannot_place_get_nodes_and_run_there(self):
        s = self.live_stack()
        self.deploy(replicas=3, cpu="1500m", memory="1Gi")
        self.all_run(3)
        nodes = self.nodes(s)
        self.assertEqual({n["spec"]["providerID"].split("/")[-1] for n in nodes},
                         {i["InstanceId"] for i in self.instances(s)})
        labels = nodes[0]["metadata"]["labels"]
        self.assertEqual((labels["karpenter.sh/nodepool"], labels["karpenter.sh/capacity-type"]), (f"{s.prefix}-pool", "on-demand"))
        names = sorted(f"{self.namespace}/{p['metadata']['name']}" for p in self.pods())
        shown = lambda status: sorted(p for n in status["nodes"] for p in n["pods"])
        self.wait_for(lambda: shown(self.status(s)) == names and not self.status(s)["waiting"], "status shows it")

    def test_daemons_take_room_on_nodes_before_they_are_there(self):
        s = self.live_stack()
        self.deploy("agent", kind="DaemonSet", cpu="1", tolerations=[{"operator": "Exists"}],
                    nodeSelector={"karpenter.sh/nodepool": f"{s.prefix}-pool"})
        self.deploy(replicas=2, cpu="1500m", memory="1Gi")
        self.wait_for(lambda: len([p for p in self.pods("Running") if p["metadata"]["name"].startswith("web")]) == 2, "both run")
        self.assertEqual(self.calls_of(s, "CreateFleet"), len(self.nodes(s)))  # none was launched too small

    def test_pods_go_where_their_volumes_are(self):
        s = self.live_stack()
        for n, zone in enumerate(("us-east-1b", "us-east-1c")):
            self.volume(f"{self.namespace}-{n}", zone, f"data-db-{n}")
        self.deploy("db", replicas=2, kind="StatefulSet", volumes_of="data")
        self.all_run(2)
        zones = {n["metadata"]["name"]: n["metadata"]["labels"]["topology.kubernetes.io/zone"] for n in self.nodes(s)}
        self.assertEqual({p["metadata"]["name"]: zones[p["spec"]["nodeName"]] for p in self.pods()},
                         {"db-0": "us-east-1b", "db-1": "us-east-1c"})

    def test_commands_say_of_the_cluster_what_the_engine_saw_last(self):
        s = self.live_stack("  limits = { cpu = 4 }")
        self.deploy(replicas=1)
        self.all_run(1)
        self.deploy("large", replicas=1, cpu="7")
        waits = lambda: [w["message"] for w in self.status(s)["waiting"] if "/large-" in w["pod"]]
        self.wait_for(lambda: any("limit" in m for m in waits()), "status says that the limit keeps it")
        large, = [p["metadata"]["name"] for p in self.pods("Pending")]
        explained = self.tenon(s, "explain", "pod", f"{self.namespace}/{large}")
        self.assertEqual(explained.returncode, 0, explained.stderr)
        self.assertIn("limit", explained.stdout)
        preview = self.tenon(s, "preview", "--output", "json")
        self.assertEqual(preview.returncode, 0, preview.stderr)
        self.assertIn(f"{self.namespace}/{large}", preview.stdout)

    def test_a_spread_gets_a_node_in_each_zone(self):
        s = self.live_stack()
        self.deploy(replicas=3, topologySpreadConstraints=[{
            "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule", "minDomains": 3,
            "labelSelector": {"matchLabels": {"app": "web"}}}])
        self.all_run(3)
        self.assertEqual(len({n["metadata"]["labels"]["topology.kubernetes.io/zone"] for n in self.nodes(s)}), 3)

    def test_a_node_that_does_not_join_is_named_and_nothing_else_is_launched_until_it_does(self):
        s = self.live_stack()
        s.kubelets.joins = False
        self.deploy(replicas=1)
        self.wait_for(lambda: any("has not joined the cluster yet" in w["message"] for w in self.status(s)["waiting"]), "said")
        s.kubelets.joins = True
        self.all_run(1)
        self.assertEqual(self.calls_of(s, "CreateFleet"), 1)

    def test_startup_taints_are_waited_for(self):
        s = self.live_stack('startup_taints = [{ key = "agent", effect = "NoSchedule" }]',
                            kubelets={"taints": [{"key": "agent", "effect": "NoSchedule"}]})
        self.deploy(replicas=1)
        self.wait_for(lambda: any("agent" in w["message"] for w in self.status(s)["waiting"]), "said")
        for node in self.nodes(s):
            PLANE.ask("PATCH", f"/api/v1/nodes/{node['metadata']['name']}", {"spec": {"taints": None}},
                      kind="application/merge-patch+json")
        self.all_run(1)
        self.assertEqual(self.calls_of(s, "CreateFleet"), 1)


class Told(LifeCase):
    def test_events_say_where_a_pod_is_to_run_and_how_its_node_came_and_goes(self):
        s = self.live_stack("  ttl_seconds_after_empty = 1")
        s.kubelets.joins = False
        self.deploy()
        pod = self.wait_for_pod()
        self.wait_for(lambda: "Nominated" in self.remarks(pod), "the pod is told its node")
        s.kubelets.joins = True
        self.all_run(1)
        node, = self.nodes(s)
        name = node["metadata"]["name"]
        self.assertIn(name, self.remarks(pod)["Nominated"][0])
        instance = node["spec"]["providerID"].split("/")[-1]
        self.wait_for(lambda: "Initialized" in self.remarks(name), "the node's own")
        self.assertIn(instance, self.remarks(name)["Launched"][0])
        self.assertEqual({r: n for r, (_, n) in self.remarks(name).items()}, {"Launched": 1, "Registered": 1, "Initialized": 1})
        self.scale("web", 0)
        self.wait_for(lambda: self.remarks(name).get("Disrupted", [""])[0].startswith("Empty: "), "why it goes")

    def test_events_say_why_no_node_comes_and_what_keeps_one(self):
        s = self.live_stack("  limits = { cpu = 4 }")
        self.deploy("large", cpu="7")
        pod = self.wait_for_pod()
        self.wait_for(lambda: self.remarks(pod).get("FailedScheduling", [""])[0].startswith("Limit: "), "why it waits")
        self.scale("large", 0)
        self.budget("web", 1)
        self.deploy()
        self.all_run(1)
        name = self.nodes(s)[0]["metadata"]["name"]
        self.write_pool(s, "  limits = { cpu = 4 }", ami=1)
        s.apply()
        self.wait_for(lambda: f"{self.namespace}/web" in self.remarks(name).get("DisruptionBlocked", [""])[0], "which budget keeps it")

    def wait_for_pod(self):
        self.wait_for(lambda: self.pods("Pending"), "a pod")
        return self.pods("Pending")[0]["metadata"]["name"]


class Shrinking(LifeCase):
    def test_what_nobody_uses_goes_with_its_instance_and_its_node(self):
        s = self.live_stack("  ttl_seconds_after_empty = 1")
        self.deploy(replicas=3, cpu="1500m", memory="1Gi")
        self.all_run(3)
        self.scale("web", 0)
        self.wait_for(lambda: not self.instances(s), "instances go")
        self.wait_for(lambda: not self.nodes(s), "so do their Nodes")

    def test_a_node_that_is_too_large_is_replaced_before_its_pod_is_evicted(self):
        s = self.live_stack("  consolidation = { enabled = true, after_seconds = 0 }")
        self.deploy("large", cpu="6", memory="1Gi")
        self.deploy(replicas=1)
        self.all_run(2)
        before = {i["InstanceId"]: i["InstanceType"] for i in self.instances(s)}
        self.budget("web", 1)
        self.assertEqual(len(before), 1)
        self.scale("large", 0)
        self.all_run(1)
        time.sleep(10)  # nothing may happen: its only pod may never go
        self.assertTrue({i["InstanceId"] for i in self.instances(s)} <= set(before), "a budget that lets none go holds its node")
        self.delete("apis/policy/v1", "poddisruptionbudgets", "web")
        self.wait_for(lambda: self.instances(s) and not before.keys() & {i["InstanceId"] for i in self.instances(s)}, "another node")
        self.wait_for(lambda: len(self.nodes(s)) == 1 and len(self.pods("Running")) == 1, "one node, one pod")

    def test_a_spot_node_that_is_warned_is_replaced_before_it_goes(self):
        s = self.live_stack(engine=', interruption_queue = "PREFIX-notices"', more=QUEUE)
        self.deploy(replicas=2, cpu="1500m", memory="1Gi")
        self.all_run(2)
        old = {i["InstanceId"] for i in self.instances(s)}
        for instance in old:
            moto().call("POST", "/tenon/interrupt", {"instance_id": instance, "after_seconds": 120})
        self.wait_for(lambda: not old & {i["InstanceId"] for i in self.instances(s)}, "they go")
        self.all_run(2)


class Losing(LifeCase):
    def test_an_instance_that_is_terminated_behind_our_back_is_replaced_and_its_node_removed(self):
        s = self.live_stack()
        self.deploy(replicas=1)
        self.all_run(1)
        node, = self.nodes(s)
        moto().aws("ec2").terminate_instances(InstanceIds=[i["InstanceId"] for i in self.instances(s)])
        self.wait_for(lambda: node["metadata"]["name"] not in {n["metadata"]["name"] for n in self.nodes(s)}, "its Node goes", 300)
        self.all_run(1)
        self.wait_for(lambda: len(self.instances(s)) == 1, "one instance")

    def test_a_node_that_is_deleted_by_hand_takes_its_instance_along(self):
        s = self.live_stack()
        self.deploy(replicas=1)
        self.all_run(1)
        old, = self.instances(s)
        self.delete_node(self.nodes(s)[0])
        self.wait_for(lambda: old["InstanceId"] not in {i["InstanceId"] for i in self.instances(s)}, "its instance goes", 300)
        self.all_run(1)


class Apart(LifeCase):
    def test_an_api_server_that_is_started_anew_is_followed_on_and_nothing_goes_meanwhile(self):
        s = self.live_stack("  ttl_seconds_after_empty = 1")
        self.deploy(replicas=2, cpu="1500m", memory="1Gi")
        self.all_run(2)
        before = {i["InstanceId"] for i in self.instances(s)}
        PLANE.stop("apiserver")
        self.wait_for_problem(s)
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)
        PLANE.start_api_server()
        self.deploy("more", replicas=2, cpu="1500m", memory="1Gi")
        self.all_run(4)
        self.assertLessEqual(before, {i["InstanceId"] for i in self.instances(s)})

    def test_what_etcd_has_forgotten_is_listed_anew(self):
        s = self.live_stack()
        self.deploy(replicas=1)
        self.all_run(1)
        PLANE.stop("apiserver")
        self.wait_for_problem(s)
        PLANE.start_api_server()
        PLANE.compact()
        self.deploy("more", replicas=1, cpu="3")
        self.all_run(2)
        self.assertEqual(self.calls_of(s, "TerminateInstances"), 0)

    def test_pods_that_come_while_ec2_fails_get_their_nodes_when_it_is_back(self):
        s = self.live_stack()
        for operation in "CreateFleet", "DescribeInstances":
            self.fault("ec2", operation, times=None, status=503, code="Unavailable")
        self.deploy(replicas=2, cpu="1500m", memory="1Gi")
        self.wait_for(lambda: len(self.pods("Pending")) == 2, "pods")
        time.sleep(3)
        self.no_faults()
        self.all_run(2)

    def wait_for_problem(self, s):
        self.wait_until(lambda: any("the cluster cannot be read" in n["summary"] for p in self.status(s)["pools"]
                                    for n in p.get("notices", [])) or "cluster_unreadable" in (s.dir / "engine.log").read_text(), 60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
