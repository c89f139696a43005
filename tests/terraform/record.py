"""What a provider makes of a theme: a normalised record that can be held against another's.

A theme is many small resources in one configuration, each with a body a step, because a terraform command costs the
same for one resource as for fifty.  `Side` is a provider: ours, or the real hashicorp/aws (see `peer`).  What a side
did is written down with names, ids, dates and addresses made equal; null, "", [], {} and absence count as one, as
hashicorp/aws's legacy type system does not tell them apart either.  JSON text counts by its meaning and elements of maps
as attributes do, but in themes that are `exact`, which are about just that.
"""
import json
import re
import uuid

from harness import BINARY, Stack, moto

ENDPOINTS = ("iam", "sts", "sqs", "events", "ec2")
MAPS = {"tags", "tags_all", "input_paths", "header_parameters", "query_string_parameters"}
# What hashicorp/aws 5.100.0 does not know of its types, and 6 does.
NEWER = {"region", "delay_after_policy_creation_in_ms", "ena_queue_count"}
SETS = {"managed_policy_arns", "inline_policy", "security_groups", "subnets", "capacity_provider_strategy",
        "placement_constraint", "pipeline_parameter_list", "roles", "users", "groups", "vpc_security_group_ids", "security_group_names",
        "ipv4_addresses", "ipv6_addresses", "ipv4_prefixes", "ipv6_prefixes", "license_specification", "cpu_manufacturers", "instance_generations",
        "allowed_instance_types", "excluded_instance_types", "local_storage_types", "accelerator_types", "accelerator_names", "accelerator_manufacturers"}
PLAIN_PROVIDER = """
terraform {
  required_providers {
    aws = { source = "SOURCE" }
  }
}
variable "empty" {
  default = ""
}
provider "aws" {
  region     = "us-east-1"
  access_key = "test"
  secret_key = "test"
  endpoints {
%s
  }
  EXTRA
}
""" % "\n".join(f'    {name} = "ENDPOINT"' for name in ENDPOINTS)

_clients = {}


def aws(service):
    if service not in _clients:
        _clients[service] = moto().aws(service)
    return _clients[service]


class Theme:
    """Cases by address; `NAME` in a body is PREFIX-label, `PREFIX` the side's prefix.  A type "data.x" is a data source."""

    def __init__(self, name, common="", provider=(), bad=False, handover=True, imports=True, exact=False):
        self.name, self.common, self.bad, self.handover, self.imports, self.exact = name, common, bad, handover, imports, exact
        self.provider = list(provider)  # what the provider block says more, a step
        self.cases, self.steps, self.behind, self.ids = [], 1, {}, {}
        self.arguments = {}  # more arguments of `terraform plan`, a step
        self.after = None  # after(side): once all is destroyed

    def add(self, type_name, label, *bodies, import_id=None):
        """`bodies`: one a step, None: not there; the last one stays."""
        self.cases.append((type_name, label, bodies))
        self.steps = max(self.steps, len(bodies))
        if import_id:
            self.ids[f"{type_name}.{label}"] = import_id
        return self

    def drift(self, step, act):
        """act(side) is done behind Terraform's back before that step (from 2 on)."""
        self.behind.setdefault(step, []).append(act)
        self.steps = max(self.steps, step)
        return self

    def extra(self, step):
        return self.provider[min(step, len(self.provider)) - 1] if self.provider else ""

    def source(self, step, only=None):
        parts = [self.common[min(step, len(self.common)) - 1] if isinstance(self.common, (list, tuple)) else self.common]
        for type_name, label, bodies in self.cases:
            body = bodies[min(step, len(bodies)) - 1]
            if body is not None and (only is None or f"{type_name}.{label}" in only):
                kind = f'data "{type_name[5:]}"' if type_name.startswith("data.") else f'resource "{type_name}"'
                parts.append(f'{kind} "{label}" {{\n{body.replace("NAME", "PREFIX-" + label)}\n}}\n')
        return "\n".join(parts)


class Side:
    """A provider under test, and the Terraform folders made for it."""

    def __init__(self, source, folder, reattach=None):
        self.source, self.folder, self.reattach = source, folder, reattach
        self.prefix = "t" + uuid.uuid4().hex[:8]
        self.state = {}

    def stack(self, extra=""):
        s = Stack("", provider="")
        s.prefix = self.prefix
        s.dir.joinpath("terraform.rc").write_text(
            f'provider_installation {{\n  dev_overrides {{ "{self.source}" = "{self.folder}" }}\n  direct {{}}\n}}\n')
        s.env["TF_CLI_CONFIG_FILE"] = str(s.dir / "terraform.rc")
        if self.reattach:
            s.env["TF_REATTACH_PROVIDERS"] = self.reattach
        self.provider(s, extra)
        return s

    def provider(self, stack, extra):
        stack.write("_provider.tf", PLAIN_PROVIDER.replace("SOURCE", self.source).replace("EXTRA", extra))

    def name(self, label):
        return f"{self.prefix}-{label}"

    def value(self, address, attribute):
        return self.state[address]["values"].get(attribute)


