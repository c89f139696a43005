#ifndef GO_PLUGIN_SHIM_CERTIFICATE_H
#define GO_PLUGIN_SHIM_CERTIFICATE_H

#include "engine/base/error.h"

/* AutoMTLS: host and plugin each make a key and a self-signed certificate at start, hand the
 * certificate over through environment and handshake line, and accept exactly the other's. */
struct identity {
    struct str certificate_pem, key_pem; /* NUL-terminated, for gRPC */
    struct str announced;                /* DER in base64 without padding, for the line */
};

MUST_CHECK struct error *identity_make(struct arena *a, struct identity *out);

/* Whether `pem` holds a certificate that can be read.  gRPC does not say why it takes none. */
bool certificate_is_pem(struct str pem);

#endif
