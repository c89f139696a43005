"""deploy/deps on machines that are not this one: dpkg, apt-get, sudo and the like are played by small scripts."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ["cat", "chmod", "chown", "cmp", "cut", "dirname", "env", "grep", "id", "install", "mkdir", "printf", "rm", "sed",
         "sh", "sort", "stat", "tr"]


class Deps(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="tenon-deps-"))
        self.addCleanup(shutil.rmtree, self.dir)
        for name in ("deploy/deps", "deploy/terraform", "tests/moto/requirements.txt", "tests/lint/requirements.txt"):
            (self.dir / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.dir / name)
        self.bin = self.dir / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.elsewhere = self.dir / "elsewhere"
        self.elsewhere.mkdir()
        self.said = self.dir / "said"
        self.said.write_text("")
        self.play("dpkg-query", "echo installed")
        self.play("terraform", "echo Terraform v1.11.4")
        self.play("id", "echo 0")
        self.play("apt-get", f'echo "apt-get $*" >>{self.said}')
        self.play("python3", f'echo "python3 $*" >>{self.said}; mkdir -p build/venv/bin; printf "#!/bin/sh\\n" >build/venv/bin/pip; '
                             "chmod +x build/venv/bin/pip")

    def play(self, name, body, folder=None):
        path = (folder or self.bin) / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def run_it(self, *command, **env):
        env = {"PATH": str(self.bin), "HOME": str(self.dir), "TERRAFORM_FOLDERS": str(self.elsewhere), **env}
        return subprocess.run(["/bin/sh", *command], cwd=self.dir, env=env, capture_output=True, text=True)

    def run_deps(self, *arguments):
        return self.run_it("deploy/deps", *arguments)

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
        self.assertIn("terraform or tofu 1.8 or later", last)
        self.assertIn("PATH", last)

    def test_building_needs_neither_terraform_nor_test_tools(self):
        (self.bin / "terraform").unlink()
        self.play("dpkg-query", "exit 1")
        self.assertEqual(self.run_deps("build").returncode, 0)
        said = self.said.read_text()
        self.assertIn(" gcc ", said)
        for word in ("clang", "cmocka", "python3"):
            self.assertNotIn(word, said)

    @unittest.skipUnless(os.geteuid() == 0, "plays root in a user's checkout")
    def test_what_root_makes_in_a_users_checkout_is_the_users(self):
        os.chown(self.dir, 65534, 65534)
        self.assertEqual(self.run_deps().returncode, 0)
        for path in ("build", "build/deps.log", "build/venv", "build/venv/bin/pip"):
            self.assertEqual((self.dir / path).stat().st_uid, 65534, path)

    @unittest.skipUnless(os.geteuid() == 0, "plays another user")
    def test_a_checkout_of_someone_else_is_one_line(self):
        self.dir.chmod(0o755)
        env = {"PATH": str(self.bin), "HOME": str(self.dir)}
        result = subprocess.run(["/bin/sh", "deploy/deps"], cwd=self.dir, env=env, capture_output=True, text=True, user=65534)
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (1, 1), result.stderr)
        self.assertIn("chown", result.stderr)

    def test_packages_that_do_not_install_name_the_log(self):
        self.play("dpkg-query", "exit 1")
        self.play("apt-get", "echo E: no such package; exit 100")
        result = self.run_deps()
        self.assertEqual(result.returncode, 1)
        self.assertIn("build/deps.log", result.stderr)
        self.assertIn("no such package", (self.dir / "build/deps.log").read_text())

    def terraform(self, **env):
        return self.run_it("deploy/terraform", **env).stdout.strip()

    def test_a_newer_terraform_behind_an_old_one_is_taken(self):
        self.play("terraform", "echo Terraform v1.5.7")
        self.play("terraform", "echo Terraform v1.9.0", self.elsewhere)
        self.assertEqual(self.terraform(), str(self.elsewhere / "terraform"))
        later = f"{self.bin}:{self.elsewhere}"
        self.assertEqual(self.terraform(PATH=later, TERRAFORM_FOLDERS=""), str(self.elsewhere / "terraform"))
        self.assertEqual(self.run_deps().returncode, 0)

    def test_opentofu_alone_is_taken(self):
        (self.bin / "terraform").unlink()
        self.play("tofu", "echo OpenTofu v1.8.0")
        self.assertEqual(self.terraform(), str(self.bin / "tofu"))
        self.assertEqual(self.run_deps().returncode, 0)

    def test_opentofu_beside_an_old_terraform_is_taken(self):
        self.play("terraform", "echo Terraform v1.7.9")
        self.play("tofu", "echo OpenTofu v1.10.6")
        self.assertEqual(self.terraform(), str(self.bin / "tofu"))

    def test_what_is_not_recent_is_not_taken(self):
        for said in ("Terraform v1.7.9", "Terraform v0.15.0", "no command found"):
            self.play("terraform", f"echo {said}")
            self.play("tofu", "echo OpenTofu v1.7.0")
            self.assertEqual(self.terraform(), "", said)
        self.play("terraform", "echo Terraform v2.0.1")
        self.assertEqual(self.terraform(), str(self.bin / "terraform"))

    def test_who_names_one_gets_it(self):
        self.play("mine", "exit 1")
        self.assertEqual(self.terraform(TENON_TERRAFORM=str(self.bin / "mine")), str(self.bin / "mine"))


if __name__ == "__main__":
    unittest.main()
