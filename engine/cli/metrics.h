#ifndef ENGINE_CLI_METRICS_H
#define ENGINE_CLI_METRICS_H

#include "engine/base/json.h"

/* The picture that an engine keeps of its fleet (what `tenon status` prints) as Prometheus takes
 * it: text of the exposition format, version 0.0.4.  Amounts of the fleet and of each pool; nodes
 * and waiting pods are counted by what dashboards ask, never named, so that their number says
 * nothing about how many series there are. */
void metrics_print(struct buf *out, const struct json *picture);

#endif
