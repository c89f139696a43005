"""RunInstances and the life of an instance."""
import copy

from moto.core.exceptions import ServiceException
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.utils import convert_tag_spec, filter_iam_instance_profiles
from werkzeug.exceptions import HTTPException

from . import catalog, events, faults, shortage, world

PENDING, RUNNING, SHUTTING_DOWN, TERMINATED = (
    InstanceState("pending", 0), InstanceState("running", 16), InstanceState("shutting-down", 32),
    InstanceState("terminated", 48))


def mend():
    run_once_per_token()
    take_over_from_template()
    take_time_to_terminate()


def run_once_per_token():
    """A repeated ClientToken gets the first reservation, its instances in whatever state they are by now; and
    MaxCount instances are started, where moto stops at MinCount."""
    run = InstanceResponse.run_instances

    def run_most(self):
        self.params["MinCount"] = self._get_param("MaxCount", 1)
        return run(self)

    def run_instances(self):
        try:
            return world.once_per_token(self, "RunInstances", lambda: run_most(self))
        except shortage.OutOfCapacity as e:
            raise Http500(e.code, e.message) from None

    InstanceResponse.run_instances = run_instances
    path = "RunInstances.Reservation.Instances.Instance.State"
    EC2BaseResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER[path] = lambda state: (
        PENDING if state.name == "running" else state)


class Http500(HTTPException):
    """RunInstances counts a lack of capacity among the server's errors; moto can only raise the client's."""
    code = 500

    def __init__(self, code, message):
        call = type("Call", (), {"is_json": False, "service": "ec2"})
        super().__init__(faults.error(call, 500, code, message)[2].decode())


def take_over_from_template():
    """An instance gets all that its template says and the call does not.  Moto leaves out profile, metadata
    options, monitoring, network interfaces and market, and adds a disk of its own."""
    run = InstanceBackend.run_instances

    def run_instances(self, image_id, count, user_data, security_group_names, **kwargs):
        data = template_data(self, kwargs.get("launch_template"))
        fill(kwargs, data, security_group_names)
        zone = zone_of(self, kwargs)
        # Moto falls over a zone of a region that it has no offerings of.
        kwargs["placement"] = zone if catalog.offered_pools(self.region_name) else None
        kind = "spot" if kwargs.get("instance_market_options") else "on-demand"
        profile = data.get("IamInstanceProfile") if not direct_profile(kwargs) else None
        check(self, kwargs, zone, profile)
        shortage.take(kwargs["instance_type"], zone, kind, count)
        reservation = run(self, image_id, count, user_data, security_group_names, **kwargs)
        for index, instance in enumerate(reservation.instances):
            # The caller associates the profile of the call with the first instance, and with that alone.
            if profile or (direct_profile(kwargs) and index > 0):
                associate(self, instance, profile or direct_profile(kwargs))
            begin_life(instance)
        return reservation

    InstanceBackend.run_instances = run_instances


def template_data(backend, specification):
    return backend._get_template_from_args(specification).data if specification else {}


def fill(kwargs, data, security_group_names):
    """What the template says where the call says nothing."""
    if kwargs.get("is_instance_type_default") and data.get("InstanceType"):
        kwargs.update(instance_type=data["InstanceType"], is_instance_type_default=False)
    for argument, key in (("metadata_options", "MetadataOptions"), ("ebs_optimized", "EbsOptimized"),
                          ("nics", "NetworkInterfaces"), ("key_name", "KeyName"),
                          ("security_group_ids", "SecurityGroupIds")):
        if not kwargs.get(argument) and data.get(key):
            kwargs[argument] = copy.deepcopy(data[key])
    if kwargs.get("monitoring_state", "disabled") == "disabled" and data.get("Monitoring", {}).get("Enabled"):
        kwargs["monitoring_state"] = "enabled"
    if not kwargs.get("instance_market_options") and data.get("InstanceMarketOptions"):
        kwargs["instance_market_options"] = data["InstanceMarketOptions"].get("MarketType")
    if not kwargs.get("placement") and data.get("Placement", {}).get("AvailabilityZone"):
        kwargs["placement"] = data["Placement"]["AvailabilityZone"]
    if "block_device_mappings" not in kwargs and disks(data):
        kwargs["block_device_mappings"] = disks(data)
    fill_volume_tags(kwargs, data)
    fill_interfaces(kwargs, security_group_names)


