/* src/home/audit.c: when audits are due, what suspicion and baseline do to that, and when they end.
 */
#include "audit_bench.h"

#include "home/operator.h"

static const enum event_kind suspicion[] = {EVENT_EVIDENCE_SUSPICION, 0};
static const enum event_kind passed[] = {EVENT_AUDIT_PASSED, 0};
static const enum event_kind nothing[] = {0};

/* ---- suspicion, baseline ---- */

/* Random audits are many: those that pass are counted, not reported. */
static void test_random_audit_passes_silently(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    f->subscription.auth.seq_issued = 1;
    (void)stale(f, &b, NODE, AUDIT_RANDOM);
    auts(f, &b, NODE, 1, 1);
    fixture_expect_events(f, nothing);
    assert_int_equal(f->subscription.auth.audits, 1);
    assert_int_equal(f->subscription.auth.audit_due, AUDIT_NONE);
}

static void test_suspicion_is_dropped_after_three_audits(void **state)
{
    static const enum event_kind cleared[] = {EVENT_AUDIT_PASSED, EVENT_EVIDENCE_CLEARED, 0};
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 1000;
    for (int round = 0; round < 2; round++) {
        set_mark(&auth->probable, 500, 3);
        set_mark(&auth->confirmed, 100, 3);
        (void)stale(f, &b, NODE, AUDIT_OPERATOR);
        auts(f, &b, NODE, 200, 3);
        fixture_expect_events(f, suspicion);
        for (int i = 0; i < (round == 0 ? 2 : 3); i++) { /* the first time, not enough */
            assert_int_equal(f->subscription.verdict, VERDICT_SUSPICIOUS);
            assert_int_equal(audit_due(&f->subscription, &f->context, NODE, &(struct plmn){{0}}),
                             AUDIT_SUSPICION);
            (void)stale(f, &b, NODE, AUDIT_SUSPICION);
            auts(f, &b, NODE, 600, 3);
            fixture_expect_events(f, i == 2 ? cleared : passed);
        }
    }
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
    assert_int_equal(auth->audit_due, AUDIT_NONE);
}

static void test_baseline_is_taken_as_it_is(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    set_mark(&auth->confirmed, 90, 3);
    assert_true(operator_reset_marks(&f->subscription, &f->context, &f->fault));
    fixture_forget_events(f);
    assert_int_equal(audit_due(&f->subscription, &f->context, NODE, &(struct plmn){{0}}),
                     AUDIT_BASELINE);
    (void)stale(f, &b, NODE, AUDIT_BASELINE);
    auts(f, &b, NODE, 5000, 2); /* far above what was issued: the AuC was restored */
    expect_reason(f, 0, "baseline");
    fixture_expect_events(f, passed);
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
    assert_int_equal(auth->confirmed.seq, 5000);
    assert_int_equal(auth->confirmed.ind, 2);
    assert_int_equal(auth->audit_due, AUDIT_NONE);
    auth->seq_issued = 5000;
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    auts(f, &b, NODE, 4999, 2); /* from then on it counts */
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
}

/* A registration on a security context of before must not undo the operator's announcement. */
static void test_baseline_outlives_a_skip(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    f->subscription.registration.node = NODE;
    assert_true(operator_reset_marks(&f->subscription, &f->context, &f->fault));
    (void)stale(f, &b, NODE, AUDIT_BASELINE);
    assert_false(ulr(f, &b, NODE));
    assert_int_equal(f->subscription.verdict, VERDICT_SUSPICIOUS);
    f->context.now_ms += LATER;
    assert_int_equal(audit_due(&f->subscription, &f->context, NODE, &(struct plmn){{0}}),
                     AUDIT_BASELINE);
    (void)stale(f, &b, NODE, AUDIT_BASELINE);
    auts(f, &b, NODE, 5000, 2);
    assert_int_equal(f->subscription.verdict, VERDICT_SUSPICIOUS);
    assert_int_equal(auth->confirmed.seq, 5000);
}

/* ---- when audits are due ---- */

static enum audit_reason due(struct home_fixture *f, const char *plmn)
{
    struct plmn serving = fixture_plmn_of(plmn);

    return audit_due(&f->subscription, &f->context, NODE, &serving);
}

static void test_reasons(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;
    struct registration *registration = &f->subscription.registration;

    assert_int_equal(due(f, "001/01"), AUDIT_NONE);
    f->profile.audit_at_activation = true;
    assert_int_equal(due(f, "001/01"), AUDIT_ACTIVATION);
    set_mark(&auth->confirmed, 1, 0);
    assert_int_equal(due(f, "001/01"), AUDIT_NONE);

    f->profile.audit_on_change = true;
    f->profile.audit_silence_ms = 60 * MINUTE;
    assert_int_equal(due(f, "001/01"), AUDIT_NONE); /* never registered: nothing has changed */
    registration->node = NODE;
    registration->plmn = fixture_plmn_of("001/01");
    registration->at_ms = FIXTURE_NOW;
    f->context.now_ms = FIXTURE_NOW + 60 * MINUTE;
    assert_int_equal(due(f, "001/01"), AUDIT_NONE);
    assert_int_equal(due(f, "262/01"), AUDIT_CHANGE);
    f->context.now_ms++;
    assert_int_equal(due(f, "001/01"), AUDIT_CHANGE);
    f->profile.audit_silence_ms = 0;
    assert_int_equal(due(f, "001/01"), AUDIT_NONE);

    f->profile.audit_one_in = 1;
    assert_int_equal(due(f, "001/01"), AUDIT_RANDOM);
    f->subscription.verdict = VERDICT_SUSPICIOUS;
    assert_int_equal(due(f, "001/01"), AUDIT_SUSPICION);
    auth->audit_due = AUDIT_OPERATOR;
    assert_int_equal(due(f, "001/01"), AUDIT_OPERATOR);
}

