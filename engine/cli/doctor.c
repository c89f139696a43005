#include "engine/adapters/custom_resources.h"
#include "engine/adapters/kube_needs.h"
#include "engine/cli/cluster_checks.h"
#include "engine/cli/commands.h"
#include "engine/cli/table.h"
#include "engine/kube/eks_access.h"
#include "engine/kube/in_cluster.h"
#include "engine/kube/kubeconfig.h"

/* Says of a cluster what is missing for an engine to work with it. */

struct doctor {
    struct str kubeconfig, context, eks, region, output, store;
    bool prints_role, prints_definitions;
};

static struct error *ask_eks(struct arena *a, const struct doctor *d, struct aws_client **aws,
                             struct kube_access *out)
{
    const struct aws_config config = {.region = d->region};

    TRY(aws_client_new(a, &config, aws));
    const struct aws_call call = {.client = *aws, .arena = a};
    return kube_eks(&call, d->eks, out);
}

/* A pod has no kubeconfig, unless somebody gives it one. */
static struct error *find_access(struct arena *a, const struct doctor *d, struct aws_client **aws,
                                 struct kube_access *out)
{
    bool named = d->kubeconfig.len || d->context.len || getenv("KUBECONFIG");
    struct kubeconfig config;

    *aws = NULL;
    if (d->eks.len)
        return ask_eks(a, d, aws, out);
    if (!named && kube_is_in_cluster())
        return kube_in_cluster(a, STR(""), out);
    TRY(kubeconfig_load(a, d->kubeconfig, &config));
    return kubeconfig_access(a, &config, d->context, out);
}

static void print_table(struct buf *out, const struct kube_access *access,
                        const struct cluster_checks *checks)
{
    static const struct table_column columns[] = {{"CHECK", false}, {"", false}, {"FOUND", false}};
    struct str *cells = ARENA_ARRAY(out->arena, struct str, 3 * checks->count);

    buf_printf(out, "Cluster: " STR_FMT ", at " STR_FMT "\n\n", STR_ARG(access->source),
               STR_ARG(access->server));
    for (size_t i = 0; i < checks->count; i++) {
        cells[3 * i] = checks->items[i].what;
        cells[3 * i + 1] = checks->items[i].is_fine ? STR("ok") : STR("MISSING");
        cells[3 * i + 2] = checks->items[i].message;
    }
    table_print(out, columns, 3, cells, checks->count);
    for (size_t i = 0; i < access->warning_count; i++)
        buf_printf(out, "\nWarning: " STR_FMT "\n", STR_ARG(access->warnings[i]));
    for (size_t i = 0; i < checks->count; i++)
        if (checks->items[i].detail.len)
            buf_printf(out, "\n" STR_FMT ": " STR_FMT "\n", STR_ARG(checks->items[i].what),
                       STR_ARG(checks->items[i].detail));
}

static void write_count(struct json_writer *w, const char *key, int64_t count)
{
    json_key(w, str_of(key));
    if (count < 0)
        json_null(w);
    else
        json_int(w, count);
}

static void write_checks(struct json_writer *w, const struct cluster_checks *checks)
{
    json_key(w, STR("checks"));
    json_begin_array(w);
    for (size_t i = 0; i < checks->count; i++) {
        const struct cluster_check *c = &checks->items[i];
        json_begin_object(w);
        json_member(w, "check", c->what);
        json_member_bool(w, "ok", c->is_fine);
        json_member(w, "message", c->message);
        json_member(w, "detail", c->detail);
        json_end_object(w);
    }
    json_end_array(w);
}

static void print_json(struct buf *out, const struct kube_access *access,
                       const struct cluster_checks *checks)
{
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    json_key(&w, STR("cluster"));
    json_begin_object(&w);
    json_member(&w, "source", access->source);
    json_member(&w, "server", access->server);
    json_member(&w, "version", checks->version);
    json_member(&w, "user", checks->user);
    write_count(&w, "nodes", checks->nodes);
    write_count(&w, "pods", checks->pods);
    json_end_object(&w);
    json_key(&w, STR("warnings"));
    json_begin_array(&w);
    for (size_t i = 0; i < access->warning_count; i++)
        json_string(&w, access->warnings[i]);
    json_end_array(&w);
    write_checks(&w, checks);
    json_end_object(&w);
    buf_add_char(out, '\n');
}

