/*
 * One reader of the pcscd driver: a slot directory (slot.h), and the card that is in it.
 * Independent of pcscd's types, so that it is tested without pcscd.
 *
 * pcscd calls a driver from several threads: every function takes the reader's own lock.
 */
#ifndef MOORING_EDGE_IFD_IFD_READER_H
#define MOORING_EDGE_IFD_IFD_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define IFD_COMMAND_MAX  261
#define IFD_RESPONSE_MAX 258
#define IFD_ATR_MAX      33

struct ifd_reader;

/*
 * Opens the reader of slot `directory`; a card that is named there is put in by the first
 * ifd_reader_present. NULL with a fault if the directory is missing, others may write to it, or
 * another reader serves it.
 */
struct ifd_reader *ifd_reader_open(const char *directory, struct fault *fault);

/* Takes the card out (its image is then free for others) and frees. The slot's request stays. */
void ifd_reader_close(struct ifd_reader *reader);

/*
 * Carries out what the slot directory asks for, writes its `status`, and says whether a card is
 * present. When one card replaces another, the call says "absent" once between the two, or pcscd
 * would miss the swap. *fault is set, and *news true, if something is worth a line in the log.
 */
bool ifd_reader_present(struct ifd_reader *reader, bool *news, struct fault *fault);

/* Cold reset. The ATR goes to `atr` (IFD_ATR_MAX octets). False if there is no card. */
bool ifd_reader_power_up(struct ifd_reader *reader, uint8_t *atr, size_t *atr_len);

/* The card answers nothing until the next power up, and forgets its session. */
void ifd_reader_power_down(struct ifd_reader *reader);

/* The ATR of the last power up; false if the card is not powered. */
bool ifd_reader_atr(struct ifd_reader *reader, uint8_t *atr, size_t *atr_len);

/* Sends a command of at most IFD_COMMAND_MAX octets; `response` holds IFD_RESPONSE_MAX. False if
 * there is no powered card or the command is too long. */
bool ifd_reader_transmit(struct ifd_reader *reader, const uint8_t *command, size_t command_len,
                         uint8_t *response, size_t *response_len);

#endif
