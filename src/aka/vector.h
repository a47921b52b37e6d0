/*
 * Authentication and key agreement, TS 33.102 6.3: making a vector and opening AUTS in the AuC,
 * checking a challenge and making AUTS in the USIM. Pure functions; sequence number management is
 * in aka/sqn.h. A false return means that the crypto port failed or that aka_functions_of does not
 * know the credentials (the outputs are then unusable), never that a check failed. All memory is
 * the caller's.
 */
#ifndef MOORING_AKA_VECTOR_H
#define MOORING_AKA_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "aka/functions.h"
#include "base/crypto_port.h"

/* The quintuplet of TS 33.102 6.3.2. Wipe after use. */
struct aka_vector {
    uint8_t rand[16];
    uint8_t autn[16]; /* (SQN xor AK)(6) || AMF(2) || MAC-A(8) */
    uint8_t xres[AKA_RES_MAX];
    uint8_t xres_len;
    uint8_t ck[16];
    uint8_t ik[16];
};

/* Makes the vector of RAND, `sqn` (48 bits) and AMF. */
bool aka_vector_make(const struct crypto_port *crypto, const struct aka_credentials *cred,
                     const uint8_t rand[16], uint64_t sqn, const uint8_t amf[2],
                     struct aka_vector *out);

/* What a USIM learns of a challenge: TS 33.102 6.3.3. */
struct aka_challenge {
    bool mac_ok;  /* MAC-A is right; else nothing below may be used */
    uint64_t sqn; /* the 48 bits */
    uint8_t amf[2];
    uint8_t res[AKA_RES_MAX];
    uint8_t res_len;
    uint8_t ck[16];
    uint8_t ik[16];
};

/* Recovers SQN, checks MAC-A in constant time, and computes RES, CK, IK; with a wrong MAC-A `out`
 * is all zero. Whether SQN is fresh is for sqn_check. Wipe `out` after use. */
bool aka_challenge_check(const struct crypto_port *crypto, const struct aka_credentials *cred,
                         const uint8_t rand[16], const uint8_t autn[16], struct aka_challenge *out);

/* AUTS = (SQN_MS xor AK*) || MAC-S with AMF* = 0000, TS 33.102 6.3.3, of the RAND that came in the
 * challenge. */
bool aka_auts_make(const struct crypto_port *crypto, const struct aka_credentials *cred,
                   const uint8_t rand[16], uint64_t sqn_ms, uint8_t auts[14]);

/* TS 33.102 6.3.5: says in *mac_ok whether MAC-S is right (constant time) and if so recovers the 48
 * bits of SQN_MS; else *sqn_ms is 0 and means nothing. `rand` is the one of the challenge that was
 * answered. */
bool aka_auts_open(const struct crypto_port *crypto, const struct aka_credentials *cred,
                   const uint8_t rand[16], const uint8_t auts[14], uint64_t *sqn_ms, bool *mac_ok);

#endif
