#!/usr/bin/env python3
"""Random valid stacks: each applies, settles, becomes its second version, settles, is imported without a diff, goes."""
import json
import os
import random

import record
from harness import TestCase, main, moto
from random_stacks import Stack as Made

SEED = int(os.environ.get("TENON_SEED", random.randrange(1 << 32)))
COUNT = int(os.environ.get("TENON_STACKS", 2))


class Stacks(TestCase):
    def settles(self, stack, source):
        stack.write("main.tf", source)
        self.ok(stack.apply("-parallelism=40"))
        self.no_changes(stack)

    def imports(self, side, source):
        """All of it, into an empty state: a plan that does nothing but import."""
        stack = side.stack()
        try:
            everything = record.Theme("all")
            stack.write("main.tf", source)
            stack.write("_imports.tf", "".join(f"import {{\n  to = {a}\n  id = {json.dumps(i)}\n}}\n" for a, i in record.import_ids(everything, side.state)))
            plan = record.planned(stack)
            # Whether to detach or destroy by force is nowhere but in the configuration.
            ours_alone = {"force_detach_policies", "force_destroy"}
            moved = {a: c for a, c in plan.get("changes", {}).items() if set(c.get("changed", {})) - ours_alone}
            self.assertEqual((plan["exit"] != 1, moved), (True, {}), plan["diagnostics"])
        finally:
            stack.remove()

    def test_valid_stacks_settle_change_import_and_go(self):
        print(f"TENON_SEED={SEED}", flush=True)
        for n in range(COUNT):
            with self.subTest(seed=SEED + n):
                side, made = record.ours(), Made(SEED + n).build()
                stack = side.stack()
                self.addCleanup(stack.remove)
                try:
                    self.settles(stack, made.source(1))
                    self.settles(stack, made.source(2))
                    side.state = record.state_of(stack)
                    self.imports(side, made.source(2))
                finally:
                    gone = stack.destroy()
                self.ok(gone)
                self.assertEqual(moto().get(f"/tenon/leftovers?prefix={side.prefix}"), [])


if __name__ == "__main__":
    main()
