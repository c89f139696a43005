#include "engine/aws/money.h"

bool microusd_parse(struct str text, int64_t *microusd)
{
    struct str fraction = text, whole = str_cut(&fraction, '.');
    int64_t dollars = 0, micro = 0, scale = 100000;
    bool more = false;

    for (size_t i = 0; i < whole.len; i++)
        if (whole.ptr[i] < '0' || whole.ptr[i] > '9')
            return false;
    if (whole.len + fraction.len == 0 || (whole.len && !str_to_int64(whole, &dollars)))
        return false;
    for (size_t i = 0; i < fraction.len; i++, scale /= 10) {
        if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
            return false;
        micro += (fraction.ptr[i] - '0') * scale;
        more |= scale == 0 && fraction.ptr[i] != '0';
    }
    return !__builtin_mul_overflow(dollars, 1000000, microusd) &&
           !__builtin_add_overflow(*microusd, micro + more, microusd);
}

bool hourly_price_parse(struct str text, int64_t *microusd)
{
    const int64_t most_microusd = (int64_t)1000000 * 1000000;
    return microusd_parse(text, microusd) && *microusd <= most_microusd;
}
