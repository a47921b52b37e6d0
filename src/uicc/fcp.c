#include "uicc/fcp.h"

#include "base/bytes.h"
#include "codec/tlv.h"
#include "uicc/files.h"
#include "uicc/layout.h"
#include "uicc/pin.h"
#include "uicc/space.h"

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
#define TAG_FILE_DETAILS    0x84u /* in A5 */
#define TAG_RESERVED_SIZE   0x85u /* in A5 */
#define TAG_MAXIMUM_SIZE    0x86u /* in A5 */
#define TAG_COMMANDS        0x87u /* in A5 */
#define TAG_SPECIAL         0xC0u /* in A5 */
#define TAG_PS              0x90u /* in C6 */
#define TAG_USAGE           0x95u /* in C6, before the universal PIN */
#define TAG_KEY             0x83u /* in C6 */

#define CHARACTERISTICS      0x71u /* clock stop at either level, supply classes A, B and C */
#define HIGH_UPDATE_ACTIVITY 0x80u
#define ALWAYS_USABLE        0x40u
#define DATA_CODING          0x21u
#define TERMINAL_CAPABILITY  0x01u
#define DER_CODING           0x01u
#define USAGE_IN_USE         0x08u
#define SHAREABLE            0x40u

/* The descriptor octet, TS 102 221 11.1.1.4.3. */
static uint8_t descriptor(const struct uicc_file *file)
{
    uint8_t shareable = (file->flags & UICC_FILE_NOT_SHAREABLE) == 0 ? SHAREABLE : 0;

    switch (file->kind) {
    case UICC_KIND_TRANSPARENT:
        return shareable | 0x01;
    case UICC_KIND_LINEAR_FIXED:
        return shareable | 0x02;
    case UICC_KIND_CYCLIC:
        return shareable | 0x06;
    case UICC_KIND_BER_TLV:
        return shareable | 0x39;
    default:
        return shareable | 0x38;
    }
}

static void put_descriptor(struct tlv_writer *writer, const struct uicc_file *file)
{
    uint8_t value[5] = {descriptor(file), DATA_CODING, 0, file->record_length, file->record_count};

    tlv_put(writer, TAG_DESCRIPTOR, value, uicc_file_has_records(file) ? 5 : 2);
}

static void put_life_cycle_and_security(struct tlv_writer *writer, const struct uicc_file *file)
{
    tlv_put_u8(writer, TAG_LIFE_CYCLE, file->life_cycle);
    tlv_put_uint(writer, TAG_SECURITY, (uint32_t)file->arr_fid << 8 | file->arr_record, 3);
}

/* True if the universal PIN stands for another PIN at present. */
static bool universal_is_in_use(struct uicc_card *card)
{
    struct uicc_pin pin1;

    return uicc_pin_find(card, UICC_KEY_PIN1, &pin1) && (pin1.flags & UICC_PIN_ENABLED) == 0 &&
           (pin1.flags & UICC_PIN_REPLACED) != 0;
}

/* True if the PIN belongs to what stands in the DF `df`: local PINs do not to other applications.
 */
static bool is_shown(struct uicc_card *card, uint16_t df, const struct uicc_pin *pin)
{
    return pin->scope == 0 || df == UICC_MF || uicc_is_within(card, df, pin->scope);
}

/* PIN status template, TS 102 221 9.5.2: a bit for each key reference in their order, from b8. */
static void put_pin_status(struct uicc_card *card, struct tlv_writer *writer, uint16_t df)
{
    static const uint8_t references[] = {UICC_KEY_PIN1, UICC_KEY_PIN2, UICC_KEY_UNIVERSAL};
    uint8_t shown[sizeof references];
    struct uicc_pin pin;
    uint8_t count = 0;
    uint8_t enabled = 0;
    size_t mark = tlv_open(writer, TAG_PIN_STATUS);

    for (size_t i = 0; i < sizeof references; i++) {
        if (uicc_pin_find(card, references[i], &pin) && is_shown(card, df, &pin)) {
            if ((pin.flags & UICC_PIN_ENABLED) != 0) {
                enabled = (uint8_t)(enabled | 0x80u >> count);
            }
            shown[count++] = references[i];
        }
    }
    tlv_put_u8(writer, TAG_PS, enabled);
    for (uint8_t i = 0; i < count; i++) {
        if (shown[i] == UICC_KEY_UNIVERSAL) {
            tlv_put_u8(writer, TAG_USAGE, universal_is_in_use(card) ? USAGE_IN_USE : 0);
        }
        tlv_put_u8(writer, TAG_KEY, shown[i]);
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
        tlv_put_uint(writer, TAG_FREE_MEMORY, uicc_space_free(card), 4);
        tlv_put_u8(writer, TAG_COMMANDS, TERMINAL_CAPABILITY);
    }
    tlv_close(writer, mark);
    put_life_cycle_and_security(writer, file);
    put_pin_status(card, writer, index);
}

static uint8_t special(const struct uicc_file *file)
{
    uint8_t busy = (file->flags & UICC_FILE_HIGH_UPDATE) != 0 ? HIGH_UPDATE_ACTIVITY : 0;
    uint8_t always = (file->flags & UICC_FILE_ALWAYS_USABLE) != 0 ? ALWAYS_USABLE : 0;

    return busy | always;
}

/* EFs carry a PIN status template, too, though table 11.5 does not ask for it: some modems look for
 * it in every FCP. */
static void put_ef(struct uicc_card *card, struct tlv_writer *writer, const struct uicc_file *file)
{
    bool objects = file->kind == UICC_KIND_BER_TLV;

    tlv_put_uint(writer, TAG_FID, file->fid, 2);
    size_t mark = tlv_open(writer, TAG_PROPRIETARY);
    tlv_put_u8(writer, TAG_SPECIAL, special(file));
    if (objects) {
        tlv_put_u8(writer, TAG_FILE_DETAILS, DER_CODING);
        tlv_put_uint(writer, TAG_RESERVED_SIZE, file->size, 2);
        tlv_put_uint(writer, TAG_MAXIMUM_SIZE, file->size, 2);
    }
    tlv_close(writer, mark);
    put_life_cycle_and_security(writer, file);
    put_pin_status(card, writer, file->parent);
    tlv_put_uint(writer, TAG_FILE_SIZE, objects ? file->used : file->size, 2);
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
        put_ef(card, &writer, &file);
    }
    tlv_close(&writer, mark);
    return writer.overflow ? 0 : writer.length;
}
