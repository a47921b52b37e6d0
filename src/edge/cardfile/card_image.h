/*
 * The octets of a card image file. All numbers are big-endian.
 *
 *   offset      octets   content
 *   0           8        "MOORCARD"
 *   8           2        format version
 *   10          2        zero
 *   12          4        size of the card's memory
 *   16          4        journal blocks: 0 in a file that was closed properly
 *   20          12       zero
 *   32          size     the card's memory
 *   32 + size   32       SHA-256 of everything before
 *   then, if there are journal blocks: zeros up to a multiple of 4096, and the blocks of 4096
 * octets
 *
 * The part up to the digest is never changed in place, so that any edit or truncation of it shows.
 * Commits are appended to the journal as records; a record begins at a block, so that a torn write
 * of one cannot touch an earlier one:
 *
 *   0    4     "MREC"
 *   4    4     number of the record in this file, from 1
 *   8    4     length of the payload
 *   12   32    SHA-256 of (digest of the image, number, length, payload)
 *   44   ..    payload: any number of (offset (4), length (4), octets)
 *   then zeros to the end of the block
 *
 * On load the records are applied in order up to the first that is not whole. Only the last one can
 * be torn by a power cut, and a torn one was never acknowledged: anything whole behind it means
 * damage, and the file is refused.
 */
#ifndef MOORING_EDGE_CARDFILE_CARD_IMAGE_H
#define MOORING_EDGE_CARDFILE_CARD_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto_port.h"
#include "base/fault.h"

#define CARD_IMAGE_VERSION           1
#define CARD_IMAGE_HEADER            32
#define CARD_IMAGE_DIGEST            32
#define CARD_IMAGE_MEMORY_MAX        (1024u * 1024u)
#define CARD_IMAGE_BLOCK             4096u
#define CARD_IMAGE_JOURNAL_MAX       1024u
#define CARD_IMAGE_RECORD_HEADER     44u
#define CARD_IMAGE_RECORD_BLOCKS_MAX 4u
#define CARD_IMAGE_RECORD_MAX        (CARD_IMAGE_RECORD_BLOCKS_MAX * CARD_IMAGE_BLOCK)

/* What a file holds after its journal was applied. `memory` is on the heap; the caller wipes and
 * frees it. */
struct card_image {
    uint8_t *memory;
    uint32_t size;
    bool had_journal; /* the file was not closed properly, or is in use */
};

/* Offset of the first journal block in a file with a memory of `size` octets. */
uint32_t card_image_journal_offset(uint32_t size);

/* Reads and checks the file open at `fd`; changes nothing. The fault does not name the file. */
bool card_image_load(int fd, const struct crypto_port *crypto, struct card_image *out,
                     struct fault *fault);

/*
 * Writes a whole image with `journal_blocks` empty blocks to the empty file open at `fd`, and waits
 * until it is on the medium. The digest, to which records are bound, goes to `digest`. The fault
 * does not name the file.
 */
bool card_image_write(int fd, const struct crypto_port *crypto, const uint8_t *memory,
                      uint32_t size, uint32_t journal_blocks, uint8_t digest[CARD_IMAGE_DIGEST],
                      struct fault *fault);

/*
 * Completes the record in `record` (CARD_IMAGE_RECORD_MAX octets), whose payload of `payload_len`
 * octets stands at CARD_IMAGE_RECORD_HEADER already: fills its header and pads it with zeros.
 * Returns the number of blocks, or 0 if the payload is too long or the crypto port failed.
 */
uint32_t card_image_seal_record(const struct crypto_port *crypto,
                                const uint8_t digest[CARD_IMAGE_DIGEST], uint32_t number,
                                uint8_t *record, size_t payload_len);

#endif
