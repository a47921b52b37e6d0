/* ECIES and SUCI beside the implementers' test data of TS 33.501 C.4, with the ephemeral keys of
 * that data and with fresh ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aka/ecies.h"
#include "aka/suci.h"
#include "base/hex.h"
#include "vectors.h"

#define PLAIN_MAX 32

/* One set of C.4. */
struct set {
    enum crypto_curve curve;
    enum suci_scheme scheme;
    uint8_t hn_private[32];
    uint8_t hn_public[CRYPTO_P256_PUBLIC_PLAIN];
    size_t hn_public_len;
    uint8_t eph_private[32];
    uint8_t eph_public[CRYPTO_P256_PUBLIC];
    size_t eph_public_len;
    uint8_t plain[PLAIN_MAX];
    size_t plain_len;
    uint8_t sealed[CRYPTO_P256_PUBLIC + PLAIN_MAX + ECIES_MAC]; /* the scheme output */
    size_t sealed_len;
};

/* A port whose ephemeral key is the one of the set. */
struct fixed_port {
    struct crypto_port port;
    const struct crypto_port *real;
    const struct set *set;
};

static bool fixed_set_key(void *ctx, const uint8_t *key, size_t n)
{
    const struct crypto_port *real = ((struct fixed_port *)ctx)->real;

    return real->aes_set_key(real->ctx, key, n);
}

static bool fixed_encrypt(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks)
{
    const struct crypto_port *real = ((struct fixed_port *)ctx)->real;

    return real->aes_encrypt(real->ctx, in, out, blocks);
}

static bool fixed_hmac(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *message,
                       size_t n, uint8_t mac[32])
{
    const struct crypto_port *real = ((struct fixed_port *)ctx)->real;

    return real->hmac_sha256(real->ctx, key, key_len, message, n, mac);
}

static bool fixed_sha256(void *ctx, const uint8_t *message, size_t n, uint8_t digest[32])
{
    const struct crypto_port *real = ((struct fixed_port *)ctx)->real;

    return real->sha256(real->ctx, message, n, digest);
}

static bool fixed_ephemeral(void *ctx, enum crypto_curve curve, const uint8_t *peer,
                            size_t peer_len, uint8_t *public_key, uint8_t shared[32])
{
    const struct fixed_port *fixed = ctx;

    memcpy(public_key, fixed->set->eph_public, fixed->set->eph_public_len);
    return fixed->real->agree(fixed->real->ctx, curve, fixed->set->eph_private, peer, peer_len,
                              shared);
}

static void fix(struct fixed_port *fixed, const struct crypto_port *real, const struct set *set)
{
    *fixed = (struct fixed_port){.real = real, .set = set};
    fixed->port = (struct crypto_port){.ctx = fixed,
                                       .aes_set_key = fixed_set_key,
                                       .aes_encrypt = fixed_encrypt,
                                       .hmac_sha256 = fixed_hmac,
                                       .sha256 = fixed_sha256,
                                       .agree_ephemeral = fixed_ephemeral};
}

static size_t take(const json_t *json, const char *key, uint8_t *out, size_t capacity)
{
    const char *text = json_string_value(json_object_get(json, key));
    size_t n = 0;

    assert_non_null(text);
    assert_true(hex_decode(text, strlen(text), out, capacity, &n));
    return n;
}

static void read_set(const json_t *json, struct set *set)
{
    bool b = json_integer_value(json_object_get(json, "scheme")) == 2;

    memset(set, 0, sizeof *set);
    set->curve = b ? CRYPTO_P256 : CRYPTO_X25519;
    set->scheme = b ? SUCI_PROFILE_B : SUCI_PROFILE_A;
    vectors_octets(json, "hn_private", set->hn_private, 32);
    vectors_octets(json, "eph_private", set->eph_private, 32);
    set->hn_public_len = take(json, "hn_public", set->hn_public, sizeof set->hn_public);
    set->eph_public_len = take(json, "eph_public", set->eph_public, sizeof set->eph_public);
    set->plain_len = take(json, "plain", set->plain, sizeof set->plain);
    memcpy(set->sealed, set->eph_public, set->eph_public_len);
    set->sealed_len = set->eph_public_len;
    set->sealed_len += take(json, "cipher", set->sealed + set->sealed_len, PLAIN_MAX);
    set->sealed_len += take(json, "mac", set->sealed + set->sealed_len, ECIES_MAC);
}