static void test_random_audits_come_one_in_n(void **state)
{
    struct home_fixture *f = *state;
    int audits = 0;

    f->profile.audit_one_in = 8;
    for (uint32_t i = 0; i < 8000; i++) {
        f->context.chance = i * 7 + 3;
        audits += due(f, "001/01") == AUDIT_RANDOM;
    }
    assert_int_equal(audits, 1000);
}

/* A node that has brought an AUTS is asked for as long as it takes. */
static void test_able_nodes_get_no_fresh_vector(void **state)
{
    struct home_fixture *f = *state;

    f->subscription.auth.audit_due = AUDIT_OPERATOR;
    f->subscription.auth.stale_unanswered = AUDIT_UNANSWERED_MAX;
    assert_int_equal(due(f, "001/01"), AUDIT_NONE);
    f->context.node_resynchronises = true;
    assert_int_equal(due(f, "001/01"), AUDIT_OPERATOR);
}

/* Long before the card would refuse the jump it must show where it stands. */
static void test_sequence_that_ran_ahead_asks(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;

    auth->stale_unanswered = AUDIT_UNANSWERED_MAX;
    auth->seq_issued = SQN_DELTA / 2;
    assert_int_equal(due(f, "001/01"), AUDIT_NONE);
    auth->seq_issued++;
    assert_int_equal(due(f, "001/01"), AUDIT_SEQUENCE);
    auth->confirmed = (struct sqn_mark){.seq = 1, .ind = 0, .set = true};
    assert_int_equal(due(f, "001/01"), AUDIT_NONE);
}

static void test_repeated_request_starts_no_audit(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    f->subscription.auth.audit_due = AUDIT_OPERATOR;
    answered(f, NODE, 30, false);
    f->context.now_ms += f->context.confirm_window_ms;
    assert_int_equal(due(f, "001/01"), AUDIT_NONE);
    f->context.now_ms++;
    assert_int_equal(due(f, "001/01"), AUDIT_OPERATOR);
    f->context.now_ms--;
    assert_true(ulr(f, &b, NODE)); /* the vector was used: the next request is a new attach */
    assert_int_equal(due(f, "001/01"), AUDIT_OPERATOR);
}

static void test_repeated_request_gets_the_same_stale_vector(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    uint8_t first[16];

    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    memcpy(first, b.rand, sizeof first);
    for (int i = 0; i < 10; i++) {
        (void)stale(f, &b, NODE, AUDIT_OPERATOR);
        assert_memory_equal(first, b.rand, sizeof first);
    }
    assert_int_equal(f->subscription.auth.stale_unanswered, 1);
    f->context.now_ms += LATER;
    (void)stale(f, &b, NODE, AUDIT_OPERATOR); /* not a repetition, but nothing says it left us */
    assert_memory_equal(first, b.rand, sizeof first);
    assert_int_equal(f->subscription.auth.stale_unanswered, 2);
    set_mark(&f->subscription.auth.confirmed, 50, 3);
    assert_int_equal(stale(f, &b, NODE, AUDIT_OPERATOR), 3); /* what is asked has changed */
    assert_memory_not_equal(first, b.rand, sizeof first);
}

static void test_unanswered_audits_end(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    f->profile.audit_at_activation = true;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < AUDIT_UNANSWERED_MAX; i++) {
            f->context.now_ms += LATER;
            assert_int_equal(due(f, "001/01"), AUDIT_ACTIVATION);
            (void)stale(f, &b, NODE, AUDIT_ACTIVATION);
        }
        assert_int_equal(due(f, "001/01"), AUDIT_ACTIVATION); /* the last one, repeated */
        f->context.now_ms += LATER;
        assert_int_equal(due(f, "001/01"), AUDIT_NONE);
        sequence_node(auth, NODE, f->context.now_ms)->audit.open = false;
        assert_true(ulr(f, &b, NODE)); /* something came of it: audits begin again */
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_fixture_setup, home_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_random_audit_passes_silently),
        TEST(test_suspicion_is_dropped_after_three_audits),
        TEST(test_baseline_is_taken_as_it_is),
        TEST(test_baseline_outlives_a_skip),
        TEST(test_reasons),
        TEST(test_random_audits_come_one_in_n),
        TEST(test_able_nodes_get_no_fresh_vector),
        TEST(test_sequence_that_ran_ahead_asks),
        TEST(test_repeated_request_starts_no_audit),
        TEST(test_repeated_request_gets_the_same_stale_vector),
        TEST(test_unanswered_audits_end),
    };

    return cmocka_run_group_tests_name("audit_due", tests, NULL, NULL);
}
