/* The key file's text: reading its lines, making it, putting a new key in front. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "edge/file/file_io.h"
#include "edge/keyring/keyring_internal.h"

#define ID_DIGITS  8
#define KEY_DIGITS 64
/* `KEYID HEX` and a line feed. */
#define LINE_LEN (ID_DIGITS + 1 + KEY_DIGITS + 1)

static const char file_head[] =
    "# Mooring key file: KEYID KEY (AES-256, hexadecimal). The first key seals, all of them open.\n"
    "# Whoever has this file and the database has every card's K. Keep a copy somewhere safe.\n";

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Reads one trimmed line that is neither empty nor a comment. Says nothing of its content on
 * failure: it may be a key. */
static bool parse_key(const char *line, size_t n, struct keyring_key *key)
{
    uint8_t id[ID_DIGITS / 2];
    size_t len;
    size_t at = ID_DIGITS;

    if (n < ID_DIGITS || !hex_decode(line, ID_DIGITS, id, sizeof id, &len)) {
        return false;
    }
    while (at < n && blank(line[at])) {
        at++;
    }
    if (at == ID_DIGITS || n - at != KEY_DIGITS) {
        return false;
    }
    key->id = be32_get(id);
    return hex_decode(line + at, KEY_DIGITS, key->key, sizeof key->key, &len);
}

static bool add_key(const char *path, size_t line_number, const struct keyring_key *key,
                    struct keyring *keyring, struct fault *fault)
{
    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->keys[i].id == key->id) {
            return fault_set(fault, "%s:%zu: key id %08x is used twice", path, line_number,
                             (unsigned)key->id);
        }
    }
    if (keyring->count == KEYRING_KEYS_MAX) {
        return fault_set(fault, "%s:%zu: more than %d keys", path, line_number, KEYRING_KEYS_MAX);
    }
    keyring->keys[keyring->count++] = *key;
    return true;
}

static bool parse_line(const char *path, size_t line_number, const char *line, size_t n,
                       struct keyring *keyring, struct fault *fault)
{
    struct keyring_key key;
    const char *comment = memchr(line, '#', n);

    if (comment != NULL) {
        n = (size_t)(comment - line);
    }
    while (n > 0 && blank(line[n - 1])) {
        n--;
    }
    while (n > 0 && blank(line[0])) {
        line++;
        n--;
    }
    if (n == 0) {
        return true;
    }
    bool ok = parse_key(line, n, &key)
                  ? add_key(path, line_number, &key, keyring, fault)
                  : fault_set(fault,
                              "%s:%zu: expected a key: 8 hexadecimal digits (its id), a blank, 64 "
                              "hexadecimal digits",
                              path, line_number);
    bytes_wipe(&key, sizeof key);
    return ok;
}

bool keyring_parse(const char *path, const char *text, size_t n, struct keyring *keyring,
                   struct fault *fault)
{
    const char *end = text + n;
    size_t line_number = 1;

    keyring->count = 0;
    for (const char *line = text; line < end; line_number++) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        const char *stop = feed == NULL ? end : feed;

        if (!parse_line(path, line_number, line, (size_t)(stop - line), keyring, fault)) {
            return false;
        }
        line = feed == NULL ? end : feed + 1;
    }
    if (keyring->count == 0) {
        return fault_set(fault, "%s: holds no key: make a key file with `mooring key new FILE`",
                         path);
    }
    return true;
}

/* Writes LINE_LEN characters (no NUL): a new random key with a random id. */
static bool make_line(char line[LINE_LEN], struct fault *fault)
{
    uint8_t random[ID_DIGITS / 2 + KEYRING_KEY_LEN];
    char text[2 * sizeof random + 1];

    if (RAND_priv_bytes(random, sizeof random) != 1) {
        return fault_set(fault, "no random numbers for a new key");
    }
    hex_encode(random, sizeof random, text);
    (void)memcpy(line, text, ID_DIGITS);
    line[ID_DIGITS] = ' ';
    (void)memcpy(line + ID_DIGITS + 1, text + ID_DIGITS, KEY_DIGITS);
    line[LINE_LEN - 1] = '\n';
    bytes_wipe(random, sizeof random);
    bytes_wipe(text, sizeof text);
    return true;
}

bool keyring_file_create(const char *path, struct fault *fault)
{
    char text[sizeof file_head - 1 + LINE_LEN];

    (void)memcpy(text, file_head, sizeof file_head - 1);
    bool ok = make_line(text + sizeof file_head - 1, fault) &&
              file_create(path, text, sizeof text, 0600, fault);
    bytes_wipe(text, sizeof text);
    return ok;
}

bool keyring_file_rotate(const char *path, struct fault *fault)
{
    struct file_content old;
    struct keyring *keyring = keyring_open(path, fault); /* only a good file is rotated */

    if (keyring == NULL) {
        return false;
    }
    size_t count = keyring_count(keyring);
    keyring_close(keyring);
    if (count == KEYRING_KEYS_MAX) {
        return fault_set(fault, "%s: has %d keys already: remove old ones first", path,
                         KEYRING_KEYS_MAX);
    }
    if (!file_read_secret(path, KEYRING_FILE_MAX - LINE_LEN, &old, fault)) {
        return false;
    }
    char *text = malloc(LINE_LEN + old.size);
    bool ok = text != NULL || fault_set(fault, "%s: out of memory", path);
    if (text != NULL) {
        (void)memcpy(text + LINE_LEN, old.data, old.size);
        ok = make_line(text, fault) && file_replace(path, text, LINE_LEN + old.size, 0600, fault);
        bytes_wipe(text, LINE_LEN + old.size);
        free(text);
    }
    file_content_free(&old);
    return ok;
}
