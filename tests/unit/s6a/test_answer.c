/* AIA and ULA: written by the home network's side, read by the serving node's. */
#include "s6a_fixture.h"

#include <stdio.h>

/* An AIR or ULR with a Proxy-Info, to be answered. */
static void make_request(struct s6a_bench *b, uint32_t command)
{
    begin_request(b);
    assert_true(command == S6A_UPDATE_LOCATION
                    ? s6a_put_ulr(&b->writer, &mme_origin, 1004, S6A_ULR_S6A, NULL)
                    : s6a_put_air(&b->writer, &mme_origin, 1, NULL, NULL));
    dia_group_open(&b->writer, DIA_PROXY_INFO);
    dia_put_text(&b->writer, DIA_PROXY_HOST, "relay.example");
    dia_put_octets(&b->writer, DIA_PROXY_STATE, (const uint8_t *)"state", 5);
    dia_group_close(&b->writer);
    be32_put(b->request_octets + 12, 0x01020304);
    be32_put(b->request_octets + 16, 0x05060708);
    take_request(b);
    b->writer = dia_writer(b->answer_octets, sizeof b->answer_octets);
}

/* The answer in the writer becomes bench->answer; checks what every answer has. */
static void take_answer(struct s6a_bench *b)
{
    struct dia_avp avp;

    frame(b->answer_octets, b->writer.len, &b->answer);
    assert_int_equal(b->answer.header.command, b->request.header.command);
    assert_int_equal(b->answer.header.application, S6A_APPLICATION);
    assert_int_equal(b->answer.header.hop_by_hop, 0x01020304);
    assert_int_equal(b->answer.header.end_to_end, 0x05060708);
    assert_int_equal(b->answer.header.flags & (DIA_FLAG_R | DIA_FLAG_P), DIA_FLAG_P);
    assert_true(dia_message_find(&b->answer, DIA_SESSION_ID, &avp));
    assert_true(dia_avp_is_text(&avp, mme_origin.session_id));
    assert_true(dia_message_find(&b->answer, DIA_ORIGIN_HOST, &avp));
    assert_true(dia_avp_is_text(&avp, hss_node.host));
    assert_true(dia_message_find(&b->answer, DIA_PROXY_INFO, &avp));
    assert_true(dia_validate(&b->answer, s6a_rule(b->answer.header.command, false), &b->failure));
}

static struct home_authentication_answer some_vectors(size_t count)
{
    struct home_authentication_answer answer = {.result = HOME_OK, .count = count};

    for (size_t i = 0; i < count; i++) {
        struct home_vector *vector = &answer.vectors[i];

        memset(vector->rand, 0x10 + (int)i, sizeof vector->rand);
        memset(vector->xres, 0x20 + (int)i, 8);
        vector->xres_len = 8;
        memset(vector->autn, 0x30 + (int)i, sizeof vector->autn);
        memset(vector->kasme, 0x40 + (int)i, sizeof vector->kasme);
    }
    return answer;
}

static void test_aia_both_ways(void **state)
{
    struct s6a_bench b;
    struct s6a_result result;

    (void)state;
    for (size_t count = 1; count <= HOME_VECTORS_MAX; count++) {
        struct home_authentication_answer given = some_vectors(count);
        struct home_vector read[HOME_VECTORS_MAX] = {0};
        size_t read_count;

        make_request(&b, S6A_AUTHENTICATION_INFORMATION);
        assert_true(s6a_put_aia(&b.writer, &hss_node, &b.request, &given));
        take_answer(&b);
        assert_true(s6a_answer_read(&b.answer, S6A_AUTHENTICATION_INFORMATION, &result, &b.fault));
        assert_int_equal(result.code, DIA_SUCCESS);
        assert_false(result.experimental);
        assert_true(s6a_aia_read(&b.answer, read, &read_count, &b.fault));
        assert_int_equal(read_count, count);
        assert_memory_equal(read, given.vectors, count * sizeof *read);
    }
}

