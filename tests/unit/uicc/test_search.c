/* SEARCH RECORD and INCREASE: TS 102 221 11.1.7 and 11.1.8. */
#include "fixture.h"

/* A linear fixed EF 2F41 (SFI 10) of five records of four octets, and a cyclic EF 2F42 (SFI 11) of
 * three records of three octets. */
static int setup(void **state)
{
    if (fixture_setup(state) != 0) {
        return -1;
    }
    struct uicc_fixture *f = *state;

    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00E000001B 6219 820442210004 83022F41 8A0105 8B032F0606 80020014 880180",
                   0x9000);
    fixture_expect(f, "00DC010404 11223344", 0x9000);
    fixture_expect(f, "00DC020404 22334411", 0x9000);
    fixture_expect(f, "00DC030404 55555555", 0x9000);
    fixture_expect(f, "00DC040404 11552233", 0x9000);
    fixture_expect(f, "00E000001B 6219 820446210003 83022F42 8A0105 8B032F0606 80020009 880188",
                   0x9000);
    return 0;
}

static void test_simple(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00A2010402 2233", 0x6282); /* the cyclic file, all zeros, is current */
    fixture_expect_data(f, "00A2018402 2233", "010204");
    fixture_expect_data(f, "00A2010402 2233", "010204"); /* the file of that SFI is current now */
    fixture_expect_data(f, "00A2020402 2233", "0204");
    fixture_expect_data(f, "00A2040502 2233", "040201"); /* backward */
    fixture_expect_data(f, "00A2030502 2233", "0201");
    fixture_expect_data(f, "00A2010401 FF", "05");
    fixture_expect(f, "00A2010404 22334455", 0x6282);
    fixture_expect_data(f, "00A2010404 22334411", "02");
    /* the first found record is current */
    fixture_expect_data(f, "00A2020402 2233", "0204");
    fixture_expect_data(f, "00B2000404", "22334411");
    fixture_expect_data(f, "00A2000402 2233", "0204"); /* P1 = 00: from the current record */
    fixture_expect_data(f, "00A2000502 2233", "0201");
}

static void test_le_limits_the_numbers(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "00A2018402 2233 02", "0102");
    fixture_expect_data(f, "00A2010402 2233 00", "010204");
}

static void test_enhanced(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "00A2018604 0400 2233", "010204"); /* from offset 0 */
    fixture_expect_data(f, "00A2010604 0401 2233", "0104");   /* from offset 1 */
    fixture_expect_data(f, "00A2010604 0402 2233", "04");
    fixture_expect(f, "00A2010604 0403 2233", 0x6282);
    fixture_expect_data(f, "00A2040604 0500 2233", "040201"); /* backward */
    fixture_expect_data(f, "00A2010604 0C11 2233", "0104");   /* behind the first 11 */
    fixture_expect_data(f, "00A2010604 0C55 2233", "04");
    fixture_expect(f, "00A2010604 0C77 2233", 0x6282);
    fixture_expect_data(f, "00A2010404 22334411", "02");    /* record 2 is current */
    fixture_expect_data(f, "00A2000604 0600 2233", "04");   /* from the next */
    fixture_expect_data(f, "00A2000604 0700 2233", "0201"); /* record 4 was current */
    fixture_expect(f, "00A2010601 04", 0x6700);
    fixture_expect(f, "00A2010602 0400", 0x6700); /* no string */
    fixture_expect(f, "00A2010604 0300 2233", 0x6A80);
    fixture_expect(f, "00A2010604 1400 2233", 0x6A80);
}

static void test_search_errors(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00A2018402 2233", 0x9000);
    fixture_expect(f, "00A2060402 2233", 0x6A83);
    fixture_expect(f, "00A2010405 1122334455", 0x6700); /* longer than a record */
    fixture_expect(f, "00A2010400", 0x6700);
    fixture_expect(f, "00A2010302 2233", 0x6A86);
    fixture_expect(f, "00A2010702 2233", 0x6A86); /* proprietary */
    fixture_expect(f, "00A201FC02 2233", 0x6A86);
    fixture_expect(f, "00A201EC02 2233", 0x6A82);
    fixture_expect(f, "00A2000C02 2233", 0x6A82);
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "00A2010402 2233", 0x6986);
    fixture_expect(f, "00A4000C022FE2", 0x9000);
    fixture_expect(f, "00A2010402 2233", 0x6981);
    fixture_expect(f, "00A4000C022F41", 0x9000);
    fixture_expect(f, "00A2000402 2233", 0x6A83); /* no record is current */
    fixture_expect(f, "0004000002 2F41", 0x9000);
    fixture_expect(f, "00A2010402 2233", 0x6984);
    fixture_reset(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "00A4000C026F3C", 0x9000);
    fixture_expect(f, "00A2010401 00", 0x6982);
}

static void test_increase(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "8032910002 00FF", "0000FF 00FF");
    fixture_expect_data(f, "8032000001 01", "000100 01");
    fixture_expect_data(f, "8032000003 FFFEFF", "FFFFFF FFFEFF");
    fixture_expect(f, "8032000001 01", 0x9850);
    fixture_expect_data(f, "00B2010403", "FFFFFF");
    fixture_expect_data(f, "00B2020403", "000100");
    fixture_expect_data(f, "00B2030403", "0000FF");
    fixture_expect_data(f, "8032000001 00", "FFFFFF 00");
    fixture_expect_data(f, "00B2030403", "000100");
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect_data(f, "00B2018C03", "FFFFFF");
}

static void test_increase_errors(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "8032000004 00000001", 0x6700); /* longer than a record */
    fixture_expect(f, "8032000000", 0x6700);
    fixture_expect(f, "8032000101 01", 0x6A86);
    fixture_expect(f, "8032800001 01", 0x6A86);
    fixture_expect(f, "8032090001 01", 0x6A86); /* an SFI that is not said to be one */
    fixture_expect(f, "80329F0001 01", 0x6A86);
    fixture_expect(f, "80329D0001 01", 0x6A82);
    fixture_expect(f, "8032900001 01", 0x6981); /* linear fixed */
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "8032000001 01", 0x6986);
    fixture_expect(f, "0004000002 2F42", 0x9000);
    fixture_expect(f, "8032000001 01", 0x6984);
    fixture_expect(f, "0044000002 2F42", 0x9000);
    fixture_reset(f);
    fixture_expect(f, "8032910001 01", 0x6982); /* PIN1, by an access rule for INS 32 */
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "8032910001 01", 0x9000);
    fixture_expect(f, "00E80000", 0x6982);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00E80000", 0x9000);
    fixture_expect(f, "8032910001 01", 0x6985);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
        TEST(test_simple),   TEST(test_le_limits_the_numbers),
        TEST(test_enhanced), TEST(test_search_errors),
        TEST(test_increase), TEST(test_increase_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
