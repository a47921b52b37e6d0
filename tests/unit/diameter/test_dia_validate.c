#include "dia_fixture.h"

#include <cmocka.h>

#include "diameter/dia_answer.h"

/* An AIR with something added at its end. */
struct made {
    uint8_t octets[2048];
    struct dia_writer w;
    struct dia_message message;
    struct dia_failure failure;
};

static void begin(struct made *m)
{
    m->w = dia_writer(m->octets, sizeof m->octets);
    fixture_air_begin(&m->w);
}

static void begin_whole(struct made *m)
{
    begin(m);
    fixture_air_body(&m->w);
}

static uint32_t judge(struct made *m)
{
    assert_true(dia_end(&m->w));
    assert_true(fixture_frame(m->octets, m->w.len, &m->message));
    bool ok = dia_validate(&m->message, &fixture_air_rule, &m->failure);
    assert_true(ok == (m->failure.result == DIA_SUCCESS));
    return m->failure.result;
}

/* The first AVP of the Failed-AVP's content. */
static struct dia_avp failed(const struct made *m)
{
    struct dia_avp_reader reader = dia_avp_reader(m->failure.failed, m->failure.failed_len);
    struct dia_avp avp;

    assert_true(dia_avp_next(&reader, &avp));
    return avp;
}

/* Adds an AVP octet by octet: whatever the dictionary says of it. */
static void put(struct made *m, uint32_t code, uint8_t flags, uint32_t vendor, const void *data,
                size_t n)
{
    uint8_t octets[300] = {0};
    size_t header = (flags & DIA_AVP_V) != 0 ? 12 : 8;

    be32_put(octets, code);
    octets[4] = flags;
    be24_put(octets + 5, (uint32_t)(header + n));
    if (header == 12) {
        be32_put(octets + 8, vendor);
    }
    memcpy(octets + header, data, n);
    dia_put_raw(&m->w, octets, header + n);
}

static void a_right_message_passes(void **state)
{
    struct made m;

    (void)state;
    begin_whole(&m);
    assert_int_equal(judge(&m), DIA_SUCCESS);
    assert_int_equal(m.failure.failed_len, 0);
}

static void unknown_avps_matter_if_mandatory(void **state)
{
    struct made m;

    (void)state;
    begin_whole(&m);
    put(&m, 9999, DIA_AVP_V, 4242, "\1\2\3\4", 4);
    assert_int_equal(judge(&m), DIA_SUCCESS);

    begin_whole(&m);
    put(&m, 9999, DIA_AVP_V | DIA_AVP_M, 4242, "\1\2\3\4", 4);
    assert_int_equal(judge(&m), DIA_AVP_UNSUPPORTED);
    assert_int_equal(failed(&m).code, 9999);
    assert_int_equal(failed(&m).vendor, 4242);
    assert_memory_equal(failed(&m).data, "\1\2\3\4", 4);
}

static void an_unknown_avp_in_a_group_is_shown_in_its_group(void **state)
{
    struct made m;
    struct dia_avp inner;

    (void)state;
    begin_whole(&m);
    dia_group_open(&m.w, DIA_SUPPORTED_FEATURES);
    dia_put_u32(&m.w, DIA_VENDOR_ID, 10415);
    put(&m, 9998, DIA_AVP_M, 0, "abcd", 4);
    dia_group_close(&m.w);
    assert_int_equal(judge(&m), DIA_AVP_UNSUPPORTED);
    assert_int_equal(failed(&m).attribute, DIA_SUPPORTED_FEATURES);
    struct dia_avp_reader reader = dia_avp_reader(failed(&m).data, failed(&m).len);
    assert_true(dia_avp_next(&reader, &inner));
    assert_int_equal(inner.code, 9998);
    assert_false(dia_avp_next(&reader, &inner));
    assert_false(reader.malformed);
}

static void missing_avps_are_shown_as_examples(void **state)
{
    struct made m;

    (void)state;
    begin(&m);
    dia_put_text(&m.w, DIA_USER_NAME, "001010000000001");
    assert_int_equal(judge(&m), DIA_MISSING_AVP);
    assert_int_equal(m.failure.attribute, DIA_VISITED_PLMN_ID);
    assert_int_equal(failed(&m).attribute, DIA_VISITED_PLMN_ID);
    assert_int_equal(failed(&m).len, 3);
    assert_memory_equal(failed(&m).data, "\0\0\0", 3);

    begin_whole(&m);
    dia_group_open(&m.w, DIA_SUPPORTED_FEATURES);
    dia_put_u32(&m.w, DIA_VENDOR_ID, 10415);
    dia_group_close(&m.w);
    assert_int_equal(judge(&m), DIA_MISSING_AVP);
    assert_int_equal(m.failure.attribute, DIA_FEATURE_LIST_ID);
}

