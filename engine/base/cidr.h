#ifndef ENGINE_BASE_CIDR_H
#define ENGINE_BASE_CIDR_H

#include "engine/base/arena.h"

/* An IP network as it is written: 10.100.0.0/16, fd30:1c53:5f8a::/108. */
struct cidr {
    bool is_v6;
    unsigned char address[16]; /* IPv4: the first four */
    int bits;
};

/* False for what is none, and for an address inside of a network: bits beyond the prefix are 0. */
bool cidr_parse(struct str text, struct cidr *out);

#endif
