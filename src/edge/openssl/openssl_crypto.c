#include "edge/openssl/openssl_crypto.h"

#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/bytes.h"
#include "edge/openssl/openssl_agreement.h"

#define AES_BLOCK    16
#define SHA256_BLOCK 64
#define SHA256_SIZE  32
#define SHORT_TEXT   64 /* a message up to this length is hashed together with its key block */

/*
 * Re-keying: with a NULL cipher the context keeps its algorithm and only expands the new key.
 * Padding is left on: it acts in EVP_EncryptFinal_ex, which is never called, and switching it off
 * makes each re-keying a quarter dearer (OpenSSL then sets the parameter again).
 */
static bool aes_set_key(void *ctx, const uint8_t *key, size_t key_len)
{
    struct openssl_crypto *crypto = ctx;
    EVP_CIPHER_CTX *cipher = NULL;

    if (key_len == 16) {
        cipher = crypto->ctx128;
    } else if (key_len == 32) {
        cipher = crypto->ctx256;
    }
    crypto->current = NULL; /* after a failure nothing is encrypted under an older key */
    if (cipher == NULL || EVP_EncryptInit_ex2(cipher, NULL, key, NULL, NULL) != 1) {
        return false;
    }
    crypto->current = cipher;
    return true;
}

static bool aes_encrypt(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks)
{
    struct openssl_crypto *crypto = ctx;
    int written = 0;

    if (crypto->current == NULL || blocks > INT_MAX / AES_BLOCK) {
        return false;
    }
    int length = (int)(blocks * AES_BLOCK);

    return length == 0 || (EVP_EncryptUpdate(crypto->current, out, &written, in, length) == 1 &&
                           written == length);
}

/* A context of its own, for the two directions have different key schedules. Padding is off: with
 * it EVP_DecryptUpdate would hold the last block back. */
