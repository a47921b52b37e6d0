/* Hexadecimal text of bytes and back. Freestanding, like bytes.h. */
#ifndef MOORING_BASE_HEX_H
#define MOORING_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes 2 * n lower-case digits and a NUL to `text`, which must hold 2 * n + 1 characters. */
void hex_encode(const uint8_t *bytes, size_t n, char *text);

/*
 * Reads exactly `text_len` characters (digits of either case, no blanks) into `bytes`, of which at
 * most `capacity` are written. False, with nothing promised of `bytes`, if the length is odd, a
 * character is no digit or the result does not fit; else *n is the number of bytes.
 */
bool hex_decode(const char *text, size_t text_len, uint8_t *bytes, size_t capacity, size_t *n);

#endif
