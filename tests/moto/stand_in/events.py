"""EventBridge: the envelope, and EC2's own events on request."""
import json

from moto.events.models import EventBus, events_backends
from moto.events.responses import EventsHandler
from moto.events.utils import EventTemplateParser

from . import world

DETAIL_TYPE = {
    "spot": "EC2 Spot Instance Interruption Warning",
    "rebalance": "EC2 Instance Rebalance Recommendation",
    "state-change": "EC2 Instance State-change Notification",
}


def mend():
    name_the_account()
    update_buses()
    keep_statements()


def keep_statements():
    """A statement takes the place of one with its id; moto's drives out all of the same principal.  And whoever may be
    anybody is "*", not the account "*"."""
    EventBus._remove_principals_statements = lambda self, *principals: None
    add = EventBus.add_permission

    def add_permission(self, statement_id, action, principal, condition):
        anybody = principal == {"AWS": "arn:aws:iam::*:root"}
        return add(self, statement_id, action, "*" if anybody else principal, condition)

    EventBus.add_permission = add_permission


def update_buses():
    """UpdateEventBus does not exist in moto (HTTP 500): what it names is as it says, what it does not name is none.
    Moto also knows nothing of what a bus records."""
    create, describe = EventsHandler.create_event_bus, EventsHandler.describe_event_bus

    def update_event_bus(self):
        bus = self.events_backend.describe_event_bus(self._get_param("Name"))
        if self._get_param("Description") is not None:
            bus.description = self._get_param("Description")
        bus.kms_key_identifier = self._get_param("KmsKeyIdentifier")
        bus.dead_letter_config = self._get_param("DeadLetterConfig")
        bus.log_config = self._get_param("LogConfig")
        return json.dumps({"Arn": bus.arn, "Name": bus.name}), self.response_headers

    def create_event_bus(self):
        answer = create(self)
        self.events_backend.describe_event_bus(self._get_param("Name")).log_config = self._get_param("LogConfig")
        return answer

    def describe_event_bus(self):
        body, *rest = describe(self)
        log_config = getattr(self.events_backend.describe_event_bus(self._get_param("Name")), "log_config", None)
        return json.dumps({**json.loads(body), **({"LogConfig": log_config} if log_config else {})}), *rest

    EventsHandler.update_event_bus = update_event_bus
    EventsHandler.create_event_bus = create_event_bus
    EventsHandler.describe_event_bus = describe_event_bus


def name_the_account():
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
