#include "engine/base/memory.h"

#include <stdio.h>

void out_of_memory(void)
{
    fputs("panic: tenon: out of memory\n", stderr);
    abort();
}

void *must_have(void *memory)
{
    if (!memory)
        out_of_memory();
    return memory;
}
