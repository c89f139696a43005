#include "engine/aws/client.h"
#include "engine/aws/credentials_source.h"
#include "engine/aws/query.h"
#include "engine/base/time.h"

/* AssumeRole and AssumeRoleWithWebIdentity. */

static void add_if(struct query *q, struct str value, const char *name)
{
    if (value.len)
        query_add(q, value, "%s", name);
}

static struct str session_name(const struct fetch *f, const struct aws_role *role)
{
    return role->session_name.len ? role->session_name
                                  : arena_printf(f->secret, "tenon-%lld", (long long)f->now_ms);
}

static struct query parameters(const struct fetch *f, const struct aws_role *role,
                               const char *operation)
{
    struct query q = query_new(f->secret, &service_sts, operation);

    query_add(&q, role->arn, "RoleArn");
    query_add(&q, session_name(f, role), "RoleSessionName");
    if (role->duration_seconds)
        query_add_int(&q, role->duration_seconds, "DurationSeconds");
    add_if(&q, role->policy, "Policy");
    for (size_t i = 0; i < role->policy_arn_count; i++)
        query_add(&q, role->policy_arns[i], "PolicyArns.member.%zu.arn", i + 1);
    return q;
}

static struct error *send_and_read(const struct fetch *f, const struct aws_request *request,
                                   struct issued *out)
{
    struct aws_answer answer;

    struct error *e = aws_send(f->call, f->secret, request, &answer);
    if (e && e->kind == ERROR_DENIED)
        e->detail = arena_printf(f->call->arena, STR_FMT " The role's trust policy must allow it.",
                                 STR_ARG(e->detail));
    TRY(e);
    struct str result = arena_printf(f->secret, "%sResult", request->operation);
    const struct xml *keys = xml_get(xml_get(&answer.xml, result.ptr), "Credentials");
    *out = (struct issued){.keys = {.access_key = xml_text(keys, "AccessKeyId"),
                                    .secret_key = xml_text(keys, "SecretAccessKey"),
                                    .token = xml_text(keys, "SessionToken")}};
    if (out->keys.access_key.len && out->keys.secret_key.len &&
        time_parse(xml_text(keys, "Expiration"), &out->expires_ms))
        return NULL;
    return error_new(f->call->arena, ERROR_UNREACHABLE,
                     "calling STS %s: the answer has no credentials", request->operation);
}

static struct error *with_token(const struct fetch *f, const struct aws_role *role,
                                struct issued *out)
{
    struct str token = role->token;
    struct error *e = role->token_file.len ? file_text(f->secret, role->token_file, &token) : NULL;

    if (e)
        return error_copy(f->call->arena, e);
    token = str_trim(token);
    if (!token.len)
        return error_new(f->call->arena, ERROR_DENIED, "the web identity token is empty");
    struct query q = parameters(f, role, "AssumeRoleWithWebIdentity");
    query_add(&q, token, "WebIdentityToken");
    struct aws_request request = {
        .service = &service_sts,
        .operation = "AssumeRoleWithWebIdentity",
        .body = buf_str(&q.body),
        .sign = SIGN_NOTHING,
    };
    return send_and_read(f, &request, out);
}

struct error *fetch_role(const struct fetch *f, const void *settings, struct issued *out)
{
    const struct aws_role *role = settings;

    if (role->token.len || role->token_file.len)
        return with_token(f, role, out);
    struct query q = parameters(f, role, "AssumeRole");
    add_if(&q, role->external_id, "ExternalId");
    add_if(&q, role->source_identity, "SourceIdentity");
    query_add_tags(&q, "Tags.member", &role->tags);
    query_add_list(&q, "TransitiveTagKeys.member", role->transitive_tag_keys,
                   role->transitive_tag_key_count);
    struct aws_request request = {
        .service = &service_sts,
        .operation = "AssumeRole",
        .body = buf_str(&q.body),
        .sign = SIGN_GIVEN,
        .signer = f->signer,
    };
    return send_and_read(f, &request, out);
}
