#include "uicc/image_check.h"

#include <string.h>

#include "aka/functions.h"
#include "aka/sqn.h"
#include "base/bytes.h"
#include "uicc/files.h"
#include "uicc/layout.h"
#include "uicc/memory.h"
#include "uicc/security.h"

static enum uicc_open_result check_header(struct uicc_card *card, uint32_t *bodies_end)
{
    uint8_t header[UICC_HEADER_SIZE];
    uint32_t size = card->nvm->size;

    if (size < UICC_SECURITY_END) {
        return UICC_OPEN_EMPTY;
    }
    if (!uicc_read(card, 0, header, sizeof header)) {
        return UICC_OPEN_MEMORY_ERROR;
    }
    if (memcmp(header, uicc_magic, sizeof uicc_magic) != 0) {
        return UICC_OPEN_EMPTY;
    }
    uint16_t version = be16_get(header + UICC_AT_VERSION);
    if (version < UICC_LAYOUT_OLDEST || version > UICC_LAYOUT_VERSION) {
        return UICC_OPEN_VERSION;
    }
    card->slots = be16_get(header + UICC_AT_SLOTS);
    card->directory = be32_get(header + UICC_AT_DIRECTORY);
    card->bodies = be32_get(header + UICC_AT_BODIES);
    *bodies_end = be32_get(header + UICC_AT_BODIES_END);
    bool fits = card->slots > 0 && card->slots <= UICC_SLOTS_MAX &&
                card->directory >= UICC_SECURITY_END && card->directory <= size &&
                card->slots * UICC_ENTRY_SIZE <= size - card->directory &&
                card->bodies >= card->directory + card->slots * UICC_ENTRY_SIZE &&
                card->bodies <= *bodies_end && *bodies_end <= size;
    return fits ? UICC_OPEN_OK : UICC_OPEN_CORRUPT;
}

static bool pin_is_sound(const uint8_t *slot)
{
    return slot[UICC_PIN_AT_REFERENCE] == 0 ||
           (slot[UICC_PIN_AT_TRIES] <= slot[UICC_PIN_AT_TRIES_MAX] &&
            slot[UICC_PIN_AT_TRIES_MAX] > 0 && slot[UICC_PIN_AT_TRIES_MAX] <= 15 &&
            slot[UICC_PIN_AT_PUK_TRIES] <= slot[UICC_PIN_AT_PUK_MAX] &&
            slot[UICC_PIN_AT_PUK_MAX] <= 15);
}

/* The algorithm is known here, with numbers that it allows. */
static bool credentials_are_sound(struct uicc_card *card)
{
    struct aka_credentials cred;
    bool sound = uicc_credentials_read(card, &cred) && aka_functions_of(&cred) != NULL;

    bytes_wipe(&cred, sizeof cred);
    return sound;
}

static bool check_security(struct uicc_card *card)
{
    uint8_t slot[UICC_PIN_SLOT_SIZE];
    uint8_t seq[8];
    bool sound =
        credentials_are_sound(card) && uicc_read_u8(card, UICC_AT_SQN_REPORT) <= SQN_REPORT_SLOT;

    for (uint32_t i = 0; i < UICC_PIN_SLOTS; i++) {
        (void)uicc_read(card, UICC_AT_PINS + i * UICC_PIN_SLOT_SIZE, slot, sizeof slot);
        sound = sound && pin_is_sound(slot);
    }
    for (uint32_t i = 0; i < SQN_IND_COUNT; i++) {
        (void)uicc_read(card, UICC_AT_SQN + i * 8, seq, sizeof seq);
        sound = sound && be64_get(seq) <= SQN_SEQ_MAX;
    }
    bytes_wipe(slot, sizeof slot);
    return sound;
}

/* The tree: only entry 0 is an MF, every other file hangs from it by at most UICC_DEPTH_MAX DFs. */
static bool place_is_sound(struct uicc_card *card, uint16_t index, const struct uicc_file *file)
{
    struct uicc_file above = *file;

    if (index == UICC_MF) {
        return file->kind == UICC_KIND_MF && file->fid == UICC_FID_MF &&
               file->parent == UICC_NO_FILE;
    }
    if (file->kind == UICC_KIND_MF || (file->kind == UICC_KIND_ADF && file->parent != UICC_MF)) {
        return false;
    }
    for (unsigned depth = 0; depth < UICC_DEPTH_MAX; depth++) {
        uint16_t parent = above.parent;
        if (!uicc_file_get(card, parent, &above) || !uicc_file_is_df(&above)) {
            return false;
        }
        if (parent == UICC_MF) {
            return true;
        }
    }
    return false;
}

static bool body_is_sound(const struct uicc_card *card, uint32_t bodies_end,
                          const struct uicc_file *file)
{
    if (file->kind == UICC_KIND_MF || file->kind == UICC_KIND_DF) {
        return file->size == 0;
    }
    if (file->body < card->bodies || file->body > bodies_end ||
        file->size > bodies_end - file->body || file->size > UICC_BODY_MAX) {
        return false;
    }
    switch (file->kind) {
    case UICC_KIND_ADF:
        return file->size >= UICC_AID_MIN && file->size <= UICC_AID_MAX;
    case UICC_KIND_TRANSPARENT:
        return file->size > 0;
    case UICC_KIND_BER_TLV:
        return file->size > 0 && file->used <= file->size;
    case UICC_KIND_LINEAR_FIXED:
    case UICC_KIND_CYCLIC:
        return file->record_length > 0 && file->record_count > 0 &&
               file->record_count <= UICC_RECORDS_MAX && file->first_record < file->record_count &&
               (uint32_t)file->record_length * file->record_count == file->size;
    default:
        return false;
    }
}

/* Two files must not share octets, nor a name in one DF. */
static bool are_apart(const struct uicc_file *a, const struct uicc_file *b)
{
    bool overlap =
        a->size > 0 && b->size > 0 && a->body < b->body + b->size && b->body < a->body + a->size;
    bool same_name = a->parent == b->parent && a->fid == b->fid && a->kind != UICC_KIND_ADF &&
                     b->kind != UICC_KIND_ADF;
    bool same_sfi = a->parent == b->parent && a->sfi == b->sfi && a->sfi != 0;

    return !overlap && !same_name && !same_sfi;
}

static bool check_directory(struct uicc_card *card, uint32_t bodies_end)
{
    struct uicc_file file;
    struct uicc_file other;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (!uicc_file_get(card, i, &file)) {
            if (i == UICC_MF) {
                return false;
            }
            continue;
        }
        if (!place_is_sound(card, i, &file) || !body_is_sound(card, bodies_end, &file) ||
            file.sfi > UICC_SFI_MAX) {
            return false;
        }
        for (uint16_t j = 0; j < i; j++) {
            if (uicc_file_get(card, j, &other) && !are_apart(&file, &other)) {
                return false;
            }
        }
    }
    return true;
}

enum uicc_open_result uicc_image_check(struct uicc_card *card)
{
    uint32_t bodies_end = 0;
    enum uicc_open_result result = check_header(card, &bodies_end);

    if (result != UICC_OPEN_OK) {
        return result;
    }
    bool sound = check_security(card) && check_directory(card, bodies_end);
    if (card->memory_failed) {
        return UICC_OPEN_MEMORY_ERROR;
    }
    return sound ? UICC_OPEN_OK : UICC_OPEN_CORRUPT;
}
