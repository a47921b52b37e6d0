#include "uicc/pin.h"

#include "base/bytes.h"
#include "uicc/memory.h"

static uint32_t slot_offset(const struct uicc_pin *pin)
{
    return UICC_AT_PINS + pin->slot * UICC_PIN_SLOT_SIZE;
}

bool uicc_pin_find(struct uicc_card *card, uint8_t reference, struct uicc_pin *out)
{
    uint8_t head[UICC_PIN_AT_VALUE];

    for (uint8_t slot = 0; slot < UICC_PIN_SLOTS && reference != 0; slot++) {
        (void)uicc_read(card, UICC_AT_PINS + slot * UICC_PIN_SLOT_SIZE, head, sizeof head);
        if (head[UICC_PIN_AT_REFERENCE] == reference) {
            *out = (struct uicc_pin){
                .slot = slot,
                .reference = reference,
                .flags = head[UICC_PIN_AT_FLAGS],
                .tries = head[UICC_PIN_AT_TRIES],
                .tries_max = head[UICC_PIN_AT_TRIES_MAX],
                .puk_tries = head[UICC_PIN_AT_PUK_TRIES],
                .puk_max = head[UICC_PIN_AT_PUK_MAX],
                .scope = head[UICC_PIN_AT_SCOPE],
            };
            return true;
        }
    }
    return false;
}

enum uicc_try uicc_pin_try(struct uicc_card *card, struct uicc_pin *pin, bool puk,
                           const uint8_t value[UICC_PIN_SIZE])
{
    uint32_t counter_at = slot_offset(pin) + (puk ? UICC_PIN_AT_PUK_TRIES : UICC_PIN_AT_TRIES);
    uint8_t *counter = puk ? &pin->puk_tries : &pin->tries;
    uint8_t stored[UICC_PIN_SIZE];

    if (*counter == 0) {
        return UICC_TRY_BLOCKED;
    }
    uint8_t left = (uint8_t)(*counter - 1);
    if (!uicc_write_u8(card, counter_at, left) || !uicc_commit(card)) {
        return UICC_TRY_MEMORY_ERROR;
    }
    *counter = left;
    if (!uicc_read(card, slot_offset(pin) + (puk ? UICC_PIN_AT_PUK : UICC_PIN_AT_VALUE), stored,
                   sizeof stored)) {
        return UICC_TRY_MEMORY_ERROR;
    }
    bool right = bytes_equal_ct(stored, value, sizeof stored);
    bytes_wipe(stored, sizeof stored);
    if (!right) {
        if (!puk) { /* a false PUK leaves the PIN as it is */
            uicc_pin_mark_verified(card, pin, false);
        }
        return UICC_TRY_WRONG;
    }
    *counter = puk ? pin->puk_max : pin->tries_max;
    return uicc_write_u8(card, counter_at, *counter) ? UICC_TRY_RIGHT : UICC_TRY_MEMORY_ERROR;
}

void uicc_pin_set_value(struct uicc_card *card, const struct uicc_pin *pin,
                        const uint8_t value[UICC_PIN_SIZE])
{
    (void)uicc_write(card, slot_offset(pin) + UICC_PIN_AT_VALUE, value, UICC_PIN_SIZE);
}

void uicc_pin_set_flags(struct uicc_card *card, struct uicc_pin *pin, uint8_t flags)
{
    pin->flags = flags;
    (void)uicc_write_u8(card, slot_offset(pin) + UICC_PIN_AT_FLAGS, flags);
}

void uicc_pin_reset_tries(struct uicc_card *card, struct uicc_pin *pin)
{
    pin->tries = pin->tries_max;
    (void)uicc_write_u8(card, slot_offset(pin) + UICC_PIN_AT_TRIES, pin->tries_max);
}

void uicc_pin_mark_verified(struct uicc_card *card, const struct uicc_pin *pin, bool verified)
{
    uint8_t bit = (uint8_t)(1u << pin->slot);

    card->verified = verified ? card->verified | bit : card->verified & (uint8_t)~bit;
}

void uicc_pin_forget_local(struct uicc_card *card, uint16_t adf)
{
    uint8_t head[UICC_PIN_AT_VALUE];

    for (uint8_t slot = 0; slot < UICC_PIN_SLOTS; slot++) {
        (void)uicc_read(card, UICC_AT_PINS + slot * UICC_PIN_SLOT_SIZE, head, sizeof head);
        uint8_t scope = head[UICC_PIN_AT_SCOPE];
        if ((head[UICC_PIN_AT_REFERENCE] & UICC_KEY_LOCAL) != 0 && (scope == 0 || scope == adf)) {
            card->verified &= (uint8_t) ~(1u << slot);
        }
    }
}

static bool is_verified(const struct uicc_card *card, const struct uicc_pin *pin)
{
    return (card->verified >> pin->slot & 1) != 0;
}

bool uicc_pin_satisfied(struct uicc_card *card, uint8_t reference)
{
    struct uicc_pin pin;
    struct uicc_pin universal;

    if (!uicc_pin_find(card, reference, &pin)) {
        return false;
    }
    if ((pin.flags & UICC_PIN_ENABLED) != 0) {
        return is_verified(card, &pin);
    }
    return (pin.flags & UICC_PIN_REPLACED) == 0 ||
           (uicc_pin_find(card, UICC_KEY_UNIVERSAL, &universal) && is_verified(card, &universal));
}

bool uicc_pin_well_formed(const uint8_t value[UICC_PIN_SIZE])
{
    unsigned digits = 0;

    while (digits < UICC_PIN_SIZE && value[digits] >= '0' && value[digits] <= '9') {
        digits++;
    }
    for (unsigned i = digits; i < UICC_PIN_SIZE; i++) {
        if (value[i] != 0xFF) {
            return false;
        }
    }
    return digits >= 4;
}
