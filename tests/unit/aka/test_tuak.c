/* TUAK against the published test sets, TS 35.233 (tests/vectors/tuak.json). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aka/tuak.h"
#include "vectors.h"

static uint8_t number(const json_t *set, const char *key)
{
    return (uint8_t)json_integer_value(json_object_get(set, key));
}

static void expect(const json_t *set, const char *key, const uint8_t *octets, size_t n)
{
    uint8_t wanted[TUAK_MAC_MAX];

    vectors_octets(set, key, wanted, n);
    assert_memory_equal(octets, wanted, n);
}

static void check_set(const json_t *set)
{
    uint8_t k[TUAK_KEY_MAX], top[TUAK_TOP_SIZE], topc[TUAK_TOP_SIZE];
    uint8_t rand[16], sqn[6], amf[2];
    uint8_t mac[TUAK_MAC_MAX], res[TUAK_RES_MAX], ck[TUAK_KEY_MAX], ik[TUAK_KEY_MAX], ak[6];
    struct tuak tuak = {.k = k,
                        .topc = topc,
                        .k_len = number(set, "k_len"),
                        .mac_len = number(set, "mac_len"),
                        .res_len = number(set, "res_len"),
                        .ck_len = number(set, "ck_len"),
                        .ik_len = number(set, "ik_len"),
                        .iterations = number(set, "iterations")};

    vectors_octets(set, "k", k, tuak.k_len);
    vectors_octets(set, "top", top, sizeof top);
    vectors_octets(set, "rand", rand, sizeof rand);
    vectors_octets(set, "sqn", sqn, sizeof sqn);
    vectors_octets(set, "amf", amf, sizeof amf);
    assert_true(tuak_topc(&tuak, top, topc));
    expect(set, "topc", topc, sizeof topc);
    assert_true(tuak_f1(&tuak, rand, sqn, amf, mac));
    expect(set, "f1", mac, tuak.mac_len);
    assert_true(tuak_f1_star(&tuak, rand, sqn, amf, mac));
    expect(set, "f1star", mac, tuak.mac_len);
    assert_true(tuak_f2345(&tuak, rand, res, ck, ik, ak));
    expect(set, "f2", res, tuak.res_len);
    expect(set, "f3", ck, tuak.ck_len);
    expect(set, "f4", ik, tuak.ik_len);
    expect(set, "f5", ak, sizeof ak);
    assert_true(tuak_f5_star(&tuak, rand, ak));
    expect(set, "f5star", ak, sizeof ak);
}

static void test_published_sets(void **state)
{
    json_t *root = vectors_load("tuak.json");
    const json_t *sets = json_object_get(root, "tests");
    size_t index;
    json_t *set;

    (void)state;
    assert_int_equal(json_array_size(sets), 6);
    json_array_foreach((json_t *)sets, index, set)
    {
        check_set(set);
    }
    json_decref(root);
}

static void test_lengths_outside_the_specification(void **state)
{
    static const struct tuak wrong[] = {
        {.k_len = 24, .mac_len = 8, .res_len = 8, .ck_len = 16, .ik_len = 16, .iterations = 1},
        {.k_len = 16, .mac_len = 12, .res_len = 12, .ck_len = 16, .ik_len = 16, .iterations = 1},
        {.k_len = 16, .mac_len = 8, .res_len = 8, .ck_len = 16, .ik_len = 16, .iterations = 0},
    };
    const uint8_t zeros[TUAK_TOP_SIZE] = {0};
    uint8_t mac[TUAK_MAC_MAX] = {0x5A};
    uint8_t res[TUAK_RES_MAX], ck[TUAK_KEY_MAX], ik[TUAK_KEY_MAX], ak[6];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct tuak tuak = wrong[i];

        tuak.k = zeros;
        tuak.topc = zeros;
        assert_false(tuak_f1(&tuak, zeros, zeros, zeros, mac));
        assert_false(tuak_f2345(&tuak, zeros, res, ck, ik, ak));
        assert_int_equal(mac[0], 0x5A);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_sets),
        cmocka_unit_test(test_lengths_outside_the_specification),
    };

    return cmocka_run_group_tests_name("tuak", tests, NULL, NULL);
}
