/* What a file identifier or a path names from where a channel stands, TS 102 221 8.4. */
#ifndef MOORING_UICC_LOCATE_H
#define MOORING_UICC_LOCATE_H

#include <stdbool.h>
#include <stdint.h>

#include "uicc/card_state.h"

/* What a file identifier means from the current DF (TS 102 221 8.4.1): the MF, the current ADF
 * (7FFF), a child, the DF itself, its parent, or a DF beside it; or UICC_NO_FILE. */
uint16_t uicc_locate_fid(struct uicc_card *card, const struct uicc_channel *channel, uint16_t fid);

/* Follows a path of file identifiers (`n` octets, an even number) down from the current DF, or from
 * the MF, where 7FFF as its first part means the current ADF; UICC_NO_FILE if it leads nowhere. */
uint16_t uicc_locate_path(struct uicc_card *card, const struct uicc_channel *channel, bool from_mf,
                          const uint8_t *path, uint8_t n);

#endif
