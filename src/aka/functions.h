/*
 * The functions f1..f5* of TS 33.102 6.3 behind one table, whatever the algorithm. AKA needs MAC of
 * 64, CK and IK of 128 bits, RES of 32 to 128 (TS 33.102 6.3.7); an algorithm that could give more
 * gives these lengths here.
 */
#ifndef MOORING_AKA_FUNCTIONS_H
#define MOORING_AKA_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "base/crypto_port.h"

#define AKA_RES_MAX 16

/* The caller's; wipe after use. */
struct aka_out {
    uint8_t mac_a[8];         /* f1 */
    uint8_t mac_s[8];         /* f1* */
    uint8_t res[AKA_RES_MAX]; /* f2 */
    uint8_t res_len;
    uint8_t ck[16];     /* f3 */
    uint8_t ik[16];     /* f4 */
    uint8_t ak[6];      /* f5 */
    uint8_t ak_star[6]; /* f5* */
};

/* What one RAND, and where it is asked for one SQN and AMF, give. Each function fills at least the
 * members that its name says, and may fill others. False only if the crypto port failed. */
typedef bool (*aka_keys_function)(const struct crypto_port *crypto,
                                  const struct aka_credentials *cred, const uint8_t rand[16],
                                  struct aka_out *out);
typedef bool (*aka_mac_function)(const struct crypto_port *crypto,
                                 const struct aka_credentials *cred, const uint8_t rand[16],
                                 const uint8_t sqn[6], const uint8_t amf[2], struct aka_out *out);

struct aka_functions {
    const char *name;                 /* in files and options: "milenage", "tuak", "xor" */
    bool for_tests;                   /* an algorithm that protects nothing */
    aka_keys_function f2345;          /* res, res_len, ck, ik, ak */
    aka_keys_function f5_star;        /* ak_star */
    aka_mac_function f1;              /* mac_a */
    aka_mac_function f1_star;         /* mac_s */
    aka_mac_function f1_f2345;        /* mac_a and what f2345 gives: a vector */
    aka_mac_function f1_star_f5_star; /* mac_s and ak_star: AUTS */
};

/* The functions of `cred`, or NULL if it names no algorithm known here or its numbers are none that
 * the algorithm allows. K itself may be anything. */
const struct aka_functions *aka_functions_of(const struct aka_credentials *cred);

/* The algorithm with this name of `len` characters; 0, which is none, if there is none. */
enum aka_algorithm aka_algorithm_of_name(const char *name, size_t len);

#endif
