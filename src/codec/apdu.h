/*
 * Command APDUs in short form, ISO/IEC 7816-3 12.1.3 and TS 102 221 10.1: header, Lc, data, Le.
 * Extended length fields are not part of the UICC's T=0 interface and are refused.
 */
#ifndef MOORING_CODEC_APDU_H
#define MOORING_CODEC_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APDU_HEADER  4
#define APDU_LE_MAX  256
#define APDU_MAX     261 /* header, Lc, 255 data octets, Le */
#define APDU_LC_MAX  255
#define APDU_SW_SIZE 2

struct apdu_command {
    uint8_t cla;
    uint8_t ins;
    uint8_t p1;
    uint8_t p2;
    uint8_t lc;          /* octets of data; 0 if there are none */
    bool has_le;         /* an Le field is present */
    uint16_t le;         /* 1 to 256 if has_le, else 0 */
    const uint8_t *data; /* into the parsed octets; NULL if lc is 0 */
};

enum apdu_result {
    APDU_OK,
    APDU_TRUNCATED, /* shorter than a header, or than its Lc says */
    APDU_TRAILING,  /* octets after Le */
    APDU_EXTENDED   /* an extended length field */
};

/* Parses `length` octets; on APDU_OK `out` points into `octets`, which must outlive it. Each of the
 * other results is status word 6700 (wrong length) to a terminal. */
enum apdu_result apdu_parse(const uint8_t *octets, size_t length, struct apdu_command *out);

/* The case of a parsed command, 1 to 4 (ISO/IEC 7816-3 12.1.2). */
int apdu_case(const struct apdu_command *command);

#endif
