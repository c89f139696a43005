#!/usr/bin/env python3
"""A fleet whose store is the cluster itself: terraform, engines that take over from one another, and kubectl's own edits."""
import base64
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import life_test  # noqa: E402
from control_plane import ADMIN, Refused  # noqa: E402
from harness import BINARY, HANG_S, REGION, moto  # noqa: E402
from kubelets import Kubelets  # noqa: E402
from life_test import setUpModule, tearDownModule  # noqa: E402, F401
from pools_test import two_images  # noqa: E402

GROUP = "/apis/tenon.dev/v1"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/tenon-engine"


def ask(method, path, *body, **how):
    """None where there is no such thing."""
    while True:
        try:
            return life_test.PLANE.ask(method, path, *body, **how)
        except Refused as e:
            if e.status == 404:
                return None
            if e.status != 429:
                raise
            time.sleep(0.2)


class InCluster(life_test.LifeCase):
    store = "kubernetes"

    def setUp(self):
        super().setUp()
        self.wipe()

    def wipe(self):
        """As a cluster is before anybody has used it."""
        for plural in ("nodepools", "nodeclasses", "nodeclaims", "enginerecords"):
            for item in (ask("GET", f"{GROUP}/{plural}") or {"items": []})["items"]:
                ask("PATCH", f"{GROUP}/{plural}/{item['metadata']['name']}", {"metadata": {"finalizers": None}},
                    kind="application/merge-patch+json")
            ask("DELETE", f"{DEFINITIONS}/{plural}.tenon.dev")
            self.wait_until(lambda: ask("GET", f"{DEFINITIONS}/{plural}.tenon.dev") is None)
        ask("DELETE", LEASE)

    def environment(self, s):
        return dict(s.env, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
                    KUBECONFIG=str(life_test.PLANE.kubeconfig()))

    def start_engine(self, s, name="engine", *options):
        self.engine_log = s.dir / f"{name}.log"
        log = open(self.engine_log, "ab")
        engine = subprocess.Popen([BINARY.parent / "tenon", "engine", "--store", "kubernetes", *options], cwd=s.dir,
                                  env=self.environment(s), stdout=log, stderr=log)
        log.close()
        s.engine = engine
        self.addCleanup(lambda: engine.poll() is None and (engine.kill(), engine.wait()))
        return engine

    def tenon(self, s, *arguments):
        return subprocess.run([BINARY.parent / "tenon", *arguments, "--store", "kubernetes"], cwd=s.dir, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG_S, env=self.environment(s))

    def condition(self, s, of="Converged"):
        pool = ask("GET", f"{GROUP}/nodepools/{s.prefix}-pool") or {}
        return next((c["status"] for c in pool.get("status", {}).get("conditions", []) if c["type"] == of), None)


class OneStore(InCluster):
    def test_plan_needs_nothing_in_the_cluster_and_apply_makes_it(self):
        s = self.live_stack(follow=False)
        self.assertEqual(ask("GET", f"{GROUP}/nodepools/{s.prefix}-pool")["spec"]["node_class"], f"{s.prefix}-class")
        self.assertEqual(s.plan().code, 0)
        self.start_engine(s)
        self.deploy(replicas=3, cpu="1500m", memory="1Gi")
        self.all_run(3)
        claims = ask("GET", f"{GROUP}/nodeclaims")["items"]
        self.assertEqual({c["status"]["instance_id"] for c in claims}, {i["InstanceId"] for i in self.instances(s)})
        self.wait_for(lambda: self.condition(s) == "True", "the pool has converged")
        self.assertEqual(len(self.status(s)["nodes"]), len(claims))
        s.engine.terminate()
        self.assertEqual(s.engine.wait(HANG_S), 0)
        self.ok(s.destroy())
        self.assertEqual(ask("GET", f"{GROUP}/nodepools")["items"], [])
        self.assertEqual(ask("GET", f"{GROUP}/nodeclaims")["items"], [])
        self.assertEqual(self.instances(s), [])

    def test_a_pool_that_kubectl_deletes_goes_with_its_nodes_and_is_planned_anew(self):
        s = self.live_stack("replicas = 1", follow=False)
        self.assertEqual(len(self.instances(s)), 1)
        self.start_engine(s)
        ask("DELETE", f"{GROUP}/nodepools/{s.prefix}-pool")
        self.wait_for(lambda: not self.instances(s), "its instance is gone")
        self.wait_for(lambda: ask("GET", f"{GROUP}/nodepools/{s.prefix}-pool") is None, "the object is gone")
        self.assertEqual(s.actions(), {"tenon_node_pool.p": ["create"]})

    def test_of_two_engines_one_acts_and_the_other_takes_over_when_it_is_killed(self):
        s = self.live_stack(follow=False)
        one = self.start_engine(s, "one")
        holder = lambda: (ask("GET", LEASE) or {"spec": {}})["spec"].get("holderIdentity")  # noqa: E731
        self.wait_for(holder, "one engine acts")
        first = holder()
        self.start_engine(s, "two")
        self.deploy(replicas=1, cpu="1500m", memory="1Gi")
        self.all_run(1)
        self.assertEqual(holder(), first)
        one.kill()
        one.wait()
        began = time.monotonic()
        self.wait_for(lambda: holder() not in (first, None), "the other has taken over")
        self.assertLessEqual(time.monotonic() - began, 15)
        self.scale("web", 4)
        self.all_run(4)
        self.assertEqual({c["status"]["instance_id"] for c in ask("GET", f"{GROUP}/nodeclaims")["items"]},
                         {i["InstanceId"] for i in self.instances(s)})

    def test_one_apply_makes_what_the_endpoint_comes_of_and_the_pools(self):
        s = self.stack("")
        s.amis, s.cluster, self.namespace = two_images(), "eks-" + s.prefix, s.prefix
        ask("POST", "/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        moto().call("POST", "/tenon/seed", {"cluster": s.cluster, "region": REGION})
        s.kubelets = Kubelets(life_test.PLANE, moto(), s.cluster)
        self.addCleanup(s.kubelets.stop)
        self.addCleanup(self.clear, s)
        authority = base64.b64encode((life_test.PLANE.folder / "certs/apiserver.crt").read_bytes()).decode()
        s.write("_provider.tf", s.provider(f'''
  cluster = {{
    name                  = "{s.cluster}"
    endpoint              = terraform_data.cluster.output
    certificate_authority = "{authority}"
    token                 = "{ADMIN}"
  }}
  engine = {{ store = "kubernetes" }}'''))
        self.write_pool(s, "replicas = 1", more=f'''
resource "terraform_data" "cluster" {{
  input = "https://127.0.0.1:{life_test.PLANE.port}"
}}
''')
        self.assertEqual(s.plan().code, 2)
        self.ok(s.apply())
        self.assertEqual(len(self.instances(s)), 1)
        self.assertEqual(s.plan().code, 0)


del life_test.Growing  # that is its own file's

if __name__ == "__main__":
    unittest.main(verbosity=2)
