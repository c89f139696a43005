#!/usr/bin/env python3
"""The client of the Kubernetes API, and `tenon doctor`, against a real API server."""
import base64
import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import control_plane  # noqa: E402
from control_plane import ADMIN, HANG_S, ControlPlane, free_port  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build/debug")
PLANE = None


def setUpModule():
    global PLANE, FOLDER
    if why := control_plane.missing():
        raise unittest.SkipTest(why)
    FOLDER = tempfile.TemporaryDirectory(prefix="tenon-cluster-")
    PLANE = ControlPlane(FOLDER.name)


def tearDownModule():
    PLANE.stop()
    FOLDER.cleanup()


class Client:
    """tests/cluster/client, which speaks JSON lines."""

    def __init__(self, kubeconfig):
        self.process = subprocess.Popen([OUT / "tests/cluster/client", kubeconfig], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.answers, self.told = queue.Queue(), queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        with self.process.stdout as lines:
            for line in lines:
                said = json.loads(line)
                (self.told if "told" in said else self.answers).put(said)

    def send(self, *words):
        self.process.stdin.write(" ".join(w if isinstance(w, str) else json.dumps(w) for w in words) + "\n")
        self.process.stdin.flush()

    def ask(self, *words):
        self.send(*words)
        return self.answers.get(timeout=HANG_S)

    def told_until(self, *words):
        """What is told up to and with the first of those."""
        found = []
        while not found or found[-1]["told"] not in words:
            found.append(self.told.get(timeout=HANG_S))
        return found

    def end(self):
        self.process.stdin.close()
        return self.process.wait(HANG_S)


def doctor(kubeconfig, *words):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "AWS_"))}
    done = subprocess.run([OUT / "tenon", "doctor", "--kubeconfig", kubeconfig, "--output", "json", *words], env=env,
                          capture_output=True, text=True, timeout=HANG_S)
    report = json.loads(done.stdout) if done.stdout else None
    return done.returncode, report, done.stderr


def missing_in(report):
    return [c["check"] for c in report["checks"] if not c["ok"]]


class Case(unittest.TestCase):
    def client(self, kubeconfig=None):
        client = Client(kubeconfig or PLANE.kubeconfig())
        self.addCleanup(lambda: self.assertEqual(client.end(), 0))
        return client

    def map(self, name, **data):
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


class LoggingIn(Case):
    def comes_in_as(self, user, path):
        code, report, said = doctor(path)
        self.assertEqual((code, said), (0, ""), report)
        self.assertEqual(report["cluster"]["user"], user)
        self.assertRegex(report["cluster"]["version"], r"^v1\.")

    def test_by_token(self):
        self.comes_in_as("admin", PLANE.kubeconfig())

    def test_by_certificate_from_files_and_in_place(self):
        certificate, key = PLANE.certificate_of("jane", "system:masters")
        self.comes_in_as("jane", PLANE.kubeconfig("files", {"client-certificate": certificate.name, "client-key": key.name}))
        self.comes_in_as("jane", PLANE.kubeconfig("data", {
            "client-certificate-data": base64.b64encode(certificate.read_bytes()).decode(),
            "client-key-data": base64.b64encode(key.read_bytes()).decode()}))

    def test_by_a_plugin_that_prints_a_token(self):
        said = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": ADMIN}}
        self.comes_in_as("admin", PLANE.kubeconfig("plugin", {"exec": {
            "apiVersion": said["apiVersion"], "command": "printf", "args": ["%s", json.dumps(said)],
            "interactiveMode": "Never"}}))

    def test_by_a_plugin_that_prints_a_certificate(self):
        certificate, key = PLANE.certificate_of("joan", "system:masters")
        said = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                "status": {"clientCertificateData": certificate.read_text(), "clientKeyData": key.read_text()}}
        self.comes_in_as("joan", PLANE.kubeconfig("certplugin", {"exec": {
            "apiVersion": said["apiVersion"], "command": "printf", "args": ["%s", json.dumps(said)],
            "interactiveMode": "Never"}}))

    def test_as_somebody_else(self):
        path = PLANE.kubeconfig("as", {"token": ADMIN, "as": "jill", "as-groups": ["system:masters", "ops"]})
        self.comes_in_as("jill", path)

    def test_under_another_name_of_the_server(self):
        cluster = {"certificate-authority": "certs/apiserver.crt", "tls-server-name": "kubernetes.default"}
        self.comes_in_as("admin", PLANE.kubeconfig("named", cluster=cluster))

    def test_a_server_that_is_another_is_not_believed(self):
        for name, cluster in {"stranger": {"certificate-authority": "ca.crt"}, "system": {},
                              "misnamed": {"certificate-authority": "certs/apiserver.crt", "tls-server-name": "other.test"}}.items():
            with self.subTest(name):
                code, report, _ = doctor(PLANE.kubeconfig(name, cluster=cluster))
                self.assertEqual((code, missing_in(report)), (1, ["connect"]))
                self.assertIn("no answer from the API server 127.0.0.1", report["checks"][0]["message"])

    def test_without_verification_there_is_a_warning(self):
        code, report, _ = doctor(PLANE.kubeconfig("insecure", cluster={"insecure-skip-tls-verify": True}))
        self.assertEqual(code, 0)
        self.assertIn("insecure-skip-tls-verify", report["warnings"][0])

    def test_a_token_that_is_none_is_refused(self):
        code, report, _ = doctor(PLANE.kubeconfig("nobody", {"token": "x"}))
        self.assertEqual((code, missing_in(report)), (1, ["connect"]))
        self.assertIn("does not believe who we are", report["checks"][0]["detail"])


