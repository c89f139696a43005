#include "engine/adapters/ec2_user_data.h"

#include "engine/adapters/ec2_kubelet.h"
#include "engine/base/cidr.h"
#include "engine/base/json.h"
#include "engine/objects/user_data.h"

bool join_data_is_complete(const struct join_data *j)
{
    return j->cluster.len && j->api_server_endpoint.len && j->certificate_authority.len;
}

/* A line that ends parts must not stand in any of them. */
static struct str free_boundary(struct arena *a, const struct user_parts *parts)
{
    struct str boundary = STR("//");

    for (size_t i = 0, tries = 0; i < parts->count; i++) {
        struct str line = arena_printf(a, "--" STR_FMT, STR_ARG(boundary));
        if (str_find_str(parts->items[i].text, line) == parts->items[i].text.len)
            continue;
        boundary = arena_printf(a, "tenon-%zu", ++tries);
        i = (size_t)-1; /* from the first part again */
    }
    return boundary;
}

static struct str join_parts(struct arena *a, const struct user_parts *parts)
{
    struct str boundary = free_boundary(a, parts);
    struct buf out = buf_in(a);

    buf_printf(&out,
               "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" STR_FMT "\"\n\n",
               STR_ARG(boundary));
    for (size_t i = 0; i < parts->count; i++) {
        buf_printf(&out, "--" STR_FMT "\n", STR_ARG(boundary));
        buf_add(&out, parts->items[i].text);
        if (!str_ends_with(parts->items[i].text, STR("\n")))
            buf_add_char(&out, '\n');
    }
    buf_printf(&out, "--" STR_FMT "--\n", STR_ARG(boundary));
    return buf_str(&out);
}

/* As one word of a shell command, whatever is in it. */
static void add_shell_word(struct buf *out, struct str word)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '\'')
            buf_add(out, STR("'\\''"));
        else
            buf_add_char(out, word.ptr[i]);
    }
    buf_add_char(out, '\'');
}

static void add_option(struct buf *out, const char *option, struct str value)
{
    if (value.len == 0)
        return;
    buf_printf(out, " \\\n    %s ", option);
    add_shell_word(out, value);
}

/* Given the endpoint the script does not ask EKS, and guesses the address by the VPC's range. */
static struct str dns_address(struct arena *a, const struct user_data *u)
{
    const struct strings *own = &u->node_class->kubelet.cluster_dns;
    struct str network = u->join->service_cidr;
    struct cidr c;

    if (own->count || u->join->cluster_dns.len)
        return own->count ? own->items[0] : u->join->cluster_dns;
    if (!cidr_parse(network, &c) || c.is_v6)
        return (struct str){0};
    return arena_printf(a, "%d.%d.%d.10", c.address[0], c.address[1], c.address[2]);
}

static void add_ipv6(struct buf *out, struct str service_cidr)
{
    struct cidr c;

    if (!cidr_parse(service_cidr, &c) || !c.is_v6)
        return;
    add_option(out, "--ip-family", STR("ipv6"));
    add_option(out, "--service-ipv6-cidr", service_cidr);
}

static struct str bootstrap_script(struct arena *a, const struct user_data *u)
{
    struct buf out = buf_in(a);
    const struct kubelet_settings *k = &u->node_class->kubelet;

    buf_add(&out, STR("#!/bin/bash -xe\n"
                      "exec > >(tee /var/log/user-data.log | logger -t user-data -s) 2>&1\n"
                      "/etc/eks/bootstrap.sh "));
    add_shell_word(&out, u->join->cluster);
    add_option(&out, "--apiserver-endpoint", u->join->api_server_endpoint);
    add_option(&out, "--b64-cluster-ca", u->join->certificate_authority);
    add_ipv6(&out, u->join->service_cidr);
    add_option(&out, "--dns-cluster-ip", dns_address(a, u));
    if (k->max_pods) /* else the script reckons it from the type, as the catalog does */
        add_option(&out, "--use-max-pods", STR("false"));
    add_option(&out, "--kubelet-extra-args", kubelet_flags(a, u));
    buf_add_char(&out, '\n');
    return buf_str(&out);
}

static struct str node_config(struct arena *a, const struct user_data *u)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w); /* JSON is YAML too, and escapes by construction */
    json_member(&w, "apiVersion", STR("node.eks.aws/v1alpha1"));
    json_member(&w, "kind", STR("NodeConfig"));
    json_key(&w, STR("spec"));
    json_begin_object(&w);
    json_key(&w, STR("cluster"));
    json_begin_object(&w);
    json_member(&w, "name", u->join->cluster);
    json_member(&w, "apiServerEndpoint", u->join->api_server_endpoint);
    json_member(&w, "certificateAuthority", u->join->certificate_authority);
    if (u->join->service_cidr.len) /* else one of the user's own has to state it */
        json_member(&w, "cidr", u->join->service_cidr);
    json_end_object(&w);
    json_key(&w, STR("kubelet"));
    json_begin_object(&w);
    json_key(&w, STR("config"));
    kubelet_config(&w, u);
    json_key(&w, STR("flags"));
    json_begin_array(&w);
    json_string(&w,
                arena_printf(a, "--node-labels=" STR_FMT, STR_ARG(kubelet_labels(a, u->labels))));
    json_end_array(&w);
    json_end_object(&w);
    json_end_object(&w);
    json_end_object(&w);
    buf_add_char(&out, '\n');
    return buf_str(&out);
}

static struct error *within_limit(struct arena *a, struct str data, struct str own)
{
    if (data.len <= USER_DATA_LIMIT)
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "user data has %zu bytes, EC2 takes 16384", data.len);
    e->detail = arena_printf(a,
                             "user_data of the class has %zu bytes; the rest joins the node to the "
                             "cluster (labels, taints, certificate). Shorten it, or have it fetch "
                             "the rest at boot.",
                             own.len);
    return error_at(e, STR("user_data"));
}

struct error *ec2_user_data(struct arena *a, const struct user_data *u, struct str *out)
{
    const struct node_class *c = u->node_class;
    struct user_parts parts = {0};

    if (c->family == FAMILY_CUSTOM || !join_data_is_complete(u->join)) {
        *out = c->user_data;
        return within_limit(a, *out, c->user_data);
    }
    TRY(user_data_split(a, c->family, c->user_data, &parts));
    if (c->family == FAMILY_AL2)
        user_part_add(a, &parts, "text/x-shellscript; charset=\"us-ascii\"",
                      bootstrap_script(a, u));
    else
        user_part_add(a, &parts, USER_DATA_NODE_CONFIG, node_config(a, u));
    *out = join_parts(a, &parts);
    return within_limit(a, *out, c->user_data);
}
