/* Logical channels and application sessions, TS 102 221 8.5 and 8.7. */
#ifndef MOORING_UICC_CHANNEL_H
#define MOORING_UICC_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "uicc/card_state.h"

/* The open channel with this number, or NULL. */
struct uicc_channel *uicc_channel_find(struct uicc_card *card, uint8_t number);

/* A channel slot that is not in use, or NULL. */
struct uicc_channel *uicc_channel_free(struct uicc_card *card);

/* Opens `channel` with this number: the MF is selected, nothing else. */
void uicc_channel_open(struct uicc_channel *channel, uint8_t number);

/* Closes it; the session of its application ends. */
void uicc_channel_close(struct uicc_card *card, struct uicc_channel *channel);

/* Makes the DF current, and the EF (UICC_NO_FILE: none); no record is current, a transfer of a
 * BER-TLV object is given up. */
void uicc_channel_set(struct uicc_channel *channel, uint16_t df, uint16_t ef);

/* Ends the channel's application session, if there is one. If no other channel has this application
 * either, PINs that are local to it are no longer verified (TS 102 221 9.4.3). */
void uicc_channel_end_session(struct uicc_card *card, struct uicc_channel *channel);

/* The file `index` and what is below it are about to be deleted: every channel that stands there
 * moves to the DF `parent`. */
void uicc_channels_leave(struct uicc_card *card, uint16_t index, uint16_t parent);

/* The body of the EF `index` changes: transfers of its objects on other channels than `except`
 * (NULL: on all) are given up. */
void uicc_channels_stop_transfers(struct uicc_card *card, uint16_t index,
                                  const struct uicc_channel *except);

/* True if the file is current on another channel than `channel`. */
bool uicc_channel_elsewhere(const struct uicc_card *card, const struct uicc_channel *channel,
                            uint16_t index);

#endif
