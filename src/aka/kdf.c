#include "aka/kdf.h"

#include <string.h>

#include "base/bytes.h"

/* FC, TS 33.220 B.2.1.1: who allots which. */
#define FC_KS_NAF      0x01u
#define FC_KASME       0x10u
#define FC_CK_IK_PRIME 0x20u
#define FC_KAUSF       0x6Au
#define FC_RES_STAR    0x6Bu
#define FC_KSEAF       0x6Cu
#define FC_KAMF        0x6Du

static struct aka_kdf_parameter octets(const void *p, size_t len)
{
    return (struct aka_kdf_parameter){p, len};
}

static struct aka_kdf_parameter text(const char *p)
{
    return (struct aka_kdf_parameter){p, strlen(p)};
}

bool aka_kdf(const struct crypto_port *crypto, const uint8_t *key, size_t key_len, uint8_t fc,
             const struct aka_kdf_parameter *parameters, size_t count, uint8_t out[32])
{
    uint8_t s[AKA_KDF_INPUT_MAX];
    size_t n = 1;

    s[0] = fc;
    for (size_t i = 0; i < count; i++) {
        size_t len = parameters[i].len;

        if (len > sizeof s || n + len + 2 > sizeof s) {
            bytes_wipe(s, n);
            return false;
        }
        if (len > 0) {
            memcpy(s + n, parameters[i].octets, len);
        }
        be16_put(s + n + len, (uint16_t)len);
        n += len + 2;
    }
    bool ok = crypto->hmac_sha256(crypto->ctx, key, key_len, s, n, out);

    bytes_wipe(s, n); /* RES can be in it */
    return ok;
}

/* The KDF with the key CK || IK, as AKA's own keys have it. */
static bool kdf_of_ck_ik(const struct crypto_port *crypto, const uint8_t ck[16],
                         const uint8_t ik[16], uint8_t fc,
                         const struct aka_kdf_parameter *parameters, size_t count, uint8_t out[32])
{
    uint8_t key[32];

    memcpy(key, ck, 16);
    memcpy(key + 16, ik, 16);
    bool ok = aka_kdf(crypto, key, sizeof key, fc, parameters, count, out);

    bytes_wipe(key, sizeof key);
    return ok;
}

bool aka_kasme(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
               const uint8_t sn_id[3], const uint8_t sqn_xor_ak[6], uint8_t kasme[32])
{
    const struct aka_kdf_parameter p[] = {octets(sn_id, 3), octets(sqn_xor_ak, 6)};

    return kdf_of_ck_ik(crypto, ck, ik, FC_KASME, p, ARRAY_LEN(p), kasme);
}

bool aka_ck_ik_prime(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
                     const char *network, const uint8_t sqn_xor_ak[6], uint8_t ck_prime[16],
                     uint8_t ik_prime[16])
{
    const struct aka_kdf_parameter p[] = {text(network), octets(sqn_xor_ak, 6)};
    uint8_t both[32];
    bool ok = kdf_of_ck_ik(crypto, ck, ik, FC_CK_IK_PRIME, p, ARRAY_LEN(p), both);

    if (ok) {
        memcpy(ck_prime, both, 16);
        memcpy(ik_prime, both + 16, 16);
    }
    bytes_wipe(both, sizeof both);
    return ok;
}

bool aka_serving_network_name(const uint8_t plmn[3], char name[AKA_SERVING_NETWORK_NAME_SIZE])
{
    static const char form[] = "5G:mncNNN.mccNNN.3gppnetwork.org";
    /* MNC digit 3 is F in an MNC of two digits, which a leading zero fills up. */
    bool two = plmn[1] >> 4 == 0xF;
    uint8_t mnc[3] = {plmn[2] & 0xF, plmn[2] >> 4, plmn[1] >> 4};
    uint8_t digits[6] = {two ? 0 : mnc[0], two ? mnc[0] : mnc[1], two ? mnc[1] : mnc[2],
                         plmn[0] & 0xF,    plmn[0] >> 4,          plmn[1] & 0xF};

    _Static_assert(sizeof form == AKA_SERVING_NETWORK_NAME_SIZE, "the name has one length");
    memcpy(name, form, sizeof form);
    for (size_t i = 0; i < sizeof digits; i++) {
        if (digits[i] > 9) {
            return false;
        }
        name[i < 3 ? 6 + i : 10 + i] = (char)('0' + digits[i]);
    }
    return true;
}

bool aka_kausf(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
               const char *network, const uint8_t sqn_xor_ak[6], uint8_t kausf[32])
{
    const struct aka_kdf_parameter p[] = {text(network), octets(sqn_xor_ak, 6)};

    return kdf_of_ck_ik(crypto, ck, ik, FC_KAUSF, p, ARRAY_LEN(p), kausf);
}

bool aka_res_star(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
                  const char *network, const uint8_t rand[16], const uint8_t *res, size_t res_len,
                  uint8_t res_star[16])
{
    const struct aka_kdf_parameter p[] = {text(network), octets(rand, 16), octets(res, res_len)};
    uint8_t out[32];
    bool ok = kdf_of_ck_ik(crypto, ck, ik, FC_RES_STAR, p, ARRAY_LEN(p), out);

    if (ok) {
        memcpy(res_star, out + 16, 16); /* the least significant bits */
    }
    bytes_wipe(out, sizeof out);
    return ok;
}

bool aka_hres_star(const struct crypto_port *crypto, const uint8_t rand[16],
                   const uint8_t res_star[16], uint8_t hres_star[16])
{
    uint8_t input[32];
    uint8_t digest[32];

    memcpy(input, rand, 16);
    memcpy(input + 16, res_star, 16);
    bool ok = crypto->sha256(crypto->ctx, input, sizeof input, digest);

    if (ok) {
        memcpy(hres_star, digest + 16, 16);
    }
    bytes_wipe(input, sizeof input);
    return ok;
}

bool aka_kseaf(const struct crypto_port *crypto, const uint8_t kausf[32], const char *network,
               uint8_t kseaf[32])
{
    const struct aka_kdf_parameter p[] = {text(network)};

    return aka_kdf(crypto, kausf, 32, FC_KSEAF, p, ARRAY_LEN(p), kseaf);
}

bool aka_kamf(const struct crypto_port *crypto, const uint8_t kseaf[32], const char *supi,
              const uint8_t abba[2], uint8_t kamf[32])
{
    const struct aka_kdf_parameter p[] = {text(supi), octets(abba, 2)};

    return aka_kdf(crypto, kseaf, 32, FC_KAMF, p, ARRAY_LEN(p), kamf);
}

bool aka_ks_naf(const struct crypto_port *crypto, const uint8_t ck[16], const uint8_t ik[16],
                enum aka_gba_key which, const uint8_t rand[16], const char *impi,
                const uint8_t *naf_id, size_t naf_id_len, uint8_t ks_naf[32])
{
    const struct aka_kdf_parameter p[] = {text(which == AKA_KS_INT_NAF ? "gba-u" : "gba-me"),
                                          octets(rand, 16), text(impi), octets(naf_id, naf_id_len)};

    return kdf_of_ck_ik(crypto, ck, ik, FC_KS_NAF, p, ARRAY_LEN(p), ks_naf);
}
