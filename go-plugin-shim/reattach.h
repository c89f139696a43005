#ifndef GO_PLUGIN_SHIM_REATTACH_H
#define GO_PLUGIN_SHIM_REATTACH_H

#include "engine/base/arena.h"

/* What a developer sets TF_REATTACH_PROVIDERS to, so that Terraform uses this running process:
 * {"<provider_address>": {"Protocol": "grpc", ...}}. */
struct str reattach_json(struct arena *a, const char *provider_address, unsigned major, int64_t pid,
                         struct str socket_path);

/* The JSON with words around it for the person who started the program. */
struct str reattach_text(struct arena *a, struct str json);

#endif
