/* Start contents of the files of a new UICC: functions of type uicc_fill, one a file or kind of
 * file. */
#ifndef MOORING_UICC_PROFILE_CONTENT_H
#define MOORING_UICC_PROFILE_CONTENT_H

#include "uicc/profile_files.h"

#define PROFILE_RULE_SIZE 40      /* octets of an EF_ARR record */
#define PROFILE_IMS_SIZE  80      /* octets of the ISIM's identities */
#define PROFILE_FID_SPN   0x6F46u /* there only if the profile names a service provider */

#define PROFILE_FILL(name)                                                                         \
    void profile_fill_##name(const struct uicc_profile *profile,                                   \
                             const struct uicc_file_plan *plan, unsigned number, uint8_t *out)

PROFILE_FILL(aid);         /* the AID of USIM or ISIM: the body of its ADF */
PROFILE_FILL(dir);         /* TS 102 221 13.1 */
PROFILE_FILL(umpc);        /* 13.5 */
PROFILE_FILL(iccid);       /* 13.2 */
PROFILE_FILL(zero);        /* all 00 */
PROFILE_FILL(imsi);        /* TS 31.102 4.2.2 */
PROFILE_FILL(keys);        /* 4.2.3, 4.2.4: no keys */
PROFILE_FILL(hpplmn);      /* 4.2.6 */
PROFILE_FILL(ust);         /* 4.2.8 */
PROFILE_FILL(sms);         /* 4.2.25: free space */
PROFILE_FILL(spn);         /* 4.2.12 */
PROFILE_FILL(start_hfn);   /* 4.2.51 */
PROFILE_FILL(no_plmns);    /* 4.2.5, 4.2.53: empty lists */
PROFILE_FILL(hplmn);       /* 4.2.54 */
PROFILE_FILL(psloci);      /* 4.2.23 */
PROFILE_FILL(acc);         /* 4.2.15 */
PROFILE_FILL(loci);        /* 4.2.17 */
PROFILE_FILL(ad);          /* 4.2.18 */
PROFILE_FILL(ecc);         /* 4.2.21 */
PROFILE_FILL(ehplmn);      /* 4.2.84 */
PROFILE_FILL(epsloci);     /* 4.2.91 */
PROFILE_FILL(fivegs_loci); /* 4.4.11.2, 4.4.11.3 */
PROFILE_FILL(suci);        /* 4.4.11.8: the null scheme */
PROFILE_FILL(routing);     /* 4.4.11.11: routing indicator 0 */
PROFILE_FILL(impi);        /* TS 31.103 4.2.2, from the IMSI as TS 23.003 13.3 says */
PROFILE_FILL(domain);      /* 4.2.3, TS 23.003 13.2 */
PROFILE_FILL(impu);        /* 4.2.4, TS 23.003 13.4B */

#endif
