#include "uicc/fcp.h"

#include "base/bytes.h"
#include "codec/tlv.h"
#include "uicc/files.h"
#include "uicc/layout.h"
#include "uicc/pin.h"

#define TAG_FCP             0x62u
#define TAG_FILE_SIZE       0x80u
#define TAG_DESCRIPTOR      0x82u
#define TAG_FID             0x83u
#define TAG_DF_NAME         0x84u
#define TAG_SFI             0x88u
#define TAG_LIFE_CYCLE      0x8Au
#define TAG_SECURITY        0x8Bu
#define TAG_PROPRIETARY     0xA5u
#define TAG_PIN_STATUS      0xC6u
#define TAG_CHARACTERISTICS 0x80u /* in A5 */
#define TAG_FREE_MEMORY     0x83u /* in A5 */
#define TAG_SPECIAL         0xC0u /* in A5 */
#define TAG_PS              0x90u /* in C6 */
#define TAG_KEY             0x83u /* in C6 */

#define CHARACTERISTICS      0x71u /* clock stop at either level, supply classes A, B and C */
#define HIGH_UPDATE_ACTIVITY 0x80u
#define DATA_CODING          0x21u

/* The descriptor octet: shareable, and the structure (TS 102 221 11.1.1.4.3). */
static uint8_t descriptor(const struct uicc_file *file)
{
    switch (file->kind) {
    case UICC_KIND_TRANSPARENT:
        return 0x41;
    case UICC_KIND_LINEAR_FIXED:
        return 0x42;
    case UICC_KIND_CYCLIC:
        return 0x46;
    default:
        return 0x78;
    }
}

static void put_descriptor(struct tlv_writer *writer, const struct uicc_file *file)
{
    uint8_t value[5] = {descriptor(file), DATA_CODING, 0, file->record_length, file->record_count};
    bool records = file->kind == UICC_KIND_LINEAR_FIXED || file->kind == UICC_KIND_CYCLIC;

    tlv_put(writer, TAG_DESCRIPTOR, value, records ? 5 : 2);
}

static void put_life_cycle_and_security(struct tlv_writer *writer, const struct uicc_file *file)
{
    tlv_put_u8(writer, TAG_LIFE_CYCLE, file->life_cycle);
    tlv_put_uint(writer, TAG_SECURITY, (uint32_t)file->arr_fid << 8 | file->arr_record, 3);
}

/* PIN status template, TS 102 221 11.1.1.4.10: a bit for each key reference in their order, from
 * b8. */
static void put_pin_status(struct uicc_card *card, struct tlv_writer *writer)
{
    static const uint8_t references[] = {UICC_KEY_PIN1, UICC_KEY_PIN2};
    struct uicc_pin pin;
    uint8_t enabled = 0;
    size_t mark = tlv_open(writer, TAG_PIN_STATUS);

    for (size_t i = 0; i < ARRAY_LEN(references); i++) {
        if (uicc_pin_find(card, references[i], &pin) && (pin.flags & UICC_PIN_ENABLED) != 0) {
            enabled = (uint8_t)(enabled | 0x80u >> i);
        }
    }
    tlv_put_u8(writer, TAG_PS, enabled);
    for (size_t i = 0; i < ARRAY_LEN(references); i++) {
        tlv_put_u8(writer, TAG_KEY, references[i]);
    }
    tlv_close(writer, mark);
}

static void put_df(struct uicc_card *card, struct tlv_writer *writer, uint16_t index,
                   const struct uicc_file *file)
{
    uint8_t aid[UICC_AID_MAX];

    if (file->kind == UICC_KIND_ADF) {
        tlv_put(writer, TAG_DF_NAME, aid, uicc_adf_aid(card, index, aid));
    } else {
        tlv_put_uint(writer, TAG_FID, file->fid, 2);
    }
    size_t mark = tlv_open(writer, TAG_PROPRIETARY);
    tlv_put_u8(writer, TAG_CHARACTERISTICS, CHARACTERISTICS);
    if (file->kind == UICC_KIND_MF) {
        tlv_put_uint(writer, TAG_FREE_MEMORY, card->nvm->size - card->bodies_end, 4);
    }
    tlv_close(writer, mark);
    put_life_cycle_and_security(writer, file);
    put_pin_status(card, writer);
}

static void put_ef(struct tlv_writer *writer, const struct uicc_file *file)
{
    bool busy = (file->flags & UICC_FILE_HIGH_UPDATE) != 0;

    tlv_put_uint(writer, TAG_FID, file->fid, 2);
    size_t mark = tlv_open(writer, TAG_PROPRIETARY);
    tlv_put_u8(writer, TAG_SPECIAL, busy ? HIGH_UPDATE_ACTIVITY : 0);
    tlv_close(writer, mark);
    put_life_cycle_and_security(writer, file);
    tlv_put_uint(writer, TAG_FILE_SIZE, file->size, 2);
    if (file->sfi != 0) {
        tlv_put_u8(writer, TAG_SFI, (uint8_t)(file->sfi << 3));
    } else {
        tlv_put(writer, TAG_SFI, NULL, 0); /* else the low bits of the FID would be taken for one */
    }
}

size_t uicc_fcp(struct uicc_card *card, uint16_t index, uint8_t *out, size_t capacity)
{
    struct tlv_writer writer;
    struct uicc_file file;

    if (!uicc_file_get(card, index, &file)) {
        return 0;
    }
    tlv_write(&writer, out, capacity);
    size_t mark = tlv_open(&writer, TAG_FCP);
    put_descriptor(&writer, &file);
    if (uicc_file_is_df(&file)) {
        put_df(card, &writer, index, &file);
    } else {
        put_ef(&writer, &file);
    }
    tlv_close(&writer, mark);
    return writer.overflow ? 0 : writer.length;
}
