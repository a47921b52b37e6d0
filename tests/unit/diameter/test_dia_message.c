#include "dia_fixture.h"

#include <cmocka.h>

static void frames_only_whole_messages(void **state)
{
    uint8_t octets[512];
    struct dia_message message;
    size_t n = fixture_air(octets, sizeof octets);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(dia_message_frame(octets, i, 4096, &message), DIA_FRAME_MORE);
        assert_null(message.bytes);
    }
    assert_int_equal(dia_message_frame(octets, n, 4096, &message), DIA_FRAME_OK);
    assert_int_equal(dia_message_frame(octets, sizeof octets, 4096, &message), DIA_FRAME_OK);
    assert_int_equal(message.header.length, n);
    assert_int_equal(message.header.command, COMMAND_AIR);
    assert_int_equal(message.header.application, S6A);
    assert_int_equal(message.header.hop_by_hop, 0x11223344);
    assert_int_equal(message.header.end_to_end, 0x55667788);
    assert_true(dia_is_request(&message.header));
    assert_int_equal(message.avps_len, n - DIA_HEADER_OCTETS);
}

static enum dia_frame frame_with_length(uint32_t length, size_t max)
{
    uint8_t octets[512];
    struct dia_message message;

    (void)fixture_air(octets, sizeof octets);
    be24_put(octets + 1, length);
    return dia_message_frame(octets, sizeof octets, max, &message);
}

static void refuses_bad_lengths(void **state)
{
    (void)state;
    assert_int_equal(frame_with_length(0, 4096), DIA_FRAME_BAD_LENGTH);
    assert_int_equal(frame_with_length(16, 4096), DIA_FRAME_BAD_LENGTH);
    assert_int_equal(frame_with_length(20, 4096), DIA_FRAME_OK);
    assert_int_equal(frame_with_length(22, 4096), DIA_FRAME_BAD_LENGTH);
    assert_int_equal(frame_with_length(256, 256), DIA_FRAME_OK);
    assert_int_equal(frame_with_length(260, 256), DIA_FRAME_BAD_LENGTH);
    assert_int_equal(frame_with_length(0xFFFFFC, 4096), DIA_FRAME_BAD_LENGTH);
}

static void refuses_other_versions_at_the_first_octet(void **state)
{
    uint8_t octets[512];
    struct dia_message message;

    (void)state;
    (void)fixture_air(octets, sizeof octets);
    octets[0] = 2;
    assert_int_equal(dia_message_frame(octets, 0, 4096, &message), DIA_FRAME_MORE);
    assert_int_equal(dia_message_frame(octets, 1, 4096, &message), DIA_FRAME_BAD_VERSION);
    assert_int_equal(dia_message_frame(octets, 20, 4096, &message), DIA_FRAME_BAD_VERSION);
    assert_int_equal(message.header.command, COMMAND_AIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_only_whole_messages),
        cmocka_unit_test(refuses_bad_lengths),
        cmocka_unit_test(refuses_other_versions_at_the_first_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
