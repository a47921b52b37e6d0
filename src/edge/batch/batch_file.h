/*
 * The batch file, by which a card maker hands cards to the operator. JSON, mode 0600:
 *
 *   {"format": "mooring-batch", "version": 1, "plmn": "001/01", "cards": [
 *     {"iccid": "8988...", "imsi": "00101...", "algorithm": "milenage", "sealed":
 * "<hexadecimal>"}]}
 *
 * Version 2 has also "tuak"; it is written only where a card needs it.
 * `sealed` holds K, OPc, PIN1, PUK1, PIN2, PUK2 and ADM1 under a key that maker and operator share,
 * bound to ICCID and IMSI (edge/keyring/card_secrets.h).
 */
#ifndef MOORING_EDGE_BATCH_BATCH_FILE_H
#define MOORING_EDGE_BATCH_BATCH_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "codec/identity.h"
#include "edge/keyring/card_secrets.h"

#define BATCH_CARDS_MAX 1000000

struct batch_card {
    struct iccid iccid;
    struct imsi imsi;
    struct card_secrets secrets;
};

struct batch {
    struct plmn plmn; /* of all IMSIs in it */
    struct batch_card *cards;
    size_t count;
};

/* Writes the batch, sealed under the keyring's current key, as a new file: never overwrites. */
bool batch_file_write(const char *path, const struct batch *batch, struct keyring *keyring,
                      struct fault *fault);

/*
 * Reads and opens a batch file; batch_free releases *out. All or nothing: false, with a fault that
 * names the file, the card (counted from 1) and the field, for anything malformed or unknown, a
 * card that is in it twice, an IMSI of another PLMN, or a seal that does not open.
 */
bool batch_file_read(const char *path, struct keyring *keyring, struct batch *out,
                     struct fault *fault);

/* Makes room for `count` cards, all zero. */
bool batch_allocate(struct batch *batch, size_t count, struct fault *fault);

/* Wipes and frees the cards. */
void batch_free(struct batch *batch);

#endif
