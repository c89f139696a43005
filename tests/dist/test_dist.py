"""A release as `make dist` lays it out: what registries, package managers and shells make of it.

usage: build/venv/bin/python -m unittest discover -s tests/dist     after `make static`
"""
import gzip
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATIC = pathlib.Path(os.environ.get("TENON_STATIC", ROOT / "build/static/terraform-provider-tenon"))
TERRAFORM = subprocess.run([ROOT / "deploy/terraform"], stdout=subprocess.PIPE, text=True).stdout.strip() or "terraform"
VERSION = "9.8.7"
CONFIGURATION = """
terraform {
  required_providers {
    ours = { source = "oko-investments/tenon" }
    aws  = { source = "oko-investments/aws" }
  }
}
resource "aws_sqs_queue" "q" { name = "x" }
"""


def run(*command, **how):
    return subprocess.run([str(c) for c in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)


def lay_out(folder):
    libraries = ROOT / "build/libraries"
    return run(ROOT / "deploy/dist", STATIC, STATIC.parent / "link.map", libraries, VERSION, folder,
               env=dict(os.environ, SOURCE_DATE_EPOCH="1790000000"))


def files_of(folder):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tenon-dist-"))
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.folder = cls.scratch / "first"
        made = lay_out(cls.folder)
        if made.returncode:
            raise AssertionError(made.stdout)

    def one(self, pattern):
        found = list(self.folder.glob(pattern))
        self.assertEqual(len(found), 1, f"{pattern}: {found}")
        return found[0]

    def unpacked(self):
        to = self.scratch / "unpacked"
        if not to.exists():
            self.assertEqual(run("dpkg-deb", "-x", self.one("*.deb"), to).returncode, 0)
        return to

    def test_two_of_one_commit_are_the_same_bytes(self):
        second = self.scratch / "second"
        self.assertEqual(lay_out(second).returncode, 0)
        self.assertEqual(files_of(self.folder), files_of(second))

    def test_sums_name_the_archives_and_the_manifest(self):
        for kind in ("tenon", "aws"):
            folder = self.folder / "oko-investments" / kind
            sums = folder / f"terraform-provider-{kind}_{VERSION}_SHA256SUMS"
            self.assertEqual(run("sha256sum", "--check", "--strict", sums, cwd=folder).returncode, 0)
            named = {line.split()[1] for line in sums.read_text().splitlines()}
            self.assertEqual(named, {p.name for p in folder.iterdir()} - {sums.name})
            manifest = json.loads((folder / f"terraform-provider-{kind}_{VERSION}_manifest.json").read_text())
            self.assertEqual(manifest, {"version": 1, "metadata": {"protocol_versions": ["6.0"]}})

    def test_terraform_installs_both_addresses_from_it(self):
        mirror, work = self.scratch / "mirror", self.scratch / "work"
        name = "registry.opentofu.org" if pathlib.Path(TERRAFORM).name == "tofu" else "registry.terraform.io"
        shutil.copytree(self.folder / "oko-investments", mirror / name / "oko-investments")
        work.mkdir()
        (work / "main.tf").write_text(CONFIGURATION)
        (work / "cli.tfrc").write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror}" }}\n}}\n')
        env = dict(os.environ, TF_CLI_CONFIG_FILE=str(work / "cli.tfrc"), CHECKPOINT_DISABLE="1")
        for command in ("init", "validate"):
            said = run(TERRAFORM, command, "-no-color", cwd=work, env=env)
            self.assertEqual(said.returncode, 0, said.stdout)
        lock = (work / ".terraform.lock.hcl").read_text()
        self.assertIn(f"{name}/oko-investments/aws", lock)
        self.assertEqual(lock.count(f'"{VERSION}"'), 2)

    def test_the_package_has_the_command_where_shells_and_terraform_look(self):
        root = self.unpacked()
        for link in ("usr/bin/tenon", f"usr/share/terraform/plugins/registry.opentofu.org/oko-investments/tenon/{VERSION}"):
            self.assertTrue((root / link).is_symlink() or (root / link).is_dir(), link)
        target = root / os.readlink(root / "usr/bin/tenon").lstrip("/")
        self.assertIn("tenon ", run(target, "version").stdout)
        control = run("dpkg-deb", "-f", self.one("*.deb"), "Depends", "Version").stdout
        self.assertEqual(control.split(), ["Version:", VERSION])  # it needs no library

    def test_the_manual_is_one_that_man_can_read_and_names_every_option(self):
        page = gzip.decompress((self.unpacked() / "usr/share/man/man1/tenon.1.gz").read_bytes()).decode()
        self.assertTrue(page.startswith(".TH TENON 1 "))
        for line in page.splitlines():
            if line.startswith("."):
                self.assertRegex(line, r"^\.(TH|SH|SS|TP|PP|BR?|I|nf|fi)\b")
        commands = [line.split("\t")[0] for line in run(self.folder / "tenon", "--help=words").stdout.splitlines()]
        self.assertIn("preview", commands)
        for command in commands:
            self.assertIn(f".SS tenon {command}\n", page)
            for line in run(self.folder / "tenon", command, "--help=words").stdout.splitlines():
                self.assertIn(line.split("\t")[0].replace("-", "\\-"), page)

    def completed(self, *words):
        """What bash offers for the last of them."""
        script = ("source <(tenon completion bash); COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _tenon tenon; "
                  "printf '%s\\n' \"${COMPREPLY[@]}\"")
        env = dict(os.environ, PATH=f"{self.folder}:{os.environ['PATH']}")
        said = run("bash", "-c", script, "bash", *words, env=env)
        self.assertEqual(said.returncode, 0, said.stdout)
        return said.stdout.split()

    def test_bash_completes_commands_options_and_values(self):
        self.assertEqual(self.completed("tenon", "pre"), ["preview"])
        self.assertIn("--detailed-exitcode", self.completed("tenon", "preview", "--"))
        self.assertEqual(self.completed("tenon", "preview", "--output", ""), ["table", "json"])
        self.assertEqual(self.completed("tenon", "estimate", "x"), [])  # a file: left to bash

    def test_what_others_made_is_listed_with_its_terms(self):
        bill = json.loads(self.one("*.cdx.json").read_text())
        names = {c["name"] for c in bill["components"]}
        self.assertLessEqual({"grpc", "openssl", "curl", "cjson", "glibc", "sqlite3", "c-ares"}, names)
        self.assertTrue(all(c["version"] for c in bill["components"]))
        notices = (self.unpacked() / "usr/share/doc/tenon/NOTICES").read_text()
        for name in names:
            self.assertIn(f"\n{name} ", notices)

    def test_it_is_no_larger_than_promised(self):
        self.assertLessEqual((self.folder / "tenon").stat().st_size, 16_000_000)


if __name__ == "__main__":
    unittest.main()
