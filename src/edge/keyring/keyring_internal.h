/* What keyring.c and keyring_file.c share. */
#ifndef MOORING_EDGE_KEYRING_KEYRING_INTERNAL_H
#define MOORING_EDGE_KEYRING_KEYRING_INTERNAL_H

#include <openssl/evp.h>

#include "edge/keyring/keyring.h"

#define KEYRING_KEY_LEN  32
#define KEYRING_FILE_MAX ((size_t)64 * 1024)

struct keyring_key {
    uint32_t id;
    uint8_t key[KEYRING_KEY_LEN];
};

/* Lives in its own pages (mmap), so that locking and MADV_DONTDUMP touch nothing else. */
struct keyring {
    EVP_CIPHER *cipher;
    EVP_CIPHER_CTX *ctx;
    size_t count;
    struct keyring_key keys[KEYRING_KEYS_MAX];
};

/* Reads the lines of a key file into keyring->keys. `path` is for messages. */
bool keyring_parse(const char *path, const char *text, size_t n, struct keyring *keyring,
                   struct fault *fault);

#endif
