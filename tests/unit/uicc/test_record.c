/* READ RECORD and UPDATE RECORD: TS 102 221 11.1.5 and 11.1.6. */
#include "fixture.h"
#include "uicc/layout.h"

#define SELECT_ECC "00A4000C026FB7"

/* EF_ECC as four records of two octets, 11F2 FF00 19F1 FF00, of either structure; ADM1 is verified.
 */
static void make_ecc(struct uicc_fixture *f, enum uicc_file_kind kind)
{
    uint8_t *entry = fixture_entry(f, 0x6FB7);
    struct uicc_file file;

    uicc_entry_decode(entry, &file);
    file.kind = kind;
    file.record_length = 2;
    file.record_count = 4;
    uicc_entry_encode(&file, entry);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, SELECT_ECC, 0x9000);
}

static void test_absolute_and_current(void **state)
{
    struct uicc_fixture *f = *state;

    make_ecc(f, UICC_KIND_LINEAR_FIXED);
    fixture_expect_data(f, "00B2010402", "11F2");
    fixture_expect_data(f, "00B2040402", "FF00");
    fixture_expect(f, "00B2050402", 0x6A83);
    fixture_expect(f, "00B2000402", 0x6A83); /* absolute reading made none current */
    fixture_expect_data(f, "00B2000202", "11F2");
    fixture_expect_data(f, "00B2030402", "19F1");
    fixture_expect_data(f, "00B2000402", "11F2"); /* current is what NEXT chose */
}

static void test_next_and_previous_in_linear(void **state)
{
    struct uicc_fixture *f = *state;

    make_ecc(f, UICC_KIND_LINEAR_FIXED);
    fixture_expect_data(f, "00B2000202", "11F2"); /* no current record: the first */
    fixture_expect_data(f, "00B2000202", "FF00");
    fixture_expect_data(f, "00B2000202", "19F1");
    fixture_expect_data(f, "00B2000302", "FF00");
    fixture_expect_data(f, "00B2000302", "11F2");
    fixture_expect(f, "00B2000302", 0x6A83);      /* before the first */
    fixture_expect_data(f, "00B2000402", "11F2"); /* the pointer stayed */
    fixture_expect(f, SELECT_ECC, 0x9000);
    fixture_expect_data(f, "00B2000302", "FF00"); /* no current record: the last */
    fixture_expect(f, "00B2000202", 0x6A83);      /* behind the last */
}

static void test_lengths(void **state)
{
    struct uicc_fixture *f = *state;

    make_ecc(f, UICC_KIND_LINEAR_FIXED);
    assert_int_equal(fixture_raw(f, "00B2000200"), 0x6C02);
    assert_int_equal(fixture_raw(f, "00B2000201"), 0x6C02);
    assert_int_equal(fixture_raw(f, "00B2000203"), 0x6C02);
    fixture_expect_data(f, "00B2000202", "11F2"); /* refused lengths moved no pointer */
    fixture_expect(f, "00DC010401AA", 0x6700);
    fixture_expect(f, "00DC010403AABBCC", 0x6700);
    fixture_expect(f, "00DC010400", 0x6700);
    fixture_expect_data(f, "00B2010402", "11F2");
}

static void test_parameters_and_structure(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00B2010402", 0x6986);
    fixture_expect(f, "00DC010402AABB", 0x6986);
    make_ecc(f, UICC_KIND_LINEAR_FIXED);
    fixture_expect(f, "00B2010502", 0x6A86);
    fixture_expect(f, "00B2010002", 0x6A86);
    fixture_expect(f, "00B2010202", 0x6A86); /* NEXT has no number */
    fixture_expect(f, "00B201FC02", 0x6A86); /* SFI 31 */
    fixture_expect(f, "00B201E402", 0x6A82); /* SFI 28 */
    fixture_expect(f, "00B2011C02", 0x6981); /* SFI 3 is EF_AD */
    fixture_expect(f, "00A4000C026FAD", 0x9000);
    fixture_expect(f, "00B2010404", 0x6981);
    fixture_expect(f, "00DC010404 00000002", 0x6981);
}

static void test_sfi(void **state)
{
    struct uicc_fixture *f = *state;

    make_ecc(f, UICC_KIND_LINEAR_FIXED);
    fixture_expect_data(f, "00B2000202", "11F2");
    fixture_expect_data(f, "00B2000A02", "11F2"); /* SFI 1: no current record again */
    fixture_expect_data(f, "00B2000202", "FF00");
    fixture_expect(f, "00A4000C026FAD", 0x9000);
    fixture_expect(f, "00B2000C02", 0x6A83); /* current record of a file that was not current */
    fixture_expect_data(f, "00B2030C02", "19F1");
    fixture_expect_data(f, "00B2010402", "11F2"); /* now it is */
}

