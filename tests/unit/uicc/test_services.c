/* What a new card has, and that its service table says the same: TS 31.102 4.2.8 and 4.4.11, TS
 * 31.103, TS 23.003 13. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

/* Services and their files, from TS 31.102: under ADF.USIM, or under DF.5GS (4Fxx). */
static const struct {
    uint8_t service;
    uint16_t fids[4];
} service_files[] = {
    {2, {0x6F3B}},   {3, {0x6F4B}},           {10, {0x6F3C, 0x6F43}},
    {11, {0x6F47}},  {12, {0x6F42}},          {17, {0x6F3E}},
    {18, {0x6F3F}},  {19, {0x6F46}},          {20, {0x6F60}},
    {21, {0x6F40}},  {34, {0x6F56}},          {42, {0x6F61}},
    {43, {0x6F62}},  {45, {0x6FC5}},          {51, {0x6FCD}},
    {68, {0x6FD6}},  {71, {0x6FD9}},          {85, {0x6FE3, 0x6FE4}},
    {86, {0x6FE8}},  {96, {0x6FEF}},          {122, {0x4F01, 0x4F02, 0x4F03, 0x4F04}},
    {123, {0x4F05}}, {124, {0x4F07, 0x4F0A}}, {126, {0x4F06}},
};
#define SHALL_BE_AVAILABLE 33

static bool exists(struct uicc_fixture *f, uint16_t fid)
{
    char hex[40];

    (void)snprintf(hex, sizeof hex,
                   fid >> 8 == 0x4F ? "00A4080C067FFF5FC0%04X" : "00A4080C047FFF%04X", fid);
    return fixture_send(f, hex) == 0x9000;
}

static void check_table(struct uicc_fixture *f)
{
    uint8_t table[16];
    unsigned known = 0;

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00B0840000", 0x9000);
    assert_int_equal(f->length, sizeof table);
    memcpy(table, f->data, sizeof table);
    for (size_t i = 0; i < sizeof service_files / sizeof *service_files; i++) {
        unsigned bit = service_files[i].service - 1u;
        bool offered = (table[bit / 8] >> bit % 8 & 1) != 0;
        known += offered;
        for (size_t k = 0; k < 4 && service_files[i].fids[k] != 0; k++) {
            if (exists(f, service_files[i].fids[k]) != offered) {
                fail_msg("service %u and EF %04X do not agree", service_files[i].service,
                         service_files[i].fids[k]);
            }
        }
    }
    /* nothing is offered that this table does not know */
    for (unsigned bit = 0; bit < 8 * sizeof table; bit++) {
        known -= table[bit / 8] >> bit % 8 & 1;
    }
    assert_int_equal((int)known, -1);
    assert_int_equal(table[(SHALL_BE_AVAILABLE - 1) / 8] >> (SHALL_BE_AVAILABLE - 1) % 8 & 1, 1);
}

static void test_service_table(void **state)
{
    struct uicc_fixture *f = *state;

    check_table(f);
    f->profile.spn[0] = '\0';
    fixture_personalise(f);
    check_table(f);
}

static void test_5gs(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect_data(f, "00A40004025FC0",
                        "62 20 82 02 78 21 83 02 5F C0 A5 03 80 01 71 8A 01 05 8B 03 6F 06 06"
                        "C6 09 90 01 C0 83 01 01 83 01 81");
    fixture_expect_data(f, "00B0810000", "FFFFFFFFFFFFFFFFFFFFFFFFFF 00F110 000000 01");
    fixture_expect_data(f, "00B0820000", "FFFFFFFFFFFFFFFFFFFFFFFFFF 00F110 000000 01");
    fixture_expect_data(f, "00B0860000", "00000000");
    fixture_expect_data(f, "00B0870006", "A0020000 A100"); /* the null scheme, no key */
    fixture_expect_data(f, "00B08A0000", "F0FF0000");
    fixture_expect(f, "00D6870001 A0", 0x6982);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00D6870001 A0", 0x9000);
    fixture_expect(f, "00D6810001 00", 0x9000);
}

static void text(struct uicc_fixture *f, const char *command, const char *expected)
{
    size_t n = strlen(expected);

    fixture_expect(f, command, 0x9000);
    assert_int_equal(f->data[0], 0x80);
    assert_int_equal(f->data[1], n);
    assert_memory_equal(f->data + 2, expected, n);
    for (size_t i = n + 2; i < f->length; i++) {
        assert_int_equal(f->data[i], 0xFF);
    }
}

static void test_isim(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t command[40];

    fixture_expect_data(f, "00A4040407A0000000871004",
                        "62 2B 82 02 78 21 84 10 A0000000871004FFFFFFFF8907090000 A5 03 80 01 71"
                        "8A 01 05 8B 03 2F 06 04 C6 06 90 01 80 83 01 01");
    fixture_expect(f, "00B0820000", 0x6982);
    fixture_challenge(f, 32, 1, command);
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6982);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    text(f, "00B0820000", "001010123456789@ims.mnc001.mcc001.3gppnetwork.org");
    text(f, "00B0850000", "ims.mnc001.mcc001.3gppnetwork.org");
    text(f, "00B2012450", "sip:001010123456789@ims.mnc001.mcc001.3gppnetwork.org");
    fixture_expect_data(f, "00B0870000", "00"); /* EF_IST: no service */
    fixture_expect_data(f, "00B0830000", "00000002");
    fixture_expect(f, "00B2013428", 0x9000); /* EF_ARR */
    /* the same K and sequence numbers as the USIM's */
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x612C);
    fixture_expect(f, SELECT_USIM, 0x9000);
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6110); /* AUTS */
}

static void test_isim_with_a_three_digit_mnc(void **state)
{
    struct uicc_fixture *f = *state;

    assert_true(imsi_parse("310410123456789", 15, &f->profile.imsi));
    f->profile.mnc_length = 3;
    fixture_personalise(f);
    fixture_expect(f, "00A4040C07A0000000871004", 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    text(f, "00B0820000", "310410123456789@ims.mnc410.mcc310.3gppnetwork.org");
    text(f, "00B2012450", "sip:310410123456789@ims.mnc410.mcc310.3gppnetwork.org");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_service_table),
        TEST(test_5gs),
        TEST(test_isim),
        TEST(test_isim_with_a_three_digit_mnc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
