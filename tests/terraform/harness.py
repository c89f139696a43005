"""Real terraform, our provider, moto over HTTP: what every acceptance test stands on.

A test makes a Stack (a folder of its own, a name prefix of its own, one moto for the whole run) and drives it as a
user would.  Nothing is mocked; faults are asked of tests/moto/start through its control surface.
"""
import io
import json
import multiprocessing
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import uuid
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing.util import Finalize

ROOT = pathlib.Path(__file__).resolve().parents[2]
TERRAFORM = subprocess.run([ROOT / "deploy/terraform"], stdout=subprocess.PIPE, text=True).stdout.strip() or "terraform"
BINARY = pathlib.Path(os.environ.get("TENON_BINARY", ROOT / "build/release/terraform-provider-tenon"))
IS_TOFU = pathlib.Path(TERRAFORM).name == "tofu"
SOURCE = "oko-investments/tenon"
REGISTRY = f"registry.{'opentofu.org' if IS_TOFU else 'terraform.io'}"
PROVIDER = f"{REGISTRY}/{SOURCE}"
CLUSTER = "test-eks"
ACCOUNT = "123456789012"
REGION = "us-east-1"
# Ends what hangs.  No measure: far above what anything here takes on a machine that others keep busy.
HANG_S = 600


class Moto:
    """tests/moto/start on a free port.  It ends with this process, whatever ends that."""

    def __init__(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        python = ROOT / "build/venv/bin/python"
        command = [str(ROOT / "tests/moto/start"), "--port", str(self.port), "--seed-cluster", CLUSTER,
                   "--with-parent"]
        if python.exists():
            command.insert(0, str(python))
        with tempfile.TemporaryFile() as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
            if not self.serves():
                raise RuntimeError(f"moto did not start: {os.pread(log.fileno(), 100000, 0).decode()[-2000:]}")

    def serves(self):
        deadline = time.monotonic() + HANG_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.get("/tenon/requests")
                return True
            except OSError:
                time.sleep(0.1)
        return False

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=HANG_S) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.strip() else None

    def get(self, path):
        return self.call("GET", path)

    @lru_cache  # a client takes longer to make than to use
    def aws(self, service, **parameters):
        """An AWS call behind Terraform's back: boto3 is moto's own dependency."""
        import boto3

        return boto3.client(service, region_name=REGION, endpoint_url=self.url, aws_access_key_id="test",
                            aws_secret_access_key="test", **parameters)

    def instances(self, cluster=CLUSTER, states=("pending", "running")):
        pages = self.aws("ec2").get_paginator("describe_instances").paginate(Filters=[
            {"Name": "tag:tenon.dev/cluster", "Values": [cluster]},
            {"Name": "instance-state-name", "Values": list(states)}])
        return [i for page in pages for r in page["Reservations"] for i in r["Instances"]]

    def stop(self):
        self.process.terminate()
        self.process.wait(HANG_S)
        self.process.stdin.close()


_moto = None


def moto():
    global _moto
    if _moto is None:
        _moto = Moto()
        Finalize(None, _moto.stop, exitpriority=0)  # also where atexit is not heeded: in a process of a pool
    return _moto


class Result:
    def __init__(self, process, stdout, stderr):
        self.code, self.out, self.err = process.returncode, stdout, stderr
        self.text = re.sub(r"\x1b\[[0-9;]*m", "", stdout + stderr)
        # Diagnostics are drawn in a box and wrapped: one line of text for assertions.
        self.flat = re.sub(r"[\s│╷╵]+", " ", self.text)


class Stack:
    """One Terraform working directory."""

    def __init__(self, source, provider=None, **variables):
        self.prefix = "t" + uuid.uuid4().hex[:8]
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="tenon-tf-"))
        self.variables = variables
        self.store = self.dir / "store.db"
        config = self.dir / "cli.tfrc"
        config.write_text(f'provider_installation {{\n  dev_overrides {{\n    "oko-investments/tenon" = "{BINARY.parent}"\n    "oko-investments/aws" = "{BINARY.parent}"\n  }}\n  direct {{}}\n}}\n')
        self.env = dict(os.environ, TF_CLI_CONFIG_FILE=str(config), TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1",
                        AWS_EC2_METADATA_DISABLED="true", XDG_STATE_HOME=str(self.dir / "state"))
        for name in list(self.env):
            if name.startswith(("AWS_ACCESS", "AWS_SECRET", "AWS_SESSION", "AWS_PROFILE", "TF_LOG")):
                del self.env[name]
        self.write("_provider.tf", provider if provider is not None else self.provider())
        self.write("main.tf", source)

    def provider(self, extra=""):
        return PROVIDER_BLOCK.replace("EXTRA", extra)

    def write(self, name, text):
        text = text.replace("PREFIX", self.prefix).replace("ENDPOINT", moto().url).replace("STORE", str(self.store))
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def start(self, *arguments, **env):
        flags = [] if arguments[-1].endswith(".bin") else ["-no-color"]  # nothing may follow a plan file
        return subprocess.Popen([TERRAFORM, *arguments, *flags], cwd=self.dir, env=dict(self.env, **env), text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                start_new_session=True)

    def run(self, *arguments, timeout=HANG_S, **env):
        process = self.start(*arguments, **env)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(f"terraform {arguments} hung for {timeout} s:\n{out}{err}")
        return Result(process, out, err)

    def validate(self):
        return self.run("validate")

    def plan(self, *more):
        """0: no changes, 2: changes, 1: error."""
        return self.run("plan", "-input=false", "-detailed-exitcode", *more)

    def apply(self, *more, **env):
        return self.run("apply", "-input=false", "-auto-approve", *more, **env)

    def destroy(self, *more):
        return self.run("destroy", "-input=false", "-auto-approve", *more)

    def actions(self, *more):
        """Planned actions by address: {"aws_sqs_queue.q": ["update"]}."""
        plan = self.plan("-out=plan.bin", *more)
        assert plan.code in (0, 2), plan.text
        shown = json.loads(self.run("show", "-json", "plan.bin").out)
        return {c["address"]: c["change"]["actions"] for c in shown.get("resource_changes", [])
                if c["change"]["actions"] != ["no-op"]}

    def state(self):
        """Attributes by address."""
        shown = json.loads(self.run("show", "-json").out)
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {r["address"]: r["values"] for r in resources}

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


