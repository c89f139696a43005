#include "provider/grammar/policy.h"

#include "provider/grammar/policy_parts.h"

/* The document and its statements; what stands in them is in the files beside this one. */

static const struct policy_rules rules_of[] = {
    /* "Policy document must be version 2012-10-17 or greater" is said of managed ones alone. */
    [POLICY_MANAGED] = {.name = "a managed policy",
                        .of_iam = true,
                        .is_2012 = true,
                        .resources = true,
                        .most_characters = MOST_MANAGED_CHARACTERS},
    [POLICY_INLINE] = {.name = "an inline policy",
                       .of_iam = true,
                       .resources = true,
                       .most_characters = MOST_INLINE_CHARACTERS},
    /* The quota is 2048 characters, and more for those who asked for more: never as many as this.
     */
    [POLICY_TRUST] = {.name = "a trust policy",
                      .of_iam = true,
                      .service = "sts",
                      .principals = true,
                      .most_characters = 8192},
    [POLICY_QUEUE] = {.name = "a queue's policy",
                      .service = "sqs",
                      .principals = true,
                      .resources = true,
                      .most_characters = 8192,
                      .most_statements = 20,
                      .most_actions = 7},
    [POLICY_BUS] = {.name = "an event bus's policy",
                    .service = "events",
                    .principals = true,
                    .resources = true,
                    .most_characters = 10240},
};

void each_text(struct policy_reader *r, const struct spot *at,
               void (*check)(struct policy_reader *r, const struct spot *at))
{
    const struct json *value = at->value;

    if (value->kind == JSON_STRING) {
        check(r, at);
        return;
    }
    if (value->kind != JSON_ARRAY || !value->count) {
        fault(
            &r->faults, at,
            arena_printf(r->faults.arena, "it is " STR_FMT, STR_ARG(shown(r->faults.arena, value))),
            STR("It must be a text, or a list of texts that is not empty."));
        return;
    }
    for (size_t i = 0; i < value->count; i++) {
        struct spot item = spot_item(at, i);
        if (item.value->kind == JSON_STRING)
            check(r, &item);
        else
            fault(&r->faults, &item,
                  arena_printf(r->faults.arena, "it is " STR_FMT,
                               STR_ARG(shown(r->faults.arena, item.value))),
                  STR("It must be a text."));
    }
}

/* Whether an object has the member, which is then described. */
static bool find(const struct spot *object, const char *key, struct spot *out)
{
    for (size_t i = 0; i < object->value->count; i++)
        if (str_eq(object->value->keys[i], str_of(key))) {
            *out = spot_member(object, i);
            return true;
        }
    return false;
}

static bool equal_but_for_case(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (char_lower(a.ptr[i]) != char_lower(b.ptr[i]))
            return false;
    return true;
}

/* Elements are told by case, so the likeliest slip is named. */
static void check_elements(struct policy_reader *r, const struct spot *object,
                           const char *const *known)
{
    struct arena *a = r->faults.arena;

    for (size_t i = 0; i < object->value->count; i++) {
        struct spot member = spot_member(object, i);
        struct str allowed =
            arena_printf(a, "Elements here: " STR_FMT ".", STR_ARG(one_of(a, known)));
        if (is_one_of(member.key, known))
            continue;
        for (size_t k = 0; known[k]; k++)
            if (equal_but_for_case(member.key, str_of(known[k])))
                allowed = arena_printf(a, "It is written \"%s\".", known[k]);
        fault(&r->faults, &member, STR("no element of a policy has this name"), allowed);
    }
}

/* Of two that exclude each other; `name` is the first of them, "Action" of "NotAction". */
static bool check_one(struct policy_reader *r, const struct spot *statement, const char *name,
                      const char *inverse, struct spot *out)
{
    struct arena *a = r->faults.arena;
    bool plain = find(statement, name, out);

    if (plain && find(statement, inverse, out)) {
        fault(&r->faults, out, arena_printf(a, "it stands beside \"%s\"", name),
              STR("A statement has one of the two."));
        return false;
    }
    return plain || find(statement, inverse, out);
}

