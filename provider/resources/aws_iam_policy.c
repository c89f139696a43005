#include "engine/aws/iam.h"
#include "engine/base/digest.h"
#include "provider/grammar/names.h"
#include "provider/grammar/policy.h"
#include "provider/resource/wire.h"
#include "provider/resources/shared.h"

struct policy {
    struct tf_string arn, description, id, name, name_prefix, path, policy, policy_id;
    struct tf_int attachment_count, delay_after_policy_creation_in_ms;
    struct tf_map tags, tags_all;
};

/* clang-format off */
static const struct attr policy_attrs[] = {
    ATTR(policy, arn,              COMPUTED, .arn = "arn:{partition}:iam::{account}:policy{path}{name}", .describe = "ARN of the policy."),
    ATTR(policy, attachment_count, COMPUTED | FOLLOWS, .describe = "How many users, groups and roles it is attached to."),
    ATTR(policy, delay_after_policy_creation_in_ms, OPTIONAL, .describe = "Milliseconds between the making of a new version and its coming into force. Unset: it is in force at once."),
    ATTR(policy, description,      OPTIONAL | FORCE_NEW | EMPTY_OK, .max = 1000, .check = check_iam_description, .describe = "Description. IAM cannot change it later."),
    ATTR(policy, id,               COMPUTED, .describe = "ARN of the policy."),
    ATTR(policy, name,             OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 128, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name_prefix", .describe = "Name. Unset: made up."),
    ATTR(policy, name_prefix,      OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 102, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name", .describe = "What a made-up name begins with."),
    ATTR(policy, path,             OPTIONAL | FORCE_NEW, .dflt = "/", .max = 512, .check = check_policy_path, .describe = "Path of the name within IAM."),
    ATTR(policy, policy,           REQUIRED, .check = check_managed_policy, .review = REVIEW_IDENTITY_POLICY, .equal = equal_iam_policy, .normal = normal_json, .describe = "Policy document. A change makes a new default version; of five versions the oldest goes."),
    ATTR(policy, policy_id,        COMPUTED, .describe = "Id by which IAM tells it from an earlier policy of the name."),
    ATTR(policy, tags,             OPTIONAL | EMPTY_OK, .check_map = check_iam_tags, .describe = "Tags of the policy."),
    ATTR(policy, tags_all,         OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
};
/* clang-format on */

/* A policy made a moment ago may not be known everywhere in IAM; one that was detached just now may
 * still count as attached. */
static const int64_t consistency_ms = 30 * 1000;
/* IAM keeps so many versions of a document, the one in force included. */
enum { MOST_VERSIONS = 5 };

/* Which version's document it is that state holds, kept beside state: the document of a version
 * never changes, no id is given to two versions of a policy, and a policy made anew has another id
 * itself.  So what was read once need not be read again.  The digest is that of the text in state,
 * lest somebody else wrote another one there. */
static const char version_key[] = "version";

static void note_version(struct call *c, struct str policy_id, struct str version,
                         struct str document)
{
    struct str digest = sha256_hex(c->arena, document);
    bool told = policy_id.len && version.len;

    call_set_private(c, version_key,
                     told ? arena_printf(c->arena, STR_FMT "/" STR_FMT "/" STR_FMT,
                                         STR_ARG(policy_id), STR_ARG(version), STR_ARG(digest))
                          : STR(""));
}

static bool is_noted(struct call *c, const struct iam_policy *found, struct str document)
{
    struct str noted = call_private(c, version_key);
    struct str policy_id = str_cut(&noted, '/'), version = str_cut(&noted, '/');

    return found->id.len && str_eq(policy_id, found->id) &&
           str_eq(version, found->default_version) && str_eq(noted, sha256_hex(c->arena, document));
}

static const struct tags_api policy_tags = {iam_tag_policy, iam_untag_policy};

struct creation {
    struct iam_policy_new wanted;
    struct iam_policy made;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return iam_create_policy(&aws, &creation->wanted, &creation->made);
}

/* A policy goes by its ARN, which can be told beforehand when the account is known. */
static struct str arn_of(struct call *c, void *self)
{
    const struct creation *creation = self;
    const struct iam_policy_new *wanted = &creation->wanted;
    struct str account;

    if (creation->made.arn.len)
        return creation->made.arn;
    if (call_account_id(c, &account) || !account.len)
        return STR("");
    return arena_printf(c->arena, "arn:" STR_FMT ":iam::" STR_FMT ":policy" STR_FMT STR_FMT,
                        STR_ARG(call_partition(c)), STR_ARG(account), STR_ARG(wanted->path),
                        STR_ARG(wanted->name));
}

static struct error *look(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    struct str arn = arn_of(c, self);

    if (!arn.len)
        return error_new(c->arena, ERROR_INVALID, "the account is not known");
    return iam_get_policy(&aws, arn, &creation->made);
}

static struct error *policy_create(struct call *c, void *model)
{
    struct policy *m = model;

    name_make(c, &m->name, &m->name_prefix, (struct str){0});
    struct creation creation = {
        .wanted =
            {
                .name = m->name.v,
                .path = m->path.v,
                .description = m->description.v,
                .document = m->policy.v,
                .tags = tags_of_new(c, &m->tags),
            },
    };
    struct named_create how = {
        .create = create_attempt,
        .look = look,
        .limit_ms = consistency_ms,
        .create_date = &creation.made.create_date,
        .self = &creation,
        .name = m->name.v,
        .id = arn_of,
    };
    TRY(create_named(c, &how, &m->id));
    m->arn = m->id;
    m->policy_id = tf_string_of(creation.made.id);
    m->attachment_count = tf_int_of(creation.made.attachment_count);
    note_version(c, creation.made.id, creation.made.default_version, m->policy.v);
    return keep_trying(c, consistency_ms, look, is_missing_or_not_yet, &creation);
}

/* The document in force, as state has it if that means the same. */
static struct error *read_document(struct call *c, const struct iam_policy *found,
                                   struct tf_string *document)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_policy_version version;

    if (is_noted(c, found, document->v))
        return NULL;
    TRY(iam_get_policy_version(&aws, found->arn, found->default_version, &version));
    struct str normal = normal_json(c->arena, version.document);
    if (!equal_iam_policy(c->arena, document->v, normal))
        *document = tf_string_of(normal);
    note_version(c, found->id, found->default_version, document->v);
    return NULL;
}

static struct error *policy_read(struct call *c, void *model)
{
    struct policy *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_policy found;

    TRY(iam_get_policy(&aws, m->id.v, &found));
    TRY(no_stranger(c, found.name, date_ms(found.create_date)));
    TRY(read_document(c, &found, &m->policy));
    struct tf_map tags = tags_from_aws(c, &found.tags);
    m->arn = tf_string_of(found.arn);
    m->attachment_count = tf_int_of(found.attachment_count);
    m->description = tf_string_of(found.description);
    m->name = tf_string_of(found.name);
    m->name_prefix = name_prefix_of(c, found.name, (struct str){0});
    m->path = tf_string_of(found.path);
    m->policy_id = tf_string_of(found.id);
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
    return NULL;
}

/* Versions are numbered as they are made, "v7", and a number is never given twice. */
static int64_t version_number(struct str id)
{
    int64_t number;

    return str_starts_with(id, STR("v")) && str_to_int64(str_slice(id, 1, id.len), &number)
               ? number
               : INT64_MAX;
}

/* Room for one more version: of those that are not in force the oldest goes, by number, for dates
 * tie where changes follow within a second, and the order of IAM's list is promised nowhere. */
static struct error *make_room(struct call *c, struct str arn)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_policy_versions versions = {0};
    struct iam_policy_version *oldest = NULL;

    TRY(iam_list_policy_versions(&aws, arn, &versions));
    if (versions.count < MOST_VERSIONS)
        return NULL;
    for (size_t i = 0; i < versions.count; i++) {
        struct iam_policy_version *v = &versions.items[i];
        if (!v->is_default && (!oldest || version_number(v->id) < version_number(oldest->id)))
            oldest = v;
    }
    return oldest ? gone_is_fine(iam_delete_policy_version(&aws, arn, oldest->id)) : NULL;
}

static struct error *in_force(struct call *c, struct str arn, struct str *document)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_policy found;
    struct iam_policy_version version;

    TRY(iam_get_policy(&aws, arn, &found));
    TRY(iam_get_policy_version(&aws, arn, found.default_version, &version));
    *document = version.document;
    return NULL;
}

