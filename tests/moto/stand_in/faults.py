"""Faults on request: POST /tenon/faults takes a list of

{"service", "operation", "match": text in the body,      which requests; what is absent matches all
 "skip": N,                                              the first N of them pass
 "times": N,                                             how often; null or absent: until DELETE
 "delay_ms": N,                                          answered late
 "held": true,                                           goes on when all faults are taken away (DELETE)
 "cut": "before" | "after",                              connection closed before handling, or after it took effect
 "status": N, "code": C, "message": M,                   refused, in the shape of the service's protocol
 "garbage": true,                                        answered with what no parser takes
 "after": true}                                          refused or garbled only after it took effect

The first that matches acts, and moto is not asked if the fault brings an answer of its own, unless "after".
"""
import json
import threading
import time
from http import HTTPStatus
from xml.sax.saxutils import escape

from . import world

WORDS = {"service", "operation", "match", "skip", "times", "delay_ms", "held", "cut", "status", "code", "message",
         "garbage", "after"}
REQUEST_ID = "00000000-0000-4000-8000-00000000fa17"


def add(rows):
    """A misspelt word would be a fault that never happens, and a test that passes for nothing."""
    for fault in rows:
        if not WORDS.issuperset(fault) or fault.get("cut") not in (None, "before", "after"):
            raise ValueError(f"no fault: {fault}; the words are {sorted(WORDS)}")
    with world.lock:
        world.faults.extend(rows)


def take(call):
    """The fault that this request meets, or {}."""
    with world.lock:
        for fault in world.faults:
            if matches(fault, call):
                if fault.get("skip"):
                    fault["skip"] -= 1
                    continue
                if fault.get("times") is not None:
                    fault["times"] -= 1
                    if fault["times"] <= 0:
                        world.faults.remove(fault)
                return dict(fault, releases=_releases)
    return {}


_released = threading.Condition(world.lock)
_releases = 0  # so often have all faults been taken away


def wait(fault):
    """What makes a request late, while others go on.  A hold lasts as long as its test needs it, however slow the
    machine is; no number of seconds does."""
    if fault.get("held"):
        with _released:
            _released.wait_for(lambda: _releases != fault["releases"])
    time.sleep(fault.get("delay_ms", 0) / 1000)


def clear(*_):
    global _releases
    with _released:
        world.faults.clear()
        _releases += 1
        _released.notify_all()
    return {}


def matches(fault, call):
    return (fault.get("service") in (None, "*", call.service) and fault.get("operation") in (None, "*", call.operation)
            and (fault.get("match") or "") in call.body)


def answers(fault):
    return fault.get("garbage") or "status" in fault or "code" in fault


def reply(fault, call):
    """status line, headers, body"""
    if fault.get("garbage"):
        return "200 OK", [("Content-Type", "text/plain")], b"\x00<not {xml \xff nor json"
    status = int(fault.get("status", 400))
    code = fault.get("code") or ("InternalError" if status >= 500 else "BadRequest")
    return error(call, status, code, fault.get("message", "A fault that the test asked for."))


def error(call, status, code, message):
    """An AWS error as the protocol of the call writes it."""
    line = f"{status} {HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else 'Error'}"
    side = "Receiver" if status >= 500 else "Sender"
    if call.is_json:
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", REQUEST_ID),
                   ("x-amzn-query-error", f"{code};{side}")]
        return line, headers, json.dumps({"__type": code, "message": message}).encode()
    fields = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if call.service == "ec2":
        text = f"<Response><Errors><Error>{fields}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
    else:
        text = (f"<ErrorResponse><Error><Type>{side}</Type>{fields}</Error>"
                f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>")
    headers = [("Content-Type", "text/xml"), ("x-amzn-RequestId", REQUEST_ID)]
    return line, headers, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