static void check_effect(struct policy_reader *r, const struct spot *statement)
{
    static const char *const effects[] = {"Allow", "Deny", NULL};
    struct spot effect;
    const struct str allowed = STR("It must be \"Allow\" or \"Deny\", in this writing.");

    if (!find(statement, "Effect", &effect))
        fault(&r->faults, statement, STR("the statement has no \"Effect\""), allowed);
    else if (effect.value->kind != JSON_STRING || !is_one_of(effect.value->text, effects))
        fault(&r->faults, &effect,
              arena_printf(r->faults.arena, "it is " STR_FMT,
                           STR_ARG(shown(r->faults.arena, effect.value))),
              allowed);
}

static bool is_alphanumeric(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = char_lower(text.ptr[i]);
        if (!char_is_digit(c) && (c < 'a' || c > 'z'))
            return false;
    }
    return true;
}

/* Where an earlier statement has the id, of which there are few: the document has its quota. */
static bool is_taken(const struct spot *statement, struct str sid)
{
    for (size_t i = 0; i < statement->index; i++)
        if (str_eq(json_string_or(json_get(&statement->of->value->items[i], "Sid"), STR("")), sid))
            return true;
    return false;
}

static void check_sid(struct policy_reader *r, const struct spot *statement)
{
    struct spot sid;

    if (!find(statement, "Sid", &sid))
        return;
    if (sid.value->kind != JSON_STRING)
        fault(&r->faults, &sid, STR("it is no text"), STR("A statement's id is a text."));
    else if (r->rules->of_iam && !is_alphanumeric(sid.value->text))
        fault(&r->faults, &sid,
              arena_printf(r->faults.arena, "it is " STR_FMT,
                           STR_ARG(quoted(r->faults.arena, sid.value->text))),
              STR("IAM allows letters and digits: [0-9A-Za-z]*."));
    else if (r->rules->of_iam && sid.value->text.len && statement->of->value->kind == JSON_ARRAY &&
             is_taken(statement, sid.value->text))
        fault(&r->faults, &sid,
              arena_printf(r->faults.arena, "an earlier statement has the id " STR_FMT,
                           STR_ARG(quoted(r->faults.arena, sid.value->text))),
              STR("Ids of statements are unique within a policy."));
}

static void check_actions(struct policy_reader *r, const struct spot *statement)
{
    struct spot actions;
    size_t most = r->rules->most_actions;

    if (!check_one(r, statement, "Action", "NotAction", &actions)) {
        struct spot none;
        if (!find(statement, "Action", &none))
            fault(&r->faults, statement,
                  STR("the statement has neither \"Action\" nor \"NotAction\""),
                  STR("One of them is required."));
        return;
    }
    each_text(r, &actions, check_action);
    if (most && actions.value->kind == JSON_ARRAY && actions.value->count > most)
        fault(&r->faults, &actions,
              arena_printf(r->faults.arena, "it has %zu actions", actions.value->count),
              arena_printf(r->faults.arena, "A statement of %s has %zu at most.", r->rules->name,
                           most));
}

static void check_resources(struct policy_reader *r, const struct spot *statement)
{
    struct spot resources, both;

    if (!check_one(r, statement, "Resource", "NotResource", &resources)) {
        if (r->rules->resources && !find(statement, "Resource", &both))
            fault(&r->faults, statement,
                  STR("the statement has neither \"Resource\" nor \"NotResource\""),
                  STR("One of them is required."));
        return;
    }
    if (!r->rules->resources)
        fault(&r->faults, &resources, STR("a trust policy names no resources"),
              STR("Leave it out: the role that has the policy is what it is about."));
    else
        each_text(r, &resources, check_resource);
}

static void check_principals(struct policy_reader *r, const struct spot *statement)
{
    struct spot principals, both;
    struct arena *a = r->faults.arena;

    if (!check_one(r, statement, "Principal", "NotPrincipal", &principals)) {
        if (r->rules->principals && !find(statement, "Principal", &both))
            fault(&r->faults, statement, STR("the statement has no \"Principal\""),
                  arena_printf(a,
                               "%s says whom it is about, for example { \"Service\": "
                               "\"ec2.amazonaws.com\" }.",
                               r->rules->name));
        return;
    }
    if (!r->rules->principals)
        fault(&r->faults, &principals, arena_printf(a, "%s has no principals", r->rules->name),
              STR("Leave it out: whom it is attached to is whom it is about."));
    else if (!r->rules->resources && str_eq(principals.key, STR("NotPrincipal")))
        fault(&r->faults, &principals, STR("a trust policy has no \"NotPrincipal\""),
              STR("Name those who may take the role, or leave some out by a condition."));
    else
        check_principal(r, &principals);
}

