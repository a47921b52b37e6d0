/* CREATE, DELETE and RESIZE FILE: TS 102 222 6.3, 6.4 and 6.10, and the memory that they manage. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "fixture.h"
#include "uicc/layout.h"
#include "uicc/space.h"

/* Sends CREATE FILE with this content of the template 62. */
static uint16_t create(struct uicc_fixture *f, const char *objects)
{
    char hex[700];
    char packed[600];
    size_t n = 0;

    for (; *objects != '\0'; objects++) {
        if (*objects != ' ') {
            packed[n++] = *objects;
        }
    }
    packed[n] = '\0';
    (void)snprintf(hex, sizeof hex, "00E00000%02zX62%02zX%s", n / 2 + 2, n / 2, packed);
    return fixture_send(f, hex);
}

static void expect_create(struct uicc_fixture *f, const char *objects, uint16_t sw)
{
    uint16_t got = create(f, objects);

    if (got != sw) {
        fail_msg("CREATE FILE %s gave %04X, not %04X", objects, got, sw);
    }
}

static int setup(void **state)
{
    if (fixture_setup(state) != 0) {
        return -1;
    }
    fixture_expect(*state, VERIFY_ADM1, 0x9000);
    fixture_expect(*state, VERIFY_PIN1, 0x9000);
    return 0;
}

#define REST "8A0105 8B032F0606"

static void test_create_transparent(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82024121 83022F41 " REST " 80020005 880180", 0x9000);
    fixture_expect_data(f, "00B0000005", "FFFFFFFFFF"); /* it is current */
    fixture_expect(f, "00D6000005 0102030405", 0x9000);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect_data(f, "00A40004022F41",
                        "62 27 82 02 41 21 83 02 2F 41 A5 03 C0 01 00 8A 01 05 8B 03 2F 06 06"
                        "C6 09 90 01 C0 83 01 01 83 01 81 80 02 00 05 88 01 80");
    fixture_expect_data(f, "00B0900005", "0102030405"); /* by SFI */
    fixture_expect(f, "00D6000001 77", 0x6982);         /* update: ADM1 */
}

static void test_filling(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82024121 83022F41 A504C1021234 " REST " 80020005 8800", 0x9000);
    fixture_expect_data(f, "00B0000005", "1234343434");
    expect_create(f, "82024121 83022F42 A504C2021234 " REST " 80020005 8800", 0x9000);
    fixture_expect_data(f, "00B0000005", "1234123412");
    expect_create(f, "820442210003 83022F43 A504C2021234 " REST " 80020006 8800", 0x9000);
    fixture_expect_data(f, "00B2020403", "123412"); /* each record */
    expect_create(f, "820446210003 83022F44 " REST " 80020006 8800", 0x9000);
    fixture_expect_data(f, "00B2010403", "000000");
    expect_create(f, "820442210003 83022F45 " REST " 80020006 8800", 0x9000);
    fixture_expect_data(f, "00B2010403", "FFFFFF");
    /* longer than what is written at once */
    expect_create(f, "82024121 83022F46 A503C10177 " REST " 80020100 8800", 0x9000);
    fixture_expect_data(f, "00B000C004", "77777777");
    fixture_expect_data(f, "00B000FF01", "77");
}

static void test_flags_and_states(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82024121 83022F41 A503C001C0 8A0104 8B032F0606 80020005 8800", 0x9000);
    fixture_expect(f, "00A40004022F41", 0x6283);
    assert_memory_equal(f->data + 10, "\xA5\x03\xC0\x01\xC0\x8A\x01\x04", 8);
    fixture_expect(f, "00D6000001 01", 0x9000); /* usable while deactivated */
    expect_create(f, "82024121 83022F42 8A0104 8B032F0606 80020005 8800", 0x9000);
    fixture_expect(f, "00B0000001", 0x6984);
    expect_create(f, "82024121 83022F43 8A0101 8B032F0606 80020005 8800", 0x9000);
    fixture_expect(f, "00A40004022F43", 0x9000);
    assert_memory_equal(f->data + 15, "\x8A\x01\x03", 3);
    fixture_expect(f, "00440000", 0x9000);
    fixture_expect(f, "00A40004022F43", 0x9000);
    assert_memory_equal(f->data + 15, "\x8A\x01\x05", 3);
}

