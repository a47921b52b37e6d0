/* VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN: TS 102 221 11.1.9 to 11.1.13 and 9.5. */
#include "fixture.h"

#define PIN1      "31323334FFFFFFFF"
#define NEW7      "37373737373737FF" /* seven digits */
#define WRONG     "30303030FFFFFFFF"
#define PUK1      "3132333435363738"
#define WRONG_PUK "3838383838383838"
#define READ_IMSI "00B0870009"

static void test_verify(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0020000100", 0x63C3); /* the tries left, asked with P3 = 00, */
    fixture_expect(f, "00200001", 0x63C3);   /* or without */
    fixture_expect(f, WRONG_PIN1, 0x63C2);
    fixture_expect(f, "0020000100", 0x63C2);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "0020000100", 0x63C3);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, READ_IMSI, 0x9000);
    fixture_expect(f, WRONG_PIN1, 0x63C2);
    fixture_expect(f, READ_IMSI, 0x6982); /* a wrong PIN takes the right away */
}

static void test_wrong_until_blocked(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, WRONG_PIN1, 0x63C2);
    fixture_expect(f, WRONG_PIN1, 0x63C1);
    fixture_expect(f, WRONG_PIN1, 0x63C0);
    fixture_expect(f, WRONG_PIN1, 0x6983);
    fixture_expect(f, VERIFY_PIN1, 0x6983); /* nothing is compared any more */
    fixture_expect(f, "0020000100", 0x63C0);
    fixture_reset(f);
    fixture_expect(f, VERIFY_PIN1, 0x6983);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, VERIFY_PIN1, 0x6983);
    fixture_expect(f, "0024000110" PIN1 NEW7, 0x6983);
    fixture_expect(f, "0026000108" PIN1, 0x6983);
    fixture_expect(f, "0028000108" PIN1, 0x6983);
}

static void test_counter_survives_reset_and_power_up(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, WRONG_PIN1, 0x63C2);
    fixture_reset(f);
    fixture_expect(f, "0020000100", 0x63C2);
    fixture_expect(f, WRONG_PIN1, 0x63C1);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "0020000100", 0x63C1);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "0020000100", 0x63C3);
}

static void test_parameters(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0020010108" PIN1, 0x6A86);
    fixture_expect(f, "0020000008" PIN1, 0x6A88); /* 00 is no reference */
    fixture_expect(f, "0020000208" PIN1, 0x6A88);
    fixture_expect(f, "0020001108" PIN1, 0x6A88); /* no universal PIN */
    fixture_expect(f,
                   "0020000104"
                   "31323334",
                   0x6700);
    fixture_expect(f, "0020000108", 0x6700); /* P3 without data */
    fixture_expect(f, "0024000108" PIN1, 0x6700);
    fixture_expect(f, "0026000100", 0x6700);
    fixture_expect(f, "0026800108" PIN1, 0x6A86); /* no alternative PIN */
    fixture_expect(f, "002C000108" PUK1, 0x6700);
    fixture_expect(f, "002C000A10" PUK1 NEW7, 0x6A88); /* ADM1 has no PUK */
    fixture_expect(f, "0020000100", 0x63C3);           /* none of these was a try */
}

static void test_change(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0024000110" WRONG NEW7, 0x63C2);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "0024000110" PIN1 "373737FFFFFFFFFF", 0x6A80); /* three digits */
    fixture_expect(f, "0024000110" PIN1 "3737FF3737FFFFFF", 0x6A80);
    fixture_expect(f, "0024000110" PIN1 "3737373A37373737", 0x6A80);
    fixture_expect(f, "0024000110" PIN1 NEW7, 0x9000);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, VERIFY_PIN1, 0x63C2);
    fixture_expect(f, "0020000108" NEW7, 0x9000);
    fixture_expect(f,
                   "0020000108"
                   "3737373737373737",
                   0x63C2); /* the padding counts */
    fixture_expect(f,
                   "0024000A10"
                   "3838383838383838"
                   "0102030405060708",
                   0x9000);
    fixture_expect(f,
                   "0020000A08"
                   "0102030405060708",
                   0x9000); /* ADM: any octets */
}

