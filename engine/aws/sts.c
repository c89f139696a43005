#include "engine/aws/sts.h"

#include "engine/aws/client.h"
#include "engine/aws/query.h"

struct error *sts_get_caller_identity_of(const struct aws_call *c, const struct credentials *signer,
                                         struct sts_identity *out)
{
    struct aws_answer answer;
    struct query q = query_new(c->arena, &service_sts, "GetCallerIdentity");
    struct aws_request request = {
        .service = &service_sts,
        .operation = "GetCallerIdentity",
        .body = buf_str(&q.body),
        .sign = signer ? SIGN_GIVEN : SIGN_AS_CLIENT,
        .signer = signer,
    };

    TRY(aws_send(c, c->arena, &request, &answer));
    const struct xml *result = xml_get(&answer.xml, "GetCallerIdentityResult");
    *out = (struct sts_identity){
        .account = xml_text(result, "Account"),
        .arn = xml_text(result, "Arn"),
        .user_id = xml_text(result, "UserId"),
    };
    return NULL;
}

struct error *sts_get_caller_identity(const struct aws_call *c, struct sts_identity *out)
{
    return sts_get_caller_identity_of(c, NULL, out);
}