/* Sent twice it makes two versions, so after a lost answer it is looked whether it came about. */
static struct error *put_version(struct call *c, const struct policy *m, struct str *version)
{
    struct aws_call aws = aws_call_of(c);
    struct str document;

    TRY(make_room(c, m->id.v));
    struct error *e = iam_create_policy_version(&aws, m->id.v, m->policy.v, true, version);
    if (!e || !e->outcome_unknown || in_force(c, m->id.v, &document))
        return e;
    if (equal_iam_policy(c->arena, document, m->policy.v))
        return NULL;
    return iam_create_policy_version(&aws, m->id.v, m->policy.v, true, version);
}

/* The version is known everywhere in IAM before it is in force, if the wait is long enough: nobody
 * is without permissions meanwhile.  A version that never came into force is only one of five. */
static struct error *put_version_in_two_steps(struct call *c, const struct policy *m,
                                              struct str *version)
{
    struct aws_call aws = aws_call_of(c);

    TRY(make_room(c, m->id.v));
    TRY(iam_create_policy_version(&aws, m->id.v, m->policy.v, false, version));
    if (cancel_wait_ms(c->cancel, m->delay_after_policy_creation_in_ms.v))
        return error_new(c->arena, ERROR_CANCELLED, "stopped before the new version was in force");
    return iam_set_default_policy_version(&aws, m->id.v, *version);
}

