/* The bare permutation, judged by SHA3-256 and SHAKE128 of OpenSSL, which are made of it (FIPS
 * 202). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <string.h>

#include "aka/keccak.h"

/* FIPS 202 clause 4: the sponge, with `out_len` octets not more than the rate. */
static void sponge(size_t rate, uint8_t suffix, const uint8_t *in, size_t n, uint8_t *out,
                   size_t out_len)
{
    uint8_t state[KECCAK_STATE] = {0};
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        state[at++] ^= in[i];
        if (at == rate) {
            keccak_f1600(state, 1);
            at = 0;
        }
    }
    state[at] ^= suffix;
    state[rate - 1] ^= 0x80;
    keccak_f1600(state, 1);
    memcpy(out, state, out_len);
}

static void sha3_and_shake_agree_with_openssl(void **state)
{
    uint8_t message[500];
    uint8_t ours[32];
    uint8_t theirs[32];

    (void)state;
    for (size_t n = 0; n < sizeof message; n++) {
        EVP_MD_CTX *shake = EVP_MD_CTX_new();

        message[n] = (uint8_t)(n * 73 + n / 7);
        sponge(136, 0x06, message, n, ours, 32);
        assert_int_equal(EVP_Digest(message, n, theirs, NULL, EVP_sha3_256(), NULL), 1);
        assert_memory_equal(ours, theirs, 32);
        sponge(168, 0x1F, message, n, ours, 32);
        assert_int_equal(EVP_DigestInit(shake, EVP_shake128()), 1);
        assert_int_equal(EVP_DigestUpdate(shake, message, n), 1);
        assert_int_equal(EVP_DigestFinalXOF(shake, theirs, 32), 1);
        assert_memory_equal(ours, theirs, 32);
        EVP_MD_CTX_free(shake);
    }
}

static void times_are_runs_one_after_another(void **state)
{
    uint8_t once[KECCAK_STATE] = {1, 2, 3};
    uint8_t more[KECCAK_STATE] = {1, 2, 3};
    uint8_t none[KECCAK_STATE] = {1, 2, 3};

    (void)state;
    keccak_f1600(none, 0);
    assert_memory_equal(none, once, KECCAK_STATE);
    for (unsigned times = 1; times <= 5; times++) {
        memset(more, 0, sizeof more);
        memcpy(more, none, 3);
        keccak_f1600(once, 1);
        keccak_f1600(more, times);
        assert_memory_equal(once, more, KECCAK_STATE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha3_and_shake_agree_with_openssl),
        cmocka_unit_test(times_are_runs_one_after_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
