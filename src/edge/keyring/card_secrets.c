#include "edge/keyring/card_secrets.h"

#include <stdio.h>
#include <string.h>

#include "aka/functions.h"
#include "base/bytes.h"

/*
 * Plain text; the first octet is its format. Then for a card PIN1 PUK1 PIN2 PUK2 ADM1, 8 each.
 *   1, Milenage only:  format(1) algorithm(1) K(16) OPc(16)
 *   2, the others:     format(1) algorithm(1) k_len(1) res_len(1) iterations(1) K(32) TOPc(32)
 */
#define FORMAT_1      1
#define FORMAT_1_SIZE 34u
#define FORMAT_2      2
#define FORMAT_2_SIZE CREDENTIALS_PLAIN
#define PINS_SIZE     ((size_t)5 * CARD_PIN_LEN)

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

/* Number of octets that the plain text of `credentials` has; 0 with a fault if they are not to be
 * kept. */
static size_t credentials_encode(const struct aka_credentials *credentials,
                                 uint8_t out[CREDENTIALS_PLAIN], struct fault *fault)
{
    const struct aka_functions *functions = aka_functions_of(credentials);

    if (functions == NULL || functions->for_tests) {
        (void)fault_set(fault, "credentials with an algorithm that is %s are not kept",
                        functions == NULL ? "unknown" : "for tests only");
        return 0;
    }
    out[1] = (uint8_t)credentials->algorithm;
    if (credentials->algorithm == AKA_MILENAGE) {
        out[0] = FORMAT_1;
        (void)memcpy(out + 2, credentials->k, 16);
        (void)memcpy(out + 18, credentials->opc, 16);
        return FORMAT_1_SIZE;
    }
    out[0] = FORMAT_2;
    out[2] = credentials->k_len;
    out[3] = credentials->res_len;
    out[4] = credentials->iterations;
    (void)memcpy(out + 5, credentials->k, AKA_K_MAX);
    (void)memcpy(out + 5 + AKA_K_MAX, credentials->opc, AKA_OPC_MAX);
    return FORMAT_2_SIZE;
}

/* Reads `n` octets, all of them. */
static bool credentials_decode(const uint8_t *in, size_t n, struct aka_credentials *out,
                               struct fault *fault)
{
    if (in[0] != (n == FORMAT_1_SIZE ? FORMAT_1 : FORMAT_2)) {
        return fault_set(fault, "sealed secrets of %zu octets have format %u, not known here", n,
                         in[0]);
    }
    out->algorithm = (enum aka_algorithm)in[1];
    if (n == FORMAT_1_SIZE) {
        (void)memcpy(out->k, in + 2, 16);
        (void)memcpy(out->opc, in + 18, 16);
    } else {
        out->k_len = in[2];
        out->res_len = in[3];
        out->iterations = in[4];
        (void)memcpy(out->k, in + 5, AKA_K_MAX);
        (void)memcpy(out->opc, in + 5 + AKA_K_MAX, AKA_OPC_MAX);
    }
    const struct aka_functions *functions = aka_functions_of(out);

    if (functions == NULL || functions->for_tests ||
        (n == FORMAT_1_SIZE) != (out->algorithm == AKA_MILENAGE)) {
        return fault_set(fault, "sealed secrets name an unknown algorithm (%u)", in[1]);
    }
    return true;
}

/* Opens a blob that holds credentials and `more` octets behind them, in one of the two formats;
 * *size is what the credentials take of `plain`. */
static bool open_plain(struct keyring *keyring, const struct seal_context *context,
                       const uint8_t *sealed, size_t n, size_t more, uint8_t *plain, size_t *size,
                       struct fault *fault)
{
    if (n == FORMAT_1_SIZE + more + KEYRING_OVERHEAD) {
        *size = FORMAT_1_SIZE;
    } else if (n == FORMAT_2_SIZE + more + KEYRING_OVERHEAD) {
        *size = FORMAT_2_SIZE;
    } else {
        return fault_set(fault, "sealed secrets have %zu octets, expected %zu or %zu", n,
                         FORMAT_1_SIZE + more + KEYRING_OVERHEAD,
                         FORMAT_2_SIZE + more + KEYRING_OVERHEAD);
    }
    return keyring_unseal(keyring, context->text, context->len, sealed, n, plain, *size + more,
                          fault);
}

