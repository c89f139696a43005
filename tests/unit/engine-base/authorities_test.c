#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/base/authorities.h"

/* As Go's crypto/x509: each of the two takes the place of what is usual, an empty one does not. */
static void the_environment_comes_first(void **state)
{
    (void)state;
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
    struct authorities usual = authorities_find();

    setenv("SSL_CERT_FILE", "/no/such/file", 1);
    assert_string_equal(authorities_find().file, "/no/such/file");
    assert_true(authorities_find().folder == usual.folder);
    setenv("SSL_CERT_FILE", "", 1);
    assert_true(authorities_find().file == usual.file);
    setenv("SSL_CERT_DIR", "/no/such/folder", 1);
    assert_string_equal(authorities_find().folder, "/no/such/folder");
    assert_true(authorities_find().file == usual.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
