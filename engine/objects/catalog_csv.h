#ifndef ENGINE_OBJECTS_CATALOG_CSV_H
#define ENGINE_OBJECTS_CATALOG_CSV_H

#include "engine/core/world.h"

/* A catalog as a file: comma-separated, one row an offering, under the header
 *
 *   instance_type,zone,capacity_type,hourly_usd,cpu_millicores,memory_bytes,pods,arch,os,labels
 *
 * Amounts are what pods may use (allocatable).  Labels are key=value;key=value; quotes as in RFC
 * 4180.  Limits count karpenter.k8s.aws/instance-cpu and -memory (in Mi) where a row has these
 * labels, else the amounts.  A row states neither ephemeral storage nor volumes, so of these there
 * is no end.  A row without a price is an offering that nobody buys; a type that has no other is
 * there all the same, so that who needs it is told (core/explain_price.h).
 *
 * Rows of one type that differ in more than zone, capacity type and price become several types of
 * that name. */
#define CATALOG_CSV_HEADER \
    "instance_type,zone,capacity_type,hourly_usd,cpu_millicores,memory_bytes,pods,arch,os,labels"

/* The errors name file, line and column.  `text` must live as long as the catalog. */
MUST_CHECK struct error *catalog_csv_read(struct arena *keep, struct str file, struct str text,
                                          struct catalog *out);

/* More rows are a slip of the pen. */
#define CATALOG_ROWS_MAX 200000

#endif
