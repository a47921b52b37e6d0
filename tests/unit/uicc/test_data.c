/* BER-TLV EFs with RETRIEVE DATA and SET DATA: TS 102 221 11.3 and annex L. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

/* EF 2F41 (SFI 10) of 600 octets is current. */
static int setup(void **state)
{
    if (fixture_setup(state) != 0) {
        return -1;
    }
    struct uicc_fixture *f = *state;

    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00E0000019 6217 82027921 83022F41 8A0105 8B032F0606 80020258 880180",
                   0x9000);
    return 0;
}

/* SET DATA with `n` octets of value octet `octet` behind `head`. */
static uint16_t set_block(struct uicc_fixture *f, uint8_t p2, const char *head, size_t n,
                          uint8_t octet)
{
    char hex[2 * 261 + 1];
    int at = snprintf(hex, sizeof hex, "80DB00%02X%02zX%s", p2, strlen(head) / 2 + n, head);

    for (size_t i = 0; i < n; i++) {
        at += snprintf(hex + at, sizeof hex - (size_t)at, "%02X", octet);
    }
    return fixture_send(f, hex);
}

static void test_store_and_retrieve(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "80DB008005 8003010203", 0x9000);
    fixture_expect(f, "80DB009003 A10105", 0x9000); /* by SFI */
    fixture_expect(f, "80DB008006 9F1F03AABBCC", 0x9000);
    fixture_expect(f, "80DB008006 9F810202DDEE", 0x9000);
    fixture_expect(f, "80DB008002 8500", 0x9000); /* an empty value */
    fixture_expect_data(f, "80CB008001 80", "8003010203");
    fixture_expect_data(f, "80CB008001 A1", "A10105");
    fixture_expect_data(f, "80CB009002 9F1F", "9F1F03AABBCC");
    fixture_expect_data(f, "80CB008003 9F8102", "9F810202DDEE");
    fixture_expect_data(f, "80CB008001 85", "8500");
    fixture_expect_data(f, "80CB008001 5C", "5C08 80 A1 9F1F 9F8102 85");
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect_data(f, "80CB009001 5C", "5C08 80 A1 9F1F 9F8102 85");
    fixture_expect_data(f, "00A40004022F41",
                        "62 32 82 02 79 21 83 02 2F 41 A5 0E C0 01 00 84 01 01 85 02 02 58"
                        "86 02 02 58 8A 01 05 8B 03 2F 06 06 C6 09 90 01 C0 83 01 01 83 01 81"
                        "80 02 00 16 88 01 80");
}

static void test_replace_and_delete(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "80DB008005 8003010203", 0x9000);
    fixture_expect(f, "80DB008003 810177", 0x9000);
    fixture_expect(f, "80DB008004 80020909", 0x9000);
    fixture_expect_data(f, "80CB008001 80", "80020909");
    fixture_expect_data(f, "80CB008001 5C", "5C028180"); /* each tag once */
    fixture_expect(f, "80DB008001 81", 0x9000);
    fixture_expect(f, "80CB008001 81", 0x6A88);
    fixture_expect(f, "80DB008001 81", 0x6A88);
    fixture_expect_data(f, "80CB008001 80", "80020909");
    fixture_expect(f, "80DB008001 80", 0x9000);
    fixture_expect_data(f, "80CB008001 5C", "5C00");
}

static void test_blocks(void **state)
{
    struct uicc_fixture *f = *state;

    assert_int_equal(set_block(f, 0x80, "8082012C", 100, 1), 0x63F1);
    fixture_expect(f, "80CB008001 5C", 0x9000); /* this ends the transfer */
    assert_int_equal(set_block(f, 0x00, "", 100, 2), 0x6985);
    assert_int_equal(set_block(f, 0x80, "8082012C", 100, 1), 0x63F1);
    assert_int_equal(set_block(f, 0x00, "", 100, 2), 0x63F1);
    assert_int_equal(set_block(f, 0x40, "", 100, 3), 0x63F1); /* that block once more */
    assert_int_equal(set_block(f, 0x00, "", 100, 4), 0x9000);
    assert_int_equal(set_block(f, 0x00, "", 1, 5), 0x6985);
    assert_int_equal(fixture_raw(f, "80CB008001 80"), 0x6100);
    assert_int_equal(fixture_raw(f, "80C0000000"), 0x62F1);
    assert_int_equal(f->length, 256);
    assert_memory_equal(f->data, "\x80\x82\x01\x2C\x01", 5);
    assert_int_equal(f->data[104], 3);
    assert_int_equal(f->data[255], 4);
    assert_int_equal(fixture_raw(f, "80CB0000"), 0x6130); /* the rest */
    assert_int_equal(fixture_raw(f, "80C0000030"), 0x9000);
    assert_int_equal(f->data[47], 4);
    fixture_expect(f, "80CB0000", 0x6985);
    assert_int_equal(fixture_raw(f, "80CB0040"), 0x6130); /* the last block once more */
    fixture_expect(f, "80CB000001 80", 0x6700);
    fixture_expect(f, "80CB004001 80", 0x6700);
}

