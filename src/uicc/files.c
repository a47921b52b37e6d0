#include "uicc/files.h"

#include <string.h>

#include "uicc/memory.h"

bool uicc_file_get(struct uicc_card *card, uint16_t index, struct uicc_file *out)
{
    uint8_t octets[UICC_ENTRY_SIZE] = {0};

    if (index < card->slots) {
        (void)uicc_read(card, card->directory + index * UICC_ENTRY_SIZE, octets, sizeof octets);
    }
    uicc_entry_decode(octets, out);
    return out->kind != UICC_KIND_FREE;
}

bool uicc_file_put(struct uicc_card *card, uint16_t index, const struct uicc_file *file)
{
    uint8_t octets[UICC_ENTRY_SIZE];

    uicc_entry_encode(file, octets);
    return uicc_write(card, card->directory + index * UICC_ENTRY_SIZE, octets, sizeof octets);
}

bool uicc_file_is_df(const struct uicc_file *file)
{
    return file->kind == UICC_KIND_MF || file->kind == UICC_KIND_DF || file->kind == UICC_KIND_ADF;
}

bool uicc_file_is_ef(const struct uicc_file *file)
{
    return file->kind == UICC_KIND_TRANSPARENT || file->kind == UICC_KIND_LINEAR_FIXED ||
           file->kind == UICC_KIND_CYCLIC || file->kind == UICC_KIND_BER_TLV;
}

bool uicc_file_has_records(const struct uicc_file *file)
{
    return file->kind == UICC_KIND_LINEAR_FIXED || file->kind == UICC_KIND_CYCLIC;
}

uint16_t uicc_find_child(struct uicc_card *card, uint16_t parent, uint16_t fid)
{
    struct uicc_file file;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (uicc_file_get(card, i, &file) && file.parent == parent && file.fid == fid &&
            file.kind != UICC_KIND_ADF) {
            return i;
        }
    }
    return UICC_NO_FILE;
}

uint16_t uicc_find_sfi(struct uicc_card *card, uint16_t parent, uint8_t sfi)
{
    struct uicc_file file;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (uicc_file_get(card, i, &file) && file.parent == parent && file.sfi == sfi &&
            uicc_file_is_ef(&file)) {
            return i;
        }
    }
    return UICC_NO_FILE;
}

bool uicc_is_within(struct uicc_card *card, uint16_t index, uint16_t df)
{
    struct uicc_file file;

    for (unsigned depth = 0; depth <= UICC_DEPTH_MAX; depth++) {
        if (index == df) {
            return true;
        }
        if (!uicc_file_get(card, index, &file)) {
            return false;
        }
        index = file.parent;
    }
    return false;
}

uint8_t uicc_adf_aid(struct uicc_card *card, uint16_t index, uint8_t *aid)
{
    struct uicc_file file;

    if (!uicc_file_get(card, index, &file) || file.kind != UICC_KIND_ADF ||
        file.size > UICC_AID_MAX) {
        return 0;
    }
    return uicc_read(card, file.body, aid, file.size) ? (uint8_t)file.size : 0;
}

bool uicc_aid_matches(struct uicc_card *card, uint16_t index, const uint8_t *prefix, uint8_t n)
{
    uint8_t aid[UICC_AID_MAX];
    uint8_t length = uicc_adf_aid(card, index, aid);

    return length != 0 && n <= length && memcmp(aid, prefix, n) == 0;
}

uint32_t uicc_record_offset(const struct uicc_file *file, uint8_t number)
{
    uint32_t place = (uint32_t)(number - 1);

    if (file->kind == UICC_KIND_CYCLIC) {
        place = (place + file->first_record) % file->record_count;
    }
    return file->body + place * file->record_length;
}