static void test_several_vectors_are_numbered(void **state)
{
    struct s6a_bench b;
    struct dia_avp info;
    struct dia_avp vector;
    struct dia_avp number;
    uint32_t value;

    (void)state;
    for (size_t count = 1; count <= 2; count++) {
        struct home_authentication_answer given = some_vectors(count);

        make_request(&b, S6A_AUTHENTICATION_INFORMATION);
        assert_true(s6a_put_aia(&b.writer, &hss_node, &b.request, &given));
        take_answer(&b);
        assert_true(dia_message_find(&b.answer, DIA_AUTHENTICATION_INFO, &info));
        struct dia_avp_reader reader = dia_avp_reader(info.data, info.len);
        for (uint32_t i = 1; i <= count; i++) {
            assert_true(dia_avp_next(&reader, &vector));
            bool numbered = dia_avp_find(vector.data, vector.len, DIA_ITEM_NUMBER, &number);
            assert_int_equal(numbered, count > 1);
            assert_true(!numbered || (dia_avp_u32(&number, &value) && value == i));
        }
    }
}

static const struct {
    enum home_result result;
    struct s6a_result code;
} mapping[] = {
    {HOME_OK, {2001, false}},
    {HOME_UNKNOWN_SUBSCRIPTION, {5001, true}},
    {HOME_REFUSED, {5003, false}}, /* EMM cause #15: nothing stays on the card */
    {HOME_ROAMING_NOT_ALLOWED, {5004, true}},
    {HOME_RAT_NOT_ALLOWED, {5421, true}},
    {HOME_AUTH_DATA_UNAVAILABLE, {4181, true}},
    {HOME_UNABLE, {5012, false}},
    {HOME_BUSY, {3004, false}},
};

static void test_every_result_arrives(void **state)
{
    struct s6a_bench b;
    struct s6a_result result;
    struct dia_avp avp;

    (void)state;
    assert_int_equal(ARRAY_LEN(mapping), HOME_BUSY + 1);
    for (size_t i = 1; i < ARRAY_LEN(mapping); i++) {
        struct home_authentication_answer answer = some_vectors(1);

        answer.result = mapping[i].result; /* vectors must not leave with it, whatever count says */
        make_request(&b, S6A_AUTHENTICATION_INFORMATION);
        assert_true(s6a_put_aia(&b.writer, &hss_node, &b.request, &answer));
        take_answer(&b);
        assert_false(dia_message_find(&b.answer, DIA_AUTHENTICATION_INFO, &avp));
        assert_true(s6a_answer_read(&b.answer, S6A_AUTHENTICATION_INFORMATION, &result, &b.fault));
        assert_int_equal(result.code, mapping[i].code.code);
        assert_int_equal(result.experimental, mapping[i].code.experimental);
        assert_string_not_equal(s6a_result_name(&result), "?");
        /* RFC 6733 7.1.3: the E flag is for 3xxx, and for nothing else. */
        assert_int_equal((b.answer.header.flags & DIA_FLAG_E) != 0, result.code / 1000 == 3);

        make_request(&b, S6A_UPDATE_LOCATION);
        assert_true(
            s6a_put_ula(&b.writer, &hss_node, &b.request, mapping[i].result, NULL, NULL, false));
        take_answer(&b);
        assert_true(s6a_answer_read(&b.answer, S6A_UPDATE_LOCATION, &result, &b.fault));
        assert_int_equal(result.code, mapping[i].code.code);
        assert_false(dia_message_find(&b.answer, DIA_SUBSCRIPTION_DATA, &avp));
    }
}

/* ---- Subscription-Data ---- */

static struct profile packet_only(void)
{
    struct profile profile = {.name = "meter",
                              .network_access_mode = S6A_NETWORK_ACCESS_ONLY_PACKET,
                              .apn_count = 2,
                              .ambr_uplink = 64000,
                              .ambr_downlink = 128000};

    profile.apns[0] = (struct profile_apn){"meter.utility", 0, 9, 12, 1000, 2000};
    profile.apns[1] = (struct profile_apn){"fota", 2, 8, 15, 3000, 4000};
    profile.apns[2] = (struct profile_apn){"internet", 0, 9, 1, 1, 1}; /* behind the count */
    return profile;
}

static struct s6a_subscription_data send_data(struct s6a_bench *b,
                                              const struct subscription *subscription,
                                              const struct profile *profile, bool skip)
{
    struct s6a_subscription_data data;
    struct s6a_result result;

    make_request(b, S6A_UPDATE_LOCATION);
    assert_true(
        s6a_put_ula(&b->writer, &hss_node, &b->request, HOME_OK, subscription, profile, skip));
    take_answer(b);
    assert_true(s6a_answer_read(&b->answer, S6A_UPDATE_LOCATION, &result, &b->fault));
    assert_int_equal(result.code, DIA_SUCCESS);
    assert_true(s6a_ula_read(&b->answer, &data, &b->fault));
    return data;
}

