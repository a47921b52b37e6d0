/*
 * The identities of TS 23.003 as plain text structs, and their encodings on the wire and in files.
 *
 * Text is always NUL-terminated ASCII digits; an empty text is "none". All functions are pure and
 * freestanding; functions that read text or octets from outside return false, and leave the output
 * unset, for anything that is not a well-formed identity.
 */
#ifndef MOORING_CODEC_IDENTITY_H
#define MOORING_CODEC_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMSI_DIGITS_MIN 6
#define IMSI_DIGITS_MAX 15
#define ICCID_DIGITS    20

/* International Mobile Subscriber Identity, TS 23.003 2.2: 6 to 15 digits. */
struct imsi {
    char digits[IMSI_DIGITS_MAX + 1];
};

/* Integrated circuit card identification, ITU-T E.118: 19 or 20 digits; the last is a Luhn check
 * digit. */
struct iccid {
    char digits[ICCID_DIGITS + 1];
};

/* International Mobile Equipment Identity, TS 23.003 6.2: TAC (8) and SNR (6). The check digit is
 * not part of the identity; `sv` is the software version number of an IMEISV, or empty when only an
 * IMEI is known. */
struct imei {
    char digits[14 + 1];
    char sv[2 + 1];
};

/* Public land mobile network identity as three octets, TS 24.008 10.5.1.3 (the form of
 * Visited-PLMN-Id, TS 29.272 7.3.9, and of the SN id in TS 33.401 A.2). */
struct plmn {
    uint8_t octets[3];
};

/* Reads exactly `len` characters, 6 to 15 digits; a NUL at the end is not needed. */
bool imsi_parse(const char *text, size_t len, struct imsi *out);
/* True if both have the same digits. */
bool imsi_equal(const struct imsi *a, const struct imsi *b);
/* True if the IMSI begins with the MCC and MNC of `plmn`. */
bool imsi_in_plmn(const struct imsi *imsi, const struct plmn *plmn);

/* EF_IMSI content, TS 31.102 4.2.2: 9 octets, length first, parity and swapped BCD, unused octets
 * FF. An empty IMSI gives nine octets of FF, which imsi_from_ef refuses. */
void imsi_to_ef(const struct imsi *imsi, uint8_t out[9]);
/* Reads EF_IMSI of `n` octets (the file may be longer than its content). False if the length octet,
 * the type of identity, the parity or a digit is wrong. */
bool imsi_from_ef(const uint8_t *octets, size_t n, struct imsi *out);

/* The Luhn check digit (ISO/IEC 7812-1 annex B) of `len` characters '0'..'9', as a character
 * '0'..'9'. */
char luhn_digit(const char *digits, size_t len);

/* Reads 19 or 20 digits and checks the Luhn digit at the end. */
bool iccid_parse(const char *text, size_t len, struct iccid *out);
/* EF_ICCID content, TS 102 221 13.2: 10 octets of swapped BCD, padded with F. */
void iccid_to_ef(const struct iccid *iccid, uint8_t out[10]);
/* Reads EF_ICCID; false if a nibble is no digit (the last may be F) or the Luhn digit is wrong. */
bool iccid_from_ef(const uint8_t octets[10], struct iccid *out);

/*
 * Reads an IMEI or IMEISV: 14 digits (TAC and SNR, as TS 29.272 7.3.4 sends), 15 (with a check
 * digit, which must be right or 0: TS 23.003 6.2.1 lets it be sent as 0), or 16 (IMEISV).
 */
bool imei_parse(const char *text, size_t len, struct imei *out);
/* True if TAC and SNR are the same; the software version is not compared (it changes with an
 * update). */
bool imei_same_machine(const struct imei *a, const struct imei *b);

/* Reads "MCC/MNC", "MCC-MNC" or "MCCMNC" with an MNC of two or three digits. */
bool plmn_parse(const char *text, size_t len, struct plmn *out);
/* Reads three octets; false if a digit is no BCD digit (the third MNC digit may be F). */
bool plmn_from_octets(const uint8_t *octets, size_t n, struct plmn *out);
/* True if MCC and MNC are the same; 001/01 and 001/010 are not. */
bool plmn_equal(const struct plmn *a, const struct plmn *b);
/* Writes "MCC/MNC" and a NUL, at most 8 characters. `plmn` must come from one of the readers above.
 */
void plmn_format(const struct plmn *plmn, char out[8]);

#endif
