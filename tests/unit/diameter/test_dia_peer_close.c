/* How connections are refused and how they end: dia_peer.c. */
#include "dia_peer_fixture.h"

static uint32_t cea_result(struct side *hss)
{
    uint32_t vendor = 0;
    struct dia_message cea = said(hss);

    assert_int_equal(cea.header.command, DIA_COMMAND_CAPABILITIES_EXCHANGE);
    assert_false(dia_is_request(&cea.header));
    return dia_result_read(&cea, &vendor);
}

static void unknown_peers_are_refused(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    side_init(&mme, &fixture_mme, true);
    side_init(&hss, &fixture_hss, false);
    hss.admission = DIA_REFUSE_UNKNOWN;
    pass(&mme, &hss);
    assert_true(dia_peer_next(&hss.peer, 0, &event));
    assert_int_equal(event.kind, DIA_EVENT_CLOSED);
    assert_int_equal(event.reason, DIA_CLOSE_REFUSED);
    assert_int_equal(event.result, DIA_UNKNOWN_PEER);
    pass(&hss, &mme);
    expect(&mme, 0, DIA_EVENT_CLOSED, &event);
    assert_int_equal(event.reason, DIA_CLOSE_REFUSED);
    assert_int_equal(event.result, DIA_UNKNOWN_PEER);
}

static void duplicates_and_wrong_servers_are_refused(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    side_init(&mme, &fixture_mme, true);
    side_init(&hss, &fixture_hss, false);
    hss.admission = DIA_REFUSE_DUPLICATE;
    pass(&mme, &hss);
    expect_closed(&hss, 0, DIA_CLOSE_REFUSED);
    assert_int_equal(cea_result(&hss), DIA_ELECTION_LOST);

    side_init(&mme, &fixture_mme, true);
    side_init(&hss, &fixture_hss, false);
    mme.admission = DIA_REFUSE_UNKNOWN;
    pass(&mme, &hss);
    expect(&hss, 0, DIA_EVENT_OPEN, &event);
    pass(&hss, &mme);
    expect_closed(&mme, 0, DIA_CLOSE_REFUSED);
}

static void a_common_application_is_needed(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_node other = fixture_mme;
    static const struct dia_application sh[] = {{16777217, DIA_VENDOR_3GPP}};
    static const struct dia_application relay[] = {{DIA_APPLICATION_RELAY, 0}};
    struct dia_event event;

    (void)state;
    other.applications = sh;
    side_init(&mme, &other, true);
    side_init(&hss, &fixture_hss, false);
    pass(&mme, &hss);
    expect_closed(&hss, 0, DIA_CLOSE_REFUSED);
    assert_int_equal(cea_result(&hss), DIA_NO_COMMON_APPLICATION);

    other.applications = relay;
    side_init(&mme, &other, true);
    side_init(&hss, &fixture_hss, false);
    pass(&mme, &hss);
    expect(&hss, 0, DIA_EVENT_OPEN, &event);
    assert_int_equal(cea_result(&hss), DIA_SUCCESS);
}

static void tls_cannot_be_asked_for(void **state)
{
    static struct side hss;
    uint8_t octets[1024];
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    side_init(&hss, &fixture_hss, false);
    assert_true(dia_put_cer(&w, &fixture_mme, &fixture_loopback, 1, 2));
    dia_put_u32(&w, DIA_INBAND_SECURITY_ID, 1);
    assert_true(dia_end(&w));
    (void)dia_peer_input(&hss.peer, octets, w.len);
    expect_closed(&hss, 0, DIA_CLOSE_REFUSED);
    assert_int_equal(cea_result(&hss), DIA_NO_COMMON_SECURITY);
}

