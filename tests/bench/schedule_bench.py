#!/usr/bin/env python3
"""How fast and how well waiting pods are placed, each case in a process of its own on one core, each placement checked.

  schedule_bench.py               every case that `make bench` names
  schedule_bench.py mix 20000     one alone

Runs build/release/tests/bench/schedule_bench, and consolidate_bench and fold_bench beside it (their first lines say what the
cases are), has tests/verify look at every placement and every proof of a bound that it writes, prints a table with what was
promised, and puts the figures into build/bench.json beside what is there.  Exits 1 where a placement breaks a constraint
or a proof does not hold; never because a machine is slow.
"""
import argparse
import json
import math
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIX_SIZES = [100, 1000, 5000, 20000, 50000, 100000]
CASES = ([("mix", n) for n in MIX_SIZES] + [("preferences", 4000), ("ec2", 20000)] +
         [("gap", n) for n in (100, 1000, 10000)] + [("memory", 100000), ("idle", 20000),
          ("preview", 20000)])
FLEETS = [100, 300, 700, 1000, 2000, 5000]
CASES += [("fleet", n) for n in FLEETS] + [("week", 1000), ("fold", 100000)]
PLACED = {"mix", "preferences", "ec2"}  # cases whose placement is checked; of gaps the proofs alone
PROMISED = {
    "schedule_mix_20000_ms": 100, "schedule_mix_100000_ms": 1000, "schedule_growth_max": 2.2,
    "schedule_preferences_4000_ms": 50, "schedule_ec2_20000_ms": 400,
    "gap_mean_1000_pct": 1, "gap_max_1000_pct": 3, "gap_slowest_1000_ms": 1000, "gap_slowest_10000_ms": 10000,
    "memory_100k_pods_mb": 64, "decide_idle_20000_ms": 20, "preview_1000_ms": 200, "preview_1000_never_met_ms": 200,
    "consolidate_1000_ms": 500, "consolidate_5000_ms": 5000, **{f"consolidate_{n}_pct": 2 for n in FLEETS},
    "week_evictions_pct": 25, "week_cost_pct": 1, "fold_changes_100000_ms": 1000,
    **{f"schedule_mix_{n}_ratio": 1.10 for n in MIX_SIZES},
    **{f"schedule_mix_{n}_improved_ratio": 1.05 for n in MIX_SIZES},
}


def complaints(command):
    """What a verifier says unless all holds, a line each."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        raise SystemExit(f"the verifier failed: {result.stdout}{result.stderr}")
    return result.stdout.splitlines() if result.returncode else []


def faults_of_placement(folder):
    files = ["--pools", folder / "pools.json", "--catalog", folder / "catalog.csv", "--answer", folder / "answer.json"]
    return complaints([ROOT / "tests/verify/placement", *files, folder / "pods.json"])[:-1]


def faults_of_proofs(folder):
    return [f"{p.name}: {line}" for p in sorted(folder.glob("*.proof"))
            for line in complaints([ROOT / "build/release/tests/verify/certificate", p])]


def run(program, case, pods, more):
    """The case's figures by name; pods are nodes in a case of fleets; that, a week and folding have programs of their own."""
    if case in ("fleet", "week"):
        program, more = program.with_name("consolidate_bench"), more[:2]  # it draws its own pods
    elif case == "fold":
        program, more = program.with_name("fold_bench"), more[:2]
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        folder = pathlib.Path(folder)
        files = ["--files", folder] if case in PLACED or case == "gap" else []
        sizes = [pods, pods // 20] if case == "fold" else [case, pods]
        result = subprocess.run([program, *map(str, sizes), *files, *more], capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(f"{case} {pods}: {result.stderr}")
        figures = {name: float(value) for name, value in map(str.split, result.stdout.splitlines())}
        if files:
            faults = (faults_of_placement(folder) if case in PLACED else []) + faults_of_proofs(folder)
            figures[f"{'gap' if case == 'gap' else 'schedule_' + case}_{pods}_faults"] = len(faults)
            for line in faults[:3]:
                print(f"  {case} {pods}: {line}", flush=True)
        return figures


def growth(figures):
    """The worst factor by which time grows when the pods double, between neighbouring sizes."""
    times = [(n, figures.get(f"schedule_mix_{n}_ms")) for n in MIX_SIZES]
    pairs = [(a, b) for a, b in zip(times, times[1:]) if a[1] and b[1]]
    return max(((b[1] / a[1]) ** (1 / math.log2(b[0] / a[0])) for a, b in pairs), default=None)


def show(figures):
    for name, value in figures.items():
        goal = PROMISED.get(name)
        verdict = "" if goal is None else f"  {'<=' if value <= goal else 'MISSED:'} {goal:g}"
        print(f"{name:<36}{value:>14.10g}{verdict}", flush=True)


def merge(figures, path):
    known = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**known, **figures}, indent=1) + "\n")


def machine():
    """What it was measured on, in a line."""
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    memory = re.search(r"^MemTotal: *(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.M)
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    return (f"One core of {cpu.group(1) if cpu else platform.machine()}, {int(memory.group(1)) / 1e6:.0f} GB of memory, "
            f"Linux {platform.release().split('-')[0]}, {compiler}.")


def write_page(figures, path):
    """Puts the table between the page's two marks."""
    rows = [f"| `{name}` | {value:.10g} | {f'<= {PROMISED[name]:g}' if name in PROMISED else ''} |" for name, value in figures.items()]
    table = "\n".join([machine(), "", "| figure | measured | goal |", "|---|---:|---|", *rows])
    begin, end = "<!-- figures -->\n", "<!-- end of figures -->"
    text = path.read_text()
    path.write_text(text[:text.index(begin) + len(begin)] + table + "\n" + text[text.index(end):])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("case", nargs="?")
    p.add_argument("pods", nargs="?", type=int)
    p.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tests/bench/schedule_bench")
    p.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench.json")
    p.add_argument("--page", type=pathlib.Path, help="a page whose table is written anew")
    p.add_argument("--rounds", default="5")
    p.add_argument("--draws", help="a file that the mix's pods are taken from")
    arguments = p.parse_args()
    more = ["--rounds", arguments.rounds] + (["--draws", arguments.draws] if arguments.draws else [])
    cases = [(arguments.case, arguments.pods)] if arguments.pods else CASES
    figures = {}
    for case, pods in cases:
        found = run(arguments.program, case, pods, more)
        show(found)
        figures.update(found)
    if growth(figures):
        figures["schedule_growth_max"] = round(growth(figures), 3)
        show({"schedule_growth_max": figures["schedule_growth_max"]})
    merge(figures, arguments.out)
    if arguments.page:
        write_page(figures, arguments.page)
    sys.exit(any(value for name, value in figures.items() if name.endswith("_faults")))


if __name__ == "__main__":
    main()
