#include "engine/adapters/ec2_user_data.h"

#include <strings.h>

#include "engine/adapters/ec2_kubelet.h"
#include "engine/base/json.h"

enum { USER_DATA_LIMIT = 16 * 1024 };

bool join_data_is_complete(const struct join_data *j, enum ami_family family)
{
    return j->cluster.len && j->api_server_endpoint.len && j->certificate_authority.len &&
           (family != FAMILY_AL2023 || j->service_cidr.len);
}

/* One part: its header lines and body, as they are written. */
struct parts {
    struct str *items;
    size_t count, capacity;
};

static void add_part(struct arena *a, struct parts *parts, const char *content_type,
                     struct str body)
{
    struct str part = arena_printf(a, "Content-Type: %s\n\n" STR_FMT, content_type, STR_ARG(body));
    ARENA_PUSH(a, parts->items, parts->count, parts->capacity, part);
}

static bool starts_like(struct str s, const char *prefix)
{
    size_t length = strlen(prefix);
    return s.len >= length && strncasecmp(s.ptr, prefix, length) == 0;
}

/* The boundary parameter of the multipart header; empty when there is none. */
static struct str boundary_of(struct str headers)
{
    static const char name[] = "boundary=";
    struct str rest = headers;

    while (rest.ptr) {
        struct str line = str_cut(&rest, '\n');
        for (size_t i = 0; i + sizeof(name) - 1 <= line.len; i++) {
            if (!starts_like(str_slice(line, i, line.len), name))
                continue;
            struct str value = str_trim(str_slice(line, i + sizeof(name) - 1, line.len));
            bool quoted = value.len && value.ptr[0] == '"';
            value = str_slice(value, quoted, value.len);
            return str_trim(str_cut(&value, quoted ? '"' : ';'));
        }
    }
    return (struct str){0};
}

/* Where the blank line after the headers begins, or the length. */
static size_t end_of_headers(struct str text)
{
    size_t unix_end = str_find_str(text, STR("\n\n"));
    size_t dos_end = str_find_str(text, STR("\r\n\r\n"));
    return unix_end < dos_end ? unix_end : dos_end;
}

/* Takes the user's own multipart message apart, because nodeadm looks at top-level parts only. */
static struct error *split_mime(struct arena *a, struct str text, struct parts *parts)
{
    struct str boundary = boundary_of(str_slice(text, 0, end_of_headers(text)));
    struct str opening = arena_printf(a, "--" STR_FMT, STR_ARG(boundary));
    struct str closing = arena_printf(a, "--" STR_FMT "--", STR_ARG(boundary));
    const char *begin = NULL, *end = NULL;
    struct str rest = text;

    if (boundary.len == 0) {
        struct error *e = error_new(a, ERROR_INVALID, "user_data is MIME without a boundary");
        e->detail = STR("It begins with MIME headers, of which Content-Type must be multipart with "
                        "a boundary parameter; or begin it with #! for a script.");
        return error_at(e, STR("user_data"));
    }
    while (rest.ptr && !end) {
        struct str line = str_cut(&rest, '\n');
        struct str bare = str_trim(line);
        if (!str_eq(bare, opening) && !str_eq(bare, closing))
            continue;
        if (begin) {
            struct str part = {begin, (size_t)(line.ptr - begin)};
            ARENA_PUSH(a, parts->items, parts->count, parts->capacity, part);
        }
        begin = rest.ptr;
        end = str_eq(bare, closing) ? line.ptr : NULL;
    }
    if (!end && begin) { /* cloud-init forgives a missing last boundary, so do we */
        struct str part = {begin, (size_t)(text.ptr + text.len - begin)};
        ARENA_PUSH(a, parts->items, parts->count, parts->capacity, part);
    }
    return NULL;
}

/* A line that ends parts must not stand in any of them. */
static struct str free_boundary(struct arena *a, const struct parts *parts)
{
    struct str boundary = STR("//");

    for (size_t i = 0, tries = 0; i < parts->count; i++) {
        struct str line = arena_printf(a, "--" STR_FMT, STR_ARG(boundary));
        if (str_find_str(parts->items[i], line) == parts->items[i].len)
            continue;
        boundary = arena_printf(a, "tenon-%zu", ++tries);
        i = (size_t)-1; /* from the first part again */
    }
    return boundary;
}

static struct str join_parts(struct arena *a, const struct parts *parts)
{
    struct str boundary = free_boundary(a, parts);
    struct buf out = buf_in(a);

    buf_printf(&out,
               "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" STR_FMT "\"\n\n",
               STR_ARG(boundary));
    for (size_t i = 0; i < parts->count; i++) {
        buf_printf(&out, "--" STR_FMT "\n", STR_ARG(boundary));
        buf_add(&out, parts->items[i]);
        if (!str_ends_with(parts->items[i], STR("\n")))
            buf_add_char(&out, '\n');
    }
    buf_printf(&out, "--" STR_FMT "--\n", STR_ARG(boundary));
    return buf_str(&out);
}

#define NODE_CONFIG_TYPE "application/node.eks.aws"
#define SCRIPT_TYPE      "text/x-shellscript; charset=\"us-ascii\""

static struct error *add_own(struct arena *a, const struct node_class *c, struct parts *parts)
{
    struct str own = c->user_data, trimmed = str_trim(own);

    if (trimmed.len == 0)
        return NULL;
    if (starts_like(trimmed, "MIME-Version:") || starts_like(trimmed, "Content-Type:"))
        return split_mime(a, trimmed, parts);
    bool node_config = c->family == FAMILY_AL2023 && !starts_like(trimmed, "#!") &&
                       str_find_str(own, STR("node.eks.aws/")) < own.len;
    add_part(a, parts,
             node_config                             ? NODE_CONFIG_TYPE
             : starts_like(trimmed, "#cloud-config") ? "text/cloud-config; charset=\"us-ascii\""
                                                     : SCRIPT_TYPE,
             own);
    return NULL;
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
    add_option(&out, "--dns-cluster-ip",
               k->cluster_dns.count ? k->cluster_dns.items[0] : u->join->cluster_dns);
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
    enum ami_family family = u->node_class->family;
    struct parts parts = {0};

    if (family == FAMILY_CUSTOM || !join_data_is_complete(u->join, family)) {
        *out = u->node_class->user_data;
        return within_limit(a, *out, u->node_class->user_data);
    }
    TRY(add_own(a, u->node_class, &parts));
    if (family == FAMILY_AL2)
        add_part(a, &parts, SCRIPT_TYPE, bootstrap_script(a, u));
    else
        add_part(a, &parts, NODE_CONFIG_TYPE, node_config(a, u));
    *out = join_parts(a, &parts);
    return within_limit(a, *out, u->node_class->user_data);
}
