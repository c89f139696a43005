#!/usr/bin/env python3
"""The provider block under real terraform: who signs, where calls go, what is refused and in which words."""
import hashlib
import json
import pathlib
import re

from harness import ACCOUNT, TestCase, main, moto
from relay import Relay, keys

HERE = pathlib.Path(__file__).resolve().parent
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "PREFIX-q"\n}\n'
TERRAFORM = 'terraform {\n  required_providers {\n    aws = { source = "oko-investments/tenon" }\n  }\n}\n'
ENDPOINTS = "  endpoints {\n    sts = \"RELAY\"\n    sqs = \"RELAY\"\n    iam = \"RELAY\"\n  }\n"
STATIC = '  region     = "us-east-1"\n  access_key = "test"\n  secret_key = "test"\n'
OTHER = "222222222222"  # moto has an account for every role that is assumed in it
THIRD = "333333333333"


class ProviderCase(TestCase):
    def setUp(self):
        self.relay = Relay(moto().url)
        self.addCleanup(self.relay.stop)

    def block(self, body, endpoints=ENDPOINTS, alias=""):
        return 'provider "aws" {\n' + alias + body + "\n" + endpoints.replace("RELAY", self.relay.url) + "}\n"

    def queue(self, body, source=QUEUE, endpoints=ENDPOINTS):
        s = self.stack(source, provider=TERRAFORM + self.block(body, endpoints))
        s.env["HOME"] = str(s.dir)
        return s

    def signers(self, operation):
        return [c["signer"] for c in self.relay.of(operation)]

    def assumed(self, n=0, operation="AssumeRole"):
        """The access key that the n-th call of that kind was given."""
        return re.search("<AccessKeyId>(.*?)<", self.relay.of(operation)[n]["answer"]).group(1)

    def applies(self, s, account=ACCOUNT, **env):
        self.ok(s.apply(**env))
        queue = s.state()["aws_sqs_queue.q"]
        self.assertEqual(queue["arn"].split(":")[4], account)
        self.ok(s.run("destroy", "-input=false", "-auto-approve", **env))
        (s.dir / "terraform.tfstate").unlink()


