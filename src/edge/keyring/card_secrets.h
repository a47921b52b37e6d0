/*
 * The secrets of one card, kept and carried together: in the operator's database and in batch
 * files, always sealed by a keyring and bound to ICCID and IMSI.
 */
#ifndef MOORING_EDGE_KEYRING_CARD_SECRETS_H
#define MOORING_EDGE_KEYRING_CARD_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "base/fault.h"
#include "codec/identity.h"
#include "edge/keyring/keyring.h"

#define CARD_PIN_LEN        8
#define CREDENTIALS_PLAIN   (5 + AKA_K_MAX + AKA_OPC_MAX) /* at most */
#define CREDENTIALS_SEALED  (CREDENTIALS_PLAIN + KEYRING_OVERHEAD)
#define CARD_SECRETS_PLAIN  (CREDENTIALS_PLAIN + 5 * CARD_PIN_LEN)
#define CARD_SECRETS_SEALED (CARD_SECRETS_PLAIN + KEYRING_OVERHEAD)

/* PINs and PUKs in the form that VERIFY PIN carries: ASCII digits padded with 0xFF to 8 octets (TS
 * 102 221 9.5.1); a PIN has 4 to 8 digits, a PUK 8. ADM1 is any 8 octets. Wipe with bytes_wipe
 * after use. */
struct card_secrets {
    struct aka_credentials credentials;
    uint8_t pin1[CARD_PIN_LEN];
    uint8_t puk1[CARD_PIN_LEN];
    uint8_t pin2[CARD_PIN_LEN];
    uint8_t puk2[CARD_PIN_LEN];
    uint8_t adm1[CARD_PIN_LEN];
};

/* Reads `len` characters, `min` to 8 decimal digits (min 4 for a PIN, 8 for a PUK), into the padded
 * form. */
bool card_pin_parse(const char *text, size_t len, size_t min, uint8_t pin[CARD_PIN_LEN]);

/* Seals all secrets of a card; the blob of *n octets opens only for the same ICCID and IMSI. False
 * also for credentials with the XOR test algorithm, which protects nothing, or with numbers that
 * their algorithm does not allow. Milenage is sealed in the form that it always had, TUAK in one
 * that older programs refuse. */
bool card_secrets_seal(struct keyring *keyring, const struct iccid *iccid, const struct imsi *imsi,
                       const struct card_secrets *secrets, uint8_t out[CARD_SECRETS_SEALED],
                       size_t *n, struct fault *fault);

/* Opens such a blob of `n` octets and checks each field; on false *out is wiped. The caller wipes
 * *out. */
bool card_secrets_unseal(struct keyring *keyring, const struct iccid *iccid,
                         const struct imsi *imsi, const uint8_t *sealed, size_t n,
                         struct card_secrets *out, struct fault *fault);

/* The same for the credentials alone, which the running home network needs, bound to the IMSI. */
bool credentials_seal(struct keyring *keyring, const struct imsi *imsi,
                      const struct aka_credentials *credentials, uint8_t out[CREDENTIALS_SEALED],
                      size_t *n, struct fault *fault);
bool credentials_unseal(struct keyring *keyring, const struct imsi *imsi, const uint8_t *sealed,
                        size_t n, struct aka_credentials *out, struct fault *fault);

#endif
