#!/usr/bin/env python3
"""What nodes join their cluster by, and what a class says that cannot work."""
import base64
import email
import json

from harness import main, moto
from pools_test import PoolCase

JOIN_DATA = 'endpoint = "https://k8s.example", certificate_authority = "Q0E="'


class JoinCase(PoolCase):
    def joining_stack(self, cluster="", of_class="", replicas=1):
        s = self.pool_stack('  startup_taints = [{ key = "cni", effect = "NoExecute" }]\n  labels = { team = "x" }',
                            replicas=replicas)
        text = (s.dir / "_provider.tf").read_text()
        s.write("_provider.tf", text.replace('manifests = ["k8s"]', f'manifests = ["k8s"], {cluster}'))
        self.in_class(s, of_class)
        return s

    def in_class(self, s, of_class):
        """The class with one more or another line."""
        name = of_class.partition("=")[0].strip()
        lines = (s.dir / "main.tf").read_text().splitlines()
        lines = [line for line in lines if not line.startswith(f"  {name} ") or not name]
        lines.insert(lines.index('resource "tenon_node_class" "c" {') + 1, "  " + of_class)
        s.write("main.tf", "\n".join(lines) + "\n")

    def user_data(self, s):
        """Of the one launch template: its parts as (content type, body), as nodeadm and cloud-init take them apart."""
        ec2 = moto().aws("ec2")
        (template,) = ec2.describe_launch_templates(Filters=[{"Name": "tag:tenon.dev/cluster", "Values": [s.cluster]}])["LaunchTemplates"]
        versions = ec2.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])["LaunchTemplateVersions"]
        text = base64.b64decode(versions[-1]["LaunchTemplateData"]["UserData"]).decode()
        message = email.message_from_string(text)
        return [(part.get_content_type(), part.get_payload().rstrip("\n")) for part in message.get_payload()]


class Joining(JoinCase):
    def test_a_node_of_al2023_joins_by_a_node_config_beside_the_users_part(self):
        s = self.joining_stack(JOIN_DATA + ', service_cidr = "fd30:1c53:5f8a::/108"',
                               'user_data = "#!/bin/bash\\necho own\\n"')
        plan = s.plan()
        self.assertNotIn("will join no cluster", plan.flat)
        self.applies_and_settles(s)
        (own, script), (ours, text) = self.user_data(s)
        self.assertEqual((own, script), ("text/x-shellscript", "#!/bin/bash\necho own"))
        self.assertEqual(ours, "application/node.eks.aws")
        spec = json.loads(text)["spec"]
        self.assertEqual(spec["cluster"], {"name": s.cluster, "apiServerEndpoint": "https://k8s.example",
                                           "certificateAuthority": "Q0E=", "cidr": "fd30:1c53:5f8a::/108"})
        self.assertEqual(spec["kubelet"]["config"]["registerWithTaints"], [{"key": "cni", "effect": "NoExecute"}])
        self.assertIn("team=x", spec["kubelet"]["flags"][0])
        settings = self.tenon(s, "status", "--output", "json")
        self.assertEqual(settings.returncode, 0, settings.stderr)

    def test_what_the_cluster_block_leaves_out_is_asked_of_eks(self):
        s = self.joining_stack()
        cluster = moto().aws("eks").create_cluster(name=s.cluster, roleArn="arn:aws:iam::123456789012:role/x", version="1.31",
                                                   resourcesVpcConfig={"subnetIds": []},
                                                   kubernetesNetworkConfig={"serviceIpv4Cidr": "10.96.0.0/12"})["cluster"]
        self.assertNotIn("will join no cluster", s.plan().flat)
        self.applies_and_settles(s)
        ((_, text),) = self.user_data(s)
        self.assertEqual(json.loads(text)["spec"]["cluster"], {
            "name": s.cluster, "apiServerEndpoint": cluster["endpoint"],
            "certificateAuthority": cluster["certificateAuthority"]["data"], "cidr": "10.96.0.0/12"})

    def test_plan_says_what_is_missing_and_why_eks_does_not_say_it(self):
        s = self.joining_stack(JOIN_DATA)
        plan = s.plan()
        for text in ("will join no cluster", "needs cluster.service_cidr", f"EKS has no cluster {s.cluster}"):
            self.assertIn(text, plan.flat)
        self.fault("eks", "DescribeCluster", times=None, status=403, code="AccessDeniedException", message="Not you.")
        self.assertIn("eks:DescribeCluster", s.plan().flat)
        with self.subTest("an apply says it too"):
            self.assertIn("needs cluster.service_cidr", self.ok(s.apply()).flat)
        self.no_faults()
        for line in ('ami_family = "Custom"', 'user_data = "apiVersion: node.eks.aws/v1alpha1\\nkind: NodeConfig\\n'
                     'spec: {cluster: {cidr: 10.0.0.0/16}}\\n"'):
            with self.subTest(line):
                self.in_class(s, line)
                self.assertNotIn("will join no cluster", s.plan().flat)

    def test_a_service_cidr_that_is_none_is_refused(self):
        s = self.joining_stack('service_cidr = "10.100.0.1/16"')
        self.refused(s.validate(), 'not a network: "10.100.0.1/16"', "10.100.0.0/16")


