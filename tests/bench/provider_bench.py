"""Figures of the provider, beside those of hashicorp/aws 5.100.0 where its executable is at hand.

    make bench                                     both benchmarks, this one last
    build/venv/bin/python tests/bench/provider_bench.py [--quick] [--rounds N] [--peer-rounds N] [--no-peer]

Prints a table and puts them into build/bench.json, a flat object {"name": number}; the peer's figures end in _hashicorp and
are left out without it.  The peer is looked for in TENON_PEER (the path of its executable), then unpacked in the
folders in which terraform itself looks for mirrors (those of its CLI configuration, ./terraform.d/plugins,
~/.terraform.d/plugins, $XDG_DATA_HOME and $XDG_DATA_DIRS), then in /opt/*.  Nothing is downloaded.

Real terraform, or tofu (what deploy/terraform finds), runs both providers through dev_overrides against
tests/moto/start (which keeps connections, as AWS does), turn and turn about, so that what else the machine does falls
on both.  Each figure is the median of its rounds; the table says of how many.

  provider_start_ms      from before exec to the whole handshake line, started as terraform starts it, with mutual TLS
  provider_peak_rss_mb   the largest resident set that any provider process had: at the seed's plan, apply and destroy
                         and at the plan over 500 resources (VmHWM; shared pages of libraries count in full)
  provider_anon_rss_mb   the same of its anonymous part (RssAnon, looked at about every 2 ms: heap, stacks, and the
                         pages of libraries that the dynamic linker had to write to)
  validate_seed_ms       terraform validate of examples/karpenter-module, the whole command
  plan_seed_ms           terraform plan of it before anything exists
  noop_seed_ms           terraform plan of it once applied: refresh, no changes
  apply_seed_s, destroy_seed_s
  noop_500_s             terraform plan without changes over 500 resources, in equal parts roles, policies,
                         attachments, queues, rules and targets
  noop_500_cpu_s         CPU that the provider's processes used in it: user and system, as the kernel counted it for
                         terraform's children (10 ms steps), so it includes their start
  executable_mb          size of the stripped executable

The static executable takes part where `make static` has built it; its figures have _static before their unit.

MB are 10^6 bytes.  The 500 resources are made once, by Tenon; the peer plans over the same objects with the same
state, whose provider address alone is changed, and is only measured if it too finds nothing to change.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/terraform"))
import harness  # noqa: E402

SEED = ROOT / "examples/karpenter-module"
PEER = "registry.terraform.io/hashicorp/aws"
PEER_VERSION = "5.100.0"
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_EVERY_S = 0.002

# Public, of a key that nobody kept: before the handshake the provider only reads it.
HOST_CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgIUDHiBzVuZbotiNBJPiw4TWTN0miMwCgYIKoZIzj0EAwIw
JDEOMAwGA1UECgwFVGVub24xEjAQBgNVBAMMCWxvY2FsaG9zdDAgFw0yNjExMjUw
ODE4MjRaGA8yMTI2MTEwMTA4MTgyNFowJDEOMAwGA1UECgwFVGVub24xEjAQBgNV
BAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKNyvmZwd5E4
uPaiBy4VAlXRw/+ENxUkC2lFDPw6CX/MrMSqNATFT1u+OxxZ+GbUkm7so1+/PIyQ
8/yInvzlB2yjaTBnMB0GA1UdDgQWBBRIJm556FKOmQ08GYYqmJzNLlOzeDAfBgNV
HSMEGDAWgBRIJm556FKOmQ08GYYqmJzNLlOzeDAPBgNVHRMBAf8EBTADAQH/MBQG
A1UdEQQNMAuCCWxvY2FsaG9zdDAKBggqhkjOPQQDAgNJADBGAiEArZLfPTNujRDL
QJ+Xml3/fVQCvmgkusD28HXawXXhQCwCIQDxTPYz0ruKgm3+v+E+qBhIq/QKXR2v
Tl/iWsMYKnvSfQ==
-----END CERTIFICATE-----
"""

