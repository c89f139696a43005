#include "engine/base/digest.h"
#include "provider/datasources/policy_text.h"
#include "provider/resource/call.h"

struct principals_block {
    struct tf_string type;
    struct tf_strings identifiers;
};
struct condition_block {
    struct tf_string test, variable;
    struct tf_strings values;
};
struct statement {
    struct tf_string effect, sid;
    struct tf_strings actions, not_actions, not_resources, resources;
    struct tf_blocks condition, not_principals, principals;
};
struct document {
    struct tf_string id, json, minified_json, override_json, policy_id, source_json, version;
    struct tf_strings override_policy_documents, source_policy_documents;
    struct tf_blocks statement;
};

/* An old way to say it, of which hashicorp/aws lets nothing pass but the empty text. */
static struct error *check_empty(struct arena *a, struct str value)
{
    if (!value.len)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "this argument takes the empty text alone");
    e->detail = STR("Write source_policy_documents or override_policy_documents, a list.");
    return e;
}

/* clang-format off */
static const struct attr principals_attrs[] = {
    ATTR(principals_block, identifiers, REQUIRED | SET, .describe = "Who: ARNs, accounts, services, or `*`."),
    ATTR(principals_block, type,        REQUIRED, .describe = "What kind of who: `AWS`, `Service`, `Federated`, `CanonicalUser` or `*`."),
};
static const struct model principals_model = MODEL(principals_block, principals_attrs);
static const struct attr condition_attrs[] = {
    ATTR(condition_block, test,     REQUIRED, .describe = "Operator, such as `StringEquals`."),
    ATTR(condition_block, values,   REQUIRED, .describe = "Values of which one has to match."),
    ATTR(condition_block, variable, REQUIRED, .describe = "Key of the request that is looked at, such as `aws:SourceArn`."),
};
static const struct model condition_model = MODEL(condition_block, condition_attrs);
static const struct attr statement_attrs[] = {
    ATTR(statement, actions,        OPTIONAL | SET, .describe = "Actions that it is about."),
    ATTR(statement, condition,      OPTIONAL, .nesting = BLOCK_SET, .nested = &condition_model, .describe = "When it holds. Blocks have to match together."),
    ATTR(statement, effect,         OPTIONAL, .one_of = VALUES("Allow", "Deny"), .describe = "Whether it allows or denies. Unset: `Allow`."),
    ATTR(statement, not_actions,    OPTIONAL | SET, .describe = "Actions that it is not about."),
    ATTR(statement, not_principals, OPTIONAL, .nesting = BLOCK_SET, .nested = &principals_model, .describe = "Whom it is not about."),
    ATTR(statement, not_resources,  OPTIONAL | SET, .describe = "Resources that it is not about."),
    ATTR(statement, principals,     OPTIONAL, .nesting = BLOCK_SET, .nested = &principals_model, .describe = "Whom it is about, in policies of resources and of trust."),
    ATTR(statement, resources,      OPTIONAL | SET, .describe = "ARNs of resources that it is about."),
    ATTR(statement, sid,            OPTIONAL, .describe = "Name of the statement."),
};
static const struct model statement_model = MODEL(statement, statement_attrs);
static const struct attr document_attrs[] = {
    ATTR(document, id,                        OPTIONAL | COMPUTED, .describe = "A checksum of the text."),
    ATTR(document, json,                      COMPUTED, .describe = "The document, indented."),
    ATTR(document, minified_json,             COMPUTED, .describe = "The document without white space."),
    ATTR(document, override_json,             OPTIONAL, .check = check_empty, .deprecated = "Use override_policy_documents instead.", .describe = "Nothing but the empty text."),
    ATTR(document, override_policy_documents, OPTIONAL, .check = check_json, .describe = "Documents that are added after the statements here, in their order. Statements of an equal `sid` are replaced."),
    ATTR(document, policy_id,                 OPTIONAL, .describe = "Id of the document."),
    ATTR(document, source_json,               OPTIONAL, .check = check_empty, .deprecated = "Use source_policy_documents instead.", .describe = "Nothing but the empty text."),
    ATTR(document, source_policy_documents,   OPTIONAL, .check = check_json, .describe = "Documents that come before the statements here. No two of them may have statements of an equal `sid`."),
    ATTR(document, statement,                 OPTIONAL, .nesting = BLOCK_LIST, .nested = &statement_model, .describe = "A statement."),
    ATTR(document, version,                   OPTIONAL, .one_of = VALUES("2008-10-17", "2012-10-17"), .describe = "Version of the policy language. Unset: `2012-10-17`."),
};
/* clang-format on */

static const struct str newest = STR_INIT("2012-10-17"), oldest = STR_INIT("2008-10-17");

