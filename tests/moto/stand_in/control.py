"""The control surface.  Bodies are JSON; what fails answers 400 with {"error"}.

POST /tenon/seed       {"cluster", "region"}            see seed.py
POST /tenon/faults     [...]   DELETE   GET             see faults.py; POST adds, DELETE takes all away
POST /tenon/ice        [...]   DELETE   GET             see shortage.py
POST /tenon/settings   {"pending_ms", "shutting_down_ms"}   GET
GET  /tenon/requests?match=TEXT   DELETE                every call so far (whose body has the text): service, operation,
                                                        region, client_token, time_ms, status (null while it runs,
                                                        "cut" if cut off)
GET  /tenon/running?cluster=NAME                        its instances that run: id, type, zone and DNS name; costs moto
                                                        little, where DescribeInstances of 50 takes 50 ms
GET  /tenon/leftovers?cluster=NAME&prefix=P             a list of what is alive; [] is what a test hopes for
GET  /tenon/holdings?prefix=P                           how IAM, SQS and EventBridge hold what has such a name
POST /tenon/age        {"name": "role/NAME", "seconds"} makes a role, profile, policy or queue older
POST /tenon/interrupt  {"instance_id", "kind", "after_seconds"}   kind: spot (default), rebalance, state-change
POST /tenon/impair     {"instance_id", "seconds", "check"}        see health.py
POST /tenon/reset                                       everything new; clusters are seeded again
"""
import json
from urllib.parse import parse_qs

from moto.ec2.models import ec2_backends
from moto.moto_api._internal.models import moto_api_backend

from . import faults, health, holdings, launch, leftovers, seed, shortage, world


def handle(environ, body):
    """status line, headers, body"""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/tenon/").strip("/")
    action = ACTIONS.get((method, path))
    if not action:
        return reply("404 Not Found", {"error": f"no {method} /tenon/{path}; there is "
                                       + ", ".join(f"{m} /tenon/{p}" for m, p in ACTIONS)})
    query = {k: v[-1] for k, v in parse_qs(environ.get("QUERY_STRING", "")).items()}
    try:
        with world.lock:
            world.settle()
            return reply("200 OK", action(json.loads(body) if body.strip() else None, query))
    except (ValueError, KeyError, TypeError, LookupError) as e:
        return reply("400 Bad Request", {"error": f"{type(e).__name__}: {e}"})


def reply(status, value):
    return status, [("Content-Type", "application/json")], json.dumps(value).encode()


def adding(module, rows):
    def add(body, _):
        module.add(body if isinstance(body, list) else [body])
        return rows
    return add


def empty(rows):
    def clear(*_):
        rows.clear()
        return rows
    return clear


def list_requests(_, query):
    return [{k: v for k, v in record.items() if k != "body"} for record in world.requests
            if query.get("match", "") in record["body"]]


def set_settings(body, _):
    unknown = set(body) - set(world.settings)
    if unknown:
        raise KeyError(f"no setting {sorted(unknown)}; there are {sorted(world.settings)}")
    world.settings.update(body)
    return world.settings


def seed_cluster(body, _):
    seed.cluster(body["cluster"], body.get("region") or "us-east-1")
    return {}


def list_running(_, query):
    return [{"id": i.id, "type": i.instance_type, "zone": i.placement.zone, "dns": i.private_dns_name}
            for backend in ec2_backends[world.ACCOUNT].values() for i in backend.all_running_instances()
            if backend.tags[i.id].get("tenon.dev/cluster") == query["cluster"]]


def interrupt(body, _):
    for region, backend in ec2_backends[world.ACCOUNT].items():
        instance = backend.get_instance_by_id(body["instance_id"])
        if instance:
            launch.interrupt(instance, region, body.get("kind", "spot"), body.get("after_seconds"))
            return {}
    raise LookupError(f"no instance {body['instance_id']}")


def reset(*_):
    world.clear()
    faults.clear()
    moto_api_backend.reset()
    seed.again()
    return {}


ACTIONS = {
    ("POST", "seed"): seed_cluster,
    ("POST", "faults"): adding(faults, world.faults), ("GET", "faults"): lambda *_: world.faults,
    ("DELETE", "faults"): faults.clear,
    ("POST", "ice"): adding(shortage, world.shortages), ("GET", "ice"): lambda *_: world.shortages,
    ("DELETE", "ice"): empty(world.shortages),
    ("POST", "settings"): set_settings, ("GET", "settings"): lambda *_: world.settings,
    ("GET", "requests"): list_requests, ("DELETE", "requests"): empty(world.requests),
    ("GET", "running"): list_running,
    ("GET", "leftovers"): lambda _, query: leftovers.find(query.get("cluster"), query.get("prefix")),
    ("GET", "holdings"): lambda _, query: holdings.find(query.get("prefix", "")),
    ("POST", "age"): lambda body, _: holdings.age(body),
    ("POST", "interrupt"): interrupt,
    ("POST", "impair"): health.impair,
    ("POST", "reset"): reset,
}
