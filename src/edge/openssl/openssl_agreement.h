/* Key agreement of the crypto port (base/crypto_port.h: agree, agree_ephemeral) on OpenSSL 3's EVP.
 * The functions need no state: `ctx` is not read. They allocate, as EVP's keys do. */
#ifndef MOORING_EDGE_OPENSSL_AGREEMENT_H
#define MOORING_EDGE_OPENSSL_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto_port.h"

bool openssl_agree(void *ctx, enum crypto_curve curve, const uint8_t private_key[32],
                   const uint8_t *peer, size_t peer_len, uint8_t shared[32]);

bool openssl_agree_ephemeral(void *ctx, enum crypto_curve curve, const uint8_t *peer,
                             size_t peer_len, uint8_t *public_key, uint8_t shared[32]);

#endif