static void test_change_verifies(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, READ_IMSI, 0x6982);
    fixture_expect(f, "0024000110" PIN1 NEW7, 0x9000);
    fixture_expect(f, READ_IMSI, 0x9000);
}

static void test_disable_and_enable(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0028000108" PIN1, 0x6985); /* it is enabled */
    fixture_expect(f, "0026000108" WRONG, 0x63C2);
    fixture_expect(f, "0026000108" PIN1, 0x9000);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, READ_IMSI, 0x9000); /* the condition PIN1 is fulfilled */
    fixture_expect(f, "80F2000000", 0x9000);
    assert_int_equal(f->data[f->length - 7], 0x40); /* PS: PIN1 disabled, PIN2 enabled */
    fixture_expect(f, VERIFY_PIN1, 0x6984);
    fixture_expect(f, "0020000100", 0x6984);
    fixture_expect(f, "0024000110" PIN1 NEW7, 0x6984);
    fixture_expect(f, "0026000108" PIN1, 0x6984);
    fixture_expect(f, "0028000108" WRONG, 0x63C2);
    fixture_expect(f, "0028000108" PIN1, 0x9000);
    fixture_expect(f, READ_IMSI, 0x9000); /* enabling shows the PIN, too */
    fixture_reset(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, READ_IMSI, 0x6982);
    fixture_expect(f,
                   "0026008108"
                   "35363738FFFFFFFF",
                   0x6985); /* PIN2 stays enabled */
    fixture_expect(f,
                   "0026000A08"
                   "3838383838383838",
                   0x6985);
}

static void test_unblock(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, WRONG_PIN1, 0x63C2);
    fixture_expect(f, WRONG_PIN1, 0x63C1);
    fixture_expect(f, WRONG_PIN1, 0x63C0);
    fixture_expect(f, "002C000100", 0x63CA);
    fixture_expect(f, "002C000110" WRONG_PUK NEW7, 0x63C9);
    fixture_expect(f, "002C000100", 0x63C9);
    fixture_expect(f, "002C000110" PUK1 "FFFFFFFFFFFFFFFF", 0x6A80);
    fixture_expect(f, "002C000110" PUK1 NEW7, 0x9000);
    fixture_expect(f, "002C000100", 0x63CA);
    fixture_expect(f, "0020000100", 0x63C3);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, READ_IMSI, 0x9000); /* unblocking verifies */
    fixture_expect(f, "002C000110" WRONG_PUK PIN1, 0x63C9);
    fixture_expect(f, READ_IMSI, 0x9000); /* a wrong PUK leaves the PIN's state alone */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "0020000108" NEW7, 0x9000);
}

static void test_puk_wrong_until_blocked(void **state)
{
    struct uicc_fixture *f = *state;

    for (unsigned left = 10; left > 0; left--) {
        fixture_expect(f, "002C000110" WRONG_PUK NEW7, (uint16_t)(0x63C0 | (left - 1)));
    }
    fixture_expect(f, "002C000110" PUK1 NEW7, 0x6983);
    fixture_expect(f, "002C000100", 0x63C0);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "002C000110" PUK1 NEW7, 0x6983);
    fixture_expect(f, VERIFY_PIN1, 0x9000); /* the PIN itself is not touched */
}

static void test_unblock_enables(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "0026000108" PIN1, 0x9000);
    fixture_expect(f, "002C000110" PUK1 NEW7, 0x9000);
    fixture_expect(f, "0020000108" NEW7, 0x9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_verify),
        TEST(test_wrong_until_blocked),
        TEST(test_counter_survives_reset_and_power_up),
        TEST(test_parameters),
        TEST(test_change),
        TEST(test_change_verifies),
        TEST(test_disable_and_enable),
        TEST(test_unblock),
        TEST(test_puk_wrong_until_blocked),
        TEST(test_unblock_enables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
