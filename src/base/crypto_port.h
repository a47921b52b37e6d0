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

#define CRYPTO_X25519_PUBLIC     32
#define CRYPTO_P256_PUBLIC       33 /* compressed point, SEC 1 2.3.3: 02 or 03, then x */
#define CRYPTO_P256_PUBLIC_PLAIN 65 /* uncompressed: 04, x, y */

/* The curves of key agreement. */
enum crypto_curve {
    CRYPTO_X25519, /* RFC 7748 */
    CRYPTO_P256,   /* SEC 2 secp256r1 */
};

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

    /*
     * Key agreement; either function is NULL in a port that has none. `peer` is the other side's
     * public key: 32 octets for X25519; a point of 33 or 65 octets for P-256. 32 octets go to
     * `shared` (for P-256 the x coordinate), which the caller wipes. False also if the peer's key
     * is none of the curve, or gives a shared secret that does not depend on ours (RFC 7748 6.1).
     *
     * agree uses a private key of 32 octets (RFC 7748 5; SEC 1 2.3.7). agree_ephemeral makes a new
     * key pair from the port's random source, writes its public key (32 octets for X25519, the
     * compressed 33 for P-256) to `public_key` and forgets the private one.
     */
    bool (*agree)(void *ctx, enum crypto_curve curve, const uint8_t private_key[32],
                  const uint8_t *peer, size_t peer_len, uint8_t shared[32]);
    bool (*agree_ephemeral)(void *ctx, enum crypto_curve curve, const uint8_t *peer,
                            size_t peer_len, uint8_t *public_key, uint8_t shared[32]);
};

#endif
