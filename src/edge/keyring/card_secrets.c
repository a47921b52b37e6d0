#include "edge/keyring/card_secrets.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define FORMAT 1 /* of the plain text below; the first octet */
/* Plain text: format(1) algorithm(1) K(16) OPc(16), then for a card PIN1 PUK1 PIN2 PUK2 ADM1, 8
 * each. */

/* What a blob is bound to: purpose and identities, so that no blob opens in another place. */
struct seal_context {
    char text[64];
    size_t len;
};

static struct seal_context context_of(const char *purpose, const char *iccid, const char *imsi)
{
    struct seal_context context;
    int len = snprintf(context.text, sizeof context.text, "mooring %s:%s:%s", purpose, iccid, imsi);

    context.len = len < 0 ? 0 : (size_t)len;
    return context;
}

bool card_pin_parse(const char *text, size_t len, size_t min, uint8_t pin[CARD_PIN_LEN])
{
    if (len < min || len > CARD_PIN_LEN) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    (void)memset(pin, 0xFF, CARD_PIN_LEN);
    (void)memcpy(pin, text, len);
    return true;
}

/* True for `min` to 8 digits followed by nothing but 0xFF. */
static bool pin_valid(const uint8_t pin[CARD_PIN_LEN], size_t min)
{
    size_t digits = 0;

    while (digits < CARD_PIN_LEN && pin[digits] >= '0' && pin[digits] <= '9') {
        digits++;
    }
    for (size_t i = digits; i < CARD_PIN_LEN; i++) {
        if (pin[i] != 0xFF) {
            return false;
        }
    }
    return digits >= min;
}

static void credentials_encode(const struct aka_credentials *credentials,
                               uint8_t out[CREDENTIALS_PLAIN])
{
    out[0] = FORMAT;
    out[1] = (uint8_t)credentials->algorithm;
    (void)memcpy(out + 2, credentials->k, 16);
    (void)memcpy(out + 18, credentials->opc, 16);
}

static bool credentials_decode(const uint8_t in[CREDENTIALS_PLAIN], struct aka_credentials *out,
                               struct fault *fault)
{
    if (in[0] != FORMAT) {
        return fault_set(fault, "sealed secrets have format %u, this program knows %d", in[0],
                         FORMAT);
    }
    if (in[1] != AKA_MILENAGE) {
        return fault_set(fault, "sealed secrets name an unknown algorithm (%u)", in[1]);
    }
    out->algorithm = AKA_MILENAGE;
    (void)memcpy(out->k, in + 2, 16);
    (void)memcpy(out->opc, in + 18, 16);
    return true;
}

bool card_secrets_seal(struct keyring *keyring, const struct iccid *iccid, const struct imsi *imsi,
                       const struct card_secrets *secrets, uint8_t out[CARD_SECRETS_SEALED],
                       struct fault *fault)
{
    const uint8_t *pins[] = {secrets->pin1, secrets->puk1, secrets->pin2, secrets->puk2,
                             secrets->adm1};
    struct seal_context context = context_of("card", iccid->digits, imsi->digits);
    uint8_t plain[CARD_SECRETS_PLAIN];

    credentials_encode(&secrets->credentials, plain);
    for (size_t i = 0; i < ARRAY_LEN(pins); i++) {
        (void)memcpy(plain + CREDENTIALS_PLAIN + i * CARD_PIN_LEN, pins[i], CARD_PIN_LEN);
    }
    bool ok = keyring_seal(keyring, context.text, context.len, plain, sizeof plain, out,
                           CARD_SECRETS_SEALED, fault);
    bytes_wipe(plain, sizeof plain);
    return ok;
}

static bool card_decode(const uint8_t plain[CARD_SECRETS_PLAIN], struct card_secrets *out,
                        struct fault *fault)
{
    uint8_t *pins[] = {out->pin1, out->puk1, out->pin2, out->puk2, out->adm1};

    if (!credentials_decode(plain, &out->credentials, fault)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(pins); i++) {
        (void)memcpy(pins[i], plain + CREDENTIALS_PLAIN + i * CARD_PIN_LEN, CARD_PIN_LEN);
    }
    if (!pin_valid(out->pin1, 4) || !pin_valid(out->pin2, 4) || !pin_valid(out->puk1, 8) ||
        !pin_valid(out->puk2, 8)) {
        return fault_set(fault, "sealed secrets hold a PIN or PUK that is not 4 to 8 (8) digits");
    }
    return true;
}

bool card_secrets_unseal(struct keyring *keyring, const struct iccid *iccid,
                         const struct imsi *imsi, const uint8_t *sealed, size_t n,
                         struct card_secrets *out, struct fault *fault)
{
    struct seal_context context = context_of("card", iccid->digits, imsi->digits);
    uint8_t plain[CARD_SECRETS_PLAIN];

    (void)memset(out, 0, sizeof *out);
    if (n != CARD_SECRETS_SEALED) {
        return fault_set(fault, "sealed secrets have %zu octets, expected %d", n,
                         CARD_SECRETS_SEALED);
    }
    bool ok =
        keyring_unseal(keyring, context.text, context.len, sealed, n, plain, sizeof plain, fault) &&
        card_decode(plain, out, fault);
    bytes_wipe(plain, sizeof plain);
    if (!ok) {
        bytes_wipe(out, sizeof *out);
    }
    return ok;
}

bool credentials_seal(struct keyring *keyring, const struct imsi *imsi,
                      const struct aka_credentials *credentials, uint8_t out[CREDENTIALS_SEALED],
                      struct fault *fault)
{
    struct seal_context context = context_of("credentials", "", imsi->digits);
    uint8_t plain[CREDENTIALS_PLAIN];

    credentials_encode(credentials, plain);
    bool ok = keyring_seal(keyring, context.text, context.len, plain, sizeof plain, out,
                           CREDENTIALS_SEALED, fault);
    bytes_wipe(plain, sizeof plain);
    return ok;
}

bool credentials_unseal(struct keyring *keyring, const struct imsi *imsi, const uint8_t *sealed,
                        size_t n, struct aka_credentials *out, struct fault *fault)
{
    struct seal_context context = context_of("credentials", "", imsi->digits);
    uint8_t plain[CREDENTIALS_PLAIN];

    (void)memset(out, 0, sizeof *out);
    if (n != CREDENTIALS_SEALED) {
        return fault_set(fault, "sealed credentials have %zu octets, expected %d", n,
                         CREDENTIALS_SEALED);
    }
    bool ok =
        keyring_unseal(keyring, context.text, context.len, sealed, n, plain, sizeof plain, fault) &&
        credentials_decode(plain, out, fault);
    bytes_wipe(plain, sizeof plain);
    if (!ok) {
        bytes_wipe(out, sizeof *out);
    }
    return ok;
}
