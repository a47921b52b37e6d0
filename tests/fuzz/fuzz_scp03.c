/*
 * An attacker between a machine and a card that share SCP03 keys. The input is a row of steps, each
 * an octet and what belongs to it:
 *   00        the card loses its power
 *   01 N ..   N octets to the card as INITIALIZE UPDATE or EXTERNAL AUTHENTICATE, as they say
 *   02 N ..   N octets to the card as a command of the session
 *   03 L      a genuine start at the L-th level
 *   04 A B    a genuine command and its response; the octets A and B (octet number, modulo) of
 *             command and response are changed if A and B are not 00
 *   05 N ..   N octets to the machine as the answer that it waits for
 * Checked besides the sanitizers: the card never takes what the machine has not said, the machine
 * never what the card has not said; the sequence counter never goes back; only a genuine start
 * takes the tries back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edge/openssl/openssl_crypto.h"
#include "support/scp03_pair.h"

#define STEPS_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static uint8_t take(struct input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

/* The next N octets, in memory of exactly that size for the sanitizers. */
static uint8_t *take_octets(struct input *input, size_t *n)
{
    size_t wanted = take(input);

    *n = wanted < input->left ? wanted : input->left;
    uint8_t *copy = malloc(*n == 0 ? 1 : *n);

    must(copy != NULL);
    if (*n > 0) {
        memcpy(copy, input->at, *n);
    }
    input->at += *n;
    input->left -= *n;
    return copy;
}

static void foreign_start(struct scp03_pair *pair, struct input *input)
{
    size_t n = 0;
    uint8_t *octets = take_octets(input, &n);
    uint8_t response[SCP03_RESPONSE_MAX];
    struct apdu_command command;
    const struct scp03_record before = pair->record;

    if (apdu_parse(octets, n, &command) == APDU_OK) {
        if (command.ins == SCP03_INS_EXTERNAL_AUTHENTICATE) {
            must(scp03_card_external_authenticate(&pair->card, pair->crypto, &pair->domain,
                                                  &command) != 0x9000);
            must(pair->record.sequence == before.sequence &&
                 pair->record.failures == before.failures &&
                 pair->record.refusals == before.refusals);
        } else {
            size_t length = 0;

            (void)scp03_card_initialize_update(&pair->card, pair->crypto, &pair->domain, &command,
                                               response, &length);
            must(length <= sizeof response);
            must(pair->record.failures >= before.failures);
        }
        must(pair->card.state != SCP03_CARD_OPEN);
    }
    free(octets);
}

static void foreign_command(struct scp03_pair *pair, struct input *input)
{
    size_t n = 0;
    uint8_t *octets = take_octets(input, &n);
    uint8_t buffer[SCP03_DATA_MAX];
    struct apdu_command command;
    struct apdu_command plain;

    if (apdu_parse(octets, n, &command) == APDU_OK) {
        must(scp03_card_command(&pair->card, pair->crypto, &command, buffer, &plain) != 0x9000);
        must(pair->card.state == SCP03_CARD_IDLE);
    }
    free(octets);
}

static void foreign_answer(struct scp03_pair *pair, struct input *input)
{
    size_t n = 0;
    uint8_t *octets = take_octets(input, &n);
    uint8_t out[APDU_MAX];
    size_t length = 0;
    enum scp03_result result;

    if (pair->host.state == SCP03_HOST_ASKED) {
        result = scp03_host_authenticate(&pair->host, pair->crypto, &pair->keys, 0x33,
                                         pair->domain.aid, octets, n, out, &length);
        must(result != SCP03_OK);
    } else {
        bool r_mac = (pair->host.level & SCP03_R_MAC) != 0;

        result = scp03_host_response(&pair->host, pair->crypto, octets, n, 0x9000, out, &length);
        must(result != SCP03_OK && (result != SCP03_HINT || !r_mac));
    }
    must(length <= sizeof out);
    free(octets);
}

/* Changes the octet `which` of what is on the wire, but not Le, which nothing protects. */
static bool change(struct scp03_wire *wire, size_t protected, uint8_t which)
{
    if (which == 0 || protected == 0) {
        return false;
    }
    wire->octets[which % protected] ^= which;
    return true;
}

static void exchange(struct scp03_pair *pair, uint8_t change_command, uint8_t change_response)
{
    static const uint8_t data[3] = {0x4F, 0x00, 0x80};
    const struct apdu_command sent = {.cla = 0x80,
                                      .ins = 0xF2,
                                      .p1 = 1,
                                      .lc = change_command % 4,
                                      .data = data,
                                      .has_le = true,
                                      .le = 256};
    struct scp03_wire wire;
    struct apdu_command parsed;
    struct apdu_command plain;
    uint8_t buffer[SCP03_DATA_MAX];
    size_t length = 0;

    if (scp03_host_command(&pair->host, pair->crypto, &sent, wire.octets, &wire.length) !=
            SCP03_OK ||
        pair->card.state != SCP03_CARD_OPEN) {
        return;
    }
    bool changed = change(&wire, wire.length - 1, change_command);
    if (apdu_parse(wire.octets, wire.length, &parsed) != APDU_OK) {
        return;
    }
    uint16_t sw = scp03_card_command(&pair->card, pair->crypto, &parsed, buffer, &plain);
    must(!changed || sw != 0x9000);
    if (sw != 0x9000) {
        return;
    }
    must(plain.cla == sent.cla && plain.ins == sent.ins && plain.lc == sent.lc);
    must(plain.lc == 0 || memcmp(plain.data, data, plain.lc) == 0);
    must(scp03_card_response(&pair->card, pair->crypto, data, sizeof data, 0x9000, wire.octets,
                             &wire.length) == 0x9000);
    bool r_mac = (pair->host.level & SCP03_R_MAC) != 0;
    changed = change(&wire, wire.length, change_response);
    enum scp03_result result = scp03_host_response(&pair->host, pair->crypto, wire.octets,
                                                   wire.length, 0x9000, buffer, &length);
    must(!r_mac || (result == SCP03_OK) == !changed);
    must(result != SCP03_OK || (length == sizeof data && memcmp(buffer, data, length) == 0));
}

static void step(struct scp03_pair *pair, struct input *input)
{
    static const uint8_t levels[] = {0x01, 0x03, 0x11, 0x13, 0x33};
    const struct scp03_record before = pair->record;
    bool opened = false;
    uint8_t first = 0;

    switch (take(input) % 6) {
    case 0:
        scp03_pair_power_cycle(pair);
        break;
    case 1:
        foreign_start(pair, input);
        break;
    case 2:
        foreign_command(pair, input);
        break;
    case 3:
        opened = scp03_pair_open(pair, levels[take(input) % sizeof levels]);
        must(opened == (before.refusals == 0));
        break;
    case 4:
        first = take(input);
        exchange(pair, first, take(input));
        break;
    default:
        foreign_answer(pair, input);
        break;
    }
    must(pair->record.sequence >= before.sequence);
    must(opened || pair->record.failures >= before.failures);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct openssl_crypto crypto;
    struct scp03_pair pair;

    must(openssl_crypto_init(&crypto, NULL));
    scp03_pair_init(&pair, &crypto.port, size % 2 == 0 ? 16 : 32,
                    size % 3 == 0 ? SCP03_S16 : SCP03_S8, 1);
    for (int i = 0; i < STEPS_MAX && input.left > 0; i++) {
        step(&pair, &input);
    }
    openssl_crypto_free(&crypto);
    return 0;
}
