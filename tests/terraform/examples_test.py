#!/usr/bin/env python3
"""Every example that we show applies, plans empty, is imported as its page says, and destroys without trace."""
import hashlib
import json
import shutil
import subprocess

from harness import BINARY, REGION, ROOT, Stack, TestCase, main, moto

EXAMPLES = ROOT / "examples"
# Pods for the pools of examples; on pages and in README.md k8s/ is the reader's own.
PODS = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: main
          image: worker
          resources:
            requests: {cpu: 500m, memory: 1Gi}
"""


def schema(*arguments):
    return subprocess.run([BINARY.parent / "tenon", "schema", *arguments], capture_output=True, text=True)


def tables():
    """What `tenon schema` says of the types."""
    return json.loads(schema("--output", "json").stdout)["resources"]


class ExampleCase(TestCase):
    """Files go to a folder as they are; moto takes AWS's place by the environment alone."""

    def folder(self, *folders, root=None, **files):
        """Copies `folders` of examples/ beside each other, `files` (name to text, __ for a dot) into the one that
        terraform runs in."""
        moto().call("POST", "/tenon/seed", {"cluster": "dev-eks", "region": REGION})
        if "example" not in moto().aws("eks").list_clusters()["clusters"]:
            moto().aws("eks").create_cluster(name="example", roleArn="arn:aws:iam::123456789012:role/example", resourcesVpcConfig={})
        s = Stack("", provider="")
        top = s.dir
        self.addCleanup(shutil.rmtree, top, ignore_errors=True)
        self.addCleanup(self.tidy, s)
        for folder in folders:
            shutil.copytree(EXAMPLES / folder, top / folder)
        s.dir = top / (root or ".")
        for name, text in files.items():
            (s.dir / name.replace("__", ".")).write_text(text)
        (s.dir / "k8s").mkdir()
        (s.dir / "k8s/worker.yaml").write_text(PODS)
        ec2 = moto().aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] if "variable \"subnet_id\"" in files.get("resource__tf", "") else None
        if vpc:
            s.env.update(TF_VAR_subnet_id=ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"])
        s.env.update(AWS_ENDPOINT_URL=moto().url, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
        return s

    def leaves_nothing(self, s, before):
        self.ok(s.destroy())
        self.assertEqual(moto().get("/tenon/leftovers"), before)


class Schema(TestCase):
    def test_a_page_is_printed_as_it_lies_in_docs(self):
        self.assertEqual(schema("aws_sqs_queue").stdout, (ROOT / "docs/resources/aws_sqs_queue.md").read_text())
        self.assertEqual(schema("provider").stdout, (ROOT / "docs/index.md").read_text())

    def test_the_overview_has_a_line_for_everything(self):
        names = [line.split()[0] for line in schema().stdout.splitlines() if line]
        self.assertEqual([n for n in names if n in ("provider", *tables())], ["provider", *sorted(tables())])

    def test_what_is_named_alone_is_in_the_tables(self):
        shown = json.loads(schema("tenon_node_pool", "--output", "json").stdout)
        self.assertEqual((list(shown), list(shown["resources"])), (["resources"], ["tenon_node_pool"]))

    def test_exit_codes(self):
        for arguments, code, text in [
            (["--help"], 0, ""),
            (["aws_sqs_cue"], 64, "aws_sqs_cue"),
            (["--output", "html"], 64, "table json"),
            (["--write", "x", "--output", "json"], 64, "--write"),
            (["--write", "/dev/null/docs"], 1, "/dev/null/docs"),
        ]:
            with self.subTest(arguments):
                result = schema(*arguments)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(text, result.stderr)


class Examples(ExampleCase):
    def example(self, kind):
        return self.folder(provider__tf=(EXAMPLES / "provider/provider.tf").read_text(),
                           resource__tf=(EXAMPLES / "resources" / kind / "resource.tf").read_text())

    def test_every_type_has_an_example(self):
        self.assertEqual(sorted(p.name for p in (EXAMPLES / "resources").iterdir()), sorted(tables()))

    def test_every_example_applies_and_is_imported_as_its_page_says(self):
        for kind, table in tables().items():
            with self.subTest(kind):
                before = moto().get("/tenon/leftovers")
                s = self.example(kind)
                self.applies_and_settles(s)
                address = f"{kind}.example"
                import_id = table["import_id"].format(**s.state()[address])
                self.ok(s.run("state", "rm", address))
                self.ok(s.run("import", "-input=false", address, import_id))
                self.no_changes(s)
                self.leaves_nothing(s, before)

    def test_every_data_source_has_an_example_that_applies(self):
        names = json.loads(schema("--output", "json").stdout)["data_sources"]
        self.assertEqual(sorted(p.name for p in (EXAMPLES / "data-sources").iterdir()), sorted(names))
        for name in names:
            with self.subTest(name):
                s = self.folder(provider__tf=(EXAMPLES / "provider/provider.tf").read_text(),
                                data__tf=(EXAMPLES / "data-sources" / name / "data-source.tf").read_text())
                self.applies_and_settles(s)

    def test_every_function_has_an_example_that_applies(self):
        names = json.loads(schema("--output", "json").stdout)["functions"]
        self.assertEqual(sorted(p.name for p in (EXAMPLES / "functions").iterdir()), sorted(names))
        for name in names:
            with self.subTest(name):
                s = self.folder(provider__tf=(EXAMPLES / "provider/provider.tf").read_text(),
                                function__tf=(EXAMPLES / "functions" / name / "function.tf").read_text())
                self.applies_and_settles(s)

    def test_beside_hashicorp_aws_the_types_of_nodes_go_by_their_own_name(self):
        """As the provider's page has it: local name tenon, and no `provider` lines."""
        s = self.folder(main__tf="""
terraform {
  required_providers {
    tenon = { source = "oko-investments/tenon" }
  }
}
provider "tenon" {
  region  = "us-east-1"
  cluster = { name = "dev-eks", manifests = ["k8s"] }
}
resource "tenon_node_class" "example" {
  name                    = "own-name"
  instance_profile        = "of-hashicorp-aws"
  subnet_selector         = [{ tags = { "karpenter.sh/discovery" = "dev-eks" } }]
  security_group_selector = [{ tags = { "karpenter.sh/discovery" = "dev-eks" } }]
}
""")
        result = s.plan()
        self.assertEqual(result.code, 2, result.text)

    def test_examples_are_formatted(self):  # but for karpenter-module/main.tf, which is as its author wrote it
        self.ok(self.folder().run("fmt", "-check", "-recursive", "-diff", str(EXAMPLES / "provider"),
                                  str(EXAMPLES / "resources"), str(EXAMPLES / "data-sources"), str(EXAMPLES / "functions"), str(EXAMPLES / "karpenter"), str(EXAMPLES / "datamigrate")))


class KarpenterModule(ExampleCase):
    """The module that Tenon's first users bring.  main.tf is theirs, byte for byte; variables.tf declares what it
    refers to, and versions.tf is all that moving to Tenon adds."""

    def test_main_tf_is_as_its_author_wrote_it(self):
        self.assertEqual(hashlib.sha256((EXAMPLES / "karpenter-module/main.tf").read_bytes()).hexdigest(),
                         "c2bae063b0e1ff6c69da8f24514a342a60b6bc4070dd3be00e3c77e604a658f2")
        self.assertEqual(sorted(p.name for p in (EXAMPLES / "karpenter-module").iterdir()),
                         ["main.tf", "variables.tf", "versions.tf"])

    def test_it_applies_plans_empty_and_destroys_clean(self):
        before = moto().get("/tenon/leftovers")
        s = self.folder("karpenter", "karpenter-module", root="karpenter")
        self.ok(s.run("get"))
        self.applies_and_settles(s)
        made = self.ok(s.run("state", "list")).out.split()
        self.assertEqual(len(made), 13)
        self.assertTrue(all(address.startswith("module.karpenter.") for address in made))
        targets = moto().aws("events").list_targets_by_rule(Rule="datamigrate-ai-dev-karpenter-interruption")["Targets"]
        self.assertEqual([(t["Id"], t["Arn"].split(":")[-1]) for t in targets],
                         [("KarpenterInterruptionQueueTarget", "datamigrate-ai-dev-karpenter")])
        self.leaves_nothing(s, before)


if __name__ == "__main__":
    main()
