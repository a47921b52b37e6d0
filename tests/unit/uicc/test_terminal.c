/* GET CHALLENGE, TERMINAL CAPABILITY (TS 102 221 11.1.18, 11.1.19), the universal PIN (9.4.1) and
 * more than one ADM. */
#include <string.h>

#include "fixture.h"

static int setup(void **state)
{
    if (fixture_setup(state) != 0) {
        return -1;
    }
    struct uicc_fixture *f = *state;

    f->profile.has_universal_pin = true;
    assert_true(uicc_pin_from_text("2468", 4, f->profile.universal_pin));
    assert_true(uicc_pin_from_text("11112222", 8, f->profile.universal_puk));
    f->profile.more_adms = 4;
    for (unsigned i = 0; i < 4; i++) {
        memset(f->profile.adm[i], 'A' + (int)i, sizeof f->profile.adm[i]);
    }
    fixture_personalise(f);
    return 0;
}

static bool no_random(void *ctx, uint8_t *out, size_t n)
{
    (void)ctx;
    memset(out, 0x99, n);
    return false;
}

static void test_challenge(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t first[16];

    fixture_expect(f, "0084000010", 0x9000);
    assert_int_equal(f->length, 16);
    memcpy(first, f->data, 16);
    fixture_expect(f, "0084000010", 0x9000);
    assert_memory_not_equal(first, f->data, 16);
    fixture_expect(f, "0084000000", 0x9000);
    assert_int_equal(f->length, 256);
    fixture_expect(f, "0084010010", 0x6A86);
    fixture_expect(f, "0084000001 00", 0x6700);
    f->crypto.port.random = no_random;
    fixture_expect(f, "0084000010", 0x6F00);
    assert_int_equal(f->length, 0);
}

static void test_capability(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "80AA000005 A903800100", 0x9000);
    fixture_expect(f, "80AA000002 A900", 0x9000);
    fixture_expect(f, "80AA000007 A905800100 8100", 0x9000);
    assert_true(f->card.extended_channels);
    fixture_expect(f, "80AA000002 A900", 0x9000);
    assert_false(f->card.extended_channels);
    fixture_expect(f, "80AA000002 A901", 0x6A80);
    fixture_expect(f, "80AA000002 A800", 0x6A80);
    fixture_expect(f, "80AA000003 A90080", 0x6A80);
    fixture_expect(f, "80AA000003 A90180", 0x6A80);
    fixture_expect(f, "80AA0000", 0x6700);
    fixture_expect(f, "80AA010002 A900", 0x6A86);
}

static void test_universal_pin_replaces(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, SELECT_USIM, 0x9000);
    assert_memory_equal(f->data + f->length - 17,
                        "\xC6\x0F\x90\x01\xE0\x83\x01\x01\x83\x01\x81\x95\x01\x00\x83\x01\x11", 17);
    fixture_expect(f, "00B0870009", 0x6982);
    fixture_expect(f, "0026910108 31323334FFFFFFFF", 0x9000); /* disabled, and replaced */
    fixture_expect(f, "00B0870009", 0x6982);
    fixture_expect(f, "0020000100", 0x6984);
    fixture_expect(f, SELECT_USIM, 0x9000);
    assert_memory_equal(f->data + f->length - 17,
                        "\xC6\x0F\x90\x01\x60\x83\x01\x01\x83\x01\x81\x95\x01\x08\x83\x01\x11", 17);
    fixture_expect(f, "0020001108 32343638FFFFFFFF", 0x9000);
    fixture_expect(f, "00B0870009", 0x9000);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "00B0870009", 0x6982);
    fixture_expect(f, "0028000108 31323334FFFFFFFF", 0x9000); /* enabled: verified, too */
    fixture_expect(f, "00B0870009", 0x9000);
    fixture_reset(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "0020001108 32343638FFFFFFFF", 0x9000);
    fixture_expect(f, "00B0870009", 0x6982); /* it stands for PIN1 no more */
    fixture_expect(f, "0026000108 31323334FFFFFFFF", 0x9000);
    fixture_reset(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "00B0870009", 0x9000); /* disabled, not replaced */
    fixture_expect(f, "0026910108 31323334FFFFFFFF", 0x6984);
}