static void check_statement(struct policy_reader *r, const struct spot *statement)
{
    static const char *const elements[] = {"Sid",       "Effect",    "Principal", "NotPrincipal",
                                           "Action",    "NotAction", "Resource",  "NotResource",
                                           "Condition", NULL};
    struct spot condition;

    if (statement->value->kind != JSON_OBJECT) {
        fault(&r->faults, statement,
              arena_printf(r->faults.arena, "it is " STR_FMT,
                           STR_ARG(shown(r->faults.arena, statement->value))),
              STR("A statement is an object with \"Effect\", \"Action\" and so on."));
        return;
    }
    check_elements(r, statement, elements);
    check_sid(r, statement);
    check_effect(r, statement);
    check_principals(r, statement);
    check_actions(r, statement);
    check_resources(r, statement);
    if (find(statement, "Condition", &condition))
        check_condition(r, &condition);
}

static void check_statements(struct policy_reader *r, const struct spot *document)
{
    struct spot all;
    size_t most = r->rules->most_statements;

    if (!find(document, "Statement", &all)) {
        fault(&r->faults, document, STR("the document has no \"Statement\""),
              STR("It is required: a list of statements."));
        return;
    }
    if (all.value->kind == JSON_OBJECT) {
        check_statement(r, &all);
        return;
    }
    if (all.value->kind != JSON_ARRAY || !all.value->count)
        fault(&r->faults, &all,
              arena_printf(r->faults.arena, "it is " STR_FMT,
                           STR_ARG(shown(r->faults.arena, all.value))),
              STR("It must be a list of statements that is not empty."));
    if (most && all.value->count > most)
        fault(&r->faults, &all,
              arena_printf(r->faults.arena, "it has %zu statements", all.value->count),
              arena_printf(r->faults.arena, "%s has %zu at most.", r->rules->name, most));
    for (size_t i = 0; all.value->kind == JSON_ARRAY && i < all.value->count; i++) {
        struct spot statement = spot_item(&all, i);
        check_statement(r, &statement);
    }
}

static void check_version(struct policy_reader *r, const struct spot *document)
{
    static const char *const versions[] = {"2012-10-17", "2008-10-17", NULL};
    const struct str allowed = r->rules->is_2012
                                   ? STR("It must be \"2012-10-17\".")
                                   : STR("It must be \"2012-10-17\", or the older \"2008-10-17\".");
    struct spot version;
    bool there = find(document, "Version", &version);

    if (!there && r->rules->is_2012)
        fault(&r->faults, document, STR("the document has no \"Version\""), allowed);
    if (!there)
        return;
    struct str text = json_string_or(version.value, STR(""));
    r->has_variables = str_eq(text, str_of(versions[0]));
    if (!is_one_of(text, versions) || (r->rules->is_2012 && !r->has_variables))
        fault(&r->faults, &version,
              arena_printf(r->faults.arena, "it is " STR_FMT,
                           STR_ARG(shown(r->faults.arena, version.value))),
              allowed);
}

/* The first character of UTF-8, which json_parse does not look into. */
static uint32_t character(struct str s, size_t *bytes)
{
    unsigned char lead = (unsigned char)s.ptr[0];

    *bytes = str_utf8_length(s);
    if (*bytes != 2)
        return *bytes == 1 ? lead : UINT32_MAX;
    return (uint32_t)(lead & 0x1f) << 6 | ((unsigned char)s.ptr[1] & 0x3f);
}

