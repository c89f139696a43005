#ifndef ENGINE_AWS_SIGV4_KEYS_H
#define ENGINE_AWS_SIGV4_KEYS_H

#include "engine/aws/sigv4.h"
#include "engine/base/digest.h"

/* Private to the signature: the key of a day ("20150830"), region and service, derived from the
 * secret or recalled.  Whoever asked wipes it. */
void sigv4_signing_key(const struct sigv4_options *o, struct str date,
                       unsigned char key[SHA256_BYTES]);

#endif
