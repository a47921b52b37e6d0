/* SELECT: TS 102 221 11.1.1, clauses 8.3 to 8.5, and the FCP of 11.1.1.3. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "uicc/layout.h"

#define AID      "A0000000871002FFFFFFFF8907090000"
#define ISIM_AID "A0000000871004FFFFFFFF8907090000"

/* The status word of a SELECT that wants no data. */
static void expect_select(struct uicc_fixture *f, const char *p1, const char *p2, const char *data,
                          uint16_t sw)
{
    char hex[128];

    (void)snprintf(hex, sizeof hex, "00A4%s%s%02zX%s", p1, p2, strlen(data) / 2, data);
    fixture_expect(f, hex, sw);
}

static void test_reset_selects_mf_and_gives_a_sound_atr(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t atr[UICC_ATR_MAX];
    uint8_t check = 0;
    size_t n = uicc_card_reset(&f->card, atr);

    assert_int_equal(n, 22);
    assert_int_equal(atr[0], 0x3B);
    assert_int_equal(atr[1] & 0x0F, n - 7); /* historical octets */
    for (size_t i = 1; i < n; i++) {
        check ^= atr[i];
    }
    assert_int_equal(check, 0);
    fixture_expect(f, "80F2000000", 0x9000); /* STATUS: the FCP of the MF */
    assert_memory_equal(f->data + 4, "\x78\x21\x83\x02\x3F\x00", 6);
}

static void test_fcp_of_mf(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "00A40004023F00",
                        "62 29 82 02 78 21 83 02 3F 00 A5 0C 80 01 71 83 04 00 00 1F BB 87 01 01"
                        "8A 01 05 8B 03 2F 06 04 C6 09 90 01 C0 83 01 01 83 01 81");
}

static void test_fcp_of_adf(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, SELECT_USIM,
                        "62 2E 82 02 78 21 84 10 " AID " A5 03 80 01 71"
                        "8A 01 05 8B 03 2F 06 04 C6 09 90 01 C0 83 01 01 83 01 81");
}

static void test_fcp_of_efs(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "00A40004022FE2",
                        "62 27 82 02 41 21 83 02 2F E2 A5 03 C0 01 00 8A 01 05 8B 03 2F 06 02"
                        "C6 09 90 01 C0 83 01 01 83 01 81 80 02 00 0A 88 01 10");
    fixture_expect_data(f, "00A40004022F00",
                        "62 2A 82 05 42 21 00 26 02 83 02 2F 00 A5 03 C0 01 00 8A 01 05"
                        "8B 03 2F 06 01 C6 09 90 01 C0 83 01 01 83 01 81 80 02 00 4C 88 01 F0");
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect_data(f, "00A40004026F07",
                        "62 27 82 02 41 21 83 02 6F 07 A5 03 C0 01 00 8A 01 05 8B 03 6F 06 01"
                        "C6 09 90 01 C0 83 01 01 83 01 81 80 02 00 09 88 01 38");
    /* high update activity; no SFI, which must be said */
    fixture_expect_data(f, "00A40004026FC4",
                        "62 26 82 02 41 21 83 02 6F C4 A5 03 C0 01 80 8A 01 05 8B 03 6F 06 02"
                        "C6 09 90 01 C0 83 01 01 83 01 81 80 02 00 2E 88 00");
}

static void test_by_fid_from_where_one_stands(void **state)
{
    struct uicc_fixture *f = *state;

    expect_select(f, "00", "0C", "2FE2", 0x9000); /* child of the MF */
    expect_select(f, "00", "0C", "6F07", 0x6A82); /* child of another DF */
    expect_select(f, "00", "0C", "7FFF", 0x6A82); /* no application yet */
    expect_select(f, "04", "0C", AID, 0x9000);
    expect_select(f, "00", "0C", "6F07", 0x9000);
    expect_select(f, "00", "0C", "2FE2", 0x6A82);
    expect_select(f, "00", "0C", "3F00", 0x9000);
    expect_select(f, "00", "0C", "7FFF", 0x9000); /* the application is still selected */
    expect_select(f, "00", "0C", "6F07", 0x9000);
    fixture_expect(f, "00A4000C", 0x9000); /* no data: the MF */
    expect_select(f, "00", "0C", "2FE2", 0x9000);
}

static void test_failure_changes_nothing(void **state)
{
    struct uicc_fixture *f = *state;

    expect_select(f, "00", "0C", "2FE2", 0x9000);
    expect_select(f, "00", "0C", "DEAD", 0x6A82);
    expect_select(f, "08", "0C", "7FFF6F07", 0x6A82);
    expect_select(f, "04", "0C", "A0000000871005", 0x6A82);
    fixture_expect(f, "00B000000A", 0x9000); /* EF_ICCID is still current */
}

static void test_by_path(void **state)
{
    struct uicc_fixture *f = *state;

    expect_select(f, "08", "0C", "2F00", 0x9000);
    expect_select(f, "08", "0C", "3F002F00", 0x6A82); /* the MF's own identifier is left out */
    expect_select(f, "04", "0C", AID, 0x9000);
    expect_select(f, "08", "0C", "2F00", 0x9000);
    expect_select(f, "08", "0C", "7FFF6F07", 0x9000);
    expect_select(f, "09", "0C", "6FAD", 0x9000);
    expect_select(f, "09", "0C", "7FFF6FAD", 0x6A82);     /* 7FFF only in paths from the MF */
    expect_select(f, "08", "0C", "7FFF6F076FAD", 0x6A82); /* an EF has no children */
    expect_select(f, "08", "0C", "7FFF6F", 0x6700);
    expect_select(f, "08", "0C", "", 0x6700);
}

