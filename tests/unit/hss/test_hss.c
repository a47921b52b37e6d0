/* src/hss/hss.c and transaction.c over a store in memory: requests, grants, rounds that fail. */
#include "hss_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "aka/sqn.h"

#define IMEI  "35693803564380"
#define IMEI2 "35693803564381"

static struct hss_answer air(struct hss_fixture *f)
{
    return ask_air(f->hss, MME_HOST, MME_PLMN, IMSI, 1);
}

static struct hss_answer ulr(struct hss_fixture *f, const char *imei)
{
    return ask_ulr(f->hss, MME_HOST, MME_PLMN, IMSI, imei);
}

/* ---- decisions arrive ---- */

static void test_attach(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_answer answer = air(f);
    const struct subscription *stored = &f->store.committed[0];

    expect_code(&answer, DIA_SUCCESS, false);
    assert_int_equal(answer.count, 1);
    assert_true(sqn_seq(sqn_of(f, &answer.vectors[0])) > 0);
    assert_true(hss_round_end(f->hss));
    answer = ulr(f, IMEI);
    expect_code(&answer, DIA_SUCCESS, false);
    assert_int_equal(stored->status, SUBSCRIPTION_ISSUED); /* not before the commit */
    assert_true(hss_round_end(f->hss));
    assert_int_equal(stored->status, SUBSCRIPTION_ACTIVE);
    assert_int_equal(stored->binding.state, BINDING_BOUND);
    assert_int_equal(stored->registration.node, node_id(MME_HOST, strlen(MME_HOST)));
    assert_int_equal(f->store.nodes, 1);
    assert_int_equal(committed_events(f, EVENT_BINDING_BOUND), 1);
    answer = ulr(f, IMEI2);
    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    assert_true(hss_round_end(f->hss));
    assert_int_equal(committed_events(f, EVENT_BINDING_VIOLATED), 1);
    answer = ulr(f, IMEI);
    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(f->hss));
    assert_int_equal(f->store.nodes, 1); /* its name is stored once */
    struct hss_statistics statistics = hss_statistics(f->hss);
    assert_int_equal(statistics.requests, 4);
    assert_int_equal(statistics.answers_ok, 3);
    assert_int_equal(statistics.loads, 1);
    assert_int_equal(statistics.commits, f->store.commits);
}

static void test_vectors_touch_no_store(void **state)
{
    struct hss_fixture *f = *state;

    for (int i = 0; i < 100; i++) {
        struct hss_answer answer = air(f);

        expect_code(&answer, DIA_SUCCESS, false);
        assert_true(hss_round_end(f->hss));
    }
    assert_int_equal(f->store.loads, 1);
    /* 100 random steps of 4.5, 50 reserved at a time; a few transactions turn out not to be needed.
     */
    assert_true(f->store.commits < 25);
    assert_int_equal(f->store.polls, 100 + f->store.begins);
}

static void test_one_commit_for_a_round(void **state)
{
    struct hss_fixture *f = *state;

    for (int i = 0; i < 20; i++) {
        struct hss_answer answer =
            ask_ulr(f->hss, MME_HOST, MME_PLMN, i % 2 == 0 ? IMSI : IMSI2, IMEI);

        expect_code(&answer, DIA_SUCCESS, false);
    }
    assert_true(hss_round_end(f->hss));
    assert_int_equal(f->store.commits, 1);
    assert_true(hss_round_end(f->hss)); /* an empty round has none */
    assert_int_equal(f->store.commits, 1);
}

static void test_unknown_subscription(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_answer answer = ask_air(f->hss, MME_HOST, MME_PLMN, STRANGER, 1);

    expect_code(&answer, S6A_USER_UNKNOWN, true);
    answer = ask_ulr(f->hss, MME_HOST, MME_PLMN, STRANGER, IMEI);
    expect_code(&answer, S6A_USER_UNKNOWN, true);
    assert_true(hss_round_end(f->hss));
    assert_int_equal(f->store.commits, 0);
}

