#include "dia_fixture.h"

#include <cmocka.h>

static void reads_plain_and_vendor_avps(void **state)
{
    /* User-Name "abc" with one octet of padding, then ULR-Flags of 3GPP. */
    static const uint8_t octets[] = {0, 0,    0,    1, 0x40, 0,  0, 11, 'a',  'b',  'c', 0, 0, 0,
                                     5, 0x7D, 0xC0, 0, 0,    16, 0, 0,  0x28, 0xAF, 0,   0, 0, 34};
    struct dia_avp_reader reader = dia_avp_reader(octets, sizeof octets);
    struct dia_avp avp;
    uint32_t value = 0;

    (void)state;
    assert_true(dia_avp_next(&reader, &avp));
    assert_int_equal(avp.attribute, DIA_USER_NAME);
    assert_int_equal(avp.flags, DIA_AVP_M);
    assert_true(dia_avp_is_text(&avp, "abc"));
    assert_int_equal(avp.raw_len, 11);
    assert_true(dia_avp_next(&reader, &avp));
    assert_int_equal(avp.attribute, DIA_ULR_FLAGS);
    assert_int_equal(avp.vendor, DIA_VENDOR_3GPP);
    assert_true(dia_avp_u32(&avp, &value));
    assert_int_equal(value, 34);
    assert_false(dia_avp_next(&reader, &avp));
    assert_false(reader.malformed);
}

static void check_malformed(const uint8_t *octets, size_t n)
{
    /* A copy of the exact size, so that a sanitizer sees a read behind it. */
    uint8_t *copy = test_malloc(n);
    memcpy(copy, octets, n);
    struct dia_avp_reader reader = dia_avp_reader(copy, n);
    struct dia_avp avp;

    assert_false(dia_avp_next(&reader, &avp));
    assert_true(reader.malformed);
    assert_int_equal(avp.len, 0);
    assert_true(avp.raw_len <= n);
    assert_false(dia_avp_next(&reader, &avp));
    test_free(copy);
}

static void refuses_impossible_lengths(void **state)
{
    static const uint8_t short_header[] = {0, 0, 0, 1, 0x40, 0, 0};
    static const uint8_t below_header[] = {0, 0, 0, 1, 0x40, 0, 0, 7};
    static const uint8_t below_vendor_header[] = {0, 0, 5, 0x7D, 0xC0, 0, 0, 8, 0, 0, 0x28, 0xAF};
    static const uint8_t no_vendor[] = {0, 0, 5, 0x7D, 0xC0, 0, 0, 12};
    static const uint8_t overlong[] = {0, 0, 0, 1, 0x40, 0, 0, 13, 'a', 'b', 'c', 'd'};
    static const uint8_t no_padding[] = {0, 0, 0, 1, 0x40, 0, 0, 11, 'a', 'b', 'c'};
    static const uint8_t greatest[] = {0, 0, 0, 1, 0x40, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0};

    (void)state;
    for (size_t n = 1; n <= sizeof short_header; n++) {
        check_malformed(short_header, n);
    }
    check_malformed(below_header, sizeof below_header);
    check_malformed(below_vendor_header, sizeof below_vendor_header);
    check_malformed(no_vendor, sizeof no_vendor);
    check_malformed(overlong, sizeof overlong);
    check_malformed(no_padding, sizeof no_padding);
    check_malformed(greatest, sizeof greatest);
}

static void text_must_fit(void **state)
{
    char text[4];
    struct dia_avp avp = {.data = (const uint8_t *)"abcd", .len = 3};

    (void)state;
    assert_true(dia_avp_text(&avp, text, sizeof text));
    assert_string_equal(text, "abc");
    avp.len = 4;
    assert_false(dia_avp_text(&avp, text, sizeof text));
    assert_string_equal(text, "");
    avp = (struct dia_avp){.data = (const uint8_t *)"a\0b", .len = 3};
    assert_false(dia_avp_text(&avp, text, sizeof text));
}

static void identities_ignore_case(void **state)
{
    struct dia_avp avp = {.data = (const uint8_t *)"HSS.Home.Example", .len = 16};

    (void)state;
    assert_true(dia_avp_is_identity(&avp, "hss.home.example"));
    assert_false(dia_avp_is_identity(&avp, "hss.home.exampl"));
    assert_false(dia_avp_is_identity(&avp, "hss.home.examplf"));
    assert_true(dia_identity_equal("A.b", "a.B"));
    assert_false(dia_identity_equal("a.b", "a.b.c"));
    assert_false(dia_identity_equal("a.b.c", "a.b"));
}

