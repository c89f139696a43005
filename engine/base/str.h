#ifndef ENGINE_BASE_STR_H
#define ENGINE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed run of bytes.  It never owns what it points at and need not end in NUL; what the
 * arena makes (arena_printf, arena_str) does end in NUL, so that it may cross a C library's
 * doorstep.  The zero value is the empty string. */
struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal)              \
    {                                  \
        (literal), sizeof(literal) - 1 \
    } /* in constant initialisers */
#define STR_FMT "%.*s"
/* For STR_FMT.  Evaluates `s` three times: a call that costs something gets a name first. */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

/* The bytes of a NUL-terminated string; NULL is empty. */
static inline struct str str_of(const char *c_string)
{
    return (struct str){c_string, c_string ? strlen(c_string) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ASCII letters in lower case. */
static inline char char_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Byte order, shorter first when one is the other's prefix: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
bool str_is_among(struct str s, const struct str *sorted, size_t count); /* as str_cmp sorts */
bool str_starts_with(struct str s, struct str prefix);
bool str_ends_with(struct str s, struct str suffix);
/* Position of the first `c`, or s.len. */
size_t str_find(struct str s, char c);
/* Position of the first `needle`, or s.len. */
size_t str_find_str(struct str s, struct str needle);
struct str str_trim(struct str s);
/* Bytes [from, to) with both clamped to the length. */
struct str str_slice(struct str s, size_t from, size_t to);
/* Cuts *rest at the first `c`: returns what stood before it and leaves what follows; without a `c`
 * returns all and leaves nothing (ptr NULL).  Loop while rest.ptr. */
struct str str_cut(struct str *rest, char c);
/* Shell-like match: `*` any run, `?` any one byte.  EC2 filters and Karpenter selectors use it. */
bool str_matches(struct str pattern, struct str s);
/* A whole decimal int64 with an optional sign and nothing around it. */
bool str_to_int64(struct str s, int64_t *out);
/* Bytes of the well-formed UTF-8 character at the front; 0 if there is none (s.len > 0).  Over-long
 * forms, surrogates and what lies beyond U+10FFFF are not well-formed. */
size_t str_utf8_length(struct str s);
/* FNV-1a, for maps and spread; not for anything an attacker chooses. */
uint64_t str_hash(struct str s);

#endif
