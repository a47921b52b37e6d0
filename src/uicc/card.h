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
#include "uicc/card_state.h"
#include "uicc/nvm.h"

#define UICC_RESPONSE_MAX 258 /* 256 data octets and the status word */
#define UICC_COMMAND_MAX  261 /* header, Lc, 255 data octets, Le */
#define UICC_ATR_MAX      33

/* What the memory holds when it is opened. */
enum uicc_open_result {
    UICC_OPEN_OK,
    UICC_OPEN_EMPTY,       /* no card image in this memory */
    UICC_OPEN_VERSION,     /* an image of a layout that this engine does not know */
    UICC_OPEN_CORRUPT,     /* the image contradicts itself or its size (image_check.h) */
    UICC_OPEN_MEMORY_ERROR /* the port failed */
};

/* Binds `card` (the caller's, all of it is overwritten) to its ports, which must outlive it, checks
 * the image in `nvm`, and resets the card. Unless UICC_OPEN_OK is returned the card must not be
 * used. */
enum uicc_open_result uicc_card_open(struct uicc_card *card, const struct uicc_nvm *nvm,
                                     const struct crypto_port *crypto);

/* A cold reset (TS 102 221 6.3): all session state is forgotten, MF is selected. Writes the ATR to
 * `atr` (UICC_ATR_MAX octets) and returns its length. */
size_t uicc_card_reset(struct uicc_card *card, uint8_t *atr);

/*
 * Processes one command APDU of `command_len` octets (any octets at all: they come from a terminal
 * that may be hostile). Writes data and status word to `response`, which must hold
 * UICC_RESPONSE_MAX octets, and returns their number, at least 2.
 *
 * The card speaks as behind T=0 (TS 102 221 7.3.1.1), and terminals handle it so:
 *  - a command with data in and data out (SELECT, AUTHENTICATE) answers 61XX, whether the APDU has
 * an Le or not, and GET RESPONSE brings the data; any other command in between makes the card
 * forget them;
 *  - a command with data out only (READ, STATUS, GET RESPONSE) whose Le asks for more than there is
 * answers 6CXX without data and without effect, and is sent again with Le = XX; Le = 00 stands for
 * 256; STATUS and READ RECORD want the exact number;
 *  - a missing P3 (a header of four octets) is P3 = 00.
 */
size_t uicc_card_transmit(struct uicc_card *card, const uint8_t *command, size_t command_len,
                          uint8_t *response);

#endif
