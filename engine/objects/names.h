#ifndef ENGINE_OBJECTS_NAMES_H
#define ENGINE_OBJECTS_NAMES_H

#include "engine/base/arena.h"

/* Kubernetes' grammars of object names, as apimachinery's validation has them (those of labels are
 * the core's), and the grammars in words, for errors. */

/* Lower-case letters, digits and dashes, at most 63: namespaces, names of pools. */
bool is_dns_label(struct str s);
/* DNS labels joined by dots, at most 253 characters: names of objects. */
bool is_dns_subdomain(struct str s);
/* Letters, digits and +=,.@_- */
bool is_iam_name(struct str s);

/* What IAM's calls take of "path/name" and of an ARN that ends in it: the name alone. */
struct str iam_name(struct str name_or_arn);

#define LABEL_KEY_RULE                                                                           \
    "A label key is a name of up to 63 letters, digits, '-', '_' and '.', beginning and ending " \
    "with a letter or digit, with or without a domain and a slash in front: example.com/team."
#define LABEL_VALUE_RULE                                                                        \
    "A label value has up to 63 letters, digits, '-', '_' and '.', and begins and ends with a " \
    "letter or digit."
#define DNS_LABEL_RULE                                                                             \
    "Up to 63 lower-case letters, digits and '-' are allowed, beginning and ending with a letter " \
    "or digit."

#endif
