#ifndef ENGINE_AWS_ACCESS_ANALYZER_H
#define ENGINE_AWS_ACCESS_ANALYZER_H

#include "engine/aws/client.h"

/* What IAM Access Analyzer says of a policy document that nobody has stored yet.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html */

enum policy_finding_kind {
    POLICY_FINDING_ERROR,      /* AWS would refuse it, or it does nothing of what it says */
    POLICY_FINDING_WARNING,    /* of security, or of other things */
    POLICY_FINDING_SUGGESTION, /* and of kinds that are newer than this */
};

struct policy_finding {
    enum policy_finding_kind kind;
    struct str code, details, link; /* "INVALID_ACTION", a sentence, where more is said */
    /* The way to the first place that it is about: keys of objects, places in lists. */
    struct str *steps;
    size_t step_count, step_capacity;
};
struct policy_findings {
    struct policy_finding *items;
    size_t count, capacity;
};

struct policy_question {
    struct str document;
    const char *policy_type;   /* "IDENTITY_POLICY" or "RESOURCE_POLICY" */
    const char *resource_type; /* "AWS::IAM::AssumeRolePolicyDocument"; NULL: any */
};

/* All pages.  Needs access-analyzer:ValidatePolicy. */
MUST_CHECK struct error *access_analyzer_validate_policy(const struct aws_call *c,
                                                         const struct policy_question *question,
                                                         struct policy_findings *out);

#endif
