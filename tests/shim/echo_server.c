/* A plugin with nothing but the shim in it, for tests/shim/run.
 *   Echo        gives the request back              Big       gives `request` (decimal) bytes
 *   Block       waits until its token is raised     Stop      raises the stop token, as
 * StopProvider Blocked     says how many calls are blocked     Raised    says how many tokens were
 * raised Fail        an error of kind invalid            Print     writes to stdout, which nobody
 * may see Abort, Assert, Fault    die                     Stubborn  never ends and heeds no token
 * usage: echo_server [-debug]      ECHO_GRACE_MS: shim_options.grace_ms */
#include <assert.h>
#include <stdatomic.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "engine/base/time.h"
#include "go-plugin-shim/shim.h"

struct echo {
    struct cancel *stop;
    atomic_int blocked, raised;
};

static struct error *echo(struct shim_call *call, void *self)
{
    (void)self;
    log_event(LOG_INFO, "echo", LOG_INT("bytes", (int64_t)call->request.len));
    call->response = call->request;
    return NULL;
}

static struct error *block(struct shim_call *call, void *self)
{
    struct echo *e = self;

    atomic_fetch_add(&e->blocked, 1);
    if (cancel_wait_ms(call->cancel, NEVER_MS))
        atomic_fetch_add(&e->raised, 1);
    atomic_fetch_sub(&e->blocked, 1);
    return error_new(call->arena, ERROR_CANCELLED, "stopped");
}

static struct error *count(struct shim_call *call, atomic_int *n)
{
    call->response = arena_printf(call->arena, "%d", atomic_load(n));
    return NULL;
}

static struct error *blocked(struct shim_call *call, void *self)
{
    return count(call, &((struct echo *)self)->blocked);
}

static struct error *raised(struct shim_call *call, void *self)
{
    return count(call, &((struct echo *)self)->raised);
}

static struct error *stop(struct shim_call *call, void *self)
{
    (void)call;
    cancel_raise(((struct echo *)self)->stop);
    return NULL;
}

static struct error *big(struct shim_call *call, void *self)
{
    int64_t count_bytes;

    (void)self;
    if (!str_to_int64(call->request, &count_bytes) || count_bytes < 0)
        return error_new(call->arena, ERROR_INVALID, "not a number");
    call->response =
        (struct str){arena_alloc(call->arena, (size_t)count_bytes), (size_t)count_bytes};
    return NULL;
}

static struct error *fail(struct shim_call *call, void *self)
{
    (void)self;
    return error_new(call->arena, ERROR_INVALID, "as you wished");
}

static struct error *print(struct shim_call *call, void *self)
{
    (void)call;
    (void)self;
    puts("noise on stdout");
    fflush(stdout);
    return NULL;
}

static struct error *die_by_abort(struct shim_call *call, void *self)
{
    (void)call;
    (void)self;
    abort();
}

static struct error *die_by_assert(struct shim_call *call, void *self)
{
    (void)self;
    assert(call->request.len == 12345);
    return NULL;
}

/* Until the stack is full: the hardest fault, because its handler needs another stack. */
static int fall(volatile int depth)
{
    volatile char room[4096];

    room[0] = (char)depth;
    return depth < 0 ? 0 : fall(depth + 1) + room[0];
}

static struct error *die_by_fault(struct shim_call *call, void *self)
{
    (void)self;
    return fall(1) == 12345 ? error_new(call->arena, ERROR_BUG, "unreachable") : NULL;
}

static struct error *stubborn(struct shim_call *call, void *self)
{
    (void)call;
    (void)self;
    while (true)
        pause();
    return NULL;
}

static bool is_short(struct str request, void *self)
{
    (void)self;
    return request.len < 1024;
}

int main(int argc, char **argv)
{
    struct echo self = {.stop = cancel_new(NULL)};
    const struct shim_route routes[] = {
        {"/test.Echo/Echo", echo, &self, NULL},
        {"/test.Echo/Block", block, &self, NULL},
        {"/test.Echo/Blocked", blocked, &self, NULL},
        {"/test.Echo/Raised", raised, &self, NULL},
        {"/test.Echo/Stop", stop, &self, NULL},
        {"/test.Echo/Big", big, &self, NULL},
        {"/test.Echo/Fail", fail, &self, NULL},
        {"/test.Echo/Print", print, &self, NULL},
        {"/test.Echo/Abort", die_by_abort, NULL, NULL},
        {"/test.Echo/Assert", die_by_assert, NULL, NULL},
        {"/test.Echo/Fault", die_by_fault, NULL, NULL},
        {"/test.Echo/Stubborn", stubborn, NULL, NULL},
        {"/test.Echo/PromptEcho", echo, &self, is_short},
        {"/test.Echo/PromptFail", fail, &self, is_short},
    };
    int64_t grace_ms = 0;
    str_to_int64(str_of(getenv("ECHO_GRACE_MS")), &grace_ms);
    struct shim_options options = {
        .protocol_major = 6,
        .provider_address = "registry.terraform.io/oko-investments/tenon",
        .routes = routes,
        .route_count = sizeof(routes) / sizeof(*routes),
        .stop = self.stop,
        .grace_ms = grace_ms,
        .debug = argc > 1 && !strcmp(argv[1], "-debug"),
    };
    int code = shim_serve(&options);
    cancel_free(self.stop);
    return code;
}