class Rights(Case):
    def account(self, name, rules):
        PLANE.ask("POST", "/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": name}})
        PLANE.ask("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", {"metadata": {"name": name}, "rules": rules})
        PLANE.ask("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
            "metadata": {"name": name}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "default"}]})
        token = PLANE.ask("POST", f"/api/v1/namespaces/default/serviceaccounts/{name}/token", {"spec": {}})["status"]["token"]
        (PLANE.folder / f"{name}.token").write_text(token + "\n")
        return PLANE.kubeconfig(name, {"tokenFile": f"{name}.token"})

    def test_what_doctor_asks_for_is_enough_and_each_of_it_is_missed(self):
        """A role of just what it names, then each verb taken away in turn."""
        checks = [c["check"].split() for c in doctor(PLANE.kubeconfig())[1]["checks"]]
        needs = [(verb, what) for verb, what in (c for c in checks if len(c) == 2) if verb not in ("follow", "log")]
        self.assertGreater(len(needs), 20)

        def rules_without(left_out):
            for verb, what in needs:
                if (verb, what) != left_out:
                    path, _, sub = what.partition("/")
                    plural, _, group = path.partition(".")
                    yield {"apiGroups": [group], "resources": [plural + (f"/{sub}" if sub else "")], "verbs": [verb]}

        path = self.account("just-enough", list(rules_without(None)))
        code, report, _ = doctor(path)
        self.assertEqual((code, report["cluster"]["user"]), (0, "system:serviceaccount:default:just-enough"))
        for need in needs:
            with self.subTest(" ".join(need)):
                PLANE.ask("PUT", "/apis/rbac.authorization.k8s.io/v1/clusterroles/just-enough",
                          {"metadata": {"name": "just-enough"}, "rules": list(rules_without(need))})
                # RBAC learns of it by a watch of its own.
                for _ in range(HANG_S):
                    code, report, _ = doctor(path)
                    missing = missing_in(report)
                    if missing[:1] == [" ".join(need)]:
                        break
                follows = [f"follow {need[1]}"] if need[1] in ("nodes", "pods") and need[0] in ("list", "watch") else []
                self.assertEqual((code, missing), (1, [" ".join(need), *follows]))

    def test_what_is_forbidden_names_verb_and_resource(self):
        client = self.client(self.account("powerless", []))
        said = client.ask("evict", "default", "web", "-")
        self.assertEqual((said["kind"], said["code"]), ("denied", "Forbidden"))
        self.assertIn("allow the verb create on pods/eviction", said["detail"])


