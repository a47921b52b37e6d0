/* STATUS: TS 102 221 11.1.2. */
#include "fixture.h"

static void test_fcp_of_current_df(void **state)
{
    struct uicc_fixture *f = *state;

    assert_int_equal(fixture_raw(f, "80F2000000"), 0x6C2B);
    assert_int_equal(f->length, 0);
    assert_int_equal(fixture_raw(f, "80F2000027"), 0x6C2B);
    assert_int_equal(fixture_raw(f, "80F200002B"), 0x9000);
    assert_memory_equal(f->data, "\x62\x29\x82\x02\x78\x21\x83\x02\x3F\x00", 10);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, "00A4000C026F07", 0x9000); /* an EF is current: still the DF's */
    assert_int_equal(fixture_raw(f, "80F2000030"), 0x9000);
    assert_memory_equal(f->data, "\x62\x2E\x82\x02\x78\x21\x84\x10\xA0", 9);
}

static void test_df_name(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "80F2000100", 0x6A88); /* no application is selected */
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect_data(f, "80F2000112", "8410A0000000871002FFFFFFFF8907090000");
    assert_int_equal(fixture_raw(f, "80F2000100"), 0x6C12);
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "80F2000112", 0x9000); /* the application goes on */
}

static void test_no_data_and_indications(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "80F2000C", 0x9000);
    fixture_expect(f, "80F2000C00", 0x9000);
    assert_int_equal(f->length, 0);
    fixture_expect(f, "80F2010C", 0x9000);
    fixture_expect(f, "80F2020C", 0x9000);
    fixture_expect(f, "80F2030C", 0x6A86);
    fixture_expect(f, "80F2000200", 0x6A86);
    fixture_expect(f, "80F2000C01AA", 0x6700);
    fixture_expect(f, "00F2000C", 0x6E00); /* its class is 8X */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_fcp_of_current_df),
        TEST(test_df_name),
        TEST(test_no_data_and_indications),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
