"""Spread, affinity and anti-affinity of a whole placement: does it hold in the end, and is there an order in which each
pod could have been placed where it stands?

Pods of one kin (namespace and labels) look alike to every selector, and nodes of one domain do to every term, so all is
counted by kin, term and domain; pods that no count can tell apart are one group."""
import random
from collections import Counter, defaultdict

from objects import HOST

SHUFFLES, SEARCHED = 30, 18  # above so many pods no order is searched for exhaustively


def domain_of(term, node):
    return node.name if term.key == HOST else node.labels.get(term.key)


class Count:
    """How many pods that a term counts are in each of its domains, on nodes that are eligible for it."""

    def __init__(self, term, demand):
        self.term, self.demand = term, demand
        self.matches = {}
        self.at_end = Counter()
        self.domains = set()  # that the least is taken over

    def hits(self, kin):
        if kin not in self.matches:
            self.matches[kin] = self.term.counts(kin)
        return self.matches[kin]

    def takes(self, node):
        return not self.term.spread or self.demand.is_eligible(self.term, node.labels, node.pool.taints)

    def least(self, counts):
        if self.term.key == HOST or len(self.domains) < self.term.least:
            return 0  # a new host can always be made; too few domains count as an empty one
        return min((counts[d] for d in self.domains), default=0)


class Topology:
    """`nodes` have name, labels, pool and demands (a Counter of Demand)."""

    def __init__(self, nodes, launchable):
        self.nodes, self.launchable, self.counts = nodes, launchable, {}
        self.demands = {d for n in nodes for d in n.demands}
        self.kins_on = {n: Counter() for n in nodes}
        for n in nodes:
            for d, times in n.demands.items():
                self.kins_on[n][d.kin] += times
        for d in self.demands:
            for term in d.spreads + d.joins + d.parts:
                self.count(term, d)

    def count(self, term, demand):
        """Terms that count alike share a Count."""
        key = (term.identity, (term.heeds_affinity, term.heeds_taints, term.least, demand.signature) if term.spread else None)
        if key in self.counts:
            return self.counts[key]
        c = self.counts[key] = Count(term, demand)
        for n in self.nodes:
            domain = domain_of(term, n)
            if domain is not None and c.takes(n):
                c.domains.add(domain)
                c.at_end[domain] += sum(times for kin, times in self.kins_on[n].items() if c.hits(kin))
        if term.spread and term.key != HOST:
            c.domains |= {labels[term.key] for pool, _, labels in self.launchable
                          if term.key in labels and demand.is_eligible(term, labels, pool.taints)}
        return c

    def faults(self):
        found = list(self.faults_at_end())
        if not found:
            found = list(Order(self).faults())
        return found

    def faults_at_end(self):
        for n in self.nodes:
            for d in n.demands:
                for term in d.spreads:
                    yield from self.spread_fault(term, d, n)
                for term in d.parts:
                    domain, c = domain_of(term, n), self.count(term, d)
                    if domain is not None and c.at_end[domain] > c.hits(d.kin):
                        yield f"{n.name}: {d.name} shares {term.key} {domain} with pods it is to be apart from"
                for term in d.joins:
                    if domain_of(term, n) is None or not self.count(term, d).at_end[domain_of(term, n)]:
                        yield f"{n.name}: {d.name} is where none of the pods is that it is to join by {term.key}"

    def spread_fault(self, term, d, n):
        domain, c = domain_of(term, n), self.count(term, d)
        if domain is None:
            yield f"{n.name}: {d.name} is spread over {term.key}, which the node lacks"
        elif c.at_end[domain] - c.least(c.at_end) > term.skew:
            yield (f"{n.name}: {d.name} is spread over {term.key} with a skew of at most {term.skew}, "
                   f"but {domain} has {c.at_end[domain]} and another {c.least(c.at_end)}")


