#ifndef ENGINE_AWS_EKS_CALL_H
#define ENGINE_AWS_EKS_CALL_H

#include "engine/aws/client.h"
#include "engine/aws/eks.h"

/* What EKS's calls share: a method, a path whose parts are encoded, and a body of JSON. */
struct eks_request {
    const char *operation, *method;
    enum aws_effect effect;
    struct buf path, text;
    struct json_writer writer; /* of the body, whose object is open; unused: no body */
    struct str query;
};
struct eks_request eks_begin(struct arena *a, const char *operation, const char *method,
                             enum aws_effect effect);
/* "/clusters", then "/dev" with what is no letter or digit as %XX. */
void eks_path(struct eks_request *r, const char *fixed, struct str part);
/* The writer of its body, which has one from now on. */
struct json_writer *eks_body(struct eks_request *r);
MUST_CHECK struct error *eks_send(const struct aws_call *c, struct eks_request *r,
                                  struct json *answer);

void eks_write_texts(struct json_writer *w, const char *key, const struct eks_texts *texts);
void eks_write_tags(struct json_writer *w, const struct aws_tags *tags);
void eks_member_if_set(struct json_writer *w, const char *key, struct str value);
struct str eks_text(const struct json *object, const char *key);
void eks_read_texts(struct arena *a, const struct json *list, struct eks_texts *out);
void eks_read_tags(struct arena *a, const struct json *map, struct aws_tags *out);
/* Seconds since 1970, as a date; empty when it is none. */
struct str eks_date(struct arena *a, const struct json *seconds);

#endif
