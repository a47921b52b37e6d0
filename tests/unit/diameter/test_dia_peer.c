#include "dia_peer_fixture.h"

static void both_sides_open(void **state)
{
    static struct side mme;
    static struct side hss;

    (void)state;
    open_both(&mme, &hss);
    expect_nothing(&hss, 0);
    assert_int_equal(hss.peer.state, DIA_PEER_OPEN);
    assert_int_equal(mme.peer.state, DIA_PEER_OPEN);
}

static void requests_find_their_answers(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event request;
    struct dia_event answer;

    (void)state;
    open_both(&mme, &hss);
    send_air(&mme, 41, 1000);
    send_air(&mme, 42, 1000);
    pass(&mme, &hss);
    expect(&hss, 0, DIA_EVENT_REQUEST, &request);
    struct dia_message first = request.message;
    assert_true(dia_peer_is_origin(&hss.peer, &first));
    expect(&hss, 0, DIA_EVENT_REQUEST, &request);
    assert_true(first.header.hop_by_hop != request.message.header.hop_by_hop);
    assert_true(first.header.end_to_end != request.message.header.end_to_end);
    answer_with(&hss, &request.message, DIA_SUCCESS); /* in the other order */
    answer_with(&hss, &first, DIA_SUCCESS);
    answer_with(&hss, &first, DIA_SUCCESS); /* a duplicate: nobody waits for it any more */
    pass(&hss, &mme);
    expect(&mme, 0, DIA_EVENT_ANSWER, &answer);
    assert_int_equal(answer.cookie, 42);
    expect(&mme, 0, DIA_EVENT_ANSWER, &answer);
    assert_int_equal(answer.cookie, 41);
    expect_nothing(&mme, 0);
}

static void answers_must_match_in_all(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event request;

    (void)state;
    open_both(&mme, &hss);
    send_air(&mme, 1, 1000);
    pass(&mme, &hss);
    expect(&hss, 0, DIA_EVENT_REQUEST, &request);
    struct dia_message other = request.message;
    other.header.end_to_end ^= 1;
    answer_with(&hss, &other, DIA_SUCCESS);
    other = request.message;
    other.header.hop_by_hop += DIA_PENDING_MAX;
    answer_with(&hss, &other, DIA_SUCCESS);
    other = request.message;
    other.header.command++;
    answer_with(&hss, &other, DIA_SUCCESS);
    pass(&hss, &mme);
    expect_nothing(&mme, 0);
}

static void late_answers_are_unanswered_requests(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    open_both(&mme, &hss);
    send_air(&mme, 5, 700);
    send_air(&mme, 6, 900);
    assert_int_equal(dia_peer_tick(&mme.peer, 0), 700);
    expect_nothing(&mme, 699);
    expect(&mme, 700, DIA_EVENT_UNANSWERED, &event);
    assert_int_equal(event.cookie, 5);
    expect_nothing(&mme, 700);
    assert_int_equal(dia_peer_tick(&mme.peer, 700), 900);
    pass(&mme, &hss);
    expect(&hss, 800, DIA_EVENT_REQUEST, &event);
    answer_with(&hss, &event.message, DIA_SUCCESS);
    pass(&hss, &mme);
    expect_nothing(&mme, 800);
}

static void pending_requests_are_bounded(void **state)
{
    static struct side mme;
    static struct side hss;
    uint8_t air[512];
    size_t n = fixture_air(air, sizeof air);

    (void)state;
    open_both(&mme, &hss);
    for (int i = 0; i < DIA_PENDING_MAX; i++) {
        send_air(&mme, 1, 1000);
        mme.out.len = 0;
    }
    assert_false(dia_peer_request(&mme.peer, air, n, 1, 1000, &mme.out));
    assert_int_equal(mme.out.len, 0);
    dia_pending_forget_since(&mme.peer.pending, mme.peer.pending.serial - 10);
    assert_int_equal(mme.peer.pending.count, DIA_PENDING_MAX - 10);
    assert_false(dia_peer_request(&mme.peer, air, n - 4, 1, 1000, &mme.out));
    assert_int_equal(mme.out.len, 0);
    send_air(&mme, 1, 1000);
}

/* A whole conversation, handed over in two parts split at every octet. */
static void the_stream_may_be_split_anywhere(void **state)
{
    static struct side mme;
    static struct side hss;
    uint8_t stream[2048];
    struct dia_event event;
    struct dia_writer w;

    (void)state;
    side_init(&mme, &fixture_mme, true);
    memcpy(stream, mme.out.bytes, mme.out.len);
    size_t n = mme.out.len;
    n += fixture_air(stream + n, sizeof stream - n);
    w = dia_writer(stream + n, sizeof stream - n);
    assert_true(dia_put_dwr(&w, &fixture_mme, 77, 78));
    n += w.len;
    n += fixture_air(stream + n, sizeof stream - n);
    for (size_t split = 0; split <= n; split++) {
        int opened = 0;
        int requests = 0;
        side_init(&hss, &fixture_hss, false);
        for (int part = 0; part < 2; part++) {
            size_t from = part == 0 ? 0 : split;
            size_t to = part == 0 ? split : n;
            assert_int_equal(dia_peer_input(&hss.peer, stream + from, to - from), to - from);
            while (dia_peer_next(&hss.peer, 0, &event)) {
                opened += event.kind == DIA_EVENT_OPEN;
                requests += event.kind == DIA_EVENT_REQUEST;
            }
        }
        assert_int_equal(opened, 1);
        assert_int_equal(requests, 2);
        assert_int_equal(hss.peer.state, DIA_PEER_OPEN);
    }
}

