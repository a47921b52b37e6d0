#include "diameter/dia_avp.h"

#include <string.h>

#include "base/bytes.h"

struct dia_avp_reader dia_avp_reader(const uint8_t *octets, size_t n)
{
    return (struct dia_avp_reader){.next = octets, .left = n, .malformed = false};
}

static bool malformed(struct dia_avp_reader *reader, struct dia_avp *avp, size_t header)
{
    avp->raw_len = reader->left < header ? reader->left : header;
    avp->data = avp->raw + avp->raw_len;
    avp->len = 0;
    reader->malformed = true;
    reader->left = 0;
    return false;
}

bool dia_avp_next(struct dia_avp_reader *reader, struct dia_avp *avp)
{
    if (reader->left == 0 || reader->malformed) {
        return false;
    }
    *avp = (struct dia_avp){.attribute = DIA_UNKNOWN, .raw = reader->next};
    if (reader->left < 8) {
        if (reader->left >= 4) {
            avp->code = be32_get(reader->next);
        }
        return malformed(reader, avp, 8);
    }
    const uint8_t *p = reader->next;
    size_t header = (p[4] & DIA_AVP_V) != 0 ? 12 : 8;
    size_t length = be24_get(p + 5);
    size_t padded = (length + 3) & ~(size_t)3;

    avp->code = be32_get(p);
    avp->flags = p[4];
    if (header == 12 && reader->left >= 12) {
        avp->vendor = be32_get(p + 8);
    }
    avp->attribute = dia_attribute_of(avp->code, avp->vendor);
    if (length < header || padded > reader->left) {
        return malformed(reader, avp, header);
    }
    avp->data = p + header;
    avp->len = length - header;
    avp->raw_len = length;
    reader->next += padded;
    reader->left -= padded;
    return true;
}

bool dia_avp_find(const uint8_t *octets, size_t n, enum dia_attribute attribute,
                  struct dia_avp *avp)
{
    struct dia_avp_reader reader = dia_avp_reader(octets, n);

    while (dia_avp_next(&reader, avp)) {
        if (avp->attribute == attribute) {
            return true;
        }
    }
    return false;
}

bool dia_avp_u32(const struct dia_avp *avp, uint32_t *value)
{
    if (avp->len != 4) {
        return false;
    }
    *value = be32_get(avp->data);
    return true;
}

bool dia_avp_u64(const struct dia_avp *avp, uint64_t *value)
{
    if (avp->len != 8) {
        return false;
    }
    *value = be64_get(avp->data);
    return true;
}

bool dia_avp_text(const struct dia_avp *avp, char *text, size_t capacity)
{
    if (capacity == 0) {
        return false;
    }
    text[0] = '\0';
    if (avp->len >= capacity || (avp->len > 0 && memchr(avp->data, 0, avp->len) != NULL)) {
        return false;
    }
    for (size_t i = 0; i < avp->len; i++) {
        text[i] = (char)avp->data[i];
    }
    text[avp->len] = '\0';
    return true;
}

bool dia_avp_is_text(const struct dia_avp *avp, const char *text)
{
    size_t n = strlen(text);
    return avp->len == n && (n == 0 || memcmp(avp->data, text, n) == 0);
}

/* ASCII only: a locale must not change what a peer's name is. */
static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

bool dia_avp_is_identity(const struct dia_avp *avp, const char *identity)
{
    if (avp->len != strlen(identity)) {
        return false;
    }
    for (size_t i = 0; i < avp->len; i++) {
        if (lower(avp->data[i]) != lower((unsigned char)identity[i])) {
            return false;
        }
    }
    return true;
}

bool dia_identity_equal(const char *a, const char *b)
{
    while (*a != '\0' && lower((unsigned char)*a) == lower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}
