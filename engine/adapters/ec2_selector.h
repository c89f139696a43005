#ifndef ENGINE_ADAPTERS_EC2_SELECTOR_H
#define ENGINE_ADAPTERS_EC2_SELECTOR_H

#include "engine/aws/ec2.h"
#include "engine/objects/class_document.h"

/* From selector terms to what EC2 is asked, and from what it answers to what a class means.  Pure.
 */
enum selected { SELECT_SUBNETS, SELECT_SECURITY_GROUPS, SELECT_IMAGES };

/* One term as a query (its tags AND).  An id becomes a filter, because an unknown id in the list of
 * ids fails the whole call.  Aliases and parameters are resolved elsewhere. */
struct ec2_query selector_query(struct arena *a, enum selected what,
                                const struct selector_term *term);
/* "tags {team = data}", as errors and the log write a term. */
struct str selector_term_text(struct arena *a, const struct selector_term *term);

/* What there is in the account, for an error that helps. */
struct candidate {
    struct str id;
    const struct aws_tags *tags;
};
/* "no subnet matches subnet_selector" with, for every term, what was missing. */
struct error *selector_error(struct arena *a, enum selected what, const struct list *terms,
                             struct str region, const struct candidate *candidates, size_t count);

/* "there is no subnet subnet-1": a term by id that found nothing, although others did. */
struct error *selector_absent(struct arena *a, enum selected what, size_t term, struct str id,
                              struct str region, const struct candidate *found, size_t count);

/* An image of a class.  EKS publishes images with and without drivers, of which each serves other
 * types; an image that the user chose by other means serves all. */
enum { SERVES_PLAIN = 1, SERVES_NVIDIA = 2, SERVES_NEURON = 4, SERVES_ALL = 7 };
struct class_image {
    struct str id;
    bool arm64;
    unsigned serves;
};
struct class_images {
    struct class_image *items;
    size_t count, capacity;
};
/* Of each architecture the image not deprecated, then newest; ties by id. */
struct class_images select_newest(struct arena *a, const struct ec2_images *found);

/* The SSM parameters that an alias such as al2023@latest stands for. */
struct alias_image {
    struct str parameter;
    bool arm64;
    unsigned serves;
};
struct alias_images {
    struct alias_image *items;
    size_t count, capacity;
};
/* ERROR_INVALID (path ami_selector[0].alias) when the Kubernetes version is not known. */
MUST_CHECK struct error *alias_parameters(struct arena *a, struct str alias, enum ami_family family,
                                          struct str kubernetes_version, struct alias_images *out);

#endif
