"""A release as `make dist` lays it out: what registries, package managers and shells make of it.

usage: build/venv/bin/python -m unittest discover -s tests/dist     after `make static`
"""
import gzip
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATIC = pathlib.Path(os.environ.get("TENON_STATIC", ROOT / "build/static/terraform-provider-tenon"))
TERRAFORM = subprocess.run([ROOT / "deploy/terraform"], stdout=subprocess.PIPE, text=True).stdout.strip() or "terraform"
FOREIGN = ROOT / "build/static-arm64"  # where `make dist` made one (deploy/cross)
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
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
    """Of this machine's kind, and of the other where it was made."""
    builds = [STATIC.parent] + ([FOREIGN] if FOREIGN.exists() else [])
    parts = subprocess.run([ROOT / "deploy/parts", STATIC.parent / "link.map", ROOT / "build/libraries"], text=True, stdout=subprocess.PIPE)
    (STATIC.parent / "parts.json").write_text(parts.stdout)
    return run(ROOT / "deploy/dist", VERSION, folder, *builds, env=dict(os.environ, SOURCE_DATE_EPOCH="1790000000"))


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
            self.assertEqual(run("dpkg-deb", "-x", self.one(f"*_{ARCH}.deb"), to).returncode, 0)
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
        control = run("dpkg-deb", "-f", self.one(f"*_{ARCH}.deb"), "Depends", "Version").stdout
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
        bill = json.loads(self.one(f"*_{ARCH}.cdx.json").read_text())
        names = {c["name"] for c in bill["components"]}
        self.assertLessEqual({"grpc", "openssl", "curl", "cjson", "glibc", "sqlite3", "c-ares"}, names)
        self.assertTrue(all(c["version"] for c in bill["components"]))
        notices = (self.unpacked() / "usr/share/doc/tenon/NOTICES").read_text()
        for name in names:
            self.assertIn(f"\n{name} ", notices)

    @unittest.skipUnless(FOREIGN.exists(), "none was made for another kind of machine (deploy/cross)")
    def test_the_other_kind_of_machine_has_its_own(self):
        folder = self.folder / "oko-investments/tenon"
        sums = (folder / f"terraform-provider-tenon_{VERSION}_SHA256SUMS").read_text()
        self.assertEqual(len(re.findall(r"_linux_(amd64|arm64)\.zip$", sums, re.M)), 2)
        with zipfile.ZipFile(folder / f"terraform-provider-tenon_{VERSION}_linux_arm64.zip") as archive:
            archive.extract(f"terraform-provider-tenon_v{VERSION}", self.scratch / "arm64")
        executable = self.scratch / f"arm64/terraform-provider-tenon_v{VERSION}"
        header = run("readelf", "--wide", "--file-header", "--program-headers", "--dynamic", executable).stdout
        self.assertIn("AArch64", header)
        self.assertNotIn("(NEEDED)", header)
        self.assertNotIn("INTERP", header)
        self.assertEqual(run("dpkg-deb", "-f", self.one("*_arm64.deb"), "Architecture").stdout.strip(), "arm64")
        if emulator := shutil.which("qemu-aarch64-static"):
            executable.chmod(0o755)
            self.assertIn("tenon ", run(emulator, executable, "version").stdout)

    def test_it_is_no_larger_than_promised(self):
        self.assertLessEqual((self.folder / "tenon").stat().st_size, 16_000_000)


if __name__ == "__main__":
    unittest.main()