static void too_many_and_not_allowed(void **state)
{
    struct made m;

    (void)state;
    begin_whole(&m);
    dia_put_text(&m.w, DIA_USER_NAME, "second");
    dia_put_text(&m.w, DIA_USER_NAME, "third");
    assert_int_equal(judge(&m), DIA_AVP_OCCURS_TOO_MANY_TIMES);
    struct dia_avp second = failed(&m);
    assert_true(dia_avp_is_text(&second, "second"));

    begin_whole(&m);
    dia_put_u32(&m.w, DIA_DISCONNECT_CAUSE, 1);
    assert_int_equal(judge(&m), DIA_AVP_NOT_ALLOWED);
    assert_int_equal(failed(&m).attribute, DIA_DISCONNECT_CAUSE);
}

static void wrong_lengths_and_values(void **state)
{
    struct made m;

    (void)state;
    begin_whole(&m);
    put(&m, 278, DIA_AVP_M, 0, "\1\2\3", 3);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_LENGTH);
    assert_int_equal(failed(&m).code, 278);

    begin_whole(&m);
    dia_group_open(&m.w, DIA_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO);
    put(&m, 1411, DIA_AVP_V | DIA_AVP_M, DIA_VENDOR_3GPP, "short", 5);
    dia_group_close(&m.w);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_VALUE);
    assert_int_equal(m.failure.attribute, DIA_RE_SYNCHRONIZATION_INFO);

    begin_whole(&m);
    put(&m, 293, DIA_AVP_M, 0, "a b", 3);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_VALUE);

    begin_whole(&m);
    put(&m, 1, DIA_AVP_M, 0, "\xFF", 1);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_VALUE);
}

static void malformed_avps(void **state)
{
    struct made m;

    (void)state;
    begin_whole(&m); /* longer than the message */
    dia_put_raw(&m.w, (const uint8_t[]){0, 0, 0, 1, 0x40, 0, 0, 200, 'x', 'x', 'x', 'x'}, 12);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_LENGTH);
    assert_int_equal(failed(&m).code, 1);
    assert_int_equal(failed(&m).len, 1);

    begin_whole(&m); /* shorter than its header */
    dia_put_raw(&m.w, (const uint8_t[]){0, 0, 1, 22, 0x40, 0, 0, 4}, 8);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_LENGTH);
    assert_int_equal(failed(&m).code, 278);
    assert_int_equal(failed(&m).len, 4);

    begin_whole(&m); /* half a header */
    dia_put_raw(&m.w, (const uint8_t[]){0, 0, 1, 22}, 4);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_LENGTH);
    assert_int_equal(failed(&m).code, 278);

    begin_whole(&m); /* inside a group */
    dia_group_open(&m.w, DIA_SUPPORTED_FEATURES);
    dia_put_raw(&m.w, (const uint8_t[]){0, 0, 1, 10, 0x40, 0, 0, 60}, 8);
    dia_group_close(&m.w);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_LENGTH);
    assert_int_equal(failed(&m).attribute, DIA_SUPPORTED_FEATURES);
}

static void wrong_bits(void **state)
{
    struct made m;

    (void)state;
    begin_whole(&m);
    put(&m, 1, DIA_AVP_V | DIA_AVP_M, 0, "abcd", 4);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_BITS);

    begin_whole(&m);
    m.octets[4] = DIA_FLAG_R;
    assert_int_equal(judge(&m), DIA_INVALID_HDR_BITS);
    begin_whole(&m);
    m.octets[4] = DIA_FLAG_R | DIA_FLAG_P | DIA_FLAG_E;
    assert_int_equal(judge(&m), DIA_INVALID_HDR_BITS);
    begin_whole(&m);
    m.octets[4] = DIA_FLAG_R | DIA_FLAG_P | DIA_FLAG_T;
    assert_int_equal(judge(&m), DIA_SUCCESS);
}

static void the_m_flag_of_a_known_avp_does_not_matter(void **state)
{
    struct made m;

    (void)state;
    begin(&m);
    put(&m, 1, 0, 0, "001010000000001", 15);
    put(&m, 1407, DIA_AVP_V, DIA_VENDOR_3GPP, fixture_plmn, 3);
    assert_int_equal(judge(&m), DIA_SUCCESS);
}

