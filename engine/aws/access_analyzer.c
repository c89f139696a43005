#include "engine/aws/access_analyzer.h"

#include "engine/aws/service.h"
#include "engine/aws/sigv4.h"

static enum policy_finding_kind kind_of(struct str type)
{
    if (str_eq(type, STR("ERROR")))
        return POLICY_FINDING_ERROR;
    return str_ends_with(type, STR("WARNING")) ? POLICY_FINDING_WARNING : POLICY_FINDING_SUGGESTION;
}

/* Each is {"index": 0}, {"value": "Action"} or {"key": "Action"}; a substring, which comes last,
 * leads no deeper. */
static void take_steps(struct arena *a, const struct json *location, struct policy_finding *out)
{
    const struct json *path = json_get(location, "path");

    for (size_t i = 0; path->kind == JSON_ARRAY && i < path->count; i++) {
        const struct json *step = &path->items[i], *index = json_get(step, "index");
        struct str key =
            json_string_or(json_get(step, "value"), json_string_or(json_get(step, "key"), STR("")));
        if (index->kind == JSON_NUMBER)
            key = index->text;
        if (key.len)
            ARENA_PUSH(a, out->steps, out->step_count, out->step_capacity, key);
    }
}

static void take_findings(struct arena *a, const struct json *answer, struct policy_findings *out)
{
    const struct json *all = json_get(answer, "findings");

    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count; i++) {
        const struct json *one = &all->items[i], *places = json_get(one, "locations");
        struct policy_finding finding = {
            .kind = kind_of(json_string_or(json_get(one, "findingType"), STR(""))),
            .code = json_string_or(json_get(one, "issueCode"), STR("")),
            .details = json_string_or(json_get(one, "findingDetails"), STR("")),
            .link = json_string_or(json_get(one, "learnMoreLink"), STR("")),
        };
        if (places->kind == JSON_ARRAY && places->count)
            take_steps(a, &places->items[0], &finding);
        ARENA_PUSH(a, out->items, out->count, out->capacity, finding);
    }
}

static struct str body_of(struct arena *a, const struct policy_question *q)
{
    struct buf text = buf_in(a);
    struct json_writer w = json_writer_to(&text);

    json_begin_object(&w);
    json_member(&w, "locale", STR("EN"));
    json_member(&w, "policyDocument", q->document);
    json_member(&w, "policyType", str_of(q->policy_type));
    if (q->resource_type)
        json_member(&w, "validatePolicyResourceType", str_of(q->resource_type));
    json_end_object(&w);
    return buf_str(&text);
}

struct error *access_analyzer_validate_policy(const struct aws_call *c,
                                              const struct policy_question *question,
                                              struct policy_findings *out)
{
    struct str token = {0};

    *out = (struct policy_findings){0};
    do {
        struct buf query = buf_in(c->arena);
        struct aws_answer got;
        buf_add(&query, STR("maxResults=100"));
        if (token.len) {
            buf_add(&query, STR("&nextToken="));
            uri_encode(&query, token, false);
        }
        struct aws_request request = {
            .service = &service_access_analyzer,
            .operation = "ValidatePolicy",
            .effect = AWS_READS,
            .method = "POST",
            .path = STR("policy/validation"),
            .query = buf_str(&query),
            .body = body_of(c->arena, question),
        };
        TRY(aws_send(c, c->arena, &request, &got));
        take_findings(c->arena, &got.json, out);
        TRY(aws_next_page(c, &request, &token,
                          json_string_or(json_get(&got.json, "nextToken"), STR(""))));
    } while (token.len);
    return NULL;
}