static void check_characters(struct policy_reader *r, const struct spot *at, struct str text)
{
    for (size_t i = 0, bytes; i < text.len; i += bytes ? bytes : 1) {
        uint32_t c = character(str_slice(text, i, text.len), &bytes);
        if (c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xff))
            continue;
        fault(&r->faults, at,
              arena_printf(r->faults.arena, "it has a character that IAM does not take in " STR_FMT,
                           STR_ARG(quoted(r->faults.arena, text))),
              STR("IAM takes those of Latin-1, U+0020 to U+00FF, tabs and line ends."));
        return;
    }
}

/* The Latin-1 of IAM holds for keys and texts wherever they stand. */
static void check_latin(struct policy_reader *r, const struct spot *at)
{
    const struct json *value = at->value;

    if (value->kind == JSON_STRING)
        check_characters(r, at, value->text);
    for (size_t i = 0; i < value->count; i++) {
        bool of_object = value->kind == JSON_OBJECT;
        struct spot child = of_object ? spot_member(at, i) : spot_item(at, i);
        if (of_object)
            check_characters(r, &child, child.key);
        check_latin(r, &child);
    }
}

static size_t characters_of(struct arena *a, const struct json *document)
{
    struct buf text = buf_in(a);
    size_t count = 0;

    json_print(&text, document, false);
    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.ptr[i] == ' '; /* others are escaped */
        count += !blank && ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return count;
}

size_t policy_characters(struct arena *a, struct str text)
{
    struct json document;

    return json_parse(a, text, &document) ? 0 : characters_of(a, &document);
}

struct error *advise_trust_policy(struct arena *a, struct str value)
{
    size_t count = policy_characters(a, value);

    if (count <= TRUST_CHARACTERS)
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "the trust policy has %zu characters without blanks", count);
    e->detail =
        arena_printf(a, "IAM takes %d, unless the account's quota was raised.", TRUST_CHARACTERS);
    return e;
}

/* A document that is too long is not read further, so all that follows may take its time. */
static bool check_size(struct policy_reader *r, const struct spot *document)
{
    size_t count = characters_of(r->faults.arena, document->value);

    if (count <= r->rules->most_characters)
        return true;
    fault(&r->faults, document,
          arena_printf(r->faults.arena, "the document has %zu characters", count),
          arena_printf(r->faults.arena, "%s has %zu at most, white space not counted.",
                       r->rules->name, r->rules->most_characters));
    return false;
}

static void check_document(struct policy_reader *r, const struct spot *document)
{
    /* IAM was seen to take "Conditions", which says nothing. */
    static const char *const elements[] = {"Version", "Id", "Statement", "Conditions", NULL};
    struct spot id;

    if (!check_size(r, document))
        return;
    check_elements(r, document, elements);
    check_version(r, document);
    if (find(document, "Id", &id) && id.value->kind != JSON_STRING)
        fault(&r->faults, &id, STR("it is no text"), STR("A document's id is a text."));
    check_statements(r, document);
    if (r->rules->of_iam)
        check_latin(r, document);
}

struct error *policy_check(struct arena *a, enum policy_kind kind, struct str text)
{
    struct policy_reader r = {.faults = {.arena = a, .text = text}, .rules = &rules_of[kind]};
    struct json document = {0};

    if (text.len)
        TRY(faults_begin(&r.faults, &document));
    if (document.kind != JSON_OBJECT || !document.count) {
        struct error *e = error_new(a, ERROR_INVALID, "not a policy document");
        e->detail = STR("A policy is a JSON object that is not empty; jsonencode({ Version = "
                        "\"2012-10-17\", Statement = [...] }) makes one.");
        return e;
    }
    struct spot whole = spot_of(&document);
    check_document(&r, &whole);
    return r.faults.errors;
}

struct error *check_managed_policy(struct arena *a, struct str value)
{
    return policy_check(a, POLICY_MANAGED, value);
}

struct error *check_inline_policy(struct arena *a, struct str value)
{
    return policy_check(a, POLICY_INLINE, value);
}

struct error *check_trust_policy(struct arena *a, struct str value)
{
    return policy_check(a, POLICY_TRUST, value);
}

struct error *check_queue_policy(struct arena *a, struct str value)
{
    return value.len ? policy_check(a, POLICY_QUEUE, value) : NULL;
}

struct error *check_bus_policy(struct arena *a, struct str value)
{
    return policy_check(a, POLICY_BUS, value);
}
