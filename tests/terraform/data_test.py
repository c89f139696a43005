#!/usr/bin/env python3
"""Data sources under real terraform, against what hashicorp/aws 5.100.0 said (policy-documents.json: 52 documents of its
making)."""
import base64
import json
import pathlib

from harness import ACCOUNT, TestCase, main, moto

SAMPLES = json.loads((pathlib.Path(__file__).resolve().parent / "policy-documents.json").read_text())


def documents():
    return "".join(f'data "aws_iam_policy_document" "{s["name"]}" {{\n{s["hcl"]}\n}}\n' for s in SAMPLES)


class PolicyDocuments(TestCase):
    def test_every_text_is_as_hashicorp_aws_writes_it(self):
        s = self.stack(documents())
        before = len(moto().get("/tenon/requests"))
        self.ok(s.apply())
        state = s.state()
        for sample in SAMPLES:
            with self.subTest(sample["name"]):
                got = state[f'data.aws_iam_policy_document.{sample["name"]}']
                self.assertEqual([got[k] for k in ("json", "minified_json", "id")],
                                 [sample[k] for k in ("json", "minified_json", "id")])
        asked = {r["operation"] for r in moto().get("/tenon/requests")[before:]}
        self.assertLessEqual(asked, {"GetCallerIdentity"})

    def test_what_cannot_be_is_refused_at_its_place(self):
        for body, texts in [
            ('statement {\n    sid = "a"\n    actions = ["s3:*"]\n  }\n  statement {\n    sid = "a"\n  }', ["two statements have the Sid \"a\""]),
            ('statement {\n    effect = "allow"\n  }', ["effect", "Allow", "Deny"]),
            ('version = "2020-01-01"', ["version", "2012-10-17"]),
            ('version = "2008-10-17"\n  statement {\n    resources = ["arn:aws:s3:::&{aws:username}"]\n  }', ["resources", "2008-10-17"]),
            ('source_policy_documents = ["{"]', ["source_policy_documents", "JSON"]),
            ('source_policy_documents = ["[]"]', ["source_policy_documents", "object"]),
            ('source_policy_documents = [jsonencode({ Statement = {} })]', ["Statement", "list"]),
            ('source_policy_documents = [jsonencode({ Statement = [{ Sid = "x" }] }), jsonencode({ Statement = [{ Sid = "x" }] })]', ["\"x\"", "twice"]),
            ('source_json = "{}"', ["source_json", "source_policy_documents"]),
            ('statement {\n    principals {\n      type = "AWS"\n    }\n  }', ["identifiers"]),
        ]:
            with self.subTest(body):
                s = self.stack(f'data "aws_iam_policy_document" "x" {{\n  {body}\n}}\n')
                self.refused(s.plan(), *texts)

    def test_a_policy_made_of_it_settles(self):
        s = self.stack('''
data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id, "arn:aws:iam::210987654321:root"]
    }
  }
}
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "late" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.r.arn]
  }
}
resource "aws_iam_policy" "p" {
  name   = "PREFIX-p"
  policy = data.aws_iam_policy_document.late.json
}
''')
        self.applies_and_settles(s)


