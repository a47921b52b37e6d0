/* src/home/binding.c: every state of a binding, every kind of machine, every policy. */
#include "home_fixture.h"

#include <stdio.h>

#include "base/bytes.h"
#include "home/binding.h"
#include "home/operator.h"

#define OWN      '1'
#define OTHER    '2'
#define OFFENDER '3'
#define NONE     0

#define ALERT      (1u << VIOLATION_ALERT)
#define REFUSE     (1u << VIOLATION_REFUSE)
#define BAR        (1u << VIOLATION_BAR)
#define NOT_SERVED (REFUSE | BAR)
#define ALL        (ALERT | REFUSE | BAR)

#define TICKET "0123456789abcdef"

enum setting {
    UNBOUND,
    ARMED,
    ARMED_DECLARED, /* for OWN and one more */
    BOUND,
    VIOLATED,
    RELEASED,
    RELEASED_TO_OTHER,
    RELEASED_TO_OWN,
    EXPIRED,
    EXPIRED_TO_OTHER,
};

/* What happens to `machine` in `setting` under `policies`. */
struct row {
    enum setting setting;
    int machine;
    unsigned policies;
    bool served;
    enum binding_state after;
    enum event_kind events[3]; /* up to the first 0 */
};

static const struct row rows[] = {
    {UNBOUND, OWN, ALL, true, BINDING_UNBOUND, {0}},
    {UNBOUND, OTHER, ALL, true, BINDING_UNBOUND, {0}},
    {UNBOUND, NONE, ALL, true, BINDING_UNBOUND, {0}},

    {ARMED, OWN, ALL, true, BINDING_BOUND, {EVENT_BINDING_BOUND}},
    {ARMED, OTHER, ALL, true, BINDING_BOUND, {EVENT_BINDING_BOUND}},
    {ARMED, NONE, ALL, true, BINDING_ARMED, {0}},

    {ARMED_DECLARED, OWN, ALL, true, BINDING_BOUND, {EVENT_BINDING_BOUND}},
    {ARMED_DECLARED, OTHER, ALERT, true, BINDING_ARMED, {EVENT_BINDING_VIOLATED}},
    {ARMED_DECLARED, OTHER, NOT_SERVED, false, BINDING_ARMED, {EVENT_BINDING_VIOLATED}},
    {ARMED_DECLARED, NONE, ALL, true, BINDING_ARMED, {0}},

    {BOUND, OWN, ALL, true, BINDING_BOUND, {0}},
    {BOUND, OTHER, ALERT, true, BINDING_VIOLATED, {EVENT_BINDING_VIOLATED}},
    {BOUND, OTHER, NOT_SERVED, false, BINDING_VIOLATED, {EVENT_BINDING_VIOLATED}},
    {BOUND, NONE, ALL, true, BINDING_BOUND, {0}},

    {VIOLATED, OWN, ALERT | REFUSE, true, BINDING_BOUND, {EVENT_BINDING_RETURNED}},
    {VIOLATED, OWN, BAR, false, BINDING_VIOLATED, {0}},
    {VIOLATED, OFFENDER, ALERT, true, BINDING_VIOLATED, {0}},
    {VIOLATED, OFFENDER, NOT_SERVED, false, BINDING_VIOLATED, {0}},
    {VIOLATED, OTHER, ALERT, true, BINDING_VIOLATED, {EVENT_BINDING_VIOLATED}},
    {VIOLATED, OTHER, NOT_SERVED, false, BINDING_VIOLATED, {EVENT_BINDING_VIOLATED}},
    {VIOLATED, NONE, ALERT | REFUSE, true, BINDING_VIOLATED, {0}},
    {VIOLATED, NONE, BAR, false, BINDING_VIOLATED, {0}},

    {RELEASED, OWN, ALL, true, BINDING_RELEASED, {0}},
    {RELEASED, OTHER, ALL, true, BINDING_BOUND, {EVENT_TICKET_USED, EVENT_BINDING_BOUND}},
    {RELEASED, NONE, ALL, true, BINDING_RELEASED, {0}},

    {RELEASED_TO_OTHER, OWN, ALL, true, BINDING_RELEASED, {0}},
    {RELEASED_TO_OTHER, OTHER, ALL, true, BINDING_BOUND, {EVENT_TICKET_USED, EVENT_BINDING_BOUND}},
    {RELEASED_TO_OTHER, OFFENDER, ALERT, true, BINDING_RELEASED, {EVENT_BINDING_VIOLATED}},
    {RELEASED_TO_OTHER, OFFENDER, NOT_SERVED, false, BINDING_RELEASED, {EVENT_BINDING_VIOLATED}},
    {RELEASED_TO_OTHER, NONE, ALL, true, BINDING_RELEASED, {0}},

    {RELEASED_TO_OWN, OWN, ALL, true, BINDING_BOUND, {EVENT_TICKET_USED, EVENT_BINDING_BOUND}},
    {RELEASED_TO_OWN, OTHER, NOT_SERVED, false, BINDING_RELEASED, {EVENT_BINDING_VIOLATED}},

    {EXPIRED, OWN, ALL, true, BINDING_BOUND, {EVENT_TICKET_EXPIRED}},
    {EXPIRED, OTHER, ALERT, true, BINDING_VIOLATED, {EVENT_TICKET_EXPIRED, EVENT_BINDING_VIOLATED}},
    {EXPIRED,
     OTHER,
     NOT_SERVED,
     false,
     BINDING_VIOLATED,
     {EVENT_TICKET_EXPIRED, EVENT_BINDING_VIOLATED}},
    {EXPIRED, NONE, ALL, true, BINDING_BOUND, {EVENT_TICKET_EXPIRED}},
    {EXPIRED_TO_OTHER,
     OTHER,
     NOT_SERVED,
     false,
     BINDING_VIOLATED,
     {EVENT_TICKET_EXPIRED, EVENT_BINDING_VIOLATED}},
};

