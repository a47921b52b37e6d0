#include "secure/ota_internal.h"

#include "base/bytes.h"

static const uint8_t iv_zero[AES_BLOCK];

size_t ota_padding(size_t length, bool ciphered)
{
    size_t over = length % AES_BLOCK;

    return ciphered && over != 0 ? AES_BLOCK - over : 0;
}

bool ota_checksum(const struct crypto_port *crypto, const struct ota_keys *keys,
                  struct octets header, const struct ota_body *body, uint8_t cc[OTA_CC_SIZE])
{
    size_t after = body->head + body->cc;
    const struct octets pieces[] = {
        header, {body->at, body->head}, {body->at + after, body->length - after}};
    uint8_t mac[AES_BLOCK];
    bool ok = aes_cmac(crypto, &keys->kid, pieces, ARRAY_LEN(pieces), mac);

    if (ok) {
        memcpy(cc, mac, OTA_CC_SIZE);
    }
    bytes_wipe(mac, sizeof mac);
    return ok;
}

bool ota_encipher(const struct crypto_port *crypto, const struct ota_keys *keys,
                  const struct ota_body *body)
{
    return aes_cbc_encrypt(crypto, &keys->kic, iv_zero, body->at, body->length);
}

bool ota_decipher(const struct crypto_port *crypto, const struct ota_keys *keys,
                  const struct ota_body *body)
{
    return aes_cbc_decrypt(crypto, &keys->kic, iv_zero, body->at, body->length);
}
