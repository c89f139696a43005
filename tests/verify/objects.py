"""Kubernetes objects as the verifier sees them: which pods there are, and what each of them demands.

Shares no code with the engine.  The rules are kube-scheduler's; amounts are exact fractions."""
import json
from collections import Counter, defaultdict
from fractions import Fraction
from functools import lru_cache

try:
    import yaml
except ImportError:  # then only JSON can be read
    yaml = None

ZONE, HOST, POOL = "topology.kubernetes.io/zone", "kubernetes.io/hostname", "karpenter.sh/nodepool"
CAPACITY_TYPE, INSTANCE_TYPE = "karpenter.sh/capacity-type", "node.kubernetes.io/instance-type"
ARCH, OS = "kubernetes.io/arch", "kubernetes.io/os"
TODAY = {"failure-domain.beta.kubernetes.io/zone": ZONE, "topology.ebs.csi.aws.com/zone": ZONE, "beta.kubernetes.io/arch": ARCH, "beta.kubernetes.io/os": OS,
         "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
         "beta.kubernetes.io/instance-type": INSTANCE_TYPE, "karpenter.sh/provisioner-name": POOL}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
SUFFIX = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1)}
SUFFIX.update({s: Fraction(10**(3 * i)) for i, s in enumerate(["k", "M", "G", "T", "P", "E"], 1)})
SUFFIX.update({s: Fraction(2**(10 * i)) for i, s in enumerate(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1)})
SERVED = ("cpu", "memory", "ephemeral-storage")


class Broken(Exception):
    """The input cannot be read."""


@lru_cache(maxsize=None)
def quantity(text):
    text = text.strip()
    digits = text.rstrip("numkMGTPEi")
    if text[len(digits):] in SUFFIX:
        return Fraction(digits) * SUFFIX[text[len(digits):]]
    return Fraction(text)  # with an exponent: 1e3, 12E6


def today(key):
    return TODAY.get(key, key)


def holds(expression, labels):
    """One expression of a selector on labels."""
    operator, wanted = expression["operator"], [str(v) for v in expression.get("values") or []]
    value = labels.get(today(expression["key"]))
    if operator in ("In", "NotIn"):
        return (value in wanted) == (operator == "In")
    if operator in ("Exists", "DoesNotExist"):
        return (value is not None) == (operator == "Exists")
    try:
        number, limit = int(value), int(wanted[0])
    except (TypeError, ValueError):
        return False
    return {"Gt": number > limit, "Lt": number < limit, "Gte": number >= limit, "Lte": number <= limit}[operator]


def all_hold(expressions, labels):
    return all(holds(e, labels) for e in expressions)


def expressions_of(selector):
    """A LabelSelector as a list of expressions; None, which selects nothing, stays None."""
    if selector is None:
        return None
    equal = [{"key": k, "operator": "In", "values": [v]} for k, v in (selector.get("matchLabels") or {}).items()]
    return equal + (selector.get("matchExpressions") or [])


def tolerated(taints, tolerations):
    return all(any(tolerates(t, taint) for t in tolerations) for taint in taints if taint["effect"] != "PreferNoSchedule")


def tolerates(toleration, taint):
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("operator") == "Exists":
        return not toleration.get("key") or toleration["key"] == taint["key"]
    return toleration.get("key") == taint["key"] and (toleration.get("value") or "") == (taint.get("value") or "")


def requests_of(spec):
    """What the scheduler reckons with: containers and sidecars, or one init container and the sidecars before it."""
    def of(resources):
        amounts = dict((resources or {}).get("limits") or {}, **(resources or {}).get("requests") or {})
        return Counter({name: quantity(str(amount)) for name, amount in amounts.items()})

    sidecars, most = Counter(), Counter()
    for c in spec.get("initContainers") or []:
        if c.get("restartPolicy") == "Always":
            sidecars += of(c.get("resources"))
            most |= sidecars
        else:
            most |= of(c.get("resources")) + sidecars
    together = Counter(sidecars)
    for c in spec.get("containers") or []:
        together += of(c.get("resources"))
    most |= together
    most.update({k: v - most[k] for k, v in of(spec.get("resources")).items()})  # of the pod as a whole
    most.update({k: quantity(str(v)) for k, v in (spec.get("overhead") or {}).items()})
    return {k: v for k, v in most.items() if v}


