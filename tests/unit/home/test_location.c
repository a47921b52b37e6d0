/* src/home/location.c: the order of checks, registration, activation. */
#include "home_fixture.h"

#include "home/audit.h"
#include "home/location.h"

#define NODE 11

static struct home_location_request request_of(const char *plmn, char machine)
{
    static uint32_t end_to_end = 0; /* the tests of this file are told apart by it */

    return (struct home_location_request){.node = NODE,
                                          .plmn = fixture_plmn_of(plmn),
                                          .rat_type = 1004,
                                          .imei_present = machine != 0,
                                          .machine = fixture_machine(machine),
                                          .end_to_end = ++end_to_end};
}

static enum home_result update(struct home_fixture *f, const struct home_location_request *request)
{
    return home_update_location(&f->context, request, &f->subscription);
}

static void test_registers_and_activates(void **state)
{
    static const enum event_kind first[] = {EVENT_BINDING_BOUND, EVENT_SUBSCRIPTION_ACTIVATED, 0};
    static const enum event_kind again[] = {0};
    struct home_fixture *f = *state;
    struct subscription *s = &f->subscription;
    struct home_location_request request = request_of("001/01", '1');

    s->status = SUBSCRIPTION_ISSUED;
    s->first_used_at_ms = 0;
    s->binding.state = BINDING_ARMED;
    assert_int_equal(update(f, &request), HOME_OK);
    fixture_expect_events(f, first);
    assert_int_equal(s->status, SUBSCRIPTION_ACTIVE);
    assert_int_equal(s->first_used_at_ms, FIXTURE_NOW);
    assert_int_equal(s->registration.node, NODE);
    assert_true(plmn_equal(&s->registration.plmn, &request.plmn));
    assert_int_equal(s->registration.rat_type, 1004);
    assert_int_equal(s->registration.at_ms, FIXTURE_NOW);
    f->context.now_ms += MINUTE;
    request = request_of("001/01", '1');
    assert_int_equal(update(f, &request), HOME_OK);
    fixture_expect_events(f, again);
    assert_int_equal(s->first_used_at_ms, FIXTURE_NOW);
    assert_int_equal(s->registration.at_ms, FIXTURE_NOW + MINUTE);
}

static void test_scope_of_the_profile(void **state)
{
    static const enum event_kind refused[] = {EVENT_SCOPE_REFUSED, 0};
    struct home_fixture *f = *state;
    struct home_location_request request = request_of("001/01", '1');

    f->subscription.status = SUBSCRIPTION_ISSUED;
    f->subscription.binding.state = BINDING_ARMED;
    f->profile.plmns[0] = fixture_plmn_of("001/01");
    f->profile.plmn_count = 1;
    f->profile.access_restriction = 0x02; /* no GERAN */
    request.rat_type = 1001;
    assert_int_equal(update(f, &request), HOME_RAT_NOT_ALLOWED);
    fixture_expect_events(f, refused);
    request = request_of("262/01", '1');
    request.rat_type = 1001; /* both are wrong: the network is named */
    assert_int_equal(update(f, &request), HOME_ROAMING_NOT_ALLOWED);
    fixture_expect_events(f, refused);
    /* A refused machine is not bound, activated or registered. */
    assert_int_equal(f->subscription.binding.state, BINDING_ARMED);
    assert_int_equal(f->subscription.status, SUBSCRIPTION_ISSUED);
    assert_int_equal(f->subscription.registration.node, 0);
}

static void test_nobody_served_means_nothing_learned(void **state)
{
    struct home_fixture *f = *state;
    struct home_location_request request = request_of("262/01", '1');

    f->profile.plmns[0] = fixture_plmn_of("001/01");
    f->profile.plmn_count = 1;
    f->subscription.status = SUBSCRIPTION_SUSPENDED;
    f->subscription.binding.state = BINDING_ARMED;
    assert_int_equal(update(f, &request), HOME_REFUSED); /* not "roaming not allowed" */
    assert_int_equal(f->events.count, 0);
    assert_int_equal(f->subscription.binding.state, BINDING_ARMED);
}

static void test_evidence_comes_before_the_scope(void **state)
{
    struct home_fixture *f = *state;
    struct home_location_request request = request_of("262/01", '1');
    uint8_t rand[16] = {1};

    f->profile.plmns[0] = fixture_plmn_of("001/01");
    f->profile.plmn_count = 1;
    (void)audit_open(&f->subscription, &f->context, NODE, AUDIT_RANDOM, rand);
    assert_int_equal(update(f, &request), HOME_ROAMING_NOT_ALLOWED);
    assert_int_equal(fixture_events(f, EVENT_EVIDENCE_CLONE), 1);
    assert_int_equal(f->subscription.verdict, VERDICT_CLONED);
}

static void test_skipped_audit_binds_nothing(void **state)
{
    struct home_fixture *f = *state;
    struct home_location_request request = request_of("001/01", '1');
    uint8_t rand[16] = {1};

    f->subscription.status = SUBSCRIPTION_ISSUED;
    f->subscription.binding.state = BINDING_ARMED;
    (void)audit_open(&f->subscription, &f->context, NODE, AUDIT_ACTIVATION, rand);
    assert_int_equal(update(f, &request), HOME_REFUSED);
    assert_int_equal(f->subscription.binding.state, BINDING_ARMED);
    assert_int_equal(f->subscription.status, SUBSCRIPTION_ISSUED);
    assert_int_equal(f->subscription.registration.node, 0);
}

static void test_foreign_machine_takes_no_registration(void **state)
{
    static const enum event_kind violated[] = {EVENT_BINDING_VIOLATED, 0};
    struct home_fixture *f = *state;
    struct home_location_request own = request_of("001/01", '1');
    struct home_location_request foreign = request_of("001/01", '2');

    f->subscription.binding.state = BINDING_ARMED;
    assert_int_equal(update(f, &own), HOME_OK);
    fixture_forget_events(f);
    foreign.node = NODE + 1;
    assert_int_equal(update(f, &foreign), HOME_REFUSED);
    fixture_expect_events(f, violated);
    assert_int_equal(f->subscription.registration.node, NODE);
}

static void test_missing_imei(void **state)
{
    struct home_fixture *f = *state;
    struct home_location_request request = request_of("001/01", 0);

    f->subscription.binding.state = BINDING_BOUND;
    f->subscription.binding.machine = fixture_machine('1');
    assert_int_equal(update(f, &request), HOME_OK);
    f->profile.require_imei = true;
    request = request_of("001/01", 0);
    assert_int_equal(update(f, &request), HOME_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_fixture_setup, home_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_registers_and_activates),
        TEST(test_scope_of_the_profile),
        TEST(test_nobody_served_means_nothing_learned),
        TEST(test_evidence_comes_before_the_scope),
        TEST(test_skipped_audit_binds_nothing),
        TEST(test_foreign_machine_takes_no_registration),
        TEST(test_missing_imei),
    };

    return cmocka_run_group_tests_name("location", tests, NULL, NULL);
}