class Changing(Case):
    def test_objects_are_made_read_changed_and_taken_away(self):
        client = self.client()
        made = client.ask("create", "configmaps", "default", self.map("a", x="1"))["object"]
        self.assertEqual(client.ask("create", "configmaps", "default", self.map("a"))["kind"], "exists")
        self.assertEqual(client.ask("get", "configmaps", "default", "a")["object"]["data"], {"x": "1"})
        self.assertEqual(client.ask("merge", "configmaps", "default", "a", {"data": {"x": None, "y": "2"}})["object"]["data"], {"y": "2"})
        self.assertEqual(client.ask("create", "configmaps", "default", self.map("A B"))["kind"], "invalid")
        other = client.ask("delete", "configmaps", "default", "a", "00000000-0000-0000-0000-000000000000")
        self.assertEqual((other["kind"], other["code"]), ("conflict", "Conflict"))
        self.assertNotIn("kind", client.ask("delete", "configmaps", "default", "a", made["metadata"]["uid"]))
        self.assertEqual(client.ask("get", "configmaps", "default", "a")["kind"], "not found")
        self.assertEqual(client.ask("delete", "configmaps", "default", "a", "-")["kind"], "not found")

    def test_lists_are_merged_by_their_keys(self):
        client = self.client()
        client.ask("create", "nodes", "-", {"metadata": {"name": "n"}, "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]}})
        taints = client.ask("strategic", "nodes", "-", "n", {"spec": {"taints": [{"key": "b", "effect": "NoSchedule"}]}})["object"]["spec"]["taints"]
        self.assertEqual(sorted(t["key"] for t in taints if t["key"] in "ab"), ["b"])  # taints are replaced, as the API has it
        labels = client.ask("strategic", "nodes", "-", "n", {"metadata": {"labels": {"x": "1"}}})["object"]["metadata"]["labels"]
        self.assertEqual(labels["x"], "1")
        client.ask("delete", "nodes", "-", "n", "-")

    def test_what_is_applied_is_owned(self):
        client = self.client()
        client.ask("apply", "configmaps", "default", "owned", "one", self.map("owned", x="1"))
        said = client.ask("apply", "configmaps", "default", "owned", "two", self.map("owned", x="2"))
        self.assertEqual((said["kind"], said["code"]), ("conflict", "Conflict"))
        self.assertEqual(client.ask("force", "configmaps", "default", "owned", "two", self.map("owned", x="2"))["object"]["data"], {"x": "2"})

    def test_an_eviction_that_a_budget_holds_is_a_conflict(self):
        client = self.client()
        pod = {"metadata": {"name": "web", "labels": {"app": "web"}},
               "spec": {"containers": [{"name": "c", "image": "i"}], "nodeName": "nowhere", "terminationGracePeriodSeconds": 0}}
        budget = {"metadata": {"name": "web"}, "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "web"}}}}
        PLANE.ask("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", budget)
        made = client.ask("create", "pods", "default", pod)["object"]
        PLANE.ask("PATCH", "/api/v1/namespaces/default/pods/web/status", {"status": {
            "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}, kind="application/merge-patch+json")
        said = client.ask("evict", "default", "web", made["metadata"]["uid"])
        self.assertEqual((said["kind"], said["code"]), ("conflict", "DisruptionBudget"))
        PLANE.ask("DELETE", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/web")
        other = client.ask("evict", "default", "web", "00000000-0000-0000-0000-000000000000")
        self.assertEqual(other["kind"], "conflict")
        self.assertNotIn("kind", client.ask("evict", "default", "web", made["metadata"]["uid"]))


class Following(Case):
    def names(self, told):
        return [t["name"] for t in told if t["told"] == "changed"]

    def test_all_pages_are_told_and_then_each_change(self):
        for i in range(1100):
            PLANE.ask("POST", "/api/v1/namespaces/default/configmaps", self.map(f"page-{i}"))
        client = self.client()
        client.send("follow", "configmaps")
        told = client.told_until("live")
        self.assertEqual(len([n for n in self.names(told) if n.startswith("page-")]), 1100)
        self.assertEqual([t["told"] for t in told if not t["name"]], ["listing", "whole", "live"])
        client.ask("create", "configmaps", "default", self.map("later"))
        self.assertEqual(client.told_until("changed")[-1]["name"], "later")
        client.ask("delete", "configmaps", "default", "later", "-")
        self.assertEqual(client.told_until("gone")[-1]["name"], "later")
        PLANE.ask("DELETE", "/api/v1/namespaces/default/configmaps")

    def test_what_happened_while_the_server_was_away_is_learnt(self):
        """Through another API server over the same etcd, while ours is down; ours has forgotten the way there."""
        second = free_port()
        PLANE.start_api_server("second", second)
        self.addCleanup(PLANE.stop, "second")
        for name in ("stays", "goes"):
            PLANE.ask("POST", "/api/v1/namespaces/default/configmaps", self.map(name))
        client = self.client()
        client.send("follow", "configmaps")
        client.told_until("live")
        PLANE.stop("apiserver")
        self.assertEqual(client.told_until("lost")[-1]["kind"], "unreachable")
        PLANE.ask("DELETE", "/api/v1/namespaces/default/configmaps/goes", port=second)
        PLANE.ask("POST", "/api/v1/namespaces/default/configmaps", self.map("comes"), port=second)
        PLANE.start_api_server()
        self.learns(client, {("changed", "comes"), ("gone", "goes")})

    def learns(self, client, changes):
        """By the watch, or by a list that names what came and does not name what went."""
        told = set()
        while not changes <= told:
            said = client.told.get(timeout=HANG_S)
            if said["told"] == "listing":
                told = set()
            if said["told"] == "whole":
                self.assertEqual({c for c in changes if c[0] == "changed"}, told & changes)
                self.assertFalse({("changed", name) for what, name in changes if what == "gone"} & told)
                return
            told.add((said["told"], said["name"]))

    def test_a_version_that_etcd_has_compacted_lists_anew(self):
        """The watch is cut, and what it would go on from is gone from etcd before it can."""
        second = free_port()
        PLANE.start_api_server("second", second)
        client = self.client(PLANE.kubeconfig("compacted", port=second))
        client.send("follow", "configmaps")
        client.told_until("live")
        PLANE.stop("second")
        client.told_until("lost")
        for i in range(20):
            PLANE.ask("POST", "/api/v1/namespaces/default/configmaps", self.map(f"new-{i}"))
        PLANE.compact()
        PLANE.start_api_server("second", second)
        self.addCleanup(PLANE.stop, "second")
        told = client.told_until("whole")
        self.assertIn("listing", [t["told"] for t in told])
        self.assertTrue({f"new-{i}" for i in range(20)} <= set(self.names(told)))


if __name__ == "__main__":
    if reason := control_plane.missing():
        sys.exit(print(f"tests/cluster is left out: {reason}"))
    unittest.main()
