#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "secure/aes_mode.h"
#include "vectors.h"

static void unhex(const char *text, uint8_t *bytes, size_t n)
{
    size_t length = 0;

    assert_true(hex_decode(text, strlen(text), bytes, n, &length));
    assert_int_equal(length, n);
}

/* The text of all examples of SP 800-38A and 38B. */
static const char text_hex[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                               "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
static const char key128_hex[] = "2b7e151628aed2a6abf7158809cf4f3c";
static const char key256_hex[] = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

static void get_key(bool large, struct aes_key *key)
{
    key->length = large ? 32 : 16;
    unhex(large ? key256_hex : key128_hex, key->octets, key->length);
}

/* SP 800-38B appendix D.1 (as RFC 4493) and D.3, each cut into pieces at every place. */
static void cmac_known_answers(void **state)
{
    static const struct {
        bool large;
        size_t length;
        const char *mac;
    } known[] = {
        {false, 0, "bb1d6929e95937287fa37d129b756746"},
        {false, 16, "070a16b46b4d4144f79bdd9dd04a287c"},
        {false, 40, "dfa66747de9ae63030ca32611497c827"},
        {false, 64, "51f0bebf7e3b9d92fc49741779363cfe"},
        {true, 0, "028962f61b7bf89efc6b551f4667d983"},
        {true, 16, "28a7023f452e8f82bd4bf28d8c37c35c"},
        {true, 40, "aaf3d8f1de5640c232f5b169b9c911e6"},
        {true, 64, "e1992190549f6ed5696a2c056c315410"},
    };
    uint8_t text[64];

    unhex(text_hex, text, sizeof text);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        struct aes_key key;
        uint8_t expected[16];
        uint8_t mac[16];

        get_key(known[i].large, &key);
        unhex(known[i].mac, expected, 16);
        for (size_t cut = 0; cut <= known[i].length; cut++) {
            const struct octets pieces[] = {
                {text, cut}, {NULL, 0}, {text + cut, known[i].length - cut}};

            assert_true(aes_cmac(*state, &key, pieces, 3, mac));
            assert_memory_equal(mac, expected, 16);
        }
    }
}

/* SP 800-38A F.2.1, F.2.2, F.2.5, F.2.6. */
static void cbc_known_answers(void **state)
{
    static const char *const known[] = {
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
        "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"};
    uint8_t iv[16];

    unhex("000102030405060708090a0b0c0d0e0f", iv, 16);
    for (int large = 0; large <= 1; large++) {
        struct aes_key key;
        uint8_t text[64];
        uint8_t data[64];
        uint8_t expected[64];

        get_key(large == 1, &key);
        unhex(text_hex, text, 64);
        unhex(known[large], expected, 64);
        memcpy(data, text, 64);
        assert_true(aes_cbc_encrypt(*state, &key, iv, data, 64));
        assert_memory_equal(data, expected, 64);
        assert_true(aes_cbc_decrypt(*state, &key, iv, data, 64));
        assert_memory_equal(data, text, 64);
        assert_true(aes_cbc_decrypt(*state, &key, iv, data, 0));
    }
}

static void wrong_lengths_are_refused(void **state)
{
    struct aes_key key = {.length = 24};
    uint8_t block[32] = {0};

    assert_false(aes_cmac(*state, &key, NULL, 0, block));
    assert_false(aes_cbc_encrypt(*state, &key, block, block, 16));
    assert_false(aes_cbc_decrypt(*state, &key, block, block, 16));
    assert_false(aes_block(*state, &key, block, block));
    key.length = 16;
    assert_true(aes_block(*state, &key, block, block));
    assert_false(aes_cbc_encrypt(*state, &key, block, block, 17));
    assert_false(aes_cbc_decrypt(*state, &key, block, block, 15));
}

/* A port whose n-th call fails. */
static bool failing_set_key(void *ctx, const uint8_t *key, size_t key_len)
{
    (void)key;
    (void)key_len;
    return (*(int *)ctx)-- > 0;
}

static bool failing_encrypt(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks)
{
    memmove(out, in, blocks * 16);
    return (*(int *)ctx)-- > 0;
}

static bool failing_decrypt(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *in,
                            uint8_t *out, size_t blocks)
{
    (void)key;
    (void)key_len;
    return failing_encrypt(ctx, in, out, blocks);
}

static void failure_of_the_port_is_passed_up(void **state)
{
    int left = 0;
    const struct crypto_port port = {.ctx = &left,
                                     .aes_set_key = failing_set_key,
                                     .aes_encrypt = failing_encrypt,
                                     .aes_decrypt = failing_decrypt};
    const struct aes_key key = {.length = 16};
    uint8_t data[32] = {0};
    uint8_t mac[16];

    (void)state;
    for (int calls = 0; calls <= 4; calls++) {
        const struct octets piece = {data, sizeof data};

        left = calls;
        assert_int_equal(aes_cmac(&port, &key, &piece, 1, mac), calls == 4);
        left = calls;
        assert_int_equal(aes_cbc_encrypt(&port, &key, mac, data, 32), calls >= 3);
        left = calls;
        assert_int_equal(aes_cbc_decrypt(&port, &key, mac, data, 32), calls >= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cmac_known_answers),
        cmocka_unit_test(cbc_known_answers),
        cmocka_unit_test(wrong_lengths_are_refused),
        cmocka_unit_test(failure_of_the_port_is_passed_up),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
