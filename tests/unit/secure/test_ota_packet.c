#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "secure/ota_packet.h"
#include "vectors.h"

static size_t member(const json_t *set, const char *key, uint8_t *out, size_t capacity)
{
    const char *text = json_string_value(json_object_get(set, key));
    size_t n = 0;

    assert_non_null(text);
    assert_true(hex_decode(text, strlen(text), out, capacity, &n));
    return n;
}

static bool is(const json_t *set, const char *key, const char *value)
{
    const char *text = json_string_value(json_object_get(set, key));

    return text != NULL && strcmp(text, value) == 0;
}

static void read_keys(const json_t *set, struct ota_keys *keys)
{
    memset(keys, 0, sizeof *keys);
    keys->kic.length = member(set, "kic", keys->kic.octets, AES_KEY_MAX);
    keys->kid.length = member(set, "kid", keys->kid.octets, AES_KEY_MAX);
    keys->number = 2; /* KIc 22, KID 22 */
}

/* A command of a published set: built octet for octet, and opened. */
static void check_command(const struct crypto_port *port, const json_t *set)
{
    const struct ota_policy policy = {.minimum = 0x06}; /* the vectors have no counter check */
    struct ota_keys keys;
    struct ota_command command = {0};
    struct ota_command opened;
    uint8_t apdu[32];
    uint8_t expected[64];
    uint8_t packet[64];
    uint8_t plain[64];
    bool authentic = false;
    size_t length = member(set, "packet", expected, sizeof expected);

    read_keys(set, &keys);
    assert_int_equal(member(set, "spi", command.spi, 2), 2);
    assert_int_equal(member(set, "tar", command.tar, 3), 3);
    command.data = apdu;
    command.length = member(set, "plain_apdu", apdu, sizeof apdu);
    assert_int_equal(ota_command_build(port, &keys, &command, packet, sizeof packet), length);
    assert_memory_equal(packet, expected, length);
    assert_int_equal(ota_command_build(port, &keys, &command, packet, length - 1), 0);
    assert_int_equal(
        ota_command_open(port, &keys, &policy, expected, length, plain, &opened, &authentic),
        OTA_POR_OK);
    assert_true(authentic);
    assert_int_equal(opened.length, command.length);
    assert_memory_equal(opened.data, apdu, command.length);
    assert_memory_equal(opened.tar, command.tar, 3);
    assert_true(opened.counter == 0);
}

/* What came under DES is refused for its security, whatever else it is. */
static void check_des_command(const struct crypto_port *port, const json_t *set)
{
    const struct ota_policy policy = {.minimum = 0x02};
    struct ota_keys keys;
    struct ota_command opened;
    uint8_t packet[64];
    uint8_t plain[64];
    bool authentic = true;
    size_t length = member(set, "packet", packet, sizeof packet);

    read_keys(set, &keys);
    keys.number = 3;
    assert_int_equal(
        ota_command_open(port, &keys, &policy, packet, length, plain, &opened, &authentic),
        OTA_INSUFFICIENT_SECURITY);
    assert_false(authentic);
}

/* A response of a published set (under AES, or without any protection). */
static void check_response(const struct crypto_port *port, const json_t *set, bool protected)
{
    const json_t *decoded = json_object_get(set, "decoded");
    struct ota_keys keys;
    struct ota_command command = {0};
    struct ota_response response;
    uint8_t expected[64];
    uint8_t packet[64];
    uint8_t plain[64];
    uint8_t data[16];
    size_t data_length = member(decoded, "data", data, sizeof data);
    size_t length = member(set, "packet", expected, sizeof expected) - 3; /* without the UDH */

    read_keys(set, &keys);
    assert_int_equal(member(set, "spi2", command.spi + 1, 1), 1);
    assert_int_equal(member(decoded, "tar", command.tar, 3), 3);
    assert_int_equal(ota_response_build(port, &keys, &command, OTA_POR_OK, data, data_length,
                                        packet, sizeof packet),
                     length);
    assert_memory_equal(packet, expected + 3, length);
    assert_int_equal(
        ota_response_open(port, &keys, &command, expected + 3, length, plain, &response),
        protected ? OTA_RESPONSE_OK : OTA_RESPONSE_HINT);
    assert_int_equal(response.status, OTA_POR_OK);
    assert_int_equal(response.length, data_length);
    assert_memory_equal(response.data, data, data_length);
}