/* Variables of policies, which Terraform would take for its own: &{aws:username}. */
static struct str with_variables(struct arena *a, struct str s)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < s.len; i++) {
        bool variable = s.ptr[i] == '&' && i + 1 < s.len && s.ptr[i + 1] == '{';
        buf_add_char(&out, variable ? '$' : s.ptr[i]);
    }
    return buf_str(&out);
}

static struct error *take_strings(struct call *c, const struct document *m, const char *what,
                                  const struct tf_strings *from, struct str **out)
{
    *out = ARENA_ARRAY(c->arena, struct str, from->count + 1);
    for (size_t i = 0; i < from->count; i++) {
        (*out)[i] = with_variables(c->arena, from->v[i]);
        if (str_eq((*out)[i], from->v[i]) || !str_eq(m->version.v, oldest))
            continue;
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "%s has \"" STR_FMT "\"", what, STR_ARG(from->v[i]));
        e->detail = STR("The version 2008-10-17 knows no variables, so no &{ may stand in it.");
        return e;
    }
    return NULL;
}

static struct json set_or_none(struct arena *a, const struct str *strings, size_t count)
{
    return count ? policy_strings(a, strings, count) : (struct json){.kind = JSON_NULL};
}

/* How the SDK writes down a set of strings. */
static void write_set(struct arena *a, struct buf *out, const struct str *strings, size_t count)
{
    struct str *each = ARENA_ARRAY(a, struct str, count + 1);

    for (size_t i = 0; i < count; i++)
        each[i] = arena_printf(a, STR_FMT ";", STR_ARG(strings[i]));
    const size_t *order = policy_set_order(a, each, count);
    for (size_t i = 0; i < count; i++)
        buf_add(out, each[order[i]]);
}

static struct error *principals_of(struct call *c, const struct document *m,
                                   const struct tf_blocks *blocks, struct json *out)
{
    struct arena *a = c->arena;
    struct principal *all = ARENA_ARRAY(a, struct principal, blocks->count + 1);
    struct str *written = ARENA_ARRAY(a, struct str, blocks->count + 1);

    for (size_t i = 0; i < blocks->count; i++) {
        const struct principals_block *b = TF_BLOCK(*blocks, struct principals_block, i);
        struct buf text = buf_in(a);
        buf_add(&text, STR("identifiers:{"));
        write_set(a, &text, b->identifiers.v, b->identifiers.count);
        buf_printf(&text, "};type:" STR_FMT ";", STR_ARG(b->type.v));
        written[i] = buf_str(&text);
    }
    const size_t *order = policy_set_order(a, written, blocks->count);
    for (size_t i = 0; i < blocks->count; i++) {
        const struct principals_block *b = TF_BLOCK(*blocks, struct principals_block, order[i]);
        struct str *who;
        TRY(take_strings(c, m, "identifiers", &b->identifiers, &who));
        all[i] = (struct principal){b->type.v, policy_strings(a, who, b->identifiers.count)};
    }
    *out = policy_principals(a, all, blocks->count);
    return NULL;
}

static struct error *conditions_of(struct call *c, const struct document *m,
                                   const struct tf_blocks *blocks, struct json *out)
{
    struct arena *a = c->arena;
    struct condition *all = ARENA_ARRAY(a, struct condition, blocks->count + 1);
    struct str *written = ARENA_ARRAY(a, struct str, blocks->count + 1);

    for (size_t i = 0; i < blocks->count; i++) {
        const struct condition_block *b = TF_BLOCK(*blocks, struct condition_block, i);
        struct buf text = buf_in(a);
        buf_printf(&text, "test:" STR_FMT ";values:(", STR_ARG(b->test.v));
        for (size_t k = 0; k < b->values.count; k++)
            buf_printf(&text, STR_FMT ";", STR_ARG(b->values.v[k]));
        buf_printf(&text, ");variable:" STR_FMT ";", STR_ARG(b->variable.v));
        written[i] = buf_str(&text);
    }
    const size_t *order = policy_set_order(a, written, blocks->count);
    for (size_t i = 0; i < blocks->count; i++) {
        const struct condition_block *b = TF_BLOCK(*blocks, struct condition_block, order[i]);
        struct json values = json_new_array();
        struct str *texts;
        TRY(take_strings(c, m, "values", &b->values, &texts));
        for (size_t k = 0; k < b->values.count; k++)
            json_add(a, &values, json_new_string(texts[k]));
        all[i] = (struct condition){b->test.v, b->variable.v,
                                    values.count == 1 ? values.items[0] : values};
    }
    *out = policy_conditions(a, all, blocks->count);
    return NULL;
}

