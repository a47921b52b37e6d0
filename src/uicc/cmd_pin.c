/* VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN, TS 102 221 11.1.9 to 11.1.13. */
#include "uicc/commands.h"
#include "uicc/memory.h"
#include "uicc/pin.h"

/* DISABLE PIN: an alternative global key reference is to be used, the universal PIN's. */
#define P1_UNIVERSAL_PIN (0x80u | UICC_KEY_UNIVERSAL)

static uint16_t tries_left(uint8_t tries)
{
    return (uint16_t)(SW_TRIES_LEFT | tries);
}

static uint16_t find(const struct uicc_session *session, const struct apdu_command *command,
                     struct uicc_pin *pin)
{
    if (command->p1 != 0) {
        return SW_WRONG_P1_P2;
    }
    return uicc_pin_find(session->card, command->p2, pin) ? SW_OK : SW_NO_REFERENCE;
}

/* Whether the PIN may be tried now: 6983 blocked, 6984 disabled. */
static uint16_t check_usable(const struct uicc_pin *pin)
{
    if (pin->tries == 0) {
        return SW_BLOCKED;
    }
    return (pin->flags & UICC_PIN_ENABLED) != 0 ? SW_OK : SW_INVALIDATED;
}

/* Tries a PIN or PUK. On 9000 the transaction is open, and finish() must follow. */
static uint16_t attempt(const struct uicc_session *session, struct uicc_pin *pin, bool puk,
                        const uint8_t *value)
{
    switch (uicc_pin_try(session->card, pin, puk, value)) {
    case UICC_TRY_RIGHT:
        return SW_OK;
    case UICC_TRY_WRONG:
        return tries_left(puk ? pin->puk_tries : pin->tries);
    case UICC_TRY_BLOCKED:
        return SW_BLOCKED;
    default:
        return SW_MEMORY_PROBLEM;
    }
}

/* Makes everything since attempt() durable; only then is the PIN verified. */
static uint16_t finish(const struct uicc_session *session, const struct uicc_pin *pin)
{
    if (!uicc_commit(session->card)) {
        return SW_MEMORY_PROBLEM;
    }
    uicc_pin_mark_verified(session->card, pin, true);
    return SW_OK;
}

static bool new_value_allowed(const struct uicc_pin *pin, const uint8_t *value)
{
    return (pin->flags & UICC_PIN_DIGITS) == 0 || uicc_pin_well_formed(value);
}

uint16_t uicc_cmd_verify_pin(const struct uicc_session *session, const struct apdu_command *command,
                             struct uicc_reply *reply)
{
    struct uicc_pin pin;
    uint16_t sw = find(session, command, &pin);

    (void)reply;
    if (sw != SW_OK) {
        return sw;
    }
    if (command->lc == 0) { /* a question for the tries left; 63C0 if blocked */
        sw = check_usable(&pin);
        return sw == SW_INVALIDATED ? sw : tries_left(pin.tries);
    }
    if (command->lc != UICC_PIN_SIZE) {
        return SW_WRONG_LENGTH;
    }
    sw = check_usable(&pin);
    if (sw == SW_OK) {
        sw = attempt(session, &pin, false, command->data);
    }
    return sw == SW_OK ? finish(session, &pin) : sw;
}

uint16_t uicc_cmd_change_pin(const struct uicc_session *session, const struct apdu_command *command,
                             struct uicc_reply *reply)
{
    struct uicc_pin pin;
    uint16_t sw = find(session, command, &pin);

    (void)reply;
    if (sw != SW_OK) {
        return sw;
    }
    if (command->lc != 2 * UICC_PIN_SIZE) {
        return SW_WRONG_LENGTH;
    }
    if (!new_value_allowed(&pin, command->data + UICC_PIN_SIZE)) {
        return SW_WRONG_DATA;
    }
    sw = check_usable(&pin);
    if (sw == SW_OK) {
        sw = attempt(session, &pin, false, command->data);
    }
    if (sw != SW_OK) {
        return sw;
    }
    uicc_pin_set_value(session->card, &pin, command->data + UICC_PIN_SIZE);
    return finish(session, &pin);
}

/* DISABLE and ENABLE: the same but for the flags that the PIN has afterwards. */
static uint16_t switch_pin(const struct uicc_session *session, const struct apdu_command *command,
                           struct uicc_pin *found, uint8_t flags)
{
    struct uicc_pin pin = *found;
    bool enable = (flags & UICC_PIN_ENABLED) != 0;

    if (command->lc != UICC_PIN_SIZE) {
        return SW_WRONG_LENGTH;
    }
    bool enabled = (pin.flags & UICC_PIN_ENABLED) != 0;
    if (pin.tries == 0) {
        return SW_BLOCKED;
    }
    if ((pin.flags & UICC_PIN_CAN_SWITCH) == 0 || (enable && enabled)) {
        return SW_CONDITIONS;
    }
    if (!enable && !enabled) {
        return SW_INVALIDATED;
    }
    uint16_t sw = attempt(session, &pin, false, command->data);
    if (sw != SW_OK) {
        return sw;
    }
    uint8_t others = pin.flags & (uint8_t) ~(UICC_PIN_ENABLED | UICC_PIN_REPLACED);
    uicc_pin_set_flags(session->card, &pin, others | flags);
    return finish(session, &pin);
}

/* P1 may say that from now on the universal PIN stands for the disabled one (TS 102 221 9.4.1). */
uint16_t uicc_cmd_disable_pin(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    struct apdu_command plain = *command;
    struct uicc_pin pin;
    struct uicc_pin universal;
    bool replaced = command->p1 == P1_UNIVERSAL_PIN;

    (void)reply;
    plain.p1 = replaced ? 0 : command->p1;
    uint16_t sw = find(session, &plain, &pin);
    if (sw == SW_OK && replaced &&
        (pin.reference == UICC_KEY_UNIVERSAL ||
         !uicc_pin_find(session->card, UICC_KEY_UNIVERSAL, &universal))) {
        sw = SW_NO_REFERENCE;
    }
    return sw == SW_OK ? switch_pin(session, command, &pin, replaced ? UICC_PIN_REPLACED : 0) : sw;
}

uint16_t uicc_cmd_enable_pin(const struct uicc_session *session, const struct apdu_command *command,
                             struct uicc_reply *reply)
{
    struct uicc_pin pin;
    uint16_t sw = find(session, command, &pin);

    (void)reply;
    return sw == SW_OK ? switch_pin(session, command, &pin, UICC_PIN_ENABLED) : sw;
}

uint16_t uicc_cmd_unblock_pin(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_pin pin;
    uint16_t sw = find(session, command, &pin);

    (void)reply;
    if (sw != SW_OK) {
        return sw;
    }
    if (pin.puk_max == 0) {
        return SW_NO_REFERENCE;
    }
    if (command->lc == 0) {
        return tries_left(pin.puk_tries);
    }
    if (command->lc != 2 * UICC_PIN_SIZE) {
        return SW_WRONG_LENGTH;
    }
    if (!new_value_allowed(&pin, command->data + UICC_PIN_SIZE)) {
        return SW_WRONG_DATA;
    }
    sw = attempt(session, &pin, true, command->data);
    if (sw != SW_OK) {
        return sw;
    }
    uicc_pin_set_value(session->card, &pin, command->data + UICC_PIN_SIZE);
    uicc_pin_reset_tries(session->card, &pin);
    uicc_pin_set_flags(session->card, &pin,
                       (pin.flags & (uint8_t)~UICC_PIN_REPLACED) | UICC_PIN_ENABLED);
    return finish(session, &pin);
}
