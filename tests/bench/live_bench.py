#!/usr/bin/env python3
"""The whole engine on a real control plane (tests/cluster): how soon pods run, what the fleet costs, how it settles.

  live_bench.py                1,000 pods of two sizes, then 700 of them
  live_bench.py --pods 100     a first look

Real are API server, etcd, scheduler and controllers; the stand-in plays EC2, kwok the kubelets, which join at once.  Pods are
those of Karpenter's own suite: half of them 900m and 3100Mi, half 3500m and 28Gi, on spot.  Percentages are over the bound.
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
from kubelets import Kubelets  # noqa: E402
from pools_test import CLASS, POOL, two_images  # noqa: E402

SIZES = {"small": ("900m", "3100Mi"), "large": ("3500m", "28Gi")}
PROMISED = {"live_1000_running_s": 8, "live_1000_pct": 2, "live_settled_s": 40, "live_settled_pct": 2, "live_memory_mb": 50}
QUIET_S = 30  # nothing has changed for so long: it has settled


class Bench:
    def __init__(self, plane, folder):
        self.plane = plane
        self.stack = s = Stack("")
        s.cluster = "eks-" + s.prefix
        moto().call("POST", "/tenon/seed", {"cluster": s.cluster, "region": REGION})
        s.write("_provider.tf", s.provider(f'''
  cluster = {{ name = "{s.cluster}", kubeconfig = "{plane.kubeconfig()}" }}
  engine = {{ store = "sqlite:STORE" }}'''))
        body = "  consolidation = { enabled = true, after_seconds = 0 }"
        s.write("main.tf", (CLASS + POOL % body).replace("AMI", two_images()[0]).replace("test-eks", s.cluster)
                .replace('"on-demand"', '"spot"'))
        self.kubelets = Kubelets(plane, moto(), s.cluster)
        applied = s.apply()
        assert applied.code == 0, applied.text
        self.engine = subprocess.Popen(
            [BINARY.parent / "tenon", "engine", "--store", f"sqlite:{s.store}"], cwd=s.dir, stderr=open(folder / "engine.log", "wb"),
            env=dict(s.env, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"))
        time.sleep(5)  # it has begun

    def deploy(self, name, replicas):
        cpu, memory = SIZES[name]
        self.plane.ask("POST", "/apis/apps/v1/namespaces/default/deployments", {
            "metadata": {"name": name}, "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": {
                "metadata": {"labels": {"app": name}}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [
                    {"name": "main", "image": "main", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]}}}})

    def scale(self, name, replicas):
        self.plane.ask("PATCH", f"/apis/apps/v1/namespaces/default/deployments/{name}", {"spec": {"replicas": replicas}},
                       kind="application/merge-patch+json")

    def ready(self):
        """Pods that run, as their Deployments count them."""
        items = self.plane.ask("GET", "/apis/apps/v1/namespaces/default/deployments")["items"]
        return sum(d["status"].get("readyReplicas", 0) for d in items)

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
            time.sleep(0.1)
        return time.monotonic() - began

    def settled(self):
        """Seconds until the fleet is as it stays, and that fleet."""
        began = changed = time.monotonic()
        before = None
        while time.monotonic() < changed + QUIET_S:
            now = sorted(i["InstanceId"] for i in moto().instances(cluster=self.stack.cluster))
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


def measure(pods):
    with tempfile.TemporaryDirectory(prefix="tenon-cluster-") as name:
        folder = pathlib.Path(name)
        plane = control_plane.ControlPlane(folder, ("controller-manager", "scheduler", "kwok"))
        bench = Bench(plane, folder)
        try:
            for size in SIZES:
                bench.deploy(size, pods // 2)
            running_s = bench.seconds_until(lambda: bench.ready() == 2 * (pods // 2))
            bench.settled()
            full = bench.status()
            began = time.monotonic()
            for size in SIZES:
                bench.scale(size, pods * 35 // 100)
            bench.seconds_until(lambda: bench.ready() == 2 * (pods * 35 // 100))
            waited_s = time.monotonic() - began  # until there is something to settle for
            settled_s, few = bench.settled()
            settled_s += waited_s
            return {f"live_{pods}_running_s": running_s, f"live_{pods}_pct": over_bound(full), "live_settled_s": settled_s,
                    "live_settled_pct": over_bound(few), "live_memory_mb": bench.memory_mb()}
        finally:
            bench.end()
            plane.stop()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pods", type=int, default=1000)
    p.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench.json")
    arguments = p.parse_args()
    if why := control_plane.missing():
        raise SystemExit(print(f"live_bench: {why}"))
    figures = {name: round(value, 3) for name, value in measure(arguments.pods).items()}
    for name, value in figures.items():
        goal = PROMISED.get(name)
        verdict = "" if goal is None else f"  {'<=' if value <= goal else 'MISSED:'} {goal:g}"
        print(f"{name:<36}{value:>14.10g}{verdict}", flush=True)
    merge(figures, arguments.out)


if __name__ == "__main__":
    main()
