#ifndef ENGINE_AWS_EC2_LIST_H
#define ENGINE_AWS_EC2_LIST_H

#include "engine/aws/client.h"
#include "engine/aws/ec2.h"

/* What EC2's calls share: sending, pages, filters, and reading items. */

MUST_CHECK struct error *ec2_send(const struct aws_call *c, const char *operation,
                                  enum aws_effect effect, struct str body, struct xml *out);

struct ec2_parameter {
    const char *name; /* NULL ends a table of them */
    struct str value;
};

/* What is told of a list: how to ask for it and what to keep of an item. */
struct ec2_listing {
    const char *operation, *list; /* list: the element that holds the items */
    const char *id, *owner;       /* parameters for ids and owners */
    int page_size;                /* 0: the operation has no pages, or pages by itself */
    void (*take)(struct arena *keep, const struct xml *item, void *out);
    bool whole; /* items are kept as they are, so answers live as long as the call */
};
MUST_CHECK struct error *ec2_list(const struct aws_call *c, const struct ec2_listing *l,
                                  const struct ec2_query *query, const struct ec2_parameter *more,
                                  void *out);

/* Of an element at a path below `e`: its text copied, a whole number (else 0), an instant (else
 * 0), its text compared, an item of a list of texts; and the tags of `e` itself. */
struct str ec2_kept(struct arena *keep, const struct xml *e, const char *path);
/* A count: 0 to 2^30, so that whatever is made of it fits (mebibytes as bytes, gigabytes, cores as
 * millicores). Anything else counts as not told, and is 0. */
#define EC2_NUMBER_MOST ((int64_t)1 << 30)
int64_t ec2_number(const struct xml *e, const char *path);
int64_t ec2_count(const struct xml *e, const char *path, int64_t most);
int64_t ec2_instant(const struct xml *e, const char *path);
bool ec2_is(const struct xml *e, const char *path, const char *text);
bool ec2_has(const struct xml *e, const char *path, const char *text);
struct aws_tags ec2_tags(struct arena *keep, const struct xml *e);
/* The instances of a reservation, into a struct ec2_instances. */
void ec2_take_instances(struct arena *keep, const struct xml *reservation, void *out);

struct ec2_launch_template ec2_read_template(struct arena *keep, const struct xml *item);

/* A CreateFleet answer; what it points at lives as long as the answer and `a`. */
void ec2_read_fleet(struct arena *a, const struct xml *answer, struct ec2_launched *out);

#endif