static void writes_what_it_reads(void **state)
{
    uint8_t octets[512];
    struct dia_message message;
    struct dia_avp avp;
    struct dia_avp inner;
    uint32_t value = 0;

    (void)state;
    size_t n = fixture_air(octets, sizeof octets);
    assert_true(n > 0 && n % 4 == 0);
    assert_true(fixture_frame(octets, n, &message));
    assert_true(dia_message_find(&message, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO, &avp));
    assert_int_equal(avp.flags, DIA_AVP_V | DIA_AVP_M);
    assert_int_equal(avp.len, 32);
    assert_true(dia_avp_find(avp.data, avp.len, DIA_IMMEDIATE_RESPONSE_PREFERRED, &inner));
    assert_true(dia_avp_u32(&inner, &value));
    assert_int_equal(value, 1);
    assert_true(dia_message_find(&message, DIA_VISITED_PLMN_ID, &avp));
    assert_int_equal(avp.len, 3);
    assert_memory_equal(avp.data, fixture_plmn, 3);
}

static void overflow_is_sticky(void **state)
{
    uint8_t octets[512];
    size_t whole = fixture_air(octets, sizeof octets);

    (void)state;
    for (size_t capacity = 0; capacity < whole; capacity++) {
        uint8_t *exact = test_malloc(capacity + 1);
        struct dia_writer w = dia_writer(exact, capacity);
        fixture_air_begin(&w);
        fixture_air_body(&w);
        assert_false(dia_end(&w));
        assert_true(w.overflow);
        assert_true(w.len <= capacity);
        test_free(exact);
    }
    uint8_t *exact = test_malloc(whole);
    assert_int_equal(fixture_air(exact, whole), whole);
    test_free(exact);
}

static void groups_are_bounded_and_balanced(void **state)
{
    uint8_t octets[512];
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    dia_begin(&w, &(struct dia_header){0});
    for (int i = 0; i < DIA_AVP_DEPTH_MAX; i++) {
        dia_group_open(&w, DIA_AMBR);
    }
    assert_false(w.overflow);
    dia_group_open(&w, DIA_AMBR);
    assert_true(w.overflow);

    w = dia_writer(octets, sizeof octets);
    dia_begin(&w, &(struct dia_header){0});
    dia_group_open(&w, DIA_AMBR);
    assert_false(dia_end(&w));
    assert_false(dia_is_whole(&w));

    w = dia_writer(octets, sizeof octets);
    dia_begin(&w, &(struct dia_header){0});
    assert_false(dia_is_whole(&w));
    assert_true(dia_end(&w));
    assert_true(dia_is_whole(&w));
    dia_group_close(&w);
    assert_false(dia_end(&w));
}

static void writes_addresses_and_wide_numbers(void **state)
{
    uint8_t octets[64];
    struct dia_writer w = dia_writer(octets, sizeof octets);
    struct dia_avp avp;
    uint64_t value = 0;

    (void)state;
    dia_put_address(&w, DIA_HOST_IP_ADDRESS, (const uint8_t[]){10, 0, 0, 1}, 4);
    dia_put_u64(&w, DIA_OC_FEATURE_VECTOR, 0x0102030405060708);
    assert_false(w.overflow);
    assert_int_equal(w.len, 16 + 16);
    assert_true(dia_avp_find(octets, w.len, DIA_HOST_IP_ADDRESS, &avp));
    assert_memory_equal(avp.data, ((const uint8_t[]){0, 1, 10, 0, 0, 1}), 6);
    assert_true(dia_avp_find(octets, w.len, DIA_OC_FEATURE_VECTOR, &avp));
    assert_true(dia_avp_u64(&avp, &value));
    assert_true(value == 0x0102030405060708);
    dia_put_address(&w, DIA_HOST_IP_ADDRESS, octets, 5);
    assert_true(w.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_and_vendor_avps),
        cmocka_unit_test(refuses_impossible_lengths),
        cmocka_unit_test(text_must_fit),
        cmocka_unit_test(identities_ignore_case),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(overflow_is_sticky),
        cmocka_unit_test(groups_are_bounded_and_balanced),
        cmocka_unit_test(writes_addresses_and_wide_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
