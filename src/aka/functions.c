#include "aka/functions.h"

#include <stddef.h>
#include <string.h>

#include "aka/milenage.h"
#include "aka/tuak.h"
#include "aka/xor_test.h"
#include "base/bytes.h"

/* TUAK with the lengths of AKA. */
static struct tuak tuak_of(const struct aka_credentials *cred)
{
    return (struct tuak){
        .k = cred->k,
        .topc = cred->opc,
        .k_len = cred->k_len,
        .mac_len = 8,
        .res_len = cred->res_len,
        .ck_len = 16,
        .ik_len = 16,
        .iterations = cred->iterations,
    };
}

static bool tuak_keys(const struct crypto_port *crypto, const struct aka_credentials *cred,
                      const uint8_t rand[16], struct aka_out *out)
{
    struct tuak tuak = tuak_of(cred);

    (void)crypto;
    out->res_len = cred->res_len;
    return tuak_f2345(&tuak, rand, out->res, out->ck, out->ik, out->ak);
}

static bool tuak_ak_star(const struct crypto_port *crypto, const struct aka_credentials *cred,
                         const uint8_t rand[16], struct aka_out *out)
{
    struct tuak tuak = tuak_of(cred);

    (void)crypto;
    return tuak_f5_star(&tuak, rand, out->ak_star);
}

static bool tuak_mac_a(const struct crypto_port *crypto, const struct aka_credentials *cred,
                       const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                       struct aka_out *out)
{
    struct tuak tuak = tuak_of(cred);

    (void)crypto;
    return tuak_f1(&tuak, rand, sqn, amf, out->mac_a);
}

static bool tuak_mac_s(const struct crypto_port *crypto, const struct aka_credentials *cred,
                       const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                       struct aka_out *out)
{
    struct tuak tuak = tuak_of(cred);

    (void)crypto;
    return tuak_f1_star(&tuak, rand, sqn, amf, out->mac_s);
}

static bool tuak_vector(const struct crypto_port *crypto, const struct aka_credentials *cred,
                        const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                        struct aka_out *out)
{
    return tuak_mac_a(crypto, cred, rand, sqn, amf, out) && tuak_keys(crypto, cred, rand, out);
}

static bool tuak_auts(const struct crypto_port *crypto, const struct aka_credentials *cred,
                      const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                      struct aka_out *out)
{
    return tuak_mac_s(crypto, cred, rand, sqn, amf, out) && tuak_ak_star(crypto, cred, rand, out);
}

/* The XOR algorithm's f1* and f5* are its f1 and f5: one function serves each pair. */
static bool xor_keys(const struct crypto_port *crypto, const struct aka_credentials *cred,
                     const uint8_t rand[16], struct aka_out *out)
{
    (void)crypto;
    xor_test_f2345(cred->k, rand, out->res, out->ck, out->ik, out->ak);
    out->res_len = XOR_TEST_RES_SIZE;
    memcpy(out->ak_star, out->ak, sizeof out->ak_star);
    return true;
}

static bool xor_macs(const struct crypto_port *crypto, const struct aka_credentials *cred,
                     const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                     struct aka_out *out)
{
    (void)crypto;
    xor_test_f1(cred->k, rand, sqn, amf, out->mac_a);
    memcpy(out->mac_s, out->mac_a, sizeof out->mac_s);
    return true;
}

static bool xor_all(const struct crypto_port *crypto, const struct aka_credentials *cred,
                    const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                    struct aka_out *out)
{
    return xor_macs(crypto, cred, rand, sqn, amf, out) && xor_keys(crypto, cred, rand, out);
}

/* The one place where an algorithm is tied to its functions; the index is enum aka_algorithm. */
static const struct aka_functions table[] = {
    [AKA_MILENAGE] = {.name = "milenage",
                      .f2345 = milenage_f2345,
                      .f5_star = milenage_f2345,
                      .f1 = milenage_f1,
                      .f1_star = milenage_f1,
                      .f1_f2345 = milenage_all,
                      .f1_star_f5_star = milenage_all},
    [AKA_TUAK] = {.name = "tuak",
                  .f2345 = tuak_keys,
                  .f5_star = tuak_ak_star,
                  .f1 = tuak_mac_a,
                  .f1_star = tuak_mac_s,
                  .f1_f2345 = tuak_vector,
                  .f1_star_f5_star = tuak_auts},
    [AKA_XOR_TEST] = {.name = "xor",
                      .for_tests = true,
                      .f2345 = xor_keys,
                      .f5_star = xor_keys,
                      .f1 = xor_macs,
                      .f1_star = xor_macs,
                      .f1_f2345 = xor_all,
                      .f1_star_f5_star = xor_all},
};

static bool tuak_fits_aka(const struct aka_credentials *cred)
{
    return (cred->k_len == 16 || cred->k_len == 32) &&
           (cred->res_len == 4 || cred->res_len == 8 || cred->res_len == 16) &&
           cred->iterations > 0;
}

const struct aka_functions *aka_functions_of(const struct aka_credentials *cred)
{
    unsigned algorithm = (unsigned)cred->algorithm;

    if (algorithm >= ARRAY_LEN(table) || table[algorithm].name == NULL) {
        return NULL;
    }
    if (algorithm == AKA_TUAK && !tuak_fits_aka(cred)) {
        return NULL;
    }
    return &table[algorithm];
}

enum aka_algorithm aka_algorithm_of_name(const char *name, size_t len)
{
    for (unsigned i = 0; i < ARRAY_LEN(table); i++) {
        if (table[i].name != NULL && strlen(table[i].name) == len &&
            memcmp(table[i].name, name, len) == 0) {
            return (enum aka_algorithm)i;
        }
    }
    return (enum aka_algorithm)0;
}
