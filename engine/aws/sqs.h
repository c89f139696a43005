#ifndef ENGINE_AWS_SQS_H
#define ENGINE_AWS_SQS_H

#include "engine/aws/aws.h"

/* Attributes go by SQS's own names and are text on the wire: {"DelaySeconds", "900"}.  A changed
 * attribute can take 60 s to be seen by all readers, and a deleted queue as long to be gone. */
struct sqs_attribute {
    struct str name, value;
};
struct sqs_attributes {
    struct sqs_attribute *items;
    size_t count, capacity;
};

/* The same name with the same attributes gives the existing queue's URL; with others
 * ERROR_EXISTS. Within 60 s of a deletion: ERROR_CONFLICT (QueueDeletedRecently). */
MUST_CHECK struct error *sqs_create_queue(const struct aws_call *c, struct str name,
                                          const struct sqs_attributes *attributes,
                                          const struct aws_tags *tags, struct str *url);
MUST_CHECK struct error *sqs_get_queue_url(const struct aws_call *c, struct str name,
                                           struct str *url);
struct sqs_urls {
    struct str *items;
    size_t count, capacity;
};
/* Of the queues whose name begins so; empty: of all. */
MUST_CHECK struct error *sqs_list_queues(const struct aws_call *c, struct str prefix,
                                         struct sqs_urls *out);
/* All attributes. */
MUST_CHECK struct error *sqs_get_queue_attributes(const struct aws_call *c, struct str url,
                                                  struct sqs_attributes *out);
MUST_CHECK struct error *sqs_set_queue_attributes(const struct aws_call *c, struct str url,
                                                  const struct sqs_attributes *attributes);
MUST_CHECK struct error *sqs_list_queue_tags(const struct aws_call *c, struct str url,
                                             struct aws_tags *out);
MUST_CHECK struct error *sqs_tag_queue(const struct aws_call *c, struct str url,
                                       const struct aws_tags *tags);
MUST_CHECK struct error *sqs_untag_queue(const struct aws_call *c, struct str url,
                                         const struct str *keys, size_t count);
MUST_CHECK struct error *sqs_delete_queue(const struct aws_call *c, struct str url);

enum { SQS_BATCH_MOST = 10 }; /* messages of one call */
struct sqs_message {
    struct str body, receipt;
    int64_t sent_ms; /* the date by SQS; 0: it did not say */
};
struct sqs_messages {
    struct sqs_message *items;
    size_t count, capacity;
};
/* Waits for the first message, 20 seconds at most.  Those that come are hidden from others for
 * a while, and from then on come again unless they are deleted. */
MUST_CHECK struct error *sqs_receive_messages(const struct aws_call *c, struct str url,
                                              int wait_seconds, int hidden_seconds,
                                              struct sqs_messages *out);
/* SQS_BATCH_MOST at most.  If some are refused, the error tells of the first. */
MUST_CHECK struct error *sqs_delete_messages(const struct aws_call *c, struct str url,
                                             const struct str *receipts, size_t count);

/* The value of an attribute; empty when the queue has none of that name. */
struct str sqs_attribute(const struct sqs_attributes *attributes, struct str name);

#endif