static void test_le_sets_the_block(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "80DB008005 8003010203", 0x9000);
    assert_int_equal(fixture_raw(f, "80CB008001 80 02"), 0x6102);
    assert_int_equal(fixture_raw(f, "80C0000002"), 0x62F1);
    assert_memory_equal(f->data, "\x80\x03", 2);
    assert_int_equal(fixture_raw(f, "80CB000001"), 0x6101);
    assert_int_equal(fixture_raw(f, "80C0000001"), 0x62F1);
    assert_int_equal(fixture_raw(f, "80CB004003"), 0x6103); /* from the same place, more */
    assert_int_equal(fixture_raw(f, "80C0000003"), 0x9000);
    assert_memory_equal(f->data, "\x01\x02\x03", 3);
    assert_int_equal(fixture_raw(f, "80CB008001 5C 01"), 0x6101);
    assert_int_equal(fixture_raw(f, "80C0000001"), 0x62F1);
    assert_int_equal(fixture_raw(f, "80CB0000"), 0x6102);
    assert_int_equal(fixture_raw(f, "80C0000002"), 0x9000);
    assert_memory_equal(f->data, "\x01\x80", 2);
}

/* Annex L.1: an interruption that does not touch the current EF does not harm; one that does leaves
 * the file without the object. */
static void test_interruptions(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "80DB008003 8101EE", 0x9000);
    fixture_expect(f, "80DB008003 800177", 0x9000);
    assert_int_equal(set_block(f, 0x80, "8081C8", 100, 1), 0x63F1);
    fixture_expect(f, "80F2000C", 0x9000);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    assert_int_equal(set_block(f, 0x00, "", 100, 2), 0x9000);
    assert_int_equal(set_block(f, 0x80, "8081C9", 100, 1), 0x63F1);
    fixture_expect(f, "00A4000C022F41", 0x9000);
    assert_int_equal(set_block(f, 0x00, "", 101, 2), 0x6985);
    fixture_expect(f, "80CB008001 80", 0x6A88); /* gone */
    fixture_expect_data(f, "80CB008001 81", "8101EE");
    assert_int_equal(set_block(f, 0x80, "8081C8", 100, 1), 0x63F1);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect_data(f, "80CB009001 5C", "5C0181");
}

static void test_two_channels(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "80DB008004 8102EEEE", 0x9000);
    fixture_expect(f, "01A4000C022F41", 0x9000);
    assert_int_equal(fixture_raw(f, "81CB008001 81 01"), 0x6101);
    assert_int_equal(set_block(f, 0x80, "8081C8", 100, 1), 0x63F1);
    assert_int_equal(fixture_raw(f, "81CB0000"), 0x6985); /* what it read may have moved */
    fixture_expect(f, "81DB008003 820166", 0x9000);
    assert_int_equal(set_block(f, 0x00, "", 100, 1), 0x6985); /* so may its room */
    fixture_expect_data(f, "80CB008001 5C", "5C028182");
    assert_int_equal(fixture_raw(f, "81CB008001 81 01"), 0x6101);
    fixture_expect(f, "80D400000A 6208 83022F41 80020100", 0x9000);
    assert_int_equal(fixture_raw(f, "81CB0000"), 0x6985);
}

static void test_room(void **state)
{
    struct uicc_fixture *f = *state;

    assert_int_equal(set_block(f, 0x80, "80820255", 10, 1), 0x6A84); /* 601 octets */
    assert_int_equal(set_block(f, 0x80, "80820254", 200, 1), 0x63F1);
    assert_int_equal(set_block(f, 0x00, "", 255, 1), 0x63F1);
    assert_int_equal(set_block(f, 0x00, "", 142, 1), 0x6A80); /* one too many: given up */
    assert_int_equal(set_block(f, 0x00, "", 1, 1), 0x6985);
    assert_int_equal(set_block(f, 0x80, "80820254", 200, 1), 0x63F1);
    assert_int_equal(set_block(f, 0x00, "", 255, 1), 0x63F1);
    assert_int_equal(set_block(f, 0x00, "", 141, 1), 0x9000);
    assert_int_equal(set_block(f, 0x80, "8101", 1, 1), 0x6A84);
    assert_int_equal(set_block(f, 0x80, "8100", 0, 1), 0x6A84);
    assert_int_equal(set_block(f, 0x80, "80820254", 200, 7), 0x63F1); /* in place of the other */
    fixture_expect(f, "80D400000A 6208 83022F41 80020004", 0x9000);
    fixture_expect(f, "80DB008004 80021122", 0x9000);
    fixture_expect(f, "80D400000A 6208 83022F41 80020003", 0x6A80); /* less than is used */
    fixture_expect(f, "80D400000D 620B 83022F41 A505 C00100", 0x6700);
    fixture_expect(f, "80D400000C 620A 83022F41 A504 86020010", 0x9000); /* the maximum size */
    fixture_expect_data(f, "80CB008001 80", "80021122");
}

