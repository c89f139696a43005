/* room: engine/worlds
 * The body of a kept world, under a first line that fits: any bytes are read or refused, and what
 * was read is the same when it is written and read again. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/base/buf.h"
#include "engine/worlds/kept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static struct str with_head(struct arena *a, struct str body)
{
    struct buf out = buf_in(a);

    buf_add(&out, kept_head(a, body));
    buf_add(&out, body);
    return buf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct kept kept, again;
    struct str body = {(const char *)data, size};

    if (kept_read(&a, with_head(&a, body), &kept))
        return 0;
    const struct decision *d = kept.decided ? &kept.decision : NULL;
    struct str once = kept_write(&a, &kept.world, d);
    demand(!kept_read(&a, once, &again));
    demand(str_eq(once, kept_write(&a, &again.world, again.decided ? &again.decision : NULL)));
    return 0;
}
