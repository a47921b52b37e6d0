/*
 * Power cuts: every command that writes is cut at every write and commit. Then the counter of a PIN
 * has never gone up, a sequence number never back, and a file is old or new.
 */
#include <string.h>

#include "base/bytes.h"
#include "fixture.h"
#include "uicc/layout.h"

static const uint8_t *pin_slot(const struct uicc_fixture *f, unsigned slot)
{
    return f->committed + UICC_AT_PINS + (size_t)slot * UICC_PIN_SLOT_SIZE;
}

static uint64_t seq_ms(const struct uicc_fixture *f, unsigned ind)
{
    return be64_get(f->committed + UICC_AT_SQN + (size_t)ind * 8);
}

/* Cuts the power at write or commit number `cut` of the command. False if it made fewer, and so ran
 * through; else the answer was 6581 and nothing more, and the card is on again, in the USIM. */
static bool cut_power(struct uicc_fixture *f, const uint8_t *command, size_t n, unsigned cut)
{
    f->cut_at = f->accesses + cut;
    uint16_t sw = fixture_octets(f, command, n);
    if (!f->dead) {
        return false;
    }
    assert_int_equal(sw, 0x6581);
    assert_int_equal(f->length, 0);
    assert_int_equal(f->card.pending_length, 0);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
    return true;
}

static void test_wrong_pin(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t wrong[] = {0x00, 0x20, 0x00, 0x01, 0x08, '0', '0',
                                    '0',  '0',  0xFF, 0xFF, 0xFF, 0xFF};
    unsigned cut = 1;

    /* Without power for the count there is no comparison: 6581, never 63CX. */
    while (cut_power(f, wrong, sizeof wrong, cut)) {
        assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_TRIES], 3);
        cut++;
    }
    assert_int_equal(cut, 3); /* a write and a commit */
    assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_TRIES], 2);
}

static void test_right_pin(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t right[] = {0x00, 0x20, 0x00, 0x01, 0x08, '1', '2',
                                    '3',  '4',  0xFF, 0xFF, 0xFF, 0xFF};
    unsigned cut = 1;
    uint8_t before = 0;

    fixture_expect(f, WRONG_PIN1, 0x63C2);
    for (;; cut++) {
        before = pin_slot(f, 0)[UICC_PIN_AT_TRIES];
        if (before == 1) { /* room for another cut: the PIN was right all the time */
            fixture_expect(f, VERIFY_PIN1, 0x9000);
            fixture_expect(f, WRONG_PIN1, 0x63C2);
            before = 2;
        }
        if (!cut_power(f, right, sizeof right, cut)) {
            break;
        }
        assert_true(pin_slot(f, 0)[UICC_PIN_AT_TRIES] <= before);
        fixture_expect(f, SELECT_USIM, 0x9000);
        fixture_expect(f, "00B0870009", 0x6982); /* nothing is verified */
    }
    assert_int_equal(cut, 5); /* count down, commit, count up, commit */
    assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_TRIES], 3);
}

static void test_change_pin(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t change[] = {0x00, 0x24, 0x00, 0x01, 0x10, '1', '2', '3', '4', 0xFF, 0xFF,
                                     0xFF, 0xFF, '7',  '7',  '7',  '7', '7', '7', '7', 0xFF};
    unsigned cut = 1;

    while (cut_power(f, change, sizeof change, cut)) {
        assert_memory_equal(pin_slot(f, 0) + UICC_PIN_AT_VALUE, "1234\xFF\xFF\xFF\xFF", 8);
        assert_true(pin_slot(f, 0)[UICC_PIN_AT_TRIES] <= 3);
        fixture_expect(f, VERIFY_PIN1, 0x9000);
        cut++;
    }
    assert_int_equal(cut, 6);
    assert_memory_equal(pin_slot(f, 0) + UICC_PIN_AT_VALUE, "7777777\xFF", 8);
}

