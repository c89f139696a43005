#ifndef ENGINE_OBJECTS_JOB_PODS_H
#define ENGINE_OBJECTS_JOB_PODS_H

#include "engine/objects/reader.h"

/* How many pods of a Job (batch/v1) are to run now, by its spec and status, as the Job controller
 * has it (kubernetes, pkg/controller/job: manageJob): none when it is over or suspended; else as
 * many as are left to complete, `parallelism` at most.  Without `completions` (a work queue) they
 * are `parallelism` until the first succeeds, and from then on no new ones. */
int64_t job_pods_wanted(struct reader *r, const struct json *job);

#endif