def fill_volume_tags(kwargs, data):
    """Moto sees to the instance's tags itself."""
    ours = convert_tag_spec([s for s in data.get("TagSpecifications", []) if s.get("Tags")]).get("volume", {})
    tags = kwargs.setdefault("tags", {})
    tags["volume"] = ours | tags.get("volume", {})


def fill_interfaces(kwargs, security_group_names):
    """The first interface stands in the subnet of the call; its groups are the instance's."""
    for index, nic in enumerate(kwargs.get("nics") or []):
        nic.setdefault("DeviceIndex", index)
        if index == 0 and kwargs.get("subnet_id"):
            nic["SubnetId"] = kwargs["subnet_id"]
        if not kwargs.get("security_group_ids") and not security_group_names:
            kwargs["security_group_ids"] = list(nic.get("Groups", []))


def disks(data):
    """The template's disks; a disk goes with its instance unless told otherwise, and has 8 GiB at least."""
    return [{"DeviceName": m["DeviceName"], "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True, **m["Ebs"]}}
            for m in data.get("BlockDeviceMappings", []) if "Ebs" in m]


def zone_of(backend, kwargs):
    subnets = [kwargs.get("subnet_id")] + [nic.get("SubnetId") for nic in kwargs.get("nics") or []]
    subnet = next(filter(None, subnets), None)
    if subnet:
        return backend.get_subnet(subnet).availability_zone
    return kwargs.get("placement") or catalog.any_zone(backend.region_name, kwargs["instance_type"])


def direct_profile(kwargs):
    named = {"Name": kwargs.get("iam_instance_profile_name"), "Arn": kwargs.get("iam_instance_profile_arn")}
    return {k: v for k, v in named.items() if v} or None


def check(backend, kwargs, zone, profile):
    """What AWS refuses and moto takes."""
    if kwargs["instance_type"] not in INSTANCE_TYPES:
        raise EC2ClientError("InvalidParameterValue", f"Invalid value '{kwargs['instance_type']}' for InstanceType.")
    shortage.must_be_offered(backend.region_name, kwargs["instance_type"], zone)
    if profile:
        find_profile(backend, profile)
    if not kwargs.get("security_group_ids"):
        subnet = kwargs.get("subnet_id")
        vpc = backend.get_subnet(subnet).vpc_id if subnet else None
        default = backend.get_default_security_group(vpc)
        kwargs["security_group_ids"] = [default.id] if default and subnet else []


def find_profile(backend, profile):
    try:
        return filter_iam_instance_profiles(backend.account_id, partition=backend.partition,
                                            iam_instance_profile_arn=profile.get("Arn"),
                                            iam_instance_profile_name=profile.get("Name"))
    except ServiceException:
        which = "arn" if profile.get("Arn") else "name"
        value = profile.get("Arn") or profile.get("Name")
        raise EC2ClientError("InvalidParameterValue", f"Value ({value}) for parameter iamInstanceProfile.{which} is "
                             "invalid. Invalid IAM Instance Profile " + which) from None


def associate(backend, instance, profile):
    backend.associate_iam_instance_profile(instance.id, iam_instance_profile_name=profile.get("Name"),
                                           iam_instance_profile_arn=profile.get("Arn"))


def begin_life(instance):
    """pending, then running: at once, or after settings["pending_ms"]."""
    if world.settings["pending_ms"]:
        become(instance, PENDING)
        world.later(world.settings["pending_ms"],
                    lambda: become(instance, RUNNING) if instance.state == "pending" else None)


def become(instance, state):
    instance._state.name, instance._state.code = state.name, state.code


def take_time_to_terminate():
    """shutting-down, then terminated: at once, or after settings["shutting_down_ms"].  Terminating again is no
    error and changes nothing."""
    terminate = Instance.terminate

    def terminate_slowly(self):
        if self.state in (SHUTTING_DOWN.name, TERMINATED.name):
            return copy.copy(self._state)
        previous = terminate(self)
        if world.settings["shutting_down_ms"]:
            become(self, SHUTTING_DOWN)
            world.later(world.settings["shutting_down_ms"], lambda: become(self, TERMINATED))
        return previous

    Instance.terminate = terminate_slowly


def interrupt(instance, region, kind, after_seconds):
    """EC2's warning now and, for a spot interruption, the end of the instance when its time is up."""
    events.about_instance(instance, region, kind)
    if kind == "spot" and after_seconds is not None:
        world.later(after_seconds * 1000, instance.terminate)