static void published_packets(void **state)
{
    json_t *root = vectors_load("ota.json");
    json_t *set = NULL;
    size_t index = 0;
    int checked[4] = {0};

    json_array_foreach(json_object_get(root, "tests"), index, set)
    {
        if (is(set, "kind", "command_packet")) {
            bool aes = is(set, "alg", "aes");

            (aes ? check_command : check_des_command)(*state, set);
            checked[aes]++;
        } else if (is(set, "kind", "response_packet_with_udh") && is(set, "alg", "aes")) {
            check_response(*state, set, true);
            checked[2]++;
        } else if (is(set, "kind", "response_packet_with_udh") && is(set, "spi2", "01")) {
            check_response(*state, set, false);
            checked[3]++;
        }
    }
    assert_int_equal(checked[0], 4);
    assert_int_equal(checked[1], 1);
    assert_int_equal(checked[2], 1);
    assert_int_equal(checked[3], 2);
    json_decref(root);
}

static const struct ota_keys keys_ours = {
    .kic = {.length = 32, .octets = {1, 2, 3}},
    .kid = {.length = 16, .octets = {4, 5, 6}},
    .number = 5,
};

static const uint8_t script[] = {0x00, 0xA4, 0x00, 0x04, 0x02, 0x3F, 0x00};

static struct ota_command sample(uint8_t spi1, uint8_t spi2, uint64_t counter)
{
    return (struct ota_command){.spi = {spi1, spi2},
                                .tar = {0xB0, 0x00, 0x11},
                                .counter = counter,
                                .data = script,
                                .length = sizeof script};
}

/* Builds and opens; the status, with authenticity checked against what the status promises. */
static enum ota_status try(const struct crypto_port *port, const struct ota_policy *policy,
                           const struct ota_command *command)
{
    uint8_t packet[64];
    uint8_t plain[64];
    struct ota_command opened;
    bool authentic = false;
    size_t n = ota_command_build(port, &keys_ours, command, packet, sizeof packet);

    assert_true(n > 0);
    enum ota_status status =
        ota_command_open(port, &keys_ours, policy, packet, n, plain, &opened, &authentic);
    assert_int_equal(authentic, status != OTA_INSUFFICIENT_SECURITY && status != OTA_CC_FAILED);
    assert_int_equal(opened.data != NULL, status == OTA_POR_OK);
    return status;
}

static void counter_is_strictly_higher(void **state)
{
    static const struct {
        uint64_t stored, counter;
        uint8_t spi;
        enum ota_status status;
    } known[] = {
        {0, 0, 0x16, OTA_COUNTER_LOW},
        {0, 1, 0x16, OTA_POR_OK},
        {7, 6, 0x16, OTA_COUNTER_LOW},
        {7, 7, 0x16, OTA_COUNTER_LOW},
        {7, 1000, 0x16, OTA_POR_OK},
        {7, OTA_COUNTER_MAX, 0x16, OTA_POR_OK},
        {OTA_COUNTER_MAX, OTA_COUNTER_MAX, 0x16, OTA_COUNTER_BLOCKED},
        {OTA_COUNTER_MAX - 1, OTA_COUNTER_MAX, 0x16, OTA_POR_OK},
        {7, 7, 0x1E, OTA_COUNTER_LOW},
        {7, 8, 0x1E, OTA_POR_OK},
        {7, 9, 0x1E, OTA_COUNTER_HIGH},
        {OTA_COUNTER_MAX, 0, 0x1E, OTA_COUNTER_BLOCKED},
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        const struct ota_policy policy = {.minimum = 0x16, .counter = known[i].stored};
        const struct ota_command command = sample(known[i].spi, 0x39, known[i].counter);

        assert_int_equal(try(*state, &policy, &command), known[i].status);
    }
}