/* The published scheme output, both ways. */
static void check_published(const struct crypto_port *port, const struct set *set)
{
    struct fixed_port fixed;
    uint8_t out[sizeof set->sealed];
    uint8_t plain[PLAIN_MAX];
    size_t n = 0;
    bool mac_ok = false;

    fix(&fixed, port, set);
    assert_true(ecies_seal(&fixed.port, set->curve, set->hn_public, set->hn_public_len, set->plain,
                           set->plain_len, out, sizeof out, &n));
    assert_int_equal(n, set->sealed_len);
    assert_memory_equal(out, set->sealed, n);
    assert_true(ecies_open(port, set->curve, set->hn_private, set->sealed, set->sealed_len, plain,
                           sizeof plain, &n, &mac_ok));
    assert_true(mac_ok);
    assert_int_equal(n, set->plain_len);
    assert_memory_equal(plain, set->plain, n);
}

/* Each changed bit is seen: in the key as another key or as none (also in
 * the bit that X25519 masks: the KDF takes the key as it is sent), in the rest by the MAC. */
static void check_changes(const struct crypto_port *port, const struct set *set)
{
    uint8_t sealed[sizeof set->sealed];
    uint8_t plain[PLAIN_MAX];
    size_t n = 0;

    memcpy(sealed, set->sealed, sizeof sealed);
    for (size_t bit = 0; bit < 8 * set->sealed_len; bit++) {
        bool mac_ok = true;

        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        (void)ecies_open(port, set->curve, set->hn_private, sealed, set->sealed_len, plain,
                         sizeof plain, &n, &mac_ok);
        assert_false(mac_ok);
        assert_int_equal(n, 0);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void scheme_outputs_of_ts_33_501(void **state)
{
    json_t *root = vectors_load("suci.json");
    json_t *json = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, json)
    {
        struct set set;

        read_set(json, &set);
        check_published(*state, &set);
        check_changes(*state, &set);
        if (set.curve == CRYPTO_P256) {
            set.hn_public_len =
                take(json, "hn_public_uncompressed", set.hn_public, sizeof set.hn_public);
            check_published(*state, &set);
        }
    }
    assert_int_equal(index, 4);
    json_decref(root);
}

/* Fresh keys: two seals of one text differ in everything, and both open. */
static void fresh_keys_round_trip(void **state)
{
    json_t *root = vectors_load("suci.json");
    uint8_t text[ECIES_PLAIN_MAX];
    uint8_t sealed[2][ECIES_PLAIN_MAX + ECIES_OVERHEAD_B];
    uint8_t opened[ECIES_PLAIN_MAX];
    struct set set;

    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)i;
    }
    for (size_t which = 0; which < 4; which += 2) {
        read_set(json_array_get(json_object_get(root, "tests"), which), &set);
        for (size_t n = 0; n <= ECIES_PLAIN_MAX; n += n < 40 ? 1 : 54) {
            size_t size = 0;
            bool mac_ok = false;

            for (size_t i = 0; i < 2; i++) {
                assert_true(ecies_seal(*state, set.curve, set.hn_public, set.hn_public_len, text, n,
                                       sealed[i], sizeof sealed[i], &size));
                assert_int_equal(size, n + set.eph_public_len + ECIES_MAC);
                assert_true(ecies_open(*state, set.curve, set.hn_private, sealed[i], size, opened,
                                       n, &(size_t){0}, &mac_ok));
                assert_true(mac_ok);
                assert_memory_equal(opened, text, n);
            }
            assert_memory_not_equal(sealed[0], sealed[1], set.eph_public_len);
        }
    }
    json_decref(root);
}

static void lengths_and_keys_that_are_refused(void **state)
{
    const struct crypto_port *port = *state;
    json_t *root = vectors_load("suci.json");
    struct crypto_port bare = *port;
    uint8_t out[ECIES_PLAIN_MAX + ECIES_OVERHEAD_B + 1] = {0};
    uint8_t plain[ECIES_PLAIN_MAX + 1] = {0};
    struct set set;
    size_t n = 0;
    bool mac_ok = true;

    read_set(json_array_get(json_object_get(root, "tests"), 0), &set);
    bare.agree = NULL;
    bare.agree_ephemeral = NULL;
    assert_false(ecies_seal(&bare, set.curve, set.hn_public, 32, plain, 5, out, sizeof out, &n));
    assert_false(ecies_open(&bare, set.curve, set.hn_private, set.sealed, set.sealed_len, plain,
                            sizeof plain, &n, &mac_ok));
    assert_false(ecies_seal(port, set.curve, set.hn_public, 31, plain, 5, out, sizeof out, &n));
    assert_false(ecies_seal(port, set.curve, out, 32, plain, 5, out, sizeof out, &n)); /* u = 0 */
    assert_false(ecies_seal(port, CRYPTO_P256, set.hn_public, 32, plain, 5, out, sizeof out, &n));
    assert_false(ecies_seal(port, set.curve, set.hn_public, 32, plain, 257, out, sizeof out, &n));
    assert_false(ecies_seal(port, set.curve, set.hn_public, 32, plain, 5, out, 44, &n));
    assert_false(ecies_seal(port, set.curve, set.hn_public, 32, plain, 5, out, 39, &n));
    assert_true(ecies_seal(port, set.curve, set.hn_public, 32, plain, 5, out, 45, &n));
    for (size_t len = 0; len < ECIES_OVERHEAD_A; len++) {
        assert_false(ecies_open(port, set.curve, set.hn_private, out, len, plain, sizeof plain, &n,
                                &mac_ok));
        assert_false(mac_ok);
    }
    assert_false(ecies_open(port, set.curve, set.hn_private, out, 45, plain, 4, &n, &mac_ok));
    assert_false(ecies_open(port, set.curve, set.hn_private, out, ECIES_OVERHEAD_A + 257, plain,
                            sizeof plain, &n, &mac_ok));
    json_decref(root);
}

