/*
 * Writing messages and AVPs (RFC 6733 3, 4) into a caller's buffer.
 *
 * Overflow is sticky: after the first thing that does not fit nothing more is written, and dia_end
 * says so; the calls between need no checks. The flags of each AVP come from the dictionary.
 */
#ifndef MOORING_DIAMETER_DIA_WRITER_H
#define MOORING_DIAMETER_DIA_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_avp.h"
#include "diameter/dia_message.h"

/* A buffer that the caller owns: `len` octets of it are in use. */
struct dia_buffer {
    uint8_t *bytes;
    size_t len;
    size_t capacity;
};

struct dia_writer {
    uint8_t *bytes;
    size_t capacity;
    size_t len; /* octets written; never above capacity */
    size_t open[DIA_AVP_DEPTH_MAX];
    uint8_t depth;
    bool overflow;
};

/* A writer that fills `capacity` octets at `bytes`. */
struct dia_writer dia_writer(uint8_t *bytes, size_t capacity);

/* A writer behind what is in `buffer`; take the message over with dia_buffer_take. */
struct dia_writer dia_buffer_writer(const struct dia_buffer *buffer);

/* Adds what a writer of dia_buffer_writer wrote to the buffer. False, with the buffer unchanged, if
 * it overflowed. */
bool dia_buffer_take(struct dia_buffer *buffer, const struct dia_writer *writer);

/* Starts a message: its header, with the length left open. Only as the first thing in a writer. */
void dia_begin(struct dia_writer *writer, const struct dia_header *header);

/* Closes the message: puts its length in. False if anything overflowed, a group is open or was
 * closed once too often; the message must then not be sent. */
bool dia_end(struct dia_writer *writer);

/* True if the writer holds exactly one whole message, closed with dia_end. */
bool dia_is_whole(const struct dia_writer *writer);

void dia_put_u32(struct dia_writer *writer, enum dia_attribute attribute, uint32_t value);
void dia_put_u64(struct dia_writer *writer, enum dia_attribute attribute, uint64_t value);
void dia_put_octets(struct dia_writer *writer, enum dia_attribute attribute, const uint8_t *octets,
                    size_t n);
void dia_put_text(struct dia_writer *writer, enum dia_attribute attribute, const char *text);

/* An Address, RFC 6733 4.3.1: `octets` are 4 of IPv4 or 16 of IPv6; any other `n` counts as
 * overflow. */
void dia_put_address(struct dia_writer *writer, enum dia_attribute attribute, const uint8_t *octets,
                     size_t n);

/* An AVP as it was received, header and all (Proxy-Info, RFC 6733 6.3; Failed-AVP, 7.5), with
 * padding. */
void dia_put_raw(struct dia_writer *writer, const uint8_t *raw, size_t raw_len);

/* Opens a Grouped AVP; everything up to the matching dia_group_close goes into it. */
void dia_group_open(struct dia_writer *writer, enum dia_attribute attribute);
void dia_group_close(struct dia_writer *writer);

#endif
