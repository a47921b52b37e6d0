/* Logical channels: TS 102 221 8.7, 10.1.1 and MANAGE CHANNEL (11.1.17). */
#include <stdio.h>

#include "fixture.h"

#define USIM "A0000000871002"
#define ISIM "A0000000871004"

static void test_open_assigned(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "0070000001", "01");
    fixture_expect_data(f, "0070000000", "02"); /* by 6C01, as a terminal does it */
    assert_int_equal(fixture_raw(f, "0070000000"), 0x6C01);
    assert_int_equal(fixture_raw(f, "00700000"), 0x6C01);
    fixture_expect_data(f, "0170000001", "03");
    fixture_expect(f, "0070000001", 0x6A81); /* no more than four */
    fixture_expect(f, "00708002", 0x9000);
    fixture_expect_data(f, "0070000001", "02"); /* the lowest number */
}

static void test_open_chosen(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00700013", 0x9000); /* number 19 */
    fixture_expect(f, "00700013", 0x6A86); /* it is open */
    fixture_expect(f, "00700014", 0x6A86); /* there is none */
    fixture_expect(f, "0070000401", 0x6700);
    fixture_expect(f, "00700004", 0x9000);
    fixture_expect(f, "00700011", 0x9000);
    fixture_expect(f, "00700001", 0x6A81);       /* no more than four */
    fixture_expect(f, "4FA4000C022FE2", 0x9000); /* 19 = 4 + 15 */
    fixture_expect(f, "40A4000C022F00", 0x9000); /* 4 */
    fixture_expect(f, "4DA4000C022F00", 0x9000); /* 17 */
    fixture_expect(f, "4FB000000A", 0x9000);
    fixture_expect(f, "CFF2000C", 0x9000);
    fixture_expect(f, "41A4000C022FE2", 0x6881);
    fixture_expect(f, "01A4000C022FE2", 0x6881);
    fixture_expect(f, "6FA4000C022FE2", 0x6882); /* secure messaging */
    fixture_expect(f, "61A4000C022FE2", 0x6881);
}

static void test_extended_numbers_need_a_terminal_that_knows_them(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00700001", 0x9000);
    fixture_expect(f, "00700002", 0x9000);
    fixture_expect(f, "00700003", 0x9000);
    fixture_expect(f, "00708002", 0x9000);
    fixture_expect(f, "00700013", 0x9000);
    fixture_expect(f, "00708001", 0x9000);
    fixture_expect(f, "80AA000005A903800100", 0x9000);
    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "00708013", 0x9000);
    fixture_expect(f, "00700004", 0x9000); /* 0, 1, 3 and 4 are open */
    fixture_expect(f, "00708003", 0x9000);
    fixture_expect_data(f, "0070000001", "02");
}

static void test_close(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00708000", 0x6A86); /* never the basic channel */
    fixture_expect(f, "00708001", 0x6881);
    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "01708001", 0x9000); /* a channel can close itself */
    fixture_expect(f, "01A4000C022FE2", 0x6881);
    fixture_expect(f, "00704000", 0x6A86);
    fixture_expect(f, "00708020", 0x6A86);
    fixture_expect_data(f, "0070000001", "01");
    fixture_reset(f);
    fixture_expect(f, "01A4000C022FE2", 0x6881); /* a reset closes all */
}

static void test_each_channel_has_its_own_files(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "00A4040C07" USIM, 0x9000);
    fixture_expect(f, "00A4000C026FAD", 0x9000);
    fixture_expect(f, "01B0000004", 0x6986); /* the MF is selected on channel 1 */
    fixture_expect(f, "01A4000C022FE2", 0x9000);
    fixture_expect(f, "01B000000A", 0x9000);
    fixture_expect_data(f, "00B0000004", "00000002");
    fixture_expect(f, "01A4000C027FFF", 0x6A82); /* no application there */
    fixture_expect(f, "01A4040C07" ISIM, 0x9000);
    fixture_expect_data(f, "81F2000112", "8410 A0000000871004FFFFFFFF8907090000");
    fixture_expect_data(f, "80F2000112", "8410 A0000000871002FFFFFFFF8907090000");
    /* record pointers, too */
    fixture_expect(f, "00A4000C026FB7", 0x9000);
    fixture_expect(f, "01A4040C07" USIM, 0x9000);
    fixture_expect(f, "01A4000C026FB7", 0x9000);
    fixture_expect_data(f, "00B2000204", "11F2FF00");
    fixture_expect_data(f, "00B2000204", "19F1FF00");
    fixture_expect_data(f, "01B2000204", "11F2FF00");
}

