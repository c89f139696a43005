#ifndef TESTS_UNIT_ENGINE_CORE_TEST_H
#define TESTS_UNIT_ENGINE_CORE_TEST_H

/* cmocka wants its headers in this order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

#endif
