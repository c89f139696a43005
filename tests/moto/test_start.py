"""tests/moto/start over real HTTP.  usage: build/venv/bin/python -m unittest discover -s tests/moto"""
import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

HANG_S = 600  # ends what hangs, and is no measure
START = pathlib.Path(__file__).with_name("start")
ASSUME = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a+b/*"}]})


def setUpModule():
    global process, url
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    ready = pathlib.Path(folder.name) / "url"
    process = subprocess.Popen([sys.executable, START, "--ready-file", ready, "--seed-cluster", "blue",
                                "--seed-cluster", "green", "--with-parent"],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    unittest.addModuleCleanup(stop)
    deadline = time.monotonic() + HANG_S
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("tests/moto/start did not become ready")
        time.sleep(0.05)
    url = ready.read_text().strip()


def stop():
    process.stdin.close()   # --with-parent: our end of the pipe is its life
    assert process.wait(HANG_S) == 0


def aws(service, region="us-east-1"):
    return boto3.client(service, region_name=region, endpoint_url=url, aws_access_key_id="test",
                        aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))


def tenon(method, path, body=None):
    request = urllib.request.Request(f"{url}/tenon/{path}", None if body is None else json.dumps(body).encode(),
                                     method=method)
    with urllib.request.urlopen(request, timeout=HANG_S) as answer:
        return json.load(answer)


def tag(resource, **tags):
    return {"ResourceType": resource, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}


def by(name, *values):
    return [{"Name": name, "Values": list(values)}]


class Case(unittest.TestCase):
    def setUp(self):
        for rows in ("faults", "ice", "requests"):
            tenon("DELETE", rows)
        tenon("POST", "settings", {"pending_ms": 0, "shutting_down_ms": 0})
        self.ec2 = aws("ec2")
        self.name = self.id().rpartition(".")[2][:60].replace("_", "-")

    def refused(self, code, call, *args, **kwargs):
        with self.assertRaises(ClientError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response

    def subnets(self):
        found = self.ec2.describe_subnets(Filters=by("tag:karpenter.sh/discovery", "blue"))["Subnets"]
        return {s["AvailabilityZone"]: s["SubnetId"] for s in found}

    def pools(self, zone, *types):
        """Overrides for these types in one zone."""
        return [{"InstanceType": t, "SubnetId": self.subnets()[zone]} for t in types]

    def template(self, **data):
        data.setdefault("ImageId", "ami-12345678")
        return self.ec2.create_launch_template(LaunchTemplateName=self.name, LaunchTemplateData=data)["LaunchTemplate"]

    def fleet(self, overrides, total=1, lifecycle="on-demand", **more):
        """CreateFleet over the template named after the test."""
        return self.ec2.create_fleet(
            Type="instant", TargetCapacitySpecification={"TotalTargetCapacity": total,
                                                         "DefaultTargetCapacityType": lifecycle},
            LaunchTemplateConfigs=[{
                "LaunchTemplateSpecification": {"LaunchTemplateName": self.name, "Version": "$Latest"},
                "Overrides": overrides}], **more)

    def run_one(self, **more):
        ask = {"ImageId": "ami-12345678", "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1, **more}
        return self.ec2.run_instances(**ask)["Instances"][0]

    def instance(self, key):
        return self.ec2.describe_instances(InstanceIds=[key])["Reservations"][0]["Instances"][0]


class Identity(Case):
    def test_managed_policies_are_there(self):
        aws("iam").get_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy")

    def test_update_role_keeps_the_description(self):
        iam = aws("iam")
        iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=ASSUME, Description="kept")
        iam.update_role(RoleName=self.name, MaxSessionDuration=7200)
        role = iam.get_role(RoleName=self.name)["Role"]
        self.assertEqual((role["Description"], role["MaxSessionDuration"]), ("kept", 7200))

    def test_a_plus_in_a_policy_comes_back(self):
        iam = aws("iam")
        arn = iam.create_policy(PolicyName=self.name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
        self.assertEqual(version["Document"], json.loads(DOCUMENT))

    def test_attaching_twice_is_attached_once(self):
        iam = aws("iam")
        iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=ASSUME)
        arn = iam.create_policy(PolicyName=self.name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
        for _ in range(2):
            iam.attach_role_policy(RoleName=self.name, PolicyArn=arn)
        self.assertEqual(iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"], 1)

    def test_a_profile_has_a_name_that_iam_takes(self):
        for name in "a:b", "my cluster", "x/y":
            self.refused("ValidationError", aws("iam").create_instance_profile, InstanceProfileName=name)

    def test_profiles_name_their_tags_and_refuse_to_lose_a_stranger(self):
        iam = aws("iam")
        iam.create_instance_profile(InstanceProfileName=self.name, Tags=[{"Key": "a", "Value": "b"}])
        tags = iam.list_instance_profile_tags(InstanceProfileName=self.name)["Tags"]
        self.assertEqual(tags, [{"Key": "a", "Value": "b"}])
        iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=ASSUME)
        self.refused("NoSuchEntity", iam.remove_role_from_instance_profile,
                     InstanceProfileName=self.name, RoleName=self.name)


class Queues(Case):
    def test_attributes_keep_what_is_not_named_and_come_back_compact(self):
        sqs = aws("sqs")
        dead = sqs.create_queue(QueueName=self.name + "-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        queue = sqs.create_queue(QueueName=self.name, Attributes={"Policy": DOCUMENT})["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 4})})
        sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": '{"redrivePermission": "denyAll"}'})
        got = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        self.assertEqual(json.loads(got["Policy"]), json.loads(DOCUMENT))
        self.assertEqual(got["RedrivePolicy"], '{"deadLetterTargetArn":"%s","maxReceiveCount":4}' % arn)
        got = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
        self.assertEqual(got["RedriveAllowPolicy"], '{"redrivePermission":"denyAll"}')

    def test_a_long_poll_lets_others_in_and_ends_with_the_message(self):
        sqs = aws("sqs")
        queue = sqs.create_queue(QueueName=self.name)["QueueUrl"]
        got = []
        poll = threading.Thread(target=lambda: got.extend(
            aws("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20).get("Messages", [])))
        poll.start()
        started = time.monotonic()
        sqs.send_message(QueueUrl=queue, MessageBody="hello")
        poll.join()
        self.assertEqual([m["Body"] for m in got], ["hello"])
        self.assertLess(time.monotonic() - started, 18)

    def test_an_interruption_reaches_the_queue_in_its_envelope(self):
        sqs, events = aws("sqs"), aws("events")
        queue = sqs.create_queue(QueueName=self.name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=self.name, EventPattern=json.dumps({"source": ["aws.ec2"]}))
        self.addCleanup(events.delete_rule, Name=self.name)
        self.addCleanup(events.remove_targets, Rule=self.name, Ids=["q"])
        events.put_targets(Rule=self.name, Targets=[{"Id": "q", "Arn": arn}])
        key = self.run_one()["InstanceId"]
        tenon("POST", "interrupt", {"instance_id": key, "after_seconds": 0})
        body = json.loads(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]["Body"])
        self.assertEqual(body["detail-type"], "EC2 Spot Instance Interruption Warning")
        self.assertEqual((body["account"], body["detail"]["instance-id"]), ("123456789012", key))
        self.assertEqual(self.instance(key)["State"]["Name"], "terminated")


class Catalog(Case):
    def test_types_come_in_pages(self):
        pages = list(self.ec2.get_paginator("describe_instance_types").paginate())
        names = [t["InstanceType"] for p in pages for t in p["InstanceTypes"]]
        self.assertTrue(all(len(p["InstanceTypes"]) <= 100 for p in pages))
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 900)
        small = self.ec2.describe_instance_types(MaxResults=5)
        self.assertEqual([t["InstanceType"] for t in small["InstanceTypes"]], names[:5])

    def test_a_type_is_described_in_full(self):
        t = self.ec2.describe_instance_types(InstanceTypes=["p4d.24xlarge"])["InstanceTypes"][0]
        gpus = t["GpuInfo"]["Gpus"][0]["Count"]
        self.assertEqual((t["VCpuInfo"]["DefaultVCpus"], gpus, t["BareMetal"]), (96, 8, False))
        self.assertEqual(t["NetworkInfo"]["NetworkCards"][0]["MaximumNetworkInterfaces"], 15)
        found = self.ec2.describe_instance_types(Filters=by("instance-type", "m5.*") + by("bare-metal", "false"))
        names = [t["InstanceType"] for t in found["InstanceTypes"]]
        self.assertIn("m5.large", names)
        self.assertNotIn("m5.metal", names)
        self.refused("InvalidInstanceType", self.ec2.describe_instance_types, InstanceTypes=["m5.lrg"])

    def test_offerings_come_in_pages(self):
        paginator = self.ec2.get_paginator("describe_instance_type_offerings")
        pages = list(paginator.paginate(LocationType="availability-zone"))
        rows = {(o["InstanceType"], o["Location"]) for p in pages for o in p["InstanceTypeOfferings"]}
        self.assertGreater(len(pages), 5)
        self.assertEqual(len(rows), sum(len(p["InstanceTypeOfferings"]) for p in pages))
        one = self.ec2.describe_instance_type_offerings(LocationType="availability-zone", Filters=(
            by("instance-type", "m5.large") + by("location", "us-east-1a")))
        self.assertEqual(len(one["InstanceTypeOfferings"]), 1)

    def test_spot_prices_are_believable_and_stay(self):
        ask = dict(InstanceTypes=["m5.large"], ProductDescriptions=["Linux/UNIX"])
        first = self.ec2.describe_spot_price_history(**ask)["SpotPriceHistory"]
        self.assertEqual(first, self.ec2.describe_spot_price_history(**ask)["SpotPriceHistory"])
        prices = [float(q["SpotPrice"]) for q in first]
        self.assertTrue(all(0.25 * 0.096 - 1e-6 <= p <= 0.60 * 0.096 + 1e-6 for p in prices), prices)
        self.assertGreater(len(set(prices)), 1)
        age = time.time() - first[0]["Timestamp"].timestamp()
        self.assertTrue(0 <= age < 86400, age)
        pages = list(self.ec2.get_paginator("describe_spot_price_history").paginate())
        self.assertGreater(len(pages), 4)
        quoted = {q["InstanceType"] for p in pages for q in p["SpotPriceHistory"]}
        dear = self.ec2.describe_instance_types(Filters=by("instance-type", "m5.large", "u-*"))["InstanceTypes"]
        only = {t["InstanceType"] for t in dear if "spot" not in t["SupportedUsageClasses"]}
        self.assertTrue(only)
        self.assertFalse(only & quoted)

    def test_zones_say_whether_they_are_opted_into(self):
        zones = self.ec2.describe_availability_zones()["AvailabilityZones"]
        self.assertEqual({z["OptInStatus"] for z in zones}, {"opt-in-not-required"})

    def test_products_have_prices(self):
        pricing = aws("pricing")
        ask = dict(ServiceCode="AmazonEC2", Filters=[{"Type": "TERM_MATCH", "Field": f, "Value": v} for f, v in (
            ("regionCode", "us-east-1"), ("operatingSystem", "Linux"), ("preInstalledSw", "NA"), ("tenancy", "Shared"),
            ("capacitystatus", "Used"), ("marketoption", "OnDemand"), ("productFamily", "Compute Instance"))])
        pages = list(pricing.get_paginator("get_products").paginate(**ask))
        self.assertGreater(len(pages), 10)
        found = {}
        for text in (text for page in pages for text in page["PriceList"]):
            product = json.loads(text)
            term, = product["terms"]["OnDemand"].values()
            dimension, = term["priceDimensions"].values()
            found[product["product"]["attributes"]["instanceType"]] = dimension["pricePerUnit"]["USD"]
        self.assertEqual(float(found["t3.medium"]), 0.0416)
        self.assertNotIn("m5.metal", found)
        ask["Filters"].append({"Type": "TERM_MATCH", "Field": "instanceType", "Value": "m5.large"})
        self.assertEqual(len(pricing.get_products(**ask)["PriceList"]), 1)
        ask["Filters"][1]["Value"] = "Windows"
        self.assertEqual(pricing.get_products(**ask)["PriceList"], [])

    def test_eks_parameters_name_images_that_exist(self):
        ssm = aws("ssm")
        for name, arch in (("eks/optimized-ami/1.29/amazon-linux-2/recommended", "x86_64"),
                           ("eks/optimized-ami/1.29/amazon-linux-2-arm64/recommended", "arm64"),
                           ("eks/optimized-ami/1.29/amazon-linux-2/amazon-eks-node-1.29-v20240101", "x86_64"),
                           ("eks/optimized-ami/1.31/amazon-linux-2023/x86_64/standard/recommended", "x86_64"),
                           ("eks/optimized-ami/1.31/amazon-linux-2023/arm64/nvidia/recommended", "arm64"),
                           ("bottlerocket/aws-k8s-1.30/arm64/latest", "arm64")):
            with self.subTest(name):
                value = ssm.get_parameter(Name=f"/aws/service/{name}/image_id")["Parameter"]["Value"]
                image, = self.ec2.describe_images(ImageIds=[value])["Images"]
                self.assertEqual(image["Architecture"], arch)
                self.assertEqual(image["State"], "available")
        gone = "/aws/service/eks/optimized-ami/1.34/amazon-linux-2/recommended/image_id"
        self.refused("ParameterNotFound", ssm.get_parameter, Name=gone)

    def test_images_are_found_by_name_and_one_is_newest(self):
        stem = "amazon-eks-node-1.29-"
        found = self.ec2.describe_images(Owners=["amazon"], Filters=by("name", stem + "*"))["Images"]
        self.assertEqual(sorted(i["Name"] for i in found), [stem + "v20240101", stem + "v20240201"])
        self.assertEqual(len({i["CreationDate"] for i in found}), 2)
        newest = max(found, key=lambda i: i["CreationDate"])
        recommended = aws("ssm").get_parameter(
            Name="/aws/service/eks/optimized-ami/1.29/amazon-linux-2/recommended/image_id")
        self.assertEqual(newest["ImageId"], recommended["Parameter"]["Value"])


class Seeds(Case):
    def test_each_cluster_finds_its_own_subnets_and_group(self):
        seen = set()
        tenon("POST", "seed", {"cluster": "red", "region": "eu-west-1"})
        for cluster, region in (("blue", "us-east-1"), ("green", "us-east-1"), ("red", "eu-west-1")):
            by_tag = by("tag:karpenter.sh/discovery", cluster)
            subnets = aws("ec2", region).describe_subnets(Filters=by_tag)["Subnets"]
            groups = aws("ec2", region).describe_security_groups(Filters=by_tag)["SecurityGroups"]
            self.assertGreaterEqual(len({s["AvailabilityZone"] for s in subnets}), 3)
            self.assertEqual([g["VpcId"] for g in groups], [subnets[0]["VpcId"]])
            self.assertFalse(seen & {s["SubnetId"] for s in subnets})
            seen |= {s["SubnetId"] for s in subnets}


class Templates(Case):
    def test_a_token_makes_one_template(self):
        ask = dict(LaunchTemplateName=self.name, LaunchTemplateData={"ImageId": "ami-1"}, ClientToken="t-" + self.name)
        create = self.ec2.create_launch_template
        first, second = (create(**ask)["LaunchTemplate"]["LaunchTemplateId"] for _ in range(2))
        self.assertEqual(first, second)
        self.refused("IdempotentParameterMismatch", create, **dict(ask, LaunchTemplateData={"ImageId": "ami-2"}))
        self.refused("InvalidLaunchTemplateName.AlreadyExistsException", create, **dict(ask, ClientToken="other"))

    def test_a_name_has_the_characters_that_ec2_takes(self):
        create = self.ec2.create_launch_template
        for name in "a:b", "my cluster", "x" * 129:
            self.refused("InvalidLaunchTemplateName.MalformedException", create,
                         LaunchTemplateName=name, LaunchTemplateData={"ImageId": "ami-1"})
        create(LaunchTemplateName=self.name + "/(a).b_c", LaunchTemplateData={"ImageId": "ami-1"})

    def test_tags_of_a_template_are_those_of_today(self):
        made = self.ec2.create_launch_template(LaunchTemplateName=self.name, TagSpecifications=[tag("launch-template", a="b")], LaunchTemplateData={"ImageId": "ami-1"})
        ids = [made["LaunchTemplate"]["LaunchTemplateId"]]
        self.ec2.create_tags(Resources=ids, Tags=[{"Key": "c", "Value": "d"}])
        self.ec2.delete_tags(Resources=ids, Tags=[{"Key": "a"}])
        self.assertEqual(self.ec2.describe_launch_templates(LaunchTemplateIds=ids)["LaunchTemplates"][0]["Tags"], [{"Key": "c", "Value": "d"}])

    def test_a_version_builds_on_another_and_own_tags_stay_out(self):
        self.ec2.create_launch_template(LaunchTemplateName=self.name, TagSpecifications=[tag("launch-template", a="b")],
                                        LaunchTemplateData={"ImageId": "ami-1", "InstanceType": "m5.large"})
        self.ec2.create_launch_template_version(LaunchTemplateName=self.name, SourceVersion="1",
                                                LaunchTemplateData={"ImageId": "ami-2"})
        versions = self.ec2.describe_launch_template_versions(LaunchTemplateName=self.name)["LaunchTemplateVersions"]
        self.assertEqual([v["LaunchTemplateData"] for v in versions], [
            {"ImageId": "ami-1", "InstanceType": "m5.large"}, {"ImageId": "ami-2", "InstanceType": "m5.large"}])


class Fleets(Case):
    def test_a_token_launches_once_even_after_the_end(self):
        self.template()
        token = "f-" + self.name
        first = self.fleet(self.pools("us-east-1a", "m5.large"), ClientToken=token)
        key = first["Instances"][0]["InstanceIds"][0]
        self.ec2.terminate_instances(InstanceIds=[key])
        again = self.fleet(self.pools("us-east-1a", "m5.large"), ClientToken=token)
        self.assertEqual((again["FleetId"], again["Instances"]), (first["FleetId"], first["Instances"]))
        answer = self.refused("IdempotentParameterMismatch", self.fleet, self.pools("us-east-1a", "c5.large"),
                              ClientToken=token)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_on_demand_takes_the_cheapest_override(self):
        self.template()
        got = self.fleet(self.pools("us-east-1b", "m5.2xlarge", "c5.large", "m5.large"), total=3)
        entry, = got["Instances"]
        self.assertEqual((entry["InstanceType"], entry["Lifecycle"]), ("c5.large", "on-demand"))
        self.assertEqual(len(entry["InstanceIds"]), 3)
        override, = self.pools("us-east-1b", "c5.large")
        self.assertEqual(entry["LaunchTemplateAndOverrides"]["Overrides"], override)
        self.assertEqual(got.get("Errors", []), [])
        self.assertEqual(self.instance(entry["InstanceIds"][0])["SubnetId"], override["SubnetId"])

    def test_spot_takes_the_lowest_spot_price(self):
        self.template()
        subnets = self.subnets()
        quotes = self.ec2.describe_spot_price_history(InstanceTypes=["m5.large", "m5a.large"])["SpotPriceHistory"]
        quotes = [q for q in quotes if q["AvailabilityZone"] in subnets]
        cheapest = min(quotes, key=lambda q: float(q["SpotPrice"]))
        overrides = [{"InstanceType": q["InstanceType"], "SubnetId": subnets[q["AvailabilityZone"]]} for q in quotes]
        got = self.fleet(overrides, lifecycle="spot", SpotOptions={"AllocationStrategy": "price-capacity-optimized"})
        instance = self.instance(got["Instances"][0]["InstanceIds"][0])
        self.assertEqual((instance["InstanceType"], instance["Placement"]["AvailabilityZone"]),
                         (cheapest["InstanceType"], cheapest["AvailabilityZone"]))
        self.assertEqual(instance["InstanceLifecycle"], "spot")

    def test_priorities_win_where_the_strategy_says_so(self):
        self.template()
        cheap, preferred = self.pools("us-east-1a", "c5.large", "m5.2xlarge")
        got = self.fleet([dict(cheap, Priority=2), dict(preferred, Priority=1)],
                         OnDemandOptions={"AllocationStrategy": "prioritized"})
        self.assertEqual(got["Instances"][0]["InstanceType"], "m5.2xlarge")

    def test_pools_that_cannot_serve_are_errors_and_others_serve(self):
        self.template()
        tenon("POST", "ice", [{"instance_type": "c5.*", "zone": "us-east-1a", "capacity_type": "on-demand"}])
        nowhere = {"InstanceType": "m5.large", "SubnetId": "subnet-0123456789abcdef0"}
        got = self.fleet(self.pools("us-east-1a", "c5.large", "m5.large", "m5.nonsense") + [nowhere])
        self.assertEqual([i["InstanceType"] for i in got["Instances"]], ["m5.large"])
        errors = {e["ErrorCode"]: e for e in got["Errors"]}
        self.assertEqual(set(errors), {"InsufficientInstanceCapacity", "InvalidSubnetID.NotFound",
                                       "InvalidParameterValue"})
        error = errors["InsufficientInstanceCapacity"]
        self.assertEqual(error["LaunchTemplateAndOverrides"]["Overrides"]["InstanceType"], "c5.large")
        self.assertEqual(error["Lifecycle"], "on-demand")

    def test_a_fleet_without_capacity_is_an_answer_without_instances(self):
        self.template()
        tenon("POST", "ice", [{"instance_type": "*", "zone": "*", "capacity_type": "*"}])
        got = self.fleet(self.pools("us-east-1a", "m5.large"))
        self.assertEqual(got.get("Instances", []), [])
        self.assertEqual(got["Errors"][0]["ErrorCode"], "InsufficientInstanceCapacity")

    def test_a_pool_gives_what_it_has_left(self):
        self.template()
        tenon("POST", "ice", [{"instance_type": "c5.large", "available": 2}])
        got = self.fleet(self.pools("us-east-1a", "c5.large", "m5.large"), total=3)
        counts = {i["InstanceType"]: len(i["InstanceIds"]) for i in got["Instances"]}
        self.assertEqual(counts, {"c5.large": 2, "m5.large": 1})

    def test_below_the_least_target_nothing_is_launched(self):
        self.template()
        tenon("POST", "ice", [{"instance_type": "c5.large", "available": 2}])
        got = self.fleet(self.pools("us-east-1a", "c5.large"), total=3, OnDemandOptions={"MinTargetCapacity": 3})
        self.assertEqual(got.get("Instances", []), [])

    def test_instances_are_what_their_template_says(self):
        profile = aws("iam").create_instance_profile(InstanceProfileName=self.name)["InstanceProfile"]
        vpc = self.ec2.describe_vpcs(Filters=by("is-default", "true"))["Vpcs"][0]["VpcId"]
        group = self.ec2.create_security_group(GroupName=self.name, Description="x", VpcId=vpc)["GroupId"]
        user_data = base64.b64encode(b"#!/bin/sh\n").decode()
        self.template(
            IamInstanceProfile={"Name": self.name}, SecurityGroupIds=[group], UserData=user_data,
            Monitoring={"Enabled": True}, MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda",
                                  "Ebs": {"VolumeSize": 50, "VolumeType": "gp3", "Encrypted": True}}],
            TagSpecifications=[tag("instance", fromtemplate="1"), tag("volume", disk="1")])
        override, = self.pools("us-east-1c", "m5.large")
        fleet = self.fleet([override], TagSpecifications=[tag("instance", fromfleet="1")])
        of_fleet = fleet["Instances"][0]["InstanceIds"][0]
        alone = self.ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate={"LaunchTemplateName": self.name},
                                       **override)
        for key in (of_fleet, alone["Instances"][0]["InstanceId"]):
            i = self.instance(key)
            self.assertEqual(i["IamInstanceProfile"]["Arn"], profile["Arn"])
            options = i["MetadataOptions"]
            self.assertEqual((options["HttpTokens"], options["HttpPutResponseHopLimit"]), ("required", 2))
            self.assertEqual([g["GroupId"] for g in i["SecurityGroups"]], [group])
            self.assertEqual((i["ImageId"], i["Monitoring"]["State"]), ("ami-12345678", "enabled"))
            self.assertEqual({t["Key"]: t["Value"] for t in i["Tags"]}["fromtemplate"], "1")
            self.check_disk(i)
            attribute = self.ec2.describe_instance_attribute(InstanceId=key, Attribute="userData")
            self.assertEqual(attribute["UserData"]["Value"], user_data)
        tags = {t["Key"]: t["Value"] for t in self.instance(of_fleet)["Tags"]}
        self.assertEqual((tags["fromfleet"], tags["aws:ec2:fleet-id"]), ("1", fleet["FleetId"]))
        self.ec2.terminate_instances(InstanceIds=[of_fleet])
        left = self.ec2.describe_volumes(Filters=by("attachment.instance-id", of_fleet))["Volumes"]
        self.assertEqual(left, [])

    def check_disk(self, instance):
        disk, = instance["BlockDeviceMappings"]
        volume = self.ec2.describe_volumes(VolumeIds=[disk["Ebs"]["VolumeId"]])["Volumes"][0]
        self.assertEqual(disk["DeviceName"], "/dev/xvda")
        self.assertEqual((volume["Size"], volume["VolumeType"], volume["Encrypted"]), (50, "gp3", True))
        self.assertEqual(volume["Tags"], [{"Key": "disk", "Value": "1"}])

    def test_a_mixed_fleet_of_network_interfaces_and_weights(self):
        vpc = self.ec2.describe_vpcs(Filters=by("is-default", "true"))["Vpcs"][0]["VpcId"]
        group = self.ec2.create_security_group(GroupName=self.name, Description="x", VpcId=vpc)["GroupId"]
        self.template(NetworkInterfaces=[{"DeviceIndex": 0, "Groups": [group], "AssociatePublicIpAddress": False}])
        override, = self.pools("us-east-1d", "m5.large")
        got = self.ec2.create_fleet(
            Type="instant", LaunchTemplateConfigs=[{
                "LaunchTemplateSpecification": {"LaunchTemplateName": self.name, "Version": "1"},
                "Overrides": [dict(override, WeightedCapacity=2)]}],
            TargetCapacitySpecification={"TotalTargetCapacity": 5, "OnDemandTargetCapacity": 2,
                                         "DefaultTargetCapacityType": "spot"})
        counts = {i["Lifecycle"]: len(i["InstanceIds"]) for i in got["Instances"]}
        self.assertEqual(counts, {"on-demand": 1, "spot": 2})
        instance = self.instance(got["Instances"][0]["InstanceIds"][0])
        self.assertEqual([g["GroupId"] for g in instance["SecurityGroups"]], [group])
        self.assertEqual(instance["SubnetId"], override["SubnetId"])

    def test_a_wrong_profile_is_an_error(self):
        self.template(IamInstanceProfile={"Name": "nobody"})
        got = self.fleet(self.pools("us-east-1a", "m5.large"))
        self.assertEqual([e["ErrorCode"] for e in got["Errors"]], ["InvalidParameterValue"])


class Instances(Case):
    def test_a_token_runs_once(self):
        first = self.run_one(ClientToken=self.name)["InstanceId"]
        self.assertEqual(self.run_one(ClientToken=self.name)["InstanceId"], first)
        self.ec2.terminate_instances(InstanceIds=[first])
        again = self.run_one(ClientToken=self.name)
        self.assertEqual((again["InstanceId"], again["State"]["Name"]), (first, "terminated"))
        self.refused("IdempotentParameterMismatch", self.run_one, ClientToken=self.name, InstanceType="c5.large")

    def test_as_many_run_as_were_asked_for(self):
        started = self.ec2.run_instances(ImageId="ami-12345678", InstanceType="m5.large", MinCount=1, MaxCount=3)
        self.assertEqual(len(started["Instances"]), 3)

    def test_unknown_types_and_shortages_are_refused(self):
        self.refused("InvalidParameterValue", self.run_one, InstanceType="m5.nonsense")
        tenon("POST", "ice", [{"instance_type": "m5.large"}])
        answer = self.refused("InsufficientInstanceCapacity", self.run_one)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 500)

    def test_life_takes_the_time_it_is_given(self):
        tenon("POST", "settings", {"pending_ms": 5000, "shutting_down_ms": 5000})
        key = self.run_one()["InstanceId"]
        self.assertEqual(self.instance(key)["State"]["Name"], "pending")
        self.wait_for(key, "running")
        self.ec2.terminate_instances(InstanceIds=[key])
        self.assertEqual(self.instance(key)["State"]["Name"], "shutting-down")
        self.wait_for(key, "terminated")

    def wait_for(self, key, state):
        deadline = time.monotonic() + HANG_S
        while self.instance(key)["State"]["Name"] != state and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.instance(key)["State"]["Name"], state)

    def test_instances_come_in_pages(self):
        for _ in range(6):
            self.run_one(TagSpecifications=[tag("instance", page=self.name)])
        pages = list(self.ec2.get_paginator("describe_instances").paginate(
            Filters=by("tag:page", self.name), PaginationConfig={"PageSize": 5}))
        self.assertEqual([len(p["Reservations"]) for p in pages], [5, 1])


class Control(Case):
    def test_a_rest_call_has_its_operations_name_and_its_errors_are_json(self):
        tenon("POST", "faults", [{"service": "eks", "operation": "DescribeCluster", "times": 1, "status": 403,
                                  "code": "AccessDeniedException", "message": "Not you."}])
        with self.assertRaises(ClientError) as refused:
            aws("eks").describe_cluster(name="blue")
        self.assertEqual(refused.exception.response["Error"]["Code"], "AccessDeniedException")
        with self.assertRaises(ClientError) as absent:
            aws("eks").describe_cluster(name="blue")
        self.assertEqual(absent.exception.response["Error"]["Code"], "ResourceNotFoundException")

    def test_a_refusal_has_the_shape_of_its_protocol(self):
        tenon("POST", "faults", [{"service": s, "times": 1, "status": 503, "code": "Slow", "message": "a <b>"}
                                 for s in ("ec2", "iam", "sqs")])
        for call in (self.ec2.describe_vpcs, aws("iam").list_roles, aws("sqs").list_queues):
            answer = self.refused("Slow", call)
            self.assertEqual(answer["Error"]["Message"], "a <b>")
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 503)
            call()

    def test_match_chooses_by_the_body(self):
        tenon("POST", "faults", [{"operation": "DescribeVpcs", "match": "vpc-42", "code": "No"}])
        self.ec2.describe_vpcs()
        self.refused("No", self.ec2.describe_vpcs, VpcIds=["vpc-42"])

    def test_a_cut_after_took_effect_and_a_cut_before_did_not(self):
        sqs = aws("sqs")
        for when, made in (("before", 0), ("after", 1)):
            tenon("POST", "faults", [{"operation": "CreateQueue", "times": 1, "cut": when}])
            with self.assertRaises(ConnectionClosedError):
                sqs.create_queue(QueueName=f"cut-{when}")
            self.assertEqual(len(sqs.list_queues(QueueNamePrefix=f"cut-{when}").get("QueueUrls", [])), made)
        statuses = [r["status"] for r in tenon("GET", "requests") if r["operation"] == "CreateQueue"]
        self.assertEqual(statuses, ["cut", "cut"])

    def test_the_nth_call_is_hit_and_a_refusal_may_come_too_late(self):
        tenon("POST", "faults", [{"operation": "CreateQueue", "skip": 1, "times": 1, "status": 500, "code": "Oops", "after": True}])
        sqs = aws("sqs")
        sqs.create_queue(QueueName=self.name + "-1")
        self.refused("Oops", sqs.create_queue, QueueName=self.name + "-2")
        self.assertEqual(set(tenon("GET", f"holdings?prefix={self.name}")), {f"queue/{self.name}-{n}" for n in (1, 2)})

    def test_holdings_are_what_is_there_and_can_be_made_older(self):
        iam = aws("iam")
        iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=ASSUME, Tags=[{"Key": "a", "Value": "1"}])
        made = iam.get_role(RoleName=self.name)["Role"]["CreateDate"]
        held = tenon("GET", f"holdings?prefix={self.name}")[f"role/{self.name}"]
        self.assertEqual((held["trust"], held["tags"], held["attached"]), (json.loads(ASSUME), {"a": "1"}, []))
        tenon("POST", "age", {"name": f"role/{self.name}", "seconds": 3600})
        self.assertEqual((made - iam.get_role(RoleName=self.name)["Role"]["CreateDate"]).total_seconds(), 3600)
        self.assertEqual(len(tenon("GET", f"requests?match={self.name}")), 3)

    def test_a_held_call_goes_on_when_faults_are_taken_away(self):
        tenon("POST", "faults", [{"operation": "DescribeVpcs", "times": 1, "held": True}])
        seen = []
        thread = threading.Thread(target=lambda: seen.append(len(aws("ec2").describe_vpcs()["Vpcs"])))
        thread.start()
        while not any(r["operation"] == "DescribeVpcs" for r in tenon("GET", "requests")):
            time.sleep(0.02)
        self.assertTrue(aws("ec2").describe_subnets()["Subnets"])
        self.assertEqual(seen, [])
        tenon("DELETE", "faults")
        thread.join(60)
        self.assertGreater(seen[0], 0)

    def test_a_delay_holds_up_nobody_else_and_garbage_is_garbage(self):
        tenon("POST", "faults", [{"operation": "DescribeVpcs", "times": 1, "delay_ms": 5000, "garbage": True}])
        seen = []

        def slow():
            try:
                aws("ec2").describe_vpcs()
            except Exception as e:  # whatever botocore makes of it
                seen.append(type(e).__name__)

        thread = threading.Thread(target=slow)
        thread.start()
        while not any(r["operation"] == "DescribeVpcs" for r in tenon("GET", "requests")):
            time.sleep(0.02)
        self.ec2.describe_subnets()
        self.assertTrue(thread.is_alive())
        self.assertIsNone(next(r for r in tenon("GET", "requests") if r["operation"] == "DescribeVpcs")["status"])
        thread.join()
        self.assertEqual(len(seen), 1)

    def test_requests_are_told_with_their_tokens(self):
        self.run_one(ClientToken="abc-told")
        last = tenon("GET", "requests")[-1]
        del last["time_ms"]
        self.assertEqual(last, {"service": "ec2", "operation": "RunInstances", "client_token": "abc-told",
                                "status": 200, "region": "us-east-1"})

    def test_what_moto_lacks_is_refused_by_name(self):
        answer = self.refused("InvalidAction", self.ec2.get_spot_placement_scores, TargetCapacity=1)
        self.assertIn("GetSpotPlacementScores", answer["Error"]["Message"])

    def test_leftovers_are_what_is_alive(self):
        cluster = "left-over"
        owned = {f"kubernetes.io/cluster/{cluster}": "owned"}
        self.assertEqual(tenon("GET", f"leftovers?cluster={cluster}"), [])
        key = self.run_one(TagSpecifications=[tag("instance", **owned)])["InstanceId"]
        self.ec2.create_launch_template(LaunchTemplateName="zz-t", LaunchTemplateData={"ImageId": "ami-1"},
                                        TagSpecifications=[tag("launch-template", **{"tenon.dev/cluster": cluster})])
        self.assertEqual(sorted(t["name"] for t in tenon("GET", f"leftovers?cluster={cluster}")), sorted([key, "zz-t"]))
        iam, sqs, events = aws("iam"), aws("sqs"), aws("events")
        iam.create_role(RoleName="zz-r", AssumeRolePolicyDocument=ASSUME)
        iam.create_instance_profile(InstanceProfileName="zz-p")
        events.put_rule(Name="zz-e", EventPattern='{"source":["x"]}')
        sqs.create_queue(QueueName="zz-q")
        kinds = {t["kind"] for t in tenon("GET", "leftovers?prefix=zz-")}
        self.assertEqual(kinds, {"launch-template", "role", "instance-profile", "rule", "queue"})
        self.ec2.terminate_instances(InstanceIds=[key])
        self.ec2.delete_launch_template(LaunchTemplateName="zz-t")
        self.assertEqual(tenon("GET", f"leftovers?cluster={cluster}"), [])

    def test_wrong_words_are_told(self):
        for method, path, body, status in (
                ("POST", "settings", {"pendign_ms": 1}, 400), ("POST", "faults", [{"servcie": "ec2"}], 400),
                ("GET", "nothing", None, 404), ("POST", "interrupt", {"instance_id": "i-0"}, 400)):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                tenon(method, path, body)
            self.assertEqual(caught.exception.code, status)
            self.assertIn("error", json.load(caught.exception))


class Zlast(Case):
    """Runs last, because it takes everything away."""

    def test_reset_makes_a_new_world_with_the_same_clusters(self):
        aws("sqs").create_queue(QueueName="gone")
        tenon("POST", "reset")
        self.assertEqual(aws("sqs").list_queues().get("QueueUrls", []), [])
        self.assertEqual(len(self.subnets()), 6)
        self.assertEqual(tenon("GET", "leftovers"), [])


if __name__ == "__main__":
    unittest.main()
