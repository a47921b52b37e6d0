/*
 * The Subscription Concealed Identifier, TS 33.501 6.12 and annex C: what a USIM or ME sends in
 * place of an IMSI in 5G, so that nobody but its home network learns who it is.
 */
#ifndef MOORING_AKA_SUCI_H
#define MOORING_AKA_SUCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aka/ecies.h"
#include "base/crypto_port.h"

#define SUCI_MSIN_DIGITS_MAX 10 /* of an IMSI of 15 digits with an MNC of 2 */
#define SUCI_HEADER          8
#define SUCI_MAX             (SUCI_HEADER + ECIES_OVERHEAD_B + SUCI_MSIN_DIGITS_MAX / 2)

/* Protection Scheme Identifiers, TS 33.501 C.1. */
enum suci_scheme {
    SUCI_NULL_SCHEME = 0,
    SUCI_PROFILE_A = 1, /* X25519 */
    SUCI_PROFILE_B = 2, /* P-256 */
};

/* The home network's public key as EF_SUCI_Calc_Info holds it (TS 31.102 4.4.11.8). The null scheme
 * reads none of it but `scheme`. */
struct suci_public_key {
    enum suci_scheme scheme;
    uint8_t id;                               /* Home Network Public Key Identifier */
    uint8_t len;                              /* of `octets`: A 32; B 33 or 65 */
    uint8_t octets[CRYPTO_P256_PUBLIC_PLAIN]; /* B: a point of SEC 1 2.3.3 */
};

/*
 * Conceals an IMSI. `plmn` is its MCC and MNC (struct plmn's octets), `msin` the digits after them
 * (1 to 10), `routing` the Routing Indicator (0 to 4 digits; none stands for "0"); both texts end
 * with a NUL. Writes the 5GS mobile identity without its length octets, TS 24.501 9.11.3.4 from
 * octet 4 on, which is also what GET IDENTITY answers (TS 31.102 7.5.2), and its size to *n:
 *
 *     01  PLMN(3)  routing indicator(2)  scheme  key identifier  scheme output
 *
 * False if an argument is not as said, or for ecies_seal's reasons.
 */
bool suci_conceal(const struct crypto_port *crypto, const struct suci_public_key *key,
                  const uint8_t plmn[3], const char *msin, const char *routing,
                  uint8_t out[SUCI_MAX], size_t *n);

#endif
