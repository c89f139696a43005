#include "engine/base/dollars.h"

struct str money_text(struct arena *a, int64_t microusd, int digits)
{
    int64_t scale = 1;
    for (int i = digits; i < 6; i++)
        scale *= 10;
    int64_t rounded = (microusd + scale / 2) / scale, whole = 1;
    for (int i = 0; i < digits; i++)
        whole *= 10;
    if (digits == 0)
        return arena_printf(a, "%lld", (long long)rounded);
    return arena_printf(a, "%lld.%0*lld", (long long)(rounded / whole), digits,
                        (long long)(rounded % whole));
}

struct str month_text(struct arena *a, int64_t microusd_per_hour)
{
    struct str amount = money_text(a, microusd_per_hour * HOURS_OF_MONTH, 2);

    return arena_printf(a, "$" STR_FMT "/month", STR_ARG(amount));
}
