#ifndef PROVIDER_GRAMMAR_VALUE_FORMS_H
#define PROVIDER_GRAMMAR_VALUE_FORMS_H

#include "engine/base/str.h"

/* How values are written that policies and event patterns compare with. */

bool is_number(struct str text);  /* 10, -1.5, 2e3 */
bool is_boolean(struct str text); /* true and false, in any case */
bool is_base64(struct str text);
/* An address of IPv4 or IPv6, with the length of a prefix behind a slash or without. */
bool is_ip_range(struct str text);
/* "arn:..." or what may be one, where it begins with a wildcard. */
bool is_arn_pattern(struct str text);
/* As IAM reads dates: ISO 8601 from the year alone to fractions of seconds and zones, or seconds
 * since 1970. */
bool is_date(struct str text);

#endif
