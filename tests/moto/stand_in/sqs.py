"""Faults of moto's SQS."""
import json

from moto.sqs.models import Queue

from . import world


def mend():
    keep_policy()
    give_back_redrive_policies()
    wait_without_the_lock()


def keep_policy():
    """SetQueueAttributes changes what it names; moto drops the policy whenever it is not named."""
    assign = Queue._set_attributes

    def set_attributes(self, attributes, now=None):
        attributes = dict(attributes)
        if "Policy" not in attributes and hasattr(self, "policy"):
            attributes["Policy"] = self.policy
        assign(self, attributes, now)

    Queue._set_attributes = set_attributes


def give_back_redrive_policies():
    """RedriveAllowPolicy is kept and answered; both redrive policies come without blanks; what is empty is left out."""
    plain = Queue.attributes.fget

    def attributes(self):
        result = plain(self)
        for name in ("RedrivePolicy", "RedriveAllowPolicy"):
            value = result.pop(name, None)
            if value:
                value = json.loads(value) if isinstance(value, str) else value
                result[name] = json.dumps(value, separators=(",", ":"), sort_keys=True)
        if not result.get("Policy"):
            result.pop("Policy", None)
        return result

    Queue.BASE_ATTRIBUTES = Queue.BASE_ATTRIBUTES + ["RedriveAllowPolicy"]
    Queue.redrive_allow_policy = None
    Queue.attributes = property(attributes)


def wait_without_the_lock():
    """A long poll must not keep others from sending the message it waits for."""
    wait = Queue.wait_for_messages

    def wait_for_messages(self, timeout):
        world.lock.release()
        try:
            wait(self, timeout)
        finally:
            world.lock.acquire()

    Queue.wait_for_messages = wait_for_messages
