"""What the patches share.  One process is one world; POST /tenon/reset makes it new."""
import threading
import time

ACCOUNT = "123456789012"

# Moto's dictionaries are not safe against its own threads ("dictionary changed size during iteration"),
# so one request at a time is inside moto.  Whoever waits (a long poll, a delayed request) lets go of it.
lock = threading.RLock()

settings = {"pending_ms": 0, "shutting_down_ms": 0}
seeds = []        # (cluster, region) to seed again after a reset
faults = []       # see faults.py
shortages = []    # see fleet.py
requests = []     # see front.py
impaired = {}     # see health.py
eks = {}          # see eks.py
tokens = {}       # (account, region, operation, client token) -> (parameters, answer)
_due = []         # (monotonic seconds, what to do then), under the lock


def clear():
    for state in (faults, shortages, requests, impaired, eks, tokens, _due):
        state.clear()
    settings.update(pending_ms=0, shutting_down_ms=0)


def later(delay_ms, action):
    _due.append((time.monotonic() + delay_ms / 1000, action))


def settle():
    """Does what has become due.  Called with the lock held before each request, so nothing needs a timer."""
    now = time.monotonic()
    ready = sorted((item for item in _due if item[0] <= now), key=lambda item: item[0])
    _due[:] = [item for item in _due if item[0] > now]
    for _, action in ready:
        action()


def once_per_token(response, operation, run):
    """run(), but a call that repeats a client token gets the first answer, whatever became of it since.

    AWS refuses a repeat that asks for something else.  A call that failed leaves no trace.
    """
    from moto.ec2.exceptions import EC2ClientError

    # As text and at once: moto writes into what it is given.
    asked = repr(sorted((k, v) for k, v in response._get_params().items() if k not in ("ClientToken", "DryRun")))
    token = response._get_param("ClientToken")
    if not token:
        return run()
    key = (response.current_account, response.region, operation, token)
    if key in tokens:
        before, answer = tokens[key]
        if before != asked:
            raise EC2ClientError("IdempotentParameterMismatch",
                                 f"The client token '{token}' was used before with different parameters.")
        return answer
    answer = run()
    tokens[key] = (asked, answer)
    return answer