/* UNBLOCK PIN takes a replacement back. */
static void test_unblock_of_a_replaced_pin(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0026910108 31323334FFFFFFFF", 0x9000);
    fixture_expect(f, "002C000110 3132333435363738 31323334FFFFFFFF", 0x9000);
    fixture_reset(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "0020001108 32343638FFFFFFFF", 0x9000);
    fixture_expect(f, "00B0870009", 0x6982);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00B0870009", 0x9000);
}

/* The universal PIN belongs to no application: no session's end takes it away. */
static void test_universal_pin_outlasts_sessions(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0026910108 31323334FFFFFFFF", 0x9000);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "0020001108 32343638FFFFFFFF", 0x9000);
    fixture_expect(f, "00A4044C07A0000000871002", 0x9000);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "00B0870009", 0x9000);
    fixture_expect(f, "0020001108 30303030FFFFFFFF", 0x63C2);
    fixture_expect(f, "00B0870009", 0x6982);
    fixture_expect(f, "002C001110 3131313132323232 37373737FFFFFFFF", 0x9000);
    fixture_expect(f, "00B0870009", 0x9000);
    fixture_expect(f, "0026001108 37373737FFFFFFFF", 0x6985); /* it cannot be disabled */
}

static void test_replacement_errors(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0026920108 31323334FFFFFFFF", 0x6A86);
    fixture_expect(f, "0026800108 31323334FFFFFFFF", 0x6A86);
    fixture_expect(f, "0026911108 32343638FFFFFFFF", 0x6A88); /* not by itself */
    fixture_expect(f, "0026910108 30303030FFFFFFFF", 0x63C2);
    fixture_expect(f, "0028910108 31323334FFFFFFFF", 0x6A86);
    f->profile.has_universal_pin = false;
    fixture_personalise(f);
    fixture_expect(f, "0026910108 31323334FFFFFFFF", 0x6A88); /* this card has none */
}

/* The power fails at every write: PIN1 is enabled, or disabled and replaced; never just disabled.
 */
static void test_replacement_and_power(void **state)
{
    struct uicc_fixture *f = *state;
    unsigned cut = 1;

    for (;; cut++) {
        f->cut_at = f->accesses + cut;
        uint16_t sw = fixture_raw(f, "0026910108 31323334FFFFFFFF");
        if (!f->dead) {
            assert_int_equal(sw, 0x9000);
            break;
        }
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        fixture_expect(f, SELECT_USIM, 0x9000);
        fixture_expect(f, "00B0870009", 0x6982);
        fixture_expect(f, VERIFY_PIN1, 0x9000);
    }
    assert_int_equal(cut, 6);
}

static void test_adms(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0020000A08 3838383838383838", 0x9000);
    fixture_expect(f, "0020000B08 4141414141414141", 0x9000);
    fixture_expect(f, "0020000C08 4242424242424242", 0x9000);
    fixture_expect(f, "0020000D08 4343434343434343", 0x9000);
    fixture_expect(f, "0020000E08 4444444444444444", 0x9000);
    fixture_expect(f, "0020000F08 4545454545454545", 0x6A88);
    fixture_expect(f, "0020000B08 4242424242424242", 0x63C2); /* each its own */
    fixture_expect(f, "0024000C10 4242424242424242 0102030405060708", 0x9000);
    fixture_expect(f, "0020000C08 0102030405060708", 0x9000);
    fixture_expect(f, "002C000B10 4242424242424242 0102030405060708", 0x6A88); /* no PUK */
    /* an access rule may name any of them: record 7 of the MF's EF_ARR */
    fixture_expect(f, "00A4000C022F06", 0x9000);
    fixture_expect(f,
                   "00DC070428 800101 A406830 10E 950108 800102 9000"
                   "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                   0x9000);
    fixture_expect(f, "00E0000018 6216 82024121 83022F41 8A0105 8B032F0607 80020004 8800", 0x9000);
    fixture_expect(f, "00B0000004", 0x9000);
    fixture_reset(f);
    fixture_expect(f, "00A4000C022F41", 0x9000);
    fixture_expect(f, "0020000D08 4343434343434343", 0x9000);
    fixture_expect(f, "00B0000004", 0x6982);
    fixture_expect(f, "0020000E08 4444444444444444", 0x9000);
    fixture_expect(f, "00B0000004", 0x9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
        TEST(test_challenge),
        TEST(test_capability),
        TEST(test_universal_pin_replaces),
        TEST(test_unblock_of_a_replaced_pin),
        TEST(test_universal_pin_outlasts_sessions),
        TEST(test_replacement_errors),
        TEST(test_replacement_and_power),
        TEST(test_adms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