/* MCC MNC 274 012 and MSIN 001002086, as in C.4. */
static const uint8_t plmn_of_c4[3] = {0x72, 0x24, 0x10};

static void suci_of_an_imsi(void **state)
{
    static const uint8_t head[8] = {0x01, 0x72, 0x24, 0x10, 0x21, 0xF3, 0x00, 0x1B};
    json_t *root = vectors_load("suci.json");

    for (size_t which = 0; which < 4; which += 2) {
        struct set set;
        struct fixed_port fixed;
        struct suci_public_key key = {.id = 27};
        uint8_t out[SUCI_MAX];
        size_t n = 0;

        read_set(json_array_get(json_object_get(root, "tests"), which), &set);
        fix(&fixed, *state, &set);
        key.scheme = set.scheme;
        key.len = (uint8_t)set.hn_public_len;
        memcpy(key.octets, set.hn_public, set.hn_public_len);
        assert_true(suci_conceal(&fixed.port, &key, plmn_of_c4, "001002086", "123", out, &n));
        assert_int_equal(n, 8 + set.sealed_len);
        assert_memory_equal(out, head, 6);
        assert_int_equal(out[6], set.scheme);
        assert_int_equal(out[7], 27);
        assert_memory_equal(out + 8, set.sealed, set.sealed_len);
    }
    json_decref(root);
}

/* C.4.2.1, and the Routing Indicator that stands for none (TS 24.501 9.11.3.4). */
static void suci_of_the_null_scheme(void **state)
{
    static const uint8_t expected[13] = {0x01, 0x72, 0x24, 0x10, 0xF0, 0xFF, 0x00,
                                         0x00, 0x00, 0x01, 0x20, 0x80, 0xF6};
    static const uint8_t even[13] = {0x01, 0x00, 0xF1, 0x10, 0x21, 0x43, 0x00,
                                     0x00, 0x10, 0x32, 0x54, 0x76, 0x98};
    const struct suci_public_key key = {.scheme = SUCI_NULL_SCHEME, .id = 27};
    uint8_t out[SUCI_MAX];
    size_t n = 0;

    assert_true(suci_conceal(*state, &key, plmn_of_c4, "001002086", "", out, &n));
    assert_int_equal(n, sizeof expected);
    assert_memory_equal(out, expected, n);
    assert_true(suci_conceal(*state, &key, even + 1, "0123456789", "1234", out, &n));
    assert_int_equal(n, sizeof even);
    assert_memory_equal(out, even, n);
}

static void suci_arguments_that_are_refused(void **state)
{
    struct suci_public_key key = {.scheme = SUCI_NULL_SCHEME};
    uint8_t out[SUCI_MAX];
    size_t n = 1;

    assert_false(suci_conceal(*state, &key, plmn_of_c4, "", "", out, &n));
    assert_int_equal(n, 0);
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "01234567890", "", out, &n));
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "12a", "", out, &n));
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "123", "12345", out, &n));
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "123", "x", out, &n));
    key.scheme = (enum suci_scheme)3;
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "123", "", out, &n));
    key.scheme = SUCI_PROFILE_A; /* no key */
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "123", "", out, &n));
    key.len = 66; /* more than fits */
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "123", "", out, &n));
    key.scheme = SUCI_PROFILE_B;
    key.len = 33; /* no point */
    assert_false(suci_conceal(*state, &key, plmn_of_c4, "123", "", out, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scheme_outputs_of_ts_33_501),
        cmocka_unit_test(fresh_keys_round_trip),
        cmocka_unit_test(lengths_and_keys_that_are_refused),
        cmocka_unit_test(suci_of_an_imsi),
        cmocka_unit_test(suci_of_the_null_scheme),
        cmocka_unit_test(suci_arguments_that_are_refused),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
