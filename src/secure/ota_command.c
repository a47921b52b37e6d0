/* Command packets, TS 102 225 5.1: CPL 2, CHL 1, SPI 2, KIc 1, KID 1, TAR 3 | CNTR 5, PCNTR 1, CC
 * 8, secured data with padding. What stands after the bar may be ciphered. */
#include "secure/ota_internal.h"

#include "base/bytes.h"

#define AT_SPI    3u
#define AT_KIC    5u
#define AT_KID    6u
#define AT_TAR    7u
#define AT_BODY   10u
#define BODY_HEAD (OTA_COUNTER_SIZE + 1u)

/* CHL counts from SPI to the end of the CC. */
#define HEADER_LENGTH (AT_BODY - AT_SPI + BODY_HEAD + OTA_CC_SIZE)

static uint8_t key_octet(const struct ota_keys *keys)
{
    return (uint8_t)((unsigned)keys->number << 4 | OTA_ALGORITHM_AES);
}

static bool is_buildable(const struct ota_keys *keys, const struct ota_command *command)
{
    return (command->spi[0] & (OTA_SPI_INTEGRITY | OTA_SPI_RFU)) == OTA_SPI_CC &&
           (command->spi[1] & OTA_POR_RFU) == 0 && keys->number >= 1 && keys->number <= 15 &&
           command->counter <= OTA_COUNTER_MAX && command->length <= OTA_PACKET_MAX;
}

size_t ota_command_build(const struct crypto_port *crypto, const struct ota_keys *keys,
                         const struct ota_command *command, uint8_t *out, size_t capacity)
{
    bool ciphered = (command->spi[0] & OTA_SPI_CIPHERED) != 0;
    struct ota_body body = {.at = out + AT_BODY, .head = BODY_HEAD, .cc = OTA_CC_SIZE};

    if (!is_buildable(keys, command)) {
        return 0;
    }
    body.length = BODY_HEAD + OTA_CC_SIZE + command->length;
    size_t padding = ota_padding(body.length, ciphered);

    body.length += padding;
    if (AT_BODY + body.length > capacity || AT_BODY + body.length > OTA_PACKET_MAX) {
        return 0;
    }
    be16_put(out, (uint16_t)(AT_BODY - 2 + body.length));
    out[2] = HEADER_LENGTH;
    memcpy(out + AT_SPI, command->spi, 2);
    out[AT_KIC] = key_octet(keys);
    out[AT_KID] = key_octet(keys);
    memcpy(out + AT_TAR, command->tar, OTA_TAR_SIZE);
    ota_counter_put(body.at, command->counter);
    body.at[OTA_COUNTER_SIZE] = (uint8_t)padding;
    if (command->length > 0) {
        memcpy(body.at + BODY_HEAD + OTA_CC_SIZE, command->data, command->length);
    }
    memset(body.at + body.length - padding, 0, padding);
    if (!ota_checksum(crypto, keys, (struct octets){out, AT_BODY}, &body, body.at + BODY_HEAD) ||
        (ciphered && !ota_encipher(crypto, keys, &body))) {
        return 0;
    }
    return AT_BODY + body.length;
}

bool ota_command_peek(const uint8_t *packet, size_t length, struct ota_command *out)
{
    if (length < AT_BODY + BODY_HEAD || length > OTA_PACKET_MAX ||
        be16_get(packet) + 2u != length) {
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->spi, packet + AT_SPI, 2);
    out->kic = packet[AT_KIC];
    out->kid = packet[AT_KID];
    memcpy(out->tar, packet + AT_TAR, OTA_TAR_SIZE);
    return true;
}

/* Whether `spi` gives at least what `minimum` asks for, field by field. A counter that must be the
 * next one is more than one that must be higher. */
static bool is_enough(uint8_t spi, uint8_t minimum)
{
    return (spi & OTA_SPI_INTEGRITY) == OTA_SPI_CC &&
           ((minimum & OTA_SPI_CIPHERED) == 0 || (spi & OTA_SPI_CIPHERED) != 0) &&
           (spi & OTA_SPI_COUNTER) >= (minimum & OTA_SPI_COUNTER);
}

