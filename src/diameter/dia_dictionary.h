/*
 * The dictionary: what we know about each AVP of dia_attributes.h. Constant tables, looked up in
 * constant time.
 */
#ifndef MOORING_DIAMETER_DIA_DICTIONARY_H
#define MOORING_DIAMETER_DIA_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_attributes.h"

#define DIA_VENDOR_3GPP 10415u

/* The data formats of RFC 6733 4.2 and 4.3. */
enum dia_type {
    DIA_TYPE_OCTETS,
    DIA_TYPE_U32,
    DIA_TYPE_U64,
    DIA_TYPE_ENUM, /* Integer32 on the wire; all values in use are 0 or more */
    DIA_TYPE_UTF8,
    DIA_TYPE_IDENTITY,
    DIA_TYPE_URI,
    DIA_TYPE_ADDRESS,
    DIA_TYPE_TIME,
    DIA_TYPE_GROUPED,
};

/* How the M flag is sent (RFC 6733 4.5, TS 29.272 table 7.3.1/1). A receiver that knows the AVP
 * ignores the flag (TS 29.272 table 7.3.1/1, note 2). */
enum dia_m_rule { DIA_M_MUST, DIA_M_MUST_NOT };

struct dia_definition {
    uint32_t code;
    uint32_t vendor; /* 0: none */
    const char *name;
    enum dia_type type;
    enum dia_m_rule m;
    uint16_t min; /* octets, or the lowest value of an ENUM */
    uint16_t max; /* 0: no bound */
};

/* The attribute of an AVP code and Vendor-Id, or DIA_UNKNOWN. */
enum dia_attribute dia_attribute_of(uint32_t code, uint32_t vendor);

/* The definition of a known attribute; that of DIA_UNKNOWN has code 0 and the name "unknown". */
const struct dia_definition *dia_definition_of(enum dia_attribute attribute);

/* The smallest number of data octets that the attribute can have: of its type, or its `min`. */
size_t dia_min_octets(const struct dia_definition *definition);

/* True if the `n` octets at `data` are a well-formed value of the definition: length of a fixed
 * type is not checked again here (see dia_length_fits). RFC 6733 4.2, 4.3. Always true of GROUPED.
 */
bool dia_value_fits(const struct dia_definition *definition, const uint8_t *data, size_t n);

/* True if `n` octets can be the data of the definition's type (4 for Unsigned32 and so on). */
bool dia_length_fits(const struct dia_definition *definition, size_t n);

#endif
