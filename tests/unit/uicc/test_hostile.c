/* Commands that no honest terminal sends: every class and instruction, every length, every case. */
#include <string.h>

#include "base/bytes.h"
#include "fixture.h"

static void test_lengths(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "", 0x6700);
    fixture_expect(f, "00", 0x6700);
    fixture_expect(f, "00A400", 0x6700);
    fixture_expect(f, "00A40004 02 3F", 0x6700);         /* less than Lc says */
    fixture_expect(f, "00A40004 01 3F00", 0x6700);       /* SELECT with one octet, and Le */
    fixture_expect(f, "00A40004 02 3F00 00 00", 0x6700); /* octets behind Le */
    fixture_expect(f, "00A40004 00 0002 3F00", 0x6700);  /* extended length */
    fixture_expect(f, "00B00000 00 0100", 0x6700);
    fixture_expect(f, "00B00000 02 0000", 0x6700); /* READ BINARY with data */
    fixture_expect(f, "00C00000 01 00", 0x6700);   /* GET RESPONSE with data */
    fixture_expect(f, "00200001 07 31323334FFFFFF", 0x6700);
    fixture_expect(f, "00200001 09 31323334FFFFFFFFFF", 0x6700);
    fixture_expect(f, "0020000100", 0x63C3);
}

static void test_classes(void **state)
{
    struct uicc_fixture *f = *state;

    for (unsigned cla = 0; cla < 256; cla++) {
        uint8_t command[7] = {(uint8_t)cla, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};
        uint16_t sw = fixture_octets(f, command, sizeof command);
        unsigned high = cla >> 4;
        if (cla == 0x00) {
            assert_int_equal(sw, 0x9000);
        } else if (high == 0x4 || high == 0x6 || high == 0xC || high == 0xE) {
            assert_int_equal(sw, 0x6881); /* channels 4 to 19 */
        } else if (high != 0x0 && high != 0x8) {
            assert_int_equal(sw, 0x6E00);
        } else if ((cla & 3) != 0) {
            assert_int_equal(sw, 0x6881); /* channels 1 to 3 */
        } else if ((cla & 0x0C) != 0) {
            assert_int_equal(sw, 0x6882); /* secure messaging */
        } else {
            assert_int_equal(sw, 0x6E00); /* SELECT in class 80 */
        }
    }
}

/* Every instruction in both classes without P3. SUSPEND UICC (76) and EXCHANGE CAPABILITIES (7A)
 * are not there: EF_UMPC says so of the first. */
static void test_instructions(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t iso[] = {0x04, 0x20, 0x24, 0x26, 0x28, 0x2C, 0x44, 0x70, 0x84, 0x88, 0xA2,
                                  0xA4, 0xB0, 0xB2, 0xC0, 0xD6, 0xDC, 0xE0, 0xE4, 0xE6, 0xE8, 0xFE};
    static const uint8_t etsi[] = {0x32, 0xAA, 0xC0, 0xCB, 0xD4, 0xDB, 0xF2};

    for (unsigned ins = 0; ins < 256; ins++) {
        uint8_t command[4] = {0x00, (uint8_t)ins, 0x00, 0x00};
        bool in_iso = memchr(iso, (int)ins, sizeof iso) != NULL;
        bool in_etsi = memchr(etsi, (int)ins, sizeof etsi) != NULL;
        for (unsigned class = 0; class < 2; class ++) {
            bool here = class == 0 ? in_iso : in_etsi;
            command[0] = class == 0 ? 0x00 : 0x80;
            uint16_t sw = fixture_octets(f, command, sizeof command);
            if (here) {
                assert_int_not_equal(sw, 0x6D00);
                assert_int_not_equal(sw, 0x6E00);
            } else {
                assert_int_equal(sw, in_iso || in_etsi ? 0x6E00 : 0x6D00);
            }
        }
    }
    fixture_expect(f, "8076000000", 0x6D00);
    fixture_expect(f, "807A000000", 0x6D00);
    fixture_expect_data(f, "00B0880005", "3C32000000");
}

