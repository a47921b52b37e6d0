#include "aka/suci.h"

#include <string.h>

#include "base/bytes.h"

#define SUPI_IMSI_TYPE_SUCI 0x01u /* octet 4: SUPI format 0 (IMSI), type of identity 1 (SUCI) */
#define ROUTING_DIGITS_MAX  4u

/* Packed BCD, TS 33.501 C.3.1: the first digit in the low half of an octet, F in what is left over
 * of the `octets` octets. Returns the number of digits; 0 if there are too many, none, or others
 * than digits. */
static size_t pack(const char *digits, uint8_t *out, size_t octets)
{
    size_t n = 0;

    memset(out, 0xFF, octets);
    for (; digits[n] != '\0'; n++) {
        if (n == 2 * octets || digits[n] < '0' || digits[n] > '9') {
            return 0;
        }
        unsigned digit = (unsigned)(digits[n] - '0');

        out[n / 2] = (uint8_t)(n % 2 == 0 ? 0xF0u | digit : (out[n / 2] & 0x0Fu) | digit << 4);
    }
    return n;
}

static bool seal(const struct crypto_port *crypto, const struct suci_public_key *key,
                 const uint8_t *plain, size_t n, uint8_t *out, size_t capacity, size_t *out_len)
{
    if (key->len > sizeof key->octets) {
        return false;
    }
    switch (key->scheme) {
    case SUCI_NULL_SCHEME:
        memcpy(out, plain, n);
        *out_len = n;
        return true;
    case SUCI_PROFILE_A:
        return ecies_seal(crypto, CRYPTO_X25519, key->octets, key->len, plain, n, out, capacity,
                          out_len);
    case SUCI_PROFILE_B:
        return ecies_seal(crypto, CRYPTO_P256, key->octets, key->len, plain, n, out, capacity,
                          out_len);
    }
    return false;
}

bool suci_conceal(const struct crypto_port *crypto, const struct suci_public_key *key,
                  const uint8_t plmn[3], const char *msin, const char *routing,
                  uint8_t out[SUCI_MAX], size_t *n)
{
    uint8_t plain[SUCI_MSIN_DIGITS_MAX / 2];
    size_t digits = pack(msin, plain, sizeof plain);
    size_t sealed = 0;
    bool ok = digits > 0;

    out[0] = SUPI_IMSI_TYPE_SUCI;
    memcpy(out + 1, plmn, 3);
    ok = ok && pack(routing[0] == '\0' ? "0" : routing, out + 4, ROUTING_DIGITS_MAX / 2) > 0;
    out[6] = (uint8_t)key->scheme;
    out[7] = key->scheme == SUCI_NULL_SCHEME ? 0 : key->id;
    ok = ok && seal(crypto, key, plain, (digits + 1) / 2, out + SUCI_HEADER, SUCI_MAX - SUCI_HEADER,
                    &sealed);
    *n = ok ? SUCI_HEADER + sealed : 0;
    bytes_wipe(plain, sizeof plain);
    return ok;
}
