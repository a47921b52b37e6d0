#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aka/gsm.h"
#include "aka/kdf.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "vectors.h"

static void expect(const json_t *set, const char *key, const uint8_t *octets, size_t n)
{
    uint8_t wanted[32];

    vectors_octets(set, key, wanted, n);
    assert_memory_equal(octets, wanted, n);
}

static const char *text(const json_t *set, const char *key)
{
    const char *value = json_string_value(json_object_get(set, key));

    assert_non_null(value);
    return value;
}

/* Every column of kasme.json. */
static void check_set(const struct crypto_port *port, const json_t *set)
{
    const char *network = text(set, "serving_network_name");
    char name[AKA_SERVING_NETWORK_NAME_SIZE];
    uint8_t ck[16], ik[16], plmn[3], rand[16], xres[8], sqn_xor_ak[6];
    uint8_t key[32], kausf[32], star[16];

    vectors_octets(set, "ck", ck, 16);
    vectors_octets(set, "ik", ik, 16);
    vectors_octets(set, "plmn_id", plmn, 3);
    vectors_octets(set, "rand", rand, 16);
    vectors_octets(set, "xres", xres, 8);
    vectors_octets(set, "sqn_xor_ak", sqn_xor_ak, 6);
    assert_true(aka_kasme(port, ck, ik, plmn, sqn_xor_ak, key));
    expect(set, "kasme", key, 32);
    assert_true(aka_serving_network_name(plmn, name));
    assert_string_equal(name, network);
    assert_true(aka_kausf(port, ck, ik, name, sqn_xor_ak, kausf));
    expect(set, "kausf", kausf, 32);
    assert_true(aka_res_star(port, ck, ik, name, rand, xres, 8, star));
    expect(set, "xres_star", star, 16);
    assert_true(aka_hres_star(port, rand, star, key));
    expect(set, "hxres_star_lsb128", key, 16);
    assert_true(aka_kseaf(port, kausf, name, key));
    expect(set, "kseaf", key, 32);
}

static void keys_of_eps_and_5g(void **state)
{
    json_t *root = vectors_load("kasme.json");
    json_t *set = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, set)
    {
        check_set(*state, set);
    }
    assert_int_equal(index, 12);
    json_decref(root);
}

static void ck_and_ik_prime_of_rfc_9048(void **state)
{
    json_t *root = vectors_load("kdf.json");
    json_t *set = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "ck_ik_prime"), index, set)
    {
        uint8_t ck[16], ik[16], sqn_xor_ak[6], ck_prime[16], ik_prime[16];

        vectors_octets(set, "ck", ck, 16);
        vectors_octets(set, "ik", ik, 16);
        vectors_octets(set, "sqn_xor_ak", sqn_xor_ak, 6);
        assert_true(
            aka_ck_ik_prime(*state, ck, ik, text(set, "network"), sqn_xor_ak, ck_prime, ik_prime));
        expect(set, "ck_prime", ck_prime, 16);
        expect(set, "ik_prime", ik_prime, 16);
    }
    assert_int_equal(index, 2);
    json_decref(root);
}

static void kamf_of_the_derived_sets(void **state)
{
    json_t *root = vectors_load("kdf.json");
    json_t *set = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "kamf"), index, set)
    {
        uint8_t kseaf[32], abba[2], kamf[32];

        vectors_octets(set, "kseaf", kseaf, 32);
        vectors_octets(set, "abba", abba, 2);
        assert_true(aka_kamf(*state, kseaf, text(set, "supi"), abba, kamf));
        expect(set, "kamf", kamf, 32);
    }
    assert_int_equal(index, 2);
    json_decref(root);
}

static void keys_of_gba_of_the_derived_sets(void **state)
{
    json_t *root = vectors_load("kdf.json");
    json_t *set = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "ks_naf"), index, set)
    {
        const char *naf = text(set, "naf_id");
        enum aka_gba_key which =
            strcmp(text(set, "p0"), "gba-u") == 0 ? AKA_KS_INT_NAF : AKA_KS_EXT_NAF;
        uint8_t ck[16], ik[16], rand[16], naf_id[64], ks_naf[32];
        size_t n = 0;

        vectors_octets(set, "ck", ck, 16);
        vectors_octets(set, "ik", ik, 16);
        vectors_octets(set, "rand", rand, 16);
        assert_true(hex_decode(naf, strlen(naf), naf_id, sizeof naf_id, &n));
        assert_true(aka_ks_naf(*state, ck, ik, which, rand, text(set, "impi"), naf_id, n, ks_naf));
        expect(set, "ks_naf", ks_naf, 32);
    }
    assert_int_equal(index, 2);
    json_decref(root);
}

