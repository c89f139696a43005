#include "go-plugin-shim/handshake.h"

#include "engine/base/buf.h"

/* Not a secret: it only tells a host from a person at a shell. */
static const char cookie_name[] = "TF_PLUGIN_MAGIC_COOKIE";
static const struct str cookie =
    STR_INIT("d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

static struct str environment(const char *name)
{
    return str_of(getenv(name));
}

struct handshake handshake_read(void)
{
    struct handshake h = {
        .is_host = str_eq(environment(cookie_name), cookie),
        .versions = environment("PLUGIN_PROTOCOL_VERSIONS"),
        .client = environment("PLUGIN_CLIENT_CERT"),
        .asks_multiplex = environment("PLUGIN_MULTIPLEX_GRPC").len > 0,
        .directory = environment("PLUGIN_UNIX_SOCKET_DIR"),
        .group = environment("PLUGIN_UNIX_SOCKET_GROUP"),
        .temporary = environment("TMPDIR"),
    };
    if (h.temporary.len == 0)
        h.temporary = STR("/tmp");
    return h;
}

bool handshake_offers(struct str versions, unsigned major)
{
    int64_t offered;

    while (versions.ptr)
        if (str_to_int64(str_trim(str_cut(&versions, ',')), &offered) && offered == major)
            return true;
    return false;
}

struct str handshake_line(struct arena *a, const struct handshake *h, unsigned major,
                          struct str socket_path, struct str certificate)
{
    struct buf line = buf_in(a);

    buf_printf(&line, "1|%u|unix|" STR_FMT "|grpc|" STR_FMT, major, STR_ARG(socket_path),
               STR_ARG(certificate));
    /* A host that did not ask splits into six and would take the rest for certificate. */
    if (h->asks_multiplex)
        buf_add(&line, STR("|false"));
    buf_add_char(&line, '\n');
    return buf_str(&line);
}
