/* src/home/audit.c: what an AUTS and a registration say, each rule of home/audit.h by itself. */
#include "audit_bench.h"

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
    };

    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
