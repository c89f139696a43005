#!/usr/bin/env python3
"""The store on Kubernetes, against a real API server: who may act, and what is kept where."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
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

    def ask(self, *words):
        self.process.stdin.write(" ".join(w if isinstance(w, str) else json.dumps(w) for w in words) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

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
        self.process.stdout.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
