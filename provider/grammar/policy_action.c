#include "provider/grammar/policy_parts.h"

/* SERVICE:ACTION, in which the action may have wildcards, or "*".  Which actions there are is not
 * looked at: IAM does not either, and every week has new ones. */

/* Actions of STS that are about taking a role; IAM: "AssumeRole policy may only specify STS
 * AssumeRole actions", and a few that go with them. */
static const char *const of_trust[] = {"assumerole",
                                       "assumerolewithsaml",
                                       "assumerolewithwebidentity",
                                       "assumeroot",
                                       "decodeauthorizationmessage",
                                       "getaccesskeyinfo",
                                       "getcalleridentity",
                                       "getfederationtoken",
                                       "getservicebearertoken",
                                       "getsessiontoken",
                                       "getwebidentitytoken",
                                       "setcontext",
                                       "setsourceidentity",
                                       "tagsession",
                                       "taggetwebidentitytoken",
                                       NULL};

static bool consists_of(struct str text, const char *others)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = char_lower(text.ptr[i]);
        if (!char_is_digit(c) && (c < 'a' || c > 'z') && !strchr(others, c))
            return false;
    }
    return text.len > 0;
}

static bool has_wildcard(struct str text)
{
    return str_find(text, '*') < text.len || str_find(text, '?') < text.len;
}

static void not_an_action(struct policy_reader *r, const struct spot *at, const char *why)
{
    struct arena *a = r->faults.arena;

    fault(&r->faults, at, arena_printf(a, STR_FMT " %s", STR_ARG(quoted(a, at->value->text)), why),
          STR("An action reads SERVICE:ACTION, such as \"sqs:SendMessage\" or \"ec2:Describe*\", "
              "or is \"*\"."));
}

static void check_service(struct policy_reader *r, const struct spot *at, struct str service,
                          struct str action)
{
    struct arena *a = r->faults.arena;
    struct str only = str_of(r->rules->service);
    bool of_sts = str_eq(only, STR("sts"));

    if (!only.len || (has_wildcard(service) && !of_sts))
        return;
    if (!str_eq(arena_lower(a, service), only))
        fault(&r->faults, at,
              arena_printf(a, STR_FMT " is an action of another service",
                           STR_ARG(quoted(a, at->value->text))),
              arena_printf(a, "%s names actions of \"%s\" alone%s.", r->rules->name,
                           r->rules->service, of_sts ? ", such as \"sts:AssumeRole\"" : ""));
    else if (of_sts && !has_wildcard(action) && !is_one_of(arena_lower(a, action), of_trust))
        fault(&r->faults, at,
              arena_printf(a, STR_FMT " does not take a role", STR_ARG(quoted(a, at->value->text))),
              STR("A trust policy allows \"sts:AssumeRole\", \"sts:AssumeRoleWithSAML\" or "
                  "\"sts:AssumeRoleWithWebIdentity\", and beside it \"sts:TagSession\", "
                  "\"sts:SetSourceIdentity\" or \"sts:SetContext\"."));
}

void check_action(struct policy_reader *r, const struct spot *at)
{
    struct str rest = at->value->text, service = str_cut(&rest, ':');
    bool every = str_eq(at->value->text, STR("*"));

    if (every)
        check_service(r, at, service, service);
    else if (!rest.ptr)
        not_an_action(r, at, "names no service");
    else if (str_find(rest, ':') < rest.len)
        not_an_action(r, at, "has more than one colon");
    else if (!str_eq(service, STR("*")) && !consists_of(service, "-."))
        not_an_action(r, at, "names a service that cannot be");
    else if (!consists_of(rest, "*?-_."))
        not_an_action(r, at, "names an action that cannot be");
    else
        check_service(r, at, service, rest);
}
