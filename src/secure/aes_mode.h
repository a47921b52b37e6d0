/*
 * Modes of AES over the crypto port's block function: CMAC (NIST SP 800-38B) and CBC (SP 800-38A).
 * Keys of 16 or 32 octets. Freestanding.
 *
 * Every function returns false if the port failed or an argument cannot be: the output is then
 * worth nothing and must not be used.
 */
#ifndef MOORING_SECURE_AES_MODE_H
#define MOORING_SECURE_AES_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto_port.h"

#define AES_BLOCK   16u
#define AES_KEY_MAX 32u

struct aes_key {
    size_t length; /* 16 or 32 */
    uint8_t octets[AES_KEY_MAX];
};

/* One of several pieces of a message, which stay where they are. */
struct octets {
    const uint8_t *at; /* may be NULL if length is 0 */
    size_t length;
};

/* AES-CMAC under `key` of the `count` pieces, one after the other: all 16 octets (SP 800-38B 6.2;
 * who wants a shorter one takes the first octets). */
bool aes_cmac(const struct crypto_port *crypto, const struct aes_key *key,
              const struct octets *pieces, size_t count, uint8_t mac[AES_BLOCK]);

/* AES-CBC of `length` octets (a multiple of 16) at `data`, in place, from the initial vector `iv`
 * (SP 800-38A 6.2). */
bool aes_cbc_encrypt(const struct crypto_port *crypto, const struct aes_key *key,
                     const uint8_t iv[AES_BLOCK], uint8_t *data, size_t length);
bool aes_cbc_decrypt(const struct crypto_port *crypto, const struct aes_key *key,
                     const uint8_t iv[AES_BLOCK], uint8_t *data, size_t length);

/* One block under `key`, from `in` to `out` (which may be the same). */
bool aes_block(const struct crypto_port *crypto, const struct aes_key *key,
               const uint8_t in[AES_BLOCK], uint8_t out[AES_BLOCK]);

#endif
