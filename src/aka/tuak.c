#include "aka/tuak.h"

#include <string.h>

#include "aka/keccak.h"
#include "base/bytes.h"

/* Where the inputs and outputs lie in the state: TS 35.231 clause 6, octets from its start. */
#define AT_TOP      0u /* 32: TOP or TOPc */
#define AT_INSTANCE 32u
#define AT_NAME     33u /* 7 */
#define AT_RAND     40u /* 16 */
#define AT_AMF      56u /* 2 */
#define AT_SQN      58u /* 6 */
#define AT_K        64u /* 32; a K of 16 leaves the second half zero */
#define AT_PADDING  96u /* 1F, zeros, 80: 1F 00 .. 80 up to and with octet 135 */
#define AT_LAST     135u
#define AT_OUT      0u /* TOPc, MAC or RES */
#define AT_CK       32u
#define AT_IK       64u
#define AT_AK       96u

/* INSTANCE, TS 35.231 6.2 to 6.5: which function, and the lengths of what it gives. */
#define INSTANCE_K_32    0x01u
#define INSTANCE_IK_32   0x02u
#define INSTANCE_CK_32   0x04u
#define INSTANCE_F2345   0x40u
#define INSTANCE_F1_STAR 0x80u
#define INSTANCE_F5_STAR 0xC0u

static const uint8_t algorithm_name[7] = {'T', 'U', 'A', 'K', '1', '.', '0'};

/* TUAK numbers bits from the most significant, Keccak from the least: every field goes in and comes
 * out with its octets in reverse order. */
static void reverse(uint8_t *out, const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = in[n - 1 - i];
    }
}

static bool is_key_length(uint8_t n)
{
    return n == 16 || n == 32;
}

static bool is_mac_length(uint8_t n)
{
    return n == 8 || n == 16 || n == 32;
}

static bool is_usable(const struct tuak *tuak)
{
    return is_key_length(tuak->k_len) && tuak->iterations > 0;
}

/* What f1 and f1* have and the others lack; NULL leaves the fields zero. */
struct message {
    const uint8_t *sqn;
    const uint8_t *amf;
};

/* Fills the state, runs the permutation, and leaves the outputs in the state. */
static void run(const struct tuak *tuak, const uint8_t *top, unsigned instance, const uint8_t *rand,
                const struct message *message, uint8_t state[KECCAK_STATE])
{
    memset(state, 0, KECCAK_STATE);
    reverse(state + AT_TOP, top, TUAK_TOP_SIZE);
    state[AT_INSTANCE] = (uint8_t)(instance | (tuak->k_len == 32 ? INSTANCE_K_32 : 0));
    reverse(state + AT_NAME, algorithm_name, sizeof algorithm_name);
    if (rand != NULL) {
        reverse(state + AT_RAND, rand, 16);
    }
    if (message != NULL) {
        reverse(state + AT_AMF, message->amf, 2);
        reverse(state + AT_SQN, message->sqn, 6);
    }
    reverse(state + AT_K, tuak->k, tuak->k_len);
    state[AT_PADDING] = 0x1F;
    state[AT_LAST] = 0x80;
    keccak_f1600(state, tuak->iterations);
}

bool tuak_topc(const struct tuak *tuak, const uint8_t top[TUAK_TOP_SIZE],
               uint8_t topc[TUAK_TOP_SIZE])
{
    uint8_t state[KECCAK_STATE];

    if (!is_usable(tuak)) {
        return false;
    }
    run(tuak, top, 0, NULL, NULL, state);
    reverse(topc, state + AT_OUT, TUAK_TOP_SIZE);
    bytes_wipe(state, sizeof state);
    return true;
}

/* f1 and f1*: the instance's length code is the MAC's octets: 08, 10, 20. */
static bool run_mac(const struct tuak *tuak, unsigned instance, const uint8_t *rand,
                    const struct message *message, uint8_t *mac)
{
    uint8_t state[KECCAK_STATE];

    if (!is_usable(tuak) || !is_mac_length(tuak->mac_len)) {
        return false;
    }
    run(tuak, tuak->topc, instance | tuak->mac_len, rand, message, state);
    reverse(mac, state + AT_OUT, tuak->mac_len);
    bytes_wipe(state, sizeof state);
    return true;
}

bool tuak_f1(const struct tuak *tuak, const uint8_t rand[16], const uint8_t sqn[6],
             const uint8_t amf[2], uint8_t *mac)
{
    return run_mac(tuak, 0, rand, &(struct message){sqn, amf}, mac);
}

bool tuak_f1_star(const struct tuak *tuak, const uint8_t rand[16], const uint8_t sqn[6],
                  const uint8_t amf[2], uint8_t *mac)
{
    return run_mac(tuak, INSTANCE_F1_STAR, rand, &(struct message){sqn, amf}, mac);
}

bool tuak_f2345(const struct tuak *tuak, const uint8_t rand[16], uint8_t *res, uint8_t *ck,
                uint8_t *ik, uint8_t ak[6])
{
    uint8_t state[KECCAK_STATE];
    /* The code of RES is its octets, but 0 for 4. */
    unsigned instance = INSTANCE_F2345 | (tuak->res_len == 4 ? 0u : tuak->res_len);

    if (!is_usable(tuak) || (tuak->res_len != 4 && !is_mac_length(tuak->res_len)) ||
        !is_key_length(tuak->ck_len) || !is_key_length(tuak->ik_len)) {
        return false;
    }
    instance |= tuak->ck_len == 32 ? INSTANCE_CK_32 : 0;
    instance |= tuak->ik_len == 32 ? INSTANCE_IK_32 : 0;
    run(tuak, tuak->topc, instance, rand, NULL, state);
    reverse(res, state + AT_OUT, tuak->res_len);
    reverse(ck, state + AT_CK, tuak->ck_len);
    reverse(ik, state + AT_IK, tuak->ik_len);
    reverse(ak, state + AT_AK, 6);
    bytes_wipe(state, sizeof state);
    return true;
}

bool tuak_f5_star(const struct tuak *tuak, const uint8_t rand[16], uint8_t ak_star[6])
{
    uint8_t state[KECCAK_STATE];

    if (!is_usable(tuak)) {
        return false;
    }
    run(tuak, tuak->topc, INSTANCE_F5_STAR, rand, NULL, state);
    reverse(ak_star, state + AT_AK, 6);
    bytes_wipe(state, sizeof state);
    return true;
}
