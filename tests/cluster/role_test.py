#!/usr/bin/env python3
"""An engine under just the roles that deploy/ installs: they are enough, and each verb of them is needed."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import life_test  # noqa: E402
import store_life_test  # noqa: E402
import control_plane  # noqa: E402
from control_plane import free_port  # noqa: E402
from life_test import setUpModule, tearDownModule  # noqa: E402, F401
from harness import BINARY, HANG_S  # noqa: E402
from store_life_test import InCluster, ask  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
RBAC = "/apis/rbac.authorization.k8s.io/v1"
ACCOUNT = "/api/v1/namespaces/tenon-system/serviceaccounts/tenon"
OF_STORE = ("tenon.dev", "apiextensions.k8s.io", "coordination.k8s.io")
HELM = shutil.which("helm", path=os.environ["PATH"] + os.pathsep + str(control_plane.bin_dir()))
TENON = BINARY.parent / "tenon"


def kubectl(*words):
    done = subprocess.run(["kubectl", "--kubeconfig", life_test.PLANE.kubeconfig(), *words], text=True, capture_output=True,
                          timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


def of_account():
    """A kubeconfig of the service account that the engine runs as in the cluster."""
    answer = ask("POST", f"{ACCOUNT}/token", {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})
    return life_test.PLANE.kubeconfig("account", {"token": answer["status"]["token"]})


def doctor():
    done = subprocess.run([TENON, "doctor", "--kubeconfig", of_account(), "--store", "kubernetes", "--output", "json"],
                          capture_output=True, text=True, timeout=HANG_S)
    return [c for c in json.loads(done.stdout)["checks"] if not c["ok"]]


@unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl")
class Installed(InCluster):
    def setUp(self):
        super().setUp()
        kubectl("apply", "--server-side", "-k", str(ROOT / "deploy/kustomize"))

    def environment(self, s):
        return dict(super().environment(s), KUBECONFIG=str(of_account()))

    def start_engine(self, s, name="engine"):
        self.port = free_port()
        return super().start_engine(s, name, "--metrics", f"127.0.0.1:{self.port}")

    def scraped(self, what):
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{what}", timeout=30) as answer:
                    return answer.read().decode()
            except OSError:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.2)

    def test_what_it_installs_the_api_server_takes_and_runs_under(self):
        pods = [p["spec"] for p in ask("GET", "/apis/apps/v1/namespaces/tenon-system/deployments")["items"]]
        self.assertEqual(pods[0]["template"]["spec"]["serviceAccountName"], "tenon")
        self.assertEqual(doctor(), [])

    def test_an_engine_launches_joins_and_empties_nodes_under_just_that(self):
        s = self.live_stack("ttl_seconds_after_empty = 1", follow=False)  # terraform's own role is another's business
        self.start_engine(s)
        self.assertIn("tenon_build_info", self.scraped("metrics"))
        self.assertEqual(self.scraped("healthz"), "ok\n")
        self.deploy(replicas=2, cpu="1500m", memory="1Gi")
        self.all_run(2)
        self.wait_for(lambda: 'phase="ready"} ' in self.scraped("metrics"), "the nodes are counted")
        self.scale("web", 0)
        self.wait_for(lambda: not self.instances(s), "its nodes are gone", 180)
        self.wait_for(lambda: not self.nodes(s), "their objects, too")
        self.wait_for(lambda: self.condition(s) == "True", "the pool has converged")
        ask("DELETE", f"{store_life_test.GROUP}/nodepools/{s.prefix}-pool")
        self.wait_for(lambda: ask("GET", f"{store_life_test.GROUP}/nodepools/{s.prefix}-pool") is None, "the pool is gone")
        self.assertNotIn("orbidden", (s.dir / "engine.log").read_text())

    def test_each_verb_of_the_store_that_is_missing_is_named(self):
        for role, path in (("ClusterRole", f"{RBAC}/clusterroles/tenon"), ("Role", f"{RBAC}/namespaces/kube-system/roles/tenon")):
            whole = ask("GET", path)["rules"]
            for i, rule in enumerate(whole):
                if rule["apiGroups"][0] not in OF_STORE:
                    continue  # kube_test.py takes those in turn
                for verb in rule["verbs"]:
                    less = [dict(r, verbs=[v for v in r["verbs"] if (j, v) != (i, verb)]) for j, r in enumerate(whole)]
                    with self.subTest(role=role, rule=rule["resources"], verb=verb):
                        ask("PATCH", path, {"rules": [r for r in less if r["verbs"]]}, kind="application/merge-patch+json")
                        group = f".{rule['apiGroups'][0]}" if rule["apiGroups"][0] else ""
                        resource, _, sub = rule["resources"][0].partition("/")
                        name = f"{verb} {resource}{group}{'/' + sub if sub else ''}"
                        self.eventually_missing(name)
            ask("PATCH", path, {"rules": whole}, kind="application/merge-patch+json")

    def eventually_missing(self, name):
        """The authorizer learns of a change in its own time."""
        deadline = time.monotonic() + 30
        while (found := [c["check"] for c in doctor() if c["check"].split(" ")[0] not in ("follow", "connect", "log")]) != [name]:
            self.assertLess(time.monotonic(), deadline, f"{name} is not what is missing: {found}")
            time.sleep(0.1)


@unittest.skipUnless(HELM and shutil.which("kubectl"), "there is no helm (tests/cluster/build helm makes one)")
class TheChart(unittest.TestCase):
    chart = ROOT / "deploy/helm/tenon"
    settings = ("--namespace", "tenon-chart", "--set", "clusterName=moon", "--set", "region=eu-west-1", "--set",
                r"serviceAccount.annotations.eks\.amazonaws\.com/role-arn=arn:aws:iam::1:role/t")

    def helm(self, *words):
        done = subprocess.run([HELM, *words], text=True, capture_output=True, timeout=HANG_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def rendered(self, *more):
        """One that was built from its module takes every cluster for one of 2020 unless it is told."""
        return self.helm("template", "tenon", self.chart, "--kube-version", "1.34.2", *self.settings, *more)

    def test_helm_finds_nothing_wrong_with_it(self):
        self.assertIn("1 chart(s) linted, 0 chart(s) failed", self.helm("lint", "--strict", self.chart, *self.settings))

    def test_what_it_makes_the_api_server_takes(self):
        kubectl("create", "namespace", "tenon-chart")
        made = life_test.PLANE.folder / "chart.yaml"
        for more in ((), ("--set", "metrics.port=9000", "--set", "podDisruptionBudget.enabled=false", "--set",
                          "networkPolicy.enabled=false", "--set", "env[0].name=A", "--set", "env[0].value=b")):
            made.write_text(self.rendered(*more))
            taken = kubectl("apply", "--server-side", "--dry-run=server", "-f", str(made))
            for kind in "deployment", "serviceaccount", "clusterrole", "clusterrolebinding", "role", "rolebinding", "service":
                self.assertIn(f"{kind}", taken)

    def test_its_roles_are_those_of_the_table(self):
        made = self.rendered("--show-only", "templates/roles.yaml")
        (life_test.PLANE.folder / "roles.yaml").write_text(made)
        rest = kubectl("create", "--dry-run=client", "-o", "json", "-f", str(life_test.PLANE.folder / "roles.yaml"))
        objects = []
        while rest.strip():  # one after the other
            one, end = json.JSONDecoder().raw_decode(rest.strip())
            objects.append(one)
            rest = rest.strip()[end:]
        printed = json.loads((self.chart / "files/roles.json").read_text())
        self.assertEqual([o["rules"] for o in objects if "rules" in o], [i["rules"] for i in printed["items"]])


del InCluster

if __name__ == "__main__":
    unittest.main(verbosity=2)
