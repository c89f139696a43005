#ifndef PROVIDER_FUNCTIONS_REGISTRY_H
#define PROVIDER_FUNCTIONS_REGISTRY_H

#include "provider/resource/function.h"

/* Every function of the provider. */
extern const struct function functions[];
extern const size_t function_count;

#endif
