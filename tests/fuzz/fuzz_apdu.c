/*
 * A terminal that may do anything: the input is a sequence of steps with one card, each an octet
 * and what belongs to it: 00        cold reset 01 to FA  that many octets of a command (fewer if
 * the input ends) FB        power off and on FC        a genuine challenge with the SQN of the next
 * 6 octets FD        the next 2 octets name a place in the image, the third its new value; power
 * off and on FE, FF    the PIN1, the ADM1 Checked besides the sanitizers: the form of each
 * response; no sequence number goes back; no counter of tries goes up but by a command that answers
 * 9000.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aka/vector.h"
#include "base/bytes.h"
#include "edge/openssl/openssl_crypto.h"
#include "uicc/card.h"
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
    bool tampered; /* the image has been changed from outside: its counters may be anything */
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
    if (world.crypto.port.ctx == NULL) {
        must(openssl_crypto_init(&world.crypto, NULL));
    }
    must(power_up(&world));
    for (unsigned i = 0; i < STEPS_MAX && step(&world, &input); i++) {
    }
    return 0;
}
