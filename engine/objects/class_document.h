#ifndef ENGINE_OBJECTS_CLASS_DOCUMENT_H
#define ENGINE_OBJECTS_CLASS_DOCUMENT_H

#include "engine/core/world.h"
#include "engine/objects/form.h"

/* A node class as JSON, the attributes of tenon_node_class, and as the struct that adapters work
 * with.  What pool_document.h says of documents and errors holds here too. */

enum ami_family {
    FAMILY_AL2,
    FAMILY_AL2023,
    FAMILY_BOTTLEROCKET,
    FAMILY_UBUNTU,
    FAMILY_WINDOWS_2019,
    FAMILY_WINDOWS_2022,
    FAMILY_WINDOWS_2025,
    FAMILY_CUSTOM,
};
struct str ami_family_text(enum ami_family f);

/* Terms of a list OR; what one term says ANDs.  Empty: not asked. */
struct selector_term {
    struct str alias, id, name, owner, ssm_parameter; /* name may hold * and ? */
    struct labels tags;                               /* value "*": any */
};

struct ebs_settings {
    int64_t volume_size_bytes; /* 0: the snapshot's */
    struct str volume_type;    /* empty: EC2's choice */
    struct setting encrypted, delete_on_termination;
    int64_t iops, throughput; /* 0: EC2's choice */
    struct str kms_key_id, snapshot_id;
};
struct block_device {
    struct str device_name;
    struct setting root_volume;
    struct ebs_settings ebs;
};
struct metadata_options {
    struct str http_endpoint, http_protocol_ipv6, http_tokens;
    int64_t http_put_response_hop_limit;
};
/* Maps hold quantities, shares ("5%") or durations as written. */
struct kubelet_settings {
    int64_t max_pods, pods_per_core; /* 0: unset */
    struct labels system_reserved, kube_reserved;
    struct labels eviction_hard, eviction_soft, eviction_soft_grace_period;
    int64_t eviction_max_pod_grace_period;                                   /* -1: unset */
    int64_t image_gc_high_threshold_percent, image_gc_low_threshold_percent; /* -1: unset */
    struct setting cpu_cfs_quota;
    struct strings cluster_dns;
};

struct node_class {
    struct str name;
    enum ami_family family;
    struct list ami_selector, subnet_selector, security_group_selector; /* of selector_term */
    struct str instance_profile, role; /* names; both empty: the provider's default profile */
    struct str user_data, context, instance_store_policy;
    struct list block_device_mappings; /* of block_device; empty: the family's */
    struct metadata_options metadata_options;
    struct kubelet_settings kubelet;
    struct labels tags;
    struct setting detailed_monitoring, associate_public_ip_address;
    struct str ami_family; /* as written; use `family` */
};

MUST_CHECK struct error *class_document_read(struct arena *keep, const struct json *document,
                                             struct node_class *out);
MUST_CHECK struct error *class_document_check(struct arena *a, const struct json *document);
bool class_document_equal(struct str attribute, const struct json *a, const struct json *b);

/* What instances of this class are made of, as text for a hash.  Image and subnet selectors are not
 * in it: what they find is compared with what a node has (cloud adapters say which images a class
 * means today), so that a selector written otherwise moves no node. */
struct str class_document_canonical(struct arena *a, const struct json *document);

void class_document_unheeded(struct arena *a, const struct json *document,
                             struct unheeded_list *out);

#endif
