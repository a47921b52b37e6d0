/*
 * The memory that holds the bodies of files: finding room, closing gaps, freeing. Nothing here
 * commits: what a command does to files becomes durable in one commit at its end, or not at all.
 */
#ifndef MOORING_UICC_SPACE_H
#define MOORING_UICC_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "uicc/card_state.h"
#include "uicc/layout.h"

/* Octets that are in no body, wherever they lie. */
uint32_t uicc_space_free(struct uicc_card *card);

/* Finds room for a body of `size` octets (1 or more) and sets *at; moves other bodies if only that
 * makes room. False if there is not enough memory, or it failed. The caller writes the entry. */
bool uicc_space_allocate(struct uicc_card *card, uint32_t size, uint32_t *at);

/* Makes the body of the file `index` longer by `more` octets behind its end and writes its entry;
 * moves other bodies if need be. The new octets have any content. False as above. */
bool uicc_space_extend(struct uicc_card *card, uint16_t index, uint32_t more);

/* Writes `n` octets of the one value `octet` from `at`. */
void uicc_space_fill(struct uicc_card *card, uint32_t at, uint32_t n, uint8_t octet);

/* Marks the image as one of today's layout whose bodies end where they do; a command that changed
 * the directory calls it before its commit. */
void uicc_space_settle(struct uicc_card *card);

#endif