static void a_cer_must_be_right(void **state)
{
    static struct side hss;
    uint8_t octets[1024];
    struct dia_avp avp;
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    side_init(&hss, &fixture_hss, false);
    dia_begin(&w, &(struct dia_header){.flags = DIA_FLAG_R,
                                       .command = DIA_COMMAND_CAPABILITIES_EXCHANGE});
    dia_answer_origin(&w, &fixture_mme);
    assert_true(dia_end(&w));
    (void)dia_peer_input(&hss.peer, octets, w.len);
    expect_closed(&hss, 0, DIA_CLOSE_REFUSED);
    struct dia_message cea = said(&hss);
    assert_true(dia_message_find(&cea, DIA_FAILED_AVP, &avp));
    assert_true(dia_avp_find(avp.data, avp.len, DIA_HOST_IP_ADDRESS, &avp));
}

static void nothing_before_capabilities(void **state)
{
    static struct side hss;
    uint8_t octets[1024];
    size_t n = fixture_air(octets, sizeof octets);

    (void)state;
    side_init(&hss, &fixture_hss, false);
    (void)dia_peer_input(&hss.peer, octets, n);
    expect_closed(&hss, 0, DIA_CLOSE_HANDSHAKE);
    assert_int_equal(hss.out.len, 0);

    struct dia_writer w = dia_writer(octets, sizeof octets);
    side_init(&hss, &fixture_hss, false);
    assert_true(dia_put_dwr(&w, &fixture_mme, 1, 2));
    (void)dia_peer_input(&hss.peer, octets, w.len);
    expect_closed(&hss, 0, DIA_CLOSE_HANDSHAKE);
}

static void the_handshake_has_its_time(void **state)
{
    static struct side mme;
    static struct side hss;

    (void)state;
    side_init(&mme, &fixture_mme, true);
    side_init(&hss, &fixture_hss, false);
    assert_int_equal(dia_peer_tick(&hss.peer, 0), 10000);
    (void)dia_peer_tick(&hss.peer, 10000);
    expect_closed(&hss, 10000, DIA_CLOSE_HANDSHAKE);
    (void)dia_peer_tick(&mme.peer, 10000);
    expect_closed(&mme, 10000, DIA_CLOSE_HANDSHAKE);
}

static void a_second_cer_keeps_its_name(void **state)
{
    static struct side mme;
    static struct side hss;
    uint8_t octets[1024];
    struct dia_node other = fixture_mme;
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    open_both(&mme, &hss);
    assert_true(dia_put_cer(&w, &fixture_mme, &fixture_loopback, 1, 2));
    (void)dia_peer_input(&hss.peer, octets, w.len);
    expect_nothing(&hss, 0);
    assert_int_equal(cea_result(&hss), DIA_SUCCESS);
    other.host = "other.visited.example";
    w = dia_writer(octets, sizeof octets);
    assert_true(dia_put_cer(&w, &other, &fixture_loopback, 1, 2));
    (void)dia_peer_input(&hss.peer, octets, w.len);
    expect_closed(&hss, 0, DIA_CLOSE_REFUSED);
}

static void the_peer_leaves(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    open_both(&mme, &hss);
    send_air(&mme, 9, 5000);
    dia_peer_leave(&mme.peer, DIA_REBOOTING, 0);
    pass(&mme, &hss);
    expect(&hss, 0, DIA_EVENT_REQUEST, &event);
    answer_with(&hss, &event.message, DIA_SUCCESS);
    expect(&hss, 0, DIA_EVENT_LEAVING, &event);
    dia_peer_farewell(&hss.peer, 0);
    pass(&hss, &mme);
    expect(&mme, 0, DIA_EVENT_ANSWER, &event); /* the answer came before DPA */
    expect_closed(&mme, 0, DIA_CLOSE_LEFT);
    dia_peer_transport_closed(&hss.peer);
    expect_closed(&hss, 0, DIA_CLOSE_LEFT);
}

