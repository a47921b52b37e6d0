#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/identity.h"

static struct imsi imsi_of(const char *text)
{
    struct imsi imsi;

    assert_true(imsi_parse(text, strlen(text), &imsi));
    return imsi;
}

static struct plmn plmn_of(const char *text)
{
    struct plmn plmn;

    assert_true(plmn_parse(text, strlen(text), &plmn));
    return plmn;
}

static void imsi_parse_takes_6_to_15_digits(void **state)
{
    static const char digits[] = "0010101234567890";
    struct imsi imsi;

    (void)state;
    for (size_t n = 0; n <= 16; n++) {
        memset(&imsi, 0x55, sizeof imsi);
        assert_int_equal(imsi_parse(digits, n, &imsi), n >= 6 && n <= 15);
        if (n >= 6 && n <= 15) {
            assert_int_equal(strlen(imsi.digits), n);
            assert_memory_equal(imsi.digits, digits, n);
        } else {
            assert_int_equal(imsi.digits[0], 0x55); /* left unset */
        }
    }
}

static void imsi_parse_refuses_other_characters(void **state)
{
    static const char *const bad[] = {"00101 123456789", "00101a123456789", "-0101123456789",
                                      "00101012345678:", "00101012345678/"};
    struct imsi imsi;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(imsi_parse(bad[i], strlen(bad[i]), &imsi));
    }
    assert_false(imsi_parse("001010\0001234567", 15, &imsi));
    assert_false(imsi_parse("00101012345678\xb9", 15, &imsi));
}

static void imsi_equal_compares_all_digits(void **state)
{
    struct imsi a = imsi_of("001010123456789");
    struct imsi b = imsi_of("001010123456789");
    struct imsi c = imsi_of("001010123456788");
    struct imsi d = imsi_of("00101012345678");

    (void)state;
    memset(b.digits + 15, 0, 1);
    assert_true(imsi_equal(&a, &b));
    assert_false(imsi_equal(&a, &c));
    assert_false(imsi_equal(&a, &d));
}

