#include "edge/cardfile/card_reader.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "edge/cardfile/card_file.h"
#include "edge/openssl/openssl_crypto.h"
#include "uicc/card.h"

struct card_reader {
    struct openssl_crypto crypto;
    struct card_file *file;
    struct uicc_card card;
    bool powered;
};

static bool reader_reset(void *ctx, uint8_t *atr, size_t *atr_len, struct fault *fault)
{
    struct card_reader *reader = ctx;
    (void)fault; /* a card in a file always answers */
    *atr_len = uicc_card_reset(&reader->card, atr);
    reader->powered = true;
    return true;
}

static bool reader_transmit(void *ctx, const uint8_t *command, size_t command_len,
                            uint8_t *response, size_t *response_len, struct fault *fault)
{
    struct card_reader *reader = ctx;
    if (!reader->powered)
        return fault_set(fault, "the card has not been reset");
    *response_len = uicc_card_transmit(&reader->card, command, command_len, response);
    return true;
}

static void reader_close(void *ctx)
{
    struct card_reader *reader = ctx;
    card_file_close(reader->file);
    openssl_crypto_free(&reader->crypto);
    bytes_wipe(&reader->card, sizeof(reader->card));
    free(reader);
}

static bool open_card(struct card_reader *reader, const char *path, struct fault *fault)
{
    switch (uicc_card_open(&reader->card, card_file_nvm(reader->file), &reader->crypto.port)) {
    case UICC_OPEN_OK:
        return true;
    case UICC_OPEN_EMPTY:
        return fault_set(fault, "card image %s: not personalised", path);
    case UICC_OPEN_VERSION:
        return fault_set(fault, "card image %s: made by another version of this program", path);
    case UICC_OPEN_CORRUPT:
        return fault_set(fault, "card image %s: its file system contradicts itself", path);
    case UICC_OPEN_MEMORY_ERROR:
        break;
    }
    return fault_set(fault, "card image %s: cannot be read", path);
}

bool card_reader_open(const char *path, struct reader *out, struct fault *fault)
{
    struct card_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL)
        return fault_set(fault, "card image %s: out of memory", path);
    if (!openssl_crypto_init(&reader->crypto, fault)) {
        free(reader);
        return false;
    }
    reader->file = card_file_open(path, &reader->crypto.port, fault);
    if (reader->file == NULL || !open_card(reader, path, fault)) {
        reader_close(reader);
        return false;
    }
    *out = (struct reader){
        .ctx = reader, .reset = reader_reset, .transmit = reader_transmit, .close = reader_close};
    return true;
}
