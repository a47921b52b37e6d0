/*
 * A card reader, as a port: what a machine's procedures need of the thing that holds its UICC.
 * PC/SC gives one (edge/pcsc), a card image in this process another (edge/cardfile).
 */
#ifndef MOORING_MACHINE_READER_H
#define MOORING_MACHINE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define READER_ATR_MAX 33

struct reader {
    void *ctx;

    /* Powers the card up or resets it; the ATR goes to `atr` (READER_ATR_MAX octets), its length to
     * *atr_len. False with a fault if there is no card or it does not answer. */
    bool (*reset)(void *ctx, uint8_t *atr, size_t *atr_len, struct fault *fault);

    /* Sends one command APDU; data and status word go to `response` (258 octets), their number to
     * *response_len. 61XX and 6CXX are handled by the caller (machine/terminal.h). */
    bool (*transmit)(void *ctx, const uint8_t *command, size_t command_len, uint8_t *response,
                     size_t *response_len, struct fault *fault);

    /* Lets go of the card and frees what `ctx` holds. */
    void (*close)(void *ctx);
};

#endif
