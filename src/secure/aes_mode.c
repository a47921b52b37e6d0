#include "secure/aes_mode.h"

#include "base/bytes.h"

static const uint8_t zero_block[AES_BLOCK];

static void xor_block(uint8_t *into, const uint8_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        into[i] ^= from[i];
    }
}

static bool use_key(const struct crypto_port *crypto, const struct aes_key *key)
{
    return (key->length == 16 || key->length == 32) &&
           crypto->aes_set_key(crypto->ctx, key->octets, key->length);
}

/* Doubling in GF(2^128), the step from L to K1 and from K1 to K2 (SP 800-38B 6.1). No branch: the
 * shifted out bit is a bit of a secret. */
static void double_block(uint8_t block[AES_BLOCK])
{
    uint8_t carry = block[0] >> 7;

    for (size_t i = 0; i + 1 < AES_BLOCK; i++) {
        block[i] = (uint8_t)(block[i] << 1) | (block[i + 1] >> 7);
    }
    block[AES_BLOCK - 1] = (uint8_t)(block[AES_BLOCK - 1] << 1) ^ (uint8_t)(carry * 0x87u);
}

/* The chain under way: a block is encrypted only when an octet after it shows that it is not the
 * last. */
struct chain {
    uint8_t state[AES_BLOCK]; /* the last ciphertext, with the open block's octets added */
    size_t open;              /* octets of the open block, 0 to 16 */
};

static bool chain_add(struct chain *chain, const struct crypto_port *crypto, struct octets piece)
{
    while (piece.length > 0) {
        if (chain->open == AES_BLOCK) {
            if (!crypto->aes_encrypt(crypto->ctx, chain->state, chain->state, 1)) {
                return false;
            }
            chain->open = 0;
        }
        size_t room = AES_BLOCK - chain->open;
        size_t n = piece.length < room ? piece.length : room;

        xor_block(chain->state + chain->open, piece.at, n);
        chain->open += n;
        piece.at += n;
        piece.length -= n;
    }
    return true;
}

bool aes_cmac(const struct crypto_port *crypto, const struct aes_key *key,
              const struct octets *pieces, size_t count, uint8_t mac[AES_BLOCK])
{
    struct chain chain = {.open = 0};
    uint8_t subkey[AES_BLOCK];
    bool ok = use_key(crypto, key) && crypto->aes_encrypt(crypto->ctx, zero_block, subkey, 1);

    for (size_t i = 0; ok && i < count; i++) {
        ok = chain_add(&chain, crypto, pieces[i]);
    }
    if (ok) {
        double_block(subkey); /* K1, for a last block that is whole */
        if (chain.open < AES_BLOCK) {
            double_block(
                subkey); /* K2, for one that is padded: also the only one of an empty text */
            chain.state[chain.open] ^= 0x80;
        }
        xor_block(chain.state, subkey, AES_BLOCK);
        ok = crypto->aes_encrypt(crypto->ctx, chain.state, mac, 1);
    }
    bytes_wipe(subkey, sizeof subkey);
    bytes_wipe(&chain, sizeof chain);
    return ok;
}

bool aes_cbc_encrypt(const struct crypto_port *crypto, const struct aes_key *key,
                     const uint8_t iv[AES_BLOCK], uint8_t *data, size_t length)
{
    const uint8_t *previous = iv;
    bool ok = length % AES_BLOCK == 0 && use_key(crypto, key);

    for (size_t at = 0; ok && at < length; at += AES_BLOCK) {
        xor_block(data + at, previous, AES_BLOCK);
        ok = crypto->aes_encrypt(crypto->ctx, data + at, data + at, 1);
        previous = data + at;
    }
    return ok;
}

bool aes_cbc_decrypt(const struct crypto_port *crypto, const struct aes_key *key,
                     const uint8_t iv[AES_BLOCK], uint8_t *data, size_t length)
{
    bool ok = length % AES_BLOCK == 0 && (key->length == 16 || key->length == 32);

    /* From the end, so that the ciphertext before a block is still there when it is needed. */
    for (size_t end = length; ok && end > 0; end -= AES_BLOCK) {
        uint8_t *block = data + end - AES_BLOCK;

        ok = crypto->aes_decrypt(crypto->ctx, key->octets, key->length, block, block, 1);
        xor_block(block, end > AES_BLOCK ? block - AES_BLOCK : iv, AES_BLOCK);
    }
    return ok;
}

bool aes_block(const struct crypto_port *crypto, const struct aes_key *key,
               const uint8_t in[AES_BLOCK], uint8_t out[AES_BLOCK])
{
    return use_key(crypto, key) && crypto->aes_encrypt(crypto->ctx, in, out, 1);
}
