#include "engine/aws/sts.h"
#include "engine/host/inside.h"

/* A fleet lives in one account, partition and endpoint.  Elsewhere its instances are not to be
 * seen, and an engine that took that for "they are gone" would launch all of them there a second
 * time. */

static struct error *not_ours(const struct host *h, struct arena *a, const char *what,
                              struct str ours, struct str found)
{
    struct str name = {0};
    struct error *e = host_store_name(a, &h->settings, &name);
    if (!e)
        e = error_new(a, ERROR_DENIED,
                      "the store " STR_FMT " is of %s " STR_FMT
                      ", these credentials are of " STR_FMT,
                      STR_ARG(name), what, STR_ARG(ours), STR_ARG(found));
    return e;
}

static struct error *check_endpoint(const struct host *h, struct arena *a)
{
    struct str ours = h->settings.fleet.endpoint;
    struct str found = aws_client_endpoint(h->settings.aws, AWS_EC2);
    if (!ours.len || str_eq(ours, found))
        return NULL;
    struct error *e = not_ours(h, a, "the EC2 endpoint", ours, found);
    e->detail = STR("Its instances live behind that endpoint. Unset AWS_ENDPOINT_URL and "
                    "AWS_ENDPOINT_URL_EC2, or take the store of this endpoint's fleet.");
    return e;
}

/* "arn:PARTITION:..." */
static struct str partition_of(struct str arn)
{
    str_cut(&arn, ':');
    return str_cut(&arn, ':');
}

static struct error *check_account(const struct host *h, struct arena *a,
                                   const struct sts_identity *who)
{
    const struct fleet_identity *fleet = &h->settings.fleet;
    struct str partition = aws_partition_of(fleet->region);
    struct str found =
        arena_printf(a, STR_FMT " (" STR_FMT ")", STR_ARG(who->account), STR_ARG(who->arn));
    struct error *e = NULL;

    if (!str_eq(who->account, fleet->account))
        e = not_ours(h, a, "account", fleet->account, found);
    else if (!str_eq(partition_of(who->arn), partition))
        e = not_ours(h, a, "partition", partition, found);
    if (e)
        e->detail =
            arena_printf(a,
                         "Nothing was done. %sTake other credentials with --profile or "
                         "--assume-role-arn, or by the environment.",
                         h->settings.secrets_left_out
                             ? "The apply had keys or a token in its provider block, which no "
                               "store keeps. "
                             : "");
    return e;
}

struct error *host_prove(struct host *h, struct arena *a, struct cancel *cancel)
{
    struct aws_call call = {.client = h->settings.aws, .arena = a, .cancel = cancel};
    struct sts_identity who;

    if (!call.client)
        return NULL;
    TRY(check_endpoint(h, a));
    /* skip_requesting_account_id, for stand-ins that cannot tell it: there is nothing to compare.
     */
    if (!h->settings.fleet.account.len)
        return NULL;
    TRY(sts_identify(&call, &who));
    TRY(check_account(h, a, &who));
    aws_client_hold_to(call.client, h->settings.fleet.account);
    return NULL;
}
