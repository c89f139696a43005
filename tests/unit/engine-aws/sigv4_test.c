#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/sigv4.h"
#include "engine/base/json.h"
#include "engine/base/time.h"

/* AWS's published test suite.  A missing file fails. */
static const char vectors_file[] = "tests/unit/engine-aws/sigv4-vectors.json";
enum { VECTOR_COUNT = 38 };

static struct json vectors(struct arena *a)
{
    struct buf text = buf_in(a);
    struct json all;
    char piece[4096];
    size_t n;
    FILE *f = fopen(vectors_file, "rb");

    if (!f)
        fail_msg("%s is missing (tests run at the repository's root)", vectors_file);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(&text, (struct str){piece, n});
    fclose(f);
    struct error *e = json_parse(a, buf_str(&text), &all);
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
    assert_int_equal(all.count, VECTOR_COUNT);
    return all;
}

static struct str text_of(const struct json *vector, const char *key)
{
    const struct json *j = json_get(vector, key);
    if (j->kind != JSON_STRING)
        fail_msg("the vector lacks %s", key);
    return j->text;
}

/* "GET /path?query HTTP/1.1", headers (a line that begins blank goes on with the one before), an
 * empty line, the body. */
static struct sigv4_request read_request(struct arena *a, struct str text)
{
    struct sigv4_request r = {0};
    struct http_header *headers = NULL;
    size_t capacity = 0;
    struct str rest = text, first = str_cut(&rest, '\n');

    r.method = arena_str(a, str_cut(&first, ' ')).ptr;
    r.query = str_slice(first, 0, first.len - strlen(" HTTP/1.1"));
    r.path = str_cut(&r.query, '?');
    while (rest.ptr) {
        struct str line = str_cut(&rest, '\n');
        if (line.len == 0)
            break;
        if (line.ptr[0] == ' ') {
            struct str *value = &headers[r.header_count - 1].value;
            *value = arena_printf(a, STR_FMT "\n" STR_FMT, STR_ARG(*value), STR_ARG(line));
            continue;
        }
        struct str value = line, name = str_cut(&value, ':');
        ARENA_PUSH(a, headers, r.header_count, capacity, (struct http_header){name, value});
    }
    r.headers = headers;
    r.body = rest;
    return r;
}

static struct sigv4_options read_options(struct arena *a, const struct json *vector)
{
    const struct json *context = json_get(vector, "context");
    struct credentials *credentials = ARENA_NEW(a, struct credentials);
    const struct json *keys = json_get(context, "credentials");
    struct sigv4_options o = {.credentials = credentials,
                              .region = text_of(context, "region"),
                              .service = text_of(context, "service")};

    credentials->access_key = text_of(keys, "access_key_id");
    credentials->secret_key = text_of(keys, "secret_access_key");
    credentials->token = json_string_or(json_get(keys, "token"), STR(""));
    assert_true(time_parse(text_of(context, "timestamp"), &o.now_ms));
    o.keep_path = !json_bool_or(json_get(context, "normalize"), true);
    o.hash_header = json_bool_or(json_get(context, "sign_body"), false);
    assert_true(json_to_int64(json_get(context, "expiration_in_seconds"), &o.expires_in_seconds));
    o.token_unsigned = json_bool_or(json_get(context, "omit_session_token"), false);
    return o;
}

static void assert_same(const struct json *vector, const char *key, struct str got)
{
    struct str expected = text_of(vector, key);
    if (!str_eq(got, expected))
        fail_msg(STR_FMT " %s:\n" STR_FMT "\n--- expected\n" STR_FMT,
                 STR_ARG(text_of(vector, "name")), key, STR_ARG(got), STR_ARG(expected));
}

/* Every header and every parameter that we add stands in AWS's signed request. */
static void assert_stands_in(const struct json *vector, const char *key, struct str part)
{
    struct str whole = text_of(vector, key);
    if (str_find_str(whole, part) == whole.len)
        fail_msg(STR_FMT " %s lacks " STR_FMT "\n" STR_FMT, STR_ARG(text_of(vector, "name")), key,
                 STR_ARG(part), STR_ARG(whole));
}

