#include "codec/tlv.h"

#include <string.h>

#define TAG_OCTETS_MAX 3

void tlv_read(struct tlv_reader *reader, const uint8_t *octets, size_t length)
{
    *reader = (struct tlv_reader){.at = octets, .left = length};
}

static bool take(struct tlv_reader *reader, uint8_t *octet)
{
    if (reader->left == 0) {
        return false;
    }
    *octet = *reader->at++;
    reader->left--;
    return true;
}

static bool take_tag(struct tlv_reader *reader, uint32_t *tag)
{
    uint8_t octet = 0;

    if (!take(reader, &octet)) {
        return false;
    }
    *tag = octet;
    if ((octet & 0x1F) != 0x1F) {
        return true;
    }
    for (int i = 1; i < TAG_OCTETS_MAX; i++) {
        if (!take(reader, &octet)) {
            return false;
        }
        *tag = *tag << 8 | octet;
        if ((octet & 0x80) == 0) {
            return true;
        }
    }
    return false; /* a tag of more than three octets */
}

static bool take_length(struct tlv_reader *reader, size_t *length)
{
    uint8_t octet = 0;

    if (!take(reader, &octet)) {
        return false;
    }
    if (octet < 0x80) {
        *length = octet;
        return true;
    }
    int more = octet == 0x81 ? 1 : octet == 0x82 ? 2 : 0;
    *length = 0;
    for (int i = 0; i < more; i++) {
        if (!take(reader, &octet)) {
            return false;
        }
        *length = *length << 8 | octet;
    }
    return more != 0; /* the indefinite form and longer lengths are not used */
}

bool tlv_next(struct tlv_reader *reader, struct tlv *out)
{
    while (reader->left > 0 && (*reader->at == 0x00 || *reader->at == 0xFF)) {
        reader->at++;
        reader->left--;
    }
    if (reader->left == 0 || reader->malformed) {
        return false;
    }
    if (!take_tag(reader, &out->tag) || !take_length(reader, &out->length) ||
        out->length > reader->left) {
        reader->malformed = true;
        return false;
    }
    out->value = reader->at;
    reader->at += out->length;
    reader->left -= out->length;
    return true;
}

bool tlv_find(const uint8_t *octets, size_t length, uint32_t tag, struct tlv *out)
{
    struct tlv_reader reader;

    tlv_read(&reader, octets, length);
    while (tlv_next(&reader, out)) {
        if (out->tag == tag) {
            return true;
        }
    }
    return false;
}

void tlv_write(struct tlv_writer *writer, uint8_t *out, size_t capacity)
{
    *writer = (struct tlv_writer){.capacity = capacity};
    writer->out = out;
}

/* Room for `n` more octets, or NULL (with overflow set). */
static uint8_t *extend(struct tlv_writer *writer, size_t n)
{
    if (writer->overflow || n > writer->capacity - writer->length) {
        writer->overflow = true;
        return NULL;
    }
    uint8_t *place = writer->out + writer->length;
    writer->length += n;
    return place;
}

static void put_octet(struct tlv_writer *writer, uint8_t octet)
{
    uint8_t *place = extend(writer, 1);

    if (place != NULL) {
        *place = octet;
    }
}

static void put_tag(struct tlv_writer *writer, uint32_t tag)
{
    if (tag > 0xFFFF) {
        put_octet(writer, (uint8_t)(tag >> 16));
    }
    if (tag > 0xFF) {
        put_octet(writer, (uint8_t)(tag >> 8));
    }
    put_octet(writer, (uint8_t)tag);
}

/* Octets of a length field. */
static size_t length_size(size_t length)
{
    return length < 0x80 ? 1 : length <= 0xFF ? 2 : 3;
}

static void store_length(uint8_t *place, size_t length)
{
    size_t size = length_size(length);

    if (size > 1) {
        *place++ = (uint8_t)(0x80 + size - 1);
    }
    if (size > 2) {
        *place++ = (uint8_t)(length >> 8);
    }
    *place = (uint8_t)length;
}

void tlv_put(struct tlv_writer *writer, uint32_t tag, const void *value, size_t n)
{
    if (n > TLV_LENGTH_MAX) {
        writer->overflow = true;
        return;
    }
    put_tag(writer, tag);
    uint8_t *place = extend(writer, length_size(n) + n);
    if (place == NULL) {
        return;
    }
    store_length(place, n);
    if (n > 0) {
        memcpy(place + length_size(n), value, n);
    }
}

void tlv_put_u8(struct tlv_writer *writer, uint32_t tag, uint8_t value)
{
    tlv_put(writer, tag, &value, 1);
}

void tlv_put_uint(struct tlv_writer *writer, uint32_t tag, uint32_t value, size_t n)
{
    uint8_t octets[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                         (uint8_t)value};

    if (n > sizeof octets) {
        writer->overflow = true;
        return;
    }
    tlv_put(writer, tag, octets + sizeof octets - n, n);
}

size_t tlv_open(struct tlv_writer *writer, uint32_t tag)
{
    put_tag(writer, tag);
    put_octet(writer, 0); /* the length, if it fits one octet; tlv_close makes room for more */
    return writer->length;
}

void tlv_close(struct tlv_writer *writer, size_t mark)
{
    if (writer->overflow) {
        return;
    }
    size_t length = writer->length - mark;
    size_t more = length_size(length) - 1;
    if (length > TLV_LENGTH_MAX || extend(writer, more) == NULL) {
        writer->overflow = true;
        return;
    }
    memmove(writer->out + mark + more, writer->out + mark, length);
    store_length(writer->out + mark - 1, length);
}
