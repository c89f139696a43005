#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/catalog_csv.h"

static struct error *read_text(struct arena *a, const char *text, struct catalog *out)
{
    return catalog_csv_read(a, STR("c.csv"), str_of(text), out);
}

static void read_rows(struct arena *a, const char *rows, struct catalog *out)
{
    struct error *e = read_text(a, arena_printf(a, CATALOG_CSV_HEADER "\n%s", rows).ptr, out);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail));
}

static void rows_of_one_type_are_its_offerings(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct catalog c;

    read_rows(&a,
              "small,z2,spot,0.1,2000,2147483648,5,amd64,linux,gen=2;disk=ssd\r\n"
              "big,z1,on-demand,1.0416000000,8000,34359738368,50,arm64,linux,\n"
              "small,z1,on-demand,0.200000,2000,2147483648,5,amd64,linux,gen=2;disk=ssd\n",
              &c);
    assert_int_equal(c.count, 2);
    assert_true(str_eq(c.types[0].name, STR("big")));
    assert_int_equal(c.types[0].offerings[0].price_microusd_per_hour, 1041600);
    const struct instance_type *t = &c.types[1];
    assert_int_equal(t->offering_count, 2);
    assert_true(str_eq(t->offerings[0].zone, STR("z1")));
    assert_int_equal(t->offerings[0].capacity_type, CAPACITY_ON_DEMAND);
    assert_int_equal(t->offerings[1].capacity_type, CAPACITY_SPOT);
    assert_int_equal(t->allocatable.amount[RESOURCE_CPU], 2000);
    assert_int_equal(t->allocatable.amount[RESOURCE_MEMORY], INT64_C(2) << 30);
    assert_int_equal(t->allocatable.amount[RESOURCE_PODS], 5);
    assert_true(str_eq(labels_get(&t->labels, STR("disk")), STR("ssd")));
    assert_true(str_eq(labels_get(&t->labels, LABEL_INSTANCE_TYPE), STR("small")));
    assert_true(str_eq(labels_get(&t->labels, LABEL_OS), STR("linux")));
}

static void limits_count_what_the_labels_say(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct catalog c;

    read_rows(&a,
              "t,z,spot,0.1,1930,100,5,amd64,linux,"
              "karpenter.k8s.aws/instance-cpu=2;karpenter.k8s.aws/instance-memory=8192\n"
              "u,z,spot,0.1,1930,100,5,amd64,linux,\n",
              &c);
    assert_int_equal(c.types[0].capacity.amount[RESOURCE_CPU], 2000);
    assert_int_equal(c.types[0].capacity.amount[RESOURCE_MEMORY], INT64_C(8) << 30);
    assert_int_equal(c.types[1].capacity.amount[RESOURCE_CPU], 1930);
    assert_int_equal(c.types[1].capacity.amount[RESOURCE_MEMORY], 100);
    assert_true(c.types[0].allocatable.amount[RESOURCE_EPHEMERAL_STORAGE] == INT64_MAX);
}

static void rows_that_differ_in_more_than_the_offering_are_types_of_one_name(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct catalog c;

    read_rows(&a,
              "t,z1,spot,0.1,1000,100,5,amd64,linux,rack=a\n"
              "t,z2,spot,0.1,1000,100,5,amd64,linux,rack=b\n",
              &c);
    assert_int_equal(c.count, 2);
    assert_true(str_eq(c.types[1].name, STR("t")));
    assert_true(str_eq(labels_get(&c.types[1].labels, STR("rack")), STR("b")));
}

static void quoted_values_and_blank_lines_are_read(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct catalog c;

    read_rows(&a, "\n\"t\",z,\"spot\" ,\"0.1\",1,2,3,amd64,linux,\"a=b\"\n\n", &c);
    assert_int_equal(c.count, 1);
    assert_true(str_eq(labels_get(&c.types[0].labels, STR("a")), STR("b")));
}

