#ifndef GO_PLUGIN_SHIM_CRASH_H
#define GO_PLUGIN_SHIM_CRASH_H

#include <signal.h>

/* Sanitizers report these faults better than we can; only abort is left to us then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CRASH_FAULTS_ARE_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CRASH_FAULTS_ARE_WATCHED 1
#endif
#endif

/* Text for the user when the process dies by its own fault.  Terraform records the lines of stderr
 * from one that begins with "panic: " and shows them at the end of its run; without them the user
 * reads only "Plugin did not respond".  A failed assert gives such a line too, in every program
 * that links this. */
void crash_install(void);

/* Room for the crash handler of one thread, should its own stack be what ran out.  Lives in the
 * frame of the thread's first function, between begin and end. */
struct crash_stack {
    _Alignas(16) char bytes[32 * 1024];
    stack_t before;
};
void crash_stack_begin(struct crash_stack *s);
void crash_stack_end(const struct crash_stack *s);

#endif
