/*
 * A slot: a directory through which a card image is put into a reader of our pcscd driver, and
 * taken out.
 *
 * The operator's side writes the file `card`, the driver answers in the file `status`; both are
 * replaced whole, so that a reader of them sees the old or the new text. Lines of `card`:
 *
 *     mooring-slot 1
 *     request ID          any new word: the answer repeats it
 *     image PATH          absolute; without this line the slot is to be empty
 *
 * and of `status`:
 *
 *     mooring-slot 1
 *     request ID          the request that was last carried out; without this line there was none
 *     state STATE         absent, present or error
 *     iccid DIGITS        of the card that is present
 *     fault TEXT          what is wrong with the image, in state error
 *
 * The driver holds an flock on the directory as long as it serves the slot; a `status` without that
 * is one that a driver left behind, and is not believed. Neither file holds a secret. Whoever can
 * write to the directory decides which file pcscd (which is root) opens as a card: the driver
 * refuses a directory that group or others may write to.
 */
#ifndef MOORING_EDGE_IFD_SLOT_H
#define MOORING_EDGE_IFD_SLOT_H

#include <limits.h>
#include <stdbool.h>

#include "base/fault.h"
#include "codec/identity.h"

#define SLOT_ID_MAX 32

/* What the operator's side wants. */
struct slot_request {
    char id[SLOT_ID_MAX + 1]; /* "" if nobody ever asked for anything */
    char image[PATH_MAX];     /* "" for an empty slot */
};

enum slot_state { SLOT_ABSENT, SLOT_PRESENT, SLOT_ERROR };

/* What the driver did. */
struct slot_status {
    char id[SLOT_ID_MAX + 1];
    enum slot_state state;
    struct iccid iccid; /* of a present card; may be "" if the card does not tell */
    struct fault fault; /* in SLOT_ERROR */
};

/* Refuses a slot directory that is missing, or that somebody other than us or root may write to. */
bool slot_check_directory(const char *directory, struct fault *fault);

/* Reads `card` and writes `status`, as the driver does. A missing `card` is an empty request. */
bool slot_read_request(const char *directory, struct slot_request *request, struct fault *fault);
bool slot_write_status(const char *directory, const struct slot_status *status,
                       struct fault *fault);

/*
 * Takes the slot for a driver: returns a descriptor that holds it until it is closed, or -1 with a
 * fault if the directory is not fit (slot_check_directory) or another driver has it.
 */
int slot_serve(const char *directory, struct fault *fault);

/* Reads what the driver said last. False with a fault if no driver serves the slot now. */
bool slot_read_status(const char *directory, struct slot_status *status, struct fault *fault);

/*
 * Puts the card image `image` (a path, made absolute here) into the slot, in place of what is
 * there, and waits for the driver's answer for at most `timeout_ms`. False with a fault if the
 * driver refuses the image, or does not answer: the request then stands, and is carried out when
 * pcscd comes.
 */
bool slot_insert(const char *directory, const char *image, int timeout_ms, struct fault *fault);

/* Takes the card out; otherwise as slot_insert. */
bool slot_remove(const char *directory, int timeout_ms, struct fault *fault);

#endif
