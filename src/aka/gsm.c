#include "aka/gsm.h"

#include <string.h>

#include "aka/functions.h"
#include "base/bytes.h"

void aka_c2(const uint8_t *res, size_t res_len, uint8_t sres[4])
{
    memset(sres, 0, 4);
    for (size_t i = 0; i < res_len; i++) {
        sres[i % 4] ^= res[i];
    }
}

void aka_c3(const uint8_t ck[16], const uint8_t ik[16], uint8_t kc[8])
{
    for (size_t i = 0; i < 8; i++) {
        kc[i] = ck[i] ^ ck[i + 8] ^ ik[i] ^ ik[i + 8];
    }
}

bool aka_gsm_triplet(const struct crypto_port *crypto, const struct aka_credentials *cred,
                     const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8])
{
    const struct aka_functions *functions = aka_functions_of(cred);
    struct aka_out f;
    bool ok = functions != NULL && functions->f2345(crypto, cred, rand, &f);

    if (ok) {
        aka_c2(f.res, f.res_len, sres);
        aka_c3(f.ck, f.ik, kc);
    }
    bytes_wipe(&f, sizeof f);
    return ok;
}