/* TS 102 221 11.1.1.4.8. */
static void test_sfi(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82024121 83022F4A " REST " 80020001", 0x9000); /* none given: 0A */
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "00B08A0001", 0x9000);
    expect_create(f, "82024121 83022F6A " REST " 80020001", 0x9000); /* 0A is taken: none */
    fixture_expect(f, "00A40004022F6A", 0x9000);
    assert_memory_equal(f->data + f->length - 2, "\x88\x00", 2);
    expect_create(f, "82024121 83022F5F " REST " 80020001", 0x9000);        /* 1F is none */
    expect_create(f, "82024121 83022F4B " REST " 80020001 880150", 0x6A80); /* taken */
    expect_create(f, "82024121 83022F4B " REST " 80020001 8801F8", 0x6A80);
    expect_create(f, "82024121 83022F4B " REST " 80020001 880101", 0x6A80);
}

static void test_create_df_and_below(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82027821 83025F10 8A0105 8B032F0605", 0x9000);
    fixture_expect_data(f, "80F2000000",
                        "62 1D 82 02 78 21 83 02 5F 10 A5 03 80 01 71 8A 01 05 8B 03 2F 06 05"
                        "C6 06 90 01 80 83 01 01");
    expect_create(f, "82024121 83024F01 " REST " 80020003", 0x9000);
    expect_create(f, "82024121 83025F10 " REST " 80020003", 0x6A89); /* as a DF above */
    expect_create(f, "82024121 83024F01 " REST " 80020003", 0x6A89);
    fixture_expect(f, "00A4080C045F104F01", 0x9000);
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "00A4000C024F01", 0x6A82);
    expect_create(f, "82024121 83024F01 " REST " 80020003", 0x9000); /* another DF, same name */
}

static void test_depth_and_slots(void **state)
{
    struct uicc_fixture *f = *state;
    char objects[80];
    unsigned made = 0;

    for (unsigned i = 0; i < UICC_DEPTH_MAX; i++) {
        (void)snprintf(objects, sizeof objects, "82027821 83025F%02X 8A0105 8B032F0605", i);
        expect_create(f, objects, i < UICC_DEPTH_MAX ? 0x9000 : 0x6985);
        made++;
    }
    expect_create(f, "82027821 83025FFF 8A0105 8B032F0605", 0x6985);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    for (unsigned i = 0;; i++) {
        (void)snprintf(objects, sizeof objects, "82024121 83024E%02X " REST " 80020001 8800", i);
        uint16_t sw = create(f, objects);
        if (sw != 0x9000) {
            assert_int_equal(sw, 0x6A84); /* the directory is full */
            break;
        }
        made++;
    }
    assert_int_equal(made, 96 - 51); /* all slots but those of a new card */
}

static void test_create_adf(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82027821 83027F10 8406A00000009901 8A0105 8B032F0604", 0x9000);
    fixture_expect(f, "00A4000C022FE2", 0x9000); /* the MF is still current */
    expect_create(f, "82027821 83027F11 8405A000000099 8A0105 8B032F0604", 0x6A8A);
    expect_create(f, "82027821 83027F11 8407A0000000990101 8A0105 8B032F0604", 0x6A8A);
    expect_create(f, "82027821 83027F11 8404A0000000 8A0105 8B032F0604", 0x6A80);
    fixture_expect(f, "00A4040C05A000000099", 0x9000);
    expect_create(f, "82024121 83026F01 " REST " 80020003", 0x9000);
    expect_create(f, "82027821 83027F12 8406A00000009902 8A0105 8B032F0604",
                  0x6985); /* not in MF */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00A4040C06A00000009901", 0x9000);
    fixture_expect(f, "00A4000C026F01", 0x9000);
}

