"""What runs where the project lives is written so that it can run: syntax, targets of make, actions pinned to a commit."""
import pathlib
import re
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


def read(path):
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # in which `on` is a word and no boolean


def steps():
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            for step in job["steps"]:
                yield f"{path.name}: {name}", step


class Workflows(unittest.TestCase):
    def test_each_says_when_it_runs_and_what_it_may(self):
        self.assertTrue(WORKFLOWS)
        for path in WORKFLOWS:
            workflow = read(path)
            self.assertLessEqual({"name", "on", "permissions", "jobs"}, set(workflow), path.name)
            self.assertEqual(workflow["permissions"], {"contents": "read"}, path.name)
            for job in workflow["jobs"].values():
                self.assertLessEqual({"runs-on", "timeout-minutes", "steps"}, set(job), path.name)

    def test_steps_run_something_and_actions_are_pinned(self):
        for where, step in steps():
            self.assertTrue(("run" in step) != ("uses" in step), where)
            if "uses" in step:
                self.assertRegex(step["uses"], r"^[\w-]+/[\w-]+@[0-9a-f]{40}$", where)

    def test_make_knows_what_it_is_asked_for(self):
        targets = set()
        for _, step in steps():
            for words in re.findall(r"^make (.*)$", step.get("run", ""), re.M):
                targets |= {w for w in words.split() if "=" not in w and "{" not in w and "}" not in w and w != "matrix.compiler"}
        self.assertTrue(targets)
        for target in sorted(targets):
            said = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
            self.assertEqual(said.returncode, 0, said.stderr)

    def test_forms_ask_for_what_is_needed(self):
        for path in FORMS:
            if path.name == "config.yml":
                continue
            form = read(path)
            self.assertLessEqual({"name", "description", "body"}, set(form), path.name)
            for field in form["body"]:
                self.assertIn(field["type"], {"input", "textarea", "dropdown", "checkboxes", "markdown"}, path.name)


if __name__ == "__main__":
    unittest.main()
