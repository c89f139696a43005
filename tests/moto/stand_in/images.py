"""EKS's machine images, and the SSM parameters that name them; moto knows neither, and lets nobody put them there.

Each kind of image exists at two dates for each Kubernetes version, so "newest" decides something.
"""
import datetime
from hashlib import sha256

from moto.ec2.models.amis import Ami, AmiBackend
from moto.ssm.models import Parameter, ParameterDict

MINORS = range(23, 36)
LAST_AL2_MINOR = 32
EKS_OWNER, BOTTLEROCKET_OWNER = "602401143452", "092701018921"
# The release, and the day it was made.
EKS_RELEASES = [("20240101", datetime.datetime(2024, 1, 3)), ("20240201", datetime.datetime(2024, 2, 3))]
BOTTLEROCKET_RELEASES = [("1.17.0", datetime.datetime(2024, 1, 10)), ("1.19.1", datetime.datetime(2024, 2, 10))]
PREFIXES = ("/aws/service/eks/optimized-ami/", "/aws/service/bottlerocket/")


def mend():
    images_of_every_region()
    parameters_of_every_region()


def catalog():
    """(image name, architecture, owner, date, names of its parameters)"""
    for minor in MINORS:
        k = f"1.{minor}"
        if minor <= LAST_AL2_MINOR:
            yield from eks(k, "amazon-linux-2", "amazon-eks-node", "x86_64")
            yield from eks(k, "amazon-linux-2-arm64", "amazon-eks-arm64-node", "arm64")
            yield from eks(k, "amazon-linux-2-gpu", "amazon-eks-gpu-node", "x86_64")
        for arch, variant in (("x86_64", "standard"), ("x86_64", "nvidia"), ("x86_64", "neuron"),
                              ("arm64", "standard"), ("arm64", "nvidia")):
            yield from eks(k, f"amazon-linux-2023/{arch}/{variant}", f"amazon-eks-node-al2023-{arch}-{variant}", arch)
        for flavour in (f"aws-k8s-{k}", f"aws-k8s-{k}-nvidia"):
            yield from bottlerocket(flavour, "x86_64", "x86_64")
            yield from bottlerocket(flavour, "arm64", "aarch64")


def eks(k, folder, stem, arch):
    for release, day in EKS_RELEASES:
        name = f"{stem}-{k}-v{release}"
        leaves = [name] + (["recommended"] if release == EKS_RELEASES[-1][0] else [])
        yield name, arch, EKS_OWNER, day, [f"{PREFIXES[0]}{k}/{folder}/{leaf}/image_id" for leaf in leaves]


def bottlerocket(flavour, arch, arch_in_name):
    for release, day in BOTTLEROCKET_RELEASES:
        leaves = [release] + (["latest"] if release == BOTTLEROCKET_RELEASES[-1][0] else [])
        yield (f"bottlerocket-{flavour}-{arch_in_name}-v{release}", arch, BOTTLEROCKET_OWNER, day,
               [f"{PREFIXES[1]}{flavour}/{arch}/{leaf}/image_id" for leaf in leaves])


def image_id(region, name):
    return "ami-" + sha256(f"{region} {name}".encode()).hexdigest()[:17]


def images_of_every_region():
    load = AmiBackend._load_amis

    def load_amis(self):
        load(self)
        for name, arch, owner, day, _ in catalog():
            key = image_id(self.region_name, name)
            self.amis[key] = Ami(self, key, name=name, description=f"{name} (stand-in)", owner_id=owner,
                                 owner_alias="amazon", public=True, virtualization_type="hvm", architecture=arch,
                                 creation_date=day, image_location=f"amazon/{name}", hypervisor="xen",
                                 root_device_type="ebs", root_device_name="/dev/xvda",
                                 region_name=self.region_name)

    AmiBackend._load_amis = load_amis


def parameters_of_every_region():
    check = ParameterDict._check_loading_status

    def check_loading_status(self, key):
        check(self, key)
        if str(key or "").startswith(PREFIXES) and not getattr(self, "eks_loaded", False):
            self.eks_loaded = True
            for name, _, _, day, parameters in catalog():
                for parameter in parameters:
                    dict.__setitem__(self, parameter, [public_parameter(self, parameter, name, day)])

    ParameterDict._check_loading_status = check_loading_status


def public_parameter(self, name, image, day):
    return Parameter(account_id=self.account_id, name=name, value=image_id(self.region_name, image),
                     parameter_type="String", description=None, allowed_pattern=None, keyid=None,
                     last_modified_date=day.timestamp(), version=1, data_type="aws:ec2:image")
