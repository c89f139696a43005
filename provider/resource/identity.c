#include "provider/resource/identity.h"

#include "provider/cty/json.h"
#include "provider/resource/provider.h"
#include "provider/resource/region.h"

bool has_identity(const struct resource_type *t)
{
    return t->identity.required != NULL;
}

bool identity_member(const struct resource_type *t, size_t i, struct str *name, bool *required)
{
    struct str first = str_of(t->identity.required), then = str_of(t->identity.optional);
    struct str each; /* *name may be one behind the last of an array */

    *required = true;
    for (; next_name(&first, &each); i--)
        if (i == 0) {
            *name = each;
            return true;
        }
    *required = false;
    for (; next_name(&then, &each); i--)
        if (i == 0) {
            *name = each;
            return true;
        }
    return false;
}

struct cty_type identity_type(struct arena *a, const struct resource_type *t)
{
    struct cty_type type = {.kind = CTY_OBJECT};
    struct cty_type *items = ARENA_ARRAY(a, struct cty_type, 8);
    struct str *names = ARENA_ARRAY(a, struct str, 8);
    bool required;

    while (type.count < 8 && identity_member(t, type.count, &names[type.count], &required))
        items[type.count++] = cty_type_string;
    type.items = items;
    type.names = names;
    return type;
}

/* As hashicorp/aws has it, "" where the account is not to be asked for, though we may know it. */
static struct str account_of(struct call *c)
{
    struct str account = STR("");

    if (c->provider && provider_config_of(c->provider)->skip_requesting_account_id.v)
        return account;
    return call_account_id(c, &account) ? STR("") : account;
}

static struct cty_value member_of(struct call *c, struct str name, const struct cty_value *object)
{
    if (str_eq(name, STR("account_id")))
        return cty_string(account_of(c));
    if (str_eq(name, STR("region")))
        return cty_string(call_region(c));
    return *cty_get(object, name);
}

static bool says_nothing(const struct cty_value *identity)
{
    for (size_t i = 0; identity->kind == CTY_OBJECT && i < identity->count; i++)
        if (identity->items[i].kind == CTY_STRING)
            return false;
    return true;
}

struct cty_value identity_of(struct call *c, const struct resource_type *t,
                             const struct cty_value *state, const struct cty_value *stored)
{
    struct cty_type type = identity_type(c->arena, t);
    struct cty_value identity = cty_collection(c->arena, CTY_OBJECT, type.count);
    bool required;

    if (state->kind != CTY_OBJECT)
        return cty_null();
    if (!says_nothing(stored))
        return *stored;
    for (size_t i = 0; identity_member(t, i, &identity.keys[i], &required); i++) {
        identity.items[i] = member_of(c, identity.keys[i], state);
        if (required && (identity.items[i].kind != CTY_STRING || !identity.items[i].string.len))
            return cty_null();
    }
    return identity;
}

/* The type's import id with the members in their places.  What an identity does not tell, the bus
 * of a rule, an id may do without as well, together with the slash behind it. */
static struct str import_id_of(struct arena *a, const struct resource_type *t,
                               const struct cty_value *identity)
{
    struct str rest = str_of(t->import_id);
    struct buf id = buf_in(a);

    while (rest.len) {
        if (*rest.ptr != '{') {
            buf_add_char(&id, *rest.ptr);
            rest = str_slice(rest, 1, rest.len);
            continue;
        }
        rest = str_slice(rest, 1, rest.len);
        const struct cty_value *member = cty_get(identity, str_cut(&rest, '}'));
        if (!cty_is_empty(member))
            buf_add(&id, member->string);
        else if (rest.len && *rest.ptr != '{')
            rest = str_slice(rest, 1, rest.len);
    }
    return buf_str(&id);
}

static struct error *incomplete(struct call *c, const struct resource_type *t, struct str name)
{
    struct error *e = error_new(c->arena, ERROR_INVALID, "the identity of %s has no " STR_FMT,
                                t->name, STR_ARG(name));
    e->detail = arena_printf(c->arena, "It is imported by %s.", t->identity.required);
    return e;
}

static struct error *other_account(struct call *c, struct str wanted, struct str own)
{
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "account_id is \"" STR_FMT "\"", STR_ARG(wanted));
    e->detail = arena_printf(c->arena,
                             "The provider's credentials are of account " STR_FMT
                             ". Import with a provider of that account, or leave account_id out.",
                             STR_ARG(own));
    return e;
}

/* What the user left out is filled in, so that the read which follows finds it as it is. */
static struct error *complete(struct call *c, const struct resource_type *t,
                              struct cty_value *identity)
{
    struct cty_value whole = *identity;
    struct str name;
    bool required;

    for (size_t i = 0; identity_member(t, i, &name, &required); i++) {
        const struct cty_value *given = cty_get(identity, name);
        bool is_account = str_eq(name, STR("account_id"));
        if (required && cty_is_empty(given))
            return incomplete(c, t, name);
        if (!cty_is_empty(given) && !is_account)
            continue;
        struct cty_value own = member_of(c, name, identity);
        if (is_account && !cty_is_empty(given) && !cty_is_empty(&own) && !cty_eq(given, &own))
            return other_account(c, given->string, own.string);
        if (cty_is_empty(given))
            whole = cty_with(c->arena, &whole, name, own);
    }
    *identity = whole;
    return NULL;
}

struct error *identity_import(struct call *c, const struct resource_type *t,
                              struct cty_value *identity, struct cty_value *state)
{
    const struct cty_value *region = cty_get(identity, STR("region"));
    struct str id = import_id_of(c->arena, t, identity);

    /* Says the id where it is, in a URL? */
    TRY(cty_is_empty(region) ? region_import(c, &t->model, &id) : region_go(c, region->string));
    TRY(complete(c, t, identity));
    return resource_import_here(c, t, id, state);
}

struct error *identity_upgrade(struct call *c, const struct resource_type *t, struct str json,
                               struct cty_value *identity)
{
    struct cty_type type = identity_type(c->arena, t);
    struct json tree;

    TRY(json_parse(c->arena, json, &tree));
    return cty_from_json(c->arena, &tree, &type, identity);
}
