#include "engine/cli/asked_world.h"

#include "engine/base/time.h"
#include "engine/cli/input.h"
#include "engine/cli/progress.h"

/* "70", "70%" */
static bool parse_percent(struct str text, int64_t *percent)
{
    if (str_ends_with(text, STR("%")))
        text.len--;
    return str_to_int64(text, percent) && *percent >= 0 && *percent < 100;
}

bool asked_world_check(const char *command, const struct asked_world *asked)
{
    int64_t percent;

    if (!asked->spot_discount.len || parse_percent(asked->spot_discount, &percent))
        return true;
    fprintf(stderr,
            "tenon %s: --spot-discount is \"" STR_FMT "\"; write a whole number from 0 to 99\n",
            command, STR_ARG(asked->spot_discount));
    return false;
}

int64_t asked_world_spot_discount(const struct asked_world *asked)
{
    int64_t percent;
    return asked->spot_discount.len && parse_percent(asked->spot_discount, &percent) ? percent : 0;
}

static void say_what_is_read(const struct input *manifests)
{
    size_t bytes = 0;

    for (size_t i = 0; i < manifests->count; i++)
        bytes += manifests->items[i].text.len;
    progress_say("reading %zu file%s, %zu MiB", manifests->count, manifests->count == 1 ? "" : "s",
                 (bytes + (1 << 19)) >> 20);
}

struct error *asked_world_read(struct arena *a, const struct asked_world *asked, char **files,
                               size_t count, struct world_files *out)
{
    struct str *names = ARENA_ARRAY(a, struct str, count);
    struct input manifests, pools, catalog;
    struct world_texts texts = {.region = asked->region, .now_ms = time_now_ms()};

    for (size_t i = 0; i < count; i++)
        names[i] = str_of(files[i]);
    struct error *e = input_read(a, names, count, &manifests);
    e = error_join(e, input_read(a, asked->pools.items, asked->pools.count, &pools));
    e = error_join(e, input_read(a, &asked->catalog, asked->catalog.len > 0, &catalog));
    if (e)
        return e;
    say_what_is_read(&manifests);
    texts.manifests = manifests.items;
    texts.manifest_count = manifests.count;
    texts.pools = pools.items;
    texts.pool_count = pools.count;
    texts.catalog = catalog.count ? &catalog.items[0] : NULL;
    texts.spot_discount_percent = asked_world_spot_discount(asked);
    return world_from_files(a, &texts, out);
}
