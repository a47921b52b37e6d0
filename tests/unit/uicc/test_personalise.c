/* Personalisation, and the memory in RAM. */
#include <string.h>

#include "base/bytes.h"
#include "fixture.h"
#include "uicc/layout.h"

static void refuse(struct uicc_fixture *f, const struct uicc_profile *profile)
{
    uint8_t before[UICC_IMAGE_SIZE];

    memcpy(before, f->committed, sizeof before);
    assert_int_equal(uicc_personalise(&f->ram.port, profile), UICC_PERSONALISE_INVALID);
    assert_memory_equal(before, f->committed, sizeof before);
}

static void test_refuses_what_is_no_profile(void **state)
{
    struct uicc_fixture *f = *state;
    struct uicc_profile p;

#define REFUSE(change)                                                                             \
    do {                                                                                           \
        p = f->profile;                                                                            \
        change;                                                                                    \
        refuse(f, &p);                                                                             \
    } while (0)
    REFUSE(p.iccid.digits[5] = '9'); /* the Luhn digit does not fit */
    REFUSE(p.iccid.digits[0] = '\0');
    REFUSE(memset(p.iccid.digits, '1', sizeof p.iccid.digits)); /* no end */
    REFUSE(p.imsi.digits[3] = 'x');
    REFUSE(p.imsi.digits[5] = '\0');
    REFUSE(memset(p.imsi.digits, '1', sizeof p.imsi.digits));
    REFUSE(p.mnc_length = 1);
    REFUSE(p.mnc_length = 4);
    REFUSE(p.credentials.algorithm = (enum aka_algorithm)0);
    REFUSE(p.credentials.algorithm = AKA_TUAK); /* and none of its numbers */
    REFUSE(p.sqn.report = (enum sqn_report)2);
    REFUSE(p.pin1[0] = 0xFF);
    REFUSE(p.puk1[7] = 'A');
    REFUSE(p.pin2[3] = 0xFF);
    REFUSE(p.puk2[0] = 0x00);
    REFUSE(p.access_classes = 0);
    REFUSE(p.access_classes = 3);        /* two classes of 0 to 9 */
    REFUSE(p.access_classes = 1u << 12); /* none of them */
    REFUSE(p.access_classes = 1u | 1u << 10);
    REFUSE(p.spn[1] = '\n');
    REFUSE(p.more_adms = UICC_MORE_ADMS + 1);
    REFUSE(p.has_universal_pin = true); /* and no value */
    REFUSE(memset(p.spn, 'x', sizeof p.spn));
#undef REFUSE
}

static void test_three_digit_mnc_and_all_else_at_the_limit(void **state)
{
    struct uicc_fixture *f = *state;

    assert_true(imsi_parse("310410123456789", 15, &f->profile.imsi));
    f->profile.mnc_length = 3;
    f->profile.access_classes = 1u << 9 | 1u << 15;
    memcpy(f->profile.spn, "Sixteen letters!", 17);
    fixture_personalise(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect_data(f, "00B0830000", "00000003");
    fixture_expect_data(f, "00B0870000", "083901141032547698");
    fixture_expect_data(f, "00B0860000", "8200");
    fixture_expect_data(f, "00B09D0003", "130014");
    fixture_expect(f, "00A4000C026F46", 0x9000);
    fixture_expect_data(f, "00B0000000", "015369787465656E206C65747465727321");
}

static void test_directory_record(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "00B201F426",
                        "61 18 4F10A0000000871002FFFFFFFF8907090000 50045553494D"
                        "FFFFFFFFFFFFFFFFFFFFFFFF");
    fixture_expect_data(f, "00B202F426",
                        "61 18 4F10A0000000871004FFFFFFFF8907090000 50044953494D"
                        "FFFFFFFFFFFFFFFFFFFFFFFF");
}

