#include "engine/base/cidr.h"

#include <arpa/inet.h>

static bool read_address(struct str text, struct cidr *out)
{
    char terminated[INET6_ADDRSTRLEN];

    if (text.len == 0 || text.len >= sizeof(terminated) || str_find(text, '\0') < text.len)
        return false;
    memcpy(terminated, text.ptr, text.len);
    terminated[text.len] = '\0';
    out->is_v6 = str_find(text, ':') < text.len;
    return inet_pton(out->is_v6 ? AF_INET6 : AF_INET, terminated, out->address) == 1;
}

static bool is_set(const struct cidr *c, int bit)
{
    return c->address[bit / 8] >> (7 - bit % 8) & 1;
}

bool cidr_parse(struct str text, struct cidr *out)
{
    struct str rest = text, address = str_cut(&rest, '/');
    int64_t bits = 0;

    *out = (struct cidr){0};
    if (!read_address(address, out) || !str_to_int64(rest, &bits))
        return false;
    int width = out->is_v6 ? 128 : 32;
    if (bits < 0 || bits > width || rest.len > 3)
        return false;
    out->bits = (int)bits;
    for (int bit = out->bits; bit < width; bit++)
        if (is_set(out, bit))
            return false;
    return true;
}
