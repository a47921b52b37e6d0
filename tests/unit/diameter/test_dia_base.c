#include "dia_fixture.h"

#include <cmocka.h>

static struct dia_message frame(const uint8_t *octets, size_t n)
{
    struct dia_message message;

    assert_true(fixture_frame(octets, n, &message));
    return message;
}

static void check_rule(const struct dia_message *message)
{
    struct dia_failure failure;
    const struct dia_command_rule *rule =
        dia_base_rule(message->header.command, dia_is_request(&message->header));

    assert_non_null(rule);
    assert_true(dia_validate(message, rule, &failure));
    assert_int_equal(message->header.application, 0);
    assert_int_equal(message->header.flags & DIA_FLAG_P, 0);
}

static void capabilities_go_there_and_back(void **state)
{
    uint8_t octets[1024];
    struct dia_capabilities who;
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    assert_true(dia_put_cer(&w, &fixture_mme, &fixture_loopback, 1, 2));
    struct dia_message cer = frame(octets, w.len);
    check_rule(&cer);
    assert_true(dia_capabilities_read(&cer, &who));
    assert_string_equal(who.host, "mme.visited.example");
    assert_string_equal(who.realm, "visited.example");
    assert_string_equal(who.product, "Mooring");
    assert_true(who.has_origin_state);
    assert_int_equal(who.origin_state_id, 9);
    assert_int_equal(who.application_count, 1);
    assert_int_equal(who.applications[0], S6A);
    assert_false(who.relay);
    assert_false(who.needs_security);
    assert_true(dia_have_common_application(&fixture_hss, &who));

    uint8_t more[1024];
    w = dia_writer(more, sizeof more);
    assert_true(dia_put_cea(&w, &fixture_hss, &fixture_loopback, &cer,
                            &(struct dia_error){.result = DIA_SUCCESS}));
    struct dia_message cea = frame(more, w.len);
    check_rule(&cea);
    uint32_t vendor = 0;
    assert_int_equal(dia_result_read(&cea, &vendor), DIA_SUCCESS);
    assert_int_equal(cea.header.hop_by_hop, 1);
    assert_int_equal(cea.header.end_to_end, 2);
    w = dia_writer(more, sizeof more);
    assert_true(dia_put_cea(&w, &fixture_hss, &fixture_loopback, &cer,
                            &(struct dia_error){.result = DIA_UNKNOWN_PEER}));
    assert_int_equal(frame(more, w.len).header.flags, DIA_FLAG_E);
}

/* A CER with one AVP more. */
static struct dia_capabilities read_with(enum dia_attribute attribute, uint32_t value)
{
    uint8_t octets[1024];
    struct dia_capabilities who;
    struct dia_writer w = dia_writer(octets, sizeof octets);
    struct dia_node nobody = fixture_mme;

    nobody.application_count = 0;
    assert_true(dia_put_cer(&w, &nobody, &fixture_loopback, 1, 2));
    dia_put_u32(&w, attribute, value);
    assert_true(dia_end(&w));
    struct dia_message cer = frame(octets, w.len);
    assert_true(dia_capabilities_read(&cer, &who));
    return who;
}

static void applications_must_meet(void **state)
{
    (void)state;
    struct dia_capabilities who = read_with(DIA_AUTH_APPLICATION_ID, DIA_APPLICATION_RELAY);
    assert_true(who.relay);
    assert_true(dia_have_common_application(&fixture_hss, &who));
    who = read_with(DIA_AUTH_APPLICATION_ID, 4);
    assert_false(dia_have_common_application(&fixture_hss, &who));
    who = read_with(DIA_ACCT_APPLICATION_ID, S6A);
    assert_true(dia_have_common_application(&fixture_hss, &who));
    who = read_with(DIA_INBAND_SECURITY_ID, 0);
    assert_false(dia_have_common_application(&fixture_hss, &who));
    assert_false(who.needs_security);
    who = read_with(DIA_INBAND_SECURITY_ID, 1);
    assert_true(who.needs_security);
}

static void an_identity_must_fit(void **state)
{
    uint8_t octets[2048];
    char name[DIA_IDENTITY_MAX + 2];
    struct dia_capabilities who;
    struct dia_writer w = dia_writer(octets, sizeof octets);
    struct dia_node node = fixture_mme;

    (void)state;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    node.host = name;
    assert_true(dia_put_cer(&w, &node, &fixture_loopback, 1, 2));
    struct dia_message cer = frame(octets, w.len);
    assert_false(dia_capabilities_read(&cer, &who));
}

static void watchdog_and_disconnection(void **state)
{
    uint8_t octets[512];
    uint8_t more[512];
    struct dia_avp avp;
    uint32_t value = 99;
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    assert_true(dia_put_dwr(&w, &fixture_hss, 3, 4));
    struct dia_message dwr = frame(octets, w.len);
    check_rule(&dwr);
    w = dia_writer(more, sizeof more);
    assert_true(dia_put_base_answer(&w, &fixture_mme, &dwr));
    struct dia_message dwa = frame(more, w.len);
    check_rule(&dwa);
    assert_int_equal(dwa.header.hop_by_hop, 3);
    w = dia_writer(octets, sizeof octets);
    assert_true(dia_put_dpr(&w, &fixture_hss, DIA_BUSY, 5, 6));
    struct dia_message dpr = frame(octets, w.len);
    check_rule(&dpr);
    assert_true(dia_message_find(&dpr, DIA_DISCONNECT_CAUSE, &avp));
    assert_true(dia_avp_u32(&avp, &value));
    assert_int_equal(value, DIA_BUSY);
    w = dia_writer(more, sizeof more);
    assert_true(dia_put_base_answer(&w, &fixture_mme, &dpr));
    struct dia_message dpa = frame(more, w.len);
    check_rule(&dpa);
}

static void results_of_both_kinds(void **state)
{
    uint8_t octets[256];
    uint32_t vendor = 0;
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    dia_begin(&w, &(struct dia_header){.command = COMMAND_AIR, .application = S6A});
    dia_group_open(&w, DIA_EXPERIMENTAL_RESULT);
    dia_put_u32(&w, DIA_VENDOR_ID, DIA_VENDOR_3GPP);
    dia_put_u32(&w, DIA_EXPERIMENTAL_RESULT_CODE, 5001);
    dia_group_close(&w);
    assert_true(dia_end(&w));
    struct dia_message answer = frame(octets, w.len);
    assert_int_equal(dia_result_read(&answer, &vendor), 5001);
    assert_int_equal(vendor, DIA_VENDOR_3GPP);
    w = dia_writer(octets, sizeof octets);
    dia_begin(&w, &(struct dia_header){0});
    assert_true(dia_end(&w));
    answer = frame(octets, w.len);
    assert_int_equal(dia_result_read(&answer, &vendor), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capabilities_go_there_and_back),
        cmocka_unit_test(applications_must_meet),
        cmocka_unit_test(an_identity_must_fit),
        cmocka_unit_test(watchdog_and_disconnection),
        cmocka_unit_test(results_of_both_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
