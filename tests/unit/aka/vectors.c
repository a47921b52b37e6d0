#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "edge/openssl/openssl_crypto.h"

json_t *vectors_load(const char *name)
{
    char path[4096];
    json_error_t error;

    (void)snprintf(path, sizeof path, "%s/%s", VECTORS_DIR, name);
    json_t *root = json_load_file(path, 0, &error);

    if (root == NULL) {
        fail_msg("%s: %s", path, error.text);
    }
    return root;
}

void vectors_octets(const json_t *set, const char *key, uint8_t *out, size_t n)
{
    const char *text = json_string_value(json_object_get(set, key));
    size_t length = 0;

    if (text == NULL || !hex_decode(text, strlen(text), out, n, &length) || length != n) {
        fail_msg("vector member %s is not %zu octets", key, n);
    }
}

int vectors_setup_port(void **state)
{
    struct openssl_crypto *crypto = malloc(sizeof *crypto);

    if (crypto == NULL || !openssl_crypto_init(crypto, NULL)) {
        free(crypto);
        return -1;
    }
    *state = &crypto->port;
    return 0;
}

int vectors_teardown_port(void **state)
{
    struct crypto_port *port = *state;
    struct openssl_crypto *crypto = port->ctx;

    openssl_crypto_free(crypto);
    free(crypto);
    return 0;
}