/* More tags than fit one block. */
static void test_long_tag_list(void **state)
{
    struct uicc_fixture *f = *state;
    char hex[64];

    for (unsigned i = 0; i < 100; i++) {
        (void)snprintf(hex, sizeof hex, "80DB008004 9F81%02X00", i);
        fixture_expect(f, hex, 0x9000);
    }
    assert_int_equal(fixture_raw(f, "80CB008001 5C"), 0x6100);
    assert_int_equal(fixture_raw(f, "80C0000000"), 0x62F1);
    assert_memory_equal(f->data, "\x5C\x82\x01\x2C\x9F\x81\x00\x9F\x81\x01", 10);
    assert_int_equal(fixture_raw(f, "80CB0000"), 0x6130);
    assert_int_equal(fixture_raw(f, "80C0000030"), 0x9000);
    assert_memory_equal(f->data + 45, "\x9F\x81\x63", 3);
}

static void test_data_errors(void **state)
{
    struct uicc_fixture *f = *state;
    static const char *const wrong[] = {
        "80DB008002 0100",                                /* universal class */
        "80DB008002 5C00",                                /* the tag list is not stored */
        "80DB008003 9F1E00",                              /* one octet would do */
        "80DB008004 9F808000",                            /* a padded number */
        "80DB008005 9F81828300",                          /* four octets */
        "80DB008003 9F1F9F",       "80DB008003 808105",   /* one octet of length would do */
        "80DB008004 80820001",     "80DB008003 808000",   /* indefinite length */
        "80DB008006 808400000001", "80DB008004 80010102", /* more value than length says */
        "80DB008002 8081",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint16_t sw = fixture_send(f, wrong[i]);
        assert_int_equal(sw, 0x6A80);
    }
    fixture_expect(f, "80DB008002 8081", 0x6A80);
    fixture_expect(f, "80DB0080", 0x6700);
    fixture_expect(f, "80DB018002 8000", 0x6A86);
    fixture_expect(f, "80DB00A002 8000", 0x6A86);
    fixture_expect(f, "80DB00C002 8000", 0x6A86);
    fixture_expect(f, "80DB001002 8000", 0x6A86); /* an SFI not in the first block */
    fixture_expect(f, "80DB009F02 8000", 0x6A86);
    fixture_expect(f, "80DB009D02 8000", 0x6A82);
    fixture_expect(f, "80CB008002 8080", 0x6A80);
    fixture_expect(f, "80CB0080", 0x6700);
    fixture_expect(f, "80CB0000", 0x6985);
    fixture_expect(f, "80CB0040", 0x6985);
    fixture_expect(f, "00B0000001", 0x6981);
    fixture_expect(f, "00B2010401", 0x6981);
    fixture_expect(f, "00A2010401 01", 0x6981);
    fixture_expect(f, "0004000002 2F41", 0x9000);
    fixture_expect(f, "80CB008001 5C", 0x6984);
    fixture_expect(f, "00A4000C022FE2", 0x9000);
    fixture_expect(f, "80CB008001 5C", 0x6981);
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "80CB008001 5C", 0x6986);
    fixture_expect(f, "0044000002 2F41", 0x9000);
    fixture_reset(f);
    fixture_expect(f, "80DB009002 8000", 0x6982);
    fixture_expect_data(f, "80CB009001 5C", "5C00");
}

/* The power fails at every write: the file has the old object, the new one, or (after the first of
 * several blocks) none. */
static void test_power_cuts(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t replace[] = {0x80, 0xDB, 0x00, 0x90, 0x06, 0x80,
                                      0x04, 0x44, 0x44, 0x44, 0x44};
    unsigned cut = 1;

    fixture_expect(f, "80DB008005 8003010203", 0x9000);
    fixture_expect(f, "80DB008005 8103112233", 0x9000);
    for (;; cut++) {
        f->cut_at = f->accesses + cut;
        uint16_t sw = fixture_octets(f, replace, sizeof replace);
        bool dead = f->dead;
        assert_int_equal(sw, dead ? 0x6581 : 0x9000);
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        fixture_expect_data(f, "80CB009001 80", dead ? "8003010203" : "800444444444");
        fixture_expect_data(f, "80CB009001 81", "8103112233");
        fixture_expect(f, VERIFY_ADM1, 0x9000);
        if (!dead) {
            break;
        }
    }
    assert_in_range(cut, 4, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
        TEST(test_store_and_retrieve),
        TEST(test_replace_and_delete),
        TEST(test_blocks),
        TEST(test_le_sets_the_block),
        TEST(test_interruptions),
        TEST(test_two_channels),
        TEST(test_room),
        TEST(test_long_tag_list),
        TEST(test_data_errors),
        TEST(test_power_cuts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
