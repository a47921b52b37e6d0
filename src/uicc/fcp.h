/* File control parameters, TS 102 221 11.1.1.3 and 11.1.1.4. */
#ifndef MOORING_UICC_FCP_H
#define MOORING_UICC_FCP_H

#include <stddef.h>
#include <stdint.h>

#include "uicc/card_state.h"

/* Writes the FCP template (tag 62) of the file `index` to `out` of `capacity` octets and returns
 * its length; 0 if there is no such file or no room (256 octets are enough for any). */
size_t uicc_fcp(struct uicc_card *card, uint16_t index, uint8_t *out, size_t capacity);

#endif