# name, unit shown, the bound that Tenon promises (None: none), and whether that bound is a share of the peer's figure.
FIGURES = [
    ("provider_start_ms", "ms", 20, False),
    ("provider_peak_rss_mb", "MB", 28, False),
    ("provider_anon_rss_mb", "MB", 6, False),
    ("validate_seed_ms", "ms", None, False),
    ("plan_seed_ms", "ms", 500, False),
    ("noop_seed_ms", "ms", None, False),
    ("apply_seed_s", "s", 0.1, True),
    ("destroy_seed_s", "s", 0.1, True),
    ("noop_500_s", "s", None, False),
    ("noop_500_cpu_s", "s", 0.5, False),
    ("executable_mb", "MB", 4, False),
]

MODULE_500 = """
variable "prefix" { type = string }
locals {
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage", "sqs:ReceiveMessage"], Resource = "*" }]
  })
}
resource "aws_iam_role" "r" {
  count = 84
  name  = "${var.prefix}-${count.index}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
  tags = { Project = "figures", Index = tostring(count.index) }
}
resource "aws_iam_policy" "p" {
  count  = 84
  name   = "${var.prefix}-${count.index}"
  policy = local.document
}
resource "aws_iam_role_policy_attachment" "a" {
  count      = 83
  role       = aws_iam_role.r[count.index].name
  policy_arn = aws_iam_policy.p[count.index].arn
}
resource "aws_sqs_queue" "q" {
  count                     = 83
  name                      = "${var.prefix}-${count.index}"
  message_retention_seconds = 300
  sqs_managed_sse_enabled   = true
  tags                      = { Project = "figures", Index = tostring(count.index) }
}
resource "aws_cloudwatch_event_rule" "e" {
  count         = 83
  name          = "${var.prefix}-${count.index}"
  description   = "one of many"
  event_pattern = jsonencode({ source = ["aws.ec2"], detail-type = ["EC2 Spot Instance Interruption Warning"] })
}
resource "aws_cloudwatch_event_target" "t" {
  count     = 83
  rule      = aws_cloudwatch_event_rule.e[count.index].name
  target_id = "queue"
  arn       = aws_sqs_queue.q[count.index].arn
}
"""

PROVIDER = """
terraform {
  required_providers {
    aws = { source = "SOURCE" }
  }
}
provider "aws" {
  region     = "us-east-1"
  access_key = "test"
  secret_key = "test"
  endpoints {
    iam    = "ENDPOINT"
    sts    = "ENDPOINT"
    sqs    = "ENDPOINT"
    events = "ENDPOINT"
  }
}
"""


# The two sides.


class Side:
    """One provider: its executable alone in a folder that dev_overrides can name, and what was measured of it."""

    def __init__(self, label, source, executable, kind=""):
        self.label, self.source, self.executable, self.kind = label, source, executable, kind
        self.samples = {}

    @property
    def is_peer(self):
        return self.kind == "hashicorp"

    def figure(self, name):
        """What one of FIGURES is called in build/bench.json: provider_start_ms_hashicorp, provider_start_static_ms."""
        if self.kind == "static":
            what, unit = name.rsplit("_", 1)
            return f"{what}_static_{unit}"
        return f"{name}_{self.kind}" if self.kind else name

    def note(self, name, value):
        self.samples.setdefault(name, []).append(value)

    def median(self, name):
        return statistics.median(self.samples[name]) if name in self.samples else None


def stripped(executable, folder):
    """As `make install` puts it there."""
    copy = folder / "terraform-provider-tenon"
    copy.parent.mkdir()
    subprocess.run(["strip", "-o", copy, executable], check=True)
    return copy


