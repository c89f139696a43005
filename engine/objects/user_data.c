#include "engine/objects/user_data.h"

#include <strings.h>

#include "engine/base/yaml.h"

#define SCRIPT_TYPE       "text/x-shellscript; charset=\"us-ascii\""
#define CLOUD_CONFIG_TYPE "text/cloud-config; charset=\"us-ascii\""

static bool starts_like(struct str s, const char *prefix)
{
    size_t length = strlen(prefix);
    return s.len >= length && strncasecmp(s.ptr, prefix, length) == 0;
}

static bool is_like(struct str s, const char *word)
{
    return s.len == strlen(word) && starts_like(s, word);
}

static struct error *refuse(struct arena *a, struct str summary, const char *way_out)
{
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT, STR_ARG(summary));
    e->detail = str_of(way_out);
    return error_at(e, STR("user_data"));
}

/* Headers. */

/* The next line, without its end; a line that begins with a blank belongs to the one before it. */
static struct str next_header(struct str *rest)
{
    struct str line = str_cut(rest, '\n');

    while (rest->len && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t')) {
        struct str more = str_cut(rest, '\n');
        line.len = (size_t)(more.ptr + more.len - line.ptr);
    }
    return str_trim(line);
}

/* The value of a header; empty when it is not there. */
static struct str header_value(struct str headers, const char *name)
{
    for (struct str rest = headers; rest.ptr;) {
        struct str value = next_header(&rest), key = str_cut(&value, ':');
        if (is_like(str_trim(key), name))
            return str_trim(value);
    }
    return (struct str){0};
}

static struct str boundary_of(struct str content_type)
{
    static const char name[] = "boundary=";

    for (size_t i = 0; i + sizeof(name) - 1 <= content_type.len; i++) {
        struct str rest = str_slice(content_type, i, content_type.len);
        if (!starts_like(rest, name))
            continue;
        struct str value = str_trim(str_slice(rest, sizeof(name) - 1, rest.len));
        bool quoted = value.len && value.ptr[0] == '"';
        value = str_slice(value, quoted, value.len);
        return str_trim(str_cut(&value, quoted ? '"' : ';'));
    }
    return (struct str){0};
}

/* A first line that is blank ends the headers before there are any. */
static struct str cut_headers(struct str text, struct str *body)
{
    struct str rest = text;

    while (rest.ptr) {
        struct str line = str_cut(&rest, '\n');
        if (str_trim(line).len == 0 && rest.ptr) {
            *body = rest;
            return str_slice(text, 0, (size_t)(line.ptr - text.ptr));
        }
    }
    *body = (struct str){0};
    return text;
}

/* Every line before the blank one is "Name: value". */
static bool headers_are_headers(struct str headers, struct str *wrong)
{
    for (struct str rest = headers; rest.len;) {
        struct str line = next_header(&rest);
        size_t colon = str_find(line, ':');
        *wrong = line;
        if (colon == line.len || colon == 0 || str_find(line, ' ') < colon)
            return false;
    }
    return true;
}

/* NodeConfigs. */

static struct error *read_node_config(struct arena *a, struct str body, struct yaml_documents *out)
{
    TRY(yaml_parse(a, STR("NodeConfig"), body, out));
    for (size_t i = 0; i < out->count; i++) {
        struct str kind = json_string_or(json_get(&out->items[i], "kind"), STR(""));
        struct str version = json_string_or(json_get(&out->items[i], "apiVersion"), STR(""));
        if (!str_eq(kind, STR("NodeConfig")) || !str_starts_with(version, STR("node.eks.aws/")))
            return error_new(a, ERROR_INVALID,
                             "its kind is \"" STR_FMT "\" and its apiVersion \"" STR_FMT "\"",
                             STR_ARG(kind), STR_ARG(version));
    }
    return out->count ? NULL : error_new(a, ERROR_INVALID, "it is empty");
}

static struct error *check_node_config(struct arena *a, const struct user_part *part,
                                       struct str which)
{
    struct yaml_documents documents;
    struct error *e = read_node_config(a, part->body, &documents);

    return e ? refuse(a,
                      arena_printf(
                          a, "user_data: nodeadm cannot read the NodeConfig%s" STR_FMT ": " STR_FMT,
                          which.len ? " of " : "", STR_ARG(which), STR_ARG(e->summary)),
                      "A NodeConfig is YAML with apiVersion: node.eks.aws/v1alpha1, kind: "
                      "NodeConfig and a spec. nodeadm refuses all of the user data for one that "
                      "it cannot read, and the node does not join.")
             : NULL;
}

