/*
 * The UICC: command APDU in, response APDU out, over a card state that the caller owns.
 *
 * No heap, no stdio, no clock, no globals. What lasts is in the non-volatile memory behind `nvm`;
 * what a reset forgets is in this struct. One card is used by one thread at a time.
 */
#ifndef MOORING_UICC_CARD_H
#define MOORING_UICC_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto_port.h"
#include "uicc/nvm.h"

#define UICC_RESPONSE_MAX 258 /* 256 data octets and the status word */
#define UICC_COMMAND_MAX  261 /* header, Lc, 255 data octets, Le */
#define UICC_ATR_MAX      33

/* What the memory holds when it is opened. */
enum uicc_open_result {
    UICC_OPEN_OK,
    UICC_OPEN_EMPTY,       /* no card image in this memory */
    UICC_OPEN_VERSION,     /* an image of a layout that this engine does not know */
    UICC_OPEN_CORRUPT,     /* the image's directory contradicts itself or its size */
    UICC_OPEN_MEMORY_ERROR /* the port failed */
};

struct uicc_card; /* defined in uicc/card_state.h for callers that place it */

/* Binds `card` to its ports (which must outlive it), checks the image in `nvm`, and resets the
 * card. */
enum uicc_open_result uicc_card_open(struct uicc_card *card, const struct uicc_nvm *nvm,
                                     const struct crypto_port *crypto);

/* A cold reset (TS 102 221 6.3): all session state is forgotten, MF is selected. Writes the ATR to
 * `atr` (UICC_ATR_MAX octets) and returns its length. */
size_t uicc_card_reset(struct uicc_card *card, uint8_t *atr);

/*
 * Processes one command APDU of `command_len` octets (any bytes at all: they come from a terminal
 * that may be hostile). Writes data and status word to `response`, which must hold
 * UICC_RESPONSE_MAX octets, and returns their number, at least 2. Data of case 4 commands comes by
 * 61XX and GET RESPONSE when `t0_procedure` was chosen at open, else with the status word (as TS
 * 102 221 7.3.1.1 lets a card behind T=1 or a T=0 layer that does this itself).
 */
size_t uicc_card_transmit(struct uicc_card *card, const uint8_t *command, size_t command_len,
                          uint8_t *response);

#endif