static void test_update_linear(void **state)
{
    struct uicc_fixture *f = *state;

    make_ecc(f, UICC_KIND_LINEAR_FIXED);
    fixture_expect(f, "00DC0204020102", 0x9000);
    fixture_expect(f, "00DC0002020304", 0x9000); /* NEXT: the first */
    fixture_expect(f, "00DC0004020506", 0x9000); /* current: it again */
    fixture_expect(f, "00DC0504020102", 0x6A83);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect_data(f, "00B2010C02", "0506");
    fixture_expect_data(f, "00B2020C02", "0102");
    fixture_expect_data(f, "00B2030C02", "19F1");
}

static void test_access_conditions(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect_data(f, "00B2010C04", "11F2FF00"); /* ECC: always to read, */
    fixture_expect(f, "00DC010C04 11F2FF00", 0x6982); /* ADM to update */
    fixture_expect(f, "00A4000C026F3C", 0x9000);
    fixture_expect(f, "00B20104B0", 0x6982); /* SMS: PIN */
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00B20104B0", 0x9000);
    assert_int_equal(f->length, 176);
    assert_int_equal(f->data[0], 0x00);
    assert_int_equal(f->data[175], 0xFF);
}

static void test_cyclic(void **state)
{
    struct uicc_fixture *f = *state;

    make_ecc(f, UICC_KIND_CYCLIC);
    fixture_expect(f, "00DC0104020102", 0x6981); /* only PREVIOUS */
    fixture_expect(f, "00DC0002020102", 0x6981);
    fixture_expect(f, "00DC0003020102", 0x9000);  /* the oldest, number 4, becomes number 1 */
    fixture_expect_data(f, "00B2000402", "0102"); /* and current */
    fixture_expect_data(f, "00B2010402", "0102");
    fixture_expect_data(f, "00B2020402", "11F2");
    fixture_expect_data(f, "00B2040402", "19F1");
    fixture_expect_data(f, "00B2000302", "19F1"); /* goes round: before 1 is 4 */
    fixture_expect_data(f, "00B2000202", "0102"); /* behind 4 is 1 */
    fixture_expect(f, "00DC0003020304", 0x9000);
    fixture_expect(f, "00DC0003020506", 0x9000);
    fixture_expect(f, "00DC0003020708", 0x9000);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect_data(f, "00B2010C02", "0708");
    fixture_expect_data(f, "00B2020C02", "0506");
    fixture_expect_data(f, "00B2030C02", "0304");
    fixture_expect_data(f, "00B2040C02", "0102");
}

static void test_cyclic_update_is_all_or_nothing(void **state)
{
    struct uicc_fixture *f = *state;

    for (unsigned cut = 1; cut <= 3; cut++) { /* directory, body, commit */
        make_ecc(f, UICC_KIND_CYCLIC);
        f->cut_at = f->accesses + cut;
        assert_int_equal(fixture_raw(f, "00DC0003020102"), 0x6581);
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        fixture_expect(f, SELECT_USIM, 0x9000);
        fixture_expect_data(f, "00B2010C02", "11F2");
        fixture_expect_data(f, "00B2040C02", "FF00");
    }
}

/* A write that fails once: what was written before it is not made durable by a later command. */
static void test_half_a_command_is_forgotten(void **state)
{
    struct uicc_fixture *f = *state;

    make_ecc(f, UICC_KIND_CYCLIC);
    f->glitch = true;
    f->cut_at = f->accesses + 2; /* the body, behind the directory entry */
    assert_int_equal(fixture_raw(f, "00DC0003020102"), 0x6581);
    fixture_expect_data(f, "00B2010402", "11F2");
    fixture_expect(f, VERIFY_PIN1, 0x9000); /* commits */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect_data(f, "00B2010C02", "11F2");
    fixture_expect_data(f, "00B2040C02", "FF00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_absolute_and_current),
        TEST(test_next_and_previous_in_linear),
        TEST(test_lengths),
        TEST(test_parameters_and_structure),
        TEST(test_sfi),
        TEST(test_update_linear),
        TEST(test_access_conditions),
        TEST(test_cyclic),
        TEST(test_cyclic_update_is_all_or_nothing),
        TEST(test_half_a_command_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
