#include "engine/objects/names.h"

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_dns_label(struct str s)
{
    if (s.len == 0 || s.len > 63 || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_lower_or_digit(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    return true;
}

bool is_iam_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && str_find(STR("+=,.@_-"), c) == 7)
            return false;
    }
    return s.len > 0;
}

struct str iam_name(struct str name_or_arn)
{
    struct str rest = name_or_arn, last = name_or_arn;

    while (rest.ptr)
        last = str_cut(&rest, '/');
    return last;
}

bool is_dns_subdomain(struct str s)
{
    struct str rest = s;

    if (s.len == 0 || s.len > 253 || s.ptr[s.len - 1] == '.')
        return false;
    while (rest.ptr) {
        struct str part = str_cut(&rest, '.');
        /* A part may be longer than 63 here: the limit is the whole's. */
        if (part.len == 0 || part.ptr[0] == '-' || part.ptr[part.len - 1] == '-')
            return false;
        for (size_t i = 0; i < part.len; i++)
            if (!is_lower_or_digit(part.ptr[i]) && part.ptr[i] != '-')
                return false;
    }
    return true;
}
