#include "engine/aws/sigv4_keys.h"
#include "engine/base/digest.h"
#include "engine/base/time.h"

static const struct str algorithm = STR_INIT("AWS4-HMAC-SHA256");

struct pair {
    struct str name, value;
    size_t order;
};
struct pairs {
    struct arena *arena;
    struct pair *items;
    size_t count, capacity;
};

static void add_pair(struct pairs *p, struct str name, struct str value)
{
    struct pair pair = {name, value, p->count};
    ARENA_PUSH(p->arena, p->items, p->count, p->capacity, pair);
}

/* Headers of one name stay in the order in which they are sent. */
static int by_name(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static int by_name_and_value(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->value, y->value);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void uri_encode(struct buf *out, struct str s, bool keep_slash)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_unreserved(s.ptr[i]) || (keep_slash && s.ptr[i] == '/'))
            buf_add_char(out, s.ptr[i]);
        else
            buf_printf(out, "%%%02X", (unsigned char)s.ptr[i]);
}

static struct str encoded(struct arena *a, struct str s)
{
    struct buf out = buf_in(a);
    uri_encode(&out, s, false);
    return buf_str(&out);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str uri_decode(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++) {
        int high = s.ptr[i] == '%' && i + 2 < s.len ? hex_value(s.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.ptr[i + 2]) : -1;
        out[len++] = low >= 0 ? (char)(high * 16 + low) : s.ptr[i];
        i += low >= 0 ? 2 : 0;
    }
    return (struct str){out, len};
}

/* Without empty and "." segments, ".." eats the one before; a slash at the end stays. */
static struct str normalized_path(struct arena *a, struct str path)
{
    struct buf out = buf_in(a);
    bool ends_open = false;

    for (struct str rest = path; rest.ptr;) {
        struct str segment = str_cut(&rest, '/');
        bool is_dot = segment.len == 0 || str_eq(segment, STR("."));
        bool is_up = str_eq(segment, STR(".."));
        ends_open = is_dot || is_up;
        while (is_up && out.len && out.ptr[--out.len] != '/')
            continue;
        if (!ends_open) {
            buf_add_char(&out, '/');
            buf_add(&out, segment);
        }
    }
    if (ends_open || out.len == 0)
        buf_add_char(&out, '/');
    return buf_str(&out);
}

static struct str canonical_path(struct arena *a, const struct sigv4_options *o, struct str path)
{
    struct buf out = buf_in(a);

    if (path.len == 0)
        path = STR("/");
    uri_encode(&out, o->keep_path ? path : normalized_path(a, path), true);
    return buf_str(&out);
}

static struct pairs query_pairs(struct arena *a, struct str query)
{
    struct pairs pairs = {.arena = a};

    for (struct str rest = query; rest.len;) {
        struct str value = str_cut(&rest, '&'), name = str_cut(&value, '=');
        add_pair(&pairs, encoded(a, uri_decode(a, name)), encoded(a, uri_decode(a, value)));
    }
    return pairs;
}

static struct str joined_query(struct arena *a, const struct pairs *pairs)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < pairs->count; i++)
        buf_printf(&out, "%s" STR_FMT "=" STR_FMT, i ? "&" : "", STR_ARG(pairs->items[i].name),
                   STR_ARG(pairs->items[i].value));
    return buf_str(&out);
}

static struct str canonical_query(struct arena *a, const struct pairs *query)
{
    struct pairs sorted = {.arena = a};

    for (size_t i = 0; i < query->count; i++)
        add_pair(&sorted, query->items[i].name, query->items[i].value);
    if (sorted.count)
        qsort(sorted.items, sorted.count, sizeof(*sorted.items), by_name_and_value);
    return joined_query(a, &sorted);
}

/* Trimmed, and runs of white space as one space. */
static struct str header_value(struct arena *a, struct str s)
{
    struct buf out = buf_in(a);
    bool space = false;

    s = str_trim(s);
    for (size_t i = 0; i < s.len; i++) {
        bool blank = strchr(" \t\r\n", s.ptr[i]) != NULL;
        if (!blank || !space)
            buf_add_char(&out, blank ? ' ' : s.ptr[i]);
        space = blank;
    }
    return buf_str(&out);
}

struct canonical_headers {
    struct str lines, names; /* "host:x\n...", "host;x-amz-date" */
};

static struct canonical_headers canonical_headers(struct arena *a, const struct pairs *headers)
{
    struct pairs sorted = {.arena = a};
    struct buf lines = buf_in(a), names = buf_in(a);

    for (size_t i = 0; i < headers->count; i++)
        add_pair(&sorted, arena_lower(a, headers->items[i].name),
                 header_value(a, headers->items[i].value));
    if (sorted.count)
        qsort(sorted.items, sorted.count, sizeof(*sorted.items), by_name);
    for (size_t i = 0; i < sorted.count; i++) {
        const struct pair *h = &sorted.items[i];
        bool again = i && str_eq(h->name, sorted.items[i - 1].name);
        if (again) {
            lines.ptr[lines.len - 1] = ','; /* in place of the line's end */
        } else {
            buf_add(&lines, h->name);
            buf_add_char(&lines, ':');
            buf_add(&names, i ? STR(";") : STR(""));
            buf_add(&names, h->name);
        }
        buf_add(&lines, h->value);
        buf_add_char(&lines, '\n');
    }
    return (struct canonical_headers){buf_str(&lines), buf_str(&names)};
}

/* "20150830T123600Z" */
static struct str basic_time(struct arena *a, int64_t now_ms)
{
    struct str extended = time_format(a, now_ms, false);
    struct buf out = buf_in(a);

