#include "go-plugin-shim/library.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>

#include "engine/base/log.h"

/* GRPC_POLL_STRATEGY=none aborts; fork support hooks every fork of the process. */
static const char *const harmful[] = {"GRPC_POLL_STRATEGY", "GRPC_ENABLE_FORK_SUPPORT",
                                      "GRPC_EXPERIMENTS", "GRPC_STACKTRACE_MINLOGLEVEL"};
static const char *const talkative[] = {"GRPC_TRACE", "GRPC_VERBOSITY"};

/* What gRPC calls an error is mostly a client that went away: for us, a warning. */
static enum log_level level_of(gpr_log_severity severity)
{
    switch (severity) {
    case GPR_LOG_SEVERITY_DEBUG:
        return LOG_TRACE;
    case GPR_LOG_SEVERITY_INFO:
        return LOG_DEBUG;
    case GPR_LOG_SEVERITY_ERROR:
        return LOG_WARN;
    }
    return LOG_WARN;
}

static void log_grpc(gpr_log_func_args *said)
{
    log_event(level_of(said->severity), "grpc", LOG_STR("text", str_of(said->message)),
              LOG_STR("file", str_of(said->file)), LOG_INT("line", said->line));
}

void library_start(bool debug)
{
    for (size_t i = 0; i < sizeof(harmful) / sizeof(*harmful); i++)
        unsetenv(harmful[i]);
    for (size_t i = 0; i < sizeof(talkative) / sizeof(*talkative) && !debug; i++)
        unsetenv(talkative[i]);
    gpr_set_log_function(log_grpc);
    if (!debug)
        gpr_set_log_verbosity(log_wants(LOG_TRACE) ? GPR_LOG_SEVERITY_INFO /* not its inner life */
                                                   : GPR_LOG_SEVERITY_ERROR);
    grpc_init();
}

void library_end(void)
{
    grpc_shutdown_blocking();
}
