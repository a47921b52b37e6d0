/* src/home/scope.c, and the names and events that every decision uses. */
#include "home_fixture.h"

#include <stdio.h>

#include "base/bytes.h"
#include "home/result.h"
#include "home/scope.h"

static void test_who_is_served(void **state)
{
    struct home_fixture *f = *state;
    struct subscription *s = &f->subscription;

    for (int i = 0; i < 2; i++) {
        s->status = i == 0 ? SUBSCRIPTION_ISSUED : SUBSCRIPTION_ACTIVE;
        assert_true(scope_served(s, &f->context));
    }
    s->status = SUBSCRIPTION_SUSPENDED;
    assert_false(scope_served(s, &f->context));
    s->status = SUBSCRIPTION_ACTIVE;

    s->verdict = VERDICT_SUSPICIOUS;
    assert_true(scope_served(s, &f->context));
    s->verdict = VERDICT_CLONED;
    assert_false(scope_served(s, &f->context));
    f->profile.on_clone = VIOLATION_ALERT;
    assert_true(scope_served(s, &f->context));
    s->verdict = VERDICT_CLEAR;

    s->binding.state = BINDING_VIOLATED;
    for (enum violation_policy p = VIOLATION_ALERT; p <= VIOLATION_BAR; p++) {
        f->profile.violation = p;
        assert_int_equal(scope_served(s, &f->context), p != VIOLATION_BAR);
    }
}

static void test_serving_networks(void **state)
{
    struct home_fixture *f = *state;
    struct plmn home = fixture_plmn_of("001/01");
    struct plmn like = fixture_plmn_of("001/010");
    struct plmn other = fixture_plmn_of("262/01");

    assert_true(scope_allows_plmn(&f->profile, &home)); /* an empty list allows all */
    f->profile.plmns[0] = other;
    f->profile.plmns[1] = home;
    f->profile.plmn_count = 2;
    assert_true(scope_allows_plmn(&f->profile, &home));
    assert_true(scope_allows_plmn(&f->profile, &other));
    assert_false(scope_allows_plmn(&f->profile, &like));
    f->profile.plmn_count = 1;
    assert_false(scope_allows_plmn(&f->profile, &home));
}

static void test_radio_access_types(void **state)
{
    static const struct {
        uint32_t rat_type;
        uint32_t bit;
    } rats[] = {{1000, 0x01}, {1001, 0x02}, {1002, 0x04},
                {1003, 0x08}, {1004, 0x10}, {1005, 0x40}}; /* 0x20: handover to non-3GPP */
    struct home_fixture *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(rats); i++) {
        f->profile.access_restriction = 0;
        assert_true(scope_allows_rat(&f->profile, rats[i].rat_type));
        f->profile.access_restriction = rats[i].bit;
        assert_false(scope_allows_rat(&f->profile, rats[i].rat_type));
        f->profile.access_restriction = ~rats[i].bit;
        assert_true(scope_allows_rat(&f->profile, rats[i].rat_type));
    }
    f->profile.access_restriction = UINT32_MAX;
    assert_true(scope_allows_rat(&f->profile, 0)); /* WLAN has no bit */
}

static void test_apns(void **state)
{
    struct home_fixture *f = *state;

    (void)snprintf(f->profile.apns[0].name, sizeof f->profile.apns[0].name, "Meter.Utility");
    (void)snprintf(f->profile.apns[1].name, sizeof f->profile.apns[1].name, "second");
    assert_true(scope_allows_apn(&f->profile, "meter.utility"));
    assert_false(scope_allows_apn(&f->profile, "meter.utility2"));
    assert_false(scope_allows_apn(&f->profile, "second")); /* behind the count */
    assert_false(scope_allows_apn(&f->profile, ""));
}

static void test_node_id(void **state)
{
    (void)state;
    assert_int_equal(node_id("MME.visited.Example", 19), node_id("mme.VISITED.example", 19));
    assert_int_not_equal(node_id("mme1", 4), node_id("mme2", 4));
    assert_int_equal(node_id("mme1xx", 4), node_id("mme1", 4));
    assert_int_not_equal(node_id("", 0), 0);
}

static void test_every_value_has_a_name(void **state)
{
    static const enum event_kind kinds[] = {1,  2,  3,  4,  10, 11, 12, 13, 20, 21, 22,
                                            23, 30, 31, 32, 33, 34, 35, 40, 41, 42};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        assert_string_not_equal(event_kind_name(kinds[i]), "unknown");
    }
    for (int i = 0; i <= HOME_BUSY; i++) {
        assert_string_not_equal(home_result_name((enum home_result)i), "unknown");
    }
    for (int i = 0; i <= BINDING_RELEASED; i++) {
        assert_string_not_equal(binding_state_name((enum binding_state)i), "unknown");
    }
    for (int i = 0; i <= AUDIT_BASELINE; i++) {
        assert_string_not_equal(audit_reason_name((enum audit_reason)i), "unknown");
    }
    for (int i = 0; i <= VERDICT_CLONED; i++) {
        assert_string_not_equal(verdict_name((enum verdict)i), "unknown");
        assert_string_not_equal(subscription_status_name((enum subscription_status)i), "unknown");
    }
    assert_string_equal(event_kind_name((enum event_kind)99), "unknown");
}

static void test_list_of_events_is_bounded(void **state)
{
    struct home_fixture *f = *state;
    char long_name[300];

    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    for (int i = 0; i < HOME_EVENTS_MAX + 3; i++) {
        struct home_event *event =
            home_events_add(&f->events, i, EVENT_PEER_REFUSED, NULL, long_name);

        assert_non_null(event);
        assert_string_equal(event->imsi.digits, "");
        assert_string_equal(event->detail, "{}");
        assert_int_equal(strlen(event->who), sizeof event->who - 1);
    }
    assert_int_equal(f->events.count, HOME_EVENTS_MAX);
    assert_int_equal(f->events.lost, 3);
    assert_int_equal(f->events.items[0].at_ms, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_fixture_setup, home_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_who_is_served),
        TEST(test_serving_networks),
        TEST(test_radio_access_types),
        TEST(test_apns),
        TEST(test_node_id),
        TEST(test_every_value_has_a_name),
        TEST(test_list_of_events_is_bounded),
    };

    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