    for (size_t i = 0; i < extended.len; i++)
        if (extended.ptr[i] != '-' && extended.ptr[i] != ':')
            buf_add_char(&out, extended.ptr[i]);
    return buf_str(&out);
}

static struct str scope_of(struct arena *a, const struct sigv4_options *o, struct str time)
{
    return arena_printf(a, STR_FMT "/" STR_FMT "/" STR_FMT "/aws4_request",
                        STR_ARG(str_slice(time, 0, 8)), STR_ARG(o->region), STR_ARG(o->service));
}

static struct str lines_of(struct arena *a, const struct str *lines, size_t count)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_char(&out, '\n');
        buf_add(&out, lines[i]);
    }
    return buf_str(&out);
}

static void finish(struct arena *a, const struct sigv4_options *o, struct str time,
                   struct str scope, const struct sigv4_request *r, const struct pairs *query,
                   const struct canonical_headers *headers, struct sigv4_signed *out)
{
    unsigned char key[SHA256_BYTES], mac[SHA256_BYTES];
    const struct str request[] = {
        str_of(r->method), canonical_path(a, o, r->path), canonical_query(a, query), headers->lines,
        headers->names,    sha256_hex(a, r->body)};

    out->canonical_request = lines_of(a, request, sizeof(request) / sizeof(request[0]));
    const struct str statement[] = {algorithm, time, scope, sha256_hex(a, out->canonical_request)};
    out->string_to_sign = lines_of(a, statement, sizeof(statement) / sizeof(statement[0]));
    sigv4_signing_key(o, str_slice(time, 0, 8), key);
    hmac_sha256((struct str){(const char *)key, sizeof(key)}, out->string_to_sign, mac);
    out->signature = hex_encode(a, mac, sizeof(mac));
    explicit_bzero(key, sizeof(key));
}

static struct pairs own_headers(struct arena *a, const struct sigv4_request *r)
{
    struct pairs headers = {.arena = a};
    for (size_t i = 0; i < r->header_count; i++)
        add_pair(&headers, r->headers[i].name, r->headers[i].value);
    return headers;
}

static void add_header(struct sigv4_signed *out, struct str name, struct str value)
{
    out->headers[out->header_count++] = (struct http_header){name, value};
}

void sigv4_sign(struct arena *a, const struct sigv4_options *o, const struct sigv4_request *r,
                struct sigv4_signed *out)
{
    struct str time = basic_time(a, o->now_ms), scope = scope_of(a, o, time);
    struct str token = o->credentials->token;
    struct pairs headers = own_headers(a, r), query = query_pairs(a, r->query);

    *out = (struct sigv4_signed){0};
    add_header(out, STR("X-Amz-Date"), time);
    if (token.len && !o->token_unsigned)
        add_header(out, STR("X-Amz-Security-Token"), token);
    if (o->hash_header)
        add_header(out, STR("X-Amz-Content-Sha256"), sha256_hex(a, r->body));
    for (size_t i = 0; i < out->header_count; i++)
        add_pair(&headers, out->headers[i].name, out->headers[i].value);
    struct canonical_headers canonical = canonical_headers(a, &headers);
    finish(a, o, time, scope, r, &query, &canonical, out);
    if (token.len && o->token_unsigned)
        add_header(out, STR("X-Amz-Security-Token"), token);
    add_header(out, STR("Authorization"),
               arena_printf(a,
                            STR_FMT " Credential=" STR_FMT "/" STR_FMT ", SignedHeaders=" STR_FMT
                                    ", Signature=" STR_FMT,
                            STR_ARG(algorithm), STR_ARG(o->credentials->access_key), STR_ARG(scope),
                            STR_ARG(canonical.names), STR_ARG(out->signature)));
}

/* What else stands in the query of a request that carries its own signature. */
static void add_own_query(struct arena *a, const struct sigv4_options *o, struct str time,
                          struct str scope, struct str signed_names, struct pairs *query)
{
    struct str who =
        arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(o->credentials->access_key), STR_ARG(scope));

    add_pair(query, STR("X-Amz-Algorithm"), algorithm);
    add_pair(query, STR("X-Amz-Credential"), encoded(a, who));
    add_pair(query, STR("X-Amz-Date"), time);
    add_pair(query, STR("X-Amz-Expires"),
             arena_printf(a, "%lld", (long long)o->expires_in_seconds));
    add_pair(query, STR("X-Amz-SignedHeaders"), encoded(a, signed_names));
    if (o->credentials->token.len && !o->token_unsigned)
        add_pair(query, STR("X-Amz-Security-Token"), encoded(a, o->credentials->token));
}

struct str sigv4_presign(struct arena *a, const struct sigv4_options *o,
                         const struct sigv4_request *r, struct sigv4_signed *out)
{
    struct str time = basic_time(a, o->now_ms), scope = scope_of(a, o, time);
    struct pairs headers = own_headers(a, r), query = query_pairs(a, r->query);
    struct canonical_headers canonical = canonical_headers(a, &headers);

    *out = (struct sigv4_signed){0};
    add_own_query(a, o, time, scope, canonical.names, &query);
    finish(a, o, time, scope, r, &query, &canonical, out);
    if (o->credentials->token.len && o->token_unsigned)
        add_pair(&query, STR("X-Amz-Security-Token"), encoded(a, o->credentials->token));
    add_pair(&query, STR("X-Amz-Signature"), out->signature);
    return joined_query(a, &query);
}
