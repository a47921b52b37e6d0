#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/bytes.h"
#include "secure/ota_sms.h"

static void fill(uint8_t *packet, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        packet[i] = (uint8_t)(i * 31u + i / 200u);
    }
}

/* TS 23.040's and TS 31.115's examples of headers: 02 70 00, 07 00 03 .. 70 00, 05 00 03 .. */
static void headers(void **state)
{
    static const uint8_t single[] = {0x02, 0x70, 0x00, 0xAA};
    static const uint8_t first[] = {0x07, 0x00, 0x03, 0x42, 0x02, 0x01, 0x70, 0x00, 0xAA};
    static const uint8_t second[] = {0x05, 0x00, 0x03, 0x42, 0x02, 0x02, 0xBB, 0xCC};
    static const uint8_t wide[] = {0x08, 0x08, 0x04, 0x12, 0x34, 0x03, 0x01, 0x71, 0x00};
    static const uint8_t other[] = {0x04, 0x05, 0x02, 0x0B, 0x84, 0x01};
    struct ota_sms sms;

    (void)state;
    assert_true(ota_sms_parse(single, sizeof single, &sms));
    assert_int_equal(sms.kind, OTA_SMS_COMMAND);
    assert_int_equal(sms.total, 1);
    assert_int_equal(sms.length, 1);
    assert_true(ota_sms_parse(first, sizeof first, &sms));
    assert_int_equal(sms.kind, OTA_SMS_COMMAND);
    assert_int_equal(sms.reference, 0x42);
    assert_int_equal(sms.total, 2);
    assert_int_equal(sms.index, 1);
    assert_int_equal(sms.data[0], 0xAA);
    assert_true(ota_sms_parse(second, sizeof second, &sms));
    assert_int_equal(sms.kind, OTA_SMS_OTHER);
    assert_int_equal(sms.index, 2);
    assert_int_equal(sms.length, 2);
    assert_true(ota_sms_parse(wide, sizeof wide, &sms));
    assert_int_equal(sms.kind, OTA_SMS_RESPONSE);
    assert_int_equal(sms.reference, 0x1234);
    assert_int_equal(sms.total, 3);
    assert_true(ota_sms_parse(other, sizeof other, &sms));
    assert_int_equal(sms.kind, OTA_SMS_OTHER);
    assert_int_equal(sms.length, 1);
}

static void malformed_headers(void **state)
{
    static const uint8_t bad[][9] = {
        {0x09},                               /* UDHL beyond the message */
        {0x01, 0x70},                         /* an element without length */
        {0x02, 0x70, 0x01},                   /* one that ends outside the header */
        {0x02, 0x05, 0x01},                   /* also an unknown one */
        {0x03, 0x70, 0x01, 0x00},             /* a packet identifier with content */
        {0x04, 0x00, 0x02, 0x01, 0x01},       /* concatenation too short */
        {0x05, 0x00, 0x03, 0x01, 0x02, 0x00}, /* index 0 */
        {0x05, 0x00, 0x03, 0x01, 0x02, 0x03}, /* index above the total */
        {0x05, 0x00, 0x03, 0x01, 0x09, 0x01}, /* too many segments */
        {0x05, 0x08, 0x03, 0x01, 0x02, 0x01}, /* the wide one with a short body */
    };
    uint8_t large[141] = {0};
    struct ota_sms sms;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(ota_sms_parse(bad[i], sizeof bad[i], &sms));
    }
    assert_false(ota_sms_parse(large, 0, &sms));
    assert_false(ota_sms_parse(large, sizeof large, &sms));
    assert_true(ota_sms_parse(large, 140, &sms));
}

static void numbers_of_messages(void **state)
{
    (void)state;
    assert_int_equal(ota_sms_count(0), 0);
    assert_int_equal(ota_sms_count(1), 1);
    assert_int_equal(ota_sms_count(137), 1);
    assert_int_equal(ota_sms_count(138), 2);
    assert_int_equal(ota_sms_count(266), 2);
    assert_int_equal(ota_sms_count(267), 3);
    assert_int_equal(ota_sms_count(OTA_PACKET_MAX), 8);
    assert_int_equal(ota_sms_count(OTA_PACKET_MAX + 1), 0);
}

static bool deliver(struct ota_assembly *assembly, const uint8_t *packet, size_t n, unsigned index,
                    uint8_t reference, uint8_t *out, size_t *length)
{
    static const uint8_t originator[] = {0x0B, 0x91, 0x44};
    uint8_t message[OTA_SMS_MAX];
    struct ota_sms sms;
    enum ota_sms_kind kind = OTA_SMS_OTHER;
    size_t size = ota_sms_build(OTA_SMS_COMMAND, packet, n, reference, index, message);

    assert_true(size > 0 && size <= OTA_SMS_MAX);
    assert_true(ota_sms_parse(message, size, &sms));
    bool whole =
        ota_assembly_add(assembly, originator, sizeof originator, &sms, out, length, &kind);
    assert_int_equal(kind, whole ? OTA_SMS_COMMAND : OTA_SMS_OTHER);
    return whole;
}

/* Every size, the messages backwards and each one twice. */
static void every_packet_comes_together(void **state)
{
    static uint8_t packet[OTA_PACKET_MAX];
    static uint8_t out[OTA_SMS_SEGMENTS * OTA_SMS_MAX];
    struct ota_assembly assembly = {0};

    (void)state;
    fill(packet, sizeof packet);
    for (size_t n = 1; n <= sizeof packet; n++) {
        size_t length = 0;

        for (unsigned index = ota_sms_count(n); index > 1; index--) {
            assert_false(deliver(&assembly, packet, n, index, (uint8_t)n, out, &length));
            assert_false(deliver(&assembly, packet, n, index, (uint8_t)n, out, &length));
        }
        assert_true(deliver(&assembly, packet, n, 1, (uint8_t)n, out, &length));
        assert_int_equal(length, n);
        assert_memory_equal(out, packet, n);
    }
    assert_int_equal(ota_sms_build(OTA_SMS_COMMAND, packet, 300, 1, 0, out), 0);
    assert_int_equal(ota_sms_build(OTA_SMS_COMMAND, packet, 300, 1, 4, out), 0);
}

/* Segments of two packets are never mixed. */
static void another_packet_takes_the_place(void **state)
{
    uint8_t packet[300];
    uint8_t out[OTA_SMS_SEGMENTS * OTA_SMS_MAX];
    struct ota_assembly assembly = {0};
    size_t length = 0;

    (void)state;
    fill(packet, sizeof packet);
    assert_false(deliver(&assembly, packet, 250, 1, 1, out, &length));
    assert_false(deliver(&assembly, packet, 250, 2, 2, out, &length));
    assert_false(deliver(&assembly, packet, 250, 1, 1, out, &length));
    assert_false(deliver(&assembly, packet, 300, 2, 1, out, &length)); /* of another total */
    assert_false(deliver(&assembly, packet, 250, 1, 1, out, &length));
    assert_true(deliver(&assembly, packet, 250, 2, 1, out, &length));
    assert_int_equal(length, 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers),
        cmocka_unit_test(malformed_headers),
        cmocka_unit_test(numbers_of_messages),
        cmocka_unit_test(every_packet_comes_together),
        cmocka_unit_test(another_packet_takes_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
