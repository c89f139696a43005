#ifndef ENGINE_AWS_SSM_H
#define ENGINE_AWS_SSM_H

#include "engine/aws/aws.h"

/* The value of a public or own parameter; ERROR_NOT_FOUND when there is none of that name. */
MUST_CHECK struct error *ssm_get_parameter(const struct aws_call *c, struct str name,
                                           struct str *value);

#endif
