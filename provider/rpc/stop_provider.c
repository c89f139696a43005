#include "provider/rpc/method.h"

/* Ends every wait; the calls themselves answer with what they have. */
struct error *rpc_stop_provider(struct rpc *r, const void *request, void *response)
{
    struct cancel *stop = rpc_options_of(r->server)->stop;
    (void)request, (void)response;
    if (stop)
        cancel_raise(stop);
    return NULL;
}
