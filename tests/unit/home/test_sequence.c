/* src/home/sequence.c: the AuC's sequence numbers and the table of serving nodes. */
#include "home_fixture.h"

#include "aka/sqn.h"
#include "home/sequence.h"

static void test_seq_only_goes_up_by_bounded_steps(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;
    bool seen[17] = {false};
    uint64_t last = 0;

    for (int i = 0; i < 1000; i++) {
        uint64_t seq;
        bool must_store = false;

        assert_true(sequence_next(auth, &f->context, &seq, &must_store));
        assert_true(seq > last && seq - last <= 16);
        assert_true(auth->seq_reserved >= seq);
        seen[seq - last] = true;
        last = seq;
    }
    for (int step = 1; step <= 16; step++) {
        assert_true(seen[step]);
    }
}

static void test_reservation_is_told_when_it_moves(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;
    int stores = 0;

    f->context.seq_step_max = 1;
    f->context.seq_reserve = 100;
    for (int i = 1; i <= 1010; i++) {
        uint64_t reserved = auth->seq_reserved;
        uint64_t seq;
        bool must_store = false;

        assert_true(sequence_next(auth, &f->context, &seq, &must_store));
        assert_int_equal(seq, i);
        assert_int_equal(must_store, auth->seq_reserved != reserved);
        assert_true(must_store || seq <= reserved);
        stores += must_store;
    }
    assert_int_equal(stores, 10);
}

static void test_must_store_is_never_taken_back(void **state)
{
    struct home_fixture *f = *state;
    bool must_store = true;
    uint64_t seq;

    f->subscription.auth.seq_reserved = 1000;
    assert_true(sequence_next(&f->subscription.auth, &f->context, &seq, &must_store));
    assert_true(must_store);
}

static void test_space_used_up(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;
    bool must_store = false;
    uint64_t seq;

    f->context.seq_step_max = 1;
    auth->seq_issued = SQN_SEQ_MAX - 2;
    auth->seq_reserved = SQN_SEQ_MAX - 2;
    assert_true(sequence_next(auth, &f->context, &seq, &must_store));
    assert_int_equal(auth->seq_reserved, SQN_SEQ_MAX);
    assert_true(sequence_next(auth, &f->context, &seq, &must_store));
    assert_int_equal(seq, SQN_SEQ_MAX);
    struct auth_state before = *auth;
    must_store = false;
    assert_false(sequence_next(auth, &f->context, &seq, &must_store));
    assert_false(must_store);
    assert_memory_equal(&before, auth, sizeof before);
}

static void test_no_chance_no_seq(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state before = f->subscription.auth;
    bool must_store = false;
    uint64_t seq;

    f->faults.random = 0;
    assert_false(sequence_next(&f->subscription.auth, &f->context, &seq, &must_store));
    assert_memory_equal(&before, &f->subscription.auth, sizeof before);
}

static void test_load_skips_what_was_reserved(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;
    bool must_store = false;
    uint64_t seq;

    auth->seq_issued = 10;
    auth->seq_reserved = 100;
    auth->nodes[3].id = 7;
    sequence_after_load(auth);
    assert_true(auth->forgotten);
    assert_int_equal(auth->nodes[3].maybe_unused, SEQUENCE_UNUSED_MAX);
    assert_true(auth->nodes[3].resync.answers > SEQUENCE_UNUSED_MAX);
    assert_true(sequence_next(auth, &f->context, &seq, &must_store));
    assert_true(seq > 100);
    assert_true(must_store);
}

static void test_nodes_keep_their_ind(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;

    for (uint64_t node = 1; node <= HOME_NODES; node++) {
        const struct serving_node_use *use = sequence_node(auth, node, FIXTURE_NOW + (int64_t)node);

        assert_int_equal(sequence_ind(auth, use), node - 1);
        assert_int_equal(use->maybe_unused, 0);
    }
    assert_false(auth->forgotten);
    for (uint64_t node = 1; node <= HOME_NODES; node++) {
        assert_int_equal(sequence_ind(auth, sequence_node(auth, node, FIXTURE_NOW + 100)),
                         node - 1);
    }
}

static void test_place_used_longest_ago_is_taken_over(void **state)
{
    struct home_fixture *f = *state;
    struct auth_state *auth = &f->subscription.auth;

    for (uint64_t node = 1; node <= HOME_NODES; node++) {
        (void)sequence_node(auth, node, FIXTURE_NOW + (int64_t)node);
    }
    (void)sequence_node(auth, 1, FIXTURE_NOW + 100); /* used again: node 2 is the oldest now */
    auth->nodes[1].audit.open = true;
    auth->nodes[1].skips = 9;
    const struct serving_node_use *use = sequence_node(auth, 99, FIXTURE_NOW + 101);
    assert_int_equal(sequence_ind(auth, use), 1);
    assert_int_equal(use->id, 99);
    assert_false(use->audit.open);
    assert_int_equal(use->skips, 0);
    /* Node 2 may come back with vectors that nobody here remembers. */
    assert_true(auth->forgotten);
    use = sequence_node(auth, 2, FIXTURE_NOW + 102);
    assert_int_equal(use->maybe_unused, SEQUENCE_UNUSED_MAX);
    assert_int_equal(sequence_ind(auth, use), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_fixture_setup, home_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_seq_only_goes_up_by_bounded_steps),
        TEST(test_reservation_is_told_when_it_moves),
        TEST(test_must_store_is_never_taken_back),
        TEST(test_space_used_up),
        TEST(test_no_chance_no_seq),
        TEST(test_load_skips_what_was_reserved),
        TEST(test_nodes_keep_their_ind),
        TEST(test_place_used_longest_ago_is_taken_over),
    };

    return cmocka_run_group_tests_name("sequence", tests, NULL, NULL);
}
