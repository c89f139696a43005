#include "provider/grammar/value_forms.h"

#include <arpa/inet.h>

enum { ANY_DIGITS = 18 }; /* more are no int64 for certain, nor a date */

/* A text that is read from the left. */

static bool take(struct str *rest, char c)
{
    bool there = rest->len && rest->ptr[0] == c;

    if (there)
        *rest = str_slice(*rest, 1, rest->len);
    return there;
}

/* Up to `most` digits; how many there were. */
static size_t take_digits(struct str *rest, size_t most, int64_t *value)
{
    size_t n = 0;

    for (*value = 0; n < most && n < rest->len && char_is_digit(rest->ptr[n]); n++)
        *value = n < ANY_DIGITS ? *value * 10 + (rest->ptr[n] - '0') : INT64_MAX;
    *rest = str_slice(*rest, n, rest->len);
    return n;
}

/* Two digits at most, within a range. */
static bool take_part(struct str *rest, int64_t least, int64_t most)
{
    int64_t value;

    return take_digits(rest, 2, &value) && value >= least && value <= most;
}

bool is_number(struct str text)
{
    struct str rest = text;
    int64_t value;

    if (!take(&rest, '-'))
        take(&rest, '+');
    size_t whole = take_digits(&rest, SIZE_MAX, &value);
    size_t fraction = take(&rest, '.') ? take_digits(&rest, SIZE_MAX, &value) : 0;
    if (!whole && !fraction)
        return false;
    if (!take(&rest, 'e') && !take(&rest, 'E'))
        return !rest.len;
    if (!take(&rest, '-'))
        take(&rest, '+');
    return take_digits(&rest, SIZE_MAX, &value) > 0 && !rest.len;
}

static bool is_word(struct str text, const char *word)
{
    size_t i = 0;

    for (; i < text.len && word[i]; i++)
        if (char_lower(text.ptr[i]) != word[i])
            return false;
    return i == text.len && !word[i];
}

bool is_boolean(struct str text)
{
    return is_word(text, "true") || is_word(text, "false");
}

bool is_base64(struct str text)
{
    size_t i = 0, padding = 0;

    for (; i < text.len; i++) {
        char c = char_lower(text.ptr[i]);
        bool data = char_is_digit(c) || (c >= 'a' && c <= 'z') || c == '+' || c == '/';
        padding += c == '=';
        if ((!data && c != '=') || (data && padding))
            return false;
    }
    return text.len % 4 == 0 && padding <= 2;
}

bool is_ip_range(struct str text)
{
    struct str rest = text, address = str_cut(&rest, '/');
    bool v6 = str_find(address, ':') < address.len;
    char name[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    int64_t bits = 0;
    size_t digits = rest.ptr ? take_digits(&rest, 3, &bits) : 0;

    if (address.len >= sizeof(name) || memchr(address.len ? address.ptr : "", 0, address.len))
        return false;
    memcpy(name, address.len ? address.ptr : "", address.len);
    name[address.len] = '\0';
    if (rest.ptr && (!digits || rest.len || bits > (v6 ? 128 : 32)))
        return false;
    return inet_pton(v6 ? AF_INET6 : AF_INET, name, bytes) == 1;
}

bool is_arn_pattern(struct str text)
{
    return str_starts_with(text, STR("arn:")) ||
           (text.len && (text.ptr[0] == '*' || text.ptr[0] == '?')) ||
           str_starts_with(text, STR("arn*")) || str_starts_with(text, STR("ar*")) ||
           str_starts_with(text, STR("a*"));
}

static bool take_zone(struct str *rest)
{
    if (!rest->len || take(rest, 'Z') || take(rest, 'z'))
        return true;
    if (!take(rest, '+') && !take(rest, '-'))
        return false;
    if (!take_part(rest, 0, 23))
        return false;
    take(rest, ':');
    return !rest->len || take_part(rest, 0, 59);
}

/* Behind the T: hours, minutes, seconds, each of which may be where it ends. */
static bool take_time(struct str *rest)
{
    int64_t fraction;

    if (!rest->len)
        return true;
    if (!take_part(rest, 0, 23))
        return false;
    if (!take(rest, ':'))
        return take_zone(rest);
    if (!take_part(rest, 0, 59))
        return false;
    if (!take(rest, ':'))
        return take_zone(rest);
    if (!take_part(rest, 0, 59))
        return false;
    if (take(rest, '.') && !take_digits(rest, 9, &fraction))
        return false;
    return take_zone(rest);
}

bool is_date(struct str text)
{
    struct str rest = text;
    int64_t year;

    take(&rest, '-'); /* before our era */
    size_t digits = take_digits(&rest, ANY_DIGITS + 1, &year);
    if (!digits || digits > ANY_DIGITS)
        return false;
    if (!rest.len)
        return true; /* a year, or seconds since 1970 */
    if (digits > 9)
        return false;
    if (take(&rest, '-') && !take_part(&rest, 1, 12))
        return false;
    if (take(&rest, '-') && !take_part(&rest, 1, 31))
        return false;
    if (rest.len && !take(&rest, 'T') && !take(&rest, 't'))
        return false;
    return take_time(&rest) && !rest.len;
}
