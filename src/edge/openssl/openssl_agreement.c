#include "edge/openssl/openssl_agreement.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define SCALAR     32
#define P256_GROUP "P-256"

/* n, the order of P-256 (SEC 2 2.4.2). OpenSSL itself takes private keys beyond it. */
static const uint8_t p256_order[SCALAR] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
};

/* A P-256 key from its parts, of which one is NULL. */
static EVP_PKEY *p256_key(const BIGNUM *scalar, const uint8_t *point, size_t point_len)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY *key = NULL;
    int kind = scalar != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;

    if (build != NULL && maker != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, P256_GROUP, 0) == 1 &&
        (scalar == NULL || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1) &&
        (point == NULL ||
         OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, point_len) == 1)) {
        parameters = OSSL_PARAM_BLD_to_param(build);
    }
    if (parameters == NULL || EVP_PKEY_fromdata_init(maker) != 1 ||
        EVP_PKEY_fromdata(maker, &key, kind, parameters) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(maker);
    return key;
}

/* The peer's key, checked to be a point of the curve (not infinity). Any 32 octets are an X25519
 * key. */
static EVP_PKEY *peer_key(enum crypto_curve curve, const uint8_t *peer, size_t peer_len)
{
    if (curve == CRYPTO_X25519) {
        return peer_len == CRYPTO_X25519_PUBLIC
                   ? EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, peer, peer_len)
                   : NULL;
    }
    bool compressed = peer_len == CRYPTO_P256_PUBLIC && (peer[0] == 0x02 || peer[0] == 0x03);

    /* The lengths also keep out the point at infinity and SEC 1's hybrid form. */
    if (!compressed && (peer_len != CRYPTO_P256_PUBLIC_PLAIN || peer[0] != 0x04)) {
        return NULL;
    }
    return p256_key(NULL, peer, peer_len);
}

/* The private key of 32 octets. P-256 wants a scalar of 1 to n - 1; with 0 the agreement fails. */
static EVP_PKEY *own_key(enum crypto_curve curve, const uint8_t private_key[SCALAR])
{
    if (curve == CRYPTO_X25519) {
        return EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, private_key, SCALAR);
    }
    if (memcmp(private_key, p256_order, SCALAR) >= 0) {
        return NULL;
    }
    BIGNUM *scalar = BN_secure_new();
    EVP_PKEY *key = NULL;

    if (scalar != NULL && BN_bin2bn(private_key, SCALAR, scalar) != NULL) {
        BN_set_flags(scalar, BN_FLG_CONSTTIME);
        key = p256_key(scalar, NULL, 0);
    }
    BN_clear_free(scalar);
    return key;
}

/* EVP_PKEY_derive: OpenSSL refuses an X25519 result of all zeros (RFC 7748 6.1). */
static bool derive(EVP_PKEY *own, EVP_PKEY *peer, uint8_t shared[32])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    size_t n = 32;
    bool ok = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
              EVP_PKEY_derive_set_peer_ex(context, peer, 1) == 1 &&
              EVP_PKEY_derive(context, shared, &n) == 1 && n == 32;

    EVP_PKEY_CTX_free(context);
    return ok;
}

/* The public key in the port's form. */
static bool write_public(enum crypto_curve curve, const EVP_PKEY *key, uint8_t *public_key)
{
    uint8_t octets[CRYPTO_P256_PUBLIC_PLAIN];
    size_t n = 0;

    if (curve == CRYPTO_X25519) {
        n = CRYPTO_X25519_PUBLIC;
        return EVP_PKEY_get_raw_public_key(key, public_key, &n) == 1 && n == CRYPTO_X25519_PUBLIC;
    }
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, octets, sizeof octets, &n) !=
            1 ||
        n != sizeof octets || octets[0] != 0x04) {
        return false;
    }
    public_key[0] = (uint8_t)(0x02 | (octets[n - 1] & 1)); /* SEC 1 2.3.3: y's lowest bit */
    memcpy(public_key + 1, octets + 1, CRYPTO_P256_PUBLIC - 1);
    return true;
}

bool openssl_agree(void *ctx, enum crypto_curve curve, const uint8_t private_key[32],
                   const uint8_t *peer, size_t peer_len, uint8_t shared[32])
{
    EVP_PKEY *other = peer_key(curve, peer, peer_len);
    EVP_PKEY *own = other != NULL ? own_key(curve, private_key) : NULL;
    bool ok = own != NULL && derive(own, other, shared);

    (void)ctx;
    EVP_PKEY_free(own);
    EVP_PKEY_free(other);
    if (!ok) {
        ERR_clear_error(); /* a peer's bad key is no error of this program */
    }
    return ok;
}

bool openssl_agree_ephemeral(void *ctx, enum crypto_curve curve, const uint8_t *peer,
                             size_t peer_len, uint8_t *public_key, uint8_t shared[32])
{
    EVP_PKEY *other = peer_key(curve, peer, peer_len);
    EVP_PKEY *own = NULL;

    (void)ctx;
    if (other != NULL) {
        own = curve == CRYPTO_X25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "X25519")
                                     : EVP_PKEY_Q_keygen(NULL, NULL, "EC", P256_GROUP);
    }
    bool ok = own != NULL && write_public(curve, own, public_key) && derive(own, other, shared);

    EVP_PKEY_free(own);
    EVP_PKEY_free(other);
    if (!ok) {
        ERR_clear_error();
    }
    return ok;
}
