#include "diameter/dia_dictionary.h"

#include "base/bytes.h"

#define IETF(name, code_, text, type_, m_, min_, max_)                                             \
    [DIA_##name] = {code_, 0, text, DIA_TYPE_##type_, DIA_M_##m_, min_, max_},
#define TGPP(name, code_, text, type_, m_, min_, max_)                                             \
    [DIA_##name] = {code_, DIA_VENDOR_3GPP, text, DIA_TYPE_##type_, DIA_M_##m_, min_, max_},

static const struct dia_definition definitions[DIA_ATTRIBUTE_COUNT] = {
    [DIA_UNKNOWN] = {0, 0, "unknown", DIA_TYPE_OCTETS, DIA_M_MUST_NOT, 0, 0},
    DIA_ATTRIBUTES_IETF(IETF) DIA_ATTRIBUTES_3GPP(TGPP)};

#undef IETF
#undef TGPP

_Static_assert(DIA_ATTRIBUTE_COUNT <= 256, "the index tables hold octets");

/* Index of the attribute by code: a few kilobytes of constants spare every AVP a search. */
#define INDEX(name, code, text, type, m, min, max) [code] = DIA_##name,

static const uint8_t ietf_index[] = {DIA_ATTRIBUTES_IETF(INDEX)};
static const uint8_t tgpp_index[] = {DIA_ATTRIBUTES_3GPP(INDEX)};

#undef INDEX

enum dia_attribute dia_attribute_of(uint32_t code, uint32_t vendor)
{
    if (vendor == 0 && code < sizeof ietf_index) {
        return (enum dia_attribute)ietf_index[code];
    }
    if (vendor == DIA_VENDOR_3GPP && code < sizeof tgpp_index) {
        return (enum dia_attribute)tgpp_index[code];
    }
    return DIA_UNKNOWN;
}

const struct dia_definition *dia_definition_of(enum dia_attribute attribute)
{
    if ((unsigned)attribute >= DIA_ATTRIBUTE_COUNT) {
        attribute = DIA_UNKNOWN;
    }
    return &definitions[attribute];
}

size_t dia_min_octets(const struct dia_definition *definition)
{
    switch (definition->type) {
    case DIA_TYPE_U32:
    case DIA_TYPE_ENUM:
    case DIA_TYPE_TIME:
        return 4;
    case DIA_TYPE_U64:
        return 8;
    case DIA_TYPE_ADDRESS:
        return 6;
    case DIA_TYPE_OCTETS:
    case DIA_TYPE_UTF8:
    case DIA_TYPE_IDENTITY:
        return definition->min;
    case DIA_TYPE_URI:
    case DIA_TYPE_GROUPED:
        break;
    }
    return 0;
}

bool dia_length_fits(const struct dia_definition *definition, size_t n)
{
    switch (definition->type) {
    case DIA_TYPE_U32:
    case DIA_TYPE_ENUM:
    case DIA_TYPE_TIME:
        return n == 4;
    case DIA_TYPE_U64:
        return n == 8;
    case DIA_TYPE_ADDRESS:
        return n >= 2;
    default:
        return true;
    }
}

/* The number of octets of the UTF-8 character at `p` of `n` octets, or 0 (RFC 3629 4: no overlong
 * forms, no surrogates, nothing above U+10FFFF). */
static size_t utf8_character(const uint8_t *p, size_t n)
{
    size_t len = 0;
    uint8_t low = 0x80;
    uint8_t high = 0xBF;

    if (p[0] < 0x80) {
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        len = 2;
    } else if ((p[0] & 0xF0) == 0xE0) {
        len = 3;
        low = p[0] == 0xE0 ? 0xA0 : low;
        high = p[0] == 0xED ? 0x9F : high;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        len = 4;
        low = p[0] == 0xF0 ? 0x90 : low;
        high = p[0] == 0xF4 ? 0x8F : high;
    }
    if (len == 0 || len > n || p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return len;
}

static bool is_utf8(const uint8_t *p, size_t n)
{
    while (n > 0) {
        size_t len = utf8_character(p, n);
        if (len == 0) {
            return false;
        }
        p += len;
        n -= len;
    }
    return true;
}

/* A FQDN or realm in ASCII, RFC 6733 4.3.1: letters, digits, hyphens, dots; underscores occur in
 * use. */
static bool is_identity(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool letter = (p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z');
        bool digit = p[i] >= '0' && p[i] <= '9';
        if (!letter && !digit && p[i] != '-' && p[i] != '.' && p[i] != '_') {
            return false;
        }
    }
    return true;
}

/* RFC 6733 4.3.1: family (1 IPv4, 2 IPv6, others of IANA's list pass) and as many octets as it has.
 */
static bool is_address(const uint8_t *p, size_t n)
{
    switch (be16_get(p)) {
    case 1:
        return n == 2 + 4;
    case 2:
        return n == 2 + 16;
    default:
        return n > 2;
    }
}

bool dia_value_fits(const struct dia_definition *definition, const uint8_t *data, size_t n)
{
    bool bounded = n >= definition->min && (definition->max == 0 || n <= definition->max);

    switch (definition->type) {
    case DIA_TYPE_OCTETS:
        return bounded;
    case DIA_TYPE_UTF8:
        return bounded && is_utf8(data, n);
    case DIA_TYPE_URI:
        return is_utf8(data, n);
    case DIA_TYPE_IDENTITY:
        return bounded && is_identity(data, n);
    case DIA_TYPE_ENUM:
        return definition->max == 0 ||
               (be32_get(data) >= definition->min && be32_get(data) <= definition->max);
    case DIA_TYPE_ADDRESS:
        return is_address(data, n);
    default:
        return true;
    }
}