static bool aes_decrypt(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *in,
                        uint8_t *out, size_t blocks)
{
    struct openssl_crypto *crypto = ctx;
    EVP_CIPHER_CTX *cipher = NULL;
    int written = 0;

    if (key_len == 16) {
        cipher = crypto->decrypt128;
    } else if (key_len == 32) {
        cipher = crypto->decrypt256;
    }
    if (cipher == NULL || blocks > INT_MAX / AES_BLOCK) {
        return false;
    }
    int length = (int)(blocks * AES_BLOCK);

    return EVP_DecryptInit_ex2(cipher, NULL, key, NULL, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(cipher, 0) == 1 &&
           (length == 0 ||
            (EVP_DecryptUpdate(cipher, out, &written, in, length) == 1 && written == length));
}

/* SHA-256 of two pieces one after the other. The context keeps its algorithm, so nothing is
 * fetched. */
static bool digest_two(struct openssl_crypto *crypto, const uint8_t *first, size_t first_len,
                       const uint8_t *second, size_t second_len, uint8_t digest[SHA256_SIZE])
{
    unsigned length = 0;

    return EVP_DigestInit_ex2(crypto->digest, NULL, NULL) == 1 &&
           EVP_DigestUpdate(crypto->digest, first, first_len) == 1 &&
           (second_len == 0 || EVP_DigestUpdate(crypto->digest, second, second_len) == 1) &&
           EVP_DigestFinal_ex(crypto->digest, digest, &length) == 1 && length == SHA256_SIZE;
}

static bool sha256(void *ctx, const uint8_t *message, size_t message_len, uint8_t digest[32])
{
    return digest_two(ctx, message, message_len, NULL, 0, digest);
}

static void fill_pad(uint8_t pad[SHA256_BLOCK], const uint8_t block[SHA256_BLOCK], uint8_t value)
{
    for (size_t i = 0; i < SHA256_BLOCK; i++) {
        pad[i] = block[i] ^ value;
    }
}

/*
 * FIPS 198-1 clause 4, step by step: H((K0 xor opad) || H((K0 xor ipad) || text)). By hand because
 * it takes 0.6 of the time of a reused EVP_MAC context. Copying an EVP_MD_CTX that has been started
 * saves another 7 % but counts references of the algorithm, which all threads share.
 */
static bool hmac_sha256(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *message,
                        size_t message_len, uint8_t mac[32])
{
    struct openssl_crypto *crypto = ctx;
    uint8_t k0[SHA256_BLOCK] = {0};
    uint8_t inner[SHA256_BLOCK + SHORT_TEXT];
    uint8_t outer[SHA256_BLOCK + SHA256_SIZE];
    size_t inner_len = SHA256_BLOCK;
    bool ok = true;

    if (key_len > SHA256_BLOCK) {
        ok = sha256(ctx, key, key_len, k0);
    } else if (key_len > 0) {
        memcpy(k0, key, key_len);
    }
    fill_pad(inner, k0, 0x36);
    fill_pad(outer, k0, 0x5C);
    if (message_len <= SHORT_TEXT) { /* one update instead of two */
        if (message_len > 0) {
            memcpy(inner + SHA256_BLOCK, message, message_len);
        }
        inner_len += message_len;
        message_len = 0;
    }
    ok = ok && digest_two(crypto, inner, inner_len, message, message_len, outer + SHA256_BLOCK) &&
         digest_two(crypto, outer, sizeof outer, NULL, 0, mac);
    bytes_wipe(k0, sizeof k0);
    bytes_wipe(inner, sizeof inner);
    bytes_wipe(outer, sizeof outer);
    return ok;
}

/*
 * A draw from OpenSSL's generator has a fixed price, many times that of 16 octets; a draw of a
 * whole pool shares it among 256 RANDs. This is as safe as drawing each time: the pool is the
 * generator's own output in the same order, each octet is handed out once, and it is wiped from the
 * pool at once, so that who reads this memory later learns no RAND already used. What is left in it
 * is as secret as the generator's state, which lies in the same process and foretells the same.
 * Only fork() would break it: OpenSSL reseeds its generator in a child, but this pool would be in
 * both, so a child makes a port of its own.
 */
static bool random_octets(void *ctx, uint8_t *out, size_t n)
{
    struct openssl_crypto *crypto = ctx;

    if (n > sizeof crypto->pool) {
        return n <= INT_MAX && RAND_bytes(out, (int)n) == 1;
    }
    if (n > crypto->pool_left) {
        crypto->pool_left = 0; /* nothing is handed out of a pool whose filling failed */
        if (RAND_bytes(crypto->pool, sizeof crypto->pool) != 1) {
            return false;
        }
        crypto->pool_left = sizeof crypto->pool;
    }
    uint8_t *from = crypto->pool + sizeof crypto->pool - crypto->pool_left;

    memcpy(out, from, n);
    bytes_wipe(from, n);
    crypto->pool_left -= n;
    return true;
}

static bool make_contexts(struct openssl_crypto *crypto)
{
    crypto->aes128 = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
    crypto->aes256 = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL);
    crypto->md_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    crypto->ctx128 = EVP_CIPHER_CTX_new();
    crypto->ctx256 = EVP_CIPHER_CTX_new();
    crypto->decrypt128 = EVP_CIPHER_CTX_new();
    crypto->decrypt256 = EVP_CIPHER_CTX_new();
    crypto->digest = EVP_MD_CTX_new();
    return crypto->aes128 != NULL && crypto->aes256 != NULL && crypto->md_sha256 != NULL &&
           crypto->ctx128 != NULL && crypto->ctx256 != NULL && crypto->decrypt128 != NULL &&
           crypto->decrypt256 != NULL && crypto->digest != NULL &&
           EVP_EncryptInit_ex2(crypto->ctx128, crypto->aes128, NULL, NULL, NULL) == 1 &&
           EVP_EncryptInit_ex2(crypto->ctx256, crypto->aes256, NULL, NULL, NULL) == 1 &&
           EVP_DecryptInit_ex2(crypto->decrypt128, crypto->aes128, NULL, NULL, NULL) == 1 &&
           EVP_DecryptInit_ex2(crypto->decrypt256, crypto->aes256, NULL, NULL, NULL) == 1 &&
           EVP_DigestInit_ex2(crypto->digest, crypto->md_sha256, NULL) == 1;
}

bool openssl_crypto_init(struct openssl_crypto *crypto, struct fault *fault)
{
    memset(crypto, 0, sizeof *crypto);
    if (!make_contexts(crypto)) {
        const char *reason = ERR_reason_error_string(ERR_get_error());

        openssl_crypto_free(crypto);
        return fault_set(fault, "OpenSSL gives no AES-ECB or SHA-256: %s",
                         reason != NULL ? reason : "out of memory");
    }
    crypto->port = (struct crypto_port){
        .ctx = crypto,
        .aes_set_key = aes_set_key,
        .aes_encrypt = aes_encrypt,
        .aes_decrypt = aes_decrypt,
        .hmac_sha256 = hmac_sha256,
        .sha256 = sha256,
        .random = random_octets,
        .agree = openssl_agree,
        .agree_ephemeral = openssl_agree_ephemeral,
    };
    return true;
}

void openssl_crypto_free(struct openssl_crypto *crypto)
{
    EVP_CIPHER_CTX_free(crypto->ctx128); /* cleanses the key schedule */
    EVP_CIPHER_CTX_free(crypto->ctx256);
    EVP_CIPHER_CTX_free(crypto->decrypt128);
    EVP_CIPHER_CTX_free(crypto->decrypt256);
    EVP_MD_CTX_free(crypto->digest);
    EVP_CIPHER_free(crypto->aes128);
    EVP_CIPHER_free(crypto->aes256);
    EVP_MD_free(crypto->md_sha256);
    bytes_wipe(crypto, sizeof *crypto);
}
