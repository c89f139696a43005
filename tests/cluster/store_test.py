#!/usr/bin/env python3
"""The store on Kubernetes, against a real API server: who may act, and what is kept where."""
import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import control_plane  # noqa: E402
from control_plane import HANG_S, ControlPlane, Refused  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build/debug")
LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/tenon-engine"
PLANE = None


def setUpModule():
    global PLANE, FOLDER
    if why := control_plane.missing():
        raise unittest.SkipTest(why)
    FOLDER = tempfile.TemporaryDirectory(prefix="tenon-store-")
    PLANE = ControlPlane(FOLDER.name, ())


def tearDownModule():
    PLANE.stop()
    FOLDER.cleanup()


class Engine:
    """tests/cluster/store: an engine's end of the store, which speaks lines."""

    def __init__(self, kubeconfig=None):
        self.process = subprocess.Popen([OUT / "tests/cluster/store", kubeconfig or PLANE.kubeconfig()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.answers, self.told = queue.Queue(), queue.Queue()
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        for line in self.process.stdout:
            said = json.loads(line)
            (self.told if "told" in said else self.answers).put(said)

    def ask(self, *words):
        self.process.stdin.write(" ".join(w if isinstance(w, str) else json.dumps(w) for w in words) + "\n")
        self.process.stdin.flush()
        return self.answers.get(timeout=HANG_S)

    def hears(self, what, within_s=HANG_S, **members):
        """The next of that kind which says this."""
        deadline = time.monotonic() + within_s
        while True:
            said = self.told.get(timeout=max(0, deadline - time.monotonic()))
            if said["told"] == what and all(said[k] == v for k, v in members.items()):
                return said

    def leads(self, cluster="moon"):
        """As an engine that has the lease: its epoch, and all records."""
        assert self.ask("engine", cluster)["error"] is None
        self.ask("acquire")
        epoch = self.hears("lease", held=True)["epoch"]
        return epoch, self.hears("records", complete=True)["records"]

    def writes(self, epoch, kind, key, body):
        self.ask("write", str(epoch), kind, key, body)
        return self.hears("written")["error"]

    def holds(self):
        return self.ask("held")["held"]

    def until(self, holds, within_s=HANG_S):
        """How many seconds it takes until it holds the lease, or does not."""
        began = time.monotonic()
        while self.holds() != holds:
            if time.monotonic() - began > within_s:
                raise TimeoutError(f"not within {within_s} s: {self.ask('held')}")
            time.sleep(0.05)
        return time.monotonic() - began

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
        code = self.process.wait(HANG_S)
        self.listener.join()
        self.process.stdout.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.listener.join()
        self.process.stdout.close()


class Case(unittest.TestCase):
    def engine(self, kubeconfig=None):
        engine = Engine(kubeconfig)
        self.addCleanup(lambda: engine.process.poll() is None and self.assertEqual(engine.end(), 0))
        return engine


def no_lease():
    try:
        PLANE.ask("DELETE", LEASE)
    except Refused as e:
        assert e.status == 404, e


class TheLease(Case):
    def setUp(self):
        no_lease()

    def leader(self):
        engine = self.engine()
        engine.ask("want")
        engine.until(True)
        return engine

    def test_one_of_two_has_it_and_the_other_when_it_is_given_back(self):
        one, two = self.leader(), self.engine()
        epoch = one.ask("held")["epoch"]
        two.ask("want")
        time.sleep(3)
        self.assertTrue(one.holds())
        self.assertFalse(two.holds())
        one.ask("release")
        self.assertFalse(one.holds())
        two.until(True, within_s=15)
        self.assertFalse(one.holds())
        self.assertGreater(two.ask("held")["epoch"], epoch)

    def test_an_engine_that_ends_gives_it_back_at_once(self):
        one = self.leader()
        self.assertEqual(one.end(), 0)
        self.assertNotIn("holderIdentity", PLANE.ask("GET", LEASE)["spec"])

    def test_that_of_a_killed_engine_is_taken_over_within_fifteen_seconds(self):
        one, two = self.leader(), self.engine()
        two.ask("want")
        time.sleep(1)
        one.kill()
        took_s = two.until(True, within_s=60)
        self.assertGreater(took_s, 7)
        self.assertLessEqual(took_s, 15)

    def test_one_that_has_stood_still_stops_to_act_before_another_begins(self):
        one, two = self.leader(), self.engine()
        two.ask("want")
        one.process.send_signal(signal.SIGSTOP)
        two.until(True, within_s=60)
        one.process.send_signal(signal.SIGCONT)
        self.assertFalse(one.holds())
        time.sleep(3)
        self.assertFalse(one.holds())
        self.assertTrue(two.holds())

    def test_dates_that_are_wrong_by_a_year_neither_keep_nor_lose_it(self):
        now = "2031-01-01T00:00:00.000000Z"
        PLANE.ask("POST", LEASE.rsplit("/", 1)[0], {
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "tenon-engine"},
            "spec": {"holderIdentity": "of-the-future", "renewTime": now, "leaseDurationSeconds": 10}})
        engine = self.engine()
        engine.ask("want")
        took_s = engine.until(True, within_s=60)
        self.assertGreater(took_s, 7)

    def test_whoever_loses_it_to_another_by_force_stops_to_act(self):
        one = self.leader()
        PLANE.ask("PATCH", LEASE, {"spec": {"holderIdentity": "other"}}, kind="application/merge-patch+json")
        one.until(False, within_s=15)
        no_lease()
        time.sleep(3)
        self.assertFalse(one.holds())  # it has to be asked for again
        one.ask("want")
        one.until(True)

    def test_without_an_api_server_nobody_acts_and_afterwards_it_is_had_again(self):
        one = self.leader()
        PLANE.stop("apiserver")
        took_s = one.until(False, within_s=60)
        PLANE.start_api_server()
        self.assertLessEqual(took_s, 8)
        one.ask("release")
        one.ask("want")
        one.until(True)
        self.assertEqual(one.ask("held")["problem"], "")

    def test_what_is_not_allowed_is_said_by_verb_and_resource(self):
        certificate, key = PLANE.certificate_of("nobody", "none")
        engine = self.engine(PLANE.kubeconfig("nobody", {"client-certificate": certificate.name, "client-key": key.name}))
        engine.ask("want")
        deadline = time.monotonic() + HANG_S
        while not (said := engine.ask("held"))["problem"]:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertFalse(said["held"])
        self.assertIn("leases.coordination.k8s.io", said["problem"])


GROUP = "/apis/tenon.dev/v1"
DOCUMENT = {"name": "web", "node_class": "default", "labels": {"team": "a"}, "weight": 10,
            "requirements": [{"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}]}
CLASS = {"name": "default", "subnet_selector": [{"id": "subnet-0"}], "security_group_selector": [{"id": "sg-0"}]}


def record(document, uid="u-1", generation=1, deleting=False, **more):
    return {"uid": uid, "generation": generation, "deleting": deleting, **more, "document": document}


def spec(document):
    return {k: v for k, v in document.items() if k != "name"}


def pool_object(name, **spec_):
    return {"apiVersion": "tenon.dev/v1", "kind": "NodePool", "metadata": {"name": name}, "spec": spec_}


def condition(kind, name, of):
    status = PLANE.ask("GET", f"{GROUP}/{kind}/{name}").get("status", {})
    return next((c for c in status.get("conditions", []) if c["type"] == of), None)


def eventually(holds, within_s=60):
    deadline = time.monotonic() + within_s
    while not (value := holds()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s} s")
        time.sleep(0.1)
    return value


def ask_patiently(method, path, *body, **how):
    """None where there is no such thing.  A server that has just learnt of a resource asks for a second's patience."""
    while True:
        try:
            return PLANE.ask(method, path, *body, **how)
        except Refused as e:
            if e.status == 404:
                return None
            if e.status != 429:
                raise
            time.sleep(0.2)


def wipe():
    """A cluster in which nobody has ever used a store."""
    no_lease()
    for plural in ("nodepools", "nodeclasses", "nodeclaims", "enginerecords"):
        for item in (ask_patiently("GET", f"{GROUP}/{plural}") or {"items": []})["items"]:
            path = f"{GROUP}/{plural}/{item['metadata']['name']}"
            ask_patiently("PATCH", path, {"metadata": {"finalizers": None}}, kind="application/merge-patch+json")
            ask_patiently("DELETE", path)


class Store(Case):
    def setUp(self):
        wipe()

    def door(self):
        door = self.engine()
        self.assertIsNone(door.ask("make", "moon")["error"])
        return door

    def body(self, answer):
        self.assertIsNone(answer["error"], answer)
        return json.loads(answer["records"][0][2])


class TheCustomResources(Store):
    def test_before_the_first_apply_there_is_no_store_and_reading_makes_none(self):
        for name in ("nodepools", "nodeclasses", "nodeclaims", "enginerecords"):
            ask_patiently("DELETE", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}.tenon.dev")
        reader = self.engine()
        eventually(lambda: reader.ask("open", "moon")["error"]["not_found"])
        with self.assertRaises(Refused):
            PLANE.ask("GET", f"{GROUP}/nodepools")
        self.door()
        self.assertIsNone(reader.ask("open", "moon")["error"])

    def test_what_is_installed_as_it_should_be_is_left_alone(self):
        door = self.door()
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        versions = lambda: {d["metadata"]["name"]: d["metadata"]["resourceVersion"] for d in PLANE.ask("GET", path)["items"]}  # noqa: E731
        before = versions()
        self.assertIsNone(door.ask("make", "moon")["error"])
        self.assertEqual(versions(), before)
        PLANE.ask("PATCH", f"{path}/nodepools.tenon.dev", {"spec": {"names": {"shortNames": ["old"]}}},
                  kind="application/merge-patch+json")
        self.assertIsNone(door.ask("make", "moon")["error"])
        self.assertEqual(PLANE.ask("GET", f"{path}/nodepools.tenon.dev")["spec"]["names"]["shortNames"], ["tnp"])

    def test_documents_come_back_to_the_letter(self):
        door = self.door()
        self.assertIsNone(door.ask("put", "pool", "web", record(DOCUMENT))["error"])
        self.assertEqual(self.body(door.ask("get", "pool", "web")), record(DOCUMENT))
        there = PLANE.ask("GET", f"{GROUP}/nodepools/web")
        self.assertEqual(there["spec"], spec(DOCUMENT))
        self.assertEqual(there["metadata"]["finalizers"], ["tenon.dev/termination"])

    def test_what_nobody_could_read_the_server_refuses(self):
        self.door()
        for wrong in ({}, {"node_class": 7}, {"node_class": "a", "weight": 101},
                      {"node_class": "a", "taints": [{"key": "x", "effect": "No"}]},
                      {"node_class": "a", "requirements": [{"key": "x"}]}):
            with self.subTest(wrong), self.assertRaises(Refused) as refused:
                PLANE.ask("POST", f"{GROUP}/nodepools", pool_object("web", **wrong))
            self.assertEqual(refused.exception.status, 422)

    def test_columns_say_what_people_look_for(self):
        door = self.door()
        door.ask("put", "pool", "web", record(DOCUMENT))
        table = PLANE.ask("GET", f"{GROUP}/nodepools", accept="application/json;as=Table;v=v1;g=meta.k8s.io")
        self.assertEqual([c["name"] for c in table["columnDefinitions"]],
                         ["Name", "Class", "Weight", "Accepted", "Converged", "Age"])
        self.assertEqual(table["rows"][0]["cells"][:3], ["web", "default", 10])


class Doors(Store):
    def test_of_two_who_change_the_same_pool_the_second_hears_it(self):
        one, two = self.door(), self.door()
        one.ask("put", "pool", "web", record(DOCUMENT))
        one.ask("get", "pool", "web")
        two.ask("get", "pool", "web")
        self.assertTrue(one.ask("swap", "pool", "web", record(DOCUMENT, generation=2))["done"])
        self.assertFalse(two.ask("swap", "pool", "web", record(DOCUMENT, generation=3))["done"])
        self.assertEqual(self.body(one.ask("get", "pool", "web"))["generation"], 2)

    def test_what_was_taken_out_of_a_document_is_out_of_the_object(self):
        door = self.door()
        door.ask("put", "pool", "web", record(DOCUMENT))
        smaller = {k: v for k, v in DOCUMENT.items() if k not in ("labels", "weight")}
        door.ask("put", "pool", "web", record(smaller, generation=2))
        self.assertEqual(PLANE.ask("GET", f"{GROUP}/nodepools/web")["spec"], spec(smaller))

    def test_settings_and_applies_are_kept_and_removed(self):
        door = self.door()
        door.ask("put", "settings", "last", {"region": "eu-west-1"})
        door.ask("put", "apply", "pool/web/1", {"until_ms": 5})
        self.assertEqual(self.body(door.ask("get", "settings", "last")), {"region": "eu-west-1"})
        self.assertEqual([r[1] for r in door.ask("list", "apply")["records"]], ["pool/web/1"])
        door.ask("remove", "apply", "pool/web/1")
        self.assertTrue(door.ask("get", "apply", "pool/web/1")["error"]["not_found"])

    def test_a_store_of_another_fleet_is_refused_and_an_unused_one_is_taken(self):
        door = self.door()
        other = self.engine()
        self.assertIsNone(other.ask("make", "sun")["error"])  # nothing is in it yet
        other.ask("put", "class", "default", record(CLASS))
        refused = door.ask("make", "moon")["error"]
        self.assertIn("belongs to another fleet", refused["summary"])
        self.assertIn("sun", refused["detail"])


class Engines(Store):
    def test_an_engine_gets_all_there_is_and_then_what_changes(self):
        door, engine = self.door(), self.engine()
        door.ask("put", "class", "default", record(CLASS))
        _, all_records = engine.leads()
        self.assertEqual([r[:2] for r in all_records], [["class", "default"]])
        door.ask("put", "pool", "web", record(DOCUMENT))
        changed = engine.hears("records", complete=False)["records"]
        self.assertEqual(([r[:2] for r in changed], json.loads(changed[0][2])), ([["pool", "web"]], record(DOCUMENT)))

    def test_what_an_engine_wrote_the_next_one_finds(self):
        one = self.engine()
        epoch, _ = one.leads()
        claim, key = {"phase": 2, "instance_id": "i-1", "request": "{\"a\":1}"}, "moon/web/u-1/7"
        self.assertIsNone(one.writes(epoch, "claim", key, claim))
        self.assertIsNone(one.writes(epoch, "template", "t-1", {"user_data": "x" * 30000}))
        self.assertIsNone(one.writes(epoch, "tombstone", "pool/u-0", {"name": "old"}))
        one.ask("end")
        two = self.engine()
        _, records = two.leads()
        found = {(r[0], r[1]): json.loads(r[2]) for r in records}
        self.assertEqual(set(found), {("claim", key), ("template", "t-1"), ("tombstone", "pool/u-0")})
        self.assertEqual({k: v for k, v in found["claim", key].items() if k in claim}, claim)
        self.assertEqual(found["template", "t-1"], {"user_data": "x" * 30000})
        rows = PLANE.ask("GET", f"{GROUP}/nodeclaims", accept="application/json;as=Table;v=v1;g=meta.k8s.io")["rows"]
        self.assertEqual(rows[0]["cells"][1:3], ["web", "ready"])

    def test_without_the_lease_nothing_is_written(self):
        one = self.engine()
        epoch, _ = one.leads()
        self.assertTrue(one.writes(epoch + 1, "claim", "moon/web/u-1/1", {})["conflict"])
        one.ask("give-back")
        one.hears("lease", held=False)
        self.assertTrue(one.writes(epoch, "claim", "moon/web/u-1/1", {})["conflict"])
        self.assertEqual(PLANE.ask("GET", f"{GROUP}/nodeclaims")["items"], [])

    def test_a_pool_that_goes_stays_until_the_engine_lets_it_go(self):
        door, engine = self.door(), self.engine()
        epoch, _ = engine.leads()
        door.ask("put", "pool", "web", record(DOCUMENT))
        door.ask("put", "pool", "web", record(DOCUMENT, deleting=True, drain_by_ms=77))
        eventually(lambda: self.body(door.ask("get", "pool", "web")) == record(DOCUMENT, deleting=True, drain_by_ms=77))
        self.assertIsNone(engine.writes(epoch, "pool", "web", "-"))
        self.assertTrue(door.ask("get", "pool", "web")["error"]["not_found"])

    def test_kubectl_delete_is_a_pool_that_goes(self):
        door, engine = self.door(), self.engine()
        engine.leads()
        PLANE.ask("POST", f"{GROUP}/nodepools", pool_object("hand", node_class="default"))
        eventually(lambda: "finalizers" in PLANE.ask("GET", f"{GROUP}/nodepools/hand")["metadata"])
        PLANE.ask("DELETE", f"{GROUP}/nodepools/hand")
        self.assertTrue(self.body(door.ask("get", "pool", "hand"))["deleting"])

    def test_a_pool_edited_into_nonsense_is_said_and_the_last_good_one_stays(self):
        door, engine = self.door(), self.engine()
        engine.leads()
        door.ask("put", "pool", "web", record(DOCUMENT))
        eventually(lambda: (condition("nodepools", "web", "Accepted") or {}).get("status") == "True")
        nonsense = {"spec": {"replicas": 3}}  # beside weight; the schema lets it through
        PLANE.ask("PATCH", f"{GROUP}/nodepools/web", nonsense, kind="application/merge-patch+json")
        said = eventually(lambda: (c := condition("nodepools", "web", "Accepted")) and c["status"] == "False" and c)
        self.assertIn("replicas", said["message"])
        self.assertIn("the engine goes by the document before", said["message"])
        self.assertEqual(self.body(door.ask("get", "pool", "web"))["document"], DOCUMENT)
        PLANE.ask("PATCH", f"{GROUP}/nodepools/web", {"spec": {"replicas": None}}, kind="application/merge-patch+json")
        eventually(lambda: condition("nodepools", "web", "Accepted")["status"] == "True")

    def test_nonsense_from_the_beginning_is_nothing_to_launch_for(self):
        door, engine = self.door(), self.engine()
        engine.leads()
        PLANE.ask("POST", f"{GROUP}/nodepools", pool_object("hand", node_class="default", weight=1, replicas=1))
        self.assertIn("launches nothing", eventually(lambda: condition("nodepools", "hand", "Accepted"))["message"])
        self.assertIsNone(self.body(door.ask("get", "pool", "hand"))["document"])

    def test_a_status_is_written_at_most_once_a_second_and_the_last_one_stays(self):
        door, engine = self.door(), self.engine()
        epoch, _ = engine.leads()
        door.ask("put", "pool", "web", record(DOCUMENT))
        eventually(lambda: condition("nodepools", "web", "Accepted"))
        before = int(PLANE.ask("GET", f"{GROUP}/nodepools/web")["metadata"]["resourceVersion"])
        began = time.monotonic()
        for i in range(100):
            self.assertIsNone(engine.writes(epoch, "status", "pool/web", {"uid": "u-1", "serial": i, "notices": []}))
        eventually(lambda: PLANE.ask("GET", f"{GROUP}/nodepools/web")["status"]["engine"]["serial"] == 99)
        seconds = time.monotonic() - began
        written = json.loads(door.ask("get", "status", "pool/web")["records"][0][2])
        self.assertEqual(written["serial"], 99)
        metadata = PLANE.ask("GET", f"{GROUP}/nodepools/web")["metadata"]
        self.assertEqual(metadata["generation"], 1)
        self.assertLessEqual(int(metadata["resourceVersion"]) - before, 8 * (seconds + 2))  # leases' renewals count, too

    def test_a_world_that_is_too_large_and_a_journal_are_not_kept(self):
        engine = self.engine()
        epoch, _ = engine.leads()
        for kind, key, body in (("world", "last", "w" * 1100000), ("world", "1-1", "w"), ("journal", "1-1", "j"),
                                ("snapshot", "last", "{}")):
            self.assertIsNone(engine.writes(epoch, kind, key, body))
        eventually(lambda: any(r["spec"]["kind"] == "snapshot" for r in PLANE.ask("GET", f"{GROUP}/enginerecords")["items"]))
        engine.ask("end")
        self.assertEqual({r["spec"]["kind"] for r in PLANE.ask("GET", f"{GROUP}/enginerecords")["items"]}, {"fleet", "snapshot"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
