/* room: engine/worlds
 * A journal as a file: any bytes are read to an end or refused, and what was read is within them;
 * worlds written again make a file with the same worlds. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/worlds/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

/* Adds up all worlds of the text in `out`; the number of them. */
static size_t read_all(struct arena *a, struct str text, struct buf *out)
{
    struct journal_file f;
    struct str name, world;
    bool found = true;

    journal_file_begin(out);
    if (journal_file_open(a, text, &f))
        return 0;
    while (!journal_file_next(a, &f, &name, &world, &found) && found) {
        demand(world.ptr >= text.ptr && world.ptr + world.len <= text.ptr + text.len);
        journal_file_add(out, name, world);
    }
    return f.read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct buf once = buf_in(&a), again = buf_in(&a);
    struct str text = {(const char *)data, size};
    size_t count = read_all(&a, text, &once);

    demand(read_all(&a, buf_str(&once), &again) == count);
    demand(str_eq(buf_str(&once), buf_str(&again)));
    return 0;
}
