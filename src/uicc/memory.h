/*
 * Reading and writing the card's memory with one rule for failure: it is remembered in the card,
 * what could not be read is zeros, and the dispatcher answers 6581 and rolls back. So a handler may
 * go on after a failed read, but must look at what a commit returns before it lets anything out.
 */
#ifndef MOORING_UICC_MEMORY_H
#define MOORING_UICC_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uicc/card_state.h"

/* Reads `n` octets at `offset`; zeros on failure. */
bool uicc_read(struct uicc_card *card, uint32_t offset, void *out, size_t n);
uint8_t uicc_read_u8(struct uicc_card *card, uint32_t offset);

/* Writes without making durable. False if this or an earlier access of the command failed. */
bool uicc_write(struct uicc_card *card, uint32_t offset, const void *in, size_t n);
bool uicc_write_u8(struct uicc_card *card, uint32_t offset, uint8_t value);

/* Makes the command's writes durable; false if they are not (none of them is then), also if any
 * access of the command had failed before. */
bool uicc_commit(struct uicc_card *card);

#endif
