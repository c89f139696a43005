#ifndef PROVIDER_ENGINE_DOOR_H
#define PROVIDER_ENGINE_DOOR_H

#include "provider/resource/provider.h"

/* Opens the engine for a configured provider: its `cluster` and `engine` settings made the host's.
 * Part of the wiring, because neither the resources nor the engine may know each other's
 * configuration. */
extern const struct provider_host engine_door;

#endif
