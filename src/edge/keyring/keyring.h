/*
 * The keyring: AES-256 keys that seal secrets at rest (K, OPc, PINs, ADM1 in the database, batch
 * files).
 *
 * The key file is text, one key a line, `KEYID HEX`: 8 hexadecimal digits that name the key and 64
 * that are it; the first key seals, all of them open. '#' begins a comment. Only its owner may read
 * the file. Rotation puts a new key in front; old blobs still open until they are sealed again.
 */
#ifndef MOORING_EDGE_KEYRING_KEYRING_H
#define MOORING_EDGE_KEYRING_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define KEYRING_KEYS_MAX 64
#define KEYRING_OVERHEAD 32 /* key id (4), nonce (12), tag (16): what sealing adds */

/* Keys in locked memory (where the system allows it) that core dumps leave out. Used by one thread.
 */
struct keyring;

/* Reads the key file. NULL with a fault if it is missing, open to others, or malformed (file and
 * line). */
struct keyring *keyring_open(const char *path, struct fault *fault);

/* Wipes and frees; NULL is allowed. */
void keyring_close(struct keyring *keyring);

/* The id of the key that seals, as a number, and the number of keys. */
uint32_t keyring_current(const struct keyring *keyring);
size_t keyring_count(const struct keyring *keyring);

/*
 * Seals `n` octets with AES-256-GCM (SP 800-38D) under the current key and a random 96-bit nonce.
 * Writes n + KEYRING_OVERHEAD octets, key id || nonce || ciphertext || tag, to `out`, which holds
 * `capacity`. `aad` (aad_len octets) is bound but not stored: it names the purpose and the owner of
 * the blob (IMSI, ICCID), so that blobs can't be exchanged between rows.
 */
bool keyring_seal(struct keyring *keyring, const void *aad, size_t aad_len, const uint8_t *plain,
                  size_t n, uint8_t *out, size_t capacity, struct fault *fault);

/*
 * Opens a blob of `n` octets: exactly n - KEYRING_OVERHEAD octets go to `out`, which holds
 * `capacity`; the caller wipes them. False, with `out` wiped, if the key is unknown, or the blob or
 * `aad` is not what was sealed.
 */
bool keyring_unseal(struct keyring *keyring, const void *aad, size_t aad_len, const uint8_t *sealed,
                    size_t n, uint8_t *out, size_t capacity, struct fault *fault);

/* Makes a key file with one new random key, mode 0600. Never overwrites. */
bool keyring_file_create(const char *path, struct fault *fault);

/* Puts a new random key in front of those in the file `path`, atomically; comments stay. */
bool keyring_file_rotate(const char *path, struct fault *fault);

#endif