static void test_opened_from_another_channel_it_stands_there(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00A4040C07" USIM, 0x9000);
    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "01B0830004", 0x6A82); /* from the basic channel: the MF */
    fixture_expect(f, "01A4040C07" USIM, 0x9000);
    fixture_expect(f, "01A4000C026F07", 0x9000);
    fixture_expect_data(f, "0170000001", "02");
    fixture_expect_data(f, "02B0830004", "00000002"); /* in the same DF */
    fixture_expect(f, "02A4000C027FFF", 0x9000);      /* and application */
    fixture_expect_data(f, "0170000001", "03");
    fixture_expect(f, "03B0000009", 0x6986); /* but with no EF */
}

/* TS 102 221 11.1.9.1.1: "valid regardless on which logical channel". */
static void test_pins_are_shared(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "00A4040C07" USIM, 0x9000);
    fixture_expect(f, "01A4040C07" USIM, 0x9000);
    fixture_expect(f, "01200001 08 31323334FFFFFFFF", 0x9000);
    fixture_expect(f, "00B0870009", 0x9000);
    fixture_expect(f, "00200001 08 30303030FFFFFFFF", 0x63C2);
    fixture_expect(f, "01B0870009", 0x6982);
    fixture_expect(f, "0020000100", 0x63C2);
    fixture_expect(f, "0120000100", 0x63C2);
}

static void test_local_pin_lasts_as_long_as_a_session(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "00A4040C07" USIM, 0x9000);
    fixture_expect(f, "01A4040C07" USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN2, 0x9000);
    fixture_expect(f, "01D685000100", 0x9000); /* EF_EST */
    fixture_expect(f, "00A4044C07" USIM, 0x9000);
    fixture_expect(f, "01D685000100", 0x9000); /* channel 1 still has the application */
    fixture_expect(f, "00708001", 0x9000);     /* closing ends its session */
    fixture_expect(f, "00A4040C07" USIM, 0x9000);
    fixture_expect(f, "00D685000100", 0x6982);
    fixture_expect(f, VERIFY_PIN2, 0x9000);
    fixture_expect(f, "00A4040C07" ISIM, 0x9000); /* another application: the USIM's is over */
    fixture_expect(f, "00A4040C07" USIM, 0x9000);
    fixture_expect(f, "00D685000100", 0x6982);
    fixture_expect(f, VERIFY_PIN2, 0x9000);
    fixture_expect(f, "00A4040C07" USIM, 0x9000); /* the same one again */
    fixture_expect(f, "00D685000100", 0x9000);
}

static void test_get_response_on_the_same_channel(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "0070000001", "01");
    assert_int_equal(fixture_raw(f, "00A40004022FE2"), 0x6129);
    assert_int_equal(fixture_raw(f, "01C0000029"), 0x6F00);
    assert_int_equal(fixture_raw(f, "00C0000029"), 0x6F00); /* and now it is lost */
    assert_int_equal(fixture_raw(f, "01A40004022FE2"), 0x6129);
    assert_int_equal(fixture_raw(f, "01C0000029"), 0x9000);
}

static void test_not_shareable(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00E0000018 6216 82020121 83022F41 8A0105 8B032F0606 80020004 8800", 0x9000);
    fixture_expect_data(f, "00A40004022F41",
                        "62 26 82 02 01 21 83 02 2F 41 A5 03 C0 01 00 8A 01 05 8B 03 2F 06 06"
                        "C6 09 90 01 C0 83 01 01 83 01 81 80 02 00 04 88 00");
    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "01A4000C022F41", 0x6985); /* current on channel 0 */
    fixture_expect(f, "01E4000002 2F41", 0x6985);
    fixture_expect(f, "00A4000C022FE2", 0x9000);
    fixture_expect(f, "01A4000C022F41", 0x9000);
    fixture_expect(f, "01B0000004", 0x9000);
    fixture_expect(f, "00A4000C022F41", 0x6985);
}

static void test_atr_says_how_many(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t atr[UICC_ATR_MAX];

    (void)uicc_card_reset(&f->card, atr);
    /* ISO/IEC 7816-4 table 119: numbers by card and terminal, four channels */
    assert_int_equal(atr[12], 0x1B);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_open_assigned),
        TEST(test_open_chosen),
        TEST(test_extended_numbers_need_a_terminal_that_knows_them),
        TEST(test_close),
        TEST(test_each_channel_has_its_own_files),
        TEST(test_opened_from_another_channel_it_stands_there),
        TEST(test_pins_are_shared),
        TEST(test_local_pin_lasts_as_long_as_a_session),
        TEST(test_get_response_on_the_same_channel),
        TEST(test_not_shareable),
        TEST(test_atr_says_how_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
