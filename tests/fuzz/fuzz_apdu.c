/*
 * A terminal that may do anything: the input is a sequence of steps with one card, each an octet
 * and what belongs to it:
 *   00        cold reset
 *   01 to F5  that many octets of a command (fewer if the input ends)
 *   F6        a CREATE FILE from the next 4 octets: identifier, kind, size, access rule
 *   F7        the next octet is the channel of the steps F6 and F8; it is opened
 *   F8        a command that exists: the next 4 octets choose it, P1, P2 and the number of octets
 *             of data, which follow
 *   F9        the universal PIN
 *   FA        power off and on
 *   FB        the same
 *   FC        a genuine challenge with the SQN of the next 6 octets
 *   FD        the next 2 octets name a place in the image, the third its new value; power off and
 * on FE, FF    the PIN1, the ADM1 Checked besides the sanitizers: the form of each response; no
 * sequence number goes back; no counter of tries goes up but by a command that answers 9000; every
 * channel stands at files that are there.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aka/vector.h"
#include "base/bytes.h"
#include "edge/openssl/openssl_crypto.h"
#include "uicc/card.h"
#include "uicc/files.h"
#include "uicc/layout.h"
#include "uicc/nvm_ram.h"
#include "uicc/personalise.h"

#define STEPS_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    uint8_t committed[UICC_IMAGE_SIZE];
    uint8_t working[UICC_IMAGE_SIZE];
    uint8_t last[UICC_SECURITY_END]; /* header and security block before the step */
    struct uicc_nvm_ram ram;
    struct uicc_card card;
    struct uicc_profile profile;
    struct openssl_crypto crypto;
    uint8_t channel; /* of structured steps */
    bool tampered;   /* the image has been changed from outside: its counters may be anything */
};

struct input {
    const uint8_t *at;
    size_t left;
};

static const uint8_t *take(struct input *input, size_t n)
{
    const uint8_t *at = input->at;

    if (n > input->left) {
        return NULL;
    }
    input->at += n;
    input->left -= n;
    return at;
}

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void prepare(struct world *world)
{
    struct uicc_profile *profile = &world->profile;

    must(openssl_crypto_init(&world->crypto, NULL));
    must(iccid_parse("8900101000000000019", 19, &profile->iccid));
    must(imsi_parse("001010123456789", 15, &profile->imsi));
    profile->mnc_length = 2;
    profile->credentials.algorithm = AKA_MILENAGE;
    memset(profile->credentials.k, 0x4B, sizeof profile->credentials.k);
    memset(profile->credentials.opc, 0x4F, sizeof profile->credentials.opc);
    profile->sqn.delta = SQN_DELTA;
    must(uicc_pin_from_text("1234", 4, profile->pin1));
    must(uicc_pin_from_text("12345678", 8, profile->puk1));
    must(uicc_pin_from_text("5678", 4, profile->pin2));
    must(uicc_pin_from_text("87654321", 8, profile->puk2));
    must(uicc_pin_from_text("88888888", 8, profile->adm1));
    must(uicc_pin_from_text("2468", 4, profile->universal_pin));
    must(uicc_pin_from_text("11112222", 8, profile->universal_puk));
    profile->has_universal_pin = true;
    profile->pin1_enabled = true;
    profile->access_classes = 1;
    uicc_nvm_ram_init(&world->ram, world->committed, world->working, sizeof world->committed);
    must(uicc_personalise(&world->ram.port, profile) == UICC_PERSONALISE_OK);
}

static bool power_up(struct world *world)
{
    uicc_nvm_ram_init(&world->ram, world->committed, world->working, sizeof world->committed);
    return uicc_card_open(&world->card, &world->ram.port, &world->crypto.port) == UICC_OPEN_OK;
}

static void check_counters(const struct world *world, uint16_t sw)
{
    const uint8_t *now = world->committed;

    for (size_t ind = 0; ind < 32; ind++) {
        size_t at = UICC_AT_SQN + ind * 8;
        must(be64_get(now + at) >= be64_get(world->last + at));
    }
    for (size_t slot = 0; slot < UICC_PIN_SLOTS; slot++) {
        size_t at = UICC_AT_PINS + slot * UICC_PIN_SLOT_SIZE;
        must(sw == 0x9000 ||
             (now[at + UICC_PIN_AT_TRIES] <= world->last[at + UICC_PIN_AT_TRIES] &&
              now[at + UICC_PIN_AT_PUK_TRIES] <= world->last[at + UICC_PIN_AT_PUK_TRIES]));
    }
}

