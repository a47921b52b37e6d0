#include "codec/identity.h"

#include <string.h>

#define FILLER 0x0Fu /* the nibble that stands where a digit is missing */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text[i])) {
            return false;
        }
    }
    return true;
}

static uint8_t nibble_of(char digit)
{
    return (uint8_t)(digit - '0');
}

static char digit_of(uint8_t nibble)
{
    return (char)('0' + nibble);
}

/* Length of a text in a struct's array of `capacity` characters, even if the NUL is missing. */
static size_t text_length(const char *text, size_t capacity)
{
    size_t n = 0;

    while (n < capacity && text[n] != '\0') {
        n++;
    }
    return n;
}

bool imsi_parse(const char *text, size_t len, struct imsi *out)
{
    if (len < IMSI_DIGITS_MIN || len > IMSI_DIGITS_MAX || !all_digits(text, len)) {
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->digits, text, len);
    return true;
}

bool imsi_equal(const struct imsi *a, const struct imsi *b)
{
    return strncmp(a->digits, b->digits, sizeof a->digits) == 0;
}

bool imsi_in_plmn(const struct imsi *imsi, const struct plmn *plmn)
{
    char text[8];
    size_t n = text_length(imsi->digits, IMSI_DIGITS_MAX);

    plmn_format(plmn, text);
    size_t mnc_len = text_length(text + 4, 3);

    return n >= 3 + mnc_len && memcmp(imsi->digits, text, 3) == 0 &&
           memcmp(imsi->digits + 3, text + 4, mnc_len) == 0;
}

/*
 * The octets after the length are the mobile identity of TS 24.008 10.5.1.4: the first holds type
 * of identity 001 and the odd/even indicator in its low nibble, digit 1 in its high one; then two
 * digits an octet.
 */
void imsi_to_ef(const struct imsi *imsi, uint8_t out[9])
{
    size_t n = text_length(imsi->digits, IMSI_DIGITS_MAX);

    memset(out, 0xFF, 9);
    if (n == 0) {
        return; /* "none" is written as an erased file */
    }
    out[0] = (uint8_t)(n / 2 + 1);
    out[1] = (uint8_t)((unsigned)nibble_of(imsi->digits[0]) << 4 | (n % 2 != 0 ? 9u : 1u));
    for (size_t i = 1; i < n; i++) {
        uint8_t *octet = &out[1 + (i + 1) / 2];
        unsigned digit = nibble_of(imsi->digits[i]);

        *octet = (uint8_t)(i % 2 != 0 ? 0xF0u | digit : digit << 4 | (*octet & 0x0Fu));
    }
}

bool imsi_from_ef(const uint8_t *octets, size_t n, struct imsi *out)
{
    char digits[IMSI_DIGITS_MAX];
    size_t len = 0;

    if (n < 2 || octets[0] < 1 || octets[0] > 8 || octets[0] > n - 1) {
        return false;
    }
    size_t used = octets[0];
    bool odd = (octets[1] & 0x08u) != 0;
    size_t expected = 2 * used - (odd ? 1 : 2);

    if ((octets[1] & 0x07u) != 1 || (!odd && octets[used] >> 4 != FILLER)) {
        return false;
    }
    for (size_t i = 1; len < expected; i++) { /* nibble i counts from the first octet's low one */
        uint8_t octet = octets[1 + i / 2];
        uint8_t nibble = i % 2 != 0 ? octet >> 4 : octet & 0x0Fu;

        if (nibble > 9) {
            return false;
        }
        digits[len++] = digit_of(nibble);
    }
    return imsi_parse(digits, len, out);
}

char luhn_digit(const char *digits, size_t len)
{
    unsigned sum = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned value = nibble_of(digits[len - 1 - i]);

        if (i % 2 == 0) { /* the digit next to the check digit is doubled, then every other one */
            value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        }
        sum = (sum + value) % 10;
    }
    return digit_of((uint8_t)((10 - sum) % 10));
}

