#include "engine/aws/ssm.h"

#include "engine/aws/client.h"

struct error *ssm_get_parameter(const struct aws_call *c, struct str name, struct str *value)
{
    struct buf body = buf_in(c->arena);
    struct json_writer w = json_writer_to(&body);
    struct aws_answer answer;

    json_begin_object(&w);
    json_member(&w, "Name", name);
    json_end_object(&w);
    struct aws_request request = {
        .service = &service_ssm,
        .operation = "GetParameter",
        .body = buf_str(&body),
    };
    TRY(aws_send(c, c->arena, &request, &answer));
    *value = json_string_or(json_path(&answer.json, "Parameter", "Value", NULL), STR(""));
    if (value->len)
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE,
                     "calling SSM GetParameter: the answer has no value for " STR_FMT,
                     STR_ARG(name));
}
