#include "go-plugin-shim/shim.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "go-plugin-shim/crash.h"
#include "go-plugin-shim/endpoint.h"
#include "go-plugin-shim/library.h"
#include "go-plugin-shim/reattach.h"
#include "go-plugin-shim/server.h"

bool shim_started_by_terraform(void)
{
    return handshake_read().is_host;
}

static struct error *check_host(struct arena *a, const struct shim_options *options,
                                const struct handshake *h)
{
    struct error *e;

    if (options->debug)
        return NULL;
    if (!h->is_host) {
        e = error_new(a, ERROR_INVALID,
                      "this program is a plugin and was not started by Terraform");
        e->detail = STR("Name the provider in required_providers and run terraform. For a provider "
                        "that you start yourself, there is -debug.");
        return e;
    }
    if (!handshake_offers(h->versions, options->protocol_major))
        log_event(LOG_WARN, "the host does not speak our protocol", LOG_STR("offered", h->versions),
                  LOG_INT("served", options->protocol_major));
    return NULL;
}

/* The one thing ever said on stdout; after that nothing can disturb the host there. */
static struct error *say_and_close_stdout(struct arena *a, struct str text)
{
    while (text.len > 0) {
        ssize_t n = write(STDOUT_FILENO, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return error_new(a, ERROR_UNREACHABLE, "nobody reads the handshake: %s",
                             strerror(errno));
        text = str_slice(text, (size_t)n, text.len);
    }
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        close(nowhere);
    }
    return NULL;
}

static struct error *announce(struct arena *a, const struct shim_options *options,
                              const struct handshake *h, struct str socket_path,
                              struct str certificate)
{
    if (!options->debug)
        return say_and_close_stdout(
            a, handshake_line(a, h, options->protocol_major, socket_path, certificate));
    struct str json =
        reattach_json(a, options->provider_address, options->protocol_major, getpid(), socket_path);
    return say_and_close_stdout(a, reattach_text(a, json));
}

static struct error *serve(struct arena *a, const struct shim_options *options,
                           const struct handshake *h)
{
    struct str socket_path, client = options->debug ? (struct str){0} : h->client;
    struct identity identity = {0};
    struct server server;

    TRY(endpoint_choose(a, h, &socket_path));
    if (client.len)
        TRY(identity_make(a, &identity));
    TRY(server_open(a, &server, options, socket_path, &identity, client));
    struct error *e = endpoint_share(a, h, socket_path);
    if (!e)
        e = announce(a, options, h, socket_path, identity.announced);
    if (e)
        server_stop(&server, "no handshake");
    server_run(&server);
    server_close(&server);
    return e;
}

/* For a person, or for Terraform's log: whatever the log's level, a program that does not start
 * says why. */
static int report(const struct error *e)
{
    if (!e)
        return 0;
    fprintf(stderr, "[ERROR] tenon: " STR_FMT ". " STR_FMT "\n", STR_ARG(e->summary),
            STR_ARG(e->detail));
    return 1;
}

int shim_serve(const struct shim_options *options)
{
    ARENA_AUTO a = {0};
    struct handshake h = handshake_read();

    assert(options->stop && options->protocol_major > 0);
    crash_install();
    log_init(options->debug ? LOG_PLAIN : LOG_HCLOG);
    struct error *e = check_host(&a, options, &h);
    if (e)
        return report(e);
    server_claim_signals();
    library_start(options->debug);
    e = serve(&a, options, &h);
    library_end();
    return report(e);
}
