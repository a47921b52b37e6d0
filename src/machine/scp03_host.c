#include "machine/scp03_host.h"

#include "base/bytes.h"

#define ANSWER_FIXED  (SCP03_DIVERSIFICATION + 3u) /* with key version, protocol and i */
#define SEQUENCE_SIZE 3u

void scp03_host_end(struct scp03_host *host)
{
    bytes_wipe(host, sizeof *host);
}

static enum scp03_result end_with(struct scp03_host *host, enum scp03_result result)
{
    scp03_host_end(host);
    return result;
}

bool scp03_card_answer_parse(const uint8_t *data, size_t length, uint8_t mac_length,
                             struct scp03_card_answer *out)
{
    size_t plain = ANSWER_FIXED + 2u * mac_length;

    if ((length != plain && length != plain + SEQUENCE_SIZE) ||
        data[SCP03_DIVERSIFICATION + 1] != SCP03_PROTOCOL) {
        return false;
    }
    memcpy(out->diversification, data, SCP03_DIVERSIFICATION);
    out->key_version = data[SCP03_DIVERSIFICATION];
    out->parameter_i = data[SCP03_DIVERSIFICATION + 2];
    out->challenge = data + ANSWER_FIXED;
    out->cryptogram = out->challenge + mac_length;
    out->has_sequence = length != plain;
    out->sequence = out->has_sequence ? be24_get(data + plain) : 0;
    return out->has_sequence == ((out->parameter_i & SCP03_I_PSEUDO) != 0);
}

enum scp03_result scp03_host_initialize(struct scp03_host *host, const struct crypto_port *crypto,
                                        uint8_t key_version, uint8_t mac_length, uint8_t *out,
                                        size_t *out_length)
{
    scp03_host_end(host);
    *out_length = 0;
    if ((mac_length != SCP03_S8 && mac_length != SCP03_S16) ||
        !crypto->random(crypto->ctx, host->challenges.host, mac_length)) {
        return end_with(host, SCP03_FAILED);
    }
    host->challenges.length = mac_length;
    host->key_version = key_version;
    host->state = SCP03_HOST_ASKED;
    out[0] = SCP03_CLA;
    out[1] = SCP03_INS_INITIALIZE_UPDATE;
    out[2] = key_version;
    out[3] = 0;
    out[4] = mac_length;
    memcpy(out + 5, host->challenges.host, mac_length);
    out[5 + mac_length] = 0; /* Le */
    *out_length = 6u + mac_length;
    return SCP03_OK;
}

/* 7.1.1.6: whether a card with parameter i can serve `level`. */
static bool supports(uint8_t parameter_i, uint8_t level)
{
    return ((level & SCP03_R_MAC) == 0 || (parameter_i & SCP03_I_R_MAC) != 0) &&
           ((level & SCP03_R_ENCRYPTION) == 0 || (parameter_i & SCP03_I_R_ENC) != 0);
}

/* The card's challenge is what its sequence counter and AID give. */
static enum scp03_result check_challenge(const struct scp03_host *host,
                                         const struct crypto_port *crypto,
                                         const struct scp03_keys *keys, struct octets aid,
                                         const struct scp03_card_answer *answer)
{
    uint8_t expected[SCP03_S16];

    if (aid.length == 0) {
        return SCP03_OK;
    }
    if (!answer->has_sequence) {
        return SCP03_REFUSED;
    }
    if (!scp03_card_challenge(crypto, keys, answer->sequence, aid, expected,
                              host->challenges.length)) {
        return SCP03_FAILED;
    }
    return bytes_equal_ct(expected, answer->challenge, host->challenges.length) ? SCP03_OK
                                                                                : SCP03_REFUSED;
}

/* Makes the session keys and checks the card's cryptogram with them (6.2.2.2). */
static enum scp03_result check_cryptogram(struct scp03_host *host, const struct crypto_port *crypto,
                                          const struct scp03_keys *keys, const uint8_t *cryptogram)
{
    uint8_t expected[SCP03_S16];

    if (!scp03_session_start(crypto, keys, &host->challenges, &host->session) ||
        !scp03_cryptogram(crypto, &host->session, SCP03_CARD_CRYPTOGRAM, &host->challenges,
                          expected)) {
        return SCP03_FAILED;
    }
    bool equal = bytes_equal_ct(expected, cryptogram, host->challenges.length);

    bytes_wipe(expected, sizeof expected);
    return equal ? SCP03_OK : SCP03_REFUSED;
}