bool card_secrets_seal(struct keyring *keyring, const struct iccid *iccid, const struct imsi *imsi,
                       const struct card_secrets *secrets, uint8_t out[CARD_SECRETS_SEALED],
                       size_t *n, struct fault *fault)
{
    const uint8_t *pins[] = {secrets->pin1, secrets->puk1, secrets->pin2, secrets->puk2,
                             secrets->adm1};
    struct seal_context context = context_of("card", iccid->digits, imsi->digits);
    uint8_t plain[CARD_SECRETS_PLAIN];
    size_t size = credentials_encode(&secrets->credentials, plain, fault);

    for (size_t i = 0; size > 0 && i < ARRAY_LEN(pins); i++) {
        (void)memcpy(plain + size + i * CARD_PIN_LEN, pins[i], CARD_PIN_LEN);
    }
    bool ok = size > 0 && keyring_seal(keyring, context.text, context.len, plain, size + PINS_SIZE,
                                       out, CARD_SECRETS_SEALED, fault);
    *n = ok ? size + PINS_SIZE + KEYRING_OVERHEAD : 0;
    bytes_wipe(plain, sizeof plain);
    return ok;
}

static bool card_decode(const uint8_t *plain, size_t size, struct card_secrets *out,
                        struct fault *fault)
{
    uint8_t *pins[] = {out->pin1, out->puk1, out->pin2, out->puk2, out->adm1};

    if (!credentials_decode(plain, size, &out->credentials, fault)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(pins); i++) {
        (void)memcpy(pins[i], plain + size + i * CARD_PIN_LEN, CARD_PIN_LEN);
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
    uint8_t plain[CARD_SECRETS_PLAIN] = {0};
    size_t size = 0;

    (void)memset(out, 0, sizeof *out);
    bool ok = open_plain(keyring, &context, sealed, n, PINS_SIZE, plain, &size, fault) &&
              card_decode(plain, size, out, fault);
    bytes_wipe(plain, sizeof plain);
    if (!ok) {
        bytes_wipe(out, sizeof *out);
    }
    return ok;
}

bool credentials_seal(struct keyring *keyring, const struct imsi *imsi,
                      const struct aka_credentials *credentials, uint8_t out[CREDENTIALS_SEALED],
                      size_t *n, struct fault *fault)
{
    struct seal_context context = context_of("credentials", "", imsi->digits);
    uint8_t plain[CREDENTIALS_PLAIN];
    size_t size = credentials_encode(credentials, plain, fault);
    bool ok = size > 0 && keyring_seal(keyring, context.text, context.len, plain, size, out,
                                       CREDENTIALS_SEALED, fault);

    *n = ok ? size + KEYRING_OVERHEAD : 0;
    bytes_wipe(plain, sizeof plain);
    return ok;
}

bool credentials_unseal(struct keyring *keyring, const struct imsi *imsi, const uint8_t *sealed,
                        size_t n, struct aka_credentials *out, struct fault *fault)
{
    struct seal_context context = context_of("credentials", "", imsi->digits);
    uint8_t plain[CREDENTIALS_PLAIN] = {0};
    size_t size = 0;

    (void)memset(out, 0, sizeof *out);
    bool ok = open_plain(keyring, &context, sealed, n, 0, plain, &size, fault) &&
              credentials_decode(plain, size, out, fault);
    bytes_wipe(plain, sizeof plain);
    if (!ok) {
        bytes_wipe(out, sizeof *out);
    }
    return ok;
}
