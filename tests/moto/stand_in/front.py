"""What stands before moto: reads the request, logs it, lets faults act, then asks moto under the lock."""
import io
import socket
import time
import traceback
from urllib.parse import parse_qs

from botocore.model import OperationNotFoundError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from . import analyzer, control, eks, faults, pricing, world

SERVICE_OF_TARGET = {"AmazonSQS": "sqs", "AWSEvents": "events", "AmazonSSM": "ssm", "AWSPriceListService": "pricing"}
REST = {"eks": eks, "access-analyzer": analyzer}  # what of them is not there is moto's
SERVICE_OF_VERSION = {"2016-11-15": "ec2", "2010-05-08": "iam", "2011-06-15": "sts", "2012-11-05": "sqs"}


class Front:
    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ, start_response):
        body = read_body(environ)
        if environ["PATH_INFO"].startswith("/tenon/"):
            return answer(start_response, *control.handle(environ, body))
        call = Call(environ, body)
        record = {"service": call.service, "operation": call.operation, "region": call.region,
                  "client_token": call.client_token, "time_ms": int(time.time() * 1000), "status": None, "body": call.body}
        world.requests.append(record)
        fault = faults.take(call)
        faults.wait(fault)
        if fault.get("cut") == "before":
            record["status"] = "cut"
            cut(environ)
        if faults.answers(fault):
            if fault.get("after"):
                self.ask(environ, call)
            reply = faults.reply(fault, call)
        else:
            reply = self.ask(environ, call)
        if fault.get("cut") == "after":
            record["status"] = "cut"
            cut(environ)
        record["status"] = int(reply[0].split()[0])
        return answer(start_response, *reply)

    def ask(self, environ, call):
        """status line, headers, body of the answer.  The whole of it is made before the lock is let go."""
        seen = {}

        def start(status, headers, exc_info=None):
            if exc_info:
                raise exc_info[1]
            seen.update(status=status, headers=headers)

        with world.lock:
            world.settle()
            if call.service == "pricing":
                return pricing.handle(call)
            ours = REST[call.service].handle(call) if call.service in REST else None
            if ours:
                return ours
            try:
                body = b"".join(self.moto(environ, start))
            except (NotImplementedError, OperationNotFoundError):
                return faults.error(call, 400, "InvalidAction", f"moto has no {call.service} {call.operation}")
            except Exception:  # whatever moto lacks must not look like a dead server
                traceback.print_exc()
                return faults.error(call, 500, "InternalFailure", f"moto fell over {call.operation}; its log says why")
        return seen["status"], seen["headers"], body


class Call:
    """What a request asks for, read off the wire as AWS's front door would."""

    def __init__(self, environ, body):
        self.body = body.decode("utf-8", "replace")
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        form = parse_qs(self.body) if "form" in environ.get("CONTENT_TYPE", "") else {}
        scope = credential_scope(environ.get("HTTP_AUTHORIZATION", ""))
        self.region = scope[0] or "us-east-1"
        self.service = (scope[1] or SERVICE_OF_TARGET.get(target.partition(".")[0])
                        or SERVICE_OF_VERSION.get(form.get("Version", [""])[0], ""))
        rest = None
        if self.service in REST:
            rest, self.parts, self.query = REST[self.service].parse(environ)
        self.operation = (rest or target.rpartition(".")[2] or form.get("Action", [""])[0]
                          or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        self.client_token = form.get("ClientToken", [None])[0]
        self.is_json = bool(target or rest)


def credential_scope(authorization):
    """Region and service of `Credential=KEY/DATE/REGION/SERVICE/aws4_request`."""
    parts = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    return (parts[2], parts[3]) if len(parts) == 5 else ("", "")


def read_body(environ):
    """The body, put back for moto to read again."""
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    body = stream.read(int(length)) if length else (stream.read() if environ.get("wsgi.input_terminated") else b"")
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def answer(start_response, status, headers, body):
    start_response(status, [(k, v) for k, v in headers if k.lower() != "content-length"]
                   + [("Content-Length", str(len(body)))])
    return [body]


def cut(environ):
    """Closes the connection without a word; the server takes a ConnectionError as the client's going."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("cut on request")