/* AMBR inside AMBR inside AMBR, `depth` times. */
static void put_nested(struct made *m, int depth)
{
    uint8_t octets[600];
    struct dia_writer w = dia_writer(octets, sizeof octets);
    size_t len = 0;

    for (int i = 0; i < depth; i++) {
        uint8_t bigger[600] = {0};
        be32_put(bigger, 1435);
        bigger[4] = DIA_AVP_V | DIA_AVP_M;
        be24_put(bigger + 5, (uint32_t)(12 + len + 32));
        be32_put(bigger + 8, DIA_VENDOR_3GPP);
        w = dia_writer(bigger + 12, sizeof bigger - 12);
        dia_put_u32(&w, DIA_MAX_REQUESTED_BANDWIDTH_UL, 1);
        dia_put_u32(&w, DIA_MAX_REQUESTED_BANDWIDTH_DL, 1);
        memcpy(bigger + 12 + 32, octets, len);
        len += 12 + 32;
        memcpy(octets, bigger, len);
    }
    dia_put_raw(&m->w, octets, len);
}

static void nesting_is_bounded(void **state)
{
    struct made m;

    (void)state;
    begin_whole(&m);
    put_nested(&m, DIA_AVP_DEPTH_MAX);
    assert_int_equal(judge(&m), DIA_SUCCESS);
    begin_whole(&m);
    put_nested(&m, DIA_AVP_DEPTH_MAX + 1);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_VALUE);
    assert_int_equal(m.failure.attribute, DIA_AMBR);
    assert_true(m.failure.failed_len > 0);
}

static void a_great_offender_is_cut(void **state)
{
    struct made m;
    uint8_t much[1024];

    (void)state;
    memset(much, 'x', sizeof much);
    begin_whole(&m);
    dia_put_octets(&m.w, DIA_VISITED_PLMN_ID, much, sizeof much);
    assert_int_equal(judge(&m), DIA_INVALID_AVP_VALUE);
    assert_int_equal(failed(&m).attribute, DIA_VISITED_PLMN_ID);
    assert_int_equal(failed(&m).len, 3);
}

static void error_answers_take_over_what_they_must(void **state)
{
    struct made m;
    uint8_t octets[1024];
    struct dia_message answer;
    struct dia_avp avp;

    (void)state;
    begin(&m);
    m.octets[4] |= DIA_FLAG_T;
    dia_group_open(&m.w, DIA_PROXY_INFO);
    dia_put_text(&m.w, DIA_PROXY_HOST, "proxy.example");
    dia_put_text(&m.w, DIA_PROXY_STATE, "state");
    dia_group_close(&m.w);
    assert_int_equal(judge(&m), DIA_MISSING_AVP);
    struct dia_error error = dia_error_of(&m.failure);
    struct dia_writer w = dia_writer(octets, sizeof octets);
    assert_true(dia_answer_error(&w, &m.message, &fixture_hss, &error));
    assert_true(fixture_frame(octets, w.len, &answer));
    assert_int_equal(answer.header.flags, DIA_FLAG_P);
    assert_int_equal(answer.header.hop_by_hop, 0x11223344);
    assert_int_equal(answer.header.end_to_end, 0x55667788);
    assert_true(dia_message_find(&answer, DIA_SESSION_ID, &avp));
    assert_true(dia_avp_is_text(&avp, "mme.visited.example;1;2;3"));
    assert_true(dia_message_find(&answer, DIA_PROXY_INFO, &avp));
    assert_true(dia_avp_find(avp.data, avp.len, DIA_PROXY_STATE, &avp));
    assert_true(dia_avp_is_text(&avp, "state"));
    assert_true(dia_message_find(&answer, DIA_FAILED_AVP, &avp));
    assert_true(dia_avp_find(avp.data, avp.len, DIA_USER_NAME, &avp));

    error = (struct dia_error){.result = DIA_TOO_BUSY, .message = "later"};
    w = dia_writer(octets, sizeof octets);
    assert_true(dia_answer_error(&w, &m.message, &fixture_hss, &error));
    assert_true(fixture_frame(octets, w.len, &answer));
    assert_int_equal(answer.header.flags, DIA_FLAG_P | DIA_FLAG_E);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_message_passes),
        cmocka_unit_test(unknown_avps_matter_if_mandatory),
        cmocka_unit_test(an_unknown_avp_in_a_group_is_shown_in_its_group),
        cmocka_unit_test(missing_avps_are_shown_as_examples),
        cmocka_unit_test(too_many_and_not_allowed),
        cmocka_unit_test(wrong_lengths_and_values),
        cmocka_unit_test(malformed_avps),
        cmocka_unit_test(wrong_bits),
        cmocka_unit_test(the_m_flag_of_a_known_avp_does_not_matter),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(a_great_offender_is_cut),
        cmocka_unit_test(error_answers_take_over_what_they_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
