/* Response packets, TS 102 225 5.2: RPL 2, RHL 1, TAR 3 | CNTR 5, PCNTR 1, status 1, CC 0 or 8,
 * data with padding. What stands after the bar may be ciphered. */
#include "secure/ota_internal.h"

#include "base/bytes.h"

#define AT_TAR    3u
#define AT_BODY   6u
#define BODY_HEAD (OTA_COUNTER_SIZE + 2u)
#define RHL_PLAIN (OTA_TAR_SIZE + BODY_HEAD) /* RHL counts from TAR to the end of the CC */
#define UDH_SIZE  3u
#define CC_ON_UDH                                                                                  \
    {                                                                                              \
        0x02, 0x71, 0x00                                                                           \
    } /* of a PoR by SMS: under the CC, though not of the packet */

/* The forms of PoR that are served: none of RC and DS, nothing ciphered without CC. */
static bool is_served(uint8_t spi2)
{
    uint8_t integrity = spi2 & OTA_POR_INTEGRITY;

    return integrity == OTA_POR_CC || (integrity == 0 && (spi2 & OTA_POR_CIPHERED) == 0);
}

/* `packet` has RPL, RHL and TAR in place. */
static bool checksum(const struct crypto_port *crypto, const struct ota_keys *keys,
                     const uint8_t *packet, const struct ota_body *body, uint8_t cc[OTA_CC_SIZE])
{
    uint8_t header[UDH_SIZE + AT_BODY] = CC_ON_UDH;

    memcpy(header + UDH_SIZE, packet, AT_BODY);
    return ota_checksum(crypto, keys, (struct octets){header, sizeof header}, body, cc);
}

size_t ota_response_build(const struct crypto_port *crypto, const struct ota_keys *keys,
                          const struct ota_command *command, enum ota_status status,
                          const uint8_t *data, size_t length, uint8_t *out, size_t capacity)
{
    bool ciphered = (command->spi[1] & OTA_POR_CIPHERED) != 0;
    bool with_cc = (command->spi[1] & OTA_POR_INTEGRITY) != 0;
    struct ota_body body = {
        .at = out + AT_BODY, .head = BODY_HEAD, .cc = with_cc ? OTA_CC_SIZE : 0};

    if (!is_served(command->spi[1]) || command->counter > OTA_COUNTER_MAX ||
        length > OTA_PACKET_MAX) {
        return 0;
    }
    body.length = BODY_HEAD + body.cc + length;
    size_t padding = ota_padding(body.length, ciphered);

    body.length += padding;
    if (AT_BODY + body.length > capacity || AT_BODY + body.length > OTA_PACKET_MAX) {
        return 0;
    }
    be16_put(out, (uint16_t)(AT_BODY - 2 + body.length));
    out[2] = (uint8_t)(RHL_PLAIN + body.cc);
    memcpy(out + AT_TAR, command->tar, OTA_TAR_SIZE);
    ota_counter_put(body.at, command->counter);
    body.at[OTA_COUNTER_SIZE] = (uint8_t)padding;
    body.at[OTA_COUNTER_SIZE + 1] = (uint8_t)status;
    if (length > 0) {
        memcpy(body.at + BODY_HEAD + body.cc, data, length);
    }
    memset(body.at + body.length - padding, 0, padding);
    if ((with_cc && !checksum(crypto, keys, out, &body, body.at + BODY_HEAD)) ||
        (ciphered && !ota_encipher(crypto, keys, &body))) {
        return 0;
    }
    return AT_BODY + body.length;
}

/* Deciphers the body if it is ciphered, and checks its CC if it has one. */
static enum ota_response_result check_body(const struct crypto_port *crypto,
                                           const struct ota_keys *keys, const uint8_t *packet,
                                           bool ciphered, const struct ota_body *body)
{
    uint8_t cc[OTA_CC_SIZE];

    if (ciphered && body->length % AES_BLOCK != 0) {
        return OTA_RESPONSE_REFUSED;
    }
    if (ciphered && !ota_decipher(crypto, keys, body)) {
        return OTA_RESPONSE_FAILED;
    }
    if (body->cc == 0) {
        return OTA_RESPONSE_HINT;
    }
    if (!checksum(crypto, keys, packet, body, cc)) {
        return OTA_RESPONSE_FAILED;
    }
    bool equal = bytes_equal_ct(cc, body->at + BODY_HEAD, OTA_CC_SIZE);

    bytes_wipe(cc, sizeof cc);
    return equal ? OTA_RESPONSE_OK : OTA_RESPONSE_REFUSED;
}

enum ota_response_result ota_response_open(const struct crypto_port *crypto,
                                           const struct ota_keys *keys,
                                           const struct ota_command *command, const uint8_t *packet,
                                           size_t length, uint8_t *plain, struct ota_response *out)
{
    bool with_cc = (command->spi[1] & OTA_POR_INTEGRITY) != 0;
    struct ota_body body = {.at = plain, .head = BODY_HEAD, .cc = with_cc ? OTA_CC_SIZE : 0};

    memset(out, 0, sizeof *out);
    if (!is_served(command->spi[1]) || length < AT_BODY + BODY_HEAD + body.cc ||
        length > OTA_PACKET_MAX || be16_get(packet) + 2u != length ||
        packet[2] != RHL_PLAIN + body.cc ||
        memcmp(packet + AT_TAR, command->tar, OTA_TAR_SIZE) != 0) {
        return OTA_RESPONSE_REFUSED;
    }
    body.length = length - AT_BODY;
    memcpy(plain, packet + AT_BODY, body.length);
    enum ota_response_result result =
        check_body(crypto, keys, packet, (command->spi[1] & OTA_POR_CIPHERED) != 0, &body);
    size_t room = body.length - BODY_HEAD - body.cc;

    if ((result != OTA_RESPONSE_OK && result != OTA_RESPONSE_HINT) ||
        ota_counter_get(plain) != command->counter || plain[OTA_COUNTER_SIZE] > room) {
        bytes_wipe(plain, body.length);
        return result == OTA_RESPONSE_FAILED ? result : OTA_RESPONSE_REFUSED;
    }
    memcpy(out->tar, command->tar, OTA_TAR_SIZE);
    out->counter = command->counter;
    out->status = plain[OTA_COUNTER_SIZE + 1];
    out->data = plain + BODY_HEAD + body.cc;
    out->length = room - plain[OTA_COUNTER_SIZE];
    return result;
}
