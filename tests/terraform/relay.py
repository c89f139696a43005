"""Between the provider and moto: passes on what is moto's, answers for what moto has not (instance metadata, the
container's endpoint, IAM Identity Center), and keeps who signed what."""
import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Relay:
    def __init__(self, moto_url):
        self.moto_url = moto_url
        self.calls = []       # {"method", "path", "signer", "service", "region", "form", "headers", "answer"}
        self.answers = {}     # (method, path without query) -> (status, text), before moto is asked
        self.lock = threading.Lock()
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, answer = relay.answer(self.command, self.path, dict(self.headers), body)
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = handle_any

            def log_message(self, *_):
                """What was asked is in `calls`."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, headers, body):
        scope = headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
        signed = len(scope) == 5
        call = {"method": method, "path": path, "headers": headers, "signer": scope[0] if signed else None,
                "region": scope[2] if signed else None, "service": scope[3] if signed else None,
                "form": {k: v[0] for k, v in parse_qs(body.decode("utf-8", "replace")).items()}}
        own = self.answers.get((method, urlsplit(path).path))
        if own:
            status, answered, text = own[0], [("Content-Type", "application/json")], own[1].encode()
        else:
            status, answered, text = self.pass_on(method, path, headers, body)
        call["answer"] = text.decode("utf-8", "replace")
        with self.lock:
            self.calls.append(call)
        return status, answered, text

    def pass_on(self, method, path, headers, body):
        sent = {k: v for k, v in headers.items() if k.lower() not in ("host", "content-length", "connection")}
        request = urllib.request.Request(self.moto_url + path, body if method != "GET" else None, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.getheaders(), answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, list(refused.headers.items()), refused.read()

    def of(self, operation):
        """Calls of that operation of a query protocol, or of that path."""
        return [c for c in self.calls if c["form"].get("Action") == operation or urlsplit(c["path"]).path == operation
                or c["headers"].get("X-Amz-Target", "").endswith("." + operation)]

    def metadata(self, region, key):
        """An instance with a role."""
        self.answers[("PUT", "/latest/api/token")] = (200, "session")
        self.answers[("GET", "/latest/meta-data/iam/security-credentials/")] = (200, "the-role")
        self.answers[("GET", "/latest/meta-data/iam/security-credentials/the-role")] = (200, keys(key, Code="Success"))
        self.answers[("GET", "/latest/dynamic/instance-identity/document")] = (200, json.dumps({"region": region}))


def keys(key, **more):
    return json.dumps(dict(more, AccessKeyId=key, SecretAccessKey="PLANTEDSECRET", Token="PLANTEDTOKEN",
                           Expiration="2099-01-01T00:00:00Z"))
