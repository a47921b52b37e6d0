/*
 * Secured packets in short messages: user data header (3GPP TS 23.040 9.2.3.24, TS 31.115 4) and
 * concatenation. User data here begin with the header's length UDHL (TP-UDHI is set).
 */
#ifndef MOORING_SECURE_OTA_SMS_H
#define MOORING_SECURE_OTA_SMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "secure/ota_packet.h"

#define OTA_SMS_MAX        140u /* octets of user data in one message */
#define OTA_SMS_SEGMENTS   8u   /* messages in one packet, at most */
#define OTA_SMS_ORIGINATOR 12u  /* an address of TS 23.040 9.1.2.5 in octets, at most */

enum ota_sms_kind {
    OTA_SMS_OTHER = 0,       /* no secured packet, or a segment after the first */
    OTA_SMS_COMMAND = 0x70,  /* IEI of the command packet identifier */
    OTA_SMS_RESPONSE = 0x71, /* IEI of the response packet identifier */
};

struct ota_sms {
    enum ota_sms_kind kind;
    uint16_t reference; /* of the concatenated message; 0 if it is none */
    uint8_t total;      /* of its segments; 1 if it is none */
    uint8_t index;      /* of this one, from 1 */
    const uint8_t *data;
    size_t length;
};

/* Takes `length` octets of user data apart; out->data points into them. False if the header is
 * malformed: lengths that do not fit, numbers of segments that cannot be, more than
 * OTA_SMS_SEGMENTS of them. Unknown information elements are passed over. */
bool ota_sms_parse(const uint8_t *user_data, size_t length, struct ota_sms *out);

/* Operator: messages that a packet of `length` octets needs; 0 if it does not fit. */
unsigned ota_sms_count(size_t length);

/* Operator: user data of message `index` (from 1) of a `packet`, to `out` (OTA_SMS_MAX octets). The
 * `reference` must differ among the packets on their way to one card. The size is returned, 0 if
 * there is no such message. */
size_t ota_sms_build(enum ota_sms_kind kind, const uint8_t *packet, size_t length,
                     uint8_t reference, unsigned index, uint8_t *out);

/* A packet that is being put together from its messages. All zero is empty. */
struct ota_assembly {
    uint8_t originator[OTA_SMS_ORIGINATOR];
    size_t originator_length;
    enum ota_sms_kind kind; /* as the first segment says; OTA_SMS_OTHER before it has come */
    uint16_t reference;
    uint8_t total;
    uint8_t lengths[OTA_SMS_SEGMENTS]; /* 0: not yet there */
    uint8_t data[OTA_SMS_SEGMENTS][OTA_SMS_MAX];
};

/*
 * Takes one message from `originator`. True when the packet is whole: then it is in `packet`
 * (OTA_SMS_SEGMENTS * OTA_SMS_MAX octets), its size in *length, its kind in *kind, and the assembly
 * is empty again. One packet at a time: the first message of another one (by originator, reference
 * and total) takes the place of what is there, since a card has no clock that could give up. What
 * comes twice counts once. Nothing is authentic before the packet's CC has been checked.
 */
bool ota_assembly_add(struct ota_assembly *assembly, const uint8_t *originator,
                      size_t originator_length, const struct ota_sms *sms, uint8_t *packet,
                      size_t *length, enum ota_sms_kind *kind);

#endif
