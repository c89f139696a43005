/* room: engine/core
 * Any bytes: what is read as an amount is equal to itself as it is printed, a thousandth is no
 * smaller than the thousandth part of the whole, and nothing overflows. */
#include <assert.h>

#include "engine/core/quantity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    int64_t units, milli, again;

    bool whole = quantity_parse(text, &units), fine = quantity_parse_milli(text, &milli);
    if (whole) {
        struct str printed = quantity_format_bytes(&a, units);
        assert(quantity_parse(printed, &again) && again == units);
    }
    if (fine) {
        struct str printed = quantity_format_milli(&a, milli);
        assert(quantity_parse_milli(printed, &again) && again == milli);
        assert(whole); /* thousandths overflow first */
        assert(units == milli / 1000 + (milli % 1000 > 0) - (milli % 1000 < 0));
    }
    return 0;
}