static struct error *examine(struct arena *a, const struct doctor *d, bool *is_fine)
{
    struct aws_client *aws;
    struct kube_access access;
    struct kube_client *client = NULL;
    struct cluster_checks checks;
    struct buf out = buf_in(a);
    struct error *e = find_access(a, d, &aws, &access);

    if (!e)
        e = kube_client_new(a, &access, &(struct kube_client_options){0}, &client);
    if (!e)
        e = cluster_checks_run(&(struct kube_call){.client = client, .arena = a}, d->store.len > 0,
                               &checks);
    kube_client_free(client);
    aws_client_free(aws);
    if (e)
        return e;
    if (str_eq(d->output, STR("json")))
        print_json(&out, &access, &checks);
    else
        print_table(&out, &access, &checks);
    fwrite(out.ptr, 1, out.len, stdout);
    *is_fine = cluster_checks_are_fine(&checks);
    return NULL;
}

/* What somebody installs who does not leave that to an apply. */
static bool print_for_kubectl(struct arena *a, const struct doctor *d)
{
    struct buf out = buf_in(a);

    if (d->prints_role)
        buf_add(&out, kube_needs_roles(a, STR("tenon")));
    else if (d->prints_definitions)
        buf_add(&out, custom_definitions(a));
    if (!out.len)
        return false;
    buf_add_char(&out, '\n');
    fwrite(out.ptr, 1, out.len, stdout);
    return true;
}

static struct error *check_usage(struct arena *a, const struct doctor *d)
{
    if (d->eks.len && (d->kubeconfig.len || d->context.len))
        return error_new(a, ERROR_INVALID, "--eks stands without --kubeconfig and --context");
    return d->region.len && !d->eks.len ? error_new(a, ERROR_INVALID, "--region goes with --eks")
                                        : NULL;
}

int run_doctor(int argc, char **argv)
{
    ARENA_SECRET a = {0};
    struct doctor d = {.output = STR("table")};
    const struct cli_option options[] = {
        {"kubeconfig", "FILE",
         "kubeconfig file (default: KUBECONFIG, ~/.kube/config; in a pod its "
         "service account)",
         .text = &d.kubeconfig},
        {"context", "NAME", "context in it (default: its current one)", .text = &d.context},
        {"eks", "CLUSTER", "an EKS cluster by name, with AWS credentials", .text = &d.eks},
        {"region", "REGION", "of the EKS cluster (default: as the AWS tools find it)",
         .text = &d.region},
        {"store", "STORE", "kubernetes: also what a store in the cluster needs", .text = &d.store,
         .one_of = (const char *const[]){"kubernetes", NULL}},
        {"role", NULL, "ask nobody: print the roles that an engine needs, for kubectl apply -f -",
         .flag = &d.prints_role},
        {"definitions", NULL, "and so the definitions of the custom resources",
         .flag = &d.prints_definitions},
        {"output", "FORM", "table (default) or json", .text = &d.output,
         .one_of = (const char *const[]){"table", "json", NULL}},
    };
    const struct cli_usage usage = {
        .command = "doctor",
        .summary = "Asks a Kubernetes cluster who we are to it, whether what an engine needs is "
                   "allowed there, and what is missing. Changes nothing.",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int operands, code;
    bool is_fine = false;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    struct error *e = check_usage(&a, &d);
    if (e) {
        cli_fail("doctor", e);
        return CLI_USAGE;
    }
    if (print_for_kubectl(&a, &d))
        return CLI_DONE;
    e = examine(&a, &d, &is_fine);
    return e ? cli_fail("doctor", e) : is_fine ? CLI_DONE : CLI_ERROR;
}
