#include "engine/base/curl.h"

#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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
