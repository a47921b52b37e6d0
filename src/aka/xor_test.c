#include "aka/xor_test.h"

#include <stddef.h>
#include <string.h>

#include "base/bytes.h"

static void xor_octets(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = a[i] ^ b[i];
    }
}

void xor_test_f1(const uint8_t k[16], const uint8_t rand[16], const uint8_t sqn[6],
                 const uint8_t amf[2], uint8_t mac[8])
{
    uint8_t xdout[8];

    xor_octets(xdout, k, rand, sizeof xdout);
    xor_octets(mac, xdout, sqn, 6);
    xor_octets(mac + 6, xdout + 6, amf, 2);
    bytes_wipe(xdout, sizeof xdout);
}

void xor_test_f2345(const uint8_t k[16], const uint8_t rand[16], uint8_t res[XOR_TEST_RES_SIZE],
                    uint8_t ck[16], uint8_t ik[16], uint8_t ak[6])
{
    uint8_t xdout[16];

    xor_octets(xdout, k, rand, sizeof xdout);
    memcpy(res, xdout, XOR_TEST_RES_SIZE);
    for (size_t i = 0; i < 16; i++) {
        ck[i] = xdout[(i + 1) % 16];
        ik[i] = xdout[(i + 2) % 16];
    }
    memcpy(ak, xdout + 3, 6);
    bytes_wipe(xdout, sizeof xdout);
}
