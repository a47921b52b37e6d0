/* src/home/authentication.c with a card's own arithmetic on the other side. */
#include "home_fixture.h"

#include "aka/kdf.h"
#include "aka/sqn.h"
#include "aka/vector.h"
#include "base/bytes.h"
#include "home/audit.h"
#include "home/authentication.h"
#include "home/location.h"
#include "home/operator.h"

#define NODE 11

static enum home_result ask(struct home_fixture *f, uint8_t vectors,
                            struct home_authentication_answer *answer)
{
    struct home_authentication_request request = {
        .node = NODE, .plmn = fixture_plmn_of("001/01"), .vectors = vectors};

    home_authenticate(&f->context, &request, &f->subscription, &f->credentials, answer);
    return answer->result;
}

/* A request with the AUTS of a card that reports this SQN_MS for the vector's RAND. */
static enum home_result resynchronise(struct home_fixture *f, const uint8_t rand[16],
                                      uint64_t sqn_ms, struct home_authentication_answer *answer)
{
    struct home_authentication_request request = {
        .node = NODE, .plmn = fixture_plmn_of("001/01"), .vectors = 5, .resynchronise = true};

    memcpy(request.rand, rand, sizeof request.rand);
    assert_true(aka_auts_make(&f->openssl.port, &f->credentials, rand, sqn_ms, request.auts));
    home_authenticate(&f->context, &request, &f->subscription, &f->credentials, answer);
    return answer->result;
}

/* Checks a vector as the USIM and the MME do; the SQN in it. */
static uint64_t open_vector(struct home_fixture *f, const struct home_vector *vector)
{
    struct aka_challenge challenge;
    uint8_t kasme[32];
    struct plmn plmn = fixture_plmn_of("001/01");

    assert_true(aka_challenge_check(&f->openssl.port, &f->credentials, vector->rand, vector->autn,
                                    &challenge));
    assert_true(challenge.mac_ok);
    assert_int_equal(challenge.amf[0], f->context.amf[0] | 0x80); /* TS 33.401 6.1.1 */
    assert_int_equal(challenge.amf[1], f->context.amf[1]);
    assert_int_equal(challenge.res_len, vector->xres_len);
    assert_memory_equal(challenge.res, vector->xres, challenge.res_len);
    assert_true(
        aka_kasme(&f->openssl.port, challenge.ck, challenge.ik, plmn.octets, vector->autn, kasme));
    assert_memory_equal(kasme, vector->kasme, sizeof kasme);
    return challenge.sqn;
}

static void expect_no_vectors(const struct home_authentication_answer *answer)
{
    static const struct home_vector none[HOME_VECTORS_MAX];

    assert_int_equal(answer->count, 0);
    assert_memory_equal(answer->vectors, none, sizeof none);
}

static void test_fresh_vectors_are_right_and_in_order(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;
    uint64_t last = 0;

    f->context.amf[0] = 0x12;
    f->context.amf[1] = 0x34;
    for (uint8_t asked = 1; asked <= HOME_VECTORS_MAX + 2; asked++) {
        assert_int_equal(ask(f, asked, &answer), HOME_OK);
        assert_int_equal(answer.count, asked < HOME_VECTORS_MAX ? asked : HOME_VECTORS_MAX);
        for (size_t i = 0; i < answer.count; i++) {
            uint64_t sqn = open_vector(f, &answer.vectors[i]);

            assert_true(sqn_seq(sqn) > last);
            assert_int_equal(sqn_ind(sqn), 0);
            last = sqn_seq(sqn);
        }
    }
    assert_int_equal(f->subscription.auth.seq_issued, last);
}