class Identity(ProviderCase):
    def test_static_keys_cost_one_call_that_tells_the_account(self):
        s = self.queue(STATIC)
        self.ok(s.run("refresh", "-input=false"))
        self.assertEqual([c["form"].get("Action") for c in self.relay.calls], ["GetCallerIdentity"])
        s.write("_provider.tf", TERRAFORM + self.block(STATIC + "  skip_credentials_validation = true\n  skip_requesting_account_id = true"))
        self.relay.calls.clear()
        self.ok(s.run("refresh", "-input=false"))
        self.assertEqual(self.relay.calls, [])

    def test_a_chain_of_roles_ends_in_the_last_ones_account(self):
        s = self.queue(STATIC + f'''
  assume_role {{
    role_arn     = "arn:aws:iam::{OTHER}:role/first"
    session_name = "one"
    external_id  = "abc"
    duration     = "30m"
    tags         = {{ team = "x" }}
    transitive_tag_keys = ["team"]
  }}
  assume_role {{
    role_arn        = "arn:aws:iam::{THIRD}:role/second"
    session_name    = "two"
    source_identity = "alice"
    policy          = jsonencode({{ Version = "2012-10-17", Statement = [] }})
    policy_arns     = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  }}''')
        self.ok(s.apply())
        self.assertEqual(s.state()["aws_sqs_queue.q"]["arn"].split(":")[4], THIRD)
        first, second = self.relay.of("AssumeRole")[:2]
        self.assertEqual((first["signer"], second["signer"]), ("test", self.assumed(0)))
        self.assertEqual(set(self.signers("CreateQueue")), {self.assumed(-1)})
        expected = {"RoleArn": f"arn:aws:iam::{OTHER}:role/first", "RoleSessionName": "one", "ExternalId": "abc",
                    "DurationSeconds": "1800", "Tags.member.1.Key": "team", "Tags.member.1.Value": "x",
                    "TransitiveTagKeys.member.1": "team"}
        self.assertEqual(first["form"], first["form"] | expected)
        self.assertEqual(second["form"], second["form"] | {"SourceIdentity": "alice", "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})
        self.no_changes(s)

    def test_a_role_that_is_refused_is_named_with_its_block(self):
        s = self.queue(STATIC + f'  assume_role {{\n    role_arn = "arn:aws:iam::{OTHER}:role/r"\n  }}')
        self.fault("sts", "AssumeRole", times=None, status=403, code="AccessDenied", message="not for you")
        self.refused(s.plan(), f"assume_role[0] (arn:aws:iam::{OTHER}:role/r) gave no credentials", "AccessDenied: not for you",
                     "sts:AssumeRole", "request id")

    def test_an_assume_role_block_without_a_role_is_a_warning(self):
        s = self.queue(STATIC + '  assume_role {\n    role_arn = ""\n  }')
        result = s.plan()
        self.assertEqual(result.code, 2, result.text)
        self.assertIn("role_arn is not set", result.flat)
        self.assertEqual(self.relay.of("AssumeRole"), [])

    def test_a_web_identity_of_the_block_then_a_role(self):
        s = self.queue(f'''  region = "us-east-1"
  assume_role_with_web_identity {{
    role_arn                = "arn:aws:iam::{OTHER}:role/web"
    session_name            = "runner"
    web_identity_token_file = "token"
  }}
  assume_role {{
    role_arn = "arn:aws:iam::{THIRD}:role/deploy"
  }}''')
        s.write("token", "PLANTED.jwt\n")
        result = s.apply(TF_LOG="TRACE", AWS_ACCESS_KEY_ID="unused", AWS_SECRET_ACCESS_KEY="unused")
        self.ok(result)
        self.assertEqual(s.state()["aws_sqs_queue.q"]["arn"].split(":")[4], THIRD)
        web = self.relay.of("AssumeRoleWithWebIdentity")[0]
        self.assertIsNone(web["signer"])
        self.assertEqual(web["form"]["WebIdentityToken"], "PLANTED.jwt")
        self.assertEqual(self.relay.of("AssumeRole")[0]["signer"], self.assumed(0, "AssumeRoleWithWebIdentity"))
        self.no_secret_in(s, result, ["PLANTED.jwt"])

    def no_secret_in(self, s, result, secrets):
        for call in self.relay.calls:
            secrets += re.findall("<(?:SecretAccessKey|SessionToken)>(.*?)<", call["answer"])
        self.assertGreater(len(secrets), 2)
        ours = "\n".join(line for line in result.err.splitlines() if "terraform-provider-tenon" in line)
        self.assertIn("aws call", ours)  # the trace is there
        for secret in secrets:
            self.assertNotIn(secret, ours)
            self.assertNotIn(secret, (s.dir / "terraform.tfstate").read_text())

    def test_a_web_identity_of_the_environment(self):
        s = self.queue('  region = "us-east-1"')
        s.write("token", "jwt")
        self.applies(s, OTHER, AWS_WEB_IDENTITY_TOKEN_FILE=str(s.dir / "token"), AWS_ROLE_ARN=f"arn:aws:iam::{OTHER}:role/pod",
                     AWS_ROLE_SESSION_NAME="pod")
        self.assertEqual(self.relay.of("AssumeRoleWithWebIdentity")[0]["form"]["RoleSessionName"], "pod")
        self.refused(s.run("plan", "-input=false", AWS_WEB_IDENTITY_TOKEN_FILE=str(s.dir / "token")), "AWS_ROLE_ARN is not")

    def test_profiles_of_named_files_with_a_source_profile(self):
        s = self.queue('  profile = "deploy"\n  shared_config_files = ["config"]\n  shared_credentials_files = ["credentials"]')
        s.write("config", f"[profile deploy]\nregion = eu-west-1\nrole_arn = arn:aws:iam::{OTHER}:role/deploy\nsource_profile = base\nrole_session_name = me\n")
        s.write("credentials", "[base]\naws_access_key_id = BASE\naws_secret_access_key = s\n")
        self.applies(s, OTHER)
        role = self.relay.of("AssumeRole")[0]
        self.assertEqual((role["signer"], role["region"], role["form"]["RoleSessionName"]), ("BASE", "eu-west-1", "me"))
        s.write("_provider.tf", TERRAFORM + self.block('  profile = "nobody"\n  shared_config_files = ["config"]'))
        self.refused(s.plan(), "there is no profile nobody")
        s.write("_provider.tf", TERRAFORM + self.block('  profile = "deploy"\n  shared_config_files = ["gone"]'))
        self.refused(s.plan(), "the file gone does not exist", "The attribute is shared_config_files.")

    def test_a_profile_of_the_environment_with_a_process(self):
        s = self.queue('  region = "us-east-1"')
        s.write("issue", "echo '" + json.dumps({"Version": 1, "AccessKeyId": "ISSUED", "SecretAccessKey": "PLANTEDSECRET"}) + "'\n")
        s.write(".aws/config", f"[profile p]\ncredential_process = sh {s.dir}/issue\n")
        self.applies(s, AWS_PROFILE="p")
        self.assertEqual(set(self.signers("CreateQueue")), {"ISSUED"})
        s.write("issue", "echo PLANTEDSECRET; echo card locked >&2; exit 3\n")
        result = s.run("plan", "-input=false", AWS_PROFILE="p")
        self.refused(result, "the profile p's credential_process gave no credentials: the command ended with status 3", "card locked")
        self.assertNotIn("PLANTEDSECRET", result.text)

    def test_a_profile_that_signs_in_by_identity_center(self):
        s = self.queue('  region = "us-east-1"\n  profile = "corp"')
        s.write(".aws/config", "[profile corp]\nsso_session = main\nsso_account_id = 1\nsso_role_name = Admin\n"
                "[sso-session main]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n")
        env = {"AWS_ENDPOINT_URL_SSO": self.relay.url, "AWS_ENDPOINT_URL_SSO_OIDC": self.relay.url}
        self.refused(s.run("plan", "-input=false", **env), "nobody has signed in yet", "aws sso login --sso-session main")
        name = hashlib.sha1(b"main").hexdigest()
        s.write(f".aws/sso/cache/{name}.json", json.dumps({"accessToken": "PLANTEDTOKEN", "expiresAt": "2099-01-01T00:00:00Z"}))
        self.relay.answers[("GET", "/federation/credentials")] = (200, json.dumps({"roleCredentials": {
            "accessKeyId": "SSOKEY", "secretAccessKey": "PLANTEDSECRET", "sessionToken": "t", "expiration": 4070908800000}}))
        self.applies(s, **env)
        self.assertEqual(set(self.signers("CreateQueue")), {"SSOKEY"})

    def test_a_container_and_an_instance(self):
        s = self.queue('  region = "us-east-1"')
        self.relay.answers[("GET", "/creds")] = (200, keys("TASKKEY"))
        self.applies(s, AWS_CONTAINER_CREDENTIALS_FULL_URI=self.relay.url + "/creds", AWS_CONTAINER_AUTHORIZATION_TOKEN="Bearer x")
        self.assertEqual(self.relay.of("/creds")[0]["headers"]["Authorization"], "Bearer x")
        self.assertEqual(set(self.signers("CreateQueue")), {"TASKKEY"})
        self.relay.metadata("eu-north-1", "ROLEKEY")
        s.write("_provider.tf", TERRAFORM + self.block(f'  skip_metadata_api_check = "false"\n  ec2_metadata_service_endpoint = "{self.relay.url}"'))
        self.relay.calls.clear()
        self.applies(s)
        create = self.relay.of("CreateQueue")[0]
        self.assertEqual((create["signer"], create["region"]), ("ROLEKEY", "eu-north-1"))  # the region comes along
        self.relay.calls.clear()
        s.write("_provider.tf", TERRAFORM + self.block(f'  region = "us-east-1"\n  skip_metadata_api_check = "true"\n  ec2_metadata_service_endpoint = "{self.relay.url}"'))
        self.refused(s.plan(), "no AWS credentials were found", "skip_metadata_api_check is set", "AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        self.assertEqual(self.relay.calls, [])

    def test_a_session_that_expires_during_a_command_is_replaced(self):
        s = self.queue(STATIC + f'  assume_role {{\n    role_arn = "arn:aws:iam::{OTHER}:role/r"\n  }}')
        self.fault("sqs", "CreateQueue", times=1, status=403, code="ExpiredToken", message="expired")
        self.ok(s.apply())
        first, second = self.signers("CreateQueue")
        self.assertNotEqual(first, second)
        self.no_changes(s)


class Accounts(ProviderCase):
    def test_an_account_must_be_allowed_and_not_forbidden(self):
        s = self.queue(STATIC + f'  allowed_account_ids = ["{ACCOUNT}"]')
        self.assertEqual(s.plan().code, 2)
        for lists, text in ((f'allowed_account_ids = ["{OTHER}"]', f"account {ACCOUNT} is not allowed"),
                            (f'forbidden_account_ids = ["{ACCOUNT}"]', f"account {ACCOUNT} is forbidden"),
                            (f'allowed_account_ids = ["{OTHER}"]\n  skip_credentials_validation = true\n  skip_requesting_account_id = true',
                             f"account {ACCOUNT} is not allowed")):
            with self.subTest(lists):
                s.write("_provider.tf", TERRAFORM + self.block(STATIC + "  " + lists))
                self.refused(s.plan(), text, "lists", "Use other credentials, or change that list")
        self.assertEqual(self.relay.of("CreateQueue"), [])

    def test_two_providers_of_one_configuration_keep_apart(self):
        source = ('resource "aws_sqs_queue" "a" {\n  name = "PREFIX-a"\n}\n'
                  'resource "aws_sqs_queue" "b" {\n  provider = aws.b\n  name = "PREFIX-a"\n}\n'
                  'resource "aws_sqs_queue" "c" {\n  provider = aws.c\n  name = "PREFIX-a"\n}\n')
        tags = '  default_tags {\n    tags = { side = "%s" }\n  }\n'
        s = self.stack(source, provider=TERRAFORM + self.block(STATIC + tags % "a")
                       + self.block(STATIC.replace("us-east-1", "eu-west-1") + tags % "b", alias='  alias = "b"\n')
                       + self.block(STATIC + tags % "c" + f'  assume_role {{\n    role_arn = "arn:aws:iam::{OTHER}:role/c"\n  }}', alias='  alias = "c"\n'))
        self.applies_and_settles(s)
        state = s.state()
        self.assertEqual([state[f"aws_sqs_queue.{x}"]["arn"].split(":")[3:5] for x in "abc"],
                         [["us-east-1", ACCOUNT], ["eu-west-1", ACCOUNT], ["us-east-1", OTHER]])
        self.assertEqual([state[f"aws_sqs_queue.{x}"]["tags_all"] for x in "abc"], [{"side": x} for x in "abc"])
        self.ok(s.destroy())

    def test_tags_of_the_environment_are_defaults_under_the_blocks(self):
        s = self.queue(STATIC + '  default_tags {\n    tags = { team = "block" }\n  }')
        self.ok(s.apply(TF_AWS_DEFAULT_TAGS_team="environment", TF_AWS_DEFAULT_TAGS_cost="42", TF_AWS_IGNORE_TAGS_KEYS="secret,hidden",
                        TF_AWS_DEFAULT_TAGS_hidden="x"))
        self.assertEqual(s.state()["aws_sqs_queue.q"]["tags_all"], {"team": "block", "cost": "42"})


class Agents(ProviderCase):
    """Who calls, by the User-Agent."""
    META = TERRAFORM.replace("terraform {\n", 'terraform {\n  provider_meta "aws" {\n    user_agent = ["module/2.0 (ours)"]\n  }\n')

    def agents(self, operation):
        return {c["headers"]["User-Agent"] for c in self.relay.calls if operation in (c["form"].get("Action"), c["headers"].get("X-Amz-Target", "").split(".")[-1])}

    def test_provider_environment_and_module_are_named_behind_tenon(self):
        s = self.queue(STATIC + '  user_agent = ["product/1.0", "team (platform)"]')
        s.write("_provider.tf", self.META + self.block(STATIC + '  user_agent = ["product/1.0", "team (platform)"]'))
        self.ok(s.apply(TF_APPEND_USER_AGENT="ci/7"))
        names = r"^Tenon/\S+ \(terraform-provider-tenon\) product/1.0 team \(platform\) ci/7"
        for operation, more in (("GetCallerIdentity", "$"), ("CreateQueue", r" module/2.0 \(ours\)$"), ("GetQueueAttributes", r" module/2.0 \(ours\)$")):
            for agent in self.agents(operation) or {"nobody"}:
                self.assertRegex(agent, names + more)

    def test_what_would_be_another_header_is_refused(self):
        s = self.queue(STATIC + '  user_agent = ["a\\r\\nX-Evil: 1"]')
        self.refused(s.plan(), "User-Agent", "printable")

    def test_tag_policies_that_nobody_looks_at_draw_a_warning(self):
        s = self.queue(STATIC + '  tag_policy_compliance = "error"')
        self.assertIn("tag_policy_compliance has no effect", s.plan().flat)
        self.refused(self.queue(STATIC + '  tag_policy_compliance = "maybe"').plan(), "tag_policy_compliance", "disabled")


class KnownIds(TestCase):
    STACK = """
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  path               = "/a/b/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_policy" "p" {
  name   = "PREFIX-p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_instance_profile" "i" {
  name = "PREFIX-i"
}
resource "aws_sqs_queue" "q" {
  name   = "PREFIX-q"
  region = "eu-west-1"
}
resource "aws_cloudwatch_event_rule" "e" {
  name                = "PREFIX-e"
  schedule_expression = "rate(1 day)"
}
resource "aws_sqs_queue" "made_up" {
}
"""

    def arns(self, s):
        self.ok(s.run("plan", "-input=false", "-out=plan.bin"))
        shown = json.loads(s.run("show", "-json", "plan.bin").out)
        return {c["address"]: c["change"]["after"].get("arn") for c in shown["resource_changes"]}

    def test_arns_are_planned_where_that_is_asked_for_and_come_true(self):
        s = self.stack(self.STACK)
        s.write("_provider.tf", s.provider("known_ids = true"))
        planned = self.arns(s)
        self.assertIsNone(planned.pop("aws_sqs_queue.made_up"))  # who knows its name
        self.assertEqual(planned["aws_iam_role.r"], f"arn:aws:iam::{ACCOUNT}:role/a/b/{s.prefix}-r")
        self.assertEqual(planned["aws_cloudwatch_event_rule.e"], f"arn:aws:events:us-east-1:{ACCOUNT}:rule/{s.prefix}-e")
        self.ok(s.apply())
        self.no_changes(s)
        state = s.state()
        self.assertEqual(planned, {a: state[a]["arn"] for a in planned})

    def test_else_they_come_with_the_apply_as_with_hashicorp_aws(self):
        for more in "", "known_ids = false":
            s = self.stack(self.STACK)
            s.write("_provider.tf", s.provider(more))
            self.assertEqual(set(self.arns(s).values()), {None})


class Reviews(TestCase):
    """validate_policies: what Access Analyzer says of policies, in the plan."""

    ROLE = """
resource "aws_iam_role" "r" {
  name               = "PREFIX-r"
  assume_role_policy = <<-DOCUMENT
    {
      "Version": "2012-10-17",
      "Statement": [{"Sid": "a", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]
    }
  DOCUMENT
}
"""
    POLICY = """
resource "aws_iam_role_policy" "p" {
  name   = "PREFIX-p"
  role   = aws_iam_role.r.name
  policy = <<-DOCUMENT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Sid": "a", "Effect": "Allow", "Action": ["sqs:SendMessage", "ACTION"], "Resource": "RESOURCE"}
      ]
    }
  DOCUMENT
}
"""

    def reviewed(self, action="sqs:ReceiveMessage", resource="*", more="validate_policies = true"):
        self.asked()
        s = self.stack(self.ROLE + self.POLICY.replace("ACTION", action).replace("RESOURCE", resource))
        s.write("_provider.tf", s.provider(more).replace("endpoints {", "endpoints {\n    accessanalyzer = \"ENDPOINT\"", 1))
        return s

    KINDS = ("IDENTITY_POLICY", "AWS::IAM::AssumeRolePolicyDocument")

    def asked(self):
        """As which of these kinds, since the last time."""
        kinds = [k for k in self.KINDS for r in moto().get(f"/tenon/requests?match={k}") if r["operation"] == "ValidatePolicy"]
        moto().call("DELETE", "/tenon/requests")
        return sorted(set(kinds))

    def test_an_error_is_one_of_the_plan_at_its_place_in_the_document(self):
        said = self.reviewed("sqs:SendMesage").plan()
        self.assertEqual(said.code, 1, said.text)
        self.assertIn("policy: /Statement/0/Action/1 (line 4, column 67): The action sqs:SendMesage does not exist.", said.flat)
        self.assertIn("INVALID_ACTION", said.flat)
        self.assertIn('with aws_iam_role_policy.p', said.flat)

    def test_a_warning_is_one_and_the_plan_goes_on(self):
        said = self.reviewed("iam:PassRole").plan()
        self.assertEqual(said.code, 2, said.text)
        self.assertIn("Warning: policy: /Statement/0/Resource", said.flat)
        self.assertIn("PASS_ROLE_WITH_STAR_IN_RESOURCE", said.flat)

    def test_each_kind_of_policy_is_asked_about_as_what_it_is_and_only_when_it_changes(self):
        s = self.reviewed()
        self.ok(s.apply())
        self.assertEqual(self.asked(), sorted(self.KINDS))
        self.no_changes(s)
        self.assertEqual(self.asked(), [])
        s.write("main.tf", s.dir.joinpath("main.tf").read_text().replace("sqs:ReceiveMessage", "sqs:DeleteMessage"))
        self.assertEqual(s.plan().code, 2)
        self.assertEqual(self.asked(), ["IDENTITY_POLICY"])

    def test_without_an_answer_one_warning_says_so(self):
        s = self.reviewed()
        self.fault("access-analyzer", "ValidatePolicy", times=None, status=403, code="AccessDeniedException")
        said = s.plan()
        self.assertEqual(said.code, 2, said.text)
        self.assertEqual(said.flat.count("policies are not put to IAM Access Analyzer"), 1, said.text)
        self.assertIn("access-analyzer:ValidatePolicy", said.flat)

    def test_nobody_is_asked_unasked(self):
        for more in "", "validate_policies = false":
            self.assertEqual(self.reviewed("sqs:SendMesage", more=more).plan().code, 2)
            self.assertEqual(self.asked(), [])


class Endpoints(ProviderCase):
    def test_every_service_of_hashicorps_block_may_be_named(self):
        names = json.loads((HERE / "provider-schema.json").read_text())["blocks"]["endpoints"]["attributes"]
        others = "".join(f'    {n} = "http://nowhere.invalid"\n' for n in names if n not in ("sts", "sqs", "iam"))
        s = self.queue(STATIC, endpoints=ENDPOINTS.replace("  }\n", others + "  }\n"))
        self.applies(s)

    def test_endpoints_of_the_environment_and_of_a_profile(self):
        s = self.queue(STATIC, endpoints="")
        self.applies(s, AWS_ENDPOINT_URL=self.relay.url)
        s.write("_provider.tf", TERRAFORM + self.block(STATIC + '  profile = "local"', endpoints=""))
        s.write(".aws/config", f"[profile local]\nservices = here\nendpoint_url = {self.relay.url}\n[services here]\nsqs =\n  endpoint_url = {self.relay.url}/\n")
        self.applies(s)
        self.relay.calls.clear()
        self.refused(s.run("plan", "-input=false", AWS_ENDPOINT_URL="localhost:1"), "AWS_ENDPOINT_URL is `localhost:1`", "http://localhost:4566")

    def test_the_older_variables_for_iam_and_sts_still_serve_and_draw_a_warning(self):
        s = self.queue(STATIC, endpoints='  endpoints {\n    sqs = "RELAY"\n  }\n')
        result = s.apply(TF_AWS_STS_ENDPOINT=self.relay.url, AWS_STS_ENDPOINT="http://nobody.invalid")
        self.ok(result)
        self.assertTrue(self.relay.of("GetCallerIdentity"))
        self.assertIn("TF_AWS_STS_ENDPOINT is deprecated", result.flat)
        self.assertIn("Use AWS_ENDPOINT_URL_STS instead", result.flat)
        s.env["AWS_ENDPOINT_URL_STS"] = self.relay.url  # for the plan and the tidying
        result = s.run("plan", "-input=false", TF_AWS_STS_ENDPOINT="http://nobody.invalid")
        self.ok(result)
        self.assertNotIn("deprecated", result.flat)

    def test_calls_go_through_a_proxy_and_past_it(self):
        s = self.queue(STATIC + f'  http_proxy = "{self.relay.url}"', endpoints='  endpoints {\n    sts = "http://sts.invalid"\n  }\n')
        self.relay.answers[("POST", "/")] = (403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>seen by the proxy</Message></Error></ErrorResponse>")
        self.refused(s.plan(), "seen by the proxy", "http://sts.invalid/")
        self.assertEqual(self.relay.calls[0]["path"], "http://sts.invalid/")
        self.relay.calls.clear()
        s.write("_provider.tf", TERRAFORM + self.block(STATIC + f'  http_proxy = "{self.relay.url}"\n  no_proxy = "sts.invalid"', endpoints='  endpoints {\n    sts = "http://sts.invalid"\n  }\n'))
        self.refused(s.plan(), "sts.invalid", "GetCallerIdentity")
        self.assertEqual(self.relay.calls, [])


class Unknown(ProviderCase):
    """Each attribute may come from a resource that the same plan creates."""
    TEXT = {"region": '"us-east-1"', "access_key": '"test"', "secret_key": '"test"', "token": '"t"', "profile": '"default"',
            "http_proxy": '""', "https_proxy": '""', "no_proxy": '"x"', "custom_ca_bundle": '""', "sts_region": '"us-east-1"',
            "retry_mode": '"standard"', "skip_metadata_api_check": '"true"', "ec2_metadata_service_endpoint": '""',
            "ec2_metadata_service_endpoint_mode": '"IPv4"', "s3_us_east_1_regional_endpoint": '"legacy"'}
    IDLE = {"s3_us_east_1_regional_endpoint", "s3_use_path_style", "tag_policy_compliance", "user_agent"}

    def settings(self):
        schema = json.loads((HERE / "provider-schema.json").read_text())["attributes"]
        for name, type_ in schema.items():
            made = {"string": "terraform_data.x.output", "number": "length(terraform_data.x.output)",
                    "bool": 'terraform_data.x.output == "x"'}.get(type_ if isinstance(type_, str) else "", "[terraform_data.x.output]")
            yield name, name, f"  {name} = {made}\n"
        role = "  assume_role {\n    %s = %s\n  }\n"
        yield "assume_role", "assume_role[0].role_arn", role % ("role_arn", "terraform_data.x.output")
        yield "assume_role tags", 'assume_role[0].tags["a"]', role % ("tags", "{ a = terraform_data.x.output }")
        yield "web", "assume_role_with_web_identity[0].web_identity_token", "  assume_role_with_web_identity {\n    web_identity_token = terraform_data.x.output\n  }\n"
        yield "ignore_tags", "ignore_tags[0].keys", "  ignore_tags {\n    keys = [terraform_data.x.output]\n  }\n"
        yield "default_tags", None, "  default_tags {\n    tags = { a = terraform_data.x.output }\n  }\n"

    def test_state_stays_and_the_attribute_is_named(self):
        s = self.queue(STATIC)
        self.ok(s.apply())
        before = s.state()["aws_sqs_queue.q"]
        s.write("x.tf", 'resource "terraform_data" "x" {\n  input = "x"\n}\n')
        for name, path, text in self.settings():
            with self.subTest(name):
                kept = "".join(line + "\n" for line in STATIC.splitlines() if line.split()[0] != name)
                s.write("_provider.tf", TERRAFORM + self.block(kept + text))
                result = s.plan("-out=plan.bin")
                self.assertEqual(result.code, 2, result.text)
                shown = json.loads(s.run("show", "-json", "plan.bin").out)
                changes = {c["address"]: c["change"]["actions"] for c in shown["resource_changes"]}
                if name != "default_tags":
                    self.assertEqual(changes["aws_sqs_queue.q"], ["no-op"])
                if path and name not in self.IDLE:
                    self.assertIn(f'"{path.split("[")[0]}', result.flat)
                    self.assertIn("not known", result.flat)
        s.write("_provider.tf", TERRAFORM + self.block(STATIC))
        self.assertEqual(s.state()["aws_sqs_queue.q"], before)

    def test_a_region_that_the_apply_finds_out_is_used_by_it(self):
        s = self.queue(STATIC.replace('"us-east-1"', "terraform_data.x.output"))
        s.write("x.tf", 'resource "terraform_data" "x" {\n  input = "eu-west-1"\n}\n')
        self.ok(s.apply())
        self.assertEqual(s.state()["aws_sqs_queue.q"]["arn"].split(":")[3], "eu-west-1")
        self.no_changes(s)


class Wrong(ProviderCase):
    ROWS = (
        ('region = "mars-1"', 'region is "mars-1"', "skip_region_validation"),
        ('access_key = "a"', "of access_key and secret_key only access_key is set", "Set both"),
        ('retry_mode = "eager"', 'retry_mode is "eager"', 'Allowed: "standard", "adaptive"'),
        ("max_retries = -1", "max_retries is -1", "from 0 to 1000"),
        ("insecure = true", "insecure is not supported", "custom_ca_bundle"),
        ('custom_ca_bundle = "/nonexistent/ca.pem"', "the CA bundle /nonexistent/ca.pem cannot be read", "AWS_CA_BUNDLE"),
        ('http_proxy = "user:PLANTED@proxy"', "not the URL of a proxy", "http://proxy.example:3128"),
        ('ec2_metadata_service_endpoint_mode = "v6"', 'ec2_metadata_service_endpoint_mode is "v6"', '"IPv4", "IPv6"'),
        ('assume_role {\n role_arn = "me"\n }', 'not an ARN: "me"', "arn:PARTITION"),
        ('assume_role {\n role_arn = "arn:aws:iam::123456789012:user/me"\n }', "not the ARN of a role", "arn:aws:iam::ACCOUNT:role/NAME"),
        ('assume_role {\n role_arn = "arn:aws:iam::123456789012:role/r"\n duration = "5m"\n }', 'duration: "5m"', "15 minutes to 12 hours"),
        ('assume_role {\n session_name = "a b"\n }', 'session_name is "a b"', "letters, digits"),
        ('assume_role {\n external_id = "x"\n }', "external_id has 1 characters", "from 2 to 1224"),
        ('assume_role {\n policy = "{"\n }', "policy: not a JSON document", ""),
        ('assume_role_with_web_identity {\n web_identity_token = "abcde"\n }', "role_arn is not set", "AWS_ROLE_ARN"),
        ('assume_role_with_web_identity {\n role_arn = "arn:aws:iam::123456789012:role/r"\n }', "the web identity token is not set", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        ('allowed_account_ids = ["1"]\n forbidden_account_ids = ["2"]', "allowed_account_ids and forbidden_account_ids are both set", "Only one"),
    )

    def test_what_is_wrong_is_told_with_what_was_found_and_what_is_allowed(self):
        s = self.queue("")
        for setting, *texts in self.ROWS:
            with self.subTest(setting):
                name = setting.split()[0]
                kept = "".join(line + "\n" for line in STATIC.splitlines() if line.split()[0] not in (name, "secret_key" if name == "access_key" else name))
                s.write("_provider.tf", TERRAFORM + self.block(kept + "  " + setting))
                result = s.plan()
                self.refused(result, *texts)
                self.assertIn(" in provider \"aws\"", result.flat)  # Terraform shows the place
                self.assertNotIn("PLANTED", result.text.replace(setting, ""))

    def test_no_region_anywhere(self):
        s = self.queue(STATIC.replace('  region     = "us-east-1"\n', ""))
        self.refused(s.plan(), "no region is set", "AWS_REGION")


class Schema(ProviderCase):
    def test_the_block_has_all_of_hashicorps_with_its_types(self):
        theirs = json.loads((HERE / "provider-schema.json").read_text())
        s = self.queue(STATIC)
        shown = json.loads(s.run("providers", "schema", "-json").out)["provider_schemas"]
        ours = next(iter(shown.values()))["provider"]["block"]
        for name, type_ in theirs["attributes"].items():
            self.assertEqual(ours["attributes"][name]["type"], type_, name)
            self.assertTrue(ours["attributes"][name].get("optional"), name)
        self.assertEqual(set(ours["attributes"]) - set(theirs["attributes"]), {"cluster", "engine", "known_ids", "validate_policies"})
        self.assertEqual(set(ours["block_types"]), set(theirs["blocks"]))
        for name, block in theirs["blocks"].items():
            got = ours["block_types"][name]
            self.assertEqual(got["nesting_mode"], block["nesting"], name)
            types = {k: a["type"] for k, a in got["block"]["attributes"].items()}
            expected = block["attributes"] if isinstance(block["attributes"], dict) else dict.fromkeys(block["attributes"], "string")
            self.assertEqual(types, expected, name)


if __name__ == "__main__":
    main()
