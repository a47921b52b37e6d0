#include "secure/scp03.h"

#include "base/bytes.h"

#define LABEL_ZEROS 11u
#define BITS        8u

bool scp03_level_valid(uint8_t level)
{
    switch (level) {
    case SCP03_C_MAC:
    case SCP03_C_MAC | SCP03_C_DECRYPTION:
    case SCP03_C_MAC | SCP03_R_MAC:
    case SCP03_C_MAC | SCP03_C_DECRYPTION | SCP03_R_MAC:
    case SCP03_C_MAC | SCP03_C_DECRYPTION | SCP03_R_MAC | SCP03_R_ENCRYPTION:
        return true;
    default:
        return false;
    }
}

bool scp03_derive(const struct crypto_port *crypto, const struct aes_key *key,
                  enum scp03_constant constant, const struct octets context[2], uint8_t *out,
                  size_t length)
{
    /* Label (11 zeros and the constant), separator 00, L in bits, i. */
    uint8_t prefix[LABEL_ZEROS + 5] = {0};
    const struct octets pieces[] = {{prefix, sizeof prefix}, context[0], context[1]};
    uint8_t block[AES_BLOCK];
    bool ok = length <= AES_KEY_MAX;

    prefix[LABEL_ZEROS] = (uint8_t)constant;
    be16_put(prefix + LABEL_ZEROS + 2, (uint16_t)(length * BITS));
    for (size_t at = 0; ok && at < length; at += AES_BLOCK) {
        size_t n = length - at < AES_BLOCK ? length - at : AES_BLOCK;

        prefix[sizeof prefix - 1]++;
        ok = aes_cmac(crypto, key, pieces, ARRAY_LEN(pieces), block);
        if (ok) {
            memcpy(out + at, block, n);
        }
    }
    bytes_wipe(block, sizeof block);
    return ok;
}

static bool derive_key(const struct crypto_port *crypto, const struct aes_key *from,
                       enum scp03_constant constant, const struct octets context[2],
                       struct aes_key *out)
{
    out->length = from->length;
    return scp03_derive(crypto, from, constant, context, out->octets, out->length);
}

bool scp03_session_start(const struct crypto_port *crypto, const struct scp03_keys *keys,
                         const struct scp03_challenges *challenges, struct scp03_session *session)
{
    const struct octets context[2] = {{challenges->host, challenges->length},
                                      {challenges->card, challenges->length}};

    bytes_wipe(session, sizeof *session);
    if (challenges->length > SCP03_S16 || keys->enc.length != keys->mac.length ||
        !derive_key(crypto, &keys->enc, SCP03_S_ENC, context, &session->s_enc) ||
        !derive_key(crypto, &keys->mac, SCP03_S_MAC, context, &session->s_mac) ||
        !derive_key(crypto, &keys->mac, SCP03_S_RMAC, context, &session->s_rmac)) {
        scp03_session_end(session);
        return false;
    }
    session->mac_length = (uint8_t)challenges->length;
    session->level = SCP03_C_MAC;
    return true;
}

void scp03_session_open(struct scp03_session *session, uint8_t level)
{
    session->level = level;
    session->counter = 0;
}

void scp03_session_end(struct scp03_session *session)
{
    bytes_wipe(session, sizeof *session);
}

bool scp03_cryptogram(const struct crypto_port *crypto, const struct scp03_session *session,
                      enum scp03_constant which, const struct scp03_challenges *challenges,
                      uint8_t out[SCP03_S16])
{
    const struct octets context[2] = {{challenges->host, challenges->length},
                                      {challenges->card, challenges->length}};

    return scp03_derive(crypto, &session->s_mac, which, context, out, challenges->length);
}

bool scp03_card_challenge(const struct crypto_port *crypto, const struct scp03_keys *keys,
                          uint32_t sequence, struct octets aid, uint8_t *out, size_t length)
{
    uint8_t counter[3];
    const struct octets context[2] = {{counter, sizeof counter}, aid};

    be24_put(counter, sequence);
    return scp03_derive(crypto, &keys->enc, SCP03_CARD_CHALLENGE, context, out, length);
}
