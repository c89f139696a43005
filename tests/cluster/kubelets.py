"""Kubelets of instances that the stand-in for EC2 runs: each that runs joins the cluster as a Node, as its kubelet would
announce it.  From then on kwok plays it: Ready, and its pods run.  An instance that is gone says nothing any more."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from control_plane import Refused

RESERVED_MILLICPU, RESERVED_MIB = 100, 700


def lean(found):
    """millicpu, MiB and pods that a Node has for pods: nearly all, so a node has more than the engine reckons."""
    return 1000 * found["VCpuInfo"]["DefaultVCpus"] - RESERVED_MILLICPU, found["MemoryInfo"]["SizeInMiB"] - RESERVED_MIB, 110


def as_eks_reserves(found):
    """As the images of EKS have it: hypervisor and kernel take 7.5 % at most, the kubelet 255 MiB and 11 for each pod, a
    share of the first four cores and 0.25 % of the rest, and evicts from 100 MiB on."""
    network, cores = found["NetworkInfo"], found["VCpuInfo"]["DefaultVCpus"]
    pods = network["MaximumNetworkInterfaces"] * (network["Ipv4AddressesPerInterface"] - 1) + 2
    millicpu = sum((60, 10, 5, 5)[:cores]) + 2.5 * max(0, cores - 4)
    return int(1000 * cores - millicpu), int(found["MemoryInfo"]["SizeInMiB"] * 0.925) - 255 - 11 * pods - 100, pods


class Kubelets:
    def __init__(self, plane, moto, cluster, labels=None, taints=(), ready=True, allocatable=lean):
        self.plane, self.moto, self.cluster = plane, moto, cluster
        self.labels, self.taints, self.ready, self.allocatable = labels or {}, list(taints), ready, allocatable
        self.joins = True          # False: instances boot and never join
        self.joined = {}           # instance id: name of its Node
        self.types = {}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def stop(self):
        self.stopped.set()
        self.thread.join()

    def run(self):
        with ThreadPoolExecutor(8) as pool:  # machines do not wait for one another
            while not self.stopped.wait(0.2):
                try:
                    self.look(pool)
                except OSError:  # the API server, or moto, is being restarted
                    time.sleep(0.2)

    def look(self, pool):
        running = {i["id"]: i for i in self.moto.get(f"/tenon/running?cluster={self.cluster}")}
        if self.joins:
            list(pool.map(self.join, [i for i in running.values() if i["id"] not in self.joined]))
        for instance_id, node in list(self.joined.items()):
            if node and instance_id not in running:
                self.fall_silent(node)
                self.joined[instance_id] = None

    def type_of(self, name):
        if name not in self.types:
            self.types[name] = self.moto.aws("ec2").describe_instance_types(InstanceTypes=[name])["InstanceTypes"][0]
        return self.types[name]

    def join(self, instance):
        name, zone = instance["dns"], instance["zone"]
        found = self.type_of(instance["type"])
        millicpu, mib, pods = self.allocatable(found)
        node = {
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "annotations": {"kwok.x-k8s.io/node": "fake"} if self.ready else {}, "labels": {
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "node.kubernetes.io/instance-type": instance["type"], "topology.kubernetes.io/zone": zone,
                "topology.kubernetes.io/region": zone[:-1], **self.labels}},
            "spec": {"providerID": f"aws:///{zone}/{instance['id']}", "taints": self.taints},
            "status": {"capacity": {"cpu": str(found["VCpuInfo"]["DefaultVCpus"]), "pods": str(pods),
                                    "memory": f"{found['MemoryInfo']['SizeInMiB']}Mi"},
                       "allocatable": {"cpu": f"{millicpu}m", "memory": f"{mib}Mi", "pods": str(pods)}}}
        try:
            self.plane.ask("POST", "/api/v1/nodes", node)
        except Refused as e:
            if e.status != 409:
                raise
        self.joined[instance["id"]] = name

    def fall_silent(self, node):
        """kwok lets go of it; the Node stays, as it does where nobody takes it away."""
        try:
            self.plane.ask("PATCH", f"/api/v1/nodes/{node}", {"metadata": {"annotations": {"kwok.x-k8s.io/node": None}}},
                           kind="application/merge-patch+json")
        except Refused as e:
            if e.status != 404:
                raise
