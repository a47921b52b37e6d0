/*
 * The primitives that the pure core needs from a cryptographic library, as a port.
 *
 * On hosts src/edge/openssl gives one that uses OpenSSL; a device gives its own. A port belongs to
 * one thread: it keeps the current AES key between calls. Every function returns false if the
 * library failed; the caller must then give up the whole operation, never go on with what is in the
 * output.
 */
#ifndef MOORING_BASE_CRYPTO_PORT_H
#define MOORING_BASE_CRYPTO_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crypto_port {
    void *ctx;

    /* Makes `key` (key_len 16 or 32 octets) the key of the following aes_encrypt calls. */
    bool (*aes_set_key)(void *ctx, const uint8_t *key, size_t key_len);

    /* AES-ECB encryption of `blocks` blocks of 16 octets from `in` to `out` (which may be the
     * same). */
    bool (*aes_encrypt)(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks);

    /* AES-ECB decryption under `key` (key_len 16 or 32 octets) of `blocks` blocks of 16 octets from
     * `in` to `out` (which may be the same). The key of aes_encrypt stays what it is. */
    bool (*aes_decrypt)(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *in,
                        uint8_t *out, size_t blocks);

    /* HMAC-SHA-256 (RFC 2104, FIPS 198-1) of `message` under `key`; 32 octets to `mac`. */
    bool (*hmac_sha256)(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *message,
                        size_t message_len, uint8_t mac[32]);

    /* SHA-256 of `message`; 32 octets to `digest`. */
    bool (*sha256)(void *ctx, const uint8_t *message, size_t message_len, uint8_t digest[32]);

    /* Fills `out` with `n` octets from a cryptographic random source. */
    bool (*random)(void *ctx, uint8_t *out, size_t n);
};

#endif
