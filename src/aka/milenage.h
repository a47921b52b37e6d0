/*
 * Milenage, TS 35.206: the functions f1, f1*, f2..f5, f5* on AES-128 (TS 35.206 4.1 with the
 * constants c1..c5, r1..r5 of 4.1). Pure; constant time as far as the port's AES is. All return
 * false only if the crypto port failed; outputs are then unusable. The port holds K until its key
 * is set again or it is freed. Each fills the members of struct aka_out that it names and leaves
 * the others; res_len is 8.
 */
#ifndef MOORING_AKA_MILENAGE_H
#define MOORING_AKA_MILENAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "aka/functions.h"
#include "base/crypto_port.h"

/* OPc = OP xor E_K(OP), TS 35.206 4.1. */
bool milenage_opc(const struct crypto_port *crypto, const uint8_t k[16], const uint8_t op[16],
                  uint8_t opc[16]);

/* f1 and f1* of one (RAND, SQN, AMF): fills mac_a and mac_s. */
bool milenage_f1(const struct crypto_port *crypto, const struct aka_credentials *cred,
                 const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                 struct aka_out *out);

/* f2, f3, f4, f5 and f5* of one RAND: fills res, res_len, ck, ik, ak and ak_star. */
bool milenage_f2345(const struct crypto_port *crypto, const struct aka_credentials *cred,
                    const uint8_t rand[16], struct aka_out *out);

/* All of it with one key schedule and two runs of the cipher: what an AuC needs for a vector. */
bool milenage_all(const struct crypto_port *crypto, const struct aka_credentials *cred,
                  const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                  struct aka_out *out);

#endif
