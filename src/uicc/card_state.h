/*
 * The card's state between commands: what a reset forgets. Callers of uicc/card.h place a struct
 * uicc_card and leave its members alone; they belong to the engine.
 */
#ifndef MOORING_UICC_CARD_STATE_H
#define MOORING_UICC_CARD_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto_port.h"
#include "uicc/nvm.h"

#define UICC_CHANNELS 1 /* logical channels: only the basic one as yet */

/* One logical channel's view of the card, TS 102 221 8.7. Files are named by their directory index.
 */
struct uicc_channel {
    uint16_t df;    /* current DF: the MF, a DF or an ADF */
    uint16_t adf;   /* current ADF (the selected application), or UICC_NO_FILE */
    uint16_t ef;    /* current EF, or UICC_NO_FILE */
    uint8_t record; /* current record of `ef`, or 0 */
};

struct uicc_card {
    const struct uicc_nvm *nvm;
    const struct crypto_port *crypto;

    /* From the image's header, checked at open. */
    uint16_t slots;
    uint32_t directory;
    uint32_t bodies_end;

    struct uicc_channel channels[UICC_CHANNELS];
    uint8_t verified;   /* bit n: the PIN in slot n has been verified in this card session */
    bool writing;       /* writes since the last commit */
    bool memory_failed; /* the port failed in this command: the answer is 6581 whatever else
                           happened */

    /* Response data that waits for GET RESPONSE, and the status word that goes with its last octet.
     */
    uint8_t pending[256];
    uint16_t pending_length;
    uint16_t pending_sw;
};

#endif
