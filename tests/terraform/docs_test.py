#!/usr/bin/env python3
"""What README.md and docs/ show is so: every block and every command in them is found here, and run.

A block is HCL, a story for the simulator, an acceptance test, the map of the rooms, or commands; one that is none of these
fails, so whoever writes a new kind of block says here how it is run."""
import importlib
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import textwrap
import unittest

import harness
from examples_test import ExampleCase
from harness import BINARY, HANG_S, ROOT, TERRAFORM, knows_identities, main, moto

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
TENON = BINARY.parent / "tenon"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}.*\n|\n(?= {4}))+")
PROGRAMS = ("make ", "tenon ", "terraform ", "build/venv/bin/python ", "tests/")
PLACEHOLDERS = re.compile(r"(?<![A-Z])(ROOM|NAME|X|URL)(?![A-Z])|[*<]")  # in names of files, for the reader to fill in


def blocks(path):
    """(language, text) of every block; an indented one has no language."""
    text = path.read_text()
    for fence in FENCE.finditer(text):
        yield fence[1] or "fence", fence[2]
    for block in INDENTED.finditer(FENCE.sub("", text)):
        yield "", textwrap.dedent(block[0]).strip("\n") + "\n"


def kind_of(path, language, text):
    if language in ("hcl", "terraform"):
        return "hcl"
    if language == "text" and text.startswith(("Warning: pool ", "nodes    ")):
        return "said"
    if language == "text" and text.startswith("NODE "):
        return "status"
    if language == "text" and text.startswith("MODULE "):
        return "modules"
    if language == "text" and re.fullmatch(r"%s\(.*\) \w+\n" % path.stem, text):
        return "signature"
    if language == "fence" and re.match(r"\S+/ ", text):
        return "rooms"
    if not language and re.match(r"class \w+\n", text):
        return "story"
    if not language and text.startswith("class ") and "TestCase" in text:
        return "acceptance"
    if language in ("shell", "") and all(line.startswith(PROGRAMS) for line in commands_in(text)):
        return "commands"
    return None


def commands_in(block):
    return [command for line in block.splitlines() if (command := line.split("  #")[0].split(" # ")[0].strip())]


def blocks_of(kind):
    return [(path, text) for path in DOCUMENTS for language, text in blocks(path) if kind_of(path, language, text) == kind]


def spans(path):
    """Commands within sentences and tables."""
    found = re.findall(r"`([^`\n]+)`", FENCE.sub("", path.read_text()))
    return [s for s in found if s.startswith(PROGRAMS) and not PLACEHOLDERS.search(s)]


def commands():
    for path, block in blocks_of("commands"):
        for command in commands_in(block):
            yield path, command
    for path in DOCUMENTS:
        for command in spans(path):
            yield path, command


