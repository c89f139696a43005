"""deploy/deps on machines that are not this one: dpkg, apt-get, sudo and the like are played by small scripts."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ["cat", "cmp", "cut", "dirname", "env", "grep", "install", "mkdir", "rm", "sed", "sh", "sort"]


class Deps(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="tenon-deps-"))
        self.addCleanup(shutil.rmtree, self.dir)
        for name in ("deploy/deps", "tests/moto/requirements.txt", "tests/lint/requirements.txt"):
            (self.dir / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.dir / name)
        self.bin = self.dir / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.said = self.dir / "said"
        self.said.write_text("")
        self.play("dpkg-query", "echo installed")
        self.play("terraform", "echo Terraform v1.11.4")
        self.play("id", "echo 0")
        self.play("apt-get", f'echo "apt-get $*" >>{self.said}')
        self.play("python3", f'echo "python3 $*" >>{self.said}; mkdir -p build/venv/bin; printf "#!/bin/sh\\n" >build/venv/bin/pip; '
                             "chmod +x build/venv/bin/pip")
        (self.bin / "chmod").symlink_to(shutil.which("chmod"))
        (self.bin / "printf").symlink_to(shutil.which("printf"))

    def play(self, name, body):
        (self.bin / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.bin / name).chmod(0o755)

    def run_deps(self):
        return subprocess.run(["/bin/sh", "deploy/deps"], cwd=self.dir, env={"PATH": str(self.bin)}, capture_output=True, text=True)

    def test_where_all_is_there_nothing_is_done_or_said(self):
        self.assertEqual(self.run_deps().returncode, 0)  # makes the virtual environment
        self.said.write_text("")
        again = self.run_deps()
        self.assertEqual((again.returncode, again.stdout + again.stderr, self.said.read_text()), (0, "", ""))

    def test_root_installs_what_is_missing(self):
        self.play("dpkg-query", 'for last; do :; done; [ "$last" = libyaml-dev ] || echo installed')
        result = self.run_deps()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("apt-get install -y --no-install-recommends libyaml-dev", self.said.read_text())

    def test_who_is_not_root_is_told_and_sudo_is_used(self):
        self.play("id", "echo 1000")
        self.play("dpkg-query", "exit 1")
        self.play("sudo", f'echo "sudo $*" >>{self.said}; "$@"')
        result = self.run_deps()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("needs root", result.stderr)
        self.assertIn("sudo env DEBIAN_FRONTEND=noninteractive apt-get install", self.said.read_text())

    def test_without_sudo_it_says_what_to_do(self):
        self.play("id", "echo 1000")
        self.play("dpkg-query", "exit 1")
        result = self.run_deps()
        self.assertEqual(result.returncode, 1)
        self.assertIn("needs root", result.stderr)
        self.assertIn("as root", result.stderr)
        self.assertEqual(self.said.read_text(), "")

    def test_an_old_terraform_without_its_vendors_repository_is_one_line(self):
        self.play("terraform", "echo Terraform v1.7.5")
        self.play("curl", "exit 6")
        self.play("gpg", "cat >/dev/null")
        result = self.run_deps()
        self.assertEqual(result.returncode, 1)
        last = result.stderr.strip().splitlines()[-1]
        self.assertIn("terraform 1.8 or later", last)
        self.assertIn("PATH", last)

    def test_packages_that_do_not_install_name_the_log(self):
        self.play("dpkg-query", "exit 1")
        self.play("apt-get", "echo E: no such package; exit 100")
        result = self.run_deps()
        self.assertEqual(result.returncode, 1)
        self.assertIn("build/deps.log", result.stderr)
        self.assertIn("no such package", (self.dir / "build/deps.log").read_text())


if __name__ == "__main__":
    unittest.main()
