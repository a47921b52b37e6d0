/* The files of a new UICC: names, sizes, rules and start contents, TS 102 221 13 and TS 31.102 4.2.
 */
#ifndef MOORING_UICC_PROFILE_FILES_H
#define MOORING_UICC_PROFILE_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "uicc/layout.h"
#include "uicc/personalise.h"

struct uicc_file_plan;

/* Writes the start content of one unit (the whole body of a transparent file, or record `number`
 * from 1) over `out`, which holds the unit's octets, all FF. */
typedef void (*uicc_fill)(const struct uicc_profile *profile, const struct uicc_file_plan *plan,
                          unsigned number, uint8_t *out);

struct uicc_file_plan {
    uint16_t fid; /* 0: an ADF */
    uint8_t kind; /* enum uicc_file_kind */
    uint8_t sfi;
    uint8_t parent;  /* UICC_MF, or a UICC_PLAN index */
    uint8_t rule;    /* record of the EF_ARR (of the MF for its children) */
    uint8_t service; /* of EF_UST, that says this file is there; 0: it is there in any USIM */
    uint8_t flags;
    uint8_t unit;   /* octets of the body or of a record */
    uint8_t count;  /* records; 1 for the others, 0 for a DF without body */
    uicc_fill fill; /* NULL: all FF */
};

/* Indices of DFs in the plan and so in the directory of a new card. */
#define UICC_PLAN_ADF_USIM 1u
#define UICC_PLAN_ADF_ISIM 2u
#define UICC_PLAN_DF_5GS   3u

/* The plan, parents before children; *n is the number of files. */
const struct uicc_file_plan *uicc_profile_files(size_t *n);

/* False for a file that this profile does without. */
bool uicc_profile_wants(const struct uicc_profile *profile, const struct uicc_file_plan *plan);

#endif