static void test_create_errors(void **state)
{
    struct uicc_fixture *f = *state;
    static const char *const wrong[] = {
        "83022F41 " REST " 80020005",                          /* no descriptor */
        "82024121 " REST " 80020005",                          /* no identifier */
        "82024121 83022F41 8B032F0606 80020005",               /* no life cycle */
        "82024121 83022F41 8A0105 80020005",                   /* no access rule */
        "82024121 83022F41 " REST,                             /* no size */
        "82024121 83022F41 " REST " 80020000",                 /* nothing in it */
        "82024121 83022F41 " REST " 8003010000",               /* more than 65535 */
        "82024121 83022F41 " REST " 8000",                     /* no number */
        "82024121 83022F41 " REST " 80050000000005",           /* too long a number */
        "82024121 83012F " REST " 80020005",                   /* half an identifier */
        "82024121 83023F00 " REST " 80020005",                 /* reserved */
        "82024121 83027FFF " REST " 80020005",                 /* reserved */
        "82024121 83023FFF " REST " 80020005",                 /* reserved */
        "82024121 8302FFFF " REST " 80020005",                 /* reserved */
        "8201 41 83022F41 " REST " 80020005",                  /* short descriptor */
        "82024221 83022F41 " REST " 80020005",                 /* records without length */
        "820442210000 83022F41 " REST " 80020005",             /* of length 0 */
        "820442210100 83022F41 " REST " 80020005",             /* of length 256 */
        "820442210003 83022F41 " REST " 80020005",             /* not whole records */
        "820442210001 83022F41 " REST " 800200FF",             /* 255 records */
        "82024421 83022F41 " REST " 80020005",                 /* unknown structure */
        "82024121 83022F41 8A0102 8B032F0606 80020005",        /* unknown state */
        "82024121 83022F41 8A010C 8B032F0606 80020005",        /* terminated from birth */
        "82024121 83022F41 8A0105 8B022F06 80020005",          /* no record */
        "82024121 83022F41 8A0105 8B032F0600 80020005",        /* record 0 */
        "82024121 83022F41 8A0105 8C0101 80020005",            /* compact format */
        "82024121 83022F41 A502C10F " REST " 80020005",        /* malformed inside */
        "82024121 83022F41 A502C100 " REST " 80020005",        /* a pattern of nothing */
        "82024121 83022F41 8406A00000009901 " REST " 80020005" /* an EF with a DF name */
    };

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        expect_create(f, wrong[i], 0x6A80);
    }
    fixture_expect(f, "00E0000002 6200", 0x6A80);
    fixture_expect(f, "00E0000002 6300", 0x6A80);
    fixture_expect(f, "00E0000003 620582", 0x6A80);
    fixture_expect(f, "00E00000", 0x6700);
    fixture_expect(f, "00E0000102 6200", 0x6A86);
    expect_create(f, "82024121 83022FE2 " REST " 80020005", 0x6A89);
    expect_create(f, "82024121 83022F41 " REST " 80022800", 0x6A84);
    fixture_reset(f);
    expect_create(f, "82024121 83022F41 " REST " 80020005", 0x6982);
}

static void test_delete(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t before[UICC_IMAGE_SIZE];

    memcpy(before, f->committed, sizeof before);
    expect_create(f, "82027821 83025F10 8A0105 8B032F0605", 0x9000);
    expect_create(f, "82024121 83024F01 " REST " 80020040", 0x9000);
    fixture_expect(f, "00D6000004 DEADBEEF", 0x9000);
    expect_create(f, "82027821 83025F11 8A0105 8B032F0605", 0x9000);
    expect_create(f, "82024121 83024F02 " REST " 80020040", 0x9000);
    fixture_expect_data(f, "0070000001", "01");
    fixture_expect(f, "01A4080C065F105F114F02", 0x9000);
    fixture_expect(f, "00E4000002 5F11", 0x6A82); /* not a child of itself */
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "00E4000002 5F10", 0x9000); /* with all below it */
    fixture_expect(f, "00A4000C025F10", 0x6A82);
    fixture_expect(f, "01B0000001", 0x6986);     /* channel 1 stood there */
    fixture_expect(f, "01A4000C022FE2", 0x9000); /* and is in the MF now */
    /* nothing is left of it in the memory, but for the version and where free memory begins */
    be16_put(before + UICC_AT_VERSION, UICC_LAYOUT_VERSION);
    assert_memory_equal(before, f->committed, sizeof before);
}

static void test_delete_errors(void **state)
{
    struct uicc_fixture *f = *state;

    fixture_expect(f, "00E4000002 2F77", 0x6A82);
    fixture_expect(f, "00E4000002 2FE2", 0x6982); /* its rule does not speak of deletion */
    fixture_expect(f, "00E4000002 3F00", 0x6A82);
    fixture_expect(f, "00E4000003 2FE2FF", 0x6700);
    fixture_expect(f, "00E40000", 0x6700);
    fixture_expect(f, "00E4000102 2FE2", 0x6A86);
    expect_create(f, "82024121 83022F41 " REST " 80020005", 0x9000);
    fixture_reset(f);
    fixture_expect(f, "00E4000002 2F41", 0x6982);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00E4000002 2F41", 0x9000);
}

