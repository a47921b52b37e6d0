/*
 * Remote management, from the first octet that comes over the air. The first octet of the input
 * says what the rest is: 00  user data of short messages, each after an octet with its length 01  a
 * command packet      02  a response packet 03  a compact script      04  an expanded script 05  a
 * compact answer      06  an expanded answer 07  octets that the operator protects; then the octet
 * numbered by the first of them is changed Checked besides the sanitizers: nothing forged is taken
 * as authentic; what is read lies inside what was given; what the operator makes, the card opens.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edge/openssl/openssl_crypto.h"
#include "secure/ota_script.h"
#include "secure/ota_sms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ota_keys keys = {
    .kic = {.length = 16, .octets = {1, 2, 3}},
    .kid = {.length = 32, .octets = {4, 5, 6}},
    .number = 2,
};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool inside(const uint8_t *at, size_t n, const uint8_t *area, size_t size)
{
    return n == 0 || (at >= area && n <= size && (size_t)(at - area) <= size - n);
}

static void messages(const uint8_t *data, size_t size)
{
    static const uint8_t originator[3] = {0x0B, 0x91, 0x44};
    static struct ota_assembly assembly;
    static uint8_t packet[OTA_SMS_SEGMENTS * OTA_SMS_MAX];
    struct ota_sms sms;
    enum ota_sms_kind kind;
    size_t length = 0;

    memset(&assembly, 0, sizeof assembly);
    while (size > 0) {
        size_t n = *data++;

        size--;
        n = n < size ? n : size;
        if (ota_sms_parse(data, n, &sms)) {
            must(inside(sms.data, sms.length, data, n));
            must(sms.index >= 1 && sms.index <= sms.total);
            if (ota_assembly_add(&assembly, originator, n % sizeof originator, &sms, packet,
                                 &length, &kind)) {
                must(length > 0 && length <= sizeof packet);
            }
        }
        data += n;
        size -= n;
    }
}

static void command_packet(const struct crypto_port *port, const uint8_t *data, size_t size)
{
    const struct ota_policy policy = {.minimum = 0x02};
    uint8_t *plain = malloc(size + 1);
    struct ota_command out;
    bool authentic = true;

    must(plain != NULL);
    must(ota_command_open(port, &keys, &policy, data, size, plain, &out, &authentic) != OTA_POR_OK);
    must(!authentic && out.data == NULL);
    must(!ota_por_wanted(&out, authentic, OTA_CC_FAILED));
    free(plain);
}

static void response_packet(const struct crypto_port *port, const uint8_t *data, size_t size)
{
    static const uint8_t forms[] = {0x01, 0x09, 0x19, 0x39};
    uint8_t *plain = malloc(size + 1);
    struct ota_response out;

    must(plain != NULL);
    for (size_t i = 0; i < sizeof forms; i++) {
        const struct ota_command command = {.spi = {0x16, forms[i]}, .tar = {0xB0, 0x00, 0x11}};
        enum ota_response_result result =
            ota_response_open(port, &keys, &command, data, size, plain, &out);

        must(result == OTA_RESPONSE_REFUSED || (forms[i] == 0x01 && result == OTA_RESPONSE_HINT));
        must(inside(out.data, out.length, plain, size));
    }
    free(plain);
}

static void script(enum ota_format format, const uint8_t *data, size_t size)
{
    struct ota_script reader;
    struct apdu_command command;
    size_t count = 0;

    ota_script_start(&reader, format, data, size);
    while (ota_script_next(&reader, &command) == OTA_SCRIPT_COMMAND) {
        must(inside(command.data, command.lc, data, size));
        must(++count <= size / 4);
    }
    must(ota_script_next(&reader, &command) != OTA_SCRIPT_COMMAND);
}

static void answer(enum ota_format format, const uint8_t *data, size_t size)
{
    struct ota_script_answer out;

    if (ota_script_answer_parse(format, data, size, &out)) {
        must(inside(out.data, out.length, data, size));
    }
}

static void round_trip(const struct crypto_port *port, const uint8_t *data, size_t size)
{
    const struct ota_policy policy = {.minimum = 0x16};
    const struct ota_command command = {
        .spi = {0x16, 0x39}, .tar = {0xB0}, .counter = size + 1, .data = data, .length = size};
    static uint8_t packet[OTA_PACKET_MAX];
    static uint8_t plain[OTA_PACKET_MAX];
    struct ota_command out;
    bool authentic = false;
    size_t n = ota_command_build(port, &keys, &command, packet, sizeof packet);

    if (n == 0) {
        must(size > OTA_PACKET_MAX - 40);
        return;
    }
    must(ota_command_open(port, &keys, &policy, packet, n, plain, &out, &authentic) == OTA_POR_OK);
    must(authentic && out.length == size && out.counter == size + 1);
    must(size == 0 || memcmp(out.data, data, size) == 0);
    packet[(size > 0 ? data[0] : 0) % n] ^= 0x10;
    must(ota_command_open(port, &keys, &policy, packet, n, plain, &out, &authentic) != OTA_POR_OK);
    must(!authentic);
}

static void run(const struct crypto_port *port, uint8_t kind, const uint8_t *data, size_t size)
{
    switch (kind % 8) {
    case 0:
        messages(data, size);
        break;
    case 1:
        command_packet(port, data, size);
        break;
    case 2:
        response_packet(port, data, size);
        break;
    case 3:
    case 4:
        script(kind % 8 == 3 ? OTA_COMPACT : OTA_EXPANDED, data, size);
        break;
    case 5:
    case 6:
        answer(kind % 8 == 5 ? OTA_COMPACT : OTA_EXPANDED, data, size);
        break;
    default:
        round_trip(port, data, size);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct openssl_crypto crypto;

    if (size == 0) {
        return 0;
    }
    uint8_t *copy = malloc(size); /* of its exact size, for the sanitizers */
    must(copy != NULL && openssl_crypto_init(&crypto, NULL));
    memcpy(copy, data, size);
    run(&crypto.port, copy[0], copy + 1, size - 1);
    openssl_crypto_free(&crypto);
    free(copy);
    return 0;
}
