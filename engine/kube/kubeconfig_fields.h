#ifndef ENGINE_KUBE_KUBECONFIG_FIELDS_H
#define ENGINE_KUBE_KUBECONFIG_FIELDS_H

#include "engine/kube/kubeconfig.h"

/* Private to the kubeconfig's reader: the fields of one entry.  What is wrong with one is an error
 * that names the file, the line and the path ("users[dev].user.token").  A field that is not there
 * is an empty text, false, or an empty list. */

struct reading {
    struct arena *a;
    const struct kubeconfig_entry *entry;
    const char *part; /* "cluster", "user" or "context": as its list says it */
    struct str *warnings;
    size_t warning_count, warning_capacity;
};

/* Puts file, line (0: none) and path to an error of the field; what is wrong with it, in words. */
struct error *field_at(const struct reading *r, const char *field, int line, struct error *e);
struct error *field_wrong(const struct reading *r, const char *field, int line, const char *what);
void field_warn(struct reading *r, struct str text);

MUST_CHECK struct error *field_text(const struct reading *r, const char *field, struct str *out);
MUST_CHECK struct error *field_bool(const struct reading *r, const char *field, bool *out);
/* A list of texts, which may lie deeper than `field` says. */
MUST_CHECK struct error *field_texts(const struct reading *r, const struct json *list,
                                     const char *field, const struct str **out, size_t *count);
/* A path that the entry names: relative ones start beside its file. */
struct str field_path(const struct reading *r, struct str path);
/* PEM that stands in the kubeconfig itself as base64 ("X-data"), or in a file that it names ("X").
 * As with kubectl the former goes before the latter. */
MUST_CHECK struct error *field_pem(const struct reading *r, const char *field, const char *what,
                                   struct str *out);

#endif