class Facts(TestCase):
    def test_who_where_and_in_which_world(self):
        s = self.stack('data "aws_caller_identity" "x" {}\ndata "aws_partition" "x" {}\ndata "aws_region" "x" {}\n')
        self.ok(s.apply())
        state = s.state()
        who, where, world = (state[f"data.aws_{name}.x"] for name in ("caller_identity", "region", "partition"))
        self.assertEqual((who["account_id"], who["id"]), (ACCOUNT, ACCOUNT))
        self.assertTrue(who["arn"].startswith("arn:aws:"))
        self.assertTrue(who["user_id"])
        self.assertEqual(where, {"description": "US East (N. Virginia)", "endpoint": "ec2.us-east-1.amazonaws.com", "id": "us-east-1",
                                 "name": "us-east-1", "region": "us-east-1"})
        self.assertEqual(world, {"dns_suffix": "amazonaws.com", "id": "aws", "partition": "aws", "reverse_dns_prefix": "com.amazonaws"})

    def test_a_region_is_asked_for_by_name_or_by_endpoint(self):
        s = self.stack('data "aws_region" "a" {\n  name = "eu-west-1"\n}\ndata "aws_region" "b" {\n  region = "cn-north-1"\n}\n'
                       'data "aws_region" "c" {\n  endpoint = "ec2.us-gov-west-1.amazonaws.com"\n}\n')
        self.ok(s.apply())
        state = s.state()
        self.assertEqual([state[f"data.aws_region.{k}"]["description"] for k in "abc"], ["Europe (Ireland)", "China (Beijing)", "AWS GovCloud (US-West)"])
        self.assertEqual(state["data.aws_region.b"]["endpoint"], "ec2.cn-north-1.amazonaws.com.cn")
        for body, text in (('name = "eu-west-9"', "eu-west-9"), ('name = "eu-west-1"\n  region = "eu-west-1"', "both set"),
                           ('name = "eu-west-1"\n  endpoint = "ec2.eu-west-2.amazonaws.com"', "ec2.eu-west-2"), ('endpoint = "x"', "no such region")):
            self.refused(self.stack(f'data "aws_region" "x" {{\n  {body}\n}}\n').plan(), text)

    def test_an_arn_is_taken_apart(self):
        s = self.stack('data "aws_arn" "a" {\n  arn = "arn:aws:logs:eu-west-1:123456789012:log-group:x:*"\n}\n'
                       'data "aws_arn" "b" {\n  arn = "arn:aws-cn:iam:::"\n}\n')
        self.ok(s.apply())
        state = s.state()
        self.assertEqual(state["data.aws_arn.a"], {
            "account": "123456789012", "arn": "arn:aws:logs:eu-west-1:123456789012:log-group:x:*", "id": "arn:aws:logs:eu-west-1:123456789012:log-group:x:*",
            "partition": "aws", "region": "eu-west-1", "resource": "log-group:x:*", "service": "logs"})
        self.assertEqual([state["data.aws_arn.b"][k] for k in ("partition", "service", "account", "resource")], ["aws-cn", "iam", "", ""])
        for bad in ("", "x", "arn:aws:iam::1"):
            self.refused(self.stack(f'data "aws_arn" "x" {{\n  arn = "{bad}"\n}}\n').plan(), "arn", "not an ARN", "PARTITION")

    def test_a_service_is_named_as_its_partition_has_it(self):
        wanted = {("ec2", ""): ("us-east-1", "amazonaws.com"), ("logs", "cn-north-1"): ("cn-north-1", "amazonaws.com.cn"),
                  ("s3", "cn-north-1"): ("cn-north-1", "amazonaws.com"), ("logs", "us-iso-east-1"): ("us-iso-east-1", "c2s.ic.gov")}
        s = self.stack("".join(f'data "aws_service_principal" "p{i}" {{\n  service_name = "{service}"\n{f"  region = {json.dumps(region)}" if region else ""}\n}}\n'
                               for i, (service, region) in enumerate(wanted)))
        self.ok(s.apply())
        state = s.state()
        for i, ((service, _), (region, suffix)) in enumerate(wanted.items()):
            self.assertEqual(state[f"data.aws_service_principal.p{i}"], {
                "id": f"{service}.{region}.{suffix}", "name": f"{service}.{suffix}", "region": region, "service_name": service, "suffix": suffix})
        self.refused(self.stack('data "aws_service_principal" "x" {\n  service_name = "ec2"\n  region = "moon-1"\n}\n').plan(), "moon-1")

    def test_default_tags_are_told_without_those_that_are_ignored(self):
        s = self.stack('data "aws_default_tags" "x" {}\n')
        s.write("_provider.tf", s.provider('default_tags {\n    tags = { a = "1", b = "2" }\n  }\n  ignore_tags {\n    keys = ["b"]\n  }'))
        self.ok(s.apply())
        self.assertEqual(s.state()["data.aws_default_tags.x"], {"id": "aws", "tags": {"a": "1"}})

    def test_zones_and_regions(self):
        s = self.stack('''
data "aws_availability_zones" "all" {
  state = "available"
}
data "aws_availability_zones" "some" {
  exclude_names    = ["us-east-1a"]
  exclude_zone_ids = [data.aws_availability_zones.all.zone_ids[1]]
  timeouts {
    read = "5m"
  }
}
data "aws_availability_zones" "filtered" {
  filter {
    name   = "zone-name"
    values = ["us-east-1c"]
  }
}
data "aws_availability_zones" "elsewhere" {
  region = "eu-west-1"
}
data "aws_regions" "all" {}
data "aws_regions" "one" {
  filter {
    name   = "region-name"
    values = ["eu-west-1"]
  }
}
''')
        self.ok(s.apply())
        state = s.state()
        every, some, one = (state[f"data.aws_availability_zones.{k}"] for k in ("all", "some", "filtered"))
        self.assertEqual((every["id"], every["names"]), ("us-east-1", [f"us-east-1{z}" for z in "abcdef"]))
        self.assertEqual((some["names"], some["zone_ids"]), (every["names"][2:], every["zone_ids"][2:]))
        self.assertEqual(one["names"], ["us-east-1c"])
        elsewhere = state["data.aws_availability_zones.elsewhere"]
        self.assertEqual((elsewhere["id"], elsewhere["region"], elsewhere["names"][0]), ("eu-west-1", "eu-west-1", "eu-west-1a"))
        regions = state["data.aws_regions.all"]
        self.assertEqual(regions["id"], "aws")
        self.assertTrue({"eu-west-1", "us-east-1"} <= set(regions["names"]))
        self.refused(self.stack('data "aws_availability_zones" "x" {\n  state = "open"\n}\n').plan(), "state", "available")

    def test_an_unknown_data_source_is_named(self):
        self.refused(self.stack('data "aws_nothing" "x" {}\n').plan(), "aws_nothing")