static struct error *document_make_so(struct call *c, const struct policy *m)
{
    struct str version;

    call_set_private(c, version_key, STR(""));
    TRY(TF_IS_KNOWN(m->delay_after_policy_creation_in_ms) ? put_version_in_two_steps(c, m, &version)
                                                          : put_version(c, m, &version));
    note_version(c, m->policy_id.v, version, m->policy.v);
    return NULL;
}

static struct error *policy_update(struct call *c, const void *prior, void *model)
{
    const struct policy *was = prior;
    struct policy *m = model;

    if (!equal_iam_policy(c->arena, was->policy.v, m->policy.v))
        TRY(error_at(document_make_so(c, m), STR("policy")));
    call_applied(c, "policy");
    TRY(tags_update(c, &policy_tags, m->id.v, &was->tags_all, &m->tags_all));
    struct aws_call aws = aws_call_of(c);
    struct iam_policy found;
    TRY(iam_get_policy(&aws, m->id.v, &found));
    m->attachment_count = tf_int_of(found.attachment_count);
    return NULL;
}

/* IAM lets a policy go only when the version in force is its last; a list may be out of date. */
static struct error *delete_attempt(struct call *c, void *self)
{
    const struct policy *m = self;
    struct aws_call aws = aws_call_of(c);
    struct iam_policy_versions versions = {0};

    TRY(iam_list_policy_versions(&aws, m->id.v, &versions));
    for (size_t i = 0; i < versions.count; i++)
        if (!versions.items[i].is_default)
            TRY(gone_is_fine(iam_delete_policy_version(&aws, m->id.v, versions.items[i].id)));
    return iam_delete_policy(&aws, m->id.v);
}

static struct error *policy_destroy(struct call *c, const void *prior)
{
    struct policy m = *(const struct policy *)prior;

    return keep_trying(c, consistency_ms, delete_attempt, is_conflict, &m);
}

static struct error *policy_import(struct call *c, struct str id, void *model)
{
    struct policy *m = model;

    if (!str_starts_with(id, STR("arn:")) || str_find_str(id, STR(":policy/")) == id.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the policy's ARN: arn:aws:iam::123456789012:policy/my-policy.");
        return e;
    }
    m->id = tf_string_of(id);
    return NULL;
}

extern const struct resource_type aws_iam_policy;
const struct resource_type aws_iam_policy = {
    .name = "aws_iam_policy",
    .describe = "A managed IAM policy, to be attached to roles, users and groups.",
    .subcategory = "IAM",
    .import_id = "{arn}",
    .import_says = "the policy's ARN, such as `arn:aws:iam::123456789012:policy/read-reports`",
    .model = MODEL(policy, policy_attrs),
    .identity = {.required = "arn"},
    .blame = BLAME({"EntityAlreadyExists*", NULL, "name"}, {NULL, "'policyName'", "name"},
                   {"MalformedPolicyDocument*", NULL, "policy"}, {NULL, "PolicySize", "policy"},
                   {NULL, "'policyDocument'", "policy"}, {NULL, "'description'", "description"},
                   {NULL, "'path'", "path"}, {NULL, "iam:TagPolicy", "tags"},
                   {NULL, "iam:UntagPolicy", "tags"}, {NULL, "'tags", "tags"},
                   {NULL, "ag keys", "tags"}),
    .create = policy_create,
    .read = policy_read,
    .update = policy_update,
    .destroy = policy_destroy,
    .import = policy_import,
};