static void imsi_in_plmn_compares_mcc_and_mnc(void **state)
{
    struct imsi imsi = imsi_of("310410123456789");
    static const struct {
        const char *plmn;
        bool in;
    } cases[] = {{"310/410", true},  {"310/41", true},  {"310/411", false},
                 {"310/400", false}, {"311/41", false}, {"301/410", false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct plmn plmn = plmn_of(cases[i].plmn);

        assert_int_equal(imsi_in_plmn(&imsi, &plmn), cases[i].in);
    }
    struct imsi shortest = imsi_of("310410");
    struct imsi none = {{0}};
    struct plmn att = plmn_of("310410");

    assert_true(imsi_in_plmn(&shortest, &att));
    assert_false(imsi_in_plmn(&none, &att));
}

static void ef_imsi_is_encoded_as_ts_31_102_says(void **state)
{
    static const struct {
        const char *imsi;
        uint8_t ef[9];
    } cases[] = {
        {"001010123456789", {0x08, 0x09, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}},
        {"00101012345678", {0x08, 0x01, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0xF8}},
        {"310410", {0x04, 0x31, 0x01, 0x14, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF}},
        {"3104101", {0x04, 0x39, 0x01, 0x14, 0x10, 0xFF, 0xFF, 0xFF, 0xFF}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct imsi imsi = imsi_of(cases[i].imsi);
        struct imsi back;
        uint8_t ef[9];

        imsi_to_ef(&imsi, ef);
        assert_memory_equal(ef, cases[i].ef, 9);
        assert_true(imsi_from_ef(ef, 9, &back));
        assert_true(imsi_equal(&imsi, &back));
        assert_true(imsi_from_ef(ef, ef[0] + 1u, &back));
        assert_false(imsi_from_ef(ef, ef[0], &back));
    }
}

static void empty_imsi_is_an_erased_file(void **state)
{
    struct imsi none = {{0}};
    struct imsi out;
    uint8_t ef[9];
    static const uint8_t erased[9] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

    (void)state;
    imsi_to_ef(&none, ef);
    assert_memory_equal(ef, erased, 9);
    assert_false(imsi_from_ef(ef, 9, &out));
}

static void ef_imsi_refuses_hostile_content(void **state)
{
    static const uint8_t bad[][9] = {
        {0x00, 0x09, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}, /* length 0 */
        {0x09, 0x09, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}, /* length past the file */
        {0xFE, 0x09, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}, /* length far past the file */
        {0x08, 0x0A, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}, /* type of identity IMEI */
        {0x08, 0x01, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}, /* even, but no filler */
        {0x08, 0x09, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0xF8}, /* odd, but a filler */
        {0x08, 0x09, 0x1A, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}, /* hexadecimal digit */
        {0x08, 0xA9, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98}, /* the same in digit 1 */
        {0x01, 0x09, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, /* one digit */
        {0x01, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, /* no digit */
        {0x03, 0x39, 0x01, 0x14, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, /* five digits */
    };
    struct imsi out;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(imsi_from_ef(bad[i], 9, &out));
    }
    assert_false(imsi_from_ef(bad[0], 0, &out));
    assert_false(imsi_from_ef(bad[1], 1, &out));
}

/* Any content at all: what is read can be written back and read again; a heap copy lets ASan see an
 * overrun. */
static void ef_imsi_survives_random_content(void **state)
{
    uint32_t x = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)(round % 11);
        uint8_t *octets = malloc(n > 0 ? n : 1);

        assert_non_null(octets);
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525u + 1013904223u;
            octets[i] = i == 0 ? (uint8_t)(x >> 28) : (uint8_t)((x >> 24) & 0x99u);
            if (i == n - 1 && (x & 0x10000u) != 0) {
                octets[i] |= 0xF0u; /* the filler of an even number of digits */
            }
        }
        struct imsi imsi;
        struct imsi back;
        uint8_t ef[9];

        if (imsi_from_ef(octets, n, &imsi)) {
            imsi_to_ef(&imsi, ef);
            assert_memory_equal(ef, octets, octets[0] + 1u);
            assert_true(imsi_from_ef(ef, 9, &back));
            assert_true(imsi_equal(&imsi, &back));
        }
        free(octets);
    }
}

static void luhn_digit_of_known_numbers(void **state)
{
    static const char *const numbers[] = {
        "79927398713",         /* ISO/IEC 7812-1's usual example */
        "490154203237518",     /* an IMEI, TS 23.003 annex B's method */
        "8991101200003204514", /* an ICCID of 19 digits */
        "4111111111111111",    /* a payment card's test number */
        "00",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        size_t n = strlen(numbers[i]);

        assert_int_equal(luhn_digit(numbers[i], n - 1), numbers[i][n - 1]);
    }
    assert_int_equal(luhn_digit("", 0), '0');
}

static void iccid_of_19_and_20_digits(void **state)
{
    static const uint8_t ef19[10] = {0x98, 0x19, 0x01, 0x21, 0x00, 0x00, 0x23, 0x40, 0x15, 0xF4};
    struct iccid iccid;
    struct iccid back;
    uint8_t ef[10];
    static const char twenty[] = "89882110000000000010";

    (void)state;
    assert_true(iccid_parse("8991101200003204514", 19, &iccid));
    iccid_to_ef(&iccid, ef);
    assert_memory_equal(ef, ef19, 10);
    assert_true(iccid_from_ef(ef, &back));
    assert_string_equal(back.digits, "8991101200003204514");

    assert_true(iccid_parse(twenty, 20, &iccid));
    iccid_to_ef(&iccid, ef);
    assert_int_equal(ef[0], 0x98);
    assert_true(iccid_from_ef(ef, &back));
    assert_string_equal(back.digits, twenty);
}

static void iccid_refuses_what_is_none(void **state)
{
    static const uint8_t bad[][10] = {
        {0x98, 0x19, 0x01, 0x21, 0x00, 0x00, 0x23, 0x40, 0x15, 0xF1}, /* wrong check digit */
        {0x98, 0x19, 0x01, 0x21, 0x00, 0x00, 0x23, 0x40, 0x15, 0xFF}, /* 18 digits */
        {0x98, 0x1F, 0x01, 0x21, 0x00, 0x00, 0x23, 0x40, 0x15, 0xF4}, /* filler in the middle */
        {0x98, 0x19, 0x0C, 0x21, 0x00, 0x00, 0x23, 0x40, 0x15, 0xF4}, /* hexadecimal digit */
        {0x98, 0x19, 0x01, 0x21, 0x00, 0x00, 0x23, 0x40, 0x15, 0xA0},
    };
    struct iccid out;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(iccid_from_ef(bad[i], &out));
    }
    assert_false(iccid_parse("8991101200003204515", 19, &out));
    assert_false(iccid_parse("899110120000320451", 18, &out));
    assert_false(iccid_parse("899110120000320451400", 21, &out));
    assert_false(iccid_parse("89911012000032O4514", 19, &out));
    assert_false(iccid_parse("", 0, &out));
}

