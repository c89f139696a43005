#ifndef ENGINE_ADAPTERS_EC2_FACTS_H
#define ENGINE_ADAPTERS_EC2_FACTS_H

#include "engine/aws/ec2.h"
#include "engine/aws/pricing.h"

/* What a region sells: types, where they are, what they cost.  The same for every class, fetched
 * from four places at once and kept for five minutes. */
struct ec2_facts {
    size_t references; /* the cache's */
    int64_t loaded_ms;
    struct arena arenas[4];          /* one a fetch */
    struct ec2_instance_types types; /* each sorted by type, then zone */
    struct ec2_offerings offerings;
    struct ec2_spot_prices spot;
    struct pricing_rows on_demand; /* of Price List; empty: built-in prices serve */
};

struct ec2_facts_cache;
struct ec2_facts_cache *ec2_facts_cache_new(struct aws_client *client, struct str region);
void ec2_facts_cache_free(struct ec2_facts_cache *c);

/* Who asks while another is fetching waits for that answer.  Give back what you got. */
MUST_CHECK struct error *ec2_facts_get(struct ec2_facts_cache *c, struct arena *a,
                                       struct cancel *cancel, const struct ec2_facts **out);
void ec2_facts_give_back(struct ec2_facts_cache *c, const struct ec2_facts *f);

/* The list price, of Price List or else built in; false: not known. */
bool ec2_facts_on_demand(const struct ec2_facts *f, struct str region, struct str instance_type,
                         int64_t *microusd_per_hour);
/* The quote in force, false: none. */
bool ec2_facts_spot(const struct ec2_facts *f, struct str instance_type, struct str zone,
                    int64_t *microusd_per_hour);
/* For facts that were not fetched (tests): sorts what look-ups rely on. */
void ec2_facts_sort(struct ec2_facts *f);

#endif