static void test_resize(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82024121 83022F41 " REST " 80020003", 0x9000);
    fixture_expect(f, "00D6000003 010203", 0x9000);
    expect_create(f, "82024121 83022F42 " REST " 80020003", 0x9000); /* right behind it */
    fixture_expect(f, "00D6000003 040506", 0x9000);
    fixture_expect(f, "80D400000A 6208 83022F41 80020006", 0x9000);
    fixture_expect_data(f, "00B0000003", "040506"); /* still current, wherever it lies */
    fixture_expect(f, "00A4000C022F41", 0x9000);
    fixture_expect_data(f, "00B0000000", "010203FFFFFF");
    fixture_expect(f, "80D400000A 6208 83022F41 80020002", 0x9000);
    fixture_expect_data(f, "00B0000000", "0102");
    fixture_expect(f, "80D400000A 6208 83022F41 80020004", 0x9000);
    fixture_expect_data(f, "00B0000000", "0102FFFF"); /* what was cut off does not come back */
    expect_create(f, "820442210003 83022F43 " REST " 80020006", 0x9000);
    fixture_expect(f, "00DC020403 112233", 0x9000);
    fixture_expect(f, "80D400000A 6208 83022F43 8002000C", 0x9000);
    fixture_expect_data(f, "00B2020403", "112233");
    fixture_expect_data(f, "00B2040403", "FFFFFF");
    fixture_expect(f, "00B2050403", 0x6A83);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
}

static void test_resize_errors(void **state)
{
    struct uicc_fixture *f = *state;

    expect_create(f, "82024121 83022F41 " REST " 80020003", 0x9000);
    expect_create(f, "820442210003 83022F43 " REST " 80020006", 0x9000);
    expect_create(f, "820446210003 83022F44 " REST " 80020006", 0x9000);
    expect_create(f, "82027821 83025F10 8A0105 8B032F0605", 0x9000);
    fixture_expect(f, SELECT_MF, 0x9000);
    fixture_expect(f, "80D400000A 6208 83022F41 80020000", 0x6A80);
    fixture_expect(f, "80D400000B 6209 83022F41 8003010000", 0x6A80);
    fixture_expect(f, "80D400000A 6208 83022F41 80022800", 0x6A84);
    fixture_expect(f, "80D400000A 6208 83022F43 80020007", 0x6A80);
    fixture_expect(f, "80D400000A 6208 83022F43 80020300", 0x6A80); /* 256 records */
    fixture_expect(f, "80D400000A 6208 83022F44 80020009", 0x6981); /* cyclic */
    fixture_expect(f, "80D400000A 6208 83025F10 80020009", 0x6982);
    fixture_expect(f, "80D400000A 6208 83022F77 80020009", 0x6A82);
    fixture_expect(f, "80D400000A 6208 83022FE2 80020009", 0x6982);
    fixture_expect(f, "80D4000006 6204 83022F41", 0x6A80);
    fixture_expect(f, "80D4000004 6202 8302", 0x6A80);
    fixture_expect(f, "80D40000", 0x6700);
    fixture_expect(f, "80D4010006 6204 83022F41", 0x6A86);
    fixture_expect(f, "0004000002 2F41", 0x9000);
    fixture_expect(f, "80D400000A 6208 83022F41 80020009", 0x6984);
}

static uint32_t free_memory(struct uicc_fixture *f)
{
    fixture_expect(f, SELECT_MF, 0x9000);
    return be32_get(f->data + 17); /* tag 83 in A5 */
}

/* Octets 0 to 12 over and over. */
#define PATTERN "A50F C20D 000102030405060708090A0B0C"

/* The file still holds the pattern in its first `size` octets. */
static void expect_pattern(struct uicc_fixture *f, unsigned fid, uint32_t size)
{
    char hex[32];

    (void)snprintf(hex, sizeof hex, "00A4000C02%04X", fid);
    fixture_expect(f, hex, 0x9000);
    for (uint32_t at = 0; at < size; at += 200) {
        uint32_t n = size - at < 200 ? size - at : 200;
        (void)snprintf(hex, sizeof hex, "00B0%04X%02X", at, n);
        fixture_expect(f, hex, 0x9000);
        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(f->data[i], (at + i) % 13);
        }
    }
}