static void imei_of_14_15_and_16_digits(void **state)
{
    struct imei a;
    struct imei b;
    struct imei c;
    struct imei d;

    (void)state;
    assert_true(imei_parse("49015420323751", 14, &a));
    assert_string_equal(a.digits, "49015420323751");
    assert_string_equal(a.sv, "");
    assert_true(imei_parse("490154203237518", 15, &b)); /* with its check digit */
    assert_string_equal(b.sv, "");
    assert_true(imei_parse("490154203237510", 15, &c));  /* check digit sent as 0 */
    assert_true(imei_parse("4901542032375117", 16, &d)); /* IMEISV */
    assert_string_equal(d.sv, "17");
    assert_true(imei_same_machine(&a, &b));
    assert_true(imei_same_machine(&a, &c));
    assert_true(imei_same_machine(&a, &d));
    assert_true(imei_parse("49015420323752", 14, &d));
    assert_false(imei_same_machine(&a, &d));
}

static void imei_refuses_what_is_none(void **state)
{
    static const char *const bad[] = {"",
                                      "4901542032375",
                                      "490154203237517",
                                      "49015420323751700",
                                      "4901542032375A",
                                      "49015420323751 ",
                                      "490154203237511x"};
    struct imei out;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(imei_parse(bad[i], strlen(bad[i]), &out));
    }
}

static void plmn_of_two_and_three_digits(void **state)
{
    static const struct {
        const char *text;
        uint8_t octets[3];
        const char *formatted;
    } cases[] = {
        {"001/01", {0x00, 0xF1, 0x10}, "001/01"},   {"00101", {0x00, 0xF1, 0x10}, "001/01"},
        {"310/410", {0x13, 0x00, 0x14}, "310/410"}, {"310-410", {0x13, 0x00, 0x14}, "310/410"},
        {"310410", {0x13, 0x00, 0x14}, "310/410"},  {"208-93", {0x02, 0xF8, 0x39}, "208/93"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct plmn plmn = plmn_of(cases[i].text);
        struct plmn back;
        char text[8];

        assert_memory_equal(plmn.octets, cases[i].octets, 3);
        plmn_format(&plmn, text);
        assert_string_equal(text, cases[i].formatted);
        assert_true(plmn_from_octets(cases[i].octets, 3, &back));
        assert_true(plmn_equal(&plmn, &back));
    }
    struct plmn two = plmn_of("001/01");
    struct plmn three = plmn_of("001/010");

    assert_false(plmn_equal(&two, &three));
}

static void plmn_refuses_what_is_none(void **state)
{
    static const char *const bad[] = {"",        "001",    "0010",     "001/1",  "001/",
                                      "001//01", "00/101", "001/0101", "0010/1", "001.01",
                                      "0x1/01",  "001/0a", "0010101",  "001/-1"};
    static const uint8_t bad_octets[][3] = {
        {0xA0, 0xF1, 0x10}, {0x0A, 0xF1, 0x10}, {0x00, 0xFA, 0x10}, {0x00, 0xE1, 0x10},
        {0x00, 0xF1, 0xF4}, {0x00, 0xF1, 0x1F}, {0xF0, 0xF1, 0x10}};
    struct plmn out;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(plmn_parse(bad[i], strlen(bad[i]), &out));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad_octets); i++) {
        assert_false(plmn_from_octets(bad_octets[i], 3, &out));
    }
    static const uint8_t good[4] = {0x00, 0xF1, 0x10, 0x00};

    assert_false(plmn_from_octets(good, 2, &out));
    assert_false(plmn_from_octets(good, 4, &out));
    assert_false(plmn_from_octets(good, 0, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imsi_parse_takes_6_to_15_digits),
        cmocka_unit_test(imsi_parse_refuses_other_characters),
        cmocka_unit_test(imsi_equal_compares_all_digits),
        cmocka_unit_test(imsi_in_plmn_compares_mcc_and_mnc),
        cmocka_unit_test(ef_imsi_is_encoded_as_ts_31_102_says),
        cmocka_unit_test(empty_imsi_is_an_erased_file),
        cmocka_unit_test(ef_imsi_refuses_hostile_content),
        cmocka_unit_test(ef_imsi_survives_random_content),
        cmocka_unit_test(luhn_digit_of_known_numbers),
        cmocka_unit_test(iccid_of_19_and_20_digits),
        cmocka_unit_test(iccid_refuses_what_is_none),
        cmocka_unit_test(imei_of_14_15_and_16_digits),
        cmocka_unit_test(imei_refuses_what_is_none),
        cmocka_unit_test(plmn_of_two_and_three_digits),
        cmocka_unit_test(plmn_refuses_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
