#ifndef ENGINE_BASE_AUTHORITIES_H
#define ENGINE_BASE_AUTHORITIES_H

/* Which certificate authorities this machine trusts.  A libcurl of a distribution knows where that
 * keeps them; one that was linked into the executable runs on any.  The user's word comes first:
 * SSL_CERT_FILE and SSL_CERT_DIR each take the place of what is usual, as in Go's crypto/x509 (so
 * in terraform and hashicorp/aws). */
struct authorities {
    const char *file;   /* PEM, all in one; NULL: none was found */
    const char *folder; /* one a file, named by OpenSSL's hash; NULL: none */
};

/* Text of the environment or constant; nothing is opened. */
struct authorities authorities_find(void);

#endif
