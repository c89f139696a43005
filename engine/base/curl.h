#ifndef ENGINE_BASE_CURL_H
#define ENGINE_BASE_CURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>

/* libcurl under its functions' own names.  In a static executable they are linked.  Else they are
 * loaded when the first of them is called: a distribution's libcurl brings two dozen libraries
 * along (LDAP, Kerberos, SSH, GnuTLS), which were a quarter of what a start of the plugin cost; and
 * of the processes that one terraform command starts, those that only give a schema or validate
 * never talk to AWS. */

#undef curl_easy_getinfo /* libcurl's own macros of these check types, by names that are taken \
                            below */
#undef curl_easy_setopt

#ifndef TENON_STATIC
#define CURL_FUNCTIONS(F)  \
    F(easy_cleanup)        \
    F(easy_getinfo)        \
    F(easy_init)           \
    F(easy_setopt)         \
    F(easy_strerror)       \
    F(free)                \
    F(global_init)         \
    F(multi_add_handle)    \
    F(multi_cleanup)       \
    F(multi_info_read)     \
    F(multi_init)          \
    F(multi_perform)       \
    F(multi_poll)          \
    F(multi_remove_handle) \
    F(multi_wakeup)        \
    F(slist_append)        \
    F(slist_free_all)      \
    F(url)                 \
    F(url_cleanup)         \
    F(url_get)             \
    F(url_set)

#define CURL_MEMBER(name) __typeof__(curl_##name) *name;
struct curl_functions {
    CURL_FUNCTIONS(CURL_MEMBER)
};
#undef CURL_MEMBER

/* From any thread, where nothing is missing. */
const struct curl_functions *curl_functions(void);

#define curl_easy_cleanup        (curl_functions()->easy_cleanup)
#define curl_easy_getinfo        (curl_functions()->easy_getinfo)
#define curl_easy_init           (curl_functions()->easy_init)
#define curl_easy_setopt         (curl_functions()->easy_setopt)
#define curl_easy_strerror       (curl_functions()->easy_strerror)
#define curl_free                (curl_functions()->free)
#define curl_global_init         (curl_functions()->global_init)
#define curl_multi_add_handle    (curl_functions()->multi_add_handle)
#define curl_multi_cleanup       (curl_functions()->multi_cleanup)
#define curl_multi_info_read     (curl_functions()->multi_info_read)
#define curl_multi_init          (curl_functions()->multi_init)
#define curl_multi_perform       (curl_functions()->multi_perform)
#define curl_multi_poll          (curl_functions()->multi_poll)
#define curl_multi_remove_handle (curl_functions()->multi_remove_handle)
#define curl_multi_wakeup        (curl_functions()->multi_wakeup)
#define curl_slist_append        (curl_functions()->slist_append)
#define curl_slist_free_all      (curl_functions()->slist_free_all)
#define curl_url                 (curl_functions()->url)
#define curl_url_cleanup         (curl_functions()->url_cleanup)
#define curl_url_get             (curl_functions()->url_get)
#define curl_url_set             (curl_functions()->url_set)
#endif

/* NULL, or why libcurl cannot be used on this machine: the loader's words, which name the file that
 * is missing.  From any thread. */
const char *curl_missing(void);

/* Before the first handle is made, as often as one likes, from any thread, where nothing is
 * missing.
 */
void curl_start(void);

/* How far a request came that `code` ended: HostNotFound, ConnectFailed, TlsFailed, TimedOut,
 * ConnectionLost (it was on its way). */
const char *curl_stage(CURLcode code, bool was_sent);

#endif
