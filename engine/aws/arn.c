#include "engine/aws/arn.h"

#include "engine/base/buf.h"

const char *arn_parse(struct str text, struct arn *out)
{
    struct str *const parts[] = {&out->partition, &out->service, &out->region, &out->account};
    struct str rest = text;

    if (!str_starts_with(text, STR("arn:")))
        return "invalid prefix";
    str_cut(&rest, ':');
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        *parts[i] = str_cut(&rest, ':');
    out->resource = rest;
    return rest.ptr ? NULL : "not enough sections"; /* str_cut leaves NULL where no colon was */
}

/* Byte by byte: a text of Terraform's may hold NULs, at which printf would end. */
struct str arn_text(struct arena *a, const struct arn *arn)
{
    const struct str parts[] = {arn->partition, arn->service, arn->region, arn->account,
                                arn->resource};
    struct buf out = buf_in(a);

    buf_add(&out, STR("arn"));
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        buf_add_char(&out, ':');
        buf_add(&out, parts[i]);
    }
    return buf_str(&out);
}