static void test_by_aid(void **state)
{
    struct uicc_fixture *f = *state;

    expect_select(f, "04", "0C", "A0000000871002", 0x9000); /* the beginning is enough */
    expect_select(f, "04", "0C", AID, 0x9000);
    expect_select(f, "04", "0C", AID "00", 0x6A82);
    expect_select(f, "04", "0C", "A0000000871003", 0x6A82);
    expect_select(f, "04", "0D", "A000000087", 0x9000); /* last */
    fixture_expect_data(f, "80F2000112", "84 10 " ISIM_AID);
    expect_select(f, "04", "0E", "A000000087", 0x6A82); /* next: there is none behind it */
    expect_select(f, "04", "0F", "A000000087", 0x9000); /* previous */
    fixture_expect_data(f, "80F2000112", "84 10 " AID);
    expect_select(f, "04", "0F", "A000000087", 0x6A82); /* there is none before it */
    expect_select(f, "04", "0E", "A000000087", 0x9000); /* next */
    fixture_expect_data(f, "80F2000112", "84 10 " ISIM_AID);
    fixture_reset(f);
    expect_select(f, "04", "0E", "A000000087", 0x9000); /* next of none: the first */
    fixture_expect_data(f, "80F2000112", "84 10 " AID);
    fixture_reset(f);
    expect_select(f, "04", "0F", "A000000087", 0x9000); /* previous of none: the last */
    fixture_expect_data(f, "80F2000112", "84 10 " ISIM_AID);
    expect_select(f, "04", "0C", "", 0x6700);
}

static void test_parent_and_child(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00A4030C", 0x6A82); /* the MF has no parent */
    expect_select(f, "04", "0C", AID, 0x9000);
    fixture_expect(f, "00A4030C", 0x9000);
    expect_select(f, "00", "0C", "2FE2", 0x9000);
    expect_select(f, "01", "0C", "2FE2", 0x6A82); /* an EF is no child DF */
    expect_select(f, "03", "0C", "3F00", 0x6700);
}

static void test_termination_ends_the_application(void **state)
{
    struct uicc_fixture *f = *state;

    expect_select(f, "04", "0C", AID, 0x9000);
    fixture_expect(f, VERIFY_PIN2, 0x9000);
    expect_select(f, "04", "4C", AID, 0x9000);
    expect_select(f, "00", "0C", "7FFF", 0x6A82);
    expect_select(f, "00", "0C", "2FE2", 0x9000);
    expect_select(f, "04", "0C", AID, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00D685000101", 0x6982); /* EF_EST: PIN2 was forgotten with the session */
}

static void test_parameters(void **state)
{
    struct uicc_fixture *f = *state;

    expect_select(f, "02", "0C", "2FE2", 0x6A86);
    expect_select(f, "00", "00", "2FE2", 0x6A86);
    expect_select(f, "00", "8C", "2FE2", 0x6A86);
    expect_select(f, "00", "1C", "2FE2", 0x6A86);
    expect_select(f, "00", "0D", "2FE2", 0x6A86); /* occurrences are for AIDs */
    expect_select(f, "00", "4C", "2FE2", 0x6A86); /* so is termination */
    expect_select(f, "04", "2C", AID, 0x6A86);
    expect_select(f, "00", "0C", "2FE2FF", 0x6700);
}

static void test_response_comes_by_get_response(void **state)
{
    struct uicc_fixture *f = *state;

    assert_int_equal(fixture_raw(f, "00A40004022FE2"), 0x6129);
    assert_int_equal(f->length, 0);
    assert_int_equal(fixture_raw(f, "00C000002A"), 0x6C29); /* too much: still there */
    assert_int_equal(fixture_raw(f, "00C0000002"), 0x6127); /* a part, and how much is left */
    assert_memory_equal(f->data, "\x62\x27", 2);
    assert_int_equal(fixture_raw(f, "00C0000027"), 0x9000);
    assert_int_equal(f->length, 39);
    assert_int_equal(fixture_raw(f, "00C0000001"), 0x6F00);       /* nothing left */
    assert_int_equal(fixture_raw(f, "00A40004022FE200"), 0x6129); /* the same with an Le */
    assert_int_equal(fixture_raw(f, "80F2000C"), 0x9000);
    assert_int_equal(fixture_raw(f, "00C0000029"), 0x6F00); /* another command came between */
    assert_int_equal(fixture_raw(f, "00C0010001"), 0x6A86);
}

static void test_state_of_deactivated_file(void **state)
{
    struct uicc_fixture *f = *state;
    struct uicc_file file;
    uint8_t *entry = fixture_entry(f, 0x2FE2);

    uicc_entry_decode(entry, &file);
    file.life_cycle = UICC_LIFE_DEACTIVATED;
    uicc_entry_encode(&file, entry);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    expect_select(f, "00", "0C", "2FE2", 0x6283);
    expect_select(f, "00", "04", "2FE2", 0x6283);
    assert_int_equal(f->length, 0x29);
    fixture_expect(f, "00B000000A", 0x6984);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_reset_selects_mf_and_gives_a_sound_atr),
        TEST(test_fcp_of_mf),
        TEST(test_fcp_of_adf),
        TEST(test_fcp_of_efs),
        TEST(test_by_fid_from_where_one_stands),
        TEST(test_failure_changes_nothing),
        TEST(test_by_path),
        TEST(test_by_aid),
        TEST(test_parent_and_child),
        TEST(test_termination_ends_the_application),
        TEST(test_parameters),
        TEST(test_response_comes_by_get_response),
        TEST(test_state_of_deactivated_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
