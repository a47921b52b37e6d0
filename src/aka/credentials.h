/* The long-term secrets of one USIM, shared by the card and the AuC (TS 33.102 6.3). */
#ifndef MOORING_AKA_CREDENTIALS_H
#define MOORING_AKA_CREDENTIALS_H

#include <stdint.h>

/* Which functions f1..f5* are used. Values are stored in card images and databases: never renumber.
 */
enum aka_algorithm {
    AKA_MILENAGE = 1, /* TS 35.206 with AES-128 */
};

/* Wipe with bytes_wipe after use. `k` holds 16 octets and `opc` 16 for Milenage. */
struct aka_credentials {
    enum aka_algorithm algorithm;
    uint8_t k[16];
    uint8_t opc[16];
};

#endif