/* Every open channel stands in a DF that is there, and its EF is a child of that. */
static void check_channels(struct world *world)
{
    struct uicc_file file;

    for (unsigned i = 0; i < UICC_CHANNELS; i++) {
        const struct uicc_channel *channel = &world->card.channels[i];
        must(i != 0 || channel->open);
        if (!channel->open) {
            continue;
        }
        must(channel->number <= UICC_CHANNEL_LAST);
        must(uicc_file_get(&world->card, channel->df, &file) && uicc_file_is_df(&file));
        must(channel->ef == UICC_NO_FILE || (uicc_file_get(&world->card, channel->ef, &file) &&
                                             uicc_file_is_ef(&file) && file.parent == channel->df));
        must(channel->adf == UICC_NO_FILE ||
             (uicc_file_get(&world->card, channel->adf, &file) && file.kind == UICC_KIND_ADF));
        for (unsigned k = 0; k < i; k++) {
            must(!world->card.channels[k].open ||
                 world->card.channels[k].number != channel->number);
        }
    }
}

static void transmit(struct world *world, const uint8_t *command, size_t n)
{
    uint8_t response[UICC_RESPONSE_MAX];
    uint8_t *copy = malloc(n == 0 ? 1 : n); /* of its exact size, for the sanitizers */

    must(copy != NULL);
    if (n > 0) {
        memcpy(copy, command, n);
    }
    memcpy(world->last, world->committed, sizeof world->last);
    size_t length = uicc_card_transmit(&world->card, copy, n, response);
    free(copy);
    must(length >= 2 && length <= sizeof response);
    uint16_t sw = be16_get(response + length - 2);
    must((sw >= 0x6100 && sw <= 0x6FFF) || sw >> 12 == 9);
    must(length == 2 || sw == 0x9000 || sw >> 8 == 0x61 || sw >> 8 == 0x62);
    check_channels(world);
    if (!world->tampered) {
        check_counters(world, sw);
    }
}

static void challenge(struct world *world, uint64_t sqn)
{
    static const uint8_t amf[2] = {0x80, 0x00};
    static const uint8_t rand[16] = {0x52};
    uint8_t command[39] = {0x00, 0x88, 0x00, 0x81, 0x22, 0x10};
    struct aka_vector vector;

    must(
        aka_vector_make(&world->crypto.port, &world->profile.credentials, rand, sqn, amf, &vector));
    memcpy(command + 6, vector.rand, 16);
    command[22] = 0x10;
    memcpy(command + 23, vector.autn, 16);
    transmit(world, command, sizeof command);
}

static void verify(struct world *world, uint8_t reference, const uint8_t *pin)
{
    uint8_t command[13] = {0x00, 0x20, 0x00, reference, 0x08};

    memcpy(command + 5, pin, 8);
    transmit(world, command, sizeof command);
}

/* The class octet of `kind` (00 or 80) on the world's channel. */
static uint8_t class_of(const struct world *world, uint8_t kind)
{
    uint8_t n = world->channel;

    return (uint8_t)(n < 4 ? kind | n : kind | 0x40 | (n - 4));
}

static bool create_file(struct world *world, struct input *input)
{
    static const uint8_t descriptors[] = {0x41, 0x42, 0x46, 0x79, 0x78, 0x01};
    const uint8_t *how = take(input, 4);

    if (how == NULL) {
        return false;
    }
    const uint8_t command[] = {class_of(world, 0x00),
                               0xE0,
                               0x00,
                               0x00,
                               0x1A,
                               0x62,
                               0x18,
                               0x82,
                               0x04,
                               descriptors[how[1] % sizeof descriptors],
                               0x21,
                               0x00,
                               (uint8_t)(how[2] % 16 + 1),
                               0x83,
                               0x02,
                               0x4E,
                               how[0] % 16,
                               0x8A,
                               0x01,
                               0x05,
                               0x8B,
                               0x03,
                               0x2F,
                               0x06,
                               how[3] % 8,
                               0x80,
                               0x02,
                               how[3],
                               how[2]};
    uint8_t plain[sizeof command];
    size_t n = sizeof command;

    memcpy(plain, command, sizeof command);
    if (how[1] % sizeof descriptors != 1 && how[1] % sizeof descriptors != 2) {
        plain[4] = 0x18; /* no record length */
        plain[6] = 0x16;
        plain[8] = 0x02;
        memmove(plain + 11, plain + 13, sizeof command - 13);
        n -= 2;
    }
    transmit(world, plain, n);
    return true;
}

