#include "engine/aws/arn.h"

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

struct str arn_text(struct arena *a, const struct arn *arn)
{
    return arena_printf(a, "arn:" STR_FMT ":" STR_FMT ":" STR_FMT ":" STR_FMT ":" STR_FMT,
                        STR_ARG(arn->partition), STR_ARG(arn->service), STR_ARG(arn->region),
                        STR_ARG(arn->account), STR_ARG(arn->resource));
}
