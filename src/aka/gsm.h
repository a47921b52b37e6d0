/*
 * The GSM security context of a 3G subscriber: SRES and Kc, TS 33.102 6.8.1.2. A triplet has no
 * SQN and no MAC: who answers with one does not authenticate the network, and no used triplet can
 * be told from a fresh one.
 */
#ifndef MOORING_AKA_GSM_H
#define MOORING_AKA_GSM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "base/crypto_port.h"

/* The conversion function c2: RES of 4 to 16 octets, filled up with zeros to 16, folded into four.
 */
void aka_c2(const uint8_t *res, size_t res_len, uint8_t sres[4]);

/* The conversion function c3: CK and IK folded into eight octets. */
void aka_c3(const uint8_t ck[16], const uint8_t ik[16], uint8_t kc[8]);

/* SRES and Kc of one RAND: c2 and c3 of the algorithm's f2, f3 and f4. With Milenage this is
 * GSM-Milenage, TS 55.205, with SRES derivation function #1. False if the crypto port failed or
 * aka_functions_of does not know the credentials. Wipe `kc` after use. */
bool aka_gsm_triplet(const struct crypto_port *crypto, const struct aka_credentials *cred,
                     const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8]);

#endif
