/*
 * ECIES as TS 33.501 annex C.3 profiles it: X25519 (profile A) or P-256 (profile B), the KDF of
 * ANSI X9.63 with SHA-256, AES-128 in counter mode, HMAC-SHA-256 cut to 8 octets. Pure and
 * freestanding; needs the crypto port's key agreement.
 */
#ifndef MOORING_AKA_ECIES_H
#define MOORING_AKA_ECIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto_port.h"

#define ECIES_MAC        8
#define ECIES_PLAIN_MAX  256
#define ECIES_OVERHEAD_A (CRYPTO_X25519_PUBLIC + ECIES_MAC) /* what sealing adds */
#define ECIES_OVERHEAD_B (CRYPTO_P256_PUBLIC + ECIES_MAC)

/*
 * Seals `n` octets (at most ECIES_PLAIN_MAX) for the home network's `public_key` (X25519: 32
 * octets; P-256: 33 or 65) with a fresh ephemeral key, TS 33.501 C.3.2. Writes ephemeral public key
 * (compressed for P-256) || ciphertext || MAC to `out`, which holds `capacity`, and their number to
 * *out_len. False, with nothing in *out_len, if that is too small, `n` too great, the public key is
 * none of the curve, or the port failed or has no key agreement.
 */
bool ecies_seal(const struct crypto_port *crypto, enum crypto_curve curve,
                const uint8_t *public_key, size_t public_key_len, const uint8_t *plain, size_t n,
                uint8_t *out, size_t capacity, size_t *out_len);

/*
 * Opens what ecies_seal wrote, with the home network's private key (32 octets, as RFC 7748 and SEC
 * 1 write it), TS 33.501 C.3.3. *mac_ok says whether the MAC is right (constant time); only then
 * `plain`, which holds `capacity`, gets *plain_len octets. False if the input is too short or too
 * long, its public key is none of the curve, or the port failed or has no key agreement.
 */
bool ecies_open(const struct crypto_port *crypto, enum crypto_curve curve,
                const uint8_t private_key[32], const uint8_t *sealed, size_t n, uint8_t *plain,
                size_t capacity, size_t *plain_len, bool *mac_ok);

#endif
