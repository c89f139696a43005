#ifndef ENGINE_OBJECTS_KARPENTER_CLASS_H
#define ENGINE_OBJECTS_KARPENTER_CLASS_H

#include "engine/objects/class_document.h"
#include "engine/objects/reader.h"

/* What of Karpenter's EC2NodeClass or AWSNodeTemplate decides how much room a node has: the family
 * of its images, the kubelet's settings (those of a pool, in the older versions), its devices. */
void karpenter_class_read(struct reader *r, const struct json *object, struct node_class *out);
/* KubeletConfiguration, as classes and pools state it. */
void karpenter_kubelet_read(struct reader *r, const struct place *at, const struct json *j,
                            struct kubelet_settings *out);

#endif