def ours():
    return Side("oko-investments/tenon", BINARY.parent)


# --- reading what terraform says ------------------------------------------------------------------------------------

def with_unknown(after, unknown):
    if unknown is True:
        return "<unknown>"
    if isinstance(unknown, dict):
        after = dict(after or {})
        for key, value in unknown.items():
            if value not in (False, [], {}):
                after[key] = with_unknown(after.get(key), value)
    if isinstance(unknown, list):
        after = list(after or [])
        for i, value in enumerate(unknown):
            if i < len(after):
                after[i] = with_unknown(after[i], value)
    return after


def changed(before, after):
    before, after = before or {}, after or {}
    return {k: [before.get(k), after.get(k)] for k in sorted(set(before) | set(after)) if before.get(k) != after.get(k)}


def plan_of(shown):
    record = {}
    for r in shown.get("resource_changes", []):
        change = r["change"]
        entry = {"actions": change["actions"]}
        if change["actions"] == ["no-op"] and "importing" not in change and "previous_address" not in r:
            continue
        if "action_reason" in r:
            entry["reason"] = r["action_reason"]
        if "previous_address" in r:
            entry["moved_from"] = r["previous_address"]
        if change.get("replace_paths"):
            entry["replace_paths"] = sorted(".".join(map(str, p)) for p in change["replace_paths"])
        after = with_unknown(change.get("after"), change.get("after_unknown") or {})
        if change["actions"] == ["create"]:
            entry["values"] = after
        elif "importing" in change:
            entry["imported"] = change.get("before")
            entry["changed"] = changed(change.get("before"), after)
        elif change["actions"] != ["delete"]:
            entry["changed"] = changed(change.get("before"), after)
        record[r["address"]] = entry
    drift = {}
    for r in shown.get("resource_drift", []):
        change = r["change"]
        drift[r["address"]] = (changed(change.get("before"), change.get("after"))
                               if change["actions"] == ["update"] else {"actions": change["actions"]})
    return record, drift


