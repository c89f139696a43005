#include "engine/cli/reasons.h"

#include "engine/core/decide.h"

static void print_waiting(struct buf *out)
{
    buf_add(out, STR("| reason | what it means | by itself |\n|---|---|---|\n"));
    for (int r = REASON_ON_ITS_WAY; r < REASON_DO_NOT_DISRUPT; r++) {
        const struct reason_row *row = reason_row((enum reason)r);
        buf_printf(out, "| `%s` | %s | %s |\n", row->code, row->meaning,
                   row->lasts ? "lasts" : "passes");
    }
}

static void print_nodes(struct buf *out, enum reason from, enum reason to)
{
    buf_add(out, STR("| reason | what it means |\n|---|---|\n"));
    for (int r = (int)from; r < (int)to; r++) {
        const struct reason_row *row = reason_row((enum reason)r);
        buf_printf(out, "| `%s` | %s |\n", row->code, row->meaning);
    }
}

void reasons_page(struct buf *out)
{
    buf_add(out, STR("---\n"
                     "page_title: \"Reasons\"\n"
                     "subcategory: \"\"\n"
                     "description: \"Why pods wait and why nodes come and go: the codes that Tenon "
                     "gives.\"\n"
                     "---\n\n"
                     "# Reasons\n\n"
                     "The codes are for programs and stay as they are; the message beside a code "
                     "says which pool came nearest\nand what was in the way there. What passes by "
                     "itself needs nobody: an apply waits for it. What lasts is\nfor a person to "
                     "change: an apply names it and does not wait.\n\n"
                     "## Why a pod has no node\n\n"
                     "Said by status (`waiting`), estimate (`unplaced`) and explain.\n\n"));
    print_waiting(out);
    buf_add(out, STR("\n## Why a node comes or goes\n\n"
                     "Said by status (`reason` of a node) and by the engine's log.\n\n"));
    print_nodes(out, REASON_PENDING_PODS, REASON_ON_ITS_WAY);
    buf_add(out, STR("\n## What holds a node back that is due to leave\n\n"
                     "Said by preview (`held_by`). One of these, or why a pod of its has no place "
                     "elsewhere. Of a node that is\n`Underutilized` preview also says what its "
                     "going would save (`saves_usd`, an hour) and what it costs\nonce "
                     "(`costs_usd`): evictions, and the time that new nodes run beside old "
                     "ones.\n\n"));
    print_nodes(out, REASON_DO_NOT_DISRUPT, REASON_COUNT);
}
