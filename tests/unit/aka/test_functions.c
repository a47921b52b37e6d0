/* Every algorithm through the table: vectors, challenges and AUTS beside published functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aka/functions.h"
#include "aka/tuak.h"
#include "aka/vector.h"
#include "aka/xor_test.h"
#include "base/bytes.h"
#include "vectors.h"

/* AKA's lengths (TS 33.102 6.3.7) are not those of every published set: MAC 8, CK and IK 16. */
static struct tuak with_lengths_of_aka(const struct aka_credentials *cred)
{
    return (struct tuak){.k = cred->k,
                         .topc = cred->opc,
                         .k_len = cred->k_len,
                         .mac_len = 8,
                         .res_len = cred->res_len,
                         .ck_len = 16,
                         .ik_len = 16,
                         .iterations = cred->iterations};
}

static uint8_t number(const json_t *set, const char *key)
{
    return (uint8_t)json_integer_value(json_object_get(set, key));
}

static void read_tuak(const json_t *set, struct aka_credentials *cred)
{
    memset(cred, 0, sizeof *cred);
    cred->algorithm = AKA_TUAK;
    cred->k_len = number(set, "k_len");
    cred->res_len = number(set, "res_len");
    cred->iterations = number(set, "iterations");
    vectors_octets(set, "k", cred->k, cred->k_len);
    vectors_octets(set, "topc", cred->opc, 32);
}

/* AuC and USIM agree on a vector and on AUTS, and a changed bit is seen by both. */
static void check_both_sides(const struct crypto_port *port, const struct aka_credentials *cred,
                             const uint8_t rand[16], uint64_t sqn, const uint8_t amf[2])
{
    struct aka_vector vector;
    struct aka_challenge challenge;
    uint8_t auts[14];
    uint64_t sqn_ms = 0;
    bool mac_ok = false;

    assert_true(aka_vector_make(port, cred, rand, sqn, amf, &vector));
    assert_true(aka_challenge_check(port, cred, rand, vector.autn, &challenge));
    assert_true(challenge.mac_ok);
    assert_true(challenge.sqn == sqn);
    assert_int_equal(challenge.res_len, vector.xres_len);
    assert_memory_equal(challenge.res, vector.xres, AKA_RES_MAX);
    assert_memory_equal(challenge.ck, vector.ck, 16);
    assert_memory_equal(challenge.ik, vector.ik, 16);
    assert_true(aka_auts_make(port, cred, rand, sqn, auts));
    assert_true(aka_auts_open(port, cred, rand, auts, &sqn_ms, &mac_ok));
    assert_true(mac_ok);
    assert_true(sqn_ms == sqn);
    vector.autn[8] ^= 0x10;
    assert_true(aka_challenge_check(port, cred, rand, vector.autn, &challenge));
    assert_false(challenge.mac_ok);
    auts[13] ^= 1;
    assert_true(aka_auts_open(port, cred, rand, auts, &sqn_ms, &mac_ok));
    assert_false(mac_ok);
}

static void check_tuak_set(const struct crypto_port *port, const json_t *set)
{
    struct aka_credentials cred;
    struct aka_vector vector;
    uint8_t rand[16], sqn[6], amf[2], mac[8], res[32], ck[16], ik[16], ak[6], auts[14];
    const uint8_t amf_star[2] = {0, 0};

    read_tuak(set, &cred);
    vectors_octets(set, "rand", rand, 16);
    vectors_octets(set, "sqn", sqn, 6);
    vectors_octets(set, "amf", amf, 2);
    if (cred.res_len > AKA_RES_MAX) {
        assert_null(aka_functions_of(&cred)); /* a RES that AKA cannot carry */
        assert_false(aka_vector_make(port, &cred, rand, 1, amf, &vector));
        return;
    }
    struct tuak tuak = with_lengths_of_aka(&cred);

    assert_true(tuak_f1(&tuak, rand, sqn, amf, mac));
    assert_true(tuak_f2345(&tuak, rand, res, ck, ik, ak));
    assert_true(aka_vector_make(port, &cred, rand, be48_get(sqn), amf, &vector));
    assert_int_equal(vector.xres_len, cred.res_len);
    assert_memory_equal(vector.xres, res, cred.res_len);
    assert_memory_equal(vector.ck, ck, 16);
    assert_memory_equal(vector.ik, ik, 16);
    assert_memory_equal(vector.autn + 8, mac, 8);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(vector.autn[i], sqn[i] ^ ak[i]);
    }
    assert_true(aka_auts_make(port, &cred, rand, be48_get(sqn), auts));
    assert_true(tuak_f1_star(&tuak, rand, sqn, amf_star, mac));
    assert_memory_equal(auts + 6, mac, 8);
    vectors_octets(set, "f5star", ak, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(auts[i], sqn[i] ^ ak[i]);
    }
    check_both_sides(port, &cred, rand, be48_get(sqn), amf);
}

static void tuak_through_the_table(void **state)
{
    json_t *root = vectors_load("tuak.json");
    json_t *set = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, set)
    {
        check_tuak_set(*state, set);
    }
    assert_int_equal(index, 6);
    json_decref(root);
}

