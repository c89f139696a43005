/* room: engine/adapters
 * Whatever a user writes as user data, a script, cloud-config, MIME or garbage, it is refused at
 * its attribute, or becomes a multipart message whose closing line stands once, at the very end,
 * with our part in front of it. */
#include <assert.h>

#include "engine/adapters/ec2_user_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The boundary of the message that we wrote: between the first two quotes. */
static struct str boundary_of(struct str message)
{
    str_cut(&message, '"');
    return str_cut(&message, '"');
}

static void look_at(struct arena *a, struct str message)
{
    struct str closing = arena_printf(a, "--" STR_FMT "--\n", STR_ARG(boundary_of(message)));
    size_t at = str_find_str(message, closing);

    assert(str_starts_with(message, STR("MIME-Version: 1.0\n")));
    assert(at == message.len - closing.len);
    assert(str_find_str(message, STR("/etc/eks/bootstrap.sh 'dev' ")) < at ||
           str_find_str(message, STR("\"cluster\":{\"name\":\"dev\"")) < at);
    assert(message.len <= 16384);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct labels labels = {0};
    struct taints taints = {0};
    struct join_data join = {STR("dev"), STR("https://dev.example"), STR("Q0E="),
                             STR("10.100.0.0/16"), STR("")};
    struct node_class c = {.family = size % 2 ? FAMILY_AL2 : FAMILY_AL2023,
                           .user_data = {(const char *)data, size}};
    struct str out;
    struct error *e = ec2_user_data(&a,
                                    &(struct user_data){.node_class = &c,
                                                        .join = &join,
                                                        .labels = &labels,
                                                        .taints = &taints,
                                                        .startup_taints = &taints},
                                    &out);

    if (e)
        assert(str_eq(e->path, STR("user_data")));
    else
        look_at(&a, out);
    return 0;
}
