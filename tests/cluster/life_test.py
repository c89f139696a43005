#!/usr/bin/env python3
"""The life of nodes in a real cluster: API server, scheduler and controllers are real, EC2 is the stand-in, kubelets are
played (kubelets.py).  Terraform writes what is wanted, and `tenon engine` does it."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "terraform")]
os.environ.setdefault("TENON_BINARY", str(HERE.parents[1] / os.environ.get("OUT", "build/debug") / "terraform-provider-tenon"))
import control_plane  # noqa: E402
from control_plane import ControlPlane, Refused  # noqa: E402
from harness import BINARY, HANG_S, REGION, moto  # noqa: E402
from kubelets import Kubelets  # noqa: E402
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

    def live_stack(self, body="", engine="", kubelets=None, follow=True):
        """A class and a pool, applied; kubelets for its instances; an engine that runs until the test is over."""
        s = self.stack("")
        s.amis, s.cluster, self.namespace = two_images(), "eks-" + s.prefix, s.prefix
        PLANE.ask("POST", "/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        moto().call("POST", "/tenon/seed", {"cluster": s.cluster, "region": REGION})
        s.write("_provider.tf", s.provider(f'''
  cluster = {{ name = "{s.cluster}", kubeconfig = "{PLANE.kubeconfig()}" }}
  engine = {{ store = "{self.store}" {engine} }}'''))
        self.write_pool(s, body)
        s.kubelets = Kubelets(PLANE, moto(), s.cluster, **(kubelets or {}))
        self.addCleanup(s.kubelets.stop)
        self.addCleanup(self.clear, s)
        self.ok(s.apply())
        if follow:
            self.start_engine(s)
        return s

    def start_engine(self, s):
        log = open(s.dir / "engine.log", "ab")
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

    def deploy(self, name="web", replicas=1, cpu="500m", memory="512Mi", kind="Deployment", **spec):
        """Makes a workload, or changes it."""
        labels = {"app": name}
        body = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {
            "selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [
                    {"name": "main", "image": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}], **spec}}}}
        if kind != "DaemonSet":
            body["spec"]["replicas"] = replicas
        if kind == "StatefulSet":
            body["spec"]["podManagementPolicy"] = "Parallel"
        path = f"/apis/apps/v1/namespaces/{self.namespace}/{kind.lower()}s"
        PLANE.ask("POST", path, body)

    def scale(self, name, replicas, kind="deployments"):
        PLANE.ask("PATCH", f"/apis/apps/v1/namespaces/{self.namespace}/{kind}/{name}", {"spec": {"replicas": replicas}},
                  kind="application/merge-patch+json")

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
        self.wait_for(lambda: len(self.pods("Running")) == count, f"{count} pods run")

    def wait_for(self, what, words, seconds=120):
        try:
            self.wait_until(what, seconds)
        except AssertionError:
            log = next(iter(pathlib.Path(tempfile.gettempdir()).glob(f"tenon-tf-*/engine.log")), None)
            self.fail(f"never: {words}\npods: {[(p['metadata']['name'], p['status'].get('phase'), p['spec'].get('nodeName')) for p in self.pods()]}\n"
                      f"engine: {log.read_text()[-6000:] if log else ''}")


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
        self.wait_for(lambda: not self.status(s)["waiting"], "nothing waits")
        status = self.status(s)
        self.assertEqual(sorted(p for n in status["nodes"] for p in n["pods"]),
                         sorted(f"{self.namespace}/{p['metadata']['name']}" for p in self.pods()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
