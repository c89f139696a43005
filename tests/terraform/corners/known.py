"""Where we differ from hashicorp/aws on purpose: a pattern for theme and difference, and why."""
import re

KNOWN = [
    # Earlier: AWS would refuse these in the apply.
    (r"^bad-[\w-]+/validate: not wanted .*(trust|inline|policy)-object", "an empty object is no policy document"),
    (r"^bad-policy/validate: not wanted .*description-too-long", "IAM takes 1000 characters"),
    (r"^bad-queue/validate: not wanted .*timeout-", "hashicorp/aws reads durations in the plan"),
    (r"^bad-rule/validate: not wanted .*(bus-257|name-prefix-too-long)", "EventBridge's names have an end"),
    (r"^bad-target/validate: not wanted .*(ecs-provider-256|provider-0|pipeline-name-)", "hashicorp/aws does not look into these blocks"),
    (r"^bad-[\w-]+/validate: not wanted .*duplicate-key", "a key that is there twice has no one meaning"),
    (r'^bad-role/validate: not wanted .*"at": "description".*description-\d', "IAM takes Latin-1, tabs and line ends"),
    (r"^bad-queue/validate: missing .*max-message-size-", "SQS takes a mebibyte since 2025, as does hashicorp/aws 6.8"),
    (r"^bad-[\w-]+/validate: not wanted .*(trust|inline|policy|pattern|redrive|allow)-(deep|leading-blank|newline-first|list|list-of-object|null|number|string|true|object)", "no policy, redrive policy or event pattern is like this"),
    (r'^bad-(role|policy|profile)/validate: not wanted .*"at": "path"', "paths of IAM stand between slashes"),
    (r"^bad-[\w-]+/validate: not wanted .*\.(boundary|managed|policy|role|arn|dead)-(cloudwatch-account|colons|gov|iso|no-service|region-two-digits|third|managed|empty)", "the ARN of something else than what belongs there"),
    (r'^bad-profile/validate: not wanted .*"at": "role"', "a role goes by its name, which has no blanks, slashes or umlauts"),
    (r'^bad-[\w-]+/validate: not wanted .*"at": "(tags|queue_url|schedule_expression|input_path|input_paths|maximum_event_age_in_seconds)"', "AWS's rules for them, which hashicorp/aws leaves to AWS"),
    (r"^bad-policy/validate: not wanted .*aws_iam_policy\.long", "a managed policy has 6144 characters at most"),
    (r"^bad-(issuer|bus)/validate: not wanted .*(url-long|name.*colon)", "IAM and EventBridge refuse these in the apply"),
    (r'^bad-linked/validate: not wanted .*"at": "(aws_service_name|custom_suffix)", "block": "aws_iam_service_linked_role\.(blank|suffix)"', "no service, and no name of a role, has blanks"),
    (r'^bad-exclusive/validate: not wanted .*"at": "(policy_arns|role_name)", "block": "aws_iam_role_policy_attachments_exclusive\.(arn|role)"', "the ARN of no policy, and no role"),
    (r"^bad-attachment/validate: not wanted .*attachment\.(role-arn|user-blank|group-empty)", "no role, user or group is called so"),
    (r"^exclusive.*(taken by us|given back).*attachments_exclusive\.none", "its state holds null for a set without elements: our first apply writes it down, and AWS is not asked to do anything"),
    (r'^bad-template/validate: not wanted .*"at": "user_data"', "EC2 takes base64 alone"),
    (r"^template/.*metadata_options: (missing|wanted)", "what instances are told of metadata is not known to it until a template without such a block is made; it is none"),
    (r"^template/.*aws_launch_template\.(retagged|tagged)/changed/latest_version: missing", "tags make no version"),
    (r"^template/.*aws_launch_template\.spot/changed/instance_market_options", "a time that may come with new options is not known to us before"),
    # It counts bytes where AWS counts characters.
    (r"^bad-role/validate: missing .*description-wide", "600 characters of two bytes are 600"),
    # Its own faults.
    (r"^issuer/step\d/plan/changes/.*/url: wanted", "it plans a URL with https:// and stores it without, so that whoever uses it plans another value than it applies"),
    (r"^template(/.*|peer's state taken by us/(taken|given back): .*)maintained|^template/step[23]/again/exit", "it plans another maintenance_options for ever, and never makes a version of it"),
    (r'^templateour state taken by the peer/given back: not wanted: \{"drift"', "sets of an interface without elements are null or empty, and mean the same"),
    (r"^role/step[34].*inline-empty", "it adds an empty block to the first real one, and finds it gone"),
    (r"^target/.*pipeline", "a sagemaker_pipeline_target without content never settles there"),
    (r"^ignore-tags/.*(/drift.*(ignored|prefixed)-\d|\.(ignored|prefixed)-\d)", "an ignored tag that is written on a resource is in its plan only, which so never settles"),
    (r"^queue/step2/(plan/changes/)?.*aws_sqs_queue\.kms/.*kms_data_key_reuse_period_seconds", "a key of KMS and its period, set in one step on a queue with SSE-SQS, take it two applies"),
    (r"^rule/(step3|import)/.*\.bus-moves", "a bus and its ARN are one bus to EventBridge: it makes the rule anew, and under create_before_destroy it is gone"),
    (r"^events-drift/step2/plan/.*\.blocks/", "it does not see that blocks of a target were taken away"),
    (r"^refused/(step1/(again|state).*(bad-inline|no-such-policy)|destroy/left)", "it loses a role whose policies were refused; ours keeps it, tainted"),
]
THEMES = []


def is_known(theme, difference):
    return any(re.search(pattern, f"{theme.name}{difference}") for pattern, _ in KNOWN)