static void open_ticket(struct home_fixture *f, char machine, int64_t minutes)
{
    struct imei imei = fixture_machine(machine);

    assert_true(operator_open_ticket(&f->subscription, &f->context, TICKET,
                                     machine != NONE ? &imei : NULL,
                                     f->context.now_ms + minutes * MINUTE, &f->fault));
}

static void set(struct home_fixture *f, enum setting setting)
{
    struct binding *binding = &f->subscription.binding;

    memset(binding, 0, sizeof *binding);
    f->context.now_ms = FIXTURE_NOW;
    if (setting >= BOUND) {
        binding->state = BINDING_BOUND;
        binding->machine = fixture_machine(OWN);
    } else if (setting != UNBOUND) {
        binding->state = BINDING_ARMED;
    }
    if (setting == ARMED_DECLARED) {
        binding->declared[0] = fixture_machine('9');
        binding->declared[2] = fixture_machine(OWN); /* places may be empty */
    }
    if (setting == VIOLATED) {
        binding->state = BINDING_VIOLATED;
        binding->offender = fixture_machine(OFFENDER);
    }
    if (setting == RELEASED || setting == EXPIRED) {
        open_ticket(f, NONE, 5);
    } else if (setting == RELEASED_TO_OTHER || setting == EXPIRED_TO_OTHER) {
        open_ticket(f, OTHER, 5);
    } else if (setting == RELEASED_TO_OWN) {
        open_ticket(f, OWN, 5);
    }
    /* The last moment of a ticket still counts; one later does not. */
    f->context.now_ms += 5 * MINUTE + (setting == EXPIRED || setting == EXPIRED_TO_OTHER);
    fixture_forget_events(f);
}

static bool see(struct home_fixture *f, char machine)
{
    struct imei imei = fixture_machine(machine);

    return binding_machine_seen(&f->subscription, &f->context, machine != NONE ? &imei : NULL);
}

static void check_row(struct home_fixture *f, const struct row *row)
{
    static const enum event_kind nothing[] = {0};
    const struct binding *binding = &f->subscription.binding;

    set(f, row->setting);
    enum binding_state before = binding->state;
    assert_int_equal(see(f, (char)row->machine), row->served);
    assert_int_equal(binding->state, row->after);
    if (before != row->after) {
        assert_int_equal(binding->changed_at_ms, f->context.now_ms);
    }
    fixture_expect_events(f, row->events);
    /* The same again is no news. */
    assert_int_equal(see(f, (char)row->machine), row->served);
    assert_int_equal(binding->state, row->after);
    fixture_expect_events(f, nothing);
    assert_int_equal(binding->ticket[0] != '\0', binding->state == BINDING_RELEASED);
}

static void test_every_state_machine_policy(void **state)
{
    struct home_fixture *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (unsigned policy = VIOLATION_ALERT; policy <= VIOLATION_BAR; policy++) {
            if ((rows[i].policies & 1u << policy) != 0) {
                f->profile.violation = (enum violation_policy)policy;
                check_row(f, &rows[i]);
            }
        }
    }
}

static void test_missing_imei_is_refused_where_asked_for(void **state)
{
    static const enum event_kind refused[] = {EVENT_SCOPE_REFUSED, 0};
    static const enum event_kind expired[] = {EVENT_TICKET_EXPIRED, EVENT_SCOPE_REFUSED, 0};
    struct home_fixture *f = *state;

    f->profile.require_imei = true;
    for (enum setting setting = ARMED; setting <= EXPIRED_TO_OTHER; setting++) {
        set(f, setting);
        assert_false(see(f, NONE));
        fixture_expect_events(f, setting >= EXPIRED ? expired : refused);
    }
    set(f, UNBOUND); /* no machine is asked for */
    assert_true(see(f, NONE));
}