def mirror_folders():
    """Where terraform looks for provider packages, and /opt/*."""
    home, env = pathlib.Path.home(), os.environ
    for config in [env.get("TF_CLI_CONFIG_FILE"), home / ".terraformrc"]:
        if config and pathlib.Path(config).is_file():
            text = pathlib.Path(config).read_text()
            yield from re.findall(r'^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"', text, re.M)
    if env.get("TF_PLUGIN_CACHE_DIR"):
        yield env["TF_PLUGIN_CACHE_DIR"]
    yield from [ROOT / "terraform.d/plugins", home / ".terraform.d/plugins"]
    data = [env.get("XDG_DATA_HOME") or home / ".local/share"]
    data += (env.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    yield from [pathlib.Path(d) / "terraform/plugins" for d in data]
    yield from sorted(pathlib.Path("/opt").glob("*"))


def find_peer():
    if os.environ.get("TENON_PEER"):
        return pathlib.Path(os.environ["TENON_PEER"]).resolve()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    for folder in mirror_folders():
        package = pathlib.Path(folder) / PEER / PEER_VERSION / f"linux_{machine}"
        for executable in sorted(package.glob("terraform-provider-aws*")):
            if os.access(executable, os.X_OK):
                return executable
    return None


# A terraform command, and what its providers used.


class Watcher(threading.Thread):
    """The largest resident sets among terraform's children that run `executable`."""

    def __init__(self, terraform, executable):
        super().__init__(daemon=True)
        self.terraform, self.executable = terraform, str(executable)
        self.peak_kb = self.anon_kb = 0
        self.ended = threading.Event()

    def children(self):
        found = set()
        for task in pathlib.Path(f"/proc/{self.terraform}/task").glob("*/children"):
            try:
                found.update(task.read_text().split())
            except OSError:
                pass  # that thread has ended
        return found

    def look_at(self, child):
        try:
            if os.readlink(f"/proc/{child}/exe") != self.executable:
                return  # between fork and exec it is terraform still
            with open(f"/proc/{child}/status") as f:
                status = dict(line.split(":", 1) for line in f)
        except OSError:
            return
        if "VmHWM" in status:  # absent once it is a zombie
            self.peak_kb = max(self.peak_kb, int(status["VmHWM"].split()[0]))
            self.anon_kb = max(self.anon_kb, int(status["RssAnon"].split()[0]))

    def run(self):
        while not self.ended.wait(LOOK_EVERY_S):
            for child in self.children():
                self.look_at(child)


class Run:
    def __init__(self, wall_s, cpu_s, peak_kb, anon_kb):
        self.wall_s, self.cpu_s, self.peak_kb, self.anon_kb = wall_s, cpu_s, peak_kb, anon_kb


def cpu_s(pid, children):
    """User and system time of a process; or of the children that it, ended but not yet waited for, had waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = (13, 14) if children else (11, 12)
    return (int(fields[user]) + int(fields[system])) / TICKS


class Workspace:
    """A Terraform working directory of one side."""

    def __init__(self, side, moto, folder, **variables):
        self.side = side
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="stack-", dir=folder))
        config = self.dir / "cli.tfrc"
        config.write_text(f'provider_installation {{\n  dev_overrides {{\n    "{side.source}" = '
                          f'"{side.executable.parent}"\n  }}\n  direct {{}}\n}}\n')
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
        self.env.update(TF_CLI_CONFIG_FILE=str(config), TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1",
                        AWS_EC2_METADATA_DISABLED="true", HOME=str(self.dir), XDG_STATE_HOME=str(self.dir))
        self.env.update({f"TF_VAR_{k}": v for k, v in variables.items()})
        self.write("provider.tf", PROVIDER.replace("SOURCE", side.source).replace("ENDPOINT", moto.url))

    def write(self, name, text):
        (self.dir / name).write_text(text)

    def run(self, *arguments, expect=0):
        with open(self.dir / "output", "wb") as output:
            started = time.monotonic()
            terraform = subprocess.Popen([harness.TERRAFORM, *arguments, "-no-color"], cwd=self.dir, env=self.env,
                                         stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
            watcher = Watcher(terraform.pid, self.side.executable)
            watcher.start()
            os.waitid(os.P_PID, terraform.pid, os.WEXITED | os.WNOWAIT)
            wall_s = time.monotonic() - started
        providers_s = cpu_s(terraform.pid, children=True)
        watcher.ended.set()
        watcher.join()
        if terraform.wait() != expect:
            raise SystemExit(f"{self.side.label}: terraform {arguments[0]} ended with {terraform.returncode}:\n"
                             + (self.dir / "output").read_text()[-4000:])
        return Run(wall_s, providers_s, watcher.peak_kb, watcher.anon_kb)

    def plan(self, expect):
        """0: no changes, 2: changes."""
        return self.run("plan", "-input=false", "-detailed-exitcode", expect=expect)

    def apply(self, *more):
        return self.run("apply", "-input=false", "-auto-approve", *more)

    def destroy(self):
        return self.run("destroy", "-input=false", "-auto-approve")


# What is measured.


def start_ms(executable):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
    env.update(TF_PLUGIN_MAGIC_COOKIE="d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
               PLUGIN_PROTOCOL_VERSIONS="5,6", PLUGIN_MIN_PORT="10000", PLUGIN_MAX_PORT="25000",
               PLUGIN_CLIENT_CERT=HOST_CERTIFICATE)
    started = time.monotonic()
    provider = subprocess.Popen([executable], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
    line = provider.stdout.readline()
    took = time.monotonic() - started
    provider.kill()
    provider.wait()
    if line.count(b"|") < 5 or not line.endswith(b"\n"):
        raise SystemExit(f"{executable} did not shake hands: {line!r}")
    for part in line.split(b"|"):  # a killed server leaves its socket
        if part.startswith(b"/"):
            pathlib.Path(part.decode()).unlink(missing_ok=True)
    return took * 1000


def seed_round(side, moto, folder, number):
    """A life of the seed's module; returns the largest resident sets in it."""
    stack = Workspace(side, moto, folder, project_name=f"p{number}{side.kind}", environment="dev",
                      oidc_provider="oidc.example.com/id/E",
                      oidc_provider_arn="arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/E")
    for file in ("main.tf", "variables.tf"):
        shutil.copy(SEED / file, stack.dir)
    runs = {}
    for name, unit, action in [("validate_seed_ms", 1000, lambda: stack.run("validate")),
                               ("plan_seed_ms", 1000, lambda: stack.plan(expect=2)),
                               ("apply_seed_s", 1, stack.apply),
                               ("noop_seed_ms", 1000, lambda: stack.plan(expect=0)),
                               ("destroy_seed_s", 1, stack.destroy)]:
        runs[name] = action()
        side.note(name, runs[name].wall_s * unit)
    note_memory(side, "seed", runs.values())


def note_memory(side, where, runs):
    side.note(f"peak at {where}", max(r.peak_kb for r in runs) * 1024 / 1e6)
    side.note(f"anon at {where}", max(r.anon_kb for r in runs) * 1024 / 1e6)


class FiveHundred:
    """500 resources that exist, and a working directory a side whose state says so."""

    def __init__(self, sides, moto, folder):
        self.moto = moto
        self.stacks = [Workspace(side, moto, folder, prefix="many") for side in sides]
        for stack in self.stacks:
            stack.write("main.tf", MODULE_500)
        first = self.stacks[0]
        first.apply("-parallelism=30")
        made = (first.dir / "terraform.tfstate").read_text()
        for other in self.stacks[1:]:
            other.write("terraform.tfstate", made.replace(f"{harness.REGISTRY}/{first.side.source}",
                                                          f"{harness.REGISTRY}/{other.side.source}"))

    def round(self, sides):
        for stack in [s for s in self.stacks if s.side in sides]:
            before_s = cpu_s(self.moto.process.pid, children=False)
            run = stack.plan(expect=0)
            stack.side.note("moto_500_cpu_s", cpu_s(self.moto.process.pid, children=False) - before_s)
            stack.side.note("noop_500_s", run.wall_s)
            stack.side.note("noop_500_cpu_s", run.cpu_s)
            note_memory(stack.side, "500", [run])


def memory(side, kind):
    """The larger of the two places, and how often it was looked at there."""
    where = max(("seed", "500"), key=lambda w: side.median(f"{kind} at {w}"))
    side.samples[f"provider_{kind}_rss_mb"] = side.samples[f"{kind} at {where}"]


def measure(sides, moto, folder, arguments):
    turns = [[s for s in sides if number < (arguments.peer_rounds if s.is_peer else arguments.rounds)]
             for number in range(max(arguments.rounds, arguments.peer_rounds))]
    for number, turn in enumerate(turns):
        for side in turn:
            print(f"  seed's module, round {number + 1}: {side.label}", flush=True)
            seed_round(side, moto, folder, number)
    for _ in range(arguments.rounds):
        for side in sides:
            for _ in range(1 if side.is_peer else 4):
                side.note("provider_start_ms", start_ms(side.executable))
    print("  500 resources", flush=True)
    many = FiveHundred(sides, moto, folder)
    for turn in turns:
        many.round(turn)
    for side in sides:
        memory(side, "peak")
        memory(side, "anon")
        side.note("executable_mb", side.executable.stat().st_size / 1e6)


# What is said.


def cell(side, name, unit):
    value = side.median(name)
    if value is None:
        return "-"
    return f"{value:.{0 if unit == 'ms' and value >= 100 else 2}f} ({len(side.samples[name])})"


# What the static executable promises beyond.
STATIC_BOUNDS = {"provider_start_ms": 6, "executable_mb": 16}


def verdict(side, peer, name, bound, of_peer):
    own, others = side.median(name), peer and peer.median(name)
    if side.kind == "static":
        bound, of_peer = STATIC_BOUNDS.get(name), False
    if bound is None or (of_peer and others is None):
        return ""
    limit = bound * others if of_peer else bound
    return f"{'<=' if own <= limit else 'MISSED:'} {limit:.3g}" + (f" ({bound:g} of the peer's)" if of_peer else "")


def show(sides):
    own, peer = [s for s in sides if not s.is_peer], next((s for s in sides if s.is_peer), None)
    heads = "".join(f"{s.label:>20}" for s in sides)
    print(f"\n{'figure (median, of so many)':<28}{heads}{'ratio':>9}  promised")
    for name, unit, bound, of_peer in FIGURES:
        row = f"{name:<28}" + "".join(f"{cell(s, name, unit):>20}" for s in sides)
        ratio = f"{peer.median(name) / own[0].median(name):.1f}" if peer and own[0].median(name) else ""
        said = [verdict(s, peer, name, bound, of_peer) for s in own]
        print(f"{row}{ratio:>9}  {'; static '.join(v for v in said if v)}")

    for side in sides:
        print(f"{side.label}: moto used {side.median('moto_500_cpu_s'):.2f} s of CPU, on one core, during noop_500_s")


def write(sides, path):
    figures = {side.figure(name): round(side.median(name), 3) for side in sides for name, *_ in FIGURES
               if side.median(name) is not None}
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else {}  # the figures of placing
    path.write_text(json.dumps({**known, **figures}, indent=1) + "\n")
    print(f"\nwritten to {path}")


def parse_arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--peer-rounds", type=int, default=3, help="all but starts: the peer's queues wait 25 s by the clock")
    p.add_argument("--quick", action="store_true", help="two rounds, one of the peer")
    p.add_argument("--no-peer", action="store_true")
    p.add_argument("--binary", type=pathlib.Path, default=harness.BINARY)
    p.add_argument("--static", type=pathlib.Path, default=ROOT / "build/static/terraform-provider-tenon")
    p.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench.json")
    arguments = p.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.peer_rounds = 2, 1
    return arguments


def main():
    arguments = parse_arguments()
    if not shutil.which(harness.TERRAFORM):
        raise SystemExit("no terraform or tofu of 1.8 or later is here: make deps installs one")
    peer = None if arguments.no_peer else find_peer()
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        folder = pathlib.Path(folder)
        sides = [Side("tenon", "oko-investments/tenon", stripped(arguments.binary, folder / "tenon"))]
        if arguments.static.exists():
            sides.append(Side("tenon, static", "oko-investments/tenon", stripped(arguments.static, folder / "static"), "static"))
        if peer:
            sides.append(Side("hashicorp/aws", "hashicorp/aws", peer, "hashicorp"))
        print(f"peer: {peer or 'none (TENON_PEER names its executable)'}", flush=True)
        moto = harness.Moto()
        try:
            measure(sides, moto, folder, arguments)
        finally:
            moto.stop()
        show(sides)
        write(sides, arguments.out)


if __name__ == "__main__":
    main()
