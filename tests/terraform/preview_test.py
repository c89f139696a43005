#!/usr/bin/env python3
"""What will happen, said before: in a plan, by tenon preview, and decided again by tenon replay."""
import json
import re

from harness import main
from pools_test import PoolCase


def shape(text):
    """Without what differs from one run to another: numbers, types, zones."""
    return re.sub(r"\d[\d.]*", "N", re.sub(r"\b[a-z]\d[a-z]*\.\w+", "TYPE", text))


class Preview(PoolCase):
    def test_a_plan_says_what_comes_of_it_and_that_is_what_comes(self):
        s = self.pool_stack()
        first = self.ok(s.run("plan", "-no-color"))
        self.assertNotIn("/month", first.text)  # nobody has decided anything yet
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        self.write_pool(s, '  labels = { team = "red" }')
        plan = self.ok(s.run("plan", "-no-color"))
        said = re.search(r"Warning: pool \S+-pool: (\d+) nodes? (?:is|are) replaced; \$[\d.]+/month", plan.text)
        self.assertTrue(said, plan.text)
        self.assertRegex(plan.text, r"nodes +0 stay, %s replaced \(Drifted\)" % said[1])
        self.assertRegex(plan.text, r"launched +\d+ \S+ on-demand in \S+ \(pool \S+\)")
        self.assertRegex(plan.text, r"seen +by the engine \S+ ago")
        self.ok(s.apply())
        after = {i["InstanceId"] for i in self.instances(s)}
        self.assertEqual(len(after - before), int(said[1]))
        self.assertEqual(before & after, set())
        self.assertNotIn("/month", self.ok(s.run("plan", "-no-color")).text)  # nothing is planned

    def test_preview_says_whether_there_is_something_to_do(self):
        s = self.pool_stack()
        none = self.tenon(s, "preview")
        self.assertEqual(none.returncode, 1)
        self.applies_and_settles(s)
        rest = self.tenon(s, "preview", "--detailed-exitcode")
        self.assertEqual(rest.returncode, 0, rest.stderr)
        self.assertIn("no node changes", rest.stdout)
        found = json.loads(self.tenon(s, "preview", "--output", "json").stdout)
        self.assertEqual((found["acts"], found["at_rest"], found["coming"]), (False, True, []))
        self.assertEqual(found["hourly_usd"], self.status(s)["hourly_usd"])
        self.assertGreater(found["bound_usd"], 0)

    def test_decisions_are_the_same_when_they_are_taken_again(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        done = self.tenon(s, "replay", "--save", "journal")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        count = re.match(r"(\d+) decisions taken again: \1 as they were, 0 otherwise", done.stdout)
        self.assertGreater(int(count[1]), 1)
        text = (s.dir / "journal").read_bytes()
        self.assertTrue(text.startswith(b"tenon-journal 1\n"))
        again = self.tenon_plain(s, "replay", "journal")
        self.assertEqual((again.returncode, again.stdout), (0, done.stdout))
        (s.dir / "journal").write_bytes(text[:-1])
        cut = self.tenon_plain(s, "replay", "journal")
        self.assertEqual(cut.returncode, 1)
        self.assertIn("damaged", cut.stderr)


if __name__ == "__main__":
    main()
