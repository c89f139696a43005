#ifndef PROVIDER_RESOURCES_QUEUE_PART_H
#define PROVIDER_RESOURCES_QUEUE_PART_H

#include "provider/grammar/names.h"
#include "provider/resource/call.h"

/* One attribute of a queue as a resource of its own: its access policy, where its dead letters go,
 * whose it takes.  Such types differ in names and in what counts as equal; the rest is alike, and
 * so are their models. */
struct queue_part {
    struct tf_string id, queue_url, region;
    struct tf_string text; /* the attribute's value, under the type's own name for it */
};

struct queue_part_kind {
    struct str attribute; /* SQS's name of it */
    const char *what;     /* "the queue's new policy" */
    bool (*equal)(struct arena *scratch, struct str a, struct str b);
};

/* The rows beside that of the text. */
#define QUEUE_PART_ROWS                                                             \
    ATTR(queue_part, id, COMPUTED, .describe = "URL of the queue."),                \
        ATTR(queue_part, queue_url, REQUIRED | FORCE_NEW, .check = check_queue_url, \
             .describe = "URL of the queue."),                                      \
        ATTR_REGION(queue_part)

MUST_CHECK struct error *queue_part_create(struct call *c, const struct queue_part_kind *k,
                                           struct queue_part *m);
MUST_CHECK struct error *queue_part_read(struct call *c, const struct queue_part_kind *k,
                                         struct queue_part *m);
MUST_CHECK struct error *queue_part_update(struct call *c, const struct queue_part_kind *k,
                                           const struct queue_part *prior, struct queue_part *m);
MUST_CHECK struct error *queue_part_destroy(struct call *c, const struct queue_part_kind *k,
                                            const struct queue_part *prior);

/* Where dead letters go, for `.equal`: SQS takes the count as a text too, and shows a number. */
bool equal_redrive_policy(struct arena *scratch, struct str a, struct str b);

#endif
