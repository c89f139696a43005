#include "engine/aws/ssm.h"

#include "engine/aws/client.h"

static struct str text_of(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

struct error *ssm_get_parameter(const struct aws_call *c, struct str name, bool decrypted,
                                struct ssm_parameter *out)
{
    struct buf body = buf_in(c->arena);
    struct json_writer w = json_writer_to(&body);
    struct aws_answer answer;

    json_begin_object(&w);
    json_member(&w, "Name", name);
    if (decrypted)
        json_member_bool(&w, "WithDecryption", true);
    json_end_object(&w);
    struct aws_request request = {
        .service = &service_ssm,
        .operation = "GetParameter",
        .body = buf_str(&body),
    };
    TRY(aws_send(c, c->arena, &request, &answer));
    const struct json *found = json_get(&answer.json, "Parameter");
    *out = (struct ssm_parameter){
        .name = text_of(found, "Name"),
        .arn = text_of(found, "ARN"),
        .type = text_of(found, "Type"),
        .value = text_of(found, "Value"),
    };
    /* SSM has no empty parameters: such an answer is somebody else's. */
    if (out->value.len && json_to_int64(json_get(found, "Version"), &out->version))
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE,
                     "calling SSM GetParameter: the answer has no value for " STR_FMT,
                     STR_ARG(name));
}
