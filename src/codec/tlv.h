/*
 * BER-TLV data objects, TS 101 220 7.1 and ISO/IEC 8825-1: tags of one to three octets, lengths of
 * one to three octets (up to 65535). Reading is over (pointer, length) and never looks past it;
 * writing is into a buffer of the caller's.
 */
#ifndef MOORING_CODEC_TLV_H
#define MOORING_CODEC_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLV_LENGTH_MAX 0xFFFFu

struct tlv {
    uint32_t tag; /* the tag's octets, big-endian: 0x62, 0x9F70 */
    const uint8_t *value;
    size_t length;
};

struct tlv_reader {
    const uint8_t *at;
    size_t left;
    bool malformed; /* reading stopped at something that is no data object */
};

/* Starts reading the `length` octets at `octets`, which must outlive the reader. */
void tlv_read(struct tlv_reader *reader, const uint8_t *octets, size_t length);

/* Takes the next data object. False at the end, and at anything malformed (then reader->malformed
 * is set). 00 and FF octets before and between objects are padding (ISO/IEC 7816-4 5.2.2.1) and are
 * passed over. */
bool tlv_next(struct tlv_reader *reader, struct tlv *out);

/* Finds the first object `tag` on the top level of `octets`. False if there is none before the end
 * or before something malformed. */
bool tlv_find(const uint8_t *octets, size_t length, uint32_t tag, struct tlv *out);

struct tlv_writer {
    uint8_t *out;
    size_t capacity;
    size_t length; /* octets written so far */
    bool overflow; /* something did not fit: what is written is useless */
};

/* Starts writing into `capacity` octets at `out`. */
void tlv_write(struct tlv_writer *writer, uint8_t *out, size_t capacity);

/* Writes one primitive object. `value` may be NULL if `n` is 0. */
void tlv_put(struct tlv_writer *writer, uint32_t tag, const void *value, size_t n);

/* The same with a value of one octet, or of `n` (1 to 4) octets big-endian. */
void tlv_put_u8(struct tlv_writer *writer, uint32_t tag, uint8_t value);
void tlv_put_uint(struct tlv_writer *writer, uint32_t tag, uint32_t value, size_t n);

/* Opens a constructed object; what is written until tlv_close, with the returned mark, is its
 * value. */
size_t tlv_open(struct tlv_writer *writer, uint32_t tag);
void tlv_close(struct tlv_writer *writer, size_t mark);

#endif
