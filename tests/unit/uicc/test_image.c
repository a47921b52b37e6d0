/* Images that contradict themselves are refused; any other octets never lead the engine astray. */
#include <string.h>

#include "base/bytes.h"
#include "fixture.h"
#include "uicc/layout.h"

static void expect_open(struct uicc_fixture *f, enum uicc_open_result result)
{
    assert_int_equal(fixture_power_up(f), result);
    fixture_personalise(f);
}

static void test_empty_and_foreign(void **state)
{
    struct uicc_fixture *f = *state;

    f->committed[0] ^= 1;
    expect_open(f, UICC_OPEN_EMPTY);
    memset(f->committed, 0, sizeof f->committed);
    expect_open(f, UICC_OPEN_EMPTY);
    be16_put(f->committed + UICC_AT_VERSION, UICC_LAYOUT_VERSION + 1);
    expect_open(f, UICC_OPEN_VERSION);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    f->nvm.size = 100;
    assert_int_equal(uicc_card_open(&f->card, &f->nvm, &f->crypto.port), UICC_OPEN_EMPTY);
    f->nvm.size = 3000; /* cut off in the directory */
    assert_int_equal(uicc_card_open(&f->card, &f->nvm, &f->crypto.port), UICC_OPEN_CORRUPT);
    f->nvm.size = 6500; /* in the bodies */
    assert_int_equal(uicc_card_open(&f->card, &f->nvm, &f->crypto.port), UICC_OPEN_CORRUPT);
}

static void test_header(void **state)
{
    struct uicc_fixture *f = *state;
    static const struct {
        uint32_t at;
        uint32_t value;
    } wrong[] = {
        {UICC_AT_DIRECTORY, 0}, /* inside the security block */
        {UICC_AT_DIRECTORY, 1023},
        {UICC_AT_DIRECTORY, UICC_IMAGE_SIZE},
        {UICC_AT_DIRECTORY, 0xFFFFFFFF},
        {UICC_AT_BODIES, 1024},
        {UICC_AT_BODIES, 0xFFFFFFFF},
        {UICC_AT_BODIES_END, UICC_IMAGE_SIZE + 1},
        {UICC_AT_BODIES_END, 4095},
        {UICC_AT_BODIES_END, 6000}, /* before the end of the last file */
    };

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        be32_put(f->committed + wrong[i].at, wrong[i].value);
        expect_open(f, UICC_OPEN_CORRUPT);
    }
    be16_put(f->committed + UICC_AT_SLOTS, 0);
    expect_open(f, UICC_OPEN_CORRUPT);
    be16_put(f->committed + UICC_AT_SLOTS, 251);
    expect_open(f, UICC_OPEN_CORRUPT);
}

static void test_security_block(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t *pin1 = f->committed + UICC_AT_PINS;

    pin1[UICC_PIN_AT_TRIES] = 4; /* more than there can be */
    expect_open(f, UICC_OPEN_CORRUPT);
    pin1[UICC_PIN_AT_TRIES_MAX] = 16;
    expect_open(f, UICC_OPEN_CORRUPT);
    pin1[UICC_PIN_AT_PUK_TRIES] = 11;
    expect_open(f, UICC_OPEN_CORRUPT);
    f->committed[UICC_AT_ALGORITHM] = 0;
    expect_open(f, UICC_OPEN_CORRUPT);
    f->committed[UICC_AT_SQN_REPORT] = 2;
    expect_open(f, UICC_OPEN_CORRUPT);
    f->committed[UICC_AT_SQN + 31 * 8] = 1; /* a SEQ of more than 43 bits */
    expect_open(f, UICC_OPEN_CORRUPT);
}

/* Changes one file's entry; the image must then be refused. */
static void refuse(struct uicc_fixture *f, uint16_t fid, void (*change)(struct uicc_file *file))
{
    uint8_t *entry = fixture_entry(f, fid);
    struct uicc_file file;

    uicc_entry_decode(entry, &file);
    change(&file);
    uicc_entry_encode(&file, entry);
    expect_open(f, UICC_OPEN_CORRUPT);
}

static void no_mf(struct uicc_file *file)
{
    file->kind = UICC_KIND_FREE;
}

static void second_mf(struct uicc_file *file)
{
    file->kind = UICC_KIND_MF;
}

static void unknown_kind(struct uicc_file *file)
{
    file->kind = (enum uicc_file_kind)200;
}

static void parent_is_ef(struct uicc_file *file)
{
    file->parent = 5;
}

static void parent_is_free(struct uicc_file *file)
{
    file->parent = 95;
}

static void parent_is_nowhere(struct uicc_file *file)
{
    file->parent = 0xFFFF;
}

static void body_in_security_block(struct uicc_file *file)
{
    file->body = UICC_AT_K;
}

