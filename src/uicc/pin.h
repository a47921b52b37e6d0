/*
 * PINs, TS 102 221 9.5: their slots in the memory and the one way to try a value. A try is counted
 * durably before the comparison, so that no power cut gives a try back.
 */
#ifndef MOORING_UICC_PIN_H
#define MOORING_UICC_PIN_H

#include <stdbool.h>
#include <stdint.h>

#include "uicc/card_state.h"
#include "uicc/layout.h"

/* Key references, TS 102 221 table 9.3. */
#define UICC_KEY_PIN1      0x01u
#define UICC_KEY_PIN2      0x81u
#define UICC_KEY_LOCAL     0x80u /* set in references that are local to an ADF */
#define UICC_KEY_UNIVERSAL 0x11u
#define UICC_KEY_ADM1      0x0Au /* ADM2 to ADM5 follow */

#define UICC_PIN1_TRIES 3u
#define UICC_PUK_TRIES  10u

/* What of a PIN is no secret. */
struct uicc_pin {
    uint8_t slot;
    uint8_t reference;
    uint8_t flags;
    uint8_t tries;
    uint8_t tries_max;
    uint8_t puk_tries;
    uint8_t puk_max;
    uint8_t scope; /* local to the ADF with this directory index; 0: to none */
};

enum uicc_try {
    UICC_TRY_RIGHT,
    UICC_TRY_WRONG,
    UICC_TRY_BLOCKED,     /* no tries left; nothing was compared */
    UICC_TRY_MEMORY_ERROR /* the try could not be counted or the result not be stored */
};

/* Finds the PIN with key reference `reference` (not 0). False if the card has none. */
bool uicc_pin_find(struct uicc_card *card, uint8_t reference, struct uicc_pin *out);

/*
 * Tries the 8 octets `value` against the PIN (`puk` false) or its PUK. Counts down and commits,
 * then compares in constant time; if a PIN is wrong it is no longer verified. If it is right the
 * counter goes up again, but only in an open transaction: the caller adds its own writes, commits,
 * and only then marks the PIN verified. Updates the counters in *pin.
 */
enum uicc_try uicc_pin_try(struct uicc_card *card, struct uicc_pin *pin, bool puk,
                           const uint8_t value[UICC_PIN_SIZE]);

/* Writes a new value (8 octets) or new flags, without making it durable. */
void uicc_pin_set_value(struct uicc_card *card, const struct uicc_pin *pin,
                        const uint8_t value[UICC_PIN_SIZE]);
void uicc_pin_set_flags(struct uicc_card *card, struct uicc_pin *pin, uint8_t flags);
/* Gives all tries of the PIN back, without making it durable. */
void uicc_pin_reset_tries(struct uicc_card *card, struct uicc_pin *pin);

void uicc_pin_mark_verified(struct uicc_card *card, const struct uicc_pin *pin, bool verified);

/* The application session of the ADF `adf` is over: its local PINs are no longer verified (TS 102
 * 221 9.4.3). A local PIN of an older image, which names no ADF, belongs to each. */
void uicc_pin_forget_local(struct uicc_card *card, uint16_t adf);

/* True if the access condition "this key reference" is fulfilled: verified in this session, or
 * disabled (TS 102 221 9.5.1); where the universal PIN replaces it, if that is verified. */
bool uicc_pin_satisfied(struct uicc_card *card, uint8_t reference);

/* True if `value` is 4 to 8 digits, the rest FF (TS 102 221 9.5.1). */
bool uicc_pin_well_formed(const uint8_t value[UICC_PIN_SIZE]);

#endif
