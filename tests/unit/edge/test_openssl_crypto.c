#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/hex.h"
#include "edge/openssl/openssl_crypto.h"

static int setup(void **state)
{
    struct openssl_crypto *crypto = malloc(sizeof *crypto);
    struct fault fault;

    *state = crypto;
    return crypto != NULL && openssl_crypto_init(crypto, &fault) ? 0 : -1;
}

static int teardown(void **state)
{
    struct openssl_crypto *crypto = *state;

    openssl_crypto_free(crypto);
    free(crypto);
    return 0;
}

static void unhex(const char *text, uint8_t *bytes, size_t n)
{
    size_t length = 0;

    assert_true(hex_decode(text, strlen(text), bytes, n, &length));
    assert_int_equal(length, n);
}

/* FIPS 197 appendix C.1 and C.3. */
static void aes_known_answers(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t key[32];
    uint8_t plain[16];
    uint8_t expected[16];
    uint8_t out[48];

    unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", key, 32);
    unhex("00112233445566778899aabbccddeeff", plain, 16);
    assert_true(port->aes_set_key(port->ctx, key, 16));
    assert_true(port->aes_encrypt(port->ctx, plain, out, 1));
    unhex("69c4e0d86a7b0430d8cdb78070b4c55a", expected, 16);
    assert_memory_equal(out, expected, 16);
    assert_true(port->aes_set_key(port->ctx, key, 32));
    assert_true(port->aes_encrypt(port->ctx, plain, out, 1));
    unhex("8ea2b7ca516745bfeafc49904b496089", expected, 16);
    assert_memory_equal(out, expected, 16);

    /* in place, several blocks, and back to the first key size */
    assert_true(port->aes_set_key(port->ctx, key, 16));
    for (size_t i = 0; i < 3; i++) {
        memcpy(out + 16 * i, plain, 16);
    }
    assert_true(port->aes_encrypt(port->ctx, out, out, 3));
    unhex("69c4e0d86a7b0430d8cdb78070b4c55a", expected, 16);
    for (size_t i = 0; i < 3; i++) {
        assert_memory_equal(out + 16 * i, expected, 16);
    }
    assert_true(port->aes_encrypt(port->ctx, plain, out, 0));
}

/* Decryption undoes encryption for both key sizes, in place too, and leaves aes_encrypt's key. */
static void aes_decrypt_is_the_inverse(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t key[32];
    uint8_t cipher[16];
    uint8_t plain[16];
    uint8_t out[48];

    unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", key, 32);
    unhex("00112233445566778899aabbccddeeff", plain, 16);
    unhex("69c4e0d86a7b0430d8cdb78070b4c55a", cipher, 16); /* FIPS 197 C.1 */
    assert_true(port->aes_decrypt(port->ctx, key, 16, cipher, out, 1));
    assert_memory_equal(out, plain, 16);
    unhex("8ea2b7ca516745bfeafc49904b496089", cipher, 16); /* FIPS 197 C.3 */
    for (size_t i = 0; i < 3; i++) {
        memcpy(out + 16 * i, cipher, 16);
    }
    assert_true(port->aes_set_key(port->ctx, key, 16));
    assert_true(port->aes_decrypt(port->ctx, key, 32, out, out, 3));
    for (size_t i = 0; i < 3; i++) {
        assert_memory_equal(out + 16 * i, plain, 16);
    }
    assert_true(port->aes_encrypt(port->ctx, plain, out, 1));
    unhex("69c4e0d86a7b0430d8cdb78070b4c55a", cipher, 16);
    assert_memory_equal(out, cipher, 16);
    assert_true(port->aes_decrypt(port->ctx, key, 16, out, out, 0));
    assert_false(port->aes_decrypt(port->ctx, key, 24, out, out, 1));
    assert_false(port->aes_decrypt(port->ctx, key, 16, out, out, SIZE_MAX));
}

static void aes_refuses_other_key_lengths_and_no_key(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t key[32] = {0};
    uint8_t block[16] = {0};

    assert_false(port->aes_encrypt(port->ctx, block, block, 1)); /* no key yet */
    assert_true(port->aes_set_key(port->ctx, key, 16));
    assert_true(port->aes_encrypt(port->ctx, block, block, 1));
    assert_false(port->aes_set_key(port->ctx, key, 24));
    assert_false(port->aes_set_key(port->ctx, key, 0));
    assert_false(port->aes_encrypt(port->ctx, block, block, 1)); /* not under the old one */
    assert_false(port->aes_encrypt(port->ctx, block, block, SIZE_MAX));
}

static void sha256_known_answers(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t expected[32];
    uint8_t digest[32];

    assert_true(port->sha256(port->ctx, (const uint8_t *)"abc", 3, digest));
    unhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", expected, 32);
    assert_memory_equal(digest, expected, 32);
    assert_true(port->sha256(port->ctx, (const uint8_t *)"", 0, digest));
    unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", expected, 32);
    assert_memory_equal(digest, expected, 32);
}

