/* src/home/audit.c: each rule of home/audit.h by itself. */
#include "home_fixture.h"

#include <stdio.h>

#include "aka/sqn.h"
#include "base/bytes.h"
#include "home/audit.h"
#include "home/operator.h"
#include "home/sequence.h"

#define NODE  11
#define NODE2 22
#define LATER (2 * f->context.confirm_window_ms) /* too late for a repetition */

/* What the tests need to remember between steps. */
struct bench {
    uint8_t rand[16];
    uint32_t end_to_end;
};

static struct bench bench(void)
{
    return (struct bench){.end_to_end = 1000};
}

static uint8_t stale(struct home_fixture *f, struct bench *b, uint64_t node,
                     enum audit_reason reason)
{
    b->rand[0]++;
    return audit_open(&f->subscription, &f->context, node, reason, b->rand);
}

static void auts(struct home_fixture *f, const struct bench *b, uint64_t node, uint64_t seq,
                 uint8_t ind)
{
    audit_auts(&f->subscription, &f->context, node, b->rand, sqn_make(seq, ind));
}

static bool ulr(struct home_fixture *f, struct bench *b, uint64_t node)
{
    return audit_registration(&f->subscription, &f->context, node, ++b->end_to_end, false);
}

static void answered(struct home_fixture *f, uint64_t node, uint64_t seq, bool resynchronised)
{
    struct serving_node_use *use = sequence_node(&f->subscription.auth, node, f->context.now_ms);

    audit_answered(&f->context, use, seq, 1, resynchronised);
}

static void set_mark(struct sqn_mark *mark, uint64_t seq, uint8_t ind)
{
    *mark = (struct sqn_mark){.seq = seq, .ind = ind, .set = true};
}

static void expect_reason(const struct home_fixture *f, size_t event, const char *reason)
{
    char text[64];

    (void)snprintf(text, sizeof text, "\"reason\":\"%s\"", reason);
    assert_non_null(strstr(f->events.items[event].detail, text));
}

static const enum event_kind certain[] = {EVENT_EVIDENCE_CLONE, 0};
static const enum event_kind suspicion[] = {EVENT_EVIDENCE_SUSPICION, 0};
static const enum event_kind passed[] = {EVENT_AUDIT_PASSED, 0};
static const enum event_kind nothing[] = {0};

/* ---- what an AUTS says ---- */

static void test_below_confirmed_is_certain(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    set_mark(&auth->confirmed, 50, 3);
    assert_int_equal(stale(f, &b, NODE, AUDIT_OPERATOR), 3); /* the slot of what was confirmed */
    auts(f, &b, NODE, 49, 3);
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
    assert_int_equal(auth->audit_due, AUDIT_NONE);
    assert_int_equal(auth->confirmed.seq, 50);
    expect_reason(f, 0, "sqn-below-confirmed");
    fixture_expect_events(f, certain);
}

static void test_equal_and_above_pass(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    set_mark(&auth->confirmed, 50, 3);
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    auts(f, &b, NODE, 50, 3);
    fixture_expect_events(f, passed);
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    auts(f, &b, NODE, 100, 5); /* what was issued last, in any slot */
    fixture_expect_events(f, passed);
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
    assert_int_equal(auth->confirmed.seq, 100);
    assert_int_equal(auth->confirmed.ind, 5);
    assert_int_equal(auth->audits, 2);
}

static void test_confirmed_since_is_a_suspicion(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    for (int same_slot = 0; same_slot < 2; same_slot++) {
        struct bench b = bench();

        set_mark(&auth->confirmed, 50, 3);
        (void)stale(f, &b, NODE, AUDIT_OPERATOR);
        set_mark(&auth->confirmed, 60, same_slot ? 3 : 4); /* meanwhile, at another node */
        auts(f, &b, NODE, 55, 3);
        fixture_expect_events(f, same_slot ? suspicion : passed);
        assert_int_equal(auth->confirmed.seq, 60);
    }
    assert_int_equal(f->subscription.verdict, VERDICT_SUSPICIOUS);
    assert_int_equal(auth->audit_due, AUDIT_SUSPICION);
}

static void test_below_probable_is_a_suspicion(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    for (int same_slot = 0; same_slot < 2; same_slot++) {
        struct bench b = bench();

        set_mark(&auth->confirmed, 50, 3);
        set_mark(&auth->probable, 70, same_slot ? 3 : 4);
        (void)stale(f, &b, NODE, AUDIT_OPERATOR);
        auts(f, &b, NODE, 69, 3);
        fixture_expect_events(f, same_slot ? suspicion : passed);
    }
    assert_int_equal(f->subscription.verdict, VERDICT_SUSPICIOUS);
}