static void test_unknown_profile(void **state)
{
    struct hss_fixture *f = *state;

    (void)snprintf(f->store.committed[0].profile, HOME_PROFILE_NAME, "gone");
    struct hss_answer answer = air(f);
    expect_code(&answer, DIA_UNABLE_TO_COMPLY, false);
    assert_int_equal(f->reports, 1);
    answer = ask_air(f->hss, MME_HOST, MME_PLMN, IMSI2, 1); /* others are served */
    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(f->hss));
}

/* ---- peers ---- */

static void test_what_a_peer_was_not_granted(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_answer answer = ask_air(f->hss, MME_HOST, "262/01", IMSI, 1);

    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    assert_int_equal(answer.count, 0);
    answer = ask_ulr(f->hss, MME_HOST, "262/01", IMSI, IMEI);
    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    answer = ask_air(f->hss, "eir.visited.example", MME_PLMN, IMSI, 1);
    expect_code(&answer, DIA_APPLICATION_UNSUPPORTED, false);
    answer = ask_air(f->hss, "unknown.example", MME_PLMN, IMSI, 1);
    expect_code(&answer, DIA_APPLICATION_UNSUPPORTED, false);
    assert_true(hss_round_end(f->hss));
    assert_int_equal(f->store.loads, 0);
    assert_int_equal(committed_events(f, EVENT_PEER_REFUSED), 1);
}

/* An AIR of `origin_host` that comes over the connection of `peer`. */
static struct hss_answer relayed(struct hss_fixture *f, const char *peer, const char *origin_host,
                                 const char *realm, const char *destination_host)
{
    uint8_t octets[1024];
    struct dia_writer writer = dia_writer(octets, sizeof octets);
    const struct dia_node node = {.host = origin_host, .realm = "visited.example"};
    const struct s6a_origin origin = {.node = &node,
                                      .destination_realm = realm,
                                      .destination_host = destination_host,
                                      .session_id = "mme;1;1",
                                      .imsi = IMSI,
                                      .plmn = f->settings.peers[0].plmns[0]};

    assert_true(s6a_put_air(&writer, &origin, 1, NULL, NULL));
    return ask_octets(f->hss, peer, octets, writer.len);
}

static void test_whose_name_and_for_whom(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_answer answer = relayed(f, MME_HOST, "mme2.visited.example", "home.example", NULL);

    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    answer = relayed(f, "relay.visited.example", "mme2.visited.example", "home.example", NULL);
    expect_code(&answer, DIA_SUCCESS, false);
    answer = relayed(f, MME_HOST, MME_HOST, "HOME.example", "HSS.home.example");
    expect_code(&answer, DIA_SUCCESS, false);
    answer = relayed(f, MME_HOST, MME_HOST, "other.example", NULL);
    expect_code(&answer, DIA_REALM_NOT_SERVED, false);
    answer = relayed(f, MME_HOST, MME_HOST, "home.example", "hss2.home.example");
    expect_code(&answer, DIA_UNABLE_TO_DELIVER, false);
    assert_true(hss_round_end(f->hss));
}

static void test_unsupported_command(void **state)
{
    struct hss_fixture *f = *state;
    uint8_t octets[64];
    struct dia_writer writer = dia_writer(octets, sizeof octets);

    dia_begin(&writer, &(struct dia_header){.flags = DIA_FLAG_R | DIA_FLAG_P,
                                            .command = 321, /* PUR */
                                            .application = S6A_APPLICATION});
    assert_true(dia_end(&writer));
    struct hss_answer answer = ask_octets(f->hss, MME_HOST, octets, writer.len);
    expect_code(&answer, DIA_COMMAND_UNSUPPORTED, false);
    assert_true(hss_round_end(f->hss));
}

