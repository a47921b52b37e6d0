#include "edge/keyring/keyring.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "base/bytes.h"
#include "edge/file/file_io.h"
#include "edge/keyring/keyring_internal.h"

#define NONCE_LEN 12
#define TAG_LEN   16
#define HEAD_LEN  (4 + NONCE_LEN)

static struct keyring *keyring_allocate(struct fault *fault)
{
    struct keyring *keyring =
        mmap(NULL, sizeof *keyring, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (keyring == MAP_FAILED) {
        (void)fault_set(fault, "no memory for keys: %s", strerror(errno));
        return NULL;
    }
    /* Both are protection in depth: an unprivileged process with a small RLIMIT_MEMLOCK works
     * without. */
    (void)mlock(keyring, sizeof *keyring);
    (void)madvise(keyring, sizeof *keyring, MADV_DONTDUMP);
    keyring->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    keyring->ctx = EVP_CIPHER_CTX_new();
    if (keyring->cipher == NULL || keyring->ctx == NULL) {
        keyring_close(keyring);
        (void)fault_set(fault, "the cryptographic library has no AES-256-GCM");
        return NULL;
    }
    return keyring;
}

struct keyring *keyring_open(const char *path, struct fault *fault)
{
    struct file_content content;

    if (access(path, F_OK) != 0 && errno == ENOENT) {
        (void)fault_set(fault, "%s: there is no key file: make one with `mooring key new %s`", path,
                        path);
        return NULL;
    }
    if (!file_read_secret(path, KEYRING_FILE_MAX, &content, fault)) {
        return NULL;
    }
    struct keyring *keyring = keyring_allocate(fault);
    if (keyring != NULL &&
        !keyring_parse(path, (const char *)content.data, content.size, keyring, fault)) {
        keyring_close(keyring);
        keyring = NULL;
    }
    file_content_free(&content);
    return keyring;
}

void keyring_close(struct keyring *keyring)
{
    if (keyring == NULL) {
        return;
    }
    EVP_CIPHER_CTX_free(keyring->ctx);
    EVP_CIPHER_free(keyring->cipher);
    bytes_wipe(keyring, sizeof *keyring);
    (void)munmap(keyring, sizeof *keyring);
}

uint32_t keyring_current(const struct keyring *keyring)
{
    return keyring->keys[0].id;
}

size_t keyring_count(const struct keyring *keyring)
{
    return keyring->count;
}

bool keyring_seal(struct keyring *keyring, const void *aad, size_t aad_len, const uint8_t *plain,
                  size_t n, uint8_t *out, size_t capacity, struct fault *fault)
{
    const struct keyring_key *key = &keyring->keys[0];
    EVP_CIPHER_CTX *ctx = keyring->ctx;
    int len = 0;

    if (n > INT_MAX - KEYRING_OVERHEAD || capacity < n + KEYRING_OVERHEAD || aad_len > INT_MAX) {
        return fault_set(fault, "seal: %zu octets do not fit into %zu", n, capacity);
    }
    be32_put(out, key->id);
    bool ok = RAND_bytes(out + 4, NONCE_LEN) == 1 &&
              EVP_EncryptInit_ex2(ctx, keyring->cipher, key->key, out + 4, NULL) == 1 &&
              EVP_EncryptUpdate(ctx, NULL, &len, aad, (int)aad_len) == 1 &&
              EVP_EncryptUpdate(ctx, out + HEAD_LEN, &len, plain, (int)n) == 1 && len == (int)n &&
              EVP_EncryptFinal_ex(ctx, out + HEAD_LEN + n, &len) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, out + HEAD_LEN + n) == 1;
    (void)EVP_CIPHER_CTX_reset(ctx);
    return ok || fault_set(fault, "seal: the cryptographic library failed");
}

static const struct keyring_key *find_key(const struct keyring *keyring, uint32_t id)
{
    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->keys[i].id == id) {
            return &keyring->keys[i];
        }
    }
    return NULL;
}

bool keyring_unseal(struct keyring *keyring, const void *aad, size_t aad_len, const uint8_t *sealed,
                    size_t n, uint8_t *out, size_t capacity, struct fault *fault)
{
    EVP_CIPHER_CTX *ctx = keyring->ctx;
    uint8_t tag[TAG_LEN];
    uint8_t rest[16]; /* GCM has no padding: stays unused, but the API wants a place */
    int len = 0;
    int rest_len = 0;

    if (n < KEYRING_OVERHEAD || n > INT_MAX || aad_len > INT_MAX ||
        n - KEYRING_OVERHEAD > capacity) {
        return fault_set(fault, "sealed data has an impossible length (%zu octets)", n);
    }
    size_t plain_len = n - KEYRING_OVERHEAD;
    const struct keyring_key *key = find_key(keyring, be32_get(sealed));
    if (key == NULL) {
        return fault_set(fault, "sealed with key %08x, which is not in the key file",
                         (unsigned)be32_get(sealed));
    }
    (void)memcpy(tag, sealed + HEAD_LEN + plain_len, TAG_LEN);
    bool ok = EVP_DecryptInit_ex2(ctx, keyring->cipher, key->key, sealed + 4, NULL) == 1 &&
              EVP_DecryptUpdate(ctx, NULL, &len, aad, (int)aad_len) == 1 &&
              EVP_DecryptUpdate(ctx, out, &len, sealed + HEAD_LEN, (int)plain_len) == 1 &&
              len == (int)plain_len &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) == 1 &&
              EVP_DecryptFinal_ex(ctx, rest, &rest_len) == 1;
    (void)EVP_CIPHER_CTX_reset(ctx);
    if (!ok) {
        bytes_wipe(out, plain_len);
        return fault_set(fault, "sealed data was edited, or belongs to another card");
    }
    return true;
}