static void test_packet_only_profile(void **state)
{
    struct s6a_bench b;
    struct subscription subscription = {.version = 1};
    struct profile profile = packet_only();
    struct s6a_subscription_data data = send_data(&b, &subscription, &profile, false);
    struct dia_avp avp;
    struct dia_avp group;
    uint32_t flags;

    (void)state;
    assert_true(data.present);
    assert_int_equal(data.network_access_mode, 2);
    assert_int_equal(data.subscriber_status, 0); /* service granted */
    assert_false(data.has_msisdn);
    assert_int_equal(data.teleservice_count, 0);
    assert_int_equal(data.access_restriction, 0);
    assert_int_equal(data.ambr_uplink, 64000);
    assert_int_equal(data.ambr_downlink, 128000);
    assert_int_equal(data.apn_count, 2);
    assert_memory_equal(data.apns, profile.apns, 2 * sizeof *data.apns);
    assert_true(dia_message_find(&b.answer, DIA_SUBSCRIPTION_DATA, &group));
    assert_false(dia_avp_find(group.data, group.len, DIA_TELESERVICE_LIST, &avp));
    assert_false(dia_avp_find(group.data, group.len, DIA_OPERATOR_DETERMINED_BARRING, &avp));
    assert_true(dia_message_find(&b.answer, DIA_ULA_FLAGS, &avp));
    assert_true(dia_avp_u32(&avp, &flags));
    assert_int_equal(flags, S6A_ULA_SEPARATION);
}

static void test_no_apn_but_the_profiles_is_in_the_octets(void **state)
{
    struct s6a_bench b;
    struct subscription subscription = {.version = 1};
    struct profile profile = packet_only();

    (void)state;
    (void)send_data(&b, &subscription, &profile, false);
    assert_non_null(memmem(b.answer_octets, b.writer.len, "meter.utility", 13));
    assert_null(memmem(b.answer_octets, b.writer.len, "internet", 8));
}

static void test_restrictions_and_teleservices(void **state)
{
    struct s6a_bench b;
    struct subscription subscription = {.version = 1};
    struct profile profile = packet_only();

    (void)state;
    profile.operator_determined_barring = 0x41;
    profile.access_restriction = 0x13;
    profile.teleservices[0] = 0x21;
    profile.teleservices[1] = 0x22;
    profile.teleservice_count = 2;
    profile.periodic_tau_s = 3600;
    struct s6a_subscription_data data = send_data(&b, &subscription, &profile, false);
    assert_int_equal(data.subscriber_status, 1); /* TS 29.272 7.3.30: with ODB */
    assert_int_equal(data.operator_determined_barring, 0x41);
    assert_int_equal(data.access_restriction, 0x13);
    assert_int_equal(data.teleservice_count, 2);
    assert_int_equal(data.teleservices[0], 0x21);
    assert_int_equal(data.teleservices[1], 0x22);
}

static void test_msisdn_is_tbcd(void **state)
{
    static const struct {
        const char *digits;
        const char *octets;
        size_t len;
    } numbers[] = {{"123", "\x21\xF3", 2},
                   {"1234", "\x21\x43", 2},
                   {"123456789012345", "\x21\x43\x65\x87\x09\x21\x43\xF5", 8}};
    struct s6a_bench b;
    struct profile profile = packet_only();
    struct dia_avp group;
    struct dia_avp avp;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct subscription subscription = {.version = 1};

        (void)snprintf(subscription.msisdn, sizeof subscription.msisdn, "%s", numbers[i].digits);
        assert_true(send_data(&b, &subscription, &profile, false).has_msisdn);
        assert_true(dia_message_find(&b.answer, DIA_SUBSCRIPTION_DATA, &group));
        assert_true(dia_avp_find(group.data, group.len, DIA_MSISDN, &avp));
        assert_int_equal(avp.len, numbers[i].len);
        assert_memory_equal(avp.data, numbers[i].octets, avp.len);
    }
}

static void test_data_is_skipped_on_request(void **state)
{
    struct s6a_bench b;
    struct subscription subscription = {.version = 1};
    struct profile profile = packet_only();

    (void)state;
    assert_false(send_data(&b, &subscription, &profile, true).present);
}

/* ---- what a serving node may be sent ---- */