/* Every first octet of SPI against every minimum that a domain may sensibly have. */
static void less_than_the_minimum_is_refused(void **state)
{
    static const uint8_t levels[] = {0x02, 0x06, 0x0A, 0x0E, 0x12, 0x16, 0x1A, 0x1E};

    for (size_t m = 0; m < ARRAY_LEN(levels); m++) {
        for (size_t s = 0; s < ARRAY_LEN(levels); s++) {
            const struct ota_policy policy = {.minimum = levels[m], .counter = 7};
            const struct ota_command command = sample(levels[s], 0x00, 8);
            bool enough = (levels[s] & 0x04) >= (levels[m] & 0x04) &&
                          (levels[s] & 0x18) >= (levels[m] & 0x18);

            assert_int_equal(try(*state, &policy, &command),
                             enough ? OTA_POR_OK : OTA_INSUFFICIENT_SECURITY);
        }
    }
}

static void what_cannot_be_built(void **state)
{
    uint8_t out[OTA_PACKET_MAX];
    static uint8_t large[OTA_PACKET_MAX];
    struct ota_command bad[] = {sample(0x14, 0, 1),    sample(0x15, 0, 1),
                                sample(0x17, 0, 1),    sample(0x36, 0, 1),
                                sample(0x16, 0x40, 1), sample(0x16, 0, OTA_COUNTER_MAX + 1),
                                sample(0x16, 0, 1)};
    struct ota_keys keys = keys_ours;

    bad[6].data = large;
    bad[6].length = OTA_PACKET_MAX - 23;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(ota_command_build(*state, &keys, &bad[i], out, sizeof out), 0);
    }
    bad[6].length = 1024 - 14; /* 10 + 1024 octets: whole blocks, no padding */
    assert_int_equal(ota_command_build(*state, &keys, &bad[6], out, sizeof out), 1034);
    keys.number = 0;
    bad[6].length = 1;
    assert_int_equal(ota_command_build(*state, &keys, &bad[6], out, sizeof out), 0);
}

/* No bit of a packet may be changed, no octet left out or added, no other key set be used. */
static void any_change_is_refused(void **state)
{
    const struct crypto_port *port = *state;
    const struct ota_policy policy = {.minimum = 0x12, .counter = 1};
    static const uint8_t spis[] = {0x16, 0x12};

    for (size_t s = 0; s < ARRAY_LEN(spis); s++) {
        const struct ota_command command = sample(spis[s], 0x39, 2);
        uint8_t packet[64];
        uint8_t plain[64];
        struct ota_command out;
        bool authentic = true;
        size_t n = ota_command_build(port, &keys_ours, &command, packet, sizeof packet);

        for (size_t bit = 0; bit < n * 8; bit++) {
            packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
            enum ota_status status =
                ota_command_open(port, &keys_ours, &policy, packet, n, plain, &out, &authentic);

            packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
            /* KIc is of no effect on a packet that is not ciphered, yet it is under the CC */
            assert_int_not_equal(status, OTA_POR_OK);
            assert_false(authentic);
            assert_null(out.data);
            assert_false(ota_por_wanted(&out, authentic, status));
        }
        for (size_t shorter = 0; shorter < n; shorter++) {
            assert_int_not_equal(ota_command_open(port, &keys_ours, &policy, packet, shorter, plain,
                                                  &out, &authentic),
                                 OTA_POR_OK);
            packet[1] = (uint8_t)(shorter - 2); /* and with CPL to match */
            assert_int_not_equal(ota_command_open(port, &keys_ours, &policy, packet, shorter, plain,
                                                  &out, &authentic),
                                 OTA_POR_OK);
            packet[1] = (uint8_t)(n - 2);
        }
        assert_int_not_equal(
            ota_command_open(port, &keys_ours, &policy, packet, n + 1, plain, &out, &authentic),
            OTA_POR_OK);
        struct ota_keys other = keys_ours;

        other.number = 6;
        assert_int_equal(
            ota_command_open(port, &other, &policy, packet, n, plain, &out, &authentic),
            OTA_INSUFFICIENT_SECURITY);
    }
}

