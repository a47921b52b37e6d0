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

/* Logical channels that can be open at once, the basic one among them: 1 to 20. Each takes
 * sizeof(struct uicc_channel) octets of RAM. All code of one program must be built with the same
 * value. */
#ifndef UICC_CHANNELS
#define UICC_CHANNELS 4
#endif
#define UICC_CHANNEL_LAST 19u /* the highest channel number of the class octet */

/* A BER-TLV object on its way in several blocks, TS 102 221 11.3: of the channel's current EF. */
struct uicc_transfer {
    enum {
        UICC_TRANSFER_NONE,
        UICC_TRANSFER_RETRIEVE,
        UICC_TRANSFER_TAG_LIST, /* RETRIEVE DATA of tag 5C: `at` to `end` count its octets */
        UICC_TRANSFER_SET
    } kind;
    uint32_t at;       /* where the next block starts, an offset in the EF's body */
    uint32_t previous; /* where the last block started */
    uint32_t end;      /* behind the object */
};

/* One logical channel's view of the card, TS 102 221 8.7. Files are named by their directory index.
 */
struct uicc_channel {
    bool open;
    uint8_t number; /* 0 to UICC_CHANNEL_LAST */
    uint8_t record; /* current record of `ef`, or 0 */
    uint16_t df;    /* current DF: the MF, a DF or an ADF */
    uint16_t adf;   /* current ADF (the selected application), or UICC_NO_FILE */
    uint16_t ef;    /* current EF, or UICC_NO_FILE */
    struct uicc_transfer transfer;
};

struct uicc_card {
    const struct uicc_nvm *nvm;
    const struct crypto_port *crypto;

    /* From the image's header, checked at open. */
    uint16_t slots;
    uint32_t directory;
    uint32_t bodies; /* where bodies of files may begin */

    struct uicc_channel channels[UICC_CHANNELS]; /* the first is the basic channel, always open */
    uint8_t verified;       /* bit n: the PIN in slot n has been verified in this card session */
    bool writing;           /* writes since the last commit */
    bool memory_failed;     /* the port failed in this command: the answer is 6581 whatever else
                               happened */
    bool terminated;        /* TERMINATE CARD USAGE: the MF is in the termination state */
    bool extended_channels; /* the terminal can use channels 4 to 19: TERMINAL CAPABILITY */

    /* Response data that waits for GET RESPONSE on the same channel, and the status word that goes
     * with its last octet. */
    uint8_t pending[256];
    uint16_t pending_length;
    uint16_t pending_sw;
    uint8_t pending_channel;
};

#endif