/* Sends the command in all four cases (one case for the longest data); each answer has a form that
 * exists. */
static void send_every_case(struct uicc_fixture *f, uint8_t *command, uint8_t lc)
{
    const size_t sizes[] = {4, 5, 5u + lc, lc < 255 ? 6u + lc : 4};

    command[4] = lc;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        uint16_t sw = fixture_octets(f, command, sizes[i]);
        assert_true((sw >= 0x6100 && sw <= 0x6FFF) || sw == 0x9000 || sw >> 8 == 0x98);
        assert_true(f->length == 0 || sw == 0x9000 || sw >> 8 == 0x61 || sw == 0x62F1);
    }
}

/* Every instruction with every P1, some P2 and lengths in every case; the sanitizers see what the
 * status words do not show. Afterwards the image is still one that opens. */
static void test_every_case(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t ins[] = {0x20, 0x24, 0x26, 0x28, 0x2C, 0x88, 0xA4, 0xB0, 0xB2,
                                  0xC0, 0xD6, 0xDC, 0xF2, 0x04, 0x44, 0x70, 0x84, 0xA2,
                                  0xE0, 0xE4, 0xE6, 0xE8, 0x32, 0xAA, 0xCB, 0xD4, 0xDB};
    static const uint8_t etsi[] = {0xF2, 0x32, 0xAA, 0xCB, 0xD4, 0xDB};
    static const uint8_t some_p2[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x0C, 0x0D,
                                      0x44, 0x81, 0x7F, 0x80, 0xF4, 0xFC, 0xFF};
    static const uint8_t lengths[] = {0, 1, 2, 8, 16, 34, 255};
    uint8_t command[261];

    memset(command, 0x10, sizeof command);
    for (unsigned p1 = 0; p1 < 256; p1++) {
        command[2] = (uint8_t)p1;
        for (size_t i = 0; i < ARRAY_LEN(ins) * ARRAY_LEN(some_p2); i++) {
            command[1] = ins[i % sizeof ins];
            command[0] = memchr(etsi, command[1], sizeof etsi) != NULL ? 0x80 : 0x00;
            command[3] = some_p2[i / sizeof ins];
            for (size_t k = 0; k < sizeof lengths; k++) {
                send_every_case(f, command, lengths[k]);
            }
        }
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        fixture_expect(f, SELECT_USIM, 0x9000);
        fixture_expect(f, VERIFY_ADM1, 0x9000);
        fixture_expect(f, "00A4000C026FB7", 0x9000);
    }
}

/* What cannot be read must not be readable by any file: K and OPc are nowhere in what the card
 * gives, even to the administrator. */
static void test_no_file_holds_a_secret(void **state)
{
    struct uicc_fixture *f = *state;
    static const char *const dfs[] = {SELECT_MF, SELECT_USIM};
    static const char *const verify[] = {VERIFY_PIN1, VERIFY_PIN2, VERIFY_ADM1};

    for (size_t i = 0; i < 3; i++) {
        fixture_expect(f, verify[i], 0x9000);
    }
    for (size_t d = 0; d < 2; d++) {
        for (unsigned fid = 0x2F00; fid < 0x7000; fid++) {
            uint8_t select[7] = {0x00, 0xA4, 0x00, 0x0C, 0x02, (uint8_t)(fid >> 8), (uint8_t)fid};
            if (fid >> 8 == 0x30) {
                fid = 0x6F00;
            }
            select[5] = (uint8_t)(fid >> 8);
            (void)fixture_send(f, dfs[d]);
            if (fixture_octets(f, select, sizeof select) != 0x9000) {
                continue;
            }
            (void)fixture_send(f, "00B0000000");
            for (size_t at = 0; at + 16 <= f->length; at++) {
                assert_memory_not_equal(f->data + at, f->profile.credentials.k, 16);
                assert_memory_not_equal(f->data + at, f->profile.credentials.opc, 16);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_lengths),
        TEST(test_classes),
        TEST(test_instructions),
        TEST(test_every_case),
        TEST(test_no_file_holds_a_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