static void test_refusals_are_told_at_a_bounded_rate(void **state)
{
    struct hss_fixture *f = *state;
    struct dia_capabilities stranger = {.host = "stranger.example", .realm = "example"};

    for (int i = 0; i < 50; i++) {
        struct hss_answer answer = ask_air(f->hss, MME_HOST, "262/01", IMSI, 1);

        expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
        answer = ask_air(f->hss, "relay.visited.example", "262/01", IMSI, 1);
        expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
        assert_false(hss_admit(f->hss, &stranger, "192.0.2.1"));
        f->now_ms += 300; /* 15 seconds in all */
        assert_true(hss_round_end(f->hss));
    }
    /* Two for each of two peers, and two for all that are unknown. */
    assert_int_equal(committed_events(f, EVENT_PEER_REFUSED), 6);
    assert_int_equal(hss_statistics(f->hss).refusals, 150);
}

/* One attach in four, also where the decision is taken again under the store's lock. */
static void test_random_audits_come_one_in_n(void **state)
{
    struct hss_fixture *f = *state;
    const struct subscription fresh = f->store.committed[0];
    int audits = 0;

    f->settings.profiles[0].audit_at_activation = false;
    f->settings.profiles[0].audit_one_in = 4;
    for (int i = 0; i < 2000; i++) {
        f->store.committed[0] = fresh;
        f->store.tell_all = true;
        f->now_ms += 60000;
        struct hss_answer answer = ask_air(f->hss, MME_HOST, MME_PLMN, IMSI, 1);

        expect_code(&answer, DIA_SUCCESS, false);
        audits += sqn_of(f, &answer.vectors[0]) >> 5 == 0;
        assert_true(hss_round_end(f->hss));
    }
    assert_in_range(audits, 400, 600); /* 500; the standard deviation is 19 */
}

/* A granted peer can't fill the event log with one bad request, nor make each of them a commit. */
static void test_repeated_bad_requests_are_told_at_a_bounded_rate(void **state)
{
    struct hss_fixture *f = *state;
    const struct dia_node node = {.host = MME_HOST, .realm = "visited.example"};
    const uint8_t junk[16] = {1, 2, 3};
    struct s6a_origin origin = {.node = &node,
                                .destination_realm = f->settings.realm,
                                .session_id = MME_HOST ";1;1",
                                .imsi = IMSI};

    assert_true(plmn_parse(MME_PLMN, strlen(MME_PLMN), &origin.plmn));
    for (int i = 0; i < 50; i++) {
        uint8_t octets[1024];
        struct dia_writer writer = dia_writer(octets, sizeof octets);

        assert_true(s6a_put_air(&writer, &origin, 1, junk, junk));
        struct hss_answer answer = ask_octets(f->hss, MME_HOST, octets, writer.len);
        expect_code(&answer, S6A_AUTHENTICATION_DATA_UNAVAILABLE, true);
        f->now_ms += 300; /* 15 seconds in all */
        assert_true(hss_round_end(f->hss));
    }
    assert_int_equal(committed_events(f, EVENT_AUTS_INVALID), 2);
    assert_true(f->store.commits <= 3);
}

static void test_refusal_of_a_lost_round_is_told_again(void **state)
{
    struct hss_fixture *f = *state;

    f->store.fail_commit = true;
    (void)ask_air(f->hss, MME_HOST, "262/01", IMSI, 1);
    assert_false(hss_round_end(f->hss));
    f->store.fail_commit = false;
    (void)ask_air(f->hss, MME_HOST, "262/01", IMSI, 1);
    assert_true(hss_round_end(f->hss));
    assert_int_equal(committed_events(f, EVENT_PEER_REFUSED), 1);
}

/* ---- faults of the store ---- */

/* Runs a round of AIR and ULR while `fault` is set, then one without: what left, and that nothing
 * was lost. */
