/*
 * The permutation Keccak-f[1600], FIPS 202 clause 3: what TUAK is made of. No library gives the
 * bare permutation, so it is ours. Freestanding; time and memory accesses do not depend on the
 * state.
 */
#ifndef MOORING_AKA_KECCAK_H
#define MOORING_AKA_KECCAK_H

#include <stdint.h>

#define KECCAK_STATE 200 /* octets: 25 lanes of 64 bits, each with its least significant first */

/* Permutes `state` in place, `times` times. Leaves no copy of it behind. */
void keccak_f1600(uint8_t state[KECCAK_STATE], unsigned times);

#endif