/* RFC 4231 test cases 1, 2 and 6 (a key longer than a block). */
static void hmac_known_answers(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t key[131];
    uint8_t expected[32];
    uint8_t mac[32];

    memset(key, 0x0b, 20);
    assert_true(port->hmac_sha256(port->ctx, key, 20, (const uint8_t *)"Hi There", 8, mac));
    unhex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", expected, 32);
    assert_memory_equal(mac, expected, 32);
    assert_true(port->hmac_sha256(port->ctx, (const uint8_t *)"Jefe", 4,
                                  (const uint8_t *)"what do ya want for nothing?", 28, mac));
    unhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", expected, 32);
    assert_memory_equal(mac, expected, 32);
    memset(key, 0xaa, 131);
    static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";

    assert_true(port->hmac_sha256(port->ctx, key, 131, (const uint8_t *)text, 54, mac));
    unhex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", expected, 32);
    assert_memory_equal(mac, expected, 32);
}

/* Every length around the block and the short path, against OpenSSL's own HMAC. */
static void hmac_agrees_with_openssl(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t data[200];

    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 7 + 1);
    }
    for (size_t key_len = 0; key_len <= 130; key_len += key_len < 60 || key_len > 66 ? 5 : 1) {
        for (size_t length = 0; length <= sizeof data; length++) {
            uint8_t mac[32];
            uint8_t expected[32];
            unsigned n = 0;

            assert_true(port->hmac_sha256(port->ctx, data, key_len, data, length, mac));
            assert_non_null(HMAC(EVP_sha256(), data, (int)key_len, data, length, expected, &n));
            assert_memory_equal(mac, expected, 32);
        }
    }
}

static void random_fills_every_length_and_never_repeats(void **state)
{
    struct openssl_crypto *crypto = *state;
    const struct crypto_port *port = &crypto->port;
    static uint8_t seen[3 * OPENSSL_CRYPTO_POOL / 16][16];
    static uint8_t large[OPENSSL_CRYPTO_POOL + 1];
    size_t count = sizeof seen / sizeof seen[0];

    for (size_t i = 0; i < count; i++) {
        assert_true(port->random(port->ctx, seen[i], 16));
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            assert_memory_not_equal(seen[i], seen[j], 16);
        }
    }
    assert_true(port->random(port->ctx, large, 0));
    assert_true(port->random(port->ctx, large, OPENSSL_CRYPTO_POOL));
    assert_true(port->random(port->ctx, large, sizeof large));
    uint8_t none[16] = {0};

    assert_memory_not_equal(large + sizeof large - 16, none, 16);
}

static void random_is_wiped_from_the_pool(void **state)
{
    struct openssl_crypto *crypto = *state;
    uint8_t octets[100];

    assert_true(crypto->port.random(crypto, octets, 60));
    assert_true(crypto->port.random(crypto, octets, 40));
    assert_int_equal(crypto->pool_left, OPENSSL_CRYPTO_POOL - 100);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(crypto->pool[i], 0);
    }
}

static void free_wipes_and_may_be_repeated(void **state)
{
    struct openssl_crypto crypto;
    uint8_t octet;

    (void)state;
    assert_true(openssl_crypto_init(&crypto, NULL));
    assert_true(crypto.port.random(&crypto, &octet, 1));
    openssl_crypto_free(&crypto);
    for (size_t i = 0; i < sizeof crypto; i++) {
        assert_int_equal(((const uint8_t *)&crypto)[i], 0);
    }
    openssl_crypto_free(&crypto);
}

/* RFC 7748 6.1: both sides of its example; public keys are the agreement with the base point 9. */
static void x25519_known_answer(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    const uint8_t base_point[32] = {9};
    uint8_t a[32], a_public[32], b[32], b_public[32], expected[32], shared[32];

    unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", a, 32);
    unhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", b, 32);
    unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", expected, 32);
    assert_true(port->agree(port->ctx, CRYPTO_X25519, a, base_point, 32, a_public));
    assert_memory_equal(a_public, expected, 32);
    unhex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", expected, 32);
    assert_true(port->agree(port->ctx, CRYPTO_X25519, b, base_point, 32, b_public));
    assert_true(port->agree(port->ctx, CRYPTO_X25519, a, b_public, 32, shared));
    assert_memory_equal(shared, expected, 32);
    assert_true(port->agree(port->ctx, CRYPTO_X25519, b, a_public, 32, shared));
    assert_memory_equal(shared, expected, 32);
}

