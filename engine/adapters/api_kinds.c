#include "engine/adapters/api_kinds.h"

#define CORE(plural, kind, namespaced, with_status)                                   \
    {                                                                                 \
        {STR_INIT(""), STR_INIT("v1"), STR_INIT(plural), namespaced}, STR_INIT("v1"), \
            STR_INIT(kind), with_status                                               \
    }
#define GROUP(group, plural, kind, namespaced, with_status)                                     \
    {                                                                                           \
        {STR_INIT(group), STR_INIT("v1"), STR_INIT(plural), namespaced}, STR_INIT(group "/v1"), \
            STR_INIT(kind), with_status                                                         \
    }

const struct api_row api_rows[API_KINDS] = {
    [API_PODS] = CORE("pods", "Pod", true, true),
    [API_NODES] = CORE("nodes", "Node", false, true),
    [API_DAEMON_SETS] = GROUP("apps", "daemonsets", "DaemonSet", true, false),
    [API_NAMESPACES] = CORE("namespaces", "Namespace", false, false),
    [API_BUDGETS] = GROUP("policy", "poddisruptionbudgets", "PodDisruptionBudget", true, false),
    [API_PRIORITIES] = GROUP("scheduling.k8s.io", "priorityclasses", "PriorityClass", false, false),
    [API_VOLUME_CLAIMS] = CORE("persistentvolumeclaims", "PersistentVolumeClaim", true, true),
    [API_VOLUMES] = CORE("persistentvolumes", "PersistentVolume", false, false),
    [API_STORAGE_CLASSES] = GROUP("storage.k8s.io", "storageclasses", "StorageClass", false, false),
    [API_ATTACHMENTS] =
        GROUP("storage.k8s.io", "volumeattachments", "VolumeAttachment", false, false),
    [API_CSI_NODES] = GROUP("storage.k8s.io", "csinodes", "CSINode", false, false),
};
