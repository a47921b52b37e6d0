#include "uicc/file_template.h"

#include "base/bytes.h"
#include "codec/tlv.h"

#define TAG_FCP          0x62u
#define TAG_FILE_SIZE    0x80u
#define TAG_DESCRIPTOR   0x82u
#define TAG_FID          0x83u
#define TAG_DF_NAME      0x84u
#define TAG_SFI          0x88u
#define TAG_LIFE_CYCLE   0x8Au
#define TAG_SECURITY     0x8Bu
#define TAG_PROPRIETARY  0xA5u
#define TAG_MAXIMUM_SIZE 0x86u /* in A5 */
#define TAG_SPECIAL      0xC0u /* in A5 */
#define TAG_FILLING      0xC1u /* in A5 */
#define TAG_REPEATED     0xC2u /* in A5 */

#define SHAREABLE              0x40u
#define DESCRIPTOR_DF          0x38u
#define DESCRIPTOR_TRANSPARENT 0x01u
#define DESCRIPTOR_LINEAR      0x02u
#define DESCRIPTOR_CYCLIC      0x06u
#define DESCRIPTOR_BER_TLV     0x39u
#define SPECIAL_HIGH_UPDATE    0x80u
#define SPECIAL_ALWAYS_USABLE  0x40u
#define SECURITY_REFERENCE     3u /* EF_ARR and record; with environments 2 + 2n octets */
#define SFI_SHIFT              3

/* A number of 1 to 4 octets. */
static bool get_number(const struct tlv *object, uint32_t *out)
{
    if (object->length == 0 || object->length > 4) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < object->length; i++) {
        *out = *out << 8 | object->value[i];
    }
    return true;
}

/* TS 102 221 11.1.1.4.3, in CREATE FILE with the record length but not the number of records. */
static bool get_descriptor(const struct tlv *object, struct uicc_file *file)
{
    if (object->length < 2) {
        return false;
    }
    switch (object->value[0] & ~SHAREABLE) {
    case DESCRIPTOR_DF:
        file->kind = UICC_KIND_DF;
        break;
    case DESCRIPTOR_TRANSPARENT:
        file->kind = UICC_KIND_TRANSPARENT;
        break;
    case DESCRIPTOR_BER_TLV:
        file->kind = UICC_KIND_BER_TLV;
        break;
    case DESCRIPTOR_LINEAR:
        file->kind = UICC_KIND_LINEAR_FIXED;
        break;
    case DESCRIPTOR_CYCLIC:
        file->kind = UICC_KIND_CYCLIC;
        break;
    default:
        return false;
    }
    if ((object->value[0] & SHAREABLE) == 0) {
        file->flags |= UICC_FILE_NOT_SHAREABLE;
    }
    if (file->kind != UICC_KIND_LINEAR_FIXED && file->kind != UICC_KIND_CYCLIC) {
        return object->length == 2;
    }
    file->record_length = object->length >= 4 ? object->value[3] : 0;
    return (object->length == 4 || object->length == 5) && object->value[2] == 0 &&
           file->record_length != 0;
}

static bool get_life_cycle(const struct tlv *object, struct uicc_file *file)
{
    if (object->length != 1) {
        return false;
    }
    switch (object->value[0]) {
    case 0x01:
    case UICC_LIFE_INITIALISED:
        file->life_cycle = UICC_LIFE_INITIALISED;
        return true;
    case UICC_LIFE_DEACTIVATED:
    case 0x06:
        file->life_cycle = UICC_LIFE_DEACTIVATED;
        return true;
    case UICC_LIFE_ACTIVATED:
    case 0x07:
        file->life_cycle = UICC_LIFE_ACTIVATED;
        return true;
    default:
        return false;
    }
}

/* EF_ARR and one record, or a record for each security environment: the first, as this card has
 * one environment. */
static bool get_security(const struct tlv *object, struct uicc_file *file)
{
    if (object->length == SECURITY_REFERENCE) {
        file->arr_record = object->value[2];
    } else if (object->length >= 4 && object->length % 2 == 0) {
        file->arr_record = object->value[3];
    } else {
        return false;
    }
    file->arr_fid = be16_get(object->value);
    return file->arr_record != 0;
}

static bool get_sfi(const struct tlv *object, struct uicc_file_template *out)
{
    out->sfi_given = true;
    out->file.sfi = object->length == 1 ? object->value[0] >> SFI_SHIFT : 0;
    return object->length == 0 ||
           (object->length == 1 && (object->value[0] & ((1u << SFI_SHIFT) - 1)) == 0 &&
            out->file.sfi >= 1 && out->file.sfi <= UICC_SFI_MAX);
}