static void one_octet_at_a_time(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;
    int requests = 0;

    (void)state;
    open_both(&mme, &hss);
    for (int i = 0; i < 20; i++) {
        send_air(&mme, 1, 1000);
    }
    for (size_t i = 0; i < mme.out.len; i++) {
        assert_int_equal(dia_peer_input(&hss.peer, mme.out.bytes + i, 1), 1);
        while (dia_peer_next(&hss.peer, 0, &event)) {
            requests += event.kind == DIA_EVENT_REQUEST;
        }
    }
    assert_int_equal(requests, 20);
}

static void input_is_bounded(void **state)
{
    static struct side mme;
    static struct side hss;
    static uint8_t much[2 * CAPACITY];

    (void)state;
    open_both(&mme, &hss);
    memset(much, 1, sizeof much);
    assert_int_equal(dia_peer_input(&hss.peer, much, sizeof much), CAPACITY);
    assert_int_equal(dia_peer_input(&hss.peer, much, 1), 0);
}

static void waits_for_room_in_the_output(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    open_both(&mme, &hss);
    send_air(&mme, 1, 1000);
    pass(&mme, &hss);
    hss.out.len = hss.out.capacity - MAX_MESSAGE;
    expect_nothing(&hss, 0);
    assert_true(hss.peer.stalled);
    hss.out.len = 0;
    expect(&hss, 0, DIA_EVENT_REQUEST, &event);
    assert_false(hss.peer.stalled);
}

static void other_applications_and_commands_are_refused(void **state)
{
    static struct side mme;
    static struct side hss;
    uint8_t air[512];
    uint32_t vendor = 0;
    struct dia_message answer;

    (void)state;
    open_both(&mme, &hss);
    size_t n = fixture_air(air, sizeof air);
    be32_put(air + 8, 16777217);
    assert_true(dia_peer_request(&mme.peer, air, n, 1, 1000, &mme.out));
    pass(&mme, &hss);
    expect_nothing(&hss, 0);
    answer = said(&hss);
    assert_int_equal(dia_result_read(&answer, &vendor), DIA_APPLICATION_UNSUPPORTED);
    assert_int_equal(answer.header.flags, DIA_FLAG_P | DIA_FLAG_E);

    be32_put(air + 8, 0);
    be24_put(air + 5, 274);
    assert_true(dia_peer_request(&mme.peer, air, n, 1, 1000, &mme.out));
    pass(&mme, &hss);
    expect_nothing(&hss, 0);
    answer = said(&hss);
    assert_int_equal(dia_result_read(&answer, &vendor), DIA_COMMAND_UNSUPPORTED);
}

static void watchdog_keeps_a_quiet_connection(void **state)
{
    static struct side mme;
    static struct side hss;

    (void)state;
    open_both(&mme, &hss);
    int64_t due = dia_peer_tick(&hss.peer, 0);
    assert_in_range(due, TW - 2000, TW + 2000);
    assert_int_equal(dia_peer_tick(&hss.peer, due - 1), due);
    assert_int_equal(hss.out.len, 0);
    (void)dia_peer_tick(&hss.peer, due);
    assert_true(hss.peer.dwr_pending);
    pass(&hss, &mme);
    expect_nothing(&mme, due);
    struct dia_message dwa = said(&mme);
    assert_int_equal(dwa.header.command, DIA_COMMAND_DEVICE_WATCHDOG);
    assert_int_equal(dia_peer_input(&hss.peer, dwa.bytes, dwa.header.length), dwa.header.length);
    expect_nothing(&hss, due + 10);
    assert_false(hss.peer.dwr_pending);
    assert_in_range(dia_peer_tick(&hss.peer, due + 10), due + 10 + TW - 2000, due + 10 + TW + 2000);
}

/* RFC 3539: no answer for Tw: suspect; for another Tw: down. */
static void watchdog_ends_a_dead_connection(void **state)
{
    static struct side mme;
    static struct side hss;

    (void)state;
    open_both(&mme, &hss);
    int64_t due = dia_peer_tick(&hss.peer, 0);
    due = dia_peer_tick(&hss.peer, due);
    assert_false(hss.peer.suspect);
    due = dia_peer_tick(&hss.peer, due);
    assert_true(hss.peer.suspect);
    expect_nothing(&hss, due - 1);
    (void)dia_peer_tick(&hss.peer, due);
    expect_closed(&hss, due, DIA_CLOSE_WATCHDOG);
}

static void any_message_is_a_sign_of_life(void **state)
{
    static struct side mme;
    static struct side hss;
    struct dia_event event;

    (void)state;
    open_both(&mme, &hss);
    int64_t due = dia_peer_tick(&hss.peer, 0);
    due = dia_peer_tick(&hss.peer, due);
    due = dia_peer_tick(&hss.peer, due);
    assert_true(hss.peer.suspect);
    hss.out.len = 0;
    send_air(&mme, 1, due + 1000);
    pass(&mme, &hss);
    expect(&hss, due - 1, DIA_EVENT_REQUEST, &event);
    assert_false(hss.peer.suspect);
    assert_true(dia_peer_tick(&hss.peer, due) > due);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_open),
        cmocka_unit_test(requests_find_their_answers),
        cmocka_unit_test(answers_must_match_in_all),
        cmocka_unit_test(late_answers_are_unanswered_requests),
        cmocka_unit_test(pending_requests_are_bounded),
        cmocka_unit_test(the_stream_may_be_split_anywhere),
        cmocka_unit_test(one_octet_at_a_time),
        cmocka_unit_test(input_is_bounded),
        cmocka_unit_test(waits_for_room_in_the_output),
        cmocka_unit_test(other_applications_and_commands_are_refused),
        cmocka_unit_test(watchdog_keeps_a_quiet_connection),
        cmocka_unit_test(watchdog_ends_a_dead_connection),
        cmocka_unit_test(any_message_is_a_sign_of_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
