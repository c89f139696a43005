#include "engine/objects/class_form.h"

/* Selector terms: which images, subnets and security groups a class means. */

struct alias_row {
    struct str name;
    enum ami_family family;
    bool only_latest;
};
static const struct alias_row aliases[] = {
    {STR_INIT("al2"), FAMILY_AL2, false},
    {STR_INIT("al2023"), FAMILY_AL2023, false},
    {STR_INIT("bottlerocket"), FAMILY_BOTTLEROCKET, false},
    {STR_INIT("windows2019"), FAMILY_WINDOWS_2019, true},
    {STR_INIT("windows2022"), FAMILY_WINDOWS_2022, true},
    {STR_INIT("windows2025"), FAMILY_WINDOWS_2025, true},
};

static const struct alias_row *alias_row(struct str alias, struct str *version)
{
    *version = alias;
    struct str name = str_cut(version, '@');
    for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
        if (str_eq(name, aliases[i].name))
            return &aliases[i];
    return NULL;
}

bool alias_family(struct str alias, enum ami_family *out)
{
    struct str version;
    const struct alias_row *row = alias_row(alias, &version);
    if (row)
        *out = row->family;
    return row != NULL;
}

static void check_alias(struct reader *r, const struct place *at, const struct json *j,
                        const void *filled)
{
    struct str alias = *(const struct str *)filled, version;
    const struct alias_row *row = alias_row(alias, &version);

    if (!row || version.len == 0 || alias.len > 30)
        reader_refuse(r, at, j,
                      "family@version is expected, such as al2023@latest: al2, al2023, "
                      "bottlerocket, windows2019, windows2022 or windows2025, then @latest or a "
                      "version.");
    else if (row->only_latest && !str_eq(version, STR("latest")))
        reader_refuse(r, at, j, "Windows images are known as " STR_FMT "@latest only.",
                      STR_ARG(row->name));
}

/* "ami-0abc", "subnet-0abc", "sg-0abc". */
static void check_id(struct reader *r, const struct place *at, const struct json *j,
                     struct str prefix)
{
    struct str text = j->text;
    bool good = str_starts_with(text, prefix) && text.len > prefix.len;

    for (size_t i = prefix.len; good && i < text.len; i++)
        good = (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
               (text.ptr[i] >= 'a' && text.ptr[i] <= 'z');
    if (!good)
        reader_refuse(r, at, j, "An id such as " STR_FMT "0a1b2c3d4e5f is expected.",
                      STR_ARG(prefix));
}

static void check_image_id(struct reader *r, const struct place *at, const struct json *j,
                           const void *filled)
{
    (void)filled;
    check_id(r, at, j, STR("ami-"));
}

static void check_subnet_id(struct reader *r, const struct place *at, const struct json *j,
                            const void *filled)
{
    (void)filled;
    check_id(r, at, j, STR("subnet-"));
}

static void check_group_id(struct reader *r, const struct place *at, const struct json *j,
                           const void *filled)
{
    (void)filled;
    check_id(r, at, j, STR("sg-"));
}

static void check_some_text(struct reader *r, const struct place *at, const struct json *j,
                            const void *filled)
{
    if (((const struct str *)filled)->len == 0)
        reader_refuse(r, at, j, "Some text is expected: leave the attribute out to ask nothing.");
}

static void check_term_tags(struct reader *r, const struct place *at, const struct json *j,
                            const void *filled)
{
    const struct labels *tags = filled;

    for (size_t i = 0; i < tags->count; i++) {
        struct place each = place_key(at, tags->items[i].key);
        if (tags->items[i].key.len == 0 || tags->items[i].value.len == 0)
            reader_fault(r, &each, j, STR("is an empty tag"),
                         STR("A key and a value are needed; the value \"*\" stands for any."));
    }
}

static bool is_set(const struct json *term, const char *name)
{
    const struct json *j = json_get(term, name);
    return j->kind != JSON_NULL && !(j->kind == JSON_OBJECT && j->count == 0);
}

/* How many of `names` the term sets. */
static size_t count_set(const struct json *term, const char *const *names)
{
    size_t count = 0;
    for (size_t i = 0; names[i]; i++)
        count += is_set(term, names[i]);
    return count;
}

/* `alone` stand by themselves: an id, an alias or a parameter says everything. */
static void check_term(struct reader *r, const struct place *at, const struct json *j,
                       const char *const *keys, const char *const *alone, const char *needed)
{
    if (count_set(j, keys) == 0)
        reader_fault(r, at, j, STR("selects nothing"), str_of(needed));
    for (size_t i = 0; alone[i]; i++)
        if (is_set(j, alone[i]) && count_set(j, keys) + is_set(j, "owner") > 1) {
            struct place here = place_member(at, alone[i]);
            reader_fault(r, &here, j, STR("does not stand alone"),
                         arena_printf(r->keep,
                                      "A term with %s says everything by it: move what else it "
                                      "says to a term of its own, or remove it.",
                                      alone[i]));
            return;
        }
}

static void check_image_term(struct reader *r, const struct place *at, const struct json *j,
                             const void *filled)
{
    (void)filled;
    check_term(r, at, j, WORDS("alias", "id", "name", "ssm_parameter", "tags"),
               WORDS("alias", "id", "ssm_parameter"),
               "Set alias, id, ssm_parameter, name or tags (owner narrows name and tags).");
}

static void check_subnet_term(struct reader *r, const struct place *at, const struct json *j,
                              const void *filled)
{
    (void)filled;
    check_term(r, at, j, WORDS("id", "tags"), WORDS("id"), "Set id or tags.");
}

static void check_group_term(struct reader *r, const struct place *at, const struct json *j,
                             const void *filled)
{
    (void)filled;
    check_term(r, at, j, WORDS("id", "name", "tags"), WORDS("id"), "Set id, name or tags.");
}

static const struct field image_term_fields[] = {
    FIELD(STRING, selector_term, alias, .check = check_alias),
    FIELD(STRING, selector_term, id, .check = check_image_id),
    FIELD(STRING, selector_term, name, .check = check_some_text),
    FIELD(STRING, selector_term, owner, .check = check_some_text),
    FIELD(STRING, selector_term, ssm_parameter, .check = check_some_text),
    FIELD(MAP, selector_term, tags, .max = 20, .check = check_term_tags),
};
const struct form image_term_form =
    FORM(selector_term, image_term_fields, .check = check_image_term);

static const struct field subnet_term_fields[] = {
    FIELD(STRING, selector_term, id, .check = check_subnet_id),
    FIELD(MAP, selector_term, tags, .max = 20, .check = check_term_tags),
};
const struct form subnet_term_form =
    FORM(selector_term, subnet_term_fields, .check = check_subnet_term);

static const struct field group_term_fields[] = {
    FIELD(STRING, selector_term, id, .check = check_group_id),
    FIELD(STRING, selector_term, name, .check = check_some_text),
    FIELD(MAP, selector_term, tags, .max = 20, .check = check_term_tags),
};
const struct form group_term_form =
    FORM(selector_term, group_term_fields, .check = check_group_term);

void check_image_terms(struct reader *r, const struct place *at, const struct json *j,
                       const void *filled)
{
    (void)filled;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(at, i), alias = place_member(&each, "alias");
        if (j->count > 1 && is_set(&j->items[i], "alias"))
            reader_fault(r, &alias, j, STR("stands beside other terms"),
                         STR("An alias must be the only term of ami_selector."));
    }
}
