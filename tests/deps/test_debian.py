"""tests/debian where no root can be had: one line says why, and nothing has failed."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Debian(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="tenon-debian-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.dir.chmod(0o755)
        self.play("id", "echo 0")
        self.play("mine", "exit 0")
        self.play("apt-get", "exit 100")

    def play(self, name, body):
        (self.dir / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.dir / name).chmod(0o755)

    def left_out(self, *why):
        env = {"PATH": f"{self.dir}:/usr/bin:/bin", "HOME": str(self.dir), "TENON_TERRAFORM": str(self.dir / "mine")}
        result = subprocess.run([ROOT / "tests/debian", "trixie"], env=env, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        line, count = result.stdout.splitlines()
        self.assertEqual(count, "0 passed, 0 failed")
        for text in ("debian trixie: left out: ", *why):
            self.assertIn(text, line)

    def test_a_user_is_told_that_it_takes_root(self):
        self.play("id", "echo 1000")
        self.left_out("needs root")

    @unittest.skipIf(shutil.which("debootstrap", path="/usr/bin:/bin"), "debootstrap lies where all tools do")
    def test_a_machine_that_cannot_install_debootstrap_says_so(self):
        self.left_out("debootstrap cannot be installed")

    def test_a_root_that_cannot_be_made_names_the_log_and_is_tried_again(self):
        self.play("debootstrap", "echo E: no mirror; exit 1")
        self.left_out("debootstrap failed", ".cache/tenon/trixie.log")
        self.assertIn("no mirror", (self.dir / ".cache/tenon/trixie.log").read_text())
        self.left_out("debootstrap failed")

    def test_a_machine_that_forbids_mounts_says_so(self):
        self.play("debootstrap", 'mkdir -p "$3/etc" "$3/usr/local/bin"')
        self.play("unshare", "echo unshare: operation not permitted >&2; exit 1")
        self.left_out("cannot be entered here", "not permitted")


if __name__ == "__main__":
    unittest.main()
