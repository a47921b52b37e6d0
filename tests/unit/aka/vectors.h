/* Published test vectors (tests/vectors, JSON) for the tests of src/aka, and a real crypto port. */
#ifndef MOORING_TESTS_AKA_VECTORS_H
#define MOORING_TESTS_AKA_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* Loads VECTORS_DIR/NAME and returns its root (json_decref it); fails the running test otherwise.
 */
json_t *vectors_load(const char *name);

/* Decodes the hexadecimal member `key` of `set` into exactly `n` octets; fails the running test
 * otherwise. */
void vectors_octets(const json_t *set, const char *key, uint8_t *out, size_t n);

/* cmocka fixtures: *state is the struct crypto_port of an OpenSSL port. */
int vectors_setup_port(void **state);
int vectors_teardown_port(void **state);

#endif
