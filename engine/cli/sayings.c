#include "engine/cli/sayings.h"

#include <stdlib.h>

struct said {
    const struct pod *pod;
    struct str code, text;
};

static int by_text(const struct said *x, const struct said *y)
{
    int order = str_cmp(x->code, y->code);

    return order ? order : str_cmp(x->text, y->text);
}

static int by_text_and_pod(const void *x, const void *y)
{
    const struct said *a = x, *b = y;
    int order = by_text(a, b);

    return order ? order : str_cmp(a->pod->name, b->pod->name);
}

static struct sayings gather(struct arena *a, struct said *all, size_t count)
{
    struct sayings out = {.items = ARENA_ARRAY(a, struct saying, count)};
    const struct pod **pods = ARENA_ARRAY(a, const struct pod *, count);

    if (count)
        qsort(all, count, sizeof(*all), by_text_and_pod);
    for (size_t i = 0; i < count; i++) {
        pods[i] = all[i].pod;
        if (i == 0 || by_text(&all[i - 1], &all[i]))
            out.items[out.count++] =
                (struct saying){.pods = &pods[i], .code = all[i].code, .text = all[i].text};
        out.items[out.count - 1].pod_count++;
    }
    return out;
}

struct sayings sayings_of_unplaced(struct arena *a, const struct planned_fleet *f)
{
    struct said *all = ARENA_ARRAY(a, struct said, f->unplaced_count);

    for (size_t i = 0; i < f->unplaced_count; i++) {
        const struct waiting *x = &f->unplaced[i];
        const struct reason_row *row = reason_row(x->reason);
        all[i] = (struct said){x->pod, str_of(row->code),
                               x->message.len ? x->message : str_of(row->meaning)};
    }
    return gather(a, all, f->unplaced_count);
}

struct sayings sayings_of_relaxed(struct arena *a, const struct planned_fleet *f)
{
    struct said *all = ARENA_ARRAY(a, struct said, f->relaxed_count);

    for (size_t i = 0; i < f->relaxed_count; i++)
        all[i] = (struct said){.pod = f->relaxed[i]->pod, .text = f->relaxed[i]->dropped};
    return gather(a, all, f->relaxed_count);
}
