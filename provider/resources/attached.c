#include "provider/resources/attached.h"

#include "provider/resources/shared.h"

static struct str lines_of(struct arena *a, const struct iam_names *names)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < names->count; i++) {
        buf_add(&out, names->items[i]);
        buf_add_char(&out, '\n');
    }
    return buf_str(&out);
}

static void take_lines(struct arena *a, struct str lines, struct iam_names *out)
{
    for (struct str rest = lines; rest.len;)
        ARENA_PUSH(a, out->items, out->count, out->capacity, str_cut(&rest, '\n'));
}

struct error *attached_policies(struct call *c, struct str role, struct iam_names *out)
{
    struct aws_call aws = aws_call_of(c);
    struct str key = arena_printf(c->arena, "attached " STR_FMT, STR_ARG(role)), lines;

    *out = (struct iam_names){0};
    if (call_recall(c, key, &lines)) {
        take_lines(c->arena, lines, out);
        return NULL;
    }
    TRY(iam_list_attached_role_policies(&aws, role, out));
    call_remember(c, key, lines_of(c->arena, out));
    return NULL;
}

struct str attachment_link(struct call *c, struct str role, struct str policy_arn)
{
    return arena_printf(c->arena, "attachment/" STR_FMT "/" STR_FMT, STR_ARG(role),
                        STR_ARG(policy_arn));
}
