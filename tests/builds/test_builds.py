"""What `make` does on machines that are not this one: another compiler, another user, another folder, no git.

A played compiler writes its own name into what it "makes", so that a whole build takes a second."""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = "build/release/terraform-provider-tenon"
ONE = "build/debug/engine/base/rng.o"
A_COMPILER = """#!/bin/sh
for a; do
    case $a in -dump*) echo 1; exit;; esac
    [ "$a" != -Werror ] || strict=yes
    [ "${last:-}" != -o ] || out=$a
    last=$a
done
WARNS
echo "$0" >"$out"
"""
WARNS = """
case "$*" in *rng.c*) echo "rng.c: warning: a thing that nobody has met" >&2; [ -z "${strict:-}" ] || exit 1;; esac
"""


def copy_of_the_tree(case):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tenon-builds-"))
    case.addCleanup(shutil.rmtree, folder)
    folder.chmod(0o755)
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns("build", ".git", "__pycache__"))
    return tree


def run(tree, *command, **more):
    env = {k: v for k, v in os.environ.items() if k not in ("STRICT", "MAKEFLAGS", "MAKELEVEL", "CC", "OUT", "VERSION")}
    env.update(more.pop("env", {}))
    return subprocess.run(command, cwd=tree, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


class Tree(unittest.TestCase):
    def setUp(self):
        self.tree = copy_of_the_tree(self)

    def compiler(self, name, warns=""):
        path = self.tree.parent / name
        path.write_text(A_COMPILER.replace("WARNS", warns))
        path.chmod(0o755)
        return path

    def make(self, *arguments, **more):
        return run(self.tree, "make", *arguments, **more)

    def ok(self, result):
        self.assertEqual(result.returncode, 0, result.stdout)
        return result.stdout

    def one_line(self, result, *texts):
        """It failed; what make itself adds about that is left out."""
        self.assertNotEqual(result.returncode, 0, result.stdout)
        said = [line for line in result.stdout.splitlines() if not line.startswith(("make: ***", "make[1]: ***"))]
        self.assertEqual(len(said), 1, result.stdout)
        for text in texts:
            self.assertIn(text, said[0])


class Compilers(Tree):
    def test_another_compiler_builds_everything_anew_and_the_same_builds_nothing(self):
        first, second = self.compiler("first-cc"), self.compiler("second-cc")
        self.ok(self.make(f"CC={first}", ONE))
        self.assertNotIn("CC ", self.ok(self.make(f"CC={first}", ONE)))
        self.assertIn("CC   engine/base/rng.c", self.ok(self.make(f"CC={second}", ONE)))
        self.assertEqual((self.tree / ONE).read_text(), f"{second}\n")

    def test_other_flags_build_anew(self):
        compiler = self.compiler("cc")
        self.ok(self.make(f"CC={compiler}", ONE))
        self.assertIn("rng.c", self.ok(self.make(f"CC={compiler}", "flags.debug=-O0", ONE)))

    def test_a_warning_that_nobody_has_met_fails_no_build(self):
        compiler = self.compiler("cc", WARNS)
        self.assertIn("warning: a thing", self.ok(self.make(f"CC={compiler}", ONE)))

    def test_a_warning_fails_where_strict_is_said_though_the_object_is_there(self):
        compiler = self.compiler("cc", WARNS)
        self.ok(self.make(f"CC={compiler}", ONE))
        again = self.make(f"CC={compiler}", "STRICT=1", ONE)
        self.assertNotEqual(again.returncode, 0, again.stdout)
        self.assertIn("warning: a thing", again.stdout)

    def test_check_is_strict_and_what_users_call_is_not(self):
        strict = r"-Wundef .* -Werror .*-c -o"  # of a compilation: lint formats under another -Werror
        self.assertRegex(self.ok(self.make("-n", "V=1", "check")), strict)
        for goal in ("all", "release", "unit", "demo", "install"):
            self.assertNotRegex(self.ok(self.make("-n", "V=1", goal)), strict)


class BareMachines(Tree):
    def path_with(self, *tools):
        folder = self.tree.parent / "bin"
        folder.mkdir()
        for tool in ("sh", "find", "mkdir", "id", "cat", "date", "dirname", "uname", "sed", *tools):
            (folder / tool).symlink_to(shutil.which(tool))
        return {"PATH": str(folder)}

    def test_a_build_without_a_compiler_says_what_installs_one(self):
        make = shutil.which("make")
        self.one_line(run(self.tree, make, ONE, env=self.path_with()), "there is no gcc", "make deps")

    def test_a_build_without_a_library_names_it(self):
        env = self.path_with("gcc", "protoc", "protoc-gen-c", "make")
        pkg_config = self.tree.parent / "bin/pkg-config"
        pkg_config.write_text('#!/bin/sh\n[ "$*" != "--exists expat" ]\n')
        pkg_config.chmod(0o755)
        self.one_line(self.make(ONE, env=env), "missing: expat", "make deps")

    def test_installing_gets_what_building_needs_first(self):
        (self.tree / "deploy/deps").write_text('#!/bin/sh\necho "deps: $*"; exit 1\n')
        self.one_line(self.make("install"), "deps: build")

    def test_a_demo_builds_after_what_building_needs_is_there_even_side_by_side(self):
        (self.tree / "deploy/deps").write_text("#!/bin/sh\nsleep 0.2; exit 1\n")
        self.assertNotIn("CC ", self.make("-j4", "demo").stdout)


@unittest.skipUnless(os.geteuid() == 0, "plays another user")
class Users(Tree):
    NOBODY = pwd.getpwnam("nobody")

    def setUp(self):
        super().setUp()
        for path in [self.tree, *self.tree.rglob("*")]:
            os.chown(path, self.NOBODY.pw_uid, self.NOBODY.pw_gid, follow_symlinks=False)

    def as_user(self, *command):
        return run(self.tree, *command, user=self.NOBODY.pw_uid, group=self.NOBODY.pw_gid, extra_groups=[])

    def test_what_root_has_built_is_one_line_to_a_user(self):
        compiler = self.compiler("cc")
        self.ok(self.make(f"CC={compiler}", ONE))
        self.one_line(self.as_user("make", f"CC={compiler}", ONE), "nobody may not write build/debug", "chown -R nobody build")

    def test_root_formats_and_checks_all_files_of_a_users_clone(self):
        run(self.tree, "git", "init", "-q", user=self.NOBODY.pw_uid)
        files = self.ok(self.make("-s", "fmt", "clang_format=echo"))
        self.assertGreater(len(files.split()), 300)

    def test_a_clone_without_files_is_no_success(self):
        for folder in ("engine", "provider", "go-plugin-shim", "tests"):
            shutil.rmtree(self.tree / folder)
        self.assertNotEqual(self.make("fmt", "clang_format=true").returncode, 0)

    def test_root_knows_the_version_of_a_users_clone(self):
        user = ("git", "-c", "user.name=n", "-c", "user.email=e")
        for command in (("git", "init", "-q"), (*user, "commit", "-q", "--allow-empty", "-m", "1"),
                        (*user, "commit", "-q", "--allow-empty", "-m", "2")):
            self.ok(self.as_user(*command))
        self.assertEqual(self.ok(run(self.tree, "deploy/version")), "0.1.2\n")


class Versions(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tenon-version-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.tree = self.folder / "tree"
        (self.tree / "deploy").mkdir(parents=True)
        shutil.copy(ROOT / "deploy/version", self.tree / "deploy/version")
        shutil.copy(ROOT / ".gitattributes", self.tree)

    def git(self, *arguments):
        dated = {"GIT_COMMITTER_DATE": "2026-11-30T09:15:00Z", "GIT_AUTHOR_DATE": "2026-11-30T09:15:00Z"}
        result = run(self.tree, "git", "-c", "user.name=n", "-c", "user.email=e", *arguments, env=dated)
        self.assertEqual(result.returncode, 0, result.stdout)

    def commits(self, count):
        if not (self.tree / ".git").exists():
            self.git("init", "-q")
            self.git("add", ".")
        for i in range(count):
            self.git("commit", "-q", "--allow-empty", "-m", str(i))

    def version(self, tree=None):
        return run(tree or self.tree, "deploy/version").stdout.strip()

    def test_each_commit_has_the_next_version(self):
        self.commits(2)
        self.assertEqual(self.version(), "0.1.2")
        self.commits(1)
        self.assertEqual(self.version(), "0.1.3")

    def test_a_tag_begins_a_count(self):
        self.commits(3)
        self.git("tag", "v0.2.0")
        self.assertEqual(self.version(), "0.2.0")
        self.commits(2)
        self.assertEqual(self.version(), "0.2.2")
        self.git("tag", "v1.4.10")
        self.commits(1)
        self.assertEqual(self.version(), "1.4.11")

    def test_a_shallow_clone_has_the_date_where_it_cannot_count(self):
        self.commits(3)
        run(self.folder, "git", "clone", "-q", "--depth", "1", f"file://{self.tree}", "shallow")
        self.assertEqual(self.version(self.folder / "shallow"), "0.1.202611300915")

    def test_an_archive_has_the_date_of_its_commit(self):
        self.commits(1)
        self.git("archive", "--prefix=unpacked/", "-o", "../archive.tar", "HEAD")
        run(self.folder, "tar", "-xf", "archive.tar")
        self.assertEqual(self.version(self.folder / "unpacked"), "0.1.202611300915")

    def test_a_copy_without_anything_has_a_version_too(self):
        self.assertEqual(self.version(), "0.1.0")

    def test_a_copy_inside_of_another_repository_has_not_its_version(self):
        run(self.folder, "git", "init", "-q")
        run(self.folder, "git", "-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "--allow-empty", "-m", "x")
        self.assertEqual(self.version(), "0.1.0")


class Bytes(unittest.TestCase):
    def test_two_folders_make_the_same_executable(self):
        version = f"VERSION={run(ROOT, 'deploy/version').stdout.strip()}"
        compiler = f"CC={os.environ.get('CC', 'gcc')}"
        tree = copy_of_the_tree(self)
        for folder in (ROOT, tree):
            built = run(folder, "make", f"-j{os.cpu_count()}", "release", version, compiler)
            self.assertEqual(built.returncode, 0, built.stdout)
        self.assertTrue((ROOT / BUILT).read_bytes() == (tree / BUILT).read_bytes(), "the bytes differ")


if __name__ == "__main__":
    unittest.main()
