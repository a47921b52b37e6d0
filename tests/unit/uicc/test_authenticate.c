/* AUTHENTICATE in the 3G security context: TS 31.102 7.1, TS 33.102 6.3.3 and annex C. */
#include <string.h>

#include "aka/vector.h"
#include "base/bytes.h"
#include "fixture.h"
#include "uicc/layout.h"

#define SQN(seq, ind) ((uint64_t)(seq) << 5 | (ind))

/* Sends the challenge with this SQN; follows 61XX. */
static uint16_t challenge(struct uicc_fixture *f, uint64_t sqn, uint8_t seed)
{
    uint8_t command[40];

    fixture_challenge(f, sqn, seed, command);
    uint16_t sw = fixture_octets(f, command, sizeof command);
    if (sw >> 8 == 0x61) {
        uint8_t get_response[5] = {0x00, 0xC0, 0x00, 0x00, (uint8_t)sw};
        return fixture_octets(f, get_response, sizeof get_response);
    }
    return sw;
}

/* The challenge is refused with an AUTS that reports `sqn_ms`. */
static void expect_auts(struct uicc_fixture *f, uint64_t sqn, uint64_t sqn_ms)
{
    uint8_t rand[16];
    uint64_t reported = 0;
    bool mac_ok = false;

    assert_int_equal(challenge(f, sqn, 0x5A), 0x9000);
    assert_int_equal(f->length, 16);
    assert_memory_equal(f->data, "\xDC\x0E", 2);
    memset(rand, 0x5A, sizeof rand);
    assert_true(aka_auts_open(&f->crypto.port, &f->profile.credentials, rand, f->data + 2,
                              &reported, &mac_ok));
    assert_true(mac_ok);
    assert_int_equal(reported, sqn_ms);
}

static void expect_success(struct uicc_fixture *f, uint64_t sqn)
{
    assert_int_equal(challenge(f, sqn, 0x77), 0x9000);
    assert_int_equal(f->data[0], 0xDB);
}

/* Any algorithm that the table knows works on the card, from its image. */
static void algorithm_works(struct uicc_fixture *f)
{
    struct aka_vector vector;
    uint8_t command[40];
    static const uint8_t amf[2] = {0x80, 0x00};

    fixture_personalise(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_challenge(f, SQN(5, 3), 0x77, command);
    assert_true(aka_vector_make(&f->crypto.port, &f->profile.credentials, command + 6, SQN(5, 3),
                                amf, &vector));
    expect_success(f, SQN(5, 3));
    assert_int_equal(f->data[1], vector.xres_len);
    assert_memory_equal(f->data + 2, vector.xres, vector.xres_len);
    assert_memory_equal(f->data + 3 + vector.xres_len, vector.ck, 16);
    assert_memory_equal(f->data + 20 + vector.xres_len, vector.ik, 16);
    expect_auts(f, SQN(5, 3), SQN(5, 3));
    fixture_challenge(f, SQN(6, 3), 0x77, command);
    command[38] ^= 1;
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x9862);
}

static void test_other_algorithms(void **state)
{
    struct uicc_fixture *f = *state;
    struct aka_credentials *cred = &f->profile.credentials;

    memset(cred, 0, sizeof *cred);
    cred->algorithm = AKA_TUAK;
    cred->k_len = 32;
    cred->res_len = 16;
    cred->iterations = 2;
    memset(cred->k, 0x4B, sizeof cred->k);
    memset(cred->opc, 0xC0, sizeof cred->opc);
    cred->k[31] = 1; /* the far ends count */
    cred->opc[31] = 2;
    algorithm_works(f);
    cred->k_len = 16;
    cred->res_len = 4;
    cred->iterations = 1;
    algorithm_works(f);
    cred->algorithm = AKA_XOR_TEST;
    algorithm_works(f);
}

static void enter(struct uicc_fixture *f)
{
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
}

/* TS 35.208 4.3.1: the published RES, CK and IK of test set 1 (whose SQN needs a card without
 * delta). */
static void test_published_vector(void **state)
{
    struct uicc_fixture *f = *state;

    f->profile.sqn.delta = 0;
    fixture_personalise(f);
    enter(f);
    assert_int_equal(fixture_raw(f, "0088008122 10 23553cbe9637a89d218ae64dae47bf35"
                                    "10 55f328b43577b9b94a9ffac354dfafb3"),
                     0x612C);
    assert_int_equal(f->length, 0);
    assert_int_equal(fixture_raw(f, "00C0000000"), 0x6C2C);
    fixture_expect_data(f, "00C000002C",
                        "DB 08 a54211d5e3ba50bf 10 b40ba9a3c58b2a05bbf0d987b21bf8cb"
                        "10 f769bcd751044604127672711c6d3441");
    for (size_t i = 0; i < sizeof f->card.pending; i++) {
        assert_int_equal(f->card.pending[i], 0); /* nothing of it stays */
    }
    /* the same challenge again is an old one: SQN_MS is that of the set */
    assert_int_equal(fixture_send(f, "0088008122 10 23553cbe9637a89d218ae64dae47bf35"
                                     "10 55f328b43577b9b94a9ffac354dfafb3 00"),
                     0x9000);
    assert_memory_equal(f->data, "\xDC\x0E\xba\x85\x3f\x3c\x12\x3c\xcf\x44\xe9\x35", 12);
}

