#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aka/kdf.h"
#include "aka/vector.h"
#include "base/bytes.h"
#include "vectors.h"

static void read_credentials(const json_t *json, struct aka_credentials *cred)
{
    memset(cred, 0, sizeof *cred);
    cred->algorithm = AKA_MILENAGE;
    vectors_octets(json, "k", cred->k, 16);
    vectors_octets(json, "opc", cred->opc, 16);
}

/* The AuC makes each published vector, the USIM checks it, and both agree. */
static void vector_and_challenge_of_ts_35_208(void **state)
{
    const struct crypto_port *port = *state;
    json_t *root = vectors_load("milenage.json");
    json_t *json = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, json)
    {
        struct aka_credentials cred;
        struct aka_vector vector;
        struct aka_challenge challenge;
        uint8_t rand[16], sqn[6], amf[2], autn[16], res[8], ck[16], ik[16];

        read_credentials(json, &cred);
        vectors_octets(json, "rand", rand, 16);
        vectors_octets(json, "sqn", sqn, 6);
        vectors_octets(json, "amf", amf, 2);
        vectors_octets(json, "autn", autn, 16);
        vectors_octets(json, "f2", res, 8);
        vectors_octets(json, "f3", ck, 16);
        vectors_octets(json, "f4", ik, 16);
        assert_true(aka_vector_make(port, &cred, rand, be48_get(sqn), amf, &vector));
        assert_memory_equal(vector.rand, rand, 16);
        assert_memory_equal(vector.autn, autn, 16);
        assert_int_equal(vector.xres_len, 8);
        assert_memory_equal(vector.xres, res, 8);
        assert_memory_equal(vector.ck, ck, 16);
        assert_memory_equal(vector.ik, ik, 16);

        assert_true(aka_challenge_check(port, &cred, rand, autn, &challenge));
        assert_true(challenge.mac_ok);
        assert_true(challenge.sqn == be48_get(sqn));
        assert_memory_equal(challenge.amf, amf, 2);
        assert_int_equal(challenge.res_len, 8);
        assert_memory_equal(challenge.res, res, 8);
        assert_memory_equal(challenge.ck, ck, 16);
        assert_memory_equal(challenge.ik, ik, 16);
    }
    assert_int_equal(index, 20);
    json_decref(root);
}

/* Any changed bit of AUTN or RAND is seen, and nothing of such a challenge gets out. */
static void challenge_with_a_changed_bit_is_refused(void **state)
{
    const struct crypto_port *port = *state;
    json_t *root = vectors_load("milenage.json");
    json_t *json = json_array_get(json_object_get(root, "tests"), 0);
    struct aka_credentials cred;
    struct aka_challenge challenge;
    struct aka_challenge none;
    uint8_t input[32];

    memset(&none, 0, sizeof none);
    read_credentials(json, &cred);
    vectors_octets(json, "rand", input, 16);
    vectors_octets(json, "autn", input + 16, 16);
    for (size_t bit = 0; bit < 256; bit++) {
        input[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memset(&challenge, 0x55, sizeof challenge);
        assert_true(aka_challenge_check(port, &cred, input, input + 16, &challenge));
        assert_memory_equal(&challenge, &none, sizeof none);
        input[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    json_decref(root);
}

static void auts_of_published_sets_with_amf_0(void **state)
{
    const struct crypto_port *port = *state;
    json_t *root = vectors_load("milenage.json");
    json_t *json = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, json)
    {
        struct aka_credentials cred;
        uint8_t rand[16], sqn[6], expected[14], auts[14];
        uint64_t sqn_ms = 0;
        bool mac_ok = false;

        read_credentials(json, &cred);
        vectors_octets(json, "rand", rand, 16);
        vectors_octets(json, "sqn", sqn, 6);
        vectors_octets(json, "auts_amf0", expected, 14);
        assert_true(aka_auts_make(port, &cred, rand, be48_get(sqn), auts));
        assert_memory_equal(auts, expected, 14);
        assert_true(aka_auts_open(port, &cred, rand, expected, &sqn_ms, &mac_ok));
        assert_true(mac_ok);
        assert_true(sqn_ms == be48_get(sqn));
    }
    assert_int_equal(index, 20);
    json_decref(root);
}

/* A vector from outside TS 35.208: K = OPc = 00..0F, RAND = 0, SQN_MS = 31. */
static void auts_worked_example(void **state)
{
    static const uint8_t expected[14] = {0x87, 0x11, 0xa0, 0xec, 0x9e, 0x16, 0x37,
                                         0xdf, 0x17, 0xf8, 0x0b, 0x38, 0x4e, 0xe4};
    const struct crypto_port *port = *state;
    struct aka_credentials cred = {.algorithm = AKA_MILENAGE};
    uint8_t rand[16] = {0};
    uint8_t auts[14];

    for (uint8_t i = 0; i < 16; i++) {
        cred.k[i] = cred.opc[i] = i;
    }
    assert_true(aka_auts_make(port, &cred, rand, 31, auts));
    assert_memory_equal(auts, expected, 14);
    for (size_t bit = 0; bit < 112; bit++) {
        uint64_t sqn_ms = 1;
        bool mac_ok = true;

        auts[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_true(aka_auts_open(port, &cred, rand, auts, &sqn_ms, &mac_ok));
        assert_false(mac_ok);
        assert_true(sqn_ms == 0);
        auts[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void kasme_of_the_derived_sets(void **state)
{
    const struct crypto_port *port = *state;
    json_t *root = vectors_load("kasme.json");
    json_t *json = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, json)
    {
        uint8_t ck[16], ik[16], sn_id[3], sqn_xor_ak[6], expected[32], kasme[32];

        vectors_octets(json, "ck", ck, 16);
        vectors_octets(json, "ik", ik, 16);
        vectors_octets(json, "plmn_id", sn_id, 3);
        vectors_octets(json, "sqn_xor_ak", sqn_xor_ak, 6);
        vectors_octets(json, "kasme", expected, 32);
        assert_true(aka_kasme(port, ck, ik, sn_id, sqn_xor_ak, kasme));
        assert_memory_equal(kasme, expected, 32);
    }
    assert_int_equal(index, 12);
    json_decref(root);
}

static void unknown_algorithm_is_refused(void **state)
{
    const struct crypto_port *port = *state;
    struct aka_credentials cred = {.algorithm = (enum aka_algorithm)0};
    struct aka_vector vector;
    struct aka_challenge challenge;
    uint8_t zero[16] = {0};
    uint8_t auts[14] = {0};
    uint64_t sqn_ms = 0;
    bool mac_ok = true;

    assert_false(aka_vector_make(port, &cred, zero, 32, zero, &vector));
    assert_false(aka_challenge_check(port, &cred, zero, zero, &challenge));
    assert_false(challenge.mac_ok);
    assert_false(aka_auts_make(port, &cred, zero, 32, auts));
    assert_false(aka_auts_open(port, &cred, zero, auts, &sqn_ms, &mac_ok));
    assert_false(mac_ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_and_challenge_of_ts_35_208),
        cmocka_unit_test(challenge_with_a_changed_bit_is_refused),
        cmocka_unit_test(auts_of_published_sets_with_amf_0),
        cmocka_unit_test(auts_worked_example),
        cmocka_unit_test(kasme_of_the_derived_sets),
        cmocka_unit_test(unknown_algorithm_is_refused),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
