#include "secure/ota_sms.h"

#include <string.h>

#include "base/bytes.h"

#define IEI_CONCATENATED      0x00u
#define IEI_CONCATENATED_WIDE 0x08u /* with a reference of 16 bits */

/* One information element; false if it cannot be. Of one that is repeated the last counts
 * (TS 23.040 9.2.3.24). */
static bool take_element(struct ota_sms *out, uint8_t iei, const uint8_t *data, size_t length)
{
    switch (iei) {
    case IEI_CONCATENATED:
    case IEI_CONCATENATED_WIDE:
        if (length != (iei == IEI_CONCATENATED ? 3u : 4u)) {
            return false;
        }
        out->reference = iei == IEI_CONCATENATED ? data[0] : be16_get(data);
        out->total = data[length - 2];
        out->index = data[length - 1];
        return out->index >= 1 && out->index <= out->total && out->total <= OTA_SMS_SEGMENTS;
    case OTA_SMS_COMMAND:
    case OTA_SMS_RESPONSE:
        out->kind = iei == OTA_SMS_COMMAND ? OTA_SMS_COMMAND : OTA_SMS_RESPONSE;
        return length == 0;
    default:
        return true;
    }
}

bool ota_sms_parse(const uint8_t *user_data, size_t length, struct ota_sms *out)
{
    memset(out, 0, sizeof *out);
    out->total = 1;
    out->index = 1;
    if (length < 1 || length > OTA_SMS_MAX || (size_t)user_data[0] + 1 > length) {
        return false;
    }
    size_t end = (size_t)user_data[0] + 1;
    size_t at = 1;

    while (at < end) {
        if (end - at < 2 || user_data[at + 1] > end - at - 2) {
            return false;
        }
        if (!take_element(out, user_data[at], user_data + at + 2, user_data[at + 1])) {
            return false;
        }
        at += 2u + user_data[at + 1];
    }
    out->data = user_data + end;
    out->length = length - end;
    return true;
}

/* Octets of the packet that message `index` of several can carry; of the only one if total is 1. */
static size_t room(unsigned index, unsigned total)
{
    if (total == 1) {
        return OTA_SMS_MAX - 3; /* UDHL, IEI, IEDL */
    }
    return OTA_SMS_MAX - (index == 1 ? 8u : 6u);
}

unsigned ota_sms_count(size_t length)
{
    if (length <= room(1, 1)) {
        return length > 0 ? 1 : 0;
    }
    if (length > OTA_PACKET_MAX) {
        return 0;
    }
    return 1 + (unsigned)((length - room(1, 2) + room(2, 2) - 1) / room(2, 2));
}

size_t ota_sms_build(enum ota_sms_kind kind, const uint8_t *packet, size_t length,
                     uint8_t reference, unsigned index, uint8_t *out)
{
    unsigned total = ota_sms_count(length);
    size_t at = 1;

    if (index < 1 || index > total) {
        return 0;
    }
    if (total > 1) {
        const uint8_t element[5] = {IEI_CONCATENATED, 3, reference, (uint8_t)total, (uint8_t)index};

        memcpy(out + at, element, sizeof element);
        at += sizeof element;
    }
    if (index == 1) {
        out[at++] = (uint8_t)kind;
        out[at++] = 0;
    }
    out[0] = (uint8_t)(at - 1);
    size_t from = index == 1 ? 0 : room(1, total) + (index - 2) * room(2, total);
    size_t n = room(index, total);

    if (n > length - from) {
        n = length - from;
    }
    memcpy(out + at, packet + from, n);
    return at + n;
}

static bool belongs(const struct ota_assembly *assembly, const uint8_t *originator,
                    size_t originator_length, const struct ota_sms *sms)
{
    return assembly->total == sms->total && assembly->reference == sms->reference &&
           assembly->originator_length == originator_length &&
           (originator_length == 0 ||
            memcmp(assembly->originator, originator, originator_length) == 0);
}

/* Puts a whole packet together and empties the assembly; false while a segment is missing. */
static bool finish(struct ota_assembly *assembly, uint8_t *packet, size_t *length,
                   enum ota_sms_kind *kind)
{
    size_t at = 0;

    for (unsigned i = 0; i < assembly->total; i++) {
        if (assembly->lengths[i] == 0) {
            return false;
        }
    }
    for (unsigned i = 0; i < assembly->total; i++) {
        memcpy(packet + at, assembly->data[i], assembly->lengths[i]);
        at += assembly->lengths[i];
    }
    *length = at;
    *kind = assembly->kind;
    memset(assembly, 0, sizeof *assembly);
    return true;
}

bool ota_assembly_add(struct ota_assembly *assembly, const uint8_t *originator,
                      size_t originator_length, const struct ota_sms *sms, uint8_t *packet,
                      size_t *length, enum ota_sms_kind *kind)
{
    *length = 0;
    *kind = OTA_SMS_OTHER;
    if (sms->index < 1 || sms->index > sms->total || sms->total > OTA_SMS_SEGMENTS ||
        sms->length < 1 || sms->length > OTA_SMS_MAX || originator_length > OTA_SMS_ORIGINATOR) {
        return false;
    }
    if (!belongs(assembly, originator, originator_length, sms)) {
        memset(assembly, 0, sizeof *assembly);
        if (originator_length > 0) {
            memcpy(assembly->originator, originator, originator_length);
        }
        assembly->originator_length = originator_length;
        assembly->reference = sms->reference;
        assembly->total = sms->total;
    }
    if (assembly->lengths[sms->index - 1] == 0) {
        memcpy(assembly->data[sms->index - 1], sms->data, sms->length);
        assembly->lengths[sms->index - 1] = (uint8_t)sms->length;
    }
    if (sms->index == 1) {
        assembly->kind = sms->kind;
    }
    return finish(assembly, packet, length, kind);
}
