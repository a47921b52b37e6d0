/* src/home/operator.c: what operators do, and what they are told when it can't be done. */
#include "home_fixture.h"

#include "home/operator.h"

#define TICKET  "0123456789abcdef"
#define TICKET2 "fedcba9876543210"

static void bind_to(struct home_fixture *f, char digit)
{
    f->subscription.binding.state = BINDING_BOUND;
    f->subscription.binding.machine = fixture_machine(digit);
}

static bool open_ticket(struct home_fixture *f, const char *id, int64_t minutes)
{
    return operator_open_ticket(&f->subscription, &f->context, id, NULL,
                                f->context.now_ms + minutes * MINUTE, &f->fault);
}

/* A refusal has a reason, leaves no event and changes nothing. */
static void expect_refused(struct home_fixture *f, bool result, const struct subscription *before)
{
    assert_false(result);
    assert_true(f->fault.text[0] != '\0');
    assert_int_equal(f->events.count, 0);
    assert_memory_equal(before, &f->subscription, sizeof *before);
    f->fault.text[0] = '\0';
}

static void test_suspend_and_resume(void **state)
{
    static const enum event_kind suspended[] = {EVENT_SUBSCRIPTION_SUSPENDED, 0};
    static const enum event_kind resumed[] = {EVENT_SUBSCRIPTION_RESUMED, 0};
    struct home_fixture *f = *state;
    struct subscription *s = &f->subscription;
    struct subscription before = *s;

    expect_refused(f, operator_resume(s, &f->context, &f->fault), &before);
    assert_true(operator_suspend(s, &f->context, &f->fault));
    assert_int_equal(s->status, SUBSCRIPTION_SUSPENDED);
    fixture_expect_events(f, suspended);
    before = *s;
    expect_refused(f, operator_suspend(s, &f->context, &f->fault), &before);
    assert_true(operator_resume(s, &f->context, &f->fault));
    assert_int_equal(s->status, SUBSCRIPTION_ACTIVE);
    fixture_expect_events(f, resumed);
    s->first_used_at_ms = 0; /* never seen in a network: it still has to be activated */
    assert_true(operator_suspend(s, &f->context, &f->fault));
    assert_true(operator_resume(s, &f->context, &f->fault));
    assert_int_equal(s->status, SUBSCRIPTION_ISSUED);
}

static void test_ticket_is_for_a_bound_uicc(void **state)
{
    static const enum event_kind opened[] = {EVENT_TICKET_OPENED, 0};
    struct home_fixture *f = *state;
    struct subscription before = f->subscription;

    expect_refused(f, open_ticket(f, TICKET, 5), &before);
    f->subscription.binding.state = BINDING_ARMED;
    before = f->subscription;
    expect_refused(f, open_ticket(f, TICKET, 5), &before);
    bind_to(f, '1');
    before = f->subscription;
    expect_refused(f, open_ticket(f, TICKET, 0), &before);
    expect_refused(f, open_ticket(f, TICKET, -5), &before);
    assert_true(open_ticket(f, TICKET, 5));
    fixture_expect_events(f, opened);
    assert_int_equal(f->subscription.binding.state, BINDING_RELEASED);
    assert_string_equal(f->subscription.binding.ticket, TICKET);
    before = f->subscription;
    expect_refused(f, open_ticket(f, TICKET2, 5), &before);
}

static void test_ticket_of_a_violated_uicc(void **state)
{
    struct home_fixture *f = *state;

    bind_to(f, '1');
    f->subscription.binding.state = BINDING_VIOLATED;
    f->subscription.binding.offender = fixture_machine('2');
    assert_true(open_ticket(f, TICKET, 5));
    assert_int_equal(f->subscription.binding.state, BINDING_RELEASED);
    assert_string_equal(f->subscription.binding.offender.digits, fixture_machine('2').digits);
}

static void test_expired_ticket_is_told_when_another_takes_its_place(void **state)
{
    static const enum event_kind both[] = {EVENT_TICKET_EXPIRED, EVENT_TICKET_OPENED, 0};
    struct home_fixture *f = *state;

    bind_to(f, '1');
    assert_true(open_ticket(f, TICKET, 5));
    fixture_forget_events(f);
    f->context.now_ms += 5 * MINUTE + 1;
    assert_true(open_ticket(f, TICKET2, 5));
    assert_non_null(strstr(f->events.items[0].detail, TICKET));
    assert_non_null(strstr(f->events.items[1].detail, TICKET2));
    fixture_expect_events(f, both);
    assert_string_equal(f->subscription.binding.ticket, TICKET2);
}

