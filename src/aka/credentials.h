/* The long-term secrets of one USIM, shared by the card and the AuC (TS 33.102 6.3). */
#ifndef MOORING_AKA_CREDENTIALS_H
#define MOORING_AKA_CREDENTIALS_H

#include <stdint.h>

#define AKA_K_MAX   32
#define AKA_OPC_MAX 32

/* Which functions f1..f5* are used. Values are stored in card images and databases: never renumber.
 */
enum aka_algorithm {
    AKA_MILENAGE = 1, /* TS 35.206 with AES-128 */
    AKA_TUAK = 2,     /* TS 35.231 with Keccak-f[1600] */
    AKA_XOR_TEST = 3, /* TS 34.108 8.1.2: for test USIMs only, RES gives K away */
};

/*
 * Wipe with bytes_wipe after use. Whether the members fit together is for aka_functions_of
 * (aka/functions.h) to say. Milenage and the XOR test algorithm read the first 16 octets of `k`
 * and none of the three numbers; what they do not read may have any value.
 */
struct aka_credentials {
    enum aka_algorithm algorithm;
    uint8_t k_len;            /* TUAK: octets of K, 16 or 32 */
    uint8_t res_len;          /* TUAK: octets of RES, 4, 8 or 16 */
    uint8_t iterations;       /* TUAK: how often Keccak runs, at least 1 (TS 35.231: usually 1) */
    uint8_t k[AKA_K_MAX];     /* K */
    uint8_t opc[AKA_OPC_MAX]; /* OPc (16 octets) for Milenage, TOPc (32) for TUAK, else not read */
};

#endif
