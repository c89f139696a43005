#include "provider/resource/agent.h"

#include "engine/base/version.h"
#include "provider/resource/bind.h"

struct provider_meta {
    struct tf_strings user_agent;
};

/* clang-format off */
static const struct attr meta_rows[] = {
    ATTR(provider_meta, user_agent, OPTIONAL, .check = check_agent, .describe = "What the calls of a module's resources are named by, besides."),
};
/* clang-format on */
const struct model provider_meta_model = MODEL(provider_meta, meta_rows);

static bool is_printable(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < ' ' || s.ptr[i] > '~')
            return false;
    return true;
}

/* A line break would begin another header. */
static void add(struct buf *out, struct str name)
{
    if (name.len && is_printable(name))
        buf_printf(out, "%s" STR_FMT, out->len ? " " : "", STR_ARG(name));
}

struct error *check_agent(struct arena *a, struct str value)
{
    if (value.len && is_printable(value))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not a name for the User-Agent");
    e->detail = STR("It reads like \"product/1.0 (comment)\": printable characters of ASCII.");
    return e;
}

struct str agent_of_provider(struct arena *a, const struct provider_config *p)
{
    struct buf out = buf_in(a);

    add(&out, STR("Tenon/" TENON_VERSION " (terraform-provider-tenon)"));
    for (size_t i = 0; i < p->user_agent.count; i++)
        add(&out, p->user_agent.v[i]);
    add(&out, str_of(getenv("TF_APPEND_USER_AGENT")));
    return buf_str(&out);
}

struct error *agent_take_meta(struct call *c, const struct cty_value *meta)
{
    struct provider_meta said = {0};
    struct buf out = buf_in(c->arena);

    TRY(bind_decode(c->arena, &provider_meta_model, meta, &said));
    for (size_t i = 0; i < said.user_agent.count; i++)
        add(&out, said.user_agent.v[i]);
    c->agent = buf_str(&out);
    return NULL;
}
