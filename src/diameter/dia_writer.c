#include "diameter/dia_writer.h"

#include <string.h>

#include "base/bytes.h"

#define LENGTH_LIMIT 0xFFFFFFu /* lengths have 24 bits on the wire */

struct dia_writer dia_writer(uint8_t *bytes, size_t capacity)
{
    size_t usable = capacity < LENGTH_LIMIT ? capacity : LENGTH_LIMIT;
    return (struct dia_writer){.bytes = bytes, .capacity = usable};
}

struct dia_writer dia_buffer_writer(const struct dia_buffer *buffer)
{
    size_t left = buffer->capacity - buffer->len;
    return dia_writer(left == 0 ? NULL : buffer->bytes + buffer->len, left);
}

bool dia_buffer_take(struct dia_buffer *buffer, const struct dia_writer *writer)
{
    if (writer->overflow || writer->len > buffer->capacity - buffer->len) {
        return false;
    }
    buffer->len += writer->len;
    return true;
}

/* Makes room for `n` more octets; NULL, and overflow for good, if there is none. */
static uint8_t *claim(struct dia_writer *writer, size_t n)
{
    if (writer->overflow || n > writer->capacity - writer->len) {
        writer->overflow = true;
        return NULL;
    }
    uint8_t *p = writer->bytes + writer->len;
    writer->len += n;
    return p;
}

void dia_begin(struct dia_writer *writer, const struct dia_header *header)
{
    uint8_t *p = writer->len == 0 ? claim(writer, DIA_HEADER_OCTETS) : NULL;

    if (p == NULL) {
        writer->overflow = true;
        return;
    }
    dia_header_put(header, p);
}

bool dia_end(struct dia_writer *writer)
{
    if (writer->overflow || writer->depth != 0 || writer->len < DIA_HEADER_OCTETS) {
        writer->overflow = true;
        return false;
    }
    be24_put(writer->bytes + 1, (uint32_t)writer->len);
    return true;
}

bool dia_is_whole(const struct dia_writer *writer)
{
    return !writer->overflow && writer->depth == 0 && writer->len >= DIA_HEADER_OCTETS &&
           be24_get(writer->bytes + 1) == writer->len;
}

/* Writes the header of an AVP with `n` data octets, claims them and their padding (zeroed), and
 * returns where the data goes. */
static uint8_t *avp_open(struct dia_writer *writer, enum dia_attribute attribute, size_t n)
{
    const struct dia_definition *definition = dia_definition_of(attribute);
    size_t header = definition->vendor != 0 ? 12 : 8;
    size_t padding = (4 - n % 4) % 4;
    uint8_t *p = n > LENGTH_LIMIT - 16 ? NULL : claim(writer, header + n + padding);

    if (p == NULL || definition->code == 0) {
        writer->overflow = true;
        return NULL;
    }
    be32_put(p, definition->code);
    p[4] = (uint8_t)((definition->vendor != 0 ? DIA_AVP_V : 0u) |
                     (definition->m == DIA_M_MUST ? DIA_AVP_M : 0u));
    be24_put(p + 5, (uint32_t)(header + n));
    if (header == 12) {
        be32_put(p + 8, definition->vendor);
    }
    memset(p + header + n, 0, padding);
    return p + header;
}

void dia_put_u32(struct dia_writer *writer, enum dia_attribute attribute, uint32_t value)
{
    uint8_t *p = avp_open(writer, attribute, 4);

    if (p != NULL) {
        be32_put(p, value);
    }
}

void dia_put_u64(struct dia_writer *writer, enum dia_attribute attribute, uint64_t value)
{
    uint8_t *p = avp_open(writer, attribute, 8);

    if (p != NULL) {
        be64_put(p, value);
    }
}

void dia_put_octets(struct dia_writer *writer, enum dia_attribute attribute, const uint8_t *octets,
                    size_t n)
{
    uint8_t *p = avp_open(writer, attribute, n);

    if (p != NULL && n > 0) {
        memcpy(p, octets, n);
    }
}

void dia_put_text(struct dia_writer *writer, enum dia_attribute attribute, const char *text)
{
    dia_put_octets(writer, attribute, (const uint8_t *)text, strlen(text));
}

void dia_put_address(struct dia_writer *writer, enum dia_attribute attribute, const uint8_t *octets,
                     size_t n)
{
    uint8_t *p = n == 4 || n == 16 ? avp_open(writer, attribute, 2 + n) : NULL;

    if (p == NULL) {
        writer->overflow = true;
        return;
    }
    be16_put(p, n == 4 ? 1 : 2);
    memcpy(p + 2, octets, n);
}

void dia_put_raw(struct dia_writer *writer, const uint8_t *raw, size_t raw_len)
{
    size_t padding = (4 - raw_len % 4) % 4;
    uint8_t *p = raw_len > LENGTH_LIMIT ? NULL : claim(writer, raw_len + padding);

    if (p == NULL) {
        writer->overflow = true;
        return;
    }
    memcpy(p, raw, raw_len);
    memset(p + raw_len, 0, padding);
}

void dia_group_open(struct dia_writer *writer, enum dia_attribute attribute)
{
    size_t start = writer->len;

    if (writer->depth == DIA_AVP_DEPTH_MAX || avp_open(writer, attribute, 0) == NULL) {
        writer->overflow = true;
        return;
    }
    writer->open[writer->depth++] = start;
}

void dia_group_close(struct dia_writer *writer)
{
    if (writer->overflow) {
        return;
    }
    if (writer->depth == 0) {
        writer->overflow = true;
        return;
    }
    size_t start = writer->open[--writer->depth];
    be24_put(writer->bytes + start + 5, (uint32_t)(writer->len - start));
}