/* NIST CAVP, ECC CDH primitive, P-256, count 0; the point in both its forms. */
static void p256_known_answer(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t peer[65], own[32], expected[32], shared[32];

    unhex("04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
          "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
          peer, 65);
    unhex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534", own, 32);
    unhex("46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b", expected, 32);
    assert_true(port->agree(port->ctx, CRYPTO_P256, own, peer, 65, shared));
    assert_memory_equal(shared, expected, 32);
    peer[0] = 0x02;
    assert_true(port->agree(port->ctx, CRYPTO_P256, own, peer, 33, shared));
    assert_memory_equal(shared, expected, 32);
}

/* The private key 1 of P-256 has the generator as its public key (SEC 2 2.4.2), and what it agrees
 * on is the other side's x. */
static void ephemeral_keys_are_fresh_and_agree(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t one[32] = {0}, point[33], key[2][33], ours[32], theirs[32];
    const uint8_t base_point[32] = {9};
    uint8_t public_key[32];

    one[31] = 1;
    unhex("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", point, 33);
    for (size_t i = 0; i < 2; i++) {
        assert_true(port->agree_ephemeral(port->ctx, CRYPTO_P256, point, 33, key[i], ours));
        assert_true(port->agree(port->ctx, CRYPTO_P256, one, key[i], 33, theirs));
        assert_memory_equal(ours, theirs, 32);
        assert_memory_equal(ours, key[i] + 1, 32);
    }
    assert_memory_not_equal(key[0], key[1], 33);
    bool seen[2] = {false, false};

    for (size_t i = 0; i < 64; i++) { /* both halves of the curve, but with a chance of 2^-63 */
        assert_true(port->agree_ephemeral(port->ctx, CRYPTO_P256, point, 33, key[0], ours));
        assert_true(key[0][0] == 2 || key[0][0] == 3);
        seen[key[0][0] - 2] = true;
    }
    assert_true(seen[0] && seen[1]);
    assert_true(port->agree(port->ctx, CRYPTO_X25519, one, base_point, 32, public_key));
    for (size_t i = 0; i < 2; i++) {
        assert_true(port->agree_ephemeral(port->ctx, CRYPTO_X25519, public_key, 32, key[i], ours));
        assert_true(port->agree(port->ctx, CRYPTO_X25519, one, key[i], 32, theirs));
        assert_memory_equal(ours, theirs, 32);
    }
    assert_memory_not_equal(key[0], key[1], 32);
}

static void keys_that_are_none_are_refused(void **state)
{
    const struct crypto_port *port = &((struct openssl_crypto *)*state)->port;
    uint8_t zero[65] = {0};
    uint8_t own[32] = {0};
    uint8_t point[65];
    uint8_t shared[32];
    uint8_t public_key[33];

    own[31] = 5;
    unhex("04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
          "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
          point, 65);
    assert_false(port->agree(port->ctx, CRYPTO_X25519, own, zero, 32, shared)); /* small order */
    assert_false(port->agree_ephemeral(port->ctx, CRYPTO_X25519, zero, 32, public_key, shared));
    assert_false(port->agree(port->ctx, CRYPTO_X25519, own, point, 31, shared));
    assert_false(port->agree(port->ctx, CRYPTO_P256, own, zero, 1, shared)); /* infinity */
    assert_false(port->agree(port->ctx, CRYPTO_P256, own, zero, 65, shared));
    assert_false(port->agree(port->ctx, CRYPTO_P256, zero, point, 65, shared)); /* scalar 0 */
    memset(own, 0xFF, sizeof own);
    assert_false(port->agree(port->ctx, CRYPTO_P256, own, point, 65, shared)); /* above n */
    own[0] = 1;
    assert_true(port->agree(port->ctx, CRYPTO_P256, own, point, 65, shared));
    point[64] ^= 1; /* not on the curve */
    assert_false(port->agree(port->ctx, CRYPTO_P256, own, point, 65, shared));
    assert_false(port->agree_ephemeral(port->ctx, CRYPTO_P256, point, 65, public_key, shared));
    point[64] ^= 1;
    point[0] = 0x06; /* SEC 1's hybrid form */
    assert_false(port->agree(port->ctx, CRYPTO_P256, own, point, 65, shared));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(aes_known_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(aes_decrypt_is_the_inverse, setup, teardown),
        cmocka_unit_test_setup_teardown(aes_refuses_other_key_lengths_and_no_key, setup, teardown),
        cmocka_unit_test_setup_teardown(sha256_known_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(hmac_known_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(hmac_agrees_with_openssl, setup, teardown),
        cmocka_unit_test_setup_teardown(x25519_known_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(p256_known_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(ephemeral_keys_are_fresh_and_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_that_are_none_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(random_fills_every_length_and_never_repeats, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(random_is_wiped_from_the_pool, setup, teardown),
        cmocka_unit_test(free_wipes_and_may_be_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