static void check_fault(struct hss_fixture *f, bool *fault)
{
    struct subscription before = f->store.committed[0];

    *fault = true;
    (void)air(f);
    (void)ulr(f, IMEI);
    assert_false(hss_round_end(f->hss));
    assert_true(f->reports > 0);
    assert_false(f->store.in_transaction);
    assert_memory_equal(&before, &f->store.committed[0], sizeof before);
    *fault = false;
    struct hss_answer answer = air(f);
    expect_code(&answer, DIA_SUCCESS, false);
    answer = ulr(f, IMEI);
    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(f->hss));
    assert_int_equal(f->store.committed[0].binding.state, BINDING_BOUND);
}

static void test_store_that_begins_nothing(void **state)
{
    check_fault(*state, &((struct hss_fixture *)*state)->store.fail_begin);
}

static void test_store_that_saves_nothing(void **state)
{
    check_fault(*state, &((struct hss_fixture *)*state)->store.fail_save);
}

static void test_conflict(void **state)
{
    check_fault(*state, &((struct hss_fixture *)*state)->store.conflict);
}

static void test_store_that_takes_no_event(void **state)
{
    check_fault(*state, &((struct hss_fixture *)*state)->store.fail_event);
}

static void test_store_that_commits_nothing(void **state)
{
    check_fault(*state, &((struct hss_fixture *)*state)->store.fail_commit);
}

static void test_store_that_tells_no_changes(void **state)
{
    check_fault(*state, &((struct hss_fixture *)*state)->store.fail_poll);
}

static void test_store_that_loads_nothing(void **state)
{
    struct hss_fixture *f = *state;

    f->store.fail_load = true;
    struct hss_answer answer = air(f);
    expect_code(&answer, DIA_UNABLE_TO_COMPLY, false);
    assert_true(hss_round_end(f->hss)); /* of others' answers nothing is wrong */
    f->store.fail_load = false;
    answer = air(f);
    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(f->hss));
}

static void test_answers_of_memory_wait_for_the_round_too(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_answer first = air(f);

    assert_true(hss_round_end(f->hss));
    struct hss_answer lost = air(f); /* needs no store, but shares the round */
    f->store.fail_commit = true;
    (void)ask_ulr(f->hss, MME_HOST, MME_PLMN, IMSI2, IMEI);
    assert_false(hss_round_end(f->hss));
    f->store.fail_commit = false;
    struct hss_answer next = air(f);
    expect_code(&next, DIA_SUCCESS, false);
    assert_true(sqn_of(f, &next.vectors[0]) > sqn_of(f, &first.vectors[0]));
    assert_int_not_equal(sqn_of(f, &next.vectors[0]), sqn_of(f, &lost.vectors[0]));
    assert_true(hss_round_end(f->hss));
}

static void test_refuse_answers_without_store(void **state)
{
    struct hss_fixture *f = *state;
    uint8_t octets[512];
    uint8_t out[512];
    struct dia_writer request = dia_writer(octets, sizeof octets);
    struct dia_writer answer = dia_writer(out, sizeof out);
    const struct dia_node node = {.host = MME_HOST, .realm = "visited.example"};
    const struct s6a_origin origin = {.node = &node,
                                      .destination_realm = "home.example",
                                      .session_id = "mme;1;1",
                                      .imsi = IMSI,
                                      .plmn = f->settings.peers[0].plmns[0]};
    struct dia_message message;
    uint32_t vendor;

    assert_true(s6a_put_air(&request, &origin, 1, NULL, NULL));
    assert_int_equal(dia_message_frame(octets, request.len, 4096, &message), DIA_FRAME_OK);
    hss_refuse(f->hss, &message, &answer);
    assert_int_equal(dia_message_frame(out, answer.len, 4096, &message), DIA_FRAME_OK);
    assert_int_equal(dia_result_read(&message, &vendor), DIA_UNABLE_TO_COMPLY);
    assert_int_equal(f->store.loads, 0);
}

