#ifndef ENGINE_BASE_MEMORY_H
#define ENGINE_BASE_MEMORY_H

#include <stdlib.h>

/* For memory that lies in no arena: `struct x *x = must_have(calloc(1, sizeof(*x)));`.  Without it
 * the process ends, as it does when an arena runs out. */
void *must_have(void *memory) __attribute__((returns_nonnull));
_Noreturn void out_of_memory(void);

#endif
