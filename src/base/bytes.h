/*
 * Bytes: big-endian reading and writing, constant-time comparison, wiping.
 *
 * Freestanding: no heap, no stdio, no globals, so that the card engine can use it on a
 * microcontroller.
 */
#ifndef MOORING_BASE_BYTES_H
#define MOORING_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline uint16_t be16_get(const uint8_t *p)
{
    return (uint16_t)((uint16_t)(p[0] << 8) | p[1]);
}

static inline uint32_t be24_get(const uint8_t *p)
{
    return ((uint32_t)p[0] << 16) | ((uint32_t)p[1] << 8) | p[2];
}

static inline uint32_t be32_get(const uint8_t *p)
{
    return ((uint32_t)p[0] << 24) | be24_get(p + 1);
}

static inline uint64_t be48_get(const uint8_t *p)
{
    return ((uint64_t)be16_get(p) << 32) | be32_get(p + 2);
}

static inline uint64_t be64_get(const uint8_t *p)
{
    return ((uint64_t)be32_get(p) << 32) | be32_get(p + 4);
}

static inline void be16_put(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void be24_put(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 16);
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)v;
}

static inline void be32_put(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    be24_put(p + 1, v & 0xFFFFFFu);
}

static inline void be48_put(uint8_t *p, uint64_t v)
{
    be16_put(p, (uint16_t)(v >> 32));
    be32_put(p + 2, (uint32_t)v);
}

static inline void be64_put(uint8_t *p, uint64_t v)
{
    be32_put(p, (uint32_t)(v >> 32));
    be32_put(p + 4, (uint32_t)v);
}

/* True if the `n` bytes at `a` and `b` are the same. The time taken depends on `n` only: for
 * secrets. */
bool bytes_equal_ct(const void *a, const void *b, size_t n);

/*
 * Overwrites `n` bytes at `p` with zeros in a way that a compiler may not leave out: for secrets
 * after use. The empty asm takes the address and claims to read memory, so the zeros must be
 * written by then. Inline, because a known small `n` is then a few wide stores: wiping is part of
 * every vector made.
 */
static inline void bytes_wipe(void *p, size_t n)
{
    memset(p, 0, n);
    __asm__ __volatile__("" : : "r"(p) : "memory");
}

#endif
