/*
 * Access conditions, TS 102 221 9.2 in the referenced format (FCP tag 8B): the one place that
 * decides whether an operation on a file is allowed in the present security state.
 */
#ifndef MOORING_UICC_ACCESS_H
#define MOORING_UICC_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "uicc/card_state.h"

/* Access mode bits, ISO/IEC 7816-4 tables 16 and 17: of an EF, */
#define UICC_AM_READ       0x01u
#define UICC_AM_UPDATE     0x02u
#define UICC_AM_DEACTIVATE 0x08u
#define UICC_AM_ACTIVATE   0x10u
#define UICC_AM_TERMINATE  0x20u /* of a DF, too */
#define UICC_AM_DELETE     0x40u /* of a DF, too */
/* of a DF. */
#define UICC_AM_CREATE_EF 0x02u
#define UICC_AM_CREATE_DF 0x04u

/* Commands whose rules name their instruction. */
#define UICC_INS_INCREASE 0x32u
#define UICC_INS_RESIZE   0xD4u

/* True if the rule of the file `index`, in the EF_ARR record that it names, allows the operation
 * `am` (one bit). A rule that is missing or malformed allows nothing. */
bool uicc_access_allowed(struct uicc_card *card, uint16_t index, uint8_t am);

/* The same for the command with instruction `ins`, in rules by instruction (tag 84). */
bool uicc_access_allowed_ins(struct uicc_card *card, uint16_t index, uint8_t ins);

#endif
