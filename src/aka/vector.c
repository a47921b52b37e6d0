#include "aka/vector.h"

#include <string.h>

#include "aka/functions.h"
#include "base/bytes.h"

/* AMF* of TS 33.102 6.3.3: AUTS is made with a dummy value, so that it need not be sent. */
static const uint8_t amf_star[2] = {0, 0};

static void xor_sqn(uint8_t out[6], const uint8_t a[6], const uint8_t b[6])
{
    for (size_t i = 0; i < 6; i++) {
        out[i] = a[i] ^ b[i];
    }
}

bool aka_vector_make(const struct crypto_port *crypto, const struct aka_credentials *cred,
                     const uint8_t rand[16], uint64_t sqn, const uint8_t amf[2],
                     struct aka_vector *out)
{
    const struct aka_functions *functions = aka_functions_of(cred);
    struct aka_out f;
    uint8_t sqn_octets[6];

    be48_put(sqn_octets, sqn);
    if (functions == NULL || !functions->f1_f2345(crypto, cred, rand, sqn_octets, amf, &f)) {
        return false;
    }
    memcpy(out->rand, rand, 16);
    xor_sqn(out->autn, sqn_octets, f.ak);
    memcpy(out->autn + 6, amf, 2);
    memcpy(out->autn + 8, f.mac_a, 8);
    memset(out->xres, 0, sizeof out->xres);
    memcpy(out->xres, f.res, f.res_len);
    out->xres_len = f.res_len;
    memcpy(out->ck, f.ck, 16);
    memcpy(out->ik, f.ik, 16);
    bytes_wipe(&f, sizeof f);
    return true;
}

static void take_challenge(struct aka_challenge *out, const struct aka_out *f,
                           const uint8_t sqn_octets[6], const uint8_t amf[2])
{
    out->mac_ok = true;
    out->sqn = be48_get(sqn_octets);
    memcpy(out->amf, amf, 2);
    memcpy(out->res, f->res, f->res_len);
    out->res_len = f->res_len;
    memcpy(out->ck, f->ck, 16);
    memcpy(out->ik, f->ik, 16);
}

bool aka_challenge_check(const struct crypto_port *crypto, const struct aka_credentials *cred,
                         const uint8_t rand[16], const uint8_t autn[16], struct aka_challenge *out)
{
    const struct aka_functions *functions = aka_functions_of(cred);
    struct aka_out f;
    uint8_t sqn_octets[6];
    bool ok = functions != NULL && functions->f2345(crypto, cred, rand, &f);

    memset(out, 0, sizeof *out); /* nothing of a challenge with a wrong MAC-A gets out */
    if (ok) {
        xor_sqn(sqn_octets, autn, f.ak);
        ok = functions->f1(crypto, cred, rand, sqn_octets, autn + 6, &f);
    }
    if (ok && bytes_equal_ct(f.mac_a, autn + 8, 8)) {
        take_challenge(out, &f, sqn_octets, autn + 6);
    }
    bytes_wipe(&f, sizeof f);
    bytes_wipe(sqn_octets, sizeof sqn_octets);
    return ok;
}

bool aka_auts_make(const struct crypto_port *crypto, const struct aka_credentials *cred,
                   const uint8_t rand[16], uint64_t sqn_ms, uint8_t auts[14])
{
    const struct aka_functions *functions = aka_functions_of(cred);
    struct aka_out f;
    uint8_t sqn_octets[6];

    be48_put(sqn_octets, sqn_ms);
    if (functions == NULL ||
        !functions->f1_star_f5_star(crypto, cred, rand, sqn_octets, amf_star, &f)) {
        return false;
    }
    xor_sqn(auts, sqn_octets, f.ak_star);
    memcpy(auts + 6, f.mac_s, 8);
    bytes_wipe(&f, sizeof f);
    return true;
}

bool aka_auts_open(const struct crypto_port *crypto, const struct aka_credentials *cred,
                   const uint8_t rand[16], const uint8_t auts[14], uint64_t *sqn_ms, bool *mac_ok)
{
    const struct aka_functions *functions = aka_functions_of(cred);
    struct aka_out f;
    uint8_t sqn_octets[6];
    bool ok = functions != NULL && functions->f5_star(crypto, cred, rand, &f);

    *mac_ok = false;
    *sqn_ms = 0;
    if (ok) {
        xor_sqn(sqn_octets, auts, f.ak_star);
        ok = functions->f1_star(crypto, cred, rand, sqn_octets, amf_star, &f);
    }
    if (ok && bytes_equal_ct(f.mac_s, auts + 6, 8)) {
        *mac_ok = true;
        *sqn_ms = be48_get(sqn_octets);
    }
    bytes_wipe(&f, sizeof f);
    return ok;
}
