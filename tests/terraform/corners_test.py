#!/usr/bin/env python3
"""Our provider against what hashicorp/aws 5.100.0 was recorded to do with each theme of corners/ (see `peer`)."""
import json
import pathlib

import record
from corners import themes
from corners.known import is_known
from harness import TestCase, main

HERE = pathlib.Path(__file__).resolve().parent / "corners"


class Corners(TestCase):
    """A test a theme."""

    def as_recorded(self, theme, got):
        want = json.loads((HERE / f"{theme.name}.json").read_text())
        found = [d for d in record.differences(want, got) if not is_known(theme, d)]
        self.assertFalse(found, "\n" + "\n".join(found))


class Hidden(TestCase):
    """A test a theme of bad values: a plan finds in them what validate found when it could see them."""

    def found_by_plan(self, theme):
        errors = lambda said: {(d["block"], d.get("at", "")) for d in said if d["severity"] == "error"}
        hidden, early, found = record.run_hidden(theme, record.ours())
        self.assertEqual(early, [])
        wanted = errors(record.run_bad(theme, record.ours())["validate"])
        self.assertEqual({e for e in wanted if e[0] in hidden} - errors(found), set())


def check(theme):
    def test(self):
        side = record.ours()
        got = record.run(theme, side)
        if not theme.bad:
            got["destroy"] = record.finish(theme, side)
        self.as_recorded(theme, got)
    return test


for one in themes():
    name = "test_" + one.name.replace("-", "_")
    if (HERE / f"{one.name}.json").exists():
        setattr(Corners, name, check(one))
    if one.bad is True:
        setattr(Hidden, name, lambda self, theme=one: self.found_by_plan(theme))

if __name__ == "__main__":
    main()
