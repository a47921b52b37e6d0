/*
 * A scheme output from anywhere (TS 33.501 C.3.3): it opens or is refused, and what is opened was
 * sealed for this key. The first octet chooses the curve.
 */
#include <stdint.h>
#include <stdlib.h>

#include "aka/ecies.h"
#include "edge/openssl/openssl_crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct openssl_crypto crypto;
    /* Home network keys of TS 33.501 C.4.3 and C.4.4. */
    static const uint8_t keys[2][32] = {
        {0xc5, 0x3c, 0x22, 0x20, 0x8b, 0x61, 0x86, 0x0b, 0x06, 0xc6, 0x2e,
         0x54, 0x06, 0xa7, 0xb3, 0x30, 0xc2, 0xb5, 0x77, 0xaa, 0x55, 0x58,
         0x98, 0x15, 0x10, 0xd1, 0x28, 0x24, 0x7d, 0x38, 0xbd, 0x1d},
        {0xf1, 0xab, 0x10, 0x74, 0x47, 0x7e, 0xbc, 0xc7, 0xf5, 0x54, 0xea,
         0x1c, 0x5f, 0xc3, 0x68, 0xb1, 0x61, 0x67, 0x30, 0x15, 0x5e, 0x00,
         0x41, 0xac, 0x44, 0x7d, 0x63, 0x01, 0x97, 0x5f, 0xec, 0xda}};
    uint8_t plain[ECIES_PLAIN_MAX];
    size_t n = 0;
    bool mac_ok = false;

    if (size == 0 || (crypto.port.ctx == NULL && !openssl_crypto_init(&crypto, NULL))) {
        return 0;
    }
    bool b = (data[0] & 1) != 0;
    bool ok = ecies_open(&crypto.port, b ? CRYPTO_P256 : CRYPTO_X25519, keys[b], data + 1, size - 1,
                         plain, sizeof plain, &n, &mac_ok);

    if ((mac_ok && !ok) || (!mac_ok && n != 0) || n > sizeof plain) {
        abort();
    }
    return 0;
}
