/*
 * The crypto port (base/crypto_port.h) on OpenSSL 3's EVP.
 *
 * Algorithms are fetched and contexts made once, at init. AES and random calls allocate nothing;
 * SHA-256 and HMAC nothing of their own (OpenSSL 3.0 makes its small state anew at each start of a
 * digest). One struct serves one thread. A child made by fork() must not use its parent's struct:
 * both would hand out the same random octets.
 */
#ifndef MOORING_EDGE_OPENSSL_CRYPTO_H
#define MOORING_EDGE_OPENSSL_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "base/crypto_port.h"
#include "base/fault.h"

#define OPENSSL_CRYPTO_POOL 4096 /* octets drawn from RAND_bytes at once */

/* Members are private but `port`. It points to this struct, which must therefore not be moved or
 * copied. */
struct openssl_crypto {
    struct crypto_port port; /* what the core is given; valid between init and free */
    EVP_CIPHER *aes128;
    EVP_CIPHER *aes256;
    EVP_MD *md_sha256;
    EVP_CIPHER_CTX *ctx128;
    EVP_CIPHER_CTX *ctx256;
    EVP_CIPHER_CTX
    *current; /* the one that holds the key of aes_set_key, or NULL before the first */
    EVP_CIPHER_CTX *decrypt128; /* keyed anew by each aes_decrypt */
    EVP_CIPHER_CTX *decrypt256;
    EVP_MD_CTX *digest;
    size_t pool_left; /* octets not yet handed out: the last ones of `pool` */
    uint8_t pool[OPENSSL_CRYPTO_POOL];
};

/* Makes a port in `crypto`, which the caller owns. On false nothing is left to free and `fault`
 * says why. */
bool openssl_crypto_init(struct openssl_crypto *crypto, struct fault *fault);

/* Wipes the keys and the random octets left, and frees what init made. `crypto` is all zero
 * afterwards; freeing it again does nothing. */
void openssl_crypto_free(struct openssl_crypto *crypto);

#endif