static void por_is_sent_to_the_operator_only(void **state)
{
    struct ota_command command = sample(0x16, 0, 1);

    (void)state;
    for (unsigned wanted = 0; wanted < 4; wanted++) {
        command.spi[1] = (uint8_t)wanted;
        assert_false(ota_por_wanted(&command, false, OTA_CC_FAILED));
        assert_int_equal(ota_por_wanted(&command, true, OTA_POR_OK), wanted == 1);
        assert_int_equal(ota_por_wanted(&command, true, OTA_COUNTER_LOW),
                         wanted == 1 || wanted == 2);
    }
}

static void responses_belong_to_their_command(void **state)
{
    const struct crypto_port *port = *state;
    static const uint8_t data[] = {1, 0x90, 0x00};
    static const uint8_t forms[] = {0x39, 0x29};

    for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
        struct ota_command command = sample(0x16, forms[f], 77);
        struct ota_response out;
        uint8_t packet[64];
        uint8_t plain[64];
        size_t n = ota_response_build(port, &keys_ours, &command, OTA_COUNTER_LOW, data, 3, packet,
                                      sizeof packet);

        assert_int_equal(ota_response_open(port, &keys_ours, &command, packet, n, plain, &out),
                         OTA_RESPONSE_OK);
        assert_int_equal(out.status, OTA_COUNTER_LOW);
        for (size_t bit = 0; bit < n * 8; bit++) {
            packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(ota_response_open(port, &keys_ours, &command, packet, n, plain, &out),
                             OTA_RESPONSE_REFUSED);
            packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t shorter = 0; shorter < n; shorter++) {
            assert_int_equal(
                ota_response_open(port, &keys_ours, &command, packet, shorter, plain, &out),
                OTA_RESPONSE_REFUSED);
        }
        command.counter = 78; /* the answer to an earlier one */
        assert_int_equal(ota_response_open(port, &keys_ours, &command, packet, n, plain, &out),
                         OTA_RESPONSE_REFUSED);
        command.counter = 77; /* less protection than was asked for */
        command.spi[1] = 0x01;
        n = ota_response_build(port, &keys_ours, &command, OTA_POR_OK, data, 3, packet,
                               sizeof packet);
        assert_true(n > 0);
        command.spi[1] = forms[f];
        assert_int_equal(ota_response_open(port, &keys_ours, &command, packet, n, plain, &out),
                         OTA_RESPONSE_REFUSED);
    }
}

/* DES and foreign key sets are told from the header, before any key is used. */
static void other_algorithms_and_key_sets(void **state)
{
    static const uint8_t others[] = {0x50, 0x51, 0x53, 0x55, 0x59, 0x5D, 0x62, 0x02};
    const struct ota_policy policy = {.minimum = 0x16};
    const struct ota_command command = sample(0x16, 0x39, 2);
    uint8_t packet[64];
    uint8_t plain[64];
    struct ota_command out;
    bool authentic = true;
    size_t n = ota_command_build(*state, &keys_ours, &command, packet, sizeof packet);

    for (size_t at = 5; at <= 6; at++) { /* KIc, KID */
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
            packet[at] = others[i];
            assert_int_equal(
                ota_command_open(*state, &keys_ours, &policy, packet, n, plain, &out, &authentic),
                OTA_INSUFFICIENT_SECURITY);
            assert_false(authentic);
        }
        packet[at] = 0x52;
    }
}

