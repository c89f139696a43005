#include "provider/resources/managed_policies.h"

#include "engine/objects/builtin.h"
#include "provider/grammar/arn.h"

/* The whole line that ends in `name`, where `before` stands in front of it: a line end or, of a
 * policy with a path, a slash. */
static struct str line_with(struct arena *a, char before, struct str name)
{
    struct str all = str_of(builtin_managed_policies);
    struct str wanted = arena_printf(a, "%c" STR_FMT "\n", before, STR_ARG(name));
    size_t begin = str_find_str(all, wanted), end = begin + wanted.len - 1;

    if (begin == all.len)
        return (struct str){0};
    while (begin && all.ptr[begin] != '\n')
        begin--;
    return str_slice(all, begin + 1, end);
}

/* The same policy under its right path, which is what is mostly wrong. */
static struct str meant(struct arena *a, struct str name)
{
    struct str rest = name, last = name;

    while (rest.ptr)
        last = str_cut(&rest, '/');
    struct str with_path = line_with(a, '/', last);
    return with_path.len ? with_path : line_with(a, '\n', last);
}

struct error *advise_managed_policy(struct arena *a, struct str text)
{
    struct arn_pattern arn = arn_pattern_split(text);
    struct str name = arn.resource;

    str_cut(&name, '/');
    if (!str_eq(arn.account, STR("aws")) || !str_eq(arn.partition, STR("aws")) || !name.len ||
        line_with(a, '\n', name).len)
        return NULL;
    struct str other = meant(a, name);
    struct error *e = error_new(a, ERROR_INVALID, "AWS may have no managed policy \"" STR_FMT "\"",
                                STR_ARG(name));
    e->detail = arena_printf(a, "There was none on " BUILTIN_MANAGED_POLICIES_OF ".%s" STR_FMT "%s",
                             other.len ? " There is \"arn:aws:iam::aws:policy/" : "",
                             STR_ARG(other), other.len ? "\"." : "");
    return e;
}