static void leaving_does_not_wait_for_ever(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    open_both(&mme, &hss);
    dia_peer_leave(&hss.peer, DIA_REBOOTING, 0);
    assert_int_equal(dia_peer_tick(&hss.peer, 0), 2000);
    (void)dia_peer_tick(&hss.peer, 2000);
    expect_closed(&hss, 2000, DIA_CLOSE_LEFT);
    pass(&hss, &mme);
    expect(&mme, 0, DIA_EVENT_LEAVING, &event);
    dia_peer_farewell(&mme.peer, 0);
    (void)dia_peer_tick(&mme.peer, 2000);
    expect_closed(&mme, 2000, DIA_CLOSE_LEFT);
}

static void pending_requests_end_with_the_connection(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    open_both(&mme, &hss);
    send_air(&mme, 11, 5000);
    send_air(&mme, 12, 5000);
    dia_peer_transport_closed(&mme.peer);
    expect(&mme, 0, DIA_EVENT_UNANSWERED, &event);
    expect(&mme, 0, DIA_EVENT_UNANSWERED, &event);
    expect_closed(&mme, 0, DIA_CLOSE_TRANSPORT);
    assert_false(dia_peer_request(&mme.peer, hss.in, 20, 1, 1, &mme.out));
}

static void a_broken_stream_is_answered_and_closed(void **state)
{
    static struct side mme;
    static struct side hss;
    uint8_t octets[512];
    uint32_t vendor = 0;
    struct dia_message answer;

    (void)state;
    open_both(&mme, &hss);
    size_t n = fixture_air(octets, sizeof octets);
    octets[0] = 2;
    (void)dia_peer_input(&hss.peer, octets, n);
    expect_closed(&hss, 0, DIA_CLOSE_STREAM);
    answer = said(&hss);
    assert_int_equal(dia_result_read(&answer, &vendor), DIA_UNSUPPORTED_VERSION);

    open_both(&mme, &hss);
    n = fixture_air(octets, sizeof octets);
    be24_put(octets + 1, MAX_MESSAGE + 4);
    (void)dia_peer_input(&hss.peer, octets, n);
    expect_closed(&hss, 0, DIA_CLOSE_STREAM);
    answer = said(&hss);
    assert_int_equal(dia_result_read(&answer, &vendor), DIA_INVALID_MESSAGE_LENGTH);
    assert_int_equal(answer.header.hop_by_hop, 0x11223344);
}

static void a_wrong_watchdog_is_answered_with_its_fault(void **state)
{
    static struct side mme;
    static struct side hss;
    uint8_t octets[512];
    uint32_t vendor = 0;
    struct dia_writer w = dia_writer(octets, sizeof octets);

    (void)state;
    open_both(&mme, &hss);
    dia_begin(&w,
              &(struct dia_header){.flags = DIA_FLAG_R, .command = DIA_COMMAND_DEVICE_WATCHDOG});
    assert_true(dia_end(&w));
    (void)dia_peer_input(&hss.peer, octets, w.len);
    expect_nothing(&hss, 0);
    struct dia_message answer = said(&hss);
    assert_int_equal(dia_result_read(&answer, &vendor), DIA_MISSING_AVP);
    assert_int_equal(hss.peer.state, DIA_PEER_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_peers_are_refused),
        cmocka_unit_test(duplicates_and_wrong_servers_are_refused),
        cmocka_unit_test(a_common_application_is_needed),
        cmocka_unit_test(tls_cannot_be_asked_for),
        cmocka_unit_test(a_cer_must_be_right),
        cmocka_unit_test(nothing_before_capabilities),
        cmocka_unit_test(the_handshake_has_its_time),
        cmocka_unit_test(a_second_cer_keeps_its_name),
        cmocka_unit_test(the_peer_leaves),
        cmocka_unit_test(leaving_does_not_wait_for_ever),
        cmocka_unit_test(pending_requests_end_with_the_connection),
        cmocka_unit_test(a_broken_stream_is_answered_and_closed),
        cmocka_unit_test(a_wrong_watchdog_is_answered_with_its_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