static void test_unblock_pin(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t unblock[] = {0x00, 0x2C, 0x00, 0x01, 0x10, '1', '2', '3', '4', '5', '6',
                                      '7',  '8',  '7',  '7',  '7',  '7', '7', '7', '7', 0xFF};
    unsigned cut = 1;
    uint8_t puk_tries = 10;

    fixture_expect(f, WRONG_PIN1, 0x63C2);
    fixture_expect(f, WRONG_PIN1, 0x63C1);
    fixture_expect(f, WRONG_PIN1, 0x63C0);
    while (cut_power(f, unblock, sizeof unblock, cut)) {
        assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_TRIES], 0);
        assert_true(pin_slot(f, 0)[UICC_PIN_AT_PUK_TRIES] <= puk_tries);
        puk_tries = pin_slot(f, 0)[UICC_PIN_AT_PUK_TRIES];
        cut++;
    }
    assert_int_equal(cut, 8);
    assert_int_equal(puk_tries, 5); /* five cuts came after the count */
    assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_PUK_TRIES], 10);
    assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_TRIES], 3);
}

static void test_disable_pin(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t disable[] = {0x00, 0x26, 0x00, 0x01, 0x08, '1', '2',
                                      '3',  '4',  0xFF, 0xFF, 0xFF, 0xFF};
    unsigned cut = 1;

    while (cut_power(f, disable, sizeof disable, cut)) {
        assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_FLAGS] & UICC_PIN_ENABLED, UICC_PIN_ENABLED);
        fixture_expect(f, VERIFY_PIN1, 0x9000);
        cut++;
    }
    assert_int_equal(cut, 6);
    assert_int_equal(pin_slot(f, 0)[UICC_PIN_AT_FLAGS] & UICC_PIN_ENABLED, 0);
}

static void test_authenticate(void **state)
{
    struct uicc_fixture *f = *state;
    uint8_t command[40];
    unsigned cut = 1;

    f->profile.pin1_enabled = false;
    fixture_personalise(f);
    for (uint64_t seq = 1;; seq++, cut++) {
        uint64_t before = seq_ms(f, 6);
        fixture_expect(f, SELECT_USIM, 0x9000);
        fixture_challenge(f, seq << 5 | 6, 3, command);
        if (!cut_power(f, command, sizeof command, cut)) {
            assert_int_equal(seq_ms(f, 6), seq);
            break;
        }
        assert_int_equal(seq_ms(f, 6), before); /* no answer came out, so the SEQ is still free */
    }
    assert_int_equal(cut, 3); /* a write and a commit */
    fixture_challenge(f, (uint64_t)cut << 5 | 6, 3, command);
    assert_int_equal(fixture_octets(f, command, sizeof command), 0x6110); /* AUTS */
}

static void test_update_binary(void **state)
{
    struct uicc_fixture *f = *state;
    static const uint8_t update[] = {0x00, 0xD6, 0x8B, 0x00, 0x02, 0xAA, 0xBB};
    unsigned cut = 1;

    f->profile.pin1_enabled = false;
    fixture_personalise(f);
    fixture_expect(f, SELECT_USIM, 0x9000);
    while (cut_power(f, update, sizeof update, cut)) {
        fixture_expect(f, SELECT_USIM, 0x9000);
        fixture_expect_data(f, "00B08B0002", "FFFF");
        cut++;
    }
    assert_int_equal(cut, 3);
    fixture_expect_data(f, "00B08B0002", "AABB");
}

/* A memory that cannot be read gives 6581 and no data, whatever the command. */
static void test_dead_memory(void **state)
{
    struct uicc_fixture *f = *state;
    static const char *const commands[] = {
        SELECT_MF,   SELECT_USIM, "80F2000028", "00B0820000", "00D682000100",
        VERIFY_PIN1, WRONG_PIN1,  "0020000100", "002C000100", "00B201F426",
    };

    fixture_expect(f, SELECT_USIM, 0x9000);
    fixture_expect(f, SELECT_MF, 0x9000);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        f->dead = true;
        assert_int_equal(fixture_send(f, commands[i]), 0x6581);
        assert_int_equal(f->length, 0);
    }
    f->dead = false;
    fixture_expect(f, VERIFY_PIN1, 0x9000);
    f->dead = true;
    assert_int_equal(uicc_card_open(&f->card, &f->nvm, &f->crypto.port), UICC_OPEN_MEMORY_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_wrong_pin),     TEST(test_right_pin),   TEST(test_change_pin),
        TEST(test_unblock_pin),   TEST(test_disable_pin), TEST(test_authenticate),
        TEST(test_update_binary), TEST(test_dead_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