static void test_above_issued_is_certain_at_any_time(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    set_mark(&auth->confirmed, 50, 3);
    auts(f, &b, NODE, 101, 0); /* no audit is open */
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
    expect_reason(f, 0, "sqn-above-issued");
    fixture_expect_events(f, certain);
    assert_int_equal(auth->confirmed.seq, 50); /* whose card it was, nobody knows */
}

static void test_late_auts_is_not_judged(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct bench other = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    set_mark(&auth->confirmed, 50, 3);
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    other.rand[0] = 0xEE;
    auts(f, &other, NODE, 20, 3); /* of another challenge: it may be old */
    fixture_expect_events(f, nothing);
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
    assert_int_equal(auth->confirmed.seq, 50);
    assert_int_equal(auth->audit_due, AUDIT_OPERATOR); /* still to be done */
    auts(f, &b, NODE, 20, 3); /* the node dropped the stale vector with that resynchronisation */
    fixture_expect_events(f, nothing);
}

static void test_repeated_auts_counts_once(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    (void)stale(f, &b, NODE, AUDIT_ACTIVATION);
    auts(f, &b, NODE, 60, 3);
    fixture_expect_events(f, passed);
    set_mark(&auth->confirmed, 80, 3); /* by the vector that answered it */
    auts(f, &b, NODE, 60, 3);
    fixture_expect_events(f, nothing);
    assert_int_equal(auth->audits, 1);
    assert_int_equal(auth->confirmed.seq, 80);
}

static void test_auts_at_another_node_is_not_this_audit(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    f->subscription.auth.seq_issued = 100;
    set_mark(&f->subscription.auth.confirmed, 50, 3);
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    auts(f, &b, NODE2, 20, 3);
    fixture_expect_events(f, nothing);
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
}

/* ---- marks ---- */

static void test_resynchronisation_confirms(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    auth->seq_issued = 100;
    (void)sequence_node(auth, NODE2, f->context.now_ms); /* IND 0 */
    (void)stale(f, &b, NODE, AUDIT_ACTIVATION);
    auts(f, &b, NODE, 40, 0);
    answered(f, NODE, 90, true);
    assert_true(ulr(f, &b, NODE2)); /* another node's says nothing of it */
    assert_int_equal(auth->confirmed.seq, 40);
    assert_true(ulr(f, &b, NODE));
    assert_int_equal(auth->confirmed.seq, 90);
    assert_int_equal(auth->confirmed.ind, 1); /* the node's slot */
    assert_false(auth->probable.set);
    auth->confirmed.seq = 91;
    assert_true(ulr(f, &b, NODE)); /* and only once */
    assert_int_equal(auth->confirmed.seq, 91);
}

static void test_late_registration_confirms_less(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    for (int older = 0; older < 2; older++) {
        memset(auth, 0, sizeof *auth);
        auth->seq_issued = 100;
        struct serving_node_use *use = sequence_node(auth, NODE, f->context.now_ms);
        use->maybe_unused = (uint8_t)older;
        auts(f, &b, NODE, 40, 0);
        answered(f, NODE, 90, true);
        f->context.now_ms += LATER;
        assert_true(ulr(f, &b, NODE));
        /* It may have used an older vector, if there was one. */
        assert_int_equal(auth->confirmed.seq, older ? 40 : 90);
        assert_int_equal(auth->probable.set, older);
    }
}

static void test_plain_vector_is_probable(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();
    struct auth_state *auth = &f->subscription.auth;

    answered(f, NODE, 30, false);
    assert_true(audit_registration(&f->subscription, &f->context, NODE, 5, true));
    assert_false(auth->probable.set); /* it may repeat an earlier one */
    assert_true(ulr(f, &b, NODE));
    assert_true(auth->probable.set);
    assert_int_equal(auth->probable.seq, 30);
    assert_false(auth->confirmed.set);
    auth->probable.seq = 1;
    assert_true(ulr(f, &b, NODE));
    assert_int_equal(auth->probable.seq, 1);
}

/* ---- registrations that leave a stale vector unanswered ---- */

static void test_unexplained_skip_is_certain(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    assert_false(ulr(f, &b, NODE));
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
    expect_reason(f, 0, "used-seq-accepted");
    fixture_expect_events(f, certain);
}