static bool get_proprietary(const struct tlv *object, struct uicc_file_template *out)
{
    struct tlv_reader reader;
    struct tlv part;
    bool ok = true;

    tlv_read(&reader, object->value, object->length);
    while (ok && tlv_next(&reader, &part)) {
        if (part.tag == TAG_SPECIAL) {
            ok = part.length == 1;
            if (ok && (part.value[0] & SPECIAL_HIGH_UPDATE) != 0) {
                out->file.flags |= UICC_FILE_HIGH_UPDATE;
            }
            if (ok && (part.value[0] & SPECIAL_ALWAYS_USABLE) != 0) {
                out->file.flags |= UICC_FILE_ALWAYS_USABLE;
            }
        } else if (part.tag == TAG_FILLING || part.tag == TAG_REPEATED) {
            ok = part.length > 0;
            out->pattern = part.value;
            out->pattern_length = part.length;
            out->pattern_repeats = part.tag == TAG_REPEATED;
        } else if (part.tag == TAG_MAXIMUM_SIZE && out->file.size == 0) {
            ok = get_number(&part, &out->file.size);
        }
    }
    return ok && !reader.malformed;
}

/* One object of the template; those that say nothing to this card are passed over. */
static bool get_object(const struct tlv *object, struct uicc_file_template *out)
{
    switch (object->tag) {
    case TAG_DESCRIPTOR:
        return get_descriptor(object, &out->file);
    case TAG_FID:
        out->file.fid = object->length == 2 ? be16_get(object->value) : 0;
        return object->length == 2;
    case TAG_DF_NAME:
        out->aid = object->value;
        out->file.size = (uint32_t)object->length;
        return object->length >= UICC_AID_MIN && object->length <= UICC_AID_MAX;
    case TAG_LIFE_CYCLE:
        return get_life_cycle(object, &out->file);
    case TAG_SECURITY:
        return get_security(object, &out->file);
    case TAG_FILE_SIZE:
        return get_number(object, &out->file.size);
    case TAG_SFI:
        return get_sfi(object, out);
    case TAG_PROPRIETARY:
        return get_proprietary(object, out);
    default:
        return true;
    }
}

/* What the objects say together. */
static bool is_whole(struct uicc_file_template *out)
{
    struct uicc_file *file = &out->file;

    if (file->kind == UICC_KIND_FREE || file->life_cycle == 0 || file->arr_record == 0 ||
        file->fid == 0 || file->fid == UICC_FID_MF || file->fid == UICC_FID_CURRENT_ADF ||
        file->fid == UICC_FID_PATH || file->fid == UICC_FID_RFU) {
        return false;
    }
    if (file->kind == UICC_KIND_DF) {
        file->kind = out->aid != NULL ? UICC_KIND_ADF : UICC_KIND_DF;
        file->sfi = 0;
        if (out->aid == NULL) {
            file->size = 0;
        }
        return true;
    }
    if (out->aid != NULL || file->size == 0 || file->size > UICC_BODY_MAX) {
        return false;
    }
    if (file->kind == UICC_KIND_LINEAR_FIXED || file->kind == UICC_KIND_CYCLIC) {
        uint32_t count = file->size / file->record_length;
        file->record_count = (uint8_t)count;
        return file->size % file->record_length == 0 && count <= UICC_RECORDS_MAX;
    }
    return true;
}

bool uicc_file_template_parse(const uint8_t *octets, size_t n, struct uicc_file_template *out)
{
    struct tlv_reader reader;
    struct tlv template;
    struct tlv object;
    bool ok = true;

    *out = (struct uicc_file_template){.aid = NULL};
    tlv_read(&reader, octets, n);
    if (!tlv_next(&reader, &template) || template.tag != TAG_FCP || reader.left != 0) {
        return false;
    }
    tlv_read(&reader, template.value, template.length);
    while (ok && tlv_next(&reader, &object)) {
        ok = get_object(&object, out);
    }
    return ok && !reader.malformed && is_whole(out);
}

bool uicc_resize_template_parse(const uint8_t *octets, size_t n, uint16_t *fid, uint32_t *size)
{
    struct tlv_reader reader;
    struct tlv template;
    struct tlv object;
    struct tlv maximum;

    tlv_read(&reader, octets, n);
    if (!tlv_next(&reader, &template) || template.tag != TAG_FCP || reader.left != 0 ||
        !tlv_find(template.value, template.length, TAG_FID, &object) || object.length != 2) {
        return false;
    }
    *fid = be16_get(object.value);
    if (tlv_find(template.value, template.length, TAG_FILE_SIZE, &object)) {
        return get_number(&object, size);
    }
    return tlv_find(template.value, template.length, TAG_PROPRIETARY, &object) &&
           tlv_find(object.value, object.length, TAG_MAXIMUM_SIZE, &maximum) &&
           get_number(&maximum, size);
}
