/* Command APDUs of cases 1 to 4: ISO/IEC 7816-3 12.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/apdu.h"

static void test_cases(void **state)
{
    static const uint8_t octets[] = {0x00, 0xA4, 0x04, 0x0C, 0x02, 0x3F, 0x00, 0x10};
    static const uint8_t read[] = {0x00, 0xB0, 0x01, 0x02, 0x00};
    struct apdu_command command;

    (void)state;
    assert_int_equal(apdu_parse(octets, 4, &command), APDU_OK);
    assert_int_equal(apdu_case(&command), 1);
    assert_int_equal(command.ins, 0xA4);
    assert_int_equal(command.p1, 0x04);
    assert_int_equal(command.p2, 0x0C);
    assert_null(command.data);
    assert_int_equal(apdu_parse(octets, 5, &command), APDU_OK);
    assert_int_equal(apdu_case(&command), 2);
    assert_int_equal(command.le, 2);
    assert_int_equal(apdu_parse(read, 5, &command), APDU_OK);
    assert_int_equal(command.le, 256);
    assert_int_equal(apdu_parse(octets, 7, &command), APDU_OK);
    assert_int_equal(apdu_case(&command), 3);
    assert_int_equal(command.lc, 2);
    assert_ptr_equal(command.data, octets + 5);
    assert_false(command.has_le);
    assert_int_equal(apdu_parse(octets, 8, &command), APDU_OK);
    assert_int_equal(apdu_case(&command), 4);
    assert_int_equal(command.le, 16);
}

static void test_wrong_lengths(void **state)
{
    static const uint8_t octets[] = {0x00, 0xD6, 0x00, 0x00, 0x02, 0x11, 0x22, 0x00, 0x00};
    static const uint8_t extended[] = {0x00, 0xD6, 0x00, 0x00, 0x00, 0x00, 0x01, 0x11};
    struct apdu_command command;

    (void)state;
    for (size_t n = 0; n < 4; n++) {
        assert_int_equal(apdu_parse(octets, n, &command), APDU_TRUNCATED);
    }
    assert_int_equal(apdu_parse(octets, 6, &command), APDU_TRUNCATED);
    assert_int_equal(apdu_parse(octets, 9, &command), APDU_TRAILING);
    assert_int_equal(apdu_parse(extended, sizeof extended, &command), APDU_EXTENDED);
}

static void test_longest(void **state)
{
    uint8_t octets[APDU_MAX + 1];
    struct apdu_command command;

    (void)state;
    memset(octets, 0xFF, sizeof octets);
    assert_int_equal(apdu_parse(octets, APDU_MAX, &command), APDU_OK);
    assert_int_equal(command.lc, 255);
    assert_int_equal(command.le, 255);
    assert_int_equal(apdu_parse(octets, APDU_MAX + 1, &command), APDU_TRAILING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_longest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
