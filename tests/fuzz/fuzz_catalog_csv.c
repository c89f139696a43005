/* room: engine/objects
 * Any bytes as a catalog: types are sorted, named and offered, or it is an error that says where.
 */
#include <stdint.h>
#include <stdlib.h>

#include "engine/objects/catalog_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    struct catalog c;
    struct error *e = catalog_csv_read(&a, STR("f.csv"), text, &c);

    demand(e || c.count > 0);
    for (; e; e = e->next)
        demand(str_starts_with(e->summary, STR("f.csv:")) && e->detail.len > 0);
    for (size_t i = 0; i < c.count; i++) {
        demand(c.types[i].name.len > 0 && c.types[i].offering_count > 0);
        demand(i == 0 || str_cmp(c.types[i - 1].name, c.types[i].name) <= 0);
        for (size_t k = 0; k < RESOURCES_MAX; k++)
            demand(c.types[i].allocatable.amount[k] >= 0 && c.types[i].capacity.amount[k] >= 0);
        for (size_t k = 0; k < c.types[i].offering_count; k++)
            demand(c.types[i].offerings[k].price_microusd_per_hour >= 0);
    }
    return 0;
}
