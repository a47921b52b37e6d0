#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/bytes.h"
#include "secure/ota_script.h"

static void expect(const struct apdu_command *command, uint8_t ins, uint8_t lc, uint16_t le)
{
    assert_int_equal(command->ins, ins);
    assert_int_equal(command->lc, lc);
    assert_int_equal(command->has_le, le != 0);
    assert_int_equal(command->le, le);
}

/* SELECT, UPDATE BINARY, DEACTIVATE without data, READ BINARY of 256 octets. */
static void compact(void **state)
{
    static const uint8_t script[] = {0x00, 0xA4, 0x00, 0x04, 0x02, 0x6F, 0x07, 0x00,
                                     0xD6, 0x00, 0x00, 0x01, 0x55, 0x00, 0x04, 0x00,
                                     0x00, 0x00, 0x00, 0xB0, 0x00, 0x00, 0x00};
    struct ota_script reader;
    struct apdu_command command;

    (void)state;
    ota_script_start(&reader, OTA_COMPACT, script, sizeof script);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
    expect(&command, 0xA4, 2, 0);
    assert_int_equal(command.data[1], 0x07);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
    expect(&command, 0xD6, 1, 0);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
    expect(&command, 0x04, 0, 0);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
    expect(&command, 0xB0, 0, 256);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_END);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_END);
}

/* One octet is the last command's Le; two to four are no command. */
static void ends_of_compact_scripts(void **state)
{
    static const uint8_t script[] = {0x00, 0xA2, 0x01, 0x04, 0x01, 0xFF, 0x00, 0x00, 0x00, 0x00};
    struct ota_script reader;
    struct apdu_command command;

    (void)state;
    ota_script_start(&reader, OTA_COMPACT, script, 7);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
    expect(&command, 0xA2, 1, 256);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_END);
    for (size_t n = 8; n <= 10; n++) {
        ota_script_start(&reader, OTA_COMPACT, script, n);
        assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
        expect(&command, 0xA2, 1, 0);
        assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_WRONG_LENGTH);
        assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_WRONG_LENGTH);
    }
    ota_script_start(&reader, OTA_COMPACT, script, 5); /* data that do not come */
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_WRONG_LENGTH);
    ota_script_start(&reader, OTA_COMPACT, script, 0);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_END);
}

static void expanded(void **state)
{
    static const uint8_t script[] = {0xAA, 0x10, 0x22, 0x07, 0x00, 0xA4, 0x00, 0x04, 0x02,
                                     0x6F, 0x07, 0x22, 0x05, 0x00, 0xB0, 0x00, 0x00, 0x00};
    struct ota_script reader;
    struct apdu_command command;

    (void)state;
    ota_script_start(&reader, OTA_EXPANDED, script, sizeof script);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
    expect(&command, 0xA4, 2, 0);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
    expect(&command, 0xB0, 0, 256);
    assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_END);
}

static void malformed_expanded_scripts(void **state)
{
    static const struct {
        size_t length;
        uint8_t octets[9];
        enum ota_script_step step;
    } known[] = {
        {2, {0xAA, 0x00}, OTA_SCRIPT_END},
        {2, {0xAB, 0x00}, OTA_SCRIPT_WRONG_LENGTH},
        {3, {0xAA, 0x05, 0x22}, OTA_SCRIPT_WRONG_LENGTH},
        {6, {0xAA, 0x80, 0x22, 0x00, 0x00, 0x00}, OTA_SCRIPT_WRONG_LENGTH},
        {4, {0xAA, 0x00, 0xAA, 0x00}, OTA_SCRIPT_WRONG_LENGTH},
        {3, {0xAA, 0x00, 0x22}, OTA_SCRIPT_WRONG_LENGTH},
        {5, {0xAA, 0x03, 0x81, 0x01, 0x01}, OTA_SCRIPT_UNKNOWN_TAG},
        {5, {0xAA, 0x03, 0x83, 0x01, 0x01}, OTA_SCRIPT_UNKNOWN_TAG},
        {7, {0xAA, 0x05, 0x22, 0x03, 0x00, 0xB0, 0x00}, OTA_SCRIPT_WRONG_LENGTH},
        {6, {0xAA, 0x04, 0x22, 0x05, 0x00, 0xB0}, OTA_SCRIPT_WRONG_LENGTH},
        {0, {0}, OTA_SCRIPT_WRONG_LENGTH},
    };
    struct ota_script reader;
    struct apdu_command command;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        ota_script_start(&reader, OTA_EXPANDED, known[i].octets, known[i].length);
        assert_int_equal(ota_script_next(&reader, &command), known[i].step);
        assert_null(command.data);
    }
}