def ports_of(spec):
    runs = (spec.get("containers") or []) + [c for c in spec.get("initContainers") or [] if c.get("restartPolicy") == "Always"]
    return frozenset((p["hostPort"], p.get("protocol") or "TCP", p.get("hostIP") or "0.0.0.0")
                     for c in runs for p in c.get("ports") or [] if p.get("hostPort"))


def ports_meet(a, b):
    everywhere = ("0.0.0.0", "::")
    return any(x[:2] == y[:2] and (x[2] == y[2] or x[2] in everywhere or y[2] in everywhere) for x in a for y in b)


class Term:
    """A required topology constraint: spread, affinity or anti-affinity."""

    def __init__(self, term, namespace, labels, namespaces, spread):
        self.key, self.spread = today(term["topologyKey"]), spread
        who = expressions_of(term.get("labelSelector"))
        for field, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
            own = [{"key": k, "operator": operator, "values": [labels[k]]} for k in term.get(field) or [] if k in labels]
            who = who if who is None else who + own
        self.who = who
        self.skew, self.least = term.get("maxSkew", 1), term.get("minDomains") or 1
        self.heeds_affinity = (term.get("nodeAffinityPolicy") or "Honor") == "Honor"
        self.heeds_taints = (term.get("nodeTaintsPolicy") or "Ignore") == "Honor"
        where = set() if spread else set(term.get("namespaces") or [])
        if not spread and term.get("namespaceSelector") is not None:
            chosen = expressions_of(term["namespaceSelector"])
            where |= {name for name, l in namespaces.items() if all_hold(chosen, l)}
        elif not where:
            where = {namespace}
        self.namespaces = where
        self.identity = json.dumps([self.key, who, sorted(where)], sort_keys=True)

    def counts(self, kin):
        """Does it count pods of these (namespace, labels)?"""
        return self.who is not None and kin.namespace in self.namespaces and all_hold(self.who, kin.labels)


class Kin:
    """Pods that no selector can tell apart."""

    def __init__(self, namespace, labels):
        self.namespace, self.labels = namespace, labels


class Demand:
    """All that pods of equal metadata and specification demand; `impossible` says why no node can ever start one."""

    def __init__(self, kin, metadata, spec, world):
        self.kin, self.impossible = kin, None
        self.name = f"{kin.namespace}/{metadata.get('name')}"  # of the first of them, to speak of
        self.requests, self.ports = requests_of(spec), ports_of(spec)
        self.tolerations = spec.get("tolerations") or []
        affinity = spec.get("affinity") or {}
        self.own_terms = self.terms = node_terms(spec, affinity)
        for name in self.requests:
            if name not in SERVED:  # a catalog file has no column for others
                self.impossible = f"nobody offers {name}"
        term = lambda t, spread=False: Term(t, kin.namespace, kin.labels, world.namespaces, spread)
        self.spreads = [term(t, True) for t in spec.get("topologySpreadConstraints") or []
                        if t.get("whenUnsatisfiable") != "ScheduleAnyway"]
        self.joins = [term(t) for t in (affinity.get("podAffinity") or {}).get(REQUIRED) or []]
        self.parts = [term(t) for t in (affinity.get("podAntiAffinity") or {}).get(REQUIRED) or []]
        self.alone_with, self.one_node = set(), set()  # claims that one pod, or pods of one node, may use
        for volume in spec.get("volumes") or []:
            self.add_volume(volume, metadata, world)
        self.signature = json.dumps([self.own_terms, self.tolerations], sort_keys=True)

    def add_volume(self, volume, metadata, world):
        claim, spec = world.claim_of(volume, self.kin.namespace, metadata["name"])
        if spec is None:
            return
        where = world.places_of_volume(claim, spec)
        if isinstance(where, str):
            self.impossible = where
        elif where is not None:
            self.terms = [t + w for t in self.terms for w in where]
        modes = set(spec.get("accessModes") or [])
        if claim and modes == {"ReadWriteOncePod"}:
            self.alone_with.add((self.kin.namespace, claim["metadata"]["name"]))
        elif claim and modes and modes <= {"ReadWriteOnce", "ReadWriteOncePod"}:
            self.one_node.add((self.kin.namespace, claim["metadata"]["name"]))

    def fits(self, labels):
        return any(all_hold(t, labels) for t in self.terms)

    def is_eligible(self, term, labels, taints):
        """Does a node count for this spread of ours?"""
        return ((not term.heeds_affinity or any(all_hold(t, labels) for t in self.own_terms)) and
                (not term.heeds_taints or tolerated(taints, self.tolerations)))


