#include "uicc/memory.h"

#include <string.h>

bool uicc_read(struct uicc_card *card, uint32_t offset, void *out, size_t n)
{
    if (card->nvm->read(card->nvm->ctx, offset, out, n)) {
        return true;
    }
    memset(out, 0, n);
    card->memory_failed = true;
    return false;
}

uint8_t uicc_read_u8(struct uicc_card *card, uint32_t offset)
{
    uint8_t value = 0;

    (void)uicc_read(card, offset, &value, 1);
    return value;
}

bool uicc_write(struct uicc_card *card, uint32_t offset, const void *in, size_t n)
{
    if (card->memory_failed) {
        return false;
    }
    card->writing = true;
    if (!card->nvm->write(card->nvm->ctx, offset, in, n)) {
        card->memory_failed = true;
    }
    return !card->memory_failed;
}

bool uicc_write_u8(struct uicc_card *card, uint32_t offset, uint8_t value)
{
    return uicc_write(card, offset, &value, 1);
}

bool uicc_commit(struct uicc_card *card)
{
    if (card->memory_failed) {
        return false;
    }
    card->writing = false;
    if (!card->nvm->commit(card->nvm->ctx)) {
        card->memory_failed = true;
    }
    return !card->memory_failed;
}