/* Set 1 has AKA's own lengths: its published values must come out as they are. */
static void tuak_set_1_is_a_vector(void **state)
{
    json_t *root = vectors_load("tuak.json");
    const json_t *set = json_array_get(json_object_get(root, "tests"), 0);
    struct aka_credentials cred;
    struct aka_vector vector;
    uint8_t rand[16], sqn[6], amf[2], f1[8], f2[4], f3[16], f4[16];

    read_tuak(set, &cred);
    vectors_octets(set, "rand", rand, 16);
    vectors_octets(set, "sqn", sqn, 6);
    vectors_octets(set, "amf", amf, 2);
    vectors_octets(set, "f1", f1, 8);
    vectors_octets(set, "f2", f2, 4);
    vectors_octets(set, "f3", f3, 16);
    vectors_octets(set, "f4", f4, 16);
    assert_true(aka_vector_make(*state, &cred, rand, be48_get(sqn), amf, &vector));
    assert_memory_equal(vector.autn + 8, f1, 8);
    assert_int_equal(vector.xres_len, 4);
    assert_memory_equal(vector.xres, f2, 4);
    assert_memory_equal(vector.ck, f3, 16);
    assert_memory_equal(vector.ik, f4, 16);
    json_decref(root);
}

static void numbers_that_tuak_does_not_allow(void **state)
{
    const struct aka_credentials good = {
        .algorithm = AKA_TUAK, .k_len = 16, .res_len = 8, .iterations = 1};
    struct aka_credentials cred = good;

    (void)state;
    assert_non_null(aka_functions_of(&cred));
    cred.k_len = 24;
    assert_null(aka_functions_of(&cred));
    cred = good;
    cred.res_len = 12;
    assert_null(aka_functions_of(&cred));
    cred.res_len = 32;
    assert_null(aka_functions_of(&cred));
    cred = good;
    cred.iterations = 0;
    assert_null(aka_functions_of(&cred));
    cred = good;
    cred.algorithm = (enum aka_algorithm)4;
    assert_null(aka_functions_of(&cred));
    cred.algorithm = (enum aka_algorithm) - 1;
    assert_null(aka_functions_of(&cred));
}

static void names(void **state)
{
    struct aka_credentials cred = {.algorithm = AKA_XOR_TEST};

    (void)state;
    assert_int_equal(aka_algorithm_of_name("milenage", 8), AKA_MILENAGE);
    assert_int_equal(aka_algorithm_of_name("tuak", 4), AKA_TUAK);
    assert_int_equal(aka_algorithm_of_name("tuaks", 5), 0);
    assert_int_equal(aka_algorithm_of_name("tua", 3), 0);
    assert_int_equal(aka_algorithm_of_name("", 0), 0);
    assert_true(aka_functions_of(&cred)->for_tests);
    cred.algorithm = AKA_MILENAGE;
    assert_false(aka_functions_of(&cred)->for_tests);
    assert_string_equal(aka_functions_of(&cred)->name, "milenage");
}

/* Values that another implementation of TS 34.108 8.1.2 publishes: K 00..0F, RAND 34.., SQN 1, AMF
 * 8000. */
static void xor_worked_example(void **state)
{
    static const uint8_t autn[16] = {0x37, 0x30, 0x31, 0x32, 0x33, 0x3d, 0x80, 0x00,
                                     0x34, 0x35, 0x36, 0x37, 0x30, 0x30, 0xb2, 0x33};
    static const uint8_t res[16] = {0x34, 0x35, 0x36, 0x37, 0x30, 0x31, 0x32, 0x33,
                                    0x3c, 0x3d, 0x3e, 0x3f, 0x38, 0x39, 0x3a, 0x3b};
    static const uint8_t ck[16] = {0x35, 0x36, 0x37, 0x30, 0x31, 0x32, 0x33, 0x3c,
                                   0x3d, 0x3e, 0x3f, 0x38, 0x39, 0x3a, 0x3b, 0x34};
    static const uint8_t ik[16] = {0x36, 0x37, 0x30, 0x31, 0x32, 0x33, 0x3c, 0x3d,
                                   0x3e, 0x3f, 0x38, 0x39, 0x3a, 0x3b, 0x34, 0x35};
    static const uint8_t amf[2] = {0x80, 0x00};
    static const uint8_t mac_s[8] = {0x34, 0x35, 0x36, 0x37, 0x30, 0x30, 0x32, 0x33};
    struct aka_credentials cred = {.algorithm = AKA_XOR_TEST};
    struct aka_vector vector;
    uint8_t rand[16];
    uint8_t auts[14];

    memset(rand, 0x34, sizeof rand);
    for (uint8_t i = 0; i < 16; i++) {
        cred.k[i] = i;
    }
    assert_true(aka_vector_make(*state, &cred, rand, 1, amf, &vector));
    assert_memory_equal(vector.autn, autn, 16);
    assert_int_equal(vector.xres_len, 16);
    assert_memory_equal(vector.xres, res, 16);
    assert_memory_equal(vector.ck, ck, 16);
    assert_memory_equal(vector.ik, ik, 16);
    assert_true(aka_auts_make(*state, &cred, rand, 1, auts)); /* MAC-S with AMF* = 0 */
    assert_memory_equal(auts, autn, 6);
    assert_memory_equal(auts + 6, mac_s, 8);
    check_both_sides(*state, &cred, rand, 0x123456789ABC, amf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuak_through_the_table),
        cmocka_unit_test(tuak_set_1_is_a_vector),
        cmocka_unit_test(numbers_that_tuak_does_not_allow),
        cmocka_unit_test(names),
        cmocka_unit_test(xor_worked_example),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
