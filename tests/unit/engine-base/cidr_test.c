#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/cidr.h"

static void a_network_is_an_address_with_nothing_beyond_its_prefix(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good, v6;
    } rows[] = {
        {"10.100.0.0/16", true, false},
        {"172.20.0.0/12", false, false}, /* 172.16.0.0/12 is meant */
        {"172.16.0.0/12", true, false},
        {"0.0.0.0/0", true, false},
        {"10.0.0.1/32", true, false},
        {"fd30:1c53:5f8a::/108", true, true},
        {"fd30:1c53:5f8a::1/108", false, true},
        {"::/0", true, true},
        {"10.100.0.0", false, false},
        {"10.100.0.0/", false, false},
        {"10.100.0.0/33", false, false},
        {"10.100.0.0/-1", false, false},
        {"10.100.0.0/0016", false, false},
        {"10.100.0/16", false, false},
        {"fd30::/129", false, true},
        {"/16", false, false},
        {"", false, false},
        {"10.100.0.0/16 ", false, false},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111/16", false, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct cidr c;
        if (cidr_parse(str_of(rows[i].text), &c) != rows[i].good)
            fail_msg("%s", rows[i].text);
        if (rows[i].good)
            assert_int_equal(c.is_v6, rows[i].v6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_is_an_address_with_nothing_beyond_its_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
