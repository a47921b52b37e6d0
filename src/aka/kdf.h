/*
 * Key derivation from CK and IK: the generic KDF of TS 33.220 B.2 and the keys of EPS, 5G, EAP-AKA'
 * and GBA made with it. Pure and freestanding. All return false if the crypto port failed or the
 * input is longer than AKA_KDF_INPUT_MAX; outputs are then unusable. Keys are the caller's: wipe
 * them after use. Texts end with a NUL, which is not part of the input.
 */
#ifndef MOORING_AKA_KDF_H
#define MOORING_AKA_KDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto_port.h"

#define AKA_KDF_INPUT_MAX 1024 /* octets of S = FC || P0 || L0 || P1 || L1 || ... */
#define AKA_SERVING_NETWORK_NAME_SIZE                                                              \
    33 /* "5G:mncNNN.mccNNN.3gppnetwork.org" and NUL                                               \
        */

/* One input parameter Pi; Li is its number of octets, at most 65535. */
struct aka_kdf_parameter {
    const void *octets;
    size_t len;
};

/* TS 33.220 B.2.2: HMAC-SHA-256(key, S). `fc` names the key that is derived. */
bool aka_kdf(const struct crypto_port *crypto, const uint8_t *key, size_t key_len, uint8_t fc,
             const struct aka_kdf_parameter *parameters, size_t count, uint8_t out[32]);

/* K_ASME, TS 33.401 A.2 (FC 10), of CK||IK, the SN id (struct plmn's octets) and SQN xor AK
 * (AUTN[0..5]). */
bool aka_kasme(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
               const uint8_t sn_id[3], const uint8_t sqn_xor_ak[6], uint8_t kasme[32]);

/* CK' and IK' of EAP-AKA', TS 33.402 A.2 and TS 33.501 A.3 (FC 20). `network` is the access network
 * identity of TS 24.302 8.1 ("WLAN"), or in 5G the serving network name. */
bool aka_ck_ik_prime(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
                     const char *network, const uint8_t sqn_xor_ak[6], uint8_t ck_prime[16],
                     uint8_t ik_prime[16]);

/* The serving network name of TS 24.501 9.12.1, "5G:mnc001.mcc001.3gppnetwork.org". False if `plmn`
 * (struct plmn's octets) has digits that are none. */
bool aka_serving_network_name(const uint8_t plmn[3], char name[AKA_SERVING_NETWORK_NAME_SIZE]);

/* K_AUSF of 5G AKA, TS 33.501 A.2 (FC 6A). */
bool aka_kausf(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
               const char *network, const uint8_t sqn_xor_ak[6], uint8_t kausf[32]);

/* RES* (of RES) and XRES* (of XRES), TS 33.501 A.4 (FC 6B). */
bool aka_res_star(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
                  const char *network, const uint8_t rand[16], const uint8_t *res, size_t res_len,
                  uint8_t res_star[16]);

/* HRES* and HXRES*, TS 33.501 A.5: the 128 least significant bits of SHA-256(RAND || RES*). */
bool aka_hres_star(const struct crypto_port *crypto, const uint8_t rand[16],
                   const uint8_t res_star[16], uint8_t hres_star[16]);

/* K_SEAF, TS 33.501 A.6 (FC 6C). */
bool aka_kseaf(const struct crypto_port *crypto, const uint8_t kausf[32], const char *network,
               uint8_t kseaf[32]);

/* K_AMF, TS 33.501 A.7 (FC 6D). `supi` is the IMSI's digits; `abba` 0000 in release 15 and 16. */
bool aka_kamf(const struct crypto_port *crypto, const uint8_t kseaf[32], const char *supi,
              const uint8_t abba[2], uint8_t kamf[32]);

/* Which key of TS 33.220 B.3 GBA derives from Ks = CK || IK. */
enum aka_gba_key {
    AKA_KS_EXT_NAF, /* Ks_NAF of GBA_ME, Ks_ext_NAF of GBA_U: "gba-me" */
    AKA_KS_INT_NAF, /* stays in the UICC: "gba-u" */
};

/* Ks_ext_NAF and Ks_int_NAF, TS 33.220 B.3 (FC 01), of RAND, IMPI and NAF_Id (the NAF's FQDN and
 * the 5 octets of the Ua security protocol identifier). */
bool aka_ks_naf(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
                enum aka_gba_key which, const uint8_t rand[16], const char *impi,
                const uint8_t *naf_id, size_t naf_id_len, uint8_t ks_naf[32]);

#endif
