/* room: engine/aws
 * Whatever a service or a proxy answers becomes an error with a summary; the first byte chooses
 * protocol and status. */
#include <assert.h>

#include "engine/aws/errors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct aws_service *const services[] = {&service_iam, &service_ec2, &service_sqs};
    static const int statuses[] = {400, 403, 429, 500, 503};
    static const struct endpoint endpoint = {.url = STR_INIT("http://h/"), .custom = true};
    ARENA_AUTO a = {0};
    uint8_t choice = size ? data[0] : 0;
    struct str body = size ? (struct str){(const char *)data + 1, size - 1} : STR("");
    struct http_header header = {STR("x-amzn-query-error"), str_slice(body, 0, 40)};
    struct http_response answer = {statuses[choice / 3 % 5], &header, 1, body};
    struct refusal r = {services[choice % 3], "DoIt", &endpoint, choice & 128};
    struct error *e = refusal_error(&a, &r, &answer);

    assert(e->summary.len && e->detail.len);
    assert(!e->outcome_unknown || r.changes);
    return 0;
}
