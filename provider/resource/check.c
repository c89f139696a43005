#include "engine/aws/arn.h"
#include "engine/base/time.h"
#include "provider/grammar/arn.h"
#include "provider/resource/schema.h"

/* The checks of one value that rows name in `.check`. */

struct error *check_json(struct arena *a, struct str value)
{
    struct json tree;
    if (!value.len)
        return NULL;
    bool marked = str_starts_with(value, STR("\xef\xbb\xbf"));
    struct error *broken =
        marked ? error_new(a, ERROR_INVALID, "it begins with a byte order mark, which AWS refuses")
               : json_parse(a, value, &tree);
    if (!broken)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not a JSON document");
    e->detail = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(broken->summary),
                             broken->detail.len ? ": " : "", STR_ARG(broken->detail));
    return e;
}

/* The first character of what UTF-8 says, and how many bytes it has. */
static uint32_t first_character(struct str s, size_t *bytes)
{
    unsigned char lead = (unsigned char)s.ptr[0];
    size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    uint32_t c = more ? lead & (0x3fu >> more) : lead;

    for (*bytes = 1; *bytes <= more && *bytes < s.len; ++*bytes)
        c = c << 6 | ((unsigned char)s.ptr[*bytes] & 0x3fu);
    return c;
}

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html: what lies outside of
 * Latin-1 is refused of a role and stored as question marks of a policy, so that every plan would
 * replace it. */
struct error *check_iam_description(struct arena *a, struct str value)
{
    for (size_t i = 0, bytes; i < value.len; i += bytes) {
        struct str rest = str_slice(value, i, value.len);
        uint32_t c = first_character(rest, &bytes);
        if (c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c <= '~') ||
            (c >= 0xa1 && c <= 0xff))
            continue;
        struct error *e =
            error_new(a, ERROR_INVALID, "a character that IAM does not take: U+%04X", (unsigned)c);
        e->detail = arena_printf(a,
                                 "It is \"" STR_FMT "\", the %zuth character. IAM knows those of "
                                 "Latin-1: letters, digits, accents, but no dashes or quotation "
                                 "marks of typography.",
                                 STR_ARG(str_slice(rest, 0, bytes)),
                                 str_utf8_length(str_slice(value, 0, i)) + 1);
        return e;
    }
    return NULL;
}

static bool is_made_of(struct str s, char first, char last)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < first || s.ptr[i] > last)
            return false;
    return s.len > 0;
}

static bool is_account(struct str s)
{
    static const char *const names[] = {"aws", "aws-managed", "third-party", "aws-marketplace"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq(s, str_of(names[i])))
            return true;
    return s.len == 12 && (is_made_of(s, '0', '9') || str_starts_with(s, STR("cw")));
}

/* The same places are looked at, and as closely, as in hashicorp/aws; the service may even be
 * empty. */
static bool is_arn(struct str value)
{
    struct arn arn;

    return !arn_parse(value, &arn) && is_partition_name(arn.partition) && arn.resource.len &&
           (!arn.region.len || is_region_name(arn.region)) &&
           (!arn.account.len || is_account(arn.account));
}

static struct error *no_arn(struct arena *a, struct str value)
{
    struct error *e = error_new(a, ERROR_INVALID, "not an ARN: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("An ARN reads arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, for example "
                    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore.");
    return e;
}

struct error *check_arn(struct arena *a, struct str value)
{
    return !value.len || is_arn(value) ? NULL : no_arn(a, value);
}

struct error *check_arn_parts(struct arena *a, struct str value)
{
    struct arn arn;

    return arn_parse(value, &arn) ? no_arn(a, value) : NULL;
}

struct error *check_duration(struct arena *a, struct str value)
{
    int64_t ms;
    if (duration_parse(value, &ms))
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "not a duration: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("A duration is written with its units, for example \"90s\", \"10m\" or "
                    "\"1h30m\".");
    return e;
}