class Unusable(JoinCase):
    """Each is told at its attribute, at plan where AWS can know it then."""

    def selected(self, s):
        ec2 = moto().aws("ec2")
        tagged = [{"Name": "tag:karpenter.sh/discovery", "Values": [s.cluster]}]
        return (sorted(n["SubnetId"] for n in ec2.describe_subnets(Filters=tagged)["Subnets"]),
                [g["GroupId"] for g in ec2.describe_security_groups(Filters=tagged)["SecurityGroups"]])

    def test_one_of_two_subnet_ids_that_does_not_exist_is_an_error_of_plan(self):
        s = self.joining_stack()
        subnets, _ = self.selected(s)
        self.in_class(s, f'subnet_selector = [{{ id = "{subnets[0]}" }}, {{ id = "subnet-0bad" }}]')
        self.refused(s.plan(), "there is no subnet subnet-0bad in us-east-1", "The credentials' account has")

    def test_a_security_group_of_another_vpc_is_an_error_of_plan(self):
        s = self.joining_stack()
        vpc = moto().aws("ec2").create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
        group = moto().aws("ec2").create_security_group(GroupName=s.prefix, Description="d", VpcId=vpc)["GroupId"]
        self.in_class(s, f'security_group_selector = [{{ id = "{group}" }}]')
        self.refused(s.plan(), f"security group {group} is not of the subnets' VPC", vpc)

    def test_subnets_whose_tags_were_lost_are_warned_about_at_plan_and_refused_at_apply(self):
        s = self.joining_stack()
        self.in_class(s, 'subnet_selector = [{ tags = { team = "lost" } }]')
        plan = s.plan()
        self.assertEqual(plan.code, 2, plan.text)
        self.assertIn("no subnet matches subnet_selector", plan.flat)
        self.refused(s.apply(), "no subnet matches subnet_selector", "none has the tag team")

    def test_a_misspelt_instance_profile_is_refused_with_those_like_it(self):
        iam = moto().aws("iam")
        s = self.joining_stack()
        iam.create_instance_profile(InstanceProfileName=f"{s.prefix}-node")
        self.in_class(s, f'instance_profile = "{s.prefix}-nodes"')
        self.refused(s.apply(), f"instance profile {s.prefix}-nodes does not exist", f"{s.prefix}-node")
        self.assertEqual(s.state(), {})

    def test_an_arn_of_an_instance_profile_is_its_name(self):
        iam = moto().aws("iam")
        s = self.joining_stack()
        arn = iam.create_instance_profile(InstanceProfileName=f"{s.prefix}-node", Path="/team/")["InstanceProfile"]["Arn"]
        iam.create_role(RoleName=f"{s.prefix}-node", AssumeRolePolicyDocument="{}")
        iam.add_role_to_instance_profile(InstanceProfileName=f"{s.prefix}-node", RoleName=f"{s.prefix}-node")
        self.in_class(s, f'instance_profile = "{arn}"')
        self.applies_and_settles(s)
        (instance,) = self.instances(s)
        self.assertEqual(instance["IamInstanceProfile"]["Arn"], arn)
        with self.subTest("and means the same"):
            self.in_class(s, f'instance_profile = "{s.prefix}-node"')
            self.assertEqual(s.actions(), {})

    def test_user_data_that_joining_makes_too_long_is_an_error_of_plan(self):
        s = self.joining_stack(JOIN_DATA + ', service_cidr = "10.100.0.0/16"', f'user_data = "#!/bin/bash\\n# {"x" * 16300}\\n"')
        self.refused(s.plan(), "EC2 takes 16384", "user_data of the class has 16315 bytes")

    def test_user_data_that_a_pools_labels_make_too_long_ends_the_wait_at_once(self):
        s = self.joining_stack(JOIN_DATA + ', service_cidr = "10.100.0.0/16"', f'user_data = "#!/bin/bash\\n# {"x" * 15700}\\n"')
        result = self.ok(s.apply())  # far within the ten minutes that a create may take
        self.assertIn("EC2 takes 16384", result.flat)
        self.assertNotIn("not known yet", result.flat)
        self.assertFalse(s.state()["tenon_node_pool.p"]["converged"])

    def test_a_broken_mime_part_is_refused_at_validate(self):
        s = self.joining_stack(of_class='user_data = "Content-Type: multipart/mixed; boundary=B\\n\\n--B\\necho hi\\n\\n--B--\\n"')
        self.refused(s.validate(), "part 1 of the MIME message has `echo hi` among its headers")


if __name__ == "__main__":
    main()
