#ifndef ENGINE_ADAPTERS_EC2_CATALOG_H
#define ENGINE_ADAPTERS_EC2_CATALOG_H

#include "engine/adapters/ec2_class.h"
#include "engine/adapters/ec2_facts.h"

/* What a class can launch: types that one of its images runs on, in zones where it has a subnet, at
 * prices that are known.  Pure; everything is copied into the arena. */
void ec2_catalog_build(struct arena *a, const struct ec2_facts *facts, const struct ec2_class *c,
                       struct str region, struct resource_table *table, struct catalog *out);

#endif