static struct error *statement_of(struct call *c, const struct document *m,
                                  const struct statement *s, struct json *out)
{
    struct arena *a = c->arena;
    struct str *resources, *not_resources;
    struct json value;

    *out = json_new_object();
    TRY(take_strings(c, m, "resources", &s->resources, &resources));
    TRY(take_strings(c, m, "not_resources", &s->not_resources, &not_resources));
    if (s->sid.v.len)
        policy_member(a, out, "Sid", json_new_string(s->sid.v));
    policy_member(a, out, "Effect", json_new_string(s->effect.v));
    policy_member(a, out, "Action", set_or_none(a, s->actions.v, s->actions.count));
    policy_member(a, out, "NotAction", set_or_none(a, s->not_actions.v, s->not_actions.count));
    policy_member(a, out, "Resource", set_or_none(a, resources, s->resources.count));
    policy_member(a, out, "NotResource", set_or_none(a, not_resources, s->not_resources.count));
    TRY(principals_of(c, m, &s->principals, &value));
    policy_member(a, out, "Principal", value);
    TRY(principals_of(c, m, &s->not_principals, &value));
    policy_member(a, out, "NotPrincipal", value);
    TRY(conditions_of(c, m, &s->condition, &value));
    policy_member(a, out, "Condition", value);
    return NULL;
}

static struct error *sid_is_new(struct arena *a, const struct policy *own, struct str sid)
{
    for (size_t i = 0; sid.len && i < own->count; i++) {
        if (!str_eq(json_string_or(json_get(&own->statements[i], "Sid"), STR("")), sid))
            continue;
        struct error *e = error_new(a, ERROR_INVALID, "two statements have the Sid \"" STR_FMT "\"",
                                    STR_ARG(sid));
        e->detail = STR("Remove the sid, or make it another.");
        return error_at(e, arena_printf(a, "statement[%zu].sid", own->count));
    }
    return NULL;
}

static struct error *own_statements(struct call *c, const struct document *m, struct policy *own)
{
    for (size_t i = 0; i < m->statement.count; i++) {
        const struct statement *s = TF_BLOCK(m->statement, struct statement, i);
        struct json statement;
        TRY(sid_is_new(c->arena, own, s->sid.v));
        struct error *e = statement_of(c, m, s, &statement);
        if (e)
            return error_in(c->arena, e, "statement[%zu]", i);
        ARENA_PUSH(c->arena, own->statements, own->count, own->capacity, statement);
    }
    return NULL;
}

static void known_set(struct tf_strings *set)
{
    set->state = TF_KNOWN;
}

/* State holds what is left out as hashicorp/aws's has it. */
static void fill_in(struct document *m)
{
    if (TF_IS_NULL(m->version))
        m->version = tf_string_of(newest);
    m->policy_id = tf_string_or_null(m->policy_id.v);
    for (size_t i = 0; i < m->statement.count; i++) {
        struct statement *s = TF_BLOCK(m->statement, struct statement, i);
        if (TF_IS_NULL(s->effect))
            s->effect = tf_string_of(STR("Allow"));
        s->sid = tf_string_of(s->sid.v);
        known_set(&s->actions);
        known_set(&s->not_actions);
        known_set(&s->resources);
        known_set(&s->not_resources);
    }
}

static struct error *document_read(struct call *c, void *model)
{
    struct document *m = model;
    struct arena *a = c->arena;
    struct policy whole = {0};

    fill_in(m);
    struct policy own = {.version = m->version.v, .id = m->policy_id.v};
    TRY(policy_add_texts(a, &whole, m->source_policy_documents.v, m->source_policy_documents.count,
                         "source_policy_documents", true));
    TRY(own_statements(c, m, &own));
    policy_add(a, &whole, &own);
    TRY(policy_add_texts(a, &whole, m->override_policy_documents.v,
                         m->override_policy_documents.count, "override_policy_documents", false));
    m->json = tf_string_of(policy_text(a, &whole, true));
    m->minified_json = tf_string_of(policy_text(a, &whole, false));
    m->id = tf_string_of(arena_printf(a, "%u", (unsigned)crc32_ieee(m->json.v)));
    return NULL;
}

extern const struct resource_type data_aws_iam_policy_document;
const struct resource_type data_aws_iam_policy_document = {
    .name = "aws_iam_policy_document",
    .describe =
        "A policy document in JSON, made of blocks: checked, merged from several, and written "
        "in one way whatever the order here.",
    .notes = "Nobody is asked for it, so it is known in every plan in which its arguments are. "
             "`&{...}` stands for `${...}`, a variable of the policy.",
    .subcategory = "IAM",
    .model = MODEL(document, document_attrs),
    .asks_nobody = true,
    .read = document_read,
};
