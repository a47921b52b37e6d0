#include "aka/ecies.h"

#include <string.h>

#include "base/bytes.h"

#define BLOCK  16
#define HASH   32
#define SHARED 32

/* TS 33.501 C.3.2: the leftmost octets of the KDF's output are the encryption key, then the initial
 * counter block, then the MAC key. */
struct keys {
    uint8_t encryption[16];
    uint8_t counter[BLOCK];
    uint8_t mac[32];
};

_Static_assert(sizeof(struct keys) == HASH + HASH, "two hashes fill the keys");

static size_t public_size(enum crypto_curve curve)
{
    return curve == CRYPTO_P256 ? CRYPTO_P256_PUBLIC : CRYPTO_X25519_PUBLIC;
}

/* ANSI X9.63 (SEC 1 3.6.1): SHA-256(Z || counter || SharedInfo1), SharedInfo1 being the ephemeral
 * public key as it is sent. */
static bool derive(const struct crypto_port *crypto, const uint8_t shared[SHARED],
                   const uint8_t *ephemeral, size_t ephemeral_len, struct keys *keys)
{
    uint8_t input[SHARED + 4 + CRYPTO_P256_PUBLIC];
    uint8_t both[2 * HASH];
    size_t n = SHARED + 4 + ephemeral_len;
    bool ok = true;

    memcpy(input, shared, SHARED);
    memcpy(input + SHARED + 4, ephemeral, ephemeral_len);
    for (uint32_t i = 0; ok && i < 2; i++) {
        be32_put(input + SHARED, i + 1);
        ok = crypto->sha256(crypto->ctx, input, n, both + (size_t)i * HASH);
    }
    if (ok) {
        memcpy(keys, both, sizeof *keys);
    }
    bytes_wipe(input, sizeof input);
    bytes_wipe(both, sizeof both);
    return ok;
}

/* AES-128 in counter mode (SP 800-38A 6.5) from the initial counter block; only the low 32 bits
 * count (TS 33.501 C.3.4: m = 32). */
static bool crypt(const struct crypto_port *crypto, struct keys *keys, const uint8_t *in, size_t n,
                  uint8_t *out)
{
    uint8_t stream[BLOCK];
    bool ok = crypto->aes_set_key(crypto->ctx, keys->encryption, sizeof keys->encryption);

    for (size_t at = 0; ok && at < n; at += BLOCK) {
        size_t part = n - at < BLOCK ? n - at : BLOCK;

        ok = crypto->aes_encrypt(crypto->ctx, keys->counter, stream, 1);
        for (size_t i = 0; ok && i < part; i++) {
            out[at + i] = in[at + i] ^ stream[i];
        }
        be32_put(keys->counter + 12, be32_get(keys->counter + 12) + 1);
    }
    bytes_wipe(stream, sizeof stream);
    return ok;
}

/* The MAC of the ciphertext; SharedInfo2 is empty (C.3.4). */
static bool make_mac(const struct crypto_port *crypto, const struct keys *keys,
                     const uint8_t *ciphertext, size_t n, uint8_t mac[ECIES_MAC])
{
    uint8_t whole[HASH];
    bool ok = crypto->hmac_sha256(crypto->ctx, keys->mac, sizeof keys->mac, ciphertext, n, whole);

    if (ok) {
        memcpy(mac, whole, ECIES_MAC);
    }
    return ok;
}

bool ecies_seal(const struct crypto_port *crypto, enum crypto_curve curve,
                const uint8_t *public_key, size_t public_key_len, const uint8_t *plain, size_t n,
                uint8_t *out, size_t capacity, size_t *out_len)
{
    size_t head = public_size(curve);
    uint8_t shared[SHARED];
    struct keys keys;

    if (crypto->agree_ephemeral == NULL || n > ECIES_PLAIN_MAX || capacity < head + ECIES_MAC ||
        n > capacity - head - ECIES_MAC) {
        return false;
    }
    bool ok =
        crypto->agree_ephemeral(crypto->ctx, curve, public_key, public_key_len, out, shared) &&
        derive(crypto, shared, out, head, &keys) && crypt(crypto, &keys, plain, n, out + head) &&
        make_mac(crypto, &keys, out + head, n, out + head + n);

    if (ok) {
        *out_len = head + n + ECIES_MAC;
    }
    bytes_wipe(shared, sizeof shared);
    bytes_wipe(&keys, sizeof keys);
    return ok;
}

bool ecies_open(const struct crypto_port *crypto, enum crypto_curve curve,
                const uint8_t private_key[32], const uint8_t *sealed, size_t n, uint8_t *plain,
                size_t capacity, size_t *plain_len, bool *mac_ok)
{
    size_t head = public_size(curve);
    uint8_t shared[SHARED];
    uint8_t mac[ECIES_MAC];
    struct keys keys;

    *mac_ok = false;
    *plain_len = 0;
    if (crypto->agree == NULL || n < head + ECIES_MAC || n - head - ECIES_MAC > ECIES_PLAIN_MAX ||
        n - head - ECIES_MAC > capacity) {
        return false;
    }
    size_t body = n - head - ECIES_MAC;
    bool ok = crypto->agree(crypto->ctx, curve, private_key, sealed, head, shared) &&
              derive(crypto, shared, sealed, head, &keys) &&
              make_mac(crypto, &keys, sealed + head, body, mac);

    if (ok && bytes_equal_ct(mac, sealed + head + body, ECIES_MAC)) {
        ok = crypt(crypto, &keys, sealed + head, body, plain);
        *mac_ok = ok;
        *plain_len = ok ? body : 0;
    }
    bytes_wipe(shared, sizeof shared);
    bytes_wipe(&keys, sizeof keys);
    return ok;
}
