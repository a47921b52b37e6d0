/*
 * A card image on disk as the card engine's non-volatile memory (uicc/nvm.h). The octets of the
 * file are in card_image.h.
 *
 * One process uses an image at a time: it holds an flock on the file that stands under the name;
 * another gets a fault that says so. A commit returns after its octets are on the medium: one write
 * and one fdatasync at the end of the file's journal; now and then (first commit, journal full) the
 * whole image is written to PATH.tmp, which then takes the name. A power cut or kill -9 at any
 * moment leaves the state of the last commit that returned, or that of the one that was under way.
 *
 * Images hold K, OPc and PINs. They must belong to us or root and lie where nobody else can
 * exchange them (edge/file/place.h), since a commit writes beside them by name. They are created
 * with mode 0600 and refused if group or others have any right. Copies in memory are wiped at
 * close. An image belongs to one thread.
 */
#ifndef MOORING_EDGE_CARDFILE_CARD_FILE_H
#define MOORING_EDGE_CARDFILE_CARD_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto_port.h"
#include "base/fault.h"
#include "uicc/nvm.h"

struct card_file;

/*
 * Writes a new image that holds the `size` octets at `memory`. Never overwrites: a fault if
 * anything has this name. On failure no file is left. Only crypto->sha256 is used.
 */
bool card_file_create(const char *path, const struct crypto_port *crypto, const uint8_t *memory,
                      uint32_t size, struct fault *fault);

/*
 * Opens and locks the image at `path`, checks its digest and applies its journal. `crypto` (of
 * which only sha256 is used) must outlive it. NULL with a fault that names the file if it is
 * missing, open to others, in use, truncated, edited or of another version; the file is then
 * unchanged.
 */
struct card_file *card_file_open(const char *path, const struct crypto_port *crypto,
                                 struct fault *fault);

/* The memory, for uicc_card_open. Belongs to `file`. */
const struct uicc_nvm *card_file_nvm(struct card_file *file);

/* Why the last failed commit failed; "" if none did. For logs: the port itself only says that it
 * failed. */
const char *card_file_last_fault(const struct card_file *file);

/*
 * Folds the journal into the image, unlocks and frees. Uncommitted writes are forgotten. NULL is
 * allowed. Nothing is lost if folding fails (full disk): the journal stays and is applied at the
 * next open.
 */
void card_file_close(struct card_file *file);

#endif