static void test_answers_that_are_none(void **state)
{
    struct s6a_bench b;
    struct s6a_result result;
    struct home_authentication_answer answer = some_vectors(1);

    (void)state;
    make_request(&b, S6A_AUTHENTICATION_INFORMATION);
    assert_false(s6a_answer_read(&b.request, S6A_AUTHENTICATION_INFORMATION, &result, &b.fault));
    assert_true(s6a_put_aia(&b.writer, &hss_node, &b.request, &answer));
    take_answer(&b);
    assert_false(s6a_answer_read(&b.answer, S6A_UPDATE_LOCATION, &result, &b.fault));
    assert_false(s6a_answer_read(&b.answer, 317, &result, &b.fault));

    b.writer = dia_writer(b.answer_octets, sizeof b.answer_octets);
    dia_answer_begin(&b.writer, &b.request, DIA_SUCCESS);
    dia_answer_origin(&b.writer, &hss_node);
    assert_true(dia_answer_end(&b.writer, &b.request));
    take_answer(&b);
    b.fault.text[0] = '\0';
    assert_false(s6a_answer_read(&b.answer, S6A_AUTHENTICATION_INFORMATION, &result, &b.fault));
    assert_true(b.fault.text[0] != '\0'); /* neither result */
}

/* An AIA whose Authentication-Info the caller writes. */
static bool read_vectors(struct s6a_bench *b, bool info, bool kasme)
{
    struct home_vector vectors[HOME_VECTORS_MAX];
    const uint8_t zeros[32] = {0};
    size_t count;

    make_request(b, S6A_AUTHENTICATION_INFORMATION);
    dia_answer_begin(&b->writer, &b->request, DIA_SUCCESS);
    dia_put_u32(&b->writer, DIA_RESULT_CODE, DIA_SUCCESS);
    dia_answer_origin(&b->writer, &hss_node);
    if (info) {
        dia_group_open(&b->writer, DIA_AUTHENTICATION_INFO);
        if (kasme) {
            dia_group_open(&b->writer, DIA_E_UTRAN_VECTOR);
            dia_put_octets(&b->writer, DIA_RAND, zeros, 16);
            dia_put_octets(&b->writer, DIA_XRES, zeros, 8);
            dia_put_octets(&b->writer, DIA_KASME, zeros, 32); /* but no AUTN */
            dia_group_close(&b->writer);
        }
        dia_group_close(&b->writer);
    }
    assert_true(dia_answer_end(&b->writer, &b->request));
    frame(b->answer_octets, b->writer.len, &b->answer);
    return s6a_aia_read(&b->answer, vectors, &count, &b->fault);
}

static void test_success_without_vectors_is_a_fault(void **state)
{
    struct s6a_bench b;

    (void)state;
    assert_false(read_vectors(&b, false, false));
    assert_false(read_vectors(&b, true, false));
    assert_false(read_vectors(&b, true, true));
}

static void test_answers_say_when_they_do_not_fit(void **state)
{
    struct s6a_bench b;
    struct home_authentication_answer answer = some_vectors(5);
    struct subscription subscription = {.msisdn = "123"};
    struct profile profile = packet_only();

    (void)state;
    for (int which = 0; which < 2; which++) {
        make_request(&b, which == 0 ? S6A_AUTHENTICATION_INFORMATION : S6A_UPDATE_LOCATION);
        size_t whole = sizeof b.answer_octets;
        for (size_t n = whole;; n--) {
            b.writer = dia_writer(b.answer_octets, n);
            bool fits = which == 0 ? s6a_put_aia(&b.writer, &hss_node, &b.request, &answer)
                                   : s6a_put_ula(&b.writer, &hss_node, &b.request, HOME_OK,
                                                 &subscription, &profile, false);
            whole = n == sizeof b.answer_octets ? b.writer.len : whole;
            assert_int_equal(fits, n >= whole);
            n = n > whole + 1 ? whole + 1 : n;
            if (n == 0) {
                break;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aia_both_ways),
        cmocka_unit_test(test_several_vectors_are_numbered),
        cmocka_unit_test(test_every_result_arrives),
        cmocka_unit_test(test_packet_only_profile),
        cmocka_unit_test(test_no_apn_but_the_profiles_is_in_the_octets),
        cmocka_unit_test(test_restrictions_and_teleservices),
        cmocka_unit_test(test_msisdn_is_tbcd),
        cmocka_unit_test(test_data_is_skipped_on_request),
        cmocka_unit_test(test_answers_that_are_none),
        cmocka_unit_test(test_success_without_vectors_is_a_fault),
        cmocka_unit_test(test_answers_say_when_they_do_not_fit),
    };

    return cmocka_run_group_tests_name("s6a_answer", tests, NULL, NULL);
}
