"""What two builds of one commit give, in two folders and at two times: the same bytes.

The first is that of `make static` here; the second is made from nothing, without a compiler's cache, with libraries of its
own, in a folder with another name of another length.  It takes as long as such a build, some minutes.

usage: build/venv/bin/python -m unittest tests/dist/test_two_builds.py     after `make static`
"""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXECUTABLE = "build/static/terraform-provider-tenon"


def output(*command, **how):
    return subprocess.run([str(c) for c in command], check=True, text=True, stdout=subprocess.PIPE, **how).stdout


def copy_sources(to):
    """What would be committed of this tree."""
    for name in output("git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name, follow_symlinks=False)


def without_debugging(executable, to):
    """As it is released."""
    subprocess.run(["strip", "-o", to, executable], check=True)
    return to.read_bytes()


class TwoBuilds(unittest.TestCase):
    def test_of_one_commit_are_the_same_bytes(self):
        here = ROOT / EXECUTABLE
        version = output(here, "--version").split()[-1]
        with tempfile.TemporaryDirectory(prefix="tenon-another-folder-with-a-longer-name-") as folder:
            folder = pathlib.Path(folder)
            copy_sources(folder)
            env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "OUT", "BUILD", "CC")}
            made = subprocess.run(["make", "-j", str(os.cpu_count()), f"VERSION={version}", "static"], cwd=folder, text=True,
                                  env=dict(env, CCACHE_DISABLE="1"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(made.returncode, 0, made.stdout[-2000:])
            first, second = (without_debugging(e, folder / n) for n, e in (("1", here), ("2", folder / EXECUTABLE)))
            self.assertEqual((ROOT / "build/libraries/versions").read_text(), (folder / "build/libraries/versions").read_text())
            self.assertTrue(first == second, f"{len(first)} and {len(second)} bytes, of which "
                            f"{sum(a != b for a, b in zip(first, second))} differ")


if __name__ == "__main__":
    unittest.main()
