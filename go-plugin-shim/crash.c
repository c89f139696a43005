#include "go-plugin-shim/crash.h"

#include <assert.h>
#include <execinfo.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "engine/base/version.h"

enum { FRAMES_MAX = 48 }; /* Terraform keeps about 100 lines */

static const struct {
    int number;
    const char *name;
} caught[] = {
    {SIGABRT, "aborted"},
#ifndef CRASH_FAULTS_ARE_WATCHED
    {SIGSEGV, "segmentation fault"},
    {SIGBUS, "bus error"},
    {SIGFPE, "arithmetic fault"},
    {SIGILL, "illegal instruction"},
#endif
};

/* What follows runs in a signal handler: it may only write(2) and must not allocate. */

static void put(const char *text)
{
    size_t count = strlen(text);

    while (count > 0) {
        ssize_t n = write(STDERR_FILENO, text, count);
        if (n <= 0)
            return;
        text += n;
        count -= (size_t)n;
    }
}

static void put_number(uintptr_t number, unsigned base)
{
    char digits[24];
    size_t at = sizeof(digits) - 1;

    digits[at] = '\0';
    do
        digits[--at] = "0123456789abcdef"[number % base];
    while (number /= base);
    put(digits + at);
}

static const char *name_of(int number)
{
    for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++)
        if (caught[i].number == number)
            return caught[i].name;
    return "unknown";
}

static void put_backtrace(void)
{
    void *frames[FRAMES_MAX];
    int count = backtrace(frames, FRAMES_MAX);

    put("backtrace of tenon " TENON_VERSION " (addr2line -e translates the addresses):\n");
    backtrace_symbols_fd(frames, count, STDERR_FILENO);
}

static void die_with_text(int number, siginfo_t *info, void *context)
{
    (void)context;
    put("panic: tenon: signal ");
    put_number((uintptr_t)number, 10);
    put(" (");
    put(name_of(number));
    put(")");
    if (number != SIGABRT) {
        put(" at address 0x");
        put_number((uintptr_t)info->si_addr, 16);
    }
    put("\n\n");
    put_backtrace();
    raise(number); /* SA_RESETHAND: this time the default, which ends the process */
}

void crash_install(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESETHAND | SA_ONSTACK};
    void *frame[1];

    backtrace(frame, 1); /* loads the unwinder now, while there still is a sound heap */
    action.sa_sigaction = die_with_text;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++)
        sigaction(caught[i].number, &action, NULL);
}

void crash_stack_begin(struct crash_stack *s)
{
    stack_t own = {.ss_sp = s->bytes, .ss_size = sizeof(s->bytes)};
    sigaltstack(&own, &s->before);
}

void crash_stack_end(const struct crash_stack *s)
{
    sigaltstack(&s->before, NULL);
}

/* Takes the place of libc's, whose text does not begin with "panic: " and would not be shown. */
void __assert_fail(const char *expression, const char *file, unsigned line, const char *function)
{
    put("panic: tenon: ");
    put(file);
    put(":");
    put_number(line, 10);
    put(": ");
    put(function ? function : "?");
    put(": this should hold and does not: ");
    put(expression);
    put("\n");
    abort();
}