def diagnostics_of(text):
    """Severity, the block and the line pointed at: words are each provider's own."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            said = json.loads(line)
        except ValueError:
            continue
        for d in said.get("diagnostics", [said["diagnostic"]] if said.get("type") == "diagnostic" else []):
            if "development overrides" in d["summary"]:
                continue
            snippet = d.get("snippet") or {}
            at = (snippet.get("code") or "").strip().split("\n")[0].split("=")[0].strip()
            block = d.get("address") or (snippet.get("context") or "").replace('resource "', "").replace('" "', ".").rstrip('"')
            entry = {"severity": d["severity"], "block": block, "at": "" if at.startswith("resource ") else at}
            found.setdefault(json.dumps(entry, sort_keys=True), dict(entry, text=f'{d["summary"]}: {d.get("detail", "")}'))
    return [found[k] for k in sorted(found)]


def state_of(stack):
    path = stack.dir / "terraform.tfstate"
    record = {}
    for r in json.loads(path.read_text())["resources"] if path.exists() else []:
        for instance in r["instances"]:
            key = instance.get("index_key")
            address = ("data." if r["mode"] == "data" else "") + f'{r["type"]}.{r["name"]}' + ("" if key is None else f"[{json.dumps(key)}]")
            record[address] = {"schema_version": instance.get("schema_version", 0), "values": instance.get("attributes")}
            if instance.get("status"):
                record[address]["status"] = instance["status"]
    return record


# --- making records equal where it does not matter ------------------------------------------------------------------

class Normal:
    def __init__(self, side, exact=False):
        self.exact = exact
        self.plain = [(moto().url.removeprefix("http://"), "HOST"), (side.prefix, "PREFIX"), (side.source, "SOURCE")]

    def text(self, s):
        for old, new in self.plain:
            s = s.replace(old, new)
        s = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "DATE", s)
        s = re.sub(r"20\d{16}[0-9a-f]{8}", "UNIQUE", s)
        s = re.sub(r"\bA[A-Z0-9]{20}\b", "ID", s)
        s = re.sub(r"\blt-[0-9a-f]{17}\b", "lt-ID", s)
        if not self.exact and s.lstrip()[:1] in ("{", "["):
            try:
                return json.dumps(json.loads(s), sort_keys=True)
            except ValueError:
                pass
        return s

    def value(self, v, key=""):
        if isinstance(v, str):
            return "ID" if key in ("unique_id", "policy_id") and v and v != "<unknown>" else self.text(v)
        if isinstance(v, list):
            items = [self.value(i, key) for i in v]
            return sorted(items, key=json.dumps) if key in SETS and not is_pair(v) else items
        if isinstance(v, dict):
            return {self.text(k): self.value(i, k) for k, i in v.items() if k not in NEWER}
        return v

    def plain_value(self, v):
        """What is compared."""
        return lenient(self.value(v), self.exact)


def is_pair(v):
    """[before, after] of a set attribute."""
    return any(i is None or isinstance(i, list) or i == "<unknown>" for i in v)


def lenient(v, exact=False):
    if isinstance(v, dict):
        out = {}
        for k, i in v.items():
            i = i if exact and k in MAPS else lenient(i, exact)
            if k in ("changed", "drift") and isinstance(i, dict):
                i = {a: b for a, b in i.items() if not (isinstance(b, list) and len(b) == 2 and b[0] == b[1])}
            if i not in (None, "", [], {}):
                out[k] = i
        return out
    if isinstance(v, list):
        return [None if i in ("", [], {}) else i for i in (lenient(i, exact) for i in v)]
    return v


def without_still(drift):
    """Drift between two forms of nothing is none."""
    out = {}
    for address, values in drift.items():
        values = {k: v for k, v in values.items() if k == "actions" or lenient([v[0]]) != lenient([v[1]])}
        if values:
            out[address] = values
    return out


def without_texts(v):
    if isinstance(v, dict):
        return {k: without_texts(i) for k, i in v.items() if k != "text"}
    return [without_texts(i) for i in v] if isinstance(v, list) else v


def differences(want, got, path=""):
    want, got = without_texts(want), without_texts(got)
    if isinstance(want, dict) and isinstance(got, dict):
        for k in sorted(set(want) | set(got)):
            if k not in got:
                yield f"{path}/{k}: missing, wanted {json.dumps(want[k])[:400]}"
            elif k not in want:
                yield f"{path}/{k}: not wanted: {json.dumps(got[k])[:400]}"
            else:
                yield from differences(want[k], got[k], f"{path}/{k}")
    elif path.endswith("diagnostics") or path in ("/validate", "/plan"):
        yield from (f"{path}: missing {json.dumps(d, sort_keys=True)}" for d in want if d not in got)
        yield from (f"{path}: not wanted {json.dumps(d, sort_keys=True)}" for d in got if d not in want)
    elif want != got:
        yield f"{path}: wanted {json.dumps(want)[:400]}, got {json.dumps(got)[:400]}"


# --- driving ---------------------------------------------------------------------------------------------------------

ARGUMENTS = ("-input=false", "-json")


def planned(stack, *more):
    result = stack.run("plan", *ARGUMENTS, "-detailed-exitcode", *more, "-out=plan.bin")
    record = {"exit": result.code, "diagnostics": diagnostics_of(result.out)}
    if result.code == 2 or '"resource_drift"' in result.out or '"planned_change"' in result.out:
        shown = json.loads(stack.run("show", "-json", "plan.bin").out)
        record["changes"], drift = plan_of(shown)
        record["drift"] = without_still(drift)
    elif result.code == 0:
        record["changes"] = {}
    return record


def applied(stack):
    result = stack.run("apply", "-input=false", "-json", "-parallelism=80", "plan.bin", timeout=600)
    return {"exit": result.code, "diagnostics": diagnostics_of(result.out)}


def run_bad(theme, side):
    """What `validate` finds in literals."""
    stack = side.stack(theme.extra(1))
    try:
        stack.write("main.tf", re.sub(r"«(.*?)»", r"\1", theme.source(1), flags=re.S))
        if theme.bad == "import":
            stack.write("_imports.tf", "".join(f'import {{\n  to = {a}\n  id = "{i}"\n}}\n' for a, i in theme.ids.items()))
            return {"plan": planned(stack)["diagnostics"]}
        return {"validate": diagnostics_of(stack.run("validate", "-json").out.replace("\n", ""))}
    finally:
        stack.remove()


def run_hidden(theme, side):
    """What a plan finds in the same values, when `validate` could not know them."""
    stack = side.stack(theme.extra(1))
    hidden = {f"{type_name}.{label}" for type_name, label, bodies in theme.cases if "«" in bodies[0]}
    try:
        stack.write("main.tf", re.sub(r"«(.*?)»", r'(var.empty == "" ? \1 : null)', theme.source(1, hidden), flags=re.S))
        early = diagnostics_of(stack.run("validate", "-json").out.replace("\n", ""))
        return hidden, [d for d in early if d["severity"] == "error"], planned(stack)["diagnostics"]
    finally:
        stack.remove()


def import_ids(theme, state):
    rules = {"aws_iam_role_policy_attachment": lambda v: f'{v["role"]}/{v["policy_arn"]}',
             "aws_cloudwatch_event_target": lambda v: "/".join(
                 ([] if v["event_bus_name"] == "default" else [v["event_bus_name"]]) + [v["rule"], v["target_id"]])}
    for address, entry in state.items():
        if "[" not in address and not address.startswith("data.") and entry.get("status") != "tainted":
            yield address, theme.ids.get(address) or rules.get(address.split(".")[0], lambda v: v["id"])(entry["values"])


def run_import(theme, side, step, managed, normal):
    stack = side.stack(theme.extra(step))
    try:
        blocks = "".join(f"import {{\n  to = {a}\n  id = {json.dumps(i)}\n}}\n" for a, i in import_ids(theme, side.state))
        stack.write("main.tf", theme.source(step))
        stack.write("_imports.tf", blocks)
        record = {"plan": planned(stack)}
        if record["plan"]["exit"] == 1:
            return record
        record["apply"] = applied(stack)
        record["after"] = planned(stack)["changes"]
        plain = lambda values: normal.plain_value(values or {})
        was = {a: plain(s["values"]) for a, s in managed.items()}
        record["state"] = {a: changed(was.get(a), plain(s["values"])) for a, s in state_of(stack).items()}
        return record
    finally:
        stack.remove()


def run(theme, side):
    normal = Normal(side, theme.exact)
    if theme.bad:
        return normal.plain_value(run_bad(theme, side))
    record = {}
    stack = side.stack(theme.extra(1))
    side.last = stack
    for step in range(1, theme.steps + 1):
        side.provider(stack, theme.extra(step))
        for act in theme.behind.get(step, []):
            act(side)
        stack.write("main.tf", theme.source(step))
        entry = record[f"step{step}"] = {"plan": planned(stack, *theme.arguments.get(step, ()))}
        if entry["plan"]["exit"] == 1:
            break
        entry["apply"] = applied(stack)
        side.state = state_of(stack)
        entry["state"] = side.state
        again = planned(stack)
        entry["again"] = {"changes": again.get("changes"), "drift": again.get("drift"), "exit": again["exit"]}
    if theme.imports:
        record["import"] = run_import(theme, side, theme.steps, side.state, normal)
    return thin(normal.plain_value(record))


def thin(record):
    """States without what is as in the step before."""
    before = {}
    for name in sorted(k for k in record if k.startswith("step")):
        now = record[name].get("state", {})
        changed_since = {a: s for a, s in now.items() if before.get(a) != s}
        record[name].pop("state", None)
        if changed_since:
            record[name]["state"] = changed_since
        before = now
    return record


def finish(theme, side):
    """Destroys what a run left; what then is still there, in state or on the other side."""
    normal = Normal(side)
    result = side.last.run("destroy", "-input=false", "-auto-approve", "-json", "-parallelism=80", timeout=600)
    record = {"exit": result.code, "diagnostics": [d for d in diagnostics_of(result.out) if d["severity"] == "error"],
              "state": sorted(state_of(side.last)), "left": [x for x in moto().get(f"/tenon/leftovers?prefix={side.prefix}") if "bus" not in json.dumps(x)]}
    side.last.remove()
    if theme.after:
        theme.after(side)
    return lenient(normal.value(record))


def handed_over(theme, giver, taker):
    """What `taker` plans for state that `giver` wrote, and `giver` for what `taker` then left: nothing, if all is well."""
    if not (giver.last.dir / "terraform.tfstate").exists():
        return {}
    stack = taker.stack(theme.extra(theme.steps))
    stack.prefix = giver.prefix

    def hand(source, target, old, new):
        state = (source.dir / "terraform.tfstate").read_text()
        (target.dir / "terraform.tfstate").write_text(state.replace(f"registry.terraform.io/{old.source}", f"registry.terraform.io/{new.source}"))

    def diff(s):
        p = planned(s)
        found = {k: p.get(k) for k in ("changes", "drift")}
        return dict(found, diagnostics=[d for d in p["diagnostics"] if d["severity"] == "error"])

    try:
        stack.write("main.tf", theme.source(theme.steps))
        hand(giver.last, stack, giver, taker)
        record = {"taken": diff(stack)}
        stack.run("apply", "-refresh-only", "-input=false", "-auto-approve")
        hand(stack, giver.last, taker, giver)
        record["given back"] = diff(giver.last)
        return Normal(giver, theme.exact).plain_value(record)
    finally:
        stack.remove()
