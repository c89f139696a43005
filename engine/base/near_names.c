#include "engine/base/near_names.h"

#include <stdlib.h>

#include "engine/base/buf.h"

enum {
    SHOWN = 5,
    LONGEST = 128,  /* longer names, and IAM takes none, are compared by their beginnings alone */
    SLIP_EVERY = 4, /* so many characters may have one wrong */
};

struct near {
    struct str name;
    size_t slips, place;
};

static struct str bare(struct str name)
{
    size_t slash = str_find(name, '/');

    return slash < name.len ? str_slice(name, slash + 1, name.len) : name;
}

static size_t least_of(size_t x, size_t y, size_t z)
{
    size_t least = x < y ? x : y;

    return least < z ? least : z;
}

/* Characters that are to be put in, left out or changed (Levenshtein). */
static size_t slips_between(struct str x, struct str y)
{
    size_t row[LONGEST + 1];

    for (size_t k = 0; k <= y.len; k++)
        row[k] = k;
    for (size_t i = 0; i < x.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < y.len; k++) {
            size_t changed = diagonal + (x.ptr[i] != y.ptr[k]);
            diagonal = row[k + 1];
            row[k + 1] = least_of(changed, row[k] + 1, row[k + 1] + 1);
        }
    }
    return row[y.len];
}

static bool is_near(struct str wanted, struct str name, size_t *slips)
{
    *slips = 0;
    if (!wanted.len || !name.len)
        return false;
    if (str_starts_with(name, wanted))
        return true;
    if (wanted.len > LONGEST || name.len > LONGEST)
        return false;
    *slips = slips_between(wanted, name);
    return *slips < wanted.len && *slips <= 1 + wanted.len / SLIP_EVERY;
}

static int nearest_first(const void *x, const void *y)
{
    const struct near *a = x, *b = y;

    if (a->slips != b->slips)
        return a->slips < b->slips ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

struct str near_names(struct arena *a, struct str wanted, const struct str *names, size_t count)
{
    struct near *all = ARENA_ARRAY(a, struct near, count);
    struct buf out = buf_in(a);
    size_t n = 0, slips;

    for (size_t i = 0; i < count; i++)
        if (is_near(bare(wanted), bare(names[i]), &slips))
            all[n++] = (struct near){names[i], slips, i};
    if (n)
        qsort(all, n, sizeof(*all), nearest_first);
    for (size_t i = 0; i < n && i < SHOWN; i++)
        buf_printf(&out, "%s" STR_FMT, i ? ", " : "", STR_ARG(all[i].name));
    if (n > SHOWN)
        buf_printf(&out, " and %zu more", n - SHOWN);
    return buf_str(&out);
}