class Functions(TestCase):
    def test_they_are_known_at_plan_and_ask_nobody(self):
        s = self.stack('''
output "parts" {
  value = provider::aws::arn_parse("arn:aws:iam::123456789012:role/a/b")
}
output "whole" {
  value = provider::aws::arn_build("aws", "sqs", "eu-west-1", "123456789012", "q")
}
output "short" {
  value = provider::aws::trim_iam_role_path("arn:aws:iam::123456789012:role/a/b")
}
''')
        before = len(moto().get("/tenon/requests"))
        self.ok(s.apply())
        said = {k: v["value"] for k, v in json.loads(s.run("output", "-json").out).items()}
        self.assertEqual(said, {
            "parts": {"account_id": "123456789012", "partition": "aws", "region": "", "resource": "role/a/b", "service": "iam"},
            "whole": "arn:aws:sqs:eu-west-1:123456789012:q", "short": "arn:aws:iam::123456789012:role/b"})
        self.assertEqual(len(moto().get("/tenon/requests")), before)

    def test_what_they_cannot_take_is_said_at_the_argument(self):
        for call, text in [('arn_parse("x")', "arn: invalid prefix"), ('arn_parse("arn:aws")', "arn: not enough sections"),
                           ('trim_iam_role_path("arn:aws:s3:::b")', 'service must be "iam"'), ('trim_iam_role_path("arn:aws:iam::1:user/x")', 'resource must begin with "role/"'),
                           ("arn_parse(null)", "null"), ('rot13("x")', "rot13")]:
            with self.subTest(call):
                self.refused(self.stack(f'output "x" {{\n  value = provider::aws::{call}\n}}\n').plan(), text)


