#include "secure/scp03_apdu.h"

#include "base/bytes.h"

#define CLA_SECURE_MASK 0x4Fu /* further interindustry bit, secure messaging, channel */
#define CLA_SECURE_BIT  0x04u /* GlobalPlatform's secure messaging, GPCS 11.1.4 */
#define PAD_MARK        0x80u
#define ICV_RESPONSE    0x80u

bool scp03_is_secure(uint8_t cla)
{
    return (cla & CLA_SECURE_MASK) == CLA_SECURE_BIT;
}

static bool is_alive(const struct scp03_session *session)
{
    return session->level != 0;
}

static enum scp03_result end_with(struct scp03_session *session, enum scp03_result result)
{
    scp03_session_end(session);
    return result;
}

/* 6.2.6 and 6.2.7: the encryption of the counter under S-ENC; in a response's the top octet is 80.
 */
static bool make_icv(const struct crypto_port *crypto, const struct scp03_session *session,
                     uint8_t top, uint8_t icv[AES_BLOCK])
{
    uint8_t counter[AES_BLOCK] = {top};

    be32_put(counter + AES_BLOCK - 4, session->counter);
    return aes_block(crypto, &session->s_enc, counter, icv);
}

static size_t padded(size_t length)
{
    return (length / AES_BLOCK + 1) * AES_BLOCK;
}

/* Pads `length` octets at `data` to whole blocks and encrypts them in place. */
static bool encrypt(const struct crypto_port *crypto, const struct scp03_session *session,
                    uint8_t top, uint8_t *data, size_t length)
{
    uint8_t icv[AES_BLOCK];

    memset(data + length, 0, padded(length) - length);
    data[length] = PAD_MARK;
    return make_icv(crypto, session, top, icv) &&
           aes_cbc_encrypt(crypto, &session->s_enc, icv, data, padded(length));
}

/* Decrypts and takes the padding off; *length goes from the ciphertext's to the text's. No text at
 * all is refused: what has no data is not encrypted. The MAC has been checked before, so the time
 * that the padding takes tells nothing. */
static enum scp03_result decrypt(const struct crypto_port *crypto,
                                 const struct scp03_session *session, uint8_t top, uint8_t *data,
                                 size_t *length)
{
    uint8_t icv[AES_BLOCK];
    size_t end = *length;

    if (end % AES_BLOCK != 0) {
        return SCP03_REFUSED;
    }
    if (!make_icv(crypto, session, top, icv) ||
        !aes_cbc_decrypt(crypto, &session->s_enc, icv, data, end)) {
        return SCP03_FAILED;
    }
    while (end > *length - AES_BLOCK && data[end - 1] == 0) {
        end--;
    }
    if (end <= 1 || end <= *length - AES_BLOCK || data[end - 1] != PAD_MARK) {
        return SCP03_REFUSED;
    }
    *length = end - 1;
    return SCP03_OK;
}

/* 6.2.4: the C-MAC, all 16 octets: the next chaining value. `lc` counts the MAC too. */
static bool command_mac(const struct crypto_port *crypto, const struct scp03_session *session,
                        const struct apdu_command *command, const uint8_t *data, size_t length,
                        uint8_t mac[AES_BLOCK])
{
    const uint8_t header[5] = {command->cla | CLA_SECURE_BIT, command->ins, command->p1,
                               command->p2, (uint8_t)(length + session->mac_length)};
    const struct octets pieces[] = {
        {session->chaining, AES_BLOCK}, {header, sizeof header}, {data, length}};

    return aes_cmac(crypto, &session->s_mac, pieces, ARRAY_LEN(pieces), mac);
}

static bool response_mac(const struct crypto_port *crypto, const struct scp03_session *session,
                         const uint8_t *data, size_t length, uint16_t sw, uint8_t mac[AES_BLOCK])
{
    uint8_t trailer[2];
    const struct octets pieces[] = {
        {session->chaining, AES_BLOCK}, {data, length}, {trailer, sizeof trailer}};

    be16_put(trailer, sw);
    return aes_cmac(crypto, &session->s_rmac, pieces, ARRAY_LEN(pieces), mac);
}

enum scp03_result scp03_command_wrap(const struct crypto_port *crypto,
                                     struct scp03_session *session,
                                     const struct apdu_command *plain, uint8_t *out,
                                     size_t *out_length)
{
    bool encrypted = (session->level & SCP03_C_DECRYPTION) != 0 && plain->lc > 0;
    size_t length = encrypted ? padded(plain->lc) : plain->lc;
    uint8_t mac[AES_BLOCK];
    uint8_t *data = out + APDU_HEADER + 1;

    if (!is_alive(session) || session->counter == UINT32_MAX) {
        return SCP03_NO_STATE;
    }
    if (length + session->mac_length > APDU_LC_MAX) {
        return SCP03_TOO_LONG;
    }
    session->counter++;
    if (plain->lc > 0) {
        memcpy(data, plain->data, plain->lc);
    }
    if ((plain->cla & CLA_SECURE_MASK) != 0 ||
        (encrypted && !encrypt(crypto, session, 0, data, plain->lc)) ||
        !command_mac(crypto, session, plain, data, length, mac)) {
        return end_with(session, SCP03_FAILED);
    }
    memcpy(session->chaining, mac, AES_BLOCK);
    memcpy(data + length, mac, session->mac_length);
    length += session->mac_length;
    out[0] = plain->cla | CLA_SECURE_BIT;
    out[1] = plain->ins;
    out[2] = plain->p1;
    out[3] = plain->p2;
    out[4] = (uint8_t)length;
    *out_length = APDU_HEADER + 1 + length;
    if (plain->has_le) {
        out[(*out_length)++] = (uint8_t)plain->le; /* 256 is 00 */
    }
    return SCP03_OK;
}

