/* Finding files in the card's directory, TS 102 221 8.1 to 8.6. Indices are those of the directory.
 */
#ifndef MOORING_UICC_FILES_H
#define MOORING_UICC_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "uicc/card_state.h"
#include "uicc/layout.h"

/* Reads entry `index`; false (and a free entry) if there is no such file. */
bool uicc_file_get(struct uicc_card *card, uint16_t index, struct uicc_file *out);

/* Writes entry `index` without making it durable. */
bool uicc_file_put(struct uicc_card *card, uint16_t index, const struct uicc_file *file);

bool uicc_file_is_df(const struct uicc_file *file); /* MF, DF or ADF */
bool uicc_file_is_ef(const struct uicc_file *file);
bool uicc_file_has_records(const struct uicc_file *file);

/* The child of the DF `parent` with this file identifier, or UICC_NO_FILE. ADFs have none. */
uint16_t uicc_find_child(struct uicc_card *card, uint16_t parent, uint16_t fid);

/* The EF in the DF `parent` with this SFI (1 to 30), or UICC_NO_FILE. */
uint16_t uicc_find_sfi(struct uicc_card *card, uint16_t parent, uint8_t sfi);

/* True if `index` is `df` or lies below it. */
bool uicc_is_within(struct uicc_card *card, uint16_t index, uint16_t df);

/* Copies the AID of the ADF `index` to `aid` (UICC_AID_MAX octets); returns its length, 0 if
 * `index` is no ADF. */
uint8_t uicc_adf_aid(struct uicc_card *card, uint16_t index, uint8_t *aid);

/* True if `prefix` (of `n` octets) is the beginning of the ADF's AID, or all of it. */
bool uicc_aid_matches(struct uicc_card *card, uint16_t index, const uint8_t *prefix, uint8_t n);

/* Where record `number` (1 to record_count) of a record EF lies in the memory. */
uint32_t uicc_record_offset(const struct uicc_file *file, uint8_t number);

#endif