bool user_data_states_cidr(struct arena *a, const struct node_class *c)
{
    struct user_parts parts = {0};
    struct yaml_documents d;

    if (user_data_split(a, c->family, c->user_data, &parts))
        return false;
    for (size_t i = 0; i < parts.count; i++) {
        if (!is_like(parts.items[i].type, USER_DATA_NODE_CONFIG) ||
            yaml_parse(a, STR("NodeConfig"), parts.items[i].body, &d))
            continue;
        for (size_t k = 0; k < d.count; k++)
            if (json_string_or(json_path(&d.items[k], "spec", "cluster", "cidr", NULL), STR(""))
                    .len)
                return true;
    }
    return false;
}

/* Parts. */

static struct error *take_part(struct arena *a, struct str text, struct user_parts *parts)
{
    struct user_part part = {.text = text};
    struct str headers = cut_headers(text, &part.body), wrong = {0}, type;
    struct str which = arena_printf(a, "part %zu", parts->count + 1);

    if (!part.body.ptr || !headers_are_headers(headers, &wrong))
        return refuse(a,
                      arena_printf(a, "user_data: " STR_FMT " of the MIME message %s" STR_FMT "%s",
                                   STR_ARG(which),
                                   part.body.ptr ? "has `" : "has no blank line after its headers",
                                   STR_ARG(part.body.ptr ? wrong : STR("")),
                                   part.body.ptr ? "` among its headers" : ""),
                      "After the boundary's line come header lines such as Content-Type: "
                      "text/x-shellscript, then a blank line, then the content.");
    type = header_value(headers, "Content-Type");
    part.type = str_trim(str_cut(&type, ';'));
    ARENA_PUSH(a, parts->items, parts->count, parts->capacity, part);
    bool plain = !header_value(headers, "Content-Transfer-Encoding").len ||
                 !is_like(header_value(headers, "Content-Transfer-Encoding"), "base64");
    return plain && is_like(part.type, USER_DATA_NODE_CONFIG) ? check_node_config(a, &part, which)
                                                              : NULL;
}

static struct error *split_mime(struct arena *a, struct str text, struct user_parts *parts)
{
    struct str all;
    struct str type = header_value(cut_headers(text, &all), "Content-Type");
    struct str boundary = boundary_of(type);
    struct str opening = arena_printf(a, "--" STR_FMT, STR_ARG(boundary));
    struct str closing = arena_printf(a, "--" STR_FMT "--", STR_ARG(boundary));
    const char *begin = NULL, *end = NULL;

    if (boundary.len == 0)
        return refuse(a, STR("user_data is MIME without a boundary"),
                      "It begins with MIME headers, of which Content-Type must be multipart with "
                      "a boundary parameter; or begin it with #! for a script.");
    for (struct str rest = all; rest.ptr && !end;) {
        struct str line = str_cut(&rest, '\n'), bare = str_trim(line);
        if (!str_eq(bare, opening) && !str_eq(bare, closing))
            continue;
        if (begin)
            TRY(take_part(a, (struct str){begin, (size_t)(line.ptr - begin)}, parts));
        begin = rest.ptr ? rest.ptr : line.ptr + line.len;
        end = str_eq(bare, closing) ? line.ptr : NULL;
    }
    if (!begin)
        return refuse(
            a,
            arena_printf(a, "user_data is MIME whose boundary \"" STR_FMT "\" stands nowhere in it",
                         STR_ARG(boundary)),
            "Each part begins after a line of two dashes and the boundary; a last line "
            "has two dashes behind it too.");
    /* cloud-init forgives a missing last boundary, so do we: our own message has one. */
    return end ? NULL
               : take_part(a, (struct str){begin, (size_t)(text.ptr + text.len - begin)}, parts);
}

void user_part_add(struct arena *a, struct user_parts *parts, const char *content_type,
                   struct str body)
{
    struct str type = str_of(content_type);
    struct user_part part = {
        .text = arena_printf(a, "Content-Type: %s\n\n" STR_FMT, content_type, STR_ARG(body)),
        .type = str_trim(str_cut(&type, ';')),
        .body = body,
    };
    ARENA_PUSH(a, parts->items, parts->count, parts->capacity, part);
}

struct error *user_data_split(struct arena *a, enum ami_family family, struct str text,
                              struct user_parts *out)
{
    struct str trimmed = str_trim(text);
    bool script = starts_like(trimmed, "#!"), cloud_config = starts_like(trimmed, "#cloud-config");

    if (trimmed.len == 0)
        return NULL;
    if (starts_like(trimmed, "MIME-Version:") || starts_like(trimmed, "Content-Type:"))
        return split_mime(a, trimmed, out);
    if (family == FAMILY_AL2023 && !script && !cloud_config &&
        str_find_str(text, STR("node.eks.aws/")) < text.len) {
        user_part_add(a, out, USER_DATA_NODE_CONFIG, text);
        return check_node_config(a, &out->items[out->count - 1], STR(""));
    }
    user_part_add(a, out, cloud_config ? CLOUD_CONFIG_TYPE : SCRIPT_TYPE, text);
    return NULL;
}