static void body_in_directory(struct uicc_file *file)
{
    file->body = UICC_SECURITY_END;
}

static void body_outside(struct uicc_file *file)
{
    file->body = 0xFFFFFFF0;
}

static void body_too_long(struct uicc_file *file)
{
    file->size = 0xFFFFFFFF;
}

static void body_over_neighbour(struct uicc_file *file)
{
    file->size++;
}

static void body_empty(struct uicc_file *file)
{
    file->size = 0;
}

static void same_name(struct uicc_file *file)
{
    file->fid = 0x6F08;
}

static void same_sfi(struct uicc_file *file)
{
    file->sfi = 0x08;
}

static void sfi_31(struct uicc_file *file)
{
    file->sfi = 31;
}

static void records_do_not_fill(struct uicc_file *file)
{
    file->record_count--;
}

static void records_of_nothing(struct uicc_file *file)
{
    file->record_length = 0;
}

static void first_record_outside(struct uicc_file *file)
{
    file->kind = UICC_KIND_CYCLIC;
    file->first_record = file->record_count;
}

static void long_aid(struct uicc_file *file)
{
    file->kind = UICC_KIND_ADF;
    file->parent = UICC_MF;
    file->size = 17;
}

static void test_directory(void **state)
{
    struct uicc_fixture *f = *state;

    refuse(f, 0x3F00, no_mf);
    refuse(f, 0x6F07, second_mf);
    refuse(f, 0x6F07, unknown_kind);
    refuse(f, 0x6F07, parent_is_ef);
    refuse(f, 0x6F07, parent_is_free);
    refuse(f, 0x6F07, parent_is_nowhere);
    refuse(f, 0x6F07, body_in_security_block);
    refuse(f, 0x6F07, body_in_directory);
    refuse(f, 0x6F07, body_outside);
    refuse(f, 0x6F07, body_too_long);
    refuse(f, 0x6F07, body_over_neighbour);
    refuse(f, 0x6F07, body_empty);
    refuse(f, 0x6F07, same_name);
    refuse(f, 0x6F07, same_sfi);
    refuse(f, 0x6F07, sfi_31);
    refuse(f, 0x6F3C, records_do_not_fill);
    refuse(f, 0x6F3C, records_of_nothing);
    refuse(f, 0x6F3C, first_record_outside);
    refuse(f, 0x6FE4, long_aid);
}

/* DFs 80, 81, ... each in the next; the last in `last`. */
static void chain(struct uicc_fixture *f, unsigned length, uint16_t last)
{
    for (unsigned i = 0; i < length; i++) {
        struct uicc_file df = {.fid = (uint16_t)(0x5F00 + i),
                               .parent = i + 1 < length ? (uint16_t)(81 + i) : last,
                               .kind = UICC_KIND_DF,
                               .life_cycle = UICC_LIFE_ACTIVATED,
                               .arr_fid = 0x2F06,
                               .arr_record = 4};
        uicc_entry_encode(&df,
                          f->committed + UICC_SECURITY_END + (size_t)(80 + i) * UICC_ENTRY_SIZE);
    }
}

static void test_cycles_and_depth(void **state)
{
    struct uicc_fixture *f = *state;

    chain(f, 1, 80); /* in itself */
    expect_open(f, UICC_OPEN_CORRUPT);
    chain(f, 5, 80); /* in a ring */
    expect_open(f, UICC_OPEN_CORRUPT);
    chain(f, UICC_DEPTH_MAX + 1, UICC_MF);
    expect_open(f, UICC_OPEN_CORRUPT);
    chain(f, UICC_DEPTH_MAX, UICC_MF);
    expect_open(f, UICC_OPEN_OK);
    chain(f, 2, UICC_MF); /* and such DFs can be walked: 80 is in 81, 81 in the MF */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00A4000C025F00", 0x6A82);
    fixture_expect(f, "00A4080C045F015F00", 0x9000);
    fixture_expect(f, "00A4000C025F00", 0x9000); /* the current DF itself */
    fixture_expect(f, "00A4000C025F01", 0x9000); /* its parent */
    fixture_expect(f, "00A4010C025F00", 0x9000); /* child DF */
    fixture_expect(f, "00A4030C", 0x9000);       /* parent */
    fixture_expect_data(f, "80F200001D",
                        "62 1D 82 02 78 21 83 02 5F 01 A5 03 80 01 71 8A 01 05 8B 03 2F 06 04"
                        "C6 06 90 01 80 83 01 01");
}