class Group:
    """Pods that are interchangeable to every term: what they need to be placed, and what they add once they are."""

    def __init__(self, needs, adds):
        self.needs, self.adds, self.left, self.example = needs, adds, 0, None


class Order:
    """Looks for an order of placing.  Anti-affinity that holds in the end has held all along, for counts only grow; so
    has a spread whose least is 0.  What is left are affinity and other spreads."""

    def __init__(self, topology):
        self.groups = {}
        ordering = set()
        for d in topology.demands:
            for term in d.spreads + d.joins:
                c = topology.count(term, d)
                if not (term.spread and (term.key == HOST or len(c.domains) < term.least)):
                    ordering.add(c)
        self.ordering = sorted(ordering, key=lambda c: c.term.identity + c.demand.signature)
        for n in topology.nodes if ordering else []:
            places = [domain_of(c.term, n) if c.takes(n) else None for c in self.ordering]
            for d, times in n.demands.items():
                self.add(topology, n, d, times, places)

    def add(self, topology, n, d, times, places):
        adds = tuple((i, p) for i, (c, p) in enumerate(zip(self.ordering, places)) if p is not None and c.hits(d.kin))
        needs = []
        for term in d.spreads + d.joins:
            c = topology.count(term, d)
            if c in self.ordering:
                needs.append((self.ordering.index(c), domain_of(term, n), int(c.hits(d.kin)), term.skew if term.spread else None))
        group = self.groups.setdefault((tuple(needs), adds), Group(needs, adds))
        group.left += times
        group.example = group.example or (d.name, n.name)

    def begin(self):
        self.now = [Counter() for _ in self.ordering]
        self.total = [0] * len(self.ordering)

    def may_place(self, g, starts):
        """`starts`: the first of pods that join their own like may go anywhere."""
        for i, domain, own, skew in g.needs:
            if skew is None:
                if not self.now[i][domain] and not (starts and own and not self.total[i]):
                    return False
            elif self.now[i][domain] + own - self.ordering[i].least(self.now[i]) > skew:
                return False
        return True

    def place(self, g, times=1):
        for i, domain in g.adds:
            self.now[i][domain] += times
            self.total[i] += times

    def faults(self):
        if not self.groups:
            return
        shuffler = random.Random(1)
        groups = sorted(self.groups.values(), key=lambda g: (-len(g.needs), str(g.needs)))
        for _ in range(SHUFFLES):
            stuck = self.sweep(groups)
            if not stuck:
                return
            shuffler.shuffle(groups)
        if sum(g.left for g in groups) <= SEARCHED:
            self.begin()
            if self.search(groups, tuple(g.left for g in groups), set()):
                return
        yield "in no order can each be placed where it stands, for one " + "%s on %s" % stuck[0].example

    def sweep(self, groups):
        """Passes over all groups, one pod of what adds alike a pass, so that domains fill evenly.  Returns who is left."""
        self.begin()
        left = {g: g.left for g in groups}
        while left:
            moved, used = False, set()
            for g in list(left):
                if g.adds in used or not self.may_place(g, False):
                    continue
                if g.adds:
                    used.add(g.adds)
                self.take(g, left, 1 if g.adds else left[g])
                moved = True
            if not moved and not self.start_one(left):
                return list(left)
        return []

    def take(self, g, left, times):
        self.place(g, times)
        left[g] -= times
        if not left[g]:
            del left[g]

    def start_one(self, left):
        for g in left:
            if self.may_place(g, True):
                self.take(g, left, 1)
                return True
        return False

    def search(self, groups, left, seen):
        """Depth first over how many of each group are still to be placed."""
        if not any(left):
            return True
        if left in seen:
            return False
        seen.add(left)
        for k, g in enumerate(groups):
            if left[k] and self.may_place(g, True):
                self.place(g)
                if self.search(groups, left[:k] + (left[k] - 1,) + left[k + 1:], seen):
                    return True
                self.place(g, -1)
        return False
