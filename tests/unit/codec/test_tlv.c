/* BER-TLV reading and writing: TS 101 220 7.1, ISO/IEC 8825-1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/tlv.h"

static void test_reads_objects_in_turn(void **state)
{
    static const uint8_t octets[] = {0x00, 0xFF, 0x80, 0x01, 0xAA, 0x9F, 0x70, 0x00, 0xFF,
                                     0xDF, 0x81, 0x02, 0x02, 0xBB, 0xCC, 0xFF, 0xFF};
    struct tlv_reader reader;
    struct tlv object;

    (void)state;
    tlv_read(&reader, octets, sizeof octets);
    assert_true(tlv_next(&reader, &object));
    assert_int_equal(object.tag, 0x80);
    assert_int_equal(object.length, 1);
    assert_ptr_equal(object.value, octets + 4);
    assert_true(tlv_next(&reader, &object));
    assert_int_equal(object.tag, 0x9F70);
    assert_int_equal(object.length, 0);
    assert_true(tlv_next(&reader, &object));
    assert_int_equal(object.tag, 0xDF8102);
    assert_int_equal(object.length, 2);
    assert_false(tlv_next(&reader, &object));
    assert_false(reader.malformed);
}

static void test_length_forms(void **state)
{
    static uint8_t octets[4 + 0xFFFF];
    struct tlv object;

    (void)state;
    octets[0] = 0x62;
    octets[1] = 0x81;
    octets[2] = 0x80;
    assert_true(tlv_find(octets, 3 + 0x80, 0x62, &object));
    assert_int_equal(object.length, 0x80);
    octets[1] = 0x82;
    octets[2] = 0xFF;
    octets[3] = 0xFF;
    assert_true(tlv_find(octets, sizeof octets, 0x62, &object));
    assert_int_equal(object.length, 0xFFFF);
    assert_false(tlv_find(octets, sizeof octets - 1, 0x62, &object));
}

static void test_malformed(void **state)
{
    static const struct {
        uint8_t octets[6];
        uint8_t n;
    } wrong[] = {
        {{0x80}, 1},                               /* no length */
        {{0x80, 0x01}, 2},                         /* no value */
        {{0x80, 0x02, 0xAA}, 3},                   /* half a value */
        {{0x80, 0x81}, 2},                         /* half a length */
        {{0x80, 0x82, 0x00}, 3},                   /* half a length */
        {{0x80, 0x80, 0x00, 0x00}, 4},             /* the indefinite form */
        {{0x80, 0x83, 0x00, 0x00, 0x00}, 5},       /* a length of four octets */
        {{0x9F}, 1},                               /* half a tag */
        {{0x9F, 0x81, 0x82, 0x03, 0x00, 0x00}, 6}, /* a tag of four octets */
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct tlv_reader reader;
        struct tlv object;
        uint8_t *copy = malloc(wrong[i].n); /* of its exact size, for the sanitizers */

        assert_non_null(copy);
        memcpy(copy, wrong[i].octets, wrong[i].n);
        tlv_read(&reader, copy, wrong[i].n);
        assert_false(tlv_next(&reader, &object));
        assert_true(reader.malformed);
        assert_false(tlv_next(&reader, &object)); /* and it stays so */
        free(copy);
    }
}

static void test_find_takes_the_first_on_the_top_level(void **state)
{
    static const uint8_t octets[] = {0xA4, 0x03, 0x83, 0x01, 0x0A, 0x83,
                                     0x01, 0x0B, 0x83, 0x01, 0x0C};
    struct tlv object;

    (void)state;
    assert_true(tlv_find(octets, sizeof octets, 0x83, &object));
    assert_int_equal(object.value[0], 0x0B);
    assert_false(tlv_find(octets, sizeof octets, 0x95, &object));
}

static void test_writes_what_it_reads(void **state)
{
    static const uint8_t expected[] = {0x62, 0x0C, 0x82, 0x02, 0x41, 0x21, 0xA5,
                                       0x03, 0x80, 0x01, 0x71, 0x9F, 0x70, 0x00};
    uint8_t out[32];
    struct tlv_writer writer;

    (void)state;
    tlv_write(&writer, out, sizeof out);
    size_t outer = tlv_open(&writer, 0x62);
    tlv_put_uint(&writer, 0x82, 0x4121, 2);
    size_t inner = tlv_open(&writer, 0xA5);
    tlv_put_u8(&writer, 0x80, 0x71);
    tlv_close(&writer, inner);
    tlv_put(&writer, 0x9F70, NULL, 0);
    tlv_close(&writer, outer);
    assert_false(writer.overflow);
    assert_int_equal(writer.length, sizeof expected);
    assert_memory_equal(out, expected, sizeof expected);
}

static void test_close_makes_room_for_long_lengths(void **state)
{
    static uint8_t out[0x10010];
    static uint8_t value[0xFFF0];
    static const size_t sizes[] = {0x7D, 0x7E, 0xFC, 0xFD, 0xFE, 0xFFF0};

    (void)state;
    memset(value, 0x5A, sizeof value);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct tlv_writer writer;
        struct tlv outer;
        struct tlv inner;

        tlv_write(&writer, out, sizeof out);
        size_t mark = tlv_open(&writer, 0x61);
        tlv_put(&writer, 0x4F, value, sizes[i]);
        tlv_close(&writer, mark);
        assert_false(writer.overflow);
        assert_true(tlv_find(out, writer.length, 0x61, &outer));
        assert_ptr_equal(outer.value + outer.length, out + writer.length);
        assert_true(tlv_find(outer.value, outer.length, 0x4F, &inner));
        assert_int_equal(inner.length, sizes[i]);
        assert_memory_equal(inner.value, value, sizes[i]);
    }
}

static void test_overflow_is_remembered(void **state)
{
    uint8_t out[8];

    (void)state;
    for (size_t capacity = 0; capacity < 7; capacity++) {
        struct tlv_writer writer;

        memset(out, 0xEE, sizeof out);
        tlv_write(&writer, out, capacity);
        size_t mark = tlv_open(&writer, 0x62);
        tlv_put_uint(&writer, 0x82, 0x123456, 3);
        tlv_close(&writer, mark);
        assert_true(writer.overflow);
        assert_int_equal(out[capacity], 0xEE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_objects_in_turn),
        cmocka_unit_test(test_length_forms),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_find_takes_the_first_on_the_top_level),
        cmocka_unit_test(test_writes_what_it_reads),
        cmocka_unit_test(test_close_makes_room_for_long_lengths),
        cmocka_unit_test(test_overflow_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
