#include "aka/keccak.h"

#include <stddef.h>

#include "base/bytes.h"

#define ROUNDS 24
#define LANES  25

/* iota, FIPS 202 3.2.5 */
static const uint64_t round_constants[ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static inline uint64_t rotate(uint64_t lane, unsigned bits)
{
    return lane << bits | lane >> ((64 - bits) & 63);
}

/* Least significant octet first, on any machine; compilers make one load or store of it. */
static inline uint64_t lane_get(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

static inline void lane_put(uint8_t *p, uint64_t lane)
{
    for (unsigned i = 0; i < 8; i++) {
        p[i] = (uint8_t)(lane >> 8 * i);
    }
}

/* theta, 3.2.1: each column takes the parities of its two neighbours. */
static inline void mix_columns(uint64_t a[LANES])
{
    uint64_t parity[5];

    for (size_t x = 0; x < 5; x++) {
        parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    for (size_t x = 0; x < 5; x++) {
        uint64_t d = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1);

        for (size_t y = 0; y < LANES; y += 5) {
            a[x + y] ^= d;
        }
    }
}

/* rho and pi, 3.2.2 and 3.2.3: B[y, 2x + 3y] = rot(A[x, y]); lane [x, y] is at x + 5y. */
static inline void move_lanes(uint64_t b[LANES], const uint64_t a[LANES])
{
#define MOVE(to, from, bits) b[to] = rotate(a[from], bits)
    MOVE(0, 0, 0), MOVE(10, 1, 1), MOVE(20, 2, 62), MOVE(5, 3, 28), MOVE(15, 4, 27);
    MOVE(16, 5, 36), MOVE(1, 6, 44), MOVE(11, 7, 6), MOVE(21, 8, 55), MOVE(6, 9, 20);
    MOVE(7, 10, 3), MOVE(17, 11, 10), MOVE(2, 12, 43), MOVE(12, 13, 25), MOVE(22, 14, 39);
    MOVE(23, 15, 41), MOVE(8, 16, 45), MOVE(18, 17, 15), MOVE(3, 18, 21), MOVE(13, 19, 8);
    MOVE(14, 20, 18), MOVE(24, 21, 2), MOVE(9, 22, 61), MOVE(19, 23, 56), MOVE(4, 24, 14);
#undef MOVE
}

/* chi, 3.2.4: the only step that is not linear. */
static inline void mix_rows(uint64_t a[LANES], const uint64_t b[LANES])
{
    for (size_t y = 0; y < LANES; y += 5) {
        for (size_t x = 0; x < 5; x++) {
            a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
        }
    }
}

void keccak_f1600(uint8_t state[KECCAK_STATE], unsigned times)
{
    uint64_t a[LANES];
    uint64_t b[LANES];

    for (size_t i = 0; i < LANES; i++) {
        a[i] = lane_get(state + 8 * i);
    }
    for (; times > 0; times--) {
        for (size_t round = 0; round < ROUNDS; round++) {
            mix_columns(a);
            move_lanes(b, a);
            mix_rows(a, b);
            a[0] ^= round_constants[round];
        }
    }
    for (size_t i = 0; i < LANES; i++) {
        lane_put(state + 8 * i, a[i]);
    }
    bytes_wipe(a, sizeof a);
    bytes_wipe(b, sizeof b);
}
