#include "engine/base/curl.h"

#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#ifdef TENON_STATIC
const char *curl_missing(void)
{
    return NULL;
}
#else

/* What libcurl's interface of today is called on Linux, since 2006. */
static const char file_name[] = "libcurl.so.4";

static pthread_once_t curl_is_loaded = PTHREAD_ONCE_INIT;
static struct curl_functions curl_found; /* constant once loaded */
static char curl_absence[256];           /* why it is not loaded; the same */

static void absent(const char *why)
{
    snprintf(curl_absence, sizeof(curl_absence), "%s", why ? why : "it cannot be loaded");
}

static void load(void)
{
#define ROW(name) {"curl_" #name, offsetof(struct curl_functions, name)},
    static const struct {
        const char *name;
        size_t offset;
    } rows[] = {CURL_FUNCTIONS(ROW)};
#undef ROW
    void *library =
        dlopen(file_name, RTLD_NOW | RTLD_LOCAL); /* stays: its threads may outlive us */

    if (!library) {
        absent(dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        void *function = dlsym(library, rows[i].name);
        if (!function) {
            absent(dlerror());
            return;
        }
        memcpy((char *)&curl_found + rows[i].offset, &function, sizeof(function));
    }
}

const char *curl_missing(void)
{
    pthread_once(&curl_is_loaded, load);
    return curl_absence[0] ? curl_absence : NULL;
}

const struct curl_functions *curl_functions(void)
{
    const char *why = curl_missing();

    assert(!why);
    return &curl_found;
}
#endif

const char *curl_stage(CURLcode code, bool was_sent)
{
    static const struct {
        CURLcode code;
        const char *name;
    } rows[] = {
        {CURLE_COULDNT_RESOLVE_HOST, "HostNotFound"},
        {CURLE_COULDNT_RESOLVE_PROXY, "HostNotFound"},
        {CURLE_COULDNT_CONNECT, "ConnectFailed"},
        {CURLE_SSL_CONNECT_ERROR, "TlsFailed"},
        {CURLE_PEER_FAILED_VERIFICATION, "TlsFailed"},
        {CURLE_SSL_CACERT_BADFILE, "TlsFailed"},
        {CURLE_SSL_CERTPROBLEM, "TlsFailed"},
        {CURLE_OPERATION_TIMEDOUT, "TimedOut"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].code == code)
            return rows[i].name;
    return was_sent ? "ConnectionLost" : "ConnectFailed";
}

static pthread_once_t curl_is_ready = PTHREAD_ONCE_INIT;

static void start(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        fputs("panic: tenon: libcurl does not start\n", stderr);
        abort();
    }
}

void curl_start(void)
{
    pthread_once(&curl_is_ready, start);
}
