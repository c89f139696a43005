#include "engine/aws/arn.h"
#include "engine/aws/iam.h"
#include "provider/resource/of_aws.h"

struct session {
    struct tf_string arn, id, issuer_arn, issuer_id, issuer_name, session_name;
};

/* clang-format off */
static const struct attr session_attrs[] = {
    ATTR(session, arn,          REQUIRED, .check = check_arn, .describe = "ARN of an identity, such as that of `aws_caller_identity`."),
    ATTR(session, id,           OPTIONAL | COMPUTED, .describe = "The ARN again."),
    ATTR(session, issuer_arn,   COMPUTED, .describe = "ARN of the role whose session it is, with its path; of any other identity its own ARN."),
    ATTR(session, issuer_id,    COMPUTED, .describe = "Id that IAM has of that role; else empty."),
    ATTR(session, issuer_name,  COMPUTED, .describe = "Name of that role; else empty."),
    ATTR(session, session_name, COMPUTED, .describe = "Name of the session; else empty."),
};
/* clang-format on */

/* arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.  STS leaves out the role's path, which is why IAM
 * has to be asked for the ARN that policies know the role by. */
static bool is_session(struct str text, struct str *role, struct str *session)
{
    struct arn arn;

    if (arn_parse(text, &arn) || !str_eq(arn.service, STR("sts")))
        return false;
    struct str rest = arn.resource;
    if (!str_eq(str_cut(&rest, '/'), STR("assumed-role")))
        return false;
    *role = str_cut(&rest, '/');
    *session = rest;
    return role->len && session->len;
}

static struct error *session_read(struct call *c, void *model)
{
    struct session *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str role, name;
    struct iam_role found;

    m->id = m->issuer_arn = m->arn;
    m->issuer_id = m->issuer_name = m->session_name = tf_string_of(STR(""));
    if (!is_session(m->arn.v, &role, &name))
        return NULL;
    TRY(error_at(iam_get_role(&aws, role, &found), STR("arn")));
    m->issuer_arn = tf_string_of(found.arn);
    m->issuer_id = tf_string_of(found.unique_id);
    m->issuer_name = tf_string_of(role);
    m->session_name = tf_string_of(name);
    return NULL;
}

extern const struct resource_type data_aws_iam_session_context;
const struct resource_type data_aws_iam_session_context = {
    .name = "aws_iam_session_context",
    .describe = "Who is behind the session of a role.",
    .subcategory = "IAM",
    .model = MODEL(session, session_attrs),
    .read = session_read,
};