def node_terms(spec, affinity):
    selector = [{"key": k, "operator": "In", "values": [v]} for k, v in (spec.get("nodeSelector") or {}).items()]
    required = (affinity.get("nodeAffinity") or {}).get(REQUIRED)
    if required is None:
        return [selector]
    # A term without expressions matches nothing.
    return [selector + t["matchExpressions"] for t in required.get("nodeSelectorTerms") or [] if t.get("matchExpressions")]


def why_not_counted(o):
    metadata, spec, status = o["metadata"], o["spec"], o.get("status") or {}
    owners = {r["kind"] for r in metadata.get("ownerReferences") or []}
    if "DaemonSet" in owners:
        return "of a DaemonSet"
    if "Node" in owners or "kubernetes.io/config.mirror" in (metadata.get("annotations") or {}):
        return "a mirror pod"
    if status.get("phase") in ("Succeeded", "Failed"):
        return "finished"
    if metadata.get("deletionTimestamp"):
        return "terminating"
    return "gated" if spec.get("schedulingGates") else None


def namespaced(o):
    return o["metadata"].get("namespace") or "default", o["metadata"]["name"]


class Cluster:
    """Everything that the files say.  `pods`: name to Demand; `left_out`: name to why it does not count."""

    def __init__(self, objects):
        kinds = defaultdict(list)
        for o in objects:
            kinds[o["kind"]].append(o)
        self.claims = {namespaced(o): o for o in kinds["PersistentVolumeClaim"]}
        self.volumes = {o["metadata"]["name"]: o for o in kinds["PersistentVolume"]}
        self.classes = {o["metadata"]["name"]: o for o in kinds["StorageClass"]}
        self.namespaces = {o["metadata"]["name"]: dict(o["metadata"].get("labels") or {}) for o in kinds["Namespace"]}
        for o in kinds["Pod"]:
            self.namespaces.setdefault(namespaced(o)[0], {})
        for name, labels in self.namespaces.items():
            labels["kubernetes.io/metadata.name"] = name
        self.kins, self.demands, self.pods, self.left_out = {}, {}, {}, {}
        for o in kinds["Pod"]:
            name, why = "/".join(namespaced(o)), why_not_counted(o)
            if why:
                self.left_out[name] = why
            else:
                self.pods[name] = self.demand(o["metadata"], o["spec"])
        self.daemons = list(self.daemons_of(kinds))

    def demand(self, metadata, spec):
        """Shared by all pods of equal specification, but where a volume is the pod's own."""
        namespace, labels = metadata.get("namespace") or "default", metadata.get("labels") or {}
        kin_key = (namespace, json.dumps(labels, sort_keys=True))
        kin = self.kins.setdefault(kin_key, Kin(namespace, labels))
        own = any("ephemeral" in v for v in spec.get("volumes") or [])
        key = kin_key + (json.dumps(spec, sort_keys=True), metadata.get("name") if own else None)
        if key not in self.demands:
            self.demands[key] = Demand(kin, metadata, spec, self)
        return self.demands[key]

    def daemons_of(self, kinds):
        """One Demand a DaemonSet; where the set itself is not there, one of its pods stands for it."""
        known = set()
        for o in kinds["DaemonSet"]:
            known.add(namespaced(o))
            template = o["spec"]["template"]
            metadata = dict(template.get("metadata") or {}, namespace=namespaced(o)[0], name=o["metadata"]["name"])
            yield self.demand(metadata, template["spec"])
        for o in kinds["Pod"]:
            owner = next((r["name"] for r in o["metadata"].get("ownerReferences") or [] if r["kind"] == "DaemonSet"), None)
            if owner and (namespaced(o)[0], owner) not in known:
                known.add((namespaced(o)[0], owner))
                yield self.demand(o["metadata"], without_pin(o["spec"]))

    def claim_of(self, volume, namespace, pod):
        """(claim or None, its specification or None).  A claim that the input lacks binds nothing."""
        if volume.get("persistentVolumeClaim"):
            claim = self.claims.get((namespace, volume["persistentVolumeClaim"]["claimName"]))
            return claim, claim and claim["spec"]
        if volume.get("ephemeral"):
            claim = self.claims.get((namespace, f"{pod}-{volume['name']}"))
            return claim, (claim or volume["ephemeral"]["volumeClaimTemplate"])["spec"]
        return None, None

    def places_of_volume(self, claim, spec):
        """None: anywhere; a list of alternatives; or a text: why never."""
        metadata = claim["metadata"] if claim else {}
        if metadata.get("deletionTimestamp"):
            return "its claim is being deleted"
        if claim and (claim.get("status") or {}).get("phase") == "Lost":
            return "its claim is lost"
        if spec.get("volumeName"):
            if (claim and "pv.kubernetes.io/bind-completed" not in (metadata.get("annotations") or {})
                    and (claim.get("status") or {}).get("phase") != "Bound"):
                return "its claim is not bound to the end"
            return places_of_bound(self.volumes.get(spec["volumeName"]))
        return self.places_of_class(claim, spec.get("storageClassName"))

    def places_of_class(self, claim, name):
        if name is None:
            default = [o for o in self.classes.values()
                       if (o["metadata"].get("annotations") or {}).get("storageclass.kubernetes.io/is-default-class") == "true"]
            newest = max(default, key=lambda o: o["metadata"].get("creationTimestamp") or "", default=None)
        else:
            newest = self.classes.get(name)
        if newest is None:
            return "its claim has no storage class" if name in (None, "") else None  # unknown: binds nothing
        if claim and newest.get("volumeBindingMode") != "WaitForFirstConsumer":
            return "its claim binds at once and is not bound"
        return [[{"key": e["key"], "operator": "In", "values": e["values"]} for e in t["matchLabelExpressions"]]
                for t in newest.get("allowedTopologies") or []] or None