/* Up to the limit the whole of S is hashed; beyond it nothing is. */
static void long_parameters(void **state)
{
    const struct crypto_port *port = *state;
    uint8_t s[AKA_KDF_INPUT_MAX] = {0x42};
    uint8_t key[32] = {1};
    uint8_t ours[32];
    uint8_t mac[32];
    struct aka_kdf_parameter p[2] = {{s + 1, AKA_KDF_INPUT_MAX - 5}, {NULL, 0}};

    memset(s + 1, 0x5A, AKA_KDF_INPUT_MAX - 5);
    be16_put(s + AKA_KDF_INPUT_MAX - 4, AKA_KDF_INPUT_MAX - 5);
    assert_true(aka_kdf(port, key, sizeof key, 0x42, p, 2, ours));
    assert_true(port->hmac_sha256(port->ctx, key, sizeof key, s, sizeof s, mac));
    assert_memory_equal(ours, mac, 32);
    p[0].len++;
    assert_false(aka_kdf(port, key, sizeof key, 0x42, p, 2, ours));
    p[0].len = SIZE_MAX;
    assert_false(aka_kdf(port, key, sizeof key, 0x42, p, 2, ours));
}

static void network_names(void **state)
{
    char name[AKA_SERVING_NETWORK_NAME_SIZE];

    (void)state;
    assert_true(aka_serving_network_name((const uint8_t[]){0x13, 0x00, 0x14}, name));
    assert_string_equal(name, "5G:mnc410.mcc310.3gppnetwork.org");
    assert_true(aka_serving_network_name((const uint8_t[]){0x62, 0xF2, 0x21}, name));
    assert_string_equal(name, "5G:mnc012.mcc262.3gppnetwork.org");
    assert_false(aka_serving_network_name((const uint8_t[]){0x1A, 0x00, 0x14}, name));
    assert_false(aka_serving_network_name((const uint8_t[]){0x13, 0x0F, 0x14}, name));
    assert_false(aka_serving_network_name((const uint8_t[]){0x13, 0x00, 0xF4}, name));
}

static void triplets_of_milenage(void **state)
{
    json_t *root = vectors_load("milenage.json");
    json_t *set = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, set)
    {
        struct aka_credentials cred = {.algorithm = AKA_MILENAGE};
        uint8_t rand[16], sres[4], kc[8];

        vectors_octets(set, "k", cred.k, 16);
        vectors_octets(set, "opc", cred.opc, 16);
        vectors_octets(set, "rand", rand, 16);
        assert_true(aka_gsm_triplet(*state, &cred, rand, sres, kc));
        expect(set, "sres_55205_1", sres, 4);
        expect(set, "kc_c3", kc, 8);
    }
    assert_int_equal(index, 20);
    json_decref(root);
}

static void c2_of_every_length(void **state)
{
    static const uint8_t res[16] = {1, 2, 3, 4, 0x10, 0x20, 0x30, 0x40, 0xF0, 0, 0, 0, 0, 0, 0, 7};
    struct aka_credentials unknown = {.algorithm = (enum aka_algorithm)9};
    uint8_t sres[4];
    uint8_t kc[8];

    aka_c2(res, 4, sres);
    assert_memory_equal(sres, "\x01\x02\x03\x04", 4);
    aka_c2(res, 8, sres);
    assert_memory_equal(sres, "\x11\x22\x33\x44", 4);
    aka_c2(res, 16, sres);
    assert_memory_equal(sres, "\xE1\x22\x33\x43", 4);
    assert_false(aka_gsm_triplet(*state, &unknown, res, sres, kc));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_eps_and_5g),
        cmocka_unit_test(ck_and_ik_prime_of_rfc_9048),
        cmocka_unit_test(kamf_of_the_derived_sets),
        cmocka_unit_test(keys_of_gba_of_the_derived_sets),
        cmocka_unit_test(long_parameters),
        cmocka_unit_test(network_names),
        cmocka_unit_test(triplets_of_milenage),
        cmocka_unit_test(c2_of_every_length),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
