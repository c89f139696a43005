#include "provider/resources/eks_access.h"

bool eks_knows_not_yet(const struct error *e)
{
    bool names = str_find_str(e->summary, STR("principalArn")) < e->summary.len ||
                 str_find_str(e->summary, STR("role")) < e->summary.len ||
                 str_find_str(e->summary, STR("Role")) < e->summary.len;

    return str_eq(e->code, STR("InvalidParameterException")) && names;
}

struct str access_entry_id(struct call *c, struct str cluster, struct str principal_arn)
{
    return arena_printf(c->arena, STR_FMT ":" STR_FMT, STR_ARG(cluster), STR_ARG(principal_arn));
}