bool iccid_parse(const char *text, size_t len, struct iccid *out)
{
    if (len < ICCID_DIGITS - 1 || len > ICCID_DIGITS || !all_digits(text, len) ||
        luhn_digit(text, len - 1) != text[len - 1]) {
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->digits, text, len);
    return true;
}

void iccid_to_ef(const struct iccid *iccid, uint8_t out[10])
{
    size_t n = text_length(iccid->digits, ICCID_DIGITS);

    memset(out, 0xFF, 10);
    for (size_t i = 0; i < n; i++) {
        unsigned digit = nibble_of(iccid->digits[i]);

        out[i / 2] = (uint8_t)(i % 2 == 0 ? 0xF0u | digit : digit << 4 | (out[i / 2] & 0x0Fu));
    }
}

bool iccid_from_ef(const uint8_t octets[10], struct iccid *out)
{
    char digits[ICCID_DIGITS];
    size_t n = 0;

    for (size_t i = 0; i < ICCID_DIGITS; i++) {
        uint8_t nibble = i % 2 == 0 ? octets[i / 2] & 0x0Fu : octets[i / 2] >> 4;

        if (nibble == FILLER && i == ICCID_DIGITS - 1) {
            break; /* 19 digits: only the last nibble may be a filler */
        }
        if (nibble > 9) {
            return false;
        }
        digits[n++] = digit_of(nibble);
    }
    return iccid_parse(digits, n, out);
}

bool imei_parse(const char *text, size_t len, struct imei *out)
{
    if (len < 14 || len > 16 || !all_digits(text, len)) {
        return false;
    }
    if (len == 15 && text[14] != '0' && text[14] != luhn_digit(text, 14)) {
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->digits, text, 14);
    if (len == 16) {
        memcpy(out->sv, text + 14, 2);
    }
    return true;
}

bool imei_same_machine(const struct imei *a, const struct imei *b)
{
    return strncmp(a->digits, b->digits, sizeof a->digits) == 0;
}

bool plmn_parse(const char *text, size_t len, struct plmn *out)
{
    if (len < 5 || len > 7 || !all_digits(text, 3)) {
        return false;
    }
    size_t mnc_at = text[3] == '/' || text[3] == '-' ? 4 : 3;
    size_t mnc_len = len - mnc_at;

    if (mnc_len < 2 || mnc_len > 3 || !all_digits(text + mnc_at, mnc_len)) {
        return false;
    }
    const char *mnc = text + mnc_at;
    unsigned mnc3 = mnc_len == 3 ? nibble_of(mnc[2]) : FILLER;

    out->octets[0] = (uint8_t)((unsigned)nibble_of(text[1]) << 4 | nibble_of(text[0]));
    out->octets[1] = (uint8_t)(mnc3 << 4 | nibble_of(text[2]));
    out->octets[2] = (uint8_t)((unsigned)nibble_of(mnc[1]) << 4 | nibble_of(mnc[0]));
    return true;
}

bool plmn_from_octets(const uint8_t *octets, size_t n, struct plmn *out)
{
    if (n != 3) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        bool may_be_filler = i == 1;

        if ((octets[i] & 0x0Fu) > 9 ||
            (octets[i] >> 4 > 9 && !(may_be_filler && octets[i] >> 4 == FILLER))) {
            return false;
        }
    }
    memcpy(out->octets, octets, 3);
    return true;
}

bool plmn_equal(const struct plmn *a, const struct plmn *b)
{
    return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

void plmn_format(const struct plmn *plmn, char out[8])
{
    const uint8_t *o = plmn->octets;

    memset(out, 0, 8);
    out[0] = digit_of(o[0] & 0x0Fu);
    out[1] = digit_of(o[0] >> 4);
    out[2] = digit_of(o[1] & 0x0Fu);
    out[3] = '/';
    out[4] = digit_of(o[2] & 0x0Fu);
    out[5] = digit_of(o[2] >> 4);
    if (o[1] >> 4 != FILLER) {
        out[6] = digit_of(o[1] >> 4);
    }
}
