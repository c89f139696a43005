#ifndef GO_PLUGIN_SHIM_CALL_H
#define GO_PLUGIN_SHIM_CALL_H

#include "go-plugin-shim/server.h"

/* Waits for one more call; when it comes it sees to its successor.  Without a call that waits,
 * clients would hang. */
void call_await(struct server *s);

#endif