static void headers_are_signed_as_in_each_of_awss_vectors(void **state)
{
    ARENA_AUTO a = {0};
    struct json all = vectors(&a);
    (void)state;

    for (size_t i = 0; i < all.count; i++) {
        const struct json *v = &all.items[i];
        struct sigv4_request request = read_request(&a, text_of(v, "request"));
        struct sigv4_options options = read_options(&a, v);
        struct sigv4_signed s;
        sigv4_sign(&a, &options, &request, &s);
        assert_same(v, "header_canonical_request", s.canonical_request);
        assert_same(v, "header_string_to_sign", s.string_to_sign);
        assert_same(v, "header_signature", s.signature);
        for (size_t k = 0; k < s.header_count; k++)
            assert_stands_in(v, "header_signed_request",
                             arena_printf(&a, ":" STR_FMT "\n", STR_ARG(s.headers[k].value)));
    }
}

/* Every parameter that we put into the query stands in AWS's, in whatever order. */
static void queries_are_signed_as_in_each_of_awss_vectors(void **state)
{
    ARENA_AUTO a = {0};
    struct json all = vectors(&a);
    (void)state;

    for (size_t i = 0; i < all.count; i++) {
        const struct json *v = &all.items[i];
        struct sigv4_request request = read_request(&a, text_of(v, "request"));
        struct sigv4_options options = read_options(&a, v);
        struct sigv4_signed s;
        struct str rest = sigv4_presign(&a, &options, &request, &s);
        assert_same(v, "query_canonical_request", s.canonical_request);
        assert_same(v, "query_string_to_sign", s.string_to_sign);
        assert_same(v, "query_signature", s.signature);
        assert_int_equal(s.header_count, 0);
        while (rest.ptr) {
            struct str parameter = str_cut(&rest, '&');
            if (str_starts_with(parameter, STR("X-Amz-")))
                assert_stands_in(v, "query_signed_request", parameter);
        }
    }
}

/* With keys kept: the first time derived, then recalled; other secrets, days, regions and services
 * among them, more than are kept, do not get into each other's way. */
static void kept_keys_sign_as_derived_ones_do(void **state)
{
    ARENA_AUTO a = {0};
    struct json all = vectors(&a);
    struct sigv4_keys *keys = sigv4_keys_new();
    const struct json *v = &all.items[0];
    struct sigv4_request request = read_request(&a, text_of(v, "request"));
    (void)state;

    for (int i = 0; i < 100; i++) {
        struct sigv4_options options = read_options(&a, v);
        struct credentials other = *options.credentials;
        struct sigv4_signed derived, kept, again;
        other.secret_key = arena_printf(&a, "%d" STR_FMT, i % 5, STR_ARG(other.secret_key));
        options.credentials = i % 2 ? &other : options.credentials;
        options.region = i % 3 ? arena_printf(&a, "r%d", i % 7) : options.region;
        options.service = i % 4 ? arena_printf(&a, "s%d", i) : options.service;
        options.now_ms += i % 6 * INT64_C(86400000);
        sigv4_sign(&a, &options, &request, &derived);
        options.keys = keys;
        sigv4_sign(&a, &options, &request, &kept);
        sigv4_sign(&a, &options, &request, &again);
        assert_true(str_eq(kept.signature, derived.signature));
        assert_true(str_eq(again.signature, derived.signature));
    }
    sigv4_keys_free(keys);
    sigv4_keys_free(NULL);
}

static void uris_are_encoded_and_decoded_byte_by_byte(void **state)
{
    ARENA_AUTO a = {0};
    struct buf all = buf_in(&a), slashes = buf_in(&a);
    (void)state;

    uri_encode(&all, STR("a b+c/~\xE1\x88\xB4%"), false);
    assert_true(str_eq(buf_str(&all), STR("a%20b%2Bc%2F~%E1%88%B4%25")));
    assert_true(str_eq(uri_decode(&a, buf_str(&all)), STR("a b+c/~\xE1\x88\xB4%")));
    uri_encode(&slashes, STR("/a b/"), true);
    assert_true(str_eq(buf_str(&slashes), STR("/a%20b/")));
    assert_true(str_eq(uri_decode(&a, STR("100%")), STR("100%")));
    assert_true(str_eq(uri_decode(&a, STR("%4")), STR("%4")));
    assert_true(str_eq(uri_decode(&a, STR("%zz%41")), STR("%zzA")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_signed_as_in_each_of_awss_vectors),
        cmocka_unit_test(queries_are_signed_as_in_each_of_awss_vectors),
        cmocka_unit_test(kept_keys_sign_as_derived_ones_do),
        cmocka_unit_test(uris_are_encoded_and_decoded_byte_by_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
