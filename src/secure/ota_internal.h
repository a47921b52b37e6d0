/* What command and response packets have in common: CNTR, PCNTR, (status,) CC and data, ciphered.
 */
#ifndef MOORING_SECURE_OTA_INTERNAL_H
#define MOORING_SECURE_OTA_INTERNAL_H

#include "secure/ota_packet.h"

/* The part of a packet that may be ciphered: it lies in one piece at `at`. */
struct ota_body {
    uint8_t *at;
    size_t length;
    size_t head; /* octets before the CC: CNTR, PCNTR and, in a response, the status */
    size_t cc;   /* octets of CC: 0 or OTA_CC_SIZE */
};

static inline uint64_t ota_counter_get(const uint8_t at[OTA_COUNTER_SIZE])
{
    uint64_t value = 0;

    for (size_t i = 0; i < OTA_COUNTER_SIZE; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static inline void ota_counter_put(uint8_t at[OTA_COUNTER_SIZE], uint64_t value)
{
    for (size_t i = OTA_COUNTER_SIZE; i > 0; i--) {
        at[i - 1] = (uint8_t)value;
        value >>= 8;
    }
}

/* Zero octets that make `length` a multiple of the AES block; 0 if nothing is ciphered. */
size_t ota_padding(size_t length, bool ciphered);

/* The CC over `header` and the body without its CC (TS 102 225 5.1.5 with AES-CMAC): 8 octets. */
bool ota_checksum(const struct crypto_port *crypto, const struct ota_keys *keys,
                  struct octets header, const struct ota_body *body, uint8_t cc[OTA_CC_SIZE]);

/* Ciphers or deciphers the body in place: AES-CBC, initial vector zero. That is sound because the
 * counter, which comes first, is never the same twice under a key (a policy that demands it). */
bool ota_encipher(const struct crypto_port *crypto, const struct ota_keys *keys,
                  const struct ota_body *body);
bool ota_decipher(const struct crypto_port *crypto, const struct ota_keys *keys,
                  const struct ota_body *body);

#endif
