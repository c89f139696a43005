"""EC2's XML and pages, for answers of thousands of rows that moto's own writer takes seconds for."""
import base64
from functools import lru_cache, wraps
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel
from moto.ec2.exceptions import EC2ClientError


@lru_cache(maxsize=1)
def ec2_model():
    return ServiceModel(Loader().load_service_model("ec2", "service-2"))


def answer(operation, result):
    """The response of an EC2 operation, written by the shapes that clients read it with."""
    shape = ec2_model().operation_model(operation).output_shape
    return (f'<{operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<requestId>00000000-0000-4000-8000-000000000000</requestId>{members(shape, result)}"
            f"</{operation}Response>")


def members(shape, value):
    parts = []
    for name, member in shape.members.items():
        if value.get(name) is not None:
            tag = member.serialization.get("name", name)
            parts.append(f"<{tag}>{content(member, value[name])}</{tag}>")
    return "".join(parts)


def content(shape, value):
    if shape.type_name == "structure":
        return members(shape, value)
    if shape.type_name == "list":
        return "".join(f"<item>{content(shape.member, item)}</item>" for item in value)
    if shape.type_name == "boolean":
        return "true" if value else "false"
    return escape(str(value))


def remembered(answer):
    """An answer about what never changes is made once for each way of asking."""
    answers = {}

    @wraps(answer)
    def remember(response):
        asked = (response.region, repr(sorted(response._get_params().items())))
        if asked not in answers:
            answers[asked] = answer(response)
        return answers[asked]
    return remember


def page(response, rows, most):
    """Rows and token of the page that MaxResults and NextToken ask for; `most` is AWS's own limit and default."""
    token = response._get_param("NextToken")
    size = min(int(response._get_param("MaxResults") or most), most)
    if size < 1:
        raise EC2ClientError("InvalidParameterValue", f"Value ( {size} ) for parameter maxResults is invalid.")
    start = token_offset(token) if token else 0
    end = start + size
    return rows[start:end], (offset_token(end) if end < len(rows) else None)


def offset_token(offset):
    return base64.urlsafe_b64encode(f"from:{offset}".encode()).decode()


def token_offset(token):
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from:"))
    except ValueError:
        raise EC2ClientError("InvalidNextToken", "The token is invalid.") from None
