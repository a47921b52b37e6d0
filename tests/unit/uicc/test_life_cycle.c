/* DEACTIVATE and ACTIVATE FILE (TS 102 221 11.1.14, 11.1.15), TERMINATE DF, EF and CARD USAGE (TS
 * 102 222 6.7 to 6.9). */
#include "fixture.h"

static int setup(void **state)
{
    if (fixture_setup(state) != 0) {
        return -1;
    }
    fixture_expect(*state, VERIFY_ADM1, 0x9000);
    fixture_expect(*state, VERIFY_PIN1, 0x9000);
    return 0;
}

static void test_deactivate_and_activate(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0004000002 2F05", 0x9000);
    fixture_expect(f, "00B0000002", 0x6984); /* it is current */
    fixture_expect(f, "00D6000001 01", 0x6984);
    fixture_expect(f, "00A4000C022F05", 0x6283);
    fixture_expect(f, "00B0850002", 0x6984);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00A4000C022F05", 0x6283);
    fixture_expect(f, "00440000", 0x6982); /* the current EF; ADM1 is not verified */
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00440000", 0x9000);
    fixture_expect(f, "00B0000002", 0x9000);
    fixture_expect(f, "00440000", 0x9000); /* it is already: no harm */
    fixture_expect(f, "00040000", 0x9000);
    fixture_expect(f, "00040000", 0x9000);
}

static void test_by_path(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "0004080004 7FFF6FAD", 0x9000);
    fixture_expect(f, "00B0830004", 0x6984);
    fixture_expect(f, "0044090002 6FAD", 0x9000);
    fixture_expect(f, "00B0830004", 0x9000);
    fixture_expect(f, "0004080006 7FFF5FC04F07", 0x9000);
    fixture_expect(f, "00B0000001", 0x6984); /* current, in its DF */
    fixture_expect(f, "00A4030C", 0x9000);
    fixture_expect(f, "00B0830004", 0x9000);
}

/* What lies in a deactivated DF cannot be used either. */
static void test_df(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "0004000002 5FC0", 0x9000);
    fixture_expect(f, "00A4000C025FC0", 0x6283);
    fixture_expect(f, "00A4000C024F07", 0x9000);
    fixture_expect(f, "00B0000001", 0x6984);
    fixture_expect(f, "00E0000018 6216 82024121 83024F41 8A0105 8B036F0607 80020004 8800", 0x6984);
    fixture_expect(f, "00A4000C027FFF", 0x9000);
    fixture_expect(f, "00B0830004", 0x9000);
    fixture_expect(f, "0044000002 5FC0", 0x9000);
    fixture_expect(f, "00A4080C067FFF5FC04F07", 0x9000);
    fixture_expect(f, "00B0000001", 0x9000);
}

static void test_errors(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00040000", 0x6986);        /* no EF is current */
    fixture_expect(f, "0004000002 2FE2", 0x6982); /* never */
    fixture_expect(f, "0004000002 3F00", 0x6985); /* the MF stays as it is */
    fixture_expect(f, "0004000002 2F77", 0x6A82);
    fixture_expect(f, "0004000002 7FFF", 0x6A82); /* no application */
    fixture_expect(f, "0004000001 2F", 0x6700);
    fixture_expect(f, "0004000004 2F052F05", 0x6700);
    fixture_expect(f, "0004080003 2F052F", 0x6700);
    fixture_expect(f, "00040800", 0x6700);
    fixture_expect(f, "0004010002 2F05", 0x6A86);
    fixture_expect(f, "0044000102 2F05", 0x6A86);
    fixture_reset(f);
    fixture_expect(f, "0004000002 2F05", 0x6982);
    fixture_expect(f, "0044000002 2F05", 0x6982);
}

static void test_terminate_ef(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00E8000002 2FE2", 0x6982); /* its rule does not speak of that */
    fixture_expect(f, "00E80000", 0x6986);
    fixture_expect(f, "00E8000002 2F77", 0x6A82);
    fixture_expect(f, "00E8000002 3F00", 0x6981);
    fixture_expect(f, "00E8000003 2FE2FF", 0x6700);
    fixture_expect(f, "00E8000102 2FE2", 0x6A86);
    fixture_expect(f, "00E0000018 6216 82024121 83022F41 8A0105 8B032F0606 80020004 8800", 0x9000);
    fixture_expect(f, "00E80000", 0x9000); /* the current EF */
    fixture_expect(f, "00B0000001", 0x6985);
    fixture_expect(f, "00A4000C022F41", 0x6285);
    fixture_expect(f, "00440000", 0x6985); /* for ever */
    fixture_expect(f, "00040000", 0x6985);
    fixture_expect(f, "00E80000", 0x6985);
    fixture_expect(f, "00E4000002 2F41", 0x9000); /* but it can be deleted */
}

static void test_terminate_df(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t command[40];

    fixture_expect(f, "00E60000", 0x6985); /* not the MF: that is the card */
    fixture_expect(f, "00E6000002 2FE2", 0x6981);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "00E60000", 0x9000);
    fixture_expect(f, "00B0870009", 0x6985);
    fixture_challenge(f, 32, 1, command);
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6985);
    fixture_expect(f, SELECT_USIM, 0x6285);
    fixture_expect(f, "00A4080C067FFF5FC04F07", 0x9000);
    fixture_expect(f, "00B0000001", 0x6985);
    fixture_expect(f, "00A4040C07A0000000871004", 0x9000); /* the ISIM is another application */
    fixture_expect(f, "00B0830004", 0x9000);
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x612C);
}

static void test_terminate_card(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00FE0001", 0x6A86);
    fixture_expect(f, "00FE000002 3F00", 0x6700);
    fixture_reset(f);
    fixture_expect(f, "00FE0000", 0x6982);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00FE0000", 0x9000);
    for (unsigned i = 0; i < 2; i++) {
        fixture_expect(f, "00A40004023F00", 0x6285);
        assert_int_equal(f->length, 0x2B);
        fixture_expect(f, "80F2000C", 0x9000);
        fixture_expect(f, "00B0820001", 0x6985);
        fixture_expect(f, VERIFY_ADM1, 0x6985);
        fixture_expect(f, WRONG_PIN1, 0x6985); /* not even counted */
        fixture_expect(f, "0070000001", 0x6985);
        fixture_expect(f, "0044000002 2F05", 0x6985);
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    }
}

/* The power fails at every write: terminated or not, and never a card that says 9000 and is not. */
static void test_power_cuts(void **state)
{
    struct uicc_fixture *f = *state;

    for (unsigned cut = 1; cut <= 2; cut++) {
        f->cut_at = f->accesses + cut;
        assert_int_equal(fixture_raw(f, "00FE0000"), 0x6581);
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        fixture_expect(f, VERIFY_ADM1, 0x9000);
    }
    fixture_expect(f, "00FE0000", 0x9000);
    fixture_expect(f, VERIFY_ADM1, 0x6985);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
        TEST(test_deactivate_and_activate),
        TEST(test_by_path),
        TEST(test_df),
        TEST(test_errors),
        TEST(test_terminate_ef),
        TEST(test_terminate_df),
        TEST(test_terminate_card),
        TEST(test_power_cuts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
