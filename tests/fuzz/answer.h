#ifndef TESTS_FUZZ_ANSWER_H
#define TESTS_FUZZ_ANSWER_H

/* Takes the place of engine/aws/client.c: every call is answered with the bytes of the fuzzer,
 * which are read as the service's protocol has it.  Whatever they say, a reader returns. */

#include "engine/aws/client.h"
#include "engine/aws/service.h"

static struct str answer_bytes;

struct error *aws_send(const struct aws_call *c, struct arena *answers,
                       const struct aws_request *request, struct aws_answer *out)
{
    *out = (struct aws_answer){0};
    enum aws_protocol protocol = request->service->protocol;
    struct error *e = protocol == PROTOCOL_JSON || protocol == PROTOCOL_REST
                          ? json_parse(answers, answer_bytes, &out->json)
                          : xml_parse(answers, answer_bytes, &out->xml);
    if (e) /* errors outlive the answer */
        return error_copy(c->arena, e);
    return cancel_is_raised(c->cancel) ? error_new(c->arena, ERROR_CANCELLED, "stopped") : NULL;
}

struct error *aws_refused_entry(const struct aws_call *c, const struct aws_request *request,
                                struct str code, struct str message,
                                const struct aws_answer *answer)
{
    (void)request, (void)answer;
    return error_new(c->arena, ERROR_INVALID, STR_FMT ": " STR_FMT, STR_ARG(code),
                     STR_ARG(message));
}

struct error *aws_next_page(const struct aws_call *c, const struct aws_request *request,
                            struct str *token, struct str next)
{
    (void)request;
    if (next.len && str_eq(*token, next))
        return error_new(c->arena, ERROR_UNREACHABLE, "the same page comes again and again");
    *token = arena_str(c->arena, next);
    return NULL;
}

#endif