/* What can be said of the header alone, before any key is used. */
static enum ota_status check_header(const struct ota_keys *keys, const struct ota_policy *policy,
                                    const struct ota_command *header, uint8_t header_length)
{
    bool ciphered = (header->spi[0] & OTA_SPI_CIPHERED) != 0;

    if ((header->spi[0] & OTA_SPI_RFU) != 0 || (header->spi[1] & OTA_POR_RFU) != 0) {
        return OTA_UNIDENTIFIED;
    }
    if (!is_enough(header->spi[0], policy->minimum) || header->kid != key_octet(keys) ||
        (ciphered && header->kic != key_octet(keys))) {
        return OTA_INSUFFICIENT_SECURITY;
    }
    return header_length == HEADER_LENGTH ? OTA_POR_OK : OTA_UNIDENTIFIED;
}

static enum ota_status check_counter(const struct ota_policy *policy, uint8_t mode,
                                     uint64_t counter)
{
    if (mode != OTA_SPI_COUNTER_HIGHER && mode != OTA_SPI_COUNTER_NEXT) {
        return OTA_POR_OK;
    }
    if (policy->counter >= OTA_COUNTER_MAX) {
        return OTA_COUNTER_BLOCKED;
    }
    if (counter <= policy->counter) {
        return OTA_COUNTER_LOW;
    }
    return mode == OTA_SPI_COUNTER_NEXT && counter != policy->counter + 1 ? OTA_COUNTER_HIGH
                                                                          : OTA_POR_OK;
}

/* Deciphers the body if it is ciphered, and checks its CC. */
static enum ota_status check_body(const struct crypto_port *crypto, const struct ota_keys *keys,
                                  const uint8_t *packet, bool ciphered, const struct ota_body *body)
{
    uint8_t cc[OTA_CC_SIZE];

    if (ciphered && body->length % AES_BLOCK != 0) {
        return OTA_CIPHERING_ERROR;
    }
    if ((ciphered && !ota_decipher(crypto, keys, body)) ||
        !ota_checksum(crypto, keys, (struct octets){packet, AT_BODY}, body, cc)) {
        return OTA_UNIDENTIFIED;
    }
    bool equal = bytes_equal_ct(cc, body->at + BODY_HEAD, OTA_CC_SIZE);

    bytes_wipe(cc, sizeof cc);
    return equal ? OTA_POR_OK : OTA_CC_FAILED;
}

enum ota_status ota_command_open(const struct crypto_port *crypto, const struct ota_keys *keys,
                                 const struct ota_policy *policy, const uint8_t *packet,
                                 size_t length, uint8_t *plain, struct ota_command *out,
                                 bool *authentic)
{
    struct ota_body body = {.at = plain, .head = BODY_HEAD, .cc = OTA_CC_SIZE};

    *authentic = false;
    if (!ota_command_peek(packet, length, out)) {
        memset(out, 0, sizeof *out);
        return OTA_UNIDENTIFIED;
    }
    enum ota_status status = check_header(keys, policy, out, packet[2]);
    if (status != OTA_POR_OK) {
        return status;
    }
    if (length < AT_BODY + BODY_HEAD + OTA_CC_SIZE) {
        return OTA_UNIDENTIFIED;
    }
    body.length = length - AT_BODY;
    memcpy(plain, packet + AT_BODY, body.length);
    status = check_body(crypto, keys, packet, (out->spi[0] & OTA_SPI_CIPHERED) != 0, &body);
    if (status != OTA_POR_OK) {
        bytes_wipe(plain, body.length);
        return status;
    }
    *authentic = true;
    out->counter = ota_counter_get(plain);
    size_t padding = plain[OTA_COUNTER_SIZE];
    size_t room = body.length - BODY_HEAD - OTA_CC_SIZE;

    if (padding > room) {
        return OTA_CIPHERING_ERROR;
    }
    status = check_counter(policy, out->spi[0] & OTA_SPI_COUNTER, out->counter);
    if (status == OTA_POR_OK) {
        out->data = plain + BODY_HEAD + OTA_CC_SIZE;
        out->length = room - padding;
    }
    return status;
}

bool ota_por_wanted(const struct ota_command *command, bool authentic, enum ota_status status)
{
    switch (command->spi[1] & OTA_POR_WANTED) {
    case OTA_POR_ALWAYS:
        return authentic;
    case OTA_POR_ON_ERROR:
        return authentic && status != OTA_POR_OK;
    default:
        return false;
    }
}