static void test_memory_too_small(void **state)
{
    struct uicc_fixture *f = *state;
    uint32_t needed = be32_get(f->committed + UICC_AT_BODIES_END);

    f->ram.port.size = needed - 1;
    assert_int_equal(uicc_personalise(&f->ram.port, &f->profile), UICC_PERSONALISE_TOO_SMALL);
    f->ram.port.size = needed;
    assert_int_equal(uicc_personalise(&f->ram.port, &f->profile), UICC_PERSONALISE_OK);
    assert_int_equal(uicc_card_open(&f->card, &f->ram.port, &f->crypto.port), UICC_OPEN_OK);
}

static void test_broken_memory_keeps_the_old_image(void **state)
{
    struct uicc_fixture *f = *state;
    static uint8_t before[UICC_IMAGE_SIZE];
    unsigned cut = 1;

    memcpy(before, f->committed, sizeof before);
    f->profile.spn[0] = '\0';
    for (;; cut++) {
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        f->cut_at = f->accesses + cut;
        if (uicc_personalise(&f->nvm, &f->profile) == UICC_PERSONALISE_OK) {
            break;
        }
        assert_memory_equal(before, f->committed, sizeof before);
    }
    assert_in_range(cut, 100, 1000); /* each write of an image */
    assert_memory_not_equal(before, f->committed, sizeof before);
}

static void test_nothing_of_an_older_image_stays(void **state)
{
    struct uicc_fixture *f = *state;
    static uint8_t before[UICC_IMAGE_SIZE];

    memcpy(before, f->committed, sizeof before);
    fixture_expect(f, WRONG_PIN1, 0x63C2);
    memset(f->ram.working + 8192, 0x77, 4096);
    assert_true(f->ram.port.write(f->ram.port.ctx, 8192, f->ram.working + 8192, 4096));
    assert_true(f->ram.port.commit(f->ram.port.ctx));
    assert_int_equal(uicc_personalise(&f->ram.port, &f->profile), UICC_PERSONALISE_OK);
    assert_memory_equal(before, f->committed, sizeof before);
}

static void test_ram_transactions(void **state)
{
    uint8_t committed[64] = {1, 2, 3};
    uint8_t working[64];
    uint8_t octets[64] = {9, 9};
    struct uicc_nvm_ram ram;

    (void)state;
    uicc_nvm_ram_init(&ram, committed, working, sizeof committed);
    assert_true(ram.port.write(&ram, 10, octets, 2));
    assert_true(ram.port.write(&ram, 0, octets, 1));
    assert_int_equal(committed[0], 1);
    assert_true(ram.port.read(&ram, 0, octets, 64));
    assert_int_equal(octets[0], 9); /* its own writes are seen */
    ram.port.rollback(&ram);
    assert_memory_equal(committed, working, sizeof committed);
    assert_true(ram.port.write(&ram, 62, octets, 2));
    assert_true(ram.port.commit(&ram));
    assert_int_equal(committed[62], octets[0]);
    assert_int_equal(committed[0], 1);
    assert_false(ram.port.write(&ram, 63, octets, 2));
    assert_false(ram.port.write(&ram, 65, octets, 0));
    assert_false(ram.port.read(&ram, 0xFFFFFFFF, octets, 2));
    assert_false(ram.port.read(&ram, 0, octets, 65));
}

static void test_pin_text(void **state)
{
    uint8_t pin[8];

    (void)state;
    assert_true(uicc_pin_from_text("1234567", 7, pin));
    assert_memory_equal(pin, "1234567\xFF", 8);
    assert_true(uicc_pin_from_text("12345678", 8, pin));
    assert_false(uicc_pin_from_text("123", 3, pin));
    assert_false(uicc_pin_from_text("123456789", 9, pin));
    assert_false(uicc_pin_from_text("12a4", 4, pin));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_refuses_what_is_no_profile),
        TEST(test_three_digit_mnc_and_all_else_at_the_limit),
        TEST(test_directory_record),
        TEST(test_memory_too_small),
        TEST(test_broken_memory_keeps_the_old_image),
        TEST(test_nothing_of_an_older_image_stays),
        TEST(test_ram_transactions),
        TEST(test_pin_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
