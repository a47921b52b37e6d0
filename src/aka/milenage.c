#include "aka/milenage.h"

#include <stddef.h>
#include <string.h>

#include "base/bytes.h"

#define BLOCK        16
#define MILENAGE_K   16
#define MILENAGE_RES 8

/* OUT1..OUT5 of TS 35.206 4.1 as indices of an array; each function set needs a run of neighbours.
 */
enum { OUT1, OUT2, OUT3, OUT4, OUT5, OUT_END };

static void xor_block(uint8_t out[BLOCK], const uint8_t a[BLOCK], const uint8_t b[BLOCK])
{
    for (size_t i = 0; i < BLOCK; i++) {
        out[i] = a[i] ^ b[i];
    }
}

/* Rotation to the left (towards the most significant bit) by whole octets: all of r1..r5 are
 * multiples of 8. */
static void rotate_octets(uint8_t out[BLOCK], const uint8_t in[BLOCK], size_t octets)
{
    memcpy(out, in + octets, BLOCK - octets);
    memcpy(out + BLOCK - octets, in, octets);
}

/* The cipher's input of OUT1: TEMP xor rot(IN1 xor OPc, r1) xor c1, with r1 = 64 and c1 = 0. */
static void input_of_f1(uint8_t input[BLOCK], const uint8_t temp[BLOCK], const uint8_t opc[BLOCK],
                        const uint8_t sqn[6], const uint8_t amf[2])
{
    uint8_t in1[BLOCK];
    uint8_t rotated[BLOCK];

    memcpy(in1, sqn, 6);
    memcpy(in1 + 6, amf, 2);
    memcpy(in1 + 8, in1, 8);
    xor_block(in1, in1, opc);
    rotate_octets(rotated, in1, 8);
    xor_block(input, temp, rotated);
    bytes_wipe(in1, sizeof in1); /* SQN is often known, and then this is OPc */
    bytes_wipe(rotated, sizeof rotated);
}

/* The cipher's inputs of OUT2..OUT5: rot(TEMP xor OPc, ri) xor ci. */
static void inputs_of_f2345(uint8_t inputs[OUT_END][BLOCK], const uint8_t temp[BLOCK],
                            const uint8_t opc[BLOCK])
{
    uint8_t masked[BLOCK];

    xor_block(masked, temp, opc);
    rotate_octets(inputs[OUT2], masked, 0);
    rotate_octets(inputs[OUT3], masked, 4);
    rotate_octets(inputs[OUT4], masked, 8);
    rotate_octets(inputs[OUT5], masked, 12);
    inputs[OUT2][15] ^= 1;
    inputs[OUT3][15] ^= 2;
    inputs[OUT4][15] ^= 4;
    inputs[OUT5][15] ^= 8;
    bytes_wipe(masked, sizeof masked);
}

static void take_outputs(struct aka_out *out, uint8_t blocks[OUT_END][BLOCK], int first, int end)
{
    if (first == OUT1) {
        memcpy(out->mac_a, blocks[OUT1], 8);
        memcpy(out->mac_s, blocks[OUT1] + 8, 8);
    }
    if (end == OUT_END) {
        memcpy(out->ak, blocks[OUT2], 6);
        memcpy(out->res, blocks[OUT2] + 8, MILENAGE_RES);
        out->res_len = MILENAGE_RES;
        memcpy(out->ck, blocks[OUT3], 16);
        memcpy(out->ik, blocks[OUT4], 16);
        memcpy(out->ak_star, blocks[OUT5], 6);
    }
}

/* Computes OUTfirst up to but without OUTend in two runs of the cipher: TEMP, then all blocks at
 * once, so that a pipelined AES works on them in parallel. `sqn` and `amf` are read for OUT1 only.
 */
static bool run(const struct crypto_port *crypto, const struct aka_credentials *cred,
                const uint8_t rand[16], const uint8_t *sqn, const uint8_t *amf, int first, int end,
                struct aka_out *out)
{
    uint8_t temp[BLOCK];
    uint8_t blocks[OUT_END][BLOCK];

    xor_block(temp, rand, cred->opc);
    bool ok = crypto->aes_set_key(crypto->ctx, cred->k, MILENAGE_K) &&
              crypto->aes_encrypt(crypto->ctx, temp, temp, 1);

    if (ok && first == OUT1) {
        input_of_f1(blocks[OUT1], temp, cred->opc, sqn, amf);
    }
    if (ok && end == OUT_END) {
        inputs_of_f2345(blocks, temp, cred->opc);
    }
    ok =
        ok && crypto->aes_encrypt(crypto->ctx, blocks[first], blocks[first], (size_t)(end - first));
    if (ok) {
        for (int i = first; i < end; i++) {
            xor_block(blocks[i], blocks[i], cred->opc);
        }
        take_outputs(out, blocks, first, end);
    }
    bytes_wipe(temp, sizeof temp);
    bytes_wipe(blocks, sizeof blocks);
    return ok;
}

bool milenage_opc(const struct crypto_port *crypto, const uint8_t k[16], const uint8_t op[16],
                  uint8_t opc[16])
{
    uint8_t encrypted[BLOCK];
    bool ok = crypto->aes_set_key(crypto->ctx, k, 16) &&
              crypto->aes_encrypt(crypto->ctx, op, encrypted, 1);

    if (ok) {
        xor_block(opc, encrypted, op);
    }
    bytes_wipe(encrypted, sizeof encrypted);
    return ok;
}

bool milenage_f1(const struct crypto_port *crypto, const struct aka_credentials *cred,
                 const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                 struct aka_out *out)
{
    return run(crypto, cred, rand, sqn, amf, OUT1, OUT2, out);
}

bool milenage_f2345(const struct crypto_port *crypto, const struct aka_credentials *cred,
                    const uint8_t rand[16], struct aka_out *out)
{
    return run(crypto, cred, rand, NULL, NULL, OUT2, OUT_END, out);
}

bool milenage_all(const struct crypto_port *crypto, const struct aka_credentials *cred,
                  const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                  struct aka_out *out)
{
    return run(crypto, cred, rand, sqn, amf, OUT1, OUT_END, out);
}