static void test_must_store_only_for_a_new_reservation(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;

    assert_int_equal(ask(f, 1, &answer), HOME_OK);
    assert_true(answer.must_store);
    for (int i = 0; i < 200; i++) {
        uint64_t reserved = f->subscription.auth.seq_reserved;

        assert_int_equal(ask(f, 2, &answer), HOME_OK);
        assert_int_equal(answer.must_store, f->subscription.auth.seq_reserved != reserved);
        assert_true(f->subscription.auth.seq_issued <= f->subscription.auth.seq_reserved);
    }
}

static void test_stale_vector_then_resynchronisation(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;

    f->subscription.auth.seq_issued = 100;
    f->subscription.auth.seq_reserved = 10000;
    f->profile.audit_at_activation = true;
    assert_int_equal(ask(f, 5, &answer), HOME_OK);
    assert_int_equal(answer.count, 1);
    assert_true(answer.must_store);
    assert_int_equal(sqn_seq(open_vector(f, &answer.vectors[0])), 0); /* no card takes it */
    assert_int_equal(f->subscription.auth.seq_issued, 100);

    struct home_vector stale = answer.vectors[0];
    assert_int_equal(ask(f, 5, &answer), HOME_OK); /* the same request again */
    assert_memory_equal(&stale, &answer.vectors[0], sizeof stale);

    assert_int_equal(resynchronise(f, stale.rand, sqn_make(77, 4), &answer), HOME_OK);
    assert_int_equal(answer.count, 1); /* what answers it must be what is used */
    assert_true(answer.must_store);
    assert_true(sqn_seq(open_vector(f, &answer.vectors[0])) > 100);
    assert_int_equal(fixture_events(f, EVENT_AUDIT_PASSED), 1);
    assert_int_equal(f->subscription.auth.confirmed.seq, 77);
}

