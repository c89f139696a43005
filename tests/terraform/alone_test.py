"""The static executable in roots that hold nothing but it, terraform and a file of certificates: whatever it wanted of
a distribution besides would be missing there.  And in roots of distributions, where something could be in its way.
"""
import http.server
import os
import pathlib
import shlex
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest

import harness
from harness import CLUSTER, HANG_S, ROOT, TERRAFORM, Result, TestCase, moto

STATIC = pathlib.Path(os.environ.get("TENON_STATIC", ROOT / "build/static/terraform-provider-tenon"))

PROVIDER = """
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
    ec2     = "ENDPOINT"
    ssm     = "ENDPOINT"
    pricing = "ENDPOINT"
  }
  cluster = { name = "test-eks", version = "1.31", endpoint = "https://api.test", certificate_authority = "Y2E=", service_cidr = "10.100.0.0/16", manifests = ["k8s"] }
  engine  = { store = "sqlite:/stack/store.db" }
}
"""

QUEUE = 'resource "aws_sqs_queue" "q" { name = "alone" }\n'

FLEET = """
resource "aws_iam_role" "nodes" {
  name = "alone-nodes"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "nodes" {
  name = "alone-nodes"
  role = aws_iam_role.nodes.name
}
resource "tenon_node_class" "default" {
  provider                = aws
  name                    = "default"
  instance_profile        = aws_iam_instance_profile.nodes.name
  subnet_selector         = [{ tags = { "karpenter.sh/discovery" = "test-eks" } }]
  security_group_selector = [{ tags = { "karpenter.sh/discovery" = "test-eks" } }]
}
resource "tenon_node_pool" "default" {
  provider   = aws
  name       = "alone"
  node_class = tenon_node_class.default.name
  limits     = { cpu = "100" }
}
"""

PODS = """apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: i, resources: { requests: { cpu: "1", memory: 1Gi } } }] }
"""


