"""EventBridge: the envelope, and EC2's own events on request."""
import json

from moto.events.models import events_backends
from moto.events.utils import EventTemplateParser

from . import world

DETAIL_TYPE = {
    "spot": "EC2 Spot Instance Interruption Warning",
    "rebalance": "EC2 Instance Rebalance Recommendation",
    "state-change": "EC2 Instance State-change Notification",
}


def mend():
    """The envelope names the account; moto leaves it out."""
    template = EventTemplateParser.DEFAULT_EVENT_INPUT_TEMPLATE
    EventTemplateParser.DEFAULT_EVENT_INPUT_TEMPLATE = template.replace(
        '"region": ', '"account": "<account>", "region": ', 1)


def about_instance(instance, region, kind="spot", state="terminated"):
    """EC2 tells the default bus; rules and targets do the rest."""
    detail = {"instance-id": instance.id}
    if kind == "spot":
        detail["instance-action"] = "terminate"
    if kind == "state-change":
        detail["state"] = state
    arn = f"arn:aws:ec2:{region}:{world.ACCOUNT}:instance/{instance.id}"
    events_backends[world.ACCOUNT][region].put_events([{
        "Source": "aws.ec2", "DetailType": DETAIL_TYPE[kind], "Resources": [arn], "Detail": json.dumps(detail)}])