static enum scp03_result make_external_authenticate(struct scp03_host *host,
                                                    const struct crypto_port *crypto, uint8_t level,
                                                    uint8_t *out, size_t *out_length)
{
    uint8_t cryptogram[SCP03_S16];
    const struct apdu_command plain = {
        .cla = SCP03_CLA,
        .ins = SCP03_INS_EXTERNAL_AUTHENTICATE,
        .p1 = level,
        .lc = (uint8_t)host->challenges.length,
        .data = cryptogram,
    };

    if (!scp03_cryptogram(crypto, &host->session, SCP03_HOST_CRYPTOGRAM, &host->challenges,
                          cryptogram)) {
        return SCP03_FAILED;
    }
    return scp03_command_wrap(crypto, &host->session, &plain, out, out_length);
}

enum scp03_result scp03_host_authenticate(struct scp03_host *host, const struct crypto_port *crypto,
                                          const struct scp03_keys *keys, uint8_t level,
                                          struct octets aid, const uint8_t *data, size_t length,
                                          uint8_t *out, size_t *out_length)
{
    struct scp03_card_answer answer;

    *out_length = 0;
    if (host->state != SCP03_HOST_ASKED) {
        return end_with(host, SCP03_NO_STATE);
    }
    if (!scp03_level_valid(level) || aid.length > SCP03_AID_MAX ||
        !scp03_card_answer_parse(data, length, (uint8_t)host->challenges.length, &answer) ||
        (host->key_version != 0 && answer.key_version != host->key_version) ||
        !supports(answer.parameter_i, level)) {
        return end_with(host, SCP03_REFUSED);
    }
    memcpy(host->challenges.card, answer.challenge, host->challenges.length);
    enum scp03_result result = check_cryptogram(host, crypto, keys, answer.cryptogram);
    if (result == SCP03_OK) {
        result = check_challenge(host, crypto, keys, aid, &answer);
    }
    if (result == SCP03_OK) {
        result = make_external_authenticate(host, crypto, level, out, out_length);
    }
    if (result != SCP03_OK) {
        return end_with(host, result);
    }
    host->sequence = answer.sequence;
    host->level = level;
    host->state = SCP03_HOST_AUTHENTICATED;
    return SCP03_OK;
}

enum scp03_result scp03_host_opened(struct scp03_host *host, size_t data_length, uint16_t sw)
{
    if (host->state != SCP03_HOST_AUTHENTICATED) {
        return end_with(host, SCP03_NO_STATE);
    }
    if (sw != 0x9000 || data_length != 0) {
        return end_with(host, SCP03_REFUSED);
    }
    scp03_session_open(&host->session, host->level);
    host->state = SCP03_HOST_OPEN;
    return SCP03_OK;
}

enum scp03_result scp03_host_command(struct scp03_host *host, const struct crypto_port *crypto,
                                     const struct apdu_command *plain, uint8_t *out,
                                     size_t *out_length)
{
    *out_length = 0;
    if (host->state != SCP03_HOST_OPEN) {
        return end_with(host, SCP03_NO_STATE);
    }
    enum scp03_result result = scp03_command_wrap(crypto, &host->session, plain, out, out_length);

    if (result == SCP03_OK) {
        host->state = SCP03_HOST_AWAITING;
    }
    return result == SCP03_OK || result == SCP03_TOO_LONG ? result : end_with(host, result);
}

enum scp03_result scp03_host_response(struct scp03_host *host, const struct crypto_port *crypto,
                                      const uint8_t *data, size_t length, uint16_t sw, uint8_t *out,
                                      size_t *out_length)
{
    *out_length = 0;
    if (host->state != SCP03_HOST_AWAITING) {
        return end_with(host, SCP03_NO_STATE);
    }
    enum scp03_result result =
        scp03_response_unwrap(crypto, &host->session, data, length, sw, out, out_length);

    host->state = SCP03_HOST_OPEN;
    return result == SCP03_OK || result == SCP03_HINT ? result : end_with(host, result);
}