/* ---- others' changes ---- */

static void test_change_is_seen_by_the_next_request(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_answer answer = air(f);

    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(f->hss));
    f->store.committed[0].status = SUBSCRIPTION_SUSPENDED;
    f->store.committed[0].version++;
    f->store.changed = f->store.committed[0].imsi;
    answer = air(f);
    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    assert_true(hss_round_end(f->hss));
    f->store.committed[0].status = SUBSCRIPTION_ACTIVE;
    f->store.committed[0].version++;
    f->store.tell_all = true; /* too many to tell */
    answer = air(f);
    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(f->hss));
}

static void test_change_within_a_round_is_no_conflict(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_answer answer = air(f);

    assert_true(hss_round_end(f->hss));
    answer = air(f); /* has looked for changes, and found none */
    f->store.committed[0].status = SUBSCRIPTION_SUSPENDED;
    f->store.committed[0].version++;
    f->store.changed = f->store.committed[0].imsi;
    answer = ulr(f, IMEI); /* looks again, under the lock, before it saves */
    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    assert_true(hss_round_end(f->hss));
    assert_int_equal(f->store.committed[0].status, SUBSCRIPTION_SUSPENDED);
}

static void test_few_records_many_subscriptions(void **state)
{
    struct hss_fixture *f = *state;
    uint64_t last[2] = {0};

    hss_close(f->hss);
    f->settings.max_records = 1;
    f->hss = hss_fixture_open(f, &f->store.port);
    for (int i = 0; i < 50; i++) {
        struct hss_answer answer =
            ask_air(f->hss, MME_HOST, MME_PLMN, i % 2 == 0 ? IMSI : IMSI2, 2);

        expect_code(&answer, DIA_SUCCESS, false);
        for (size_t v = 0; v < answer.count; v++) {
            assert_true(sqn_of(f, &answer.vectors[v]) > last[i % 2]);
            last[i % 2] = sqn_of(f, &answer.vectors[v]);
        }
        assert_true(i % 3 != 0 || hss_round_end(f->hss));
    }
    assert_true(hss_round_end(f->hss));
}

static void test_close_in_the_middle(void **state)
{
    struct hss_fixture *f = *state;

    (void)ulr(f, IMEI);
    assert_true(f->store.in_transaction);
    hss_close(f->hss);
    assert_false(f->store.in_transaction);
    assert_int_equal(f->store.committed[0].binding.state, BINDING_ARMED);
    hss_close(NULL);
    f->hss = hss_fixture_open(f, &f->store.port);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hss_fixture_setup, hss_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_attach),
        TEST(test_vectors_touch_no_store),
        TEST(test_one_commit_for_a_round),
        TEST(test_unknown_subscription),
        TEST(test_unknown_profile),
        TEST(test_what_a_peer_was_not_granted),
        TEST(test_whose_name_and_for_whom),
        TEST(test_unsupported_command),
        TEST(test_refusals_are_told_at_a_bounded_rate),
        TEST(test_random_audits_come_one_in_n),
        TEST(test_repeated_bad_requests_are_told_at_a_bounded_rate),
        TEST(test_refusal_of_a_lost_round_is_told_again),
        TEST(test_store_that_begins_nothing),
        TEST(test_store_that_saves_nothing),
        TEST(test_conflict),
        TEST(test_store_that_takes_no_event),
        TEST(test_store_that_commits_nothing),
        TEST(test_store_that_tells_no_changes),
        TEST(test_store_that_loads_nothing),
        TEST(test_answers_of_memory_wait_for_the_round_too),
        TEST(test_refuse_answers_without_store),
        TEST(test_change_is_seen_by_the_next_request),
        TEST(test_change_within_a_round_is_no_conflict),
        TEST(test_few_records_many_subscriptions),
        TEST(test_close_in_the_middle),
    };

    return cmocka_run_group_tests_name("hss", tests, NULL, NULL);
}
