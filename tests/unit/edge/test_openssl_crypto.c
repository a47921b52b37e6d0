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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(aes_known_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(aes_decrypt_is_the_inverse, setup, teardown),
        cmocka_unit_test_setup_teardown(aes_refuses_other_key_lengths_and_no_key, setup, teardown),
        cmocka_unit_test_setup_teardown(sha256_known_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(hmac_known_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(hmac_agrees_with_openssl, setup, teardown),
        cmocka_unit_test_setup_teardown(random_fills_every_length_and_never_repeats, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(random_is_wiped_from_the_pool, setup, teardown),
        cmocka_unit_test(free_wipes_and_may_be_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
