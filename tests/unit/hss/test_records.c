/* src/hss/records.c and src/hss/settings.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "hss/records.h"
#include "hss/settings.h"

static struct imsi imsi_of(unsigned number)
{
    struct imsi imsi;

    (void)snprintf(imsi.digits, sizeof imsi.digits, "00101%010u", number);
    return imsi;
}

static struct hss_record *add(struct hss_records *records, unsigned number)
{
    struct imsi imsi = imsi_of(number);

    return hss_records_add(records, &imsi);
}

static struct hss_record *find(struct hss_records *records, unsigned number)
{
    struct imsi imsi = imsi_of(number);

    return hss_records_find(records, &imsi);
}

static void test_found_where_it_was_put(void **state)
{
    struct hss_records *records = hss_records_new(1000);

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        add(records, i)->subscription.version = i;
    }
    for (unsigned i = 0; i < 1000; i++) {
        const struct hss_record *record = find(records, i);

        assert_non_null(record);
        assert_int_equal(record->subscription.version, i);
    }
    assert_null(find(records, 1000));
    assert_int_equal(hss_records_count(records), 1000);
    hss_records_free(records);
}

static void test_the_one_used_longest_ago_makes_room(void **state)
{
    struct hss_records *records = hss_records_new(3);

    (void)state;
    for (unsigned i = 1; i <= 3; i++) {
        assert_non_null(add(records, i));
    }
    assert_non_null(find(records, 1)); /* used: 2 is the oldest now */
    assert_non_null(add(records, 4));
    assert_int_equal(hss_records_count(records), 3);
    assert_null(find(records, 2));
    assert_non_null(find(records, 1));
    assert_non_null(find(records, 3));
    assert_non_null(find(records, 4));
    hss_records_free(records);
}

static void test_bound_holds_through_many(void **state)
{
    struct hss_records *records = hss_records_new(0); /* at least one */

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        assert_non_null(add(records, i));
        assert_int_equal(hss_records_count(records), 1);
        assert_non_null(find(records, i));
    }
    hss_records_free(records);
    records = hss_records_new(64);
    for (unsigned i = 0; i < 10000; i++) {
        if (find(records, i * 7919 % 500) == NULL) {
            assert_non_null(add(records, i * 7919 % 500));
        }
        assert_true(hss_records_count(records) <= 64);
        assert_non_null(find(records, i * 7919 % 500));
    }
    hss_records_free(records);
}

static void test_drop(void **state)
{
    struct hss_records *records = hss_records_new(10);
    struct imsi two = imsi_of(2);

    (void)state;
    for (unsigned i = 1; i <= 3; i++) {
        assert_non_null(add(records, i));
    }
    hss_records_drop(records, &two);
    hss_records_drop(records, &two); /* no harm */
    assert_null(find(records, 2));
    assert_int_equal(hss_records_count(records), 2);
    assert_non_null(add(records, 2));
    hss_records_drop_all(records);
    assert_int_equal(hss_records_count(records), 0);
    assert_null(find(records, 1));
    assert_non_null(add(records, 1));
    hss_records_free(records);
    hss_records_free(NULL);
}

static void test_profiles_by_name(void **state)
{
    static struct hss_settings settings = {
        .profile_count = 2, .profiles = {{.name = "a"}, {.name = "ab"}, {.name = "behind"}}};

    (void)state;
    assert_ptr_equal(hss_settings_profile(&settings, "ab"), &settings.profiles[1]);
    assert_null(hss_settings_profile(&settings, "A"));
    assert_null(hss_settings_profile(&settings, "behind"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_where_it_was_put),
        cmocka_unit_test(test_the_one_used_longest_ago_makes_room),
        cmocka_unit_test(test_bound_holds_through_many),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_profiles_by_name),
    };

    return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