class Others(TestCase):
    """What others manage, held against resources of the same kind."""

    def test_each_says_what_its_resource_says(self):
        s = self.stack('''
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  path               = "/a/"
  description        = "one"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })
  tags               = { a = "1" }
}
data "aws_iam_role" "d" {
  name = aws_iam_role.r.name
}
resource "aws_iam_policy" "r" {
  name   = "PREFIX-p"
  path   = "/PREFIX/"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  tags   = { a = "1" }
}
data "aws_iam_policy" "d" {
  arn = aws_iam_policy.r.arn
}
data "aws_iam_policy" "named" {
  name       = "PREFIX-p"
  depends_on = [aws_iam_policy.r]
}
data "aws_iam_policy" "placed" {
  path_prefix = aws_iam_policy.r.path
}
resource "aws_sqs_queue" "r" {
  name = "PREFIX-q"
  tags = { a = "1" }
}
data "aws_sqs_queue" "d" {
  name = aws_sqs_queue.r.name
}
data "aws_sqs_queues" "d" {
  queue_name_prefix = aws_sqs_queue.r.name
}
data "aws_cloudwatch_event_bus" "d" {
  name = "default"
}
resource "aws_iam_openid_connect_provider" "r" {
  url             = "https://PREFIX.example.com/id"
  client_id_list  = ["one", "two"]
  thumbprint_list = ["1234567890123456789012345678901234567890"]
  tags            = { a = "1" }
}
data "aws_iam_openid_connect_provider" "d" {
  arn = aws_iam_openid_connect_provider.r.arn
}
data "aws_iam_openid_connect_provider" "named" {
  url        = "https://PREFIX.example.com/id"
  depends_on = [aws_iam_openid_connect_provider.r]
}
data "aws_iam_session_context" "session" {
  arn = "arn:aws:sts::123456789012:assumed-role/${aws_iam_role.r.name}/me"
}
data "aws_iam_session_context" "user" {
  arn = "arn:aws:iam::123456789012:user/somebody"
}
''')
        self.applies_and_settles(s)
        state = s.state()
        for kind, also in {"aws_iam_role": {"role_last_used": [{"last_used_date": "", "region": ""}]}, "aws_iam_policy": {}, "aws_sqs_queue": {}, "aws_iam_openid_connect_provider": {}}.items():
            mine, theirs = state[f"data.{kind}.d"], state[f"{kind}.r"]
            for name, value in mine.items():
                with self.subTest(f"{kind}.{name}"):
                    self.assertEqual(value or None, (also[name] if name in also else theirs.get(name)) or None)
        self.assertEqual([state[f"data.aws_iam_policy.{k}"]["arn"] for k in ("named", "placed")], [state["aws_iam_policy.r"]["arn"]] * 2)
        self.assertEqual(state["data.aws_iam_openid_connect_provider.named"], state["data.aws_iam_openid_connect_provider.d"])
        self.assertEqual(state["data.aws_sqs_queues.d"]["queue_urls"], [state["aws_sqs_queue.r"]["url"]])
        bus = state["data.aws_cloudwatch_event_bus.d"]
        self.assertEqual((bus["id"], bus["arn"], bus["dead_letter_config"]), ("default", f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default", []))
        session, user = (state[f"data.aws_iam_session_context.{k}"] for k in ("session", "user"))
        role = state["aws_iam_role.r"]
        self.assertEqual([session[k] for k in ("issuer_arn", "issuer_id", "issuer_name", "session_name")], [role["arn"], role["unique_id"], role["name"], "me"])
        self.assertEqual([user[k] for k in ("issuer_arn", "issuer_id", "issuer_name", "session_name")], [user["arn"], "", "", ""])

    def test_subnets_and_groups_are_those_that_fit(self):
        ec2 = moto().aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
        subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{i}.0/24")["Subnet"]["SubnetId"] for i in range(3)]
        ec2.create_tags(Resources=[subnets[1], group], Tags=[{"Key": "kind", "Value": "inner"}])
        by_vpc = f'  filter {{\n    name = "vpc-id"\n    values = ["{vpc}"]\n  }}\n'
        s = self.stack(f'''
data "aws_subnets" "all" {{
{by_vpc}}}
data "aws_subnets" "inner" {{
{by_vpc}  tags = {{ kind = "inner" }}
}}
data "aws_subnets" "none" {{
{by_vpc}  tags = {{ kind = "none" }}
}}
data "aws_security_groups" "inner" {{
{by_vpc}  tags = {{ kind = "inner" }}
}}
''')
        self.ok(s.apply())
        state = s.state()
        self.assertEqual(sorted(state["data.aws_subnets.all"]["ids"]), sorted(subnets))
        self.assertEqual((state["data.aws_subnets.inner"]["ids"], state["data.aws_subnets.none"]["ids"]), ([subnets[1]], []))
        found = state["data.aws_security_groups.inner"]
        self.assertEqual((found["ids"], found["vpc_ids"], found["arns"]), ([group], [vpc], [f"arn:aws:ec2:us-east-1:{ACCOUNT}:security-group/{group}"]))
        self.no_changes(s)

    def network(self):
        """Of a VPC of its own: its id, a subnet's, a group's."""
        ec2 = moto().aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.8.1.0/24", AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="nodes", Description="of nodes", VpcId=vpc)["GroupId"]
        ec2.create_tags(Resources=[vpc, subnet, group], Tags=[{"Key": "Name", "Value": vpc}])
        return vpc, subnet, group

    def test_one_thing_of_a_network_is_shown_as_hashicorp_aws_shows_it(self):
        vpc, subnet, group = self.network()
        s = self.stack(f'''
data "aws_vpc" "named" {{ tags = {{ Name = "{vpc}" }} }}
data "aws_vpc" "default" {{ default = true }}
data "aws_subnet" "inner" {{
  vpc_id     = data.aws_vpc.named.id
  cidr_block = "10.8.1.0/24"
}}
data "aws_security_group" "nodes" {{
  vpc_id = data.aws_vpc.named.id
  name   = "nodes"
}}
''')
        self.ok(s.apply())
        state = s.state()
        named, default = state["data.aws_vpc.named"], state["data.aws_vpc.default"]
        self.assertEqual((named["id"], named["cidr_block"], named["default"], named["tags"]), (vpc, "10.8.0.0/16", False, {"Name": vpc}))
        self.assertEqual((named["arn"], named["enable_dns_support"], named["state"]), (f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/{vpc}", True, None))
        self.assertEqual([a["cidr_block"] for a in named["cidr_block_associations"]], ["10.8.0.0/16"])
        self.assertTrue(named["ipv6_cidr_block"] and named["main_route_table_id"])
        self.assertEqual((default["default"], default["ipv6_cidr_block"]), (True, ""))
        inner = state["data.aws_subnet.inner"]
        self.assertEqual((inner["id"], inner["availability_zone"], inner["available_ip_address_count"], inner["outpost_arn"]),
                         (subnet, "us-east-1b", 251, ""))
        self.assertEqual((state["data.aws_security_group.nodes"]["id"], state["data.aws_security_group.nodes"]["description"]), (group, "of nodes"))
        self.no_changes(s)

    def test_a_parameter_is_read_as_it_is_and_a_secret_one_only_when_decrypted(self):
        ssm = moto().aws("ssm")
        ssm.put_parameter(Name="/alone/plain", Value="one", Type="String")
        ssm.put_parameter(Name="/alone/plain", Value="two", Type="String", Overwrite=True)
        ssm.put_parameter(Name="/alone/secret", Value="s3cret", Type="SecureString")
        s = self.stack('''
data "aws_ssm_parameter" "plain" { name = "/alone/plain" }
data "aws_ssm_parameter" "first" { name = "/alone/plain:1" }
data "aws_ssm_parameter" "secret" { name = "/alone/secret" }
data "aws_ssm_parameter" "closed" {
  name            = "/alone/secret"
  with_decryption = false
}
''')
        said = s.apply()
        self.ok(said)
        plain, first, secret, closed = (s.state()[f"data.aws_ssm_parameter.{k}"] for k in ("plain", "first", "secret", "closed"))
        self.assertEqual((plain["value"], plain["insecure_value"], plain["version"], plain["with_decryption"]), ("two", "two", 2, True))
        self.assertEqual((plain["id"], plain["type"], plain["arn"]), ("/alone/plain", "String", f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/alone/plain"))
        self.assertEqual((first["value"], first["version"]), ("one", 1))
        self.assertEqual((secret["value"], secret["insecure_value"]), ("s3cret", ""))
        self.assertNotEqual(closed["value"], "s3cret")
        self.assertNotIn("s3cret", said.text)
        self.no_changes(s)
        self.refused(self.stack('data "aws_ssm_parameter" "d" {\n  name = "/alone/none"\n}\n').plan(), "ParameterNotFound", "data.aws_ssm_parameter.d")

    def test_a_token_for_a_cluster_is_a_url_that_was_signed(self):
        s = self.stack('data "aws_eks_cluster_auth" "d" {\n  name = "dev"\n}\n')
        self.ok(s.apply())
        token = s.state()["data.aws_eks_cluster_auth.d"]["token"]
        self.assertTrue(token.startswith("k8s-aws-v1."), token)
        text = token[len("k8s-aws-v1."):]
        url = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        self.assertIn("Action=GetCallerIdentity", url)
        self.assertIn("X-Amz-Signature=", url)
        self.assertIn("x-k8s-aws-id", url)

    def test_a_cluster_is_shown_as_eks_tells_it(self):
        eks = moto().aws("eks")
        eks.create_cluster(name="full", version="1.33", roleArn=f"arn:aws:iam::{ACCOUNT}:role/x", tags={"a": "b"}, resourcesVpcConfig={
            "subnetIds": ["subnet-1", "subnet-2"], "endpointPrivateAccess": True}, kubernetesNetworkConfig={"serviceIpv4Cidr": "10.9.0.0/16"},
            logging={"clusterLogging": [{"types": ["api", "audit"], "enabled": True}, {"types": ["scheduler"], "enabled": False}]})
        s = self.stack('data "aws_eks_cluster" "d" {\n  name = "full"\n}\n')
        self.ok(s.apply())
        shown = s.state()["data.aws_eks_cluster.d"]
        said = eks.describe_cluster(name="full")["cluster"]
        self.assertEqual((shown["id"], shown["arn"], shown["version"], shown["endpoint"], shown["tags"], shown["cluster_id"]),
                         ("full", said["arn"], "1.33", said["endpoint"], {"a": "b"}, None))
        self.assertEqual(shown["certificate_authority"], [{"data": said["certificateAuthority"]["data"]}])
        self.assertEqual(shown["identity"], [{"oidc": [{"issuer": said["identity"]["oidc"]["issuer"]}]}])
        self.assertEqual(sorted(shown["enabled_cluster_log_types"]), ["api", "audit"])
        network, access = shown["kubernetes_network_config"][0], shown["vpc_config"][0]
        self.assertEqual((network["service_ipv4_cidr"], network["service_ipv6_cidr"], network["elastic_load_balancing"]), ("10.9.0.0/16", "", []))
        self.assertEqual((sorted(access["subnet_ids"]), access["endpoint_private_access"], access["security_group_ids"]), (["subnet-1", "subnet-2"], True, []))
        self.assertEqual((shown["outpost_config"], shown["access_config"]), ([], []))
        self.no_changes(s)
        self.refused(self.stack('data "aws_eks_cluster" "d" {\n  name = "none"\n}\n').plan(), "ResourceNotFoundException", "data.aws_eks_cluster.d")
        eks.delete_cluster(name="full")

    def test_none_that_fits_and_several_are_errors(self):
        vpc, _, _ = self.network()
        self.network()
        for kind, body, said in (("aws_vpc", 'cidr_block = "10.99.0.0/16"', "no VPC fits"),
                                 ("aws_vpc", 'cidr_block = "10.8.0.0/16"', "VPCs fit, and one is wanted"),
                                 ("aws_subnet", f'vpc_id = "{vpc}"\n  state = "pending"', "no subnet fits"),
                                 ("aws_security_group", 'name = "nodes"', "security groups fit, and one is wanted")):
            with self.subTest(said):
                self.refused(self.stack(f'data "{kind}" "d" {{\n  {body}\n}}\n').plan(), said, "data.")

    def test_instances_types_and_offerings_are_those_that_fit(self):
        ec2 = moto().aws("ec2")
        _, subnet, _ = self.network()
        image = ec2.describe_images()["Images"][0]["ImageId"]
        made = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=2, MaxCount=2, SubnetId=subnet, TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "of", "Value": subnet}]}])["Instances"]
        s = self.stack(f'''
data "aws_instances" "running" {{ instance_tags = {{ of = "{subnet}" }} }}
data "aws_instances" "stopped" {{
  instance_tags        = {{ of = "{subnet}" }}
  instance_state_names = ["stopped"]
}}
data "aws_ec2_instance_types" "m7g" {{
  filter {{
    name   = "instance-type"
    values = ["m7g.*"]
  }}
}}
data "aws_ec2_instance_type_offerings" "zones" {{
  location_type = "availability-zone"
  filter {{
    name   = "instance-type"
    values = ["m5.large"]
  }}
}}
''')
        self.ok(s.apply())
        state = s.state()
        running, zones = state["data.aws_instances.running"], state["data.aws_ec2_instance_type_offerings.zones"]
        self.assertEqual(sorted(running["ids"]), sorted(i["InstanceId"] for i in made))
        self.assertEqual(sorted(running["private_ips"]), sorted(i["PrivateIpAddress"] for i in made))
        self.assertEqual(state["data.aws_instances.stopped"]["ids"], [])
        self.assertIn("m7g.large", state["data.aws_ec2_instance_types.m7g"]["instance_types"])
        self.assertEqual((set(zones["instance_types"]), set(zones["location_types"])), ({"m5.large"}, {"availability-zone"}))
        self.assertIn("us-east-1a", zones["locations"])
        ec2.terminate_instances(InstanceIds=[i["InstanceId"] for i in made])

    def test_what_is_not_there_is_said_at_its_place(self):
        for kind, body, text in [
            ("aws_iam_role", 'name = "PREFIX-nobody"', "name"),
            ("aws_iam_policy", 'name = "PREFIX-nothing"', "0 policies"),
            ("aws_iam_policy", 'path_prefix = "/aws-service-role/"', "policies are named so"),
            ("aws_iam_policy", 'arn = "arn:aws:iam::123456789012:policy/PREFIX-nothing"', "PREFIX-nothing"),
            ("aws_iam_policy", 'arn = "arn:aws:iam::123456789012:policy/x"\n  name = "x"', "both set"),
            ("aws_sqs_queue", 'name = "PREFIX-nothing"', "name"),
            ("aws_cloudwatch_event_bus", 'name = "PREFIX-nothing"', "PREFIX-nothing"),
            ("aws_iam_session_context", 'arn = "arn:aws:sts::123456789012:assumed-role/PREFIX-nobody/me"', "PREFIX-nobody"),
            ("aws_iam_openid_connect_provider", 'url = "https://PREFIX.example.com"', "no OpenID Connect provider"),
            ("aws_iam_openid_connect_provider", '', "url"),
            ("aws_iam_session_context", 'arn = "nobody"', "not an ARN"),
        ]:
            with self.subTest(f"{kind} {body}"):
                s = self.stack(f'data "{kind}" "x" {{\n  {body}\n}}\n')
                self.refused(s.plan(), text.replace("PREFIX", s.prefix))


if __name__ == "__main__":
    main()
