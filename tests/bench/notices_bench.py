#!/usr/bin/env python3
"""How fast interruptions are acted on.

  notices_bench.py                both cases, as make bench runs them
  notices_bench.py --rounds 1     a first look

Runs build/release/tests/bench/notices_bench (its first lines say what the cases are), each round in a process and a store
of its own, prints medians with what was promised, and puts them into build/bench.json beside what is there.  Never exits
1 because a machine is slow.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile

from schedule_bench import ROOT, merge

CASES = [("flood", 1000), ("latency", 300)]
PROMISED = {"interruption_15000_ms": 2000, "interruption_p99_ms": 100}


def run(program, case, nodes):
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        result = subprocess.run([program, case, str(nodes), folder], capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{case} {nodes}: {result.stderr}")
    return {name: float(value) for name, value in map(str.split, result.stdout.splitlines())}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tests/bench/notices_bench")
    p.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench.json")
    p.add_argument("--rounds", type=int, default=5)
    arguments = p.parse_args()
    figures = {}
    for case, nodes in CASES:
        rounds = [run(arguments.program, case, nodes) for _ in range(arguments.rounds)]
        found = {name: round(statistics.median(r[name] for r in rounds), 3) for name in rounds[0]}
        for name, value in found.items():
            goal = PROMISED.get(name)
            verdict = "" if goal is None else f"  {'<=' if value <= goal else 'MISSED:'} {goal:g}"
            print(f"{name:<36}{value:>14.10g}{verdict}", flush=True)
        figures.update(found)
    merge(figures, arguments.out)


if __name__ == "__main__":
    main()
