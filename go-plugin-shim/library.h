#ifndef GO_PLUGIN_SHIM_LIBRARY_H
#define GO_PLUGIN_SHIM_LIBRARY_H

#include <stdbool.h>

/* gRPC core as a library: its settings from the environment are taken away (one of them aborts the
 * process, another fills the log), and what it has to say goes through engine/base/log.h.  With
 * `debug` a developer's GRPC_TRACE and GRPC_VERBOSITY are left alone. */
void library_start(bool debug);
void library_end(void);

#endif