/* Who needs the type is to be told that it has no price, so it is not left out. */
static void a_row_without_a_price_makes_a_type_that_cannot_be_bought(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct catalog c;

    assert_null(read_text(&a,
                          CATALOG_CSV_HEADER "\nnew,a,spot,,1000,2,3,amd64,linux,\n"
                                             "old,a,spot,,1000,2,3,amd64,linux,\n"
                                             "old,b,spot,0.1,1000,2,3,amd64,linux,\n",
                          &c));
    assert_int_equal(c.count, 2);
    assert_int_equal(c.types[0].offering_count, 0);
    assert_int_equal(c.types[1].offering_count, 1);
    assert_true(str_eq(c.types[1].offerings[0].zone, STR("b")));
}

static void what_is_broken_is_named_with_file_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *text, *summary;
    } rows[] = {
        {"", "c.csv:1:1: this is no catalog's header"},
        {"instance_type,zone\n", "c.csv:1:1: this is no catalog's header"},
        {CATALOG_CSV_HEADER "\n", "c.csv:1:1: the catalog has no rows"},
        {CATALOG_CSV_HEADER "\nt,z,spot\n", "c.csv:2:1: the row has 3 columns"},
        {CATALOG_CSV_HEADER "\nt,z,spot,cheap,1,2,3,amd64,linux,\n",
         "c.csv:2:10: hourly_usd is \"cheap\""},
        {CATALOG_CSV_HEADER "\nt,z,spot,-1,1,2,3,amd64,linux,\n",
         "c.csv:2:10: hourly_usd is \"-1\""},
        {CATALOG_CSV_HEADER "\nt,z,spot,0.00000001,1,2,3,amd64,linux,\n",
         "c.csv:2:10: hourly_usd is \"0.00000001\""},
        {CATALOG_CSV_HEADER "\nt,z,spots,1,1,2,3,amd64,linux,\n",
         "c.csv:2:5: capacity_type is \"spots\""},
        {CATALOG_CSV_HEADER "\nt,z,spot,1,1.5,2,3,amd64,linux,\n",
         "c.csv:2:12: cpu_millicores is \"1.5\""},
        {CATALOG_CSV_HEADER "\nt,z,spot,1,1,2,3,amd64,linux,a=b;c\n",
         "c.csv:2:34: labels is \"c\""},
        {CATALOG_CSV_HEADER "\nt,z,spot,1,1,2,3,amd64,linux,kubernetes.io/os=windows\n",
         "c.csv:2:30: labels is \"kubernetes.io/os=windows\""},
        {CATALOG_CSV_HEADER "\n\"t,z,spot,1,1,2,3,amd64,linux,a=b\n",
         "c.csv:2:1: the quote that opens here is not closed"},
        {CATALOG_CSV_HEADER "\nt,z,spot,1,1,2,3,amd64,linux,\nt,z,spot,2,1,2,3,amd64,linux,\n",
         "c.csv:3:1: line 2 has this offering too"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct catalog c;
        struct error *e = read_text(&a, rows[i].text, &c);
        if (!e)
            fail_msg("%s was taken", rows[i].text);
        assert_holds(e->summary, rows[i].summary);
        assert_true(e->detail.len > 0);
    }
}

static void a_file_that_is_no_catalog_is_not_complained_about_row_by_row(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    struct catalog c;
    size_t errors = 0;

    buf_printf(&text, CATALOG_CSV_HEADER "\n");
    for (int i = 0; i < 1000; i++)
        buf_printf(&text, "x\n");
    for (const struct error *e = read_text(&a, text.ptr, &c); e; e = e->next, errors++)
        if (!e->next)
            assert_holds(e->detail, "and 980 more errors in this file");
    assert_int_equal(errors, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_one_type_are_its_offerings),
        cmocka_unit_test(limits_count_what_the_labels_say),
        cmocka_unit_test(rows_that_differ_in_more_than_the_offering_are_types_of_one_name),
        cmocka_unit_test(quoted_values_and_blank_lines_are_read),
        cmocka_unit_test(a_row_without_a_price_makes_a_type_that_cannot_be_bought),
        cmocka_unit_test(what_is_broken_is_named_with_file_line_and_column),
        cmocka_unit_test(a_file_that_is_no_catalog_is_not_complained_about_row_by_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