class Blocks(ExampleCase):
    def test_every_block_is_of_a_kind_that_is_run(self):
        unknown = [f"{path.relative_to(ROOT)}: {text.splitlines()[0]}" for path in DOCUMENTS
                   for language, text in blocks(path) if not kind_of(path, language, text)]
        self.assertEqual(unknown, [])
        for kind in ("hcl", "signature", "rooms", "story", "acceptance", "commands", "said", "modules", "status"):
            self.assertTrue(blocks_of(kind), kind)

    def test_what_is_said_of_budgets_is_what_a_unit_test_expects(self):
        source = (ROOT / "tests/unit/engine-cli/preview_test.c").read_text()
        texts = re.sub(r'(?<!\\)"\s*\n\s*"', "", source).replace("\\n", "\n").replace('\\"', '"')
        (shown,) = [text for _, text in blocks_of("said") if text.startswith("nodes")]
        self.assertIn(shown, texts)

    def test_modules_are_told_apart_as_shown(self):
        (shown,) = [text for _, text in blocks_of("modules")]
        with tempfile.TemporaryDirectory() as name:
            for folder, text in {".": 'provider "aws" {}\n', ".terraform/modules/queue": 'resource "aws_sqs_queue" "q" {}\n',
                                 ".terraform/modules/network": 'resource "aws_vpc" "v" {}\ndata "aws_ami" "a" {}\n'}.items():
                (pathlib.Path(name) / folder).mkdir(parents=True, exist_ok=True)
                (pathlib.Path(name) / folder / "main.tf").write_text(text)
            said = subprocess.run([TENON, "modules", "--check", name], capture_output=True, text=True).stdout
        self.assertEqual([line.rstrip() for line in said.split("\n\n")[0].splitlines()], shown.splitlines())

    def test_hcl_is_valid_as_printed_and_formatted(self):
        for path, text in blocks_of("hcl"):
            with self.subTest(path.relative_to(ROOT)):
                files = {"main__tf": text}
                if "required_providers" not in text:  # pages of types leave the provider to its own page
                    files["provider__tf"] = (ROOT / "examples/provider/provider.tf").read_text()
                s = self.folder(**files)
                if knows_identities() or "identity = {" not in text:
                    self.ok(s.validate())
                self.ok(s.run("fmt", "-check", "-diff", "main.tf"))

    def test_the_rooms_are_there(self):
        for _, text in blocks_of("rooms"):
            folder = {0: ROOT}
            for line in text.splitlines():
                depth = len(line) - len(line.lstrip())
                for name in line.split("   ")[0].split() if depth == 0 or re.match(r"\s{2}\S", line) else []:
                    if re.fullmatch(r"[\w.-]+/", name):
                        self.assertTrue((folder[depth] / name).is_dir(), line)
                        folder[depth + 2] = folder[depth] / name
                    elif re.fullmatch(r"[\w*-]+\.[ch]", name):
                        self.assertTrue(list(folder[depth].glob(name)), line)

    def scenario_runner(self):
        runner = ROOT / "build/debug/tests/scenarios/run"
        if not runner.exists():
            subprocess.run(["make", runner.relative_to(ROOT)], cwd=ROOT, check=True, capture_output=True)
        return runner

    def test_stories_are_told_to_the_engine(self):
        for _, text in blocks_of("story"):
            with tempfile.NamedTemporaryFile("w", suffix=".scn") as story:
                story.write(text)
                story.flush()
                told = subprocess.run([self.scenario_runner(), story.name], capture_output=True, text=True)
                self.assertEqual(told.stdout, "1 passed, 0 failed\n", told.stderr)

    def test_acceptance_tests_pass(self):
        for _, text in blocks_of("acceptance"):
            names = dict(vars(harness))
            exec(text, names)  # a class that inherits from TestCase
            (case,) = (c for c in names.values() if isinstance(c, type) and c.__module__ == "harness" and c.__qualname__ in text
                       and c is not harness.TestCase)
            suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
            result = unittest.TestResult()
            suite.run(result)
            self.assertGreater(result.testsRun, 0)
            self.assertEqual(result.failures + result.errors, [])


class Pages(ExampleCase):
    def test_links_lead_somewhere(self):
        for path in [*DOCUMENTS, ROOT / "deploy/README.md"]:
            for target in re.findall(r"\]\(([^)#\s]+)", FENCE.sub("", path.read_text())):
                if not target.startswith(("https://", "http://")):
                    with self.subTest(path.relative_to(ROOT)):
                        self.assertTrue((path.parent / target).exists(), target)

    def test_every_metric_is_on_its_page_and_no_other(self):
        printed = set(re.findall(r'"(tenon_\w+)[{"]', (ROOT / "engine/cli/metrics.c").read_text()))
        page = (ROOT / "docs/operations.md").read_text()
        self.assertEqual(set(re.findall(r"^\| `(tenon_\w+)` \|", page, re.M)), printed)
        self.assertEqual(set(re.findall(r"\btenon_\w+", page)) - printed, set())

    def test_what_messages_are_said_to_say_they_say(self):
        """The first column of the table of troubles is found in the source, or is a code of AWS's."""
        source = "".join(p.read_text() for room in ("engine", "provider") for p in (ROOT / room).rglob("*.c"))
        source = re.sub(r'"\s*\n\s*"', "", source)
        for cell in re.findall(r"^\| (`.*?) \|", (ROOT / "docs/troubleshooting.md").read_text(), re.M):
            for words in re.findall(r"`([^`]+)`", cell):
                with self.subTest(words):
                    self.assertTrue(any(part.strip() in source for part in re.split(r"\.\.\.|HOST", words) if part.strip()), words)

    def test_permissions_are_those_of_the_example(self):
        """Each action that the example's policy allows is on the page."""
        policy = (ROOT / "examples/datamigrate/controller.tf").read_text()
        page = (ROOT / "docs/permissions.md").read_text()
        conditions = {"iam:PassedToService", "iam:AWSServiceName"}
        for action in set(re.findall(r'"((?:ec2|sqs|ssm|iam|pricing|eks):\w+)"', policy)) - conditions:
            self.assertRegex(page, rf"\b{action.split(':')[1]}\b", action)


