"""Faults of moto's IAM."""
import copy
import re

import moto.iam.models as models
import moto.iam.responses as responses
from moto.iam.exceptions import NotFoundException, ValidationError


def mend():
    read_managed_policies_once()
    keep_description()
    encode_policy_document()
    refuse_to_remove_a_stranger()
    attach_once()
    list_instance_profile_tags()
    check_profile_names()
    change_clients()


def read_managed_policies_once():
    """Moto parses AWS's 1,500 managed policies anew for each account and after each reset; they stay as they are, but
    for the count of their attachments."""
    read, known = models.IAMBackend._init_aws_policies, {}

    def init_aws_policies(self):
        whose = (self.account_id, self.region_name)
        if whose not in known:
            known[whose] = read(self)
        return [copy.copy(policy) for policy in known[whose]]

    models.IAMBackend._init_aws_policies = init_aws_policies


def keep_description():
    """UpdateRole without a Description leaves the description as it is; moto blanks it."""
    update = models.IAMBackend.update_role

    def update_role(self, role_name, role_description, max_session_duration):
        if role_description is None:
            role_description = self.get_role(role_name).description
        return update(self, role_name, role_description, max_session_duration)

    models.IAMBackend.update_role = update_role


def encode_policy_document():
    """GetPolicyVersion answers with a percent-encoded document, as the calls on roles do; with moto's plain one
    a client reads each "+" as a blank."""
    transformers = responses.IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER
    transformers["GetPolicyVersionResponse.PolicyVersion.Document"] = transformers[
        "GetRoleResponse.Role.AssumeRolePolicyDocument"]


def refuse_to_remove_a_stranger():
    """RemoveRoleFromInstanceProfile of a role that is not in it is NoSuchEntity; moto falls over (HTTP 500),
    which clients retry for minutes."""
    remove = models.IAMBackend.remove_role_from_instance_profile

    def remove_role(self, profile_name, role_name):
        if role_name not in [role.name for role in self.get_instance_profile(profile_name).roles]:
            raise NotFoundException(f"Role {role_name} is not in instance profile {profile_name}.")
        return remove(self, profile_name, role_name)

    models.IAMBackend.remove_role_from_instance_profile = remove_role


def attach_once():
    """Attaching an attached policy changes nothing; moto counts it twice, and the policy is never free again."""
    attach = models.ManagedPolicy.attach_to

    def attach_to(self, principal):
        if self.arn not in principal.managed_policies:
            attach(self, principal)

    models.ManagedPolicy.attach_to = attach_to


def list_instance_profile_tags():
    """ListInstanceProfileTags does not exist in moto (HTTP 500)."""

    def list_tags(self):
        profile = self.backend.get_instance_profile(self._get_param("InstanceProfileName"))
        return responses.ActionResult({"Tags": profile.tags, "IsTruncated": False})

    responses.IamResponse.list_instance_profile_tags = list_tags


def check_profile_names():
    """IAM takes certain characters only; moto takes all."""
    create = models.IAMBackend.create_instance_profile

    def create_instance_profile(self, name, *args, **kwargs):
        if not re.fullmatch(r"[\w+=,.@-]{1,128}", name, re.ASCII):
            raise ValidationError(
                f"1 validation error detected: Value '{name}' at 'instanceProfileName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [\\w+=,.@-]+")
        return create(self, name, *args, **kwargs)

    models.IAMBackend.create_instance_profile = create_instance_profile


def change_clients():
    """AddClientIDToOpenIDConnectProvider and its opposite do not exist in moto (HTTP 500); neither minds a repeat."""

    def changing(change):
        def handler(self):
            provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
            provider.client_id_list = change(provider.client_id_list, self._get_param("ClientID"))
            return responses.EmptyResult()
        return handler

    responses.IamResponse.add_client_id_to_open_id_connect_provider = changing(
        lambda ids, one: ids if one in ids else [*ids, one])
    responses.IamResponse.remove_client_id_from_open_id_connect_provider = changing(
        lambda ids, one: [i for i in ids if i != one])