static void test_cancel_asks_for_the_right_ticket(void **state)
{
    static const enum event_kind cancelled[] = {EVENT_TICKET_CANCELLED, 0};
    struct home_fixture *f = *state;
    struct subscription *s = &f->subscription;

    bind_to(f, '1');
    struct subscription before = *s;
    expect_refused(f, operator_cancel_ticket(s, &f->context, TICKET, &f->fault), &before);
    expect_refused(f, operator_cancel_ticket(s, &f->context, "", &f->fault), &before);
    assert_true(open_ticket(f, TICKET, 5));
    fixture_forget_events(f);
    before = *s;
    expect_refused(f, operator_cancel_ticket(s, &f->context, TICKET2, &f->fault), &before);
    assert_true(operator_cancel_ticket(s, &f->context, TICKET, &f->fault));
    fixture_expect_events(f, cancelled);
    assert_int_equal(s->binding.state, BINDING_BOUND);
    assert_int_equal(s->binding.ticket_until_ms, 0);
    before = *s;
    expect_refused(f, operator_cancel_ticket(s, &f->context, TICKET, &f->fault), &before);
}

static void test_arm_forgets_the_machine(void **state)
{
    static const enum event_kind armed[] = {EVENT_BINDING_ARMED, 0};
    struct home_fixture *f = *state;
    struct subscription *s = &f->subscription;

    assert_true(operator_arm(s, &f->context, &f->fault)); /* from unbound */
    fixture_forget_events(f);
    bind_to(f, '1');
    s->binding.state = BINDING_VIOLATED;
    s->binding.offender = fixture_machine('2');
    assert_true(operator_arm(s, &f->context, &f->fault));
    fixture_expect_events(f, armed);
    assert_int_equal(s->binding.state, BINDING_ARMED);
    assert_string_equal(s->binding.machine.digits, "");
    assert_string_equal(s->binding.offender.digits, "");
    bind_to(f, '1');
    assert_true(open_ticket(f, TICKET, 5));
    fixture_forget_events(f);
    struct subscription before = *s;
    expect_refused(f, operator_arm(s, &f->context, &f->fault), &before);
}

static void test_audit_and_baseline(void **state)
{
    static const enum event_kind reset[] = {EVENT_MARKS_RESET, 0};
    struct home_fixture *f = *state;
    struct subscription *s = &f->subscription;
    struct auth_state *auth = &s->auth;

    auth->stale_unanswered = 4;
    assert_true(operator_audit(s, &f->context, &f->fault));
    assert_int_equal(auth->audit_due, AUDIT_OPERATOR);
    assert_int_equal(auth->stale_unanswered,
                     0); /* asks again, even of a node that never answered */
    auth->confirmed = (struct sqn_mark){77, 3, true};
    auth->probable = (struct sqn_mark){78, 3, true};
    auth->seq_issued = 90;
    auth->seq_reserved = 100;
    auth->nodes[2].id = 5;
    auth->suspicion_left = 2;
    s->verdict = VERDICT_CLONED;
    assert_true(operator_reset_marks(s, &f->context, &f->fault));
    fixture_expect_events(f, reset);
    assert_int_equal(s->verdict, VERDICT_CLEAR);
    assert_false(auth->confirmed.set || auth->probable.set);
    assert_int_equal(auth->audit_due, AUDIT_BASELINE);
    assert_int_equal(auth->nodes[2].id, 0);
    assert_true(auth->forgotten); /* nodes hold vectors that the record does not know of now */
    assert_int_equal(auth->seq_issued, 90);
    assert_int_equal(auth->seq_reserved, 100);
    struct subscription before = *s;
    expect_refused(f, operator_audit(s, &f->context, &f->fault), &before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_fixture_setup, home_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_suspend_and_resume),
        TEST(test_ticket_is_for_a_bound_uicc),
        TEST(test_ticket_of_a_violated_uicc),
        TEST(test_expired_ticket_is_told_when_another_takes_its_place),
        TEST(test_cancel_asks_for_the_right_ticket),
        TEST(test_arm_forgets_the_machine),
        TEST(test_audit_and_baseline),
    };

    return cmocka_run_group_tests_name("operator", tests, NULL, NULL);
}
