/* The reader port (machine/reader.h) over PC/SC: a card in a reader of pcscd. */
#ifndef MOORING_EDGE_PCSC_PCSC_READER_H
#define MOORING_EDGE_PCSC_PCSC_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "machine/reader.h"

#define PCSC_READERS_MAX 16 /* PCSCLITE_MAX_READERS_CONTEXTS of pcscd */
#define PCSC_NAME_MAX    128

/* The readers that pcscd knows, with cards or without. */
struct pcsc_reader_list {
    size_t count;
    char names[PCSC_READERS_MAX][PCSC_NAME_MAX];
};

/* Lists the readers; none is no error. False with a fault if pcscd cannot be reached. */
bool pcsc_list_readers(struct pcsc_reader_list *list, struct fault *fault);

/*
 * Connects to the card in the reader `name` over T=0; `exclusive` keeps other programs away from it
 * until close. Fills `reader`, whose close must be called. False with a fault if there is no pcscd,
 * no such reader (the fault names those there are), no card, or another program holds it.
 *
 * The port's reset is a cold one: the card forgets verified PINs. One thread uses a reader at a
 * time.
 */
bool pcsc_reader_open(const char *name, bool exclusive, struct reader *reader, struct fault *fault);

#endif
