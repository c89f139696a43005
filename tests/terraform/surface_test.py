#!/usr/bin/env python3
"""Node pools and classes as users write them: what is accepted, and what a change of it does."""
import json
import subprocess

from harness import BINARY, HANG_S, REGION, main
from pools_test import WORKER, PoolCase


class Surface(PoolCase):
    CLASS = """
resource "tenon_node_class" "c" {
  provider                = aws
  name                    = "PREFIX-class"
  ami_family              = "AL2023"
  ami_selector            = [{ id = "AMI" }]
  subnet_selector         = [{ tags = { "karpenter.sh/discovery" = "test-eks" } }]
  security_group_selector = [{ tags = { "karpenter.sh/discovery" = "test-eks" } }]
  instance_profile        = aws_iam_instance_profile.node.name
  user_data               = "#!/bin/bash\\n..."
  block_device_mappings = [{
    device_name = "/dev/xvda", root_volume = true
    ebs = { volume_size = "50Gi", volume_type = "gp3", encrypted = true, delete_on_termination = true, iops = 3000, throughput = 125 }
  }]
  metadata_options = { http_endpoint = "enabled", http_protocol_ipv6 = "disabled", http_put_response_hop_limit = 2, http_tokens = "required" }
  kubelet = {
    max_pods        = 110
    pods_per_core   = 20
    system_reserved = { cpu = "100m" }
    kube_reserved   = { memory = "200Mi" }
    eviction_hard   = { "memory.available" = "5%" }
    eviction_soft   = { "memory.available" = "10%" }
    eviction_soft_grace_period = { "memory.available" = "1m" }
    cluster_dns     = ["10.0.0.10"]
  }
  tags                        = { Project = "DataMigrate AI" }
  detailed_monitoring         = true
  associate_public_ip_address = false
  instance_store_policy       = "RAID0"
  timeouts {
    update = "10m"
  }
}
"""
    PROFILE = """
resource "aws_iam_role" "node" {
  name               = "PREFIX-node"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_instance_profile" "node" {
  name = "PREFIX-node"
  role = aws_iam_role.node.name
}
"""
    POOL = """
resource "tenon_node_pool" "p" {
  provider    = aws
  name        = "PREFIX-pool"
  node_class  = tenon_node_class.c.name
  labels      = { "workload-type" = "migration" }
  annotations = { "example.com/owner" = "Data & Co." }
  requirements = [
    { key = "karpenter.sh/capacity-type", operator = "In", values = ["spot", "on-demand"] },
    { key = "karpenter.k8s.aws/instance-generation", operator = "Gt", values = ["2"] },
    { key = "karpenter.k8s.aws/instance-category", operator = "In", values = ["c", "m", "r"], min_values = 2 },
  ]
  taints         = [{ key = "dedicated", value = "migration", effect = "NoSchedule" }]
  startup_taints = [{ key = "cni", effect = "NoExecute" }]
  limits         = { cpu = "500", memory = "500Gi", nodes = "20", hourly_usd = "12.5" }
  weight         = 10
  ttl_seconds_after_empty   = 60
  ttl_seconds_until_expired = 604800
  consolidation = { enabled = true, policy = "WhenEmptyOrUnderutilized", after_seconds = 0, payback_seconds = 60 }
  budgets       = [{ nodes = "10%", schedule = "0 9 * * mon-fri", duration = "8h", reasons = ["Underutilized", "Empty"], time_zone = "UTC" }]
  termination_grace_period_seconds = 3600
  headroom = [{ resources = { cpu = "2", memory = "4Gi" }, count = 1 }]
  spread_limit = 50
  timeouts {
    create = "10m"
    update = "10m"
    delete = "20m"
  }
}
"""

    def full_stack(self):
        s = self.pool_stack(replicas=0)
        s.write("main.tf", (self.CLASS + self.PROFILE + self.POOL).replace("AMI", s.amis[0]).replace("test-eks", s.cluster))
        return s

    def change(self, s, *pairs):
        """The actions of a plan in which that text stands instead; the configuration stays as it was."""
        before = after = (s.dir / "main.tf").read_text()
        for old, new in pairs:
            self.assertIn(old, after)
            after = after.replace(old, new)
        s.write("main.tf", after)
        actions = s.actions()
        s.write("main.tf", before)
        return actions

    def test_every_attribute_is_taken_and_each_change_does_what_it_should(self):
        s = self.full_stack()
        plan = s.plan("-out=plan.bin")
        self.assertEqual(plan.code, 2, plan.text)
        self.assertIn("Warning: annotations has no effect yet", plan.flat)
        planned = {r["address"]: r["change"] for r in json.loads(s.run("show", "-json", "plan.bin").out)["resource_changes"]}
        pool = planned["tenon_node_pool.p"]
        self.assertEqual((pool["after"]["id"], pool["after"]["cluster"], pool["after"]["region"]),
                         (f"{s.prefix}-pool", s.cluster, REGION))
        self.assertTrue(all(pool["after_unknown"][name] for name in ("uid", "generation", "converged")))
        self.applies_and_settles(s)

        with self.subTest("another writing of the same"):
            self.assertEqual(self.change(s, ('"spot", "on-demand"', '"on-demand", "spot"'), ('"50Gi"', '"51200Mi"'), ('"8h"', '"480m"'),
                                         ('"500Gi"', '"512000Mi"'), ('cpu = "2"', 'cpu = "2000m"'), ('"c", "m", "r"', '"r", "c", "m"'),
                                         ('"Underutilized", "Empty"', '"Empty", "Underutilized"'), ('"12.5"', '"12.50"')), {})
        for old, new in [('weight         = 10', 'weight = 11'), ('"500Gi"', '"501Gi"'), ('"NoExecute"', '"NoSchedule"'),
                         ('ttl_seconds_after_empty   = 60', ''), ('payback_seconds = 60', 'payback_seconds = 61')]:
            with self.subTest(new or old):
                self.assertEqual(self.change(s, (old, new)), {"tenon_node_pool.p": ["update"]})
        for old, new in [('"50Gi"', '"51Gi"'), ('max_pods        = 110', 'max_pods = 58'), ('"DataMigrate AI"', '"X"')]:
            with self.subTest(new):
                self.assertEqual(self.change(s, (old, new)), {"tenon_node_class.c": ["update"]})
        with self.subTest("another name"):
            self.assertEqual(self.change(s, ('-pool"', '-other"')), {"tenon_node_pool.p": ["delete", "create"]})

    def test_a_provider_that_is_not_known_at_plan_leaves_state_alone_and_says_so(self):
        s = self.pool_stack()
        self.applies_and_settles(s)
        text = (s.dir / "_provider.tf").read_text()
        s.write("_provider.tf", text.replace(f'name = "{s.cluster}"', "name = terraform_data.name.output")
                + f'\nresource "terraform_data" "name" {{\n  input = "{s.cluster}"\n}}\n')
        plan = s.plan()
        self.assertEqual(plan.code, 2, plan.text)
        self.assertIn("cluster.name", plan.flat)
        self.assertIn("1 to add, 0 to change, 0 to destroy", plan.flat)
        self.applies_and_settles(s)

    def test_the_engine_block_says_how_much_of_the_fleet_may_be_away(self):
        for name, value in [("max_disrupted", "a few"), ("max_unready", "101%"), ("max_staleness", "9s")]:
            bad = self.pool_stack(extra=f', {name} = "{value}"')
            allowed = '"10s" or more' if name == "max_staleness" else 'a number of nodes such as "2" or a share from "0%" to "100%"'
            self.refused(bad.plan(), name, value, allowed)
        s = self.pool_stack(extra=', max_disrupted = "0"')
        self.applies_and_settles(s)
        before = {i["InstanceId"] for i in self.instances(s)}
        self.write_pool(s, ami=1)
        held = s.apply()
        self.ok(held)
        self.assertIn('max_disrupted = "0" lets 0 of the fleet', held.flat)
        self.assertEqual({i["InstanceId"] for i in self.instances(s)}, before)

    def test_status_has_the_fields_that_programs_rely_on(self):
        s = self.pool_stack(replicas=3, cpu="2")
        self.applies_and_settles(s)
        s.write("k8s/huge.yaml", (WORKER % (1, "1000")).replace("name: worker", "name: huge"))
        self.assertEqual(self.tenon(s, "engine", "--once").returncode, 0)
        status = self.status(s)
        self.assertLessEqual({"cluster", "hourly_usd", "bound_usd", "pools", "nodes", "waiting"}, status.keys())
        (pool,) = status["pools"]
        self.assertLessEqual({"name", "nodes", "hourly_usd", "limits", "converged"}, pool.keys())
        self.assertEqual((pool["nodes"], pool["converged"]), (len(status["nodes"]), True))
        for node in status["nodes"]:
            self.assertLessEqual({"name", "claim", "instance_id", "instance_type", "zone", "capacity_type", "pool", "phase",
                                  "hourly_usd", "allocatable", "labels", "taints", "pods"}, node.keys())
            self.assertLessEqual({"cpu", "memory", "pods"}, node["allocatable"].keys())
            self.assertTrue(all(isinstance(amount, str) for amount in node["allocatable"].values()))
            self.assertEqual(node["labels"]["karpenter.sh/nodepool"], pool["name"])
            self.assertEqual(node["labels"]["karpenter.sh/provisioner-name"], pool["name"])
            self.assertEqual(node["labels"]["topology.kubernetes.io/zone"], node["zone"])
        self.assertAlmostEqual(status["hourly_usd"], sum(n["hourly_usd"] for n in status["nodes"]), 6)
        self.assertLessEqual(status["bound_usd"], status["hourly_usd"])
        (waiting,) = status["waiting"]
        self.assertEqual(waiting["pod"], "default/huge-0")
        self.assertLessEqual({"reason", "message"}, waiting.keys())

    def test_the_engine_finds_its_manifests_from_any_folder(self):
        s = self.pool_stack(replicas=1)
        self.applies_and_settles(s)
        s.write("k8s/worker.yaml", WORKER % (3, "2"))
        once = subprocess.run([BINARY.parent / "tenon", "engine", "--once", "--store", f"sqlite:{s.store}"], cwd="/", text=True,
                              capture_output=True, timeout=HANG_S, env=dict(s.env, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"))
        self.assertEqual(once.returncode, 0, once.stderr)
        self.assertEqual(sum(len(n["pods"]) for n in self.status(s)["nodes"]), 3)


if __name__ == "__main__":
    main()
