#include "engine/adapters/ec2_names.h"

#include "engine/base/digest.h"

enum { NAME_MOST = 128, DIGITS = 16 };

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static struct str digest(struct arena *a, struct str text)
{
    return str_slice(sha256_hex(a, text), 0, DIGITS);
}

/* At most `most` bytes of it, each a letter, a digit, one of `others`, or else a dash. */
static struct str fit(struct arena *a, struct str text, struct str others, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    char *fitting = arena_alloc(a, len + 1);

    for (size_t i = 0; i < len; i++) {
        char c = text.ptr[i];
        bool fits = is_letter_or_digit(c) || str_find(others, c) < others.len;
        fitting[i] = fits ? c : '-';
    }
    return (struct str){fitting, len};
}

struct str ec2_template_name(struct arena *a, struct str cluster, struct str content)
{
    const struct str lead = STR("tenon/");
    struct str readable = fit(a, cluster, STR("()./_-"), NAME_MOST - lead.len - 1 - DIGITS);

    return arena_printf(a, STR_FMT STR_FMT "/" STR_FMT, STR_ARG(lead), STR_ARG(readable),
                        STR_ARG(digest(a, content)));
}

struct str ec2_profile_name(struct arena *a, struct str cluster, struct str node_class,
                            struct str region)
{
    struct str name = arena_printf(a, "tenon-" STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(cluster),
                                   STR_ARG(node_class), STR_ARG(region));

    if (str_eq(fit(a, name, STR("_+=,.@-"), NAME_MOST), name))
        return name;
    return arena_printf(a, STR_FMT "." STR_FMT,
                        STR_ARG(fit(a, name, STR("_+=,.@-"), NAME_MOST - 1 - DIGITS)),
                        STR_ARG(digest(a, name)));
}
