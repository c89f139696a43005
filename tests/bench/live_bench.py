#!/usr/bin/env python3
"""The whole engine on a real control plane (tests/cluster): how soon pods run, what the fleet costs, how it settles.

  live_bench.py                1,000 pods of two sizes, then 700 of them
  live_bench.py --pods 100     a first look
  live_bench.py --boot 20      instances take so many seconds until they run, as real ones do, and not none
  live_bench.py --standing     how soon an engine that comes to 5,000 nodes with 50,000 pods decides (some minutes to make them)

With --boot figures are called after it, for they are others: all nodes are ordered before the first one joins.

Real are API server, etcd, scheduler and controllers; the stand-in plays EC2, kwok the kubelets, which join at once and have
for pods what EKS's images leave them.  The time until they run counts from when all pods exist; beside it stands what the
same control plane takes where nodes enough are there before (_floor_).  Pods are those of Karpenter's own suite: half of
them 900m and 3100Mi, half 3500m and 28Gi, on spot.  Percentages are over the bound.
Puts its figures into build/bench.json beside what is there, and never exits 1 because a machine is slow.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from schedule_bench import ROOT, merge

os.environ.setdefault("TENON_BINARY", str(ROOT / "build/release/terraform-provider-tenon"))
sys.path[:0] = [str(ROOT / "tests/cluster"), str(ROOT / "tests/terraform")]
import control_plane  # noqa: E402
from harness import BINARY, HANG_S, REGION, Stack, moto  # noqa: E402
from kubelets import Kubelets, as_eks_reserves  # noqa: E402
from pools_test import CLASS, POOL, two_images  # noqa: E402

SIZES = {"small": ("900m", "3100Mi"), "large": ("3500m", "28Gi")}
NODES, PODS_EACH, WAITING = 5000, 10, 100
PROMISED = {"live_5000_decides_s": 10, "live_5000_memory_mb": 200, "live_1000_running_s": 8, "live_1000_pct": 2, "live_settled_s": 40, "live_settled_pct": 2, "live_memory_mb": 50}
QUIET_S = 30  # nothing has changed for so long: it has settled


class Bench:
    def __init__(self, plane, folder):
        self.plane, self.log = plane, folder / "engine.log"
        self.stack = s = Stack("")
        s.cluster = "eks-" + s.prefix
        moto().call("POST", "/tenon/seed", {"cluster": s.cluster, "region": REGION})
        s.write("_provider.tf", s.provider(f'''
  cluster = {{ name = "{s.cluster}", kubeconfig = "{plane.kubeconfig()}" }}
  engine = {{ store = "sqlite:STORE" }}'''))
        body = "  consolidation = { enabled = true, after_seconds = 0 }"
        s.write("main.tf", (CLASS + POOL % body).replace("AMI", two_images()[0]).replace("test-eks", s.cluster)
                .replace('"on-demand"', '"spot"'))
        self.kubelets = Kubelets(plane, moto(), s.cluster, allocatable=as_eks_reserves)
        applied = s.apply()
        assert applied.code == 0, applied.text

    def start_engine(self):
        self.engine = subprocess.Popen(
            [BINARY.parent / "tenon", "engine", "--store", f"sqlite:{self.stack.store}"], cwd=self.stack.dir,
            stderr=open(self.log, "wb"), env=dict(self.stack.env, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"))

    def deploy(self, name, replicas):
        cpu, memory = SIZES[name]
        self.plane.ask("POST", "/apis/apps/v1/namespaces/default/deployments", {
            "metadata": {"name": name}, "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": {
                "metadata": {"labels": {"app": name}}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [
                    {"name": "main", "image": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]}}}})

    def scale(self, name, replicas):
        self.plane.ask("PATCH", f"/apis/apps/v1/namespaces/default/deployments/{name}", {"spec": {"replicas": replicas}},
                       kind="application/merge-patch+json")

    def count(self, what):
        """Pods as their Deployments count them: `replicas` exist, `readyReplicas` run."""
        items = self.plane.ask("GET", "/apis/apps/v1/namespaces/default/deployments")["items"]
        return sum(d["status"].get(what, 0) for d in items)

    def status(self):
        s = self.stack
        done = subprocess.run([BINARY.parent / "tenon", "status", "--output", "json", "--store", f"sqlite:{s.store}"], cwd=s.dir,
                              env=s.env, capture_output=True, text=True, timeout=HANG_S)
        return json.loads(done.stdout)

    def seconds_until(self, what):
        began = time.monotonic()
        while not what():
            if time.monotonic() > began + HANG_S:
                raise SystemExit("live_bench: it does not come to its end")
            time.sleep(0.3)
        return time.monotonic() - began

    def settled(self):
        """Seconds until the fleet is as it stays, and that fleet."""
        began = changed = time.monotonic()
        before = None
        while time.monotonic() < changed + QUIET_S:
            now = sorted(i["id"] for i in moto().get(f"/tenon/running?cluster={self.stack.cluster}"))
            if now != before:
                before, changed = now, time.monotonic()
            time.sleep(0.3)
        return changed - began, self.status()

    def memory_mb(self):
        status = pathlib.Path(f"/proc/{self.engine.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def end(self):
        self.engine.terminate()
        self.engine.wait(HANG_S)
        self.kubelets.stop()
        self.stack.remove()


def over_bound(status):
    return 100 * (status["hourly_usd"] / status["bound_usd"] - 1)


def measure(pods, boot_s=0):
    with tempfile.TemporaryDirectory(prefix="tenon-cluster-") as name:
        folder = pathlib.Path(name)
        plane = control_plane.ControlPlane(folder, ("controller-manager", "scheduler", "kwok"))
        bench = Bench(plane, folder)
        moto().call("POST", "/tenon/settings", {"pending_ms": 1000 * boot_s})
        try:
            bench.start_engine()
            time.sleep(5)  # it has begun
            for size in SIZES:
                bench.deploy(size, pods // 2)
            bench.seconds_until(lambda: bench.count("replicas") == 2 * (pods // 2))
            running_s = bench.seconds_until(lambda: bench.count("readyReplicas") == 2 * (pods // 2))
            bench.settled()
            full = bench.status()
            began = time.monotonic()
            for size in SIZES:
                bench.scale(size, pods * 35 // 100)
            bench.seconds_until(lambda: bench.count("readyReplicas") == 2 * (pods * 35 // 100))
            waited_s = time.monotonic() - began  # until there is something to settle for
            settled_s, few = bench.settled()
            settled_s += waited_s
            figures = {f"live_{pods}_running_s": running_s, f"live_{pods}_pct": over_bound(full), "live_settled_s": settled_s,
                       "live_settled_pct": over_bound(few), "live_memory_mb": bench.memory_mb()}
            return {name.replace("live_", f"live_boot_{boot_s}_") if boot_s else name: v for name, v in figures.items()}
        finally:
            bench.end()
            plane.stop()


def floor(pods):
    """Seconds until they run where nodes for all of them are there before: what is the control plane's own."""
    with tempfile.TemporaryDirectory(prefix="tenon-cluster-") as name:
        plane = control_plane.ControlPlane(pathlib.Path(name), ("controller-manager", "scheduler", "kwok"))
        bench = Bench.__new__(Bench)
        bench.plane = plane
        room = {"cpu": "96", "memory": "384Gi", "pods": "110"}
        try:
            for i in range(pods // 20):
                plane.ask("POST", "/api/v1/nodes", {
                    "metadata": {"name": f"node-{i}", "annotations": {"kwok.x-k8s.io/node": "fake"},
                                 "labels": {"kubernetes.io/hostname": f"node-{i}"}},
                    "status": {"capacity": room, "allocatable": room}})
            time.sleep(5)  # they are ready
            for size in SIZES:
                bench.deploy(size, pods // 2)
            bench.seconds_until(lambda: bench.count("replicas") == 2 * (pods // 2))
            return {f"live_{pods}_floor_s": bench.seconds_until(lambda: bench.count("readyReplicas") == 2 * (pods // 2))}
        finally:
            plane.stop()


def make_standing(plane):
    """Nodes of others with pods on them, and some that wait; by connections that are kept, for there are 55,000 objects."""
    room = {"cpu": "16", "memory": "64Gi", "pods": "110"}

    def pod(name, node=None):
        cpu, memory = SIZES["small"]
        return "/api/v1/namespaces/default/pods", {
            "metadata": {"name": name, "labels": {"app": "standing"}},
            "spec": {**({"nodeName": node} if node else {}), "containers": [
                {"name": "main", "image": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]}}

    def objects():
        for i in range(NODES):
            yield "/api/v1/nodes", {"metadata": {"name": f"node-{i}", "labels": {"kubernetes.io/hostname": f"node-{i}"}},
                                    "status": {"capacity": room, "allocatable": room, "conditions": [
                                        {"type": "Ready", "status": "True"}]}}
            for k in range(PODS_EACH):
                yield pod(f"standing-{i}-{k}", f"node-{i}")
        for i in range(WAITING):
            yield pod(f"waiting-{i}")

    plane.ask("POST", "/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "default"}})
    plane.post_all(objects())
    for i in range(WAITING):
        plane.ask("PATCH", f"/api/v1/namespaces/default/pods/waiting-{i}/status", {"status": {"conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}}, kind="application/merge-patch+json")


def standing():
    """Seconds from the start of an engine to its first launch, among 5,000 nodes of others with 50,000 pods."""
    with tempfile.TemporaryDirectory(prefix="tenon-cluster-") as name:
        folder = pathlib.Path(name)
        plane = control_plane.ControlPlane(folder, ())
        bench = Bench(plane, folder)
        try:
            make_standing(plane)
            bench.start_engine()
            decides_s = bench.seconds_until(lambda: " launch " in bench.log.read_text())
            return {"live_5000_decides_s": decides_s, "live_5000_memory_mb": bench.memory_mb()}
        finally:
            bench.end()
            plane.stop()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pods", type=int, default=1000)
    p.add_argument("--boot", type=int, default=0, metavar="SECONDS")
    p.add_argument("--standing", action="store_true")
    p.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench.json")
    arguments = p.parse_args()
    if why := control_plane.missing():
        raise SystemExit(print(f"live_bench: {why}"))
    if arguments.standing:
        measured = standing()
    elif arguments.boot:
        measured = measure(arguments.pods, arguments.boot)
    else:
        measured = {**floor(arguments.pods), **measure(arguments.pods)}
    figures = {name: round(value, 3) for name, value in measured.items()}
    for name, value in figures.items():
        goal = PROMISED.get(name)
        verdict = "" if goal is None else f"  {'<=' if value <= goal else 'MISSED:'} {goal:g}"
        print(f"{name:<36}{value:>14.10g}{verdict}", flush=True)
    merge(figures, arguments.out)


if __name__ == "__main__":
    main()
