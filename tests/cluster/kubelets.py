"""Kubelets of instances that the stand-in for EC2 runs: each that runs joins the cluster as a Node, as its kubelet would
announce it.  From then on kwok plays it: Ready, and its pods run.  An instance that is gone says nothing any more."""
import threading
import time

from control_plane import Refused

RESERVED_MILLICPU, RESERVED_MIB = 100, 700


class Kubelets:
    def __init__(self, plane, moto, cluster, labels=None, taints=(), ready=True):
        self.plane, self.moto, self.cluster = plane, moto, cluster
        self.labels, self.taints, self.ready = labels or {}, list(taints), ready
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
        while not self.stopped.wait(0.2):
            try:
                self.look()
            except OSError:  # the API server, or moto, is being restarted
                time.sleep(0.2)

    def look(self):
        running = {i["InstanceId"]: i for i in self.moto.instances(cluster=self.cluster, states=("running",))}
        for instance_id, instance in running.items():
            if self.joins and instance_id not in self.joined:
                self.join(instance)
        for instance_id, node in list(self.joined.items()):
            if node and instance_id not in running:
                self.fall_silent(node)
                self.joined[instance_id] = None

    def type_of(self, name):
        if name not in self.types:
            self.types[name] = self.moto.aws("ec2").describe_instance_types(InstanceTypes=[name])["InstanceTypes"][0]
        return self.types[name]

    def join(self, instance):
        found = self.type_of(instance["InstanceType"])
        name, zone = instance["PrivateDnsName"], instance["Placement"]["AvailabilityZone"]
        cpu, mib = found["VCpuInfo"]["DefaultVCpus"], found["MemoryInfo"]["SizeInMiB"]
        node = {
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "annotations": {"kwok.x-k8s.io/node": "fake"} if self.ready else {}, "labels": {
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "node.kubernetes.io/instance-type": instance["InstanceType"], "topology.kubernetes.io/zone": zone,
                "topology.kubernetes.io/region": zone[:-1], **self.labels}},
            "spec": {"providerID": f"aws:///{zone}/{instance['InstanceId']}", "taints": self.taints},
            "status": {"capacity": {"cpu": str(cpu), "memory": f"{mib}Mi", "pods": "110"},
                       "allocatable": {"cpu": f"{1000 * cpu - RESERVED_MILLICPU}m", "memory": f"{mib - RESERVED_MIB}Mi",
                                       "pods": "110"}}}
        try:
            self.plane.ask("POST", "/api/v1/nodes", node)
        except Refused as e:
            if e.status != 409:
                raise
        self.joined[instance["InstanceId"]] = name

    def fall_silent(self, node):
        """kwok lets go of it; the Node stays, as it does where nobody takes it away."""
        try:
            self.plane.ask("PATCH", f"/api/v1/nodes/{node}", {"metadata": {"annotations": {"kwok.x-k8s.io/node": None}}},
                           kind="application/merge-patch+json")
        except Refused as e:
            if e.status != 404:
                raise