PROVIDER_BLOCK = """
terraform {
  required_providers {
    aws = { source = "oko-investments/tenon" }
  }
}
provider "aws" {
  region     = "us-east-1"
  access_key = "test"
  secret_key = "test"
  endpoints {
    iam     = "ENDPOINT"
    sts     = "ENDPOINT"
    sqs     = "ENDPOINT"
    events  = "ENDPOINT"
    ec2     = "ENDPOINT"
    ssm     = "ENDPOINT"
    eks     = "ENDPOINT"
    pricing = "ENDPOINT"
  }
  EXTRA
}
"""


def knows_identities():
    """Terraform does from 1.12 on."""
    said = json.loads(subprocess.run([TERRAFORM, "version", "-json"], stdout=subprocess.PIPE, text=True).stdout)["terraform_version"]
    return not IS_TOFU and tuple(int(n) for n in said.split("-")[0].split(".")[:2]) >= (1, 12)


def crowding():
    """How many times longer than alone a busy process takes now: 1 on a machine that nobody else uses."""
    began, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.1:
        pass
    return max(1, (time.monotonic() - began) / (time.process_time() - used))


class TestCase(unittest.TestCase):
    maxDiff = None

    def soon(self, began, seconds):
        """So long and no longer since then, on a machine of our own; where others use it too, as much longer as all takes."""
        took, crowded = time.monotonic() - began, crowding()
        self.assertLess(took, seconds * crowded, f"all takes {crowded:.1f} times as long as alone")

    def stack(self, source, **more):
        s = Stack(source, **more)
        self.addCleanup(s.remove)
        self.addCleanup(self.tidy, s)
        return s

    def tidy(self, stack):
        """Whatever a test left is destroyed, so that tests do not see each other; faults are taken back first."""
        self.no_faults()
        if (stack.dir / "terraform.tfstate").exists():
            stack.destroy()

    def fault(self, service, operation, times=1, **how):
        """From now on the stand-in does this to that call (tests/moto/stand_in/faults.py); times=None: to every one."""
        moto().call("POST", "/tenon/faults", [dict(service=service, operation=operation, times=times, **how)])

    def no_faults(self):
        moto().call("DELETE", "/tenon/faults")

    def wait_for_line(self, process, text):
        """Reads what it prints until then."""
        for line in process.stdout:
            if text in line:
                return
        self.fail(f"it ended and never said {text!r}")

    def calls(self, operation):
        return sum(r["operation"] == operation for r in moto().get("/tenon/requests"))

    def wait_until(self, what, seconds=HANG_S):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if what():
                return
            time.sleep(0.3)
        self.fail(f"did not happen in {seconds} s")

    def ok(self, result):
        self.assertEqual(result.code, 0, result.text)
        return result

    def no_changes(self, stack):
        result = stack.plan()
        self.assertEqual(result.code, 0, result.text)
        return result

    def applies_and_settles(self, stack):
        self.ok(stack.apply())
        self.no_changes(stack)

    def refused(self, result, *texts):
        self.assertEqual(result.code, 1, result.text)
        for text in texts:
            self.assertIn(text, result.flat)


def run_alone(name):
    """One test: (how many failed or were skipped in it, seconds, what unittest said)."""
    said, began = io.StringIO(), time.monotonic()
    result = unittest.TextTestRunner(said, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromName(name, sys.modules["__main__"]))
    bad = len(result.failures) + len(result.errors)
    return bad, len(result.skipped), time.monotonic() - began, said.getvalue()


def run_side_by_side(processes):
    """All tests, each process with a moto of its own: a line a test as they end, then all that is said of the failed."""
    suites = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    names = [test.id().removeprefix("__main__.") for suite in suites for test in suite]
    passed = failed = 0
    failures = []
    with ProcessPoolExecutor(min(processes, len(names)), multiprocessing.get_context("fork")) as pool:
        runs = {pool.submit(run_alone, name): name for name in names}
        for run in as_completed(runs):
            bad, skipped, seconds, said = run.result()
            passed, failed = passed + (not bad and not skipped), failed + bool(bad)
            print(f"{'FAILED' if bad else 'skipped' if skipped else 'ok':8}{seconds:6.1f} s  {runs[run]}", flush=True)
            if bad:
                failures.append(said)
    print("".join(["\n", *failures]))
    return passed, failed


def run_named():
    """The tests of the command line, or all, in this process."""
    result = unittest.main(module="__main__", exit=False, verbosity=2).result
    bad = len(result.failures) + len(result.errors)
    return result.testsRun - bad - len(result.skipped), bad


def main(processes=os.cpu_count()):
    """Runs the tests and ends with the line that the runner adds up."""
    passed, failed = run_side_by_side(processes) if len(sys.argv) == 1 and processes > 1 else run_named()
    print(f"{passed} passed, {failed} failed")
    raise SystemExit(0 if passed and not failed else 1)