enum scp03_result scp03_command_unwrap(const struct crypto_port *crypto,
                                       struct scp03_session *session,
                                       const struct apdu_command *secured, uint8_t *buffer,
                                       struct apdu_command *plain)
{
    uint8_t mac[AES_BLOCK];

    if (!is_alive(session)) {
        return SCP03_NO_STATE;
    }
    if (!scp03_is_secure(secured->cla) || secured->lc < session->mac_length ||
        session->counter == UINT32_MAX) {
        return end_with(session, SCP03_REFUSED);
    }
    size_t length = (size_t)secured->lc - session->mac_length;

    session->counter++;
    if (!command_mac(crypto, session, secured, secured->data, length, mac)) {
        return end_with(session, SCP03_FAILED);
    }
    if (!bytes_equal_ct(mac, secured->data + length, session->mac_length)) {
        bytes_wipe(mac, sizeof mac); /* it would let the forger's command through */
        return end_with(session, SCP03_REFUSED);
    }
    memcpy(session->chaining, mac, AES_BLOCK);
    memcpy(buffer, secured->data, length);
    if ((session->level & SCP03_C_DECRYPTION) != 0 && length > 0) {
        enum scp03_result result = decrypt(crypto, session, 0, buffer, &length);

        if (result != SCP03_OK) {
            bytes_wipe(buffer, secured->lc);
            return end_with(session, result);
        }
    }
    *plain = *secured;
    plain->cla = secured->cla & (uint8_t)~CLA_SECURE_BIT;
    plain->lc = (uint8_t)length;
    plain->data = length > 0 ? buffer : NULL;
    return SCP03_OK;
}

size_t scp03_response_max(const struct scp03_session *session)
{
    size_t room = SCP03_RESPONSE_MAX;

    if ((session->level & SCP03_R_MAC) != 0) {
        room -= session->mac_length;
    }
    if ((session->level & SCP03_R_ENCRYPTION) != 0) {
        room -= room % AES_BLOCK;
        room -= 1; /* the padding's first octet */
    }
    return room;
}

/* 6.2.5: the status words whose responses are protected. */
static bool is_protected(uint16_t sw)
{
    return sw == 0x9000 || sw >> 8 == 0x62 || sw >> 8 == 0x63;
}

enum scp03_result scp03_response_wrap(const struct crypto_port *crypto,
                                      struct scp03_session *session, const uint8_t *data,
                                      size_t length, uint16_t sw, uint8_t *out, size_t *out_length)
{
    uint8_t mac[AES_BLOCK];

    *out_length = 0;
    if (!is_alive(session)) {
        return SCP03_NO_STATE;
    }
    if (!is_protected(sw)) {
        return SCP03_OK;
    }
    if (length > scp03_response_max(session)) {
        return SCP03_TOO_LONG;
    }
    if (length > 0) {
        memmove(out, data, length);
    }
    if ((session->level & SCP03_R_ENCRYPTION) != 0 && length > 0) {
        if (!encrypt(crypto, session, ICV_RESPONSE, out, length)) {
            return end_with(session, SCP03_FAILED);
        }
        length = padded(length);
    }
    if ((session->level & SCP03_R_MAC) != 0) {
        if (!response_mac(crypto, session, out, length, sw, mac)) {
            return end_with(session, SCP03_FAILED);
        }
        memcpy(out + length, mac, session->mac_length);
        length += session->mac_length;
    }
    *out_length = length;
    return SCP03_OK;
}

/* A response at a level with R-MAC whose status word says that it is protected. */
static enum scp03_result open_protected(const struct crypto_port *crypto,
                                        const struct scp03_session *session, const uint8_t *data,
                                        size_t length, uint16_t sw, uint8_t *out,
                                        size_t *out_length)
{
    uint8_t mac[AES_BLOCK];

    if (length < session->mac_length) {
        return SCP03_REFUSED;
    }
    length -= session->mac_length;
    if (!response_mac(crypto, session, data, length, sw, mac)) {
        return SCP03_FAILED;
    }
    bool equal = bytes_equal_ct(mac, data + length, session->mac_length);

    bytes_wipe(mac, sizeof mac);
    if (!equal) {
        return SCP03_REFUSED;
    }
    memmove(out, data, length);
    if ((session->level & SCP03_R_ENCRYPTION) != 0 && length > 0) {
        enum scp03_result result = decrypt(crypto, session, ICV_RESPONSE, out, &length);

        if (result != SCP03_OK) {
            return result;
        }
    }
    *out_length = length;
    return SCP03_OK;
}

enum scp03_result scp03_response_unwrap(const struct crypto_port *crypto,
                                        struct scp03_session *session, const uint8_t *data,
                                        size_t length, uint16_t sw, uint8_t *out,
                                        size_t *out_length)
{
    *out_length = 0;
    if (!is_alive(session)) {
        return SCP03_NO_STATE;
    }
    if (length > SCP03_RESPONSE_MAX) {
        return end_with(session, SCP03_REFUSED);
    }
    if ((session->level & SCP03_R_MAC) == 0) {
        if (length > 0) {
            memmove(out, data, length);
        }
        *out_length = length;
        return SCP03_HINT;
    }
    if (!is_protected(sw)) {
        return length == 0 ? SCP03_HINT : end_with(session, SCP03_REFUSED);
    }
    enum scp03_result result = open_protected(crypto, session, data, length, sw, out, out_length);

    return result == SCP03_OK ? SCP03_OK : end_with(session, result);
}
