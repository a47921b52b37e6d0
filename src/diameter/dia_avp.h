/*
 * Reading AVPs (RFC 6733 4): an iterator over octets in place. Nothing is copied: an AVP points
 * into the message that it was read from. No length on the wire is trusted.
 */
#ifndef MOORING_DIAMETER_DIA_AVP_H
#define MOORING_DIAMETER_DIA_AVP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_dictionary.h"

#define DIA_AVP_V 0x80u /* Vendor-Id is there */
#define DIA_AVP_M 0x40u
#define DIA_AVP_P 0x20u

#define DIA_AVP_DEPTH_MAX 8 /* groups inside groups; deeper messages are refused, not followed */

struct dia_avp {
    enum dia_attribute attribute; /* DIA_UNKNOWN if not in the dictionary */
    uint32_t code;
    uint32_t vendor; /* 0: none */
    uint8_t flags;
    const uint8_t *data; /* `len` octets, without padding */
    size_t len;
    const uint8_t *raw; /* from the AVP's header on, `raw_len` octets without padding */
    size_t raw_len;
};

struct dia_avp_reader {
    const uint8_t *next;
    size_t left;
    bool malformed; /* stopped at an AVP whose length is impossible */
};

/* Begins to read the AVPs in the `n` octets at `octets`: of a message after its header, or of a
 * group. */
struct dia_avp_reader dia_avp_reader(const uint8_t *octets, size_t n);

/*
 * Reads the next AVP. False at the end, or if its length is below its header's, above what is left,
 * or its padding is missing (RFC 6733 4.1): then `malformed` is set, and `avp` holds what its
 * header says as far as it is there (zeros else), with no data and raw_len the header octets that
 * are there.
 */
bool dia_avp_next(struct dia_avp_reader *reader, struct dia_avp *avp);

/* Finds the first AVP of the attribute among `n` octets; false if there is none before the end or
 * before something malformed. */
bool dia_avp_find(const uint8_t *octets, size_t n, enum dia_attribute attribute,
                  struct dia_avp *avp);

/* The value of an Unsigned32 or Enumerated; false if the data is not 4 octets. */
bool dia_avp_u32(const struct dia_avp *avp, uint32_t *value);

/* The value of an Unsigned64; false if the data is not 8 octets. */
bool dia_avp_u64(const struct dia_avp *avp, uint64_t *value);

/* Copies a text value and a NUL to `text` of `capacity` characters; false, with an empty text, if
 * it does not fit or holds a NUL. */
bool dia_avp_text(const struct dia_avp *avp, char *text, size_t capacity);

/* True if the data is the text, octet for octet. */
bool dia_avp_is_text(const struct dia_avp *avp, const char *text);

/* True if the data is the DiameterIdentity; ASCII letters match in either case (RFC 6733 4.3.1). */
bool dia_avp_is_identity(const struct dia_avp *avp, const char *identity);

/* True if two DiameterIdentities are the same, as above. */
bool dia_identity_equal(const char *a, const char *b);

#endif