static void test_wrong_mac_s_is_refused_and_told(void **state)
{
    static const enum event_kind invalid[] = {EVENT_AUTS_INVALID, 0};
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;
    struct home_authentication_request request = {
        .node = NODE, .plmn = fixture_plmn_of("001/01"), .vectors = 1, .resynchronise = true};

    assert_true(aka_auts_make(&f->openssl.port, &f->credentials, request.rand, 0, request.auts));
    for (size_t bit = 0; bit < 8 * sizeof request.auts; bit += 5) {
        struct auth_state before = f->subscription.auth;

        request.auts[bit / 8] ^= (uint8_t)(1u << bit % 8);
        home_authenticate(&f->context, &request, &f->subscription, &f->credentials, &answer);
        assert_int_equal(answer.result, HOME_AUTH_DATA_UNAVAILABLE);
        assert_false(answer.must_store); /* only its event is to be stored */
        expect_no_vectors(&answer);
        fixture_expect_events(f, invalid);
        assert_memory_equal(&before, &f->subscription.auth, sizeof before);
        request.auts[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void test_auts_above_issued(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;

    assert_int_equal(ask(f, 1, &answer), HOME_OK);
    uint64_t issued = f->subscription.auth.seq_issued;
    assert_int_equal(resynchronise(f, answer.vectors[0].rand, sqn_make(issued + 5, 0), &answer),
                     HOME_REFUSED);
    expect_no_vectors(&answer);
    assert_true(answer.must_store);
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
    assert_int_equal(ask(f, 1, &answer), HOME_REFUSED); /* from then on */
    assert_false(answer.must_store);
}

static void test_auts_above_issued_under_alert(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;
    struct home_authentication_answer answer;

    f->profile.on_clone = VIOLATION_ALERT;
    assert_int_equal(ask(f, 1, &answer), HOME_OK);
    uint64_t far = auth->seq_issued + SQN_DELTA;
    assert_int_equal(resynchronise(f, answer.vectors[0].rand, sqn_make(far, 0), &answer), HOME_OK);
    assert_true(sqn_seq(open_vector(f, &answer.vectors[0])) > far); /* the card is served on */
    assert_true(auth->seq_reserved >= auth->seq_issued);
    uint64_t issued = auth->seq_issued;
    /* But not so far that a forger could use up all of SEQ. */
    assert_int_equal(
        resynchronise(f, answer.vectors[0].rand, sqn_make(issued + SQN_DELTA + 1, 0), &answer),
        HOME_AUTH_DATA_UNAVAILABLE);
    assert_int_equal(auth->seq_issued, issued);
}

static void test_baseline_after_reset(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;
    struct home_authentication_answer answer;
    uint64_t far = 3 * SQN_DELTA;

    f->subscription.verdict = VERDICT_CLONED;
    assert_int_equal(ask(f, 1, &answer), HOME_REFUSED);
    assert_true(operator_reset_marks(&f->subscription, &f->context, &f->fault));
    assert_int_equal(ask(f, 1, &answer), HOME_OK);
    assert_int_equal(sqn_seq(open_vector(f, &answer.vectors[0])), 0);
    assert_int_equal(resynchronise(f, answer.vectors[0].rand, sqn_make(far, 9), &answer), HOME_OK);
    assert_true(sqn_seq(open_vector(f, &answer.vectors[0])) > far);
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
    assert_int_equal(auth->confirmed.seq, far);
    assert_true(answer.must_store);
    assert_true(auth->seq_reserved >= auth->seq_issued);
}

static void test_scope_comes_first(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;
    struct auth_state before = f->subscription.auth;

    f->profile.audit_at_activation = true;
    f->subscription.status = SUBSCRIPTION_SUSPENDED;
    assert_int_equal(ask(f, 1, &answer), HOME_REFUSED);
    f->subscription.status = SUBSCRIPTION_ACTIVE;
    f->profile.plmns[0] = fixture_plmn_of("262/01");
    f->profile.plmn_count = 1;
    assert_int_equal(ask(f, 1, &answer), HOME_REFUSED);
    expect_no_vectors(&answer);
    assert_false(answer.must_store);
    assert_memory_equal(&before, &f->subscription.auth, sizeof before);
}

static void test_seq_space_used_up(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;

    f->context.seq_step_max = 1;
    f->subscription.auth.seq_issued = SQN_SEQ_MAX - 3;
    f->subscription.auth.seq_reserved = SQN_SEQ_MAX - 3;
    f->subscription.auth.confirmed =
        (struct sqn_mark){.seq = SQN_SEQ_MAX - 3, .ind = 0, .set = true};
    assert_int_equal(ask(f, 5, &answer), HOME_AUTH_DATA_UNAVAILABLE);
    expect_no_vectors(&answer);
    f->subscription.auth.seq_issued = SQN_SEQ_MAX - 1;
    assert_int_equal(ask(f, 1, &answer), HOME_OK);
    assert_int_equal(sqn_seq(open_vector(f, &answer.vectors[0])), SQN_SEQ_MAX);
    assert_int_equal(ask(f, 1, &answer), HOME_AUTH_DATA_UNAVAILABLE);
}

static void test_crypto_that_fails_gives_nothing(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;

    for (int audit = 0; audit < 2; audit++) {
        f->profile.audit_at_activation = audit == 1;
        for (int which = 0; which < 3; which++) {
            for (int calls = 0; calls < (which == 0 && audit == 0 ? 2 : 1); calls++) {
                struct audit_pending before = f->subscription.auth.nodes[0].audit;

                f->faults = (struct fixture_faults){
                    which == 0 ? calls : -1, which == 1 ? calls : -1, which == 2 ? calls : -1};
                f->context.now_ms += MINUTE;
                (void)ask(f, 3, &answer);
                assert_true(answer.result == HOME_UNABLE ||
                            answer.result == HOME_AUTH_DATA_UNAVAILABLE);
                expect_no_vectors(&answer);
                /* A vector that never left is not waited for. */
                assert_memory_equal(&before, &f->subscription.auth.nodes[0].audit, sizeof before);
                assert_int_equal(f->subscription.auth.stale_unanswered, 0);
            }
        }
    }
    f->faults = (struct fixture_faults){-1, -1, -1};
    assert_int_equal(ask(f, 3, &answer), HOME_OK);
    f->faults.aes = 0;
    assert_int_equal(resynchronise(f, answer.vectors[0].rand, sqn_make(0, 0), &answer),
                     HOME_UNABLE);
    expect_no_vectors(&answer);
}

static void test_unknown_algorithm_gives_nothing(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;

    f->credentials.algorithm = (enum aka_algorithm)99;
    assert_int_equal(ask(f, 1, &answer), HOME_UNABLE);
    expect_no_vectors(&answer);
}

static void test_node_that_never_answers_is_served_in_the_end(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;

    f->profile.audit_at_activation = true;
    for (int i = 0; i < AUDIT_UNANSWERED_MAX; i++) {
        assert_int_equal(ask(f, 1, &answer), HOME_OK);
        assert_int_equal(sqn_seq(open_vector(f, &answer.vectors[0])), 0);
        f->context.now_ms += MINUTE;
    }
    assert_int_equal(f->events.count, 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask(f, 1, &answer), HOME_OK);
        assert_true(sqn_seq(open_vector(f, &answer.vectors[0])) > 0);
        f->context.now_ms += MINUTE;
    }
    assert_int_equal(fixture_events(f, EVENT_AUDIT_UNANSWERED), 1); /* told once */
}

/* A genuine card through many attaches, audited at random, never loses its good name. */
static void test_genuine_card_through_many_attaches(void **state)
{
    struct home_fixture *f = *state;
    struct home_authentication_answer answer;
    struct sqn_array card = {{0}};
    const struct sqn_parameters parameters = {.delta = SQN_DELTA, .report = SQN_REPORT_HIGHEST};
    uint32_t audits = 0;

    f->profile.audit_one_in = 3;
    f->profile.audit_at_activation = true;
    for (uint32_t i = 0; i < 500; i++) {
        f->context.chance = i * UINT32_C(2654435761);
        assert_int_equal(ask(f, 1, &answer), HOME_OK);
        uint64_t sqn = open_vector(f, &answer.vectors[0]);
        if (sqn_check(&card, &parameters, sqn) != SQN_FRESH) {
            audits++;
            assert_int_equal(resynchronise(f, answer.vectors[0].rand,
                                           sqn_reported(&card, &parameters, sqn), &answer),
                             HOME_OK);
            sqn = open_vector(f, &answer.vectors[0]);
        }
        assert_int_equal(sqn_check(&card, &parameters, sqn), SQN_FRESH);
        sqn_accept(&card, sqn);
        struct home_location_request ulr = {
            .node = NODE, .plmn = fixture_plmn_of("001/01"), .rat_type = 1004, .end_to_end = i};
        assert_int_equal(home_update_location(&f->context, &ulr, &f->subscription), HOME_OK);
        f->context.now_ms += MINUTE;
        fixture_forget_events(f);
    }
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
    assert_int_equal(f->subscription.auth.audits, audits);
    assert_in_range(audits, 110, 230); /* a third of 500; the standard deviation is 11 */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_fixture_setup, home_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_fresh_vectors_are_right_and_in_order),
        TEST(test_must_store_only_for_a_new_reservation),
        TEST(test_stale_vector_then_resynchronisation),
        TEST(test_wrong_mac_s_is_refused_and_told),
        TEST(test_auts_above_issued),
        TEST(test_auts_above_issued_under_alert),
        TEST(test_baseline_after_reset),
        TEST(test_scope_comes_first),
        TEST(test_seq_space_used_up),
        TEST(test_crypto_that_fails_gives_nothing),
        TEST(test_unknown_algorithm_gives_nothing),
        TEST(test_node_that_never_answers_is_served_in_the_end),
        TEST(test_genuine_card_through_many_attaches),
    };

    return cmocka_run_group_tests_name("authentication", tests, NULL, NULL);
}