static void test_used_ticket_opens_nothing_again(void **state)
{
    struct home_fixture *f = *state;

    set(f, RELEASED);
    assert_true(see(f, OTHER));
    fixture_forget_events(f);
    assert_false(see(f, OFFENDER));
    assert_int_equal(fixture_events(f, EVENT_TICKET_USED), 0);
    assert_false(see(f, OWN)); /* the machine of before has no rights any more */
    assert_string_equal(f->subscription.binding.machine.digits, fixture_machine(OTHER).digits);
    assert_false(operator_cancel_ticket(&f->subscription, &f->context, TICKET, &f->fault));
}

static void test_cancelled_ticket_opens_nothing(void **state)
{
    struct home_fixture *f = *state;

    set(f, RELEASED_TO_OTHER);
    assert_true(operator_cancel_ticket(&f->subscription, &f->context, TICKET, &f->fault));
    assert_false(see(f, OTHER));
    assert_string_equal(f->subscription.binding.machine.digits, fixture_machine(OWN).digits);
    assert_int_equal(f->subscription.binding.state, BINDING_VIOLATED);
}

static void test_old_machine_is_served_until_the_swap(void **state)
{
    struct home_fixture *f = *state;

    set(f, RELEASED);
    assert_true(see(f, OWN));
    assert_true(see(f, OWN));
    assert_string_equal(f->subscription.binding.ticket, TICKET);
    assert_true(see(f, OTHER));
    assert_false(see(f, OWN));
    assert_true(see(f, OTHER));
}

static void test_each_new_offender_is_told(void **state)
{
    struct home_fixture *f = *state;

    set(f, BOUND);
    for (int digit = '2'; digit <= '6'; digit++) {
        assert_false(see(f, (char)digit));
        assert_false(see(f, (char)digit));
    }
    assert_int_equal(fixture_events(f, EVENT_BINDING_VIOLATED), 5);
    fixture_forget_events(f);
    assert_true(see(f, OWN));
    assert_false(see(f, '6')); /* back and gone again is a change */
    assert_int_equal(fixture_events(f, EVENT_BINDING_RETURNED), 1);
    assert_int_equal(fixture_events(f, EVENT_BINDING_VIOLATED), 1);
}

static void test_binding_forgets_the_offender(void **state)
{
    struct home_fixture *f = *state;

    set(f, ARMED_DECLARED);
    assert_false(see(f, OTHER));
    assert_string_equal(f->subscription.binding.offender.digits, fixture_machine(OTHER).digits);
    assert_true(see(f, OWN));
    assert_string_equal(f->subscription.binding.offender.digits, "");
}

static void test_software_update_is_the_same_machine(void **state)
{
    struct home_fixture *f = *state;
    struct imei updated = fixture_machine(OWN);

    set(f, BOUND);
    (void)snprintf(updated.sv, sizeof updated.sv, "42");
    assert_true(binding_machine_seen(&f->subscription, &f->context, &updated));
    assert_string_equal(f->subscription.binding.machine.sv, "42");
    assert_int_equal(f->events.count, 0);
}

static void test_new_machine_is_audited(void **state)
{
    struct home_fixture *f = *state;

    f->profile.audit_on_change = true;
    set(f, ARMED);
    assert_true(see(f, OWN));
    assert_int_equal(f->subscription.auth.audit_due, AUDIT_NONE); /* the first is no change */
    set(f, RELEASED);
    assert_true(see(f, OTHER));
    assert_int_equal(f->subscription.auth.audit_due, AUDIT_CHANGE);
    f->subscription.auth.audit_due = AUDIT_BASELINE;
    set(f, RELEASED);
    assert_true(see(f, OTHER));
    assert_int_equal(f->subscription.auth.audit_due, AUDIT_BASELINE);
}

static void test_reason_names_both_machines(void **state)
{
    struct home_fixture *f = *state;

    set(f, BOUND);
    assert_false(see(f, OTHER));
    assert_non_null(strstr(f->events.items[0].why, fixture_machine(OTHER).digits));
    assert_non_null(strstr(f->events.items[0].why, fixture_machine(OWN).digits));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_fixture_setup, home_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_state_machine_policy),
        TEST(test_missing_imei_is_refused_where_asked_for),
        TEST(test_used_ticket_opens_nothing_again),
        TEST(test_cancelled_ticket_opens_nothing),
        TEST(test_old_machine_is_served_until_the_swap),
        TEST(test_each_new_offender_is_told),
        TEST(test_binding_forgets_the_offender),
        TEST(test_software_update_is_the_same_machine),
        TEST(test_new_machine_is_audited),
        TEST(test_reason_names_both_machines),
    };

    return cmocka_run_group_tests_name("binding", tests, NULL, NULL);
}