/* What is written is read again, in both formats. */
static void writing(void **state)
{
    static const uint8_t data[200] = {0x6F, 0x07};
    const struct apdu_command commands[] = {
        {.ins = 0xA4, .p2 = 0x04, .lc = 2, .data = data},
        {.ins = 0x44},
        {.ins = 0xB0, .has_le = true, .le = 256},
        {.ins = 0xD6, .lc = 200, .data = data},
        {.ins = 0xA2, .p1 = 1, .p2 = 4, .lc = 1, .data = data, .has_le = true, .le = 16},
    };
    uint8_t out[512];
    struct ota_script reader;
    struct apdu_command command;

    (void)state;
    for (int f = OTA_COMPACT; f <= OTA_EXPANDED; f++) {
        struct ota_script_writer writer;

        ota_script_write(&writer, (enum ota_format)f, out, sizeof out);
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
            ota_script_put(&writer, &commands[i]);
        }
        size_t n = ota_script_finish(&writer);
        assert_true(n > 0);
        ota_script_start(&reader, (enum ota_format)f, out, n);
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
            assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_COMMAND);
            expect(&command, commands[i].ins, commands[i].lc, commands[i].le);
            assert_int_equal(command.p1, commands[i].p1);
            if (command.lc > 0) {
                assert_memory_equal(command.data, commands[i].data, command.lc);
            }
        }
        assert_int_equal(ota_script_next(&reader, &command), OTA_SCRIPT_END);
        ota_script_write(&writer, (enum ota_format)f, out, n - 1);
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
            ota_script_put(&writer, &commands[i]);
        }
        assert_int_equal(ota_script_finish(&writer), 0);
    }
}

/* The compact format cannot say these. */
static void no_compact_form(void **state)
{
    static const uint8_t data[1];
    const struct apdu_command with_le = {
        .ins = 0xA2, .lc = 1, .data = data, .has_le = true, .le = 1};
    const struct apdu_command status = {.cla = 0x80, .ins = 0xF2, .has_le = true, .le = 10};
    const struct apdu_command read = {.ins = 0xB0};
    const struct apdu_command *const bad[] = {&status, &read};
    uint8_t out[64];
    struct ota_script_writer writer;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        ota_script_write(&writer, OTA_COMPACT, out, sizeof out);
        ota_script_put(&writer, bad[i]);
        assert_int_equal(ota_script_finish(&writer), 0);
    }
    ota_script_write(&writer, OTA_COMPACT, out, sizeof out);
    ota_script_put(&writer, &with_le); /* only the last one can */
    ota_script_put(&writer, &with_le);
    assert_int_equal(ota_script_finish(&writer), 0);
}

static void answers(void **state)
{
    static uint8_t data[257];
    uint8_t out[300];
    struct ota_script_answer read;

    (void)state;
    for (int f = OTA_COMPACT; f <= OTA_EXPANDED; f++) {
        enum ota_format format = (enum ota_format)f;
        struct ota_script_answer answer = {
            .executed = 3, .sw = 0x9000, .data = data, .length = 256};
        size_t n = ota_script_answer_build(format, &answer, out, sizeof out);

        assert_true(n > 256);
        assert_int_equal(ota_script_answer_build(format, &answer, out, n - 1), 0);
        assert_int_equal(ota_script_answer_build(format, &answer, out, n), n);
        assert_true(ota_script_answer_parse(format, out, n, &read));
        assert_int_equal(read.executed, 3);
        assert_int_equal(read.sw, 0x9000);
        assert_int_equal(read.length, 256);
        assert_false(ota_script_answer_parse(format, out, 2, &read));
        answer.length = 257;
        assert_int_equal(ota_script_answer_build(format, &answer, out, sizeof out), 0);
    }
    /* TS 102 226 5.1.2: one command, 6132; and a script that the card could not read */
    static const uint8_t known[] = {0x01, 0x61, 0x32};
    static const uint8_t bad_format[] = {0xAB, 0x06, 0x80, 0x01, 0x01, 0x90, 0x01, 0x01};

    assert_true(ota_script_answer_parse(OTA_COMPACT, known, sizeof known, &read));
    assert_int_equal(read.executed, 1);
    assert_int_equal(read.sw, 0x6132);
    assert_false(ota_script_answer_parse(OTA_EXPANDED, bad_format, sizeof bad_format, &read));
    assert_int_equal(read.executed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact),  cmocka_unit_test(ends_of_compact_scripts),
        cmocka_unit_test(expanded), cmocka_unit_test(malformed_expanded_scripts),
        cmocka_unit_test(writing),  cmocka_unit_test(no_compact_form),
        cmocka_unit_test(answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
