/*
 * A reader (machine/reader.h) with a card image file in it, in this process: no pcscd, no root. The
 * card is the engine of src/uicc; commits are durable as card_file.h says.
 */
#ifndef MOORING_EDGE_CARDFILE_CARD_READER_H
#define MOORING_EDGE_CARDFILE_CARD_READER_H

#include <stdbool.h>

#include "base/fault.h"
#include "machine/reader.h"

/*
 * Opens the card image `path` and fills `reader`, whose close must be called. The card answers only
 * after a reset. False with a fault that names the file and what is wrong with it; the file is then
 * unchanged.
 */
bool card_reader_open(const char *path, struct reader *reader, struct fault *fault);

#endif
