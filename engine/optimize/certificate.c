#include "engine/optimize/certificate.h"

static void write_amounts(struct buf *out, const struct resources *r, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, " %lld", (long long)r->amount[i]);
}

static void write_row(struct buf *out, const struct cover *c, const struct row *r, int64_t weight)
{
    buf_printf(out, "row %u ", r->count);
    if (r->group == NO_GROUP)
        buf_add_char(out, '-');
    else
        buf_printf(out, "%u", r->group);
    buf_printf(out, " %lld", (long long)weight);
    write_amounts(out, &r->amount, c->resource_count);
    buf_add_char(out, '\n');
}

static void write_host(struct buf *out, const struct cover *c, const struct host *h)
{
    write_amounts(out, &h->room, c->resource_count);
    buf_add(out, STR(" :"));
    for (size_t i = 0; i < c->row_count; i++)
        if (bits_has(h->rows, i))
            buf_printf(out, " %zu", i);
    buf_add_char(out, '\n');
}

static void write_part(struct buf *out, const struct proved *p)
{
    const struct cover *c = &p->cover;

    buf_printf(out, "part %s\n", p->how == PROOF_DUAL ? "dual" : "search");
    for (size_t i = 0; i < c->group_count; i++)
        buf_printf(out, "group %u\n", c->group_most[i]);
    for (size_t i = 0; i < c->row_count; i++)
        write_row(out, c, &c->rows[i], p->weight[i]);
    for (size_t i = 0; i < c->host_count; i++) {
        buf_printf(out, "host %lld", (long long)c->hosts[i].price);
        write_host(out, c, &c->hosts[i]);
    }
    for (size_t i = 0; i < c->room_count; i++) {
        buf_add(out, STR("room"));
        write_host(out, c, &c->rooms[i]);
    }
    buf_printf(out, "step %lld\nproves %lld\n", (long long)p->step,
               (long long)p->microusd_per_hour);
}

void certificate_write(struct buf *out, const struct world *w, const struct certificate *c)
{
    buf_add(out, STR("tenon-bound 1\nresources"));
    for (size_t i = 0; i < w->resources->count; i++)
        buf_printf(out, " " STR_FMT, STR_ARG(w->resources->name[i]));
    buf_printf(out, "\nstanding %lld\n", (long long)c->standing_microusd_per_hour);
    for (size_t i = 0; i < c->part_count; i++)
        write_part(out, &c->parts[i]);
    buf_printf(out, "bound %lld\n", (long long)c->microusd_per_hour);
    for (size_t i = 0; i < w->pod_count; i++)
        if (c->part_of_pod[i] != UINT32_MAX)
            buf_printf(out, "pod %u %u " STR_FMT "\n", c->part_of_pod[i], c->row_of_pod[i],
                       STR_ARG(w->pods[i].name));
    buf_add(out, STR("end\n"));
}