class Root:
    """A folder that is all there is to who runs in it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="tenon-root-"))
        for folder in ("bin", "dev", "etc", "tmp", "stack/k8s"):
            (self.path / folder).mkdir(parents=True)
        shutil.copy(STATIC, self.path / "bin/terraform-provider-tenon")
        shutil.copy(TERRAFORM, self.path / "bin/terraform")
        for device in ("null", "urandom"):
            (self.path / "dev" / device).touch()
        self.write("stack/cli.tfrc", 'provider_installation {\n  dev_overrides { "oko-investments/tenon" = "/bin" }\n  direct {}\n}\n')

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("ENDPOINT", moto().url))

    def run(self, *command, **env):
        """In namespaces of its own, in which anybody may change the root; two devices of this machine are lent."""
        enter = ('for d in null urandom; do mount --bind /dev/$d "$0/dev/$d" || exit 99; done; '
                 'exec chroot "$0" "$@"')
        process = subprocess.Popen(
            ["unshare", "--map-root-user", "--mount", "sh", "-c", enter, str(self.path), *command],
            env=dict({"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "HOME": "/stack", "TF_CLI_CONFIG_FILE": "/stack/cli.tfrc",
                      "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true"}, **env),
            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=HANG_S)
        return Result(process, out, err)

    def terraform(self, command, *flags, **env):
        return self.run("/bin/terraform", "-chdir=/stack", command, *flags, "-no-color", **env)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


# $1: the root; up to --: folders of this machine, which are there under the same names; then the command.  Mounts and root end
# with it, and it keeps the process that the caller knows.
ENTER = """#!/bin/sh
root=$1 here=$PWD
shift
for d in null urandom; do mount --bind /dev/$d "$root/dev/$d" || exit 99; done
mount -t tmpfs none "$root/tmp" || exit 99
while [ "$1" != -- ]; do mkdir -p "$root/$1" && mount --bind "$1" "$root/$1" || exit 99; shift; done
shift
exec unshare --root "$root" --wd "$here" "$@"
"""


def debian(release):
    """Kept by tests/debian, for whatever else is tried there."""
    made = subprocess.run([ROOT / "tests/debian", release, "true"], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode or "left out" in made.stdout:
        raise unittest.SkipTest(made.stdout.strip())
    kept = pathlib.Path(os.environ.get("TENON_ROOTS") or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "tenon")
    return kept / release


def musl(folder):
    """A root whose only C library is musl, with the tools of busybox."""
    got = subprocess.run(["apt-get", "-o", "APT::Sandbox::User=root", "download", "musl", "busybox-static"], cwd=folder, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if got.returncode:
        raise unittest.SkipTest(got.stdout.strip())
    root = folder / "musl"
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    for tool in subprocess.run([root / "bin/busybox", "--list"], check=True, text=True, stdout=subprocess.PIPE).stdout.split():
        if not (root / "bin" / tool).exists():
            (root / "bin" / tool).symlink_to("busybox")
    return root


class Demo:
    """examples/datamigrate/demo, whose terraform and tenon run in a root: moto and what looks on stay outside."""

    def __init__(self, root, folder):
        self.folder, self.root = folder, root
        for name in ("dev", "tmp"):
            (root / name).mkdir(parents=True, exist_ok=True)
        for device in ("null", "urandom"):
            (root / "dev" / device).touch()
        for name in ("work", "path", "provider", "within"):
            (folder / name).mkdir()
        shutil.copy(TERRAFORM, folder / "within/terraform")
        shutil.copy(STATIC, folder / "provider/terraform-provider-tenon")
        self.write_program(folder / "enter", ENTER)
        self.write_program(folder / "path" / pathlib.Path(TERRAFORM).name, self.wrapper(folder / "within/terraform"))
        self.write_program(folder / "provider/tenon", self.wrapper(folder / "provider/terraform-provider-tenon"))

    @staticmethod
    def write_program(path, text):
        path.write_text(text)
        path.chmod(0o755)

    def wrapper(self, program):
        enter = shlex.join(str(p) for p in ("unshare", "--mount", self.folder / "enter", self.root, self.folder, "--", program))
        return f'#!/bin/sh\nexec {enter} "$@"\n'

    def run(self):
        # Nothing else of this machine's environment: files that it names are not in the root.
        env = {"PATH": f"{self.folder / 'path'}:{os.environ['PATH']}", "HOME": str(self.folder)}
        return subprocess.run([ROOT / "examples/datamigrate/demo", self.folder / "provider/terraform-provider-tenon", self.folder / "work"],
                              env=env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG_S)


class Sphinx(http.server.BaseHTTPRequestHandler):
    """Answers whatever it is asked with a refusal: enough to see that somebody believed its certificate."""

    def do_POST(self):
        self.server.asked.set()
        body = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Alone(TestCase):
    def root(self):
        r = Root()
        self.addCleanup(r.remove)
        return r

    def test_it_is_a_whole_program(self):
        headers = subprocess.run(["readelf", "--wide", "--program-headers", "--dynamic", STATIC], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        self.assertNotIn("INTERP", headers)
        self.assertNotIn("(NEEDED)", headers)
        self.assertIn("DYN ", subprocess.run(["readelf", "--file-header", STATIC], text=True, stdout=subprocess.PIPE).stdout)

    def test_a_queue_from_validate_to_destroy(self):
        r = self.root()
        r.write("stack/main.tf", PROVIDER + QUEUE)
        self.ok(r.terraform("validate"))
        self.ok(r.terraform("apply", "-auto-approve"))
        self.assertEqual(r.terraform("plan", "-detailed-exitcode").code, 0)
        self.ok(r.terraform("destroy", "-auto-approve"))

    def test_an_engine_launches_nodes_and_takes_them_away(self):
        r = self.root()
        r.write("stack/main.tf", PROVIDER + FLEET)
        r.write("stack/k8s/web.yaml", PODS)
        self.ok(r.terraform("apply", "-auto-approve"))
        self.assertTrue(moto().instances(CLUSTER))
        shown = self.ok(r.run("/bin/terraform-provider-tenon", "status", "--store", "sqlite:/stack/store.db"))
        self.assertIn("alone", shown.text)
        self.ok(r.terraform("destroy", "-auto-approve"))
        self.assertFalse(moto().instances(CLUSTER))

    def demo_in(self, make_root):
        if os.getuid():
            self.skipTest("needs root")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tenon-demo-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        said = Demo(make_root(folder), folder).run()
        self.assertEqual(said.returncode, 0, said.stdout[-4000:])
        self.assertIn("Nothing is left", said.stdout)

    def test_the_demo_in_a_root_of_nothing(self):
        self.demo_in(lambda folder: folder / "root")

    def test_the_demo_on_debian_12(self):
        self.demo_in(lambda _: debian("bookworm"))

    def test_the_demo_on_debian_13(self):
        self.demo_in(lambda _: debian("trixie"))

    def test_the_demo_beside_musl(self):
        self.demo_in(musl)

    def test_names_are_found_in_the_hosts_file(self):
        r = self.root()
        r.write("etc/hosts", "127.0.0.1 stand-in.test\n")
        r.write("stack/main.tf", PROVIDER.replace("ENDPOINT", moto().url.replace("127.0.0.1", "stand-in.test")) + QUEUE)
        self.ok(r.terraform("apply", "-auto-approve"))
        self.ok(r.terraform("destroy", "-auto-approve"))

    def sphinx(self):
        """An HTTPS server, and the certificate that vouches for it."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tenon-tls-"))
        self.addCleanup(shutil.rmtree, folder)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
                        folder / "certificate.pem", "-days", "2", "-subj", "/CN=sphinx", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sphinx)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.asked = threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server, (folder / "certificate.pem").read_text()

    def asks(self, where, **env):
        """Whether a server is believed whose certificate lies there."""
        server, certificate = self.sphinx()
        r = self.root()
        url = f"https://127.0.0.1:{server.server_port}"
        r.write("stack/main.tf", PROVIDER.replace("ENDPOINT", url) + QUEUE)
        r.write(where, certificate)
        said = r.terraform("plan", **env)
        self.assertEqual(said.code, 1, said.text)
        self.assertEqual(server.asked.is_set(), "TlsFailed" not in said.flat and "AccessDenied" in said.flat, said.text)
        return server.asked.is_set()

    def test_certificates_are_found_where_distributions_have_them(self):
        for where in ("etc/ssl/certs/ca-certificates.crt", "etc/ssl/cert.pem", "etc/pki/tls/certs/ca-bundle.crt",
                      "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"):
            with self.subTest(where):
                self.assertTrue(self.asks(where))

    def test_certificates_are_found_where_the_environment_says(self):
        self.assertTrue(self.asks("stack/mine.pem", SSL_CERT_FILE="/stack/mine.pem"))

    def test_nobody_is_believed_without_a_certificate(self):
        self.assertFalse(self.asks("stack/mine.pem"))


if __name__ == "__main__":
    harness.main()