static void test_keys_are_wiped_by_the_next_command(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t command[40];

    enter(f);
    fixture_challenge(f, SQN(1, 0), 1, command);
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x612C);
    assert_int_equal(fixture_raw(f, "80F2000C"), 0x9000);
    for (size_t i = 0; i < sizeof f->card.pending; i++) {
        assert_int_equal(f->card.pending[i], 0);
    }
    assert_int_equal(fixture_raw(f, "00C000002C"), 0x6F00);
}

static void test_wrong_mac(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t before[UICC_IMAGE_SIZE];
    uint8_t command[40];

    enter(f);
    memcpy(before, f->committed, sizeof before);
    for (size_t bit = 0; bit < 256; bit++) { /* every bit of RAND and AUTN */
        fixture_challenge(f, SQN(7, 1), 9, command);
        command[(bit < 128 ? 6 : 23 - 16) + bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(fixture_octets(f, command, sizeof command), 0x9862);
        assert_int_equal(f->length, 0);
    }
    assert_memory_equal(before, f->committed, sizeof before);
    expect_success(f, SQN(7, 1));
}

static void test_replay_gives_auts(void **state)
{
    struct uicc_fixture *f = *state;

    enter(f);
    expect_success(f, SQN(5, 3));
    expect_auts(f, SQN(5, 3), SQN(5, 3));
    expect_auts(f, SQN(4, 3), SQN(5, 3));
    expect_success(f, SQN(4, 2)); /* another IND has its own slot */
    expect_auts(f, SQN(4, 2), SQN(5, 3));
    expect_success(f, SQN(6, 2));
    expect_auts(f, SQN(5, 3), SQN(6, 2));
}

static void test_far_jump_gives_auts(void **state)
{
    struct uicc_fixture *f = *state;

    enter(f);
    expect_success(f, SQN(1, 0));
    expect_auts(f, SQN(1 + SQN_DELTA + 1, 0), SQN(1, 0));
    expect_success(f, SQN(1 + SQN_DELTA, 0));
}

static void test_parameters_of_the_profile(void **state)
{
    struct uicc_fixture *f = *state;

    f->profile.sqn = (struct sqn_parameters){.delta = 0, .age_limit = 4, .report = SQN_REPORT_SLOT};
    fixture_personalise(f);
    enter(f);
    expect_success(f, SQN(SQN_DELTA * 2, 0));             /* no limit of a jump */
    expect_auts(f, SQN(SQN_DELTA * 2 - 4, 1), SQN(0, 1)); /* too old; the slot's own is reported */
    expect_success(f, SQN(SQN_DELTA * 2 - 3, 1));
}

static void test_sequence_survives_reset_and_power_up(void **state)
{
    struct uicc_fixture *f = *state;

    enter(f);
    expect_success(f, SQN(10, 4));
    fixture_reset(f);
    enter(f);
    expect_auts(f, SQN(10, 4), SQN(10, 4));
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    enter(f);
    expect_auts(f, SQN(10, 4), SQN(10, 4));
    expect_success(f, SQN(11, 4));
}

static void test_conditions(void **state)
{
    struct uicc_fixture *f = *state;

    assert_int_equal(challenge(f, SQN(1, 0), 1), 0x6985); /* no USIM selected */
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    assert_int_equal(challenge(f, SQN(1, 0), 1), 0x6985);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, SELECT_MF, 0x9000);
    assert_int_equal(challenge(f, SQN(1, 0), 1), 0x6985); /* outside its directory */
    fixture_reset(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    assert_int_equal(challenge(f, SQN(1, 0), 1), 0x6982); /* PIN1 */
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    assert_int_equal(challenge(f, SQN(1, 0), 1), 0x6982);
    fixture_expect(f, "0026000108 31323334FFFFFFFF", 0x9000); /* disabled is enough */
    fixture_reset(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    expect_success(f, SQN(1, 0)); /* and none of the refused ones was accepted */
}

static void test_parameters(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t command[40];

    enter(f);
    fixture_challenge(f, SQN(1, 0), 1, command);
    command[2] = 1;
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6A86);
    command[2] = 0;
    command[3] = 0x80; /* GSM */
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x9864);
    command[3] = 0x84; /* GBA */
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x9864);
    command[3] = 0x01;
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6A86);
    command[3] = 0x81;
    command[5] = 0x11;
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6A80);
    command[5] = 0x10;
    command[22] = 0x0F;
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6A80);
    fixture_expect(f, "0088008111 10 00000000000000000000000000000000", 0x6700);
    fixture_expect(f, "0088008100", 0x6700);
    fixture_expect(f, "00880081", 0x6700);
}

static bool no_aes(void *ctx, const uint8_t *key, size_t key_len)
{
    (void)ctx;
    (void)key;
    (void)key_len;
    return false;
}

static void test_broken_crypto_gives_nothing(void **state)
{
    struct uicc_fixture *f = *state;
    struct crypto_port broken = f->crypto.port;
    uint8_t command[40];

    enter(f);
    fixture_challenge(f, SQN(1, 0), 1, command);
    broken.aes_set_key = no_aes;
    f->card.crypto = &broken;
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6F00);
    assert_int_equal(f->length, 0);
    f->card.crypto = &f->crypto.port;
    expect_success(f, SQN(1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_published_vector),
        TEST(test_other_algorithms),
        TEST(test_keys_are_wiped_by_the_next_command),
        TEST(test_wrong_mac),
        TEST(test_replay_gives_auts),
        TEST(test_far_jump_gives_auts),
        TEST(test_parameters_of_the_profile),
        TEST(test_sequence_survives_reset_and_power_up),
        TEST(test_conditions),
        TEST(test_parameters),
        TEST(test_broken_crypto_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
