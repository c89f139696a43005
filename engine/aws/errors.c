#include "engine/aws/errors.h"

#include <strings.h>

/* First match wins; `*` matches any run.  Codes of no row are ERROR_INVALID. */
static const struct {
    struct str pattern;
    enum error_kind kind;
    const char *advice;
} codes[] = {
    {STR_INIT("NoSuchEntity*"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("AWS.SimpleQueueService.NonExistentQueue"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("QueueDoesNotExist"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("ResourceNotFound*"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("ParameterNotFound"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("*NotFoundException"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("*.NotFound"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("*.Unavailable"), ERROR_NOT_FOUND, NULL},
    {STR_INIT("EntityAlreadyExists*"), ERROR_EXISTS, NULL},
    {STR_INIT("QueueNameExists"), ERROR_EXISTS,
     "A queue of that name exists with other attributes: import it, or choose another name."},
    {STR_INIT("*AlreadyExists*"), ERROR_EXISTS, NULL},
    {STR_INIT("*.Duplicate"), ERROR_EXISTS, NULL},
    {STR_INIT("DeleteConflict*"), ERROR_CONFLICT, NULL},
    {STR_INIT("ConcurrentModification*"), ERROR_CONFLICT, NULL},
    {STR_INIT("EntityTemporarilyUnmodifiable*"), ERROR_CONFLICT, NULL},
    {STR_INIT("*QueueDeletedRecently"), ERROR_CONFLICT,
     "SQS keeps the name of a deleted queue for 60 seconds."},
    {STR_INIT("Conflict*"), ERROR_CONFLICT, NULL},
    {STR_INIT("ResourceInUse*"), ERROR_CONFLICT, NULL},
    {STR_INIT("DependencyViolation"), ERROR_CONFLICT, NULL},
    {STR_INIT("IncorrectInstanceState"), ERROR_CONFLICT, NULL},
    {STR_INIT("ExpiredToken*"), ERROR_DENIED,
     "The session token has expired: sign in again, or take fresh credentials."},
    {STR_INIT("InvalidClientTokenId"), ERROR_DENIED,
     "AWS does not know this access key or session token: check the credentials, and that they "
     "are of this partition."},
    {STR_INIT("UnrecognizedClient*"), ERROR_DENIED,
     "AWS does not know this access key or session token: check the credentials, and that they "
     "are of this partition."},
    {STR_INIT("InvalidAccessKeyId"), ERROR_DENIED, "AWS does not know this access key."},
    {STR_INIT("AuthFailure.ServiceLinkedRoleCreationNotPermitted"), ERROR_DENIED,
     "EC2 Spot needs its service-linked role once: aws iam create-service-linked-role "
     "--aws-service-name spot.amazonaws.com"},
    {STR_INIT("AuthFailure*"), ERROR_DENIED, "Check the access key, the secret and the token."},
    {STR_INIT("SignatureDoesNotMatch"), ERROR_DENIED,
     "The secret key does not belong to the access key, or this machine's clock is wrong."},
    {STR_INIT("InvalidSignatureException"), ERROR_DENIED,
     "The secret key does not belong to the access key, or this machine's clock is wrong."},
    {STR_INIT("RequestExpired"), ERROR_DENIED, "Check this machine's clock."},
    {STR_INIT("RequestTimeTooSkewed"), ERROR_DENIED, "Check this machine's clock."},
    {STR_INIT("OptInRequired"), ERROR_DENIED, "The account has not enabled this region."},
    {STR_INIT("MissingAuthenticationToken*"), ERROR_DENIED, NULL},
    {STR_INIT("IncompleteSignature*"), ERROR_DENIED, NULL},
    {STR_INIT("*AccessDenied*"), ERROR_DENIED, NULL},
    {STR_INIT("UnauthorizedOperation"), ERROR_DENIED, NULL},
    {STR_INIT("NotAuthorized*"), ERROR_DENIED, NULL},
    {STR_INIT("Throttl*"), ERROR_THROTTLED, NULL},
    {STR_INIT("*Throttled*"), ERROR_THROTTLED, NULL},
    {STR_INIT("RequestLimitExceeded"), ERROR_THROTTLED, NULL},
    {STR_INIT("TooManyRequests*"), ERROR_THROTTLED, NULL},
    {STR_INIT("PriorRequestNotComplete"), ERROR_THROTTLED, NULL},
    {STR_INIT("SlowDown"), ERROR_THROTTLED, NULL},
    {STR_INIT("BandwidthLimitExceeded"), ERROR_THROTTLED, NULL},
    {STR_INIT("Insufficient*Capacity"), ERROR_NO_CAPACITY, NULL},
    {STR_INIT("InsufficientFreeAddressesInSubnet"), ERROR_NO_CAPACITY, NULL},
    {STR_INIT("UnfulfillableCapacity"), ERROR_NO_CAPACITY, NULL},
    {STR_INIT("MaxSpotInstanceCountExceeded"), ERROR_NO_CAPACITY,
     "The account's quota for spot instances is used up."},
    {STR_INIT("VcpuLimitExceeded"), ERROR_NO_CAPACITY,
     "The account's vCPU quota for this family is used up."},
    {STR_INIT("InstanceLimitExceeded"), ERROR_NO_CAPACITY, NULL},
    {STR_INIT("MaxFleetCountExceeded"), ERROR_NO_CAPACITY, NULL},
    {STR_INIT("SpotMaxPriceTooLow"), ERROR_NO_CAPACITY, NULL},
    {STR_INIT("ReservationCapacityExceeded"), ERROR_NO_CAPACITY, NULL},
    {STR_INIT("Unsupported"), ERROR_NO_CAPACITY, "The zone does not have this type."},
    {STR_INIT("InternalError"), ERROR_UNREACHABLE, NULL},
    {STR_INIT("IDPCommunicationError*"), ERROR_UNREACHABLE, NULL},
    {STR_INIT("InternalFailure*"), ERROR_UNREACHABLE, NULL},
    {STR_INIT("InternalServer*"), ERROR_UNREACHABLE, NULL},
    {STR_INIT("ServiceFailure*"), ERROR_UNREACHABLE, NULL},
    {STR_INIT("ServiceUnavailable*"), ERROR_UNREACHABLE, NULL},
    {STR_INIT("Unavailable"), ERROR_UNREACHABLE, NULL},
    {STR_INIT("RequestTimeout*"), ERROR_UNREACHABLE, NULL},
};
enum { CODE_COUNT = sizeof(codes) / sizeof(codes[0]) };

static size_t row_of(struct str code)
{
    size_t i = 0;
    while (i < CODE_COUNT && !str_matches(codes[i].pattern, code))
        i++;
    return i;
}

enum error_kind aws_error_kind(struct str code)
{
    size_t row = row_of(code);
    return row < CODE_COUNT ? codes[row].kind : ERROR_INVALID;
}

struct said {
    struct str code, older_code, message, request_id;
};

/* {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "..."}; the type may stand in a
 * header with a URL behind it, and services that once spoke XML repeat the code of those days. */
static void read_json(struct arena *a, const struct http_response *answer, struct said *out)
{
    struct json body;
    struct str type = http_header(answer, "x-amzn-errortype");
    struct str older = http_header(answer, "x-amzn-query-error");

    if (!json_parse(a, answer->body, &body)) {
        if (!type.len)
            type = json_string_or(json_get(&body, "__type"), STR(""));
        out->message = json_string_or(json_get(&body, "message"), STR(""));
        if (!out->message.len)
            out->message = json_string_or(json_get(&body, "Message"), STR(""));
    }
    type = str_cut(&type, ':');
    size_t hash = str_find(type, '#');
    out->code = hash < type.len ? str_slice(type, hash + 1, type.len) : type;
    out->older_code = str_cut(&older, ';');
}

/* <ErrorResponse><Error>..., <Response><Errors><Error>..., or <Error> alone. */
static void read_xml(struct arena *a, const struct http_response *answer, struct said *out)
{
    struct xml root;

    if (xml_parse(a, answer->body, &root))
        return;
    const struct xml *e = xml_at(&root, "Errors/Error");
    if (!e->count)
        e = xml_get(&root, "Error");
    if (!e->count && str_eq(root.name, STR("Error")))
        e = &root;
    out->code = xml_text(e, "Code");
    out->message = xml_text(e, "Message");
    out->request_id = xml_text(&root, "RequestID");
    if (!out->request_id.len)
        out->request_id = xml_text(&root, "RequestId");
}

struct str answer_request_id(const struct http_response *answer)
{
    struct str id = http_header(answer, "x-amzn-requestid");
    return id.len ? id : http_header(answer, "x-amz-request-id");
}

static enum error_kind kind_of(const struct said *said, int status)
{
    size_t row = row_of(said->code);

    if (row == CODE_COUNT)
        row = row_of(said->older_code);
    if (row < CODE_COUNT)
        return codes[row].kind;
    if (status == 429)
        return ERROR_THROTTLED;
    if (status >= 500)
        return ERROR_UNREACHABLE;
    return status == 401 || status == 403 ? ERROR_DENIED : ERROR_INVALID;
}

/* The word after `lead`; empty when the text has no such lead. */
static struct str word_after(struct str text, struct str lead)
{
    size_t at = str_find_str(text, lead), end;

    if (at == text.len)
        return STR("");
    text = str_slice(text, at + lead.len, text.len);
    for (end = 0; end < text.len && text.ptr[end] > ' '; end++)
        continue;
    return str_slice(text, 0, end);
}

static bool is_same_word(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

/* "User: U is not authorized to perform: iam:PassRole on resource: R because ..." names what is
 * missing, which need not be the call's own permission; SQS writes that one in small letters. */
static void add_permission(struct arena *a, struct buf *out, const struct refusal *r,
                           struct str message)
{
    struct str own = arena_printf(a, "%s:%s", r->service->id, r->operation);
    struct str said = word_after(message, STR("not authorized to perform: "));
    struct str resource = word_after(message, STR(" on resource: "));
    bool is_action = str_find(said, ':') < said.len;

    buf_printf(out, " The credentials need the permission " STR_FMT,
               STR_ARG(!is_action || is_same_word(said, own) ? own : said));
    if (is_action && resource.len)
        buf_printf(out, " on " STR_FMT, STR_ARG(resource));
    buf_add_char(out, '.');
    if (str_find_str(message, STR("explicit deny")) < message.len)
        buf_add(out, STR(" A policy denies it in so many words: allowing it in another one does "
                         "not help."));
}

static void add_advice(struct arena *a, struct buf *out, const struct refusal *r,
                       const struct error *e, struct str message)
{
    size_t row = row_of(e->code);

    if (row < CODE_COUNT && codes[row].advice)
        buf_printf(out, " %s", codes[row].advice);
    else if (e->kind == ERROR_DENIED)
        add_permission(a, out, r, message);
    else if (e->kind == ERROR_THROTTLED)
        buf_add(out, STR(" AWS limits how fast this account may call it: more retries "
                         "(max_retries) or less at once (terraform's -parallelism) help."));
}

static const struct str encoded_lead = STR_INIT("Encoded authorization failure message: ");

static struct str detail_of(struct arena *a, const struct refusal *r, const struct error *e,
                            int status, struct str message)
{
    struct str encoded = word_after(message, encoded_lead);
    struct buf out = buf_in(a);

    buf_printf(&out, "HTTP status %d", status);
    if (e->request_id.len)
        buf_printf(&out, ", request id " STR_FMT, STR_ARG(e->request_id));
    if (r->endpoint->custom)
        buf_printf(&out, ", endpoint " STR_FMT, STR_ARG(r->endpoint->url));
    buf_add_char(&out, '.');
    add_advice(a, &out, r, e, message);
    if (encoded.len)
        buf_printf(&out,
                   " Which policy decided is told by: aws sts decode-authorization-message "
                   "--encoded-message " STR_FMT,
                   STR_ARG(encoded));
    return buf_str(&out);
}

/* What follows is for machines: EC2's proof for those who may decode it, and the request as AWS
 * would have signed it, which has the session token in it. */
static struct str sentence_of(struct str message)
{
    message = str_slice(message, 0, str_find_str(message, encoded_lead));
    message = str_slice(message, 0, str_find_str(message, STR("The Canonical String")));
    return str_trim(message);
}

static struct error *error_of(struct arena *a, const struct refusal *r, const struct said *said,
                              int status)
{
    struct str sentence = sentence_of(said->message);
    struct error *e = error_new(a, kind_of(said, status), "calling %s %s: " STR_FMT "%s" STR_FMT,
                                r->service->title, r->operation, STR_ARG(said->code),
                                said->code.len && sentence.len ? ": " : "", STR_ARG(sentence));

    e->code = arena_str(a, said->code); /* the answer may die first */
    e->request_id = arena_str(a, said->request_id);
    e->detail = detail_of(a, r, e, status, said->message);
    return e;
}

struct error *refusal_error(struct arena *a, const struct refusal *r,
                            const struct http_response *answer)
{
    struct said said = {0};

    if (r->service->protocol == PROTOCOL_JSON || r->service->protocol == PROTOCOL_REST)
        read_json(a, answer, &said);
    else
        read_xml(a, answer, &said);
    if (!said.code.len && !said.message.len)
        said.message = STR("an answer that is not AWS's");
    if (!said.request_id.len)
        said.request_id = answer_request_id(answer);
    struct error *e = error_of(a, r, &said, answer->status);
    /* 503 is said before anything is done; other faults of the server may come after. */
    e->outcome_unknown = r->changes && answer->status >= 500 && answer->status != 503;
    return e;
}

struct error *entry_error(struct arena *a, const struct refusal *r, struct str code,
                          struct str message, struct str request_id)
{
    struct said said = {.code = code, .message = message, .request_id = request_id};

    return error_of(a, r, &said, 200);
}

struct error *garbage_error(struct arena *a, const struct refusal *r,
                            const struct http_response *answer, const struct error *why)
{
    struct error *e =
        error_new(a, ERROR_UNREACHABLE, "calling %s %s: the answer cannot be read: " STR_FMT,
                  r->service->title, r->operation, STR_ARG(why->summary));

    e->outcome_unknown = r->changes;
    e->request_id = arena_str(a, answer_request_id(answer));
    e->detail = arena_printf(a,
                             "HTTP status %d from " STR_FMT " with %zu bytes of `" STR_FMT
                             "`, which is not how %s answers. Check the endpoint, and proxies on "
                             "the way to it.",
                             answer->status, STR_ARG(r->endpoint->url), answer->body.len,
                             STR_ARG(http_header(answer, "content-type")), r->service->title);
    return e;
}
