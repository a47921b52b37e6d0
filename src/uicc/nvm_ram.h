/*
 * A card memory in two buffers of the caller's: what is committed, and what the card works on. For
 * tests, simulations, and as the working copy of a card that lies in a file.
 */
#ifndef MOORING_UICC_NVM_RAM_H
#define MOORING_UICC_NVM_RAM_H

#include <stdint.h>

#include "uicc/nvm.h"

struct uicc_nvm_ram {
    struct uicc_nvm
        port; /* what the card is given; valid as long as this struct stays where it is */
    uint8_t *committed;
    uint8_t *working;
    /* The octets [dirty_from, dirty_to) of `working` that may differ from `committed`. */
    uint32_t dirty_from;
    uint32_t dirty_to;
};

/* Sets up `ram` over two buffers of `size` octets, which must outlive it. The content is that of
 * `committed`; `working` is overwritten with it. */
void uicc_nvm_ram_init(struct uicc_nvm_ram *ram, uint8_t *committed, uint8_t *working,
                       uint32_t size);

#endif
