/*
 * The XOR test algorithm of test USIMs, TS 34.108 8.1.2. It hides nothing: RES xor RAND is K. For
 * protocol testers and test USIMs only; sealed credentials and batches refuse it.
 *
 *     XDOUT = K xor RAND                         8.1.2.1 step 1
 *     f2: RES = XDOUT[0..n-1], here n = 128      step 2 (n from 32 to 128)
 *     f3: CK = XDOUT[8..127, 0..7]
 *     f4: IK = XDOUT[16..127, 0..15]
 *     f5: AK = XDOUT[24..71]
 *     CDOUT = SQN || AMF                         step 3
 *     f1: MAC = XDOUT[0..63] xor CDOUT           step 4
 *     f1* = f1 (with AMF* = 0), f5* = f5         8.1.2.2
 *
 * Confirmed by two implementations that quote the clause independently of each other and agree in
 * all of it; the clause itself could not be read. Not here: that a test USIM begins a
 * resynchronisation when AMF has the value AMF_RESYNCH (8.1.2.2); sequence numbers alone decide.
 */
#ifndef MOORING_AKA_XOR_TEST_H
#define MOORING_AKA_XOR_TEST_H

#include <stdint.h>

#define XOR_TEST_RES_SIZE 16

/* f1 and f1*. */
void xor_test_f1(const uint8_t k[16], const uint8_t rand[16], const uint8_t sqn[6],
                 const uint8_t amf[2], uint8_t mac[8]);

/* f2, f3, f4, f5 and f5*. */
void xor_test_f2345(const uint8_t k[16], const uint8_t rand[16], uint8_t res[XOR_TEST_RES_SIZE],
                    uint8_t ck[16], uint8_t ik[16], uint8_t ak[6]);

#endif
