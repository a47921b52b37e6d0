/* Memory of a batch, and the writer; the reader is in batch_read.c. */
#include "edge/batch/batch_file.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "aka/functions.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "edge/batch/batch_internal.h"
#include "edge/file/file_io.h"

bool batch_allocate(struct batch *batch, size_t count, struct fault *fault)
{
    if (count > BATCH_CARDS_MAX) {
        return fault_set(fault, "%zu cards, more than the %d that a batch may have", count,
                         BATCH_CARDS_MAX);
    }
    batch->cards = calloc(count == 0 ? 1 : count, sizeof *batch->cards);
    batch->count = batch->cards == NULL ? 0 : count;
    return batch->cards != NULL || fault_set(fault, "no memory for %zu cards", count);
}

void batch_free(struct batch *batch)
{
    if (batch->cards != NULL) {
        bytes_wipe(batch->cards, batch->count * sizeof *batch->cards);
        free(batch->cards);
    }
    batch->cards = NULL;
    batch->count = 0;
}

static json_t *card_json(const struct batch_card *card, struct keyring *keyring,
                         struct fault *fault)
{
    uint8_t sealed[CARD_SECRETS_SEALED];
    char text[2 * CARD_SECRETS_SEALED + 1];
    size_t n = 0;

    if (!card_secrets_seal(keyring, &card->iccid, &card->imsi, &card->secrets, sealed, &n, fault)) {
        return NULL;
    }
    hex_encode(sealed, n, text); /* sealing has refused what has no name */
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s}", "iccid", card->iccid.digits, "imsi", card->imsi.digits,
                  "algorithm", aka_functions_of(&card->secrets.credentials)->name, "sealed", text);
    if (json == NULL) {
        (void)fault_set(fault, "out of memory");
    }
    return json;
}

/* The oldest version that can say it, so that older programs still read batches of Milenage. */
static int version_of(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->cards[i].secrets.credentials.algorithm != AKA_MILENAGE) {
            return BATCH_VERSION;
        }
    }
    return BATCH_OLDEST;
}

static json_t *batch_json(const struct batch *batch, struct keyring *keyring, struct fault *fault)
{
    json_t *cards = json_array();
    char plmn[8];

    for (size_t i = 0; i < batch->count; i++) {
        json_t *card = card_json(&batch->cards[i], keyring, fault);

        if (card == NULL || json_array_append_new(cards, card) != 0) {
            json_decref(cards);
            return NULL;
        }
    }
    plmn_format(&batch->plmn, plmn);
    json_t *root = json_pack("{s:s, s:i, s:s, s:o}", "format", BATCH_FORMAT, "version",
                             version_of(batch), "plmn", plmn, "cards", cards);
    if (root == NULL) {
        (void)fault_set(fault, "out of memory");
    }
    return root;
}

bool batch_file_write(const char *path, const struct batch *batch, struct keyring *keyring,
                      struct fault *fault)
{
    json_t *root = batch_json(batch, keyring, fault);

    if (root == NULL) {
        return fault_prefix(fault, "%s", path);
    }
    char *text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    if (text == NULL) {
        return fault_set(fault, "%s: out of memory", path);
    }
    bool ok = file_create(path, text, strlen(text), 0600, fault);
    free(text);
    return ok;
}
