#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aka/sqn.h"

static const struct sqn_parameters usual = {.delta = SQN_DELTA};

static enum sqn_verdict try(struct sqn_array *array, const struct sqn_parameters *parameters,
                            uint64_t seq, uint8_t ind)
{
    uint64_t sqn = sqn_make(seq, ind);
    enum sqn_verdict verdict = sqn_check(array, parameters, sqn);

    if (verdict == SQN_FRESH) {
        sqn_accept(array, sqn);
    }
    return verdict;
}

static void sqn_is_seq_and_ind(void **state)
{
    (void)state;
    assert_true(sqn_make(1, 0) == 32);
    assert_true(sqn_make(2, 31) == 95);
    assert_int_equal(sqn_seq(95), 2);
    assert_int_equal(sqn_ind(95), 31);
    assert_true(sqn_make(SQN_SEQ_MAX, 31) == (UINT64_C(1) << 48) - 1);
    assert_true(sqn_make(1, 33) == sqn_make(1, 1)); /* IND is 5 bits */
}

static void new_card_takes_seq_1_and_refuses_seq_0(void **state)
{
    struct sqn_array array = {{0}};

    (void)state;
    assert_int_equal(try(&array, &usual, 0, 0), SQN_NOT_GREATER);
    assert_int_equal(try(&array, &usual, 0, 7), SQN_NOT_GREATER);
    assert_int_equal(try(&array, &usual, 1, 0), SQN_FRESH);
    assert_int_equal(try(&array, &usual, 1, 0), SQN_NOT_GREATER); /* a replay */
}

/* What the array is for (annex C.2.2): vectors of several nodes used out of order. */
static void older_seq_in_another_slot_is_fresh(void **state)
{
    struct sqn_array array = {{0}};

    (void)state;
    assert_int_equal(try(&array, &usual, 5, 1), SQN_FRESH);
    assert_int_equal(try(&array, &usual, 3, 5), SQN_FRESH);
    assert_int_equal(try(&array, &usual, 3, 5), SQN_NOT_GREATER);
    assert_int_equal(try(&array, &usual, 4, 1), SQN_NOT_GREATER);
    assert_int_equal(try(&array, &usual, 5, 1), SQN_NOT_GREATER);
    assert_int_equal(try(&array, &usual, 4, 5), SQN_FRESH);
    assert_int_equal(array.seq[1], 5);
    assert_int_equal(array.seq[5], 4);
}

static void jump_is_limited_by_delta(void **state)
{
    struct sqn_array array = {{0}};
    struct sqn_parameters no_limit = {0};

    (void)state;
    assert_int_equal(try(&array, &usual, SQN_DELTA + 1, 0), SQN_TOO_FAR);
    assert_int_equal(try(&array, &usual, SQN_DELTA, 0), SQN_FRESH);
    /* counted from the highest of all slots, not from the slot's own */
    assert_int_equal(try(&array, &usual, 2 * SQN_DELTA, 9), SQN_FRESH);
    assert_int_equal(try(&array, &usual, 3 * SQN_DELTA + 1, 0), SQN_TOO_FAR);
    assert_int_equal(try(&array, &no_limit, SQN_SEQ_MAX, 0), SQN_FRESH);
    /* at the end of the counter only the other slots have room left */
    assert_int_equal(try(&array, &no_limit, SQN_SEQ_MAX, 0), SQN_NOT_GREATER);
    assert_int_equal(try(&array, &no_limit, SQN_SEQ_MAX, 1), SQN_FRESH);
}

static void age_is_limited_by_l(void **state)
{
    struct sqn_array array = {{0}};
    struct sqn_parameters parameters = {.delta = SQN_DELTA, .age_limit = 10};

    (void)state;
    assert_int_equal(try(&array, &parameters, 100, 0), SQN_FRESH);
    assert_int_equal(try(&array, &parameters, 90, 1), SQN_TOO_OLD); /* 100 - 90 >= 10 */
    assert_int_equal(try(&array, &parameters, 91, 1), SQN_FRESH);
    assert_int_equal(try(&array, &parameters, 100, 2), SQN_FRESH);
    assert_int_equal(try(&array, &parameters, 1, 3), SQN_TOO_OLD);
    assert_int_equal(try(&array, &usual, 1, 3), SQN_FRESH); /* without L it is */
}

static void more_than_48_bits_is_refused(void **state)
{
    struct sqn_array array = {{0}};
    struct sqn_parameters no_limit = {0};

    (void)state;
    assert_int_equal(sqn_check(&array, &no_limit, UINT64_C(1) << 48), SQN_TOO_FAR);
    assert_int_equal(sqn_check(&array, &no_limit, UINT64_MAX), SQN_TOO_FAR);
}

static void check_and_refusal_change_nothing(void **state)
{
    struct sqn_array array = {{0}};

    (void)state;
    array.seq[1] = 50;
    array.seq[31] = 40;
    struct sqn_array before = array;

    (void)sqn_check(&array, &usual, sqn_make(51, 1));
    assert_int_equal(try(&array, &usual, 50, 1), SQN_NOT_GREATER);
    assert_int_equal(try(&array, &usual, 51 + SQN_DELTA, 1), SQN_TOO_FAR);
    assert_memory_equal(&array, &before, sizeof array);
    sqn_accept(&array, sqn_make(49, 1)); /* a caller's mistake does not set the slot back */
    assert_memory_equal(&array, &before, sizeof array);
}

static void report_of_either_kind(void **state)
{
    struct sqn_array array = {{0}};
    struct sqn_parameters highest = {.report = SQN_REPORT_HIGHEST};
    struct sqn_parameters slot = {.report = SQN_REPORT_SLOT};

    (void)state;
    assert_true(sqn_reported(&array, &highest, sqn_make(0, 7)) == 0);
    assert_true(sqn_reported(&array, &slot, sqn_make(0, 7)) == 7);
    array.seq[5] = 30;
    array.seq[9] = 70;
    array.seq[20] = 70;
    assert_true(sqn_reported(&array, &highest, sqn_make(30, 5)) == sqn_make(70, 9));
    assert_true(sqn_reported(&array, &slot, sqn_make(30, 5)) == sqn_make(30, 5));
    assert_true(sqn_reported(&array, &slot, sqn_make(0, 31)) == sqn_make(0, 31));
    array.seq[31] = 71;
    assert_true(sqn_reported(&array, &highest, 0) == sqn_make(71, 31)); /* the last slot counts */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqn_is_seq_and_ind),
        cmocka_unit_test(new_card_takes_seq_1_and_refuses_seq_0),
        cmocka_unit_test(older_seq_in_another_slot_is_fresh),
        cmocka_unit_test(jump_is_limited_by_delta),
        cmocka_unit_test(age_is_limited_by_l),
        cmocka_unit_test(more_than_48_bits_is_refused),
        cmocka_unit_test(check_and_refusal_change_nothing),
        cmocka_unit_test(report_of_either_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
