#include "engine/base/authorities.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

/* Where distributions keep them, in the order in which Go's crypto/x509 looks. */
static const char *const files[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL 6 */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/pki/tls/cacert.pem",                           /* OpenELEC */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* RHEL 7 and later, Amazon Linux */
    "/etc/ssl/cert.pem",                                 /* Alpine */
};
static const char *const folders[] = {"/etc/ssl/certs", "/etc/pki/tls/certs"};

static const char *first_there(const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (access(paths[i], R_OK) == 0)
            return paths[i];
    return NULL;
}

static const char *said(const char *variable)
{
    const char *value = getenv(variable);

    return value && value[0] ? value : NULL;
}

struct authorities authorities_find(void)
{
    struct authorities a = {said("SSL_CERT_FILE"), said("SSL_CERT_DIR")};

    if (!a.file)
        a.file = first_there(files, sizeof(files) / sizeof(files[0]));
    if (!a.folder)
        a.folder = first_there(folders, sizeof(folders) / sizeof(folders[0]));
    return a;
}
