/* Diameter messages (RFC 6733 3): the header, and finding whole messages in a stream of octets. */
#ifndef MOORING_DIAMETER_DIA_MESSAGE_H
#define MOORING_DIAMETER_DIA_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_avp.h"

#define DIA_HEADER_OCTETS 20u
#define DIA_VERSION       1u

#define DIA_FLAG_R 0x80u /* request */
#define DIA_FLAG_P 0x40u /* proxiable */
#define DIA_FLAG_E 0x20u /* protocol error, in answers only */
#define DIA_FLAG_T 0x10u /* potentially retransmitted, in requests only */

/* Commands of the base protocol, RFC 6733 3.1. */
#define DIA_COMMAND_CAPABILITIES_EXCHANGE 257u
#define DIA_COMMAND_DEVICE_WATCHDOG       280u
#define DIA_COMMAND_DISCONNECT_PEER       282u

/* Application identifiers, RFC 6733 2.4. */
#define DIA_APPLICATION_BASE  0u
#define DIA_APPLICATION_RELAY 0xFFFFFFFFu

/* Result-Code values, RFC 6733 7.1. */
enum dia_result {
    DIA_SUCCESS = 2001,
    DIA_LIMITED_SUCCESS = 2002,
    DIA_COMMAND_UNSUPPORTED = 3001,
    DIA_UNABLE_TO_DELIVER = 3002,
    DIA_REALM_NOT_SERVED = 3003,
    DIA_TOO_BUSY = 3004,
    DIA_LOOP_DETECTED = 3005,
    DIA_APPLICATION_UNSUPPORTED = 3007,
    DIA_INVALID_HDR_BITS = 3008,
    DIA_INVALID_AVP_BITS = 3009,
    DIA_UNKNOWN_PEER = 3010,
    DIA_ELECTION_LOST = 4003,
    DIA_AVP_UNSUPPORTED = 5001,
    DIA_UNKNOWN_SESSION_ID = 5002,
    DIA_AUTHORIZATION_REJECTED = 5003,
    DIA_INVALID_AVP_VALUE = 5004,
    DIA_MISSING_AVP = 5005,
    DIA_RESOURCES_EXCEEDED = 5006,
    DIA_CONTRADICTING_AVPS = 5007,
    DIA_AVP_NOT_ALLOWED = 5008,
    DIA_AVP_OCCURS_TOO_MANY_TIMES = 5009,
    DIA_NO_COMMON_APPLICATION = 5010,
    DIA_UNSUPPORTED_VERSION = 5011,
    DIA_UNABLE_TO_COMPLY = 5012,
    DIA_INVALID_BIT_IN_HEADER = 5013,
    DIA_INVALID_AVP_LENGTH = 5014,
    DIA_INVALID_MESSAGE_LENGTH = 5015,
    DIA_NO_COMMON_SECURITY = 5017,
};

struct dia_header {
    uint8_t version;
    uint8_t flags;
    uint32_t length; /* of the whole message, in octets */
    uint32_t command;
    uint32_t application;
    uint32_t hop_by_hop;
    uint32_t end_to_end;
};

/* A whole message in place: it lives as long as the octets that it points to. */
struct dia_message {
    struct dia_header header;
    const uint8_t *bytes; /* header.length octets, header first */
    const uint8_t *avps;
    size_t avps_len;
};

enum dia_frame {
    DIA_FRAME_MORE, /* the message is not whole yet */
    DIA_FRAME_OK,
    DIA_FRAME_BAD_VERSION, /* result 5011 */
    DIA_FRAME_BAD_LENGTH,  /* below the header, no multiple of 4 or above the limit; result 5015 */
};

/*
 * Looks for a message at the start of the `n` octets at `octets` (RFC 6733 3). `max` is the
 * greatest message taken, in octets. The header is filled in as soon as its 20 octets are there,
 * also for the two errors (else it is zeroed); bytes and avps only for DIA_FRAME_OK.
 */
enum dia_frame dia_message_frame(const uint8_t *octets, size_t n, size_t max,
                                 struct dia_message *message);

/* Reads and writes the 20 octets of a header; writing puts version 1 and the length that `header`
 * has. */
struct dia_header dia_header_get(const uint8_t *octets);
void dia_header_put(const struct dia_header *header, uint8_t *octets);

/* The first AVP of the attribute at the message's outermost level; false if there is none. */
bool dia_message_find(const struct dia_message *message, enum dia_attribute attribute,
                      struct dia_avp *avp);

static inline bool dia_is_request(const struct dia_header *header)
{
    return (header->flags & DIA_FLAG_R) != 0;
}

#endif