static void test_each_possible_vector_explains_one_skip(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    sequence_node(&f->subscription.auth, NODE, f->context.now_ms)->maybe_unused = 2;
    f->subscription.registration.node = NODE; /* and a security context a third */
    for (int skip = 1; skip <= 4; skip++) {
        (void)stale(f, &b, NODE, AUDIT_OPERATOR);
        assert_false(ulr(f, &b, NODE));
        assert_int_equal(f->subscription.verdict, skip <= 3 ? VERDICT_SUSPICIOUS : VERDICT_CLONED);
        fixture_expect_events(f, skip <= 3 ? suspicion : certain);
        f->context.now_ms += LATER;
    }
}

static void test_skips_are_counted_in_a_row(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    f->subscription.auth.seq_issued = 100;
    f->subscription.registration.node = NODE;
    for (int i = 0; i < 4; i++) {
        (void)stale(f, &b, NODE, AUDIT_OPERATOR);
        assert_false(ulr(f, &b, NODE));
        fixture_expect_events(f, suspicion);
        (void)stale(f, &b, NODE, AUDIT_OPERATOR);
        auts(f, &b, NODE, 50, 0); /* it does answer after all */
        fixture_expect_events(f, passed);
    }
    assert_int_equal(f->subscription.verdict, VERDICT_SUSPICIOUS);
}

static void test_registration_elsewhere_explains_nothing(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    f->subscription.registration.node = NODE2;
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    assert_false(ulr(f, &b, NODE));
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
}

static void test_repeated_registration_says_nothing(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    for (uint32_t id = 1; id <= HOME_ULRS; id++) {
        assert_true(audit_registration(&f->subscription, &f->context, NODE, id, false));
    }
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    for (uint32_t id = 1; id <= HOME_ULRS; id++) { /* late repetitions of all of them */
        assert_false(audit_registration(&f->subscription, &f->context, NODE, id, false));
    }
    assert_false(audit_registration(&f->subscription, &f->context, NODE, 77, true)); /* T flag */
    fixture_expect_events(f, nothing);
    assert_int_equal(f->subscription.verdict, VERDICT_CLEAR);
    assert_false(audit_registration(&f->subscription, &f->context, NODE, 78, false));
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
}

static void test_one_stale_vector_is_skipped_once(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    f->subscription.registration.node = NODE;
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    for (int i = 0; i < 3; i++) {
        assert_false(ulr(f, &b, NODE));
    }
    fixture_expect_events(f, suspicion);
}

static void test_alert_serves_and_reports(void **state)
{
    struct home_fixture *f = *state;
    struct bench b = bench();

    f->profile.on_clone = VIOLATION_ALERT;
    (void)stale(f, &b, NODE, AUDIT_OPERATOR);
    assert_true(ulr(f, &b, NODE));
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
    fixture_expect_events(f, certain);
}

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
    for (int i = 0; i < 8000; i++) {
        audits += due(f, "001/01") == AUDIT_RANDOM;
    }
    assert_in_range(audits, 800, 1200); /* 1000; the standard deviation is 30 */
    f->faults.random = 0;
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
        TEST(test_below_confirmed_is_certain),
        TEST(test_equal_and_above_pass),
        TEST(test_confirmed_since_is_a_suspicion),
        TEST(test_below_probable_is_a_suspicion),
        TEST(test_above_issued_is_certain_at_any_time),
        TEST(test_late_auts_is_not_judged),
        TEST(test_repeated_auts_counts_once),
        TEST(test_auts_at_another_node_is_not_this_audit),
        TEST(test_resynchronisation_confirms),
        TEST(test_late_registration_confirms_less),
        TEST(test_plain_vector_is_probable),
        TEST(test_unexplained_skip_is_certain),
        TEST(test_each_possible_vector_explains_one_skip),
        TEST(test_skips_are_counted_in_a_row),
        TEST(test_registration_elsewhere_explains_nothing),
        TEST(test_repeated_registration_says_nothing),
        TEST(test_one_stale_vector_is_skipped_once),
        TEST(test_alert_serves_and_reports),
        TEST(test_random_audit_passes_silently),
        TEST(test_suspicion_is_dropped_after_three_audits),
        TEST(test_baseline_is_taken_as_it_is),
        TEST(test_baseline_outlives_a_skip),
        TEST(test_reasons),
        TEST(test_random_audits_come_one_in_n),
        TEST(test_repeated_request_starts_no_audit),
        TEST(test_repeated_request_gets_the_same_stale_vector),
        TEST(test_unanswered_audits_end),
    };

    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