/* Room in several gaps is as good as in one: bodies move together, and keep their content. */
static void test_gaps_close(void **state)
{
    struct uicc_fixture *f = *state;
    char hex[120];
    uint32_t room = free_memory(f);
    uint32_t part = room / 8;

    for (unsigned i = 0; i < 8; i++) {
        (void)snprintf(hex, sizeof hex, "82024121 83024E%02X " PATTERN " " REST " 8002%04X 8800", i,
                       part);
        expect_create(f, hex, 0x9000);
    }
    assert_int_equal(free_memory(f), room - 8 * part);
    for (unsigned i = 0; i < 8; i += 2) {
        (void)snprintf(hex, sizeof hex, "00E40000024E%02X", i);
        fixture_expect(f, hex, 0x9000);
    }
    assert_int_equal(free_memory(f), room - 4 * part);
    (void)snprintf(hex, sizeof hex, "82024121 83024F01 " PATTERN " " REST " 8002%04X 8800",
                   3 * part);
    expect_create(f, hex, 0x9000);
    for (unsigned i = 1; i < 8; i += 2) {
        expect_pattern(f, 0x4E00 + i, part);
    }
    /* and growing in place moves what is behind */
    (void)snprintf(hex, sizeof hex, "80D400000A 6208 83024E01 8002%04X", part + 100);
    fixture_expect(f, hex, 0x9000);
    for (unsigned i = 1; i < 8; i += 2) {
        expect_pattern(f, 0x4E00 + i, part);
    }
    expect_pattern(f, 0x4F01, 3 * part);
    fixture_expect(f, "00A4000C022FE2", 0x9000);
    fixture_expect_data(f, "00B000000A", "980001010000000010F9");
    assert_int_equal(free_memory(f), room - 7 * part - 100);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
}

/* The power fails at every write of commands that move bodies: the card has the old files or the
 * new ones, and opens. */
static void test_power_cuts(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t resize[] = {0x80, 0xD4, 0x00, 0x00, 0x0A, 0x62, 0x08, 0x83,
                                     0x02, 0x4E, 0x00, 0x80, 0x02, 0x04, 0x00};
    unsigned cut = 1;
    char hex[80];

    for (unsigned i = 0; i < 4; i++) {
        (void)snprintf(hex, sizeof hex, "82024121 83024E%02X " REST " 80020100 8800", i);
        expect_create(f, hex, 0x9000);
        (void)snprintf(hex, sizeof hex, "00D6000004 C0FFEE%02X", i);
        fixture_expect(f, hex, 0x9000);
    }
    fixture_expect(f, "00E40000024E01", 0x9000);
    for (;; cut++) {
        f->cut_at = f->accesses + cut;
        uint16_t sw = fixture_octets(f, resize, sizeof resize);
        bool dead = f->dead;
        assert_int_equal(sw, dead ? 0x6581 : 0x9000);
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        for (unsigned i = 0; i < 4; i += 2) {
            (void)snprintf(hex, sizeof hex, "00A4000C024E%02X", i);
            fixture_expect(f, hex, 0x9000);
            (void)snprintf(hex, sizeof hex, "C0FFEE%02X", i);
            fixture_expect_data(f, "00B0000004", hex);
        }
        fixture_expect(f, "00A4000C024E00", 0x9000);
        fixture_expect(f, "00B003FF01", dead ? 0x6B00 : 0x9000);
        fixture_expect(f, VERIFY_ADM1, 0x9000);
        if (!dead) {
            break;
        }
    }
    assert_in_range(cut, 20, 200);
}

/* A card of layout version 1 opens, and becomes one of version 2 when its directory changes. */
static void test_older_layout(void **state)
{
    struct uicc_fixture *f = *state;

    be16_put(f->committed + UICC_AT_VERSION, 1);
    f->committed[UICC_AT_PINS + UICC_PIN_SLOT_SIZE + UICC_PIN_AT_SCOPE] = 0; /* PIN2 */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, SELECT_USIM, 0x9000);
    assert_int_equal(f->committed[UICC_AT_VERSION + 1], 1);
    fixture_expect(f, SELECT_MF, 0x9000);
    expect_create(f, "82027921 83022F41 " REST " 80020020", 0x9000);
    assert_int_equal(f->committed[UICC_AT_VERSION + 1], 2);
    be16_put(f->committed + UICC_AT_VERSION, 0);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
        TEST(test_create_transparent),
        TEST(test_filling),
        TEST(test_flags_and_states),
        TEST(test_sfi),
        TEST(test_create_df_and_below),
        TEST(test_depth_and_slots),
        TEST(test_create_adf),
        TEST(test_create_errors),
        TEST(test_delete),
        TEST(test_delete_errors),
        TEST(test_resize),
        TEST(test_resize_errors),
        TEST(test_gaps_close),
        TEST(test_power_cuts),
        TEST(test_older_layout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
