"""A real Kubernetes control plane in a folder: etcd, API servers, controller manager, scheduler, and kwok as kubelets.

What is real: lists, watches, versions and 410, eviction with budgets, RBAC, tokens, controllers, scheduling.  What is not:
kubelets.  kwok plays the one of every Node with the annotation kwok.x-k8s.io/node=fake.
"""
import base64
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ADMIN = "tenon-test-admin"
# Ends what hangs.  No measure: far above what anything here takes on a machine that others keep busy.
HANG_S = 600


def bin_dir():
    return pathlib.Path(os.environ.get("TENON_CLUSTER_BIN")
                        or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tenon-cluster")


def missing():
    """Why no control plane can be had here; empty: it can."""
    built = all(os.access(bin_dir() / name, os.X_OK) for name in ("controlplane", "kwok"))
    return "" if built or shutil.which("go") else "there is neither Go nor a control plane that was built before (tests/cluster/build)"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status = status


class ControlPlane:
    def __init__(self, folder, parts=("controller-manager",)):
        self.folder = pathlib.Path(folder)
        self.bin = pathlib.Path(subprocess.run([HERE / "build"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
        self.running = {}
        self.port = free_port()
        self.make_keys()
        self.start_etcd()
        self.start_api_server()
        for part in parts:
            getattr(self, "start_" + part.replace("-", "_"))()

    def make_keys(self):
        """The key that signs ServiceAccounts' tokens, and an authority whose certificates are users."""
        self.openssl("genrsa", "-out", "sa.key", "2048")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                     "-out", "ca.crt", "-days", "2", "-subj", "/CN=users")
        (self.folder / "tokens.csv").write_text(f"{ADMIN},admin,admin,system:masters\n")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def certificate_of(self, user, group):
        """Files of a client certificate and its key."""
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{user}.key",
                     "-out", f"{user}.csr", "-subj", f"/O={group}/CN={user}")
        self.openssl("x509", "-req", "-in", f"{user}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                     "-days", "2", "-out", f"{user}.crt")
        return self.folder / f"{user}.crt", self.folder / f"{user}.key"

    def run(self, name, *words):
        log = open(self.folder / f"{name}.log", "ab")
        self.running[name] = subprocess.Popen([str(w) for w in words], cwd=self.folder, stdout=log, stderr=log)
        log.close()

    def start_etcd(self):
        self.etcd, peer = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        self.run("etcd", self.bin / "controlplane", "etcd", "--data-dir", self.folder / "etcd", "--unsafe-no-fsync",
                 "--listen-client-urls", self.etcd, "--advertise-client-urls", self.etcd, "--listen-peer-urls", peer,
                 "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}")

    def start_api_server(self, name="apiserver", port=None):
        port = port or self.port
        self.run(name, self.bin / "controlplane", "apiserver", f"--etcd-servers={self.etcd}", f"--secure-port={port}",
                 "--bind-address=127.0.0.1", f"--cert-dir={self.folder / 'certs'}", "--service-account-key-file=sa.key",
                 "--service-account-signing-key-file=sa.key", "--service-account-issuer=https://kubernetes.default.svc",
                 "--token-auth-file=tokens.csv", "--client-ca-file=ca.crt", "--authorization-mode=RBAC",
                 "--service-cluster-ip-range=10.0.0.0/16", "--allow-privileged=true")
        self.wait_until_ready(name, port)

    def wait_until_ready(self, name, port):
        deadline = time.monotonic() + HANG_S
        while time.monotonic() < deadline and self.running[name].poll() is None:
            try:
                self.ask("GET", "/readyz", port=port)
                return
            except (OSError, Refused):
                time.sleep(0.1)
        raise RuntimeError(f"{name} is not ready: {(self.folder / f'{name}.log').read_text()[-2000:]}")

    def start_controller_manager(self):
        self.run("controller-manager", self.bin / "controlplane", "controller-manager", f"--kubeconfig={self.kubeconfig()}",
                 "--bind-address=127.0.0.1", f"--secure-port={free_port()}", "--leader-elect=false", "--kube-api-qps=500",
                 "--kube-api-burst=1000", "--service-account-private-key-file=sa.key", "--use-service-account-credentials=true",
                 "--controllers=*,-cloud-node-lifecycle-controller")

    def start_scheduler(self):
        self.run("scheduler", self.bin / "controlplane", "scheduler", f"--kubeconfig={self.kubeconfig()}",
                 "--bind-address=127.0.0.1", f"--secure-port={free_port()}", "--leader-elect=false", "--kube-api-qps=500",
                 "--kube-api-burst=1000")

    def start_kwok(self):
        self.run("kwok", self.bin / "kwok", f"--kubeconfig={self.kubeconfig()}", "--manage-all-nodes=false",
                 "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake", "--node-lease-duration-seconds=40")

    def stop(self, *names):
        """Those, or all.  At once: an API server that is told to end waits a minute for its watches."""
        for name in names or reversed(list(self.running)):
            process = self.running.pop(name)
            process.kill()
            process.wait()

    def compact(self):
        """What etcd remembers of before is gone: by its gateway of its own API to JSON."""
        def ask(path, body):
            with urllib.request.urlopen(self.etcd + path, json.dumps(body).encode(), timeout=60) as answer:
                return json.loads(answer.read())
        revision = ask("/v3/kv/range", {"key": base64.b64encode(b"x").decode()})["header"]["revision"]
        ask("/v3/kv/compaction", {"revision": revision, "physical": True})

    def kubeconfig(self, name="admin", user=None, cluster=None, port=None):
        """The file of a kubeconfig of that name; `user` and `cluster` are what it says of them beside the server."""
        path = self.folder / f"{name}.kubeconfig"
        cluster = {"server": f"https://127.0.0.1:{port or self.port}", **(
            {"certificate-authority": "certs/apiserver.crt"} if cluster is None else cluster)}
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": name, "user": {"token": ADMIN} if user is None else user}],
            "contexts": [{"name": name, "context": {"cluster": "test", "user": name}}]}))
        return path

    def ask(self, method, path, body=None, port=None, kind="application/json", accept="application/json"):
        """As the administrator, past our own client."""
        context = ssl.create_default_context(cafile=self.folder / "certs/apiserver.crt")
        request = urllib.request.Request(f"https://127.0.0.1:{port or self.port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {ADMIN}", "Content-Type": kind, "Accept": accept})
        try:
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as e:
            raise Refused(e.code, e.read().decode()) from None
        return json.loads(text) if text.startswith("{") else text

    def post_all(self, objects):
        """Creates these, pairs of path and body, some at a time by connections that are kept."""
        context = ssl.create_default_context(cafile=self.folder / "certs/apiserver.crt")
        lock, objects = threading.Lock(), iter(objects)

        def work(_):
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context)
            while True:
                with lock:
                    path, body = next(objects, (None, None))
                if path is None:
                    return connection.close()
                connection.request("POST", path, json.dumps(body), {"Authorization": f"Bearer {ADMIN}",
                                                                    "Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status >= 300:
                    raise Refused(answer.status, text.decode())

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