def places_of_bound(volume):
    if volume is None:
        return None
    if volume["metadata"].get("deletionTimestamp"):
        return "its volume is being deleted"
    terms = ((volume["spec"].get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms")
    local = "local" in volume["spec"] or "hostPath" in volume["spec"]  # its host is gone: another may do
    return terms and [[e for e in t.get("matchExpressions") or [] if not (local and e["key"] == HOST)] for t in terms]


def without_pin(spec):
    """A daemon's pod names the node it is on; that is its controller's doing."""
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(REQUIRED)
    if not required:
        return spec
    terms = [{"matchExpressions": t["matchExpressions"]} for t in required.get("nodeSelectorTerms") or []
             if t.get("matchExpressions")]
    node = {k: v for k, v in spec["affinity"]["nodeAffinity"].items() if k != REQUIRED}
    if terms:
        node[REQUIRED] = {"nodeSelectorTerms": terms}
    return dict(spec, affinity=dict(spec["affinity"], nodeAffinity=node))


def read_objects(path):
    """The objects of a file of YAML or JSON documents, Lists opened."""
    text = open(path, encoding="utf-8").read()
    if text.lstrip().startswith("{"):
        documents = [json.loads(text)]
    elif yaml is None:
        raise Broken(f"{path}: PyYAML is not here, and this is no JSON")
    else:
        documents = yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [o for d in documents if d for o in (d.get("items") or [] if d["kind"].endswith("List") else [d])]
