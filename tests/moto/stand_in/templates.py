"""Launch templates."""
import re

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateBackend
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import parse_user_data

from . import world


NAME = re.compile(r"[A-Za-z0-9()./_-]{3,128}")


def mend():
    check_the_name()
    keep_own_tags_out_of_the_data()
    build_versions_on_versions()
    tell_tags_as_they_are()
    once_per_token("create_launch_template", "CreateLaunchTemplate")
    once_per_token("create_launch_template_version", "CreateLaunchTemplateVersion")


def once_per_token(method, operation):
    """A repeated ClientToken gets the first answer; moto makes a second template or says that the name is taken."""
    create = getattr(LaunchTemplates, method)
    setattr(LaunchTemplates, method, lambda self: world.once_per_token(self, operation, lambda: create(self)))


def check_the_name():
    """EC2 takes certain characters only; moto takes all."""
    create = LaunchTemplates.create_launch_template

    def create_launch_template(self):
        if not NAME.fullmatch(self._get_param("LaunchTemplateName") or ""):
            raise EC2ClientError(
                "InvalidLaunchTemplateName.MalformedException",
                "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and "
                "the following characters: - ( ) . / _.")
        return create(self)

    LaunchTemplates.create_launch_template = create_launch_template


def keep_own_tags_out_of_the_data():
    """Tags for the template itself are no part of what it launches."""
    create = LaunchTemplateBackend.create_launch_template

    def create_launch_template(self, name, description, template_data, tag_spec):
        specifications = template_data.get("TagSpecifications", [])
        kept = [s for s in specifications if s.get("ResourceType") != "launch-template"]
        template_data.pop("TagSpecifications", None)
        if kept:
            template_data["TagSpecifications"] = kept
        return create(self, name, description, template_data, tag_spec)

    LaunchTemplateBackend.create_launch_template = create_launch_template


def build_versions_on_versions():
    """CreateLaunchTemplateVersion with SourceVersion starts from that version; moto forgets what is not repeated."""
    create = LaunchTemplates.create_launch_template_version

    def create_launch_template_version(self):
        data = self._get_param("LaunchTemplateData", {})
        if "UserData" in data:
            data["UserData"] = parse_user_data(data["UserData"])
        source = self._get_param("SourceVersion")
        if source:
            template = self.ec2_backend._get_template_from_args({**self._get_params(), "Version": source})
            for key, value in template.data.items():
                data.setdefault(key, value)
        return create(self)

    LaunchTemplates.create_launch_template_version = create_launch_template_version


def tell_tags_as_they_are():
    """A template has the tags of today; moto tells those that it was made with."""
    LaunchTemplate.tags = property(lambda self: self.get_tags(), lambda self, made_with: None)
