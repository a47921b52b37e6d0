/*
 * TUAK, TS 35.231: the functions f1, f1*, f2..f5, f5* on Keccak-f[1600]. Pure, freestanding,
 * constant time. All lengths are in octets. Every function returns false, and writes nothing, if a
 * length or the number of iterations is none that TS 35.231 clause 5 allows.
 */
#ifndef MOORING_AKA_TUAK_H
#define MOORING_AKA_TUAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TUAK_TOP_SIZE 32
#define TUAK_MAC_MAX  32
#define TUAK_RES_MAX  32
#define TUAK_KEY_MAX  32

/* One USIM's keys and what its operator chose. Keys are the caller's and are only read. */
struct tuak {
    const uint8_t *k;    /* k_len octets */
    const uint8_t *topc; /* 32 octets */
    uint8_t k_len;       /* 16 or 32 */
    uint8_t mac_len;     /* 8, 16 or 32; 8 in AKA (TS 33.102 6.3.7) */
    uint8_t res_len;     /* 4, 8, 16 or 32; at most 16 in AKA */
    uint8_t ck_len;      /* 16 or 32; 16 in AKA */
    uint8_t ik_len;      /* 16 or 32; 16 in AKA */
    uint8_t iterations;  /* at least 1 */
};

/* TOPc from the operator's TOP (32 octets), TS 35.231 6.1: for personalisation; a USIM holds only
 * TOPc. Reads k, k_len and iterations of `tuak`. */
bool tuak_topc(const struct tuak *tuak, const uint8_t top[TUAK_TOP_SIZE],
               uint8_t topc[TUAK_TOP_SIZE]);

/* f1, TS 35.231 6.2: mac_len octets to `mac`. */
bool tuak_f1(const struct tuak *tuak, const uint8_t rand[16], const uint8_t sqn[6],
             const uint8_t amf[2], uint8_t *mac);

/* f1*, TS 35.231 6.3: mac_len octets to `mac`. */
bool tuak_f1_star(const struct tuak *tuak, const uint8_t rand[16], const uint8_t sqn[6],
                  const uint8_t amf[2], uint8_t *mac);

/* f2, f3, f4 and f5 in one run, TS 35.231 6.4: res_len, ck_len, ik_len and 6 octets. */
bool tuak_f2345(const struct tuak *tuak, const uint8_t rand[16], uint8_t *res, uint8_t *ck,
                uint8_t *ik, uint8_t ak[6]);

/* f5*, TS 35.231 6.5. */
bool tuak_f5_star(const struct tuak *tuak, const uint8_t rand[16], uint8_t ak_star[6]);

#endif
