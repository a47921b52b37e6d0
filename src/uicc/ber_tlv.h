/*
 * The content of a BER-TLV EF, TS 102 221 8.2.2.4 and 11.3: data objects one behind the other in
 * the first `used` octets of the body. Tags are context-specific, each once in a file, lengths are
 * coded as DER does. What is written here is not committed.
 */
#ifndef MOORING_UICC_BER_TLV_H
#define MOORING_UICC_BER_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uicc/card_state.h"
#include "uicc/layout.h"

#define UICC_TAG_LIST 0x5Cu /* stands for the list of the tags of a file */

/* Octets of tag and length that an object can have at most. */
#define UICC_OBJECT_HEADER_MAX 7u

/* A data object's header, parsed. */
struct uicc_object {
    uint32_t tag;
    uint32_t header; /* octets of tag and length */
    uint32_t length; /* octets of the value */
    uint32_t at;     /* where the object starts in the body */
};

/* Reads a tag of one to three octets from the `n` at `octets`; returns its size, 0 if there is
 * none or if it is no tag that an object can have (TS 102 221 11.3.0). */
size_t uicc_object_tag(const uint8_t *octets, size_t n, uint32_t *tag);

/* Reads tag and length; false if they are not there or not coded as they must be. */
bool uicc_object_header(const uint8_t *octets, size_t n, struct uicc_object *out);

/* The object that starts at `at` in the body; false at the end, and at anything that is none. */
bool uicc_object_at(struct uicc_card *card, const struct uicc_file *file, uint32_t at,
                    struct uicc_object *out);

/* The object with this tag; false if the file has none. */
bool uicc_object_find(struct uicc_card *card, const struct uicc_file *file, uint32_t tag,
                      struct uicc_object *out);

/* Takes the object out and moves what is behind it up; updates file->used and writes the entry. */
void uicc_object_remove(struct uicc_card *card, uint16_t index, struct uicc_file *file,
                        const struct uicc_object *object);

/* The octets [from, from + n) of the object 5C whose value is all tags of the file, to `out`;
 * returns the length of that whole object. `n` may be 0. */
uint32_t uicc_object_tag_list(struct uicc_card *card, const struct uicc_file *file, uint32_t from,
                              uint8_t *out, uint32_t n);

#endif