static bool structured(struct world *world, struct input *input)
{
    static const uint8_t commands[][2] = {
        {0x00, 0xA4}, {0x80, 0xF2}, {0x00, 0xB0}, {0x00, 0xD6}, {0x00, 0xB2}, {0x00, 0xDC},
        {0x00, 0x20}, {0x00, 0x24}, {0x00, 0x26}, {0x00, 0x28}, {0x00, 0x2C}, {0x00, 0x70},
        {0x00, 0x88}, {0x00, 0x84}, {0x80, 0xAA}, {0x00, 0xA2}, {0x80, 0x32}, {0x80, 0xCB},
        {0x80, 0xDB}, {0x00, 0x04}, {0x00, 0x44}, {0x00, 0xE0}, {0x00, 0xE4}, {0x80, 0xD4},
        {0x00, 0xE6}, {0x00, 0xE8}, {0x00, 0xFE}, {0x00, 0xC0}};
    const uint8_t *how = take(input, 4);
    uint8_t command[261];

    if (how == NULL) {
        return false;
    }
    const uint8_t *chosen = commands[how[0] % ARRAY_LEN(commands)];
    const uint8_t *data = take(input, how[3]);
    command[0] = class_of(world, chosen[0]);
    command[1] = chosen[1];
    command[2] = how[1];
    command[3] = how[2];
    command[4] = how[3];
    if (data != NULL && how[3] > 0) {
        memcpy(command + 5, data, how[3]);
        transmit(world, command, 5u + how[3]);
    } else { /* nothing more in the input: a command that asks for as many octets */
        transmit(world, command, 5);
    }
    return true;
}

static bool open_channel(struct world *world, struct input *input)
{
    const uint8_t *number = take(input, 1);

    if (number == NULL) {
        return false;
    }
    const uint8_t command[] = {0x00, 0x70, 0x00, *number % 20};
    transmit(world, command, sizeof command);
    world->channel = *number % 20;
    return true;
}

/* One step; false if the input is at its end or a changed image does not open. */
static bool step(struct world *world, struct input *input)
{
    const uint8_t *kind = take(input, 1);
    uint8_t atr[UICC_ATR_MAX];
    const uint8_t *more = NULL;

    if (kind == NULL) {
        return false;
    }
    switch (*kind) {
    case 0x00:
        must(uicc_card_reset(&world->card, atr) <= sizeof atr);
        return true;
    case 0xF6:
        return create_file(world, input);
    case 0xF7:
        return open_channel(world, input);
    case 0xF8:
        return structured(world, input);
    case 0xF9:
        verify(world, 0x11, world->profile.universal_pin);
        return true;
    case 0xFA:
    case 0xFB:
        must(power_up(world)); /* no command makes an image that does not open */
        return true;
    case 0xFC:
        more = take(input, 6);
        if (more != NULL) {
            challenge(world, be48_get(more));
        }
        return more != NULL;
    case 0xFD:
        more = take(input, 3);
        if (more == NULL) {
            return false;
        }
        world->tampered = true;
        world->committed[be16_get(more) % UICC_IMAGE_SIZE] = more[2];
        return power_up(world);
    case 0xFE:
        verify(world, 0x01, world->profile.pin1);
        return true;
    case 0xFF:
        verify(world, 0x0A, world->profile.adm1);
        return true;
    default: {
        size_t n = *kind < input->left ? *kind : input->left;
        transmit(world, take(input, n), n);
        return true;
    }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world fresh; /* made once: personalising takes longer than most inputs */
    static struct world world;
    static bool ready = false;
    struct input input = {data, size};

    if (!ready) {
        prepare(&fresh);
        ready = true;
    }
    memcpy(world.committed, fresh.committed, sizeof world.committed);
    world.profile = fresh.profile;
    world.tampered = false;
    world.channel = 0;
    if (world.crypto.port.ctx == NULL) {
        must(openssl_crypto_init(&world.crypto, NULL));
    }
    must(power_up(&world));
    for (unsigned i = 0; i < STEPS_MAX && step(&world, &input); i++) {
    }
    return 0;
}
