/* READ BINARY and UPDATE BINARY: TS 102 221 11.1.3 and 11.1.4; start contents of the files. */
#include "fixture.h"

static void test_start_contents(void **state)
{
    struct uicc_fixture *f = *state;
    static const struct {
        const char *read;
        const char *data;
    } files[] = {
        /* ADF.USIM by SFI: TS 31.102 4.2 */
        {"00B0870000", "08 09 10 10 10 32 54 76 98"}, /* IMSI */
        {"00B0830000", "00 00 00 02"},                /* AD */
        {"00B0860000", "00 10"},                      /* ACC: class 4 */
        {"00B0880000", "07 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
        {"00B0820000", "FFFFFFFF"},                          /* LI */
        {"00B08B0000", "FFFFFFFF 00F110 0000 FF 01"},        /* LOCI */
        {"00B08C0000", "FFFFFFFF FFFFFF 00F110 0000 FF 01"}, /* PSLOCI */
        {"00B09E0000", "FFFFFFFFFFFFFFFFFFFFFFFF 00F110 0000 01"},
        {"00B08F0000", "F00000 F00000"},
        {"00B0900000", "FFFFFF"},
        {"00B0930000", "00F110 4000 00F110 8000 00F110 0080"}, /* HPLMNwAcT */
        {"00B09D0000", "00F110 FFFFFF FFFFFF FFFFFF"},         /* EHPLMN */
        {"00B08D0000", "FFFFFFFFFFFFFFFFFFFFFFFF"},            /* FPLMN */
        {"00B0850000", "00"},                                  /* EST */
        /* services 10, 12, 19, 20, 21, 33, 34, 42, 43, 71, 85 */
        {"00B0840000", "00 0A 1C 00 03 06 00 00 40 00 10 00 00 00 00 2E"},
    };

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        fixture_expect_data(f, files[i].read, files[i].data);
    }
    fixture_expect(f, "00A4000C026F46", 0x9000);
    fixture_expect_data(f, "00B0000000", "01 4D6F6F72696E67 FFFFFFFFFFFFFFFFFF");
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect_data(f, "00B0820000", "98 00 01 01 00 00 00 00 10 F9"); /* ICCID */
    fixture_expect_data(f, "00B0880000", "3C32000000");                    /* UMPC */
}

static void test_service_name_only_if_there_is_one(void **state)
{
    struct uicc_fixture *f = *state;

    f->profile.spn[0] = '\0';
    fixture_personalise(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00A4000C026F46", 0x6A82);
    fixture_expect_data(f, "00B0840000", "00 0A 18 00 03 06 00 00 40 00 10 00 00 00 00 2E");
}

static void test_read_offsets_and_lengths(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00A4000C022FE2", 0x9000);
    assert_int_equal(fixture_raw(f, "00B0000000"), 0x6C0A);
    assert_int_equal(f->length, 0);
    assert_int_equal(fixture_raw(f, "00B000000B"), 0x6C0A);
    assert_int_equal(fixture_raw(f, "00B000000A"), 0x9000);
    assert_int_equal(f->length, 10);
    fixture_expect_data(f, "00B0000203", "01 01 00");
    fixture_expect_data(f, "00B0000901", "F9");
    assert_int_equal(fixture_raw(f, "00B0000902"), 0x6C01);
    assert_int_equal(fixture_raw(f, "00B0000A01"), 0x6B00);
    assert_int_equal(fixture_raw(f, "00B07FFF01"), 0x6B00);
    assert_int_equal(fixture_raw(f, "00B00000"), 0x6C0A); /* no P3 is P3 = 00 */
}

static void test_sfi_makes_the_file_current(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00B000000A", 0x6986);
    fixture_expect(f, "00B082000A", 0x9000);
    fixture_expect(f, "00B000000A", 0x9000);
    fixture_expect(f, "00B0820A01", 0x6B00);
    fixture_expect(f, "00B0830001", 0x6A82); /* no such SFI in the MF */
    fixture_expect(f, "00B0A20001", 0x6A86); /* bits that must be 0 */
    fixture_expect(f, "00B0800001", 0x6A86); /* SFI 0 and 31 do not exist */
    fixture_expect(f, "00B09F0001", 0x6A86);
    fixture_expect(f, "00B000000A", 0x9000); /* errors moved nothing */
}

static void test_structure(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00A4000C022F00", 0x9000);
    fixture_expect(f, "00B0000001", 0x6981);
    fixture_expect(f, "00D600000100", 0x6981);
    fixture_expect(f, "00B09E0001", 0x6981);
}

static void test_access_conditions(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00D6820001FF", 0x6982); /* ICCID: never, */
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00D6820001FF", 0x6982); /* not for the administrator either */
    fixture_expect(f, "00D6880001FF", 0x9000); /* UMPC: ADM */
    fixture_reset(f);
    fixture_expect(f, "00D6880001FF", 0x6982); /* a reset forgets what was verified */
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "00B0870000", 0x6982); /* IMSI: PIN to read, */
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00B0870000", 0x6982);
    fixture_expect(f, "00D68700010 8", 0x9000); /* ADM to update */
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00B0870000", 0x9000);
    fixture_expect(f, "00D685000101", 0x6982); /* EST: PIN2 */
    fixture_expect(f, VERIFY_PIN2, 0x9000);
    fixture_expect(f, "00D685000101", 0x9000);
    fixture_expect_data(f, "00B0850000", "01");
}

static void test_update(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00D68B00 0B 11223344 00F110 1234 FF 00", 0x9000);
    fixture_expect(f, "00D60004 02 0102", 0x9000); /* LOCI became current */
    fixture_expect_data(f, "00B0000000", "11223344 0102 10 1234 FF 00");
    fixture_expect(f, "00D60000 0C 112233445566778899AABBCC", 0x6700); /* one too many */
    fixture_expect(f, "00D6000A 02 FFFF", 0x6700);
    fixture_expect(f, "00D6000B 01 FF", 0x6B00);
    fixture_expect(f, "00D6000000", 0x6700); /* nothing to write */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect_data(f, "00B08B0000", "11223344 0102 10 1234 FF 00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_start_contents),
        TEST(test_service_name_only_if_there_is_one),
        TEST(test_read_offsets_and_lengths),
        TEST(test_sfi_makes_the_file_current),
        TEST(test_structure),
        TEST(test_access_conditions),
        TEST(test_update),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