/* A rule that is missing or is no rule allows nothing. */
static void test_broken_rules_allow_nothing(void **state)
{
    struct uicc_fixture *f = *state;
    static const char *const rules[] = {
        "800101",                   /* an access mode and nothing else */
        "8001019702",               /* a length that runs out */
        "9000",                     /* a condition without an access mode */
        "800102 9000",              /* update only */
        "800101 A40683010595 0108", /* a PIN that does not exist */
        "800101 A4038301 01",       /* no usage qualifier */
        "800101 A406830101950100",  /* not for verification */
        "800101 AF00",              /* AND of nothing */
        "800101 A000",              /* OR of nothing */
        "800101 AF0A 9000 A406830105950108",
        "800101 A004 A0029000",    /* not nested */
        "800101 A005 9000 A40683", /* a template that ends in the middle of an object */
        "8401B0 9000",             /* a rule for an instruction */
    };

    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct uicc_file arr;
        uicc_entry_decode(fixture_entry(f, 0x2F06), &arr);
        uint8_t *record = f->committed + arr.body + arr.record_length; /* that of EF_ICCID */
        memset(record, 0xFF, arr.record_length);
        for (const char *hex = rules[i], *end = hex + strlen(hex); hex < end; hex++) {
            static const char digits[] = "0123456789ABCDEF";
            if (*hex != ' ') {
                *record = (uint8_t)((strchr(digits, hex[0]) - digits) << 4);
                do {
                    hex++;
                } while (*hex == ' ');
                *record = (uint8_t)(*record | (strchr(digits, hex[0]) - digits));
                record++;
            }
        }
        assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
        fixture_expect(f, VERIFY_PIN1, 0x9000);
        fixture_expect(f, VERIFY_ADM1, 0x9000);
        fixture_expect(f, "00B082000A", 0x6982);
    }
}

static void test_and_or_rules(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t both[] = {0x80, 0x01, 0x01, 0xAF, 0x10, 0xA4, 0x06, 0x83, 0x01, 0x01, 0x95,
                                   0x01, 0x08, 0xA4, 0x06, 0x83, 0x01, 0x0A, 0x95, 0x01, 0x08};
    struct uicc_file arr;

    uicc_entry_decode(fixture_entry(f, 0x2F06), &arr);
    uint8_t *record = f->committed + arr.body + arr.record_length;
    memcpy(record, both, sizeof both);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    fixture_expect(f, "00B082000A", 0x6982); /* one of two */
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00B082000A", 0x9000);
    record[3] = 0xA0; /* OR */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00B082000A", 0x6982);
    fixture_expect(f, VERIFY_ADM1, 0x9000);
    fixture_expect(f, "00B082000A", 0x9000);
}

static void test_missing_rule_reference(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t always[] = {0x80, 0x01, 0x01, 0x90, 0x00};
    struct uicc_file arr;
    uint8_t *entry = fixture_entry(f, 0x2FE2);

    /* What lies before and behind the rules looks like one that allows reading. */
    uicc_entry_decode(fixture_entry(f, 0x2F06), &arr);
    memcpy(f->committed + arr.body - arr.record_length, always, sizeof always);
    memcpy(f->committed + arr.body + arr.size, always, sizeof always);
    entry[10] = 0; /* no record */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00B082000A", 0x6982);
    entry[10] = (uint8_t)(arr.record_count + 1);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00B082000A", 0x6982);
    entry[10] = 2;
    be16_put(entry + 8, 0x2FE2); /* no EF_ARR */
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00B082000A", 0x6982);
    be16_put(entry + 8, 0x1234);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    fixture_expect(f, "00B082000A", 0x6982);
}

/* Every octet of header, security block and directory changed in some ways: refused, or a card that
 * answers. The sanitizers watch. */
static void test_every_octet(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t flips[] = {0x01, 0x80, 0xFF};
    static const char *const commands[] = {SELECT_USIM,         VERIFY_PIN1,  "00B0870009",
                                           "00B2010C04",        "80F2000000", "00A40004023F00",
                                           "00DC010C0411F2FF00"};

    size_t directory_end = be32_get(f->committed + UICC_AT_BODIES);

    for (size_t at = 0; at < directory_end; at++) {
        for (size_t i = 0; i < sizeof flips; i++) {
            f->committed[at] ^= flips[i];
            if (fixture_power_up(f) == UICC_OPEN_OK) {
                for (size_t c = 0; c < ARRAY_LEN(commands); c++) {
                    (void)fixture_send(f, commands[c]);
                }
                fixture_personalise(f); /* the commands may have written */
            } else {
                f->committed[at] ^= flips[i];
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_empty_and_foreign), TEST(test_header),
        TEST(test_security_block),    TEST(test_directory),
        TEST(test_cycles_and_depth),  TEST(test_broken_rules_allow_nothing),
        TEST(test_and_or_rules),      TEST(test_missing_rule_reference),
        TEST(test_every_octet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