class Commands(ExampleCase):
    def named(self, program):
        found = sorted({command for _, command in commands() if command.split()[0].startswith(program)})
        self.assertTrue(found, program)
        return found

    def test_what_make_is_asked_for_it_knows(self):
        """The targets run as suites of their own, so here make only says what it would do."""
        for command in self.named("make"):
            with self.subTest(command):
                said = subprocess.run(["make", "-n", *shlex.split(command)[1:]], cwd=ROOT, capture_output=True, text=True)
                self.assertEqual(said.returncode, 0, said.stderr)

    def test_programs_of_the_tree_are_there_and_know_what_they_are_asked_for(self):
        for command in [*self.named("tests/"), *self.named("build/venv/bin/python")]:
            with self.subTest(command):
                words = [w for w in shlex.split(command) if w.startswith("tests/")]
                for word in words:
                    self.assertTrue((ROOT / word).exists(), word)
                if "_test.py " in command:
                    suite = importlib.import_module(pathlib.Path(words[0]).stem)
                    found = unittest.defaultTestLoader.loadTestsFromName(shlex.split(command)[-1], suite)
                    self.assertTrue(found.countTestCases())

    def test_imports_are_those_of_the_examples(self):
        """Carried out by examples_test.py, with the id that the page names."""
        for path, command in commands():
            if command.startswith("terraform import "):
                with self.subTest(command):
                    self.assertEqual(command.split()[2], f"{path.stem}.example")

    def test_state_moves_over_and_back(self):
        (move,) = {c for c in self.named("terraform") if "replace-provider" in c}
        *_, theirs, ours = shlex.split(move)
        s = self.folder(main__tf=blocks_of("hcl")[0][1])
        self.ok(s.apply())
        before = s.state()
        for old, new in ((ours, theirs), (theirs, ours)):
            self.ok(s.run("state", "replace-provider", "-auto-approve", old, new))
        self.assertEqual(s.state(), before)
        self.no_changes(s)

    def test_commands_of_terraform_exist(self):
        known = subprocess.run([TERRAFORM, "-help"], capture_output=True, text=True).stdout
        for command in self.named("terraform"):
            self.assertRegex(known, rf"(?m)^  {command.split()[1]}\b", command)

    def test_tenon_does_what_it_is_asked_after_the_apply_that_readme_shows(self):
        before = moto().get("/tenon/leftovers")
        s = self.folder(main__tf=blocks_of("hcl")[0][1])
        self.ok(s.apply())
        for command in self.named("tenon"):
            with self.subTest(command):
                words = [str(TENON), *shlex.split(command)[1:]]
                if command == "tenon engine":
                    self.runs_until_it_is_stopped(words, s.env)
                    continue
                cwd = ROOT if "examples/" in command else s.dir
                done = subprocess.run(words, env=s.env, cwd=cwd, capture_output=True, text=True, timeout=HANG_S)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout or command.startswith("tenon engine"), command)
                if command == "tenon status":
                    self.looks_as_shown(done.stdout)
        self.leaves_nothing(s, before)

    def looks_as_shown(self, status):
        """The same columns and words; types, places and prices move with the market."""
        def shape(text):
            return [re.sub(r"[a-z]\S*-\d\w|[\w-]+\.\w+|[\d.]+", "_", re.sub(r" +", " ", line)).strip() for line in text.splitlines()]
        (shown,) = [text for _, text in blocks_of("status")]
        self.assertEqual(shape(status)[0], shape(shown)[0])
        self.assertEqual(shape(status)[-1], shape(shown)[-1])
        self.assertEqual(len(shape(status)), len(shape(shown)))

    def runs_until_it_is_stopped(self, words, env):
        engine = subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True)
        self.addCleanup(engine.kill)
        said = engine.stderr.readline()  # it owns the cluster now
        engine.send_signal(signal.SIGTERM)
        said += engine.communicate(timeout=HANG_S)[1]
        self.assertEqual(engine.returncode, 0, said)


class Readme(ExampleCase):
    def test_what_readme_shows_applies_as_printed(self):
        (shown,) = [text for path, text in blocks_of("hcl") if path.name == "README.md"]
        before = moto().get("/tenon/leftovers")
        s = self.folder(main__tf=shown)
        self.applies_and_settles(s)
        self.leaves_nothing(s, before)


if __name__ == "__main__":
    main()