/* A sender that has the keys, but counts more padding than there is, or another header. */
static void padding_beyond_the_data(void **state)
{
    const struct ota_policy policy = {.minimum = 0x12};
    const struct ota_command command = sample(0x12, 0x39, 2);
    uint8_t packet[64];
    uint8_t plain[64];
    struct ota_command out;
    bool authentic = false;
    size_t n = ota_command_build(*state, &keys_ours, &command, packet, sizeof packet);

    for (size_t padding = 0; padding <= sizeof script + 1; padding++) {
        const struct octets pieces[] = {{packet, 16}, {packet + 24, n - 24}};
        uint8_t mac[16];

        packet[15] = (uint8_t)padding; /* PCNTR */
        assert_true(aes_cmac(*state, &keys_ours.kid, pieces, 2, mac));
        memcpy(packet + 16, mac, OTA_CC_SIZE);
        assert_int_equal(
            ota_command_open(*state, &keys_ours, &policy, packet, n, plain, &out, &authentic),
            padding <= sizeof script ? OTA_POR_OK : OTA_CIPHERING_ERROR);
        assert_true(authentic);
        assert_int_equal(out.length, padding <= sizeof script ? sizeof script - padding : 0);
    }
    packet[2] = 0x11; /* CHL, as of a CC of 4 octets */
    assert_int_equal(
        ota_command_open(*state, &keys_ours, &policy, packet, n, plain, &out, &authentic),
        OTA_UNIDENTIFIED);
    assert_false(authentic);
}

/* Without CC the form is all that can be checked. */
static void unprotected_responses(void **state)
{
    const struct ota_command command = sample(0x16, 0x01, 5);
    uint8_t packet[32];
    uint8_t plain[32];
    struct ota_response out;
    size_t n = ota_response_build(*state, &keys_ours, &command, OTA_POR_OK, script, 2, packet,
                                  sizeof packet);

    assert_int_equal(ota_response_open(*state, &keys_ours, &command, packet, n, plain, &out),
                     OTA_RESPONSE_HINT);
    for (size_t at = 0; at <= 11; at++) { /* RPL, RHL, TAR, CNTR, PCNTR */
        packet[at] ^= 0x80;
        assert_int_equal(ota_response_open(*state, &keys_ours, &command, packet, n, plain, &out),
                         OTA_RESPONSE_REFUSED);
        assert_null(out.data);
        packet[at] ^= 0x80;
    }
}

/* RC, DS, and ciphering without CC. */
static void weak_forms_of_por_are_not_made(void **state)
{
    static const uint8_t weak[] = {0x05, 0x0D, 0x11, 0x15, 0x1D};
    uint8_t packet[64];
    uint8_t plain[64];
    struct ota_response out;

    for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
        const struct ota_command command = sample(0x16, weak[i], 1);

        assert_int_equal(ota_response_build(*state, &keys_ours, &command, OTA_POR_OK, NULL, 0,
                                            packet, sizeof packet),
                         0);
        assert_int_equal(ota_response_open(*state, &keys_ours, &command, packet, 13, plain, &out),
                         OTA_RESPONSE_REFUSED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_packets),
        cmocka_unit_test(counter_is_strictly_higher),
        cmocka_unit_test(less_than_the_minimum_is_refused),
        cmocka_unit_test(what_cannot_be_built),
        cmocka_unit_test(any_change_is_refused),
        cmocka_unit_test(por_is_sent_to_the_operator_only),
        cmocka_unit_test(responses_belong_to_their_command),
        cmocka_unit_test(other_algorithms_and_key_sets),
        cmocka_unit_test(padding_beyond_the_data),
        cmocka_unit_test(unprotected_responses),
        cmocka_unit_test(weak_forms_of_por_are_not_made),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
