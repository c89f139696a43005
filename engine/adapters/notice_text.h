#ifndef ENGINE_ADAPTERS_NOTICE_TEXT_H
#define ENGINE_ADAPTERS_NOTICE_TEXT_H

#include "engine/ports.h"

/* The body of a message, as EventBridge writes it, read into a notice.  Nothing is an error here:
 * what is no document of EventBridge's is NOTICE_BROKEN, what announces nothing is NOTICE_OTHER,
 * and `what` says why.  Receipt and age are the queue's to fill in. */
struct cloud_notice notice_read(struct arena *a, struct str body);

#endif
