/* The FCP template of CREATE FILE and RESIZE FILE, TS 102 222 6.3 and 6.10: what a terminal wants
 * of a file, checked for form. */
#ifndef MOORING_UICC_FILE_TEMPLATE_H
#define MOORING_UICC_FILE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uicc/layout.h"

struct uicc_file_template {
    struct uicc_file file; /* parent, body: not set */
    bool sfi_given;        /* tag 88; else the SFI comes from the file identifier */
    const uint8_t *aid;    /* an ADF's name: `file.size` octets of the command; else NULL */
    /* How the body, or each record, is filled: with the pattern, then its last octet (C1) or the
     * pattern again and again (C2). NULL: FF, in cyclic EFs 00. */
    const uint8_t *pattern;
    size_t pattern_length;
    bool pattern_repeats;
};

/* Parses the `n` octets of a CREATE FILE. False if something is missing, malformed, contradicts
 * itself or is not supported (security attributes in another form than a reference to EF_ARR):
 * 6A80. *out points into `octets`. */
bool uicc_file_template_parse(const uint8_t *octets, size_t n, struct uicc_file_template *out);

/* Parses a RESIZE FILE: the file identifier and the new size. False: 6A80. */
bool uicc_resize_template_parse(const uint8_t *octets, size_t n, uint16_t *fid, uint32_t *size);

#endif
